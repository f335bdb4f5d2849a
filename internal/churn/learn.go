package churn

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/stats"
)

const (
	// LeastRepeaters is how many members have to have bought again before it can
	// be learnt how the customers of a programme buy.
	LeastRepeaters = 50
	// leastLeaving is the chance of leaving after a purchase below which a past
	// tells nothing of leaving: a year of a young programme looks as if nobody
	// ever left, and then whoever is gone would count as buying as usual.
	leastLeaving = 0.001
	// learntFrom is of how many members it is learnt at most: of every so many-th.
	learntFrom = 20_000
	// learntDays is for how long it holds.
	learntDays = 28
)

// Model is how the customers of a programme buy and leave, as it was learnt from
// the enrolled, those with a single purchase among them.
type Model struct {
	Number int64     `json:"-"`
	Learnt time.Time `json:"-"`
	// Members were looked at, Repeaters of them bought again.
	Members   int64 `json:"members"`
	Repeaters int64 `json:"repeaters"`
	// R and Alpha say how the rates of buying differ between people, A and B how
	// likely they leave after a purchase; time is in days. All are 0 where the past
	// tells nothing of leaving.
	R     float64 `json:"r"`
	Alpha float64 `json:"alpha"`
	A     float64 `json:"a"`
	B     float64 `json:"b"`
	// RateR and RateAlpha say how the rates differ if nobody ever leaves; 0 where
	// they could not be learnt. Both says that it was tried.
	RateR     float64 `json:"rate_r,omitempty"`
	RateAlpha float64 `json:"rate_alpha,omitempty"`
	Both      bool    `json:"both,omitempty"`
}

// Leaves reports whether the model tells anything of leaving.
func (m *Model) Leaves() bool { return m != nil && m.A > 0 }

// buying is how customers buy and leave, if that is known.
func (m *Model) buying() (stats.BuyModel, bool) {
	if !m.Leaves() {
		return stats.BuyModel{}, false
	}
	return stats.BuyModel{R: m.R, Alpha: m.Alpha, A: m.A, B: m.B}, true
}

// Rates reports whether the model tells which silences are unusual.
func (m *Model) Rates() bool { return m != nil && m.RateR > 0 }

// rates is how customers buy if nobody leaves, if that is known.
func (m *Model) rates() (stats.RateModel, bool) {
	if !m.Rates() {
		return stats.RateModel{}, false
	}
	return stats.RateModel{R: m.RateR, Alpha: m.RateAlpha}, true
}

var modelTable = db.NewTable("churn_model", []string{"programme_id", "number"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "number", Kind: db.Int}, db.Column{Name: "learnt", Kind: db.Int}, db.Column{Name: "spec", Kind: db.Text})

// loadModel returns what was learnt last, or nil.
func loadModel(ctx context.Context, q db.Queryer, programme id.ID) (*Model, error) {
	rows, err := q.Query(ctx, `SELECT number, learnt, spec FROM churn_model WHERE programme_id = $1 ORDER BY number DESC LIMIT 1`, programme)
	list, err := db.Collect(rows, err, scanModel)
	if err != nil {
		return nil, fmt.Errorf("reading how customers buy: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return &list[0], nil
}

func scanModel(r *sql.Rows) (m Model, err error) {
	var learnt int64
	var spec string
	if err := r.Scan(&m.Number, &learnt, &spec); err != nil {
		return m, err
	}
	m.Learnt = db.Time(learnt)
	return m, json.Unmarshal([]byte(spec), &m)
}

// model returns how customers buy: as it was learnt of late, else learnt now. It
// is nil where too little was bought again.
func (s *Service) model(ctx context.Context, p *program.Programme, anew bool) (*Model, error) {
	known, err := loadModel(ctx, s.DB.Reader(), p.ID)
	if err != nil || known != nil && known.Both && !anew && known.Learnt.After(s.Now().AddDate(0, 0, -learntDays)) {
		return known, err
	}
	all, err := s.sample(ctx, p)
	if err != nil {
		return nil, err
	}
	n := &Model{Number: 1, Learnt: s.clock(), Members: int64(len(all))}
	for _, h := range all {
		if h.Repeats > 0 {
			n.Repeaters++
		}
	}
	if n.Repeaters < LeastRepeaters {
		return known, nil
	}
	if err := n.fit(all, known); err != nil {
		return nil, err
	}
	if !n.Leaves() && !n.Rates() {
		return known, nil
	}
	if known != nil {
		n.Number = known.Number + 1
	}
	spec, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("writing how customers buy: %w", err)
	}
	return n, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		_, err := tx.InsertNew(ctx, modelTable, [][]any{{p.ID, n.Number, db.Micros(n.Learnt), string(spec)}})
		return err
	})
}

// fit learns both models. Where the past tells nothing of leaving, what was known
// of it before stays.
func (m *Model) fit(all []stats.Buying, known *Model) error {
	leaving, err := stats.FitBuying(all)
	switch {
	case err != nil && !errors.Is(err, stats.ErrNoRhythm):
		return err
	case err == nil && leaving.Leaving() >= leastLeaving:
		m.R, m.Alpha, m.A, m.B = leaving.R, leaving.Alpha, leaving.A, leaving.B
	case known.Leaves():
		m.R, m.Alpha, m.A, m.B = known.R, known.Alpha, known.A, known.B
	}
	rates, err := stats.FitRates(all)
	m.Both = true
	if errors.Is(err, stats.ErrNoRhythm) {
		return nil
	}
	m.RateR, m.RateAlpha = rates.R, rates.Alpha
	return err
}

// sample reads how the enrolled bought, or every so many-th of them.
func (s *Service) sample(ctx context.Context, p *program.Programme) (all []stats.Buying, err error) {
	total, err := countRoots(ctx, s.DB.Reader(), p.ID, member.Enrolled)
	if err != nil {
		return nil, err
	}
	step := int(total/learntFrom + 1)
	today, at := DayOf(s.Now(), p.Zone), 0
	for after := id.ID(0); ; {
		var size int
		err := s.DB.View(ctx, func(q db.Queryer) error {
			roots, err := selectRoots(ctx, q, p.ID, member.Enrolled, after)
			if size = len(roots); err != nil || size == 0 {
				return err
			}
			after = roots[size-1]
			var chosen []id.ID
			for _, n := range roots {
				if at%step == 0 {
					chosen = append(chosen, n)
				}
				at++
			}
			got, err := bought(ctx, q, chosen, today, p.Zone)
			all = append(all, got...)
			return err
		})
		if err != nil || size == 0 {
			return all, err
		}
	}
}

// bought returns what the purchases of those members who bought amount to.
func bought(ctx context.Context, q db.Queryer, roots []id.ID, today Day, zone *time.Location) (all []stats.Buying, err error) {
	if len(roots) == 0 {
		return nil, nil
	}
	accounts, err := selectAccounts(ctx, q, roots)
	if err != nil {
		return nil, err
	}
	for _, batch := range batches(accounts, 1) {
		list, err := selectHistories(ctx, q, batch, zone)
		if err != nil {
			return nil, err
		}
		for _, h := range list {
			first, last := h.days[0], h.days[len(h.days)-1]
			all = append(all, stats.Buying{Repeats: int64(len(h.days) - 1), Last: float64(last - first), Seen: float64(max(today, last) - first)})
		}
	}
	return all, nil
}

package trust

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/program"
)

const (
	// HistoryDays is how far back the history of signals is shown.
	HistoryDays = 180
	// stale is how old the latest reading may be to say how signals stand now.
	staleDays = 2
)

var tableReading = db.NewTable("trust_reading", []string{"programme_id", "day", "signal"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "day", Kind: db.Text}, db.Column{Name: "signal", Kind: db.Text},
	db.Column{Name: "verdict", Kind: db.Text}, db.Column{Name: "trend", Kind: db.Text}, db.Column{Name: "share_k", Kind: db.Int}, db.Column{Name: "share_n", Kind: db.Int})

// Keep writes down how the signals of every programme stand, on the first call of
// a day; it is meant to run hourly, once for all processes.
func (s *Service) Keep(ctx context.Context) error {
	list, err := program.List(ctx, s.DB.Reader())
	for i := range list {
		err = errors.Join(err, s.keep(ctx, &list[i]))
	}
	return err
}

func (s *Service) keep(ctx context.Context, p *program.Programme) error {
	today, latest := s.today(p), ""
	if err := s.DB.Reader().QueryRow(ctx, `SELECT COALESCE(MAX(day), '') FROM trust_reading WHERE programme_id = $1`, p.ID).Scan(&latest); err != nil {
		return fmt.Errorf("reading when signals of trust were written down: %w", db.Fault(err))
	}
	if latest >= today {
		return nil
	}
	card, err := s.Scorecard(ctx, ourselves, p.ID)
	if err != nil {
		return err
	}
	rows := make([][]any, len(card.Readings))
	for i, r := range card.Readings {
		rows[i] = []any{p.ID, today, r.Code, string(r.Verdict), string(r.Trend), r.Share.K, r.Share.N}
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if _, err := tx.InsertNew(ctx, tableReading, rows); err != nil {
			return fmt.Errorf("writing down how signals of trust stand: %w", err)
		}
		return nil
	})
}

// Tally is how many signals were met on a day, not met, and not known.
type Tally struct {
	Day                  string // as 2026-11-22
	Met, NotMet, Unknown int64
}

// History returns how many signals were met on each day that was written down in
// the last 180, the earliest first. It needs trust.read.
func (s *Service) History(ctx context.Context, a auth.Actor, programme id.ID) ([]Tally, error) {
	if err := a.Can(programme, auth.TrustRead); err != nil {
		return nil, err
	}
	rows, err := s.DB.Reader().Query(ctx, `SELECT r.day, COUNT(CASE WHEN r.verdict = $1 THEN 1 END), COUNT(CASE WHEN r.verdict = $2 THEN 1 END), COUNT(CASE WHEN r.verdict = $3 THEN 1 END)
		FROM trust_reading AS r WHERE r.programme_id = $4 AND r.day >= $5 GROUP BY r.day ORDER BY r.day`, string(Met), string(NotMet), string(NotKnown), programme, daysBefore(s.clock(), HistoryDays))
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n Tally, err error) {
		return n, r.Scan(&n.Day, &n.Met, &n.NotMet, &n.Unknown)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the history of signals of trust: %w", err)
	}
	return list, nil
}

// daysBefore is the day so many days before a moment, a day more for zones.
func daysBefore(at time.Time, days int) string {
	return at.UTC().AddDate(0, 0, -days-1).Format(time.DateOnly)
}

// Fall is a signal that fell: it was met and is not, or its share is lower than in
// the 90 days before, for sure.
type Fall struct {
	Signal Signal
	// Lost says that it was met in the last 180 days and is not met now.
	Lost bool
	// Share is that of the last 90 days, where it is one.
	Share Amount
}

// Falls returns the signals that fell, as they were last written down.
func Falls(ctx context.Context, q db.Queryer, programme id.ID, now time.Time) ([]Fall, error) {
	type last struct {
		code, verdict, trend string
		share                Amount
		met                  int64
	}
	rows, err := q.Query(ctx, `SELECT r.signal, r.verdict, r.trend, r.share_k, r.share_n,
			(SELECT COUNT(*) FROM trust_reading AS b WHERE b.programme_id = r.programme_id AND b.signal = r.signal AND b.verdict = $1 AND b.day >= $2)
		FROM trust_reading AS r WHERE r.programme_id = $3 AND r.day >= $4 AND r.day = (SELECT MAX(m.day) FROM trust_reading AS m WHERE m.programme_id = $3)`,
		string(Met), daysBefore(now, HistoryDays), programme, daysBefore(now, staleDays))
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n last, err error) {
		return n, r.Scan(&n.code, &n.verdict, &n.trend, &n.share.K, &n.share.N, &n.met)
	})
	if err != nil {
		return nil, fmt.Errorf("reading which signals of trust fell: %w", err)
	}
	var falls []Fall
	for _, n := range list {
		signal, known := FindSignal(n.code)
		lost := Verdict(n.verdict) == NotMet && n.met > 0
		if known && (lost || Trend(n.trend) == Falling) {
			falls = append(falls, Fall{signal, lost, n.share})
		}
	}
	return falls, nil
}

// ReadingRecord is how a signal stood on a day, in exports.
type ReadingRecord struct {
	Day     string  `json:"day"`
	Signal  string  `json:"signal"`
	Verdict Verdict `json:"verdict"`
	Trend   Trend   `json:"trend,omitempty"`
	Of      int64   `json:"of,omitempty"`
	So      int64   `json:"so,omitempty"`
}

func dumpReadings(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	rows, err := q.Query(ctx, `SELECT day, signal, verdict, trend, share_n, share_k FROM trust_reading WHERE programme_id = $1 ORDER BY day, signal`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (n ReadingRecord, err error) {
		return n, r.Scan(&n.Day, &n.Signal, &n.Verdict, &n.Trend, &n.Of, &n.So)
	}, func(n ReadingRecord) error { return to("trust_readings", n) })
	if err != nil {
		return fmt.Errorf("exporting how signals of trust stood: %w", err)
	}
	return nil
}

package churn

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/stats"
)

// Run is when everybody was looked at last, and what was seen.
type Run struct {
	Day   Day       `json:"-"`
	Ended time.Time `json:"-"`
	// Members were looked at; Few of those who bought did so on fewer days than
	// LeastDays, so that nothing is said of them; 0 while nothing is said of anybody.
	Members int64 `json:"members"`
	Few     int64 `json:"few"`
	// Changed members stand otherwise than before.
	Changed int64 `json:"changed"`
	// Rhythms is of how many it is known which silence is unusual for them, Unusual
	// how many were as silent as that, and Chance how many of them would be if
	// nobody had left. Clear of the unusual are more than chance makes; Cut is up
	// to which value of stats.Even that is so, below 0 for none.
	Rhythms int64   `json:"rhythms,omitempty"`
	Unusual int64   `json:"unusual,omitempty"`
	Chance  float64 `json:"chance,omitempty"`
	Clear   int64   `json:"clear,omitempty"`
	Cut     float64 `json:"cut,omitempty"`
}

// round is one look at everybody.
type round struct {
	*Service
	programme program.Programme
	set       Settings
	model     *Model
	today     Day
	questions [][]any
	run       Run
	// even are the values of stats.Even of all whose rhythm is known, and rare those
	// of whoever is unusually silent.
	even, rare []float64
}

// looked are the members who are looked at, by their status.
var looked = []member.Status{member.Enrolled, member.Known}

// reckon looks at every member, page after page, each in a transaction of its
// own. What was interrupted begins anew and changes nothing twice.
func (s *Service) reckon(ctx context.Context, ask reckoning, progress func(done, total int64) error) error {
	r, err := s.begin(ctx, ask)
	if err != nil {
		return err
	}
	total := int64(0)
	for _, status := range looked {
		n, err := countRoots(ctx, s.DB.Reader(), ask.ProgrammeID, status)
		if err != nil {
			return err
		}
		total += n
	}
	for _, status := range looked {
		for after := id.ID(0); ; {
			roots, err := selectRoots(ctx, s.DB.Reader(), ask.ProgrammeID, status, after)
			if err != nil {
				return err
			}
			if len(roots) == 0 {
				break
			}
			after = roots[len(roots)-1]
			if err := r.page(ctx, roots); err != nil {
				return err
			}
			r.run.Members += int64(len(roots))
			if err := progress(min(r.run.Members, total), total); err != nil {
				return err
			}
		}
	}
	return r.end(ctx)
}

func (s *Service) begin(ctx context.Context, ask reckoning) (*round, error) {
	p, err := program.Load(ctx, s.DB.Reader(), ask.ProgrammeID)
	if err != nil {
		return nil, err
	}
	r := &round{Service: s, programme: p, today: DayOf(s.Now(), p.Zone)}
	if r.set, _, err = loadSettings(ctx, s.DB.Reader(), p.ID); err != nil {
		return nil, err
	}
	if r.questions, err = s.questions(ctx, p.ID); err != nil {
		return nil, err
	}
	r.model, err = s.model(ctx, &p, ask.Learn)
	return r, err
}

// page looks at some members.
func (r *round) page(ctx context.Context, roots []id.ID) error {
	var now []Standing
	few := int64(0)
	err := r.DB.View(ctx, func(q db.Queryer) error {
		now, few = nil, 0
		accounts, err := selectAccounts(ctx, q, roots)
		if err != nil {
			return err
		}
		if r.model == nil { // nothing is said of anybody
			return nil
		}
		people := len(slices.CompactFunc(slices.Clone(accounts), func(a, b account) bool { return a.root == b.root }))
		for _, batch := range batches(accounts, LeastDays) {
			list, err := r.judge(ctx, q, batch)
			if err != nil {
				return err
			}
			now = append(now, list...)
		}
		few = int64(people - len(now))
		return nil
	})
	if err != nil {
		return err
	}
	r.weigh(now)
	changed := int64(0)
	err = r.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		changed, err = r.write(ctx, tx, roots, now)
		return err
	})
	r.run.Few, r.run.Changed = r.run.Few+few, r.run.Changed+changed
	return err
}

// judge says how some persons stand; of those with too few days nothing.
func (r *round) judge(ctx context.Context, q db.Queryer, accounts []account) (list []Standing, err error) {
	histories, err := selectHistories(ctx, q, accounts, r.programme.Zone)
	if err != nil {
		return nil, err
	}
	for _, h := range histories {
		if len(h.days) < LeastDays {
			continue
		}
		n := Standing{MemberID: h.root, Habit: habitOf(h.days, r.model, &r.set), Goods: h.yearly(), ShopID: h.shop}
		n.State = n.Habit.State(r.today)
		n.Since = n.Habit.Since(n.State)
		list = append(list, n)
	}
	return list, r.blame(ctx, q, accounts, list)
}

// weigh counts how many silences are unusual, and how many would be by chance.
func (r *round) weigh(now []Standing) {
	rates, known := r.model.rates()
	if !known {
		return
	}
	for i := range now {
		n := &now[i]
		h := n.seen(r.today)
		even := stats.Even(h)
		r.even = append(r.even, even)
		r.run.Rhythms++
		r.run.Chance += rates.Listed(h.Repeats, h.Seen, float64(r.set.Unusual)/100)
		if n.Unusual(r.today) {
			r.run.Unusual++
			r.rare = append(r.rare, even)
		}
	}
}

// write keeps what is new about some members, and forgets those of whom nothing
// can be said any more.
func (r *round) write(ctx context.Context, tx *db.Tx, roots []id.ID, now []Standing) (changed int64, err error) {
	if err := lock(ctx, tx, r.programme.ID, r.today); err != nil {
		return 0, err
	}
	before, err := loadStandings(ctx, tx, roots)
	if err != nil {
		return 0, err
	}
	noted := db.Micros(r.clock())
	var rows, changes [][]any
	for _, n := range now {
		was, known := before[n.MemberID]
		delete(before, n.MemberID)
		if known && was == n {
			continue
		}
		rows = append(rows, n.row(r.programme.ID))
		if was.State != n.State && (was.State != "" || n.State != Active) {
			changes = append(changes, []any{n.MemberID, tx.IDs().New(), r.programme.ID, int64(n.Since), noted, string(was.State), string(n.State), string(n.Trouble)})
		}
	}
	for _, was := range before {
		if was.State == "" {
			continue
		}
		changes = append(changes, []any{was.MemberID, tx.IDs().New(), r.programme.ID, int64(r.today), noted, string(was.State), "", ""})
	}
	if err := tx.Upsert(ctx, standingTable, rows); err != nil {
		return 0, fmt.Errorf("writing how members stand: %w", err)
	}
	if err := tx.Insert(ctx, changeTable, changes); err != nil {
		return 0, fmt.Errorf("writing how members changed: %w", err)
	}
	return int64(len(changes)), forget(ctx, tx, before)
}

// end forgets those who were merged into others or erased meanwhile, and notes
// the run.
func (r *round) end(ctx context.Context) error {
	r.run.Day, r.run.Ended = r.today, r.clock()
	r.run.Cut = stats.Found(r.even, float64(r.set.Unusual)/100)
	for _, p := range r.rare {
		if p <= r.run.Cut {
			r.run.Clear++
		}
	}
	spec, err := json.Marshal(r.run)
	if err != nil {
		return fmt.Errorf("writing when members were looked at: %w", err)
	}
	return r.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := lock(ctx, tx, r.programme.ID, r.today); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM churn_standing WHERE programme_id = $1 AND member_id IN (
			SELECT s.member_id FROM churn_standing AS s JOIN member AS m ON m.id = s.member_id
			WHERE s.programme_id = $1 AND (m.merged_into <> 0 OR m.status = 'erased'))`, r.programme.ID); err != nil {
			return fmt.Errorf("forgetting who became another: %w", err)
		}
		return tx.Upsert(ctx, runTable, [][]any{{r.programme.ID, int64(r.run.Day), db.Micros(r.run.Ended), string(spec)}})
	})
}

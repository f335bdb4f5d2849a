package churn

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Standing is how a member stands, with the evidence.
type Standing struct {
	MemberID id.ID
	State    State
	// Since is from which day.
	Since Day
	Habit
	// Goods is what they bought and kept in the year up to the last purchase, in
	// minor units; ShopID is where they bought last.
	Goods  int64
	ShopID id.ID
	// Trouble is what went wrong before, and TroubleAt when; of those who do not
	// slip nothing is asked.
	Trouble   Trouble
	TroubleAt time.Time
}

var standingTable = db.NewTable("churn_standing", []string{"member_id"},
	db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "since", Kind: db.Int},
	db.Column{Name: "days", Kind: db.Int}, db.Column{Name: "first_day", Kind: db.Int}, db.Column{Name: "last_day", Kind: db.Int},
	db.Column{Name: "low", Kind: db.Int}, db.Column{Name: "middle", Kind: db.Int}, db.Column{Name: "high", Kind: db.Int},
	db.Column{Name: "slips", Kind: db.Int}, db.Column{Name: "quiet", Kind: db.Int}, db.Column{Name: "back", Kind: db.Bool},
	db.Column{Name: "goods", Kind: db.Int}, db.Column{Name: "shop_id", Kind: db.Int}, db.Column{Name: "trouble", Kind: db.Text}, db.Column{Name: "trouble_at", Kind: db.Int}, db.Column{Name: "rare", Kind: db.Int})

func (n *Standing) row(programme id.ID) []any {
	return []any{
		n.MemberID, programme, string(n.State), int64(n.Since), n.Days, int64(n.First), int64(n.Last), n.Low, n.Middle, n.High, n.Slips, n.Quiet, n.Back,
		n.Goods, n.ShopID, string(n.Trouble), db.Micros(n.TroubleAt), n.Rare,
	}
}

var changeTable = db.NewTable("churn_change", []string{"member_id", "id"},
	db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int},
	db.Column{Name: "day", Kind: db.Int}, db.Column{Name: "noted", Kind: db.Int},
	db.Column{Name: "from_state", Kind: db.Text}, db.Column{Name: "to_state", Kind: db.Text}, db.Column{Name: "trouble", Kind: db.Text})

var runTable = db.NewTable("churn_run", []string{"programme_id"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "day", Kind: db.Int}, db.Column{Name: "ended", Kind: db.Int}, db.Column{Name: "spec", Kind: db.Text})

// lock has one look at a programme write at a time.
func lock(ctx context.Context, tx *db.Tx, programme id.ID, today Day) error {
	_, err := tx.InsertNew(ctx, runTable, [][]any{{programme, int64(today), 0, "{}"}})
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE churn_run SET day = day WHERE programme_id = $1`, programme)
	}
	if err != nil {
		return fmt.Errorf("waiting for another look at the members: %w", err)
	}
	return nil
}

// Lock keeps others from choosing among the members of a programme, and from
// looking at them anew, until the transaction ends.
func Lock(ctx context.Context, tx *db.Tx, programme id.ID) error { return lock(ctx, tx, programme, 0) }

func loadRun(ctx context.Context, q db.Queryer, programme id.ID) (Run, error) {
	rows, err := q.Query(ctx, `SELECT day, ended, spec FROM churn_run WHERE programme_id = $1 AND ended > 0`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n Run, err error) {
		var ended int64
		var spec string
		if err := r.Scan(&n.Day, &ended, &spec); err != nil {
			return n, err
		}
		n.Ended = db.Time(ended)
		return n, json.Unmarshal([]byte(spec), &n)
	})
	if err != nil {
		return Run{}, fmt.Errorf("reading when members were looked at: %w", err)
	}
	if len(list) == 0 {
		return Run{}, nil
	}
	return list[0], nil
}

const standingColumns = `SELECT s.member_id, s.state, s.since, s.days, s.first_day, s.last_day, s.low, s.middle, s.high, s.slips, s.quiet, s.back,
	s.goods, s.shop_id, s.trouble, s.trouble_at, s.rare FROM churn_standing AS s `

func scanStanding(r *sql.Rows) (n Standing, err error) {
	var trouble int64
	err = r.Scan(&n.MemberID, &n.State, &n.Since, &n.Days, &n.First, &n.Last, &n.Low, &n.Middle, &n.High, &n.Slips, &n.Quiet, &n.Back,
		&n.Goods, &n.ShopID, &n.Trouble, &trouble, &n.Rare)
	n.TroubleAt = db.Time(trouble)
	return n, err
}

func selectStandings(ctx context.Context, q db.Queryer, where string, args ...any) ([]Standing, error) {
	rows, err := q.Query(ctx, standingColumns+where, args...)
	list, err := db.Collect(rows, err, scanStanding)
	if err != nil {
		return nil, fmt.Errorf("reading how members stand: %w", err)
	}
	return list, nil
}

func loadStandings(ctx context.Context, q db.Queryer, members []id.ID) (map[id.ID]Standing, error) {
	var args db.Args
	list, err := selectStandings(ctx, q, `WHERE s.member_id IN `+args.In(members), args.Values()...)
	all := make(map[id.ID]Standing, len(list))
	for _, n := range list {
		all[n.MemberID] = n
	}
	return all, err
}

func forget(ctx context.Context, tx *db.Tx, gone map[id.ID]Standing) error {
	if len(gone) == 0 {
		return nil
	}
	ids := make([]id.ID, 0, len(gone))
	for n := range gone {
		ids = append(ids, n)
	}
	var args db.Args
	if _, err := tx.Exec(ctx, `DELETE FROM churn_standing WHERE member_id IN `+args.In(ids), args.Values()...); err != nil {
		return fmt.Errorf("forgetting of whom nothing can be said: %w", err)
	}
	return nil
}

// Change is how the state of a member changed.
type Change struct {
	// Day is from when the new state held; Noted when it was seen.
	Day      Day
	Noted    time.Time
	From, To State
	Trouble  Trouble
}

// selectChanges returns the changes of accounts, the latest first.
func selectChanges(ctx context.Context, q db.Queryer, members []id.ID, limit int) ([]Change, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT day, noted, from_state, to_state, trouble FROM churn_change WHERE member_id IN `+args.In(members)+
		` ORDER BY id DESC LIMIT `+args.Add(limit), args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (c Change, err error) {
		var noted int64
		err = r.Scan(&c.Day, &noted, &c.From, &c.To, &c.Trouble)
		c.Noted = db.Time(noted)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading how a member changed: %w", err)
	}
	return list, nil
}

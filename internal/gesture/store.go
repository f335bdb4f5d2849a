package gesture

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

func column(kind db.Kind, name string) db.Column { return db.Column{Name: name, Kind: kind} }

var (
	gestureTable = db.NewTable("gesture", []string{"programme_id", "id"}, column(db.Int, "programme_id"), column(db.Int, "id"), column(db.Text, "spec"), column(db.Int, "version"),
		column(db.Int, "measured"), column(db.Int, "made"), column(db.Int, "changed"), column(db.Int, "retired"))
	givingTable = db.NewTable("gesture_giving", []string{"programme_id", "id"}, column(db.Int, "programme_id"), column(db.Int, "id"), column(db.Int, "gesture_id"), column(db.Int, "member_id"),
		column(db.Int, "shop_id"), column(db.Int, "version"), column(db.Text, "state"), column(db.Int, "at"), column(db.Text, "actor"), column(db.Text, "channel"), column(db.Text, "note"),
		column(db.Int, "cost"), column(db.Text, "asked"), column(db.Text, "advised"), column(db.Int, "saved"), column(db.Int, "share"), column(db.Text, "name"),
		column(db.Int, "taken"), column(db.Text, "taken_by"), column(db.Text, "reason"))
)

func (g *Gesture) row() []any {
	spec, err := json.Marshal(g.Spec)
	if err != nil {
		panic(fmt.Errorf("packing a gesture: %w", err)) // it holds words and numbers alone
	}
	return []any{g.ProgrammeID, g.ID, string(spec), g.Version, db.Micros(g.Measured), db.Micros(g.Made), db.Micros(g.Changed), db.Micros(g.Retired)}
}

func selectGestures(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Gesture, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, spec, version, measured, made, changed, retired FROM gesture WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Gesture, error) {
		g := &Gesture{}
		var spec string
		var measured, made, changed, retired int64
		if err := r.Scan(&g.ProgrammeID, &g.ID, &spec, &g.Version, &measured, &made, &changed, &retired); err != nil {
			return nil, err
		}
		g.Measured, g.Made, g.Changed, g.Retired = db.Time(measured), db.Time(made), db.Time(changed), db.Time(retired)
		return g, json.Unmarshal([]byte(spec), &g.Spec)
	})
	if err != nil {
		return nil, fmt.Errorf("reading gestures: %w", err)
	}
	return list, nil
}

// load reads a gesture; lock is what ends the statement.
func load(ctx context.Context, q db.Queryer, programme, which id.ID, lock string) (*Gesture, error) {
	list, err := selectGestures(ctx, q, `programme_id = $1 AND id = $2`+lock, programme, which)
	if err == nil && len(list) == 0 {
		err = Unknown(which)
	}
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

func (n *Giving) row() []any {
	return []any{n.ProgrammeID, n.ID, n.GestureID, n.MemberID, n.ShopID, n.Version, string(n.State), db.Micros(n.At), n.Actor, n.Channel, n.Note,
		n.Cost, n.Asked, n.Advised, n.Saved, n.Share, n.Name, db.Micros(n.Taken), n.TakenBy, n.Reason}
}

func selectGivings(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Giving, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, gesture_id, member_id, shop_id, version, state, at, actor, channel, note, cost, asked, advised, saved, share, name, taken, taken_by, reason
		FROM gesture_giving WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Giving, error) {
		n := &Giving{}
		var at, taken int64
		err := r.Scan(&n.ProgrammeID, &n.ID, &n.GestureID, &n.MemberID, &n.ShopID, &n.Version, &n.State, &at, &n.Actor, &n.Channel, &n.Note,
			&n.Cost, &n.Asked, &n.Advised, &n.Saved, &n.Share, &n.Name, &taken, &n.TakenBy, &n.Reason)
		n.At, n.Taken = db.Time(at), db.Time(taken)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was given: %w", err)
	}
	return list, nil
}

func one(list []*Giving, err error) (*Giving, error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// before returns the latest giving of a gesture to a person of a state, since a
// moment; nil for none.
func before(ctx context.Context, q db.Queryer, g *Gesture, aliases []id.ID, state State, since time.Time) (*Giving, error) {
	var args db.Args
	return one(selectGivings(ctx, q, `member_id IN `+args.In(aliases)+` AND programme_id = `+args.Add(g.ProgrammeID)+` AND gesture_id = `+args.Add(g.ID)+
		` AND state = `+args.Add(string(state))+` AND at > `+args.Add(db.Micros(since))+` ORDER BY at DESC, id DESC LIMIT 1`, args.Values()...))
}

// countGiven counts what a shop gave of a gesture since a moment.
func countGiven(ctx context.Context, q db.Queryer, g *Gesture, shop id.ID, since time.Time) (n int64, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM gesture_giving WHERE programme_id = $1 AND gesture_id = $2 AND shop_id = $3 AND state = $4 AND at >= $5`,
		g.ProgrammeID, g.ID, shop, string(Given), db.Micros(since)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting what a shop gave: %w", err)
	}
	return n, nil
}

// everyGiving calls fn with each giving of a programme, in order of id, read in
// pages.
func everyGiving(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Giving) error) error {
	for after := id.ID(0); ; {
		list, err := selectGivings(ctx, q, `programme_id = $1 AND id > $2 ORDER BY id LIMIT 500`, programme, after)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, n := range list {
			if err := fn(n); err != nil {
				return err
			}
		}
		after = list[len(list)-1].ID
	}
}

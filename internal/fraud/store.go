package fraud

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "fraud", Files: files}

var (
	rulesTable = db.NewTable("fraud_rules", []string{"programme_id", "number"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "number", Kind: db.Int}, db.Column{Name: "spec", Kind: db.Text},
		db.Column{Name: "made", Kind: db.Int})
	turnTable = db.NewTable("fraud_turn", []string{"programme_id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "turns", Kind: db.Int})
	markTable = db.NewTable("fraud_mark", []string{"programme_id", "kind", "subject", "bucket", "event_id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "kind", Kind: db.Text}, db.Column{Name: "subject", Kind: db.Text},
		db.Column{Name: "bucket", Kind: db.Int}, db.Column{Name: "event_id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int},
		db.Column{Name: "at", Kind: db.Int}, db.Column{Name: "amount", Kind: db.Int}, db.Column{Name: "points", Kind: db.Int},
		db.Column{Name: "actor", Kind: db.Text})
)

// LoadRules returns the rules in force or, before any were written, the default
// ones with the number 0, which watch nothing.
func LoadRules(ctx context.Context, q db.Queryer, programme id.ID) (Rules, error) {
	list, err := selectRules(ctx, q, `programme_id = $1 ORDER BY number DESC LIMIT 1`, programme)
	if err != nil || len(list) > 0 {
		return append(list, Rules{})[0], err
	}
	return Rules{ProgrammeID: programme, Spec: DefaultSpec()}, nil
}

func selectRules(ctx context.Context, q db.Queryer, where string, args ...any) ([]Rules, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, number, spec, made FROM fraud_rules WHERE `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Rules, error) {
		var v Rules
		var spec string
		var made int64
		if err := r.Scan(&v.ProgrammeID, &v.Number, &spec, &made); err != nil {
			return v, err
		}
		v.Made = db.Time(made)
		return v, json.Unmarshal([]byte(spec), &v.Spec)
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is watched: %w", err)
	}
	return list, nil
}

func insertRules(ctx context.Context, tx *db.Tx, v Rules) error {
	spec, err := json.Marshal(v.Spec)
	if err == nil {
		err = tx.Insert(ctx, rulesTable, [][]any{{v.ProgrammeID, v.Number, string(spec), db.Micros(v.Made)}})
	}
	if err != nil {
		return fmt.Errorf("writing what is watched: %w", err)
	}
	return nil
}

// takeTurn holds the programme's marks and flags until the transaction ends.
func takeTurn(ctx context.Context, tx *db.Tx, programme id.ID) error {
	_, err := tx.InsertNew(ctx, turnTable, [][]any{{programme, int64(0)}})
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE fraud_turn SET turns = turns + 1 WHERE programme_id = $1`, programme)
	}
	if err != nil {
		return fmt.Errorf("holding the flags of a programme: %w", err)
	}
	return nil
}

func addMarks(ctx context.Context, tx *db.Tx, programme id.ID, marks []mark) error {
	type key struct {
		kind    Kind
		subject string
		begin   int64
		event   id.ID
	}
	known := map[key]bool{}
	var rows [][]any
	for _, m := range marks {
		k := key{m.kind, m.subject, db.Micros(m.begin), m.event}
		if !known[k] {
			known[k] = true
			rows = append(rows, []any{programme, string(m.kind), m.subject, k.begin, m.event, m.member, db.Micros(m.at), m.amount, m.points, m.actor})
		}
	}
	if _, err := tx.InsertNew(ctx, markTable, rows); err != nil {
		return fmt.Errorf("marking what events count for: %w", err)
	}
	return nil
}

func selectMarks(ctx context.Context, q db.Queryer, programme id.ID, k Kind, subjects []string, begin int64) ([]mark, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT kind, subject, bucket, event_id, member_id, at, amount, points, actor FROM fraud_mark
		WHERE programme_id = `+args.Add(programme)+` AND kind = `+args.Add(string(k))+` AND subject IN `+args.InText(subjects)+` AND bucket = `+args.Add(begin),
		args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (mark, error) {
		var m mark
		var begin, at int64
		err := r.Scan(&m.kind, &m.subject, &begin, &m.event, &m.member, &at, &m.amount, &m.points, &m.actor)
		m.begin, m.at = db.Time(begin), db.Time(at)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what events count for: %w", err)
	}
	return list, nil
}

// subjectsIn returns those who have marks in an hour, day or month.
func subjectsIn(ctx context.Context, q db.Queryer, programme id.ID, k Kind, begin int64) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT DISTINCT subject FROM fraud_mark WHERE programme_id = $1 AND kind = $2 AND bucket = $3`, programme, string(k), begin)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (string, error) {
		var name string
		return name, r.Scan(&name)
	})
	if err != nil {
		return nil, fmt.Errorf("reading whom events count for: %w", err)
	}
	return list, nil
}

// figures returns what others than the subjects came to in each hour, day or
// month that begins within the bounds, for kinds that add up.
func figures(ctx context.Context, q db.Queryer, programme id.ID, k Kind, from, to int64, subjects []string) ([]int64, error) {
	sum := `SUM(amount)`
	if k.shared() {
		sum = `COUNT(DISTINCT member_id)`
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT CAST(`+sum+` AS BIGINT) FROM fraud_mark WHERE programme_id = `+args.Add(programme)+` AND kind = `+args.Add(string(k))+`
		AND bucket BETWEEN `+args.Add(from)+` AND `+args.Add(to)+` AND subject NOT IN `+args.InText(subjects)+` GROUP BY subject, bucket`, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (int64, error) {
		var n int64
		return n, r.Scan(&n)
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is usual: %w", err)
	}
	return list, nil
}

// forget removes the marks of events that happened before.
func forget(ctx context.Context, tx *db.Tx, before int64) (int64, error) {
	n, err := tx.Exec(ctx, `DELETE FROM fraud_mark WHERE at < $1`, before)
	if err != nil {
		return 0, fmt.Errorf("forgetting marks: %w", err)
	}
	return n, nil
}

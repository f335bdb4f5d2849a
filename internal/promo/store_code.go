package promo

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

var (
	codeTable = db.NewTable("promo_code", []string{"programme_id", "text"}, columns(db.Int, "programme_id", db.Text, "text",
		db.Int, "id", "offer_id", "batch_id", db.Text, "printed", db.Int, "member_id", db.Text, "occasion", "state",
		db.Int, "uses", "max_uses", "begins", "expires", "issued", "delivered", "seen", "reminded", "cancelled", "swept", "moves")...)
	// codeLife is of a code what its life changes, uses apart.
	codeLife = db.NewTable("promo_code", []string{"programme_id", "text"}, columns(db.Int, "programme_id", db.Text, "text", "state",
		db.Int, "delivered", "seen", "reminded", "cancelled", "swept", "moves")...)
	stepTable = db.NewTable("promo_code_step", []string{"programme_id", "text", "no"}, columns(db.Int, "programme_id", db.Text, "text",
		db.Int, "no", db.Text, "move", db.Int, "times", "at", db.Text, "channel", "actor", "note")...)
	holdTable = db.NewTable("promo_code_hold", []string{"programme_id", "text", "holder"}, columns(db.Int, "programme_id",
		db.Text, "text", "holder", db.Int, "times", "until")...)

	codeKey = []db.Kind{db.Int, db.Text}
)

// columns lists columns, each of the kind that stands before it last.
func columns(list ...any) []db.Column {
	var all []db.Column
	var kind db.Kind
	for _, v := range list {
		if k, is := v.(db.Kind); is {
			kind = k
			continue
		}
		all = append(all, db.Column{Name: v.(string), Kind: kind})
	}
	return all
}

func (k CodeKey) row() []any { return []any{int64(k.ProgrammeID), k.Text} }

func tuples(args *db.Args, keys []CodeKey) string {
	rows := make([][]any, len(keys))
	for i, k := range keys {
		rows[i] = k.row()
	}
	return args.Tuples(codeKey, rows)
}

const (
	codeColumns = `c.programme_id, c.text, c.id, c.offer_id, c.batch_id, c.printed, c.member_id, c.occasion, c.state, c.uses, c.max_uses,
		c.begins, c.expires, c.issued, c.delivered, c.seen, c.reminded, c.cancelled, c.swept, c.moves, b.cancelled,
		COALESCE(h.holder, ''), COALESCE(h.times, 0), COALESCE(h.until, 0)`
	codeJoins = ` JOIN promo_batch AS b ON b.id = c.batch_id
		LEFT JOIN promo_code_hold AS h ON h.programme_id = c.programme_id AND h.text = c.text `
)

// LoadCodes returns the codes that exist, by one statement; by none for no
// keys. Nothing is locked: UseCodes finds out whether others were faster.
//
// CROSS JOIN keeps SQLite from walking the whole table.
func LoadCodes(ctx context.Context, q db.Queryer, keys []CodeKey) (map[CodeKey]*Code, error) {
	found := make(map[CodeKey]*Code, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var args db.Args
	query := `WITH k (programme_id, text) AS ` + tuples(&args, sorted(keys)) + ` SELECT ` + codeColumns + `
		FROM k CROSS JOIN promo_code AS c` + codeJoins + `WHERE c.programme_id = k.programme_id AND c.text = k.text`
	err := eachCode(ctx, q, query, args.Values(), func(c *Code) error {
		found[c.Key()] = c
		return nil
	})
	return found, err
}

// LoadCodesByID returns the codes of the programme with these ids, by one
// statement; by none for none.
func LoadCodesByID(ctx context.Context, q db.Queryer, programme id.ID, ids []id.ID) (map[id.ID]*Code, error) {
	found := make(map[id.ID]*Code, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var args db.Args
	query := `SELECT ` + codeColumns + ` FROM promo_code AS c` + codeJoins + `
		WHERE c.id IN ` + args.In(ids) + ` AND c.programme_id = ` + args.Add(int64(programme)) + ` ORDER BY c.id`
	err := eachCode(ctx, q, query, args.Values(), func(c *Code) error {
		found[c.ID] = c
		return nil
	})
	return found, err
}

// CodesOf returns the personal codes of a customer, who has all these ids, the
// latest first.
func CodesOf(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]*Code, error) {
	var list []*Code
	if len(members) == 0 {
		return nil, nil
	}
	var args db.Args
	query := `SELECT ` + codeColumns + ` FROM promo_code AS c` + codeJoins + `
		WHERE c.member_id IN ` + args.In(members) + ` AND c.member_id <> 0 AND c.programme_id = ` + args.Add(int64(programme)) + ` ORDER BY c.id DESC`
	err := eachCode(ctx, q, query, args.Values(), func(c *Code) error {
		list = append(list, c)
		return nil
	})
	return list, err
}

// eachCode reads codes one by one. The rows of a code, one for each of its
// holds, must come together.
func eachCode(ctx context.Context, q db.Queryer, query string, args []any, fn func(*Code) error) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("reading codes: %w", err)
	}
	defer rows.Close()
	var last *Code
	for rows.Next() {
		c, err := scanCode(rows)
		switch {
		case err != nil:
			return fmt.Errorf("reading codes: %w", err)
		case last != nil && last.ID == c.ID:
			last.Holds = append(last.Holds, c.Holds...)
			continue
		case last != nil:
			if err := fn(last); err != nil {
				return err
			}
		}
		last = c
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading codes: %w", err)
	}
	if last == nil {
		return nil
	}
	return fn(last)
}

func scanCode(r *sql.Rows) (*Code, error) {
	var c Code
	var h CodeHold
	var begins, expires, issued, delivered, seen, reminded, cancelled, swept, withdrawn, until int64
	err := r.Scan(&c.ProgrammeID, &c.Text, &c.ID, &c.OfferID, &c.BatchID, &c.Printed, &c.MemberID, &c.Occasion, &c.State, &c.Uses, &c.MaxUses,
		&begins, &expires, &issued, &delivered, &seen, &reminded, &cancelled, &swept, &c.moves, &withdrawn, &h.Holder, &h.Times, &until)
	c.Begins, c.Expires, c.Issued, c.Delivered, c.Seen = db.Time(begins), db.Time(expires), db.Time(issued), db.Time(delivered), db.Time(seen)
	c.Reminded, c.Cancelled, c.swept, c.withdrawn = db.Time(reminded), db.Time(cancelled), db.Time(swept), db.Time(withdrawn)
	if c.Printed == "" {
		c.Printed = c.Text
	}
	if h.Holder != "" {
		h.Until = db.Time(until)
		c.Holds = []CodeHold{h}
	}
	return &c, err
}

// row returns a code that is new.
func (c *Code) row() []any {
	shown := c.Printed
	if shown == c.Text {
		shown = ""
	}
	return []any{c.ProgrammeID, c.Text, c.ID, c.OfferID, c.BatchID, shown, c.MemberID, c.Occasion, string(CodeIssued), int64(0), c.MaxUses,
		db.Micros(c.Begins), orNever(c.Expires), db.Micros(c.Issued), int64(0), int64(0), int64(0), int64(0), int64(0), int64(0)}
}

// lockCodes locks the codes in the order of their keys, so that two batches
// cannot wait for each other. SQLite has one writer and nothing to lock.
func lockCodes(ctx context.Context, tx *db.Tx, keys []CodeKey) error {
	if tx.ForUpdate() == "" || len(keys) == 0 {
		return nil
	}
	var args db.Args
	query := `SELECT c.id FROM promo_code AS c WHERE (c.programme_id, c.text) IN ` + tuples(&args, sorted(keys)) +
		` ORDER BY c.programme_id, c.text` + tx.ForUpdate()
	rows, err := tx.Query(ctx, query, args.Values()...)
	if _, err := db.Collect(rows, err, scanID); err != nil {
		return fmt.Errorf("locking codes: %w", err)
	}
	return nil
}

func scanID(r *sql.Rows) (n id.ID, err error) {
	err = r.Scan(&n)
	return n, err
}

// saveCodes writes what was noted of the codes.
func saveCodes(ctx context.Context, tx *db.Tx, codes map[CodeKey]*Code) error {
	var rows, steps [][]any
	for _, k := range slices.SortedFunc(maps.Keys(codes), CodeKey.compare) {
		c := codes[k]
		if len(c.noted) == 0 {
			continue
		}
		c.State = c.settled()
		rows = append(rows, []any{k.ProgrammeID, k.Text, string(c.State), db.Micros(c.Delivered), db.Micros(c.Seen),
			db.Micros(c.Reminded), db.Micros(c.Cancelled), db.Micros(c.swept), c.moves})
		steps = append(steps, stepRows(k, c.moves, c.noted)...)
		c.noted = nil
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Update(ctx, codeLife, rows); err != nil {
		return fmt.Errorf("writing codes: %w", err)
	}
	return insertSteps(ctx, tx, steps)
}

// stepRows returns the last steps of a code, of which there are so many now.
func stepRows(k CodeKey, moves int64, steps []CodeStep) [][]any {
	rows := make([][]any, len(steps))
	for i, s := range steps {
		rows[i] = []any{k.ProgrammeID, k.Text, moves - int64(len(steps)-1-i), string(s.Move), s.Times, db.Micros(s.At), s.Channel, s.Actor, s.Note}
	}
	return rows
}

func insertSteps(ctx context.Context, tx *db.Tx, rows [][]any) error {
	if err := tx.Insert(ctx, stepTable, rows); err != nil {
		return fmt.Errorf("writing steps of codes: %w", err)
	}
	return nil
}

// selectSteps returns what is written of a code's life, in order.
func selectSteps(ctx context.Context, q db.Queryer, k CodeKey) ([]CodeStep, error) {
	rows, err := q.Query(ctx, `SELECT move, times, at, channel, actor, note FROM promo_code_step
		WHERE programme_id = $1 AND text = $2 ORDER BY no`, k.ProgrammeID, k.Text)
	steps, err := db.Collect(rows, err, func(r *sql.Rows) (s CodeStep, err error) {
		var at int64
		err = r.Scan(&s.Move, &s.Times, &at, &s.Channel, &s.Actor, &s.Note)
		s.At = db.Time(at)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the steps of a code: %w", err)
	}
	return steps, nil
}

// loadCode returns one code of a programme; fault "unknown_code" when there is
// none.
func loadCode(ctx context.Context, q db.Queryer, programme id.ID, text string) (*Code, error) {
	k := CodeKey{programme, NormaliseCode(text)}
	found, err := LoadCodes(ctx, q, []CodeKey{k})
	if err != nil {
		return nil, err
	}
	if found[k] == nil {
		return nil, unknownCode(text)
	}
	return found[k], nil
}

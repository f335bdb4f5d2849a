package giftcard

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"regulars/internal/db"
)

var holdTable = db.NewTable("gift_hold", []string{"programme_id", "number", "holder"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "number", Kind: db.Text}, db.Column{Name: "holder", Kind: db.Text},
	db.Column{Name: "amount", Kind: db.Int}, db.Column{Name: "until", Kind: db.Int})

// loadHolds fills in the holds of cards, by one statement; by none where
// nothing is held. Who will change the cards has locked them.
func loadHolds(ctx context.Context, q db.Queryer, cards []*Card) error {
	byKey := map[Key]*Card{}
	var keys []Key
	for _, c := range cards {
		if c.storedHeld > 0 {
			byKey[c.Key()] = c
			keys = append(keys, c.Key())
		}
	}
	if len(keys) == 0 {
		return nil
	}
	var args db.Args
	rows, err := q.Query(ctx, `WITH k(programme_id, number) AS `+args.Tuples(keyKinds, tuples(keys))+`
		SELECT h.programme_id, h.number, h.holder, h.amount, h.until FROM k CROSS JOIN gift_hold AS h
		WHERE h.programme_id = k.programme_id AND h.number = k.number ORDER BY h.programme_id, h.number, h.holder`, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (h Hold, err error) {
		var k Key
		var until int64
		if err := r.Scan(&k.ProgrammeID, &k.Number, &h.Holder, &h.Amount, &until); err != nil {
			return h, err
		}
		h.Until = db.Time(until)
		c := byKey[k]
		c.holds, c.storedHolds = append(c.holds, h), append(c.storedHolds, h)
		return h, nil
	})
	if err != nil {
		return fmt.Errorf("loading what is held of gift cards: %w", err)
	}
	return nil
}

// saveHolds writes the holds that are new or otherwise, and takes away those
// that ended.
func saveHolds(ctx context.Context, tx *db.Tx, cards []*Card) error {
	var gone, now [][]any
	for _, c := range cards {
		for _, h := range c.storedHolds {
			if !slices.ContainsFunc(c.holds, func(o Hold) bool { return o.Holder == h.Holder }) {
				gone = append(gone, []any{int64(c.ProgrammeID), c.Number, h.Holder})
			}
		}
		for _, h := range c.holds {
			if !slices.Contains(c.storedHolds, h) {
				now = append(now, []any{c.ProgrammeID, c.Number, h.Holder, h.Amount, db.Micros(h.Until)})
			}
		}
	}
	if len(gone) > 0 {
		var args db.Args
		query := `DELETE FROM gift_hold WHERE (programme_id, number, holder) IN ` + args.Tuples([]db.Kind{db.Int, db.Text, db.Text}, gone)
		if _, err := tx.Exec(ctx, query, args.Values()...); err != nil {
			return fmt.Errorf("ending holds of gift cards: %w", err)
		}
	}
	if len(now) == 0 {
		return nil
	}
	if err := tx.Upsert(ctx, holdTable, now); err != nil {
		return fmt.Errorf("holding money of gift cards: %w", err)
	}
	return nil
}

package db_test

import (
	"testing"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

// What rehearses sees one state, does not wait for who writes, and writes not.
func TestRehearse(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if err := d.InTx(ctx, func(tx *db.Tx) error { return addThing(ctx, tx, 1) }); err != nil {
			t.Fatal(err)
		}
		err := d.InTx(ctx, func(writing *db.Tx) error {
			if _, err := writing.Exec(ctx, `UPDATE thing SET name = 'held' WHERE id = 1`); err != nil {
				return err
			}
			return d.Rehearse(ctx, func(tx *db.Tx) error {
				for range 2 { // the second time the statement is prepared already
					var name string
					err := tx.QueryRow(ctx, `SELECT name FROM thing WHERE id = $1`+tx.ForUpdate(), 1).Scan(&name)
					if err != nil || name == "held" {
						t.Errorf("beside the writer stands %q, %v", name, err)
					}
				}
				return nil
			})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Rehearse(ctx, func(tx *db.Tx) error { return addThing(ctx, tx, 2) })
		if err == nil {
			t.Error("a write was taken")
		}
		if n := count(t, d.Reader(), "thing"); n != 1 {
			t.Errorf("%d rows", n)
		}
	}, schema)
}

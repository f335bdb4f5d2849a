package db_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

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

// As many snapshots as there are connections, each with statements that nobody
// has prepared yet: none may wait for a connection that another one has.
func TestSnapshotsNeedNoSecondConnection(t *testing.T) {
	d := dbtest.Open(t, db.Config{Dir: t.TempDir(), Now: time.Now, Readers: 3}, schema)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // it hung for ever
	defer cancel()
	var group errgroup.Group
	met := make(chan struct{}, 3)
	for n := range 3 {
		group.Go(func() error {
			return d.View(ctx, func(q db.Queryer) error {
				for met <- struct{}{}; len(met) < 3 && ctx.Err() == nil; {
					time.Sleep(time.Millisecond) // until each has its connection
				}
				for k := range 5 {
					var got int
					if err := q.QueryRow(ctx, fmt.Sprintf(`SELECT %d + $1`, n*10+k), 1).Scan(&got); err != nil || got != n*10+k+1 {
						return fmt.Errorf("statement %d of snapshot %d says %d: %w", k, n, got, err)
					}
				}
				return nil
			})
		})
	}
	if err := group.Wait(); err != nil {
		t.Error(err)
	}
}

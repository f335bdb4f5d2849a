package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

var errStop = errors.New("stop")

func addThing(ctx context.Context, tx *db.Tx, id int) error {
	return tx.Insert(ctx, things, [][]any{{id, 1, "x", false, []byte{}}})
}

func count(t *testing.T, q db.Queryer, table string) (n int) {
	t.Helper()
	if err := q.QueryRow(context.Background(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
		t.Fatalf("counting: %v", err)
	}
	return n
}

func TestInTxRollsBack(t *testing.T) {
	endings := map[string]func() error{
		"error": func() error { return errStop },
		"panic": func() error { panic(errStop) },
	}
	for name, ending := range endings {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				err := caught(func() error {
					return d.InTx(t.Context(), func(tx *db.Tx) error {
						if err := addThing(t.Context(), tx, 1); err != nil {
							return err
						}
						return ending()
					})
				})
				if !errors.Is(err, errStop) {
					t.Fatalf("got %v", err)
				}
				inTx(t, d, func(ctx context.Context, tx *db.Tx) error { return addThing(ctx, tx, 2) })
				if n := count(t, d.Reader(), "thing"); n != 1 {
					t.Errorf("%d rows after a rollback and a commit", n)
				}
			}, schema)
		})
	}
}

// caught returns what fn returned or panicked with.
func caught(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = p.(error)
		}
	}()
	return fn()
}

// A statement that failed fails the transaction, whatever fn makes of it.
func TestFailedStatementIsNeverCommitted(t *testing.T) {
	statements := map[string]func(ctx context.Context, tx *db.Tx){
		"exec":      func(ctx context.Context, tx *db.Tx) { _ = addThing(ctx, tx, 1) },
		"query":     func(ctx context.Context, tx *db.Tx) { _, _ = tx.Query(ctx, "SELECT nothing FROM thing") },
		"query row": func(ctx context.Context, tx *db.Tx) { _ = tx.QueryRow(ctx, "SELECT nothing FROM thing").Scan(new(int)) },
	}
	for name, statement := range statements {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				err := d.InTx(t.Context(), func(tx *db.Tx) error {
					if err := addThing(t.Context(), tx, 1); err != nil {
						return err
					}
					statement(t.Context(), tx)
					return nil
				})
				if err == nil || count(t, d.Reader(), "thing") != 0 {
					t.Errorf("committed with error %v", err)
				}
			}, schema)
		})
	}
}

func TestUnique(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for _, table := range []db.Table{things, seen} {
			row := []any{1, 1, "x", false, []byte{}}[:len(table.Columns)]
			if table.Name == "seen" {
				row[1] = "a"
			}
			err := d.InTx(t.Context(), func(tx *db.Tx) error {
				if err := tx.Insert(t.Context(), table, [][]any{row}); err != nil {
					return err
				}
				return tx.Insert(t.Context(), table, [][]any{row})
			})
			if !db.Unique(err) || db.Retryable(err) {
				t.Errorf("%s: got %v", table.Name, err)
			}
		}
		if db.Unique(errStop) || db.Unique(nil) {
			t.Error("unique without reason")
		}
	}, schema)
}

// Writers take turns: read-then-write in many goroutines loses nothing.
func TestWritersInParallel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inTx(t, d, func(ctx context.Context, tx *db.Tx) error { return tx.Insert(ctx, tallies, [][]any{{1, 1, 0}}) })
		group, ctx := errgroup.WithContext(t.Context())
		for range 8 {
			group.Go(func() error {
				for range 25 {
					if err := d.InTx(ctx, func(tx *db.Tx) error { return increment(ctx, tx) }); err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		var n int
		if err := d.Reader().QueryRow(t.Context(), "SELECT amount FROM tally").Scan(&n); err != nil || n != 200 {
			t.Errorf("counted %d, %v", n, err)
		}
	}, schema)
}

func increment(ctx context.Context, tx *db.Tx) error {
	var n int
	if err := tx.QueryRow(ctx, "SELECT amount FROM tally WHERE member_id = $1 AND wallet_id = $2"+tx.ForUpdate(), 1, 1).Scan(&n); err != nil {
		return err
	}
	return tx.Update(ctx, tallies, [][]any{{1, 1, n + 1}})
}

// Rows that were never closed disturb no later transaction.
func TestRowsLeftOpen(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	for i := range 3 {
		inTx(t, d, func(ctx context.Context, tx *db.Tx) error {
			if err := addThing(ctx, tx, i); err != nil {
				return err
			}
			rows, err := tx.Query(ctx, "SELECT id FROM thing")
			if err == nil && !rows.Next() {
				t.Error("no rows")
			}
			return err
		})
	}
}

// Whoever waits for the writer stops waiting when the caller goes.
func TestWaitingForTheWriterEnds(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	inTx(t, d, func(context.Context, *db.Tx) error {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- d.InTx(ctx, func(*db.Tx) error { return nil }) }()
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		return nil
	})
}

func TestCallerGoneInsideTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := d.InTx(ctx, func(tx *db.Tx) error {
			if err := addThing(ctx, tx, 1); err != nil {
				return err
			}
			cancel()
			return addThing(ctx, tx, 2)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if n := count(t, d.Reader(), "thing"); n != 0 {
			t.Errorf("%d rows", n)
		}
	}, schema)
}

func TestViewIsOneSnapshot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.View(t.Context(), func(q db.Queryer) error {
			before := count(t, q, "thing")
			inTx(t, d, func(ctx context.Context, tx *db.Tx) error { return addThing(ctx, tx, 1) })
			if after := count(t, q, "thing"); before != 0 || after != 0 {
				return fmt.Errorf("saw %d, then %d", before, after)
			}
			return nil
		})
		if err != nil || count(t, d.Reader(), "thing") != 1 {
			t.Errorf("got %v", err)
		}
	}, schema)
}

func TestReadersCannotWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.View(t.Context(), func(q db.Queryer) error {
			rows, err := q.Query(t.Context(), "INSERT INTO seen (programme_id, code) VALUES (1, 'a') RETURNING code")
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
			}
			return rows.Err()
		})
		if err == nil || count(t, d.Reader(), "seen") != 0 {
			t.Errorf("a snapshot wrote: %v", err)
		}
	}, schema)
}

func TestStatementsAreCounted(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var sent [2]uint64
		for i, n := range []int{1, 256} {
			rows := make([][]any, n)
			for k := range rows {
				rows[k] = []any{i*1000 + k, 1, "x", false, []byte{}}
			}
			before := d.Statements()
			inTx(t, d, func(ctx context.Context, tx *db.Tx) error { return tx.Insert(ctx, things, rows) })
			sent[i] = d.Statements() - before
		}
		if sent[0] != 1 || sent[1] != 1 {
			t.Errorf("sent %v statements", sent)
		}
		before := d.Statements()
		count(t, d.Reader(), "thing")
		if n := d.Statements() - before; n != 1 {
			t.Errorf("a read counted as %d", n)
		}
	}, schema)
}

func TestLockSuffixes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inTx(t, d, func(ctx context.Context, tx *db.Tx) error {
			for _, suffix := range []string{tx.ForUpdate(), tx.SkipLocked()} {
				if (suffix != "") != (d.Dialect() == db.Postgres) {
					t.Errorf("suffix %q", suffix)
				}
				err := tx.QueryRow(ctx, "SELECT id FROM thing WHERE id = $1"+suffix, 1).Scan(new(int))
				if !errors.Is(err, sql.ErrNoRows) {
					return err
				}
			}
			return nil
		})
	}, schema)
}

// Opening the reader's statements beyond the room kept for them closes none
// that is in use.
func TestManyDistinctReads(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := range 400 {
				var n int
				text := "SELECT " + strings.Repeat("1 + ", (i*7+g)%200) + "0"
				if err := d.Reader().QueryRow(t.Context(), text).Scan(&n); err != nil || n != (i*7+g)%200 {
					t.Errorf("got %d, %v", n, err)
				}
			}
		})
	}
	group.Wait()
}

func TestMicros(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want int64
	}{
		{time.Time{}, 0},
		{time.Date(2011, 12, 9, 12, 50, 0, 123456789, time.FixedZone("", 3600)), 1323431400123456},
		{time.Date(1969, 12, 31, 23, 59, 59, 0, time.UTC), -1000000},
	} {
		if got := db.Micros(c.at); got != c.want {
			t.Errorf("Micros(%v) = %d", c.at, got)
		}
		if got := db.Time(c.want); !got.Equal(c.at.Truncate(time.Microsecond)) {
			t.Errorf("Time(%d) = %v", c.want, got)
		}
	}
	if !db.Time(db.Never).IsZero() {
		t.Error("Never is a time")
	}
}

// A signal is given after the commit, once however often it was asked for, and
// not after a rollback.
func TestSignals(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		one, two, other := d.Listen("one"), d.Listen("one"), d.Listen("other")
		err := d.InTx(t.Context(), func(tx *db.Tx) error { tx.Signal("one"); return errStop })
		if !errors.Is(err, errStop) || len(one) != 0 {
			t.Errorf("a signal after a rollback, %v", err)
		}
		for i := range 2 {
			inTx(t, d, func(_ context.Context, tx *db.Tx) error {
				tx.Signal("one")
				if i == 0 && len(one) != 0 {
					t.Error("a signal before the commit")
				}
				return nil
			})
		}
		if len(one) != 1 || len(two) != 1 || len(other) != 0 {
			t.Errorf("%d, %d and %d signals", len(one), len(two), len(other))
		}
	}, schema)
}

func TestInTxAgainRunsWhatOthersStoppedAgain(t *testing.T) {
	d := dbtest.Postgres(t, schema)
	inTx(t, d, func(ctx context.Context, tx *db.Tx) error {
		return tx.Insert(ctx, tallies, [][]any{{1, 1, 0}, {2, 1, 0}})
	})
	var both sync.WaitGroup
	both.Add(2)
	var runs atomic.Int64
	cross := func(first, second int) error {
		return d.InTxAgain(t.Context(), func(tx *db.Tx) error {
			if err := tx.Update(t.Context(), tallies, [][]any{{first, 1, 1}}); err != nil {
				return err
			}
			if runs.Add(1) <= 2 {
				both.Done()
				both.Wait()
			}
			return tx.Update(t.Context(), tallies, [][]any{{second, 1, 1}})
		})
	}
	answers := make(chan error, 2)
	go func() { answers <- cross(1, 2) }()
	go func() { answers <- cross(2, 1) }()
	if a, b := <-answers, <-answers; a != nil || b != nil || runs.Load() < 3 {
		t.Errorf("got %v and %v in %d runs", a, b, runs.Load())
	}
	refused, n := errors.New("no"), 0
	if err := d.InTxAgain(t.Context(), func(*db.Tx) error { n++; return refused }); !errors.Is(err, refused) || n != 1 {
		t.Errorf("what others had no part in ran %d times: %v", n, err)
	}
}

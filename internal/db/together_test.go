package db_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

// writeMuch writes with every verb and asks in between; what it reads is what
// it wrote before.
func writeMuch(t *testing.T, ctx context.Context, tx *db.Tx, first int) error {
	t.Helper()
	one, two := []any{first, 7, "a", true, []byte{1}}, []any{first + 1, 7, "b", false, []byte{}}
	if err := errors.Join(
		tx.Insert(ctx, things, [][]any{one, two}),
		tx.Upsert(ctx, tallies, [][]any{{first, 1, 5}, {first, 2, 6}}),
		tx.Update(ctx, tallies, [][]any{{first, 1, 8}}),
		tx.Upsert(ctx, tallies, [][]any{{first, 2, 9}}),
	); err != nil {
		return err
	}
	n, err := tx.InsertNew(ctx, seen, [][]any{{first, "x"}, {first, "y"}})
	if err != nil || n != 2 {
		t.Errorf("%d of 2 keys were new: %v", n, err)
	}
	if n, err = tx.InsertNew(ctx, seen, [][]any{{first, "x"}, {first, "z"}}); err != nil || n != 1 {
		t.Errorf("%d of 1 key was new: %v", n, err)
	}
	if err := tx.Insert(ctx, things, [][]any{{first + 2, 7, "c", true, []byte{2}}}); err != nil {
		return err
	}
	if n, err = tx.Exec(ctx, `UPDATE thing SET name = $1 WHERE id > $2 AND id <= $3`, "late", first, first+2); err != nil || n != 2 {
		t.Errorf("a statement touched %d of 2 rows: %v", n, err)
	}
	if err := tx.Upsert(ctx, tallies, [][]any{{first, 3, 1}}); err != nil {
		return err
	}
	var sum int
	if err := tx.QueryRow(ctx, `SELECT CAST(SUM(amount) AS BIGINT) FROM tally WHERE member_id = $1`, first).Scan(&sum); err != nil || sum != 18 {
		t.Errorf("the sum of what was written is %d, want 18: %v", sum, err)
	}
	return tx.Insert(ctx, things, [][]any{{first + 3, 7, "d", true, []byte{3}}})
}

func TestTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		counts := map[string]uint64{}
		for at, how := range map[int]string{100: "one by one", 200: "together"} {
			before := d.Statements()
			err := d.InTx(ctx, func(tx *db.Tx) error {
				if how == "one by one" {
					return writeMuch(t, ctx, tx, at)
				}
				return tx.Together(ctx, func() error {
					return tx.Together(ctx, func() error { return writeMuch(t, ctx, tx, at) })
				})
			})
			if err != nil {
				t.Fatalf("%s: %v", how, err)
			}
			counts[how] = d.Statements() - before
		}
		if counts["one by one"] != counts["together"] {
			t.Errorf("the statements counted are %v, want them equal", counts)
		}
		list := readThings(t, d.Reader())
		for i := range list {
			list[i].ID %= 100
		}
		if len(list) != 8 || !cmp.Equal(list[:4], list[4:]) {
			t.Errorf("got %v", list)
		}
	}, schema)
}

// What fails later than it was said says what it was, and leaves nothing.
func TestTogetherFails(t *testing.T) {
	ctx := context.Background()
	twice := [][]any{{1, 1, "a", true, []byte{}}}
	for name, c := range map[string]struct {
		write  func(tx *db.Tx) error
		want   string
		unique bool
	}{
		"at the end": {func(tx *db.Tx) error { return tx.Insert(ctx, things, twice) }, "writing thing", true},
		"at a question": {func(tx *db.Tx) error {
			if err := tx.Insert(ctx, things, twice); err != nil {
				return err
			}
			return tx.QueryRow(ctx, `SELECT 1`).Scan(new(int))
		}, "writing thing", true},
		"at a reading": {func(tx *db.Tx) error {
			if err := tx.Insert(ctx, things, twice); err != nil {
				return err
			}
			_, err := ids(tx.Query(ctx, `SELECT id FROM thing`))
			return err
		}, "writing thing", true},
		"although nobody looked": {func(tx *db.Tx) error {
			_ = tx.Insert(ctx, things, twice)
			_, _ = tx.InsertNew(ctx, seen, [][]any{{1, "x"}})
			return nil
		}, "", true},
		"a row that is not there": {func(tx *db.Tx) error {
			if err := tx.Update(ctx, tallies, [][]any{{1, 1, 2}, {1, 2, 3}}); err != nil {
				return err
			}
			return tx.QueryRow(ctx, `SELECT 1`).Scan(new(int))
		}, "writing tally: 1 of 2 rows found", false},
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				err := d.InTx(ctx, func(tx *db.Tx) error {
					return errors.Join(tx.Insert(ctx, things, twice), tx.Insert(ctx, tallies, [][]any{{1, 1, 1}}))
				})
				if err != nil {
					t.Fatal(err)
				}
				err = d.InTx(ctx, func(tx *db.Tx) error {
					return tx.Together(ctx, func() error {
						if err := tx.Insert(ctx, tallies, [][]any{{2, 2, 2}}); err != nil {
							return err
						}
						return c.write(tx)
					})
				})
				if err == nil || !strings.Contains(err.Error(), c.want) || db.Unique(err) != c.unique {
					t.Errorf("got %v, want %q", err, c.want)
				}
				if n := count(t, d.Reader(), "tally"); n != 1 {
					t.Errorf("%d rows stay, want the one of before", n)
				}
			}, schema)
		})
	}
}

// This is what it is for: what takes thirteen questions takes eight.
func TestTogetherAsksSeldom(t *testing.T) {
	p, d := throughProxy(t)
	asked := map[bool]int64{}
	for n := range 6 { // the first ones also prepare the statements
		together, at := n%2 == 1, 1000*(n+1)
		before := p.asked.Load()
		err := d.InTx(t.Context(), func(tx *db.Tx) error {
			if together {
				return tx.Together(t.Context(), func() error { return writeMuch(t, t.Context(), tx, at) })
			}
			return writeMuch(t, t.Context(), tx, at)
		})
		if err != nil {
			t.Fatal(err)
		}
		asked[together] = p.asked.Load() - before
	}
	// Begin; the rows with the keys that follow them; the other keys; a row with
	// the statement; a row; the question; the last row; commit.
	if asked[true] > 8 || asked[true] >= asked[false] {
		t.Errorf("together it asked %d times, one by one %d", asked[true], asked[false])
	}
}

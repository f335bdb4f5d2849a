package db_test

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
)

func TestArgsPlaces(t *testing.T) {
	var a db.Args
	got := []string{a.Add("x"), a.In([]id.ID{7, 8, 9}), a.InText([]string{"p"}), a.In(nil), a.Add(true)}
	want := []string{"$1", "($2,$3,$4,$5)", "($6)", "(NULL)", "$7"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]any{"x", int64(7), int64(8), int64(9), int64(9), "p", true}, a.Values()); diff != "" {
		t.Error(diff)
	}
}

// However many values there are, few distinct texts are made.
func TestArgsFewTexts(t *testing.T) {
	texts := map[string]bool{}
	for n := range 4000 {
		var a db.Args
		texts[a.In(make([]id.ID, n))] = true
		if len(a.Values()) < n {
			t.Fatalf("%d values for %d", len(a.Values()), n)
		}
	}
	if len(texts) > 14 {
		t.Errorf("%d texts", len(texts))
	}
	var a db.Args
	a.In(make([]id.ID, 31_744))
	if len(a.Values()) > 32_766 {
		t.Errorf("%d places are more than SQLite takes", len(a.Values()))
	}
}

func ids(rows *sql.Rows, err error) ([]int64, error) {
	return db.Collect(rows, err, func(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) })
}

// In and Tuples find exactly the rows that a loop would.
func TestArgsAgainstModel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var rows [][]any
		for i := range 40 {
			rows = append(rows, []any{i, i % 7, string(rune('a' + i%5)), i%2 == 0, []byte{}})
		}
		inTx(t, d, func(ctx context.Context, tx *db.Tx) error { return tx.Insert(ctx, things, rows) })
		rapid.Check(t, func(r *rapid.T) {
			members := rapid.SliceOfN(rapid.Int64Range(0, 9), 0, 9).Draw(r, "members")
			names := rapid.SliceOfN(rapid.StringMatching("[a-g]"), 0, 9).Draw(r, "names")
			same := modelled(rows, func(m int64, n string) bool { return has(members, m) && has(names, n) })
			if got := askIn(r, d, members, names); !cmp.Equal(got, same) {
				r.Fatalf("In: got %v, want %v", got, same)
			}
			var tuples [][]any
			for i := range min(len(members), len(names)) {
				tuples = append(tuples, []any{members[i], names[i]})
			}
			same = modelled(rows, func(m int64, n string) bool {
				for _, p := range tuples {
					if p[0] == m && p[1] == n {
						return true
					}
				}
				return false
			})
			for _, got := range askTuples(r, d, tuples) {
				if !cmp.Equal(got, same) {
					r.Fatalf("Tuples: got %v, want %v", got, same)
				}
			}
		})
	}, schema)
}

func has[T comparable](list []T, v T) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

func modelled(rows [][]any, keep func(member int64, name string) bool) (found []int64) {
	for _, r := range rows {
		if keep(int64(r[1].(int)), r[2].(string)) {
			found = append(found, int64(r[0].(int)))
		}
	}
	return found
}

func askIn(r *rapid.T, d *db.DB, members []int64, names []string) []int64 {
	var a db.Args
	wanted := make([]id.ID, len(members))
	for i, m := range members {
		wanted[i] = id.ID(m)
	}
	text := "SELECT id FROM thing WHERE member_id IN " + a.In(wanted) + " AND name IN " + a.InText(names) + " ORDER BY id"
	got, err := ids(d.Reader().Query(context.Background(), text, a.Values()...))
	if err != nil {
		r.Fatal(err)
	}
	return got
}

// askTuples uses the table of values in both places where it may stand.
func askTuples(r *rapid.T, d *db.DB, tuples [][]any) (answers [][]int64) {
	kinds := []db.Kind{db.Int, db.Text}
	for _, text := range []string{
		"SELECT id FROM thing WHERE (member_id, name) IN TUPLES ORDER BY id",
		"WITH k(m, n) AS TUPLES SELECT DISTINCT thing.id FROM k JOIN thing ON thing.member_id = k.m AND thing.name = k.n ORDER BY thing.id",
	} {
		var a db.Args
		text = strings.ReplaceAll(text, "TUPLES", a.Tuples(kinds, tuples))
		got, err := ids(d.Reader().Query(context.Background(), text, a.Values()...))
		if err != nil {
			r.Fatal(err)
		}
		answers = append(answers, got)
	}
	return answers
}

// The row keys of many members are found by the index, not by reading all.
func TestTuplesUseTheIndex(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	var a db.Args
	tuples := a.Tuples([]db.Kind{db.Int, db.Int}, [][]any{{1, 1}, {2, 2}, {3, 3}})
	for _, text := range []string{
		"SELECT amount FROM tally WHERE (member_id, wallet_id) IN " + tuples,
		"WITH k(m, w) AS " + tuples + " SELECT amount FROM k JOIN tally ON tally.member_id = k.m AND tally.wallet_id = k.w",
	} {
		if p := plan(t, d, text, a.Values()...); !strings.Contains(p, "SEARCH tally") {
			t.Errorf("%s:\n%s", text, p)
		}
	}
}

func plan(t *testing.T, q *db.DB, text string, args ...any) string {
	t.Helper()
	rows, err := q.Reader().Query(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	steps, err := db.Collect(rows, err, func(r *sql.Rows) (s string, err error) {
		return s, r.Scan(new(int), new(int), new(int), &s)
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "\n")
}

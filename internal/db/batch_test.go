package db_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
)

// schema is a member's table, a clustered table and one of keys alone.
var schema = db.Schema{Room: "test", Files: fstest.MapFS{"schema/0001_test.sql": {Data: []byte(`
-- A comment; with a semicolon;
CREATE TABLE thing (
    id        BIGINT NOT NULL, -- the row key;
    member_id BIGINT NOT NULL,
    name      TEXT NOT NULL DEFAULT '',
    done      BOOLEAN NOT NULL DEFAULT FALSE,
    hash      BYTEA NOT NULL,
    PRIMARY KEY ({member}id)
);
CREATE INDEX thing_name ON thing (name);
CREATE TABLE tally (member_id BIGINT NOT NULL, wallet_id BIGINT NOT NULL, amount BIGINT NOT NULL DEFAULT 0, PRIMARY KEY (member_id, wallet_id)) {clustered};
CREATE TABLE seen (programme_id BIGINT NOT NULL, code TEXT NOT NULL, PRIMARY KEY (programme_id, code)) {clustered};
`)}}}

var (
	things = db.NewTable("thing", []string{"id"}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int},
		db.Column{Name: "name", Kind: db.Text}, db.Column{Name: "done", Kind: db.Bool}, db.Column{Name: "hash", Kind: db.Bytes})
	tallies = db.NewTable("tally", []string{"member_id", "wallet_id"}, db.Column{Name: "member_id", Kind: db.Int},
		db.Column{Name: "wallet_id", Kind: db.Int}, db.Column{Name: "amount", Kind: db.Int})
	seen = db.NewTable("seen", []string{"programme_id", "code"}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "code", Kind: db.Text})
)

type thing struct {
	ID, Member int64
	Name       string
	Done       bool
	Hash       []byte
}

func readThings(t *testing.T, q db.Queryer) []thing {
	t.Helper()
	rows, err := q.Query(context.Background(), "SELECT id, member_id, name, done, hash FROM thing ORDER BY id")
	list, err := db.Collect(rows, err, func(r *sql.Rows) (v thing, err error) {
		return v, r.Scan(&v.ID, &v.Member, &v.Name, &v.Done, &v.Hash)
	})
	if err != nil {
		t.Fatalf("reading: %v", err)
	}
	return list
}

func inTx(t *testing.T, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.InTx(t.Context(), func(tx *db.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatalf("transaction: %v", err)
	}
}

func TestInsertKeepsEveryKind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inTx(t, d, func(ctx context.Context, tx *db.Tx) error {
			return tx.Insert(ctx, things, [][]any{
				{int64(1), int64(10), "Zoë Łoś Ёж", true, []byte{0, 1, 255}},
				{int64(2), int64(10), "", false, []byte{}},
				{int64(3), int64(-1 << 63), "x", true, []byte(nil)},
			})
		})
		want := []thing{{1, 10, "Zoë Łoś Ёж", true, []byte{0, 1, 255}}, {2, 10, "", false, []byte{}}, {3, -1 << 63, "x", true, []byte{}}}
		if diff := cmp.Diff(want, readThings(t, d.Reader()), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
	}, schema)
}

func TestUpsertUpdate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inTx(t, d, func(ctx context.Context, tx *db.Tx) error {
			if err := tx.Upsert(ctx, tallies, [][]any{{1, 1, 5}, {1, 2, 6}}); err != nil {
				return err
			}
			if err := tx.Upsert(ctx, tallies, [][]any{{1, 2, 7}, {1, 3, 8}, {4, 4, 4}}); err != nil {
				return err
			}
			n, err := tx.InsertNew(ctx, seen, [][]any{{1, "a"}, {1, "b"}})
			if n != 2 || err != nil {
				t.Errorf("inserted %d, %v", n, err)
			}
			n, err = tx.InsertNew(ctx, seen, [][]any{{1, "a"}, {1, "c"}})
			if n != 1 || err != nil {
				t.Errorf("inserted %d, %v", n, err)
			}
			return tx.Update(ctx, tallies, [][]any{{1, 1, 50}, {4, 4, 40}})
		})
	}, schema)
}

// Every verb, with any number of rows, leaves the table as a map would be.
func TestBatchAgainstModel(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		model := map[[2]int64]int64{}
		rapid.Check(t, func(r *rapid.T) {
			keys := rapid.SliceOfNDistinct(rapid.Int64Range(0, 300), 0, 150, rapid.ID[int64]).Draw(r, "keys")
			verb := rapid.SampledFrom([]string{"new", "upsert", "update"}).Draw(r, "verb")
			var rows [][]any
			var fresh int64
			for i, k := range keys {
				key := [2]int64{k / 10, k % 10}
				_, known := model[key]
				if verb == "update" && !known {
					continue
				}
				rows = append(rows, []any{key[0], id.ID(key[1]), i})
				if !known {
					fresh++
				}
				if !known || verb != "new" {
					model[key] = int64(i)
				}
			}
			err := d.InTx(context.Background(), func(tx *db.Tx) error { return apply(r, tx, verb, rows, fresh) })
			if err != nil {
				r.Fatal(err)
			}
			if diff := cmp.Diff(model, readTallies(r, d)); diff != "" {
				r.Fatal(diff)
			}
		})
	}, schema)
}

func apply(r *rapid.T, tx *db.Tx, verb string, rows [][]any, fresh int64) error {
	ctx := context.Background()
	switch verb {
	case "upsert":
		return tx.Upsert(ctx, tallies, rows)
	case "update":
		return tx.Update(ctx, tallies, rows)
	}
	n, err := tx.InsertNew(ctx, tallies, rows)
	if err == nil && n != fresh {
		r.Fatalf("%d rows were new, not %d", n, fresh)
	}
	return err
}

func readTallies(r *rapid.T, d *db.DB) map[[2]int64]int64 {
	found := map[[2]int64]int64{}
	rows, err := d.Reader().Query(context.Background(), "SELECT member_id, wallet_id, amount FROM tally")
	_, err = db.Collect(rows, err, func(s *sql.Rows) (k [2]int64, err error) {
		var amount int64
		err = s.Scan(&k[0], &k[1], &amount)
		found[k] = amount
		return k, err
	})
	if err != nil {
		r.Fatal(err)
	}
	return found
}

func TestUpdateMissingRow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.InTx(t.Context(), func(tx *db.Tx) error {
			if err := tx.Insert(t.Context(), tallies, [][]any{{1, 1, 1}}); err != nil {
				return err
			}
			return tx.Update(t.Context(), tallies, [][]any{{1, 1, 2}, {1, 2, 3}})
		})
		if err == nil || !strings.Contains(err.Error(), "1 of 2 rows found") {
			t.Errorf("got %v", err)
		}
	}, schema)
}

func TestBatchRefusesWrongRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for name, row := range map[string][]any{
			"2 values for 5 columns": {1, 2},
			"column member_id":       {1, "2", "x", true, []byte{}},
			"column name":            {1, 2, 3, true, []byte{}},
			"column done":            {1, 2, "x", 1, []byte{}},
			"column hash":            {1, 2, "x", true, "text"},
		} {
			err := d.InTx(t.Context(), func(tx *db.Tx) error { return tx.Insert(t.Context(), things, [][]any{row}) })
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	}, schema)
}

// Named types and stored JSON go in as what they are underneath, nil as NULL.
func TestBatchTakesNamedTypes(t *testing.T) {
	type kind string
	type points int32
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inTx(t, d, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.Exec(ctx, "CREATE TABLE loose (a BIGINT, b TEXT, c BOOLEAN)"); err != nil {
				return err
			}
			loose := db.NewTable("loose", nil, db.Column{Name: "a", Kind: db.Int}, db.Column{Name: "b", Kind: db.Text}, db.Column{Name: "c", Kind: db.Bool})
			return tx.Insert(ctx, loose, [][]any{{points(1), kind("k"), true}, {nil, json.RawMessage("{}"), nil}, {uint8(3), nil, false}})
		})
		rows, err := d.Reader().Query(t.Context(), "SELECT a, b, c FROM loose ORDER BY COALESCE(a, 2)")
		got, err := db.Collect(rows, err, func(r *sql.Rows) (string, error) {
			var a sql.NullInt64
			var b sql.NullString
			var c sql.NullBool
			err := r.Scan(&a, &b, &c)
			return fmt.Sprint(a, b, c), err
		})
		want := []string{"{1 true} {k true} {true true}", "{0 false} {{} true} {false false}", "{3 true} { false} {false true}"}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Error(diff, err)
		}
	}, schema)
}

// Beyond what one statement carries the batch is cut, and nothing is lost.
func TestLargeBatch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		rows := make([][]any, 12_345)
		for i := range rows {
			rows[i] = []any{i, i % 10, i}
		}
		inTx(t, d, func(ctx context.Context, tx *db.Tx) error { return tx.Upsert(ctx, tallies, rows) })
		inTx(t, d, func(ctx context.Context, tx *db.Tx) error { return tx.Update(ctx, tallies, rows) })
		var sum int64
		err := d.Reader().QueryRow(t.Context(), "SELECT CAST(SUM(amount) AS BIGINT) FROM tally").Scan(&sum)
		if want := int64(12_345) * 12_344 / 2; err != nil || sum != want {
			t.Errorf("sum %d, want %d, %v", sum, want, err)
		}
	}, schema)
}

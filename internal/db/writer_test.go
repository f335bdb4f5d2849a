package db

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"regulars/internal/fault"
)

var pairs = NewTable("pair", []string{"a", "b"}, Column{"a", Int}, Column{"b", Int}, Column{"text", Text})

func openPairs(t *testing.T) *DB {
	t.Helper()
	d, err := Open(t.Context(), Config{Dir: t.TempDir(), Now: func() time.Time { return time.Unix(1_800_000_000, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	err = d.Migrate(t.Context(), Schema{Room: "pair", Files: fstest.MapFS{"0001_pair.sql": {Data: []byte(
		"CREATE TABLE pair (a BIGINT NOT NULL, b BIGINT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (a, b)) {clustered};")}}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func insertPair(d *DB, a int, text string) error {
	return d.InTx(context.Background(), func(tx *Tx) error {
		return tx.Insert(context.Background(), pairs, [][]any{{a, a, text}})
	})
}

// The batched update walks the values and finds each row by its key.
func TestUpdateUsesTheKey(t *testing.T) {
	d := openPairs(t)
	for _, height := range []int{1, 64} {
		args := make([]any, 3*height+1)
		rows, err := d.pool.Query("EXPLAIN QUERY PLAN "+update.text(SQLite, pairs, values(pairs, height)), args...)
		steps, err := Collect(rows, err, func(r *sql.Rows) (s string, err error) {
			return s, r.Scan(new(int), new(int), new(int), &s)
		})
		if plan := strings.Join(steps, "\n"); err != nil || !strings.Contains(plan, "SEARCH pair USING PRIMARY KEY (a=? AND b=?)") {
			t.Errorf("%v\n%s", err, plan)
		}
	}
}

// The pragmas are what the promise of durability rests on.
func TestPragmas(t *testing.T) {
	d := openPairs(t)
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "wal_autocheckpoint": "0", "cache_size": "-16384"}
	err := d.InTx(t.Context(), func(tx *Tx) error {
		for pragma, value := range want {
			var got string
			if err := tx.QueryRow(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != value {
				t.Errorf("%s is %s, %v", pragma, got, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// After a connection was thrown away, the next transaction has another with
// the same pragmas.
func TestDiscardedConnectionIsReplaced(t *testing.T) {
	d := openPairs(t)
	if err := d.writer.acquire(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.writer.discard()
	d.writer.discard()
	d.writer.release()
	if err := insertPair(d, 2, "kept"); err != nil {
		t.Fatal(err)
	}
	var level int
	if err := d.writer.conn.QueryRowContext(t.Context(), "PRAGMA synchronous").Scan(&level); err != nil || level != 2 {
		t.Errorf("synchronous is %d, %v", level, err)
	}
}

// A full database refuses, rolls back and goes on working when there is space.
func TestFileAtItsBound(t *testing.T) {
	d := openPairs(t)
	bound := func(pages string) {
		t.Helper()
		if _, err := d.writer.conn.ExecContext(t.Context(), "PRAGMA max_page_count = "+pages); err != nil {
			t.Fatal(err)
		}
	}
	bound("20")
	err := insertPair(d, 1, strings.Repeat("x", 200_000))
	if f := fault.As(err); f == nil || f.Code != "disk_full" {
		t.Fatalf("got %v", err)
	}
	if err := insertPair(d, 2, "small"); err != nil {
		t.Errorf("a small row: %v", err)
	}
	bound("10000")
	if err := insertPair(d, 1, strings.Repeat("x", 200_000)); err != nil {
		t.Errorf("with space again: %v", err)
	}
}

// The log is copied and, when it is long, emptied; readers in the way only put
// it off.
func TestCheckpoint(t *testing.T) {
	d := openPairs(t)
	log := filepath.Join(d.dir, FileName+"-wal")
	if err := insertPair(d, 1, strings.Repeat("x", 100_000)); err != nil {
		t.Fatal(err)
	}
	err := d.View(t.Context(), func(q Queryer) error {
		if err := q.QueryRow(t.Context(), "SELECT COUNT(*) FROM pair").Scan(new(int)); err != nil {
			return err
		}
		if err := insertPair(d, 2, "while somebody reads"); err != nil {
			return err
		}
		return d.checkpointer.once(t.Context(), 0)
	})
	if err != nil || size(t, log) == 0 || !d.checkpointer.dirty.Load() {
		t.Fatalf("with a reader: %d bytes, %v", size(t, log), err)
	}
	if err := d.checkpointer.once(t.Context(), truncateAbove); err != nil || size(t, log) == 0 {
		t.Errorf("a short log was emptied, %v", err)
	}
	d.checkpointer.committed()
	if err := d.checkpointer.once(t.Context(), 0); err != nil || size(t, log) != 0 {
		t.Errorf("%d bytes are left, %v", size(t, log), err)
	}
	if err := insertPair(d, 3, "x"); err != nil {
		t.Error(err)
	}
}

// What was erased does not stay in the log, however short it is; while somebody
// reads, it is tried again.
func TestForget(t *testing.T) {
	d := openPairs(t)
	log := filepath.Join(d.dir, FileName+"-wal")
	if err := insertPair(d, 1, "somebody's name"); err != nil {
		t.Fatal(err)
	}
	err := d.View(t.Context(), func(q Queryer) error {
		if err := q.QueryRow(t.Context(), "SELECT COUNT(*) FROM pair").Scan(new(int)); err != nil {
			return err
		}
		d.Forget()
		return d.checkpointer.once(t.Context(), truncateAbove)
	})
	if err != nil || !d.checkpointer.forget.Load() {
		t.Fatalf("with a reader: %d bytes, %v", size(t, log), err)
	}
	if err := d.checkpointer.once(t.Context(), truncateAbove); err != nil || size(t, log) != 0 || d.checkpointer.forget.Load() {
		t.Errorf("%d bytes are left, %v", size(t, log), err)
	}
}

func size(t *testing.T, file string) int64 {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestStatementsAreKeptAndClosed(t *testing.T) {
	d := openPairs(t)
	s := newStatements(d.pool, 2)
	var held *prepared
	for _, text := range []string{"SELECT 1", "SELECT 2", "SELECT 3", "SELECT 2"} {
		p, err := s.get(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		if text == "SELECT 1" {
			held = p
			continue
		}
		s.put(p)
	}
	if s.order.Len() != 2 || s.byKey["SELECT 1"] == nil || s.byKey["SELECT 2"] == nil {
		t.Errorf("%d statements are kept", s.order.Len())
	}
	var n int
	if err := held.QueryRow().Scan(&n); err != nil || n != 1 {
		t.Errorf("a statement in use was closed: %v", err)
	}
	s.put(held)
	s.close()
	if err := held.QueryRow().Scan(&n); err == nil {
		t.Error("a statement is open after close")
	}
}

package db

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// gatherPool opens a pool of one connection that flushes nothing by itself, so
// that only what the layer hands on can reach the file.
func gatherPool(t *testing.T, file string, pragmas ...string) *sql.Conn {
	t.Helper()
	pool, err := openSQLite(file, "rwc", 1, append([]string{"journal_mode(WAL)", "synchronous(OFF)", "wal_autocheckpoint(0)"}, pragmas...)...)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pool.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = conn.Close(), pool.Close() })
	return conn
}

func must(t *testing.T, conn *sql.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := conn.ExecContext(context.Background(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
}

func ask(t *testing.T, conn *sql.Conn, question string) (answer string) {
	t.Helper()
	if err := conn.QueryRowContext(context.Background(), question).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", question, err)
	}
	return answer
}

// fill puts rows of about a quarter of a page each.
const fill = `INSERT INTO t SELECT value, hex(randomblob(500)) FROM (WITH RECURSIVE n(value) AS (SELECT %d UNION ALL SELECT value + 1 FROM n WHERE value < %d) SELECT value FROM n) WHERE TRUE`

// Another connection sees what is committed at once, and nothing before.
func TestGatheredLogIsSeenWhenCommitted(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	writer, reader := gatherPool(t, file), gatherPool(t, file)
	must(t, writer, `CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT)`)
	for n := range 20 {
		must(t, writer, `BEGIN IMMEDIATE`, fmt.Sprintf(fill, n*100+1, n*100+100))
		if got := ask(t, reader, `SELECT COUNT(*) FROM t`); got != fmt.Sprint(n*100) {
			t.Fatalf("before the commit another connection counts %s rows, want %d", got, n*100)
		}
		must(t, writer, `COMMIT`)
		if got := ask(t, reader, `SELECT COUNT(*) || ' ' || (SELECT integrity_check FROM pragma_integrity_check) FROM t`); got != fmt.Sprint(n*100+100, " ok") {
			t.Fatalf("after the commit another connection finds %s, want %d rows", got, n*100+100)
		}
	}
}

// A transaction that does not fit the cache writes its pages to the log before
// it commits, reads them back and writes them again.
func TestGatheredLogOfALargeTransaction(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.db")
	writer := gatherPool(t, file, "cache_size(5)")
	must(t, writer, `CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT)`, `CREATE INDEX t_v ON t (v)`, fmt.Sprintf(fill, 1, 500))
	must(t, writer, `BEGIN IMMEDIATE`, fmt.Sprintf(fill, 501, 2000), `UPDATE t SET v = hex(randomblob(600))`, `ROLLBACK`)
	must(t, writer, `BEGIN IMMEDIATE`, fmt.Sprintf(fill, 501, 1500), `UPDATE t SET v = k || v`, `UPDATE t SET v = 'x' || v`, `COMMIT`)
	for _, place := range []string{"the log", "the file"} {
		reader := gatherPool(t, file)
		if got := ask(t, reader, `SELECT integrity_check FROM pragma_integrity_check`); got != "ok" {
			t.Fatalf("from %s: %s", place, got)
		}
		if got := ask(t, reader, `SELECT COUNT(*) FROM t WHERE v LIKE 'x' || k || '%'`); got != "1500" {
			t.Fatalf("from %s come %s rows, want 1500", place, got)
		}
		must(t, writer, `PRAGMA wal_checkpoint(TRUNCATE)`)
	}
}

// This is what the layer is for.
func TestLogIsWrittenInFewCalls(t *testing.T) {
	writes := func() (n int64) {
		raw, err := os.ReadFile("/proc/self/io")
		if err != nil {
			t.Skip("this system does not count the calls: ", err)
		}
		_, after, _ := strings.Cut(string(raw), "syscw:")
		if _, err := fmt.Sscan(after, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	file := filepath.Join(t.TempDir(), "a.db")
	writer := gatherPool(t, file)
	must(t, writer, `CREATE TABLE t (k INTEGER PRIMARY KEY, v TEXT)`, `BEGIN IMMEDIATE`, fmt.Sprintf(fill, 1, 2000))
	before := writes()
	must(t, writer, `COMMIT`)
	calls := writes() - before
	log, err := os.Stat(file + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if pages := log.Size() / (pageSize + frameHeader); pages < 500 || calls > pages/10 {
		t.Errorf("%d pages were written to the log in %d calls, want a tenth of the pages at most", pages, calls)
	}
}

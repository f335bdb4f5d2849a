// Package dbtest gives tests a throw-away database of either kind.
package dbtest

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that makes and drops databases

	"regulars/internal/db"
)

// Variable names the environment variable that holds the address of a
// PostgreSQL server on which databases may be made.
const Variable = "REGULARS_TEST_POSTGRES"

// Start is where the clock of test databases stands.
var Start = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// Each runs fn as a subtest on SQLite and on PostgreSQL, each on an empty
// database with the schemas. Without a server the second is skipped.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB), schemas ...db.Schema) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t, schemas...)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t, schemas...)) })
}

// SQLite returns an empty database with the schemas, removed with the test.
func SQLite(t testing.TB, schemas ...db.Schema) *db.DB {
	t.Helper()
	return Open(t, db.Config{Dir: t.TempDir()}, schemas...)
}

// Postgres returns an empty database with the schemas, dropped with the test.
// It skips the test when there is no server.
func Postgres(t testing.TB, schemas ...db.Schema) *db.DB {
	t.Helper()
	return Open(t, db.Config{URL: furnishedPostgres(t, schemas)}, schemas...)
}

// Open opens the database and migrates it; it is closed with the test. The
// clock stands still at Start unless the configuration has one.
func Open(t testing.TB, c db.Config, schemas ...db.Schema) *db.DB {
	t.Helper()
	if c.Now == nil {
		c.Now = func() time.Time { return Start }
	}
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	if c.URL == "" && !c.ReadOnly {
		furnishSQLite(t, c.Dir, schemas)
	}
	d, err := db.Open(context.Background(), c)
	if err != nil {
		t.Fatalf("opening: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	if err := d.Migrate(context.Background(), schemas...); err != nil {
		t.Fatalf("migrating: %v", err)
	}
	return d
}

// database is where the tests' schemas are made. One database with a schema
// for each test is thirty times as fast as a database for each.
const database = "regulars_test"

var (
	prepared sync.Once // the database
	made     atomic.Int64
)

// PostgresURL makes an empty schema on the test server and returns an address
// that works in it alone; it is dropped with the test. It skips the test when
// there is no server.
func PostgresURL(t testing.TB) string {
	t.Helper()
	address, name := makeSchema(t)
	t.Cleanup(func() { run(t, address, "DROP SCHEMA "+name+" CASCADE") })
	return address
}

// makeSchema makes an empty schema and returns an address that works in it, and
// its name.
func makeSchema(t testing.TB) (address, name string) {
	t.Helper()
	server := os.Getenv(Variable)
	if server == "" {
		t.Skipf("%s is not set: it names a PostgreSQL server on which databases may be made", Variable)
	}
	within, err := url.Parse(server)
	if err != nil {
		t.Fatalf("reading %s: %v", Variable, err)
	}
	within.Path = "/" + database
	prepared.Do(func() {
		makeDatabase(server, within.String())
		sweep(within.String())
	})
	name = fmt.Sprintf("%s%d_%d_%d", schemaPrefix, time.Now().UnixNano(), os.Getpid(), made.Add(1))
	run(t, within.String(), "CREATE SCHEMA "+name)
	query := within.Query()
	query.Set("search_path", name)
	within.RawQuery = query.Encode()
	return within.String(), name
}

// makeDatabase makes the database unless it is there; several processes may
// find it missing at once, and all but one fail to make it.
func makeDatabase(server, address string) {
	if try(address, "SELECT 1") != nil {
		_ = try(server, "CREATE DATABASE "+database)
	}
}

func run(t testing.TB, address, statement string) {
	t.Helper()
	if err := try(address, statement); err != nil {
		t.Fatalf("running %q: %v", statement, err)
	}
}

func try(address, statement string) error {
	pool, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer pool.Close()
	_, err = pool.ExecContext(context.Background(), statement)
	return err
}

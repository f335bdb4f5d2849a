package db_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/sync/errgroup"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
)

const (
	first  = "CREATE TABLE one (id BIGINT NOT NULL PRIMARY KEY);\n"
	second = "CREATE TABLE two (id BIGINT NOT NULL PRIMARY KEY);\nINSERT INTO two (id) VALUES (1);"
)

func room(name string, texts ...string) db.Schema {
	files := fstest.MapFS{}
	for i, text := range texts {
		files["schema/000"+string(rune('1'+i))+"_step.sql"] = &fstest.MapFile{Data: []byte(text)}
	}
	return db.Schema{Room: name, Files: files}
}

// eachAddress runs fn on both databases with a configuration that can be opened
// again and again.
func eachAddress(t *testing.T, fn func(t *testing.T, c db.Config)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, db.Config{Dir: t.TempDir()}) })
	t.Run("postgres", func(t *testing.T) { fn(t, db.Config{URL: dbtest.PostgresURL(t)}) })
}

func open(t *testing.T, c db.Config) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), withClock(c))
	if err != nil {
		t.Fatalf("opening: %v", err)
	}
	return d
}

func shut(t *testing.T, d *db.DB) {
	t.Helper()
	if err := d.Close(); err != nil {
		t.Fatalf("closing: %v", err)
	}
}

func code(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return ""
}

func TestMigrateForward(t *testing.T) {
	eachAddress(t, func(t *testing.T, c db.Config) {
		for _, texts := range [][]string{{first}, {first}, {first, second}, {first, second}} {
			d := open(t, c)
			if err := d.Migrate(t.Context(), room("a", texts...), room("b", "CREATE TABLE b (id BIGINT NOT NULL);")); err != nil {
				t.Fatal(err)
			}
			if len(texts) == 2 && count(t, d.Reader(), "two") != 1 {
				t.Error("the second file ran otherwise than once")
			}
			shut(t, d)
		}
	})
}

func TestMigrateRefuses(t *testing.T) {
	eachAddress(t, func(t *testing.T, c db.Config) {
		d := open(t, c)
		defer shut(t, d)
		if err := d.Migrate(t.Context(), room("a", first, second)); err != nil {
			t.Fatal(err)
		}
		for want, schema := range map[string]db.Schema{
			"migration_changed": room("a", first+"-- another text", second),
			"database_newer":    room("a", first),
		} {
			if err := d.Migrate(t.Context(), schema); code(err) != want || fault.KindOf(err) != fault.KindConflict {
				t.Errorf("wanted %s, got %v", want, err)
			}
		}
	})
}

// A file that had another text before its release is taken as it was; a third text
// is not.
func TestMigrateFormerText(t *testing.T) {
	was := first + "-- as it was\n"
	sum := sha256.Sum256([]byte(was))
	now := room("a", first, second)
	now.Formerly = map[int64]string{1: hex.EncodeToString(sum[:])}
	for text, want := range map[string]string{was: "", was + "-- as it never was\n": "migration_changed"} {
		eachAddress(t, func(t *testing.T, c db.Config) {
			d := open(t, c)
			defer shut(t, d)
			if err := d.Migrate(t.Context(), room("a", text)); err != nil {
				t.Fatal(err)
			}
			if err := d.Migrate(t.Context(), now); code(err) != want || want == "" && (err != nil || count(t, d.Reader(), "two") != 1) {
				t.Errorf("wanted %q, got %v", want, err)
			}
		})
	}
}

// A file that fails half-way leaves nothing behind and can be tried again.
func TestMigrateFailsWhole(t *testing.T) {
	eachAddress(t, func(t *testing.T, c db.Config) {
		d := open(t, c)
		defer shut(t, d)
		err := d.Migrate(t.Context(), room("a", first, second+"\nCREATE TABLE one (id BIGINT);"))
		if err == nil || !strings.Contains(err.Error(), "migrating a to 2 (step)") {
			t.Fatalf("got %v", err)
		}
		if err := d.Migrate(t.Context(), room("a", first, second)); err != nil {
			t.Error(err)
		}
	})
}

func TestMigrateFileNames(t *testing.T) {
	d := open(t, db.Config{Dir: t.TempDir()})
	defer shut(t, d)
	for _, names := range [][]string{{"1.sql"}, {"x_y.sql"}, {"0002_x.sql"}, {"0001_x.sql", "0001_y.sql"}} {
		files := fstest.MapFS{}
		for _, n := range names {
			files[n] = &fstest.MapFile{Data: []byte(first)}
		}
		if err := d.Migrate(t.Context(), db.Schema{Room: "a", Files: files}); err == nil {
			t.Errorf("%v was taken", names)
		}
	}
}

func TestMigrateSeveralAtOnce(t *testing.T) {
	const processes = 6
	url := dbtest.PostgresURL(t)
	numbers, all := make(chan int64, processes), make(chan struct{})
	group, ctx := errgroup.WithContext(t.Context())
	for range processes {
		group.Go(func() error {
			d, err := db.Open(ctx, withClock(db.Config{URL: url, Readers: 2, Writers: 2}))
			if err != nil {
				return err
			}
			if err := d.Migrate(ctx, room("a", first, second)); err != nil {
				return errors.Join(err, d.Close())
			}
			numbers <- number(d.IDs().New())
			<-all
			return d.Close()
		})
	}
	seen := map[int64]bool{}
	for range processes {
		select {
		case n := <-numbers:
			seen[n] = true
		case <-ctx.Done():
		}
	}
	close(all)
	if err := group.Wait(); err != nil || len(seen) != processes {
		t.Errorf("%d processes have %d numbers, %v", processes, len(seen), err)
	}
}

// Many statements, comments and our two words come out as each database wants.
func TestSchemaWords(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		keys := map[db.Dialect]string{
			db.SQLite:   "SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('thing') WHERE pk > 0 ORDER BY pk) AS k",
			db.Postgres: "SELECT pg_get_indexdef('thing_pkey'::regclass)",
		}
		want := map[db.Dialect]string{db.SQLite: "id", db.Postgres: "(member_id, id)"}
		var got string
		if err := d.Reader().QueryRow(t.Context(), keys[d.Dialect()]).Scan(&got); err != nil || !strings.HasSuffix(got, want[d.Dialect()]) {
			t.Errorf("the key is %q, %v", got, err)
		}
	}, schema)
}

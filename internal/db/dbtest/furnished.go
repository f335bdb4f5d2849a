package dbtest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"regulars/internal/db"
)

// Making the tables of the whole house takes longer than most tests. They are
// made once in a process for each list of schemas: of SQLite the file is kept,
// and of PostgreSQL a test hands its schema on to the next, emptied.
var (
	furnishing sync.Mutex
	files      = map[furniture][]byte{}
	idle       = map[furniture][]string{} // addresses of PostgreSQL
)

// furniture names a list of schemas by what stands in their files.
type furniture [sha256.Size]byte

func furnitureOf(t testing.TB, schemas []db.Schema) furniture {
	t.Helper()
	sum := sha256.New()
	for _, s := range schemas {
		err := fs.WalkDir(s.Files, ".", func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := fs.ReadFile(s.Files, path)
			fmt.Fprintf(sum, "%s/%s %d\n%s", s.Room, path, len(text), text)
			return err
		})
		if err != nil {
			t.Fatalf("reading the schema of %s: %v", s.Room, err)
		}
	}
	return furniture(sum.Sum(nil))
}

// furnishSQLite puts a file with the tables into the folder, unless there is
// one already.
func furnishSQLite(t testing.TB, dir string, schemas []db.Schema) {
	t.Helper()
	file := filepath.Join(dir, db.FileName)
	if _, err := os.Stat(file); err == nil || len(schemas) == 0 {
		return
	}
	furnishing.Lock()
	defer furnishing.Unlock()
	key := furnitureOf(t, schemas)
	if files[key] == nil {
		files[key] = makeSQLite(t, schemas)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, files[key], 0o600); err != nil {
		t.Fatal(err)
	}
}

// makeSQLite returns a database file with the tables and nothing in them.
func makeSQLite(t testing.TB, schemas []db.Schema) []byte {
	t.Helper()
	dir := t.TempDir()
	d, err := db.Open(context.Background(), db.Config{Dir: dir, Now: func() time.Time { return Start }})
	if err != nil {
		t.Fatalf("opening: %v", err)
	}
	if err := d.Migrate(context.Background(), schemas...); err != nil {
		t.Fatalf("migrating: %v", err)
	}
	err = d.InTx(context.Background(), func(tx *db.Tx) error { // as if no process had been here
		_, err := tx.Exec(context.Background(), "DELETE FROM process_lease")
		return err
	})
	if err != nil {
		t.Fatalf("forgetting the process: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatalf("closing: %v", err)
	}
	file, err := os.ReadFile(filepath.Join(dir, db.FileName))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// furnishedPostgres returns the address of a PostgreSQL schema whose tables are
// empty or not made yet. After the test it waits, emptied, for the next one.
func furnishedPostgres(t testing.TB, schemas []db.Schema) string {
	t.Helper()
	key := furnitureOf(t, schemas)
	furnishing.Lock()
	var address string
	if waiting := idle[key]; len(waiting) > 0 {
		address, idle[key] = waiting[len(waiting)-1], waiting[:len(waiting)-1]
	}
	furnishing.Unlock()
	if address == "" {
		address, _ = makeSchema(t)
	}
	t.Cleanup(func() {
		empty(t, address)
		furnishing.Lock()
		defer furnishing.Unlock()
		idle[key] = append(idle[key], address)
	})
	return address
}

// emptyTables takes every row from the tables that have any, but for what says
// which tables there are.
const emptyTables = `DO $$ DECLARE tables TEXT; BEGIN
	SELECT string_agg(quote_ident(relname), ', ') INTO tables FROM pg_class
	WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> 'schema_migration' AND pg_relation_size(oid) > 0;
	IF tables IS NOT NULL THEN EXECUTE 'TRUNCATE ' || tables; END IF;
END $$`

func empty(t testing.TB, address string) {
	t.Helper()
	run(t, address, emptyTables)
}

// schemaPrefix begins the names of schemas; when they were made follows, in
// nanoseconds.
const schemaPrefix = "t"

// sweep drops what test processes of days gone by have left on the server; it
// does what it can, as another process may be at it too.
func sweep(address string) {
	_ = try(address, fmt.Sprintf(`DO $$ DECLARE name TEXT; BEGIN
		FOR name IN SELECT nspname FROM pg_namespace WHERE nspname ~ '^%[1]s[0-9]{18,}_' AND nspname < '%[1]s%[2]d' LOOP
			EXECUTE format('DROP SCHEMA %%I CASCADE', name);
		END LOOP;
	END $$`, schemaPrefix, time.Now().Add(-24*time.Hour).UnixNano()))
}

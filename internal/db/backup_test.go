package db_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

func fill(t *testing.T, d *db.DB) {
	t.Helper()
	rows := [][]any{
		{int64(1), db.Never, "Łódź, \"Ёж\" <&>\u2028\t\\", true, []byte{0, 255, '\n'}},
		{int64(-5), int64(-1 << 63), "", false, []byte{}},
	}
	for i := range 2500 {
		rows = append(rows, []any{i + 10, i, strings.Repeat("x", i%50), i%3 == 0, []byte{byte(i)}})
	}
	inTx(t, d, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.Insert(ctx, seen, [][]any{{1, "a"}, {1, "b"}}); err != nil {
			return err
		}
		return tx.Insert(ctx, things, rows)
	})
}

func backedUp(t *testing.T, d *db.DB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.gz")
	if err := d.Backup(t.Context(), path); err != nil {
		t.Fatalf("backing up: %v", err)
	}
	return path
}

// A backup of either database is loaded by both, to the last byte.
func TestBackupRestore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		fill(t, d)
		made := d.IDs().New()
		path := backedUp(t, d)
		want := readThings(t, d.Reader())
		eachAddress(t, func(t *testing.T, c db.Config) {
			into := open(t, c)
			defer shut(t, into)
			if err := into.Restore(t.Context(), path, schema); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, readThings(t, into.Reader()), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			if n := count(t, into.Reader(), "seen"); n != 2 {
				t.Errorf("%d rows", n)
			}
			if next := into.IDs().New(); next <= made && number(next) == number(made) {
				t.Errorf("identifier %d could be made again", next)
			}
		})
	}, schema)
}

// What is written while the backup runs is in it whole or not at all.
func TestBackupWhileRunning(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				inTx(t, d, func(ctx context.Context, tx *db.Tx) error {
					if err := tx.Insert(ctx, seen, [][]any{{i, "a"}}); err != nil {
						return err
					}
					return tx.Insert(ctx, tallies, [][]any{{i, 1, 1}})
				})
			}
		}()
		paths := []string{backedUp(t, d), backedUp(t, d), backedUp(t, d)}
		close(stop)
		<-stopped
		for _, path := range paths {
			into := open(t, db.Config{Dir: t.TempDir()})
			if err := into.Restore(t.Context(), path, schema); err != nil {
				t.Fatal(err)
			}
			if n, m := count(t, into.Reader(), "seen"), count(t, into.Reader(), "tally"); n != m {
				t.Errorf("%d and %d rows", n, m)
			}
			shut(t, into)
		}
	}, schema)
}

// A newer program loads an older backup and brings it up to date.
func TestRestoreOlderBackup(t *testing.T) {
	eachAddress(t, func(t *testing.T, c db.Config) {
		old := dbtest.SQLite(t, room("a", first))
		inTx(t, old, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO one (id) VALUES (7)")
			return err
		})
		into := open(t, c)
		defer shut(t, into)
		if err := into.Restore(t.Context(), backedUp(t, old), room("a", first, second)); err != nil {
			t.Fatal(err)
		}
		if n, m := count(t, into.Reader(), "one"), count(t, into.Reader(), "two"); n != 1 || m != 1 {
			t.Errorf("%d and %d rows", n, m)
		}
	})
}

func TestRestoreRefuses(t *testing.T) {
	full := dbtest.SQLite(t, schema)
	fill(t, full)
	path := backedUp(t, full)
	t.Run("a backup over a file", func(t *testing.T) {
		if err := full.Backup(t.Context(), path); code(err) != "backup_exists" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("data that is there", func(t *testing.T) {
		c := db.Config{Dir: t.TempDir()}
		d := open(t, c)
		if err := d.Restore(t.Context(), path, schema); err != nil {
			t.Fatal(err)
		}
		shut(t, d)
		d = open(t, c)
		defer shut(t, d)
		if err := d.Restore(t.Context(), path, schema); code(err) != "restore_not_empty" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a newer backup", func(t *testing.T) {
		d := open(t, db.Config{Dir: t.TempDir()})
		defer shut(t, d)
		if err := d.Restore(t.Context(), path); code(err) != "backup_newer" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no such file", func(t *testing.T) {
		d := open(t, db.Config{Dir: t.TempDir()})
		defer shut(t, d)
		if err := d.Restore(t.Context(), path+"x", schema); code(err) != "backup_unreadable" {
			t.Errorf("got %v", err)
		}
	})
}

// A damaged backup is refused, leaves no rows, and a good one can follow.
func TestRestoreDamaged(t *testing.T) {
	full := dbtest.SQLite(t, schema)
	fill(t, full)
	good := unpacked(t, backedUp(t, full))
	lines := bytes.SplitAfter(good, []byte("\n"))
	damage := map[string][]byte{
		"not gzip":        nil,
		"empty":           {},
		"another program": []byte("{\"format\":\"other\"}\n"),
		"cut off":         good[:len(good)/2],
		"no end":          bytes.Join(lines[:len(lines)-2], nil),
		"a row is lost":   bytes.Join(append(lines[:20:20], lines[21:]...), nil),
		"no number":       bytes.Replace(good, []byte("[11,"), []byte("[1.5,"), 1),
		"too few values":  bytes.Replace(good, []byte("[11,"), []byte("["), 1),
		"no JSON":         bytes.Replace(good, []byte("[11,"), []byte("[11,,"), 1),
		"other table":     bytes.Replace(good, []byte(`"table":"thing"`), []byte(`"table":"thong"`), 1),
		"other column":    bytes.Replace(good, []byte(`"hash"`), []byte(`"bash"`), 1),
	}
	for name, text := range damage {
		t.Run(name, func(t *testing.T) {
			d := open(t, db.Config{Dir: t.TempDir()})
			defer shut(t, d)
			path := filepath.Join(t.TempDir(), "damaged.gz")
			packed(t, path, text)
			if err := d.Restore(t.Context(), path, schema); code(err) != "backup_damaged" {
				t.Fatalf("got %v", err)
			}
			packed(t, path, good)
			if err := d.Restore(t.Context(), path, schema); err != nil {
				t.Error(err)
			}
		})
	}
}

func unpacked(t *testing.T, path string) []byte {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func packed(t *testing.T, path string, text []byte) {
	t.Helper()
	var b bytes.Buffer
	if text != nil {
		w := gzip.NewWriter(&b)
		_, _ = w.Write(text)
		_ = w.Close()
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A backup that fails leaves no file that could be taken for one.
func TestBackupThatFailsLeavesNothing(t *testing.T) {
	d := dbtest.SQLite(t, schema)
	fill(t, d)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	path := filepath.Join(t.TempDir(), "copy.gz")
	if err := d.Backup(ctx, path); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file is there: %v", err)
	}
}

package db_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
)

func openError(t *testing.T, c db.Config) error {
	t.Helper()
	d, err := db.Open(t.Context(), withClock(c))
	if err == nil {
		shut(t, d)
	}
	return err
}

func TestSecondProcessIsRefused(t *testing.T) {
	c := db.Config{Dir: filepath.Join(t.TempDir(), "deep", "folder")}
	d := open(t, c)
	err := openError(t, c)
	if code(err) != "data_folder_in_use" || fault.KindOf(err) != fault.KindConflict {
		t.Fatalf("got %v", err)
	}
	for _, part := range []string{c.Dir, fmt.Sprint(os.Getpid()), "--dir"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not name %q", err, part)
		}
	}
	shut(t, d)
	if err := openError(t, c); err != nil {
		t.Errorf("after closing: %v", err)
	}
}

func TestReadOnlyBesideAWriter(t *testing.T) {
	c := db.Config{Dir: t.TempDir()}
	beside := c
	beside.ReadOnly = true
	if err := openError(t, beside); code(err) != "no_database" {
		t.Errorf("an empty folder: %v", err)
	}
	d := open(t, c)
	if err := d.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	r := open(t, beside)
	if err := r.Migrate(t.Context(), schema); err != nil {
		t.Errorf("migrating what is up to date: %v", err)
	}
	if err := r.Migrate(t.Context(), schema, room("a", first)); code(err) != "database_older" {
		t.Errorf("migrating what is older: %v", err)
	}
	inTx(t, d, func(ctx context.Context, tx *db.Tx) error { return addThing(ctx, tx, 1) })
	if n := count(t, r.Reader(), "thing"); n != 1 {
		t.Errorf("%d rows", n)
	}
	if err := r.InTx(t.Context(), func(*db.Tx) error { return nil }); code(err) != "folder_read_only" {
		t.Errorf("writing: %v", err)
	}
	shut(t, r)
	shut(t, d)
	r = open(t, beside) // the writer is gone, and its log with it
	if n := count(t, r.Reader(), "thing"); n != 1 {
		t.Errorf("%d rows", n)
	}
	shut(t, r)
}

// tinyDisk mounts one where the tests may do so; elsewhere TestFileAtItsBound
// has to do.
func tinyDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=2m"); err != nil {
		t.Skipf("no disk can be mounted: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

func TestDiskFull(t *testing.T) {
	dir := tinyDisk(t)
	d := open(t, db.Config{Dir: dir})
	if err := d.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	stored := 0
	add := func() error {
		return d.InTx(t.Context(), func(tx *db.Tx) error {
			return tx.Insert(t.Context(), things, [][]any{{stored, 1, strings.Repeat("x", 50_000), true, []byte{}}})
		})
	}
	var err error
	for err == nil {
		if err = add(); err == nil {
			stored++
		}
	}
	if code(err) != "disk_full" || fault.KindOf(err) != fault.KindBusy {
		t.Fatalf("after %d rows: %v", stored, err)
	}
	if n := count(t, d.Reader(), "thing"); n != stored {
		t.Errorf("%d rows of %d", n, stored)
	}
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, "size=16m"); err != nil {
		t.Fatal(err)
	}
	if err := add(); err != nil {
		t.Errorf("with space again: %v", err)
	}
	shut(t, d)
}

func TestNoSpaceToBegin(t *testing.T) {
	dir := tinyDisk(t)
	_ = os.WriteFile(filepath.Join(dir, "filler"), make([]byte, 4<<20), 0o600) // as much as goes in
	if err := openError(t, db.Config{Dir: dir}); code(err) != "disk_full" {
		t.Errorf("got %v", err)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	dir := tinyDisk(t)
	d := open(t, db.Config{Dir: dir})
	if err := d.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	shut(t, d)
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	err := openError(t, db.Config{Dir: dir})
	if code(err) != "folder_read_only" || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v", err)
	}
	if err := openError(t, db.Config{Dir: filepath.Join(dir, "new")}); code(err) != "folder_read_only" {
		t.Errorf("a new folder: %v", err)
	}
}

// The files hold personal data: whoever may not enter the folder that we make
// may not read them in one that somebody else made either.
func TestFilesAreNotForEverybody(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	d := open(t, db.Config{Dir: dir})
	defer shut(t, d)
	if err := d.Migrate(t.Context(), schema); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 3 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		if info, err := f.Info(); err != nil || info.Mode().Perm()&0o007 != 0 {
			t.Errorf("%s: %v, %v", f.Name(), info.Mode(), err)
		}
	}
}

func TestDamagedFile(t *testing.T) {
	dir := t.TempDir()
	text := strings.Repeat("this is no database ", 1000)
	if err := os.WriteFile(filepath.Join(dir, db.FileName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := openError(t, db.Config{Dir: dir}); code(err) != "database_damaged" {
		t.Errorf("got %v", err)
	}
}

// What was committed is there after the process was killed in the middle of
// its work, and nothing that was not.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("REGULARS_TEST_KILLED"); dir != "" {
		writeUntilKilled(t, dir)
	}
	dir := t.TempDir()
	for life := range 5 {
		child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		child.Env = append(os.Environ(), "REGULARS_TEST_KILLED="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		var acknowledged int
		for range 20 + 7*life {
			if _, err := fmt.Fscanln(out, &acknowledged); err != nil {
				t.Fatal(err)
			}
		}
		_ = child.Process.Kill()
		_ = child.Wait()
		d := open(t, db.Config{Dir: dir})
		if err := d.Migrate(t.Context(), schema); err != nil {
			t.Fatal(err)
		}
		if n, m := count(t, d.Reader(), "thing"), count(t, d.Reader(), "seen"); n < acknowledged || n != m {
			t.Errorf("%d and %d rows, %d were acknowledged", n, m, acknowledged)
		}
		shut(t, d)
	}
}

func writeUntilKilled(t *testing.T, dir string) {
	d := dbtest.Open(t, db.Config{Dir: dir}, schema)
	for n := count(t, d.Reader(), "thing"); ; n++ {
		inTx(t, d, func(ctx context.Context, tx *db.Tx) error {
			if err := addThing(ctx, tx, n); err != nil {
				return err
			}
			return tx.Insert(ctx, seen, [][]any{{n, "a"}})
		})
		fmt.Println(n + 1)
	}
}

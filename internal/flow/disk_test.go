//go:build linux

package flow

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"regulars/internal/db"
	"regulars/internal/fault"
)

// smallDisk mounts a file system of so many bytes and returns its place; the
// test is skipped where nothing may be mounted.
func smallDisk(t *testing.T, bytes int) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", bytes)); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v); a limit of the file's size stands for it in TestDiskFull", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmounting %s: %v", dir, err)
		}
	})
	return dir
}

// settle opens the data in a folder and furnishes it unless it is.
func settle(t *testing.T, dir string) *house {
	t.Helper()
	d, err := db.Open(context.Background(), config(dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(context.Background(), rooms...); err != nil {
		t.Fatal(err)
	}
	h, err := occupy(d)
	if err != nil {
		return furnish(t, d, plan{})
	}
	h.TB = t
	h.flow = New(Config{DB: d, Now: h.now, Log: quiet()})
	return h
}

func (h *house) leave() {
	h.Helper()
	h.flow.Close()
	h.ok(h.db.Close())
}

// fillUp takes up what is left on the disk but for a few bytes.
func fillUp(t *testing.T, path string, leave int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var left syscall.Statfs_t
	if err := syscall.Statfs(path, &left); err != nil {
		t.Fatal(err)
	}
	block := make([]byte, left.Bsize)
	for n := int64(left.Bavail)*left.Bsize - int64(leave); n > 0; n -= left.Bsize {
		if _, err := f.Write(block); err != nil {
			t.Fatal(err)
		}
	}
}

// takeUntil takes events until one is refused, and returns why. What was
// acknowledged is put down in said.
func (h *house) takeUntil(stage string, most int, said map[string]string) error {
	h.Helper()
	for i := range most {
		events := h.errand(fmt.Sprint(stage, i))
		results, err := h.flow.Take(context.Background(), events)
		if err != nil {
			return err
		}
		for k, r := range results {
			if fault.KindOf(r.Err) != fault.KindRefused && r.Err != nil {
				return r.Err
			} else if r.Err == nil {
				said[events[k].ExternalID] = fmt.Sprint(int64(r.Answer.EventID))
			}
		}
	}
	return nil
}

// TestFullDisk fills the disk under a server, twice: it says so and keeps what
// it has acknowledged; once there is room again the same server works on, and so
// does one that is started anew.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t, 24<<20)
	h := settle(t, dir)
	said := map[string]string{}
	filler := filepath.Join(dir, "filler")
	for round := range 2 {
		stage := fmt.Sprint("round", round, ".")
		if err := h.takeUntil(stage+"before", 50, said); err != nil {
			t.Fatalf("with room: %v", err)
		}
		fillUp(t, filler, 256<<10)
		err := h.takeUntil(stage+"full", 20_000, said)
		if f := fault.As(err); f == nil || f.Code != "disk_full" || f.Kind != fault.KindBusy {
			t.Fatalf("on a full disk it says: %v", err)
		}
		if err := h.takeUntil(stage+"still", 5, said); fault.As(err) == nil {
			t.Errorf("on a disk that is still full it says: %v", err)
		}
		h.keptAll(said) // reading goes on meanwhile
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
		if err := h.takeUntil(stage+"after", 50, said); err != nil {
			t.Fatalf("with room again: %v", err)
		}
		h.keptAll(said)
	}
	h.leave()
	h = settle(t, dir)
	defer h.leave()
	h.keptAll(said)
	h.must(h.errand("anew")[0])
	h.clean()
	t.Logf("%d events were acknowledged", len(said))
}

// TestReadOnlyFolder serves from a disk that takes no writes: it says which
// folder and how to mend it, and nothing is lost when it may be written again.
func TestReadOnlyFolder(t *testing.T) {
	dir := smallDisk(t, 24<<20)
	h := settle(t, dir)
	said := map[string]string{}
	if err := h.takeUntil("before", 50, said); err != nil {
		t.Fatal(err)
	}
	h.leave()
	remount := func(flags uintptr) {
		t.Helper()
		if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|flags, ""); err != nil {
			t.Fatal(err)
		}
	}
	remount(syscall.MS_RDONLY)
	d, err := db.Open(context.Background(), config(dir))
	if f := fault.As(err); f == nil || f.Code != "folder_read_only" || !strings.Contains(f.Message, dir) {
		if err == nil {
			_ = d.Close()
		}
		t.Errorf("a folder that takes no writes is opened with: %v", err)
	}
	remount(0)
	h = settle(t, dir)
	defer h.leave()
	h.keptAll(said)
	if err := h.takeUntil("after", 50, said); err != nil {
		t.Fatal(err)
	}
	h.keptAll(said)
}

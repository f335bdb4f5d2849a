package flow

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

// TestSecondProcess opens a folder that another process serves: it says so and
// ends, and the first goes on.
func TestSecondProcess(t *testing.T) {
	dir := t.TempDir()
	h := furnish(t, dbtest.Open(t, db.Config{Dir: dir}, rooms...), plan{})
	second := exec.Command(os.Args[0])
	second.Env = append(os.Environ(), childVariable+"="+dir)
	said, err := second.CombinedOutput()
	if err == nil || !strings.Contains(string(said), dir) {
		t.Errorf("the second process ends with %v and says: %s", err, said)
	}
	h.must(h.buys("1", "ann", noon, 1_00))
	h.clean()
}

// TestDiskFull lets the files of a server grow no further, which SQLite takes
// for a broken disk: what was
// acknowledged is there, nothing is corrupt, and it works on with more room.
func TestDiskFull(t *testing.T) {
	dir := t.TempDir()
	open := func() *house {
		h := &house{TB: t}
		d, err := db.Open(context.Background(), config(dir))
		h.ok(err)
		h.ok(d.Migrate(context.Background(), rooms...))
		h, err = occupy(d)
		if err != nil {
			h = furnish(t, d, plan{})
		}
		h.TB = t
		h.flow = New(Config{DB: d, Now: h.now, Log: quiet()})
		return h
	}
	closed := func(h *house) {
		h.flow.Close()
		h.ok(h.db.Close())
	}
	closed(open())
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+dir, limitVariable+"=3000000")
	var complaint strings.Builder
	child.Stderr = &complaint
	out, err := child.Output()
	if err == nil || !strings.Contains(complaint.String(), "disk") {
		t.Errorf("with a full disk the server ends with %v and says: %s", err, complaint.String())
	}
	said := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if number, event, whole := strings.Cut(strings.TrimSpace(line), " "); whole {
			said[number] = event
		}
	}
	if len(said) < 100 {
		t.Errorf("only %d events were acknowledged before", len(said))
	}
	h := open()
	defer closed(h)
	h.keptAll(said)
	h.must(h.errand("after")[0])
	h.clean()
}

// TestPostgresRestarts stops the database server at once under load and starts
// it again: requests fail or wait, then work goes on, and nothing is lost.
func TestPostgresRestarts(t *testing.T) {
	server := dbtest.NewServer(t)
	h := furnish(t, dbtest.Open(t, db.Config{URL: server.URL}, rooms...), plan{})
	said, failures := map[string]string{}, 0
	var mu sync.Mutex
	var all sync.WaitGroup
	stop := make(chan struct{})
	acknowledged := make(chan struct{}, 1)
	for side := range 8 {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				events := h.errand(fmt.Sprintf("%d.%d", side, i))
				results, err := h.flow.Take(context.Background(), events)
				mu.Lock()
				if err != nil {
					failures++
				}
				for k, r := range results {
					if r.Err == nil {
						said[events[k].ExternalID] = fmt.Sprint(int64(r.Answer.EventID))
					} else {
						failures++
					}
				}
				mu.Unlock()
				select {
				case acknowledged <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 2 {
		for range 50 {
			<-acknowledged
		}
		server.Restart(t)
	}
	for range 50 {
		<-acknowledged
	}
	close(stop)
	all.Wait()
	for i := 0; ; i++ { // connections that died are thrown away one by one
		if _, err := h.flow.TakeOne(context.Background(), h.buys(fmt.Sprint("after", i), "ann", noon, 1_00)); err == nil {
			break
		} else if i == 50 {
			t.Fatalf("after the restart nothing works: %v", err)
		}
	}
	t.Logf("%d events were acknowledged, %d failed", len(said), failures)
	_, err := h.flow.Sweep(context.Background(), h.now(), nil)
	h.ok(err)
	h.keptAll(said)
}

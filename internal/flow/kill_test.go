package flow

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/program"
)

// childVariable makes this test binary play a server that is going to be
// killed; it holds the address of a PostgreSQL database or a folder.
const childVariable = "REGULARS_TEST_FLOW_CHILD"

// limitVariable lets the child's files grow to so many bytes at most, which to
// a program is a full disk.
const limitVariable = "REGULARS_TEST_FLOW_LIMIT"

func limit() error {
	wanted := os.Getenv(limitVariable)
	if wanted == "" {
		return nil
	}
	bytes, err := strconv.ParseUint(wanted, 10, 64)
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGXFSZ)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: bytes})
}

func TestMain(m *testing.M) {
	if place := os.Getenv(childVariable); place != "" {
		if err := play(place); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func config(place string) db.Config {
	if strings.HasPrefix(place, "postgres") {
		return db.Config{URL: place, Now: time.Now, Log: quiet()}
	}
	return db.Config{Dir: place, Now: time.Now, Log: quiet()}
}

// occupy moves into a database that is furnished already.
func occupy(d *db.DB) (*house, error) {
	h := &house{db: d, clock: &atomic.Int64{}}
	h.set(noon)
	all, err := program.List(context.Background(), d.Reader())
	if err != nil || len(all) != 1 {
		return nil, fmt.Errorf("%d programmes are there: %w", len(all), err)
	}
	h.prog = all[0]
	wallets, err := ledger.Wallets(context.Background(), d.Reader(), h.prog.ID)
	if err != nil {
		return nil, err
	}
	h.wallet = wallets[0]
	return h, nil
}

// play takes events from eight sides without end and prints what was
// acknowledged: its number and the event's id.
func play(place string) error {
	if err := limit(); err != nil {
		return err
	}
	c := config(place)
	d, err := db.Open(context.Background(), c)
	if err != nil {
		return err
	}
	if err := d.Migrate(context.Background(), rooms...); err != nil {
		return err
	}
	h, err := occupy(d)
	if err != nil {
		return err
	}
	h.flow = New(Config{DB: d, Now: h.now, Log: quiet(), News: true})
	var all sync.WaitGroup
	var mu sync.Mutex
	failed := make(chan error, 8)
	for side := range 8 {
		all.Go(func() {
			for i := 0; ; i++ {
				events := h.errand(fmt.Sprintf("%d.%d.%d", os.Getpid(), side, i))
				results, err := h.flow.Take(context.Background(), events)
				if err != nil {
					failed <- err
					return
				}
				mu.Lock()
				for k, r := range results {
					if r.Err == nil {
						fmt.Printf("%s %d\n", events[k].ExternalID, int64(r.Answer.EventID))
					} else if f := fault.As(r.Err); f == nil || f.Code != "not_enough_points" {
						failed <- r.Err
						mu.Unlock()
						return
					}
				}
				mu.Unlock()
			}
		})
	}
	return <-failed
}

// errand is what one customer does: buys, brings something back, gets points.
func (h *house) errand(number string) []*Event {
	who := fmt.Sprint("customer ", rand.IntN(20))
	events := []*Event{h.buys("s"+number, who, noon.Add(-time.Duration(rand.IntN(1000))*time.Hour), 20_00, 30_00)}
	switch rand.IntN(3) {
	case 0:
		events = append(events, h.returns("b"+number, "", "s"+number, noon, "a"))
	case 1:
		events = append(events, h.adjusts("x"+number, who, noon, 5), h.adjusts("y"+number, who, noon, -8))
	}
	return events
}

// TestKilled kills a server under load at random moments, many times: nothing
// that was acknowledged is lost, nothing is doubled, and check is clean.
func TestKilled(t *testing.T) {
	kills := 5 // on each database
	if os.Getenv("REGULARS_SOAK") != "" {
		kills = 200
	}
	t.Run("sqlite", func(t *testing.T) { killed(t, t.TempDir(), kills) })
	t.Run("postgres", func(t *testing.T) { killed(t, dbtest.PostgresURL(t), kills) })
}

func killed(t *testing.T, place string, kills int) {
	live := func(fn func(h *house)) {
		d, err := db.Open(context.Background(), config(place))
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.Migrate(context.Background(), rooms...); err != nil {
			t.Fatal(err)
		}
		var h *house
		if all, _ := program.List(context.Background(), d.Reader()); len(all) == 0 {
			h = furnish(t, d, plan{})
		} else if h, err = occupy(d); err != nil {
			t.Fatal(err)
		} else {
			h.TB = t
			h.flow = New(Config{DB: d, Now: h.now, Log: quiet()})
		}
		fn(h)
		h.flow.Close()
	}
	live(func(*house) {})
	said := map[string]string{}
	for range kills {
		for number, event := range loadAndKill(t, place, 1+rand.IntN(400)) {
			said[number] = event
		}
	}
	t.Logf("%d events were acknowledged before %d kills", len(said), kills)
	live(func(h *house) { h.keptAll(said) })
}

// loadAndKill runs a child until it has acknowledged so many events and kills
// it; it returns what was acknowledged.
func loadAndKill(t *testing.T, place string, events int) map[string]string {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+place)
	var complaints strings.Builder
	child.Stderr = &complaints
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if number, event, whole := strings.Cut(lines.Text(), " "); whole {
			said[number] = event
		}
		if len(said) == events {
			_ = child.Process.Kill()
		}
	}
	_ = child.Wait()
	if len(said) < events {
		t.Fatalf("the child ended by itself after %d events: %s", len(said), complaints.String())
	}
	return said
}

// keptAll looks for every event acknowledged, in the place where it was.
func (h *house) keptAll(said map[string]string) {
	h.Helper()
	var keys []journal.Key
	for number := range said {
		keys = append(keys, journal.Key{ProgrammeID: h.prog.ID, Source: "till", ExternalID: number})
	}
	known := map[journal.Key]journal.Same{}
	for some := range slices.Chunk(keys, 1000) {
		found, err := journal.Known(context.Background(), h.db.Reader(), some)
		h.ok(err)
		maps.Copy(known, found)
	}
	for _, k := range keys {
		if got := fmt.Sprint(int64(known[k].EventID)); got != said[k.ExternalID] {
			h.Errorf("event %s was acknowledged as %s and is %s", k.ExternalID, said[k.ExternalID], got)
		}
	}
	doubled := h.rowsOf(`SELECT source, external_id FROM event GROUP BY source, external_id HAVING COUNT(*) > 1`)
	if len(doubled) > 0 {
		h.Errorf("doubled: %v", doubled)
	}
	h.clean()
}

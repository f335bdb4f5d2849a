package jobs

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

// Adding is one statement, however many jobs there are.
func TestAddIsOneStatement(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		var many []New
		for i := range 100 {
			many = append(many, New{Kind: "a", Unique: fmt.Sprint(i % 90), Payload: i})
		}
		for n, jobs := range map[uint64][]New{0: nil, 1: many} {
			before := d.Statements()
			put(t, d, c, jobs...)
			if sent := d.Statements() - before; sent != n {
				t.Errorf("%d jobs took %d statements", len(jobs), sent)
			}
		}
		if jobs := list(t, d, ""); len(jobs) != 90 || string(jobs[0].Payload) != "99" && string(jobs[89].Payload) != "90" {
			t.Errorf("%d jobs", len(jobs))
		}
	})
}

func TestAddRefusesWhatIsNoJSON(t *testing.T) {
	d, c := dbtest.SQLite(t, Schema), newClock()
	err := d.InTx(t.Context(), func(tx *db.Tx) error { return Add(t.Context(), tx, c.now(), New{Kind: "a", Payload: func() {}}) })
	if err == nil || len(list(t, d, "")) != 0 {
		t.Errorf("got %v", err)
	}
}

// While it waits, a unique job is one; the newest payload and the earlier time
// count.
func TestUniqueWhileWaiting(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		add := func(payload int, in time.Duration) {
			put(t, d, c, New{Kind: "a", Unique: "u", Payload: payload, RunAt: after(in)})
		}
		add(1, time.Hour)
		add(2, 2*time.Hour)
		if j := only(t, d); string(j.Payload) != "2" || !j.Next.Equal(after(time.Hour)) || j.Unique != "u" {
			t.Errorf("later: %+v", j)
		}
		add(3, time.Minute)
		if j := only(t, d); string(j.Payload) != "3" || !j.Next.Equal(after(time.Minute)) {
			t.Errorf("earlier: %+v", j)
		}
		put(t, d, c, New{Kind: "b", Unique: "u"}, New{Kind: "a"}, New{Kind: "a"})
		if n := len(list(t, d, "")); n != 4 {
			t.Errorf("%d jobs", n)
		}
	})
}

// Added while it runs, a unique job runs once more afterwards, with the newest
// payload and never beside itself, whether it fails or not.
func TestUniqueWhileRunning(t *testing.T) {
	for name, answer := range map[string]error{"done": nil, "failed": errHandler, "failed for good": Permanent(errHandler)} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, d *db.DB, c *clock) {
				r := runner(d, c)
				running, release := make(chan string), make(chan error)
				var beside atomic.Int64
				r.Handle("a", func(_ context.Context, j *Job) error {
					if beside.Add(1) > 1 {
						t.Error("it runs beside itself")
					}
					defer beside.Add(-1)
					running <- fmt.Sprint(string(j.Payload), " ", j.Attempt)
					return <-release
				})
				put(t, d, c, New{Kind: "a", Unique: "u", Payload: 1})
				start(t, r)
				first := <-running
				put(t, d, c, New{Kind: "a", Unique: "u", Payload: 2})
				put(t, d, c, New{Kind: "a", Unique: "u", Payload: 3})
				release <- answer
				second := <-running
				release <- nil
				until(t, "all is done", func() bool { return len(list(t, d, "")) == 0 })
				if first != "1 1" || second != "3 1" {
					t.Errorf("ran %s, then %s", first, second)
				}
			})
		})
	}
}

// Added when it is dead, a unique job begins anew.
func TestUniqueWhenDead(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		put(t, d, c, New{Kind: "a", Unique: "u", Payload: 1})
		j := taken(t, d, c, "x", 1)[0]
		inTx(t, d, func(tx *db.Tx) error {
			return putBack(t.Context(), tx, "x", c.now(), again{id: j.ID, next: db.Never, attempt: 12, failed: 1, error: "e"})
		})
		put(t, d, c, New{Kind: "a", Unique: "u", Payload: 2})
		if j := only(t, d); j.State != Waiting || j.Attempt != 0 || string(j.Payload) != "2" {
			t.Errorf("left is %+v", j)
		}
	})
}

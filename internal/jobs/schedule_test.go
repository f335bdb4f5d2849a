package jobs

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/db"
)

// A scheduled job runs once at each of its times, though several runners have
// it, and at once when it is new.
func TestScheduleRunsOnce(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		c.pass(17 * time.Second)
		var runs atomic.Int64
		for range 3 {
			r := runner(d, c)
			r.Every("sweep", time.Minute, func(context.Context) error { runs.Add(1); return nil })
			start(t, r)
		}
		for i := range 10 {
			next := after(time.Duration(i+1) * time.Minute)
			until(t, "it has run", func() bool { j := list(t, d, Waiting); return len(j) == 1 && j[0].Next.Equal(next) })
			if n := runs.Load(); n != int64(i+1) {
				t.Fatalf("%d runs after %d minutes", n, i)
			}
			c.pass(next.Sub(c.now()))
		}
	})
}

// Times that were missed are not made up.
func TestScheduleSkipsWhatWasMissed(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		var runs atomic.Int64
		again := func() {
			r := runner(d, c)
			r.Every("sweep", time.Minute, func(context.Context) error { runs.Add(1); return nil })
			stop := start(t, r)
			want := nextTime(c.now(), time.Minute)
			until(t, "it has run", func() bool { j := list(t, d, Waiting); return len(j) == 1 && j[0].Next.Equal(want) })
			stop()
		}
		again()
		c.pass(24 * time.Hour)
		again()
		if n := runs.Load(); n != 2 {
			t.Errorf("%d runs", n)
		}
	})
}

// A scheduled job that fails is tried again before its next time, shows its
// error until it succeeds, and never dies.
func TestScheduleFails(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		var failing atomic.Bool
		failing.Store(true)
		r := runner(d, c)
		r.Every("sweep", time.Minute, func(context.Context) error {
			if failing.Load() {
				return Permanent(errHandler)
			}
			return nil
		})
		inTx(t, d, func(tx *db.Tx) error { return plan(t.Context(), tx, "sweep", c.now(), time.Minute) })
		start(t, r)
		for i := range 19 {
			until(t, "it failed", func() bool { j := only(t, d); return j.Attempt == i+1 && j.State == Waiting })
			j := only(t, d)
			if j.Error != errHandler.Error() || j.Next.After(nextTime(c.now(), time.Minute)) {
				t.Fatalf("after failure %d: %+v", i+1, j)
			}
			failing.Store(i < 18)
			c.pass(j.Next.Sub(c.now()))
		}
		until(t, "it succeeded", func() bool { j := only(t, d); return j.Error == "" && j.Attempt == 0 && j.State == Waiting })
	})
}

// A shorter interval counts at once, a longer one after the next run.
func TestScheduleChanges(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		for _, s := range []struct{ every, next time.Duration }{{time.Hour, 0}, {time.Minute, 0}, {24 * time.Hour, 0}} {
			inTx(t, d, func(tx *db.Tx) error { return plan(t.Context(), tx, "sweep", c.now(), s.every) })
			if j := only(t, d); j.Every != s.every || !j.Next.Equal(after(s.next)) {
				t.Errorf("every %v: %+v", s.every, j)
			}
		}
		r := runner(d, c)
		r.Every("sweep", 24*time.Hour, func(context.Context) error { return nil })
		stop := start(t, r)
		until(t, "it has run", func() bool { return only(t, d).Next.Equal(after(12 * time.Hour)) })
		stop()
		inTx(t, d, func(tx *db.Tx) error { return plan(t.Context(), tx, "sweep", c.now(), time.Minute) })
		if j := only(t, d); !j.Next.Equal(after(time.Minute)) {
			t.Errorf("a shorter interval: %+v", j)
		}
	})
}

func TestBackoff(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		attempt := rapid.IntRange(1, 200).Draw(r, "attempt")
		pick := func(n int64) int64 { return rapid.Int64Range(0, n-1).Draw(r, "random") }
		got := backoff(attempt, pick)
		if low, high := backoff(attempt, least), backoff(attempt, func(n int64) int64 { return n - 1 }); got < low || got > high {
			r.Fatalf("%v is not between %v and %v", got, low, high)
		}
		if low := backoff(attempt+1, least); low < backoff(attempt, least) || low > lastWait/2 {
			r.Fatalf("%v after %d failures", low, attempt+1)
		}
	})
	for attempt, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 12: 2048 * time.Second, 13: time.Hour, 60: time.Hour} {
		if got := backoff(attempt, func(n int64) int64 { return n - 1 }); got != want {
			t.Errorf("at most %v after %d failures", got, attempt)
		}
	}
}

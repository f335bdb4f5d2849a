package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
)

var errHandler = errors.New("it did not work")

// Jobs are done exactly once by several runners that share the table, when no
// handler fails.
func TestEachJobIsDoneOnce(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		const total, adders, runners = 600, 3, 3
		var done [total]atomic.Int64
		var sum atomic.Int64
		for range runners {
			r := runner(d, c)
			r.Handle("a", func(_ context.Context, j *Job) error {
				var n int
				err := j.Read(&n)
				done[n].Add(1)
				sum.Add(1)
				return err
			})
			start(t, r)
		}
		var group sync.WaitGroup
		for a := range adders {
			group.Go(func() {
				for i := range total / adders / 10 {
					var batch []New
					for k := range 10 {
						batch = append(batch, New{Kind: "a", Payload: (i*10+k)*adders + a})
					}
					put(t, d, c, batch...)
				}
			})
		}
		group.Wait()
		until(t, "all jobs are gone", func() bool { return sum.Load() >= total && len(list(t, d, "")) == 0 })
		for n := range done {
			if k := done[n].Load(); k != 1 {
				t.Errorf("job %d was done %d times", n, k)
			}
		}
	})
}

// A job of a transaction that is rolled back never runs.
func TestRolledBackJobsDoNotRun(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		err := d.InTx(t.Context(), func(tx *db.Tx) error {
			return errors.Join(Add(t.Context(), tx, c.now(), New{Kind: "a"}), errHandler)
		})
		if !errors.Is(err, errHandler) || len(list(t, d, "")) != 0 {
			t.Errorf("got %v", err)
		}
	})
}

// A commit in this process wakes the runner; it need not poll.
func TestCommitWakesTheRunner(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		r.Poll = time.Hour
		ran := make(chan string)
		r.Handle("a", func(_ context.Context, j *Job) error { ran <- string(j.Payload); return nil })
		start(t, r)
		for _, payload := range []string{"first", "second"} {
			put(t, d, c, New{Kind: "a", Payload: payload})
			if got := <-ran; got != `"`+payload+`"` {
				t.Errorf("got %s", got)
			}
		}
	})
}

// A job waits for its time, and no runner takes kinds that it does not know.
func TestJobsWaitForTheirTime(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		ran := make(chan struct{}, 10)
		r.Handle("a", func(context.Context, *Job) error { ran <- struct{}{}; return nil })
		put(t, d, c, New{Kind: "a", RunAt: after(time.Hour)}, New{Kind: "unknown"})
		start(t, r)
		put(t, d, c, New{Kind: "a"})
		<-ran
		until(t, "the first is settled", func() bool { return len(list(t, d, "")) == 2 })
		c.pass(59 * time.Minute)
		put(t, d, c, New{Kind: "a"}) // proof that the runner looked
		<-ran
		until(t, "the second is settled", func() bool { return len(list(t, d, "")) == 2 })
		if len(ran) != 0 {
			t.Error("it ran before its time")
		}
		c.pass(time.Minute)
		<-ran
		until(t, "the last is settled", func() bool { return len(list(t, d, "")) == 1 })
		if j := only(t, d); j.Kind != "unknown" || j.Attempt != 0 {
			t.Errorf("left is %+v", j)
		}
	})
}

// Failures are tried again, each time later, and set aside in the end; Retry
// begins anew.
func TestFailuresAreRetriedThenDead(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		var attempts []int
		var mend atomic.Bool
		r.Handle("a", func(_ context.Context, j *Job) error {
			if mend.Load() {
				return nil
			}
			attempts = append(attempts, j.Attempt)
			return fmt.Errorf("try %d: %w", j.Attempt, errHandler)
		})
		put(t, d, c, New{Kind: "a", MaxAttempts: 3})
		start(t, r)
		for i, wait := range []time.Duration{500 * time.Millisecond, time.Second} {
			until(t, "it failed", func() bool { j := only(t, d); return j.Attempt == i+1 && j.State == Waiting })
			j := only(t, d)
			if !j.Next.Equal(c.now().Add(wait)) || !j.Failed.Equal(c.now()) || j.Error != fmt.Sprintf("try %d: it did not work", i+1) {
				t.Errorf("after failure %d: %+v", i+1, j)
			}
			c.pass(wait)
		}
		until(t, "it is dead", func() bool { return only(t, d).State == Dead })
		c.pass(1000 * time.Hour)
		if counts, err := Count(t.Context(), d.Reader()); err != nil || counts[Dead] != 1 || counts[Waiting]+counts[Running] != 0 {
			t.Errorf("counted %v, %v", counts, err)
		}
		mend.Store(true)
		inTx(t, d, func(tx *db.Tx) error { return Retry(t.Context(), tx, c.now(), only(t, d).ID) })
		until(t, "it is done", func() bool { return len(list(t, d, "")) == 0 })
		if fmt.Sprint(attempts) != "[1 2 3]" {
			t.Errorf("attempts %v", attempts)
		}
	})
}

// What no repetition mends is set aside at once; a panic is tried again.
func TestPermanentFailureAndPanic(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		r.Handle("a", func(_ context.Context, j *Job) error { return j.Read(new(int)) })
		r.Handle("b", func(context.Context, *Job) error { panic("oh \x00 no") })
		put(t, d, c, New{Kind: "a", Payload: "no number"}, New{Kind: "b"})
		start(t, r)
		until(t, "both failed", func() bool {
			return len(list(t, d, Dead)) == 1 && list(t, d, Waiting) != nil && list(t, d, Waiting)[0].Attempt == 1
		})
		if j := list(t, d, Dead)[0]; j.Kind != "a" || j.Attempt != 1 || !strings.Contains(j.Error, "reading the payload") {
			t.Errorf("dead is %+v", j)
		}
		if j := list(t, d, Waiting)[0]; j.Kind != "b" || j.Error != "panic: oh  no" {
			t.Errorf("waiting is %+v", j)
		}
		if Permanent(nil) != nil || !errors.Is(Permanent(errHandler), errHandler) {
			t.Error("Permanent changes what the error is")
		}
	})
}

func TestDiscard(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		put(t, d, c, New{Kind: "a"})
		j := only(t, d)
		change := func(fn func(tx *db.Tx) error) error { return d.InTx(t.Context(), fn) }
		discard := func(tx *db.Tx) error { return Discard(t.Context(), tx, j.ID) }
		retry := func(tx *db.Tx) error { return Retry(t.Context(), tx, c.now(), j.ID) }
		for _, verb := range []func(tx *db.Tx) error{discard, retry} {
			if err := change(verb); fault.KindOf(err) != fault.KindMissing {
				t.Errorf("a waiting job: %v", err)
			}
		}
		held := taken(t, d, c, "x", 1)
		inTx(t, d, func(tx *db.Tx) error {
			return putBack(t.Context(), tx, "x", c.now(), again{id: held[0].ID, next: db.Never, attempt: 1, failed: 1, error: "e"})
		})
		if err := change(discard); err != nil || len(list(t, d, "")) != 0 {
			t.Errorf("a dead job: %v", err)
		}
	})
}

// Progress is stored, but not each time.
func TestProgress(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		type step struct{ done, stored int64 }
		r.Handle("a", func(ctx context.Context, j *Job) error {
			for _, s := range []step{{1, 1}, {2, 1}, {3, 1}} {
				if err := j.Progress(ctx, s.done, 10, "rows"); err != nil {
					return err
				}
				if i := only(t, d); i.Done != s.stored || i.Total != 10 || i.Note != "rows" || i.State != Running {
					t.Errorf("after %d: %+v", s.done, i)
				}
			}
			c.pass(reportEvery)
			err := errors.Join(j.Progress(ctx, 4, 10, "rows"), j.Progress(ctx, 10, 10, "all"))
			if i := only(t, d); i.Done != 10 || i.Note != "all" {
				t.Errorf("at the end: %+v", i)
			}
			return err
		})
		put(t, d, c, New{Kind: "a"})
		start(t, r)
		until(t, "it is done", func() bool { return len(list(t, d, "")) == 0 })
	})
}

// Many tries of a listing: the newest first, page by page.
func TestListPages(t *testing.T) {
	d, c := dbtest.SQLite(t, Schema), newClock()
	for i := range 5 {
		put(t, d, c, New{Kind: "a", Payload: i, Unique: fmt.Sprint("u", i)})
	}
	var seen []string
	for before := list(t, d, "")[0].ID + 1; ; {
		page, err := List(t.Context(), d.Reader(), Waiting, before, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, j := range page {
			seen = append(seen, string(j.Payload)+j.Unique)
		}
		before = page[len(page)-1].ID
	}
	if fmt.Sprint(seen) != "[4u4 3u3 2u2 1u1 0u0]" {
		t.Errorf("seen %v", seen)
	}
}

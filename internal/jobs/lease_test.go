package jobs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

// A job whose process died is done by another once its lease has run out, not
// before.
func TestDeadProcessIsReplaced(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		put(t, d, c, New{Kind: "a"})
		if n := len(taken(t, d, c, "dead", 10)); n != 1 {
			t.Fatalf("took %d", n)
		}
		r := runner(d, c)
		attempts := make(chan int, 10)
		r.Handle("a", func(_ context.Context, j *Job) error { attempts <- j.Attempt; return nil })
		start(t, r)
		c.pass(time.Minute - time.Microsecond)
		put(t, d, c, New{Kind: "a"}) // proof that the runner looked
		if n := <-attempts; n != 1 {
			t.Errorf("attempt %d came first", n)
		}
		c.pass(time.Microsecond)
		if n := <-attempts; n != 2 {
			t.Errorf("attempt %d after the lease", n)
		}
		until(t, "all is done", func() bool { return len(list(t, d, "")) == 0 })
	})
}

// A job that kills each process that runs it does so only as often as it may.
func TestKillingJobIsSetAside(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		put(t, d, c, New{Kind: "a", MaxAttempts: 3})
		for range 3 {
			taken(t, d, c, "dead", 10)
			c.pass(time.Minute)
		}
		r := runner(d, c)
		r.Handle("a", func(context.Context, *Job) error { t.Error("it ran a fourth time"); return nil })
		start(t, r)
		until(t, "it is dead", func() bool { return only(t, d).State == Dead })
		if j := only(t, d); j.Error != errDied.Error() {
			t.Errorf("left is %+v", j)
		}
	})
}

// Leases are renewed while a job runs, so that nobody takes it.
func TestLeaseIsRenewed(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		r.Lease = 30 * time.Millisecond
		release, runs := make(chan struct{}), atomic.Int64{}
		r.Handle("a", func(context.Context, *Job) error { runs.Add(1); <-release; return nil })
		put(t, d, c, New{Kind: "a"})
		start(t, r)
		until(t, "it runs", func() bool { return runs.Load() == 1 })
		for range 5 {
			before := only(t, d).Next
			c.pass(20 * time.Millisecond)
			until(t, "it is renewed", func() bool { return only(t, d).Next.After(before) })
		}
		if other := taken(t, d, c, "other", 1); len(other) != 0 {
			t.Error("somebody else took it")
		}
		close(release)
		until(t, "it is done", func() bool { return len(list(t, d, "")) == 0 })
	})
}

// A process that was asleep finds its job taken: the handler is told, and what
// it says counts no longer.
func TestLostJob(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		running, told := make(chan *Job), make(chan error)
		r.Handle("a", func(ctx context.Context, j *Job) error {
			running <- j
			<-ctx.Done()
			told <- errors.Join(context.Cause(ctx), j.Progress(context.WithoutCancel(ctx), 1, 1, ""))
			return nil
		})
		put(t, d, c, New{Kind: "a"})
		stop := start(t, r)
		j := <-running
		inTx(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), "UPDATE job SET holder = 'other' WHERE id = $1", j.ID)
			return err
		})
		if err := r.renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-told; fmt.Sprint(err) != ErrLost.Error()+"\n"+ErrLost.Error() {
			t.Errorf("told %v", err)
		}
		stop()
		if j := only(t, d); j.State != Running || j.Attempt != 1 {
			t.Errorf("left is %+v", j)
		}
	})
}

// A process that renewed too late, but before others took its job, goes on with
// it and does not begin it a second time.
func TestOwnLeaseRanOut(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		running, release := make(chan struct{}, 9), make(chan struct{})
		defer close(release)
		r.Handle("a", func(context.Context, *Job) error { running <- struct{}{}; <-release; return nil })
		put(t, d, c, New{Kind: "a"})
		start(t, r)
		<-running
		c.pass(r.Lease)
		until(t, "it is claimed again", func() bool { return only(t, d).Attempt == 2 })
		release <- struct{}{}
		until(t, "it is done", func() bool { return len(list(t, d, "")) == 0 })
		if len(running) != 0 {
			t.Error("it ran twice")
		}
	})
}

// A job that has ended is not begun again though its lease runs out before the end
// is written.
func TestEndedIsNotBegunAgain(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		r.Gather = 500 * time.Millisecond // as long as another runs, the end of the first waits
		ran, running, release := atomic.Int64{}, make(chan struct{}, 9), make(chan struct{})
		free := sync.OnceFunc(func() { close(release) })
		defer free()
		r.Handle("a", func(context.Context, *Job) error { ran.Add(1); return nil })
		r.Handle("b", func(context.Context, *Job) error { running <- struct{}{}; <-release; return nil })
		put(t, d, c, New{Kind: "b"}, New{Kind: "a"})
		start(t, r)
		<-running
		until(t, "the other has run", func() bool { return ran.Load() > 0 })
		c.pass(r.Lease)
		until(t, "both are claimed again, or the end is written", func() bool {
			return !slices.ContainsFunc(list(t, d, ""), func(j Info) bool { return j.Attempt < 2 })
		})
		free()
		until(t, "all is done", func() bool { return len(list(t, d, "")) == 0 })
		if ran.Load() != 1 || len(running) != 0 {
			t.Errorf("they ran %d times, and %d times more", ran.Load(), len(running))
		}
	})
}

// A handler that ends after its job was lost does not settle the job, even if
// the same process has it again.
func TestLostAndTakenAgain(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		running, release := make(chan *Job), map[int]chan error{1: make(chan error), 3: make(chan error)}
		r.Handle("a", func(_ context.Context, j *Job) error { running <- j; return <-release[j.Attempt] })
		put(t, d, c, New{Kind: "a"})
		start(t, r)
		j := <-running
		inTx(t, d, func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), "UPDATE job SET holder = 'other', attempt = 2 WHERE id = $1", j.ID)
			return err
		})
		if err := r.renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.pass(r.Lease)
		<-running
		release[1] <- nil
		put(t, d, c, New{Kind: "a"}) // settled after the one that was lost
		k := <-running
		release[k.Attempt] <- nil
		until(t, "the other is done", func() bool { return len(list(t, d, "")) == 1 })
		if j := only(t, d); j.State != Running || j.Attempt != 3 {
			t.Errorf("left is %+v", j)
		}
		release[3] <- nil
		until(t, "all is done", func() bool { return len(list(t, d, "")) == 0 })
	})
}

// When the process ends, what runs is finished, what waits is given back, and
// nothing new is begun.
func TestDrain(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		r.Workers = 2
		running, release := make(chan struct{}, 20), make(chan struct{})
		r.Handle("a", func(context.Context, *Job) error { running <- struct{}{}; <-release; return nil })
		for range 8 {
			put(t, d, c, New{Kind: "a"})
		}
		ctx, cancel := context.WithCancel(t.Context())
		var ended sync.WaitGroup
		ended.Go(func() { _ = r.Run(ctx) })
		<-running
		<-running
		until(t, "some are queued", func() bool { return len(r.queue) > 0 })
		cancel()
		until(t, "the queue is given back", func() bool { return len(list(t, d, Running)) == 2 })
		close(release)
		ended.Wait()
		left := list(t, d, Waiting)
		if len(left) != 6 || len(list(t, d, "")) != 6 || len(running) != 0 {
			t.Errorf("%d are left, %d began", len(left), len(running))
		}
		for _, j := range left {
			if j.Attempt != 0 || !j.Next.Equal(c.now()) {
				t.Errorf("left is %+v", j)
			}
		}
	})
}

// After the time of grace the handlers are cut short; it does not count.
func TestDrainCutsShort(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		r := runner(d, c)
		r.Grace = time.Millisecond
		running := make(chan struct{}, 1)
		r.Handle("a", func(ctx context.Context, _ *Job) error { running <- struct{}{}; <-ctx.Done(); return ctx.Err() })
		put(t, d, c, New{Kind: "a"})
		stop := start(t, r)
		<-running
		stop()
		if j := only(t, d); j.State != Waiting || j.Attempt != 0 || j.Error != "" {
			t.Errorf("left is %+v", j)
		}
	})
}

// While the database is away the runner waits; then all is done.
func TestDatabaseAway(t *testing.T) {
	name := fmt.Sprint("jobs-away-", os.Getpid())
	c := newClock()
	d := dbtest.Open(t, db.Config{URL: dbtest.PostgresURL(t) + "&application_name=" + name}, Schema)
	r := runner(d, c)
	var done sync.Map
	r.Handle("a", func(_ context.Context, j *Job) error { done.Store(string(j.Payload), true); return nil })
	start(t, r)
	end := "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()"
	for i := range 200 {
		for d.InTx(t.Context(), func(tx *db.Tx) error { return Add(t.Context(), tx, c.now(), New{Kind: "a", Payload: i}) }) != nil {
			t.Log("not added, once more")
		}
		if i%20 == 0 {
			rows, err := d.Reader().Query(t.Context(), end, name)
			if err == nil {
				_ = rows.Close()
			}
		}
	}
	c.pass(time.Minute) // what was claimed and not written is due again
	until(t, "all is done", func() bool {
		jobs, err := List(t.Context(), d.Reader(), "", 0, 1000)
		return err == nil && len(jobs) == 0
	})
	for i := range 200 {
		if _, ok := done.Load(fmt.Sprint(i)); !ok {
			t.Errorf("job %d was not done", i)
		}
	}
}

var effects = db.Schema{Room: "effect", Files: fstest.MapFS{"0001_effect.sql": {Data: []byte(
	"CREATE TABLE effect (job BIGINT NOT NULL PRIMARY KEY, times BIGINT NOT NULL);")}}}

// However often the process is killed, each job that was committed is done.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("REGULARS_TEST_KILLED"); dir != "" {
		workUntilKilled(t, dir)
	}
	dir, added := t.TempDir(), 0
	for life := range 4 {
		child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
		child.Env = append(os.Environ(), "REGULARS_TEST_KILLED="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		for range 10 + 9*life {
			if _, err := fmt.Fscanln(out, &added); err != nil {
				t.Fatal(err)
			}
		}
		_ = child.Process.Kill()
		_ = child.Wait()
	}
	c := newClock()
	d := dbtest.Open(t, db.Config{Dir: dir}, Schema, effects)
	c.pass(time.Hour)
	start(t, effective(d, c))
	until(t, "all is done", func() bool { return len(list(t, d, "")) == 0 })
	var jobs int
	if err := d.Reader().QueryRow(t.Context(), "SELECT COUNT(*) FROM effect").Scan(&jobs); err != nil || jobs < added {
		t.Errorf("%d jobs were done, %d were added; %v", jobs, added, err)
	}
}

// effective returns a runner whose jobs leave a mark.
func effective(d *db.DB, c *clock) *Runner {
	r := runner(d, c)
	r.Handle("a", func(ctx context.Context, j *Job) error {
		return d.InTx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, "INSERT INTO effect (job, times) VALUES ($1, 1) ON CONFLICT (job) DO UPDATE SET times = effect.times + 1", j.ID)
			return err
		})
	})
	return r
}

func workUntilKilled(t *testing.T, dir string) {
	c := newClock()
	d := dbtest.Open(t, db.Config{Dir: dir}, Schema, effects)
	var added int
	if err := d.Reader().QueryRow(t.Context(), "SELECT (SELECT COUNT(*) FROM effect) + (SELECT COUNT(*) FROM job WHERE id NOT IN (SELECT job FROM effect))").Scan(&added); err != nil {
		t.Fatal(err)
	}
	start(t, effective(d, c))
	for {
		put(t, d, c, New{Kind: "a"}, New{Kind: "a"}, New{Kind: "a"})
		added += 3
		fmt.Println(added)
	}
}

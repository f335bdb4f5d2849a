package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// lists joins payloads that are lists.
func lists(payloads [][]byte) ([]byte, error) {
	var all []json.RawMessage
	for _, p := range payloads {
		var some []json.RawMessage
		if err := json.Unmarshal(p, &some); err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return json.Marshal(all)
}

// TestJobsOfABurstAreDoneTogether: what waits side by side comes in few calls, in
// its order, each part once; other kinds and what is too large come alone.
func TestJobsOfABurstAreDoneTogether(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		const total = 200
		var mu sync.Mutex
		var calls int
		var got []int
		var alone []string
		r := runner(d, c)
		r.Together("list", lists)
		r.Handle("list", func(_ context.Context, j *Job) error {
			var some []int
			err := j.Read(&some)
			mu.Lock()
			defer mu.Unlock()
			if !slices.IsSorted(some) {
				t.Errorf("they came as %v", some)
			}
			calls, got = calls+1, append(got, some...)
			return err
		})
		r.Handle("word", func(_ context.Context, j *Job) error {
			mu.Lock()
			defer mu.Unlock()
			alone = append(alone, string(j.Payload[:min(len(j.Payload), 10)]))
			return nil
		})
		var waiting []New
		for n := range total {
			waiting = append(waiting, New{Kind: "list", Payload: []int{n}})
			if n%50 == 0 {
				waiting = append(waiting, New{Kind: "word", Payload: fmt.Sprint("w", n)})
			}
		}
		put(t, d, c, waiting...)
		start(t, r)
		until(t, "all are done", func() bool { return len(list(t, d, "")) == 0 })
		mu.Lock()
		defer mu.Unlock()
		slices.Sort(got)
		if len(got) != total || got[0] != 0 || got[total-1] != total-1 || len(slices.Compact(got)) != total {
			t.Errorf("%d numbers came: %v", len(got), got)
		}
		if calls > total/10 {
			t.Errorf("%d jobs of a burst took %d calls", total, calls)
		}
		if len(alone) != total/50 {
			t.Errorf("the others came as %q", alone)
		}
	})
}

// TestOneBadJobDoesNotHoldUpTheOthers: those that failed together are done alone,
// and only the bad one is set aside in the end.
func TestOneBadJobDoesNotHoldUpTheOthers(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, c *clock) {
		var mu sync.Mutex
		done := map[int]int{}
		r := runner(d, c)
		r.Lease = 24 * time.Hour
		r.Together("list", lists)
		r.Handle("list", func(_ context.Context, j *Job) error {
			if bytes.Contains(j.Payload, []byte("13")) {
				return errHandler
			}
			var some []int
			err := j.Read(&some)
			mu.Lock()
			defer mu.Unlock()
			for _, n := range some {
				done[n]++
			}
			return err
		})
		var waiting []New
		for n := range 30 {
			waiting = append(waiting, New{Kind: "list", Payload: []int{n}, MaxAttempts: 3})
		}
		put(t, d, c, waiting...)
		start(t, r)
		until(t, "one is left, and dead", func() bool {
			c.pass(time.Second)
			left := list(t, d, "")
			return len(left) == 1 && left[0].State == Dead
		})
		mu.Lock()
		defer mu.Unlock()
		for n := range 30 {
			if want := 1; n != 13 && done[n] != want || n == 13 && done[n] != 0 {
				t.Errorf("number %d was done %d times", n, done[n])
			}
		}
	})
}

// TestWhatIsLaidTogether: jobs of a kind within the bound, in their order; none that
// has failed before, and none that is held already.
func TestWhatIsLaidTogether(t *testing.T) {
	c := newClock()
	r := runner(nil, c)
	r.Together("list", lists)
	job := func(n int64, kind string, attempt, size int) *Job {
		return &Job{ID: id.ID(n), Kind: kind, Attempt: attempt, Payload: make([]byte, size)}
	}
	r.hold(job(4, "list", 1, 10))
	got := r.tasks([]*Job{
		job(9, "list", 1, 100), job(1, "list", 1, together-10), job(2, "word", 1, 10), job(3, "list", 1, 10), job(4, "list", 1, 10),
		job(5, "list", 2, 10), job(6, "list", 1, 11), job(7, "word", 1, 10), job(8, "list", 1, 2*together),
	})
	var ids [][]id.ID
	for _, t := range got {
		var some []id.ID
		for _, j := range t {
			some = append(some, j.ID)
		}
		ids = append(ids, some)
	}
	if want := [][]id.ID{{1, 3}, {2}, {5}, {6}, {7}, {8}, {9}}; !slices.EqualFunc(ids, want, slices.Equal) {
		t.Errorf("laid together: %v, want %v", ids, want)
	}
}

package flow

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"

	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
)

// TestNewsReachEveryReader: a batch leaves one job for all readers; one that
// fails is told again alone, and the others are not.
func TestNewsReachEveryReader(t *testing.T) {
	readers := []string{"insight", "webhook", "pool"}
	each(t, plan{news: true, lanes: 1}, func(h *house) { // in one batch
		ctx := context.Background()
		waiting := func() []jobs.Info {
			list, err := jobs.List(ctx, h.db.Reader(), jobs.Waiting, 0, 10)
			h.ok(err)
			return list
		}
		h.must(h.buys("1", "ann", noon, 10_00), h.buys("2", "bob", noon, 10_00))
		left := waiting()
		if len(left) != 1 || left[0].Kind != NewsJob {
			h.Fatalf("left: %+v", left)
		}
		heard := map[string]int{}
		do := map[string]jobs.Handler{}
		for _, kind := range readers {
			do[kind] = func(_ context.Context, j *jobs.Job) error {
				var told Committed
				h.ok(j.Read(&told))
				heard[kind] += len(told.Events)
				if kind == "webhook" {
					return errors.New("the other side is away")
				}
				return nil
			}
		}
		spread := Spread(h.db, h.now, quiet(), readers, do)
		for range 2 { // as after a crash
			h.ok(spread(ctx, &jobs.Job{ID: left[0].ID, Kind: NewsJob, Payload: left[0].Payload}))
		}
		if want := map[string]int{"insight": 4, "webhook": 4, "pool": 4}; !maps.Equal(heard, want) {
			h.Errorf("heard of %v events, want %v", heard, want)
		}
		kinds := func() (k []string) {
			for _, j := range waiting() {
				k = append(k, j.Kind)
			}
			return slices.Sorted(slices.Values(k))
		}
		if got := kinds(); !slices.Equal(got, []string{NewsJob, "webhook"}) {
			h.Errorf("waiting: %v", got)
		}
		gone, cancel := context.WithCancelCause(ctx)
		cancel(errors.New("the process ends"))
		if err := spread(gone, &jobs.Job{ID: left[0].ID + 1, Payload: left[0].Payload}); err == nil {
			h.Error("news that were cut short count as told")
		}
		if got := kinds(); len(got) != 2 {
			h.Errorf("waiting after one was cut short: %v", got)
		}
	})
}

// TestNewsOfSeveralBatchesAreJoined in the order of the batches, and a payload that
// cannot be read is told.
func TestNewsOfSeveralBatchesAreJoined(t *testing.T) {
	news := func(ids ...id.ID) []byte {
		var c Committed
		for _, n := range ids {
			c.Events = append(c.Events, CommittedEvent{ProgrammeID: 1, MemberID: 2, ID: n, Kind: journal.Purchase})
		}
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	got, err := JoinNews([][]byte{news(3, 4), news(), news(5)})
	if err != nil || string(got) != string(news(3, 4, 5)) {
		t.Errorf("joined: %s, %v", got, err)
	}
	if _, err := JoinNews([][]byte{news(3), []byte("{")}); err == nil {
		t.Error("what cannot be read was joined")
	}
}

package flow

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"regulars/internal/earn"
	"regulars/internal/fault"
)

// TestStatementsDoNotGrow counts what a request of one purchase and one of 256
// send to the database, with readers, limits and ranks on: new customers and
// known ones, repeated events and returns.
func TestStatementsDoNotGrow(t *testing.T) {
	p := plan{lanes: 1, news: true, spec: func(s *earn.Spec) {
		s.Caps = []earn.Cap{{Period: earn.Day, Points: 1000}, {Period: earn.Year, Times: 500}}
		s.Budget = earn.Budget{Points: 1_000_000}
	}}
	each(t, p, func(h *house) {
		h.addLadder("visits", "visits", nil)
		numbers := 0
		send := func(n int, make func(number, who string) *Event) uint64 {
			events := []*Event{}
			for i := range n {
				numbers++
				events = append(events, make(fmt.Sprint(numbers), fmt.Sprint("customer ", i)))
			}
			before := h.db.Statements()
			h.must(events...)
			return h.db.Statements() - before
		}
		buy := func(number, who string) *Event { return h.buys(number, who, noon, 5_00, 6_00) }
		for name, make := range map[string]func(number, who string) *Event{
			"purchases": buy,
			"guests":    func(number, _ string) *Event { return buy(number, "") },
			"returns":   func(number, who string) *Event { return h.returns(number, who, "", noon, "a") },
			"repeated":  func(_, who string) *Event { return buy(who, who) },
			"late":      func(number, who string) *Event { return h.buys(number, who, noon.Add(-days(40)), 1_00) },
		} {
			send(256, make) // fills caches, meets everybody
			send(1, make)
			if one, many := send(1, make), send(256, make); one != many {
				h.Errorf("%s: one event takes %d statements, 256 take %d", name, one, many)
			}
		}
		h.clean()
	})
}

// TestCallersShareCommits lets 64 callers wait for one writer: what waits is
// committed together.
func TestCallersShareCommits(t *testing.T) {
	each(t, plan{lanes: 1}, func(h *house) {
		lane := h.flow.lanes.all[0]
		run, entered, open := lane.run, make(chan struct{}), make(chan struct{})
		var sizes []int
		lane.run = func(ctx context.Context, events []*Event) []Result {
			if sizes = append(sizes, len(events)); len(sizes) == 1 {
				close(entered)
				<-open
			}
			return run(ctx, events)
		}
		var all sync.WaitGroup
		take := func(i int) {
			if _, err := h.flow.TakeOne(context.Background(), h.buys(fmt.Sprint(i), fmt.Sprint(i), noon, 1_00)); err != nil {
				h.Error(err)
			}
		}
		all.Go(func() { take(0) })
		<-entered
		var waits []func() ([]Result, error)
		for i := range 63 {
			wait, err := h.flow.Submit(context.Background(), []*Event{h.buys(fmt.Sprint(i+1), fmt.Sprint(i), noon, 1_00)})
			h.ok(err)
			waits = append(waits, wait)
		}
		close(open)
		all.Wait()
		for _, wait := range waits {
			if r, err := wait(); err != nil || r[0].Err != nil {
				h.Error(err, r)
			}
		}
		if len(sizes) != 2 || sizes[1] != 63 {
			h.Errorf("64 callers made batches of %v", sizes)
		}
		h.clean()
	})
}

// echo answers every event at once, or when it is let.
func echo(let chan struct{}) func(context.Context, []*Event) []Result {
	return func(_ context.Context, events []*Event) []Result {
		if let != nil {
			<-let
		}
		results := make([]Result, len(events))
		for i, e := range events {
			results[i].Err = errors.New(e.ExternalID)
		}
		return results
	}
}

// TestFullQueueIsBusy fills a lane; who comes then is told so at once, and who
// waits is answered.
func TestFullQueueIsBusy(t *testing.T) {
	let := make(chan struct{})
	ls := newLanes(1, echo(let))
	ctx := context.Background()
	var waits []func() ([]Result, error)
	for {
		wait, err := ls.submit(ctx, []*Event{{ExternalID: fmt.Sprint(len(waits))}}, []string{""})
		if err != nil {
			if f := fault.As(err); f == nil || f.Kind != fault.KindBusy {
				t.Errorf("a full queue says %v", err)
			}
			break
		}
		waits = append(waits, wait)
	}
	if len(waits) < maxQueue || len(waits) > maxQueue+maxBatch {
		t.Errorf("%d requests were let in", len(waits))
	}
	close(let)
	ls.close()
	for i, wait := range waits {
		if r, err := wait(); err != nil || r[0].Err.Error() != fmt.Sprint(i) {
			t.Fatalf("request %d was answered %v, %v", i, r, err)
		}
	}
	if _, err := ls.submit(ctx, []*Event{{}}, []string{""}); fault.As(err) == nil || fault.As(err).Code != "stopping" {
		t.Errorf("closed lanes say %v", err)
	}
	ls.close() // again
}

// TestWhoHasGoneIsNotServed drops what a caller gave up before it was begun.
func TestWhoHasGoneIsNotServed(t *testing.T) {
	let := make(chan struct{})
	ls := newLanes(1, echo(let))
	first, err := ls.submit(context.Background(), []*Event{{ExternalID: "first"}}, []string{""})
	if err != nil {
		t.Fatal(err)
	}
	let <- struct{}{} // the first has begun, so the second is in another batch
	ctx, leave := context.WithCancel(context.Background())
	leave()
	second, err := ls.submit(ctx, []*Event{{ExternalID: "second"}}, []string{""})
	if err != nil {
		t.Fatal(err)
	}
	close(let)
	ls.close()
	if r, err := first(); err != nil || len(r) != 1 {
		t.Errorf("who stayed is answered %v, %v", r, err)
	}
	if _, err := second(); !errors.Is(err, context.Canceled) {
		t.Errorf("who has gone is answered %v", err)
	}
}

// TestAnswersComeInOrder spreads a request over lanes and puts the answers back
// together.
func TestAnswersComeInOrder(t *testing.T) {
	ls := newLanes(4, echo(nil))
	defer ls.close()
	events := make([]*Event, 200)
	for i := range events {
		events[i] = &Event{ExternalID: fmt.Sprint(i)}
	}
	wait, err := ls.submit(context.Background(), events, laneKeys(events, nil))
	if err != nil {
		t.Fatal(err)
	}
	results, err := wait()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results {
		if r.Err.Error() != fmt.Sprint(i) {
			t.Fatalf("answer %d is that of %v", i, r.Err)
		}
	}
}

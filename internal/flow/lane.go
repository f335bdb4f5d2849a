package flow

import (
	"context"
	"hash/maphash"
	"sync"

	"regulars/internal/fault"
)

// maxBatch bounds the events that one transaction commits together.
const maxBatch = 256

// maxQueue bounds the requests that wait in a lane; beyond it the answer is
// "busy" at once, which costs less than letting everybody wait.
const maxQueue = 4096

// request is what one caller waits for: some events and their answers.
type request struct {
	ctx     context.Context
	events  []*Event
	answers []Result
	gone    bool // the caller left before its events were begun
	done    chan struct{}
}

// lane commits together what is already waiting, never waiting on purpose.
type lane struct {
	queue chan *request
	run   func(ctx context.Context, events []*Event) []Result
}

func newLane(run func(context.Context, []*Event) []Result) *lane {
	return &lane{queue: make(chan *request, maxQueue), run: run}
}

// serve takes requests until the queue is closed.
func (l *lane) serve(ctx context.Context) {
	for first := range l.queue {
		l.commit(ctx, l.gather(first))
	}
}

// gather returns first and whatever else is waiting, up to maxBatch events.
func (l *lane) gather(first *request) []*request {
	batch, n := []*request{first}, len(first.events)
	for n < maxBatch {
		select {
		case r, open := <-l.queue:
			if !open {
				return batch
			}
			batch = append(batch, r)
			n += len(r.events)
		default:
			return batch
		}
	}
	return batch
}

// commit runs the events of the requests as one batch and hands each request
// its answers. A request whose caller has gone before it began is not run.
func (l *lane) commit(ctx context.Context, batch []*request) {
	events := make([]*Event, 0, len(batch))
	for _, r := range batch {
		if r.gone = r.ctx.Err() != nil; !r.gone {
			events = append(events, r.events...)
		}
	}
	results := l.run(ctx, events)
	for _, r := range batch {
		if !r.gone {
			r.answers, results = results[:len(r.events)], results[len(r.events):]
		}
		close(r.done)
	}
}

// lanes spread events over committers so that one customer's events keep to
// one lane.
type lanes struct {
	all  []*lane
	seed maphash.Seed
	stop sync.WaitGroup

	mu     sync.RWMutex
	closed bool
}

func newLanes(n int, run func(context.Context, []*Event) []Result) *lanes {
	ls := &lanes{seed: maphash.MakeSeed()}
	for range n {
		ls.all = append(ls.all, newLane(run))
	}
	// Committers outlive the callers' contexts: what is queued is committed.
	for _, l := range ls.all {
		ls.stop.Go(func() { l.serve(context.Background()) })
	}
	return ls
}

// submit queues the events; those with the same key keep their order. The
// function returned waits for their answers, which come in the order of the
// events.
func (ls *lanes) submit(ctx context.Context, events []*Event, keys []string) (wait func() ([]Result, error), err error) {
	parts := ls.part(events, keys)
	requests := make([]*request, len(parts))
	for i, p := range parts {
		if len(p.events) == 0 {
			continue
		}
		requests[i] = &request{ctx: ctx, events: p.events, done: make(chan struct{})}
		if err := ls.enqueue(ls.all[i], requests[i]); err != nil {
			return nil, err
		}
	}
	return func() ([]Result, error) {
		results := make([]Result, len(events))
		for i, r := range requests {
			if r == nil {
				continue
			}
			<-r.done
			if r.gone {
				return nil, ctx.Err()
			}
			for k, a := range r.answers {
				results[parts[i].at[k]] = a
			}
		}
		return results, nil
	}, nil
}

func (ls *lanes) enqueue(l *lane, r *request) error {
	ls.mu.RLock()
	defer ls.mu.RUnlock()
	if ls.closed {
		return fault.Busy("stopping", "the server is stopping; send the event again in a moment")
	}
	select {
	case l.queue <- r:
		return nil
	default:
		return fault.Busy("too_many_waiting", "too many events are waiting; send this one again in a second")
	}
}

type lanePart struct {
	events []*Event
	at     []int // position of each event in the request
}

func (ls *lanes) part(events []*Event, keys []string) []lanePart {
	parts := make([]lanePart, len(ls.all))
	for i, e := range events {
		n := int(maphash.String(ls.seed, keys[i]) % uint64(len(ls.all)))
		parts[n].events = append(parts[n].events, e)
		parts[n].at = append(parts[n].at, i)
	}
	return parts
}

// close lets what is queued finish and then returns.
func (ls *lanes) close() {
	ls.mu.Lock()
	if !ls.closed {
		ls.closed = true
		for _, l := range ls.all {
			close(l.queue)
		}
	}
	ls.mu.Unlock()
	ls.stop.Wait()
}

package bench

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// run is what a load met with.
type run struct {
	took      time.Duration
	latencies []time.Duration // in order of length
}

// rate returns requests per second.
func (r run) rate() float64 { return perSecond(int64(len(r.latencies)), r.took) }

// quantile returns the latency that the share q of the requests did not
// exceed; 0 when there were none.
func (r run) quantile(q float64) time.Duration {
	if len(r.latencies) == 0 {
		return 0
	}
	at := int(q * float64(len(r.latencies)))
	return r.latencies[min(at, len(r.latencies)-1)]
}

func perSecond(n int64, took time.Duration) float64 {
	if took <= 0 {
		return 0
	}
	return float64(n) / took.Seconds()
}

// closed lets so many clients ask one request after another for a while. The
// n-th request, counted over all clients, is made by next.
func (b *Bench) closed(ctx context.Context, addr string, clients int, next func(client, n int) []byte) (run, error) {
	ctx, cancel := context.WithTimeout(ctx, b.Options.Duration)
	defer cancel()
	var count atomic.Int64
	return b.drive(addr, clients, func(c *client, who int) (list []time.Duration, err error) {
		for ctx.Err() == nil && err == nil {
			request := next(who, int(count.Add(1)))
			sent := b.Now()
			err = c.ask(request)
			list = append(list, b.Now().Sub(sent))
		}
		return list, err
	})
}

// paced sends so many requests a second, evenly, whether or not earlier ones
// were answered in time: a latency counts from when its request was due. Only
// those that counts says yes to are kept.
func (b *Bench) paced(ctx context.Context, addr string, clients, rate int, next func(client, n int) (request []byte, counts bool)) (run, error) {
	begun, gap := b.Now(), time.Second/time.Duration(rate)
	total := int64(b.Options.Duration / gap)
	var count atomic.Int64
	return b.drive(addr, clients, func(c *client, who int) (list []time.Duration, err error) {
		for n := count.Add(1); n <= total && err == nil && ctx.Err() == nil; n = count.Add(1) {
			request, counts := next(who, int(n))
			due := begun.Add(time.Duration(n) * gap)
			b.Sleep(due.Sub(b.Now()))
			err = c.ask(request)
			if counts {
				list = append(list, b.Now().Sub(due))
			}
		}
		return list, err
	})
}

// drive runs a load on so many connections and gathers its latencies.
func (b *Bench) drive(addr string, clients int, load func(c *client, who int) ([]time.Duration, error)) (run, error) {
	connections := make([]*client, clients)
	for i := range connections {
		c, err := dial(addr)
		if err != nil {
			return run{}, err
		}
		defer c.close()
		connections[i] = c
	}
	lists, errs := make([][]time.Duration, clients), make([]error, clients)
	var wait sync.WaitGroup
	begun := b.Now()
	for i, c := range connections {
		wait.Go(func() { lists[i], errs[i] = load(c, i) })
	}
	wait.Wait()
	r := run{took: b.Now().Sub(begun), latencies: slices.Concat(lists...)}
	slices.Sort(r.latencies)
	return r, errors.Join(errs...)
}

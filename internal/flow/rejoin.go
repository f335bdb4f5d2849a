package flow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"regulars/internal/id"
	"regulars/internal/journal"
)

// settleWaiting applies the returns that waited for a sale, now that it came:
// those of this batch and those from before. The sale is answered with what is
// left after them.
func (b *batch) settleWaiting(sold *item) (again bool) {
	key := sold.event.key()
	back := append(b.waitingFor(key), b.arrivedFor(key)...)
	for _, it := range back {
		it.sold, it.acct, it.state = sold.id, sold.acct, open
		it.occurred = later(it.occurred, sold.occurred)
		b.settle(it)
		again = again || it.state == refused
	}
	if len(back) > 0 {
		sold.acct.stand(&sold.answer)
	}
	return again
}

func (b *batch) waitingFor(key journal.Key) []*item {
	var found []*item
	for _, it := range b.items {
		if it.state == parked && it.cited() == key {
			found = append(found, it)
		}
	}
	return found
}

func (b *batch) arrivedFor(key journal.Key) []*item {
	var found []*item
	for _, it := range b.arrived {
		if it.cited() == key {
			found = append(found, it)
		}
	}
	return found
}

// come returns the return with this id if its sale came in this batch, or nil.
func (b *batch) come(event id.ID) *item {
	i := slices.IndexFunc(b.arrived, func(it *item) bool { return it.id == event && it.state == settled })
	if i < 0 {
		return nil
	}
	return b.arrived[i]
}

// crossings are the sales of this batch, and those for which returns of it
// wait. Another lane or process may have taken the other half at this very
// moment: each of the two looks again after its commit, so that one of them
// sees both.
func (b *batch) crossings() []journal.Key {
	var keys []journal.Key
	for _, it := range b.items {
		switch {
		case it.state == parked:
			keys = append(keys, it.cited())
		case it.state == settled && it.event.Kind == journal.Purchase:
			keys = append(keys, it.event.key())
		}
	}
	return keys
}

// rejoin applies the returns that wait for one of these sales though it has
// come. What fails here is left to the next sweep.
func (s *Service) rejoin(ctx context.Context, sales []journal.Key) {
	if len(sales) == 0 {
		return
	}
	missed, err := journal.Missed(ctx, s.db.Reader(), sales...)
	if err == nil && len(missed) > 0 {
		err = s.apply(ctx, missed)
	}
	if err != nil {
		s.log.Warn("returns wait though their sales have come; the sweep will apply them", "error", err)
	}
}

// apply lets the returns come that wait for sales which are there.
func (s *Service) apply(ctx context.Context, sales []journal.Key) error {
	spoiled := map[id.ID]bool{}
	var err error
	for tries := 0; tries < attempts; {
		b := s.newBatch(spoiled)
		b.wake = sales
		if err = b.commit(ctx, nil); errors.Is(err, errAgain) {
			continue // one return fewer
		}
		if tries++; err == nil || !again(err) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("applying returns whose sales came unseen: %w", err)
	}
	return nil
}

// rejoinAll applies every return that was missed, as when a process ended
// between its commit and its second look.
func (s *Service) rejoinAll(ctx context.Context) error {
	missed, err := journal.Missed(ctx, s.db.Reader())
	if err != nil {
		return err
	}
	for part := range slices.Chunk(missed, maxBatch) {
		if err := s.apply(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

package flow

import (
	"context"
	"errors"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/journal"
)

// errQuoted ends the transaction of a quote, so that it changes nothing.
var errQuoted = errors.New("a quote changes nothing")

// Quote says what would become of a purchase or a return if it were taken now,
// by the very decision that would take it, and changes nothing: what each line
// costs, what offers and codes take off and why others do not, what pays, the
// points that it would earn; of a return, how it would be paid back and which
// points it would take. It needs events.write, as who may quote may sell. The
// event may have been taken before; its quote is then what it came to.
func (s *Service) Quote(ctx context.Context, e *Event) (Answer, error) {
	return s.quoted(ctx, e, nil, nil)
}

// QuoteAfter is Quote of a purchase as it would be once points had been passed
// on. Of those nothing stays either. Passing them on needs points.transfer.
func (s *Service) QuoteAfter(ctx context.Context, a auth.Actor, passed []Transfer, e *Event) (Answer, error) {
	for i := range passed {
		if err := passed[i].refuse(a); err != nil {
			return Answer{}, err
		}
	}
	return s.quoted(ctx, e, func(tx *db.Tx) error {
		for i := range passed {
			if _, err := s.transfer(ctx, tx, a, &passed[i]); err != nil {
				return err
			}
		}
		return nil
	}, nil)
}

// quoted decides a purchase or a return without taking it. Where there is
// something to do first, it counts; where there is something to do then, it and
// nothing else is kept. Without either it only reads, beside all that is sold
// meanwhile.
func (s *Service) quoted(ctx context.Context, e *Event, first func(*db.Tx) error, then func(*batch, *item) error) (Answer, error) {
	if e.Kind != journal.Purchase && (e.Kind != journal.Return || then != nil) {
		return Answer{}, fault.Invalid("quote_without_purchase", "only a purchase or a return can be quoted, and only a purchase can hold").At("/kind")
	}
	if err := s.admit(ctx, e); err != nil {
		return Answer{}, err
	}
	for tries := 1; ; tries++ {
		result, err := s.quote(ctx, e, first, then)
		if err == nil || tries == attempts || !again(err) {
			return result.Answer, errors.Join(err, result.Err)
		}
	}
}

func (s *Service) quote(ctx context.Context, e *Event, first func(*db.Tx) error, then func(*batch, *item) error) (Result, error) {
	b := s.newBatch(nil)
	it := &item{event: e, quoted: true, keeps: then != nil}
	b.items = []*item{it}
	in := s.db.InTx
	if first == nil && then == nil {
		in = s.db.Rehearse
	}
	err := in(ctx, func(tx *db.Tx) error {
		b.tx = tx
		if first != nil {
			if err := first(tx); err != nil {
				return err
			}
		}
		if err := b.load(ctx); err != nil {
			return err
		}
		b.decide()
		if then != nil {
			return then(b, it)
		}
		return errQuoted
	})
	if err != nil && !errors.Is(err, errQuoted) {
		return Result{}, err
	}
	results := []Result{{it.answer, it.err}}
	return results[0], b.recall(ctx, results)
}

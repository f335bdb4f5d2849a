package flow

import (
	"context"
	"errors"

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
	return s.quoted(ctx, e, nil)
}

// quoted decides a purchase or a return without taking it, and lets then, if there is one,
// do something else that is kept.
func (s *Service) quoted(ctx context.Context, e *Event, then func(*batch, *item) error) (Answer, error) {
	if e.Kind != journal.Purchase && (e.Kind != journal.Return || then != nil) {
		return Answer{}, fault.Invalid("quote_without_purchase", "only a purchase or a return can be quoted, and only a purchase can hold").At("/kind")
	}
	if err := s.admit(ctx, e); err != nil {
		return Answer{}, err
	}
	for tries := 1; ; tries++ {
		result, err := s.quote(ctx, e, then)
		if err == nil || tries == attempts || !again(err) {
			return result.Answer, errors.Join(err, result.Err)
		}
	}
}

func (s *Service) quote(ctx context.Context, e *Event, then func(*batch, *item) error) (Result, error) {
	b := s.newBatch(nil)
	it := &item{event: e, quoted: true, keeps: then != nil}
	b.items = []*item{it}
	err := s.db.InTx(ctx, func(tx *db.Tx) error {
		b.tx = tx
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

package flow

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
)

// batch is the work of one transaction.
type batch struct {
	s     *Service
	tx    *db.Tx
	sets  map[id.ID]*setup
	items []*item
	// byKey finds the events of this batch by their keys.
	byKey map[journal.Key]*item
	// known are the events that were taken before, among those of this batch
	// and the sales that they cite.
	known map[journal.Key]journal.Same
	// accounts by the member that survives merges; order is that in which they
	// were met.
	accounts map[id.ID]*account
	order    []*account
	byPerson map[person]*account
	attached []member.Owned
	// arrived are waiting returns whose sale has come in this batch.
	arrived []*item
	// spoiled are waiting returns that were refused when their sale came, in an
	// earlier run of this batch: they wait on, for somebody to look at them.
	spoiled map[id.ID]bool
	back    []*journal.Waiting
	// wake names sales that have come, whose waiting returns are to be applied.
	wake []journal.Key
	// budgets are what rules with a budget have given everybody.
	budgets earn.Budgets
	// offerBudgets and shopBudgets are likewise those of offers; cards pay, or
	// paid for what comes back.
	offerBudgets promo.Budgets
	shopBudgets  promo.ShopBudgets
	cards        map[id.ID]*giftcard.Card
	// stocks are those of rewards that are taken or come back, redemptions
	// those that are undone.
	// codes are those presented or held for sales of the batch, openSales what
	// is held for them; released are codes held that their sale did not use.
	codes       map[promo.CodeKey]*promo.Code
	openSales   map[sale.HoldKey]*openSale
	stocks      reward.Stocks
	redemptions map[id.ID]*reward.Redemption
	// stained are the accounts that refused events may have left changed in
	// memory; till says that so may what sales share be.
	stained     map[*account]bool
	stainedTill bool
}

type person struct {
	programme id.ID
	member.Identity
}

// errAgain says that an event was refused while it was being decided, so that
// its account is in an unknown state: the batch is run again without it.
var errAgain = errors.New("an event was refused half-way; run the others again")

// attempts bounds how often one event is tried when the database asks for it,
// patience how often a batch is run again without those that were refused.
const (
	attempts = 5
	patience = 8
)

// run takes the events in one transaction. If that fails each is run by
// itself, so that a bad one fails alone; likewise if too many of its events are
// refused one after the other.
func (s *Service) run(ctx context.Context, events []*Event) []Result {
	refusals, spoiled := make([]error, len(events)), map[id.ID]bool{}
	var err error
	for tries, fewer := 0, 0; tries < attempts && (fewer < patience || len(events) == 1); {
		var results []Result
		if results, err = s.attempt(ctx, events, refusals, spoiled); err == nil {
			return results
		}
		if errors.Is(err, errAgain) {
			fewer++
			continue
		}
		if tries++; !again(err) {
			break
		}
	}
	if len(events) == 1 {
		return []Result{{Err: err}}
	}
	if !errors.Is(err, errAgain) {
		s.log.Warn("a batch failed; its events are run one by one", "events", len(events), "error", err)
	}
	results := make([]Result, 0, len(events))
	for i := range events {
		results = append(results, s.run(ctx, events[i:i+1])...)
	}
	return results
}

// moved are the faults of limits that members share, when others were quicker
// to use what was there.
var moved = []string{
	"budget_moved", "offer_budget_moved", "code_moved", "card_moved", "reward_stock_moved", "pickup_code_moved", "redemption_moved",
	"hold_moved",
}

// again reports whether the same events may succeed when they are tried once
// more: the database asked for it, or another process was quicker with the same
// key, identity or budget.
func again(err error) bool {
	if f := fault.As(err); f != nil && slices.Contains(moved, f.Code) {
		return true
	}
	return db.Retryable(err) || errors.Is(err, journal.ErrTaken) || errors.Is(err, member.ErrTaken)
}

// attempt runs the events but those refused before. New refusals that need
// the batch to be run again are noted in refusals.
func (s *Service) attempt(ctx context.Context, events []*Event, refusals []error, spoiled map[id.ID]bool) (results []Result, err error) {
	if len(events) == 0 {
		return nil, nil
	}
	defer func() { // a slip of ours in one event must not stop the others
		if p := recover(); p != nil {
			s.log.Error("taking events panicked", "panic", p, "stack", string(debug.Stack()))
			results, err = nil, fmt.Errorf("panic: %v", p)
		}
	}()
	b := s.newBatch(spoiled)
	for i, e := range events {
		it := &item{event: e}
		if refusals[i] != nil {
			it.refuse(refusals[i])
		}
		b.items = append(b.items, it)
	}
	err = b.commit(ctx, refusals)
	if rows := b.refusedOffline(); len(rows) > 0 {
		if err := s.noteRefused(ctx, rows); err != nil {
			return nil, err
		}
	}
	results = make([]Result, len(events))
	for i, it := range b.items {
		results[i] = Result{it.answer, it.err}
		if errors.Is(err, errAgain) && it.state == refused && !it.unsure {
			refusals[i] = it.err
		}
	}
	if err != nil {
		return nil, err
	}
	if s.db.Dialect() == db.Postgres {
		s.rejoin(ctx, b.crossings())
	}
	return results, b.recall(ctx, results)
}

func (s *Service) newBatch(spoiled map[id.ID]bool) *batch {
	return &batch{s: s, spoiled: spoiled, byKey: map[journal.Key]*item{}, accounts: map[id.ID]*account{}, byPerson: map[person]*account{}, stained: map[*account]bool{}}
}

// commit does the work of the batch in one transaction.
func (b *batch) commit(ctx context.Context, refusals []error) error {
	err := b.s.db.InTx(ctx, func(tx *db.Tx) error {
		b.tx = tx
		if err := b.load(ctx); err != nil {
			return err
		}
		if halfway := b.decide(); halfway || b.strands(refusals) {
			return errAgain
		}
		return tx.Together(ctx, func() error { return b.write(ctx) })
	})
	for _, it := range b.arrived {
		if it.state == refused && !it.unsure {
			b.spoiled[it.id] = true
			b.s.log.Error("a waiting return could not be applied", "event", it.id.In(id.Event), "error", it.err)
		}
	}
	return err
}

// strands reports whether an event was refused only now though returns may wait
// for it: they have been taken off the list, which must be undone.
func (b *batch) strands(before []error) bool {
	if len(b.arrived) == 0 {
		return false
	}
	for i, it := range b.items {
		if it.state == refused && before[i] == nil {
			return true
		}
	}
	return false
}

// decide settles the events in the order of their arrival. It reports whether
// the batch must be run again without those refused, which may have left
// something: a changed account, a customer met, an identity.
func (b *batch) decide() (again bool) {
	for _, it := range b.arrived {
		if it.state == open { // its sale came unseen
			b.settle(it)
			again = again || it.state == refused
		}
	}
	for _, it := range b.items {
		if it.state != open {
			continue
		}
		if !b.sameAsEarlier(it) && !b.parks(it) {
			b.settle(it)
		}
		again = again || it.state == refused
		if it.state == settled && it.event.Kind == journal.Purchase {
			again = b.settleWaiting(it) || again
		}
	}
	for _, it := range b.items {
		if it.state == repeated && it.answer.Waiting { // perhaps no longer
			it.first = b.come(it.id)
		}
		if it.first != nil {
			it.answer = it.first.answer
			it.answer.Repeated = true
		}
		again = again || it.state == parked && !it.alone // its sale was refused
	}
	return again
}

// sameAsEarlier answers an event whose key an earlier one of this batch has.
func (b *batch) sameAsEarlier(it *item) bool {
	first := b.byKey[it.event.key()]
	if first == nil || first.state == refused {
		b.byKey[it.event.key()] = it
		return false
	}
	if first.event.hash != it.event.hash {
		it.unsure = b.unsure(first)
		it.refuse(otherBody(it.event))
		return true
	}
	it.state, it.id, it.acct, it.first = repeated, first.id, first.acct, first
	return true
}

// parks lets a return wait whose sale is not known.
func (b *batch) parks(it *item) bool {
	r := it.event.Payload.Return
	if it.event.Kind != journal.Return || r.SaleReference == "" || it.sold != 0 {
		return false
	}
	if s := b.byKey[it.cited()]; s != nil && s.state == settled {
		if s.event.Kind != journal.Purchase {
			it.unsure = b.unsure(s)
			it.refuse(notASale(it))
			return true
		}
		it.sold, it.acct = s.id, s.acct
		it.occurred = later(it.occurred, s.occurred)
		return false
	}
	if it.acct != nil {
		if err := it.ready(); err != nil {
			it.refuse(err)
			return true
		}
		it.acct.touched = it.acct.touched || it.acct.fresh
	}
	it.state = parked
	it.answer = Answer{EventID: it.id, Waiting: true}
	return true
}

// settle decides one event.
func (b *batch) settle(it *item) {
	if err := it.ready(); err != nil {
		it.refuse(err)
		return
	}
	marks := it.acct.marks()
	err := it.introduce(b.s.now())
	var answer Answer
	if err == nil {
		answer, err = decide(it.set, it.acct, it.fact(b))
	}
	if err != nil {
		it.unsure = b.unsure(it)
		it.refuse(err)
		b.stain(it)
		return
	}
	it.acct.tell(&answer, marks)
	it.answer, it.state = answer, settled
	it.acct.touched = true
}

// stain notes what an item that was refused half-way may have left changed.
func (b *batch) stain(it *item) {
	b.stained[it.acct] = true
	b.stainedTill = b.stainedTill || it.shares()
}

// unsure reports whether an item was decided upon something that one refused
// before it has left: what it was told may not be so.
func (b *batch) unsure(it *item) bool {
	return b.stained[it.acct] || b.stainedTill && it.shares()
}

// shares reports whether the item uses up, or gives back, what customers share:
// codes, gift cards, the budgets of offers, the stock of rewards.
func (it *item) shares() bool {
	p := it.event.Payload
	return p.Checkout != nil || p.Redemption != nil || p.Undo != nil || p.Return != nil
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func otherBody(e *Event) error {
	return fault.Conflict("other_body", "another event was taken from %s under the number %s; send this one under its own number", e.Source, e.ExternalID).
		At("/external_id").With("source", e.Source).With("external_id", e.ExternalID)
}

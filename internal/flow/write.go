package flow

import (
	"context"
	"encoding/json"
	"fmt"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// write stores what was decided: one statement per table and verb, however
// many events there are.
func (b *batch) write(ctx context.Context) error {
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"members", b.writeMembers}, {"events", b.writeEvents}, {"sales", b.writeSales},
		{"points", b.writePoints}, {"ranks", b.writeRanks}, {"limits", b.writeLimits}, {"offers", b.writeOffers}, {"gift cards", b.writeCards}, {"conflicts", b.writeConflicts}, {"rewards", b.writeRewards}, {"news for readers", b.writeOutbox},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("writing %s: %w", step.what, err)
		}
	}
	return nil
}

func (b *batch) writeMembers(ctx context.Context) error {
	var fresh []member.Newcomer
	var changed []*member.Member
	for _, a := range b.touched() {
		if a.fresh {
			fresh = append(fresh, member.Newcomer{Member: a.member, Identities: a.identities})
		} else if a.changed {
			changed = append(changed, a.member)
		}
	}
	if err := member.Insert(ctx, b.tx, fresh); err != nil {
		return err
	}
	if err := member.Save(ctx, b.tx, changed); err != nil {
		return err
	}
	if len(b.attached) == 0 {
		return nil
	}
	return member.Attach(ctx, b.tx, b.attached)
}

// touched returns the accounts that an event of this batch changed.
func (b *batch) touched() []*account {
	var list []*account
	for _, a := range b.order {
		if a.touched {
			list = append(list, a)
		}
	}
	return list
}

func (b *batch) writeEvents(ctx context.Context) error {
	var taken, come []*journal.Event
	var waiting []*journal.Waiting
	for _, it := range b.items {
		if it.state != settled && it.state != parked {
			continue
		}
		row, err := b.row(it)
		if err != nil {
			return err
		}
		if it.state == parked {
			waiting = append(waiting, &journal.Waiting{Event: *row, Awaited: it.cited()})
		} else {
			taken = append(taken, row)
		}
	}
	for _, it := range b.arrived {
		it.row.MemberID = it.acct.member.ID
		var err error
		if it.row.Body, err = it.body(); err != nil {
			return err
		}
		come = append(come, it.row)
	}
	if err := journal.Append(ctx, b.tx, taken); err != nil {
		return err
	}
	if err := journal.Wait(ctx, b.tx, waiting); err != nil {
		return err
	}
	if err := journal.PutBack(ctx, b.tx, b.back); err != nil {
		return err
	}
	return journal.Arrive(ctx, b.tx, come)
}

// row is the event as the journal keeps it. One that waits is kept for whom it
// names, so that erasure finds it; whose it is its sale will tell.
func (b *batch) row(it *item) (*journal.Event, error) {
	body, err := it.body()
	if err != nil {
		return nil, err
	}
	e := &journal.Event{
		ID: it.id, ProgrammeID: it.event.ProgrammeID, Kind: it.event.Kind, Source: it.event.Source, ExternalID: it.event.ExternalID,
		Occurred: it.told, Recorded: b.s.now(), ShopID: it.shopID, Channel: it.event.Channel, Actor: it.actor,
		Body: body, Hash: it.event.hash[:],
	}
	if it.acct != nil {
		e.MemberID = it.acct.member.ID
	}
	return e, nil
}

// body is what the event said, with what came of it where that cannot be read
// from the other rooms.
func (it *item) body() ([]byte, error) {
	p := it.payload()
	p.Settled, p.Refunded, p.Redeemed = it.answer.Sale, it.answer.Refund, redeemedOf(it.answer.Redemption)
	if p.Checkout != nil {
		p.Checkout = p.Checkout.masked()
	}
	body, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("writing the body of event %s: %w", it.id.In(id.Event), err)
	}
	return body, nil
}

func (b *batch) writeSales(ctx context.Context) error {
	var changes sale.Changes
	for _, a := range b.touched() {
		changes.New = append(changes.New, a.sold...)
		changes.Returns = append(changes.Returns, a.returns...)
		if len(a.sold)+len(a.returns) > 0 {
			changes.Tallies = append(changes.Tallies, a.tally)
		}
	}
	return sale.Save(ctx, b.tx, changes)
}

func (b *batch) writePoints(ctx context.Context) error {
	var accounts []*ledger.Account
	for _, a := range b.touched() {
		accounts = append(append(accounts, a.wallets...), a.merged...)
	}
	return ledger.Save(ctx, b.tx, accounts)
}

func (b *batch) writeRanks(ctx context.Context) error {
	var accounts []*tier.Account
	for _, a := range b.touched() {
		accounts = append(accounts, a.ladders...)
	}
	return tier.Save(ctx, b.tx, b.s.now(), accounts)
}

func (b *batch) writeLimits(ctx context.Context) error {
	counts := map[id.ID]earn.Counts{}
	for _, a := range b.touched() {
		if len(a.usage.Counts) > 0 {
			counts[a.member.ID] = a.usage.Counts
		}
	}
	if err := earn.SaveUsage(ctx, b.tx, b.s.now(), counts); err != nil {
		return err
	}
	return earn.ReserveBudgets(ctx, b.tx, b.budgets)
}

// writeProfiles leaves a job for those who signed up where the programme gives
// something for a complete profile.
func (b *batch) writeProfiles(ctx context.Context) error {
	var events []CommittedEvent
	for _, it := range b.items {
		if it.state == settled && isSignUp(it) && it.set.programme.Profile != (program.Profile{}) {
			events = append(events, CommittedEvent{it.event.ProgrammeID, it.acct.member.ID, it.id, it.event.Kind})
		}
	}
	if len(events) == 0 {
		return nil
	}
	return jobs.Add(ctx, b.tx, b.s.now(), jobs.New{Kind: ProfileJob, Payload: Committed{Events: events}})
}

package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// load brings into memory all that the events could need: one statement per
// table, however many events there are.
func (b *batch) load(ctx context.Context) error {
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"settings", b.loadSettings}, {"earlier events", b.loadKnown}, {"waiting returns", b.loadWaiting},
		{"customers", b.loadCustomers}, {"sales", b.loadSales}, {"offers", b.loadTills}, {"rewards", b.loadRewards}, {"points", b.loadPoints}, {"ranks", b.loadRanks}, {"limits", b.loadLimits},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("loading %s: %w", step.what, err)
		}
	}
	return nil
}

// live returns the items that may still be decided.
func (b *batch) live() []*item {
	return slices.DeleteFunc(slices.Concat(b.items, b.arrived), func(it *item) bool { return it.state != open })
}

func (b *batch) loadSettings(ctx context.Context) error {
	var programmes []id.ID
	for _, it := range b.live() {
		if p := it.event.ProgrammeID; !slices.Contains(programmes, p) {
			programmes = append(programmes, p)
		}
	}
	for _, k := range b.wake {
		if !slices.Contains(programmes, k.ProgrammeID) {
			programmes = append(programmes, k.ProgrammeID)
		}
	}
	slices.Sort(programmes)
	sets, err := b.s.setups.fresh(ctx, b.tx, programmes)
	if err != nil {
		return err
	}
	b.sets = sets
	now := b.s.now()
	for _, it := range b.live() {
		it.set, it.id, it.occurred = sets[it.event.ProgrammeID], b.tx.IDs().New(), it.event.Occurred.UTC()
		if it.event.Occurred.IsZero() {
			it.occurred = now
		}
		it.occurred = it.occurred.Truncate(time.Microsecond)
		it.told = it.occurred
		it.shopID, it.actor = it.set.shops[it.event.Shop].ID, it.event.Actor.String()
	}
	return nil
}

// loadKnown answers events that were taken before and finds the sales cited.
func (b *batch) loadKnown(ctx context.Context) error {
	keys := slices.Clone(b.wake)
	for _, it := range b.live() {
		keys = append(keys, it.event.key())
		if it.cites() {
			keys = append(keys, it.cited())
		}
	}
	if len(keys) == 0 {
		return nil
	}
	known, err := journal.Known(ctx, b.tx, keys)
	if err != nil {
		return err
	}
	b.known = known
	for _, it := range b.live() {
		if same, was := known[it.event.key()]; was {
			b.repeat(it, same)
		} else if it.cites() && !known[it.cited()].Waiting {
			it.sold = known[it.cited()].EventID
		}
	}
	return nil
}

func (it *item) cites() bool {
	return it.event.Kind == journal.Return && it.event.Payload.Return.SaleReference != ""
}

func (b *batch) repeat(it *item, same journal.Same) {
	if string(same.Hash) != string(it.event.hash[:]) {
		it.refuse(otherBody(it.event))
		return
	}
	it.state, it.id = repeated, same.EventID
	it.answer = Answer{EventID: same.EventID, MemberID: same.MemberID, Repeated: true, Waiting: same.Waiting}
	if same.Waiting { // for whom it names; whose it is the sale will tell
		it.answer.MemberID = 0
	}
}

// loadWaiting takes from the waiting list the returns whose sale comes now.
func (b *batch) loadWaiting(ctx context.Context) error {
	keys := slices.Clone(b.wake)
	for _, it := range b.live() {
		if it.event.Kind == journal.Purchase && !it.keeps {
			keys = append(keys, it.event.key())
		}
	}
	if len(keys) == 0 {
		return nil
	}
	waiting, err := journal.TakeWaiting(ctx, b.tx, keys)
	if err != nil {
		return err
	}
	for _, w := range waiting {
		if b.spoiled[w.ID] {
			b.back = append(b.back, w)
			continue
		}
		it, err := b.revive(&w.Event)
		if err != nil {
			return err
		}
		if sold, was := b.known[it.cited()]; was {
			it.sold, it.state = sold.EventID, open
		}
		b.arrived = append(b.arrived, it)
	}
	return nil
}

// revive makes an item of a return that has waited.
func (b *batch) revive(row *journal.Event) (*item, error) {
	e := &Event{ProgrammeID: row.ProgrammeID, Source: row.Source, ExternalID: row.ExternalID, Kind: row.Kind, Channel: row.Channel}
	if err := json.Unmarshal(row.Body, &e.Payload); err != nil {
		return nil, fmt.Errorf("reading the waiting return %s: %w", row.ID.In(id.Event), err)
	}
	return &item{
		event: e, row: row, set: b.sets[e.ProgrammeID], id: row.ID, occurred: row.Occurred, told: row.Occurred, shopID: row.ShopID, actor: row.Actor, state: parked,
	}, nil
}

// loadAliases finds whom the accounts were merged from. Only returns look back
// at sales, signing up at whether it was done before, offers and rewards at
// what was given before, so only they need it.
func (b *batch) loadAliases(ctx context.Context) error {
	var ids []id.ID
	for _, a := range b.order {
		if !a.fresh && slices.ContainsFunc(a.items, looksBack) {
			ids = append(ids, a.member.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	sets, err := member.AliasSets(ctx, b.tx, ids)
	if err != nil {
		return err
	}
	for m, aliases := range sets {
		b.accounts[m].aliases = aliases
	}
	return nil
}

// stored returns the ids of the accounts that are in the database.
func (b *batch) stored() []id.ID {
	var ids []id.ID
	for _, a := range b.order {
		if !a.fresh {
			ids = append(ids, a.member.ID)
		}
	}
	return ids
}

func (b *batch) loadSales(ctx context.Context) error {
	tallies, err := sale.LoadTallies(ctx, b.tx, b.stored())
	if err != nil {
		return err
	}
	for _, a := range b.order {
		if a.tally = tallies[a.member.ID]; a.tally == nil {
			a.tally = &sale.Tally{MemberID: a.member.ID}
		}
		a.tally.ProgrammeID = a.member.ProgrammeID
	}
	return b.loadBooks(ctx)
}

// loadBooks loads the sales that returns cite or may be matched to.
func (b *batch) loadBooks(ctx context.Context) error {
	var keys []sale.BookKey
	var asking []*account
	for _, a := range b.order {
		if returns := a.comesBack(); len(returns) > 0 && !a.fresh {
			keys = append(keys, sale.BookKey{Members: a.aliases, Returns: returns})
			asking = append(asking, a)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	books, err := sale.LoadBooks(ctx, b.tx, keys)
	if err != nil {
		return err
	}
	for i, book := range books {
		asking[i].book = book
	}
	for _, it := range b.live() {
		if it.sold == 0 || it.acct == nil {
			continue
		}
		if sold := it.acct.sale(it.sold); sold == nil {
			it.refuse(notASale(it))
		} else {
			it.occurred = later(it.occurred, sold.Occurred)
		}
	}
	return nil
}

func notASale(it *item) error {
	cited := it.event.Payload.Return.SaleReference
	return fault.Invalid("not_a_sale", "%q is not a purchase, so nothing of it can be returned; cite the purchase", cited).
		At("/return/sale_reference").With("cited", cited)
}

func isReturn(it *item) bool { return it.event.Kind == journal.Return }
func isSignUp(it *item) bool { return it.event.Kind == journal.SignUp }

func looksBack(it *item) bool {
	p := it.event.Payload
	return isReturn(it) || isSignUp(it) || p.Checkout != nil || p.Redemption != nil || p.Undo != nil
}

// comesBack is what comes back of the account's sales from before this batch.
func (a *account) comesBack() []sale.Return {
	var back []sale.Return
	for _, it := range a.items {
		if isReturn(it) && it.state == open && (it.sold != 0 || !it.cites()) {
			back = append(back, sale.Return{At: it.occurred, SaleID: it.sold, Lines: it.event.Payload.Return.Lines})
		}
	}
	return back
}

// horizon is the latest business time of the batch.
func (b *batch) horizon() time.Time {
	var last time.Time
	for _, it := range slices.Concat(b.items, b.arrived) {
		last = later(last, it.occurred)
	}
	return last
}

// loadRanks loads where the accounts stand on every ladder.
func (b *batch) loadRanks(ctx context.Context) error {
	until := b.horizon()
	var asks []tier.Ask
	for _, a := range b.order {
		since := a.earliest()
		var sold []tier.Sold
		for _, s := range a.book {
			sold = append(sold, tier.Sold{EventID: s.ID, At: s.Occurred})
		}
		for i := range b.sets[a.member.ProgrammeID].ladders {
			l := &b.sets[a.member.ProgrammeID].ladders[i]
			asks = append(asks, tier.Ask{MemberID: a.member.ID, Ladder: l, Until: until, Sold: sold, Since: since})
		}
	}
	accounts, err := tier.Load(ctx, b.tx, asks)
	if err != nil {
		return err
	}
	for i, ask := range asks {
		a := b.accounts[ask.MemberID]
		a.ladders = append(a.ladders, accounts[i])
	}
	return nil
}

// earliest returns the business time of the account's first event in this
// batch.
func (a *account) earliest() time.Time {
	first := a.items[0].occurred
	for _, it := range a.items {
		if it.occurred.Before(first) {
			first = it.occurred
		}
	}
	return first
}

// loadLimits loads what rules with caps and budgets have given so far; most
// programmes have none, and then it asks for nothing.
func (b *batch) loadLimits(ctx context.Context) error {
	wants := earn.Wants{}
	var funded []id.ID
	for _, a := range b.order {
		for _, it := range a.items {
			slots, budgets := b.sets[a.member.ProgrammeID].rules.Limits(string(it.event.Kind), it.occurred)
			if len(slots) > 0 {
				wants[a.member.ID] = append(wants[a.member.ID], slots...)
			}
			funded = append(funded, budgets...)
		}
	}
	counts, err := earn.LoadUsage(ctx, b.tx, wants)
	if err != nil {
		return err
	}
	slices.Sort(funded)
	if b.budgets, err = earn.LoadBudgets(ctx, b.tx, slices.Compact(funded)); err != nil {
		return err
	}
	for _, a := range b.order {
		a.usage = earn.Usage{Counts: counts[a.member.ID], Budgets: b.budgets}
	}
	return nil
}

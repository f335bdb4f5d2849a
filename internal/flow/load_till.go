package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/product"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// loadTills loads what checkouts present, and how the sales were settled that
// returns may be about. A batch without them asks for nothing.
func (b *batch) loadTills(ctx context.Context) error {
	for _, load := range []func(context.Context) error{b.loadSettled, b.loadWhole, b.loadOpenSales, b.loadCodes, b.loadCards, b.loadItems, b.loadOffers} {
		if err := load(ctx); err != nil {
			return err
		}
	}
	return nil
}

// checkouts returns the items whose sales are to be priced.
func (b *batch) checkouts() []*item {
	return slices.DeleteFunc(b.live(), func(it *item) bool { return it.event.Payload.Checkout == nil || it.acct == nil })
}

// loadSettled reads from the journal how the priced sales of the books were
// settled.
func (b *batch) loadSettled(ctx context.Context) error {
	var keys []journal.EventKey
	whose := map[id.ID]*account{}
	for _, a := range b.order {
		for _, s := range a.book {
			if s.Priced {
				keys = append(keys, journal.EventKey{MemberID: s.MemberID, ID: s.ID})
				whose[s.ID] = a
			}
		}
	}
	found, err := settlements(ctx, b.tx, keys)
	for sold, p := range found {
		whose[sold].settle(sold, p.Settled)
	}
	return err
}

func (b *batch) loadCodes(ctx context.Context) error {
	var keys []promo.CodeKey
	for _, it := range b.checkouts() {
		for _, text := range it.event.Payload.Checkout.Codes {
			keys = append(keys, promo.CodeKey{ProgrammeID: it.event.ProgrammeID, Text: promo.NormaliseCode(text)})
		}
		keys = append(keys, it.till.hold.codeKeys()...)
	}
	codes, err := promo.LoadCodes(ctx, b.tx, keys)
	if err != nil {
		return err
	}
	b.codes = codes
	for _, it := range b.checkouts() {
		it.till.hold.meet(codes)
		for _, text := range it.event.Payload.Checkout.Codes {
			it.till.codes = append(it.till.codes, codes[promo.CodeKey{ProgrammeID: it.event.ProgrammeID, Text: promo.NormaliseCode(text)}])
		}
	}
	return nil
}

// loadCards loads and locks the cards that pay, and those that paid for what
// may come back, in one order.
func (b *batch) loadCards(ctx context.Context) error {
	var keys []giftcard.Key
	for _, it := range b.checkouts() {
		for _, p := range it.event.Payload.Checkout.GiftCards {
			keys = append(keys, giftcard.Key{ProgrammeID: it.event.ProgrammeID, Number: number(p)})
		}
	}
	paid, taken, err := b.paidByCards(ctx)
	if err != nil {
		return err
	}
	loaded, err := giftcard.LoadCards(ctx, b.tx, append(keys, paid...))
	if err != nil {
		return err
	}
	if err := giftcard.LoadTaken(ctx, b.tx, loaded, taken); err != nil {
		return err
	}
	b.cards = map[id.ID]*giftcard.Card{}
	for _, c := range loaded {
		b.cards[c.ID] = c
	}
	for _, it := range b.checkouts() {
		for _, p := range it.event.Payload.Checkout.GiftCards {
			it.till.cards = append(it.till.cards, loaded[giftcard.Key{ProgrammeID: it.event.ProgrammeID, Number: number(p)}])
		}
	}
	return nil
}

// paidByCards names the cards that paid for sales of the books, or are held for
// sales to be, and the sales of the books.
func (b *batch) paidByCards(ctx context.Context) (keys []giftcard.Key, sales []id.ID, err error) {
	cards := map[id.ID][]id.ID{}
	for _, a := range b.order {
		for sold, n := range a.settled {
			for _, t := range n.Tenders {
				if t.Kind == ByGiftCard {
					cards[a.member.ProgrammeID] = append(cards[a.member.ProgrammeID], t.CardID)
					sales = append(sales, sold)
				}
			}
		}
	}
	for _, o := range b.openSales {
		for _, c := range o.parts.Cards {
			cards[o.row.ProgrammeID] = append(cards[o.row.ProgrammeID], c.CardID)
		}
	}
	for _, programme := range slices.Sorted(maps.Keys(cards)) {
		found, err := giftcard.Keys(ctx, b.tx, programme, cards[programme])
		if err != nil {
			return nil, nil, err
		}
		keys = append(keys, found...)
	}
	return keys, sales, nil
}

// loadItems looks up what offers and rules may ask about the goods.
func (b *batch) loadItems(ctx context.Context) error {
	skus := map[id.ID][]string{}
	for _, it := range b.checkouts() {
		for _, l := range it.event.Payload.Lines {
			if l.SKU != "" {
				skus[it.event.ProgrammeID] = append(skus[it.event.ProgrammeID], l.SKU)
			}
		}
	}
	for programme, list := range skus {
		slices.Sort(list)
		found, err := product.Lookup(ctx, b.tx, programme, slices.Compact(list))
		if err != nil {
			return err
		}
		for _, it := range b.checkouts() {
			if it.event.ProgrammeID == programme {
				it.till.lines = inCategories(it.event.Payload.Lines, found)
				it.till.items = itemsOf(it.event.Payload, found)
			}
		}
	}
	return nil
}

// inCategories returns the lines, those that name no category in that of the
// catalogue. They are a copy: what the event was sent as decides whether it is
// sent again.
func inCategories(lines []sale.Line, found map[string]product.Product) []sale.Line {
	lines = slices.Clone(lines)
	for i := range lines {
		if l := &lines[i]; l.Category == "" && !l.Fee {
			l.Category = found[l.SKU].Category
		}
	}
	return lines
}

// itemsOf returns what the catalogue knows of the goods; the cost is that of
// the whole line, rounded up so that nothing is sold below it.
func itemsOf(p Payload, found map[string]product.Product) []promo.Item {
	items := make([]promo.Item, len(p.Lines))
	for i, l := range p.Lines {
		if known, is := found[l.SKU]; is {
			items[i] = promo.Item{Brand: known.Brand, Cost: costOf(known.Cost, l.Quantity)}
		}
	}
	return items
}

// costOf returns what so many thousandths of a unit cost.
func costOf(unit, thousandths int64) int64 {
	units, rest := thousandths/1000, thousandths%1000
	return unit*units + (unit*rest+999)/1000
}

// loadOffers loads what offers with limits and budgets have given so far; most
// have none.
func (b *batch) loadOffers(ctx context.Context) error {
	wants := promo.Wants{}
	var funded []id.ID
	var shops []promo.ShopSlot
	for _, it := range b.checkouts() {
		slots, budgets := it.set.offers.Limits(it.occurred)
		for _, m := range it.acct.everyone() {
			wants[m] = append(wants[m], slots...)
		}
		funded = append(funded, budgets...)
		shops = append(shops, it.set.offers.ShopLimits(it.occurred, it.shopID, it.event.Shop)...)
	}
	counts, err := promo.LoadUsage(ctx, b.tx, wants)
	if err != nil {
		return err
	}
	slices.Sort(funded)
	if b.offerBudgets, err = promo.LoadBudgets(ctx, b.tx, slices.Compact(funded)); err != nil {
		return err
	}
	if b.shopBudgets, err = promo.LoadShopBudgets(ctx, b.tx, shops); err != nil {
		return err
	}
	for _, a := range b.order {
		a.offers = promo.Usage{Counts: counts[a.member.ID], Budgets: b.offerBudgets, Shops: b.shopBudgets}
		for _, m := range a.everyone()[1:] {
			a.offers.Merged = append(a.offers.Merged, counts[m])
		}
	}
	return nil
}

// Settled returns how the programme priced a sale and what paid for it; nil for
// one that it did not price.
func Settled(ctx context.Context, q db.Queryer, s *sale.Sale) (*Settlement, error) {
	if !s.Priced {
		return nil, nil
	}
	found, err := settlements(ctx, q, []journal.EventKey{{MemberID: s.MemberID, ID: s.ID}})
	return found[s.ID].Settled, err
}

// settlements reads from the journal what became of sales and returns.
func settlements(ctx context.Context, q db.Queryer, keys []journal.EventKey) (map[id.ID]Payload, error) {
	bodies, err := journal.Bodies(ctx, q, keys)
	if err != nil {
		return nil, err
	}
	found := make(map[id.ID]Payload, len(bodies))
	for event, body := range bodies {
		var p Payload
		if err := json.Unmarshal(body, &p); err != nil {
			return nil, fmt.Errorf("reading how %s was settled: %w", event.In(id.Event), err)
		}
		found[event] = p
	}
	return found, nil
}

package partner

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// sold is a sale with offers whose cost is shared: its lines to be settled, one
// for each offer and partner, and what each offer took off which line of it.
type sold struct {
	sale.SaleKey
	lines     []Line
	discounts []discount
}

type discount struct {
	offer id.ID
	flow.Discount
}

// offers reads a sale with offers whose cost is shared; nil if it has none. Each
// partner owes its part of the discount, and who gave it in its own shop is owed
// the rest of it.
func (b *book) offers(e *journal.Event) (*sold, error) {
	if len(b.shares) == 0 || e.Kind != journal.Purchase {
		return nil, nil
	}
	var body struct {
		Settled *flow.Settlement `json:"settled"`
	}
	if err := json.Unmarshal(e.Body, &body); err != nil {
		return nil, fmt.Errorf("reading how a sale was settled: %w", err)
	}
	if body.Settled == nil {
		return nil, nil
	}
	given, offers := map[id.ID]int64{}, map[id.ID]id.ID{}
	for _, o := range body.Settled.Applied {
		given[o.OfferID] += o.Amount
		offers[o.VersionID] = o.OfferID
	}
	s := &sold{SaleKey: sale.SaleKey{MemberID: e.MemberID, ID: e.ID}}
	here := b.at(e.ShopID, e.Occurred)
	for _, one := range sharesAt(b.shares, e.Occurred) {
		amount := given[one.OfferID]
		if amount == 0 {
			continue
		}
		rate := one.Part
		if here != nil && here.ID == one.PartnerID {
			rate = money.NewRate(one.Part.Num()-one.Part.Den(), one.Part.Den())
		}
		s.lines = append(s.lines, Line{
			Side: Offer, SourceID: e.ID, OfferID: one.OfferID, EventID: e.ID, SaleID: e.ID, ShopID: e.ShopID, Quantity: amount, Rate: rate,
			Occurred: e.Occurred, Recorded: e.Recorded, partner: one.PartnerID, programme: b.programme, member: e.MemberID,
		})
	}
	if len(s.lines) == 0 {
		return nil, nil
	}
	for _, d := range body.Settled.Discounts {
		if offer, known := offers[d.VersionID]; known {
			s.discounts = append(s.discounts, discount{offer, d})
		}
	}
	return s, nil
}

// back makes the lines of what came back of the sale with some returns: of each
// discount the part that belongs to the goods, so that all returns together take
// back all of it, in whatever parts the goods came. Whole are the quantities of
// the sale's lines by their numbers, brought is all that came back of it, in
// order.
func (s *sold) back(whole map[int]int64, brought []sale.Brought, returns map[id.ID]*journal.Event) []Line {
	type part struct{ event, offer id.ID }
	taken, before := map[part]int64{}, map[int]int64{}
	for _, m := range brought {
		from, to := before[m.SaleLine], before[m.SaleLine]+m.Quantity
		before[m.SaleLine] = to
		for _, d := range s.discounts {
			if d.Line == m.SaleLine {
				taken[part{m.EventID, d.offer}] += money.Part(d.Amount, to, whole[d.Line]) - money.Part(d.Amount, from, whole[d.Line])
			}
		}
	}
	var lines []Line
	for _, event := range slices.Sorted(maps.Keys(returns)) {
		for _, l := range s.lines {
			if n := taken[part{event, l.OfferID}]; n != 0 {
				e := returns[event]
				l.EventID, l.Quantity, l.Occurred, l.Recorded = event, -n, e.Occurred, e.Recorded
				lines = append(lines, l)
			}
		}
	}
	return lines
}

// backOf makes the lines of what came back of sales with some returns.
func backOf(ctx context.Context, q db.Queryer, sales map[id.ID]*sold, returns map[id.ID]*journal.Event) ([]Line, error) {
	var lines []Line
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(sales)), chunk) {
		keys := make([]sale.SaleKey, len(ids))
		for i, one := range ids {
			keys[i] = sales[one].SaleKey
		}
		kept, err := sale.LoadSales(ctx, q, keys)
		if err != nil {
			return nil, err
		}
		brought, err := sale.LoadBrought(ctx, q, keys)
		if err != nil {
			return nil, err
		}
		for _, one := range ids {
			s := kept[one]
			if s == nil || len(brought[one]) == 0 {
				continue
			}
			whole := map[int]int64{}
			for _, l := range s.Lines {
				whole[l.No] = l.Quantity
			}
			lines = append(lines, sales[one].back(whole, brought[one], returns)...)
		}
	}
	return lines, nil
}

// returned makes the lines of one return, which may bring back goods of sales of
// any of these people, who were ever merged.
func (b *book) returned(ctx context.Context, q db.Queryer, e *journal.Event, people []id.ID) ([]Line, error) {
	if len(b.shares) == 0 || e.Kind != journal.Return {
		return nil, nil
	}
	keys := make([]sale.SaleKey, len(people))
	for i, who := range people {
		keys[i] = sale.SaleKey{MemberID: who, ID: e.ID}
	}
	matches, err := sale.LoadReturns(ctx, q, keys)
	if err != nil {
		return nil, err
	}
	sales := map[id.ID]*sold{}
	for _, m := range matches {
		if _, known := sales[m.SaleID]; known {
			continue
		}
		purchase, err := journal.Get(ctx, q, m.MemberID, m.SaleID)
		if err != nil {
			return nil, err
		}
		if sales[m.SaleID], err = b.offers(purchase); err != nil {
			return nil, err
		}
	}
	maps.DeleteFunc(sales, func(_ id.ID, s *sold) bool { return s == nil })
	return backOf(ctx, q, sales, map[id.ID]*journal.Event{e.ID: e})
}

// allOffers makes the lines of every sale with offers whose cost is shared, and
// of what came back of them.
func (b *book) allOffers(ctx context.Context, q db.Queryer) ([]Line, error) {
	if len(b.shares) == 0 {
		return nil, nil
	}
	var lines []Line
	sales, returns := map[id.ID]*sold{}, map[id.ID]*journal.Event{}
	err := journal.Each(ctx, q, b.programme, func(e *journal.Event) error {
		if e.Kind == journal.Return {
			returns[e.ID] = &journal.Event{Occurred: e.Occurred, Recorded: e.Recorded}
		}
		s, err := b.offers(e)
		if s != nil {
			sales[e.ID] = s
			lines = append(lines, s.lines...)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	back, err := backOf(ctx, q, sales, returns)
	return append(lines, back...), err
}

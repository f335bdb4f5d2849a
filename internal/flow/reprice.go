package flow

import (
	"context"
	"slices"

	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// LostOffer is an offer that what is kept of a sale does not deserve any more.
type LostOffer = promo.Lost

// recomputes reports whether an offer looks at what is kept after a return.
func (n *Settlement) recomputes() bool {
	return slices.ContainsFunc(n.Applied, func(o AppliedOffer) bool { return o.Basis != nil })
}

// kept returns what the customer still has of the sale.
func (n *Settlement) kept(s *sale.Sale) promo.Kept {
	k := promo.Kept{List: make([]int64, len(n.List)), Quantities: make([]int64, len(n.List))}
	back := make([]func(int64) int64, len(n.List)) // what of an amount of a line has come back
	for i := range s.Lines {
		l := &s.Lines[i]
		back[l.No-1] = func(amount int64) int64 { return money.Part(amount, l.ReturnedQuantity, l.Quantity) }
		k.Quantities[l.No-1] = l.Left()
	}
	left := func(amounts []int64) []int64 {
		out := slices.Clone(amounts)
		for i := range out {
			out[i] -= back[i](amounts[i])
		}
		return out
	}
	k.List = left(n.List)
	if len(n.Costs) > 0 {
		k.Costs = left(n.Costs)
	}
	for _, o := range n.Applied {
		shares := make([]int64, len(n.List))
		for _, d := range n.Discounts {
			if d.VersionID == o.VersionID {
				shares[d.Line-1] += d.Amount
			}
		}
		k.Offers = append(k.Offers, promo.KeptOffer{VersionID: o.VersionID, Amount: o.Amount, Shares: left(shares), Basis: o.Basis})
	}
	return k
}

// pot is what of one way of paying is kept back of the refunds of a sale, in
// minor units and, of points, in their smallest unit.
type pot struct{ amount, points int64 }

// purse is what is kept back of a sale: of money, then of each tender. Whatever
// comes back in whatever order, what is kept back is what the goods that the
// customer still has cost more now, as far as there was a refund to keep it
// from; so a sale that comes back whole is paid back whole.
type purse []pot

func purseOf(s *sale.Sale, n *Settlement) purse {
	p := make(purse, 1+len(n.Tenders))
	for i := range p {
		if 2*i+1 < len(s.Withheld) {
			p[i] = pot{s.Withheld[2*i], s.Withheld[2*i+1]}
		}
	}
	return p
}

// Withheld is what was kept back of the refunds of a sale, in minor units,
// because what was kept of it does not deserve its discounts any more.
func Withheld(s *sale.Sale, n *Settlement) int64 { return purseOf(s, n).sum() }

func (p purse) stored() []int64 {
	var list []int64
	for _, one := range p {
		list = append(list, one.amount, one.points)
	}
	if !slices.ContainsFunc(list, func(n int64) bool { return n != 0 }) {
		return nil
	}
	return list
}

func (p purse) sum() int64 {
	n := int64(0)
	for _, one := range p {
		n += one.amount
	}
	return n
}

// settle keeps so much back in all from what goes back now, money first, or
// gives back what was kept back for nothing. Back is changed to what then goes
// back of each.
func (p purse) settle(wanted int64, back purse) {
	more := wanted - p.sum()
	for i := range p {
		k := i
		if i > 0 {
			k = len(p) - i // the last to pay is the first to wait
		}
		switch n := more; {
		case n > 0:
			n = min(n, back[k].amount)
			p[k].move(&back[k], n)
			more -= n
		case n < 0:
			n = min(-n, p[k].amount)
			back[k].move(&p[k], n)
			more += n
		}
	}
}

// move takes an amount, and its share of the points, from another pot.
func (p *pot) move(from *pot, amount int64) {
	points := money.Part(from.points, amount, from.amount)
	p.amount, p.points = p.amount+amount, p.points+points
	from.amount, from.points = from.amount-amount, from.points-points
}

// refunds returns what goes back with the matches, of money and each tender,
// and notes what is kept back because the rest does not deserve its discount.
func (a *account) refunds(set *setup, s *sale.Sale, n *Settlement, matches []sale.Match, r *Refund) purse {
	back := make(purse, 1+len(n.Tenders))
	for _, m := range matches {
		back[0].amount += m.Amount
	}
	whole := back[0].amount // that was paid
	for i, t := range n.Tenders {
		back[i+1].amount, back[i+1].points = t.back(matches)
		back[0].amount -= back[i+1].amount
		if t.Kind == ByNobody {
			whole, r.Unpaid = whole-back[i+1].amount, r.Unpaid+back[i+1].amount
			back[i+1] = pot{}
		}
	}
	if !n.recomputes() {
		return back
	}
	due, lost := int64(0), []LostOffer(nil)
	if !wholly(s) { // who keeps no goods owes nothing, delivery included
		due, lost = set.offers.Reprice(n.kept(s))
	}
	p := purseOf(s, n)
	before := p.sum()
	p.settle(min(due, before+whole), back)
	s.Withheld = p.stored()
	if more := p.sum() - before; more > 0 {
		r.Withheld += more
		r.Lost = append(r.Lost, lost...)
	} else {
		r.Released -= more
	}
	return back
}

// loadWhole fills in the lines of sales that are there in part, where an offer
// looks at what is kept.
func (b *batch) loadWhole(ctx context.Context) error {
	var keys []sale.SaleKey
	for _, a := range b.order {
		for _, s := range a.book {
			if n := a.settled[s.ID]; n != nil && n.recomputes() && len(s.Lines) < len(n.List) {
				keys = append(keys, sale.SaleKey{MemberID: s.MemberID, ID: s.ID})
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	whole, err := sale.LoadSales(ctx, b.tx, keys)
	if err != nil {
		return err
	}
	for _, a := range b.order {
		for _, s := range a.book {
			if w := whole[s.ID]; w != nil {
				s.Lines = w.Lines
			}
		}
	}
	return nil
}

// costs are what the lines cost the company, kept where an offer that is
// recomputed asks for it.
func costs(items []promo.Item) []int64 {
	list := make([]int64, len(items))
	known := false
	for i, it := range items {
		list[i] = it.Cost
		known = known || it.Cost > 0
	}
	if !known {
		return nil
	}
	return list
}

package promo

// pricing tells the choice as the caller wants to know it.
func (p *pricer) pricing(c choice) Pricing {
	out := Pricing{Amounts: make([]int64, len(p.list))}
	if n := len(p.offers) - c.applied; n > 0 {
		out.Refused = make([]Refusal, 0, n)
	}
	for i := range p.list {
		out.Amounts[i] = p.basket.Facts.Lines[i].Amount - (p.list[i] - c.left[i])
	}
	for i := range p.offers {
		o := &p.offers[i]
		switch {
		case o.refusal != nil:
			out.Refused = append(out.Refused, *o.refusal)
		case c.applies(i):
			p.apply(&out, o, &c.takings[i])
		default:
			o.refuse(p.explain(c, i))
			out.Refused = append(out.Refused, *o.refusal)
		}
	}
	return out
}

// apply notes an offer that applies and what it uses of its limits.
func (p *pricer) apply(out *Pricing, o *offer, t *taking) {
	a := Applied{OfferID: o.offer, VersionID: o.id, CodeID: o.codeID(), Name: o.name, Amount: t.sum,
		RestoreCode: o.spec.RestoreCode, Raise: o.raiseOf(), Reason: o.applied(t)}
	if o.spec.AfterReturn == Recompute {
		a.Basis = &Basis{Lines: o.lines}
		if o.spec.Benefit.Kind == FreeDelivery {
			a.Basis.Counted = o.counted
		}
	}
	if o.spec.Benefit.Kind == Gift {
		a.Gift = o.spec.Benefit.SKU
	}
	out.Applied = append(out.Applied, a)
	for i, n := range t.shares {
		if n > 0 {
			out.Discounts = append(out.Discounts, Discount{o.lines[i] + 1, a.OfferID, a.VersionID, a.CodeID, n})
		}
	}
	uses, claims := p.counted(o, t.sum)
	if a.Raise != nil {
		out.raises = append(out.raises, raising{o, len(out.Applied) - 1, uses, claims})
		return
	}
	out.uses, out.claims = append(out.uses, uses...), append(out.claims, claims...)
}

// counted is what an offer that applies uses of its limits.
func (p *pricer) counted(o *offer, sum int64) (uses []use, claims []claim) {
	at := p.basket.Facts.Occurred
	for _, c := range o.spec.PerMember {
		uses = append(uses, use{o.slot(c.Period, at, p.set.zone), sum})
	}
	if limit := o.spec.Budget; !limit.IsZero() {
		claims = append(claims, claim{offer: o.offer, amount: sum, limit: limit})
	}
	for _, f := range o.shopFunds(p.basket.ShopID, p.basket.Facts.Shop, at, p.set.zone) {
		claims = append(claims, claim{shop: f.Slot, amount: sum, limit: f.Limit})
	}
	return uses, claims
}

// explain says why an offer that might have applied does not.
func (p *pricer) explain(c choice, i int) reason {
	o := &p.offers[i]
	own := c.takings[i]
	if !own.tested {
		own = c.tried[i]
	}
	switch {
	case own.why != nil:
		return *own.why
	case c.alone >= 0:
		return o.why.beside(p.offers[c.alone].name)
	case o.spec.Exclusive:
		return o.why.less(own.sum, c.others)
	}
	winner := c.winners[o.spec.Group]
	return o.why.group(o.spec.Group, p.offers[winner].name)
}

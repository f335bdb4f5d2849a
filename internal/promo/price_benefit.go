package promo

import "regulars/internal/money"

// taking is what an offer takes off, or why it takes nothing.
type taking struct {
	shares []int64 // by the offer's lines
	sum    int64
	cut    bool // by a cap
	why    *reason
	tested bool
}

// take works out one offer on what is left of the lines; before is what was
// left when its stage began.
func (p *pricer) take(o *offer, left, before []int64) taking {
	b := &o.spec.Benefit
	if short := o.spec.Minimum - total(pick(before, o.counted)); short > 0 {
		return no(o.why.minimum(short))
	}
	if !b.takesOff() {
		return taking{tested: true}
	}
	mine := pick(left, o.lines)
	room := p.room(o, mine)
	wanted, shares, why := p.shares(o, mine, pick(before, o.lines), room)
	switch {
	case why != nil:
		return no(*why)
	case wanted == 0:
		return no(p.nothing(o, mine, room))
	}
	t := taking{shares: shares, sum: total(shares), tested: true}
	if t.sum > o.budget {
		return no(o.spent)
	}
	t.cut = o.limit >= 0 && wanted > o.most
	return t
}

// shares returns what the benefit comes to, and by line what is left of that
// within the most that may be taken off.
func (p *pricer) shares(o *offer, left, before, room []int64) (int64, []int64, *reason) {
	wanted, why := p.amount(o, left, before, room)
	if why != nil {
		return 0, nil, why
	}
	if wanted >= 0 {
		wanted = min(wanted, total(room))
		return wanted, spread(min(wanted, o.most), left, room), nil
	}
	shares := o.byLine(left, p.quantities(o.lines), room)
	if wanted = total(shares); wanted > o.most {
		shares = money.Split(o.most, shares)
	}
	return wanted, shares, nil
}

func no(why reason) taking { return taking{why: &why, tested: true} }

func pick(from []int64, lines []int) []int64 {
	out := make([]int64, len(lines))
	for i, line := range lines {
		out[i] = from[line]
	}
	return out
}

// room returns how much each of an offer's lines can give: what is left above
// the floors of the offer.
func (p *pricer) room(o *offer, left []int64) []int64 {
	room := make([]int64, len(left))
	for i, line := range o.lines {
		room[i] = left[i] - min(left[i], p.floor(o, line))
	}
	return room
}

// floor returns what an offer leaves of a line at least.
func (p *pricer) floor(o *offer, line int) int64 {
	floor := int64(0)
	if o.spec.AtCost {
		floor = p.item(line).Cost
	}
	if most := o.spec.MostOff; !most.IsZero() {
		list := p.list[line]
		floor = max(floor, list-portion(list, 1, 1, fraction(most)))
	}
	return floor
}

func (p *pricer) quantities(lines []int) []int64 {
	out := make([]int64, len(lines))
	for i, line := range lines {
		out[i] = min(max(0, p.basket.Facts.Lines[line].Quantity), money.MaxMinor)
	}
	return out
}

// amount returns what is taken off the chosen goods as a whole, or -1 for a
// benefit that takes it off each line by itself.
func (p *pricer) amount(o *offer, left, before, room []int64) (int64, *reason) {
	b := &o.spec.Benefit
	switch b.Kind {
	case Percent:
		return percentOf(left, room, o.rate), nil
	case Amount:
		return b.Amount, nil
	case Tiered:
		tier, short := b.tier(total(before))
		switch {
		case short > 0:
			why := o.why.minimum(short)
			return 0, &why
		case tier.Amount > 0:
			return tier.Amount, nil
		}
		return percentOf(left, room, fraction(tier.Percent)), nil
	}
	return -1, nil
}

// tier returns the highest tier that a sum reaches, or what it lacks to the
// lowest.
func (b *Benefit) tier(sum int64) (Tier, int64) {
	var reached Tier
	for _, t := range b.Tiers {
		if t.From <= sum {
			reached = t
		}
	}
	if reached.From == 0 {
		return reached, b.Tiers[0].From - sum
	}
	return reached, 0
}

// percentOf returns the part of what is left that a rate of at most 1 takes,
// rounded down once, less what the lines have no room for.
func percentOf(left, room []int64, rate money.Rate) int64 {
	sum := portion(total(left), 1, 1, rate)
	full := true
	for i := range left {
		full = full && room[i] == left[i]
	}
	if full {
		return sum
	}
	parts := money.Split(sum, left)
	for i := range parts {
		parts[i] = min(parts[i], room[i])
	}
	return total(parts)
}

// byLine returns the discounts of a benefit that looks at each line by itself,
// within the room.
func (o *offer) byLine(left, quantities, room []int64) []int64 {
	b := &o.spec.Benefit
	shares := left // of free delivery
	switch b.Kind {
	case FixedPrice:
		shares = atPrice(left, quantities, b.Price)
	case CheapestFree, BuyGet:
		shares = inSets(left, quantities, b.Buy, b.Get, o.rate)
	}
	fitting := make([]int64, len(shares))
	for i := range shares {
		fitting[i] = min(shares[i], room[i])
	}
	return fitting
}

// nothing says why an offer comes to nothing.
func (p *pricer) nothing(o *offer, left, room []int64) reason {
	b := &o.spec.Benefit
	if b.Kind == CheapestFree || b.Kind == BuyGet {
		if short := b.Buy + b.Get - total(p.quantities(o.lines)); short > 0 {
			return o.why.units(short)
		}
	}
	if total(left) > 0 && total(room) == 0 {
		return p.floored(o)
	}
	return o.why.nothing
}

// floored says which floor leaves an offer nothing to take off.
func (p *pricer) floored(o *offer) reason {
	atCost := o.spec.MostOff.IsZero()
	for _, line := range o.lines {
		atCost = atCost || o.spec.AtCost && p.floor(o, line) == p.item(line).Cost
	}
	if atCost {
		return o.why.cost
	}
	return o.why.mostOff
}

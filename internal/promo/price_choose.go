package promo

import (
	"maps"
	"math"
	"slices"

	"regulars/internal/money"
)

// outcome is what a choice of offers takes off.
type outcome struct {
	takings []taking // by offer; untested where it was neither chosen nor tried
	left    []int64
	sum     int64
	applied int
}

func (o *outcome) applies(i int) bool { return o.takings[i].tested && o.takings[i].why == nil }

// run lets the chosen offers do their work in order, and tries what others
// would take in their turn beside those.
func (p *pricer) run(chosen []bool, others ...int) outcome {
	out := outcome{takings: make([]taking, len(p.offers)), left: slices.Clone(p.list)}
	before, at, most := slices.Clone(p.list), lineStage, math.MaxInt
	for i := range p.offers {
		if !chosen[i] && !slices.Contains(others, i) {
			continue
		}
		o := &p.offers[i]
		if o.stage != at {
			at = o.stage
			copy(before, out.left)
		}
		t := p.take(o, out.left, before)
		if fit := min(most, o.together()); t.why == nil && out.applied >= fit {
			t = no(o.why.together(fit))
		}
		out.takings[i] = t
		if t.why != nil || !chosen[i] {
			continue
		}
		for k, n := range t.shares {
			out.left[o.lines[k]] -= n
		}
		out.sum, out.applied, most = total([]int64{out.sum, t.sum}), out.applied+1, min(most, o.together())
	}
	return out
}

// together returns how many offers may apply where this one does.
func (o *offer) together() int {
	if o.spec.Together == 0 {
		return math.MaxInt
	}
	return o.spec.Together
}

// choice is which offers apply, and why others do not.
type choice struct {
	outcome
	// tried are the takings of those that were tried but not chosen.
	tried []taking
	// winners are by group.
	winners map[string]int
	// alone is the exclusive offer that applies; -1 for none.
	alone int
	// others is what the offers without the exclusive ones take off together.
	others int64
}

// settle chooses of groups and exclusive offers.
func (p *pricer) settle() choice {
	c := p.together()
	c.alone, c.others = -1, c.sum
	var best outcome
	for i := range p.offers {
		if !p.mayApply(i) || !p.offers[i].spec.Exclusive {
			continue
		}
		on := make([]bool, len(p.offers))
		on[i] = true
		out := p.run(on)
		c.tried[i] = out.takings[i]
		if out.applies(i) && (c.alone < 0 || p.better(i, out.sum, c.alone, best.sum)) {
			c.alone, best = i, out
		}
	}
	switch {
	case c.alone < 0:
	case best.sum > c.others || c.applied == 0:
		for i, t := range c.takings {
			if t.tested {
				c.tried[i] = t
			}
		}
		c.outcome = best
	default:
		c.alone = -1
	}
	return c
}

func (p *pricer) mayApply(i int) bool { return p.offers[i].refusal == nil }

// together chooses among the offers that are not exclusive. Of each group, in
// the order of their names, the offer stays that takes off most beside those
// that stay already. Where one of them cannot apply in the end, because a
// later choice left less of the goods, the choice is made again without it.
func (p *pricer) together() choice {
	groups, barred := p.groups(), map[int]taking{}
	for {
		c, on := p.pick(groups, barred)
		c.outcome = p.run(on)
		again := false
		for _, i := range c.winners {
			if !c.applies(i) {
				barred[i], again = c.takings[i], true
			}
		}
		if again {
			continue
		}
		for i, t := range barred {
			c.tried[i] = t
		}
		return c
	}
}

// groups returns the offers of each group.
func (p *pricer) groups() map[string][]int {
	groups := map[string][]int{}
	for i := range p.offers {
		if o := &p.offers[i]; p.mayApply(i) && !o.spec.Exclusive && o.spec.Group != "" {
			groups[o.spec.Group] = append(groups[o.spec.Group], i)
		}
	}
	return groups
}

// pick chooses one offer of each group.
func (p *pricer) pick(groups map[string][]int, barred map[int]taking) (choice, []bool) {
	c := choice{tried: make([]taking, len(p.offers)), winners: map[string]int{}}
	on := make([]bool, len(p.offers))
	for i := range p.offers {
		on[i] = p.mayApply(i) && !p.offers[i].spec.Exclusive && p.offers[i].spec.Group == ""
	}
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		best, out := -1, p.run(on, groups[name]...)
		for _, i := range groups[name] {
			if _, fell := barred[i]; fell {
				continue
			}
			c.tried[i] = out.takings[i]
			if out.applies(i) && (best < 0 || p.better(i, c.tried[i].sum, best, c.tried[best].sum)) {
				best = i
			}
		}
		if best >= 0 {
			on[best] = true
			c.winners[name] = best
		}
	}
	return c, on
}

// better reports whether an offer is to be preferred to one before it: that
// takes off more, or as much and multiplies points by more.
func (p *pricer) better(i int, sum int64, than int, thanSum int64) bool {
	if sum != thanSum {
		return sum > thanSum
	}
	return above(p.offers[i].spec.Benefit.Rate, p.offers[than].spec.Benefit.Rate)
}

// above compares two multipliers exactly; their parts are small.
func above(a, b money.Rate) bool { return a.Num()*b.Den() > b.Num()*a.Den() }

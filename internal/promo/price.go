package promo

import (
	"math"

	"regulars/internal/condition"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// Price says what the offers in force at the time of the sale take off it. It
// is pure: it looks at the basket and at what has been used of the limits, and
// changes neither. Versions do their work stage by stage: offers about chosen
// goods, then those about the sale, then those with a code; within a stage one
// after another on what those before it left.
func (s *Offerset) Price(b Basket, u Usage) Pricing {
	p := &pricer{set: s, basket: b, usage: u, facts: b.Facts.In(s.zone), list: make([]int64, len(b.Facts.Lines)),
		offers: make([]offer, 0, len(s.terms)+len(b.Codes))}
	for i := range b.Facts.Lines {
		p.list[i] = min(max(0, b.Facts.Lines[i].Amount), money.MaxMinor)
	}
	for _, t := range s.terms {
		if t.stage != codeStage && t.inForce(b.Facts.Occurred) {
			p.consider(t, nil)
		}
	}
	for i := range b.Codes {
		p.present(&b.Codes[i])
	}
	return p.pricing(p.settle())
}

// pricer is a pricing on its way.
type pricer struct {
	set    *Offerset
	basket Basket
	usage  Usage
	facts  condition.Facts
	list   []int64 // what there is to be taken off, by line
	offers []offer
}

// offer is one that may apply to the sale, in the order in which they do; one
// with a refusal cannot.
type offer struct {
	*terms
	code    *Presented
	lines   []int  // that the benefit is about
	counted []int  // that count towards the minimum
	most    int64  // the most that may be taken off
	limit   int    // the cap that says so; -1 for none
	budget  int64  // what is left of the budgets
	spent   reason // why not, where that is too little
	refusal *Refusal
}

func (o *offer) codeID() id.ID {
	if o.code == nil {
		return 0
	}
	return o.code.Code.ID
}

// present takes a code that the customer shows.
func (p *pricer) present(c *Presented) {
	t, refusal := p.behind(c)
	if refusal == nil {
		p.consider(t, c)
		return
	}
	if c.Code != nil && refusal.OfferID == 0 {
		refusal.OfferID = c.Code.OfferID
	}
	refusal.Code = c.Text
	p.offers = append(p.offers, offer{refusal: refusal})
}

// behind returns the terms that a code promises, or why it cannot be used.
func (p *pricer) behind(c *Presented) (*terms, *Refusal) {
	switch {
	case c.Refused != nil:
		refusal := *c.Refused
		return nil, &refusal
	case c.Code == nil:
		return nil, ofCode("code_unknown", c)
	}
	for _, t := range p.set.terms {
		switch {
		case t.offer != c.Code.OfferID || !t.inForce(p.basket.Facts.Occurred):
			continue
		case !t.spec.WithCode:
			return nil, ofCode("code_not_needed", c)
		case p.presented(t):
			return nil, ofCode("code_repeated", c)
		}
		return t, nil
	}
	return nil, ofCode("code_idle", c)
}

// presented reports whether another code of the offer came before.
func (p *pricer) presented(t *terms) bool {
	for i := range p.offers {
		if p.offers[i].terms == t {
			return true
		}
	}
	return false
}

// consider takes an offer for one that may apply, or notes why it cannot.
func (p *pricer) consider(t *terms, code *Presented) {
	o := offer{terms: t, code: code, most: t.most(), limit: -1, budget: math.MaxInt64, spent: t.why.budget}
	switch {
	case t.spec.Audience == Newcomers && p.basket.Facts.Nth != 1:
		if code == nil {
			return // it is nobody else's business
		}
		o.refuse(t.why.newcomer)
	case t.spec.Audience != Newcomers && !p.basket.Enrolled:
		o.refuse(t.why.enrolled)
	default:
		p.admit(&o)
	}
	p.offers = append(p.offers, o)
}

// most returns the most that the version itself may take off.
func (t *terms) most() int64 {
	if t.spec.Benefit.Most > 0 {
		return t.spec.Benefit.Most
	}
	return money.MaxMinor * maxChosen
}

// admit looks at all that does not depend on other offers.
func (p *pricer) admit(o *offer) {
	if holds, err := o.when.Match(p.facts); err != nil {
		o.refuse(o.why.formula)
		return
	} else if !holds {
		o.refuse(p.unmet(o.terms))
		return
	}
	o.lines = p.choose(o.chooses)
	if o.counted = o.lines; o.spec.Benefit.Kind == FreeDelivery {
		o.counted = p.choose(func(line *sale.Line, _ Item) bool { return !line.Fee })
	}
	if len(o.lines) == 0 {
		o.refuse(o.why.noLines(o.spec.Benefit.Kind))
		return
	}
	p.limits(o)
}

// choose returns the lines that a test chooses.
func (p *pricer) choose(test func(*sale.Line, Item) bool) []int {
	var lines []int
	for i := range p.basket.Facts.Lines {
		if test(&p.basket.Facts.Lines[i], p.item(i)) {
			lines = append(lines, i)
		}
	}
	return lines
}

// unmet returns the first part of the condition that does not hold.
func (p *pricer) unmet(t *terms) reason {
	for _, c := range t.parts {
		if holds, err := c.when.Match(p.facts); err == nil && !holds {
			return reason{"condition", c.unmet}
		}
	}
	return t.why.condition
}

func (p *pricer) item(line int) Item {
	if line < len(p.basket.Items) {
		return p.basket.Items[line]
	}
	return Item{}
}

// limits looks at what the member and all members have had.
func (p *pricer) limits(o *offer) {
	at := p.basket.Facts.Occurred
	for i, c := range o.spec.PerMember {
		had := p.usage.had(o.slot(c.Period, at, p.set.zone))
		left := c.Amount - had.Amount
		if c.Times > 0 && had.Times >= c.Times || c.Amount > 0 && left <= 0 {
			o.refuse(o.why.cap(o.limits[i]))
			return
		}
		if c.Amount > 0 && left < o.most {
			o.most, o.limit = left, i
		}
	}
	o.fund(p.usage.Budgets[o.offer], o.spec.Budget, o.why.budget)
	for _, f := range o.shopFunds(p.basket.ShopID, p.basket.Facts.Shop, at, p.set.zone) {
		o.fund(p.usage.Shops[f.Slot], f.Limit, o.why.shopBudget)
	}
}

// fund looks at what is left of a budget.
func (o *offer) fund(had Spending, limit Budget, spent reason) {
	if left := limit.Amount - had.Amount; limit.Amount > 0 && left < o.budget {
		o.budget, o.spent = left, spent
	}
	if o.refusal == nil && (limit.Uses > 0 && had.Uses >= limit.Uses || o.budget <= 0) {
		o.refuse(spent)
	}
}

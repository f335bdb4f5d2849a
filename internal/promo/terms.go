package promo

import (
	"cmp"
	"strings"
	"time"

	"regulars/internal/condition"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// stage is when an offer has its turn within a sale.
type stage uint8

const (
	lineStage stage = iota
	orderStage
	codeStage
)

// terms are a version that is ready to price.
type terms struct {
	id, offer    id.ID
	name         string
	begins, ends time.Time
	spec         Spec
	stage        stage
	when         *condition.Program
	parts        []clause
	brands       map[string]bool // folded
	rate         money.Rate      // Benefit.Percent as a fraction
	wallet       id.ID           // Benefit.Wallet
	what         i18n.Text       // the benefit in words
	limits       []i18n.Text     // of each cap
	why          texts
}

// clause is one of the conditions that must all hold, and what is said where
// it does not.
type clause struct {
	when  *condition.Program
	unmet i18n.Text
}

// compile checks a version and readies it.
func compile(v *Version) (*terms, error) {
	when, err := compileCondition(v.Spec.Condition)
	if err := fault.Gather(v.Spec.checkParts(), err); err != nil {
		return nil, err
	}
	t := &terms{
		id: v.ID, offer: v.OfferID, name: v.Name, begins: v.Begins, ends: v.Ends, spec: v.Spec,
		stage: v.Spec.stage(), when: when, what: v.Spec.Benefit.said(), why: newTexts(v.Name),
	}
	if b := &v.Spec.Benefit; !b.Percent.IsZero() {
		t.rate = fraction(b.Percent)
	} else {
		t.rate = money.NewRate(1, 1)
	}
	if v.Spec.Benefit.Wallet != "" {
		if t.wallet, err = id.Parse(id.Wallet, v.Spec.Benefit.Wallet); err != nil {
			return nil, err
		}
	}
	for _, c := range conjuncts(v.Spec.Condition) {
		p, err := compileCondition(c)
		if err != nil {
			return nil, err
		}
		t.parts = append(t.parts, clause{p, unmet(v.Name, c)})
	}
	if v.Spec.Brands != nil {
		t.brands = map[string]bool{}
		for _, b := range v.Spec.Brands {
			t.brands[fold(b)] = true
		}
	}
	for _, c := range v.Spec.PerMember {
		t.limits = append(t.limits, c.said())
	}
	return t, nil
}

// fold makes brands the same that differ only in the case of their letters.
func fold(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func compileCondition(c condition.Condition) (*condition.Program, error) {
	p, err := condition.Compile(c, earn.Catalog(earn.Purchase))
	return p, fault.At("/condition", err)
}

// conjuncts returns the parts of a condition that must all hold.
func conjuncts(c condition.Condition) []condition.Condition {
	switch {
	case c.IsZero():
		return nil
	case len(c.All) == 0:
		return []condition.Condition{c}
	}
	var list []condition.Condition
	for _, part := range c.All {
		list = append(list, conjuncts(part)...)
	}
	return list
}

// stage returns when offers of the spec have their turn: those about chosen
// goods first, then those about the sale, then those with a code.
func (s *Spec) stage() stage {
	switch s.Benefit.Kind {
	case Percent, FixedPrice, CheapestFree, BuyGet:
		if !s.WithCode && (s.Lines != nil || s.Brands != nil) {
			return lineStage
		}
	}
	if s.WithCode {
		return codeStage
	}
	return orderStage
}

// before orders versions as they apply: by stage, by priority, then the older
// offer, then the older version.
func before(a, b *terms) int {
	return cmp.Or(cmp.Compare(a.stage, b.stage), cmp.Compare(b.spec.Priority, a.spec.Priority),
		cmp.Compare(a.offer, b.offer), cmp.Compare(a.id, b.id))
}

func (t *terms) inForce(at time.Time) bool {
	return !at.Before(t.begins) && (t.ends.IsZero() || at.Before(t.ends))
}

func (t *terms) slot(p earn.Period, at time.Time, zone *time.Location) Slot {
	return Slot{t.offer, p, db.Micros(p.Start(at, zone))}
}

// chooses reports whether the benefit is about a line.
func (t *terms) chooses(line *sale.Line, item Item) bool {
	l := t.spec.Lines
	if t.spec.Benefit.Kind == FreeDelivery {
		if l == nil || !line.Fee {
			return line.Fee
		}
		goods := *line
		goods.Fee = false
		return l.Match(&goods)
	}
	return l.Match(line) && (t.brands == nil || t.brands[fold(item.Brand)])
}

// fraction returns a percentage as a fraction of one.
func fraction(percent money.Rate) money.Rate {
	return money.NewRate(percent.Num(), hundred*percent.Den())
}

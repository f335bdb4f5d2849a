package earn

import (
	"math/big"

	"regulars/internal/fault"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// form is the effects of a version for one rank, as one exact sum:
// (Σ term.num × quantity) ÷ den.
type form struct {
	den   uint64
	terms []term
	// rate is set where the version multiplies the points of other rules.
	rate  money.Rate
	steps []step
}

// term is a whole multiple of something that can be counted.
type term struct {
	num   uint64
	of    measure
	lines []*Lines // all of them must choose the line
}

type measure uint8

const (
	once      measure = iota // 1: points that no line earns
	amounts                  // minor units of goods
	everyLine                // minor units of all lines, fees included
	units                    // thousandths of a unit of goods
)

// exact is a term before all are brought to one denominator.
type exact struct {
	term
	rate money.Rate
}

// newForm works out the effects for a rank.
func newForm(v *Version, rank string) (*form, error) {
	if first := &v.Spec.Effects[0]; first.Kind == Multiplier {
		return &form{rate: first.rateFor(rank), steps: newSteps(v, rank)}, nil
	}
	var sum []exact
	for i := range v.Spec.Effects {
		e := &v.Spec.Effects[i]
		switch {
		case e.Kind == Multiplier:
			if err := multiply(sum, e.rateFor(rank)); err != nil {
				return nil, err
			}
		case e.Kind == ProductBonus && e.Points == 0:
			more, err := bonus(sum, e)
			if err != nil {
				return nil, err
			}
			sum = append(sum, more...)
		default:
			sum = append(sum, exact{e.measure(), e.alone()})
		}
	}
	f, err := gather(sum)
	if err == nil {
		f.steps = newSteps(v, rank)
	}
	return f, err
}

// rateFor returns a multiplier's rate for a rank.
func (e *Effect) rateFor(rank string) money.Rate {
	if r, named := e.PerRank[rank]; named && rank != "" {
		return r
	}
	return e.others()
}

// alone returns the points that an effect gives for one of what it counts.
func (e *Effect) alone() money.Rate {
	switch e.Kind {
	case PerAmount:
		return money.NewRate(e.Points, e.Per)
	case ProductBonus:
		return money.NewRate(e.Points, thousand)
	}
	return money.NewRate(e.Points, 1)
}

// measure returns what an effect counts.
func (e *Effect) measure() term {
	switch {
	case e.Kind == ProductBonus && e.Points > 0:
		return term{of: units, lines: []*Lines{e.Lines}}
	case e.Kind == ProductBonus, e.Basis == MatchingLines:
		return term{of: amounts, lines: []*Lines{e.Lines}}
	case e.Basis == Goods:
		return term{of: amounts}
	case e.Basis == Total:
		return term{of: everyLine}
	}
	return term{of: once}
}

// thousand is how many of the smallest quantities make a unit.
const thousand = 1000

func multiply(sum []exact, by money.Rate) (err error) {
	for i := range sum {
		if sum[i].rate, err = sum[i].rate.Mul(by); err != nil {
			return tooFine()
		}
	}
	return nil
}

// bonus returns what the chosen lines earn more when what they have earned by
// the terms so far is multiplied.
func bonus(sum []exact, e *Effect) ([]exact, error) {
	extra := money.NewRate(e.Rate.Num()-e.Rate.Den(), e.Rate.Den())
	var more []exact
	for _, x := range sum {
		if x.of == once {
			continue
		}
		if x.of == everyLine {
			x.of = amounts // only goods are chosen
		}
		x.lines = append(x.lines[:len(x.lines):len(x.lines)], e.Lines)
		more = append(more, x)
	}
	return more, multiply(more, extra)
}

// maxFine bounds numerators and denominators. A version has at most 2^9 terms
// (one effect that earns, and nine bonuses that each double them), and
// quantities are below 2^63, so their sum stays within 128 bits.
const maxFine = 1 << 53

// gather brings the terms to one denominator.
func gather(sum []exact) (*form, error) {
	den := big.NewInt(1)
	for _, x := range sum {
		d := big.NewInt(x.rate.Den())
		common := new(big.Int).GCD(nil, nil, den, d)
		den.Mul(den, d.Div(d, common))
		if den.Cmp(big.NewInt(maxFine)) > 0 {
			return nil, tooFine()
		}
	}
	f := &form{den: den.Uint64()}
	for _, x := range sum {
		num := new(big.Int).Mul(big.NewInt(x.rate.Num()), new(big.Int).Div(den, big.NewInt(x.rate.Den())))
		if num.Cmp(big.NewInt(maxFine)) > 0 {
			return nil, tooFine()
		}
		x.num = num.Uint64()
		f.terms = append(f.terms, x.term)
	}
	return f, nil
}

func tooFine() error {
	return fault.Invalid("rule_too_fine", "the rates together cannot be reckoned exactly; use rounder numbers").At("/effects")
}

// quantity returns what the term counts of an event; never below 0.
func (t *term) quantity(f *Facts) uint64 {
	switch {
	case t.of == once:
		return 1
	case t.of == everyLine:
		return above0(f.Total)
	case t.of == amounts && t.lines == nil:
		return above0(f.Goods)
	}
	n := int64(0)
	for i := range f.Lines {
		n += t.onLine(&f.Lines[i])
	}
	return above0(n)
}

func above0(n int64) uint64 { return uint64(max(0, n)) }

// onLine returns what the term counts of one line.
func (t *term) onLine(line *sale.Line) int64 {
	switch {
	case t.of == once || line.Fee && t.of != everyLine:
		return 0
	case t.of == everyLine:
		return line.Amount
	}
	for _, chosen := range t.lines {
		if !chosen.Match(line) {
			return 0
		}
	}
	if t.of == units {
		return line.Quantity
	}
	return line.Amount
}

// sum returns Σ num × quantity: the part that lines have earned, and the part
// that none has.
func (f *form) sum(facts *Facts) (lines, apart wide) {
	for i := range f.terms {
		t := &f.terms[i]
		n := times(t.num, t.quantity(facts))
		if t.of == once {
			apart = apart.plus(n)
		} else {
			lines = lines.plus(n)
		}
	}
	return lines, apart
}

package promo

import (
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/money"
)

// TestStackingLimitOfASale lets so many offers apply as the strictest of them
// allows, those that come first.
func TestStackingLimitOfASale(t *testing.T) {
	const (
		line  = `{"lines":{"skus":["A"]},"benefit":{"kind":"percent","percent":"10"}}`
		five  = `{"benefit":{"kind":"amount","amount":500}}`
		two   = `{"together":2,"benefit":{"kind":"amount","amount":100}}`
		one   = `{"together":1,"priority":9,"benefit":{"kind":"amount","amount":100}}`
		gift  = `{"benefit":{"kind":"gift","sku":"MUG"}}`
		none  = `{"together":2,"priority":9,"minimum":9900,"benefit":{"kind":"amount","amount":100}}`
		coded = `{"with_code":true,"together":2,"benefit":{"kind":"amount","amount":100}}`
	)
	for _, tc := range []struct {
		name, want string
		specs      []string
	}{
		{"there is room", "[3500] A:400 B:100", []string{line, two}},
		{"others came first", "[3100] A:400 B:500 C!together", []string{line, five, two}},
		{"it keeps off who comes later", "[3500] A:400 B:100 C!together", []string{line, two, five}},
		{"alone, though it takes off less", "[3900] B:100 A!together", []string{five, one}},
		{"an offer about goods comes before it", "[3600] A:400 B!together", []string{line, one}},
		{"a gift is an offer", "[4000] A:0+MUG B!together", []string{gift, `{"together":1,"benefit":{"kind":"amount","amount":100}}`}},
		{"one that does not apply limits nobody", "[3100] B:400 C:500 A!below_minimum", []string{none, line, five}},
		{"codes come last", "[3100] A:400 B:500 C!together", []string{line, five, coded}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := basket(t, "A x 1 40.00")
			if tc.name == "codes come last" {
				b = b.withCodes(3)
			}
			same(t, b, offers(t, tc.specs...).Price(b, Usage{}), tc.want)
		})
	}
}

// TestStackingLimitInAGroup gives the place of the best offer, which has none on
// the sale, to the next of its group.
func TestStackingLimitInAGroup(t *testing.T) {
	line := `{"lines":{"skus":["A"]},"benefit":{"kind":"percent","percent":"10"}}`
	best := `{"group":"g","together":1,"benefit":{"kind":"amount","amount":500}}`
	next := `{"group":"g","benefit":{"kind":"amount","amount":300}}`
	b := basket(t, "A x 1 40.00")
	same(t, b, offers(t, line, best, next).Price(b, Usage{}), "[3300] A:400 C:300 B!together")
}

// TestMostOff counts what offers took off a line before.
func TestMostOff(t *testing.T) {
	const half = `{"most_off":"50","benefit":{"kind":"amount","amount":3000}}`
	for _, tc := range []struct {
		name, want string
		specs      []string
	}{
		{"alone", "[2000 500] A:2500", []string{half}},
		{"beside others", "[2000 500] A:400 B:2100", []string{`{"lines":{"skus":["A"]},"benefit":{"kind":"percent","percent":"10"}}`, half}},
		{"nothing is left", "[1600 400] A:3000 B!most_off", []string{`{"priority":1,"benefit":{"kind":"percent","percent":"60"}}`, half}},
		{"only what allows it", "[1000 250] A:2500 B:1250", []string{half, `{"benefit":{"kind":"percent","percent":"50"}}`}},
		{"rounded for the shop", "[2667 667] A:1666", []string{`{"most_off":"100/3","benefit":{"kind":"percent","percent":"90"}}`}},
		{"a price", "[3000 750] A:1250", []string{`{"most_off":"25","benefit":{"kind":"fixed_price","price":1}}`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := basket(t, "A x 1 40.00", "B x 1 10.00")
			same(t, b, offers(t, tc.specs...).Price(b, Usage{}), tc.want)
		})
	}
	b := basket(t, "A x 1 10.00 10.00")
	same(t, b, offers(t, `{"most_off":"50","at_cost":true,"benefit":{"kind":"percent","percent":"20"}}`).Price(b, Usage{}), "[1000] A!at_cost")
}

// TestStackingLimitsHold whatever the offers.
func TestStackingLimitsHold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		versions, b := anyCase(t)
		most := money.NewRate(rapid.Int64Range(1, 1000).Draw(t, "most"), 10)
		for i := range versions {
			if s := &versions[i].Spec; s.Benefit.takesOff() {
				s.MostOff = most
			}
		}
		p := offersOf(t, versions...).Price(b, Usage{})
		addsUp(t, b, p)
		for _, a := range p.Applied {
			if n := specOf(versions, a.OfferID).Together; n > 0 && len(p.Applied) > n {
				t.Errorf("%s lets %d offers apply, and %d do", a.Name, n, len(p.Applied))
			}
		}
		for i, l := range b.Facts.Lines {
			if off := l.Amount - p.Amounts[i]; off > 0 && off*100*most.Den() > l.Amount*most.Num() {
				t.Errorf("line %d of %d fell by %d, at most %s %%", i+1, l.Amount, off, most)
			}
		}
	})
}

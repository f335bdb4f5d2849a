package promo

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// priced is a basket of which everything is kept, priced by these specs.
func priced(t interface{ Fatal(...any) }, lines []sale.Line, specs ...Spec) (*Offerset, Kept) {
	var versions []Version
	for i, s := range specs {
		versions = append(versions, Version{ID: id.ID(i + 1), OfferID: id.ID(i + 1), Name: "offer", State: Published, Spec: s})
	}
	set, err := NewOfferset(time.UTC, "GBP", versions)
	if err != nil {
		t.Fatal(err)
	}
	facts := &earn.Facts{Kind: "purchase", Occurred: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), Lines: lines, Nth: 2}
	p := set.Price(Basket{Facts: facts, Enrolled: true}, Usage{})
	k := Kept{}
	for _, l := range lines {
		k.List, k.Quantities = append(k.List, l.Amount), append(k.Quantities, l.Quantity)
	}
	for _, a := range p.Applied {
		o := KeptOffer{VersionID: a.VersionID, Amount: a.Amount, Shares: make([]int64, len(lines)), Basis: a.Basis}
		for _, d := range p.Discounts {
			if d.VersionID == a.VersionID {
				o.Shares[d.Line-1] += d.Amount
			}
		}
		k.Offers = append(k.Offers, o)
	}
	return set, k
}

// less is what is left when so many of each line's units came back.
func (k Kept) less(back ...int64) Kept {
	out := Kept{Offers: slices.Clone(k.Offers)}
	for i := range k.List {
		out.List = append(out.List, k.List[i]-money.Part(k.List[i], back[i], k.Quantities[i]))
		out.Quantities = append(out.Quantities, k.Quantities[i]-back[i])
	}
	for n := range out.Offers {
		shares := slices.Clone(out.Offers[n].Shares)
		for i := range shares {
			shares[i] -= money.Part(shares[i], back[i], k.Quantities[i])
		}
		out.Offers[n].Shares = shares
	}
	return out
}

// TestReprice brings a part of sales back and reckons by hand what the rest
// costs more: a minimum that is missed, a set that is broken, a lower tier, and
// what loses nothing.
func TestReprice(t *testing.T) {
	two := []sale.Line{{No: 1, SKU: "a", Quantity: 1000, Amount: 40_00}, {No: 2, SKU: "b", Quantity: 1000, Amount: 20_00}}
	three := []sale.Line{{No: 1, SKU: "a", Quantity: 3000, Amount: 30_00}}
	again := func(s Spec) Spec { s.AfterReturn = Recompute; return s }
	tenth := Benefit{Kind: Percent, Percent: money.NewRate(10, 1)}
	for name, c := range map[string]struct {
		lines []sale.Line
		specs []Spec
		back  []int64
		want  int64
	}{
		"the minimum is missed":       {two, []Spec{again(Spec{Minimum: 50_00, Benefit: tenth})}, []int64{0, 1000}, 4_00},
		"the minimum is reached":      {two, []Spec{again(Spec{Minimum: 30_00, Benefit: tenth})}, []int64{0, 1000}, 0},
		"kept below the minimum":      {two, []Spec{{Minimum: 50_00, Benefit: tenth}}, []int64{0, 1000}, 0},
		"three for two, one is back":  {three, []Spec{again(Spec{Benefit: Benefit{Kind: CheapestFree, Buy: 2000, Get: 1000}})}, []int64{1000}, 6_67},
		"a lower tier":                {two, []Spec{again(Spec{Benefit: Benefit{Kind: Tiered, Tiers: []Tier{{From: 20_00, Amount: 2_00}, {From: 60_00, Amount: 12_00}}}})}, []int64{0, 1000}, 6_00},
		"an amount goes to the rest":  {two, []Spec{again(Spec{Benefit: Benefit{Kind: Amount, Amount: 6_00}})}, []int64{0, 1000}, 0},
		"one is lost, one is not":     {two, []Spec{again(Spec{Minimum: 50_00, Benefit: tenth}), {Benefit: Benefit{Kind: Amount, Amount: 6_00}}}, []int64{0, 1000}, 4_00},
		"nothing came back":           {two, []Spec{again(Spec{Minimum: 50_00, Benefit: tenth})}, []int64{0, 0}, 0},
		"all came back":               {two, []Spec{again(Spec{Minimum: 50_00, Benefit: tenth})}, []int64{1000, 1000}, 0},
		"less off for one than more?": {two, []Spec{again(Spec{Minimum: 50_00, Benefit: tenth}), again(Spec{Benefit: Benefit{Kind: Amount, Amount: 6_00}})}, []int64{0, 1000}, 2_00},
	} {
		set, k := priced(t, c.lines, c.specs...)
		got, lost := set.Reprice(k.less(c.back...))
		if got != c.want || (got > 0) != (len(lost) > 0) {
			t.Errorf("%s: %d kept back for %+v, want %d", name, got, lost, c.want)
		}
	}
}

// TestRepriceIsNeverAbsurd draws sales and returns: nothing is lost where nothing
// or everything came back, and never more than the discounts of what is kept.
func TestRepriceIsNeverAbsurd(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var lines []sale.Line
		var back []int64
		for i := range rapid.IntRange(1, 4).Draw(r, "lines") {
			q := rapid.Int64Range(1, 5).Draw(r, "units") * 1000
			lines = append(lines, sale.Line{No: i + 1, SKU: string(rune('a' + i)), Quantity: q, Amount: rapid.Int64Range(0, 90_00).Draw(r, "amount")})
			back = append(back, rapid.Int64Range(0, q).Draw(r, "back"))
		}
		var specs []Spec
		for range rapid.IntRange(1, 3).Draw(r, "offers") {
			s := Spec{Minimum: rapid.Int64Range(0, 100_00).Draw(r, "minimum"), AfterReturn: rapid.SampledFrom([]AfterReturn{"", Recompute}).Draw(r, "after")}
			s.Benefit = rapid.SampledFrom([]Benefit{
				{Kind: Percent, Percent: money.NewRate(15, 1)}, {Kind: Amount, Amount: 7_00}, {Kind: FixedPrice, Price: 5_00},
				{Kind: CheapestFree, Buy: 2000, Get: 1000}, {Kind: Tiered, Tiers: []Tier{{From: 30_00, Amount: 3_00}, {From: 70_00, Percent: money.NewRate(20, 1)}}},
			}).Draw(r, "benefit")
			specs = append(specs, s)
		}
		set, k := priced(r, lines, specs...)
		none, all := make([]int64, len(lines)), make([]int64, len(lines))
		copy(all, k.Quantities)
		for what, at := range map[string][]int64{"nothing": none, "everything": all} {
			if n, _ := set.Reprice(k.less(at...)); n != 0 {
				r.Fatalf("%s came back, and %d are lost", what, n)
			}
		}
		kept, most := k.less(back...), int64(0)
		for _, o := range kept.Offers {
			most += total(o.Shares)
		}
		if n, _ := set.Reprice(kept); n < 0 || n > most {
			r.Fatalf("%d are lost of %d", n, most)
		}
	})
}

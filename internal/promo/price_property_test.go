package promo

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// anyBasket draws a basket, odd ones included.
func anyBasket(t *rapid.T) Basket {
	b := Basket{Enrolled: rapid.Bool().Draw(t, "enrolled"), Facts: &earn.Facts{
		Kind: "purchase", Occurred: tuesday, Nth: rapid.Int64Range(0, 2).Draw(t, "nth"), Rank: rapid.SampledFrom([]string{"", "gold"}).Draw(t, "rank"),
	}}
	amounts := rapid.OneOf(rapid.Int64Range(0, 5000), rapid.SampledFrom([]int64{0, 1, -500, money.MaxMinor, math.MaxInt64 / 1000}))
	quantities := rapid.OneOf(rapid.Map(rapid.Int64Range(0, 5), func(n int64) int64 { return n * 1000 }), rapid.SampledFrom([]int64{333, 1, -1000, sale.MaxQuantity, math.MaxInt64}))
	for i := range rapid.IntRange(0, 6).Draw(t, "lines") {
		l := sale.Line{
			No: i + 1, SKU: rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "sku"), Category: rapid.SampledFrom([]string{"", "tea", "coffee"}).Draw(t, "category"),
			Quantity: quantities.Draw(t, "quantity"), Amount: amounts.Draw(t, "amount"), Fee: rapid.IntRange(0, 4).Draw(t, "fee") == 0,
		}
		b.Facts.Lines = append(b.Facts.Lines, l)
		b.Facts.Total += l.Amount
		if !l.Fee {
			b.Facts.Goods += l.Amount
		}
		if rapid.Bool().Draw(t, "known") {
			b.Items = append(b.Items, Item{Brand: "acme", Cost: rapid.Int64Range(0, 3000).Draw(t, "cost")})
		}
	}
	return b
}

func anyBenefit(t *rapid.T) Benefit {
	b := Benefit{Kind: rapid.SampledFrom(Kinds()).Draw(t, "kind")}
	percent := func() money.Rate { return money.NewRate(rapid.Int64Range(1, 1000).Draw(t, "percent"), 10) }
	sets := func() (int64, int64) {
		return rapid.Int64Range(1, 3).Draw(t, "buy") * 1000, rapid.Int64Range(1, 2).Draw(t, "get") * 1000
	}
	switch b.Kind {
	case Percent:
		b.Percent = percent()
	case Amount:
		b.Amount = rapid.Int64Range(1, 6000).Draw(t, "off")
	case FixedPrice:
		b.Price = rapid.Int64Range(1, 2000).Draw(t, "price")
	case CheapestFree:
		b.Buy, b.Get = sets()
	case BuyGet:
		b.Buy, b.Get = sets()
		b.Percent = percent()
	case Tiered:
		b.Tiers = []Tier{{From: 1000, Amount: rapid.Int64Range(1, 900).Draw(t, "tier")}, {From: 3000, Percent: percent()}}
	case Gift:
		b.SKU = "MUG"
	case PointsMultiplier:
		b.Rate = money.NewRate(rapid.Int64Range(11, 50).Draw(t, "rate"), 10)
	}
	if slices.Contains(mayCap, b.Kind) && rapid.Bool().Draw(t, "capped") {
		b.Most = rapid.Int64Range(1, 800).Draw(t, "most")
	}
	return b
}

func anySpec(t *rapid.T) Spec {
	s := Spec{Benefit: anyBenefit(t), Priority: rapid.IntRange(-1, 1).Draw(t, "priority"), AtCost: rapid.Bool().Draw(t, "at cost")}
	switch rapid.IntRange(0, 3).Draw(t, "lines of the offer") {
	case 0:
		s.Lines = &earn.Lines{SKUs: []string{"A"}, Except: rapid.Bool().Draw(t, "except")}
	case 1:
		if s.Benefit.Kind != FreeDelivery {
			s.Lines, s.Brands = &earn.Lines{Categories: []string{"tea"}}, []string{"Acme"}
		}
	}
	s.Group = rapid.SampledFrom([]string{"", "", "g", "h"}).Draw(t, "group")
	s.Exclusive = rapid.IntRange(0, 6).Draw(t, "exclusive") == 0
	if !s.Exclusive {
		s.Together = rapid.IntRange(0, 4).Draw(t, "together")
	}
	if s.Benefit.takesOff() && rapid.IntRange(0, 3).Draw(t, "floored") == 0 {
		s.MostOff = money.NewRate(rapid.Int64Range(1, 1000).Draw(t, "most off"), 10)
	}
	s.WithCode = rapid.IntRange(0, 3).Draw(t, "with code") == 0
	if rapid.IntRange(0, 2).Draw(t, "has minimum") == 0 {
		s.Minimum = rapid.Int64Range(1, 6000).Draw(t, "minimum")
	}
	if rapid.IntRange(0, 5).Draw(t, "newcomers") == 0 {
		s.Audience = Newcomers
	}
	if rapid.IntRange(0, 3).Draw(t, "limited") == 0 {
		s.PerMember = []Cap{{Period: earn.Month, Amount: rapid.Int64Range(1, 900).Draw(t, "cap")}}
		s.Budget = Budget{Amount: rapid.Int64Range(1, 2000).Draw(t, "budget")}
		s.PerShop = []ShopBudget{{Period: earn.Day, Budget: Budget{Amount: rapid.Int64Range(1, 2000).Draw(t, "shop's budget")}}}
	}
	return s
}

// anyCase draws offers and a basket with codes of some of them.
func anyCase(t *rapid.T) ([]Version, Basket) {
	var versions []Version
	b := anyBasket(t)
	for i := range rapid.IntRange(0, 6).Draw(t, "offers") {
		v := inForce(id.ID(i+1), anySpec(t))
		if err := v.Spec.Check(); err != nil {
			t.Fatalf("drew a wrong spec: %v", err)
		}
		versions = append(versions, v)
		if v.Spec.WithCode && rapid.IntRange(0, 3).Draw(t, "presented") > 0 {
			b = b.withCode(v.OfferID)
		}
	}
	return versions, b
}

func (b Basket) withCode(offer id.ID) Basket {
	n := len(b.Codes) + 1
	b.Codes = append(slices.Clone(b.Codes), Presented{Text: fmt.Sprintf("CODE%d", n), Code: &Code{ID: id.ID(500 + n), OfferID: offer}})
	return b
}

// specOf returns the terms of an offer that was drawn.
func specOf(versions []Version, offer id.ID) *Spec {
	return &versions[slices.IndexFunc(versions, func(v Version) bool { return v.OfferID == offer })].Spec
}

func TestPricingAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		versions, b := anyCase(t)
		p := offersOf(t, versions...).Price(b, Usage{})
		addsUp(t, b, p)
		groups := map[string]bool{}
		for _, a := range p.Applied {
			s := specOf(versions, a.OfferID)
			if s.Group != "" && groups[s.Group] {
				t.Errorf("two offers of the group %s apply", s.Group)
			}
			groups[s.Group] = true
			if s.Exclusive && len(p.Applied) > 1 {
				t.Errorf("%s is exclusive, but %d apply", a.Name, len(p.Applied))
			}
			if s.WithCode != (a.CodeID != 0) {
				t.Errorf("%s applies with the code %d", a.Name, a.CodeID)
			}
			if most := s.Benefit.Most; most > 0 && a.Amount > most {
				t.Errorf("%s takes off %d of at most %d", a.Name, a.Amount, most)
			}
			if s.Budget.Amount > 0 && (a.Amount > s.Budget.Amount || a.Amount > s.PerMember[0].Amount || a.Amount > s.PerShop[0].Amount) {
				t.Errorf("%s takes off %d over its limits", a.Name, a.Amount)
			}
		}
	})
}

// TestEveryOfferIsAnsweredOnce holds that each offer and each code either
// applies or is refused with a reason that can be said.
func TestEveryOfferIsAnsweredOnce(t *testing.T) {
	en := printerFor(t, "en")
	rapid.Check(t, func(t *rapid.T) {
		versions, b := anyCase(t)
		p := offersOf(t, versions...).Price(b, Usage{})
		seen := map[id.ID]int{}
		for _, a := range p.Applied {
			seen[a.OfferID]++
			if !en.Has(a.Reason.Key) {
				t.Errorf("no text %s", a.Reason.Key)
			}
		}
		for _, r := range p.Refused {
			seen[r.OfferID]++
			if !en.Has(r.Reason.Key) || r.Why == "" {
				t.Errorf("no text %q for %q", r.Reason.Key, r.Why)
			}
		}
		for _, v := range versions {
			want := 1
			presented := slices.ContainsFunc(b.Codes, func(c Presented) bool { return c.Code.OfferID == v.OfferID })
			if v.Spec.WithCode && !presented || v.Spec.Audience == Newcomers && b.Facts.Nth != 1 && !presented {
				want = 0
			}
			if seen[v.OfferID] != want {
				t.Errorf("the offer %s is answered %d times, want %d", v.Name, seen[v.OfferID], want)
			}
		}
	})
}

func TestNoLineFallsBelowCost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		versions, b := anyCase(t)
		for i := range versions {
			versions[i].Spec.AtCost = true
		}
		p := offersOf(t, versions...).Price(b, Usage{})
		for i, item := range b.Items {
			if list := b.Facts.Lines[i].Amount; item.Cost > 0 && p.Amounts[i] < min(item.Cost, list) {
				t.Errorf("line %d of %d costs us %d and fell to %d", i+1, list, item.Cost, p.Amounts[i])
			}
		}
	})
}

// raisedBy completes a pricing, each line of which earned 70 points.
func raisedBy(b Basket, p Pricing) Pricing {
	shares := make([]int64, len(b.Facts.Lines))
	for i := range shares {
		shares[i] = 70
	}
	p.Raise([]earn.Grant{granted(1, shares...)}, apiece)
	return p
}

func TestOrderOfVersionsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		versions, b := anyCase(t)
		want := raisedBy(b, offersOf(t, versions...).Price(b, Usage{}))
		got := raisedBy(b, offersOf(t, rapid.Permutation(versions).Draw(t, "order")...).Price(b, Usage{}))
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(Pricing{}, use{}, claim{}, money.Rate{})); diff != "" {
			t.Error(diff)
		}
	})
}

// TestInapplicableOfferChangesNothing adds an offer that cannot apply, to
// whatever group and stage.
func TestInapplicableOfferChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		versions, b := anyCase(t)
		want := offersOf(t, versions...).Price(b, Usage{})
		v := inForce(id.ID(len(versions)+1), anySpec(t))
		switch rapid.IntRange(0, 2).Draw(t, "how") {
		case 0:
			v.Spec.Minimum = math.MaxInt64
		case 1:
			v.Ends = tuesday
		case 2:
			v.Spec.Lines, v.Spec.Brands = &earn.Lines{SKUs: []string{"Z"}}, nil
		}
		if v.Spec.WithCode {
			b = b.withCode(v.OfferID)
		}
		got := offersOf(t, append(versions, v)...).Price(b, Usage{})
		if diff := cmp.Diff(want.Applied, got.Applied, cmp.AllowUnexported(money.Rate{})); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(want.Amounts, got.Amounts); diff != "" {
			t.Error(diff)
		}
	})
}

// TestUsageIsCountedAsGiven prices several sales of one member on one usage.
func TestUsageIsCountedAsGiven(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		versions, b := anyCase(t)
		s := offersOf(t, versions...)
		var u Usage
		given := map[id.ID]Budget{}
		for range 4 {
			p := raisedBy(b, s.Price(b, u))
			for _, a := range p.Applied {
				g := given[a.OfferID]
				given[a.OfferID] = Budget{g.Uses + 1, g.Amount + a.cost()}
			}
			u.Apply(&p)
		}
		for _, v := range versions {
			if v.Spec.Budget.IsZero() {
				continue
			}
			g, n := given[v.OfferID], u.Counts[slotOf(v.OfferID, s, earn.Month)]
			if kept := u.Budgets[v.OfferID]; kept.Uses != g.Uses || kept.Amount != g.Amount || n.Times != g.Uses || n.Amount != g.Amount {
				t.Errorf("%s gave %+v, counted %+v and %+v", v.Name, g, kept, n)
			}
			if g.Amount > v.Spec.Budget.Amount || g.Amount > v.Spec.PerMember[0].Amount || g.Amount > v.Spec.PerShop[0].Amount {
				t.Errorf("%s gave %+v, over its limits", v.Name, g)
			}
		}
	})
}

package earn

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/money"
	"regulars/internal/sale"
)

// slowly reckons the effects the obvious way: what each line has earned, and
// what belongs to no line, as fractions of any size.
func slowly(effects []Effect, f *Facts) *big.Rat {
	lines, apart := make([]*big.Rat, len(f.Lines)), new(big.Rat)
	for i := range lines {
		lines[i] = new(big.Rat)
	}
	for _, e := range effects {
		switch e.Kind {
		case Fixed:
			apart.Add(apart, big.NewRat(e.Points, 1))
		case PerAmount:
			for i, l := range f.Lines {
				if e.Basis == Total || !l.Fee && (e.Basis == Goods || chosen(e.Lines, l)) {
					lines[i].Add(lines[i], big.NewRat(l.Amount*e.Points, e.Per))
				}
			}
		case Multiplier:
			rate := e.Rate
			if r, named := e.PerRank[f.Rank]; named {
				rate = r
			} else if rate.IsZero() {
				rate = money.NewRate(1, 1)
			}
			for _, r := range append(lines, apart) {
				r.Mul(r, big.NewRat(rate.Num(), rate.Den()))
			}
		case ProductBonus:
			for i, l := range f.Lines {
				switch {
				case l.Fee || !chosen(e.Lines, l):
				case e.Points > 0:
					lines[i].Add(lines[i], big.NewRat(l.Quantity*e.Points, 1000))
				default:
					lines[i].Mul(lines[i], big.NewRat(e.Rate.Num(), e.Rate.Den()))
				}
			}
		}
	}
	for _, r := range lines {
		apart.Add(apart, r)
	}
	return apart
}

func chosen(l *Lines, line sale.Line) bool {
	named := slices.Contains(l.SKUs, line.SKU)
	for _, c := range l.Categories {
		named = named || c == line.Category
	}
	return named == !l.Except
}

func anyRate() *rapid.Generator[money.Rate] {
	return rapid.Custom(func(t *rapid.T) money.Rate {
		den := rapid.SampledFrom([]int64{1, 2, 3, 4, 7, 10, 100}).Draw(t, "den")
		return money.NewRate(den+rapid.Int64Range(0, 3*den).Draw(t, "over"), den)
	})
}

func anyLines() *rapid.Generator[*Lines] {
	return rapid.Custom(func(t *rapid.T) *Lines {
		return &Lines{
			SKUs:       rapid.SliceOfN(rapid.SampledFrom([]string{"A", "B", "C"}), 1, 2).Draw(t, "skus"),
			Categories: rapid.SliceOfN(rapid.SampledFrom([]string{"tea", "milk"}), 0, 1).Draw(t, "categories"),
			Except:     rapid.Bool().Draw(t, "except"),
		}
	})
}

// anyEffects draws effects that pass the check.
func anyEffects() *rapid.Generator[[]Effect] {
	one := rapid.Custom(func(t *rapid.T) Effect {
		e := Effect{Kind: rapid.SampledFrom(EffectKinds()).Draw(t, "kind")}
		switch e.Kind {
		case Fixed:
			e.Points = rapid.Int64Range(1, 500).Draw(t, "points")
		case Multiplier:
			e.Rate = anyRate().Draw(t, "rate")
		case PerAmount:
			e.Points, e.Per = rapid.Int64Range(1, 20).Draw(t, "points"), rapid.SampledFrom([]int64{1, 3, 100, 250, 999}).Draw(t, "per")
			if e.Basis = rapid.SampledFrom([]Basis{Goods, Total, MatchingLines}).Draw(t, "basis"); e.Basis == MatchingLines {
				e.Lines = anyLines().Draw(t, "lines")
			}
		case ProductBonus:
			if e.Lines = anyLines().Draw(t, "lines"); rapid.Bool().Draw(t, "by unit") {
				e.Points = rapid.Int64Range(1, 50).Draw(t, "points")
			} else {
				e.Rate = anyRate().Draw(t, "rate")
			}
		}
		return e
	})
	return rapid.Custom(func(t *rapid.T) []Effect {
		first := Effect{Kind: PerAmount, Points: rapid.Int64Range(1, 9).Draw(t, "points"), Per: 100, Basis: Goods}
		effects := append([]Effect{first}, rapid.SliceOfN(one, 0, 5).Draw(t, "more")...)
		if rapid.Bool().Draw(t, "ranked") {
			effects = append(effects, Effect{Kind: Multiplier, PerRank: map[string]money.Rate{"gold": anyRate().Draw(t, "gold"), "none": {}}})
		}
		return effects
	})
}

func anyPurchase() *rapid.Generator[*Facts] {
	line := rapid.Custom(func(t *rapid.T) sale.Line {
		return sale.Line{
			SKU:      rapid.SampledFrom([]string{"A", "B", "C", "D"}).Draw(t, "sku"),
			Category: rapid.SampledFrom([]string{"", "tea", "milk"}).Draw(t, "category"),
			Quantity: rapid.Int64Range(1, 20_000).Draw(t, "quantity"),
			Amount:   rapid.OneOf(rapid.Int64Range(0, 2000), rapid.Int64Range(0, 1<<40)).Draw(t, "amount"),
			Fee:      rapid.IntRange(0, 4).Draw(t, "fee") == 0,
		}
	})
	return rapid.Custom(func(t *rapid.T) *Facts {
		f := &Facts{Kind: "purchase", Occurred: sold, Rank: rapid.SampledFrom([]string{"", "gold", "none", "other"}).Draw(t, "rank")}
		f.Lines = rapid.SliceOfN(line, 1, 12).Draw(t, "lines")
		for _, l := range f.Lines {
			f.Total += l.Amount
			if !l.Fee {
				f.Goods += l.Amount
			}
		}
		return f
	})
}

func TestPointsAreExactAndSharesSumUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := anyPurchase().Draw(rt, "purchase")
		how := rapid.SampledFrom([]money.Rounding{money.Floor, money.Ceil, money.HalfUp, money.HalfEven}).Draw(rt, "rounding")
		v := Version{ID: 1, Rule: Rule{ID: 1, Trigger: Purchase}, State: Published,
			Spec: Spec{WalletID: spendable, Effects: anyEffects().Draw(rt, "effects"), Rounding: how}}
		if err := v.Spec.Check(Purchase); err != nil {
			rt.Skip(err)
		}
		want, fits := rounded(slowly(v.Spec.Effects, f), how)
		d := ruleset(t, v).Decide(f, Usage{})
		if want == 0 || !fits {
			if len(d.Grants) != 0 {
				rt.Fatalf("got %+v, want nothing", d.Grants)
			}
			return
		}
		g := only(rt, d)
		if g.Amount != want {
			rt.Fatalf("got %d, want %d", g.Amount, want)
		}
		checkShares(rt, g, f)
	})
}

// rounded rounds by whole-number division, another way than the engine's.
func rounded(r *big.Rat, how money.Rounding) (int64, bool) {
	n, d := new(big.Int).Lsh(r.Num(), 1), new(big.Int).Lsh(r.Denom(), 1)
	switch how {
	case money.Ceil:
		n.Add(n, d).Sub(n, big.NewInt(1))
	case money.HalfUp, money.HalfEven:
		n.Add(n, r.Denom())
	}
	q, rest := new(big.Int).DivMod(n, d, new(big.Int))
	if how == money.HalfEven && rest.Sign() == 0 && q.Bit(0) == 1 {
		q.Sub(q, big.NewInt(1))
	}
	return q.Int64(), q.Cmp(big.NewInt(maxPoints)) <= 0
}

func checkShares(t *rapid.T, g Grant, f *Facts) {
	if g.Shares == nil {
		if f.Goods > 0 {
			t.Fatalf("%d points are on no line of goods worth %d", g.Amount, f.Goods)
		}
		return
	}
	sum := int64(0)
	for _, n := range g.Shares {
		if n < 0 {
			t.Fatalf("a share is negative: %v", g.Shares)
		}
		sum += n
	}
	if sum != g.Amount || len(g.Shares) != len(f.Lines) {
		t.Fatalf("%d points are shared %v over %d lines", g.Amount, g.Shares, len(f.Lines))
	}
}

// The demo's share of each line is the floor of its part, and the remainder
// goes one by one to the largest lines: reckoned here with fractions.
func TestDemoShares(t *testing.T) {
	s := rules(t, demo)
	rapid.Check(t, func(rt *rapid.T) {
		f := anyPurchase().Draw(rt, "purchase")
		d := s.Decide(f, Usage{})
		if len(d.Grants) == 0 {
			return
		}
		g := only(rt, d)
		checkShares(rt, g, f)
		for i, l := range f.Lines {
			amount := l.Amount
			if l.Fee {
				amount = 0
			}
			part := new(big.Int).Div(new(big.Int).Mul(big.NewInt(g.Amount), big.NewInt(amount)), big.NewInt(f.Goods)).Int64()
			if n := g.Shares[i]; n != part && n != part+1 {
				rt.Fatalf("line %d of %d has %d of %d points, its part is %d", i, amount, n, g.Amount, part)
			}
		}
	})
}

func TestArithmeticOf128Bits(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		a, b := rapid.Uint64Range(0, maxFine).Draw(rt, "a"), rapid.Uint64Range(0, 1<<63).Draw(rt, "b")
		den := rapid.Uint64Range(1, maxFine).Draw(rt, "den")
		how := rapid.SampledFrom([]money.Rounding{money.Floor, money.Ceil, money.HalfUp, money.HalfEven}).Draw(rt, "how")
		w := times(a, b)
		q, ok := round(w, den, how)
		slow, slowOK := roundRat(w.over(den), how)
		if q != slow || ok != slowOK {
			rt.Fatalf("%d × %d ÷ %d is %d (%v), slowly %d (%v)", a, b, den, q, ok, slow, slowOK)
		}
		c := times(rapid.Uint64Range(0, maxFine).Draw(rt, "c"), b)
		x, y := fit(w, c)
		if x < 0 || y < 0 || x+y < 0 {
			rt.Fatalf("%v and %v do not fit: %d and %d", w, c, x, y)
		}
	})
}

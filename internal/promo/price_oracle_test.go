package promo

import (
	"cmp"
	"math/big"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// The oracle prices slowly and plainly: fractions throughout, one set of
// choices after another, and nothing shared with the real pricing but the
// types. It knows percentages and amounts, minimums, groups and exclusive
// offers.

// paperSplit gives each line the floor of its part and what is left over to
// the largest lines.
func paperSplit(amount int64, left []int64) []int64 {
	sum, out := new(big.Int), make([]int64, len(left))
	for _, n := range left {
		sum.Add(sum, big.NewInt(n))
	}
	if sum.Sign() == 0 {
		return out
	}
	rest, order := amount, make([]int, len(left))
	for i, n := range left {
		order[i] = i
		exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(amount), big.NewInt(n)), sum)
		out[i] = new(big.Int).Quo(exact.Num(), exact.Denom()).Int64()
		rest -= out[i]
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(left[b], left[a]) })
	for i := int64(0); i < rest; i++ {
		out[order[i]]++
	}
	return out
}

// paperOff returns what an offer takes off each line, or nil.
func paperOff(v Version, b Basket, left, stage []int64) []int64 {
	chosen, before := make([]int64, len(left)), int64(0)
	sum := int64(0)
	for i, l := range b.Facts.Lines {
		if !l.Fee && (v.Spec.Lines == nil || slices.Contains(v.Spec.Lines.SKUs, l.SKU)) {
			chosen[i] = left[i]
			sum += left[i]
			before += stage[i]
		}
	}
	if before < v.Spec.Minimum {
		return nil
	}
	off := min(v.Spec.Benefit.Amount, sum)
	if v.Spec.Benefit.Kind == Percent {
		r := v.Spec.Benefit.Percent
		exact := new(big.Rat).Mul(big.NewRat(sum, 100), big.NewRat(r.Num(), r.Den()))
		off = new(big.Int).Quo(exact.Num(), exact.Denom()).Int64()
	}
	if off == 0 {
		return nil
	}
	return paperSplit(off, chosen)
}

// paperStage says when an offer has its turn.
func paperStage(s *Spec) int {
	if s.Lines != nil && s.Benefit.Kind == Percent {
		return 1
	}
	return 2
}

// paperRun lets the offers of the list work in their order, and returns what
// each took.
func paperRun(list []Version, b Basket) (map[id.ID]int64, []int64) {
	left := make([]int64, len(b.Facts.Lines))
	for i, l := range b.Facts.Lines {
		left[i] = l.Amount
	}
	took := map[id.ID]int64{}
	for stage := 1; stage <= 2; stage++ {
		start := slices.Clone(left)
		for _, v := range list {
			if paperStage(&v.Spec) != stage {
				continue
			}
			for i, n := range paperOff(v, b, left, start) {
				left[i] -= n
				took[v.OfferID] += n
			}
		}
	}
	return took, left
}

// paperGroups tries the offers of each group beside all that have no group and
// the winners so far, and starts again without a winner that fell out.
func paperGroups(all []Version, b Basket) []Version {
	barred := map[id.ID]bool{}
	for {
		var list []Version
		for _, v := range all {
			if v.Spec.Group == "" && !v.Spec.Exclusive {
				list = append(list, v)
			}
		}
		for _, g := range []string{"g", "h"} {
			most, winner := int64(0), Version{}
			for _, v := range all {
				if v.Spec.Group != g || v.Spec.Exclusive || barred[v.OfferID] {
					continue
				}
				if took, _ := paperRun(inOrder(append(slices.Clone(list), v)), b); took[v.OfferID] > most {
					most, winner = took[v.OfferID], v
				}
			}
			if most > 0 {
				list = append(list, winner)
			}
		}
		list = inOrder(list)
		took, _ := paperRun(list, b)
		fell := slices.IndexFunc(list, func(v Version) bool { return v.Spec.Group != "" && took[v.OfferID] == 0 })
		if fell < 0 {
			return list
		}
		for _, v := range list {
			if v.Spec.Group != "" && took[v.OfferID] == 0 {
				barred[v.OfferID] = true
			}
		}
	}
}

func inOrder(list []Version) []Version {
	slices.SortFunc(list, func(a, b Version) int {
		return cmp.Or(cmp.Compare(b.Spec.Priority, a.Spec.Priority), cmp.Compare(a.OfferID, b.OfferID))
	})
	return list
}

// paperPrice adds the exclusive offers, each alone against all others.
func paperPrice(all []Version, b Basket) (map[id.ID]int64, []int64) {
	all = inOrder(slices.Clone(all))
	slices.SortStableFunc(all, func(a, b Version) int { return cmp.Compare(paperStage(&a.Spec), paperStage(&b.Spec)) })
	took, left := paperRun(paperGroups(all, b), b)
	most := int64(0)
	for _, n := range took {
		most += n
	}
	for _, v := range all {
		if alone, rest := paperRun([]Version{v}, b); v.Spec.Exclusive && alone[v.OfferID] > most {
			most, took, left = alone[v.OfferID], alone, rest
		}
	}
	return took, left
}

func plainCase(t *rapid.T) ([]Version, Basket) {
	b := Basket{Enrolled: true, Facts: &earn.Facts{Kind: "purchase", Occurred: tuesday, Nth: 1}}
	for i := range rapid.IntRange(1, 5).Draw(t, "lines") {
		b.Facts.Lines = append(b.Facts.Lines, sale.Line{
			No: i + 1, SKU: rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "sku"), Quantity: 1000,
			Amount: rapid.Int64Range(0, 3000).Draw(t, "amount"), Fee: rapid.IntRange(0, 5).Draw(t, "fee") == 0,
		})
	}
	var versions []Version
	for i := range rapid.IntRange(0, 7).Draw(t, "offers") {
		s := Spec{Priority: rapid.IntRange(0, 1).Draw(t, "priority"), Exclusive: rapid.IntRange(0, 5).Draw(t, "exclusive") == 0}
		if rapid.Bool().Draw(t, "percent") {
			s.Benefit = Benefit{Kind: Percent, Percent: money.NewRate(rapid.Int64Range(1, 600).Draw(t, "rate"), 10)}
		} else {
			s.Benefit = Benefit{Kind: Amount, Amount: rapid.Int64Range(1, 2000).Draw(t, "off")}
		}
		if rapid.Bool().Draw(t, "chosen") {
			s.Lines = &earn.Lines{SKUs: []string{rapid.SampledFrom([]string{"A", "B"}).Draw(t, "of")}}
		}
		if rapid.Bool().Draw(t, "has minimum") {
			s.Minimum = rapid.Int64Range(1, 4000).Draw(t, "minimum")
		}
		s.Group = rapid.SampledFrom([]string{"", "g", "h"}).Draw(t, "group")
		versions = append(versions, inForce(id.ID(i+1), s))
	}
	return versions, b
}

func TestPricingAgainstPaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		versions, b := plainCase(t)
		p := offersOf(t, versions...).Price(b, Usage{})
		got := map[id.ID]int64{}
		for _, a := range p.Applied {
			got[a.OfferID] = a.Amount
		}
		took, left := paperPrice(versions, b)
		if diff := gocmp.Diff(took, got); diff != "" {
			t.Errorf("what offers take off (-paper +real):\n%s", diff)
		}
		if diff := gocmp.Diff(left, p.Amounts); diff != "" {
			t.Errorf("what is left (-paper +real):\n%s", diff)
		}
	})
}

// TestSpreadAgainstPaper fills lines that can take only so much: whatever is
// asked for within the room is given exactly, no line passes its most, and
// among lines with room left a larger weight never gets less.
func TestSpreadAgainstPaper(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1000), 1, 6).Draw(t, "weights")
		most := make([]int64, len(weights))
		for i, w := range weights {
			most[i] = rapid.Int64Range(0, w).Draw(t, "most")
		}
		amount := rapid.Int64Range(0, total(most)).Draw(t, "amount")
		got := spread(amount, weights, most)
		if total(got) != amount {
			t.Fatalf("spread %d over %v with room %v: %v", amount, weights, most, got)
		}
		for i, n := range got {
			if n < 0 || n > most[i] {
				t.Errorf("line %d of %v got %d of at most %d", i, weights, n, most[i])
			}
			for k, o := range got {
				if n < most[i] && o < most[k] && weights[i] > weights[k] && n < o {
					t.Errorf("%v over %v with room %v: line %d got less than line %d", got, weights, most, i, k)
				}
			}
		}
		if got, want := spread(amount, weights, weights), paperSplit(amount, weights); !slices.Equal(got, want) {
			t.Errorf("spread %d over %v: %v, on paper %v", amount, weights, got, want)
		}
	})
}

// TestSetsAgainstPaper lays out single units and counts off the sets.
func TestSetsAgainstPaper(t *testing.T) {
	type piece struct {
		line  int
		price *big.Rat
	}
	rapid.Check(t, func(t *rapid.T) {
		left := rapid.SliceOfN(rapid.Int64Range(0, 1000), 1, 5).Draw(t, "amounts")
		quantities := make([]int64, len(left))
		var pieces []piece
		for i := range left {
			n := rapid.Int64Range(0, 4).Draw(t, "units")
			quantities[i] = n * unit
			for range n {
				pieces = append(pieces, piece{i, big.NewRat(left[i], n)})
			}
		}
		buy, get := rapid.IntRange(1, 3).Draw(t, "buy"), rapid.IntRange(1, 2).Draw(t, "get")
		rate := money.NewRate(rapid.Int64Range(1, 10).Draw(t, "rate"), 10)
		slices.SortStableFunc(pieces, func(a, b piece) int { return b.price.Cmp(a.price) })
		sums := make([]*big.Rat, len(left))
		for i := range sums {
			sums[i] = new(big.Rat)
		}
		for at := 0; at+buy+get <= len(pieces); at += buy + get {
			for _, p := range pieces[at+buy : at+buy+get] {
				sums[p.line].Add(sums[p.line], new(big.Rat).Mul(p.price, big.NewRat(rate.Num(), rate.Den())))
			}
		}
		want := make([]int64, len(left))
		for i, s := range sums {
			want[i] = new(big.Int).Quo(s.Num(), s.Denom()).Int64()
		}
		if got := inSets(left, quantities, int64(buy)*unit, int64(get)*unit, rate); !slices.Equal(got, want) {
			t.Errorf("%v of %v, %d + %d: got %v, on paper %v", left, quantities, buy, get, got, want)
		}
	})
}

package standard

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// lots draws a plan that may or may not be possible.
func someLots(t *rapid.T) Lots {
	n := Lots{Seed: rapid.Int64Range(0, 1_000_000).Draw(t, "seed"), Each: rapid.IntRange(1, 3).Draw(t, "each"), Barred: map[id.ID][]id.ID{}}
	for s := range rapid.IntRange(1, 5).Draw(t, "shops") {
		n.Shops = append(n.Shops, id.ID(100+s))
	}
	n.Doubles = rapid.IntRange(0, n.Each*len(n.Shops)).Draw(t, "doubles")
	for v := range rapid.IntRange(0, 9).Draw(t, "visitors") {
		n.Barred[id.ID(1+v)] = rapid.SliceOfDistinct(rapid.SampledFrom(n.Shops), rapid.ID[id.ID]).Draw(t, "barred")
	}
	for d := range rapid.IntRange(1, 14).Draw(t, "days") {
		n.Days = append(n.Days, d)
	}
	return n
}

// TestTheDrawIsFair: nobody goes where they are barred or twice to a shop, every
// shop gets the same visits, the double ones are spread, and no visit could pass
// to somebody with two fewer.
func TestTheDrawIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := someLots(t)
		drawn, err := n.Draw()
		if f := fault.As(err); f != nil && f.Code == "round_visitors" {
			return // held by TestTooFewVisitors
		}
		if err != nil {
			t.Fatal(err)
		}
		firsts, seconds, busy, been := map[id.ID]int{}, map[id.ID]int{}, map[id.ID]int{}, map[[2]id.ID]bool{}
		for i, d := range drawn {
			if slices.Contains(n.Barred[d.VisitorID], d.ShopID) || been[[2]id.ID{d.ShopID, d.VisitorID}] || !slices.Contains(n.Days, d.Day) {
				t.Fatalf("%+v is barred, or has been there, or on no day", d)
			}
			been[[2]id.ID{d.ShopID, d.VisitorID}] = true
			busy[d.VisitorID]++
			if !d.Second {
				firsts[d.ShopID]++
				continue
			}
			seconds[d.ShopID]++
			if first := drawn[i-1]; first.Second || first.ShopID != d.ShopID || first.Day != d.Day {
				t.Fatalf("%+v seconds %+v", d, first)
			}
		}
		least, most := n.Each, 0
		total := 0
		for _, s := range n.Shops {
			if firsts[s] != n.Each {
				t.Fatalf("shop %d gets %d visits of %d", s, firsts[s], n.Each)
			}
			least, most, total = min(least, seconds[s]), max(most, seconds[s]), total+seconds[s]
		}
		if most-least > 1 || total != n.Doubles {
			t.Fatalf("double visits are %v", seconds)
		}
		for d := range been { // one step could not make it more even
			for v, barred := range n.Barred {
				if !slices.Contains(barred, d[0]) && !been[[2]id.ID{d[0], v}] && busy[d[1]]-busy[v] > 1 {
					t.Fatalf("%d makes %d visits, and %d makes %d and could go to shop %d", d[1], busy[d[1]], v, busy[v], d[0])
				}
			}
		}
	})
}

// TestTheDrawIsReproducible: the same lots draw the same in whatever order they
// come, and another seed draws otherwise.
func TestTheDrawIsReproducible(t *testing.T) {
	n := Lots{Seed: 7, Shops: []id.ID{101, 102, 103, 104}, Each: 2, Doubles: 3, Barred: map[id.ID][]id.ID{}, Days: []int{0, 1, 2, 3, 4}}
	for v := range 8 {
		n.Barred[id.ID(1+v)] = nil
	}
	first, err := n.Draw()
	if err != nil {
		t.Fatal(err)
	}
	again := n
	again.Shops = []id.ID{104, 102, 101, 103}
	again.Barred = maps.Clone(n.Barred)
	second, _ := again.Draw()
	if diff := cmp.Diff(first, second); diff != "" {
		t.Errorf("in another order it draws otherwise: %s", diff)
	}
	again.Seed = 8
	if other, _ := again.Draw(); cmp.Equal(first, other) {
		t.Error("another seed draws the same")
	}
}

// TestEverybodyIsAsLikely: over many seeds each visitor goes to each shop about
// as often as any other.
func TestEverybodyIsAsLikely(t *testing.T) {
	been := map[[2]id.ID]int{}
	const seeds = 3000
	for seed := range seeds {
		n := Lots{Seed: int64(seed), Shops: []id.ID{101, 102}, Each: 1, Barred: map[id.ID][]id.ID{1: nil, 2: nil, 3: nil, 4: nil}, Days: []int{0}}
		drawn, err := n.Draw()
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range drawn {
			been[[2]id.ID{d.ShopID, d.VisitorID}]++
		}
	}
	for _, s := range []id.ID{101, 102} {
		for v := id.ID(1); v <= 4; v++ {
			if n := been[[2]id.ID{s, v}]; n < seeds/4-130 || n > seeds/4+130 { // five and a half standard errors
				t.Errorf("visitor %d goes to shop %d %d times of %d", v, s, n, seeds)
			}
		}
	}
}

func TestTooFewVisitors(t *testing.T) {
	n := Lots{Shops: []id.ID{101}, Each: 1, Doubles: 1, Days: []int{0}, Barred: map[id.ID][]id.ID{1: nil, 2: {101}}}
	_, err := n.Draw()
	if f := fault.As(err); f == nil || f.Code != "round_visitors" {
		t.Fatalf("got %v", err)
	}
	n.Barred[3] = nil
	if drawn, err := n.Draw(); err != nil || len(drawn) != 2 {
		t.Errorf("with another it draws %v: %v", drawn, err)
	}
}

// TestDaysClashWhereTheyMust: a shop and a visitor have one visit a day while
// there are days enough.
func TestDaysClashWhereTheyMust(t *testing.T) {
	n := Lots{Seed: 3, Shops: []id.ID{101, 102}, Each: 3, Barred: map[id.ID][]id.ID{1: nil, 2: nil, 3: nil}, Days: []int{0, 1, 2, 3, 4, 5, 6}}
	drawn, err := n.Draw()
	if err != nil {
		t.Fatal(err)
	}
	used := map[[2]id.ID]bool{}
	for _, d := range drawn {
		for _, x := range []id.ID{d.ShopID, d.VisitorID} {
			if used[[2]id.ID{x, id.ID(d.Day)}] {
				t.Errorf("%d has two visits on day %d", x, d.Day)
			}
			used[[2]id.ID{x, id.ID(d.Day)}] = true
		}
	}
}

package survey

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/id"
)

// people are so many eligible members, a third of each frequency.
func people(n int) []Drawn {
	list := make([]Drawn, n)
	for i := range list {
		list[i] = Drawn{MemberID: id.ID(1000 + i), Cell: Cell("r30/" + []string{"f1", "f2", "f5"}[i%3] + "/none")}
	}
	return list
}

func membersOf(list []Drawn) []id.ID {
	var who []id.ID
	for _, d := range list {
		who = append(who, d.MemberID)
	}
	return who
}

// TestTheSeedMakesTheDraw: the same seed draws the same members in the same order
// whatever the order of the eligible; another draws others; who is drawn does not
// depend on who else could be, but for the places.
func TestTheSeedMakesTheDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := people(rapid.IntRange(1, 60).Draw(t, "eligible"))
		plan := Plan{Method: Random, Wanted: rapid.IntRange(1, 70).Draw(t, "wanted"), Seed: rapid.Int64Range(0, 1<<53).Draw(t, "seed")}
		first := membersOf(plan.Draw(list))
		if len(first) != min(plan.Wanted, len(list)) {
			t.Fatalf("%d of %d were drawn, want %d", len(first), len(list), plan.Wanted)
		}
		mixed := slices.Clone(list)
		rand.New(rand.NewPCG(uint64(plan.Seed), 1)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		if again := membersOf(plan.Draw(mixed)); !slices.Equal(again, first) {
			t.Fatalf("in another order it draws %v, not %v", again, first)
		}
		if last := first[len(first)-1]; len(first) < len(list) {
			fewer := slices.DeleteFunc(slices.Clone(list), func(d Drawn) bool { return d.MemberID == last })
			if again := membersOf(plan.Draw(fewer)); !slices.Equal(again[:len(first)-1], first[:len(first)-1]) {
				t.Fatalf("without one of them it draws %v, not %v", again, first)
			}
		}
		all := Plan{Method: Everybody, Seed: plan.Seed}
		if got := membersOf(all.Draw(list)); len(got) != len(list) || !slices.Equal(got[:len(first)], first) {
			t.Fatalf("everybody is %v", got)
		}
	})
}

// TestAQuotaFillsEachGroup as far as it goes.
func TestAQuotaFillsEachGroup(t *testing.T) {
	list := people(10) // four of f1, three of f2 and of f5
	plan := Plan{Method: Quota, By: ByFrequency, Wanted: 3, Seed: 4}
	if got := CountCells(plan.Draw(list)); got["r30/f1/none"] != 3 || got["r30/f2/none"] != 3 || got["r30/f5/none"] != 3 {
		t.Errorf("three of each are %v", got)
	}
	plan.Wanted = 4
	if got := CountCells(plan.Draw(list)); got["r30/f1/none"] != 4 || got["r30/f2/none"] != 3 || got["r30/f5/none"] != 3 {
		t.Errorf("four of each are %v", got)
	}
}

// TestEverybodyIsAsLikelyToBeDrawn: over many seeds each of thirty comes among
// ten as often as another. By hand: the count of one is binomial of 3,000 draws
// at a third, with a standard deviation of 25.8; five of them are 129.
func TestEverybodyIsAsLikelyToBeDrawn(t *testing.T) {
	list, count := people(30), map[id.ID]int{}
	for seed := range int64(3000) {
		plan := Plan{Method: Random, Wanted: 10, Seed: seed}
		for _, m := range membersOf(plan.Draw(list)) {
			count[m]++
		}
	}
	for m, n := range count {
		if n < 1000-129 || n > 1000+129 {
			t.Errorf("%v was drawn %d times of 3,000", m, n)
		}
	}
}

// TestTheNeverAskedStayAsTheShareGrows, and are about the share.
func TestTheNeverAskedStayAsTheShareGrows(t *testing.T) {
	for _, salt := range []string{"one", "two"} {
		before := map[id.ID]bool{}
		for _, share := range []int{0, 500, 2000, 5000} {
			n := 0
			for i := range 20_000 {
				m := id.ID(1_000_000 + 7*i)
				held := NeverAsked(salt, m, share)
				if before[m] && !held {
					t.Fatalf("at %d of 10,000 %v is asked again", share, m)
				}
				if before[m] = held; held {
					n++
				}
			}
			// Five standard deviations of so many draws at a half are 354.
			if want := 2 * share; n < want-354 || n > want+354 || share == 0 && n > 0 {
				t.Errorf("of 20,000 at %d of 10,000 there are %d", share, n)
			}
		}
	}
	if fmt.Sprint(NeverAsked("one", 5, 10_000)) != "true" {
		t.Error("at all of them one is asked")
	}
}

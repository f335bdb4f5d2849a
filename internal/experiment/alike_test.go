package experiment

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/id"
)

// TestOthersAreAlike: of every likeness there are as many times more
// others, nobody twice, and a scarce one drags nobody along.
func TestOthersAreAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		next := id.ID(0)
		people := func(name string, most int) []Onlooker {
			var list []Onlooker
			for range rapid.IntRange(0, most).Draw(t, name) {
				next++
				list = append(list, Onlooker{
					Likeness{Rank: rapid.SampledFrom([]string{"", "gold"}).Draw(t, "rank"), Recency: rapid.SampledFrom([]string{"r7", "r30"}).Draw(t, "recency")}, next, noon, rapid.Bool().Draw(t, "again"),
				})
			}
			return list
		}
		those, others := people("those", 30), people("others", 100)
		r, again := Match(those, others), Match(those, others)
		if r != again {
			t.Fatalf("drawn again it is %+v, not %+v", again, r)
		}
		var matched int64
		ours, theirs := alike(those), alike(others)
		for like, list := range ours {
			if len(theirs[like]) >= len(list) {
				matched += int64(len(list))
			}
		}
		if r.People != matched || r.People > 0 && (r.Others%r.People != 0 || r.Others/r.People < 1 || r.Others/r.People > mostMatched) || r.Others > int64(len(others)) {
			t.Fatalf("matched are %+v, want %d", r, matched)
		}
		if r.Again > r.People || r.OthersAgain > r.Others {
			t.Fatalf("it is %+v", r)
		}
	})
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestSomebodyAtAMoment(t *testing.T) {
	at := func(days int) time.Time { return noon.Add(time.Duration(days) * day) }
	p := Pasts{
		bought: map[id.ID][]time.Time{1: {at(-400), at(-300), at(-10), at(90)}, 2: {at(-366)}, 3: {at(-1), at(0), at(91)}},
		ranks:  map[id.ID][]ranked{1: {{at(-200), "silver"}, {at(0), "gold"}, {at(1), "none"}}},
	}
	if o, ok := p.at(1, noon); !ok || o.Likeness != (Likeness{"gold", "r30", "f2"}) || !o.Again {
		t.Errorf("the first is %+v, %t", o, ok)
	}
	if _, ok := p.at(2, noon); ok {
		t.Error("who bought a year ago counts")
	}
	if o, ok := p.at(3, noon); !ok || o.Likeness != (Likeness{"", "r7", "f2"}) || o.Again {
		t.Errorf("the third is %+v, %t", o, ok)
	}
}

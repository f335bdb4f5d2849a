package complaint

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/id"
)

// TestOthersAreAsComplainants: of every likeness there are as many times more
// others, nobody twice, and a scarce one drags nobody along.
func TestOthersAreAsComplainants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		next := id.ID(0)
		people := func(name string, most int) []onlooker {
			var list []onlooker
			for range rapid.IntRange(0, most).Draw(t, name) {
				next++
				list = append(list, onlooker{
					likeness{rank: rapid.SampledFrom([]string{"", "gold"}).Draw(t, "rank"), recency: rapid.SampledFrom([]string{"r7", "r30"}).Draw(t, "recency")}, next, rapid.Bool().Draw(t, "again"),
				})
			}
			return list
		}
		complained, others := people("complained", 30), people("others", 100)
		var r, again Recovery
		r.match(complained, others)
		again.match(complained, others)
		if r != again {
			t.Fatalf("drawn again it is %+v, not %+v", again, r)
		}
		var matched int64
		ours, theirs := alike(complained), alike(others)
		for like, list := range ours {
			if len(theirs[like]) >= len(list) {
				matched += int64(len(list))
			}
		}
		if r.Matched != matched || r.Matched > 0 && (r.Others%r.Matched != 0 || r.Others/r.Matched < 1 || r.Others/r.Matched > mostMatched) || r.Others > int64(len(others)) {
			t.Fatalf("matched are %+v, want %d", r, matched)
		}
		if r.Again > r.Matched || r.OthersAgain > r.Others || r.Shown != (matched >= 10) {
			t.Fatalf("it is %+v", r)
		}
	})
}

// TestRecoveryByNewcombe holds the interval of 14 of 20 less 36 of 80, as
// method 10 gives it by hand.
func TestRecoveryByNewcombe(t *testing.T) {
	var complained, others []onlooker
	for i := range 20 {
		complained = append(complained, onlooker{who: id.ID(i + 1), again: i < 14})
	}
	for i := range 80 {
		others = append(others, onlooker{who: id.ID(i + 100), again: i < 36})
	}
	var r Recovery
	r.match(complained, others)
	d := r.Difference
	// Wilson: 14/20 in 0.48102–0.85452, 36/80 in 0.34581–0.55882.
	low, high := 0.25-math.Hypot(0.7-0.48102, 0.55882-0.45), 0.25+math.Hypot(0.85452-0.7, 0.45-0.34581)
	if r.Others != 80 || math.Abs(d.Value-0.25) > 1e-9 || math.Abs(d.Low-low) > 1e-3 || math.Abs(d.High-high) > 1e-3 || !r.Preliminary {
		t.Errorf("the difference is %+v, want %f to %f", d, low, high)
	}
}

// TestRecoveryReadsWhoCameBack: twelve who complained a hundred days ago, of
// whom nine bought again in time, beside twelve who did not complain, of whom
// four did. Who complained yesterday counts on neither side.
func TestRecoveryReadsWhoCameBack(t *testing.T) {
	each(t, func(w *town) {
		for i := range 12 {
			for _, side := range []string{"told", "quiet"} {
				m, event := w.buys(fmt.Sprint(side, i), 100_00)
				if side == "told" {
					ask := w.asks()
					ask.MemberID, ask.SaleID = m, event
					w.opens(ask)
				}
			}
		}
		w.passes(89 * day)
		for i := range 9 {
			w.buys(fmt.Sprint("told", i), 10_00)
		}
		for i := range 4 {
			w.buys(fmt.Sprint("quiet", i), 10_00)
		}
		w.passes(2 * day)
		w.buys("told9", 10_00) // too late
		w.passes(9 * day)
		late := w.asks()
		late.MemberID, late.SaleID = w.anna, w.sale
		w.opens(late)
		r, err := w.Recovery(w.Context(), boss, w.prog.ID)
		w.ok(err)
		if r.Complained != 12 || r.Matched != 12 || r.Again != 9 || r.Others != 12 || r.OthersAgain != 4 || !r.Shown || !r.Preliminary {
			w.Errorf("it is %+v", r)
		}
		if r.Difference.Value < 0.41 || r.Difference.Value > 0.42 || r.Difference.Low > 0.05 || r.Difference.High > 0.7 {
			w.Errorf("the difference is %+v", r.Difference)
		}
		_, err = w.Recovery(w.Context(), auth.Actor{}, w.prog.ID)
		w.refuses(err, "not_permitted")
	})
}

func TestSomebodyAtAMoment(t *testing.T) {
	at := func(days int) time.Time { return monday.Add(time.Duration(days) * day) }
	p := pasts{
		bought: map[id.ID][]time.Time{1: {at(-400), at(-300), at(-10), at(90)}, 2: {at(-366)}, 3: {at(-1), at(0), at(91)}},
		ranks:  map[id.ID][]ranked{1: {{at(-200), "silver"}, {at(0), "gold"}, {at(1), "none"}}},
	}
	if o, ok := p.at(1, monday); !ok || o.likeness != (likeness{"gold", "r30", "f2"}) || !o.again {
		t.Errorf("the first is %+v, %t", o, ok)
	}
	if _, ok := p.at(2, monday); ok {
		t.Error("who bought a year ago counts")
	}
	if o, ok := p.at(3, monday); !ok || o.likeness != (likeness{"", "r7", "f2"}) || o.again {
		t.Errorf("the third is %+v, %t", o, ok)
	}
}

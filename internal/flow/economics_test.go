package flow

import (
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/promo"
	"regulars/internal/reward"
)

// drafted is a version of an offer that nobody has published.
func (h *house) drafted(name string, spec promo.Spec) promo.Version {
	h.Helper()
	v, err := promo.New(h.db, h.now).Create(h.Context(), boss, promo.Offer{ProgrammeID: h.prog.ID, Name: name}, spec)
	h.ok(err)
	return v
}

// TestEconomicsByHand: ann buys for £200 two years ago, of which half comes
// back, and for £100 today; bob buys once for £50. A point for a pound, worth a
// penny. The first draft takes a tenth off everything: £10 of ann's old sale
// stay with her, £10 of today's, £5 of bob's; they earn 90+90+45 points, of
// which those of two years ago have expired. The second gives two points.
func TestEconomicsByHand(t *testing.T) {
	each(t, plan{}, func(h *house) {
		old := noon.AddDate(-2, 0, 0)
		h.must(h.buys("1", "ann", old, 100_00, 100_00), h.returns("2", "ann", "1", old, "b"),
			h.buys("3", "ann", noon, 100_00), h.buys("4", "bob", noon, 50_00))
		twice := h.rule
		twice.Spec.Effects = append([]earn.Effect{}, twice.Spec.Effects...)
		twice.Spec.Effects[0].Points = 2
		sim, err := h.flow.Simulate(h.Context(), boss, h.prog.ID, []Draft{
			{Name: "a tenth off", Offers: []promo.Version{h.drafted("A tenth off", percent(10))}},
			{Name: "two points", Rules: []earn.Version{twice}},
		}, nil)
		h.ok(err)
		now := Figures{Goods: 250_00, Points: 150, YearGoods: 150_00, YearPoints: 150, Owed: 150}
		tenth := Figures{Goods: 225_00, Discounts: 25_00, Points: 135, YearGoods: 135_00, YearDiscounts: 15_00, YearPoints: 135, Owed: 135}
		two := now
		two.Points, two.YearPoints, two.Owed = 300, 300, 300
		if d := cmp.Diff([]Figures{now, tenth, two}, []Figures{sim.Now.Figures, sim.Drafts[0].Figures, sim.Drafts[1].Figures}); d != "" {
			t.Errorf("figures (-want +got):\n%s", d)
		}
		if tenth.Cost() != 26_35 || tenth.ShareOfSales() != 1171 || tenth.ShareOfValue() != 1211 || now.ShareOfValue() != 100 {
			t.Errorf("cost %d, %d and %d per 10,000, now %d", tenth.Cost(), tenth.ShareOfSales(), tenth.ShareOfValue(), now.ShareOfValue())
		}
		for i, want := range []string{"a tenth off", "two points"} {
			if c := sim.Drafts[i]; c.Name != want || c.Gained != 2 || c.Lost != 0 || len(c.Movers) != 2 {
				t.Errorf("draft %d: %q, %+v, movers %+v", i, c.Name, c.Change, c.Movers)
			}
		}
		if m := sim.Drafts[0].Movers[0]; m.Now != 1_00 || m.Draft != 20_90 || m.NowPoints != 100 || m.DraftPoints != 90 {
			t.Errorf("ann moves %+v", m)
		}
		segments := map[string]int64{}
		for _, s := range sim.Segments {
			segments[s.By+" "+s.Value] = s.Drafts[0].Discounts
		}
		if d := cmp.Diff(map[string]int64{"rank regular": 25_00, "purchases 1": 5_00, "purchases 2–4": 20_00}, segments); d != "" {
			t.Errorf("segments (-want +got):\n%s", d)
		}
	})
}

// TestDraftedOfferOnPricedSales stands on what other offers took off, takes the
// place of what it said before, opens by the codes of then, and leaves no more
// to be paid by points than the sale comes to.
func TestDraftedOfferOnPricedSales(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		h.offers("A tenth off b", percent(10, "b"))
		pound := h.offers("A pound off", withCode(1_00))
		h.code(pound, "POUND", 0)
		h.must(h.adjusts("g", "ann", noon, 2000), h.paysWith(h.buys("1", "ann", noon, 10_00, 10_00), Checkout{Codes: []string{"pound"}, Points: h.byPoints(1500)}))
		five := pound
		five.Spec.Benefit.Amount = 5_00
		sim := h.simulate(Draft{Offers: []promo.Version{five}})
		if now, draft := sim.Now.Figures, sim.Drafts[0].Figures; now.Discounts != 2_00 || draft.Discounts != 6_00 || draft.Goods != 14_00 {
			t.Errorf("now %+v, the draft %+v", now, draft)
		}
		if c := sim.Drafts[0]; c.Cut != 100 || c.Spent != 1400 {
			t.Errorf("spent %d, cut %d", c.Spent, c.Cut)
		}
		h.must(h.whole("r", "ann", "1", noon))
		back := h.simulate(Draft{Offers: []promo.Version{five}}).Drafts[0]
		if back.Figures.Discounts != 0 || back.Figures.Goods != 0 || back.Spent != 0 || back.Liability != 2000 {
			t.Errorf("after it came back: %+v", back)
		}
	})
}

// TestDraftedReward costs what the draft says.
func TestDraftedReward(t *testing.T) {
	each(t, plan{}, func(h *house) {
		mug := h.rewards("Mug", nil)
		h.must(h.buys("1", "ann", noon, 150_00), h.redeems("2", "ann", noon, mug))
		dear, cheap := mug, mug
		dear.Points, cheap.Points = 180, 40
		for want, r := range map[[2]int64]reward.Reward{{150, 30}: dear, {40, 0}: cheap} {
			if c := h.simulate(Draft{Rewards: []reward.Reward{r}}).Drafts[0]; c.Spent != want[0] || c.Cut != want[1] {
				t.Errorf("at %d points it spent %d and cut %d", r.Points, c.Spent, c.Cut)
			}
		}
	})
}

// TestEconomicsOfMany come out the same whoever replays whom.
func TestEconomicsOfMany(t *testing.T) {
	each(t, plan{lanes: 1}, func(h *house) {
		h.past(11)
		d := Draft{Offers: []promo.Version{h.drafted("A tenth off", percent(10, "a"))}}
		many := h.simulate(d)
		before := runtime.GOMAXPROCS(1)
		one := h.simulate(d)
		runtime.GOMAXPROCS(before)
		if d := cmp.Diff(one, many, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("one and many differ:\n%s", d)
		}
		sum := Figures{}
		for _, s := range many.Segments {
			if s.By == "purchases" {
				sum.Goods += s.Drafts[0].Goods
				sum.Discounts += s.Drafts[0].Discounts
			}
		}
		if all := many.Drafts[0].Figures; sum.Goods != all.Goods || sum.Discounts != all.Discounts || all.Discounts == 0 {
			t.Errorf("the segments add up to %+v of %+v", sum, all)
		}
	})
}

func TestBand(t *testing.T) {
	for share, want := range map[int64]string{299: "below", 300: "within", 700: "within", 701: "above"} {
		if got := DefaultBand().Place(share); got != want {
			t.Errorf("%d lies %s the band", share, got)
		}
	}
	if (Figures{Points: 5}).ShareOfSales() != 0 {
		t.Error("without sales there is a share")
	}
}

func TestDraftsAreFew(t *testing.T) {
	each(t, plan{}, func(h *house) {
		for _, n := range []int{0, MaxDrafts + 1} {
			_, err := h.flow.Simulate(h.Context(), boss, h.prog.ID, make([]Draft, n), nil)
			if f := fault.As(err); f == nil || f.Code != "drafts_number" {
				t.Errorf("%d drafts: %v", n, err)
			}
		}
	})
}

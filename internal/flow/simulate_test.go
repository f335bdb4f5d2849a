package flow

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/ledger"
	"regulars/internal/program"
)

// simulate runs the draft over the past.
func (h *house) simulate(d Draft) Simulation {
	h.Helper()
	sim, err := h.flow.Simulate(context.Background(), boss, h.prog.ID, []Draft{d}, nil)
	h.ok(err)
	return sim
}

// real is where the programme truly stands.
func (h *house) real() Outcome {
	h.Helper()
	ctx := context.Background()
	_, err := h.flow.Sweep(ctx, h.now(), nil)
	h.ok(err)
	totals, err := ledger.Totals(ctx, h.db.Reader(), h.prog.ID, h.now())
	h.ok(err)
	b := totals[h.wallet.ID]
	o := Outcome{
		Issued: b[ledger.Earned], ClawedBack: b[ledger.ClawedBack], Expired: b[ledger.Expired], Spent: b[ledger.Spent],
		Liability: b.Liability(), Ranks: map[string]int64{},
	}
	for _, row := range h.rowsOf(`SELECT rank_code FROM standing`) {
		o.Ranks[row[1:len(row)-1]]++
	}
	return o
}

// past tells a random past in business order, with returns that came before
// their sale, two sources that use the same numbers, and shops.
func (h *house) past(seed uint64) {
	h.Helper()
	_, err := program.New(h.db).AddShop(context.Background(), boss, program.Shop{ProgrammeID: h.prog.ID, Code: "moon", Name: "Moon"})
	h.ok(err)
	r := rand.New(rand.NewPCG(seed, 3))
	at := noon.Add(-days(600))
	for i := range 80 {
		at = at.Add(days(r.IntN(14)))
		who, number := fmt.Sprint("c", r.IntN(5)), fmt.Sprint(i)
		buy := h.buys(number, who, at, r.Int64N(800_00), r.Int64N(90_00))
		if r.IntN(2) == 0 {
			buy.Shop = "moon"
		}
		web := h.buys(number, who, at, r.Int64N(100_00))
		web.Source = "web"
		switch r.IntN(5) {
		case 0:
			h.take(h.whole("w"+number, "", number, at), buy, web) // the return comes first
		case 1:
			back := h.returns("b"+number, "", number, at, "a")
			back.Payload.Return.SaleSource = "web"
			h.must(buy, web, back)
		case 2:
			h.must(buy, h.returns("b"+number, who, "", at, "a", "b"))
		case 3:
			h.must(buy, h.returns("b"+number, "", number, at, "a")) // b is kept
		default:
			h.must(buy, h.adjusts("x"+number, who, at, 20+r.Int64N(9)))
		}
	}
}

// TestSimulatingTheSameIsTheTruth replays the past as it was: both outcomes are
// what truly is, rules with limits and conditions included.
func TestSimulatingTheSameIsTheTruth(t *testing.T) {
	for seed := range uint64(2) {
		each(t, plan{lanes: 1, spec: func(s *earn.Spec) {
			s.Activation.Hours, s.Expiry = 14*24, earn.Expiry{Days: 90}
			s.Caps = []earn.Cap{{Period: earn.Month, Points: 1500}}
		}}, func(h *house) {
			inShop, err := condition.Parse([]byte(`{"field":"shop","op":"eq","value":"moon"}`))
			h.ok(err)
			h.addRule("in the shop", earn.Purchase, earn.Spec{
				WalletID: h.wallet.ID, Condition: inShop, Effects: []earn.Effect{{Kind: earn.Fixed, Points: 11}},
			})
			h.past(seed)
			sim, want := h.simulate(Draft{}), h.real()
			want.Figures = sim.Now.Figures // TestEconomics has those
			if d := cmp.Diff(want, sim.Now); d != "" {
				h.Errorf("the replay differs (-real +replayed):\n%s", d)
			}
			if d := cmp.Diff(sim.Now, sim.Drafts[0].Outcome); d != "" || len(sim.Drafts[0].Movers) > 0 || sim.Drafts[0].Cut != 0 {
				h.Errorf("an empty draft makes a difference: %s, %v, %d", d, sim.Drafts[0].Movers, sim.Drafts[0].Cut)
			}
			if sim.Sales != int64(h.count("sale")) || sim.Members != 5 {
				h.Errorf("it replayed %d sales of %d members", sim.Sales, sim.Members)
			}
			h.clean()
		})
	}
}

// TestSimulateDraft doubles the rule, and halves it so that what was taken by
// hand would not have been there.
func TestSimulateDraft(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.must(
			h.buys("1", "ann", noon.Add(-days(9)), 100_00), h.buys("2", "bob", noon.Add(-days(8)), 50_00),
			h.returns("3", "ann", "1", noon.Add(-days(7)), "a"), h.buys("4", "ann", noon.Add(-days(6)), 30_00),
			h.adjusts("5", "bob", noon.Add(-days(5)), -40),
		)
		before := h.story()
		drafted := func(points int64) Draft {
			v := h.rule
			v.Spec.Effects = slices.Clone(v.Spec.Effects)
			v.Spec.Effects[0].Points, v.Spec.Effects[0].Per = points, 2_00
			return Draft{Rules: []earn.Version{v}}
		}
		double := h.simulate(drafted(4))
		want := Outcome{Issued: 360, ClawedBack: 200, Liability: 120, Ranks: map[string]int64{"regular": 2}, Figures: Figures{
			Goods: 80_00, Points: 160, YearGoods: 80_00, YearPoints: 160, Owed: 120,
		}}
		if d := cmp.Diff(want, double.Drafts[0].Outcome); d != "" || double.Drafts[0].Cut != 0 {
			h.Errorf("doubled (-want +got), cut %d:\n%s", double.Drafts[0].Cut, d)
		}
		if len(double.Drafts[0].Movers) != 2 || double.Drafts[0].Movers[0].Now != 50 || double.Drafts[0].Movers[0].Draft != 100 {
			h.Errorf("the movers are %+v", double.Drafts[0].Movers)
		}
		half := h.simulate(drafted(1))
		if half.Drafts[0].Issued != 90 || half.Drafts[0].ClawedBack != 50 || half.Drafts[0].Cut != 15 || half.Drafts[0].Liability != 15 {
			h.Errorf("halved: %+v, cut %d", half.Drafts[0], half.Drafts[0].Cut)
		}
		if d := cmp.Diff(before, h.story()); d != "" {
			h.Errorf("simulating changed something:\n%s", d)
		}
		till := auth.Actor{Kind: auth.KindStaff, ID: 6, Roles: []auth.Assignment{{ProgrammeID: h.prog.ID, Role: auth.Till}}}
		if _, err := h.flow.Simulate(context.Background(), till, h.prog.ID, []Draft{{}}, nil); fault.As(err) == nil {
			h.Errorf("a till simulates: %v", err)
		}
	})
}

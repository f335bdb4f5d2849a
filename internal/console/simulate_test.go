package console

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/earn"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/promo"
)

// TestADraftIsSimulated asks what a doubled rule would have given, while it
// waits, when it is done, and once the draft has changed again.
func TestADraftIsSimulated(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	w.buy(anna, 100, tea(40))
	w.buy(anna, 50, tea(60))
	who, at := w.as(auth.Owner), w.rule("A point a pound", "")
	form := w.pointPerPound("do.0.points", "2")
	form[3], form[13] = "A point a pound", "2"
	who.post(at+"/edit", form...).is(t, 200)
	p := who.post(at+"/simulate").is(t, 200).shows(t, "A point a pound: what if?", "Replaying the past…")
	if !strings.Contains(p.body, `hx-trigger="every 1s"`) {
		t.Error("the page does not ask again")
	}
	running := who.fragment(p.path).is(t, 200)
	if strings.Contains(running.body, "<html") || !strings.Contains(running.body, `hx-trigger`) {
		t.Errorf("got %s", running.body)
	}
	w.work()
	done := who.get(p.path).is(t, 200)
	done.shows(t, "Over 2 sales of 1 member the draft would have given 100 points more and cost £1.00 more, and you would owe £1.00 more.",
		"As it is: given 100, owed 100. With the draft: given 200, owed 200.", "Anna Nowak £1.00 £2.00 +£1.00 +100 points", "It gives back 2.00% of what customers bought in the last twelve months, less than the 3.00 to 7.00% that you aim at.",
		"1 member would have got more", "Of sales 1.00% 2.00%", "As it is 2–4, 1 member £1.00 1.00% 1.00% £1.00", "With the draft 2–4, 1 member £2.00 2.00% 2.00% £2.00 1 more, 0 less", "Points owed now, worth £1.00 £2.00 +£1.00", "Regular 1 1 0", "Gives 2 points for each £1.00")
	if strings.Contains(done.body, `hx-trigger="every`) {
		t.Error("the page goes on asking")
	}
	has(t, w.audited(), "simulation.start")
	form[13] = "9"
	who.post(at+"/edit", form...).is(t, 200).shows(t, "Simulations", "+£1.00 owed")
	who.get(p.path).is(t, 200).shows(t, "Gives 2 points for each £1.00").hides(t, "Gives 9 points")
	form[13] = "1"
	who.post(at+"/edit", form...).is(t, 200)
	same := who.post(at+"/simulate").is(t, 200)
	w.work()
	who.get(same.path).is(t, 200).shows(t, "Over 2 sales of 1 member nothing would have been different.")
}

func TestASimulationWithoutAPast(t *testing.T) {
	w := newTown(t)
	w.draftRule("Twice on weekends")
	who := w.as(auth.Marketer)
	p := who.post(w.rule("Twice on weekends", "/simulate")).is(t, 200)
	w.work()
	who.get(p.path).is(t, 200).shows(t, "There are no sales to simulate over yet.")
	who.get("/p/bean/simulator/"+id.ID(77).In(id.Simulation)).is(t, http.StatusNotFound)
	w.as(auth.Agent).get(p.path).is(t, http.StatusForbidden)
	w.makeProgramme("leaf", "Leaf")
	w.as(auth.Owner).get(strings.Replace(p.path, "/bean/", "/leaf/", 1)).is(t, http.StatusNotFound)
}

// TestRanksAreSimulated lowers a threshold and counts who would rise.
func TestRanksAreSimulated(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	w.buy(anna, 50, tea(600))
	w.draftRanks()
	who := w.as(auth.Owner)
	p := who.post(w.ranks("/simulate")).is(t, 200)
	w.work()
	who.get(p.path).is(t, 200).shows(t, "Status: what if?", "Regular 1 0 −1", "Silver 0 1 +1", "Silver: from £500.00; once reached, kept from £400.00.")
	who.get(w.ranks("")).is(t, 200).shows(t, "Simulations")
}

// TestWhoAskedMustStillWorkHere simulates on behalf of somebody who was blocked
// before the job ran.
func TestWhoAskedMustStillWorkHere(t *testing.T) {
	w := newTown(t)
	w.draftRule("Twice on weekends")
	p := w.as(auth.Marketer).post(w.rule("Twice on weekends", "/simulate")).is(t, 200)
	staff, err := w.console.Auth.ListStaff(ctx, system, w.programme.ID)
	check(t, err)
	for _, s := range staff {
		if s.ID != w.owner.ID {
			check(t, w.console.Auth.Disable(ctx, w.owner.Actor(), s.ID))
		}
	}
	w.work()
	w.as(auth.Owner).get(p.path).is(t, 200).shows(t, "The simulation could not be finished", "no longer works here")
}

func TestSimulationsThatBreak(t *testing.T) {
	w := newTown(t)
	w.draftRule("Twice on weekends")
	who := w.as(auth.Owner)
	p := who.post(w.rule("Twice on weekends", "/simulate")).is(t, 200)
	which, err := id.Parse(id.Simulation, p.path[strings.LastIndex(p.path, "/")+1:])
	check(t, err)
	asked := w.console.simulationShelf().Path(which, askedFile)
	whole, err := os.ReadFile(asked)
	check(t, err)
	check(t, os.WriteFile(asked, []byte("{"), 0o600))
	w.failing(simulateJob)
	check(t, os.WriteFile(asked, whole, 0o600))
	who.get(p.path).is(t, 200).shows(t, "The simulation could not be finished", "The failure stands under Jobs")
	who.get("/p/bean/jobs").is(t, 200).shows(t, "Simulation over the past", "reading asked.json")
}

// TestOldSimulationsGo keeps the latest of a programme.
func TestOldSimulationsGo(t *testing.T) {
	w := newTown(t)
	w.draftRule("Twice on weekends")
	on := w.console.simulationShelf()
	draft := w.rules()[1].Draft()
	for range keptSimulations + 3 {
		s := simulation{errand: errand{ID: w.console.DB.IDs().New(), ProgrammeID: w.programme.ID}, Drafts: []flow.Draft{{Rules: []earn.Version{*draft}}}}
		check(t, on.Place(s.ID))
		check(t, on.Keep(s.ID, askedFile, s))
	}
	empty := w.console.DB.IDs().New()
	check(t, on.Place(empty))
	w.clock = w.clock.Add(2 * time.Hour)
	check(t, w.console.tidy(ctx))
	all, err := on.All()
	check(t, err)
	if len(all) != keptSimulations || all[0] == empty {
		t.Errorf("%d are left", len(all))
	}
}

// TestTwoDraftsAreCompared puts a rule and an offer together on one side and a
// cheaper reward on the other.
func TestTwoDraftsAreCompared(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	w.buy(anna, 100, tea(40))
	w.buy(anna, 50, tea(60))
	w.draftRule("Twice on weekends")
	who := w.as(auth.Owner)
	who.get("/p/bean/simulator").is(t, 200).shows(t, "First draft", "Second draft", "Twice on weekends")
	rule := w.rules()[1].Draft()
	v, err := w.console.Promo.Create(ctx, system, promo.Offer{ProgrammeID: w.programme.ID, Name: "A tenth off"},
		promo.Spec{Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(10, 1)}})
	check(t, err)
	who.post("/p/bean/simulator", "low", "3", "high", "7").is(t, 422).shows(t, "Choose what the draft changes")
	who.post("/p/bean/simulator", "low", "9", "high", "7", "a", v.OfferID.In(id.Offer)).is(t, 422).shows(t, "ends")
	p := who.post("/p/bean/simulator", "low", "1", "high", "20", "name_a", "Both", "a", v.OfferID.In(id.Offer), "a", rule.Rule.ID.In(id.Rule),
		"b", rule.Rule.ID.In(id.Rule)).is(t, 200)
	w.work()
	who.get(p.path).is(t, 200).shows(t, "Both · Twice on weekends: what if?", "Discounts given £0.00 £10.00 £0.00", "Goods sold £100.00 £90.00 £100.00", "within the 1.00 to 20.00%",
		"First draft: given 306, owed 306. Second draft: given 340, owed 340.")
	who.get("/p/bean/simulator").is(t, 200).shows(t, "Both · Twice on weekends")
	w.as(auth.Agent).get("/p/bean/simulator").is(t, 403)
}

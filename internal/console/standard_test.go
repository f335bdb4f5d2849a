package console

import (
	"net/http"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/standard"
)

const (
	standardsAt = "/p/bean/standards"
	visitsAt    = "/p/bean/visits"
)

// upheld is a town with a published standard, a scenario, two shops, visitors and
// visits that are planned.
type upheld struct {
	*town
	standard, scenario id.ID
	shops              []program.Shop
}

func newUpheld(t testing.TB) *upheld {
	t.Helper()
	w := &upheld{town: newTown(t)}
	for _, name := range []string{"High Street", "Станция: " + longWord} {
		shop, err := w.console.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: []string{"high", "station"}[len(w.shops)], Name: name})
		check(t, err)
		w.shops = append(w.shops, shop)
	}
	n, err := w.console.Standards.Create(ctx, system, w.programme.ID, standard.Spec{
		Names: standard.Words{"en": "Service", "ru": "Обслуживание", "pl": "Obsługa"}, Criteria: []standard.Criterion{
			{Code: "greeted", Form: standard.YesNo, Weight: 1, Words: standard.Words{"en": "Were you greeted?", "ru": "С вами поздоровались?"}},
			{Code: "clean", Form: standard.Scale, Top: 4, Weight: 2, Critical: true, Least: 2, Words: standard.Words{"en": "How clean is the shop?", "ru": "Насколько чисто?"}},
		},
	})
	check(t, err)
	_, err = w.console.Standards.Publish(ctx, system, w.programme.ID, n.ID)
	check(t, err)
	plot, err := w.console.Standards.SaveScenario(ctx, system, w.programme.ID, 0, 0, standard.Plot{Names: standard.Words{"en": "A gift"}, Deed: standard.Buy, Task: standard.Words{"en": "Buy a gift."}, Budget: 2000, StandardID: n.ID})
	check(t, err)
	w.standard, w.scenario = n.ID, plot.ID
	for _, name := range []string{"Magda", "Igor", "Zoë"} {
		_, err := w.console.Standards.AddVisitor(ctx, system, w.programme.ID, standard.Visitor{Kind: standard.Outsider, Name: name, Contact: name + "@agency.example"})
		check(t, err)
	}
	return w
}

// draws plans visits of today.
func (w *upheld) draws(seed int64) []*standard.Visit {
	w.t.Helper()
	day := w.console.Now().Format("2006-01-02")
	n, err := w.console.Standards.Draw(ctx, system, w.programme.ID, standard.Plan{ScenarioID: w.scenario, From: day, To: day, Each: 1, Doubles: 1, Seed: seed})
	check(w.t, err)
	list, err := w.console.Standards.Visits(ctx, system, standard.Query{ProgrammeID: w.programme.ID, RoundID: n.ID, Limit: 100})
	check(w.t, err)
	return list
}

// visited plans and sends so many rounds.
func (w *upheld) visited(rounds int) {
	w.t.Helper()
	for i := range rounds {
		for k, v := range w.draws(int64(i)) {
			sheet := standard.Blank()
			sheet.Answers = map[string]standard.Answer{"greeted": {Value: (i + k) % 2}, "clean": {Value: []int{4, 3, 2, 4, 1, 3}[(i+k)%6], Comment: "Dust on the shelf."}}
			sheet.Arrived, sheet.Served, sheet.Remark = 600, standard.Minute(602+i%5), "All in all good. 🙂"
			check(w.t, w.console.Standards.Keep(ctx, standard.Token(w.programme.Salt, v.ID), sheet, nil, true))
		}
		w.clock = w.clock.AddDate(0, 0, 1)
	}
}

func TestAStandardIsWrittenAndPublished(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Owner)
	b.get(standardsAt).is(t, 200).shows(t, "No standard yet")
	b.post(standardsAt, "name", "").is(t, http.StatusUnprocessableEntity)
	b.post(standardsAt, "name", "Service").is(t, 200).shows(t, "Were you greeted?", "Save and add more")
	list, err := w.console.Standards.List(ctx, system, w.programme.ID)
	check(t, err)
	one := standardsAt + "/" + list[0].ID.In(id.Standard)
	form := []string{
		"edit", "1", "name_en", "Service", "words_0_en", "Were you greeted?", "form_0", "yes_no", "weight_0", "2",
		"words_1_en", "How clean?", "form_1", "scale", "top_1", "4", "weight_1", "3", "critical_1", "on", "least_1", "2",
	}
	b.post(one+"/edit", append([]string{"weight_1", "900"}, form...)...).is(t, http.StatusUnprocessableEntity)
	b.post(one+"/edit", form...).is(t, 200).shows(t, "Saved.", "How clean?", "critical")
	b.post(one+"/edit", form...).is(t, http.StatusUnprocessableEntity).shows(t, "Somebody changed this meanwhile")
	b.post(one+"/publish").is(t, 200).shows(t, "The standard is in force", "figures are shown from 10 on")
	n, err := w.console.Standards.Get(ctx, system, w.programme.ID, list[0].ID)
	check(t, err)
	if c := n.Spec.Criteria; n.Version != 1 || len(c) != 2 || c[0].Code != "k1" || c[1].Least != 2 || !c[1].Critical {
		t.Errorf("in force is %+v", n)
	}
	b.post(one+"/retire").is(t, 200).shows(t, "out of use")
	w.as(auth.Agent).post(standardsAt, "name", "X").is(t, http.StatusForbidden)
	w.as(auth.Till).get(standardsAt).is(t, http.StatusForbidden)
}

func TestVisitsArePlannedAndSeenByThoseWhoMay(t *testing.T) {
	w := newUpheld(t)
	b := w.as(auth.Owner)
	b.get(visitsAt+"/visitors").is(t, 200).shows(t, "Magda", "agency.example")
	b.post(visitsAt+"/visitors", "name", "X", "staff", w.owner.ID.In(id.Staff)).is(t, http.StatusUnprocessableEntity)
	b.post(visitsAt+"/visitors", "staff", w.owner.ID.In(id.Staff), "avoid", w.shops[0].ID.In(id.Shop)).is(t, 200).shows(t, "The visitor is added", "Olga Owner")
	b.get(visitsAt+"/scenarios").is(t, 200).shows(t, "A gift", "£20.00")
	b.post(visitsAt+"/scenarios", "name_en", "A return", "deed", "return", "task_en", "", "standard", w.standard.In(id.Standard)).is(t, http.StatusUnprocessableEntity)
	b.post(visitsAt+"/scenarios", "name_en", "A return", "deed", "return", "task_en", "Bring it back.", "budget", "10.50", "standard", w.standard.In(id.Standard)).is(t, 200).shows(t, "A return", "£10.50")
	b.get(visitsAt+"/draw").is(t, 200).shows(t, "There are 4 visitors")
	day := w.console.Now().Format("2006-01-02")
	b.post(visitsAt+"/draw", "scenario", w.scenario.In(id.Scenario), "from", day, "to", "2020-01-01", "each", "1", "seed", "5").is(t, http.StatusUnprocessableEntity)
	b.post(visitsAt+"/draw", "scenario", w.scenario.In(id.Scenario), "from", day, "to", day, "each", "1", "doubles", "1", "seed", "5").is(t, 200).shows(t, "2 visits were drawn", "mystery visit", "planned")
	list, err := w.console.Standards.Visits(ctx, system, standard.Query{ProgrammeID: w.programme.ID, Limit: 10})
	check(t, err)
	one := visitsAt + "/" + list[len(list)-1].ID.In(id.Visit)
	b.get(one).is(t, 200).shows(t, standard.Path, "Call off")
	agent := w.as(auth.Agent)
	agent.get(visitsAt).is(t, 200).shows(t, "Visits with a sheet: 0. To come: 0. Missed: 0.", "No visit here").hides(t, "planned</span>")
	agent.get(one).is(t, http.StatusNotFound)
	agent.post(one+"/cancel").is(t, http.StatusNotFound)
	for _, path := range []string{"/draw", "/scenarios", "/visitors"} {
		agent.get(visitsAt+path).is(t, http.StatusForbidden)
	}
	agent.get(visitsAt+"/mine").is(t, 200).shows(t, "No visit for you")
	b.post(one+"/cancel").is(t, 200).shows(t, "The visit is called off")
}

func TestWhatWasFoundIsReadCorrectedAndAnswered(t *testing.T) {
	w := newUpheld(t)
	w.visited(12)
	b := w.as(auth.Owner)
	one := standardsAt + "/" + w.standard.In(id.Standard)
	b.get(one).is(t, 200).shows(t, "Over 24 visits the mean score is", "Preliminary: 24 visits", "By shop", "Critical failures", "How far two raters agree", "Visitors waited").hides(t, "Magda")
	b.get(one+"?kind=audit").is(t, 200).shows(t, "0 visits so far")
	list, err := w.console.Standards.Visits(ctx, system, standard.Query{ProgrammeID: w.programme.ID, Limit: 1})
	check(t, err)
	visit := visitsAt + "/" + list[0].ID.In(id.Visit)
	agent := w.as(auth.Agent)
	agent.get(visit).is(t, 200).shows(t, "Dust on the shelf.", "All in all good").hides(t, "Magda", "Igor", "Zoë", "Correct this sheet")
	agent.post(visit+"/correct", "a_greeted", "1", "reason", "x").is(t, http.StatusForbidden)
	agent.post(visit+"/reply", "text", "").is(t, http.StatusUnprocessableEntity)
	agent.post(visit+"/reply", "text", "Thank you <3").is(t, 200).shows(t, "Thank you <3")
	b.post(visit+"/correct", "a_greeted", "1", "a_clean", "4").is(t, http.StatusUnprocessableEntity)
	b.post(visit+"/correct", "a_greeted", "1", "a_clean", "4", "reason", "The photo shows it.").is(t, 200).shows(t, "100.0%", "The photo shows it.", "Olga Owner", "Dust on the shelf.")
}

func TestAnAuditIsAnnounced(t *testing.T) {
	w := newUpheld(t)
	agent := w.as(auth.Agent)
	day := w.console.Now().Format("2006-01-02")
	agent.post(visitsAt+"/audit", "standard", w.standard.In(id.Standard), "day", day).is(t, http.StatusUnprocessableEntity)
	agent.post(visitsAt+"/audit", "standard", w.standard.In(id.Standard), "shop", w.shops[0].ID.In(id.Shop), "day", day).is(t, 200).shows(t, "The audit is announced", "Fill in the sheet", standard.Path)
}

// TestStandardsInTheBrowser opens every page on a phone and on a desk, empty and
// full.
func TestStandardsInTheBrowser(t *testing.T) {
	w := newUpheld(t)
	w.visited(14)
	w.draws(99)
	w.clock = w.clock.Add(time.Hour)
	list, err := w.console.Standards.Visits(ctx, system, standard.Query{ProgrammeID: w.programme.ID, State: standard.Sent, Limit: 1})
	check(t, err)
	one := "/standards/" + w.standard.In(id.Standard)
	at := func(path string) string { return "/p/bean" + path }
	walk(t, browse(t, w.console.Handler()), map[string]string{
		"standards": at("/standards"), "standard": at(one), "standard-audits": at(one + "?kind=audit"), "standard-edit": at(one + "/edit"),
		"visits": at("/visits"), "visit": at("/visits/" + list[0].ID.In(id.Visit)), "visit-draw": at("/visits/draw"), "visit-scenarios": at("/visits/scenarios"),
		"visit-visitors": at("/visits/visitors"), "visit-audit": at("/visits/audit"), "visit-mine": at("/visits/mine"),
	})
}

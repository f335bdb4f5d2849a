package console

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/ledger"
)

// pointPerPound is the form of a plain rule, as a browser sends it.
func (w *town) pointPerPound(more ...string) []string {
	return append([]string{
		"do", "save", "name", "Another rule", "trigger", "purchase", "wallet", w.wallet.ID.In(id.Wallet), "join", "all",
		"do.0.kind", "points_per_amount", "do.0.points", "1", "do.0.per", "1.00", "do.0.basis", "goods",
		"wait", "0", "wait.unit", "days", "lasts.unit", "months", "lasts", "12", "rounding", "floor",
	}, more...)
}

func TestRulesAreListed(t *testing.T) {
	w := newTown(t)
	w.draftRule("Twice on weekends")
	who := w.as(auth.Owner)
	p := who.get("/p/bean/programme").is(t, 200)
	p.shows(t, "1 rule is in force; 1 draft waits to be published.", "A point a pound", "On a purchase. Gives 1 point for each £1.00 of the goods.", "since 15 Mar 2023", "Twice on weekends", "Saturday or Sunday", "New rule")
	if strings.Index(p.text(), "A point a pound") > strings.Index(p.text(), "Twice on weekends") {
		t.Error("drafts stand before what is in force")
	}
	w.as(auth.ReadOnly).get("/p/bean/programme").is(t, 200).shows(t, "A point a pound").hides(t, "New rule", "Begin another rule")
}

func TestTheFirstRuleIsTaught(t *testing.T) {
	w := newTown(t)
	w.programme = w.makeProgramme("leaf", "Leaf")
	who := w.as(auth.Owner)
	who.get("/p/leaf/programme").is(t, 200).shows(t, "No rule is in force yet.", "No rules yet", "A point for what is spent")
	who.get("/p/leaf/programme/rules/new").is(t, 200).shows(t, "Say first what points are", "To the settings")
	who.get("/p/leaf/programme/ranks").is(t, 200).shows(t, "No ranks yet", "New ladder")
	who.get("/p/leaf/programme/settings").is(t, 200).shows(t, "No points yet", "No shops yet")
}

func TestARuleIsWrittenAndPublished(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/programme/rules/new?start=purchase&name=Another+rule").is(t, 200).shows(t, "Gives 1 point for each £1.00 of the goods.", "The points expire 1 year after they are earned")
	p := who.post("/p/bean/programme/rules/new", w.pointPerPound()...).is(t, 200)
	p.shows(t, "The draft is saved.", "Another rule", "Never published: it gives nothing yet.", "Publish", "Simulate over the past", "Edit the draft").hides(t, "End the rule", "Versions")
	at := w.rule("Another rule", "")
	p = who.post(at+"/publish").is(t, 200).shows(t, "The rule is published.", "In force since 15 March 2026.", "Write a draft")
	if p.path != at {
		t.Errorf("came to %s", p.path)
	}
	who.get(at+"/edit").is(t, 200).shows(t, "A purchase")
	who.post(at+"/edit", w.pointPerPound("do.0.points", "3", "name", "Three a pound", "trigger", "birthday")...).is(t, 200).
		shows(t, "a draft waits to be published", "Another rule") // the first of two values counts
	form := w.pointPerPound()
	form[3], form[13] = "Three a pound", "3"
	who.post(at+"/edit", form...).is(t, 200).shows(t, "Three a pound", "Gives 3 points for each £1.00", "Versions")
	who.post(at+"/publish").is(t, 200).shows(t, "The rule is published.", "Gives 3 points", "since 15 Mar 2026")
	who.post(at+"/retire").is(t, 200).shows(t, "The rule is over.", "Over since 15 March 2026: it gives nothing any more.")
	for _, action := range []string{"rule.create", "rule.publish", "rule.rename", "rule.draft", "rule.retire"} {
		has(t, w.audited(), action)
	}
	i := slices.IndexFunc(w.rules(), func(h earn.History) bool { return h.Name == "Three a pound" })
	if v := w.rules()[i].Versions; len(v) != 2 || v[0].Rule.Trigger != earn.Purchase || v[0].State != earn.Retired {
		t.Errorf("got %+v", v)
	}
}

func TestDraftsAreDiscarded(t *testing.T) {
	w := newTown(t)
	w.draftRule("Twice on weekends")
	who := w.as(auth.Owner)
	if p := who.post(w.rule("Twice on weekends", "/discard")).is(t, 200).shows(t, "The draft is gone."); p.path != "/p/bean/programme" {
		t.Errorf("a rule that never was leads to %s", p.path)
	}
	at := w.rule("A point a pound", "")
	who.post(at+"/edit", w.pointPerPound()...).is(t, 200)
	at = w.rule("Another rule", "")
	if p := who.post(at+"/discard").is(t, 200).shows(t, "The draft is gone.", "In force since 15 March 2023."); p.path != at {
		t.Errorf("came to %s", p.path)
	}
	who.post(at+"/discard").is(t, http.StatusConflict)
	who.post(at+"/publish").is(t, http.StatusUnprocessableEntity).shows(t, "The rule has no draft.")
	who.post(at+"/simulate").is(t, http.StatusConflict)
}

func TestTheFirstVersionMayBeginInThePast(t *testing.T) {
	w := newTown(t)
	w.draftRule("Twice on weekends")
	who, at := w.as(auth.Owner), w.rule("Twice on weekends", "")
	who.get(at).is(t, 200).shows(t, "Also for the past, from")
	who.post(at+"/publish", "from", "yesterday").is(t, http.StatusUnprocessableEntity).shows(t, "This is not a day.", "There is something to put right")
	who.post(at+"/publish", "from", "2030-01-01").is(t, http.StatusUnprocessableEntity).shows(t, "A rule can begin now or in the past.")
	who.post(at+"/publish", "from", "2024-07-01").is(t, 200).shows(t, "In force since 1 July 2024.")
}

func TestMistakesInARule(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	form := w.pointPerPound("if.0.kind", "test", "if.0.0.field", "sale.goods", "if.0.0.op", "gte", "if.0.0.value", "lots")
	p := who.post("/p/bean/programme/rules/new", form...).is(t, http.StatusUnprocessableEntity)
	p.shows(t, "There is something to put right", "“lots” is not a number.")
	if !strings.Contains(p.body, `href="#f-if-0-0-value"`) || !strings.Contains(p.body, `id="f-if-0-0-value"`) || !strings.Contains(p.body, `value="lots"`) || !strings.Contains(p.body, `value="Another rule"`) {
		t.Error("the summary does not lead to the field, or what was typed is lost")
	}
	form = w.pointPerPound()
	form[3] = strings.Repeat("long ", 50)
	who.post("/p/bean/programme/rules/new", form...).is(t, http.StatusUnprocessableEntity).shows(t, "A name takes 1–100 letters")
	form = w.pointPerPound("do.0.skus", " , ")
	form[3], form[17] = "", "matching_lines"
	who.post("/p/bean/programme/rules/new", form...).is(t, http.StatusUnprocessableEntity).shows(t, "There are 2 things to put right", "Give the rule a name.", "Name product codes or categories.")
	form = w.pointPerPound()
	form[3] = "A point a pound"
	who.post("/p/bean/programme/rules/new", form...).is(t, http.StatusUnprocessableEntity).shows(t, "There is a rule called “A point a pound” already.")
	form = w.pointPerPound("custom", "Not A Name")
	form[5] = customTrigger
	form[11] = givesFixed
	who.post("/p/bean/programme/rules/new", form...).is(t, http.StatusUnprocessableEntity).shows(t, "A rule answers a purchase")
	if len(w.rules()) != 1 {
		t.Error("a rule with mistakes was kept")
	}
}

// TestRowsWithoutScript presses the buttons of the editor as a browser without
// script does, and as htmx does.
func TestRowsWithoutScript(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	form := w.pointPerPound()
	form[1] = "add-test"
	who.post("/p/bean/programme/rules/new", form...).is(t, 200).shows(t, "New rule", "What Choose…", "Add a group")
	form = append(form, "if.0.kind", "test", "if.0.0.field", "weekday", "if.0.0.op", "eq", "if.0.0.value", "6")
	form[1] = "words"
	p := who.post("/p/bean/programme/rules/new", form...).is(t, 200).shows(t, "On a purchase, if the day of the week is Saturday.")
	if strings.Contains(p.body, "<html") {
		t.Error("the words come with a whole page")
	}
	form[3], form[13] = "", "x"
	who.post("/p/bean/programme/rules/new", form...).is(t, 200).shows(t, "Fill in the form")
}

func TestRulesNeedPermission(t *testing.T) {
	w := newTown(t)
	w.draftRule("Twice on weekends")
	at := w.rule("Twice on weekends", "")
	marketer := w.as(auth.Marketer)
	marketer.get(at).is(t, 200).shows(t, "Simulate over the past", "Edit the draft").hides(t, "Publish", "End the rule")
	marketer.post(at+"/publish").is(t, http.StatusForbidden).shows(t, "publish rules")
	marketer.post(at+"/retire").is(t, http.StatusForbidden)
	reader := w.as(auth.ReadOnly)
	reader.get(at).is(t, 200).hides(t, "Publish", "Edit the draft", "Discard")
	for _, path := range []string{"/edit", "/../new"} {
		reader.get(at+path).is(t, http.StatusForbidden)
	}
	for _, verb := range []string{"/edit", "/publish", "/retire", "/discard", "/simulate"} {
		reader.post(at+verb).is(t, http.StatusForbidden)
	}
	w.as(auth.Till).get("/p/bean/programme").is(t, http.StatusForbidden)
	marketer.get("/p/bean/programme/rules/rul_nothing").is(t, http.StatusNotFound)
	marketer.get("/p/bean/programme/rules/"+id.ID(5).In(id.Rule)).is(t, http.StatusNotFound)
}

func TestPointsOfSeveralKinds(t *testing.T) {
	w := newTown(t)
	stars, err := w.console.Ledger.CreateWallet(ctx, system, ledger.Wallet{ProgrammeID: w.programme.ID, Code: "stars", Name: "Stars", Decimals: 1, Clawback: ledger.PolicyToZero, Position: 1})
	check(t, err)
	who := w.as(auth.Owner)
	who.get("/p/bean/programme/rules/new").is(t, 200).shows(t, "Kind of points", "Stars", "The points go into “Points”.")
	form := w.pointPerPound()
	form[7], form[13] = stars.ID.In(id.Wallet), "0.5"
	who.post("/p/bean/programme/rules/new", form...).is(t, 200).shows(t, "Gives 0.5 points for each £1.00 of the goods.", "The points go into “Stars”.")
	i := slices.IndexFunc(w.rules(), func(h earn.History) bool { return h.Name == "Another rule" })
	if got := w.rules()[i].Versions[0].Spec.Effects[0].Points; got != 5 {
		t.Errorf("kept %d tenths", got)
	}
}

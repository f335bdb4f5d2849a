package console

import (
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/sale"
	"regulars/internal/trust"
)

// knows writes an issue down that everybody reads.
func (w *town) knows(change func(*trust.Spec)) *trust.Issue {
	w.t.Helper()
	n := trust.Spec{
		Title: trust.Words{"en": "The lid of the blue pot leaks", "ru": "Крышка синего чайника протекает", "pl": "Pokrywka niebieskiego czajnika przecieka"},
		What:  trust.Words{"en": "Tea runs down the side."}, Workaround: trust.Words{"en": "Pour slowly."}, Products: []string{"POT"}, Causes: []string{"supplier"},
		State: trust.Looking, Published: true, Tell: true, Since: "2026-03-01", Expected: "2026-03-20",
	}
	if change != nil {
		change(&n)
	}
	i, err := w.console.Trust.Add(ctx, system, w.programme.ID, n)
	check(w.t, err)
	return i
}

func TestKnownIssuesAreWrittenAndChanged(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/known-issues").is(t, 200).shows(t, "No issues are written down", "Write down an issue")
	who.get("/p/bean/known-issues/new").is(t, 200).shows(t, "Publish it")
	who.post("/p/bean/known-issues/new", "title_en", "The lid leaks", "state", "looking", "since", "2026-03-01").is(t, 422).shows(t, "Write it at least in the programme’s own language (en).")
	page := who.post("/p/bean/known-issues/new", "title_en", "The lid leaks", "what_en", "Tea runs.", "state", "looking", "since", "2026-03-01", "expected", "2026-03-10", "products", "POT\nTEA", "causes", "supplier", "published", "on", "tell", "on").is(t, 200)
	page.shows(t, "The issue is written down.", "Nobody complained of it so far.", "They are told once it is mended", "POT, TEA", "everybody")
	list, err := w.console.Trust.List(ctx, system, trust.Query{ProgrammeID: w.programme.ID, Limit: 2})
	check(t, err)
	at := "/p/bean/known-issues/" + list[0].ID.In(id.KnownIssue)
	who.get("/p/bean/known-issues").is(t, 200).shows(t, "The lid leaks", "overdue")
	who.get(at+"/edit").is(t, 200).shows(t, "It stays on the list").hides(t, "Publish it")
	change := []string{"version", "1", "title_en", "The lid leaks", "what_en", "Tea runs.", "state", "mended", "since", "2026-03-01", "products", "POT"}
	who.post(at+"/edit", change...).is(t, 200).shows(t, "The issue is changed.", "Mended on", "15 March 2026")
	who.post(at+"/edit", change...).is(t, 422).shows(t, "Somebody changed the issue meanwhile.")
	has(t, w.audited(), "issue.add")
	has(t, w.audited(), "issue.change")

	agent := w.as(auth.Agent)
	agent.get("/p/bean/known-issues/new").is(t, 200).hides(t, "Publish it")
	agent.post(at+"/edit", "version", "2", "title_en", "Fine", "what_en", "Fine.", "state", "mended", "since", "2026-03-01").is(t, 422).shows(t, "needs the permission to publish known issues")
	reader := w.as(auth.ReadOnly)
	reader.get(at).is(t, 200).hides(t, "Change")
	reader.get(at+"/edit").is(t, 403)
	who.get("/p/bean/known-issues/"+id.ID(7).In(id.KnownIssue)).is(t, 404)
}

func TestTheMemberPageTellsOfKnownIssues(t *testing.T) {
	w := newTown(t)
	m := w.join("Ann", "Doe", "ann@example.com")
	w.buy(m, 3, sale.Line{SKU: "POT", Name: "Blue pot", Quantity: 1000, Amount: 900})
	who := w.as(auth.Owner)
	who.get(w.member(m, "")).is(t, 200).hides(t, "Known issues of what they bought")
	w.knows(nil)
	who.get(w.member(m, "")).is(t, 200).shows(t, "Known issues of what they bought", "Blue pot", "The lid of the blue pot leaks")
}

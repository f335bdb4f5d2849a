package console

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/money"
)

// form returns what an adjustment page sends, with what is filled in.
func (w *town) adjustment(p page, filled ...string) []string {
	w.t.Helper()
	return append([]string{"nonce", p.value(w.t, "nonce"), "wallet", p.value(w.t, "wallet")}, filled...)
}

func TestAdjustPoints(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	b := w.as(auth.Agent)
	page := b.get(w.member(anna, "/adjust")).is(t, 200).shows(t, "at most 1,000 points at a time")
	form := w.adjustment(page, "way", "give", "points", "250", "months", "6", "reason", "The parcel came late")
	b.post(w.member(anna, "/adjust"), form...).is(t, 200).shows(t, "Given: 250 points.", "250", "by Some agent", "The parcel came late", "until 15 September 2026")
	b.post(w.member(anna, "/adjust"), form...).is(t, 200).shows(t, "Points: usable now 250") // a double click

	page = b.get(w.member(anna, "/adjust"))
	b.post(w.member(anna, "/adjust"), w.adjustment(page, "way", "take", "points", "50", "months", "6", "reason", "Typing error")...).is(t, 200).
		shows(t, "Taken: 50 points.", "Points: usable now 200")
	b.get(w.member(anna, "/points")).shows(t, "Taken by hand", "Typing error", "−50")
	w.as(auth.Owner).get(w.member(anna, "/adjust")).shows(t, "Your role has no limit.")
}

func TestAnAdjustmentIsTakenBack(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	b := w.as(auth.Agent)
	page := b.get(w.member(anna, "/adjust"))
	b.post(w.member(anna, "/adjust"), w.adjustment(page, "way", "give", "points", "250", "reason", "The parcel came late")...).is(t, 200)
	link := regexp.MustCompile(`href="([^"]*/take-back/[^"]*)"`).FindStringSubmatch(b.get(w.member(anna, "/points")).is(t, 200).shows(t, "Take back").body)
	if link == nil {
		t.Fatal("no link leads to taking it back")
	}
	back := link[1]
	b.get(back).is(t, 200).shows(t, "250 points were given.", "The parcel came late")
	b.post(back, "reason", "").is(t, 422).shows(t, "a value is needed")
	b.post(back, "reason", "It was not hers").is(t, 200).shows(t, "The adjustment was taken back.", "It was not hers", "−250").hides(t, "Take back")
	b.post(back, "reason", "It was not hers").is(t, 200) // a double click
	b.get(w.member(anna, "")).shows(t, "Points: usable now 0")
	b.get(w.member(anna, "/take-back/evt_01h9x3k7q2v5n")).is(t, 404)
	w.as(auth.Till).get(back).is(t, 403)
	w.as(auth.ReadOnly).get(w.member(anna, "/points")).is(t, 200).hides(t, "Take back")
}

func TestAdjustmentsThatNeedMending(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	b := w.as(auth.Agent)
	page := b.get(w.member(anna, "/adjust"))
	for _, c := range []struct{ way, points, months, reason, want string }{
		{"give", "1001", "", "why", "You may move at most 1,000 points at a time"},
		{"give", "1,5", "", "why", "Write how many points in digits, above 0 and whole."},
		{"give", "-5", "", "why", "Write how many points in digits"},
		{"give", "lots", "", "why", "Write how many points in digits"},
		{"give", "", "", "why", "Write how many points in digits"},
		{"give", "5", "", "", "a value is needed"},
		{"give", "5", "soon", "why", "Write the number of months in digits."},
		{"give", "5", "5000", "why", "the amount is out of bounds"},
		{"give", "5", "", strings.Repeat("long ", 200), "the text is too long"},
		{"take", "5", "", "why", "5 points are wanted and 0 are available"},
	} {
		p := b.post(w.member(anna, "/adjust"), w.adjustment(page, "way", c.way, "points", c.points, "months", c.months, "reason", c.reason)...)
		p.is(t, 422).shows(t, c.want)
		if p.value(t, "nonce") != page.value(t, "nonce") {
			t.Errorf("%q: the form lost its nonce", c.want)
		}
	}
	b.post(w.member(anna, "/adjust"), "nonce", "n", "wallet", "wal_nonsense", "points", "5", "way", "give", "reason", "why").is(t, 422)
	b.get(w.member(anna, "")).shows(t, "Points: usable now 0")
}

func TestAdjustInAnotherWallet(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	cash, err := w.console.Ledger.CreateWallet(ctx, system, ledger.Wallet{ProgrammeID: w.programme.ID, Code: "cash", Name: "Cashback", Decimals: 2, Unit: money.NewRate(1, 1), Clawback: ledger.PolicyDebt, Position: 1})
	check(t, err)
	b := w.as(auth.Manager)
	page := b.get(w.member(anna, "/adjust")).is(t, 200).shows(t, "Cashback", "Wallet")
	b.post(w.member(anna, "/adjust"), "nonce", page.value(t, "nonce"), "wallet", cash.ID.In(id.Wallet), "way", "give", "points", "12.50", "reason", "Sorry").is(t, 200).
		shows(t, "Cashback: usable now 12.50", "worth £12.50", "Points: usable now 0")
}

func TestMergeAndUndo(t *testing.T) {
	w := newTown(t)
	anna, second := w.join("Anna", "Nowak", "anna@example.com"), w.join("A.", "Nowakowa", "old@example.com")
	w.buy(anna, 30, tea(600))
	w.buy(second, 20, tea(500))
	b := w.as(auth.Agent)
	b.get(w.member(anna, "/merge")).is(t, 200).shows(t, "Find the other profile")
	b.get(w.member(anna, "/merge?q=nowak")).is(t, 200).shows(t, "A. Nowakowa", "500").hides(t, "anna@example.com")
	b.fragment(w.member(anna, "/merge?q=nobody")).is(t, 200).shows(t, "Nobody found")

	with := second.In(id.Member)
	b.get(w.member(anna, "/merge?with="+with)).is(t, 200).shows(t, "Are these one person?", "600 usable, 0 pending", "500 usable, 0 pending", "old@example.com", "Keep the other instead")
	b.get(w.member(anna, "/merge?with=nonsense")).is(t, 422)
	b.post(w.member(anna, "/merge"), "with", anna.In(id.Member)).is(t, 422).shows(t, "member cannot be merged with itself")

	merged := b.post(w.member(anna, "/merge"), "with", with).is(t, 200).shows(t, "The two profiles are one now", "old@example.com", "Merged profiles", with, "Some agent")
	b.get(w.member(anna, "")).shows(t, "Points: usable now 1,100", "2 purchases worth £1,100.00", "Profiles merged", "+500", "Silver", "from Regular to Silver")
	b.post(w.member(anna, "/unmerge"), "merging", merged.value(t, "merging")).is(t, 200).shows(t, "The merge was undone.", "Undone on").hides(t, "old@example.com")
	b.post(w.member(anna, "/unmerge"), "merging", merged.value(t, "merging")).is(t, http.StatusConflict).shows(t, "This merge was undone before.")
	b.get(w.member(second, "")).is(t, 200).shows(t, "A. Nowakowa", "Points: usable now 500")
}

func TestRankByHand(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	ladder := w.ladder.ID.In(id.Ladder)
	b := w.as(auth.Manager)
	b.get(w.member(anna, "/rank")).is(t, 200).shows(t, "Regular", "Silver", "Gold").hides(t, "Take back")
	give := func(form ...string) page {
		return b.post(w.member(anna, "/rank"), append(form, "ladder", ladder)...)
	}
	give("rank", "gold", "until", "2026-02-01").is(t, 422).shows(t, "The rank would have ended already")
	give("rank", "gold", "until", "tomorrow").is(t, 422).shows(t, "This is not a day")
	give("rank", "platinum").is(t, 422).shows(t, "The ladder has no rank “platinum”")
	b.post(w.member(anna, "/rank"), "rank", "gold", "ladder", "nonsense").is(t, 422)
	give("rank", "gold", "until", "2026-12-31", "note", "Our first customer").is(t, 200).
		shows(t, "The rank was given.", "from Regular to Gold", "by Some manager", "Our first customer", "Gold until 31 December 2026")
	give("rank", "").is(t, 200).shows(t, "The rank given by hand was taken back.", "from Gold to Regular")
	give("rank", "").is(t, 422).shows(t, "no rank that was given by hand")
}

func TestExport(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	w.buy(anna, 30, tea(600))
	p := w.as(auth.Agent).post(w.member(anna, "/export")).is(t, 200)
	if want := `attachment; filename="` + anna.In(id.Member) + `.json"`; p.header.Get("Content-Disposition") != want {
		t.Errorf("sent as %s", p.header.Get("Content-Disposition"))
	}
	var export flow.Export
	check(t, json.Unmarshal([]byte(p.body), &export))
	if export.Person.FamilyName != "Nowak" || len(export.Events) != 2 {
		t.Errorf("exported %d events of %q", len(export.Events), export.Person.FamilyName)
	}
}

func TestUnmatchedReturns(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Agent)
	b.get("/p/bean/unmatched").is(t, 200).shows(t, "Every return has found its purchase.", "No unmatched returns")
	anna := w.join("Anna", "Nowak", "anna@example.com")
	for range 60 {
		w.take(flow.Event{Kind: journal.Return, Who: flow.Who{MemberID: anna}, Payload: flow.Payload{Return: returnOf("LOST")}})
	}
	w.take(flow.Event{Kind: journal.Return, ExternalID: "early", Payload: flow.Payload{Return: &flow.Return{SaleReference: "R-77", Whole: true}}})
	first := b.get("/p/bean/unmatched").is(t, 200).shows(t, "60 returned lines found no purchase.", "LOST", "Anna Nowak", "Wait for their purchase", "early", "R-77")
	second := b.get(link(t, first, "Next")).is(t, 200).hides(t, "R-77", "Next")
	if n := strings.Count(second.text(), "LOST"); n != 10 {
		t.Errorf("the second page lists %d lines", n)
	}
	b.get(link(t, second, "Previous")).shows(t, "R-77")
	for _, mark := range []string{"nonsense", "evt_1.x", "evt_1"} {
		if p := b.get("/p/bean/unmatched?page=" + mark); p.status != 404 && p.status != 422 {
			t.Errorf("the mark %q answers %d", mark, p.status)
		}
	}
}

package console

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/tier"
)

// climb is the form of a ladder, as a browser sends it.
func climb(more ...string) []string {
	return append([]string{
		"do", "save", "name", "Circle", "metric", "spend", "window", "rolling_months", "months", "6", "grace", "0", "drop", "hard",
		"rank.0.code", "", "rank.0.name", "Friend", "rank.0.threshold", "0",
		"rank.1.code", "", "rank.1.name", "Złoty krąg", "rank.1.threshold", "250.50", "rank.1.keep", "", "rank.1.perks", "A seat at tastings", "rank.1.return_days", "16", "rank.1.warranty_months", "",
	}, more...)
}

func TestRanksAreShown(t *testing.T) {
	w := newTown(t)
	w.buy(w.join("Anna", "Nowak", "anna@example.com"), 50, tea(1200))
	who := w.as(auth.Owner)
	who.get("/p/bean/programme/ranks").is(t, 200).shows(t, "One ladder of ranks", "Status", "In force.", "Gold £5,000.00 £5,000.00 0", "Silver £1,000.00 £1,000.00 1", "in the last 12 months", "falls at once, to the rank that is earned.")
	who.get(w.ranks("")).is(t, 200).shows(t, "Write a draft").hides(t, "Publish", "Discard", "Simulate")
	w.as(auth.Agent).get(w.ranks("")).is(t, 200).hides(t, "Write a draft")
}

func TestALadderIsWrittenAndPublished(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/programme/ranks/new").is(t, 200).shows(t, "Everybody begins here", "What is counted")
	p := who.post("/p/bean/programme/ranks/new", climb()...).is(t, 200)
	p.shows(t, "The draft is saved.", "Circle", "Never published: nobody has these ranks yet.", "Friend: everybody who joins.", "Złoty krąg: from £250.50.", "All of the past counts")
	made, err := w.console.Ladders.List(ctx, system, w.programme.ID)
	check(t, err)
	if d := made[1].Draft; made[1].Code != "circle" || d.Ranks[1].Perks != "A seat at tastings" || d.Ranks[1].Terms != (tier.Terms{ReturnDays: 16}) || d.Ranks[0].Code != "friend" || d.Ranks[1].Code != "zloty-krag" || d.Window.Months != 6 {
		t.Errorf("made %s %+v", made[1].Code, d)
	}
	who.post(p.path+"/publish", "start", "past").is(t, 200).shows(t, "The ranks are published.", "In force.", "Złoty krąg A seat at tastings · Returns 16 days longer £250.50")
	p = who.get(p.path+"/edit").is(t, 200)
	if !strings.Contains(p.body, ">A seat at tastings</textarea>") {
		t.Error("the editor does not hold the perks")
	}
	p.shows(t, "Value of goods bought. A published ladder goes on counting that.")
	code := p.value(t, "rank.1.code")
	form := climb("rank.2.code", "", "rank.2.name", "Friend", "rank.2.threshold", "1000", "rank.2.keep", "900")
	form[15], form[21], form[5] = "friend", code, "visits"
	at := strings.TrimSuffix(p.path, "/edit")
	who.post(p.path, form...).is(t, 200).shows(t, "In force; a draft waits", "Friend: from £1,000.00; once reached, kept from £900.00.")
	who.post(at+"/publish", "start", "day", "from", "2020-01-01").is(t, http.StatusUnprocessableEntity).shows(t, "A later version cannot begin in the past")
	who.post(at+"/publish", "start", "day").is(t, http.StatusUnprocessableEntity).shows(t, "This is not a day.")
	who.post(at+"/publish", "start", "day", "from", "2026-05-01").is(t, 200).shows(t, "A new version comes into force on 1 May 2026.", "Versions")
	made, err = w.console.Ladders.List(ctx, system, w.programme.ID)
	check(t, err)
	if v := made[1].Versions[1]; v.Ranks[2].Code != "friend-2" || v.Metric != tier.Spend {
		t.Errorf("got %+v", v)
	}
	for _, action := range []string{"ladder.create", "ladder.publish", "ladder.draft"} {
		has(t, w.audited(), action)
	}
}

func TestMistakesInALadder(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	for _, tc := range []struct {
		name, field, want string
		at                int
		value             string
	}{
		{"name", "name", "A name takes", 3, ""}, {"months", "months", "1 to 120 months", 9, "0"}, {"no number", "months", "not a number", 9, "six"},
		{"rank without a name", "rank.1.name", "A name takes", 23, ""}, {"threshold", "rank.1.threshold", "each further one above", 25, "0"},
		{"threshold in words", "rank.1.threshold", "not a number", 25, "much"}, {"keep", "rank.1.keep", "between 0 and its threshold", 27, "999"},
		{"grace", "grace", "0 to 3,660 days", 11, "9999"}, {"too fine", "rank.1.threshold", "more than 2 decimals", 25, "1.005"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			form := climb()
			form[tc.at] = tc.value
			p := who.post("/p/bean/programme/ranks/new", form...).is(t, http.StatusUnprocessableEntity).shows(t, tc.want)
			if !strings.Contains(p.body, `href="#`+fieldID(tc.field)+`"`) || !strings.Contains(p.body, `id="`+fieldID(tc.field)+`"`) {
				t.Errorf("nothing leads to %s", tc.field)
			}
		})
	}
	all, err := w.console.Ladders.List(ctx, system, w.programme.ID)
	check(t, err)
	if len(all) != 1 {
		t.Error("a ladder with mistakes was kept")
	}
}

func TestRowsOfALadder(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	form := climb()
	form[1] = "add"
	p := who.post("/p/bean/programme/ranks/new", form...).is(t, 200).shows(t, "Rank 3")
	if strings.Contains(p.body, "rank.3.name") {
		t.Error("too many rows")
	}
	form[1] = "drop.1"
	who.post("/p/bean/programme/ranks/new", form...).is(t, 200).hides(t, "Rank 2")
	form[1], form[5] = "look", "points"
	who.post("/p/bean/programme/ranks/new", form...).is(t, 200).shows(t, "Kind of points")
}

// TestALadderOfPoints counts points of a wallet with decimals.
func TestALadderOfPoints(t *testing.T) {
	w := newTown(t)
	stars, err := w.console.Ledger.CreateWallet(ctx, system, ledger.Wallet{ProgrammeID: w.programme.ID, Code: "stars", Name: "Stars", Decimals: 1, Clawback: ledger.PolicyToZero})
	check(t, err)
	who := w.as(auth.Owner)
	form := climb("wallet", stars.ID.In(id.Wallet))
	form[5] = "points"
	form[25] = "250.55"
	who.post("/p/bean/programme/ranks/new", form...).is(t, http.StatusUnprocessableEntity).shows(t, "more than 1 decimal")
	form[25] = "250.5"
	who.post("/p/bean/programme/ranks/new", form...).is(t, 200).shows(t, "What counts is points earned in the last 6 months.", "from 250.5 points")
	form = climb()
	form[3], form[5], form[25] = "Visitors", "visits", "5"
	p := who.post("/p/bean/programme/ranks/new", form...).is(t, 200).shows(t, "from 5 visits")
	who.post(p.path+"/discard").is(t, 200).shows(t, "The draft is gone.", "2 ladders of ranks")
	who.post(w.ranks("/discard")).is(t, http.StatusConflict).shows(t, "The ladder has no draft.")
	who.post(w.ranks("/simulate")).is(t, http.StatusConflict)
}

func TestLaddersNeedPermission(t *testing.T) {
	w := newTown(t)
	w.draftRanks()
	agent := w.as(auth.Agent)
	agent.get(w.ranks("/edit")).is(t, http.StatusForbidden)
	agent.get("/p/bean/programme/ranks/new").is(t, http.StatusForbidden)
	for _, verb := range []string{"/edit", "/publish", "/discard", "/simulate"} {
		agent.post(w.ranks(verb)).is(t, http.StatusForbidden)
	}
	agent.get("/p/bean/programme/ranks/"+id.ID(7).In(id.Ladder)).is(t, http.StatusNotFound)
}

func TestCodesAreMadeOfNames(t *testing.T) {
	for _, tc := range []struct{ name, want string }{
		{"Gold", "gold"}, {"Very  Important Person!", "very--important-person"}, {"Золото", "rank"}, {"", "rank"}, {"Silver", "silver-2"}, {strings.Repeat("x", 60), strings.Repeat("x", 30)},
	} {
		if got := newCode(tc.name, "rank", []string{"silver"}); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

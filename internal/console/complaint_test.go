package console

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/program"
)

func TestComplaintsAreWorkedOn(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	o, err := w.console.Complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{
		Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.WantRefund, MemberID: anna, Source: complaint.FromWeb, Text: "It <b>leaks</b> 🫖", Price: 40_00,
	})
	check(t, err)
	at := "/p/bean/complaints"
	one := at + "/" + o.ID.In(id.Case)
	b := w.as(auth.Manager)
	b.get(at).is(t, 200).shows(t, "Quality", "open")
	b.get(one).is(t, 200).shows(t, "It <b>leaks</b> 🫖", "Anna Wiśniewska", "What would help")
	b.post(one+"/answer", "text", "", "how", "answer").is(t, 422)
	b.post(one+"/answer", "text", "A new one is on its way.", "how", "wait").is(t, 200).shows(t, "A new one is on its way.", "waiting for the customer")
	b.post(one+"/apologise", "name", "Anna", "happened", "It leaks", "changes", "", "who", "Ola").is(t, 422)
	b.post(one+"/judge", "severity", "high", "cause", "supplier").is(t, 200).shows(t, "supplier", "high")
	b.post(one+"/compensate", "nonce", "a", "kind", "refund", "amount", "10").is(t, 200).shows(t, "refund")
	b.post(one+"/compensate", "nonce", "b", "kind", "refund", "amount", "1000").is(t, 422)
	b.post(one+"/turn", "to", "solved").is(t, 200).shows(t, "Take up again")
	b.get(at+"?state=solved").is(t, 200).shows(t, "Quality")
	b.get(at+"/causes").is(t, 200).shows(t, "too few for a rate", "supplier", "Who came back", "too few for a figure", "no effect of the complaint")
	b.get(at+"/cas_01h9x3k7q2v5n").is(t, 404)
	w.as(auth.Till).get(at).is(t, 403)
	w.as(auth.ReadOnly).post(one+"/turn", "to", "closed").is(t, 403)
}

// TestAMemberPageLeadsToTheirOpenCases: for those who may see cases, and while
// they are open.
func TestAMemberPageLeadsToTheirOpenCases(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	for _, kind := range []complaint.Kind{complaint.Complaint, complaint.Wish} {
		_, err := w.console.Complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{Kind: kind, Reason: "quality", Wanted: complaint.JustTelling, MemberID: anna, Source: complaint.FromWeb})
		check(t, err)
	}
	list, err := w.console.Complaints.List(ctx, system, complaint.Query{ProgrammeID: w.programme.ID, Kind: complaint.Complaint, Limit: 1})
	check(t, err)
	b := w.as(auth.Manager)
	b.get(w.member(anna, "")).is(t, 200).shows(t, "1 open case", complaint.ShowTrack(list[0].Track))
	_, err = w.console.Complaints.Solve(ctx, w.owner.Actor(), w.programme.ID, list[0].ID)
	check(t, err)
	b.get(w.member(anna, "")).is(t, 200).hides(t, "open case")
}

// TestWeeksOfComplaintsAreDrawnWithTheirLimits: with orders to count by and
// complaints enough.
func TestWeeksOfComplaintsAreDrawnWithTheirLimits(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	for days := range 20 {
		w.buy(anna, days+1, tea(20))
	}
	for i := range 10 {
		_, err := w.console.Complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.JustTelling, Source: complaint.FromWeb, Text: fmt.Sprint(i)})
		check(t, err)
	}
	b := w.as(auth.Manager)
	b.get("/p/bean/complaints/causes").is(t, 200).shows(t, "10 complaints on 20 orders", "Complaints week by week", "Upper limit", "Week from")
	b.fragment("/p/bean/complaints").is(t, 200).shows(t, "Quality").hides(t, "Olga Owner")
}

// TestActionsAreWrittenDown goes through the page of what is done about causes.
func TestActionsAreWrittenDown(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	at := "/p/bean/complaints/actions"
	b.get(at).is(t, 200).shows(t, "Nothing is done about a cause yet")
	boss := regexp.MustCompile(`value="(stf_[0-9a-z]+)"`).FindStringSubmatch(b.get(at).body)[1]
	b.post(at, "title", "", "cause", "supplier", "owner", boss, "due", "2026-12-24").is(t, 422).shows(t, "Say what is done, by whom and until when.")
	b.post(at, "title", "Test every pot", "cause", "supplier", "owner", "", "due", "2026-12-24").is(t, 422)
	b.post(at, "title", "Test every pot", "cause", "supplier", "owner", boss, "due", "soon").is(t, 422).holds(t, `value="Test every pot"`)
	page := b.post(at, "title", "Test <every> pot", "cause", "supplier", "owner", boss, "due", "2026-12-24").is(t, 200).shows(t, "Test <every> pot", "supplier", "told once it is done")
	one := regexp.MustCompile(`/complaints/actions/(cac_[0-9a-z]+)/done`).FindStringSubmatch(page.body)[1]
	w.as(auth.ReadOnly).post(at+"/"+one+"/done").is(t, 403)
	b.post(at+"/"+one+"/done").is(t, 200).shows(t, "done on", "too early to compare", "no proof")
	b.post(at+"/cac_01h9x3k7q2v5n/done").is(t, 404)
}

// holds checks the page with its attributes.
func (p page) holds(t testing.TB, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(p.body, part) {
			t.Errorf("%s does not hold %q", p.path, part)
		}
	}
}

// settingFields are the fields of the settings as a page sends them, with some
// changed.
func settingFields(changes ...string) []string {
	list := []string{
		"version", "0", "business", "shop", "country", "PL", "reasons", "quality; normal; Broken\nother; low; Something else", "causes", "supplier\nother",
		"week_0", "9:00-17:30", "week_1", "09:00–18:00", "first_low", "16", "solve_low", "90", "first_normal", "8.25", "solve_normal", "45", "first_high", "2", "solve_high", "18",
		"legal", "PL 14\nde 30", "reason_0", "", "severity_0", "high", "kind_0", "gift_card", "share_0", "100", "fixed_0", "", "share_1", "", "fixed_1", "",
		"limit_manager", "200", "limit_key", "20", "cap", "120", "unpriced", "50", "gift_months", "12", "holidays", "2026-12-24 2026-12-31",
	}
	for i := 0; i < len(list); i += 2 {
		for k := 0; k < len(changes); k += 2 {
			if list[i] == changes[k] {
				list[i+1] = changes[k+1]
			}
		}
	}
	for k := 0; k < len(changes); k += 2 {
		if !slices.Contains(list, changes[k]) {
			list = append(list, changes[k], changes[k+1])
		}
	}
	return list
}

// TestSettingsOfComplaints saves them whole, and what is wrong comes back at
// its field with what was typed.
func TestSettingsOfComplaints(t *testing.T) {
	w := newTown(t)
	_, err := w.console.Programmes.AddShop(ctx, system, program.Shop{ProgrammeID: w.programme.ID, Code: "harbour", Name: "Harbour"})
	check(t, err)
	b := w.as(auth.Manager)
	at := "/p/bean/complaints/settings"
	b.get(at).is(t, 200).shows(t, "Working hours", "Harbour: own hours", "At most for a case", "Monday")
	for _, wrong := range [][]string{
		{"week_0", "from nine"}, {"week_1", "18:00-09:00"}, {"legal", "Poland fourteen"}, {"legal", "Poland 14"}, {"holidays", "Christmas"}, {"reasons", "quality; awful\nother; low"},
		{"cap", "151"}, {"limit_manager", "much"}, {"share_0", "151"}, {"first_high", "20"}, {"shop_harbour_3", "never"}, {"country", "P1"},
	} {
		b.post(at, settingFields(wrong...)...).is(t, 422).holds(t, `id="f-`+wrong[0]+`-error"`)
	}
	b.post(at, settingFields("shop_harbour_5", "10:00-14:00")...).is(t, 200).shows(t, "The settings are in force.", "Broken", "DE 30").holds(t, "10:00–14:00", "09:00–17:30", "8.25")
	set, version, err := w.console.Complaints.Settings(ctx, system, w.programme.ID)
	check(t, err)
	if version != 1 || set.Cap != 12_000 || set.Week[0] != (complaint.Hours{From: 540, To: 1050}) || set.Week[6] != (complaint.Hours{}) || set.Shops["harbour"][5].To != 840 ||
		set.Targets[complaint.Normal].First != 495 || set.Limits["manager"] != 200_00 || len(set.Limits) != 2 || len(set.Remedies) != 1 || len(set.Holidays) != 2 || set.Legal["DE"] != 30 {
		t.Errorf("kept is %+v", set)
	}
	if set.Reasons[0].Severity != complaint.Normal || set.Reasons[0].Names["en"] != "Broken" || len(set.Reasons[1].Names) != 0 || set.Acknowledge {
		t.Errorf("kept is %+v; a name of ours is shown and not kept", set.Reasons)
	}
	b.post(at, settingFields()...).is(t, 422).shows(t, "Somebody changed the settings meanwhile.")
	b.post(at, settingFields("version", "1", "business", "clinic")...).is(t, 200).shows(t, "treatment; high")
	agent := w.as(auth.Agent)
	agent.get(at).is(t, 200).shows(t, "Only who may approve compensations changes this.")
	agent.post(at, settingFields()...).is(t, 403)
}

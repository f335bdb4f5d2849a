package console

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/flow"
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
	b.get(at).is(t, 200).shows(t, "Quality", "open", "nobody yet", "h of work left")
	b.get(one).is(t, 200).shows(t, "It <b>leaks</b> 🫖", "Anna Wiśniewska", "What would help", "The whole history", "Working time used")
	b.post(one+"/answer", "text", "", "how", "answer").is(t, 422)
	b.post(one+"/answer", "text", "A new one is on its way.", "how", "wait").is(t, 200).shows(t, "A new one is on its way.", "waiting for the customer")
	b.post(one+"/apologise", "name", "Anna", "happened", "It leaks", "changes", "", "who", "Ola").is(t, 422)
	b.post(one+"/apologise", "name", "", "happened", "It leaks", "changes", "", "who", "").is(t, 422).holds(t, `id="f-name-error"`, `id="f-changes-error"`, `id="f-who-error"`)
	b.post(one+"/judge", "severity", "high", "cause", "supplier", "price", "30").is(t, 200).shows(t, "supplier", "high", "30.00")
	b.post(one+"/judge", "severity", "worst", "cause", "moon", "price", "30").is(t, 422).holds(t, `id="f-severity-error"`, `id="f-cause-error"`)
	b.post(one+"/compensate", "nonce", "a", "kind", "refund", "amount", "10", "note", "Cash from the till of the old town").is(t, 200).shows(t, "refund", "Cash from the till of the old town")
	b.post(one+"/compensate", "nonce", "b", "kind", "refund", "amount", "1000", "note", "Card").is(t, 422).holds(t, `value="Card"`, `<option value="refund" selected`)
	b.post(one+"/turn", "to", "solved").is(t, 200).shows(t, "Take up again")
	b.get(at).is(t, 200).shows(t, "Nothing waits for us", "See the page for customers")
	b.post(one+"/turn", "to", "reopened").is(t, 200)
	b.get(at).is(t, 200).shows(t, "reopened")
	b.post(one+"/turn", "to", "solved").is(t, 200)
	b.get(at+"?state=solved").is(t, 200).shows(t, "Quality")
	b.get(at+"/causes").is(t, 200).shows(t, "too few for a rate", "supplier", "Who came back", "too few for a figure", "no effect of the complaint")
	b.get(at+"/cas_01h9x3k7q2v5n").is(t, 404)
	w.as(auth.Till).get(at).is(t, 403)
	w.as(auth.ReadOnly).post(one+"/turn", "to", "closed").is(t, 403)
}

// TestACaseIsGivenAwayAndKeptFromWhomItConcerns on the pages alone: the owner is
// chosen, and whom it concerns can neither have it nor see it.
func TestACaseIsGivenAwayAndKeptFromWhomItConcerns(t *testing.T) {
	w := newTown(t)
	o, err := w.console.Complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{Kind: complaint.Complaint, Reason: "staff", Wanted: complaint.WantApology, Source: complaint.FromWeb})
	check(t, err)
	at := "/p/bean/complaints"
	one := at + "/" + o.ID.In(id.Case)
	agent := w.as(auth.Agent)
	agent.get(one).is(t, 200)
	staff, err := w.console.Auth.ListStaff(ctx, system, w.programme.ID)
	check(t, err)
	of := map[auth.Role]auth.Staff{}
	for _, s := range staff {
		of[s.Roles[0].Role] = s
	}
	b := w.as(auth.Manager)
	b.post(one+"/judge", "owner", of[auth.Agent].ID.In(id.Staff)).is(t, 200).shows(t, of[auth.Agent].Name)
	b.get(at).is(t, 200).shows(t, of[auth.Agent].Name)
	b.post(one+"/judge", "owner", of[auth.Agent].ID.In(id.Staff), "subject", of[auth.Agent].ID.In(id.Staff)).is(t, 200)
	b.post(one+"/judge", "owner", of[auth.Agent].ID.In(id.Staff)).is(t, 422).holds(t, `id="f-owner-error"`)
	agent.get(one).is(t, 404)
	agent.get(at).is(t, 200).hides(t, o.ID.In(id.Case))
	f, err := w.console.Complaints.Get(ctx, system, w.programme.ID, o.ID)
	check(t, err)
	if f.SubjectID != of[auth.Agent].ID || f.OwnerID != 0 {
		t.Errorf("it concerns %d and is with %d", f.SubjectID, f.OwnerID)
	}
}

// TestACaseStaysWithWhoLeft until somebody gives it away: who works here no more is
// still named as its owner, and nobody else is offered it by them.
func TestACaseStaysWithWhoLeft(t *testing.T) {
	w := newTown(t)
	o, err := w.console.Complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.WantRedo, Source: complaint.FromWeb})
	check(t, err)
	one := "/p/bean/complaints/" + o.ID.In(id.Case)
	w.as(auth.Agent)
	staff, err := w.console.Auth.ListStaff(ctx, system, w.programme.ID)
	check(t, err)
	leaver := staff[slices.IndexFunc(staff, func(s auth.Staff) bool { return s.Roles[0].Role == auth.Agent })]
	b := w.as(auth.Manager)
	b.post(one+"/judge", "owner", leaver.ID.In(id.Staff)).is(t, 200)
	check(t, w.console.Auth.Disable(ctx, w.owner.Actor(), leaver.ID))
	b.get(one).is(t, 200).holds(t, `<option value="`+leaver.ID.In(id.Staff)+`" selected>`)
	b.post(one+"/judge", "owner", leaver.ID.In(id.Staff), "severity", "high").is(t, 200).shows(t, leaver.Name)
	if page := b.get("/p/bean/complaints/new").is(t, 200); strings.Contains(page.body, leaver.ID.In(id.Staff)) {
		t.Error("who left can be chosen")
	}
}

// TestACaseIsWrittenDownForACustomer at the counter or by telephone: once, however
// often the form is sent, with what the customer follows it by.
func TestACaseIsWrittenDownForACustomer(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	b := w.as(auth.Agent)
	at := "/p/bean/complaints/new"
	b.get(w.member(anna, "")).is(t, 200).holds(t, at+"?member="+anna.In(id.Member))
	b.get(at+"?member="+anna.In(id.Member)).is(t, 200).shows(t, "Anna Wiśniewska", "Quality", "Whom it concerns")
	form := []string{"nonce", "n1", "member", anna.In(id.Member), "source", "phone", "kind", "complaint", "reason", "quality", "wanted", "redo", "text", "It leaks, she says"}
	page := b.post(at, form...).is(t, 200).shows(t, "It is written down", "The PIN is shown only now.")
	b.post(at, form...).is(t, 200)
	list, err := w.console.Complaints.List(ctx, system, complaint.Query{ProgrammeID: w.programme.ID, Limit: 10})
	check(t, err)
	if len(list) != 1 || list[0].Source != complaint.FromPhone || list[0].MemberID != anna || page.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("there are %d cases", len(list))
	}
	page.shows(t, complaint.ShowTrack(list[0].Track))
	b.post(at, "nonce", "n2", "source", "promise", "kind", "", "wanted", "", "text", strings.Repeat("ż", 4001)).is(t, 422).holds(t, `id="f-kind-error"`, `id="f-source-error"`, `id="f-wanted-error"`, `id="f-text-error"`)
	b.post(at, "nonce", "n3", "source", "till", "kind", "complaint", "wanted", "redo").is(t, 422).holds(t, `id="f-reason-error"`)
	w.as(auth.ReadOnly).get(at).is(t, 403)
}

// TestABoardOfManyCases shows those that are due first and says that there are more;
// of what is over the latest, page by page.
func TestABoardOfManyCases(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	at := "/p/bean/complaints"
	b.get(at).is(t, 200).shows(t, "Nothing waits for us", "What customers write at /c/bean stands here.")
	b.get(at+"?state=waiting").is(t, 200).shows(t, "There is nothing in this state")
	for range 101 {
		o, err := w.console.Complaints.Begin(ctx, system, w.programme.ID, complaint.Ask{Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.JustTelling, Source: complaint.FromWeb})
		check(t, err)
		_, err = w.console.Complaints.Solve(ctx, system, w.programme.ID, o.ID)
		check(t, err)
	}
	rows := func(p page) int { return strings.Count(p.body, `href="/p/bean/complaints/cas_`) }
	first := b.get(at+"?state=solved").is(t, 200)
	next := regexp.MustCompile(`href="([^"]*page=cas_[^"]*)"`).FindStringSubmatch(first.body)
	if rows(first) != 100 || next == nil {
		t.Fatalf("%d rows, and next is %q", rows(first), next)
	}
	if last := b.get(html.UnescapeString(next[1])).is(t, 200); rows(last) != 1 {
		t.Errorf("%d rows on the last page", rows(last))
	}
	list, err := w.console.Complaints.List(ctx, system, complaint.Query{ProgrammeID: w.programme.ID, Limit: 200})
	check(t, err)
	for _, one := range list {
		_, err := w.console.Complaints.Reopen(ctx, system, w.programme.ID, one.ID)
		check(t, err)
	}
	if all := b.get(at).is(t, 200).shows(t, "The 100 that are due first are shown", "reopened"); rows(all) != 100 {
		t.Errorf("%d rows", rows(all))
	}
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
	w.take(flow.Event{Kind: complaint.EventOpened, Who: flow.Who{MemberID: anna}, Payload: flow.Payload{Attributes: map[string]string{"case": list[0].ID.In(id.Case), "reason": "quality"}}})
	told := b.get(w.member(anna, "")).is(t, 200).shows(t, "1 open case", complaint.ShowTrack(list[0].Track), "A complaint was made", "Quality").hides(t, "complaint_opened", "reason:")
	told.holds(t, `href="/p/bean/complaints/`+list[0].ID.In(id.Case)+`">A complaint was made`)
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
	b.post(at, "title", "", "cause", "supplier", "owner", "", "due", "soon").is(t, 422).shows(t, "is no date").holds(t, `id="f-title-error"`, `id="f-owner-error"`, `id="f-due-error"`)
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
	several := []string{"week_0", "from nine", "week_1", "18:00-09:00", "legal", "Poland fourteen", "holidays", "Christmas", "cap", "151", "limit_manager", "much", "share_1", "151", "solve_low", "x", "first_high", "20", "shop_harbour_3", "never", "country", "P1"}
	page := b.post(at, settingFields(several...)...).is(t, 422).shows(t, "There are 11 things to put right")
	for i := 0; i < len(several); i += 2 {
		page.holds(t, `id="f-`+several[i]+`-error"`)
	}
	b.post(at, settingFields("share_0", "", "fixed_0", "", "share_1", "151")...).is(t, 422).holds(t, `id="f-share_1-error"`)
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

package console

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/journal"
	"regulars/internal/member"
)

func TestMembersAreFound(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	w.join("Борис", "Петров", "boris@example.com")
	w.buy(anna, 20, tea(1200))
	b := w.as(auth.Till)
	b.get("/p/bean/members").is(t, 200).shows(t, "2 people, all of them in the programme.", "Anna Wiśniewska", "Борис Петров",
		"anna@example.com", "Silver", "1,200", "23 Feb 2026")
	for _, q := range []string{"wisn", "ANNA@example.com", "anna+wisniewska"} {
		b.get("/p/bean/members?q="+q).is(t, 200).shows(t, "Anna Wiśniewska", "1 member shown").hides(t, "Борис")
	}
	b.get("/p/bean/members?q=nobody").is(t, 200).shows(t, "Nobody found", "the last four digits")
	b.get("/p/bean/members?status=known").is(t, 200).shows(t, "Nobody found")
	b.get("/p/bean/members?status=nonsense").is(t, 200).shows(t, "Anna Wiśniewska")

	part := b.fragment("/p/bean/members?q=boris").is(t, 200).shows(t, "Борис Петров")
	if strings.Contains(part.body, "<html") || !strings.HasPrefix(strings.TrimSpace(part.body), `<div id="found">`) {
		t.Errorf("the live search answers with %.80s", part.body)
	}
}

// TestMembersByRank: who holds a rank by purchases, by hand or from the
// beginning is found by it, also together with words and on the pages after.
func TestMembersByRank(t *testing.T) {
	w := newTown(t)
	for i := range 71 {
		one := w.join("Zoë", fmt.Sprintf("Number%03d", i), fmt.Sprintf("zoe%d@example.com", i))
		if i%2 == 0 && i < 60 {
			w.buy(one, 20, tea(1200))
		}
	}
	anna := w.join("Anna", "Wiśniewska", "anna@example.com")
	w.buy(anna, 20, tea(6000))
	b := w.as(auth.Till)
	page := b.get("/p/bean/members").is(t, 200)
	rank := func(name string) string {
		t.Helper()
		m := regexp.MustCompile(`<option value="([^"]*)">` + name + `</option>`).FindStringSubmatch(page.body)
		if m == nil {
			t.Fatalf("%s cannot be chosen", name)
		}
		return "/p/bean/members?rank=" + m[1]
	}
	b.get(rank("Gold")).is(t, 200).shows(t, "Anna Wiśniewska", "1 member shown").hides(t, "Zoë")
	b.get(rank("Gold")+"&q=zoe").is(t, 200).shows(t, "Nobody found")
	b.get(rank("Gold")+"&status=known").is(t, 200).shows(t, "Nobody found")
	b.get(rank("Silver")+"&q=number042").is(t, 200).shows(t, "Number042", "1 member shown")
	b.get(rank("Regular")+"&q=number043").is(t, 200).shows(t, "Number043", "1 member shown")
	b.get(rank("Silver")).is(t, 200).shows(t, "Number058", "Number000", "30 members shown").hides(t, "Number059", "Anna", "Next")
	first := b.get(rank("Regular")).is(t, 200).shows(t, "Number070", "Number023", "30 members shown").hides(t, "Number058", "Number021", "Anna")
	b.get(link(t, first, "Next")).is(t, 200).shows(t, "Number021", "Number001", "11 members shown").hides(t, "Number023", "Next")
	b.get("/p/bean/members?rank=lad_1.nonsense").is(t, 200).shows(t, "Anna Wiśniewska")
}

func TestMembersByTag(t *testing.T) {
	w := newTown(t)
	anna := w.join("Anna", "Nowak", "anna@example.com")
	w.join("Ben", "Bell", "ben@example.com")
	b := w.as(auth.Manager)
	page := b.get(w.member(anna, "/profile"))
	b.post(w.member(anna, "/profile"), "version", page.value(t, "version"), "given", "Anna", "family", "Nowak", "tags", "vip, tea lover").is(t, 200).shows(t, "The profile was saved.")
	b.get("/p/bean/members?tag=tea+lover").is(t, 200).shows(t, "Anna Nowak").hides(t, "Ben Bell")
	b.get(w.member(anna, "")).shows(t, "tea lover · vip")
}

func TestMembersArePaged(t *testing.T) {
	w := newTown(t)
	for i := range 120 {
		w.join("Given", fmt.Sprintf("Number%03d", i), fmt.Sprintf("n%03d@example.com", i))
	}
	b := w.as(auth.Till)
	first := b.get("/p/bean/members?q=given").is(t, 200).shows(t, "Number119", "Number090").hides(t, "Number089", "Previous")
	second := b.get(link(t, first, "Next")).is(t, 200).shows(t, "Number089", "Number060").hides(t, "Number090")
	third := b.get(link(t, second, "Next")).is(t, 200).shows(t, "Number059", "Number030", "30 members shown")
	b.get(link(t, third, "Next")).is(t, 200).shows(t, "Number029", "Number000").hides(t, "Next")
	back := b.get(link(t, b.get(link(t, third, "Previous")), "Previous")).is(t, 200)
	back.shows(t, "Number119").hides(t, "Previous")
	if !strings.Contains(back.path, "q=given") {
		t.Errorf("the search was lost on the way: %s", back.path)
	}
	b.get("/p/bean/members?page=nonsense").is(t, http.StatusUnprocessableEntity)
}

// link returns the address of a button by its label.
func link(t *testing.T, p page, label string) string {
	t.Helper()
	before, _, ok := strings.Cut(p.body, "<span>"+label+"</span>")
	if i := strings.LastIndex(before, `href="`); ok && i >= 0 {
		href, _, _ := strings.Cut(before[i+len(`href="`):], `"`)
		return strings.ReplaceAll(href, "&amp;", "&")
	}
	t.Fatalf("%s has no link %q", p.path, label)
	return ""
}

func TestNobodyIsThereYet(t *testing.T) {
	w := newTown(t)
	w.as(auth.Manager).get("/p/bean/members").is(t, 200).shows(t, "Nobody is known yet.", "No members yet", "Import a file")
	w.as(auth.Till).get("/p/bean/members").is(t, 200).shows(t, "No members yet", "Add a member").hides(t, "Import a file")
	w.as(auth.ReadOnly).get("/p/bean/members").is(t, 200).hides(t, "Add a member")
}

func TestAddMember(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Till)
	nonce := b.get("/p/bean/members").value(t, "nonce")
	add := func(form ...string) page { return b.post("/p/bean/members", append(form, "nonce", nonce)...) }

	add("given", "Anna").is(t, 422).shows(t, "Give at least a phone, an e-mail or a card")
	wrong := add("given", "Anna", "phone", "12", "email", "anna").is(t, 422).shows(t, "There are 2 things to put right", "This is not a phone number", "This is not an e-mail address")
	if !strings.Contains(wrong.body, "data-open") || wrong.value(t, "nonce") != nonce {
		t.Error("the form is not shown again as it was")
	}
	form := []string{"given", "Anna", "family", "Nowak", "phone", "020 7946 0018"}
	made := add(form...).is(t, 200).shows(t, "Anna Nowak", "+442079460018", "The member has joined the programme.", "Joined the programme")
	if again := add(form...).is(t, 200).shows(t, "This person is known already."); again.path != made.path {
		t.Errorf("a double click leads to %s, not %s", again.path, made.path)
	}
	b.get("/p/bean/members").shows(t, "1 person, who is in the programme.")
	w.as(auth.ReadOnly).post("/p/bean/members", form...).is(t, http.StatusForbidden)
}

func TestGuestsAndLongNames(t *testing.T) {
	w := newTown(t)
	guest := w.take(flow.Event{Kind: journal.Purchase, Payload: flow.Payload{Lines: list(tea(3))}}).MemberID
	long := strings.TrimSpace(strings.Repeat("Преображенская-", 6) + "<script>")
	who := known("someone.with.a.very.long.address.indeed@subdomain.of.a.very-long-domain-name.example.com")
	who.Identities = append(who.Identities, member.Identity{Kind: member.Card, Value: "2600123456789012"})
	who.Profile = &flow.Profile{GivenName: "Аграфена", FamilyName: long}
	w.take(flow.Event{Kind: journal.SignUp, Who: who})
	b := w.as(auth.ReadOnly)
	p := b.get("/p/bean/members").is(t, 200).shows(t, "Guest", "Аграфена "+long, "2600123456789012")
	if strings.Contains(p.body, "<script>") {
		t.Error("a name is taken for markup")
	}
	b.get(w.member(guest, "")).is(t, 200).shows(t, "Guest", "1 purchase worth £3.00").hides(t, "Adjust points")
	b.get(w.member(guest, "/profile")).is(t, 200).shows(t, "By nothing, so no purchase can find this member").hides(t, "Save", "Export", "Erase")
}

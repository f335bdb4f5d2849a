package console

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

var startLink = regexp.MustCompile(`http://[^<\s]+/start/([^<\s]+)`)

// invitation is the form of an invitation, as a browser sends it.
func (w *town) invitation(email string, role auth.Role) []string {
	return []string{"email", email, "name", "Jan Kowalski", "language", "pl", "programme", w.programme.ID.In(id.Programme), "role", string(role)}
}

// someone returns the shown identifier of a member of staff.
func (w *town) someone(email string) string {
	w.t.Helper()
	staff, err := w.console.Auth.ListStaff(ctx, system, 0)
	check(w.t, err)
	for _, s := range staff {
		if s.Email == email {
			return s.ID.In(id.Staff)
		}
	}
	w.t.Fatalf("nobody has the address %s", email)
	return ""
}

// TestSomebodyIsInvited makes a link and uses it.
func TestSomebodyIsInvited(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	who.get("/p/bean/staff").is(t, 200).shows(t, "1 person works here.", "Olga Owner", "Owner, every programme", "Invite somebody")
	p := who.post("/p/bean/staff", w.invitation("jan@example.com", auth.Manager)...).is(t, 200)
	p.shows(t, "Hand this link to Jan Kowalski", "shown only now and works once")
	link := startLink.FindStringSubmatch(p.body)
	if link == nil || !strings.HasPrefix(link[0], w.server.URL) {
		t.Fatalf("no link of ours in %s", p.text())
	}
	who.get("/p/bean/staff").is(t, 200).shows(t, "2 people work here.", "Jan Kowalski jan@example.com Manager Invited")
	jan := w.stranger()
	jan.post("/start/"+link[1], "password", password, "repeated", password).is(t, 200)
	jan.get("/p/bean/staff").is(t, 200).shows(t, "Jan Kowalski")
	who.post("/p/bean/staff", w.invitation("jan@example.com", auth.Agent)...).is(t, http.StatusUnprocessableEntity).shows(t, "Somebody with this e-mail already has a role here.")
	w.makeProgramme("leaf", "Leaf")
	leaf, err := w.console.Programmes.List(ctx, system)
	check(t, err)
	form := w.invitation("jan@example.com", auth.Agent)
	form[7] = leaf[1].ID.In(id.Programme)
	who.post("/p/bean/staff", form...).is(t, 200).shows(t, "They work here already and have the role now.", "Leaf Support agent")
}

func TestMistakesInAnInvitation(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	for _, tc := range []struct {
		at          int
		value, want string
	}{
		{1, "nobody", "Write the e-mail address"}, {3, "", "Write a name"}, {5, "de", "Choose English"}, {9, "king", "There is no such role"},
	} {
		form := w.invitation("jan@example.com", auth.Agent)
		form[tc.at] = tc.value
		p := who.post("/p/bean/staff", form...).is(t, http.StatusUnprocessableEntity).shows(t, tc.want)
		if !strings.Contains(p.body, "data-open") {
			t.Errorf("%v: the dialog is not shown again", form)
		}
	}
}

func TestRolesAreGivenAndTaken(t *testing.T) {
	w := newTown(t)
	who := w.as(auth.Owner)
	w.as(auth.Agent)
	at := "/p/bean/staff/" + w.someone("agent@example.com")
	who.get(at).is(t, 200).shows(t, "Some agent", "Bean & Leaf Support agent", "Helps members", "Active")
	who.post(at+"/roles", "programme", w.programme.ID.In(id.Programme), "role", "marketer").is(t, 200).shows(t, "The role is given.", "Bean & Leaf Marketer")
	who.post(at+"/roles", "programme", everywhere, "role", "read_only").is(t, 200).shows(t, "Every programme Read only")
	who.post(at+"/roles", "programme", w.programme.ID.In(id.Programme), "role", "king").is(t, http.StatusUnprocessableEntity).shows(t, "There is no such role")
	who.post(at+"/roles", "programme", "prg_nothing", "role", "agent").is(t, http.StatusUnprocessableEntity)
	who.post(at+"/unassign", "programme", everywhere).is(t, 200).shows(t, "The role is taken away.")
	who.get(at).is(t, 200).hides(t, "Every programme Read only")
	self := "/p/bean/staff/" + w.owner.ID.In(id.Staff)
	who.get(self).is(t, 200).hides(t, "Take away", "Block")
	who.post(self+"/unassign", "programme", everywhere).is(t, http.StatusUnprocessableEntity).shows(t, "This is the last owner.")
}

func TestSomebodyIsBlockedAndLetIn(t *testing.T) {
	w := newTown(t)
	who, agent := w.as(auth.Owner), w.as(auth.Agent)
	at := "/p/bean/staff/" + w.someone("agent@example.com")
	who.post(at+"/sign-out").is(t, 200).shows(t, "Every session of theirs is ended.")
	if p := agent.get("/p/bean/members"); !strings.HasPrefix(p.path, "/sign-in") {
		t.Errorf("came to %s", p.path)
	}
	who.post(at+"/disable").is(t, 200).shows(t, "Blocked from signing in.", "Let in again")
	who.post(at+"/link").is(t, http.StatusUnprocessableEntity).shows(t, "blocked")
	who.post(at+"/enable").is(t, 200).shows(t, "They can sign in again.")
	p := who.post(at+"/link").is(t, 200).shows(t, "Hand this link to Some agent")
	agent.post("/start/"+startLink.FindStringSubmatch(p.body)[1], "password", password, "repeated", password).is(t, 200)
	agent.get("/p/bean/members").is(t, 200)
	for _, action := range []string{"staff.disable", "staff.enable", "staff.link"} {
		rows, err := w.console.Auth.Audit(ctx, system, auth.AuditFilter{Action: action})
		check(t, err)
		if len(rows) == 0 {
			t.Errorf("%s left no trace", action)
		}
	}
}

// TestManagersSeeTheirOwn looks at the staff as somebody of one programme.
func TestManagersSeeTheirOwn(t *testing.T) {
	w := newTown(t)
	leaf := w.makeProgramme("leaf", "Leaf")
	_, _, err := w.console.Auth.Invite(ctx, w.owner.Actor(), auth.Invitation{Email: "eva@example.com", Name: "Eva Elsewhere", Language: i18n.English, Roles: []auth.Assignment{{ProgrammeID: leaf.ID, Role: auth.Manager}}})
	check(t, err)
	manager := w.as(auth.Manager)
	p := manager.get("/p/bean/staff").is(t, 200).shows(t, "Some manager", "Manager", "Invite somebody").hides(t, "Eva Elsewhere")
	if strings.Contains(p.body, `value="every"`) || strings.Contains(p.body, `value="owner"`) {
		t.Error("a manager is offered what only an owner may give")
	}
	manager.get("/p/bean/staff/"+w.someone("eva@example.com")).is(t, http.StatusNotFound)
	manager.post("/p/bean/staff", w.invitation("boss@example.com", auth.Owner)...).is(t, http.StatusUnprocessableEntity).shows(t, "holds more than yours")
	manager.post("/p/bean/staff/"+w.owner.ID.In(id.Staff)+"/disable").is(t, http.StatusUnprocessableEntity)
	w.as(auth.Agent).get("/p/bean/staff").is(t, http.StatusForbidden)
	w.as(auth.ReadOnly).post("/p/bean/staff", w.invitation("x@example.com", auth.Agent)...).is(t, http.StatusForbidden)
}

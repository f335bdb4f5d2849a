package auth

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/fault"
	"regulars/internal/id"
)

func TestInvite(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		manager := h.hire("manager@example.com", Assignment{here, Manager}).Staff.Actor()
		agent := h.hire("agent@example.com", Assignment{here, Agent}).Staff.Actor()
		for _, c := range []struct {
			name  string
			actor Actor
			in    Invitation
			code  string
		}{
			{"an agent invites", agent, Invitation{Email: "x@example.com", Name: "X", Roles: []Assignment{{here, Till}}}, "not_permitted"},
			{"into another programme", manager, Invitation{Email: "x@example.com", Name: "X", Roles: []Assignment{{there, Till}}}, "not_permitted"},
			{"above themselves", manager, Invitation{Email: "x@example.com", Name: "X", Roles: []Assignment{{here, Owner}}}, "role_above_yours"},
			{"without a role", manager, Invitation{Email: "x@example.com", Name: "X"}, "no_role"},
			{"an unknown role", manager, Invitation{Email: "x@example.com", Name: "X", Roles: []Assignment{{here, "boss"}}}, "unknown_role"},
			{"no address", manager, Invitation{Email: "x", Name: "X", Roles: []Assignment{{here, Till}}}, "malformed_email"},
			{"two roles in one programme", manager, Invitation{Email: "x@example.com", Name: "X", Roles: []Assignment{{here, Till}, {here, Agent}}}, "email_taken"},
			{"somebody who is here", manager, Invitation{Email: "AGENT@example.com", Name: "X", Roles: []Assignment{{here, Till}}}, "email_taken"},
			{"well", manager, Invitation{Email: " x@example.com ", Name: " X ", Language: "pl", Roles: []Assignment{{here, Till}}}, ""},
		} {
			_, token, err := h.Invite(ctx(t), c.actor, c.in)
			wantCode(t, c.name, err, c.code)
			if (token != "") != (c.code == "") && err == nil {
				t.Errorf("%s: token %q", c.name, token)
			}
		}
		who := must(staffByEmail(ctx(t), h.d.Reader(), "x@example.com"))(t)
		want := Staff{ID: who.ID, Email: "x@example.com", Name: "X", Invited: true, Roles: []Assignment{{here, Till}},
			Preferences: Preferences{Language: "pl"}, Created: who.Created}
		if diff := cmp.Diff(want, who, cmp.AllowUnexported(Staff{})); diff != "" {
			t.Error(diff)
		}
	})
}

// Who works in one programme and is invited into another gets the role, and
// the inviting manager no way to their password.
func TestInviteSomebodyKnown(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		manager := h.hire("manager@example.com", Assignment{here, Manager}).Staff.Actor()
		_, _, err := h.Invite(ctx(t), System("test"), Invitation{Email: "x@example.com", Name: "X", Roles: []Assignment{{there, Agent}}})
		wantCode(t, "inviting there", err, "")
		who, token, err := h.Invite(ctx(t), manager, Invitation{Email: "X@example.com", Name: "Other", Roles: []Assignment{{here, Till}}})
		wantCode(t, "inviting here", err, "")
		if token != "" || who.Name != "X" || len(who.Roles) != 2 {
			t.Errorf("got token %q for %+v", token, who)
		}
		_, err = h.NewLink(ctx(t), manager, who.ID)
		wantCode(t, "a link to what they may do there", err, "not_permitted")
		wantCode(t, "disabling them", h.Disable(ctx(t), manager, who.ID), "not_permitted")
		wantCode(t, "taking the role here", h.Unassign(ctx(t), manager, who.ID, here), "")
	})
}

func TestListStaff(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.hire("both@example.com", Assignment{here, Till}, Assignment{there, Manager})
		manager := h.hire("manager@example.com", Assignment{here, Manager}).Staff.Actor()
		_, err := h.ListStaff(ctx(t), manager, 0)
		wantCode(t, "a manager lists everybody", err, "not_permitted")
		roles := func(programme id.ID) map[string][]Assignment {
			got := map[string][]Assignment{}
			for _, s := range must(h.ListStaff(ctx(t), System("test"), programme))(t) {
				got[s.Name] = s.Roles
			}
			return got
		}
		owner := []Assignment{{0, Owner}}
		for programme, want := range map[id.ID]map[string][]Assignment{
			here:  {"Olga": owner, "both@example.com": {{here, Till}}, "manager@example.com": {{here, Manager}}},
			there: {"Olga": owner, "both@example.com": {{there, Manager}}},
			0:     {"Olga": owner, "both@example.com": {{here, Till}, {there, Manager}}, "manager@example.com": {{here, Manager}}},
		} {
			if diff := cmp.Diff(want, roles(programme)); diff != "" {
				t.Errorf("in %d: %s", programme, diff)
			}
		}
	})
}

func TestAssign(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		manager := h.hire("manager@example.com", Assignment{here, Manager}).Staff.Actor()
		part := h.hire("part@example.com", Assignment{here, Owner}).Staff.ID
		agent := h.hire("agent@example.com", Assignment{here, Agent}).Staff.ID
		for _, c := range []struct {
			name string
			err  error
			code string
		}{
			{"raising an agent", h.Assign(ctx(t), manager, agent, Assignment{here, Manager}), ""},
			{"above oneself", h.Assign(ctx(t), manager, agent, Assignment{here, Owner}), "role_above_yours"},
			{"lowering somebody above", h.Assign(ctx(t), manager, part, Assignment{here, Till}), "role_above_yours"},
			{"removing somebody above", h.Unassign(ctx(t), manager, part, here), "role_above_yours"},
			{"elsewhere", h.Unassign(ctx(t), manager, agent, there), "not_permitted"},
			{"nobody", h.Assign(ctx(t), manager, 99, Assignment{here, Till}), "unknown_staff"},
			{"oneself lower", h.Assign(ctx(t), manager, manager.ID, Assignment{here, Till}), ""},
		} {
			wantCode(t, c.name, c.err, c.code)
		}
		who := must(staffByID(ctx(t), h.d.Reader(), agent))(t)
		if diff := cmp.Diff([]Assignment{{here, Manager}}, who.Roles); diff != "" {
			t.Error(diff)
		}
	})
}

func TestDisable(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		agent := h.hire("agent@example.com", Assignment{here, Agent})
		link := must(h.NewLink(ctx(t), System("test"), agent.Staff.ID))(t)
		wantCode(t, "disabling", h.Disable(ctx(t), h.owner.Staff.Actor(), agent.Staff.ID), "")
		h.wantOpen("their session", agent.Token, false)
		_, err := h.Accept(ctx(t), Acceptance{Token: link, Password: password})
		wantCode(t, "their link", err, "link_used_up")
		_, err = h.NewLink(ctx(t), System("test"), agent.Staff.ID)
		wantCode(t, "a new link", err, "staff_disabled")
		_, err = h.SignIn(ctx(t), SignIn{Email: "agent@example.com", Password: password})
		wantCode(t, "signing in", err, "sign_in_refused")
		wantCode(t, "enabling", h.Enable(ctx(t), h.owner.Staff.Actor(), agent.Staff.ID), "")
		h.signIn("agent@example.com", "")
	})
}

func TestLastOwnerStays(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		olga := h.owner.Staff.ID
		left := func(what, code string) {
			t.Helper()
			wantCode(t, what+": disabling", h.Disable(ctx(t), System("test"), olga), code)
			wantCode(t, what+": taking the role", h.Unassign(ctx(t), System("test"), olga, 0), code)
			wantCode(t, what+": another role", h.Assign(ctx(t), System("test"), olga, Assignment{0, Manager}), code)
		}
		left("alone", "last_owner")
		h.hire("part@example.com", Assignment{here, Owner})
		left("beside an owner of one programme", "last_owner")
		who, token, err := h.Invite(ctx(t), System("test"), Invitation{Email: "piotr@example.com", Name: "Piotr", Roles: []Assignment{{0, Owner}}})
		wantCode(t, "inviting an owner", err, "")
		left("beside one who has not come yet", "last_owner")
		must(h.Accept(ctx(t), Acceptance{Token: token, Password: password}))(t)
		wantCode(t, "disabling the other", h.Disable(ctx(t), System("test"), who.ID), "")
		left("beside a disabled one", "last_owner")
		wantCode(t, "enabling the other", h.Enable(ctx(t), System("test"), who.ID), "")
		wantCode(t, "beside another", h.Unassign(ctx(t), System("test"), olga, 0), "")
	})
}

func TestTwoOwnersCannotRemoveEachOther(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		olga, piotr := h.owner.Staff, h.hire("piotr@example.com", Assignment{0, Owner}).Staff
		for range 6 {
			var all sync.WaitGroup
			errs := make([]error, 2)
			all.Go(func() { errs[0] = h.Unassign(ctx(t), System("a"), piotr.ID, 0) })
			all.Go(func() { errs[1] = h.process().Unassign(ctx(t), System("b"), olga.ID, 0) })
			all.Wait()
			refused := 0
			for _, err := range errs {
				if f := fault.As(err); f != nil && f.Code == "last_owner" {
					refused++
				} else if err != nil {
					t.Fatalf("got %v", err)
				}
			}
			if refused != 1 {
				t.Fatalf("%d of two were refused", refused)
			}
			gone := []id.ID{piotr.ID, olga.ID}[map[bool]int{true: 0, false: 1}[errs[0] == nil]]
			wantCode(t, "restoring", h.Assign(ctx(t), System("c"), gone, Assignment{0, Owner}), "")
		}
	})
}

func TestPreferences(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		olga := h.owner.Staff.Actor()
		wantCode(t, "a language", h.SetPreferences(ctx(t), olga, Preferences{Language: "xx"}), "unknown_staff_language")
		wantCode(t, "a theme", h.SetPreferences(ctx(t), olga, Preferences{Theme: "pink"}), "unknown_theme")
		wantCode(t, "the system", h.SetPreferences(ctx(t), System("test"), Preferences{}), "staff_only")
		want := Preferences{Language: "ru", Theme: "dark"}
		wantCode(t, "good ones", h.SetPreferences(ctx(t), olga, want), "")
		if got := must(h.Session(ctx(t), h.owner.Token))(t).Staff.Preferences; got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

package auth

import (
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
)

// race runs fn sixteen times at once over two processes and returns how many
// succeeded; the others must have been refused because the link was used up.
func race(t *testing.T, a, b *Service, fn func(s *Service, i int) error) int64 {
	var won atomic.Int64
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			err := fn([]*Service{a, b}[i%2], i)
			if err == nil {
				won.Add(1)
				return
			}
			wantCode(t, "a late try", err, "link_used_up")
		})
	}
	all.Wait()
	return won.Load()
}

func TestFirstOwner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newClock()
		process := func() *Service {
			return New(d, Config{Now: c.now, Log: slog.New(slog.DiscardHandler), Hashing: quick})
		}
		a, b := process(), process()
		replaced := must(a.FirstRunLink(ctx(t)))(t)
		token := must(b.FirstRunLink(ctx(t)))(t)
		_, err := a.ReadLink(ctx(t), replaced)
		wantCode(t, "the replaced link", err, "link_used_up")
		if link := must(a.ReadLink(ctx(t), token))(t); !link.FirstOwner || !link.Expires.Equal(c.now().Add(24*time.Hour)) {
			t.Errorf("the link is %+v", link)
		}
		won := race(t, a, b, func(s *Service, i int) error {
			_, err := s.Accept(ctx(t), Acceptance{Token: token, Email: string(rune('a'+i)) + "@example.com", Name: "Olga", Password: password})
			return err
		})
		owners := must(a.ListStaff(ctx(t), System("test"), 0))(t)
		if won != 1 || len(owners) != 1 || owners[0].Roles[0] != (Assignment{0, Owner}) || owners[0].Invited {
			t.Errorf("%d tries won and the staff are %+v", won, owners)
		}
		if token := must(b.FirstRunLink(ctx(t)))(t); token != "" {
			t.Error("a first-run link was given though there is an owner")
		}
	}, Schema)
}

func TestFirstOwnerIsChecked(t *testing.T) {
	d := dbtest.SQLite(t, Schema)
	s := New(d, Config{Now: newClock().now, Log: slog.New(slog.DiscardHandler), Hashing: quick})
	token := must(s.FirstRunLink(ctx(t)))(t)
	good := Acceptance{Token: token, Email: "olga@example.com", Name: "Olga", Password: password, Language: "ru"}
	for _, c := range []struct {
		code   string
		change func(*Acceptance)
	}{
		{"malformed_email", func(a *Acceptance) { a.Email = "olga" }},
		{"malformed_email", func(a *Acceptance) { a.Email = "Olga <olga@example.com>" }},
		{"malformed_email", func(a *Acceptance) { a.Email = strings.Repeat("o", 250) + "@example.com" }},
		{"malformed_email", func(a *Acceptance) { a.Email = "o\x00@example.com" }},
		{"malformed_person_name", func(a *Acceptance) { a.Name = " " }},
		{"malformed_person_name", func(a *Acceptance) { a.Name = "Ol\nga" }},
		{"malformed_person_name", func(a *Acceptance) { a.Name = strings.Repeat("ж", 101) }},
		{"unknown_staff_language", func(a *Acceptance) { a.Language = "de" }},
		{"password_too_short", func(a *Acceptance) { a.Password = "short" }},
		{"password_is_email", func(a *Acceptance) { a.Password = a.Email }},
		{"link_used_up", func(a *Acceptance) { a.Token = "" }},
		{"link_used_up", func(a *Acceptance) { a.Token += "x" }},
		{"", func(*Acceptance) {}},
	} {
		in := good
		c.change(&in)
		_, err := s.Accept(ctx(t), in)
		wantCode(t, c.code, err, c.code)
	}
}

// Staff without an owner leave nobody who could let an owner in: the link does,
// and makes nobody of them.
func TestFirstOwnerAmongStaff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(d, Config{Now: newClock().now, Log: slog.New(slog.DiscardHandler), Hashing: quick})
		_, _, err := s.Invite(ctx(t), System("demo"), Invitation{Email: "till@example.com", Name: "Till", Roles: []Assignment{{here, Till}}})
		wantCode(t, "inviting", err, "")
		token := must(s.FirstRunLink(ctx(t)))(t)
		_, err = s.Accept(ctx(t), Acceptance{Token: token, Email: "TILL@example.com", Name: "Olga", Password: password})
		wantCode(t, "with the e-mail of somebody else", err, "email_taken")
		_, err = s.Accept(ctx(t), Acceptance{Token: token, Email: "olga@example.com", Name: "Olga", Password: password})
		wantCode(t, "the first owner", err, "")
		if staff := must(s.ListStaff(ctx(t), System("test"), 0))(t); len(staff) != 2 {
			t.Errorf("the staff are %+v", staff)
		}
		if must(s.FirstRunLink(ctx(t)))(t) != "" {
			t.Error("a first-run link was given though there is an owner")
		}
	}, Schema)
}

// A first-run link that was left lying must make no owner once somebody was asked.
func TestFirstRunLinkEndsWithTheFirstStaff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := New(d, Config{Now: newClock().now, Log: slog.New(slog.DiscardHandler), Hashing: quick})
		token := must(s.FirstRunLink(ctx(t)))(t)
		_, _, err := s.Invite(ctx(t), System("cli"), Invitation{Email: "piotr@example.com", Name: "Piotr", Roles: []Assignment{{0, Owner}}})
		wantCode(t, "inviting", err, "")
		_, err = s.Accept(ctx(t), Acceptance{Token: token, Email: "olga@example.com", Name: "Olga", Password: password})
		wantCode(t, "the first-run link", err, "link_used_up")
		if n := len(must(s.ListStaff(ctx(t), System("test"), 0))(t)); n != 1 {
			t.Errorf("there are %d staff, want 1", n)
		}
	}, Schema)
}

func TestInvitationLinkIsUsedOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		who, token, err := h.Invite(ctx(t), h.owner.Staff.Actor(), Invitation{Email: "till@example.com", Name: "Till", Roles: []Assignment{{here, Till}}})
		wantCode(t, "inviting", err, "")
		if !who.Invited || token == "" {
			t.Fatalf("invited %+v with token %q", who, token)
		}
		_, err = h.SignIn(ctx(t), SignIn{Email: "till@example.com", Password: ""})
		wantCode(t, "signing in without a password", err, "sign_in_refused")
		won := race(t, h.Service, h.process(), func(s *Service, _ int) error {
			_, err := s.Accept(ctx(t), Acceptance{Token: token, Password: password})
			return err
		})
		if won != 1 {
			t.Errorf("%d tries won, want 1", won)
		}
		if n := h.count(`SELECT COUNT(*) FROM session WHERE staff_id = $1`, who.ID); n != 1 {
			t.Errorf("%d sessions were opened, want 1", n)
		}
		h.signIn("till@example.com", "")
	})
}

func TestLinksEndAfterADay(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		token := must(h.NewLink(ctx(t), System("test"), h.owner.Staff.ID))(t)
		h.clock.advance(24*time.Hour - time.Microsecond)
		must(h.ReadLink(ctx(t), token))(t)
		h.clock.advance(time.Microsecond)
		_, err := h.ReadLink(ctx(t), token)
		wantCode(t, "reading after a day", err, "link_used_up")
		_, err = h.Accept(ctx(t), Acceptance{Token: token, Password: password})
		wantCode(t, "using after a day", err, "link_used_up")
		_, err = h.acceptLate(t, token)
		wantCode(t, "using after a day, past the first look", err, "link_used_up")
		wantCode(t, "sweeping", h.Sweep(ctx(t)), "")
		if n := h.count(`SELECT COUNT(*) FROM staff_link`); n != 0 {
			t.Errorf("%d ended links are left", n)
		}
	})
}

// acceptLate uses a link as one who looked at it while it was good.
func (h *house) acceptLate(t *testing.T, token string) (session Session, err error) {
	err = h.d.InTx(ctx(t), func(tx *db.Tx) error {
		session, err = h.accept(ctx(t), tx, token, h.owner.Staff, "")
		return err
	})
	return session, err
}

func TestResetLink(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		manager := h.hire("manager@example.com", Assignment{here, Manager})
		agent := h.hire("agent@example.com", Assignment{here, Agent})
		_, err := h.NewLink(ctx(t), manager.Staff.Actor(), h.owner.Staff.ID)
		wantCode(t, "a manager for the owner", err, "not_permitted")
		_, err = h.NewLink(ctx(t), agent.Staff.Actor(), agent.Staff.ID)
		wantCode(t, "an agent for themselves", err, "not_permitted")

		older := must(h.NewLink(ctx(t), manager.Staff.Actor(), agent.Staff.ID))(t)
		token := must(h.NewLink(ctx(t), manager.Staff.Actor(), agent.Staff.ID))(t)
		h.wantOpen("the agent's session before the link is used", agent.Token, true)
		_, err = h.Accept(ctx(t), Acceptance{Token: older, Password: "another good one"})
		wantCode(t, "the replaced link", err, "link_used_up")
		fresh := must(h.Accept(ctx(t), Acceptance{Token: token, Password: "another good one", Email: "evil@example.com", Name: "Evil"}))(t)
		if fresh.Staff.Email != "agent@example.com" {
			t.Errorf("a reset changed the e-mail to %s", fresh.Staff.Email)
		}
		h.wantOpen("the session before", agent.Token, false)
		h.wantOpen("the new session", fresh.Token, true)
		_, err = h.SignIn(ctx(t), SignIn{Email: "agent@example.com", Password: password})
		wantCode(t, "the old password", err, "sign_in_refused")
	})
}

// A link that is made while another is used must neither deadlock nor be lost.
func TestLinksMadeAndUsedAtOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		agent := h.hire("agent@example.com", Assignment{here, Agent}).Staff.ID
		for range 8 {
			token := must(h.NewLink(ctx(t), System("test"), agent))(t)
			var all sync.WaitGroup
			all.Go(func() {
				_, err := h.NewLink(ctx(t), System("test"), agent)
				wantCode(t, "making a link", err, "")
			})
			all.Go(func() {
				_, err := h.process().Accept(ctx(t), Acceptance{Token: token, Password: password})
				if f := fault.As(err); err != nil && (f == nil || f.Code != "link_used_up") {
					t.Errorf("using a link: %v", err)
				}
			})
			all.Wait()
		}
	})
}

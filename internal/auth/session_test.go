package auth

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"regulars/internal/db"
)

func (h *house) signIn(email, replaces string) Session {
	h.t.Helper()
	return must(h.SignIn(ctx(h.t), SignIn{Email: email, Password: password, Replaces: replaces}))(h.t)
}

// wantOpen checks whether a token opens a session, in this process and in
// another.
func (h *house) wantOpen(what, token string, open bool) {
	h.t.Helper()
	code := "not_signed_in"
	if open {
		code = ""
	}
	for _, s := range []*Service{h.Service, h.process()} {
		_, err := s.Session(ctx(h.t), token)
		wantCode(h.t, what, err, code)
	}
}

func TestSignInAndOut(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		first := h.signIn(" OLGA@EXAMPLE.COM", "")
		got := must(h.Session(ctx(t), first.Token))(t)
		if got.Staff.Name != "Olga" || got.Staff.Actor().Can(0, BackupRun) != nil || !got.Expires.Equal(h.clock.now().Add(30*24*time.Hour)) {
			t.Errorf("the session is of %+v until %v", got.Staff, got.Expires)
		}
		second := h.signIn("olga@example.com", first.Token)
		if second.Token == first.Token {
			t.Error("the token was not changed by signing in")
		}
		h.wantOpen("the replaced session", first.Token, false)
		h.wantOpen("the new session", second.Token, true)
		wantCode(t, "signing out", h.SignOut(ctx(t), second.Token), "")
		wantCode(t, "signing out again", h.SignOut(ctx(t), second.Token), "")
		h.wantOpen("after signing out", second.Token, false)
		h.wantOpen("another browser's session", h.owner.Token, true)
		h.wantOpen("no token", "", false)
		if n := h.count(`SELECT COUNT(*) FROM session WHERE hash = $1`, h.owner.Token); n != 0 {
			t.Error("the database keeps a token as it is")
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.clock.advance(12*time.Hour - time.Microsecond)
		h.wantOpen("almost 12 hours idle", h.owner.Token, true)
		h.clock.advance(time.Microsecond)
		h.wantOpen("12 hours idle", h.owner.Token, false)

		used := h.signIn("olga@example.com", "")
		for range 30*24/8 - 1 { // used every 8 hours
			h.clock.advance(8 * time.Hour)
			h.wantOpen("in use", used.Token, true)
			wantCode(t, "writing last use", h.Flush(ctx(t)), "")
		}
		h.clock.advance(8*time.Hour - time.Microsecond)
		h.wantOpen("almost 30 days old", used.Token, true)
		wantCode(t, "writing last use", h.Flush(ctx(t)), "")
		h.clock.advance(time.Microsecond)
		h.wantOpen("30 days old", used.Token, false)

		wantCode(t, "sweeping", h.Sweep(ctx(t)), "")
		if n := h.count(`SELECT COUNT(*) FROM session`); n != 0 {
			t.Errorf("%d ended sessions are left after sweeping", n)
		}
	})
}

func TestSweepKeepsOpenSessions(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		h.clock.advance(11 * time.Hour)
		wantCode(t, "sweeping", h.Sweep(ctx(t)), "")
		h.wantOpen("after sweeping", h.owner.Token, true)
	})
}

func TestUseIsWrittenOnceAMinute(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		seen := func() time.Time {
			return db.Time(int64(h.count(`SELECT seen FROM session WHERE hash = $1`, string(hashToken(h.owner.Token)))))
		}
		start := seen()
		h.clock.advance(59 * time.Second)
		h.wantOpen("within the minute", h.owner.Token, true)
		wantCode(t, "writing last use", h.Flush(ctx(t)), "")
		if !seen().Equal(start) {
			t.Error("written within the minute")
		}
		h.clock.advance(time.Second)
		h.wantOpen("after a minute", h.owner.Token, true)
		wantCode(t, "writing last use", h.Flush(ctx(t)), "")
		if !seen().Equal(h.clock.now()) {
			t.Errorf("last use is %v, want %v", seen(), h.clock.now())
		}
	})
}

func TestPasswordIsHashedAnewWhenTheCostRises(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		raised := Hashing{Memory: 128, Passes: 2, Threads: 1}
		h.hasher = newHasher(raised)
		h.signIn("olga@example.com", "")
		who := must(staffByEmail(ctx(t), h.d.Reader(), "olga@example.com"))(t)
		if cost, _, _, err := decode(who.hash); err != nil || cost != raised {
			t.Errorf("the hash costs %+v, %v; want %+v", cost, err, raised)
		}
		h.signIn("olga@example.com", "")
	})
}

func TestChangePassword(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		olga := h.owner.Staff.Actor()
		change := func(present, wanted string) (Session, error) {
			return h.ChangePassword(ctx(t), olga, present, wanted)
		}
		_, err := change("not the password", "another good one")
		wantCode(t, "without the present one", err, "password_wrong")
		_, err = change(password, "olga@example.com")
		wantCode(t, "to the e-mail", err, "password_is_email")
		_, err = h.ChangePassword(ctx(t), System("test"), password, "another good one")
		wantCode(t, "by the system", err, "staff_only")
		h.wantOpen("before the change", h.owner.Token, true)
		fresh, err := change(password, "another good one")
		wantCode(t, "with the present one", err, "")
		h.wantOpen("the old session", h.owner.Token, false)
		h.wantOpen("the new session", fresh.Token, true)
		_, err = h.SignIn(ctx(t), SignIn{Email: "olga@example.com", Password: password})
		wantCode(t, "signing in by the old one", err, "sign_in_refused")
		for range 3 {
			_, err = change("not the password", "yet another one")
			wantCode(t, "guessing", err, "password_wrong")
		}
		_, err = change("another good one", "yet another one")
		wantCode(t, "after too many guesses", err, "too_many_tries")
	})
}

// A session that is being opened while the password changes must not outlive
// the change.
func TestNoSessionOutlivesItsPassword(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		who := must(staffByEmail(ctx(t), h.d.Reader(), "olga@example.com"))(t)
		must(h.ChangePassword(ctx(t), h.owner.Staff.Actor(), password, "another good one"))(t)
		_, err := h.admit(ctx(t), SignIn{Email: "olga@example.com", Password: password}, who, false, nil)
		wantCode(t, "admitting by the old password", err, "sign_in_refused")
	})
}

// Nor when the change commits while the sign-in is already writing.
func TestSignInWaitsForAChangeOfPassword(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		who := must(staffByEmail(ctx(t), h.d.Reader(), "olga@example.com"))(t)
		done := make(chan error, 1)
		err := h.d.InTx(ctx(t), func(tx *db.Tx) error {
			if _, err := lockStaff(ctx(t), tx, who.ID); err != nil {
				return err
			}
			go func() {
				_, err := h.admit(ctx(t), SignIn{Password: password}, who, false, nil)
				done <- err
			}()
			select {
			case err := <-done:
				t.Errorf("admitted beside the change: %v", err)
				done <- err
			case <-time.After(50 * time.Millisecond): // it waits, or has yet to begin: refused either way
			}
			return setPassword(ctx(t), tx, who.ID, "changed")
		})
		wantCode(t, "changing", err, "")
		wantCode(t, "admitting by the old password", <-done, "sign_in_refused")
	})
}

func TestSignOutEverywhere(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		manager := h.hire("manager@example.com", Assignment{here, Manager})
		agent := h.hire("agent@example.com", Assignment{here, Agent})
		second := h.signIn("agent@example.com", "")
		err := h.SignOutEverywhere(ctx(t), agent.Staff.Actor(), h.owner.Staff.ID)
		wantCode(t, "an agent signs the owner out", err, "not_permitted")
		err = h.SignOutEverywhere(ctx(t), manager.Staff.Actor(), h.owner.Staff.ID)
		wantCode(t, "a manager signs the owner out", err, "not_permitted")
		wantCode(t, "themselves", h.SignOutEverywhere(ctx(t), agent.Staff.Actor(), agent.Staff.ID), "")
		h.wantOpen("one session", agent.Token, false)
		h.wantOpen("the other", second.Token, false)
		h.wantOpen("the owner's", h.owner.Token, true)
		third := h.signIn("agent@example.com", "")
		wantCode(t, "their manager", h.SignOutEverywhere(ctx(t), manager.Staff.Actor(), agent.Staff.ID), "")
		h.wantOpen("the third", third.Token, false)
	})
}

func TestSessionsFollowRolesAtOnce(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		till := h.hire("till@example.com", Assignment{here, Till}, Assignment{there, Agent})
		if err := h.Assign(ctx(t), System("test"), till.Staff.ID, Assignment{here, Manager}); err != nil {
			t.Fatal(err)
		}
		now := must(h.process().Session(ctx(t), till.Token))(t).Staff.Actor()
		wantCode(t, "the new role", now.Can(here, RulesPublish), "")
		wantCode(t, "the untouched role", now.Can(there, MembersMerge), "")
	})
}

func TestParallelSignIns(t *testing.T) {
	eachHouse(t, func(t *testing.T, h *house) {
		var all sync.WaitGroup
		for i := range 5 {
			h.hire(fmt.Sprintf("p%d@example.com", i), Assignment{here, Till})
			for range 3 {
				all.Go(func() {
					_, err := h.SignIn(ctx(t), SignIn{Email: fmt.Sprintf("p%d@example.com", i), Password: password, Address: "192.0.2.7"})
					wantCode(t, "signing in beside others", err, "")
				})
			}
		}
		all.Wait()
	})
}

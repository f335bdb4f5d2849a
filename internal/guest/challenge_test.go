package guest_test

import (
	"net/http"
	"strings"
	"testing"

	"regulars/internal/challenge"
	"regulars/internal/id"
)

// challenges opens a challenge of so many purchases.
func (w *town) invite(name, about string, optIn bool) challenge.Challenge {
	w.t.Helper()
	spec := challenge.Spec{
		Names: map[string]string{"en": name}, Form: challenge.Goal, Counts: challenge.Purchases, Span: challenge.Monthly, OptIn: optIn,
		Steps: []challenge.Step{{At: 5, Reward: challenge.Reward{Kind: challenge.Points, WalletID: w.wallet.ID, Points: 50}}},
	}
	if about != "" {
		spec.Descriptions = map[string]string{"en": about}
	}
	c, err := w.challenges.Create(ctx, system, w.programme.ID, spec)
	check(w.t, err)
	c, err = w.challenges.Publish(ctx, system, w.programme.ID, c.ID)
	check(w.t, err)
	return c
}

// joined reports whether a member takes part in a challenge.
func (w *town) joined(m id.ID, c challenge.Challenge) bool {
	w.t.Helper()
	list, err := w.challenges.Of(ctx, system, w.programme.ID, m)
	check(w.t, err)
	for _, p := range list {
		if p.Challenge.ID == c.ID {
			return p.Joined
		}
	}
	return false
}

// TestChallengesAreJoinedByOneself: who is signed in joins, whatever else the
// form says, and once.
func TestChallengesAreJoinedByOneself(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna, ewa := w.join("Anna", "Nowak", "anna@example.com"), w.join("Ewa", "Kowalska", "ewa@example.com")
		p := w.signedIn("anna@example.com")
		p.get("/me/bean/").hides("Challenges")
		p.get("/me/bean/challenges").is(http.StatusOK).shows("No challenges now")
		everybody, chosen := w.invite("Five in March", "", false), w.invite("Tea lovers", "Buy five times <b>this</b> month.", true)
		p.get("/me/bean/").shows("Challenges")
		page := p.get("/me/bean/challenges").is(http.StatusOK).shows("You take part in 1 challenge. 1 more waits", "Five in March", "0 of 5 purchases", "Tea lovers", "50 Points", "Buy five times <b>this</b> month.", "ends on 31 March 2026")
		if n := strings.Count(page.body, `name="nonce"`); n != 1 {
			t.Errorf("%d ways in, there is one to join", n)
		}
		form := []string{"nonce", page.value("nonce"), "challenge", chosen.ID.In(id.Challenge), "member", ewa.In(id.Member)}
		for range 2 {
			p.post("/me/bean/challenges", form...).is(http.StatusOK).shows("You take part.", "You take part in 2 challenges.")
		}
		if !w.joined(anna, chosen) || w.joined(ewa, chosen) {
			t.Errorf("Anna %v, Ewa %v", w.joined(anna, chosen), w.joined(ewa, chosen))
		}
		p.post("/me/bean/challenges", "nonce", "n1", "challenge", everybody.ID.In(id.Challenge)).is(http.StatusUnprocessableEntity).shows("without joining it")
		p.post("/me/bean/challenges", "nonce", "n1", "challenge", "nonsense").is(http.StatusNotFound)
		p.post("/me/bean/challenges", "nonce", "", "challenge", chosen.ID.In(id.Challenge)).is(http.StatusUnprocessableEntity)
		if path := w.phone().post("/me/bean/challenges", form...).path; !strings.HasSuffix(path, "/sign-in") {
			t.Errorf("nobody is led to %s", path)
		}
	})
}

// TestChallengesElsewhere: those of another programme are not there.
func TestChallengesElsewhere(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		w.join("Anna", "Nowak", "anna@example.com")
		p := w.signedIn("anna@example.com")
		here := w.programme
		w.programme = w.makeProgramme("other", "Other")
		foreign, err := w.challenges.Create(ctx, system, w.programme.ID, challenge.Spec{
			Names: map[string]string{"en": "Foreign"}, Form: challenge.Goal, Counts: challenge.Visits, Span: challenge.Monthly, OptIn: true,
			Steps: []challenge.Step{{At: 5, Reward: challenge.Reward{Kind: challenge.Tag, Tag: "fan"}}},
		})
		check(t, err)
		_, err = w.challenges.Publish(ctx, system, w.programme.ID, foreign.ID)
		check(t, err)
		w.programme = here
		if got := p.post("/me/bean/challenges", "nonce", "n1", "challenge", foreign.ID.In(id.Challenge)).status; got != http.StatusNotFound && got != http.StatusUnprocessableEntity {
			t.Errorf("a challenge of elsewhere is answered %d", got)
		}
	})
}

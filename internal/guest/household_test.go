package guest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"regulars/internal/flow"
	"regulars/internal/household"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// household30 lets households of three share, and 30 points be passed on.
var household30 = household.Spec{On: true, Pooling: true, Members: 3, Transfers: household.WithinHousing, PerTransfer: 30, PerMonth: 40, UndoDays: 3}

func (w *town) shares(s household.Spec) {
	w.t.Helper()
	_, err := w.households.SaveSettings(ctx, system, w.programme.ID, s)
	check(w.t, err)
}

// give gives points that can be used at once.
func (w *town) give(m id.ID, points int64) {
	w.t.Helper()
	w.take(flow.Event{Kind: journal.Adjustment, Who: flow.Who{MemberID: m}, Payload: flow.Payload{Adjustment: &flow.Adjustment{WalletID: w.wallet.ID, Points: points, Reason: "a present"}}})
}

// TestHouseholdsFromTheWallet: made, joined by code, points passed on once and
// within the limits, and left; each by who is signed in alone.
func TestHouseholdsFromTheWallet(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna, ewa := w.join("Anna", "Nowak", "anna@example.com"), w.join("Ewa 🌻", "Kowalska", "ewa@example.com")
		zoe := w.join("Zoë", "Long", "zoe@example.com")
		w.give(anna, 100)
		first, second := w.signedIn("anna@example.com"), w.signedIn("ewa@example.com")
		first.get("/me/bean/").hides("Household")
		first.get("/me/bean/household").is(http.StatusOK).shows("There are no households now")
		w.shares(household30)
		page := first.get("/me/bean/household").is(http.StatusOK).shows("You belong to no household. Up to 3 people can share one", "Join a household", "New points of everybody will flow")
		make := []string{"nonce", page.value("nonce")}
		for range 2 {
			page = first.post("/me/bean/household/make", make...).is(http.StatusOK).shows("You have a household", "There is room for 2 more", "What you can use together", "Points 100")
		}
		h, err := w.households.Of(ctx, system, w.programme.ID, anna)
		check(t, err)
		page.shows(household.ShowCode(h.Code))
		second.post("/me/bean/household/join", "nonce", "n1", "code", "AAAAAAAAAA").is(http.StatusNotFound, http.StatusUnprocessableEntity).shows("No household has this code")
		for range 2 {
			second.post("/me/bean/household/join", "nonce", "n2", "code", strings.ToLower(household.ShowCode(h.Code))).is(http.StatusOK).shows("You belong to the household", "Anna", "owner", "use together").hides("Nowak", household.ShowCode(h.Code))
		}
		page = first.get("/me/bean/household").shows("You are 2 in your household", "Ewa 🌻", "At most 30 Points at once", "At most 40 Points in a calendar month; still left: 40 Points.").hides("Kowalska")
		pass := []string{"nonce", page.value("nonce"), "to", ewa.In(id.Member), "points", "25"}
		for range 3 {
			first.post("/me/bean/household/pass", pass...).is(http.StatusOK).shows("The points are passed on", "Passed on to: Ewa", "still left: 15 Points.")
		}
		if a, e := w.available(anna), w.available(ewa); a != 75 || e != 25 {
			t.Fatalf("Anna has %d, Ewa %d", a, e)
		}
		for points, want := range map[string]string{"31": "At most 30 points are passed on at once", "20": "25 have been already", "0": "above 0", "1e9": "above 0", "-3": "above 0", "": "above 0"} {
			first.post("/me/bean/household/pass", "nonce", "p"+points, "to", ewa.In(id.Member), "points", points).is(http.StatusUnprocessableEntity).shows(want)
		}
		first.post("/me/bean/household/pass", "nonce", "n3", "to", zoe.In(id.Member), "points", "5").is(http.StatusUnprocessableEntity).shows("Choose who is to have the points")
		second.get("/me/bean/household").shows("Received from: Anna")
		left := []string{"nonce", "n4", "member", anna.In(id.Member)}
		for range 2 {
			second.post("/me/bean/household/leave", left...).is(http.StatusOK).shows("You have left the household", "Received from: Somebody")
		}
		if h, err = w.households.Of(ctx, system, w.programme.ID, anna); err != nil || len(h.Members) != 1 {
			t.Errorf("Anna's household is %+v, %v", h, err)
		}
		first.post("/me/bean/household/leave", "nonce", "n5").is(http.StatusOK).shows("You belong to no household")
	})
}

// TestPointsAreGivenByCard: to anybody where the programme lets them, never to
// oneself, and not before one has been there for long enough.
func TestPointsAreGivenByCard(t *testing.T) {
	each(t, func(t *testing.T, w *town) {
		anna, zoe := w.join("Anna", "Nowak", "anna@example.com"), w.join("Zoë", "Long", "zoe@example.com")
		w.give(anna, 100)
		for m, card := range map[id.ID]string{anna: "2600123456789012", zoe: "2600999999999999"} {
			_, err := w.members.Update(ctx, system, w.programme.ID, m, member.Edit{Add: []member.Identity{{Kind: member.Card, Value: card}}})
			check(t, err)
		}
		w.shares(household.Spec{Members: 2, Transfers: household.Anyone, MinDays: 3650})
		p := w.signedIn("anna@example.com")
		p.get("/me/bean/").shows("Pass points on")
		p.get("/me/bean/household").shows("You can pass points on from")
		p.post("/me/bean/household/pass", "nonce", "n1", "card", "2600999999999999", "points", "10").is(http.StatusUnprocessableEntity).shows("cannot pass points on yet")
		w.shares(household.Spec{Members: 2, Transfers: household.Anyone})
		p.post("/me/bean/household/pass", "nonce", "n2", "card", "2600 1234 5678 9012", "points", "10").is(http.StatusUnprocessableEntity).shows("The two members are one")
		p.post("/me/bean/household/pass", "nonce", "n3", "card", "2600000000000000", "points", "10").is(http.StatusUnprocessableEntity).shows("Nobody has a card with this number")
		p.post("/me/bean/household/pass", "nonce", "n4", "card", "2600 9999 9999 9999", "points", "10,0").is(http.StatusOK).shows("Passed on to: Somebody").hides("Zoë")
		if a, z := w.available(anna), w.available(zoe); a != 90 || z != 10 {
			t.Errorf("Anna has %d, Zoë %d", a, z)
		}
		w.pass(time.Minute)
		for lang, want := range map[string]string{"ru": "Отменить передачу самостоятельно нельзя", "pl": "Przekazania nie można samodzielnie cofnąć"} {
			p.get("/me/bean/household", "Accept-Language", lang, "Cookie", "lang="+lang).is(http.StatusOK).shows(want)
		}
	})
}

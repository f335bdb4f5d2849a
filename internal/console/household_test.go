package console

import (
	"bytes"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/household"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
)

const householdsAt = "/p/bean/households"

// family is a town in which members may share points.
type family struct {
	*town
	anna, bob, eve id.ID
}

func newFamily(t testing.TB, spec household.Spec) *family {
	t.Helper()
	w := &family{town: newTown(t)}
	_, err := w.console.Households.SaveSettings(ctx, system, w.programme.ID, spec)
	check(t, err)
	w.anna, w.bob, w.eve = w.join("Anna", "Nowak", "anna@example.com"), w.join("Bob", "Brown", "bob@example.com"), w.join("Eve", "Adams", "eve@example.com")
	w.give(w.anna, 300)
	return w
}

// give lets a member have points that can be used.
func (w *family) give(m id.ID, points int64) {
	w.t.Helper()
	w.take(flow.Event{Kind: journal.Adjustment, Who: flow.Who{MemberID: m}, Payload: flow.Payload{Adjustment: &flow.Adjustment{WalletID: w.wallet.ID, Points: points, Reason: "for the test"}}})
}

// has is how many points a member can use.
func (w *family) has(m id.ID) int64 {
	w.t.Helper()
	balances, _, err := w.console.Flow.Standing(ctx, w.programme.ID, m)
	check(w.t, err)
	return balances[0].Available
}

// together is a household of Anna, its owner, and Bob.
func (w *family) together() *household.Household {
	w.t.Helper()
	h, err := w.console.Households.Make(ctx, system, w.programme.ID, w.anna)
	check(w.t, err)
	h, err = w.console.Households.Add(ctx, system, w.programme.ID, h.ID, w.bob)
	check(w.t, err)
	return h
}

func sharing() household.Spec {
	return household.Spec{On: true, Members: 3, Transfers: household.WithinHousing, PerTransfer: 200, UndoDays: 14}
}

// TestAHouseholdIsMadeAndEnded from the members' pages and its own.
func TestAHouseholdIsMadeAndEnded(t *testing.T) {
	w := newFamily(t, sharing())
	b := w.as(auth.Agent)
	b.get(householdsAt).is(t, 200).shows(t, "No households yet")
	b.get(w.member(w.anna, "")).is(t, 200).shows(t, "The member belongs to no household.", "Make or join one").hides(t, "Pass points on")
	made := b.post(w.member(w.anna, "/household/make")).is(t, 200).shows(t, "The household is made.", "Household of Anna Nowak", "1 member belongs to it.", "Points in the pool 300")
	of, err := w.console.Households.Of(ctx, system, w.programme.ID, w.anna)
	check(t, err)
	b.post(w.member(w.eve, "/household/join"), "code", "AAAA").is(t, 422).shows(t, "No household has this code")
	b.post(w.member(w.eve, "/household/join"), "code", household.ShowCode(of.Code)).is(t, 200).shows(t, "2 members belong to it.", "Eve Adams")
	b.post(made.path+"/add", "who", "nobody@example.com").is(t, 422).shows(t, "This names no member, or several.")
	b.post(made.path+"/add", "who", "eve@example.com").is(t, 422).shows(t, "belongs to a household already")
	b.post(made.path+"/add", "who", "bob@example.com").is(t, 200).shows(t, "The member has joined the household.", "3 members belong to it.")
	b.get(householdsAt+"?q=eve").is(t, 200).shows(t, "Anna Nowak")
	b.get(householdsAt+"?q=nowhere").is(t, 200).shows(t, "No household found")
	b.get(w.member(w.eve, "/household")).is(t, 200).shows(t, "Household of Anna Nowak")
	b.post(made.path+"/leave", "member", w.eve.In(id.Member)).is(t, 200).shows(t, "The member is out of the household.", "2 members belong to it.")
	letters, err := jobs.Payloads(ctx, w.console.DB.Reader(), flow.ContactWanted)
	check(t, err)
	if told := string(bytes.Join(letters, nil)); len(letters) != 2 || !strings.Contains(told, "household_removed") || !strings.Contains(told, "household_left") {
		t.Errorf("wanted are the letters %s", told)
	}
	b.post(made.path+"/dissolve").is(t, 200).shows(t, "It was dissolved on 15 March 2026.").hides(t, "Code to join", "Dissolve the household?")
	b.post(made.path+"/dissolve").is(t, 422).shows(t, "has been dissolved")
	b.get(householdsAt).is(t, 200).shows(t, "No households yet")
}

// TestPointsArePassedOn within the household, and taken back.
func TestPointsArePassedOn(t *testing.T) {
	spec := sharing()
	spec.PerMonth = 250
	w := newFamily(t, spec)
	h := w.together()
	b := w.as(auth.Agent)
	at := w.member(w.anna, "/transfer")
	b.get(w.member(w.anna, "")).is(t, 200).shows(t, "Pass points on")
	b.get(at).is(t, 200).shows(t, "Bob Brown", "At most 200 at once", "at most 250 in a month", "Points: 250 left this month").hides(t, "Eve Adams")
	send := func(to id.ID, points string) page {
		return b.post(at, "nonce", "n"+points, "who", to.In(id.Member), "wallet", w.wallet.ID.In(id.Wallet), "points", points)
	}
	send(w.bob, "201").is(t, 422).shows(t, "At most 200 points are passed on at once")
	send(w.eve, "10").is(t, 422).shows(t, "Points are passed on within a household alone")
	send(w.bob, "120").is(t, 200).shows(t, "The points are passed on.", "120 Points", "Points: 130 left this month")
	send(w.bob, "120").is(t, 200)
	if a, o := w.has(w.anna), w.has(w.bob); a != 180 || o != 120 {
		t.Errorf("they have %d and %d points", a, o)
	}
	b.get(householdsAt+"/"+h.ID.In(id.Household)).is(t, 200).shows(t, "120 Points")
	list, err := w.console.Households.Transfers(ctx, system, household.TransferQuery{ProgrammeID: w.programme.ID, Limit: 1})
	check(t, err)
	undo := "/transfers/" + list[0].ID.In(id.Event) + "/undo"
	b.post(w.member(w.eve, undo)).is(t, 404)
	b.post(w.member(w.bob, undo), "reason", "the wrong one").is(t, 200).shows(t, "The points are taken back.", "120 taken back")
	b.post(w.member(w.anna, undo)).is(t, 422).shows(t, "taken back already")
	if a, o := w.has(w.anna), w.has(w.bob); a != 300 || o != 0 {
		t.Errorf("they have %d and %d points", a, o)
	}
}

// TestWhoWasFoundIsAskedAbout before points go to anybody outside.
func TestWhoWasFoundIsAskedAbout(t *testing.T) {
	spec := sharing()
	spec.Transfers = household.Anyone
	w := newFamily(t, spec)
	b := w.as(auth.Agent)
	at := w.member(w.anna, "/transfer")
	form := []string{"nonce", "n", "who", "eve@example.com", "wallet", w.wallet.ID.In(id.Wallet), "points", "50"}
	b.post(at, form...).is(t, 200).shows(t, "Eve Adams receives the points. Is that right?")
	b.post(at, append(form, "to", w.bob.In(id.Member))...).is(t, 200).shows(t, "Eve Adams receives the points. Is that right?")
	if n := w.has(w.eve); n != 0 {
		t.Fatalf("%d points went without an answer", n)
	}
	b.post(at, append(form, "to", w.eve.In(id.Member))...).is(t, 200).shows(t, "The points are passed on.")
	if n := w.has(w.eve); n != 50 {
		t.Errorf("%d points arrived", n)
	}
	b.post(at, "nonce", "m", "who", "x", "wallet", w.wallet.ID.In(id.Wallet), "points", "50").is(t, 422).shows(t, "This names no member, or several.")
}

func TestHouseholdSettingsAreWritten(t *testing.T) {
	w := newTown(t)
	b := w.as(auth.Manager)
	at := householdsAt + "/settings"
	b.get(householdsAt).is(t, 200).shows(t, "Households are off")
	b.post(at, "pooling", "on", "members", "1", "transfers", "nobody").is(t, 422).shows(t, "The number must be between 2 and 50.")
	b.post(at, "pooling", "on", "members", "4", "transfers", "nobody").is(t, 422).shows(t, "Pooling needs households to be on.")
	b.post(at, "on", "on", "members", "4", "transfers", "all").is(t, 422).shows(t, "Choose one.")
	b.post(at, "on", "on", "members", "many", "transfers", "anyone").is(t, 422)
	b.post(at, "on", "on", "pooling", "on", "members", "4", "transfers", "anyone", "per_month", "500", "min_days", "7", "undo_days", "3").is(t, 200).shows(t, "Saved.")
	got, err := w.console.Households.Settings(ctx, system, w.programme.ID)
	check(t, err)
	if want := (household.Spec{On: true, Pooling: true, Members: 4, Transfers: household.Anyone, PerMonth: 500, MinDays: 7, UndoDays: 3}); got.Spec != want {
		t.Errorf("%+v is kept, want %+v", got.Spec, want)
	}
}

func TestWhoMayDoWhatWithHouseholds(t *testing.T) {
	w := newFamily(t, sharing())
	h := w.together()
	one := householdsAt + "/" + h.ID.In(id.Household)
	reader := w.as(auth.ReadOnly)
	reader.get(one).is(t, 200).hides(t, household.ShowCode(h.Code), "Dissolve", "Remove")
	for _, path := range []string{one + "/add", one + "/leave", one + "/dissolve", householdsAt + "/settings", w.member(w.eve, "/household/make"), w.member(w.anna, "/transfer")} {
		reader.post(path).is(t, 403)
	}
	reader.get(w.member(w.anna, "")).is(t, 200).hides(t, "Pass points on")
	w.as(auth.Manager).get(one).is(t, 200).shows(t, household.ShowCode(h.Code), "Dissolve the household?")
}

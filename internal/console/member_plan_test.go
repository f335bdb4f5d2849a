package console

import (
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/plan"
)

// TestAMemberJoinsAndLeavesAPlan from their page, on trial, and stays after all.
func TestAMemberJoinsAndLeavesAPlan(t *testing.T) {
	w := newPlanShop(t)
	eve := w.join("Eve", "Adams", "eve@example.com")
	b := w.as(auth.Agent)
	b.get(w.member(eve, "")).is(t, 200).shows(t, "Paid membership", "The member pays for no plan.", "Join a plan")
	at := w.member(eve, "/plan")
	b.get(at).is(t, 200).shows(t, "Bean Club · £9.99 a month · 14 days free")
	b.post(at+"/join", "plan", "nothing").is(t, 422).shows(t, "The programme has no plan nothing.")
	b.post(at+"/join", "plan", w.draft.ID.In(id.Plan)).is(t, 422).shows(t, "This plan cannot be joined")
	b.post(at+"/join", "plan", w.club.ID.In(id.Plan)).is(t, 200).shows(t, "The member has joined the plan.", "Bean Club: on trial.", "Until 12 April 2026")
	b.post(at+"/join", "plan", w.club.ID.In(id.Plan)).is(t, 422).shows(t, "The member is in a plan already.")
	b.post(at+"/leave").is(t, 200).shows(t, "The member leaves the plan.", "left, until the period ends", "Stay after all").hides(t, "Leave the plan?")
	b.post(at+"/join", "plan", w.club.ID.In(id.Plan)).is(t, 200).shows(t, "Bean Club: on trial.", "Leave the plan?")
	b.get(w.member(eve, "")).is(t, 200).shows(t, "Paid membership", "on trial")
}

// TestAMemberChangesThePlan for one that costs more.
func TestAMemberChangesThePlan(t *testing.T) {
	w := newPlanShop(t)
	_, err := w.console.Plans.Publish(ctx, system, w.programme.ID, "year")
	check(t, err)
	b := w.as(auth.Manager)
	at := w.member(w.bob, "/plan")
	b.get(at).is(t, 200).shows(t, "Go over to another plan", "A year of tea · £99.00 a year")
	b.post(at+"/change", "plan", w.draft.ID.In(id.Plan)).is(t, 200).shows(t, "The change of plan is noted.", "From then on A year of tea")
}

// TestAnInvoiceIsPaidFromTheMembersPage, and only one of the member's own.
func TestAnInvoiceIsPaidFromTheMembersPage(t *testing.T) {
	w := newPlanShop(t)
	v, err := w.console.Plans.Of(ctx, system, w.programme.ID, w.ann)
	check(t, err)
	charge := "/plan/charges/" + v[0].Charges[0].ID.In(id.Charge) + "/paid"
	b := w.as(auth.Manager)
	b.get(plansAt+"/charges").is(t, 200).shows(t, "Anna Wiśniewska", "Bean Club · renewal")
	b.get(w.member(w.ann, "/plan")).is(t, 200).shows(t, "Was invoice 1 paid?")
	b.post(w.member(w.bob, charge)).is(t, 422)
	b.post(w.member(w.ann, charge), "reference", "4111 1111 1111 1111").is(t, 422)
	b.post(w.member(w.ann, charge), "reference", "BANK-7").is(t, 200).shows(t, "The charge is noted as paid.", "BANK-7", "Bean Club: active.")
	c, err := w.console.Plans.Charge(ctx, system, w.programme.ID, v[0].Charges[0].ID)
	check(t, err)
	if c.State != plan.Paid || c.Reference != "BANK-7" {
		t.Errorf("the charge is %s with %q", c.State, c.Reference)
	}
}

func TestWhoMaySeeAMembersPlans(t *testing.T) {
	w := newPlanShop(t)
	b := w.as(auth.ReadOnly)
	b.get(w.member(w.ann, "/plan")).is(t, 200).hides(t, "Leave the plan?", "Was invoice 1 paid?")
	b.post(w.member(w.ann, "/plan/leave")).is(t, 403)
	b.post(w.member(w.ann, "/plan/join"), "plan", "club").is(t, 403)
}

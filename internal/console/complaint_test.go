package console

import (
	"fmt"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/id"
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
	b.get(at).is(t, 200).shows(t, "Quality", "open")
	b.get(one).is(t, 200).shows(t, "It <b>leaks</b> 🫖", "Anna Wiśniewska", "What would help")
	b.post(one+"/answer", "text", "", "how", "answer").is(t, 422)
	b.post(one+"/answer", "text", "A new one is on its way.", "how", "wait").is(t, 200).shows(t, "A new one is on its way.", "waiting for the customer")
	b.post(one+"/apologise", "name", "Anna", "happened", "It leaks", "changes", "", "who", "Ola").is(t, 422)
	b.post(one+"/judge", "severity", "high", "cause", "supplier").is(t, 200).shows(t, "supplier", "high")
	b.post(one+"/compensate", "nonce", "a", "kind", "refund", "amount", "10").is(t, 200).shows(t, "refund")
	b.post(one+"/compensate", "nonce", "b", "kind", "refund", "amount", "1000").is(t, 422)
	b.post(one+"/turn", "to", "solved").is(t, 200).shows(t, "Take up again")
	b.get(at+"?state=solved").is(t, 200).shows(t, "Quality")
	b.get(at+"/causes").is(t, 200).shows(t, "too few for a rate", "supplier")
	b.get(at+"/cas_01h9x3k7q2v5n").is(t, 404)
	w.as(auth.Till).get(at).is(t, 403)
	w.as(auth.ReadOnly).post(one+"/turn", "to", "closed").is(t, 403)
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
	b.get(w.member(anna, "")).is(t, 200).shows(t, "1 open case", complaint.ShowTrack(list[0].Track))
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

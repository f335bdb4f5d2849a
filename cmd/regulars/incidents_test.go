package main

import (
	"io"
	"slices"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/outreach"
	"regulars/internal/program"
)

// TestAnOpenCaseRestsAtOnce: from the moment at which a complaint is open, the
// contact policy of the server as it is wired lets nobody ask or lure its
// customer, and what concerns the service goes out still.
func TestAnOpenCaseRestsAtOnce(t *testing.T) {
	p := place{Dir: t.TempDir(), Log: "error"}
	h, err := p.open(t.Context(), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.close() })
	messages, err := h.messages(post{}, ":8080")
	if err != nil {
		t.Fatal(err)
	}
	programme, anna := h.newCustomer(t)
	passes := func(class flow.Class) bool {
		t.Helper()
		v, err := messages.WouldDecide(t.Context(), auth.System("test"), programme, anna, class)
		if err != nil {
			t.Fatal(err)
		}
		return !slices.ContainsFunc(v.Trail, func(s outreach.Step) bool { return s.Check == outreach.CheckIncident && !s.Passed })
	}
	want := func(when string, stimulus, ask bool) {
		t.Helper()
		if passes(flow.StimulusContact) != stimulus || passes(flow.AskContact) != ask || !passes(flow.ServiceContact) {
			t.Errorf("%s: stimulus %v, ask %v, service %v", when, passes(flow.StimulusContact), passes(flow.AskContact), passes(flow.ServiceContact))
		}
	}
	want("before", true, true)
	opened, err := h.complaints.Begin(t.Context(), auth.System("test"), programme, complaint.Ask{
		Kind: complaint.Complaint, Reason: complaint.Other, Wanted: complaint.WantRedo, MemberID: anna, Source: complaint.FromTill, Text: "The tea was cold.",
	})
	if err != nil {
		t.Fatal(err)
	}
	want("while it is open", false, false)
	if _, err := h.complaints.Solve(t.Context(), auth.System("test"), programme, opened.ID); err != nil {
		t.Fatal(err)
	}
	want("in the days after it was solved", false, false)
}

// newCustomer is somebody who allows everything.
func (h *house) newCustomer(t *testing.T) (programme, m id.ID) {
	t.Helper()
	zone, err := program.ParseZone("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	made, err := h.programmes.Create(t.Context(), auth.System("test"), program.Programme{
		Slug: "bean", Name: "Bean", Currency: "GBP", Zone: zone, Languages: []string{"en"}, Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
	})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := h.flow.TakeOne(t.Context(), &flow.Event{
		ProgrammeID: made.ID, Source: "test", ExternalID: "1", Kind: journal.SignUp, Actor: auth.System("test"),
		Who: flow.Who{Identities: []member.Identity{{Kind: member.Email, Value: "anna@example.com"}}, Profile: &flow.Profile{GivenName: "Anna"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, purpose := range []member.Purpose{member.Marketing, member.Surveys} {
		if _, err := h.members.SetConsents(t.Context(), auth.System("test"), made.ID, answer.MemberID, member.Consent{Purpose: purpose, Channel: member.ByEmail, Given: true, Source: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	return made.ID, answer.MemberID
}

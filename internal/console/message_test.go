package console

import (
	"encoding/json"
	"net/http"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/member"
	"regulars/internal/outreach"
)

const messagesAt = "/p/bean/messages"

// messageTown is a town in which some were written to.
type messageTown struct {
	*town
	anna, boris         id.ID
	sent, refused, code *outreach.Contact
}

func newMessageTown(t testing.TB) *messageTown {
	t.Helper()
	w := &messageTown{town: newTown(t)}
	w.anna, w.boris = w.join("Anna", "Wiśniewska", "anna@example.com"), w.join("Boris", "Petrov", "boris@example.com")
	_, err := w.console.Members.SetConsents(ctx, system, w.programme.ID, w.anna, member.Consent{Purpose: member.Marketing, Channel: member.ByEmail, Given: true, Source: "till"})
	check(t, err)
	w.sent = w.deliver(w.writes(w.anna, flow.StimulusContact))
	w.refused = w.writes(w.boris, flow.StimulusContact)
	w.writes(w.anna, flow.StimulusContact)
	check(t, w.console.Outreach.SendCode(ctx, w.programme.ID, w.boris, member.Identity{Kind: member.Email, Value: "boris@example.com"}, "417203", "/me"))
	list, err := w.console.Outreach.List(ctx, system, outreach.Query{ProgrammeID: w.programme.ID, Limit: 1})
	check(t, err)
	w.code = list[0]
	return w
}

func (w *messageTown) writes(m id.ID, class flow.Class) *outreach.Contact {
	w.t.Helper()
	c, err := w.console.Outreach.Write(ctx, system, outreach.Letter{
		ProgrammeID: w.programme.ID, MemberID: m, Class: class, Words: map[i18n.Lang]outreach.Words{i18n.English: {Subject: "First flush", Body: "The new tea is here.\nCome and try it."}},
	})
	check(w.t, err)
	return c
}

// deliver does the job that sends a contact.
func (w *messageTown) deliver(c *outreach.Contact) *outreach.Contact {
	w.t.Helper()
	payload, err := json.Marshal(map[string]id.ID{"member": c.MemberID, "contact": c.ID})
	check(w.t, err)
	check(w.t, w.console.Outreach.Deliver(ctx, &jobs.Job{Kind: outreach.SendJob, Payload: payload, Attempt: 1, MaxAttempts: 1}))
	c, err = w.console.Outreach.Get(ctx, system, w.programme.ID, c.ID)
	check(w.t, err)
	return c
}

func messageAt(c *outreach.Contact) string { return messagesAt + "/" + c.ID.In(id.Contact) }

func TestMessagesAreListedWithTheirReasons(t *testing.T) {
	w := newMessageTown(t)
	b := w.as(auth.Owner)
	b.get(messagesAt).is(t, 200).shows(t, "First flush", "Anna Wiśniewska", "sent", "does not allow promotions", "Your code for Bean & Leaf", "and 1 is allowed")
	b.fragment(messagesAt+"?state=sent&class=stimulus&channel=email").is(t, 200).shows(t, "Anna Wiśniewska").hides(t, "Boris", "Your code")
	b.get(messagesAt+"?member="+w.boris.In(id.Member)).is(t, 200).shows(t, "Boris Petrov").hides(t, "Anna")
	b.get(messagesAt+"?state=failed").is(t, 200).shows(t, "No such message")
	b.get(w.member(w.anna, "")).is(t, 200).shows(t, "Messages to this member")
	w.as(auth.Till).get(messagesAt).is(t, http.StatusForbidden)
}

func TestAMessageShowsItsWordsToWhoMayReadThem(t *testing.T) {
	w := newMessageTown(t)
	b := w.as(auth.Owner)
	b.get(messageAt(w.sent)).is(t, 200).shows(t, "First flush", "Come and try it.", "To anna@example.com", "Open complaint or broken promise not checked", "Consent fine")
	b.get(messageAt(w.refused)).is(t, 200).shows(t, "does not allow promotions", "Consent against it", "not kept")
	b.get(messageAt(w.code)).is(t, 200).shows(t, "417203", "always sent")
	w.as(auth.Agent).get(messageAt(w.code)).is(t, 200).shows(t, "Only those who set the contact policy").hides(t, "417203")
	b.get(messagesAt+"/ctc_01h9x3k7q2v5n").is(t, 404)
}

func TestThePolicyIsWrittenAndAsked(t *testing.T) {
	w := newMessageTown(t)
	b := w.as(auth.Owner)
	form := b.get(messagesAt+"/policy").is(t, 200).shows(t, "Nobody is disturbed between 21:00 and 09:00", "at most 1 promotion within 24 hours and 4 within 30 days")
	fields := []string{
		"version", form.value(t, "version"), "quiet_from", "22:30", "quiet_to", "08:00", "quiet_weekends", "on", "day_cap", "2", "month_cap", "6", "ask_days", "45", "incident_days", "10",
		"sender_name", "Bean & Leaf", "sender_address", "tea@example.com", "reply_to", "desk@example.com",
	}
	b.post(messagesAt+"/policy", fields...).is(t, 200).shows(t, "The policy is saved.", "between 22:30 and 08:00", "at most 2 promotions within 24 hours and 6")
	b.post(messagesAt+"/policy", fields...).is(t, 422).shows(t, "Somebody changed the policy meanwhile")
	fields[1], fields[3] = "1", "noon"
	b.post(messagesAt+"/policy", fields...).is(t, 422).shows(t, "Write the time of day as 21:00.")
	p, version, err := w.console.Outreach.Policy(ctx, system, w.programme.ID)
	check(t, err)
	want := outreach.Policy{
		SenderName: "Bean & Leaf", SenderAddress: "tea@example.com", ReplyTo: "desk@example.com", QuietFrom: 22*60 + 30, QuietTo: 8 * 60, QuietWeekends: true,
		DayCap: 2, MonthCap: 6, AskDays: 45, IncidentDays: 10,
	}
	if p != want || version != 1 {
		t.Errorf("kept is %+v as version %d", p, version)
	}
	b.get(messagesAt+"/policy?who=boris%40example.com&ask=stimulus").is(t, 200).shows(t, "Boris Petrov: it would not be sent. The member does not allow promotions")
	b.get(messagesAt+"/policy?who=boris%40example.com&ask=service").is(t, 200).shows(t, "Boris Petrov: it would be sent.")
	b.get(messagesAt+"/policy?who=nobody%40example.com").is(t, 200).shows(t, "Nobody is found.")
	agent := w.as(auth.Agent)
	agent.get(messagesAt+"/policy").is(t, 200).shows(t, "not change it").hides(t, "Name of the sender")
	agent.post(messagesAt+"/policy", fields...).is(t, http.StatusForbidden)
}

// TestLeavingNeedsNoSignIn opens the link of a message, which changes nothing,
// and then presses the button; a mail program sends one request.
func TestLeavingNeedsNoSignIn(t *testing.T) {
	w := newMessageTown(t)
	link := w.leaving()
	allowed := func() bool {
		person, err := w.console.Members.Get(ctx, system, w.programme.ID, w.anna)
		check(t, err)
		return member.Allowed(person.Consents, member.Marketing, member.ByEmail)
	}
	stranger := w.stranger()
	stranger.get(link).is(t, 200).shows(t, "Bean & Leaf will not send you promotions")
	if !allowed() {
		t.Error("reading the link has taken the consent back")
	}
	stranger.post(link, "List-Unsubscribe", "One-Click").is(t, 200).shows(t, "Done")
	if allowed() {
		t.Error("the consent still stands")
	}
	stranger.get(link+"x").is(t, 404).shows(t, "not complete")
}

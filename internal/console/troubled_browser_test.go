package console

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/promise"
	"regulars/internal/web/webtest"
)

// troubled is a town in which things went wrong and promises were broken.
type troubled struct {
	*town
	anna, late, settled, wish, nobody id.ID
	broken, pending, mended           id.ID
}

func newTroubled(t testing.TB) *troubled {
	t.Helper()
	w := &troubled{town: newTown(t)}
	w.anna = w.join("Anna", "Wiśniewska", "anna@example.com")
	w.complained()
	w.promises()
	return w
}

func (w *troubled) begins(ask complaint.Ask) id.ID {
	w.t.Helper()
	o, err := w.console.Complaints.Begin(ctx, system, w.programme.ID, ask)
	check(w.t, err)
	return o.ID
}

// complained opens cases of every sort; the first ones are overdue.
func (w *troubled) complained() {
	w.t.Helper()
	c, owner := w.console.Complaints, w.owner.Actor()
	w.clock = noon.AddDate(0, 0, -20)
	w.late = w.begins(complaint.Ask{
		Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.WantRefund, MemberID: w.anna, Source: complaint.FromWeb, Price: 40_00, Reference: "S-2026-000123456789-" + strings.Repeat("X", 40),
		Contact: "someone.with.a.very.long.address.indeed@subdomain.of.a.very-long-domain-name.example.com", Text: "The pot leaks.\n" + longWord + longWord + "\n" + strings.Repeat("Долго ждали. ", 40),
	})
	for i := range 14 {
		w.begins(complaint.Ask{Kind: complaint.Complaint, Reason: []string{"quality", "other", "staff"}[i%3], Wanted: complaint.WantApology, Source: complaint.FromWeb, Text: fmt.Sprint("No. ", i), Price: 10_00})
	}
	w.clock = noon
	_, err := c.Answer(ctx, owner, w.programme.ID, w.late, complaint.Answer{Text: "We are looking into it.\n\nThis takes a day."})
	check(w.t, err)
	_, err = c.Answer(ctx, owner, w.programme.ID, w.late, complaint.Answer{Text: "Ask the supplier.", Note: true})
	check(w.t, err)
	_, err = c.Judge(ctx, owner, w.programme.ID, w.late, complaint.Judgement{Severity: complaint.High, Cause: "supplier"})
	check(w.t, err)
	agent := w.agent()
	for i, kind := range []complaint.Means{complaint.Refund, complaint.Points} {
		_, err = c.Compensate(ctx, agent, w.programme.ID, w.late, complaint.RemedyAsk{Name: fmt.Sprint(i), Kind: kind, Amount: 15_00})
		check(w.t, err)
	}
	w.settled = w.begins(complaint.Ask{Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.JustTelling, MemberID: w.anna, Source: complaint.FromWeb, Price: 40_00})
	_, err = c.Solve(ctx, owner, w.programme.ID, w.settled)
	check(w.t, err)
	w.wish = w.begins(complaint.Ask{Kind: complaint.Wish, Reason: "other", Wanted: complaint.JustTelling, Source: complaint.FromWeb, Text: "More decaf, please."})
	w.nobody = w.begins(complaint.Ask{Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.WantRedo, Source: complaint.FromWeb, Text: "Cold"})
}

// agent is somebody whose larger gifts need a second person.
func (w *troubled) agent() auth.Actor {
	w.t.Helper()
	w.as(auth.Agent)
	list, err := w.console.Auth.ListStaff(ctx, w.owner.Actor(), w.programme.ID)
	check(w.t, err)
	for _, s := range list {
		if strings.HasPrefix(s.Email, string(auth.Agent)) {
			return auth.Actor{Kind: auth.KindStaff, ID: s.ID, Name: s.Name, Roles: []auth.Assignment{{ProgrammeID: w.programme.ID, Role: auth.Agent}}}
		}
	}
	w.t.Fatal("no agent")
	return auth.Actor{}
}

func (w *troubled) promises() {
	w.t.Helper()
	c := w.console.Promises
	for i := range 50 {
		kind := []promise.Kind{promise.Delivery, promise.Repair, promise.CallBack}[i%3]
		p, err := c.Make(ctx, system, promise.New{
			ProgrammeID: w.programme.ID, MemberID: w.anna, Kind: kind, What: []string{"", "The kettle", longWord + longWord}[i%3], Source: "desk", ExternalID: fmt.Sprint(i), Order: fmt.Sprint("W-", i),
			Made: noon.AddDate(0, 0, -6*i-3), Due: noon.AddDate(0, 0, -6*i).Add(time.Hour * 2),
		})
		check(w.t, err)
		switch {
		case i == 0:
			w.pending = p.ID
			_, err = c.Replace(ctx, system, w.programme.ID, p.ID, noon.AddDate(0, 0, 2), "The carrier lost it. "+longWord)
		case i%5 > 0:
			_, err = c.Done(ctx, system, w.programme.ID, p.ID, p.Due.Add(-time.Hour))
		case i == 5:
			w.broken = p.ID
		case i == 10:
			w.mended = p.ID
		}
		check(w.t, err)
	}
	_, err := c.Sweep(ctx)
	check(w.t, err)
	_, err = c.Mend(ctx, system, w.programme.ID, w.mended, "Gave a new one")
	check(w.t, err)
	for i, status := range []promise.Status{promise.Delivered, promise.Failed, promise.InTransit, ""} {
		p, err := c.Register(ctx, system, promise.NewParcel{ProgrammeID: w.programme.ID, Number: fmt.Sprintf("RM12345678901234567890%d", i), Carrier: []string{"dpd", longWord}[i%2], Source: "web", Order: fmt.Sprint("P-", i)})
		check(w.t, err)
		if status != "" {
			_, err = c.Follow(ctx, system, w.programme.ID, p.ID, []promise.Scan{{Status: status, Occurred: noon.Add(-time.Hour)}})
			check(w.t, err)
		}
	}
}

func (w *troubled) paths() map[string]string {
	at := "/p/bean/complaints"
	return map[string]string{
		"cases": at, "cases-solved": at + "?state=solved", "cases-none": at + "?state=declined", "causes": at + "/causes",
		"case": at + "/" + w.late.In(id.Case), "case-solved": at + "/" + w.settled.In(id.Case), "case-wish": at + "/" + w.wish.In(id.Case), "case-nobody": at + "/" + w.nobody.In(id.Case),
		"promises": promisesAt, "promises-none": promisesAt + "?state=withdrawn", "rates": promisesAt + "/rates", "parcels": promisesAt + "/parcels", "promise-settings": promisesAt + "/settings",
		"promise-broken": promisesAt + "/" + w.broken.In(id.Promise), "promise-open": promisesAt + "/" + w.pending.In(id.Promise), "promise-mended": promisesAt + "/" + w.mended.In(id.Promise),
		"member": w.member(w.anna, ""),
	}
}

// TestTroublePagesInTheBrowser opens the pages of complaints and promises.
func TestTroublePagesInTheBrowser(t *testing.T) {
	w := newTroubled(t)
	walk(t, browse(t, w.console.Handler()), w.paths())
}

// TestNoTroubleYet opens them before anything went wrong.
func TestNoTroubleYet(t *testing.T) {
	w := newTown(t)
	walk(t, browse(t, w.console.Handler()), map[string]string{
		"no-cases": "/p/bean/complaints", "no-causes": "/p/bean/complaints/causes", "no-promises": promisesAt, "no-rates": promisesAt + "/rates", "no-parcels": promisesAt + "/parcels", "no-promise-settings": promisesAt + "/settings",
	})
}

// TestSlipsInTrouble sends the forms with slips in them.
func TestSlipsInTrouble(t *testing.T) {
	w := newTroubled(t)
	b := browse(t, w.console.Handler())
	prefer(t, b, "en", "light")
	one := "/p/bean/complaints/" + w.nobody.In(id.Case)
	for _, c := range []struct {
		name, path, fill, text, send string
	}{
		{"case-answer", one, "", "", "form[action$=answer] button"},
		{"case-amount", one, "#f-amount", "x", "form[action$=compensate] button"},
		{"case-over", one, "#f-amount", "00000", "form[action$=compensate] button"},
		{"promise-note", promisesAt + "/" + w.broken.In(id.Promise), "", "", "form[action$=mend] button"},
		{"promise-reason", promisesAt + "/" + w.pending.In(id.Promise), "", "", "form[action$=withdraw] button"},
		{"promise-hours", promisesAt + "/settings", "#f-warn_hours", "x", "main .form button[type=submit]"},
		{"promise-secret", promisesAt + "/settings", "#f-secret", "short", "form[action$=secret] button"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.Open(t, webtest.Phone, c.path)
			if c.fill != "" {
				b.Run(t, webtest.Type(c.fill, c.text))
			}
			b.Run(t, webtest.Click(c.send), webtest.Seen(".field-error"))
			b.Check(t, "overflow", "labels", "contrast", "targets")
			b.Picture(t, "mend-"+c.name)
		})
	}
}

// TestTheKeyboardReachesWhatListensAndMends walks through the pages by the Tab
// key.
func TestTheKeyboardReachesWhatListensAndMends(t *testing.T) {
	w := newTroubled(t)
	b := browse(t, w.console.Handler())
	prefer(t, b, "en", "light")
	one := w.begins(complaint.Ask{Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.WantRedo, Source: complaint.FromWeb, Text: "Cold"})
	for _, path := range []string{"/p/bean/complaints", "/p/bean/complaints/" + one.In(id.Case), promisesAt + "/settings", "/p/bean/support", "/p/bean/reviews"} {
		reachesAll(t, b, path)
	}
}

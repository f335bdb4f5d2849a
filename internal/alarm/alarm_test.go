package alarm

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/outreach"
)

const (
	complaintsToOla = "ola: Bean: more complaints than usual"
	day             = 24 * time.Hour
)

// quiet lets half a year pass with an order a day and a complaint a week.
func (w *town) quiet() {
	w.Helper()
	for range 25 {
		w.buys(7)
		w.complains(1)
		w.clock = w.clock.Add(7 * day)
	}
}

// TestMoreComplaintsThanUsualAreToldOnce, to those who asked for it, and again
// only after they had become usual.
func TestMoreComplaintsThanUsualAreToldOnce(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("ola", auth.Owner, i18n.English)
		w.hires("ben", auth.Manager, i18n.Russian)
		w.hires("tim", auth.Till, i18n.English)
		w.quiet()
		w.watches()
		w.tells("")
		w.buys(7)
		w.complains(12)
		w.clock = w.clock.Add(time.Hour)
		w.watches()
		if len(w.post.letters) != 2 {
			t.Fatalf("told %q", w.told())
		}
		m := w.post.letters[slices.IndexFunc(w.post.letters, func(m outreach.Message) bool { return m.Lang == i18n.English })]
		if !strings.Contains(m.Text, "12 complaints") || !strings.Contains(m.Text, "https://points.example.com/p/bean/complaints/causes") || m.ContactID == 0 || m.MemberID != 0 || m.FromAddress != "points@example.com" {
			t.Errorf("the mail is %+v", m)
		}
		w.tells("ben: Bean: жалоб больше обычного; " + complaintsToOla)
		w.watches()
		w.clock = w.clock.Add(3 * time.Hour)
		w.complains(5)
		w.watches()
		w.tells("")
		w.clock = w.clock.Add(8 * day)
		w.buys(7)
		w.watches()
		list, err := w.List(w.Context(), ola, w.prog.ID)
		w.ok(err)
		if len(list) != 1 || list[0].Ended.IsZero() || list[0].Told != 2 {
			t.Errorf("the alarms are %+v", list[0])
		}
		w.tells("")
		w.complains(30)
		w.clock = w.clock.Add(time.Hour)
		w.watches()
		w.tells("ben: Bean: жалоб больше обычного; " + complaintsToOla)
		w.sound()
		if got := w.dumped(); strings.Count(got, "alarms {") != 2 || !strings.Contains(got, `"topic":"complaints"`) {
			t.Errorf("the export has %s", got)
		}
	})
}

// TestFaultsThatPileUpAreNotToldToWhomTheyConcern.
func TestFaultsThatPileUpAreNotToldToWhomTheyConcern(t *testing.T) {
	each(t, func(w *town) {
		ola, ben := w.hires("ola", auth.Manager, i18n.English), w.hires("ben", auth.Manager, i18n.English)
		w.hires("tim", auth.Till, i18n.English)
		for i := range 12 {
			ask := complaint.Ask{Kind: complaint.Complaint, Reason: "staff", Wanted: complaint.JustTelling, Source: complaint.FromWeb, Text: "Rude."}
			ask.SubjectID = ben.ID
			if i == 0 {
				ask.SubjectID = ola.ID
			}
			_, err := w.Complaints.Begin(w.Context(), boss, w.prog.ID, ask)
			w.ok(err)
		}
		w.clock = w.clock.Add(time.Hour)
		w.watches()
		w.tells("ola: Bean: much upon one person")
		list, err := w.List(w.Context(), ben, w.prog.ID)
		w.ok(err)
		if len(list) != 0 {
			t.Errorf("he is told %+v of himself", list[0])
		}
		if list, err = w.List(w.Context(), ola, w.prog.ID); err != nil || len(list) != 1 || list[0].Text.Key != "alarm.faults" {
			t.Errorf("she is shown %+v, %v", list, err)
		}
	})
}

// TestMentionsAreToldAtMostOnceADay, each new one, to those who asked.
func TestMentionsAreToldAtMostOnceADay(t *testing.T) {
	each(t, func(w *town) {
		ola, mia := w.hires("ola", auth.Owner, i18n.English), w.hires("mia", auth.Marketer, i18n.English)
		for _, who := range []auth.Actor{ola, mia} {
			_, err := w.Choose(w.Context(), who, w.prog.ID, who.ID, []Topic{Mentions, Feeds})
			w.ok(err)
		}
		w.feed(3, 0)
		w.mention()
		w.watches()
		w.tells("mia: Bean: mentions; ola: Bean: mentions")
		w.mention()
		w.clock = w.clock.Add(2 * time.Hour)
		w.watches()
		w.tells("")
		w.clock = w.clock.Add(more)
		_, err := w.Choose(w.Context(), mia, w.prog.ID, mia.ID, nil)
		w.ok(err)
		w.watches()
		w.tells("ola: Bean: mentions")
		w.clock = w.clock.Add(2 * more)
		w.watches()
		w.tells("") // nothing new
		w.mention()
		w.mention()
		w.mention()
		w.exec(`UPDATE touch_feed SET failures = 3`)
		w.watches()
		w.tells("ola: Bean: a feed that cannot be read; ola: Bean: mentions; ola: Bean: mentions")
		w.exec(`UPDATE touch_mention SET state = 'aside'`)
		w.exec(`UPDATE touch_feed SET failures = 0`)
		w.watches()
		list, err := w.List(w.Context(), ola, w.prog.ID)
		w.ok(err)
		for _, n := range list {
			if n.Ended.IsZero() {
				t.Errorf("%s goes on: %+v", n.ID.In(id.Alarm), n)
			}
		}
		w.sound()
	})
}

// TestAMailIsTriedAgain until it went out or cannot, and only to whom it may
// still go.
func TestAMailIsTriedAgain(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("ola", auth.Owner, i18n.English)
		topics := func(list ...Topic) {
			_, err := w.Choose(w.Context(), ola, w.prog.ID, ola.ID, list)
			w.ok(err)
		}
		topics(Feeds)
		w.feed(0, 3)
		w.post.fail = errors.New("the mail server answered 421")
		w.ok(w.Watch(w.Context()))
		if w.work(1) == nil {
			t.Error("a failure that may mend is given up")
		}
		topics()
		w.post.fail = nil
		w.ok(w.work(2))
		topics(Feeds)
		w.ok(w.work(2)) // it was not wanted meanwhile
		w.tells("")
		for _, fail := range []error{outreach.Rejected(errors.New("no such mailbox")), nil} {
			w.exec(`DELETE FROM alarm`)
			w.exec(`DELETE FROM alarm_mail`)
			w.post.fail = fail
			w.ok(w.Watch(w.Context()))
			w.ok(w.work(1))
			w.ok(w.work(1))
		}
		w.tells("ola: Bean: a feed that cannot be read")
	})
}

// TestEverybodyChoosesForThemselves, and somebody else only with the right to.
func TestEverybodyChoosesForThemselves(t *testing.T) {
	each(t, func(w *town) {
		ola, tim, mia := w.hires("ola", auth.Owner, i18n.English), w.hires("tim", auth.Till, i18n.English), w.hires("mia", auth.Marketer, i18n.English)
		mine := func(a auth.Actor) Choice {
			c, err := w.Mine(w.Context(), a, w.prog.ID)
			w.ok(err)
			return c
		}
		if c := mine(ola); !c.Usual || joined(c.Topics) != "complaints people answers trust discounts jobs" || joined(c.Open) != "complaints people answers mentions feeds trust discounts jobs" {
			t.Errorf("an owner is told of %+v", c)
		}
		if c := mine(tim); len(c.Topics) != 0 || joined(c.Open) != "" && joined(c.Open) != "mentions feeds" {
			t.Errorf("a till is told of %+v", c)
		}
		if c := mine(mia); len(c.Topics) != 0 || joined(c.Open) != "mentions feeds trust discounts" {
			t.Errorf("a marketer is told of %+v", c)
		}
		_, err := w.Choose(w.Context(), mia, w.prog.ID, mia.ID, []Topic{Complaints})
		w.refuses(err, "alarm_topic")
		_, err = w.Choose(w.Context(), mia, w.prog.ID, ola.ID, nil)
		w.refuses(err, "not_permitted")
		_, err = w.Choose(w.Context(), ola, w.prog.ID, 1, nil)
		w.refuses(err, "unknown_staff")
		_, err = w.Choose(w.Context(), ola, w.prog.ID, mia.ID, []Topic{Feeds, Mentions, Feeds})
		w.ok(err)
		if c := mine(mia); c.Usual || joined(c.Topics) != "mentions feeds" {
			t.Errorf("she is told of %+v", c)
		}
		_, err = w.Choose(w.Context(), ola, w.prog.ID, ola.ID, nil)
		w.ok(err)
		if c := mine(ola); c.Usual || len(c.Topics) != 0 {
			t.Errorf("who wants nothing is told of %+v", c)
		}
		list, err := w.Choices(w.Context(), ola, w.prog.ID)
		w.ok(err)
		if len(list) != 3 || list[0].Name != "mia" {
			t.Errorf("the choices are %+v", list)
		}
		_, err = w.Choices(w.Context(), mia, w.prog.ID)
		w.refuses(err, "not_permitted")
		_, err = w.Mine(w.Context(), boss, w.prog.ID)
		w.refuses(err, "alarm_not_staff")
		if got := w.dumped(); !strings.Contains(got, `"topics":["mentions","feeds"]`) {
			t.Errorf("the export has %s", got)
		}
	})
}

// dies puts a job into the books that failed for good, of a programme or of none.
func (w *town) dies(of id.ID) {
	w.Helper()
	w.n++
	w.exec(`INSERT INTO job (id, kind, unique_key, payload, added_at, next_at, attempt, max_attempts, failed_at, error)
		VALUES ($1, 'plan.tell', $2, $3, $4, 9223372036854775807, 5, 5, $4, 'no answer')`, w.n, fmt.Sprint(w.n), fmt.Sprintf(`{"programme":%d}`, of), db.Micros(w.clock))
}

// TestJobsThatDiedAreToldToOwners: those of the programme once, more of them after
// a day, those of none to who may know of the whole installation, and none once
// somebody has seen to them.
func TestJobsThatDiedAreToldToOwners(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("ola", auth.Owner, "")
		max := w.hires("max", auth.Manager, "")
		w.watches()
		w.tells("")
		w.dies(w.prog.ID)
		w.watches()
		w.tells("ola: Bean: jobs that failed for good")
		w.clock = w.clock.Add(time.Hour)
		w.dies(w.prog.ID)
		w.watches()
		w.tells("")
		w.clock = w.clock.Add(day)
		w.watches()
		w.tells("ola: Bean: jobs that failed for good")

		list, err := w.List(w.Context(), ola, w.prog.ID)
		w.ok(err)
		if len(list) != 2 || fmt.Sprint(list[0].Text.Args["n"]) != "2" || list[0].Path != "/jobs?state=dead" || !list[0].Ended.IsZero() {
			w.Errorf("listed %+v", *list[0])
		}
		if _, err := w.Choose(w.Context(), max, w.prog.ID, max.ID, []Topic{Jobs}); err != nil {
			w.Errorf("a manager may not choose it: %v", err)
		}

		w.dies(0)
		w.dies(w.prog.ID + 1)
		w.watches()
		w.tells("") // neither ola nor max may know of the whole installation
		w.exec(`UPDATE staff_role SET programme_id = 0 WHERE staff_id = $1`, ola.ID)
		w.clock = w.clock.Add(2 * day)
		w.dies(0)
		w.watches()
		w.tells("ola: Bean: jobs that failed for good")
		if list, err := w.List(w.Context(), max, w.prog.ID); err != nil || len(list) != 2 {
			w.Errorf("a manager is shown %d alarms, %v", len(list), err)
		}

		w.exec(`DELETE FROM job WHERE next_at = 9223372036854775807`)
		w.watches()
		list, err = w.List(w.Context(), ola, w.prog.ID)
		w.ok(err)
		for _, n := range list {
			if n.Ended.IsZero() {
				w.Errorf("%s goes on", n.Subject)
			}
		}
		w.sound()
	})
}

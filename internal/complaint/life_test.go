package complaint

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// TestALateAnswerStaysLate: no other severity makes an answer timely that was due
// before; while it is not due yet, the time follows the severity.
func TestALateAnswerStaysLate(t *testing.T) {
	each(t, func(w *town) {
		judges := func(n id.ID, severity Severity) time.Time {
			w.Helper()
			_, err := w.Judge(w.Context(), boss, w.Programme.ID, n, Judgement{Severity: severity})
			w.OK(err)
			return w.get(n).FirstDue
		}
		o := w.opens(w.asks())
		if due := judges(o.ID, Low); !due.After(o.FirstDue) {
			w.Errorf("judged as low at once, the first answer is due at %s, before at %s", due, o.FirstDue)
		}
		if due := judges(o.ID, Normal); !due.Equal(o.FirstDue) {
			w.Errorf("judged as normal again, the first answer is due at %s, before at %s", due, o.FirstDue)
		}
		w.Set(o.FirstDue.Add(time.Minute))
		if due := judges(o.ID, Low); !due.Equal(o.FirstDue) {
			w.Errorf("overdue and judged as low, the first answer is due at %s, before at %s", due, o.FirstDue)
		}
		_, err := w.Answer(w.Context(), boss, w.Programme.ID, o.ID, Answer{Text: "Sorry."})
		w.OK(err)
		timely := w.opens(w.asks())
		w.Pass(time.Minute)
		_, err = w.Answer(w.Context(), boss, w.Programme.ID, timely.ID, Answer{Text: "At once."})
		w.OK(err)
		if due := judges(timely.ID, High); !due.Equal(timely.FirstDue) {
			w.Errorf("answered and judged as high, it was due at %s, before at %s", due, timely.FirstDue)
		}
		w.Clean(Room())
	})
}

func TestACaseLivesByItsClock(t *testing.T) {
	each(t, func(w *town) {
		o := w.opens(w.asks())
		if o.Price != 100_00 || o.ShopID != w.shop || o.Severity != Normal || len(o.PIN) != 6 {
			w.Errorf("the case opened as %+v", o.Case)
		}
		if want := monday.Add(8 * time.Hour); !o.FirstDue.Equal(want) {
			w.Errorf("the first answer is due at %s, want %s", o.FirstDue, want)
		}
		// Fourteen days after the day of opening, until the end of the last.
		if want := time.Date(2026, 6, 22, 22, 0, 0, 0, time.UTC); !o.LegalDue.Equal(want) {
			w.Errorf("the law wants an answer by %s, want %s", o.LegalDue, want)
		}
		w.Pass(2 * time.Hour)
		_, err := w.Answer(w.Context(), boss, w.Programme.ID, o.ID, Answer{Text: "Please send us a photo.", Wait: true})
		w.OK(err)
		w.is(o.ID, Waiting)
		w.Pass(5 * 24 * time.Hour)
		if f := w.get(o.ID); f.Elapsed != 2*time.Hour {
			w.Errorf("while the customer was waited for, %s were counted", f.Elapsed)
		}
		w.OK(w.Reply(w.Context(), w.Programme.ID, w.ticket(o), "Here it is 🙏", [][]byte{snapshot(w.T, 300, 200)}))
		w.is(o.ID, Open)
		before := w.get(o.ID)
		_, err = w.Judge(w.Context(), boss, w.Programme.ID, o.ID, Judgement{Severity: High, Cause: "supplier"})
		w.OK(err)
		if after := w.get(o.ID); !after.Due.Before(before.Due) || after.Cause != "supplier" || len(after.Photos) != 1 {
			w.Errorf("judged as high, the solution is due at %s, before at %s", after.Due, before.Due)
		}
		_, err = w.Solve(w.Context(), boss, w.Programme.ID, o.ID)
		w.OK(err)
		w.OK(w.NotSolved(w.Context(), w.Programme.ID, w.ticket(o), "It leaks again"))
		w.is(o.ID, Reopened)
		w.OK(w.NotSolved(w.Context(), w.Programme.ID, w.ticket(o), "It leaks again"))
		if f := w.get(o.ID); f.Reopenings != 1 {
			w.Errorf("it was reopened %d times", f.Reopenings)
		}
		_, err = w.Solve(w.Context(), boss, w.Programme.ID, o.ID)
		w.OK(err)
		w.works()
		w.Clean(Room())
		w.Pass(15 * 24 * time.Hour)
		w.OK(w.Sweep(w.Context()))
		w.is(o.ID, Closed)
		w.Pass(20 * 24 * time.Hour)
		w.Refuses(w.NotSolved(w.Context(), w.Programme.ID, w.ticket(o), ""), "case_over")
		w.Refuses(w.Reply(w.Context(), w.Programme.ID, w.ticket(o), "Hello?", nil), "case_over")
		w.Clean(Room())
	})
}

func TestTheTimelineTellsOfACase(t *testing.T) {
	each(t, func(w *town) {
		o := w.opens(w.asks())
		_, err := w.Solve(w.Context(), boss, w.Programme.ID, o.ID)
		w.OK(err)
		w.works()
		list, err := journal.Timeline(w.Context(), w.DB.Reader(), []id.ID{w.anna}, journal.Cursor{}, 10, "custom.complaint_opened", "custom.complaint_solved")
		w.OK(err)
		if len(list) != 2 {
			w.Fatalf("the timeline holds %d events", len(list))
		}
		for _, e := range list {
			if body := string(e.Body); !strings.Contains(body, o.ID.In(id.Case)) || strings.Contains(body, "leaks") {
				w.Errorf("the event says %s", body)
			}
		}
		waiting, err := jobs.List(w.Context(), w.DB.Reader(), jobs.Waiting, 0, 100)
		w.OK(err)
		for _, j := range waiting {
			if strings.Contains(string(j.Payload), "leaks") {
				w.Errorf("a job tells what was said: %s", j.Payload)
			}
		}
	})
}

func TestTheSameRequestOpensOneCase(t *testing.T) {
	each(t, func(w *town) {
		ask := w.asks()
		ask.Name = "form-1"
		first, again := w.opens(ask), w.opens(ask)
		if again.ID != first.ID || again.PIN != first.PIN || !again.Repeated || first.Repeated {
			w.Errorf("sent again it is %v with PIN %s", again.ID, again.PIN)
		}
		ask.Name = "form-2"
		if other := w.opens(ask); other.ID == first.ID || other.PIN == first.PIN {
			w.Error("another request got the same case or PIN")
		}
		w.Clean(Room())
	})
}

func TestNobodyGuessesACase(t *testing.T) {
	each(t, func(w *town) {
		o := w.opens(w.asks())
		bob, _ := w.buys("bob", 1_00)
		for _, k := range []Ticket{{}, {Track: "0000-00000", PIN: o.PIN}, {Track: o.Track}, {Track: o.Track, PIN: "0000000"}, {Track: newTrack(), PIN: o.PIN}, {Track: o.Track, MemberID: bob}} {
			_, err := w.Follow(w.Context(), w.Programme.ID, k, i18n.English)
			w.Refuses(err, "case_not_found")
		}
		v, err := w.Follow(w.Context(), w.Programme.ID, Ticket{Track: " " + strings.ToLower(ShowTrack(o.Track)), PIN: o.PIN}, i18n.English)
		w.OK(err)
		if len(v.Messages) != 1 || v.Messages[0].Actor != "" {
			w.Errorf("the customer sees %+v", v.Messages)
		}
		for range freeTries {
			_, err := w.Follow(w.Context(), w.Programme.ID, Ticket{Track: o.Track, PIN: "999999x"}, i18n.English)
			w.Refuses(err, "case_not_found")
		}
		_, err = w.Follow(w.Context(), w.Programme.ID, w.ticket(o), i18n.English)
		w.Refuses(err, "case_not_found") // shut, and that is not told either
		w.Pass(firstShut)
		_, err = w.Follow(w.Context(), w.Programme.ID, w.ticket(o), i18n.English)
		w.OK(err)
	})
}

func TestWhomItConcernsNeverSeesACase(t *testing.T) {
	each(t, func(w *town) {
		marek, ola, chief := w.hires("Marek", auth.Agent), w.hires("Ola", auth.Agent), w.hires("Chief", auth.Manager)
		ask := w.asks()
		ask.SubjectID = marek.ID
		o := w.opens(ask)
		_, err := w.Get(w.Context(), marek, w.Programme.ID, o.ID)
		w.Refuses(err, "unknown_case")
		list, err := w.List(w.Context(), marek, Query{ProgrammeID: w.Programme.ID, Limit: 10})
		w.OK(err)
		if len(list) != 0 {
			w.Error("the list shows it to whom it concerns")
		}
		_, err = w.Solve(w.Context(), marek, w.Programme.ID, o.ID)
		w.Refuses(err, "unknown_case")
		_, err = w.Assign(w.Context(), ola, w.Programme.ID, o.ID, marek.ID)
		w.Refuses(err, "case_owner")
		_, err = w.Assign(w.Context(), ola, w.Programme.ID, o.ID, ola.ID)
		w.OK(err)

		s, version, err := w.Settings(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		s.Superiors = []id.ID{marek.ID, chief.ID}
		_, err = w.SetSettings(w.Context(), boss, w.Programme.ID, version, s)
		w.OK(err)
		_, err = w.SetSettings(w.Context(), boss, w.Programme.ID, version, s)
		w.Refuses(err, "case_settings_changed")
		w.OK(w.Sweep(w.Context()))
		if f := w.get(o.ID); f.OwnerID != ola.ID {
			w.Error("what is in time was escalated")
		}
		w.Pass(10 * 24 * time.Hour)
		w.OK(w.Sweep(w.Context()))
		if f := w.get(o.ID); f.OwnerID == marek.ID {
			w.Error("what is late is handed to whom it concerns")
		}
		w.OK(w.Sweep(w.Context()))
		if f := w.get(o.ID); f.OwnerID != chief.ID || f.Escalations != 2 {
			w.Errorf("what is late is with %s after %d escalations", f.OwnerID.In(id.Staff), f.Escalations)
		}
		_, err = w.Judge(w.Context(), boss, w.Programme.ID, o.ID, Judgement{SubjectID: chief.ID})
		w.OK(err)
		if f := w.get(o.ID); f.OwnerID != 0 {
			w.Error("whom it concerns now owns it still")
		}
		w.Clean(Room())
	})
}

func TestWishesAreDecided(t *testing.T) {
	each(t, func(w *town) {
		o := w.opens(Ask{Kind: Wish, Reason: Other, Wanted: JustTelling, MemberID: w.anna, Source: FromWeb, Text: "أريد شاي النعناع"})
		w.is(o.ID, Fresh)
		_, err := w.Solve(w.Context(), boss, w.Programme.ID, o.ID)
		w.Refuses(err, "case_kind")
		_, err = w.Decide(w.Context(), boss, w.Programme.ID, o.ID, Planned)
		w.OK(err)
		w.Pass(time.Hour)
		_, err = w.Decide(w.Context(), boss, w.Programme.ID, o.ID, Done)
		w.OK(err)
		var n int
		w.OK(w.DB.Reader().QueryRow(w.Context(), `SELECT COUNT(*) FROM job WHERE kind = 'contact.wanted'`).Scan(&n))
		if n != 2 {
			w.Errorf("the author is told %d times, want 2", n)
		}
		troubles, err := w.Open(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{w.anna})
		w.OK(err)
		if len(troubles) != 0 {
			w.Errorf("a wish is no incident: %v", troubles)
		}
		w.Clean(Room())
	})
}

func TestAnOpenCaseIsAnIncident(t *testing.T) {
	each(t, func(w *town) {
		o := w.opens(w.asks())
		is := func(open bool, solved time.Time) {
			w.Helper()
			list, err := w.Open(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{w.anna})
			w.OK(err)
			if len(list) != 1 || list[0].Open != open || !list[0].Solved.Equal(solved) {
				w.Errorf("the incidents are %+v", list)
			}
		}
		is(true, time.Time{})
		w.Pass(time.Hour)
		_, err := w.Solve(w.Context(), boss, w.Programme.ID, o.ID)
		w.OK(err)
		is(false, w.Now())
		if n, err := w.OpenCount(w.Context(), w.DB.Reader(), w.Programme.ID, []id.ID{w.anna}); err != nil || n != 0 {
			w.Errorf("%d are open, %v", n, err)
		}
	})
}

func TestNothingIsLeftOfTheErased(t *testing.T) {
	each(t, func(w *town) {
		ask := w.asks()
		ask.Text, ask.Contact, ask.Reference, ask.Photos = "MARKER text", "MARKER@example.com", "MARKER-1", [][]byte{snapshot(w.T, 50, 50)}
		o := w.opens(ask)
		_, err := w.Answer(w.Context(), boss, w.Programme.ID, o.ID, Answer{Text: "MARKER, we saw it", Note: true})
		w.OK(err)
		w.OK(w.DB.View(w.Context(), func(q db.Queryer) error {
			kept, err := Room().Export(w.Context(), q, w.Programme.ID, []id.ID{w.anna})
			if err == nil && len(kept.([]Record)) != 1 {
				w.Errorf("the export holds %v", kept)
			}
			return err
		}))
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, w.anna))
		f := w.get(o.ID)
		if f.Contact+f.Reference != "" || len(f.Photos) != 0 || len(f.Messages) != 2 {
			w.Errorf("after erasure the case is %+v", f)
		}
		for _, m := range f.Messages {
			if m.Text != "" {
				w.Errorf("after erasure it says %q", m.Text)
			}
		}
		_, err = w.Follow(w.Context(), w.Programme.ID, w.ticket(o), i18n.English)
		w.Refuses(err, "case_not_found")
		found, err := member.Read(w.Context(), w.DB.Reader(), []id.ID{w.anna})
		w.OK(err)
		if found[w.anna].Status != member.Erased {
			w.Error("the member was not erased")
		}
		w.Clean(Room())
	})
}

func TestAnApologyLeavesNothingOut(t *testing.T) {
	each(t, func(w *town) {
		o := w.opens(w.asks())
		whole := Apology{Name: "Anna", Happened: "The pot you bought leaks.", Changes: "We test each pot before it is sold.", Who: "Ola, Old Town"}
		for _, cut := range []func(a *Apology){
			func(a *Apology) { a.Name = " " }, func(a *Apology) { a.Happened = "" }, func(a *Apology) { a.Changes = "" }, func(a *Apology) { a.Who = "" },
		} {
			part := whole
			cut(&part)
			_, err := w.Apologise(w.Context(), boss, w.Programme.ID, o.ID, part, false)
			w.Refuses(err, "case_apology")
		}
		_, err := w.Apologise(w.Context(), boss, w.Programme.ID, o.ID, whole, false)
		w.OK(err)
		other := w.opens(w.asks())
		_, err = w.Answer(w.Context(), boss, w.Programme.ID, other.ID, Answer{Text: "  we are  sorry "})
		w.OK(err)
		_, err = w.Answer(w.Context(), boss, w.Programme.ID, o.ID, Answer{Text: "We are sorry"})
		w.OK(err)
		r, err := w.Report(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		if r.Answers != 3 || r.Canned != 2 {
			w.Errorf("%d of %d answers are canned, want 2 of 3", r.Canned, r.Answers)
		}
	})
}

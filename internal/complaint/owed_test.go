package complaint

import (
	"strconv"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
)

// owes opens a case for a broken promise to Anna.
func (w *town) owes(name string) *File {
	w.Helper()
	w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
		return w.OweLater(w.Context(), tx, Debt{ProgrammeID: w.Programme.ID, MemberID: w.anna, Name: name, Reasons: []string{"quality"}, Reference: "1"})
	}))
	for _, j := range w.Waiting(OweJob) {
		w.OK(w.Owe(w.Context(), &jobs.Job{ID: j.ID, Kind: j.Kind, Payload: j.Payload}))
	}
	list, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Limit: 1})
	w.OK(err)
	return w.get(list[0].ID)
}

// TestWhatIsOwedIsNoComplaint: cases of broken promises count in no rate, no bar, no
// recurrence and no pattern of people; they stand apart. They are open cases all the
// same.
func TestWhatIsOwedIsNoComplaint(t *testing.T) {
	each(t, func(w *town) {
		first := w.owes("promise:1")
		w.Pass(time.Hour)
		told := w.opens(w.asks())
		for i := range 6 {
			w.owes("promise:more " + strconv.Itoa(i))
		}
		for _, n := range []id.ID{first.ID, told.ID} {
			_, err := w.Judge(w.Context(), boss, w.Programme.ID, n, Judgement{Cause: "carrier"})
			w.OK(err)
		}
		_, err := w.Approve(w.Context(), w.hires("Ida", auth.Owner), w.Programme.ID, first.ID, first.Remedies[0].ID)
		w.OK(err)
		_, err = w.Solve(w.Context(), boss, w.Programme.ID, first.ID)
		w.OK(err)
		for _, name := range []string{"Ola", "Ala"} { // beside whom seven would be many
			w.gives(w.hires(name, auth.Agent), told.ID, RemedyAsk{Kind: Refund, Amount: 1_00})
		}
		w.Pass(time.Hour)
		r, err := w.Report(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		if r.All.Complaints != 1 || len(r.Reasons) != 1 || r.Reasons[0].Count != 1 || len(r.Causes) != 1 || r.Causes[0].Count != 1 || r.Recurred != 0 || r.Solved != 0 || r.Given != 2_00 {
			w.Errorf("of complaints it says %+v", r)
		}
		if last := r.Weeks[len(r.Weeks)-1]; last.Complaints != 1 {
			w.Errorf("the chart shows %d", last.Complaints)
		}
		if want := (Owed{Opened: 7, Solved: 1, Given: 50_00, GivenPoints: 5000}); r.Owed != want {
			w.Errorf("of what is owed it says %+v, want %+v", r.Owed, want)
		}
		if len(r.Staff) != 0 {
			w.Errorf("an alarm about %+v", r.Staff)
		}
		if w.get(told.ID).Recurred {
			w.Error("a broken promise before makes a complaint one that recurs")
		}
		q, from := w.DB.Reader(), monday.Add(-time.Hour)
		counts, _, err := w.Caused(w.Context(), q, w.Programme.ID, from, w.Now())
		w.OK(err)
		before, after, err := w.Around(w.Context(), q, w.Programme.ID, "carrier", monday.Add(30*time.Minute), week)
		w.OK(err)
		if counts["carrier"] != 1 || len(counts) != 1 || before.Complaints != 0 || after.Complaints != 1 {
			w.Errorf("of causes it counts %v, before %+v, after %+v", counts, before, after)
		}
		made, err := OpenedSince(w.Context(), q, w.Programme.ID, []id.ID{w.anna}, from)
		w.OK(err)
		got, err := Received(w.Context(), q, w.Programme.ID, from, w.Now())
		w.OK(err)
		open, err := Unsolved(w.Context(), q, w.Programme.ID, []id.ID{w.anna})
		w.OK(err)
		if len(made) != 1 || len(got) != 1 || len(open) != 7 {
			w.Errorf("%d were made, %d received, %d are open; want 1, 1, 7", len(made), len(got), len(open))
		}
		w.works()
		for kind, want := range map[journal.Kind]int{EventOpened: 1, EventSolved: 0, EventOwed: 7, EventAmends: 1} {
			list, err := journal.Timeline(w.Context(), q, []id.ID{w.anna}, journal.Cursor{}, 20, kind)
			w.OK(err)
			if len(list) != want {
				w.Errorf("the timeline tells %d times of %s, want %d", len(list), kind, want)
			}
		}
		w.Clean(Room())
	})
}

// TestWhoeverIsOwedDidNotComplain: they count on no side of those who came back.
func TestWhoeverIsOwedDidNotComplain(t *testing.T) {
	each(t, func(w *town) {
		w.owes("promise:1")
		w.Pass(100 * day)
		r, err := w.Recovery(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		if r.Complained != 0 {
			w.Errorf("%d complained", r.Complained)
		}
	})
}

// TestARecurrenceIsSeenAcrossTheReport: what came before the report's weeks counts
// as before, and both accounts of a person are theirs.
func TestARecurrenceIsSeenAcrossTheReport(t *testing.T) {
	each(t, func(w *town) {
		other, sold := w.buys("anna's other card", 10_00)
		ask := w.asks()
		ask.MemberID, ask.SaleID = other, sold
		w.opens(ask)
		w.Pass(80 * day)
		w.opens(w.asks())
		w.Pass(reportWeeks*week - 40*day) // the first is older than the report
		recurred := func(want int64) {
			w.Helper()
			r, err := w.Report(w.Context(), boss, w.Programme.ID)
			w.OK(err)
			if r.Recurred != want || r.All.Complaints != 1 {
				w.Errorf("%d of %d recurred, want %d of 1", r.Recurred, r.All.Complaints, want)
			}
		}
		recurred(0)
		_, err := w.Flow.Merge(w.Context(), boss, w.Programme.ID, w.anna, other)
		w.OK(err)
		recurred(1)
	})
}

// TestTheLawsClockNeverStands: a complaint in which the customer is waited for is
// late by the law's clock, and by that alone.
func TestTheLawsClockNeverStands(t *testing.T) {
	each(t, func(w *town) {
		chief := w.hires("Chief", auth.Manager)
		s, version, err := w.Settings(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		s.Superiors = []id.ID{chief.ID}
		_, err = w.SetSettings(w.Context(), boss, w.Programme.ID, version, s)
		w.OK(err)
		o := w.opens(w.asks())
		_, err = w.Answer(w.Context(), boss, w.Programme.ID, o.ID, Answer{Text: "Which pot was it?", Wait: true})
		w.OK(err)
		late := func(want bool) {
			w.Helper()
			w.OK(w.Sweep(w.Context()))
			list, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Overdue: true, Limit: 10})
			w.OK(err)
			f := w.get(o.ID)
			if f.Late(w.Now()) != want || (len(list) == 1) != want || (f.OwnerID == chief.ID) != want {
				w.Errorf("after %s it is late: %t, listed: %d, and with %s", w.Now().Sub(monday), f.Late(w.Now()), len(list), f.OwnerID.In(id.Staff))
			}
		}
		w.Pass(13 * day) // beyond our own clock, were it not standing
		late(false)
		w.Pass(2 * day)
		late(true)
		w.Clean(Room())
	})
}

// TestTheBoardIsInOrder: by what Case.Next says, and then what has no clock.
func TestTheBoardIsInOrder(t *testing.T) {
	each(t, func(w *town) {
		w.opens(Ask{Kind: Wish, Reason: Other, Wanted: JustTelling, Source: FromWeb, Text: "Tea"})
		for i, severity := range []Severity{Low, High, Normal, Low, High, Normal} {
			ask := w.asks()
			ask.Severity = severity
			o := w.opens(ask)
			switch i {
			case 2, 3:
				_, err := w.Answer(w.Context(), boss, w.Programme.ID, o.ID, Answer{Text: "Which?", Wait: i == 3})
				w.OK(err)
			case 4:
				_, err := w.Solve(w.Context(), boss, w.Programme.ID, o.ID)
				w.OK(err)
			}
			w.Pass(3 * time.Hour)
		}
		list, err := w.Board(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Limit: 10})
		w.OK(err)
		var before time.Time
		for i, c := range list {
			next := c.Next()
			if c.Unsolved() == next.IsZero() || !next.IsZero() && (next.Before(before) || i > 4) {
				w.Errorf("at %d stands a %s %s due at %s, after one due at %s", i, c.State, c.Kind, next, before)
			}
			before = next
		}
		ours, err := w.Board(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Ours: true, Limit: 10})
		w.OK(err)
		if len(list) != 7 || len(ours) != 5 {
			w.Errorf("%d on the board, %d ours; want 7 and 5", len(list), len(ours))
		}
		clocks, err := w.Clocks(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		c := ours[0]
		clock := clocks.Of(c.ShopID)
		if left := c.Left(clock, c.Promised().Add(-90*time.Minute)); left != 90*time.Minute {
			w.Errorf("%s are left", left)
		}
		if left := c.Left(clock, clock.After(c.Promised(), 2*time.Hour)); left != -2*time.Hour {
			w.Errorf("late it is %s", left)
		}
		_, err = w.Clocks(w.Context(), auth.Actor{}, w.Programme.ID)
		w.Refuses(err, "not_permitted")
	})
}

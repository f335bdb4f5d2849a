package factor

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/touch"
)

// plan is an action about a factor, due in so many days.
func (w *town) plan(owner id.ID, f Code, days int) *Action {
	w.Helper()
	n, err := w.Add(w.Context(), boss, w.Programme.ID, Spec{
		Factor: f, Title: "Mend " + string(f), Why: "Customers say so", OwnerID: owner, Cost: 100_00, Effort: Weeks, Due: w.day(days),
	})
	w.OK(err)
	return n
}

func (w *town) day(days int) time.Time {
	y, m, d := w.Now().In(w.Programme.Zone).Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, w.Programme.Zone).UTC()
}

func (w *town) backlogOf(a auth.Actor) []Item {
	w.Helper()
	list, err := w.Backlog(w.Context(), a, w.Programme.ID)
	w.OK(err)
	return list
}

// TestBacklogIsOrderedByImportanceTimesGap lists actions of the most pressing
// factor first, corrective actions among them, and says what is overdue.
func TestBacklogIsOrderedByImportanceTimesGap(t *testing.T) {
	each(t, func(w *town) {
		olga := w.hires("olga", auth.Manager, w.Programme.ID)
		for range 12 {
			w.opens(complaint.Complaint, "queue", "Slow")
		}
		for range 14 {
			w.opens(complaint.Praise, "staff", "Kind")
		}
		few, good, bad := w.plan(olga.ID, Reviews, 1), w.plan(olga.ID, Serving, 5), w.plan(olga.ID, Speed, 9)
		fix, err := w.Cases.Act(t.Context(), boss, w.Programme.ID, complaint.Action{Cause: "carrier", Title: "Another carrier", OwnerID: olga.ID, Due: w.day(3)})
		w.OK(err)
		list := w.backlogOf(boss)
		if len(list) != 4 || list[0].Corrective == nil || list[0].Corrective.ID != fix.ID || list[1].Action.ID != bad.ID {
			t.Fatalf("the first of %d is not the corrective action, then that about speed", len(list))
		}
		if list[2].Action.ID != few.ID && list[2].Action.ID != good.ID || list[0].Factor != Speed || list[3].Figure.Placed && list[3].Figure.Priority > 0 {
			t.Errorf("the rest is %+v", list[2:])
		}
		w.Set(w.day(2).Add(time.Hour))
		for _, n := range w.backlogOf(boss) {
			if n.Overdue != (n.Action != nil && n.Action.ID == few.ID) {
				t.Errorf("what is due on %v is overdue: %v", n.Due(), n.Overdue)
			}
		}
		mark := w.hires("mark", auth.Marketer, w.Programme.ID)
		if n := len(w.backlogOf(mark)); n != 3 {
			t.Errorf("who reads no cases sees %d actions", n)
		}
	})
}

// TestActionsLifeAndWhatFollowed turns an action through its states and sets
// feedback before beside feedback after.
func TestActionsLifeAndWhatFollowed(t *testing.T) {
	each(t, func(w *town) {
		olga := w.hires("olga", auth.Manager, w.Programme.ID)
		for range 12 {
			w.opens(complaint.Complaint, "queue", "Slow")
		}
		n := w.plan(olga.ID, Speed, 30)
		turn := func(to State, why string) error {
			_, err := w.Turn(t.Context(), olga, w.Programme.ID, n.ID, to, why)
			return err
		}
		w.Refuses(turn(Dropped, " "), "factor_dropped")
		w.Refuses(turn("begun", ""), "factor_state")
		w.Set(w.Now().Add(time.Hour))
		w.OK(turn(Doing, ""))
		w.Set(w.Now().AddDate(0, 0, 7))
		w.OK(turn(Done, ""))
		item, err := w.Item(t.Context(), boss, w.Programme.ID, n.ID)
		w.OK(err)
		if item.Open || item.Effect == nil || item.Effect.Shown || item.Effect.BeforeN != 12 {
			t.Fatalf("just done it is followed by %+v", item.Effect)
		}
		for range 10 {
			w.opens(complaint.Praise, "queue", "Quick")
		}
		w.Set(w.Now().AddDate(0, 0, 200))
		for range 5 {
			w.opens(complaint.Complaint, "queue", "Slow again, but long after")
		}
		item, err = w.Item(t.Context(), boss, w.Programme.ID, n.ID)
		w.OK(err)
		if e := item.Effect; !e.Shown || e.AfterN != 10 || !near(e.Change.Value, 1) || e.Change.Low <= 0 {
			t.Errorf("it is followed by %+v", e)
		}
		w.OK(turn(Dropped, "It did not help"))
		if found := strings.Join(w.Faults(Room()), "\n"); found != "" {
			t.Error(found)
		}
	})
}

// served stands for reviews and sales: 100 customers in any days that are over
// when an action is done, 200 since, with a confirmed review from every tenth
// and every fourth.
type served struct {
	done  time.Time
	asked [][2]time.Time
}

func (v *served) Support(_ context.Context, _ auth.Actor, _ id.ID, from, to time.Time) (touch.Support, error) {
	v.asked = append(v.asked, [2]time.Time{from, to})
	if from.Before(v.done) {
		return touch.Support{ByCustomers: touch.Index{Base: 100, Sure: 10}}, nil
	}
	return touch.Support{ByCustomers: touch.Index{Base: 200, Sure: 50}}, nil
}

// TestWhatFollowedInTheSupportIndex compares equally many days on both sides.
func TestWhatFollowedInTheSupportIndex(t *testing.T) {
	each(t, func(w *town) {
		olga := w.hires("olga", auth.Manager, w.Programme.ID)
		n := w.plan(olga.ID, Speed, 30)
		began := w.Now()
		_, err := w.Turn(t.Context(), olga, w.Programme.ID, n.ID, Doing, "")
		w.OK(err)
		w.Set(w.Now().AddDate(0, 0, 7))
		_, err = w.Turn(t.Context(), olga, w.Programme.ID, n.ID, Done, "")
		w.OK(err)
		reviews := &served{done: w.Now()}
		w.Support = reviews
		for days, over := range map[int]int{20: 20, 200: Window} {
			w.Set(reviews.done.AddDate(0, 0, days))
			reviews.asked = nil
			item, err := w.Item(t.Context(), boss, w.Programme.ID, n.ID)
			w.OK(err)
			e := item.Support
			if e == nil || !e.Shown() || !near(e.Change.Value, 0.15) || e.Change.Low <= 0 {
				t.Fatalf("it is followed by %+v", e)
			}
			span := time.Duration(over) * 24 * time.Hour
			want := [][2]time.Time{{began.Add(-span), began}, {reviews.done, reviews.done.Add(span)}}
			if !slices.Equal(reviews.asked, want) {
				t.Errorf("after %d days it was asked for %v, want %v", days, reviews.asked, want)
			}
		}
		list, err := w.Backlog(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		if list[0].Support != nil {
			t.Error("the list asks for it too")
		}
	})
}

// TestActionsAreChecked refuses what is incomplete, by somebody who may not, or
// of a version that is gone.
func TestActionsAreChecked(t *testing.T) {
	each(t, func(w *town) {
		olga := w.hires("olga", auth.Manager, w.Programme.ID)
		whole := Spec{Factor: Speed, Title: "More tills", Why: "Queues", OwnerID: olga.ID, Effort: Months, Due: w.day(1)}
		for code, change := range map[string]func(*Spec){
			"factor_action": func(s *Spec) { *s = Spec{} },
			"factor_off":    func(s *Spec) { s.Factor = "rest" },
			"factor_effort": func(s *Spec) { s.Effort = "years" },
			"factor_cost":   func(s *Spec) { s.Cost = -1 },
			"factor_line":   func(s *Spec) { s.Title = "a\nb" },
			"factor_staff":  func(s *Spec) { s.OwnerID = 7 },
		} {
			spec := whole
			change(&spec)
			_, err := w.Add(t.Context(), boss, w.Programme.ID, spec)
			w.Refuses(err, code)
		}
		n, err := w.Add(t.Context(), olga, w.Programme.ID, whole)
		w.OK(err)
		whole.Title = "Two more tills"
		_, err = w.Change(t.Context(), olga, w.Programme.ID, n.ID, n.Version, whole)
		w.OK(err)
		_, err = w.Change(t.Context(), olga, w.Programme.ID, n.ID, n.Version, whole)
		w.Refuses(err, "factor_action_changed")
		reader := w.hires("rita", auth.ReadOnly, w.Programme.ID)
		_, err = w.Add(t.Context(), reader, w.Programme.ID, whole)
		w.Refuses(err, "not_permitted")
		_, err = w.Turn(t.Context(), olga, w.Programme.ID, 99, Done, "")
		w.Refuses(err, "unknown_factor_action")
	})
}

// TestEverywhereHoldsWhatMayBeSeen joins the lists of the programmes of who
// asks, and of no other.
func TestEverywhereHoldsWhatMayBeSeen(t *testing.T) {
	each(t, func(w *town) {
		second, third := w.Founds(program.Programme{Slug: "leaf"}), w.Founds(program.Programme{Slug: "root"})
		olga := w.hires("olga", auth.Manager, w.Programme.ID, second.ID)
		boris := w.hires("boris", auth.Manager, third.ID)
		w.plan(olga.ID, Speed, 4)
		for _, p := range []id.ID{second.ID, third.ID} {
			_, err := w.Add(t.Context(), boss, p, Spec{Factor: Value, Title: "Cheaper", Why: "Dear", OwnerID: boris.ID, Effort: AtOnce, Due: w.day(2)})
			w.OK(err)
		}
		list, err := w.Everywhere(t.Context(), olga)
		w.OK(err)
		if len(list) != 2 || list[0].Programme.ID != second.ID {
			t.Errorf("%d actions are everywhere, the first of %d", len(list), list[0].Programme.ID)
		}
		if list, err = w.Everywhere(t.Context(), boris); err != nil || len(list) != 1 {
			t.Errorf("the other sees %d (%v)", len(list), err)
		}
		_, err = w.Backlog(t.Context(), olga, third.ID)
		w.Refuses(err, "not_permitted")
	})
}

// TestAnActionNeverContradictsItself turns actions at random and holds them
// against the check.
func TestAnActionNeverContradictsItself(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		n := &Action{Spec: Spec{Factor: Speed}, State: Idea}
		for _, to := range rapid.SliceOf(rapid.SampledFrom(States())).Draw(r, "states") {
			now = now.Add(time.Hour)
			if err := n.turn(to, "because", now); err != nil {
				r.Fatal(err)
			}
			n.audit(func(what string) { r.Fatal(what) })
		}
	})
}

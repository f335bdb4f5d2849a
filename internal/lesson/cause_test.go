package lesson

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
)

// heard is what customers complained of, and when they bought.
type heard struct {
	cases  []complained
	orders []time.Time
}

type complained struct {
	cause string
	at    time.Time
}

func (h *heard) Teachable(context.Context, db.Queryer, id.ID) ([]string, error) {
	return []string{"training", "process", "carrier"}, nil
}

func (h *heard) Caused(_ context.Context, _ db.Queryer, _ id.ID, from, to time.Time) (map[string]int64, int64, error) {
	counts, orders := map[string]int64{}, int64(0)
	for _, c := range h.cases {
		if !c.at.Before(from) && c.at.Before(to) {
			counts[c.cause]++
		}
	}
	for _, at := range h.orders {
		if !at.Before(from) && at.Before(to) {
			orders++
		}
	}
	return counts, orders, nil
}

func (h *heard) complain(n int, cause string, at time.Time) {
	for range n {
		h.cases = append(h.cases, complained{cause, at})
	}
}

func (h *heard) buy(n int, at time.Time) {
	for range n {
		h.orders = append(h.orders, at)
	}
}

func about(cause string) Spec {
	s := tea()
	s.Cause = cause
	return s
}

// suggested says what is suggested, as "cause cases/all".
func (w *town) suggested() string {
	w.Helper()
	n, err := w.Suggest(w.Context(), boss, w.g.ID)
	w.ok(err)
	var list []string
	for _, s := range n.List {
		list = append(list, fmt.Sprintf("%s %d/%d", s.Cause, s.Cases, n.All))
	}
	return strings.Join(list, ", ")
}

// TestLessonsAreSuggestedByTheHeaviestCauses holds that causes with a lesson are
// left out while it is written or in use, and come again with its end.
func TestLessonsAreSuggestedByTheHeaviestCauses(t *testing.T) {
	each(t, func(w *town) {
		if got := w.suggested(); got != "" {
			t.Errorf("suggested %q of nothing", got)
		}
		lately := w.clock.AddDate(0, 0, -10)
		w.heard.complain(3, "training", lately)
		w.heard.complain(5, "process", lately)
		w.heard.complain(3, "carrier", lately)
		w.heard.complain(2, "", lately)
		w.heard.complain(4, "other", lately)
		w.heard.complain(9, "training", w.clock.AddDate(0, 0, -SuggestDays-1))
		w.heard.buy(1000, lately)
		if got, want := w.suggested(), "process 5/17, carrier 3/17, training 3/17"; got != want {
			t.Errorf("suggested %q, want %q", got, want)
		}
		n, err := w.Suggest(w.Context(), boss, w.g.ID)
		w.ok(err)
		first := n.List[0]
		if n.Unfound != 2 || first.Orders != 1000 || first.Value != 5 || first.Low < 1.62 || first.Low > 1.63 || first.High < 11.66 || first.High > 11.67 {
			t.Errorf("the first is %+v of %+v", first, n) // Garwood's interval of 5 is 1.6235 to 11.6683
		}
		l, err := w.Save(w.Context(), boss, w.g.ID, 0, 0, about("process"))
		w.ok(err)
		if got, want := w.suggested(), "carrier 3/17, training 3/17"; got != want {
			t.Errorf("beside a draft %q, want %q", got, want)
		}
		_, err = w.Publish(w.Context(), boss, w.g.ID, l.ID)
		w.ok(err)
		if got, want := w.suggested(), "carrier 3/17, training 3/17"; got != want {
			t.Errorf("beside a lesson %q, want %q", got, want)
		}
		_, err = w.Retire(w.Context(), boss, w.g.ID, l.ID)
		w.ok(err)
		if got, want := w.suggested(), "process 5/17, carrier 3/17, training 3/17"; got != want {
			t.Errorf("after its end %q, want %q", got, want)
		}
	})
}

func TestALessonIsAboutACauseThatThereIs(t *testing.T) {
	each(t, func(w *town) {
		_, err := w.Save(w.Context(), boss, w.g.ID, 0, 0, about("other"))
		w.refuses(err, "lesson_cause")
		n := w.teaches(about("training"))
		w.exec(`UPDATE lesson_version SET spec = REPLACE(spec, 'training', 'gone')`)
		_, err = w.Save(w.Context(), boss, w.g.ID, n.ID, 0, about("gone"))
		w.ok(err)
		_, err = w.Save(w.Context(), boss, w.g.ID, n.ID, 0, about("went"))
		w.refuses(err, "lesson_cause")
	})
}

// TestALessonTellsWhatFollowedIt compares as long before its first publishing as
// after it.
func TestALessonTellsWhatFollowedIt(t *testing.T) {
	each(t, func(w *town) {
		ola := w.hires("Ola", auth.Till)
		w.hires("Ben", auth.Till)
		w.hires("Mia", auth.Manager)
		published := w.clock
		l := w.teaches(about("training"))
		e, err := w.Effect(w.Context(), boss, w.g.ID, l.ID)
		w.ok(err)
		if e.Days != 0 || e.Shown || e.Must != 2 || e.Have != 0 {
			t.Errorf("at once it was followed by %+v", e)
		}
		day := func(n int) time.Time { return published.AddDate(0, 0, n) }
		w.heard.complain(50, "training", day(-21)) // longer ago than the lesson is old
		w.heard.complain(12, "training", day(-20))
		w.heard.complain(3, "process", day(-20))
		w.heard.complain(1, "", day(-20))
		w.heard.buy(2000, day(-20))
		w.heard.complain(4, "training", published)
		w.heard.complain(2, "", day(19))
		w.heard.buy(1000, day(19))
		w.heard.buy(7, day(20))
		w.clock = day(20)
		_, err = w.Take(w.Context(), ola, w.g.ID, l.ID, 1, right())
		w.ok(err)
		e, err = w.Effect(w.Context(), boss, w.g.ID, l.ID)
		w.ok(err)
		want := &Effect{Cause: "training", Published: published, Days: 20, Before: rateOf(12, 2000, 1), After: rateOf(4, 1000, 2), Shown: true, Early: true, Must: 2, Have: 1}
		if diff := cmp.Diff(want, e); diff != "" {
			t.Error(diff)
		}
		if b := e.Before; b.Value != 6 || b.Low < 3.10 || b.Low > 3.11 || b.High < 10.48 || b.High > 10.49 {
			t.Errorf("before it was %+v", b) // Garwood's interval of 12 is 6.2006 to 20.9616
		}
		_, err = w.Save(w.Context(), boss, w.g.ID, l.ID, 0, about("training"))
		w.ok(err)
		_, err = w.Publish(w.Context(), boss, w.g.ID, l.ID)
		w.ok(err)
		e, err = w.Effect(w.Context(), boss, w.g.ID, l.ID)
		w.ok(err)
		if !e.Published.Equal(published) || e.Days != 20 || e.Have != 0 {
			t.Errorf("with a second version it was followed by %+v", e)
		}
		_, err = w.Retire(w.Context(), boss, w.g.ID, l.ID)
		w.ok(err)
		w.clock = day(90)
		if e, err = w.Effect(w.Context(), boss, w.g.ID, l.ID); err != nil || e.Days != 20 {
			t.Errorf("out of use it was followed by %+v, %v", e, err)
		}
	})
}

// TestOnlyWhoMaySeeComplaintsIsToldOfThem holds permissions, and lessons that are
// about no cause.
func TestOnlyWhoMaySeeComplaintsIsToldOfThem(t *testing.T) {
	each(t, func(w *town) {
		l := w.teaches(tea())
		if e, err := w.Effect(w.Context(), boss, w.g.ID, l.ID); err != nil || e != nil {
			t.Errorf("a lesson about nothing was followed by %+v, %v", e, err)
		}
		for _, role := range []auth.Role{auth.Till, auth.Agent, auth.Marketer} {
			who := w.hires(string(role), role)
			_, err := w.Suggest(w.Context(), who, w.g.ID)
			w.refuses(err, "not_permitted")
			_, err = w.Effect(w.Context(), who, w.g.ID, l.ID)
			w.refuses(err, "not_permitted")
		}
		if _, err := w.Suggest(w.Context(), w.hires("Rob", auth.ReadOnly), w.g.ID); err != nil {
			t.Error(err)
		}
	})
}

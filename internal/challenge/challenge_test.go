package challenge

import (
	"sync"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/i18n"
	"regulars/internal/jobs"
)

func TestAChallengeIsPaidOncePerMonth(t *testing.T) {
	each(t, func(w *town) {
		w.opens(w.coffees(5))
		ann := w.happens(w.buys("ann", noon, 3))
		if p := w.open(ann)[0]; p.Done != 3 || p.Goal != 5 || p.Complete || w.points(ann) != 0 {
			t.Errorf("after 3 coffees: %d of %d, complete %v, %d points", p.Done, p.Goal, p.Complete, w.points(ann))
		}
		w.happens(w.buys("ann", noon.Add(time.Hour), 4), w.buys("bob", noon, 4))
		w.happens(w.buys("ann", noon.Add(2*time.Hour), 9))
		if p := w.open(ann)[0]; !p.Complete || p.Times != 1 || w.points(ann) != 50 {
			t.Errorf("after 16 coffees in a month: complete %v, %d rewards, %d points", p.Complete, p.Times, w.points(ann))
		}
		april := time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC)
		w.Set(april)
		w.happens(w.buys("ann", april, 5))
		if got := w.points(ann); got != 100 {
			t.Errorf("after two months ann has %d points, want 100", got)
		}
		w.Clean(Room())
	})
}

func TestALateEventCountsWhenItOccurred(t *testing.T) {
	each(t, func(w *town) {
		c := w.opens(w.coffees(5))
		w.Set(noon.AddDate(0, 0, 10))
		ann := w.happens(w.buys("ann", noon.AddDate(0, 0, 9), 4), w.buys("ann", noon.Add(time.Hour), 4))
		if n := len(w.awards(ann)); n != 0 {
			t.Errorf("4 coffees in each of two months made %d rewards", n)
		}
		w.Set(noon.AddDate(0, 0, 20))
		_, err := w.End(w.Context(), boss, w.Programme.ID, c.ID)
		w.OK(err)
		w.happens(w.buys("ann", noon.AddDate(0, 0, 1), 1))
		if list := w.awards(ann); len(list) != 1 || list[0].Period != "2026-03" || list[0].State != Paid {
			t.Errorf("a purchase of March told after the end made %s", text(list))
		}
		w.happens(w.buys("ann", noon.AddDate(0, 0, 20).Add(time.Hour), 9))
		if n := len(w.awards(ann)); n != 1 {
			t.Errorf("after the end there are %d rewards", n)
		}
		w.Clean(Room())
	})
}

func TestReturnsTakeBackWhatTheSaleGave(t *testing.T) {
	for _, takeBack := range []bool{false, true} {
		each(t, func(w *town) {
			s := w.coffees(5)
			s.TakeBack = takeBack
			w.opens(s)
			first, second := w.buys("ann", noon, 3), w.buys("ann", noon, 2)
			ann := w.happens(first, second)
			w.Set(noon.Add(time.Hour))
			w.happens(w.returns(first, 2))
			if p := w.open(ann)[0]; p.Done != 3 {
				t.Errorf("5 coffees less 2 are %d", p.Done)
			}
			want := int64(50)
			if takeBack {
				want = 0
			}
			if got := w.points(ann); got != want {
				t.Errorf("take back %v: ann has %d points after the return, want %d", takeBack, got, want)
			}
			w.happens(w.buys("ann", noon.Add(time.Hour), 2))
			if got := w.points(ann); got != 50 {
				t.Errorf("take back %v: ann has %d points in the end", takeBack, got)
			}
			w.Clean(Room())
		})
	}
}

func TestParallelPurchasesAreRewardedOnce(t *testing.T) {
	each(t, func(w *town) {
		w.opens(w.coffees(5))
		ann := w.happens(w.buys("ann", noon, 1))
		var all []jobs.Info
		for range 32 {
			w.takes(w.buys("ann", noon.Add(time.Minute), 1))
		}
		all = w.waiting()
		if len(all) == 0 {
			t.Fatal("nothing waits")
		}
		var group sync.WaitGroup
		errs := make(chan error, 2*len(all))
		for _, j := range append(all, all...) {
			group.Go(func() { errs <- w.do(j) })
		}
		group.Wait()
		close(errs)
		for err := range errs {
			w.OK(err)
		}
		for _, j := range all {
			w.done(j)
		}
		w.work()
		if list := w.awards(ann); len(list) != 1 || w.points(ann) != 50 {
			t.Errorf("33 purchases made %d rewards and %d points", len(list), w.points(ann))
		}
		w.Clean(Room())
	})
}

func TestABudgetIsNeverOverrun(t *testing.T) {
	each(t, func(w *town) {
		s := w.coffees(1)
		s.Budget = Budget{Rewards: 3, Points: 120}
		c := w.opens(s)
		for _, name := range []string{"a", "b", "c", "d"} {
			w.takes(w.buys(name, noon, 1))
		}
		var group sync.WaitGroup
		for _, j := range w.waiting() {
			group.Go(func() { _ = w.do(j) })
		}
		group.Wait()
		w.work()
		results, err := w.Results(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		if r := results[c.ID]; r.Rewards != 2 || r.Unfunded != 2 || r.Points != 100 || r.Cost != 100 || r.Joined != 4 || r.Completed != 2 || r.Share() != 5000 {
			t.Errorf("the results are %s", text(r))
		}
		w.Clean(Room())
	})
}

func TestOptInCountsFromJoining(t *testing.T) {
	each(t, func(w *town) {
		s := w.coffees(2)
		s.OptIn, s.Audience.Tags = true, []string{"friend"}
		c := w.opens(s)
		ann := w.happens(w.buys("ann", noon, 9))
		_, err := w.Join(w.Context(), boss, w.Programme.ID, ann, c.ID)
		w.Refuses(err, "challenge_not_for")
		w.OK(w.payTag(w.Context(), &Award{ProgrammeID: w.Programme.ID, MemberID: ann}, "friend"))
		if p := w.open(ann)[0]; p.Joined || p.Done != 0 {
			t.Errorf("before joining: %s", text(p))
		}
		w.Set(noon.Add(time.Hour))
		for range 2 {
			p, err := w.Join(w.Context(), boss, w.Programme.ID, ann, c.ID)
			w.OK(err)
			if !p.Joined || p.Done != 0 {
				t.Errorf("after joining: %s", text(p))
			}
		}
		w.happens(w.buys("ann", noon.Add(30*time.Minute), 9))
		if n := len(w.awards(ann)); n != 0 {
			t.Error("what came before joining counted")
		}
		w.happens(w.buys("ann", noon.Add(2*time.Hour), 2))
		if n := len(w.awards(ann)); n != 1 {
			t.Errorf("%d rewards after joining", n)
		}
		w.Clean(Room())
	})
}

func TestMergedProfilesArePaidOnce(t *testing.T) {
	each(t, func(w *town) {
		w.opens(w.coffees(5))
		ann, bob := w.happens(w.buys("ann", noon, 3)), w.happens(w.buys("bob", noon, 3))
		both := w.happens(w.buys("cleo", noon, 5))
		_, err := w.Flow.Merge(w.Context(), boss, w.Programme.ID, ann, bob)
		w.OK(err)
		if p := w.open(ann)[0]; p.Done != 6 {
			t.Errorf("3 and 3 coffees are %d", p.Done)
		}
		w.happens(w.buys("bob", noon.Add(time.Minute), 1))
		if w.points(ann) != 50 {
			t.Errorf("ann and bob together have %d points", w.points(ann))
		}
		_, err = w.Flow.Merge(w.Context(), boss, w.Programme.ID, ann, both)
		w.OK(err)
		w.happens(w.buys("ann", noon.Add(time.Minute), 9))
		if n := len(w.awards(ann)); n != 2 || w.points(ann) != 100 {
			t.Errorf("two who had been paid each have %d rewards and %d points together", n, w.points(ann))
		}
		w.Clean(Room())
	})
}

func TestLifeOfAChallenge(t *testing.T) {
	each(t, func(w *town) {
		ctx := w.Context()
		nobody := auth.Actor{Kind: auth.KindStaff}
		_, err := w.Create(ctx, nobody, w.Programme.ID, w.coffees(5))
		w.Refuses(err, "not_permitted")
		c, err := w.Create(ctx, boss, w.Programme.ID, w.coffees(5))
		w.OK(err)
		_, err = w.Create(ctx, boss, w.Programme.ID, w.coffees(5))
		w.Refuses(err, "challenge_name_taken")
		_, err = w.End(ctx, boss, w.Programme.ID, c.ID)
		w.Refuses(err, "challenge_state")
		c, err = w.Publish(ctx, boss, w.Programme.ID, c.ID)
		w.OK(err)
		if !c.Begins.Equal(noon) || c.StateAt(noon) != Published {
			t.Errorf("it is %s from %s", c.State, c.Begins)
		}
		other := c.Spec
		other.Steps = []Step{{At: 1, Reward: c.Steps[0].Reward}}
		_, err = w.Update(ctx, boss, w.Programme.ID, c.ID, other)
		w.Refuses(err, "challenge_published")
		other = c.Spec
		other.Names = map[string]string{"en": "Coffee", "pl": "Kawa"}
		c, err = w.Update(ctx, boss, w.Programme.ID, c.ID, other)
		w.OK(err)
		if c.Name("pl") != "Kawa" || c.Name("ru") != "Coffee" {
			t.Errorf("it is called %q and %q", c.Name("pl"), c.Name("ru"))
		}
		w.Refuses(w.Discard(ctx, boss, w.Programme.ID, c.ID), "challenge_state")
		spec := w.coffees(3)
		spec.Steps[0].Reward = Reward{Kind: Code, BatchID: 99}
		spec.Names = map[string]string{"en": "Codes"}
		_, err = w.Create(ctx, boss, w.Programme.ID, spec)
		w.Refuses(err, "challenge_batch")
		w.Clean(Room())
	})
}

func TestWordsInThreeLanguages(t *testing.T) {
	texts, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	s := Spec{
		Form: Goal, Counts: Units, Span: Monthly, Steps: []Step{{At: 5, Reward: Reward{Kind: Points, Points: 50}}},
	}
	g := Progress{Challenge: Challenge{Spec: s}, Joined: true, Done: 2, Goal: 5, Ends: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)}
	for lang, want := range map[i18n.Lang][2]string{
		i18n.English: {"Buy 5 items, get 50 points (in a calendar month).", "2 of 5 items; ends on 31 March 2026"},
		i18n.Russian: {"Купите 5 штук → 50 баллов (за календарный месяц).", "2 из 5 штук; до 31 марта 2026\u00a0г."},
		i18n.Polish:  {"Kup 5 sztuk → 50 punktów (w miesiącu kalendarzowym).", "2 z 5 sztuk; do 31 marca 2026"},
	} {
		p := texts.Printer(lang, time.UTC, "GBP")
		if got := s.Sentence(p, Names{}); got != want[0] {
			t.Errorf("%s: %q, want %q", lang, got, want[0])
		}
		if got := g.Words(p); got != want[1] {
			t.Errorf("%s: %q, want %q", lang, got, want[1])
		}
	}
}

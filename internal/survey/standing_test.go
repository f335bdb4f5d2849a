package survey

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/jobs"
)

// came are deliveries as a test has them happen.
type came map[id.ID]time.Time

func (c came) Delivered(_ context.Context, _ db.Queryer, _ id.ID, from, until time.Time) (list []id.ID, err error) {
	for m, at := range c {
		if !at.Before(from) && at.Before(until) {
			list = append(list, m)
		}
	}
	return list, nil
}

// day does what a day brings: the draws that are due, and their jobs.
func (w *town) day(at time.Time) {
	w.Helper()
	w.Set(at)
	w.OK(w.DrawDue(w.Context()))
	w.Works(map[string]jobs.Handler{DrawJob: w.Draw})
}

// drawnBy are those whom each sample of a survey drew, the latest sample first.
func (w *town) drawnBy(n Survey) (samples []Sample, drawn [][]id.ID) {
	w.Helper()
	samples, err := w.Samples(w.Context(), tester, SampleQuery{ProgrammeID: w.Programme.ID, SurveyID: n.ID, Limit: 100})
	w.OK(err)
	for _, s := range samples {
		list, err := selectInvitations(w.Context(), w.DB.Reader(), `sample_id = $1 ORDER BY member_id`, s.ID)
		w.OK(err)
		var who []id.ID
		for _, i := range list {
			who = append(who, i.MemberID)
		}
		drawn = append(drawn, who)
	}
	return samples, drawn
}

// TestEveryDayAsksThoseWhoBoughtThen: each day draws of those whose last
// purchase was so many days ago, never two days the same, and what the server
// missed is made up for.
func TestEveryDayAsksThoseWhoBoughtThen(t *testing.T) {
	each(t, func(w *town) {
		w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 0))
		n := w.asks()
		plan := StandingPlan{After: AfterPurchase, Wait: 3, Hour: 10, Most: 2, Seed: 5}
		s, err := w.SetStanding(w.Context(), tester, w.Programme.ID, n.ID, plan)
		w.OK(err)
		begin := s.Next
		if begin.In(w.Programme.Zone).Hour() != 10 || !begin.After(w.Now()) || begin.Sub(w.Now()) > 24*time.Hour {
			w.Fatalf("at %v the first draw is due at %v", w.Now(), begin)
		}
		w.Set(begin.Add(-time.Minute))
		w.joins(2, 2) // tomorrow's
		w.joins(3, 3) // at 9:59, three days ago
		w.joins(1, 5) // nobody's any more
		w.day(begin.Add(-time.Second))
		if list, _ := w.drawnBy(n); len(list) != 0 {
			w.Fatalf("before its hour it drew %+v", list)
		}
		w.day(begin.Add(time.Minute))
		w.day(begin.Add(2 * time.Hour)) // nothing is due
		list, drawn := w.drawnBy(n)
		if len(list) != 1 || list[0].Eligible != 3 || len(drawn[0]) != 2 || list[0].State != SampleDone || list[0].Invited != 2 {
			w.Fatalf("the first day drew %+v", list)
		}
		if o := list[0].Plan.Occasion; !o.Until.Equal(begin.AddDate(0, 0, -3)) || list[0].Plan.Seed != daySeed(5, o.Until) {
			w.Errorf("the first day looked at %+v with seed %d", o, list[0].Plan.Seed)
		}
		again := list[0].Plan.Draw([]Drawn{{MemberID: w.members[2]}, {MemberID: w.members[3]}, {MemberID: w.members[4]}})
		if got := []id.ID{again[0].MemberID, again[1].MemberID}; !slices.Equal(slices.Sorted(slices.Values(got)), drawn[0]) {
			w.Errorf("its seed draws %v, and %v were drawn", got, drawn[0])
		}
		// The server stands still for a day: one draw looks at both.
		w.joins(1, 2)
		w.day(begin.AddDate(0, 0, 2).Add(time.Hour))
		list, drawn = w.drawnBy(n)
		if len(list) != 2 || list[0].Eligible != 3 || len(drawn[0]) != 2 || list[0].Plan.Seed == list[1].Plan.Seed || !list[0].Plan.Occasion.From.Equal(list[1].Plan.Occasion.Until) {
			w.Fatalf("two days after it drew %+v", list)
		}
		// Paused, it asks nobody, and what was missed stays so.
		_, err = w.PauseStanding(w.Context(), tester, w.Programme.ID, n.ID, true)
		w.OK(err)
		w.joins(1, 0)
		w.day(begin.AddDate(0, 0, 6))
		s, err = w.PauseStanding(w.Context(), tester, w.Programme.ID, n.ID, false)
		w.OK(err)
		w.day(s.Next)
		list, _ = w.drawnBy(n)
		if len(list) != 3 || list[0].Eligible != 0 || list[0].Plan.Occasion.Until.Sub(list[0].Plan.Occasion.From) != 24*time.Hour {
			w.Fatalf("after the pause it drew %+v", list)
		}
		_, err = w.Close(w.Context(), tester, w.Programme.ID, n.ID)
		w.OK(err)
		w.day(s.Next.AddDate(0, 0, 1))
		if again, _ := w.drawnBy(n); len(again) != len(list) {
			w.Errorf("closed, it drew %+v", again)
		}
		asked, err := loadAsked(w.Context(), w.DB.Reader(), n.ID)
		w.OK(err)
		var could int64
		for _, c := range asked.Cells {
			could += c
		}
		if could != 6 || asked.Drawn != 4 {
			w.Errorf("over all days %d could be asked and %d were", could, asked.Drawn)
		}
		e, err := w.Effect(w.Context(), tester, w.Programme.ID, n.ID)
		w.OK(err)
		if e.Difference.Shown || e.Difference.Says.Key != "survey.effect.standing" {
			w.Errorf("what asking did is %+v", e)
		}
		w.Clean(Room())
	})
}

// TestDeliveriesAreAskedAbout: who had a parcel is asked about it, once by the
// survey, not within the rest after another, and never who is held out.
func TestDeliveriesAreAskedAbout(t *testing.T) {
	each(t, func(w *town) {
		parcels := came{}
		w.WithDeliveries(parcels)
		w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 0))
		w.joins(4, 40)
		other, n, third := w.asks(), w.asks(), w.asks()
		plan := StandingPlan{After: AfterDelivery, Wait: 2, Hour: 9, Most: 10, Rest: 30}
		var next time.Time
		for _, v := range []Survey{n, third} {
			s, err := w.SetStanding(w.Context(), tester, w.Programme.ID, v.ID, plan)
			w.OK(err)
			next = s.Next
		}
		w.draws(other, Plan{Method: Random, Wanted: 1, Seed: 1})
		_, first := w.drawnBy(other)
		for _, m := range w.members {
			parcels[m] = next.AddDate(0, 0, -2).Add(-time.Hour)
		}
		w.day(next)
		list, drawn := w.drawnBy(n)
		want := slices.DeleteFunc(slices.Sorted(slices.Values(w.members)), func(m id.ID) bool { return m == first[0][0] })
		if len(list) != 1 || !slices.Equal(drawn[0], want) {
			w.Fatalf("with %v delivered and %v asked before, it drew %v", parcels, first, drawn)
		}
		asked, err := selectInvitations(w.Context(), w.DB.Reader(), `sample_id = $1`, list[0].ID)
		w.OK(err)
		for _, i := range asked {
			if i.Touchpoint != InParcel {
				w.Errorf("it asks about %q", i.Touchpoint)
			}
		}
		// The third survey was due at the same time: those now rest.
		if _, drawn := w.drawnBy(third); len(drawn) != 1 || len(drawn[0]) != 0 {
			w.Errorf("a second survey drew %v on the same day", drawn)
		}
		// After the rest, another parcel: the same survey never asks again, the other does.
		for m := range parcels {
			parcels[m] = next.AddDate(0, 0, 38)
		}
		for day := 1; day <= 41; day++ {
			w.day(next.AddDate(0, 0, day))
		}
		_, drawn = w.drawnBy(n)
		if got := slices.Sorted(slices.Values(slices.Concat(drawn...))); !slices.Equal(got, slices.Sorted(slices.Values(w.members))) {
			w.Errorf("of %v the survey drew %v", w.members, drawn)
		}
		_, drawn = w.drawnBy(third)
		if got := slices.Sorted(slices.Values(slices.Concat(drawn...))); !slices.Equal(got, want) {
			w.Errorf("the other survey drew %v, not %v", drawn, want)
		}
		w.Clean(Room())
	})
}

// TestManyProcessesDrawOnce: whoever comes first makes the draw of the day.
func TestManyProcessesDrawOnce(t *testing.T) {
	each(t, func(w *town) {
		w.joins(5, 1)
		n := w.asks()
		s, err := w.SetStanding(w.Context(), tester, w.Programme.ID, n.ID, StandingPlan{After: AfterPurchase, Wait: 1, Hour: 0, Most: 3})
		w.OK(err)
		w.Set(s.Next)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if err := w.DrawDue(w.Context()); err != nil {
					w.Error(err)
				}
			})
		}
		all.Wait()
		if list, err := w.Samples(w.Context(), tester, SampleQuery{ProgrammeID: w.Programme.ID, SurveyID: n.ID, Limit: 2}); err != nil || len(list) != 1 {
			w.Errorf("one day made %d draws, %v", len(list), err)
		}
		// A later hour of the same day makes no second draw of it.
		s, err = w.SetStanding(w.Context(), tester, w.Programme.ID, n.ID, StandingPlan{After: AfterPurchase, Wait: 1, Hour: 15, Most: 3})
		w.OK(err)
		if zone := w.Programme.Zone; s.Next.In(zone).YearDay() == w.Now().In(zone).YearDay() {
			w.Errorf("the next draw is %v, and today's was made", s.Next)
		}
	})
}

// TestStandingPlansAreChecked: what cannot be is said where it stands.
func TestStandingPlansAreChecked(t *testing.T) {
	each(t, func(w *town) {
		good := StandingPlan{After: AfterPurchase, Wait: 3, Hour: 10, Most: 2}
		for code, spoil := range map[string]func(*StandingPlan){
			"survey_trigger": func(p *StandingPlan) { p.After = "birth" }, "survey_wait": func(p *StandingPlan) { p.Wait = 0 },
			"survey_hour": func(p *StandingPlan) { p.Hour = 24 }, "survey_most": func(p *StandingPlan) { p.Most = 0 },
			"survey_rest": func(p *StandingPlan) { p.Rest = -1 }, "survey_seed": func(p *StandingPlan) { p.Seed = -1 },
			"survey_days": func(p *StandingPlan) { p.Days = 366 }, "survey_touchpoint": func(p *StandingPlan) { p.Touchpoint = "moon" },
		} {
			p := good
			spoil(&p)
			w.Refuses(p.Check(), code)
		}
		draft, err := w.Create(w.Context(), tester, w.Programme.ID, recommend())
		w.OK(err)
		_, err = w.SetStanding(w.Context(), tester, w.Programme.ID, draft.ID, good)
		w.Refuses(err, "survey_not_open")
		n := w.asks()
		_, err = w.PauseStanding(w.Context(), tester, w.Programme.ID, n.ID, true)
		w.Refuses(err, "survey_no_standing")
		_, err = w.Standing(w.Context(), tester, w.Programme.ID, n.ID)
		w.Refuses(err, "survey_no_standing")
	})
}

// TestTheHourThatIsLeaptOver: on the day of the change the draw is at the moment to
// which the clock leaps, also where that is midnight.
func TestTheHourThatIsLeaptOver(t *testing.T) {
	for _, c := range []struct {
		zone  string
		hour  int
		after string
		want  string
	}{
		{"America/Santiago", 0, "2026-09-05T04:00:00Z", "2026-09-06T04:00:00Z"}, // 24:00 becomes 01:00
		{"America/Santiago", 0, "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"},
		{"Europe/Warsaw", 2, "2026-03-28T01:00:00Z", "2026-03-29T01:00:00Z"}, // 02:00 becomes 03:00
		{"Europe/Warsaw", 2, "2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		after, err := time.Parse(time.RFC3339, c.after)
		if err != nil {
			t.Fatal(err)
		}
		n := Standing{StandingPlan: StandingPlan{Hour: c.hour}, Last: after}
		if got := n.due(after, zone).Format(time.RFC3339); got != c.want {
			t.Errorf("in %s after %s the next is %s, want %s", c.zone, c.after, got, c.want)
		}
	}
}

// TestDaysFollowEachOther: over any days, with the server standing still as it
// may for up to a week, every moment belongs to one draw alone, also where the
// clock is put forward and back.
func TestDaysFollowEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom([]string{"Europe/Warsaw", "America/Santiago", "Asia/Kolkata", "UTC"}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		n := Standing{StandingPlan: StandingPlan{After: AfterPurchase, Wait: rapid.IntRange(1, 20).Draw(t, "wait"), Hour: rapid.IntRange(0, 23).Draw(t, "hour"), Most: 1}}
		now := time.Date(2026, time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 28).Draw(t, "day"), 12, 34, 0, 0, time.UTC)
		n.Next = n.due(now, zone)
		for range 40 {
			now = n.Next
			for range rapid.IntRange(0, 5).Draw(t, "missed") {
				now = n.dueAfter(now, zone)
			}
			n.Next = now
			plan, ok := n.draw(zone)
			if !ok {
				t.Fatalf("at %v nothing is drawn after %v", now, n.Until)
			}
			if o := plan.Occasion; !n.Until.IsZero() && !o.From.Equal(n.Until) || !o.From.Before(o.Until) || o.Until.After(now.AddDate(0, 0, -n.Wait).Add(2*time.Hour)) {
				t.Fatalf("at %v, after %v, it looks at %v to %v", now, n.Until, o.From, o.Until)
			}
			n.Until, n.Last = plan.Occasion.Until, n.Next
			n.Next = n.due(now, zone)
			if d := n.Next.Sub(now); d < 22*time.Hour || d > 26*time.Hour {
				t.Fatalf("after %v the next is %v", now, n.Next)
			}
		}
	})
}

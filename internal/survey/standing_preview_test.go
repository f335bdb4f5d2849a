package survey

import (
	"context"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// allowing are those who may be asked, as a test has it.
type allowing map[id.ID]bool

func (a allowing) Askable(context.Context, db.Queryer, id.ID) (map[id.ID]bool, error) { return a, nil }

// TestNoPlaceGoesToWhoMayNotBeAsked: a day's places are drawn among those who
// allow it, so that somebody who does is not passed over for who does not; a draw
// of a manager takes everybody, who then count among the silent.
func TestNoPlaceGoesToWhoMayNotBeAsked(t *testing.T) {
	each(t, func(w *town) {
		may := allowing{}
		w.WithConsents(may)
		w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 0))
		n := w.asks()
		s, err := w.SetStanding(w.Context(), tester, w.Programme.ID, n.ID, StandingPlan{After: AfterPurchase, Wait: 1, Hour: 10, Most: 2, Seed: 7})
		w.OK(err)
		w.Set(s.Next)
		w.joins(20, 1)
		w.Set(s.Next.AddDate(0, 0, 1))
		may[w.members[4]], may[w.members[11]] = true, true
		w.day(w.Now())
		list, drawn := w.drawnBy(n)
		if len(list) != 1 || list[0].Eligible != 2 || len(drawn[0]) != 2 {
			w.Fatalf("with two who allow it, it drew %+v", list)
		}
		for _, m := range drawn[0] {
			if !may[m] {
				w.Errorf("%v may not be asked, and was drawn", m)
			}
		}
		all, _ := w.draws(w.asks(), Plan{Method: Everybody})
		if all.Eligible != 20 {
			w.Errorf("a manager's draw finds %d", all.Eligible)
		}
		w.Clean(Room())
	})
}

// TestAPreviewIsWhatTheDaysWouldHaveDrawn: two surveys run side by side, one over
// the days and one previewed after them; they agree, and the preview asks nobody.
func TestAPreviewIsWhatTheDaysWouldHaveDrawn(t *testing.T) {
	for _, after := range Triggers() {
		t.Run(string(after), func(t *testing.T) {
			each(t, func(w *town) {
				may, parcels := allowing{}, came{}
				w.WithConsents(may).WithDeliveries(parcels)
				w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 2000))
				n, idle := w.asks(), w.asks()
				plan := StandingPlan{After: after, Wait: 2, Hour: 9, Most: 2, Seed: 3, Rest: 12}
				s, err := w.SetStanding(w.Context(), tester, w.Programme.ID, n.ID, plan)
				w.OK(err)
				first := s.Next
				for day := range PreviewDays + 2 {
					w.Set(first.AddDate(0, 0, day-3).Add(time.Hour))
					w.joins(3+day%3, 0)
					for i, m := range w.members[len(w.members)-3-day%3:] {
						may[m] = i > 0
						parcels[m] = w.Now()
					}
					w.day(first.AddDate(0, 0, day))
					if day == 9 { // others draw too, and these rest
						w.Set(w.Now().Add(time.Hour))
						other, _ := w.draws(w.asks(), Plan{Method: Random, Wanted: 9, Seed: 2})
						if other.Drawn == 0 {
							w.Fatal("nobody rests")
						}
					}
				}
				w.Set(first.AddDate(0, 0, PreviewDays).Add(-time.Minute))
				var may28, drawn28 int64
				samples, _ := w.drawnBy(n)
				for _, d := range samples {
					if d.Made.Before(w.Now()) {
						may28, drawn28 = may28+d.Eligible, drawn28+d.Drawn
					}
				}
				v, err := w.PreviewStanding(w.Context(), tester, w.Programme.ID, n.ID, plan)
				w.OK(err)
				if v.May != may28 || v.Drawn != drawn28 || v.Happened <= v.May || v.Drawn >= v.May || v.Drawn == 0 {
					w.Errorf("the days had %d who could be asked and drew %d, and the preview is %+v", may28, drawn28, v)
				}
				if again, _ := w.drawnBy(n); len(again) != len(samples) {
					w.Errorf("a preview drew: %d samples, then %d", len(samples), len(again))
				}
				// To another survey, those whom this one drew are resting.
				rested, err := w.PreviewStanding(w.Context(), tester, w.Programme.ID, idle.ID, plan)
				w.OK(err)
				if rested.Happened != v.Happened || rested.May >= v.May {
					w.Errorf("for another survey it is %+v", rested)
				}
				plan.Most = 0
				_, err = w.PreviewStanding(w.Context(), tester, w.Programme.ID, n.ID, plan)
				w.Refuses(err, "survey_most")
			})
		})
	}
}

// TestSamplesComeInPages, those of the standing question apart from the others.
func TestSamplesComeInPages(t *testing.T) {
	each(t, func(w *town) {
		n := w.asks()
		s, err := w.SetStanding(w.Context(), tester, w.Programme.ID, n.ID, StandingPlan{After: AfterPurchase, Wait: 1, Hour: 0, Most: 3})
		w.OK(err)
		w.draws(n, Plan{Method: Everybody, Seed: 1})
		for day := range 7 {
			w.day(s.Next.AddDate(0, 0, day))
		}
		w.draws(n, Plan{Method: Everybody, Seed: 2})
		query := SampleQuery{ProgrammeID: w.Programme.ID, SurveyID: n.ID, Limit: 3}
		var all, standing, once []Sample
		for _, c := range []struct {
			change func(*SampleQuery)
			into   *[]Sample
		}{{func(*SampleQuery) {}, &all}, {func(q *SampleQuery) { q.Standing = true }, &standing}, {func(q *SampleQuery) { q.Once = true }, &once}} {
			q := query
			c.change(&q)
			for {
				page, err := w.Samples(w.Context(), tester, q)
				w.OK(err)
				if len(page) == 0 {
					break
				}
				if len(page) > 3 {
					w.Fatalf("a page of three has %d", len(page))
				}
				*c.into = append(*c.into, page...)
				q.Before = page[len(page)-1].ID
			}
		}
		if len(all) != 9 || len(standing) != 7 || len(once) != 2 || once[0].Plan.Seed != 2 || once[1].Plan.Seed != 1 {
			w.Errorf("there are %d, %d of the days and %d of managers", len(all), len(standing), len(once))
		}
		for i := 1; i < len(all); i++ {
			if all[i].ID >= all[i-1].ID {
				w.Errorf("%v stands behind %v", all[i].ID, all[i-1].ID)
			}
		}
	})
}

package survey

import (
	"fmt"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/id"
)

// TestHeadlineIsTheLatestThatSaysSomething: the survey published last, unless too
// few have answered it. The interval is that of the survey's own page.
func TestHeadlineIsTheLatestThatSaysSomething(t *testing.T) {
	each(t, func(w *town) {
		brings := func(n Survey, scores ...int) {
			w.Helper()
			list := make([]Brought, len(scores))
			for i, score := range scores {
				list[i] = Brought{Source: n.ID.In(id.Survey), ExternalID: fmt.Sprint(i), Occurred: w.Now().Add(-time.Duration(i+1) * time.Hour), Answers: Answers{"score": {Number: score}}}
			}
			taken, err := w.Bring(w.Context(), tester, w.Programme.ID, n.ID, list)
			w.OK(err)
			for _, one := range taken {
				w.OK(one.Err)
			}
		}
		says := func(want *Survey) *Headline {
			w.Helper()
			h, err := w.Headline(w.Context(), tester, w.Programme.ID)
			w.OK(err)
			if (h == nil) != (want == nil) || h != nil && h.SurveyID != want.ID {
				w.Fatalf("the headline is %+v, want that of %+v", h, want)
			}
			return h
		}
		says(nil)
		first := w.asks()
		brings(first, 10, 9, 9, 8, 7, 7, 6, 3, 10)
		says(nil) // nine are too few
		brings(first, 10, 9, 9, 8, 7, 7, 6, 3, 10, 9, 2, 10)
		h := says(&first)
		r, err := w.Results(w.Context(), tester, w.Programme.ID, first.ID)
		w.OK(err)
		if h.Score.Interval != r.Figures.Score.Interval || h.Score.N != 12 || !h.Last.Equal(w.Now().Add(-time.Hour)) {
			w.Errorf("the headline is %+v, the survey says %+v", h, r.Figures.Score)
		}
		w.Set(w.Now().Add(time.Hour))
		second := w.asks()
		says(&first)
		brings(second, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		if h := says(&second); h.Score.Value != -100 {
			w.Errorf("ten zeros come to %v", h.Score.Value)
		}
		_, err = w.Headline(w.Context(), auth.Actor{}, w.Programme.ID)
		w.Refuses(err, "not_permitted")
	})
}

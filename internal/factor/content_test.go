package factor

import (
	"fmt"
	"slices"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/stats"
	"regulars/internal/survey"
)

// TestSatisfactionIsNotLoyalty counts each person once, with the last answer of
// those whose window is over, by what they then bought under any account of
// theirs.
func TestSatisfactionIsNotLoyalty(t *testing.T) {
	each(t, func(w *town) {
		n := w.publishes(survey.Spec{Kind: survey.CSAT, Names: survey.Words{"en": "How was it?"}, Questions: []survey.Question{
			{Code: "score", Form: survey.Scale, From: 1, To: 5, Words: survey.Words{"en": "How satisfied?"}},
		}})
		says := func(m id.ID, number int) { w.answers(n, m, survey.Answers{"score": {Number: number}}) }
		start := w.Now()
		var people []id.ID
		for i := range 14 {
			people = append(people, w.buys(fmt.Sprint("p", i)))
		}
		for i, m := range people {
			says(m, 1) // another answer follows
			w.Set(w.Now().AddDate(0, 0, 1))
			says(m, []int{5, 4, 3, 2}[i%4])
			w.Set(start)
		}
		says(0, 5) // nobody knows who
		w.Set(start.AddDate(0, 0, 30))
		for i := range people[:6] {
			w.buys(fmt.Sprint("p", i))
		}
		other := w.buys("other account of p6")
		_, err := w.Flow.Merge(t.Context(), boss, w.Programme.ID, people[6], other)
		w.OK(err)
		w.Set(start.AddDate(0, 0, 92))
		w.buys("p7") // too late to count
		says(people[0], 1)
		c, err := w.Content(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		// 0, 1, 4, 5, 8, 9, 12, 13 were satisfied, of whom 0, 1, 4 and 5 came; of
		// 2, 3, 6, 7, 10, 11 it was 2, 3 and 6.
		if c.Satisfied != (Came{8, 4}) || c.Others != (Came{6, 3}) || c.Satisfied.Shown() {
			t.Errorf("satisfied %+v, others %+v", c.Satisfied, c.Others)
		}
		byCell := map[Cell][]id.ID{}
		for _, cell := range Cells() {
			var before id.ID
			for {
				page, err := w.ContentMembers(t.Context(), boss, w.Programme.ID, cell, before, 2)
				w.OK(err)
				for _, n := range page {
					byCell[cell] = append(byCell[cell], n.MemberID)
					before = n.MemberID
					if (n.Number >= 4) != (cell == SatisfiedBack || cell == SatisfiedGone) || !n.At.Equal(start.AddDate(0, 0, 1)) {
						t.Errorf("%s has %+v", cell, n)
					}
				}
				if len(page) < 2 {
					break
				}
			}
		}
		if got := len(byCell[SatisfiedBack]); got != 4 || slices.Contains(byCell[SatisfiedBack], people[8]) || !slices.Contains(byCell[SatisfiedBack], people[4]) {
			t.Errorf("satisfied and back are %v", byCell[SatisfiedBack])
		}
		if len(byCell[SatisfiedGone]) != 4 || len(byCell[OthersBack]) != 3 || len(byCell[OthersGone]) != 3 {
			t.Errorf("the cells hold %v", byCell)
		}
		_, err = w.ContentMembers(t.Context(), boss, w.Programme.ID, "moon", 0, 2)
		w.Refuses(err, "factor_cell")
		_, err = w.ContentMembers(t.Context(), auth.Actor{Kind: auth.KindKey, ProgrammeID: w.Programme.ID, Scopes: []auth.Scope{"factors:read"}}, w.Programme.ID, SatisfiedBack, 0, 2)
		w.Refuses(err, "not_permitted")
		if c.Difference != stats.ShareDifference(4, 8, 3, 6, stats.Confidence) {
			t.Errorf("the difference is %v", c.Difference)
		}
	})
}

package survey

import (
	"testing"
	"time"

	"regulars/internal/auth"
)

// TestReasonsAreKeptOneByOne: added once, changed, and retired without a trace in
// what was confirmed.
func TestReasonsAreKeptOneByOne(t *testing.T) {
	each(t, func(w *town) {
		p := w.Programme.ID
		waiting := Reason{Code: "waiting", Names: Words{"en": "Waiting"}, Hints: Words{"en": "wait queue"}}
		w.OK(w.AddReason(w.Context(), tester, p, waiting))
		w.Refuses(w.AddReason(w.Context(), tester, p, waiting), "survey_reason_taken")
		w.Refuses(w.AddReason(w.Context(), tester, p, Reason{Code: "Ω", Names: Words{"en": "X"}}), "survey_code")
		w.Refuses(w.AddReason(w.Context(), tester, p, Reason{Code: "price"}), "required")
		w.Refuses(w.AddReason(w.Context(), auth.Actor{}, p, waiting), "not_permitted")
		w.Refuses(w.ChangeReason(w.Context(), tester, p, Reason{Code: "price", Names: Words{"en": "Price"}}), "unknown_reason")
		w.OK(w.AddReason(w.Context(), tester, p, Reason{Code: "price", Names: Words{"en": "Price"}}))
		n := w.asks()
		taken, err := w.Bring(w.Context(), tester, p, n.ID, []Brought{{Source: "old", ExternalID: "1", Occurred: w.Now(), Answers: Answers{"score": {Number: 3}, "why": {Text: "a long wait"}}}})
		w.OK(err)
		w.OK(taken[0].Err)
		w.OK(w.Confirm(w.Context(), tester, p, taken[0].ResponseID, "why", "waiting"))
		waiting.Names["pl"] = "Czekanie"
		w.OK(w.ChangeReason(w.Context(), tester, p, waiting))
		w.OK(w.RetireReason(w.Context(), tester, p, "price"))
		w.Refuses(w.RetireReason(w.Context(), tester, p, "price"), "unknown_reason")
		kept, err := w.Reasons(w.Context(), tester, p)
		w.OK(err)
		if len(kept) != 1 || kept[0].Names["pl"] != "Czekanie" {
			w.Errorf("kept are %+v", kept)
		}
		w.OK(w.RetireReason(w.Context(), tester, p, "waiting"))
		r, err := w.Response(w.Context(), tester, p, taken[0].ResponseID)
		w.OK(err)
		if r.Reasons["why"] != (Reasoned{"waiting", "waiting"}) {
			w.Errorf("the answer is about %+v", r.Reasons)
		}
	})
}

// TestResponsesComeByTheDayTheyWereGiven, not by that on which they were brought
// in; pages of any size show each once, also those of one moment.
func TestResponsesComeByTheDayTheyWereGiven(t *testing.T) {
	each(t, func(w *town) {
		n := w.asks()
		var list []Brought
		for i, hours := range []int{5, 1, 9, 1, 3, 9, 1, 7} { // before now
			list = append(list, Brought{Source: "old", ExternalID: string(rune('a' + i)), Occurred: w.Now().Add(-time.Duration(hours) * time.Hour), Answers: Answers{"score": {Number: 10}}})
		}
		_, err := w.Bring(w.Context(), tester, w.Programme.ID, n.ID, list)
		w.OK(err)
		for size := 1; size <= len(list)+1; size++ {
			var seen []*Response
			for before := (Place{}); ; {
				page, err := w.Responses(w.Context(), tester, ResponseQuery{ProgrammeID: w.Programme.ID, SurveyID: n.ID, Before: before, Limit: size})
				w.OK(err)
				if len(page) == 0 {
					break
				}
				seen, before = append(seen, page...), page[len(page)-1].Place()
			}
			if len(seen) != len(list) {
				w.Fatalf("by %d there are %d responses of %d", size, len(seen), len(list))
			}
			for i := range seen[1:] {
				if a, b := seen[i], seen[i+1]; a.Occurred.Before(b.Occurred) || a.Occurred.Equal(b.Occurred) && a.ID <= b.ID {
					w.Errorf("by %d one of %v stands before one of %v", size, a.Occurred, b.Occurred)
				}
			}
		}
	})
}

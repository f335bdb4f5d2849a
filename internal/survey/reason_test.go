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
		p := w.programme.ID
		waiting := Reason{Code: "waiting", Names: Words{"en": "Waiting"}, Hints: Words{"en": "wait queue"}}
		ok(w.t, w.AddReason(w.ctx, tester, p, waiting))
		w.refused(w.AddReason(w.ctx, tester, p, waiting), "survey_reason_taken")
		w.refused(w.AddReason(w.ctx, tester, p, Reason{Code: "Ω", Names: Words{"en": "X"}}), "survey_code")
		w.refused(w.AddReason(w.ctx, tester, p, Reason{Code: "price"}), "required")
		w.refused(w.AddReason(w.ctx, auth.Actor{}, p, waiting), "not_permitted")
		w.refused(w.ChangeReason(w.ctx, tester, p, Reason{Code: "price", Names: Words{"en": "Price"}}), "unknown_reason")
		ok(w.t, w.AddReason(w.ctx, tester, p, Reason{Code: "price", Names: Words{"en": "Price"}}))
		n := w.asks()
		taken, err := w.Bring(w.ctx, tester, p, n.ID, []Brought{{Source: "old", ExternalID: "1", Occurred: w.clock, Answers: Answers{"score": {Number: 3}, "why": {Text: "a long wait"}}}})
		ok(w.t, err)
		ok(w.t, taken[0].Err)
		ok(w.t, w.Confirm(w.ctx, tester, p, taken[0].ResponseID, "why", "waiting"))
		waiting.Names["pl"] = "Czekanie"
		ok(w.t, w.ChangeReason(w.ctx, tester, p, waiting))
		ok(w.t, w.RetireReason(w.ctx, tester, p, "price"))
		w.refused(w.RetireReason(w.ctx, tester, p, "price"), "unknown_reason")
		kept, err := w.Reasons(w.ctx, tester, p)
		ok(w.t, err)
		if len(kept) != 1 || kept[0].Names["pl"] != "Czekanie" {
			w.t.Errorf("kept are %+v", kept)
		}
		ok(w.t, w.RetireReason(w.ctx, tester, p, "waiting"))
		r, err := w.Response(w.ctx, tester, p, taken[0].ResponseID)
		ok(w.t, err)
		if r.Reasons["why"] != (Reasoned{"waiting", "waiting"}) {
			w.t.Errorf("the answer is about %+v", r.Reasons)
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
			list = append(list, Brought{Source: "old", ExternalID: string(rune('a' + i)), Occurred: w.clock.Add(-time.Duration(hours) * time.Hour), Answers: Answers{"score": {Number: 10}}})
		}
		_, err := w.Bring(w.ctx, tester, w.programme.ID, n.ID, list)
		ok(w.t, err)
		for size := 1; size <= len(list)+1; size++ {
			var seen []*Response
			for before := (Place{}); ; {
				page, err := w.Responses(w.ctx, tester, ResponseQuery{ProgrammeID: w.programme.ID, SurveyID: n.ID, Before: before, Limit: size})
				ok(w.t, err)
				if len(page) == 0 {
					break
				}
				seen, before = append(seen, page...), page[len(page)-1].Place()
			}
			if len(seen) != len(list) {
				w.t.Fatalf("by %d there are %d responses of %d", size, len(seen), len(list))
			}
			for i := range seen[1:] {
				if a, b := seen[i], seen[i+1]; a.Occurred.Before(b.Occurred) || a.Occurred.Equal(b.Occurred) && a.ID <= b.ID {
					w.t.Errorf("by %d one of %v stands before one of %v", size, a.Occurred, b.Occurred)
				}
			}
		}
	})
}

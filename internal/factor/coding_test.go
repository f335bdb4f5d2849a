package factor

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/id"
)

// TestEveryPieceIsCodedOnce codes answers by their confirmed reason, cases by
// reason or else cause, reviews by hand, and counts each once whatever is said
// again.
func TestEveryPieceIsCodedOnce(t *testing.T) {
	each(t, func(w *town) {
		late, why := w.says(3, "The courier never came"), w.says(9, "I like it")
		w.says(7, "")
		w.opens(complaint.Complaint, "quality", "It broke")
		other := w.opens(complaint.Wish, complaint.Other, "A bench, please")
		w.opens(complaint.Praise, "staff", "How kind")
		star := w.reads(5, "Friendly people")
		w.reads(4, "")
		if c := w.counts(); c.All != 6 || c.Coded != 2 || c.ByHand != 0 {
			t.Fatalf("at first %d of %d are coded, %d by hand, and 2 of 6 follow from reasons", c.Coded, c.All, c.ByHand)
		}
		w.confirms(late, "delivery")
		w.codes(why, Relations)
		w.codes(star, Serving)
		w.codes(star, Serving)
		w.codes(star, Reputation)
		_, err := w.Cases.Judge(t.Context(), boss, w.Programme.ID, other.ID, complaint.Judgement{Cause: "supplier"})
		w.OK(err)
		c := w.counts()
		want := map[Code]Tally{Speed: {Negative: 1}, Relations: {Positive: 1}, Assortment: {Negative: 1, Neutral: 1}, Serving: {Positive: 1}, Reputation: {Positive: 1}}
		for _, f := range Codes() {
			if d := cmp.Diff(want[f], c.Of(f)); d != "" {
				t.Errorf("the feedback about %s differs: %s", f, d)
			}
		}
		if c.All != 6 || c.Coded != 6 || c.ByHand != 2 || c.BySource[Answer] != (Share{2, 2}) {
			t.Errorf("%d of %d are coded, %d by hand, answers %v", c.Coded, c.All, c.ByHand, c.BySource[Answer])
		}
		if left := w.left(boss, nil); len(left) != 0 {
			t.Errorf("%d pieces are left to code", len(left))
		}
		if n := w.codes(star, ""); n.Factor != "" || w.counts().Coded != 5 {
			t.Errorf("a coding that was taken back leaves %q", n.Factor)
		}
		if found := strings.Join(w.Faults(Room()), "\n"); found != "" {
			t.Error(found)
		}
	})
}

// TestSuggestionsAbstain offers a factor where words or the survey's own
// suggestion are clear, none where they are torn, and counts none of it.
func TestSuggestionsAbstain(t *testing.T) {
	each(t, func(w *town) {
		for words, want := range map[string]Code{
			"the courier smiled":      Speed, // by the reason that counts to it
			"too expensive for me":    Value,
			"expensive and slow":      "",
			"nothing to say":          "",
			"rude staff but the slow": Serving,
		} {
			key := w.says(5, words)
			n, err := w.Piece(t.Context(), boss, w.Programme.ID, key)
			w.OK(err)
			if n.Suggested != want || n.Factor != "" {
				t.Errorf("%q is offered %q and counts as %q, not %q", words, n.Suggested, n.Factor, want)
			}
		}
		torn := w.says(5, "courier expensive discount price") // the survey says delivery, the words value
		if n, err := w.Piece(t.Context(), boss, w.Programme.ID, torn); err != nil || n.Suggested != "" {
			t.Errorf("torn between a reason and words it is offered %q (%v)", n.Suggested, err)
		}
		if c := w.counts(); c.Coded != 0 {
			t.Errorf("%d are coded by nobody", c.Coded)
		}
		w.codes(w.says(5, "too expensive"), Value)
		w.codes(w.says(5, "too expensive again"), Serving)
		if c := w.counts(); c.Offered != 2 || c.Confirmed != 1 {
			t.Errorf("of %d suggestions %d were confirmed, not 1 of 2", c.Offered, c.Confirmed)
		}
	})
}

// TestSwitchedOffFactorsAreCodedAgain puts what was coded to a factor back on the
// work list when it is switched off, and brings it back.
func TestSwitchedOffFactorsAreCodedAgain(t *testing.T) {
	each(t, func(w *town) {
		key := w.reads(5, "Friendly")
		w.codes(key, Reputation)
		w.opens(complaint.Complaint, "queue", "Where is it?")
		off := func(c Code, yes bool) func(s *Settings) {
			return func(s *Settings) {
				for i := range s.Factors {
					if s.Factors[i].Code == c {
						s.Factors[i].Off = yes
					}
				}
			}
		}
		w.sets(off(Reputation, true))
		if left := w.left(boss, nil); len(left) != 1 || left[0].Key != key || left[0].Factor != "" {
			t.Errorf("the work list is %v", left)
		}
		_, err := w.Code(t.Context(), boss, w.Programme.ID, key, Reputation)
		w.Refuses(err, "factor_off")
		w.sets(off(Reputation, false))
		if c := w.counts(); c.Coded != 2 {
			t.Errorf("%d are coded once it is in use again", c.Coded)
		}
		s, version, err := w.Settings(t.Context(), boss, w.Programme.ID)
		w.OK(err)
		off(Speed, true)(&s)
		_, err = w.SetSettings(t.Context(), boss, w.Programme.ID, version, s)
		w.Refuses(err, "factor_off") // reasons count to it still
		_, err = w.SetSettings(t.Context(), boss, w.Programme.ID, version-1, DefaultSettings())
		w.Refuses(err, "factor_settings_changed")
	})
}

// TestCodedFeedbackSurvivesMergeAndErasure keeps one piece under its factor when
// members become one and when the words are gone.
func TestCodedFeedbackSurvivesMergeAndErasure(t *testing.T) {
	each(t, func(w *town) {
		beth := w.buys("beth")
		said := Key{Answer, w.answers(w.asks, beth, answersWith(2, "Slow as ever")), "why"}
		w.codes(said, Speed)
		w.opensFor(complaint.Ask{Kind: complaint.Complaint, Reason: "staff", MemberID: beth, Text: "Rude"})
		_, err := w.Flow.Merge(t.Context(), boss, w.Programme.ID, w.member, beth)
		w.OK(err)
		if c := w.counts(); c.All != 2 || c.Coded != 2 {
			t.Errorf("after a merge %d of %d are coded", c.Coded, c.All)
		}
		var kept any
		w.OK(w.DB.View(t.Context(), func(q db.Queryer) error {
			kept, err = Room().Export(t.Context(), q, w.Programme.ID, []id.ID{w.member, beth})
			return err
		}))
		if list, is := kept.([]CodingRecord); !is || len(list) != 1 || list[0].Factor != Speed || list[0].By != "" {
			t.Errorf("the person is told %v", kept)
		}
		w.OK(w.Flow.Erase(t.Context(), boss, w.Programme.ID, w.member))
		if c := w.counts(); c.All != 2 || c.Coded != 2 || c.Of(Speed) != (Tally{Negative: 1}) {
			t.Errorf("after erasure %d of %d are coded", c.Coded, c.All)
		}
		if found := strings.Join(w.Faults(Room()), "\n"); found != "" {
			t.Error(found)
		}
	})
}

// TestWorkListHoldsWhatMayBeSeen leaves out sources that somebody may not read
// and the case that concerns them, and turns pages.
func TestWorkListHoldsWhatMayBeSeen(t *testing.T) {
	each(t, func(w *town) {
		for range 3 {
			w.says(5, "Hm")
		}
		olga := w.hires("olga", auth.Manager, w.Programme.ID)
		about := w.opensFor(complaint.Ask{Kind: complaint.Complaint, Reason: complaint.Other, Text: "Olga was rude", SubjectID: olga.ID})
		w.opens(complaint.Wish, complaint.Other, "Benches")
		w.opensFor(complaint.Ask{Kind: complaint.Complaint, Reason: complaint.Other, Source: complaint.FromPromise}) // of which nobody said anything
		w.reads(3, "So so")
		if n := len(w.left(boss, nil)); n != 6 {
			t.Errorf("%d pieces are left, not 6", n)
		}
		if n := len(w.left(olga, nil)); n != 5 {
			t.Errorf("who a case concerns sees %d pieces, not 5", n)
		}
		_, err := w.Code(t.Context(), olga, w.Programme.ID, about, Serving)
		w.Refuses(err, "unknown_feedback")
		mark := w.hires("mark", auth.Marketer, w.Programme.ID)
		if n := len(w.left(mark, nil)); n != 4 {
			t.Errorf("who reads no cases sees %d pieces, not 4", n)
		}
		agent := w.hires("agent", auth.Agent, w.Programme.ID)
		_, err = w.Code(t.Context(), agent, w.Programme.ID, about, Serving)
		w.Refuses(err, "not_permitted")
		var pages [][]Piece
		for before := (Cursor{}); ; {
			page := w.left(boss, func(n *Query) { n.Before, n.Limit = before, 4 })
			if len(page) == 0 {
				break
			}
			last := page[len(page)-1]
			pages, before = append(pages, page), Cursor{last.At, last.ID, last.Part}
		}
		if len(pages) != 2 || len(pages[0]) != 4 || len(pages[1]) != 2 {
			t.Errorf("the pages are %v", pages)
		}
		if n := len(w.left(boss, func(n *Query) { n.Source = Review })); n != 1 {
			t.Errorf("there are %d reviews to code", n)
		}
		if n := len(w.left(boss, func(n *Query) { n.ShopID = w.Shops["main"] })); n != 3 {
			t.Errorf("there are %d of the shop to code", n)
		}
	})
}

// TestListOfAFactorIsWhatItCounts holds the list of each factor against its
// tally, by reason, cause and hand.
func TestListOfAFactorIsWhatItCounts(t *testing.T) {
	each(t, func(w *town) {
		w.opens(complaint.Complaint, "queue", "Late")
		hand := w.opens(complaint.Complaint, "queue", "Late and rude")
		w.codes(hand, Serving)
		cause := w.opens(complaint.Complaint, complaint.Other, "Hm")
		_, err := w.Cases.Judge(t.Context(), boss, w.Programme.ID, cause.ID, complaint.Judgement{Cause: "carrier"})
		w.OK(err)
		w.confirms(w.says(1, "Where was it"), "delivery")
		w.codes(w.reads(1, "Slow"), Speed)
		c := w.counts()
		for _, f := range Codes() {
			list := w.left(boss, func(n *Query) { n.Factor = f })
			if int64(len(list)) != c.Of(f).N() {
				t.Errorf("%s lists %d and counts %d", f, len(list), c.Of(f).N())
			}
			for _, n := range list {
				if n.Factor != f || (n.By != "") != (n.coded == f) {
					t.Errorf("%s lists a piece of %q by %q", f, n.Factor, n.By)
				}
			}
		}
		if c.Of(Speed).N() != 4 || c.Of(Serving).N() != 1 {
			t.Errorf("speed has %d, service %d", c.Of(Speed).N(), c.Of(Serving).N())
		}
	})
}

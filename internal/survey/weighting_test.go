package survey

import (
	"slices"
	"testing"
	"time"
)

// TestWeightsSpeakForAll goes the ways one after the other. By hand: of 600 who
// bought once 10 answered, all with 0, and of 400 who buys often 30, all with 10.
// Those who answered have 50; weighted by the groups it is 400 − 600 of 1,000, −20.
func TestWeightsSpeakForAll(t *testing.T) {
	const seldom, often, early, elsewhere = "r30/f1/none", "r30/f5/none", "r90/f1/none", "r90/f5/none"
	answers := append(voices(seldom, 0, 10), voices(often, 30, 0)...)
	asked := Asked{Drawn: 100, Completed: 40, Cells: Cells{seldom: 600, often: 400}}
	w := Reckon(NPS, answers, asked, time.UTC).Weighted
	if w.Way != PostStratified || len(w.Refused) != 0 {
		t.Fatalf("with every group answered it is %+v", w)
	}
	near(t, "the score of all", w.Value, -20)
	// Ten answers of weight 2.4 and thirty of 8/15: 40² / (10·5.76 + 30·64/225).
	near(t, "the effective number", w.Effective, 1600/(57.6+30*64.0/225))
	near(t, "the design effect", w.Design, 40/w.Effective)

	// A group of the eligible without an answer refuses the first way; each trait
	// by itself is answered.
	asked.Cells = Cells{seldom: 500, often: 300, early: 100, elsewhere: 100}
	three := append(slices.Clone(answers), voices(early, 0, 3)...)
	w = Reckon(NPS, three, asked, time.UTC).Weighted
	if w.Way != Raked || len(w.Refused) != 1 || w.Refused[0].Key != "survey.refused.post_stratified" {
		t.Fatalf("with a group that nobody answered of it is %+v", w)
	}
	// Of a level of a trait nobody answered: by how probable it was, where levels on
	// both sides of it tell; at the end of a trait nothing does.
	const long = "r365/f1/none"
	asked.Cells = Cells{seldom: 500, often: 300, early: 100, long: 100}
	w = Reckon(NPS, append(slices.Clone(answers), voices(long, 2, 3)...), asked, time.UTC).Weighted
	if w.Way != Inverse || len(w.Refused) != 2 || !w.Shown {
		t.Fatalf("with a level that nobody answered of it is %+v", w)
	}
	w = Reckon(NPS, answers, asked, time.UTC).Weighted
	if w.Way != Unweighted || len(w.Refused) != 3 || w.Shown || w.Says.Key != "survey.says.no_weights" {
		t.Fatalf("with the last levels unanswered it is %+v", w)
	}

	// No answer weighs more than five times the mean.
	asked.Cells = Cells{seldom: 100_000, often: 100}
	w = Reckon(NPS, append(voices(seldom, 0, 1), voices(often, 99, 0)...), asked, time.UTC).Weighted
	near(t, "one answer for nearly all", w.Value, 90)

	// Volunteers stand for nobody: of them and nine drawn there are no weights.
	w = Reckon(NPS, append(voices(often, 9, 0), voices("", 90, 0)...), asked, time.UTC).Weighted
	if w.Shown || w.Way != Unweighted || w.Says.Key != "survey.says.unweighted" {
		t.Errorf("of nine drawn it is %+v", w)
	}
}

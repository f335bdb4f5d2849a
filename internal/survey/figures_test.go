package survey

import (
	"testing"
	"time"
)

// voices are so many answers of 10 and of 0.
func voices(cell Cell, tens, noughts int) (list []Voice) {
	for i := range tens + noughts {
		v := Voice{Cell: cell, Mode: Web, Occurred: time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)}
		if i < tens {
			v.Number = 10
		}
		list = append(list, v)
	}
	return list
}

// TestVolunteersSayNothingOfTheSilent: the bounds are those of the drawn alone.
// By hand: of 40 drawn and reached 10 answered, 4 with 10 and 6 with 0, which is
// −20; so all 40 lie between −5 − 75 and −5 + 75, and the silent 30 would need
// 5 / 0.75. Ninety volunteers full of praise change the score, and nothing of that.
func TestVolunteersSayNothingOfTheSilent(t *testing.T) {
	asked := Asked{Drawn: 42, Bounced: 2, Completed: 10}
	f := Reckon(NPS, append(voices("r30/f1/none", 4, 6), voices("", 90, 0)...), asked, time.UTC)
	near(t, "the score of all answers", f.Score.Value, 88)
	near(t, "that of the drawn", f.Bounds.Value, -20)
	near(t, "the lower bound", f.Bounds.Low, -80)
	near(t, "the upper bound", f.Bounds.High, 70)
	near(t, "what the silent would need", f.Silent.Value, 5/0.75)
	near(t, "how many answered", f.Response.Value, 25)
	if f.Bounds.N != 10 || f.Silent.N != 10 {
		t.Errorf("they are of %d and %d answers", f.Bounds.N, f.Silent.N)
	}
	// Who came to the end without a score is silent about it.
	asked.Completed = 20
	f = Reckon(NPS, voices("r30/f1/none", 4, 6), asked, time.UTC)
	near(t, "the lower bound where ten passed the question over", f.Bounds.Low, -80)
	// Under ten answers of the drawn nothing is said, however many volunteers.
	f = Reckon(NPS, append(voices("r30/f1/none", 9, 0), voices("", 90, 0)...), asked, time.UTC)
	if f.Bounds.Shown || f.Silent.Shown || f.Bounds.Says.Key != "survey.says.drawn_few" {
		t.Errorf("of nine drawn it says %+v", f.Bounds)
	}
}

package complaint

import (
	"fmt"
	"math"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/experiment"
	"regulars/internal/id"
)

// TestRecoveryByNewcombe holds the interval of 14 of 20 less 36 of 80, as
// method 10 gives it by hand.
func TestRecoveryByNewcombe(t *testing.T) {
	var complained, others []experiment.Onlooker
	for i := range 20 {
		complained = append(complained, experiment.Onlooker{Who: id.ID(i + 1), Again: i < 14})
	}
	for i := range 80 {
		others = append(others, experiment.Onlooker{Who: id.ID(i + 100), Again: i < 36})
	}
	var r Recovery
	r.match(complained, others)
	d := r.Difference
	// Wilson: 14/20 in 0.48102–0.85452, 36/80 in 0.34581–0.55882.
	low, high := 0.25-math.Hypot(0.7-0.48102, 0.55882-0.45), 0.25+math.Hypot(0.85452-0.7, 0.45-0.34581)
	if r.Others != 80 || math.Abs(d.Value-0.25) > 1e-9 || math.Abs(d.Low-low) > 1e-3 || math.Abs(d.High-high) > 1e-3 || !r.Preliminary {
		t.Errorf("the difference is %+v, want %f to %f", d, low, high)
	}
}

// TestRecoveryReadsWhoCameBack: twelve who complained a hundred days ago, of
// whom nine bought again in time, beside twelve who did not complain, of whom
// four did. Who complained yesterday counts on neither side.
func TestRecoveryReadsWhoCameBack(t *testing.T) {
	each(t, func(w *town) {
		for i := range 12 {
			for _, side := range []string{"told", "quiet"} {
				m, event := w.buys(fmt.Sprint(side, i), 100_00)
				if side == "told" {
					ask := w.asks()
					ask.MemberID, ask.SaleID = m, event
					w.opens(ask)
				}
			}
		}
		w.Pass(89 * day)
		for i := range 9 {
			w.buys(fmt.Sprint("told", i), 10_00)
		}
		for i := range 4 {
			w.buys(fmt.Sprint("quiet", i), 10_00)
		}
		w.Pass(2 * day)
		w.buys("told9", 10_00) // too late
		w.Pass(9 * day)
		late := w.asks()
		late.MemberID, late.SaleID = w.anna, w.sale
		w.opens(late)
		r, err := w.Recovery(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		if r.Complained != 12 || r.Matched != 12 || r.Again != 9 || r.Others != 12 || r.OthersAgain != 4 || !r.Shown || !r.Preliminary {
			w.Errorf("it is %+v", r)
		}
		if r.Difference.Value < 0.41 || r.Difference.Value > 0.42 || r.Difference.Low > 0.05 || r.Difference.High > 0.7 {
			w.Errorf("the difference is %+v", r.Difference)
		}
		_, err = w.Recovery(w.Context(), auth.Actor{}, w.Programme.ID)
		w.Refuses(err, "not_permitted")
	})
}

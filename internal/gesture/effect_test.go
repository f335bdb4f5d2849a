package gesture

import (
	"math"
	"testing"
	"time"

	"regulars/internal/id"
	"regulars/internal/stats"
)

// near reports whether two figures are the same but for rounding.
func near(a, b float64) bool { return math.Abs(a-b) < 1e-6*(1+math.Abs(b)) }

// TestTheEffectIsMeasuredAgainstTheDraw: of those who were given it half come
// back, of those held out a fifth; each buys for ten pounds. What is bought on
// the day itself, and after 90 days, does not count.
func TestTheEffectIsMeasuredAgainstTheDraw(t *testing.T) {
	each(t, func(w *town) {
		s := biscuit()
		s.Withhold = 4000
		g := w.adds(s)
		people := w.joins(160)
		var given, withheld []id.ID
		for _, who := range people {
			n, err := w.gives(g, who)
			if n.State == Withheld {
				w.Refuses(err, "gesture_withheld")
				withheld = append(withheld, who)
				if _, err := w.gives(g, who); err == nil {
					w.Error("asking again gives it")
				}
				continue
			}
			w.OK(err)
			given = append(given, who)
		}
		if len(withheld) < LeastPeople || len(given) < LeastPeople {
			w.Fatalf("the draw held %d of 160 out", len(withheld))
		}
		w.sells(people, 0, noon.Add(2*time.Hour), 100)
		w.sells(given[:len(given)/2], 0, noon.Add(30*day), 1000)
		w.sells(withheld[:len(withheld)/5], 0, noon.Add(30*day), 1000)
		w.sells(people, 0, noon.Add(92*day), 5000)
		w.Set(noon.Add(80 * day))
		r, err := w.Results(w.Context(), boss, w.Programme.ID, g.ID)
		w.OK(err)
		if e := r.Effect; e.Shown || e.Waiting != 160 || r.Withheld != int64(len(withheld)) {
			w.Errorf("before its time it is %+v", e)
		}
		w.Set(noon.Add(95 * day))
		r, err = w.Results(w.Context(), boss, w.Programme.ID, g.ID)
		w.OK(err)
		e := r.Effect
		n, m, a, b := float64(len(given)), float64(len(withheld)), float64(len(given)/2), float64(len(withheld)/5)
		if !e.Shown || e.Given != (Group{int64(n), int64(a), int64(a) * 1000}) || e.Withheld != (Group{int64(m), int64(b), int64(b) * 1000}) {
			w.Fatalf("it is %+v", e)
		}
		low, high := newcombe(a, n, b, m)
		if !near(e.Back.Value, a/n-b/m) || !near(e.Back.Low, low) || !near(e.Back.High, high) {
			w.Errorf("they came back %+v, by hand %f to %f", e.Back, low, high)
		}
		// Each buys for 1000 or nothing: the variance is that of a share.
		se := 1000 * math.Sqrt(a/n*(1-a/n)/(n-1)+b/m*(1-b/m)/(m-1))
		half := (e.Money.High - e.Money.Low) / 2
		if !near(e.Money.Value, 1000*(a/n-b/m)) || half < 1.96*se || half > 2.02*se {
			w.Errorf("they bought %+v, by hand %f ± 1.96 to 2.02 times %f", e.Money, 1000*(a/n-b/m), se)
		}
		s.Withhold = 2000 // another share begins anew
		_, err = w.Change(w.Context(), boss, w.Programme.ID, g.ID, g.Version, s)
		w.OK(err)
		r, err = w.Results(w.Context(), boss, w.Programme.ID, g.ID)
		w.OK(err)
		if e := r.Effect; e.Given.N+e.Withheld.N+e.Waiting != 0 || e.Shown {
			w.Errorf("begun anew it is %+v", e)
		}
	})
}

// newcombe is method 10 by the score intervals written out.
func newcombe(k1, n1, k2, n2 float64) (low, high float64) {
	wilson := func(k, n float64) (float64, float64, float64) {
		z, p := stats.Confidence, k/n
		mid, half := (p+z*z/(2*n))/(1+z*z/n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))/(1+z*z/n)
		return p, mid - half, mid + half
	}
	p1, l1, u1 := wilson(k1, n1)
	p2, l2, u2 := wilson(k2, n2)
	return p1 - p2 - math.Sqrt((p1-l1)*(p1-l1)+(u2-p2)*(u2-p2)), p1 - p2 + math.Sqrt((u1-p1)*(u1-p1)+(p2-l2)*(p2-l2))
}

// TestWithoutADrawItIsOnlyWhatFollowed: forty who had it beside forty like them.
func TestWithoutADrawItIsOnlyWhatFollowed(t *testing.T) {
	each(t, func(w *town) {
		g := w.adds(biscuit())
		had, others, long := w.joins(40), w.joins(40), w.joins(10)
		w.Set(noon.Add(-500 * day)) // who had it long ago is on neither side
		for _, who := range long {
			_, err := w.gives(g, who)
			w.OK(err)
		}
		w.Set(noon)
		w.sells(long, 0, noon.Add(-5*day), 1000)
		w.sells(append(append([]id.ID{}, had...), others...), 0, noon.Add(-5*day), 1000)
		for _, who := range had {
			_, err := w.gives(g, who)
			w.OK(err)
		}
		w.sells(had[:20], 0, noon.Add(20*day), 1000)
		w.sells(others[:10], 0, noon.Add(20*day), 1000)
		w.sells(append(append([]id.ID{}, had...), others...), 0, noon.Add(92*day), 7000) // too late
		w.Set(noon.Add(95 * day))
		r, err := w.Results(w.Context(), boss, w.Programme.ID, g.ID)
		w.OK(err)
		f := r.Followed
		low, high := newcombe(20, 40, 10, 40)
		if r.Effect != nil || !f.Shown || f.Had != 40 || f.Matched != 40 || f.Again != 20 || f.Others != 40 || f.OthersAgain != 10 {
			w.Fatalf("it is %+v", f)
		}
		// Each buys for 1000 or nothing: the variances are those of shares, and with
		// 40 people on either side Welch has 77 degrees of freedom, of which
		// Student's t is 1.991.
		se := 1000 * math.Sqrt(0.5*0.5/39+0.25*0.75/39)
		if f.Goods != 20_000 || f.OthersGoods != 10_000 || !near(f.Money.Value, 250) || math.Abs((f.Money.High-f.Money.Low)/2-1.991*se) > 0.2 {
			w.Errorf("they bought %d and %d, %+v, by hand 250 ± %f", f.Goods, f.OthersGoods, f.Money, 1.991*se)
		}
		if !near(f.Difference.Value, 0.25) || !near(f.Difference.Low, low) || !near(f.Difference.High, high) {
			w.Errorf("the difference is %+v, by hand %f to %f", f.Difference, low, high)
		}
	})
}

// TestWithdrawalIsADifferenceOfDifferences: who had it buys for 20 pounds before
// and 10 after, others of the shop 20 and 16, so that it is 6 less for each.
// Those of another shop are on neither side.
func TestWithdrawalIsADifferenceOfDifferences(t *testing.T) {
	each(t, func(w *town) {
		g := w.adds(biscuit())
		had, never, far := w.joins(32), w.joins(34), w.joins(5)
		for _, who := range had {
			_, err := w.gives(g, who)
			w.OK(err)
		}
		w.Set(noon.Add(170 * day))
		g, err := w.Retire(w.Context(), boss, w.Programme.ID, g.ID)
		w.OK(err)
		_, err = w.gives(g, never[0])
		w.Refuses(err, "gesture_retired")
		before, after := g.Retired.Add(-100*day), g.Retired.Add(100*day)
		w.sells(append(append([]id.ID{}, had...), never...), 0, before, 2000)
		w.sells(had[:16], 0, after, 900)
		w.sells(had[16:], 0, after, 1100)
		w.sells(never[:17], 1, after, 1500)
		w.sells(never[17:], 0, after, 1700)
		w.sells(far, 1, before, 99000)
		w.sells(never, 0, g.Retired.Add(-181*day), 77000) // before the half year
		r, err := w.Results(w.Context(), boss, w.Programme.ID, g.ID)
		w.OK(err)
		if d := r.Withdrawal; !d.Early || d.Shown {
			w.Errorf("before its time it is %+v", d)
		}
		w.Set(g.Retired.Add(WithdrawalDays * day))
		r, err = w.Results(w.Context(), boss, w.Programme.ID, g.ID)
		w.OK(err)
		d := r.Withdrawal
		if d.Early || d.Had != 32 || d.Never != 34 || d.HadBefore != 64000 || d.HadAfter != 32000 || d.NeverBefore != 68000 || d.NeverAfter != 54400 || !d.Shown {
			w.Fatalf("it is %+v", d)
		}
		// The variances are 100²·n/(n−1); with 32 and 34 people Welch has 63.6
		// degrees of freedom, of which Student's t is 1.998.
		se := math.Sqrt(1e4/31 + 1e4/33)
		if !near(d.Difference.Value, -600) || math.Abs((d.Difference.High-d.Difference.Low)/2-1.998*se) > 0.02 {
			w.Errorf("the difference is %+v, by hand -600 ± %f", d.Difference, 1.998*se)
		}
	})
}

// TestTooFewAreOnlyCounted: 29 of one group give no interval.
func TestTooFewAreOnlyCounted(t *testing.T) {
	each(t, func(w *town) {
		g := w.adds(biscuit())
		had, never := w.joins(29), w.joins(40)
		for _, who := range had {
			_, err := w.gives(g, who)
			w.OK(err)
		}
		w.sells(append(append([]id.ID{}, had...), never...), 0, noon.Add(time.Hour), 2000)
		w.Set(noon.Add(170 * day))
		_, err := w.Retire(w.Context(), boss, w.Programme.ID, g.ID)
		w.OK(err)
		w.Pass(WithdrawalDays * day)
		r, err := w.Results(w.Context(), boss, w.Programme.ID, g.ID)
		w.OK(err)
		if d := r.Withdrawal; d.Had != 29 || d.Never != 40 || d.Shown || d.Difference != (stats.Interval{}) {
			w.Errorf("it is %+v", d)
		}
	})
}

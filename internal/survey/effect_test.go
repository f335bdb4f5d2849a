package survey

import (
	"fmt"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/journal"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// buys lets a member of the town buy now.
func (w *town) buys(m int) {
	w.Helper()
	_, err := w.Flow.TakeOne(w.Context(), &flow.Event{
		ProgrammeID: w.Programme.ID, Source: "till", ExternalID: fmt.Sprintf("again-%d-%d", m, w.Now().Unix()), Kind: journal.Purchase, Shop: "main", Actor: tester, Occurred: w.Now(),
		Who:     flow.Who{MemberID: w.members[m]},
		Payload: flow.Payload{Currency: money.Currency("EUR"), Lines: []sale.Line{{SKU: "coffee", Quantity: 1000, Amount: 300}}},
	})
	w.OK(err)
}

// Those who are never asked and those who were are counted by what each bought
// after the draw: here asking drives everybody away.
func TestEffectOfAsking(t *testing.T) {
	each(t, func(w *town) {
		w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 4_000))
		w.joins(60, 10)
		w.joins(5, 100) // too long ago for the plan
		n := w.asks()
		says := func(key string, shown bool) Effect {
			t.Helper()
			e, err := w.Effect(w.Context(), tester, w.Programme.ID, n.ID)
			w.OK(err)
			if e.Difference.Says.Key != "survey.effect."+key || e.Difference.Shown != shown {
				w.Errorf("it says %v (%v), want %s", e.Difference.Says, e.Difference.Shown, key)
			}
			return e
		}
		says("nobody", false)
		_, list := w.draws(n, Plan{Method: Everybody, Bought: 30})
		says("early", false)
		asked := map[int]bool{}
		for _, i := range list {
			for k, m := range w.members {
				asked[k] = asked[k] || m == i.MemberID
			}
		}
		w.Set(w.Now().AddDate(0, 0, 20))
		again := map[bool]int64{}
		for k := range w.members[:60] {
			if !asked[k] || k%4 == 0 { // the asked stay away, but for some
				w.buys(k)
				again[asked[k]]++
			}
		}
		w.Set(w.Now().AddDate(0, 0, EffectDays))
		w.buys(1) // after the end, it counts for nobody
		w.joins(30, 0)
		e := says("harm", true)
		want := Effect{Asked: int64(len(list)), AskedAgain: again[true], Never: 60 - int64(len(list)), NeverAgain: again[false]}
		if e.Asked != want.Asked || e.AskedAgain != want.AskedAgain || e.Never != want.Never || e.NeverAgain != want.NeverAgain {
			w.Errorf("counted %+v, want %+v", e, want)
		}
		if e.Preliminary != (min(e.Asked, e.Never) < Preliminary) || e.To.Sub(e.From) != EffectDays*24*time.Hour {
			w.Errorf("%+v", e)
		}
	})
}

// A quota asks some more than others, so nobody can be compared with the rest.
func TestNoEffectOfAQuota(t *testing.T) {
	each(t, func(w *town) {
		w.joins(5, 10)
		n := w.asks()
		w.draws(n, Plan{Method: Quota, Wanted: 1, By: ByRecency})
		w.Set(w.Now().AddDate(1, 0, 0))
		e, err := w.Effect(w.Context(), tester, w.Programme.ID, n.ID)
		w.OK(err)
		if e.Difference.Says.Key != "survey.effect.chosen" || e.Difference.Shown {
			w.Errorf("it says %v", e.Difference.Says)
		}
	})
}

func TestEffectSaysWhichWay(t *testing.T) {
	for _, one := range []struct {
		e     Effect
		key   string
		shown bool
	}{
		{Effect{Asked: 9, Never: 500}, "few", false},
		{Effect{Asked: 500, Never: 9}, "few", false},
		{Effect{Asked: 1000, AskedAgain: 500, Never: 100, NeverAgain: 51}, "none", true},
		{Effect{Asked: 1000, AskedAgain: 300, Never: 100, NeverAgain: 60}, "harm", true},
		{Effect{Asked: 1000, AskedAgain: 700, Never: 100, NeverAgain: 40}, "good", true},
		// Newcombe (1998), table II, example (a) by method 10: 56/70 - 48/80 is 0.2000 (0.0524 to 0.3339).
		{Effect{Asked: 70, AskedAgain: 56, Never: 80, NeverAgain: 48}, "good", true},
	} {
		e := one.e
		e.reckon()
		if e.Difference.Says.Key != "survey.effect."+one.key || e.Difference.Shown != one.shown {
			t.Errorf("%+v says %v", one.e, e.Difference.Says)
		}
		if e.Asked == 70 && (tenth(e.Difference.Low) != 5.2 || tenth(e.Difference.High) != 33.4) {
			t.Errorf("the interval is %v", e.Difference.Interval)
		}
	}
}

// TestWhoWasHeldOutStaysSo: a share that changes after the draw changes nothing
// of what asking did, and what was drawn before it was kept is judged by the
// share of today.
func TestWhoWasHeldOutStaysSo(t *testing.T) {
	each(t, func(w *town) {
		w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 4_000))
		w.joins(40, 10)
		n := w.asks()
		s, list := w.draws(n, Plan{Method: Everybody, Bought: 30})
		w.Set(w.Now().AddDate(0, 0, EffectDays))
		effect := func() Effect {
			t.Helper()
			e, err := w.Effect(w.Context(), tester, w.Programme.ID, n.ID)
			w.OK(err)
			return e
		}
		if e := effect(); e.Never != s.Never || e.Never == 0 || e.Asked != int64(len(list)) {
			w.Fatalf("held out were %d, and it says %+v", s.Never, e)
		}
		w.Clean(Room())
		w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 0))
		if e := effect(); e.Never != s.Never {
			w.Errorf("with nobody held out any more there are %d of %d", e.Never, s.Never)
		}
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(w.Context(), `DELETE FROM survey_held`)
			return err
		}))
		if e := effect(); e.Never != 0 {
			w.Errorf("of an old draw there are %d", e.Never)
		}
		w.OK(w.SetNeverShare(w.Context(), tester, w.Programme.ID, 4_000))
		if e := effect(); e.Never != s.Never {
			w.Errorf("of an old draw there are %d of %d", e.Never, s.Never)
		}
	})
}

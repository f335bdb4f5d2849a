package returns

import (
	"testing"
	"time"

	"regulars/internal/tier"
)

// TestARankGivesMoreDaysToReturn: Ann is silver from her first sale on. What she
// buys as silver may come back for longer, what made her silver may not, nor what a
// rule holds to its days; and the wallet goes on showing the way.
func TestARankGivesMoreDaysToReturn(t *testing.T) {
	each(t, func(w *town) {
		w.AddLadder(tier.Rank{Code: "regular", Name: "Regular"}, tier.Rank{Code: "silver", Name: "Silver", Threshold: 40_00, Terms: tier.Terms{ReturnDays: 16}})
		set := w.rules()
		set.Rules[2].Strict = true // china
		w.OK(w.SetSetting(w.Context(), boss, w.Programme.ID, 1, set))
		w.bought("first")
		w.Set(w.Now().Add(time.Hour))
		w.bought("second")
		for _, want := range []struct {
			order          string
			line           int
			days, lengthen int
			never          bool
		}{
			{"first", 0, 14, 0, false}, {"first", 1, 30, 0, false}, {"second", 0, 30, 16, false}, {"second", 1, 30, 0, false}, {"second", 2, 0, 0, true},
		} {
			l := w.order(w.link(want.order)).Lines[want.line]
			day := w.Now()
			ends := time.Date(day.Year(), day.Month(), day.Day()+want.days+1, 0, 0, 0, 0, time.UTC)
			if want.never {
				ends = time.Time{}
			}
			if !l.Until.Equal(ends) || l.Longer != want.lengthen {
				w.Errorf("%s of the %s order may come back until %s, %d days of it by rank; want %s and %d", l.SKU, want.order, l.Until, l.Longer, ends, want.lengthen)
			}
		}
		since, err := Since(w.Context(), w.DB.Reader(), w.Programme.ID, w.Now())
		w.OK(err)
		if want := w.Now().AddDate(0, 0, -60-16-wayDays); !since.Equal(want) {
			w.Errorf("sales are looked at since %s, want %s", since, want)
		}
	})
}

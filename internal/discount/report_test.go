package discount

import (
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/promo"
)

// TestWhatGoesAtADiscount is reckoned by hand: Ann buys three times at a discount
// in the north, Bob twice with and once without, Eve once without in the south.
func TestWhatGoesAtADiscount(t *testing.T) {
	each(t, func(w *town) {
		w.sets(Settings{Limit: 40, Days: 28, Least: 10, Weeks: 8})
		ann, bob, eve := w.Joins(), w.Joins(), w.Joins()
		for range 4 {
			w.sells(eve, "south", true) // before there was an offer, and before the days
		}
		w.Pass(30 * day)
		w.publishes("Tenth", promo.Spec{})
		for range 3 {
			w.sells(ann, "north", true)
		}
		w.sells(bob, "north", true)
		w.sells(bob, "south", true)
		w.sells(bob, "south", false) // taken in with its price
		w.sells(eve, "south", false)
		w.Pass(day)
		r := w.report()
		if want := (Share{Sales: 7, Discounted: 5, Goods: 5*9_00 + 2*10_00, Given: 5_00}); r.All != want {
			t.Errorf("in all %+v, want %+v", r.All, want)
		}
		if want := (Share{Sales: 4, Goods: 40_00}); r.Before != want {
			t.Errorf("before %+v, want %+v", r.Before, want)
		}
		if len(r.Shops) != 2 || r.Shops[0].Shop.Code != "north" || r.Shops[0].Share != (Share{4, 4, 36_00, 4_00}) || r.Shops[1].Share != (Share{3, 1, 29_00, 1_00}) {
			t.Errorf("by shop %+v", r.Shops)
		}
		if r.Members != 2 || r.Constant != 1 {
			t.Errorf("%d of %d buy at nothing but a discount, want one of two", r.Constant, r.Members)
		}
		if r.Known(r.All) || r.High(r.All) {
			t.Error("something is said of seven sales")
		}
		if got := r.All.Depth(); got != 5_00/70_00. {
			t.Errorf("taken off %v", got)
		}
		w.Clean(Room())
	})
}

// TestMoreThanTheLimitBeyondChance: 9 of 12 is 75 % with the interval 46.8 % to
// 91.1 % (Wilson), above 45 %, and not above 50 % for sure.
func TestMoreThanTheLimitBeyondChance(t *testing.T) {
	each(t, func(w *town) {
		w.publishes("Tenth", promo.Spec{})
		for i := range 12 {
			w.sells(w.Joins(), "north", i < 9)
		}
		w.Pass(day)
		for limit, high := range map[int64]bool{45: true, 46: true, 47: false, 50: false, 0: false} {
			w.sets(Settings{Limit: limit, Days: 28, Least: 12, Weeks: 8})
			if r := w.report(); r.High(r.All) != high {
				t.Errorf("above %d %%: %v of %+v", limit, !high, r.All.Rate())
			}
		}
		w.sets(Settings{Limit: 45, Days: 28, Least: 13, Weeks: 8})
		if r := w.report(); r.High(r.All) {
			t.Error("too few sales, and above the limit for sure")
		}
	})
}

// TestAnOfferWithoutAPause: one that everybody gets wants a pause after so many
// weeks, whatever its versions; codes, newcomers' offers and those with an end do
// not.
func TestAnOfferWithoutAPause(t *testing.T) {
	each(t, func(w *town) {
		old := w.publishes("Tenth", promo.Spec{})
		w.publishes("Code", promo.Spec{WithCode: true})
		w.publishes("First", promo.Spec{Audience: promo.Newcomers})
		w.publishes("Double", promo.Spec{Benefit: promo.Benefit{Kind: promo.PointsMultiplier, Rate: money.NewRate(2, 1)}})
		tired := func() (names []string, weeks int64) {
			for _, n := range w.report().Offers {
				if n.Tired {
					names, weeks = append(names, n.Name), n.Weeks
				}
			}
			return names, weeks
		}
		w.Pass(4 * 7 * day)
		_, err := w.offers.SaveDraft(w.Context(), boss, w.Programme.ID, old.OfferID, promo.Spec{Benefit: promo.Benefit{Kind: promo.Percent, Percent: money.NewRate(12, 1)}})
		w.OK(err)
		_, err = w.offers.Publish(w.Context(), boss, w.Programme.ID, old.OfferID, w.Now(), time.Time{})
		w.OK(err)
		w.Pass(3 * 7 * day)
		w.sells(w.Joins(), "north", true)
		if names, _ := tired(); len(names) != 0 {
			t.Errorf("after seven weeks %q want a pause", names)
		}
		w.Pass(8 * day)
		if names, weeks := tired(); len(names) != 1 || names[0] != "Tenth" || weeks != 8 {
			t.Errorf("after eight weeks %q want a pause, of %d weeks", names, weeks)
		}
		if n := len(w.report().Offers); n != 3 {
			t.Errorf("%d offers take something off, not three", n)
		}
	})
}

// TestWhoWasMergedBuysAsOne: of two profiles of one person the sales count
// together.
func TestWhoWasMergedBuysAsOne(t *testing.T) {
	each(t, func(w *town) {
		w.publishes("Tenth", promo.Spec{})
		one, two := w.Joins(member.Identity{Kind: member.Card, Value: "1"}), w.Joins(member.Identity{Kind: member.Card, Value: "2"})
		w.sells(one, "north", true)
		w.sells(one, "north", true)
		w.sells(two, "north", true)
		w.Pass(day)
		if r := w.report(); r.Members != 0 {
			t.Errorf("%d with three sales before they were merged", r.Members)
		}
		_, err := w.Flow.Merge(w.Context(), boss, w.Programme.ID, one, two)
		w.OK(err)
		if r := w.report(); r.Members != 1 || r.Constant != 1 {
			t.Errorf("%d of %d after", r.Constant, r.Members)
		}
	})
}

func TestSettingsOfDiscounts(t *testing.T) {
	each(t, func(w *town) {
		err := w.SetSettings(w.Context(), boss, w.Programme.ID, 0, Settings{Limit: 101, Days: 6, Least: 100, Weeks: 8})
		if all := fault.All(err); len(all) != 2 || all[0].Field != "/limit" || all[1].Field != "/days" {
			t.Errorf("what is wrong: %v", err)
		}
		w.sets(Settings{Limit: 30, Days: 14, Least: 50, Weeks: 4})
		w.Refuses(w.SetSettings(w.Context(), boss, w.Programme.ID, 0, DefaultSettings()), "discount_settings_changed")
		if s, version, err := w.Settings(w.Context(), boss, w.Programme.ID); err != nil || version != 1 || s != (Settings{30, 14, 50, 4}) {
			t.Errorf("%+v, version %d, %v", s, version, err)
		}
		var stranger auth.Actor
		if _, err := w.Report(w.Context(), stranger, w.Programme.ID); fault.As(err) == nil {
			t.Errorf("a stranger may see: %v", err)
		}
	})
}

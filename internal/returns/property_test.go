package returns

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/flow"
	"regulars/internal/sale"
)

// TestWhatGoesBackIsSplitToThePenny draws items, what was paid for each, fees and
// what of it goes back in money: nothing is lost, and nobody pays to send goods.
func TestWhatGoesBackIsSplitToThePenny(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := &Return{Fee: rapid.Int64Range(0, 2000).Draw(t, "fee")}
		var items []*Item
		var backs []sale.Back
		var whole int64
		for i := range rapid.IntRange(1, 5).Draw(t, "items") {
			items = append(items, &Item{})
			for range rapid.IntRange(0, 2).Draw(t, "matches") {
				paid := rapid.Int64Range(0, 5000).Draw(t, "paid")
				backs, whole = append(backs, sale.Back{Line: i + 1, Amount: paid}), whole+paid
			}
		}
		var refund *flow.Refund
		if rapid.Bool().Draw(t, "priced") {
			refund = &flow.Refund{Money: rapid.Int64Range(0, whole).Draw(t, "money")}
			whole = refund.Money
		}
		asked := r.Fee
		r.share(items, backs, refund)
		var given, paid int64
		for _, n := range items {
			if n.Given < 0 || n.Given > n.Amount {
				t.Fatalf("%d is given for what cost %d", n.Given, n.Amount)
			}
			given, paid = given+n.Given, paid+n.Amount
		}
		if r.Fee != min(asked, whole) || given+r.Fee != whole && paid > 0 {
			t.Fatalf("of %d are given %d, and %d is kept for a fee of %d", whole, given, r.Fee, asked)
		}
	})
}

// TestDaysEndWithTheDay draws moments and zones: whoever has so many days has all
// of the last one, by the clock on the wall.
func TestDaysEndWithTheDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]string{"Europe/Warsaw", "America/New_York", "Asia/Kathmandu", "UTC"}).Draw(t, "zone")
		where, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		from := time.Unix(rapid.Int64Range(1_500_000_000, 1_900_000_000).Draw(t, "from"), 0)
		days, longer := rapid.IntRange(0, 400).Draw(t, "days"), rapid.IntRange(0, 100).Draw(t, "longer")
		end := (&Rule{Days: days}).until(from, longer, where)
		last, first := end.Add(-time.Second).In(where), from.In(where)
		wall := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
		if got := int(wall(last).Sub(wall(first)).Hours() / 24); got != days+longer {
			t.Fatalf("from %s the last day is %s: %d days, want %d", first, last, got, days+longer)
		}
	})
}

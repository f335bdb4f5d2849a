package sale

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/journal"
)

// TestByPeriod sells at the bounds of three days and lets some goods of the
// second day come back on the third.
func TestByPeriod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		bounds := []time.Time{day, day.AddDate(0, 0, 1), day.AddDate(0, 0, 2), day.AddDate(0, 0, 3)}
		tally, other := &Tally{MemberID: 7}, &Tally{MemberID: 8}
		sales := []*Sale{
			bought(tally, 101, bounds[0].Add(-time.Microsecond), Line{SKU: "A", Quantity: 1000, Amount: 1}),
			bought(tally, 102, bounds[0], Line{SKU: "A", Quantity: 1000, Amount: 20}, Line{SKU: "POST", Quantity: 1000, Amount: 5, Fee: true}),
			bought(other, 103, bounds[1].Add(-time.Microsecond), Line{SKU: "A", Quantity: 1000, Amount: 300}),
			bought(other, 104, bounds[1], Line{SKU: "B", Quantity: 2000, Amount: 4000}),
			bought(tally, 105, bounds[3], Line{SKU: "A", Quantity: 1000, Amount: 50_000}),
		}
		back := bring(other, 106, Return{At: bounds[2], Lines: []ReturnLine{{SKU: "B", Quantity: 1000}, {SKU: "C", Quantity: 1000}}}, sales[2:4])
		save(t, d, Changes{New: sales, Returns: []Returned{back}, Tallies: []*Tally{tally, other}})

		want := []Period{{Sales: 2, Goods: 320, RepeatGoods: 20}, {Sales: 1, Goods: 2000, RepeatGoods: 2000}, {}}
		if diff := cmp.Diff(want, must(ByPeriod(ctx, d.Reader(), 1, bounds))(t)); diff != "" {
			t.Errorf("by day (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want[:1], must(ByPeriod(ctx, d.Reader(), 1, bounds[:2]))(t)); diff != "" {
			t.Errorf("one day (-want +got):\n%s", diff)
		}
		if got := must(ByPeriod(ctx, d.Reader(), 1, bounds[:1]))(t); got != nil {
			t.Errorf("no period at all: %v", got)
		}
		if diff := cmp.Diff(make([]Period, 3), must(ByPeriod(ctx, d.Reader(), 2, bounds))(t)); diff != "" {
			t.Errorf("another programme (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]Item{{SKU: "A"}, {SKU: "B"}}, must(Items(ctx, d.Reader(), 1))(t)); diff != "" {
			t.Errorf("what was sold (-want +got):\n%s", diff)
		}
		if got := must(Items(ctx, d.Reader(), 2))(t); len(got) != 0 {
			t.Errorf("another programme sold %v", got)
		}
		if got := must(Latest(ctx, d.Reader(), 1))(t); !got.Equal(bounds[3]) {
			t.Errorf("the latest sale is of %v", got)
		}
		if got := must(Latest(ctx, d.Reader(), 2))(t); !got.IsZero() {
			t.Errorf("a programme without sales has one of %v", got)
		}
		if got := must(CountUnmatched(ctx, d.Reader(), 1))(t); got != 1 {
			t.Errorf("%d unmatched lines", got)
		}
	}, journal.Schema, Schema)
}

package earn_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/id"
)

// usage counts the counters by period and year.
func (w *world) usage(t *testing.T) map[string]int {
	t.Helper()
	rows, err := w.d.Reader().Query(t.Context(), `SELECT period, period_start FROM earn_usage`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	found := map[string]int{}
	for rows.Next() {
		var period string
		var start int64
		if err := rows.Scan(&period, &start); err != nil {
			t.Fatal(err)
		}
		found[fmt.Sprint(period, " ", time.UnixMicro(start).UTC().Add(time.Hour).Year())]++
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestSweepForgetsOldCounters keeps what may still bind: periods not long over,
// caps without end, and what an import of the past counts in now.
func TestSweepForgetsOldCounters(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.create(t, "Often", fixed(t, "10", `,"caps":[{"period":"day","times":5},{"period":"week","times":5},
			{"period":"month","times":5},{"period":"year","times":6},{"period":"ever","times":900}]`))
		many := make([]id.ID, 2600) // more than a page of counters
		for i := range many {
			many[i] = id.ID(i + 1)
		}
		count := func(when time.Time, members ...id.ID) {
			t.Helper()
			if _, err := w.batch(ctx, when, members...); err != nil {
				t.Fatal(err)
			}
		}
		sweep := func(after time.Duration, want map[string]int) {
			t.Helper()
			w.now = w.now.Add(after)
			if err := w.Sweep(ctx); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, w.usage(t)); diff != "" {
				t.Errorf("%v (-want +got):\n%s", w.now, diff)
			}
		}
		const day = 24 * time.Hour
		first := w.now // 1 January 2026
		count(first.Add(9*day), many...)
		all := map[string]int{"day 2026": 2600, "week 2026": 2600, "month 2026": 2600, "year 2026": 2600, "ever 1970": 2600}
		sweep(0, all)
		sweep(400*day, all)
		sweep(14*day, map[string]int{"month 2026": 2600, "year 2026": 2600, "ever 1970": 2600})
		count(first.Add(40*day), 7) // told now, though it is of last year
		sweep(60*day, map[string]int{"day 2026": 1, "week 2026": 1, "month 2026": 1, "year 2026": 2600, "ever 1970": 2600})
		sweep(340*day, map[string]int{"year 2026": 1, "ever 1970": 2600, "day 2026": 1, "week 2026": 1, "month 2026": 1})
		sweep(10*day, map[string]int{"ever 1970": 2600})
	})
}

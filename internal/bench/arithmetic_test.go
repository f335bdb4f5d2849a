package bench

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestQuantile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i+1) * time.Millisecond
	}
	cases := map[string]struct {
		latencies []time.Duration
		q         float64
		want      time.Duration
	}{
		"nothing was asked": {nil, 0.99, 0},
		"one":               {hundred[:1], 0.99, time.Millisecond},
		"the middle":        {hundred, 0.5, 51 * time.Millisecond},
		"the tail":          {hundred, 0.99, 100 * time.Millisecond},
		"the longest":       {hundred, 1, 100 * time.Millisecond},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := (run{latencies: c.latencies}).quantile(c.q); got != c.want {
				t.Errorf("the quantile %v is %v, want %v", c.q, got, c.want)
			}
		})
	}
}

// TestQuantileHolds checks what a quantile means: no more than the rest of the
// requests took longer.
func TestQuantileHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.Int64Range(1, 1_000_000).Draw(t, "ns"))
		}), 1, 300).Draw(t, "latencies")
		slices.Sort(list)
		q := rapid.Float64Range(0, 1).Draw(t, "q")
		limit := run{latencies: list}.quantile(q)
		longer := 0
		for _, d := range list {
			if d > limit {
				longer++
			}
		}
		if most := math.Ceil((1 - q) * float64(len(list))); float64(longer) > most {
			t.Fatalf("%d of %d took longer than the quantile %v, more than %v", longer, len(list), q, most)
		}
	})
}

func TestRates(t *testing.T) {
	if got := perSecond(300, 1500*time.Millisecond); got != 200 {
		t.Errorf("300 in 1.5 s are %v a second", got)
	}
	if got := perSecond(300, 0); got != 0 {
		t.Errorf("in no time there is no rate, got %v", got)
	}
	if got := (Figure{Rate: 500, Limit: 2000}).Ratio(); got != 0.25 {
		t.Errorf("500 of 2,000 is %v", got)
	}
	if got := (Figure{Rate: 500}).Ratio(); got != 0 {
		t.Errorf("without a limit the ratio is %v", got)
	}
}

func TestGrouped(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 12.4: "12", 999.6: "1,000", 12345: "12,345", 1234567: "1,234,567"} {
		if got := grouped(v); got != want {
			t.Errorf("%v is written %q, want %q", v, got, want)
		}
	}
}

func TestSizes(t *testing.T) {
	for most, want := range map[int][]int{0: nil, 10_000: {10_000}, 1_000_000: {10_000, 100_000, 1_000_000}, 5_000_000: {10_000, 100_000, 1_000_000, 5_000_000}} {
		if diff := cmp.Diff(want, sizes(most)); diff != "" {
			t.Errorf("up to %d (-want +got):\n%s", most, diff)
		}
	}
}

func TestReport(t *testing.T) {
	r := Report{Command: "regulars bench", Machine: "a machine", Date: "today", Load: "1 and 2", Figures: []Figure{
		{Section: "bulk", Name: "sqlite", Rate: 8000, Unit: "events", P50: time.Millisecond, P99: 20 * time.Millisecond, CPU: 150 * time.Microsecond, Limit: 16000, LimitOf: "bare inserts", Aim: "≥ 8,000/s"},
		{Section: "import", Name: "import", Rate: 30_000, Unit: "rows", Peak: 200 << 20},
	}}
	var s strings.Builder
	if err := r.Markdown(&s); err != nil {
		t.Fatal(err)
	}
	want := `Measured today by ` + "`regulars bench`" + ` on a machine.
Load of the machine when the run began and when it ended: 1 and 2.

### Purchases in bulk

| what   | per second   | p50    | p99     | server CPU per event | its limit           | ratio | aim       |
|--------|--------------|--------|---------|----------------------|---------------------|-------|-----------|
| sqlite | 8,000 events | 1.0 ms | 20.0 ms | 150 µs               | 16,000 bare inserts | 0.50  | ≥ 8,000/s |

### A year of a real shop, and its replay

| what   | per second  | peak memory |
|--------|-------------|-------------|
| import | 30,000 rows | 200 MB      |
`
	if diff := cmp.Diff(want, s.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

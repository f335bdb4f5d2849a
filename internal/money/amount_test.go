package money

import (
	"math"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestCurrencies(t *testing.T) {
	for c, want := range map[Currency]int64{"GBP": 100, "JPY": 1, "KWD": 1000, "PLN": 100} {
		if got := c.Unit(); got != want {
			t.Errorf("%s has %d minor units; want %d", c, got, want)
		}
	}
	for c, want := range map[Currency]bool{"GBP": true, "gbp": false, "GB": false, "": false, "G1P": false} {
		if c.Valid() != want {
			t.Errorf("%q valid: %v", c, !want)
		}
	}
}

func TestParseDecimal(t *testing.T) {
	for in, want := range map[string]Rate{"12.50": NewRate(25, 2), "-.5": NewRate(-1, 2), "+3": NewRate(3, 1), "0.001": NewRate(1, 1000)} {
		if got, err := ParseDecimal(in); err != nil || got != want {
			t.Errorf("ParseDecimal(%q) = %v, %v; want %v", in, got, err, want)
		}
	}
	for _, in := range []string{"", ".", "1,5", "1.2.3", "1e3", "--1", "1234567890123456789", "٣"} {
		if got, err := ParseDecimal(in); err == nil {
			t.Errorf("ParseDecimal(%q) = %v; want it refused", in, got)
		}
	}
}

func TestSplitGivesTheRemainderToTheLargest(t *testing.T) {
	for _, c := range []struct {
		total         int64
		weights, want []int64
	}{
		{10, []int64{1, 1, 1}, []int64{4, 3, 3}},
		{11, []int64{1, 1, 1}, []int64{4, 4, 3}},
		{10, []int64{100, 300, 200}, []int64{1, 6, 3}}, // floors 1, 5, 3: the 300 is first
		{5, []int64{0, 0}, []int64{0, 0}},
		{5, []int64{-3, 2}, []int64{0, 5}},
		{0, []int64{1}, []int64{0}},
		{7, nil, []int64{}},
		{3, []int64{math.MaxInt64, math.MaxInt64, 1}, []int64{2, 1, 0}}, // the sum leaves 64 bits
	} {
		if got := Split(c.total, c.weights); !slices.Equal(got, c.want) {
			t.Errorf("Split(%d, %v) = %v; want %v", c.total, c.weights, got, c.want)
		}
	}
}

func TestSplitIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(0, 1<<50).Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1<<45), 1, 40).Draw(t, "weights")
		shares, whole, given := Split(total, weights), int64(0), int64(0)
		for i, w := range weights {
			whole += w
			given += shares[i]
		}
		if whole == 0 {
			total = 0
		}
		if given != total {
			t.Fatalf("shares of %d add up to %d", total, given)
		}
		for i, w := range weights {
			if floor := Part(total, w, whole); shares[i] != floor && shares[i] != floor+1 {
				t.Fatalf("share %d is %d; its part is %d", i, shares[i], floor)
			}
		}
	})
}

func TestPartAgreesWithBigArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(0, math.MaxInt64).Draw(t, "total")
		whole := rapid.Int64Range(1, math.MaxInt64).Draw(t, "whole")
		some := rapid.Int64Range(0, whole).Draw(t, "some")
		want := new(big.Int).Mul(big.NewInt(total), big.NewInt(some))
		want.Quo(want, big.NewInt(whole))
		if got := Part(total, some, whole); got != want.Int64() {
			t.Fatalf("Part(%d, %d, %d) = %d; want %s", total, some, whole, got, want)
		}
	})
}

// TestPlain: what is written is read back as the same number.
func TestPlain(t *testing.T) {
	for _, c := range []struct {
		n        int64
		decimals int
		want     string
	}{
		{1234, 2, "12.34"}, {-1234, 2, "-12.34"}, {0, 2, "0.00"}, {5, 2, "0.05"}, {-5, 3, "-0.005"}, {1234, 0, "1234"}, {-7, 0, "-7"},
		{math.MinInt64, 2, "-92233720368547758.08"}, {math.MaxInt64, 0, "9223372036854775807"},
	} {
		if got := Plain(c.n, c.decimals); got != c.want {
			t.Errorf("Plain(%d, %d) is %q, want %q", c.n, c.decimals, got, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n, decimals := rapid.Int64Range(-1e12, 1e12).Draw(t, "n"), rapid.IntRange(0, 4).Draw(t, "decimals")
		unit := int64(1)
		for range decimals {
			unit *= 10
		}
		if back, err := ParseDecimal(Plain(n, decimals)); err != nil || back.String() != NewRate(n, unit).String() {
			t.Errorf("%d with %d decimals became %v, %v", n, decimals, back, err)
		}
	})
}

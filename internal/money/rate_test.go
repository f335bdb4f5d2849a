package money

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/fault"
)

func TestParseRate(t *testing.T) {
	for in, want := range map[string]string{
		"1.25": "1.25", "5/4": "1.25", "3": "3", " 0.001 ": "0.001", "1/3": "1/3", "-0.5": "-0.5",
	} {
		r, err := ParseRate(in)
		if err != nil || r.String() != want {
			t.Errorf("ParseRate(%q) = %s, %v; want %s", in, r, err, want)
		}
	}
	for _, in := range []string{"", "x", "1e9", "1/0", "0x10", "99999999999999999999", "1_000"} {
		if r, err := ParseRate(in); fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("ParseRate(%q) = %s, %v; want it refused", in, r, err)
		}
	}
}

func TestRateJSONKeepsTheFraction(t *testing.T) {
	var r Rate
	for _, in := range []string{`"1.1"`, `1.1`} {
		if err := json.Unmarshal([]byte(in), &r); err != nil || r != NewRate(11, 10) {
			t.Errorf("reading %s: %v, %v", in, r, err)
		}
	}
	if out, err := json.Marshal(r); err != nil || string(out) != `"1.1"` {
		t.Errorf("writing 11/10: %s, %v", out, err)
	}
}

func TestApplyRoundings(t *testing.T) {
	for _, c := range []struct {
		n    int64
		rate Rate
		how  Rounding
		want int64
	}{
		{5, NewRate(1, 2), Floor, 2}, {5, NewRate(1, 2), Ceil, 3}, {5, NewRate(1, 2), HalfUp, 3}, {5, NewRate(1, 2), HalfEven, 2},
		{7, NewRate(1, 2), HalfEven, 4}, {-5, NewRate(1, 2), Floor, -3}, {-5, NewRate(1, 2), Ceil, -2},
		{-5, NewRate(1, 2), HalfUp, -3}, {-5, NewRate(1, 2), HalfEven, -2}, {-7, NewRate(1, 2), HalfEven, -4},
		{4, NewRate(1, 3), HalfUp, 1}, {5, NewRate(1, 3), HalfUp, 2}, {-4, NewRate(1, 3), HalfUp, -1}, {6, NewRate(1, 3), Ceil, 2},
		{9, Rate{}, Ceil, 0},
	} {
		if got, err := c.rate.Apply(c.n, c.how); err != nil || got != c.want {
			t.Errorf("%d × %s %s = %d, %v; want %d", c.n, c.rate, c.how, got, err, c.want)
		}
	}
	if _, err := NewRate(3, 1).Apply(math.MaxInt64/2, Floor); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("a product beyond 64 bits: %v; want it refused", err)
	}
}

func TestApplyFloorAgreesWithBigArithmetic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(-1<<40, 1<<40).Draw(t, "n")
		num := rapid.Int64Range(0, 1<<20).Draw(t, "num")
		den := rapid.Int64Range(1, 1<<20).Draw(t, "den")
		got, err := NewRate(num, den).Apply(n, Floor)
		exact := big.NewRat(num, den)
		exact.Mul(exact, new(big.Rat).SetInt64(n))
		below, above := new(big.Rat).SetInt64(got), new(big.Rat).SetInt64(got+1)
		if err != nil || below.Cmp(exact) > 0 || above.Cmp(exact) <= 0 {
			t.Fatalf("floor(%d × %d/%d) = %d, %v", n, num, den, got, err)
		}
	})
}

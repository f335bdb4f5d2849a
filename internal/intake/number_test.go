package intake

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/money"
)

func TestNumbers(t *testing.T) {
	point, comma := Numbers{}, Numbers{Decimal: Comma}
	grouped, polishForm := Numbers{Thousands: Comma}, Numbers{Decimal: Comma, Thousands: Space}
	for _, c := range []struct {
		form Numbers
		text string
		want decimal
		why  Reason
	}{
		{point, "12.50", decimal{125, 1}, ""},
		{point, "-0.001", decimal{-1, 3}, ""},
		{point, "+7", decimal{7, 0}, ""},
		{point, "−5", decimal{-5, 0}, ""},
		{point, ".5", decimal{5, 1}, ""},
		{point, "5.", decimal{5, 0}, ""},
		{point, "100.000", decimal{100, 0}, ""},
		{point, "12,50", decimal{}, MalformedNumber},
		{point, "1e5", decimal{}, MalformedNumber},
		{point, "1.2.3", decimal{}, MalformedNumber},
		{point, "", decimal{}, MalformedNumber},
		{point, "-", decimal{}, MalformedNumber},
		{point, "£5", decimal{}, MalformedNumber},
		{point, "NaN", decimal{}, MalformedNumber},
		{point, "٣", decimal{}, MalformedNumber},
		{point, "1234567890123456789", decimal{}, AbsurdNumber},
		{comma, "12,50", decimal{125, 1}, ""},
		{comma, "12.50", decimal{}, MalformedNumber},
		{grouped, "1,234,567.8", decimal{12345678, 1}, ""},
		{grouped, "1,5", decimal{}, MalformedNumber},
		{grouped, "1234,567", decimal{}, MalformedNumber},
		{grouped, ",123", decimal{}, MalformedNumber},
		{grouped, "1,,234", decimal{}, MalformedNumber},
		{grouped, "1,23.4", decimal{}, MalformedNumber},
		{grouped, "1.234,5", decimal{}, MalformedNumber},
		{grouped, "1234.5", decimal{12345, 1}, ""},
		{polishForm, "1 234,50", decimal{12345, 1}, ""},
		{polishForm, "12\u00a0345\u202f678", decimal{12345678, 0}, ""},
		{polishForm, "-1 234", decimal{-1234, 0}, ""},
		{Numbers{Thousands: Apostrophe}, "1'234’567.25", decimal{123456725, 2}, ""},
		{Numbers{Decimal: Comma, Thousands: Point}, "1.234,5", decimal{12345, 1}, ""},
	} {
		got, why := c.form.parse(c.text)
		if got != c.want || why != c.why {
			t.Errorf("%q by %+v is %+v %q, want %+v %q", c.text, c.form, got, why, c.want, c.why)
		}
	}
}

func TestThousandths(t *testing.T) {
	for _, c := range []struct {
		d    decimal
		want int64
		why  Reason
	}{
		{decimal{5, 0}, 5000, ""},
		{decimal{-1234, 3}, -1234, ""},
		{decimal{12345, 4}, 0, TooManyDecimals},
		{decimal{1_000_000_000, 0}, 1_000_000_000_000, ""},
		{decimal{1_000_000_001, 0}, 0, AbsurdNumber},
		{decimal{-1_000_000_001, 0}, 0, AbsurdNumber},
	} {
		if got, why := c.d.thousandths(1_000_000_000_000); got != c.want || why != c.why {
			t.Errorf("%+v gives %d %q, want %d %q", c.d, got, why, c.want, c.why)
		}
	}
}

func TestProduct(t *testing.T) {
	for _, c := range []struct {
		quantity int64
		price    decimal
		decimals int
		want     int64
		rounded  bool
		why      Reason
	}{
		{6000, decimal{255, 2}, 2, 1530, false, ""},
		{1000, decimal{1, 3}, 2, 0, true, ""},
		{5000, decimal{1, 3}, 2, 1, true, ""}, // half a penny goes away from zero
		{-5000, decimal{1, 3}, 2, -1, true, ""},
		{1500, decimal{3, 0}, 0, 5, true, ""},
		{250, decimal{1999, 2}, 2, 500, true, ""},
		{1000, decimal{333333333333, 12}, 3, 333, true, ""},
		{1000, decimal{1, 13}, 2, 0, false, TooManyDecimals},
		{1_000_000_000_000, decimal{999_999_999_999_999_999, 0}, 2, 0, false, AbsurdNumber},
		{1000, decimal{money.MaxMinor/100 + 1, 0}, 2, 0, false, AbsurdNumber},
	} {
		got, rounded, why := product(c.quantity, c.price, c.decimals)
		if got != c.want || rounded != c.rounded || why != c.why {
			t.Errorf("%d × %+v is %d %v %q, want %d %v %q", c.quantity, c.price, got, rounded, why, c.want, c.rounded, c.why)
		}
	}
}

// TestProductIsExact compares with rational numbers.
func TestProductIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		quantity := rapid.Int64Range(-1_000_000_000_000, 1_000_000_000_000).Draw(t, "quantity")
		price := decimal{rapid.Int64Range(-1e18+1, 1e18-1).Draw(t, "digits"), rapid.IntRange(0, maxPlaces).Draw(t, "places")}
		decimals := rapid.IntRange(0, 3).Draw(t, "decimals")
		got, rounded, why := product(quantity, price, decimals)

		exact := big.NewRat(quantity, 1000)
		exact.Mul(exact, big.NewRat(price.digits, power(price.places)))
		exact.Mul(exact, big.NewRat(power(decimals), 1))
		off := new(big.Rat).Sub(exact, big.NewRat(got, 1))
		switch {
		case why == AbsurdNumber:
			if new(big.Rat).Abs(exact).Cmp(big.NewRat(money.MaxMinor, 1)) < 0 {
				t.Errorf("%s was refused", exact.FloatString(5))
			}
		case off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 || rounded == exact.IsInt():
			t.Errorf("%s became %d, rounded %v", exact.FloatString(5), got, rounded)
		}
	})
}

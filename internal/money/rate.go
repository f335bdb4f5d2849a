package money

import (
	"encoding/json"
	"math/big"
	"strings"

	"regulars/internal/fault"
)

// Rate is an exact fraction. The zero Rate is 0.
type Rate struct{ num, den int64 }

// NewRate returns num/den in lowest terms. The denominator must not be zero.
func NewRate(num, den int64) Rate {
	r := big.NewRat(num, den)
	return Rate{r.Num().Int64(), r.Denom().Int64()}
}

// ParseRate reads "1.25", "5/4" or "3".
func ParseRate(s string) (Rate, error) {
	s = strings.TrimSpace(s)
	bad := fault.Invalid("malformed_rate", "%q is not a number like 1.25 or a fraction like 5/4", clip(s)).With("value", clip(s))
	if len(s) == 0 || len(s) > 40 || strings.ContainsAny(s, "eExXpP_") {
		return Rate{}, bad
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok || !r.Num().IsInt64() || !r.Denom().IsInt64() {
		return Rate{}, bad
	}
	return Rate{r.Num().Int64(), r.Denom().Int64()}, nil
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// Num returns the numerator in lowest terms.
func (r Rate) Num() int64 { return r.num }

// Den returns the denominator, at least 1.
func (r Rate) Den() int64 { return max(1, r.den) }

// IsZero reports whether the rate is 0.
func (r Rate) IsZero() bool { return r.num == 0 }

// String returns the shortest exact decimal, or the fraction where there is
// none.
func (r Rate) String() string {
	b := big.NewRat(r.num, r.Den())
	if prec, exact := b.FloatPrec(); exact {
		return b.FloatString(prec)
	}
	return b.RatString()
}

// Mul returns the exact product; it fails when the product leaves 64 bits.
func (r Rate) Mul(o Rate) (Rate, error) {
	p := new(big.Rat).Mul(big.NewRat(r.num, r.Den()), big.NewRat(o.num, o.Den()))
	if !p.Num().IsInt64() || !p.Denom().IsInt64() {
		return Rate{}, tooLarge()
	}
	return Rate{p.Num().Int64(), p.Denom().Int64()}, nil
}

// MarshalJSON writes the rate as a string, so that no reader makes a float of
// it.
func (r Rate) MarshalJSON() ([]byte, error) { return json.Marshal(r.String()) }

// UnmarshalJSON reads a string or a plain decimal number.
func (r *Rate) UnmarshalJSON(b []byte) error {
	s := string(b)
	if len(b) > 0 && b[0] == '"' {
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
	}
	v, err := ParseRate(s)
	*r = v
	return err
}

// Rounding says what becomes of a fraction of the smallest unit.
type Rounding string

// The roundings. All but Floor and Ceil round to the nearest; they differ at
// exactly half.
const (
	Floor    Rounding = "floor"
	Ceil     Rounding = "ceil"
	HalfUp   Rounding = "half_up"
	HalfEven Rounding = "half_even"
)

// Apply returns n × r, rounded. Floor and Ceil round towards negative and
// positive infinity; HalfUp takes a half away from zero. It fails when the
// result leaves 64 bits.
func (r Rate) Apply(n int64, how Rounding) (int64, error) {
	den := big.NewInt(r.Den())
	product := new(big.Int).Mul(big.NewInt(n), big.NewInt(r.num))
	q, rest := new(big.Int).DivMod(product, den, new(big.Int)) // Euclidean: 0 ≤ rest < den
	if roundsUp(q, rest, den, how) {
		q.Add(q, big.NewInt(1))
	}
	if !q.IsInt64() {
		return 0, tooLarge()
	}
	return q.Int64(), nil
}

func roundsUp(q, rest, den *big.Int, how Rounding) bool {
	if rest.Sign() == 0 {
		return false
	}
	half := new(big.Int).Lsh(rest, 1).Cmp(den)
	switch how {
	case Ceil:
		return true
	case HalfUp:
		return half > 0 || half == 0 && q.Sign() >= 0
	case HalfEven:
		return half > 0 || half == 0 && q.Bit(0) == 1
	}
	return false
}

func tooLarge() *fault.Error {
	return fault.Invalid("sum_too_large", "the sum is larger than can be kept; send smaller amounts")
}

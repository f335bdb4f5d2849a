package money

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/fault"
)

// Currency is an ISO 4217 code such as GBP.
type Currency string

// decimals lists the currencies whose minor unit is not a hundredth
// (ISO 4217 list one).
var decimals = map[Currency]int{
	"BHD": 3, "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "IQD": 3, "ISK": 0, "JOD": 3, "JPY": 0,
	"KMF": 0, "KRW": 0, "KWD": 3, "LYD": 3, "OMR": 3, "PYG": 0, "RWF": 0, "TND": 3, "UGX": 0,
	"UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}

// Decimals returns how many digits the minor unit takes: 2 for GBP, 0 for JPY.
func (c Currency) Decimals() int {
	if d, ok := decimals[c]; ok {
		return d
	}
	return 2
}

// Valid reports whether the code has the form of ISO 4217.
func (c Currency) Valid() bool {
	return len(c) == 3 && strings.IndexFunc(string(c), func(r rune) bool { return r < 'A' || r > 'Z' }) < 0
}

// Unit returns how many minor units make one unit of the currency.
func (c Currency) Unit() int64 {
	n := int64(1)
	for range c.Decimals() {
		n *= 10
	}
	return n
}

// Plain writes a number of smallest units, so many to a whole as the decimals
// say, with a point and without anything else, for programs to read: 1234 with
// 2 decimals is 12.34.
func Plain(n int64, decimals int) string {
	sign, digits := "", strconv.FormatInt(n, 10)
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	if decimals == 0 {
		return sign + digits
	}
	if short := decimals + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	return sign + digits[:len(digits)-decimals] + "." + digits[len(digits)-decimals:]
}

// MaxMinor bounds every sum that is taken from outside, so that sums of many
// of them cannot leave 64 bits.
const MaxMinor = int64(1) << 50

// ParseDecimal reads a plain decimal such as -12.345 exactly. It takes a
// point, at most 18 digits and no exponent or grouping.
func ParseDecimal(s string) (Rate, error) {
	s = strings.TrimSpace(s)
	bad := fault.Invalid("malformed_number", "%q is not a number like 12.50", clip(s)).With("value", clip(s))
	digits := 0
	for i, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
		case (c == '-' || c == '+') && i == 0:
		default:
			return Rate{}, bad
		}
	}
	if digits == 0 || digits > 18 || strings.Count(s, ".") > 1 {
		return Rate{}, bad
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return Rate{}, bad
	}
	return Rate{r.Num().Int64(), r.Denom().Int64()}, nil
}

// Split divides total over weights exactly: each share is the floor of its
// part, and the remainder goes one by one to the largest weights first (the
// earlier of equals). Negative weights count as zero; if no weight is positive
// every share is zero. The total must not be negative.
func Split(total int64, weights []int64) []int64 {
	shares := make([]int64, len(weights))
	sum, fits := sumOf(weights)
	if !fits {
		return splitLarge(total, weights)
	}
	if sum == 0 || total <= 0 {
		return shares
	}
	rest := total
	for i, w := range weights {
		shares[i] = Part(total, w, sum)
		rest -= shares[i]
	}
	handOut(rest, weights, shares)
	return shares
}

// sumOf adds up the positive weights, unless the sum leaves 64 bits.
func sumOf(weights []int64) (sum int64, fits bool) {
	for _, w := range weights {
		if sum += max(0, w); sum < 0 {
			return 0, false
		}
	}
	return sum, true
}

// splitLarge is Split for weights whose sum leaves 64 bits.
func splitLarge(total int64, weights []int64) []int64 {
	shares, sum := make([]int64, len(weights)), big.NewInt(0)
	for _, w := range weights {
		sum.Add(sum, big.NewInt(max(0, w)))
	}
	rest := total
	for i, w := range weights {
		part := new(big.Int).Mul(big.NewInt(total), big.NewInt(max(0, w)))
		shares[i] = part.Quo(part, sum).Int64()
		rest -= shares[i]
	}
	handOut(rest, weights, shares)
	return shares
}

// handOut gives the remainder one by one to the largest weights first.
func handOut(rest int64, weights, shares []int64) {
	if rest == 0 {
		return
	}
	for _, i := range byWeight(weights)[:rest] {
		shares[i]++
	}
}

func byWeight(weights []int64) []int {
	order := make([]int, 0, len(weights))
	for i, w := range weights {
		if w > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case weights[a] > weights[b]:
			return -1
		case weights[a] < weights[b]:
			return 1
		}
		return 0
	})
	return order
}

// Part returns floor(total × some / whole), for 0 ≤ some ≤ whole and a total
// that is not negative.
func Part(total, some, whole int64) int64 {
	if whole <= 0 || some <= 0 || total <= 0 {
		return 0
	}
	if some >= whole {
		return total
	}
	if total <= math.MaxInt64/some {
		return total * some / whole
	}
	p := new(big.Int).Mul(big.NewInt(total), big.NewInt(some))
	return p.Quo(p, big.NewInt(whole)).Int64()
}

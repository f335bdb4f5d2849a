package api

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/fault"
	"regulars/internal/money"
)

// quantity is a number of units in thousandths. It is written as a decimal
// text, so that no reader makes a float of it, and read from a text or a
// number.
type quantity int64

const (
	formatDecimal  = "decimal"
	perUnit        = 1000
	quantityDigits = 3
)

// Schema describes a quantity for the document.
func (quantity) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{
		Description: "A number of units with at most three decimals, as a text or a number.",
		Examples:    []any{"2.5"},
		AnyOf: []*huma.Schema{
			{Type: huma.TypeString, Format: formatDecimal, Pattern: `^-?[0-9]+(\.[0-9]{1,3}0*)?$`},
			{Type: huma.TypeNumber},
		},
	}
}

// parseQuantity reads a plain decimal with at most three decimals; zeros after
// them are no harm.
func parseQuantity(s string) (quantity, error) {
	digits, negative := strings.CutPrefix(s, "-")
	units, fraction, point := strings.Cut(digits, ".")
	fraction = strings.TrimRight(fraction, "0")
	whole, err := strconv.ParseUint(units, 10, 63)
	if err != nil || whole > uint64(money.MaxMinor/perUnit) || len(fraction) > quantityDigits || point && digits[len(digits)-1] == '.' {
		return 0, malformedQuantity(s)
	}
	n, scale := int64(whole)*perUnit, int64(perUnit)
	for _, c := range []byte(fraction) {
		if c < '0' || c > '9' {
			return 0, malformedQuantity(s)
		}
		scale /= 10
		n += int64(c-'0') * scale
	}
	if negative {
		n = -n
	}
	return quantity(n), nil
}

func malformedQuantity(s string) error {
	return fault.Invalid("malformed_quantity", "%q is not a quantity; write it as 2 or \"2.5\", with at most three decimals", clip(s)).With("value", clip(s))
}

// UnmarshalJSON reads a text or a number.
func (q *quantity) UnmarshalJSON(b []byte) error {
	s := string(b)
	if b[0] == '"' {
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
	}
	n, err := parseQuantity(s)
	*q = n
	return err
}

// MarshalJSON writes the shortest decimal as a text.
func (q quantity) MarshalJSON() ([]byte, error) { return strconv.AppendQuote(nil, q.String()), nil }

// String returns the shortest decimal.
func (q quantity) String() string {
	sign, n := "", int64(q)
	if n < 0 {
		sign, n = "-", -n
	}
	units := sign + strconv.FormatInt(n/perUnit, 10)
	if n%perUnit == 0 {
		return units
	}
	fraction := strconv.FormatInt(perUnit+n%perUnit, 10)[1:]
	return units + "." + strings.TrimRight(fraction[:quantityDigits], "0")
}

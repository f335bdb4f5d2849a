package ledger

import (
	"strings"

	"regulars/internal/fault"
	"regulars/internal/money"
)

// ParsePoints reads a number of points above 0 as people type it, with at most
// the wallet's decimals, into its smallest unit; fault "not_points".
func ParsePoints(text string, decimals int) (int64, error) {
	wrong := fault.Invalid("not_points", "write how many points in digits, above 0 and with at most %d decimals", decimals).
		At("/points").With("decimals", decimals)
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\u00a0' || r == '\u202f' }), "")
	rate, err := money.ParseDecimal(strings.Replace(text, ",", ".", 1))
	if err != nil {
		return 0, wrong
	}
	unit := int64(1)
	for range decimals {
		unit *= 10
	}
	exact, err := rate.Mul(money.NewRate(unit, 1))
	if err != nil || exact.Den() != 1 || exact.Num() <= 0 {
		return 0, wrong
	}
	return exact.Num(), nil
}

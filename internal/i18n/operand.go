package i18n

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// operand is a number as it will be written: digits without leading zeros and
// a fraction, both without a sign.
type operand struct {
	negative        bool
	whole, fraction string
}

// last returns the number that the last k digits of the whole part make.
func (n operand) last(k int) int {
	v, err := strconv.Atoi(n.whole[max(0, len(n.whole)-k):])
	if err != nil {
		return 0
	}
	return v
}

// number reads an argument as a number: any integer or float, and text or a
// Stringer (such as money.Rate or json.Number) that holds a plain decimal.
func number(v any) (operand, bool) {
	if r := reflect.ValueOf(v); r.CanFloat() {
		return decimal(strconv.FormatFloat(r.Float(), 'f', -1, 64))
	}
	return decimal(fmt.Sprint(v))
}

// isNumber reports whether the argument is a number by its type, and not a
// word that happens to be made of digits.
func isNumber(v any) bool {
	if _, ok := v.(json.Number); ok {
		return true
	}
	r := reflect.ValueOf(v)
	return r.CanInt() || r.CanUint() || r.CanFloat()
}

func decimal(s string) (operand, bool) {
	body, negative := strings.CutPrefix(s, "-")
	whole, fraction, point := strings.Cut(body, ".")
	if !digits(whole) || point && !digits(fraction) {
		return operand{}, false
	}
	negative = negative && strings.Trim(whole+fraction, "0") != ""
	whole = strings.TrimLeft(whole[:len(whole)-1], "0") + whole[len(whole)-1:]
	return operand{negative, whole, fraction}, true
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// scaled returns v ÷ 10^decimals exactly.
func scaled(v int64, decimals int) operand {
	s := strconv.FormatInt(v, 10)
	s, negative := strings.CutPrefix(s, "-")
	if pad := decimals + 1 - len(s); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	cut := len(s) - decimals
	return operand{negative, s[:cut], s[cut:]}
}

// integer reads an argument as a whole number.
func integer(v any) (int64, bool) {
	n, ok := number(v)
	if !ok || n.fraction != "" {
		return 0, false
	}
	sign := ""
	if n.negative {
		sign = "-"
	}
	i, err := strconv.ParseInt(sign+n.whole, 10, 64)
	return i, err == nil
}

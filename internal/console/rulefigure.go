package console

import (
	"math/big"
	"strconv"
	"strings"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/money"
)

// figures are numbers as people type them into forms, in their language.
type figures struct{ lang i18n.Lang }

func (v *visit) figures() figures { return figures{v.Lang()} }

// show returns n ÷ 10^decimals as it stands in a form: without groups, with
// the language's mark.
func (f figures) show(n int64, decimals int) string {
	s, sign := strconv.FormatInt(n, 10), ""
	if n < 0 {
		s, sign = s[1:], "-"
	}
	if decimals == 0 {
		return sign + s
	}
	if pad := decimals + 1 - len(s); pad > 0 {
		s = strings.Repeat("0", pad) + s
	}
	cut := len(s) - decimals
	return sign + s[:cut] + f.mark() + s[cut:]
}

// optional returns what show does, and nothing for 0.
func (f figures) optional(n int64, decimals int) string {
	if n == 0 {
		return ""
	}
	return f.trim(n, decimals)
}

// trim returns what show does, without zeros at its end.
func (f figures) trim(n int64, decimals int) string {
	s := f.show(n, decimals)
	if decimals > 0 {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), f.mark())
	}
	return s
}

// rate returns an exact rate as it stands in a form.
func (f figures) rate(r money.Rate) string {
	return strings.Replace(r.String(), ".", f.mark(), 1)
}

func (f figures) mark() string {
	if f.lang == i18n.English {
		return "."
	}
	return ","
}

// read returns what was typed in units of 10^-decimals; nothing typed is 0.
func (f figures) read(s string, decimals int) (int64, error) {
	plain := f.plain(s)
	if plain == "" {
		return 0, nil
	}
	bad := fault.Invalid("not_a_figure", "%q is not a number", clip(s)).With("value", clip(s))
	if len(plain) > 40 || strings.Trim(plain, "-0123456789.") != "" {
		return 0, bad
	}
	r, ok := new(big.Rat).SetString(plain)
	if !ok {
		return 0, bad
	}
	r.Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil)))
	if !r.IsInt() {
		return 0, fault.Invalid("figure_too_fine", "%q has more than %d decimals", clip(s), decimals).With("value", clip(s)).With("decimals", decimals)
	}
	if n := r.Num(); n.IsInt64() && n.CmpAbs(big.NewInt(money.MaxMinor)) <= 0 {
		return n.Int64(), nil
	}
	return 0, fault.Invalid("figure_too_large", "%q is too large", clip(s)).With("value", clip(s))
}

// readRate returns an exact rate; nothing typed is 0.
func (f figures) readRate(s string) (money.Rate, error) {
	plain := f.plain(s)
	if plain == "" {
		return money.Rate{}, nil
	}
	return money.ParseRate(plain)
}

// plain writes what was typed with one point. Of points and commas the later
// kind parts decimals; one that stands twice parts thousands, and so does a
// lone comma before exactly three digits in English.
func (f figures) plain(s string) string {
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "−", "-").Replace(strings.TrimSpace(s))
	decimal, group := ".", ","
	if strings.LastIndexByte(s, ',') > strings.LastIndexByte(s, '.') {
		decimal, group = ",", "."
	}
	s = strings.ReplaceAll(s, group, "")
	at := strings.Index(s, decimal)
	if strings.Count(s, decimal) > 1 || decimal == "," && f.lang == i18n.English && len(s)-at == 4 {
		return strings.ReplaceAll(s, decimal, "")
	}
	return strings.Replace(s, decimal, ".", 1)
}

// clip keeps what a user typed short enough to be shown back.
func clip(s string) string {
	const most = 40
	r := []rune(strings.ToValidUTF8(s, "�"))
	if len(r) > most {
		return string(r[:most]) + "…"
	}
	return string(r)
}

package i18n

import (
	"math/big"
	"strings"
	"unicode"

	"regulars/internal/money"
)

// symbols are the signs of the currencies that have one everybody knows; the
// others are shown by their code.
var symbols = map[money.Currency]string{
	"GBP": "£", "EUR": "€", "USD": "$", "RUB": "₽", "PLN": "zł", "JPY": "¥", "UAH": "₴", "KZT": "₸", "CZK": "Kč", "TRY": "₺",
}

// operand writes digits with the language's point, groups and minus.
func (p *Printer) operand(n operand) string {
	var b strings.Builder
	if n.negative {
		b.WriteString(minus)
	}
	for i, c := range n.whole {
		if rest := len(n.whole) - i; i > 0 && rest%3 == 0 && len(n.whole) >= p.style.groupFrom {
			b.WriteString(p.style.group)
		}
		b.WriteRune(c)
	}
	if n.fraction != "" {
		b.WriteString(p.style.point + n.fraction)
	}
	return b.String()
}

// Number prints a whole number: 1,234 in English.
func (p *Printer) Number(v int64) string { return p.operand(scaled(v, 0)) }

// Signed prints a whole number with its sign, + too: a movement of points.
func (p *Printer) Signed(v int64) string { return plus(v) + p.Number(v) }

func plus(v int64) string {
	if v > 0 {
		return "+"
	}
	return ""
}

// Decimal prints v ÷ 10^decimals exactly, with that many decimals: points of a
// wallet, quantities in thousandths.
func (p *Printer) Decimal(v int64, decimals int) string {
	return p.operand(scaled(v, max(0, decimals)))
}

// Trimmed prints v ÷ 10^decimals without zeros at the end: 1.5 pieces.
func (p *Printer) Trimmed(v int64, decimals int) string {
	n := scaled(v, max(0, decimals))
	n.fraction = strings.TrimRight(n.fraction, "0")
	return p.operand(n)
}

// Rate prints an exact rate as a decimal, or as a fraction where there is none.
func (p *Printer) Rate(r money.Rate) string {
	if n, ok := decimal(r.String()); ok {
		return p.operand(n)
	}
	return r.String()
}

// Money prints minor units of a currency, always with its decimals: £1,234.50.
// An empty currency is the printer's own.
func (p *Printer) Money(minor int64, cur money.Currency) string {
	if cur == "" {
		cur = p.currency
	}
	return p.withSymbol(scaled(minor, cur.Decimals()), "", cur)
}

// SignedMoney prints minor units with their sign, + too.
func (p *Printer) SignedMoney(minor int64, cur money.Currency) string {
	return plus(minor) + p.Money(minor, cur)
}

// withSymbol places the currency's sign as the language does.
func (p *Printer) withSymbol(n operand, magnitude string, cur money.Currency) string {
	sign := ""
	if n.negative {
		sign, n.negative = minus, false
	}
	symbol, known := symbols[cur]
	if !known {
		symbol = string(cur)
	}
	amount := p.operand(n) + magnitude
	switch {
	case symbol == "":
		return sign + amount
	case !p.style.symbolFirst:
		return sign + amount + nbsp + symbol
	case unicode.IsLetter([]rune(symbol)[len([]rune(symbol))-1]):
		return sign + symbol + nbsp + amount
	}
	return sign + symbol + amount
}

// Percent prints part ÷ whole in per cent with so many digits after the point,
// rounded half away from zero; a dash when whole is 0.
func (p *Printer) Percent(part, whole int64, decimals int) string {
	if whole == 0 {
		return none
	}
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(0, decimals)+2)), nil)
	q := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(part), scale), big.NewInt(whole))
	n, ok := decimal(q.FloatString(0))
	if !ok {
		return none
	}
	return p.operand(n.shift(max(0, decimals))) + p.style.percent
}

// shift moves the point of a whole number to the left.
func (n operand) shift(decimals int) operand {
	if pad := decimals + 1 - len(n.whole); pad > 0 {
		n.whole = strings.Repeat("0", pad) + n.whole
	}
	cut := len(n.whole) - decimals
	return operand{n.negative, n.whole[:cut], n.whole[cut:]}
}

// Compact prints a whole number for the axis of a chart: 12k, 1.5m, cut after
// one decimal. Below ten thousand it is exact.
func (p *Printer) Compact(v int64) string {
	n, magnitude := p.compact(v, 0)
	return p.operand(n) + magnitude
}

// CompactMoney prints minor units in whole units as Compact does: £12k.
func (p *Printer) CompactMoney(minor int64, cur money.Currency) string {
	if cur == "" {
		cur = p.currency
	}
	n, magnitude := p.compact(minor, cur.Decimals())
	return p.withSymbol(n, magnitude, cur)
}

// compact returns v ÷ 10^decimals cut to one decimal of a thousand, a million
// or a billion.
func (p *Printer) compact(v int64, decimals int) (operand, string) {
	n := scaled(v, decimals)
	power, magnitude := 0, ""
	switch {
	case len(n.whole) > 9:
		power, magnitude = 9, p.style.billion
	case len(n.whole) > 6:
		power, magnitude = 6, p.style.million
	case len(n.whole) > 4:
		power, magnitude = 3, p.style.thousand
	}
	if power > 0 {
		cut := len(n.whole) - power
		n = operand{n.negative, n.whole[:cut], n.whole[cut : cut+1]}
	}
	if strings.Trim(n.fraction, "0") == "" {
		n.fraction = ""
	}
	return n, magnitude
}

// List joins words as a sentence does: a, b and c.
func (p *Printer) List(words []string) string { return joined(words, p.style.and) }

// Either joins words as alternatives: a, b or c.
func (p *Printer) Either(words []string) string { return joined(words, p.style.or) }

func joined(words []string, last string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " " + last + " " + words[n-1]
	}
}

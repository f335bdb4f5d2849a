package sale

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/money"
)

// Limits of what one sale or return may carry.
const (
	// MaxLines is the most lines of a sale or a return.
	MaxLines = 1000
	// MaxQuantity is the largest quantity of a line, in thousandths: a billion
	// units.
	MaxQuantity = int64(1_000_000_000_000)

	maxSKU      = 200 // bytes
	maxName     = 500
	maxCategory = 200
)

// CheckLines returns the first thing wrong with the lines of a sale, pointing
// at it as /lines/2/quantity.
func CheckLines(lines []Line) error {
	if err := checkCount(len(lines)); err != nil {
		return err
	}
	total := int64(0)
	for i, l := range lines {
		if f := l.check(); f != nil {
			return f.At(pointer(i))
		}
		total += l.Amount
	}
	if total > money.MaxMinor {
		return fault.Invalid("sale_total", "the lines sum up to more than %d minor units; send amounts in minor units, once each", money.MaxMinor).
			At("/lines").With("limit", money.MaxMinor)
	}
	return nil
}

func (l Line) check() *fault.Error {
	if f := checkQuantity(l.Quantity); f != nil {
		return f
	}
	if l.Amount < 0 || l.Amount > money.MaxMinor {
		return fault.Invalid("sale_amount", "the amount %d is not between 0 and %d minor units; goods that come back are sent as a return", l.Amount, money.MaxMinor).
			At("/amount").With("amount", l.Amount).With("limit", money.MaxMinor)
	}
	if f := checkText("/sku", l.SKU, maxSKU); f != nil {
		return f
	}
	if f := checkText("/name", l.Name, maxName); f != nil {
		return f
	}
	return checkText("/category", l.Category, maxCategory)
}

// CheckReturn returns the first thing wrong with the lines of a return,
// pointing at it as /lines/2/sku. Lines can be named by their number only where
// the return cites its sale.
func CheckReturn(lines []ReturnLine, cites bool) error {
	if err := checkCount(len(lines)); err != nil {
		return err
	}
	for i, l := range lines {
		if f := l.check(cites); f != nil {
			return f.At(pointer(i))
		}
	}
	return nil
}

func (l ReturnLine) check(cites bool) *fault.Error {
	if f := checkQuantity(l.Quantity); f != nil {
		return f
	}
	if l.Line < 0 || l.Line > MaxLines {
		return fault.Invalid("return_line_number", "the line number %d is not between 1 and %d; leave it out to name the goods by their product code", l.Line, MaxLines).
			At("/line").With("limit", MaxLines)
	}
	if l.Line != 0 && !cites {
		return fault.Invalid("return_line_without_sale", "a line number means nothing without its sale; say which sale is returned, or name the goods by their product code").
			At("/line")
	}
	if l.Line == 0 && l.SKU == "" && !l.Fee {
		return fault.Invalid("return_without_sku", "say what came back: a product code, or a line of the sale that is returned").At("/sku")
	}
	return checkText("/sku", l.SKU, maxSKU)
}

func checkCount(n int) error {
	if n >= 1 && n <= MaxLines {
		return nil
	}
	return fault.Invalid("sale_line_count", "%d lines were sent; 1 to %d are taken", n, MaxLines).
		At("/lines").With("count", n).With("limit", MaxLines)
}

func checkQuantity(q int64) *fault.Error {
	if q > 0 && q <= MaxQuantity {
		return nil
	}
	return fault.Invalid("sale_quantity", "the quantity must be more than 0 and at most %d units", MaxQuantity/1000).
		At("/quantity").With("limit", MaxQuantity/1000)
}

func checkText(field, s string, limit int) *fault.Error {
	if len(s) > limit {
		return fault.Invalid("sale_text_length", "the text has %d bytes; at most %d are taken", len(s), limit).
			At(field).With("limit", limit)
	}
	if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return fault.Invalid("sale_text_form", "the text is not valid UTF-8 or holds control characters").At(field)
	}
	return nil
}

func pointer(line int) string { return "/lines/" + strconv.Itoa(line) }

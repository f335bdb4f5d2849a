package retail

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Row is one invoice line as the shop's system wrote it.
type Row struct {
	// Invoice is a number, led by C for a cancellation and by A for an
	// adjustment of bad debt.
	Invoice, StockCode, Description string
	// Quantity is in whole units, negative for what came back.
	Quantity int64
	// Time is the local time of London, as 2010-12-01T08:26:00.
	Time string
	// UnitPrice is in pounds sterling, a plain decimal of at most three places.
	UnitPrice string
	// Customer is a number, or empty where the shop knew none.
	Customer string
	Country  string
}

const timeLayout = "2006-01-02T15:04:05"

// epoch is the minute from which times are counted; their zone is left open.
var epoch = time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)

func parseMinute(s string) (int64, error) {
	t, err := time.Parse(timeLayout, s)
	if err != nil {
		return 0, fmt.Errorf("reading time: %w", err)
	}
	minute := int64(t.Sub(epoch) / time.Minute)
	if formatMinute(minute) != s {
		return 0, fmt.Errorf("the time %q is not a whole minute", s)
	}
	return minute, nil
}

func formatMinute(m int64) string {
	return time.Unix(epoch.Unix()+m*60, 0).UTC().Format(timeLayout)
}

// priceScale is the smallest part of a pound in which prices are kept: 1/1000.
const priceScale = 1000

func parsePrice(s string) (int64, error) {
	digits, negative := strings.CutPrefix(s, "-")
	whole, part, _ := strings.Cut(digits, ".")
	if len(part) > 3 {
		return 0, fmt.Errorf("the price %q has more than three places", s)
	}
	n, err := strconv.ParseInt(whole+(part + "000")[:3], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading price: %w", err)
	}
	if negative {
		n = -n
	}
	if formatPrice(n) != s {
		return 0, fmt.Errorf("the price %q is not in its shortest form", s)
	}
	return n, nil
}

func formatPrice(n int64) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	part := strings.TrimRight(fmt.Sprintf("%03d", n%priceScale), "0")
	if part != "" {
		part = "." + part
	}
	return sign + strconv.FormatInt(n/priceScale, 10) + part
}

// head is what the lines of one invoice share.
type head struct {
	letter   byte // 0 for none
	number   int64
	minute   int64
	customer int64 // 0 for none
	country  int
}

func parseInvoice(s string) (letter byte, number int64, err error) {
	digits := s
	if s != "" && (s[0] < '0' || s[0] > '9') {
		letter, digits = s[0], s[1:]
	}
	number, err = parseNumber(digits)
	return letter, number, err
}

func formatInvoice(letter byte, number int64) string {
	digits := strconv.FormatInt(number, 10)
	if letter == 0 {
		return digits
	}
	return string(rune(letter)) + digits
}

func parseCustomer(s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	n, err := parseNumber(s)
	if err == nil && n == 0 {
		err = fmt.Errorf("the number 0 stands for none")
	}
	return n, err
}

func formatCustomer(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// parseNumber takes only what FormatInt gives back.
func parseNumber(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("reading number: %w", err)
	}
	if n < 0 || strconv.FormatInt(n, 10) != s {
		return 0, fmt.Errorf("%q is not a number in its shortest form", s)
	}
	return n, nil
}

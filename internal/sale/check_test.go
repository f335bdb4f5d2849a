package sale

import (
	"strings"
	"testing"

	"regulars/internal/fault"
	"regulars/internal/money"
)

// wrong is the code and the pointer of a fault, or empty.
func wrong(err error) string {
	if f := fault.As(err); f != nil {
		return f.Code + " " + f.Field
	}
	return ""
}

func TestCheckLines(t *testing.T) {
	good := Line{SKU: "A", Quantity: 1000, Amount: 1}
	many := make([]Line, MaxLines+1)
	for i := range many {
		many[i] = good
	}
	for name, c := range map[string]struct {
		lines []Line
		want  string
	}{
		"good":            {[]Line{good, {Quantity: 1}, {Fee: true, Quantity: MaxQuantity, Amount: money.MaxMinor - 1}}, ""},
		"most lines":      {many[:MaxLines], ""},
		"none":            {nil, "sale_line_count /lines"},
		"too many":        {many, "sale_line_count /lines"},
		"no quantity":     {[]Line{good, {SKU: "A"}}, "sale_quantity /lines/1/quantity"},
		"minus quantity":  {[]Line{{Quantity: -1}}, "sale_quantity /lines/0/quantity"},
		"huge quantity":   {[]Line{{Quantity: MaxQuantity + 1}}, "sale_quantity /lines/0/quantity"},
		"minus amount":    {[]Line{good, good, {Quantity: 1, Amount: -1}}, "sale_amount /lines/2/amount"},
		"huge amount":     {[]Line{{Quantity: 1, Amount: money.MaxMinor + 1}}, "sale_amount /lines/0/amount"},
		"huge sum":        {[]Line{{Quantity: 1, Amount: money.MaxMinor}, good}, "sale_total /lines"},
		"long product":    {[]Line{{Quantity: 1, SKU: strings.Repeat("x", maxSKU+1)}}, "sale_text_length /lines/0/sku"},
		"long name":       {[]Line{{Quantity: 1, Name: strings.Repeat("ż", maxName/2+1)}}, "sale_text_length /lines/0/name"},
		"not UTF-8":       {[]Line{{Quantity: 1, Name: "caf\xe9"}}, "sale_text_form /lines/0/name"},
		"zero byte":       {[]Line{{Quantity: 1, Category: "a\x00b"}}, "sale_text_form /lines/0/category"},
		"letters of all":  {[]Line{{Quantity: 1, Name: "Чайник żółty ☕"}}, ""},
		"two lines wrong": {[]Line{{Quantity: 0}, {Quantity: -1}}, "sale_quantity /lines/0/quantity"},
	} {
		if got := wrong(CheckLines(c.lines)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestCheckReturn(t *testing.T) {
	for name, c := range map[string]struct {
		line  ReturnLine
		cites bool
		want  string
	}{
		"by product":             {ReturnLine{SKU: "A", Quantity: 1}, false, ""},
		"by line":                {ReturnLine{Line: 3, Quantity: 1}, true, ""},
		"by both":                {ReturnLine{SKU: "A", Line: 3, Quantity: 1}, true, ""},
		"a fee needs no product": {ReturnLine{Fee: true, Quantity: 1}, false, ""},
		"nothing named":          {ReturnLine{Quantity: 1}, true, "return_without_sku /lines/0/sku"},
		"a line of no sale":      {ReturnLine{SKU: "A", Line: 3, Quantity: 1}, false, "return_line_without_sale /lines/0/line"},
		"line below 1":           {ReturnLine{Line: -1, Quantity: 1}, true, "return_line_number /lines/0/line"},
		"line beyond":            {ReturnLine{Line: MaxLines + 1, Quantity: 1}, true, "return_line_number /lines/0/line"},
		"no quantity":            {ReturnLine{SKU: "A"}, false, "sale_quantity /lines/0/quantity"},
		"long product":           {ReturnLine{SKU: strings.Repeat("x", maxSKU+1), Quantity: 1}, false, "sale_text_length /lines/0/sku"},
	} {
		if got := wrong(CheckReturn([]ReturnLine{c.line}, c.cites)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := wrong(CheckReturn(nil, true)); got != "sale_line_count /lines" {
		t.Errorf("no lines: %q", got)
	}
}

package intake

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/member"
	"regulars/internal/sale"
)

// now is the clock of these tests.
var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// table writes rows under the columns.
func table(t testing.TB, columns []string, rows ...[]string) Opener {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.WriteAll(append([][]string{columns}, rows...)); err != nil {
		t.Fatal(err)
	}
	return text(b.String())
}

// TestDirtyRows takes rows with one thing wrong each and looks at the reason
// and the column that is named.
func TestDirtyRows(t *testing.T) {
	good := []string{"R1", "2026-02-03 10:00", "17", "tea", "2", "3.50", ""}
	for name, c := range map[string]struct {
		column int
		value  string
		want   Reason
	}{
		"good":                 {0, "R1", ""},
		"no receipt":           {0, " ", MissingValue},
		"long receipt":         {0, strings.Repeat("9", 201), TextTooLong},
		"no date":              {1, "", MissingValue},
		"no date at all":       {1, "yesterday", MalformedDate},
		"31 February":          {1, "2026-02-31", MalformedDate},
		"year 20011":           {1, "20011-02-03", MalformedDate},
		"year 1026":            {1, "1026-02-03", AbsurdDate},
		"the future":           {1, "2026-03-03", AbsurdDate},
		"a clock ahead":        {1, "2026-03-02 10:00", ""},
		"no customer":          {2, "  ", NoCustomer},
		"long sku":             {3, strings.Repeat("я", 101), TextTooLong},
		"no quantity":          {4, "", MissingValue},
		"a word":               {4, "two", MalformedNumber},
		"grams of grams":       {4, "0.0005", TooManyDecimals},
		"nothing":              {4, "0", ZeroQuantity},
		"less than nothing":    {4, "-1", NegativeQuantity},
		"absurd quantity":      {4, "10000000000", AbsurdNumber},
		"no price":             {5, "", MissingValue},
		"comma":                {5, "3,50", MalformedNumber},
		"negative price":       {5, "-3.50", NegativeAmount},
		"absurd price":         {5, "99999999999999999", AbsurdNumber},
		"thirteen decimals":    {5, "0.0000000000001", TooManyDecimals},
		"free":                 {5, "0", ""},
		"not a number":         {5, "#N/A", MalformedNumber},
		"an amount in letters": {5, "3.5O", MalformedNumber},
	} {
		t.Run(name, func(t *testing.T) {
			row := append([]string(nil), good...)
			row[c.column] = c.value
			got, err := Preview(table(t, salesColumns, row), salesSettings(), 5, now)
			if err != nil {
				t.Fatal(err)
			}
			f := got[0].Refusal
			if f.Reason != c.want {
				t.Fatalf("the reason is %q, want %q", f.Reason, c.want)
			}
			if f.Reason == NoCustomer && f.Column == -1 {
				return
			}
			if f.Reason != "" && f.Column != c.column {
				t.Errorf("column %d is named, want %d", f.Column, c.column)
			}
			if f.Reason == "" && sale.CheckLines([]sale.Line{got[0].Taken.Line}) != nil {
				t.Errorf("the sale would refuse %+v", got[0].Taken.Line)
			}
		})
	}
}

func TestRowIsTaken(t *testing.T) {
	s := salesSettings()
	s.Columns[Product], s.Columns[Clock], s.Columns[Currency] = "name", "time", "cur"
	s.Columns[Card] = "card"
	s.Dates = []string{"DD.MM.YYYY"}
	s.Constants = map[Role]string{Channel: "store", Shop: "main"}
	columns := append(salesColumns[:6:6], "name", "time", "cur", "card")
	row := []string{" R1 ", "03.07.2025", "17", "tea", "0.25", "19.99", "Tea\n from  Assam", "9:05", "pln", "26 00"}
	got, err := Preview(table(t, columns, row), s, 5, now)
	if err != nil {
		t.Fatal(err)
	}
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	want := Taken{
		Reference:  "R1",
		Identities: []member.Identity{{Kind: member.External, Value: "17"}, {Kind: member.Card, Value: "26 00"}},
		Occurred:   time.Date(2025, 7, 3, 9, 5, 0, 0, warsaw),
		Shop:       "main", Channel: "store",
		Line:    sale.Line{SKU: "tea", Name: "Tea from Assam", Quantity: 250, Amount: 500},
		Rounded: true,
	}
	if d := cmp.Diff([]PreviewRow{{Line: 2, Fields: row, Taken: want}}, got); d != "" {
		t.Errorf("the row (-want +got):\n%s", d)
	}
}

func TestOtherCurrencyIsLeftOut(t *testing.T) {
	s := salesSettings()
	s.Columns[Currency] = "sum"
	got, err := Preview(table(t, salesColumns, []string{"R1", "2026-02-03", "17", "tea", "1", "5", "EUR"}), s, 5, now)
	if err != nil {
		t.Fatal(err)
	}
	if f := got[0].Refusal; f.Reason != OtherCurrency || f.Column != 6 {
		t.Errorf("the refusal is %+v", f)
	}
}

// TestDuplicates knows rows as equal only if every column is, mapped or not.
func TestDuplicates(t *testing.T) {
	rows := [][]string{
		{"R1", "2026-02-03", "17", "tea", "1", "5", ""},
		{"R1", "2026-02-03", "17", "tea", "1", "5", "note"},
		{"R1", "2026-02-03", "17", "tea", "1", "5", ""},
		{"R1", "2026-02-03", "", "tea", "1", "5", ""},
		{"R1", "2026-02-03", "", "tea", "1", "5", ""},
	}
	for _, c := range []struct {
		policy Policy
		want   []Reason
	}{
		{"", []Reason{"", "", Duplicate, NoCustomer, NoCustomer}},
		{LeaveOut, []Reason{"", "", Duplicate, NoCustomer, NoCustomer}},
		{Keep, []Reason{"", "", "", NoCustomer, NoCustomer}},
	} {
		s := salesSettings()
		s.Duplicates = c.policy
		got, err := Preview(table(t, salesColumns, rows...), s, 5, now)
		if err != nil {
			t.Fatal(err)
		}
		var reasons []Reason
		for _, r := range got {
			reasons = append(reasons, r.Refusal.Reason)
		}
		if d := cmp.Diff(c.want, reasons); d != "" {
			t.Errorf("with %q (-want +got):\n%s", c.policy, d)
		}
	}
}

// TestDuplicateCellsDoNotRunTogether has rows whose cells are equal only when
// written without a separator.
func TestDuplicateCellsDoNotRunTogether(t *testing.T) {
	s := newSieve(&plan{})
	if s.count([]string{"ab", "c"}) || s.count([]string{"a", "bc"}) || s.count([]string{"abc", ""}) {
		t.Error("unlike rows count as equal")
	}
	if !s.count([]string{"a", "bc"}) {
		t.Error("equal rows count as unlike")
	}
}

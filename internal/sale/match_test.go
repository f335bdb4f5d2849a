package sale

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/id"
	"regulars/internal/money"
)

var noon = time.Date(2011, 3, 1, 12, 0, 0, 0, time.UTC)

// on returns a sale on the n-th day.
func on(day int, sale id.ID, lines ...Line) *Sale {
	s := &Sale{ID: sale, ProgrammeID: 1, MemberID: 7, Occurred: noon.AddDate(0, 0, day), Reference: fmt.Sprintf("R%03d", sale), Nth: 1, Lines: lines}
	s.Reckon()
	return s
}

// said writes matches as "sale/line×quantity=amount".
func said(matches []Match, unmatched []Unmatched) string {
	var out []string
	for _, m := range matches {
		out = append(out, fmt.Sprintf("%d:%d/%d×%d=%d", m.Return, m.Sale.ID, m.Sold().No, m.Quantity, m.Amount))
	}
	for _, u := range unmatched {
		out = append(out, fmt.Sprintf("%d:none×%d", u.Return, u.Quantity))
	}
	return strings.Join(out, " ")
}

func TestMatchReturn(t *testing.T) {
	back := func(lines ...ReturnLine) Return { return Return{At: noon.AddDate(0, 0, 10), Lines: lines} }
	cite := func(sale id.ID, lines ...ReturnLine) Return { r := back(lines...); r.SaleID = sale; return r }
	for name, c := range map[string]struct {
		r    Return
		want string
	}{
		"the latest sale first":        {back(ReturnLine{SKU: "A", Quantity: 2000}), "0:3/1×2000=200"},
		"over several sales":           {back(ReturnLine{SKU: "A", Quantity: 6000}), "0:3/1×3000=300 0:2/2×2000=20 0:2/3×1000=11"},
		"partly":                       {back(ReturnLine{SKU: "B", Quantity: 9000}), "0:1/1×4000=10 0:none×5000"},
		"nowhere":                      {back(ReturnLine{SKU: "Z", Quantity: 1}), "0:none×1"},
		"each line finds what is left": {back(ReturnLine{SKU: "B", Quantity: 3000}, ReturnLine{SKU: "B", Quantity: 3000}), "0:1/1×3000=7 1:1/1×1000=3 1:none×2000"},
		"fees change nothing":          {back(ReturnLine{SKU: "POST", Quantity: 1000, Fee: true}), ""},
		"fees are no goods":            {back(ReturnLine{SKU: "POST", Quantity: 1000}), "0:none×1000"},
		"nothing of later sales":       {Return{At: noon.AddDate(0, 0, 1), Lines: []ReturnLine{{SKU: "A", Quantity: 9000}}}, "0:1/2×1000=99 0:none×8000"},
		"a sale of the same moment":    {Return{At: noon.AddDate(0, 0, 2), Lines: []ReturnLine{{SKU: "A", Quantity: 1000}}}, "0:2/2×1000=10"},
		"cited":                        {cite(1, ReturnLine{SKU: "A", Quantity: 2000}), "0:1/2×1000=99 0:none×1000"},
		"cited though later":           {Return{At: noon, SaleID: 3, Lines: []ReturnLine{{SKU: "A", Quantity: 1}}}, "0:3/1×1=0"},
		"cited line":                   {cite(2, ReturnLine{SKU: "A", Line: 3, Quantity: 1000}), "0:2/3×1000=11"},
		"cited line alone":             {cite(2, ReturnLine{Line: 1, Quantity: 500}), "0:2/1×500=3"},
		"cited line of another SKU":    {cite(2, ReturnLine{SKU: "A", Line: 1, Quantity: 500}), "0:none×500"},
		"cited line that is not":       {cite(2, ReturnLine{Line: 9, Quantity: 500}), "0:none×500"},
		"cited fee":                    {cite(3, ReturnLine{SKU: "POST", Quantity: 1000}), ""},
		"cited fee line":               {cite(3, ReturnLine{Line: 2, Quantity: 1000}), ""},
		"cited sale that is not":       {cite(8, ReturnLine{SKU: "A", Quantity: 1000}), "0:none×1000"},
	} {
		book := []*Sale{
			on(2, 2, Line{SKU: "C", Quantity: 1000, Amount: 7}, Line{SKU: "A", Quantity: 2000, Amount: 20}, Line{SKU: "A", Quantity: 1000, Amount: 11}),
			on(1, 1, Line{SKU: "B", Quantity: 4000, Amount: 10}, Line{SKU: "A", Quantity: 1000, Amount: 99}),
			on(3, 3, Line{SKU: "A", Quantity: 3000, Amount: 300}, Line{SKU: "POST", Quantity: 1000, Amount: 5, Fee: true}),
		}
		if got := said(MatchReturn(c.r, book)); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestEqualTimesGoByReference(t *testing.T) {
	a, b := on(1, 1, Line{SKU: "A", Quantity: 1, Amount: 1}), on(1, 2, Line{SKU: "A", Quantity: 1, Amount: 2})
	a.Reference = "R900"
	matches, _ := MatchReturn(Return{At: noon.AddDate(0, 0, 9), Lines: []ReturnLine{{SKU: "A", Quantity: 1}}}, []*Sale{b, a})
	if got := said(matches, nil); got != "0:1/1×1=1" {
		t.Errorf("matched %s", got)
	}
}

func TestPartialReturnsAddUp(t *testing.T) {
	s := on(1, 1, Line{SKU: "A", Quantity: 3000, Amount: 100})
	var parts []int64
	points := int64(0)
	for range 3 {
		matches, _ := MatchReturn(Return{SaleID: 1, Lines: []ReturnLine{{SKU: "A", Quantity: 1000}}}, []*Sale{s})
		m := matches[0]
		parts = append(parts, m.Amount)
		points += money.Part(50, m.After, m.Whole) - money.Part(50, m.Before, m.Whole)
	}
	if diff := cmp.Diff([]int64{33, 33, 34}, parts); diff != "" || s.Returned != 100 || points != 50 {
		t.Errorf("parts %s, returned %d, points %d", diff, s.Returned, points)
	}
}

func TestRest(t *testing.T) {
	s := on(1, 1, Line{SKU: "A", Quantity: 3000, Amount: 100}, Line{SKU: "B", Quantity: 1000, Amount: 1}, Line{SKU: "POST", Quantity: 1000, Amount: 5, Fee: true})
	MatchReturn(Return{SaleID: 1, Lines: []ReturnLine{{SKU: "A", Quantity: 1000}, {SKU: "B", Quantity: 1000}}}, []*Sale{s})
	want := []ReturnLine{{SKU: "A", Line: 1, Quantity: 2000}, {SKU: "POST", Line: 3, Quantity: 1000, Fee: true}}
	if diff := cmp.Diff(want, s.Rest()); diff != "" {
		t.Errorf("the rest (-want +got):\n%s", diff)
	}
	_, left := MatchReturn(Return{SaleID: 1, Lines: s.Rest()}, []*Sale{s})
	if len(left) > 0 || s.Returned != s.Goods {
		t.Errorf("returning the rest: %v left, %d of %d back", left, s.Returned, s.Goods)
	}
}

// drawBook draws a small book in which products meet often.
func drawBook(t *rapid.T) []*Sale {
	var book []*Sale
	for i := range rapid.IntRange(0, 5).Draw(t, "sales") {
		var lines []Line
		for range rapid.IntRange(1, 4).Draw(t, "lines") {
			lines = append(lines, Line{
				SKU: rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "sku"), Fee: rapid.IntRange(0, 5).Draw(t, "fee") == 0,
				Quantity: rapid.Int64Range(1, 5).Draw(t, "quantity"), Amount: rapid.Int64Range(0, 20).Draw(t, "amount"),
			})
		}
		book = append(book, on(rapid.IntRange(0, 3).Draw(t, "day"), id.ID(i+1), lines...))
	}
	return book
}

func drawReturn(t *rapid.T) Return {
	r := Return{At: noon.AddDate(0, 0, rapid.IntRange(0, 4).Draw(t, "at")), SaleID: id.ID(rapid.SampledFrom([]int64{0, 0, 1, 2}).Draw(t, "cited"))}
	for range rapid.IntRange(1, 3).Draw(t, "return lines") {
		l := ReturnLine{SKU: rapid.SampledFrom([]string{"A", "B", "C", "D"}).Draw(t, "back"), Quantity: rapid.Int64Range(1, 9).Draw(t, "much")}
		if r.SaleID != 0 {
			l.Line = rapid.IntRange(0, 3).Draw(t, "line")
		}
		r.Lines = append(r.Lines, l)
	}
	return r
}

// TestMatchAgainstUnits compares with an oracle that brings goods back one
// thousandth at a time, each from the best line of all.
func TestMatchAgainstUnits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		book := drawBook(t)
		naive := cloneBook(book)
		for range rapid.IntRange(1, 4).Draw(t, "returns") {
			r := drawReturn(t)
			want := unitByUnit(r, naive)
			matches, unmatched := MatchReturn(r, book)
			got := map[string]int64{}
			for _, m := range matches {
				got[fmt.Sprintf("%d from %d/%d", m.Return, m.Sale.ID, m.Sold().No)] += m.Quantity
			}
			for _, u := range unmatched {
				got[fmt.Sprintf("%d from nowhere", u.Return)] += u.Quantity
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("matched (-want +got):\n%s", diff)
			}
			checkWorth(t, book)
		}
	})
}

func unitByUnit(r Return, book []*Sale) map[string]int64 {
	out := map[string]int64{}
	for i, l := range r.Lines {
		for range l.Quantity {
			s, line, fee := best(r, l, book)
			switch {
			case line != nil:
				line.ReturnedQuantity++
				out[fmt.Sprintf("%d from %d/%d", i, s.ID, line.No)]++
			case !fee:
				out[fmt.Sprintf("%d from nowhere", i)]++
			}
		}
	}
	return out
}

func best(r Return, l ReturnLine, book []*Sale) (from *Sale, at *Line, fee bool) {
	for _, s := range book {
		if r.SaleID != 0 && s.ID != r.SaleID || r.SaleID == 0 && s.Occurred.After(r.At) {
			continue
		}
		for k := range s.Lines {
			sold := &s.Lines[k]
			if sold.SKU != l.SKU || l.Line != 0 && sold.No != l.Line {
				continue
			}
			if sold.Fee {
				fee = fee || r.SaleID != 0
				continue
			}
			if sold.Left() > 0 && (from == nil || s != from && latestFirst(s, from) < 0) {
				from, at = s, sold
			}
		}
	}
	return from, at, fee
}

func cloneBook(book []*Sale) []*Sale {
	out := make([]*Sale, len(book))
	for i, s := range book {
		c := *s
		c.Lines = slices.Clone(s.Lines)
		out[i] = &c
	}
	return out
}

// checkWorth holds every sale to the sums of its lines.
func checkWorth(t *rapid.T, book []*Sale) {
	for _, s := range book {
		returned := int64(0)
		for _, l := range s.Lines {
			if l.ReturnedAmount != money.Part(l.Amount, l.ReturnedQuantity, l.Quantity) || l.Left() < 0 || l.Fee && l.ReturnedQuantity > 0 {
				t.Fatalf("sale %d line %+v", s.ID, l)
			}
			returned += l.ReturnedAmount
		}
		if s.Returned != returned {
			t.Fatalf("sale %d returned %d, its lines %d", s.ID, s.Returned, returned)
		}
	}
}

package retail

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func unpack(packed []byte) ([]Row, error) {
	r, err := Open(string(packed))
	if err != nil {
		return nil, err
	}
	var rows []Row
	for row, err := range r.All() {
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// TestPackAndUnpack packs random rows, which often share invoices, items and
// prices, and finds them again.
func TestPackAndUnpack(t *testing.T) {
	row := rapid.Custom(func(t *rapid.T) Row {
		customer := ""
		if n := rapid.IntRange(0, 3).Draw(t, "customer"); n > 0 {
			customer = fmt.Sprint(n)
		}
		return Row{
			Invoice:     rapid.SampledFrom([]string{"", "C", "A", "Z"}).Draw(t, "letter") + fmt.Sprint(rapid.IntRange(0, 3).Draw(t, "invoice")),
			StockCode:   rapid.SampledFrom([]string{"", "85123A", "POST"}).Draw(t, "code"),
			Description: rapid.SampledFrom([]string{"", "7\" frame", "Voucher £5", " two  spaces "}).Draw(t, "description"),
			Quantity:    rapid.Int64Range(-80995, 80995).Draw(t, "quantity"),
			Time:        formatMinute(rapid.Int64Range(-500_000, 2_000_000).Draw(t, "minute")),
			UnitPrice:   formatPrice(rapid.Int64Range(-3000, 3000).Draw(t, "price")),
			Customer:    customer,
			Country:     rapid.SampledFrom([]string{"EIRE", "France", ""}).Draw(t, "country"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOf(row).Draw(t, "rows")
		packed, err := Pack(rows)
		if err != nil {
			t.Fatal(err)
		}
		got, err := unpack(packed)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) > 0 || len(got) > 0 {
			if d := cmp.Diff(rows, got); d != "" {
				t.Errorf("rows (-packed +unpacked):\n%s", d)
			}
		}
	})
}

var good = Row{Invoice: "536365", StockCode: "85123A", Description: "HOLDER", Quantity: 6, Time: "2010-12-01T08:26:00",
	UnitPrice: "2.55", Customer: "17850", Country: "United Kingdom"}

// TestPackRefuses rows that would not come back as they were.
func TestPackRefuses(t *testing.T) {
	for name, change := range map[string]func(*Row){
		"leading zero":      func(r *Row) { r.Invoice = "0536365" },
		"two letters":       func(r *Row) { r.Invoice = "CC536365" },
		"no invoice":        func(r *Row) { r.Invoice = "" },
		"customer of zero":  func(r *Row) { r.Customer = "0" },
		"customer's sign":   func(r *Row) { r.Customer = "-5" },
		"customer's name":   func(r *Row) { r.Customer = "Smith" },
		"seconds":           func(r *Row) { r.Time = "2010-12-01T08:26:01" },
		"no time":           func(r *Row) { r.Time = "2010-12-01" },
		"four places":       func(r *Row) { r.UnitPrice = "2.5501" },
		"zero at the end":   func(r *Row) { r.UnitPrice = "2.50" },
		"point without end": func(r *Row) { r.UnitPrice = "2." },
		"minus zero":        func(r *Row) { r.UnitPrice = "-0" },
		"price in words":    func(r *Row) { r.UnitPrice = "two" },
		"tab":               func(r *Row) { r.Description = "a\tb" },
		"line break":        func(r *Row) { r.Country = "a\nb" },
	} {
		bad := good
		change(&bad)
		if _, err := Pack([]Row{good, bad}); err == nil || !strings.Contains(err.Error(), "row 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReaderCounts(t *testing.T) {
	packed, err := Pack([]Row{good, good, good})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(string(packed))
	if err != nil {
		t.Fatal(err)
	}
	for range r.All() {
		break
	}
	if r.Len() != 3 {
		t.Errorf("the reader has %d rows", r.Len())
	}
	for range 2 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last row: %v", err)
	}
}

// TestDamage cuts the packed rows anywhere: the reader must say so.
func TestDamage(t *testing.T) {
	other := good
	other.Invoice, other.UnitPrice = "C536366", "0.85"
	packed, err := Pack([]Row{good, other, good})
	if err != nil {
		t.Fatal(err)
	}
	for n := range packed {
		if _, err := unpack(packed[:n]); !errors.Is(err, errDamaged) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
}

// FuzzUnpack reads any bytes and must neither panic nor run on.
func FuzzUnpack(f *testing.F) {
	packed, err := Pack([]Row{good, good})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(packed)
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, packed []byte) {
		r, err := Open(string(packed))
		if err != nil {
			return
		}
		for n := int64(0); err == nil; n++ {
			if _, err = r.Next(); err == nil && n > r.Len() {
				t.Fatal("more rows came than were packed")
			}
		}
	})
}

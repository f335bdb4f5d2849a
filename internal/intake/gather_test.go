package intake

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/member"
	"regulars/internal/sale"
)

// take runs a file through and returns its records and its run.
func take(t testing.TB, open Opener, s Settings) ([]Record, *Run) {
	t.Helper()
	run, err := New(open, s, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	var all []Record
	for r, err := range run.Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	return all, run
}

func utc(s Settings) Settings {
	s.Zone = "UTC"
	return s
}

func TestRowsBecomeSales(t *testing.T) {
	s := utc(salesSettings())
	s.Cancellation.Prefix = "C"
	records, run := take(t, table(t, salesColumns,
		[]string{"R2", "2026-02-03 10:01", "17", "tea", "2", "3.50", ""},
		[]string{"R1", "2026-02-03 10:00", "18", "cup", "1", "9", ""},
		[]string{"C9", "2026-02-03 10:00", "18", "cup", "-1", "9", ""},
		[]string{"R2", "2026-02-03 09:59", "17", "POST", "1", "0.125", ""},
		[]string{"R2", "2026-02-03 10:01", "", "tea", "1", "3.50", ""},
	), s)
	person := func(v string) []member.Identity { return []member.Identity{{Kind: member.External, Value: v}} }
	at := func(hour, minute int) time.Time { return time.Date(2026, 2, 3, hour, minute, 0, 0, time.UTC) }
	want := []Record{
		{Sale: &SaleRecord{
			Head: Head{Source: "till", ExternalID: "R2", Identities: person("17"), Occurred: at(9, 59), FileLines: []int64{2, 5}},
			Lines: []sale.Line{{No: 1, SKU: "tea", Quantity: 2000, Amount: 700},
				{No: 2, SKU: "POST", Quantity: 1000, Amount: 13, Fee: true}}}},
		{Sale: &SaleRecord{
			Head:  Head{Source: "till", ExternalID: "R1", Identities: person("18"), Occurred: at(10, 0), FileLines: []int64{3}},
			Lines: []sale.Line{{No: 1, SKU: "cup", Quantity: 1000, Amount: 900}}}},
		{Return: &ReturnRecord{
			Head:  Head{Source: "till", ExternalID: "C9", Identities: person("18"), Occurred: at(10, 0), FileLines: []int64{4}},
			Lines: []sale.ReturnLine{{SKU: "cup", Quantity: 1000}}}},
	}
	if d := cmp.Diff(want, records); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
	wantReport := Report{Rows: 5, LeftOut: map[Reason]int64{NoCustomer: 1}, Sales: 2, SaleLines: 3, SaleFees: 1, Returns: 1,
		ReturnLines: 1, Rounded: 1, From: at(9, 59), To: at(10, 0)}
	if d := cmp.Diff(wantReport, run.Report()); d != "" {
		t.Errorf("report (-want +got):\n%s", d)
	}
}

// names lists the records by kind and reference.
func names(records []Record) (all []string) {
	for _, r := range records {
		switch {
		case r.Sale != nil:
			all = append(all, "sale "+r.Sale.ExternalID)
		case r.Return != nil:
			all = append(all, "return "+r.Return.ExternalID)
		}
	}
	return all
}

func TestBusinessOrder(t *testing.T) {
	s := salesSettings()
	s.Cancellation.Prefix = "C"
	row := func(reference, when string) []string { return []string{reference, when, "17", "tea", "1", "1", ""} }
	records, _ := take(t, table(t, salesColumns,
		row("C5", "2026-02-03 10:00"), row("C10", "2026-02-03 10:00"), row("7", "2026-02-03 10:00"), row("30", "2026-02-03 10:00"),
		row("1", "2026-02-03 10:01"), row("C2", "2026-02-03 09:59"), row("200", "2026-02-03 10:00:30"),
	), s)
	want := []string{"return C2", "sale 30", "sale 7", "return C10", "return C5", "sale 200", "sale 1"}
	if d := cmp.Diff(want, names(records)); d != "" {
		t.Errorf("order (-want +got):\n%s", d)
	}
}

// TestSpoiltSales leaves a sale out whole when one of its rows cannot be read.
func TestSpoiltSales(t *testing.T) {
	records, run := take(t, table(t, salesColumns,
		[]string{"R1", "2026-02-03", "17", "tea", "1", "1", ""},
		[]string{"R1", "2026-02-03", "17", "cup", "one", "1", ""},
		[]string{"R2", "2026-02-03", "17", "tea", "1", "1", ""},
		[]string{"R2", "2026-02-03", "18", "cup", "1", "1", ""},
		[]string{"R3", "2026-02-03", "17", "tea", "x", "1", ""},
		[]string{"R3", "2026-02-03", "17", "cup", "1", "1", ""},
		[]string{"R4", "2026-02-03", "17", "tea", "1", "1", ""},
		[]string{"R4", "2026-02-03", "17", "tea", "1", "1", ""},
	), salesSettings())
	if d := cmp.Diff([]string{"sale R4"}, names(records)); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
	want := map[Reason]int64{MalformedNumber: 2, OtherCustomer: 1, Incomplete: 3, Duplicate: 1}
	if d := cmp.Diff(want, run.Report().LeftOut); d != "" {
		t.Errorf("left out (-want +got):\n%s", d)
	}
}

// TestNegativeQuantities tell returns where no prefix does.
func TestNegativeQuantities(t *testing.T) {
	s := salesSettings()
	s.Cancellation.Negative = true
	open := table(t, salesColumns,
		[]string{"R1", "2026-02-03", "17", "tea", "2", "1", ""},
		[]string{"R1", "2026-02-03", "17", "cup", "-1", "-4", ""},
		[]string{"R2", "2026-02-04", "17", "tea", "-2", "", ""},
		[]string{"R3", "2026-02-05", "17", "tea", "1", "oops", ""},
		[]string{"R3", "2026-02-05", "17", "cup", "-1", "1", ""},
	)
	records, run := take(t, open, s)
	if d := cmp.Diff([]string{"sale R1", "return R1/return", "return R2/return"}, names(records)); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
	if n := run.Report().LeftOut; n[Incomplete] != 1 || n[MalformedNumber] != 1 {
		t.Errorf("left out are %v", n)
	}
	s.Cancellation.Prefix = "R2"
	if again, _ := take(t, open, s); names(again)[2] != "return R2" {
		t.Errorf("with a prefix the records are %v", names(again))
	}
}

func TestGuests(t *testing.T) {
	s := salesSettings()
	s.WithoutCustomer = Guest
	records, _ := take(t, table(t, salesColumns,
		[]string{"R1", "2026-02-03", "", "tea", "1", "1", ""},
		[]string{"R2", "2026-02-03", "", "tea", "1", "1", ""},
		[]string{"R2", "2026-02-03", "17", "cup", "1", "1", ""},
		[]string{"R2", "2026-02-03", "", "jam", "1", "1", ""},
	), s)
	if len(records) != 2 || records[0].Sale.Identities != nil || len(records[1].Sale.Lines) != 3 || records[1].Sale.Identities[0].Value != "17" {
		t.Errorf("records are %+v", records)
	}
}

// TestSalesWithoutReference are named by their content, the same each time.
func TestSalesWithoutReference(t *testing.T) {
	s := salesSettings()
	delete(s.Columns, Reference)
	s.Duplicates = Keep
	open := table(t, salesColumns,
		[]string{"", "2026-02-03", "17", "tea", "1", "1", ""},
		[]string{"", "2026-02-03", "17", "tea", "1", "1", ""},
		[]string{"", "2026-02-03", "18", "tea", "1", "1", ""},
	)
	first, _ := take(t, open, s)
	again, _ := take(t, open, s)
	if d := cmp.Diff(names(first), names(again)); d != "" {
		t.Errorf("names differ from one time to the next:\n%s", d)
	}
	seen := map[string]bool{}
	for _, n := range names(first) {
		if seen[n] = true; !strings.HasPrefix(n, "sale row-") {
			t.Errorf("the name is %s", n)
		}
	}
	if len(seen) != 3 {
		t.Errorf("the names are %v", names(first))
	}
}

func TestReturnsFile(t *testing.T) {
	s := Settings{Holds: Returns, Zone: "UTC", Columns: map[Role]string{
		Reference: "no", Cited: "of", Occurred: "date", Phone: "phone", SKU: "sku", Quantity: "qty"}}
	columns := []string{"no", "of", "date", "phone", "sku", "qty"}
	records, run := take(t, table(t, columns,
		[]string{"V1", "R7", "2026-02-03", "+48 22 1", "tea", "-2"},
		[]string{"V1", "R7", "2026-02-03", "+48 22 1", "cup", "1"},
		[]string{"V2", "R7", "2026-02-03", "+48 22 1", "tea", "1"},
		[]string{"V2", "R8", "2026-02-03", "+48 22 1", "cup", "1"},
		[]string{"V3", "", "2026-02-04", "+48 22 1", "", "1"},
		[]string{"V4", "", "2026-02-04", "+48 22 1", "tea", "0"},
	), s)
	want := []Record{{Return: &ReturnRecord{SaleReference: "R7",
		Head:  Head{Source: "import", ExternalID: "V1", Identities: []member.Identity{{Kind: member.Phone, Value: "+48 22 1"}}, FileLines: []int64{2, 3}},
		Lines: []sale.ReturnLine{{SKU: "tea", Quantity: 2000}, {SKU: "cup", Quantity: 1000}}}}}
	if d := cmp.Diff(want, records, cmpopts.IgnoreFields(Head{}, "Occurred")); d != "" {
		t.Errorf("records (-want +got):\n%s", d)
	}
	if d := cmp.Diff(map[Reason]int64{OtherSale: 1, Incomplete: 1, MissingValue: 1, ZeroQuantity: 1}, run.Report().LeftOut); d != "" {
		t.Errorf("left out (-want +got):\n%s", d)
	}
}

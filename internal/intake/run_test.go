package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/fault"
)

// rows is a table in memory that can fail or be watched.
type rows struct {
	columns []string
	rows    [][]string
	at      int
	fails   error // at the end
	closed  *int
}

func (r *rows) Columns() []string { return r.columns }

func (r *rows) Close() error {
	*r.closed++
	return nil
}

func (r *rows) Next() (Row, error) {
	if r.at == len(r.rows) {
		if r.fails != nil {
			return Row{}, r.fails
		}
		return Row{}, io.EOF
	}
	r.at++
	return Row{Line: int64(r.at), Fields: r.rows[r.at-1]}, nil
}

// TestFileThatBreaksOffYieldsNothing holds sales back until the whole file
// was read.
func TestFileThatBreaksOffYieldsNothing(t *testing.T) {
	closed := 0
	broken := errors.New("the disk is gone")
	open := func() (Source, error) {
		return &rows{columns: salesColumns, rows: [][]string{{"R1", "2026-02-03", "17", "tea", "1", "1", ""}}, fails: broken, closed: &closed}, nil
	}
	run, err := New(open, salesSettings(), Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	for r, err := range run.Records(context.Background()) {
		if r.Sale != nil || !errors.Is(err, broken) {
			t.Errorf("yielded %+v, %v", r, err)
		}
	}
	if closed != 1 {
		t.Errorf("the file was closed %d times", closed)
	}
}

func TestRunCanBeStopped(t *testing.T) {
	closed := 0
	many := make([][]string, 5000)
	for i := range many {
		many[i] = []string{fmt.Sprint(i), "2026-02-03", "17", "tea", "1", "1", ""}
	}
	open := func() (Source, error) { return &rows{columns: salesColumns, rows: many, closed: &closed}, nil }
	ctx, cancel := context.WithCancel(context.Background())
	var told []int64
	run, err := New(open, salesSettings(), Options{Now: now, Progress: func(n int64) {
		if told = append(told, n); n == 2000 {
			cancel()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range run.Records(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the run ended with %v", err)
		}
	}
	if len(told) != 2 || closed != 1 {
		t.Errorf("progress was told at %v, the file closed %d times", told, closed)
	}
}

func TestWrongSettingsCloseTheFile(t *testing.T) {
	closed := 0
	open := func() (Source, error) { return &rows{columns: []string{"a"}, closed: &closed}, nil }
	if _, err := New(open, salesSettings(), Options{Now: now}); fault.As(err) == nil {
		t.Errorf("the settings gave %v", err)
	}
	if _, err := Preview(open, salesSettings(), 5, now); fault.As(err) == nil {
		t.Errorf("the settings gave %v", err)
	}
	if closed != 2 {
		t.Errorf("the file was closed %d times", closed)
	}
}

// TestEveryRowIsAccountedFor takes random dirty rows: each is left out for a
// reason or is one line of one record, and records come in business order.
func TestEveryRowIsAccountedFor(t *testing.T) {
	cell := func(values ...string) *rapid.Generator[string] { return rapid.SampledFrom(values) }
	row := rapid.Custom(func(t *rapid.T) []string {
		return []string{
			cell("", "R1", "R2", "R3", "C1", "C2").Draw(t, "receipt"),
			cell("2026-02-03", "2026-02-03 10:00", "2026-02-04", "never", "1000-01-01").Draw(t, "date"),
			cell("17", "17", "17", "18", "").Draw(t, "client"),
			cell("tea", "cup", "POST", "").Draw(t, "sku"),
			cell("1", "2", "-1", "0", "x", "0.5").Draw(t, "qty"),
			cell("1", "0.125", "-1", "").Draw(t, "price"), "",
		}
	})
	rapid.Check(t, func(rt *rapid.T) {
		table := rapid.SliceOfN(row, 0, 40).Draw(rt, "rows")
		s := salesSettings()
		s.Cancellation = Cancellation{Prefix: cell("", "C").Draw(rt, "prefix"), Negative: rapid.Bool().Draw(rt, "negative")}
		s.Duplicates = rapid.SampledFrom([]Policy{LeaveOut, Keep}).Draw(rt, "duplicates")
		s.WithoutCustomer = rapid.SampledFrom([]Policy{LeaveOut, Guest}).Draw(rt, "without customer")
		closed := 0
		records, run := take(t, func() (Source, error) { return &rows{columns: salesColumns, rows: table, closed: &closed}, nil }, s)

		seen := map[int64]int{}
		for _, l := range run.left {
			seen[l.line]++
		}
		known := map[string]bool{}
		var last time.Time
		for _, r := range records {
			for _, line := range r.Lines() {
				seen[line]++
			}
			at := occurred(r)
			if at.Before(last) {
				rt.Fatalf("%s comes after %s", at, last)
			}
			last = at
		}
		for _, n := range names(records) {
			if known[n] {
				rt.Fatalf("%s comes twice", n)
			}
			known[n] = true
		}
		for line := range int64(len(table)) {
			if seen[line+1] != 1 {
				rt.Fatalf("row %d is accounted for %d times", line+1, seen[line+1])
			}
		}
	})
}

func occurred(r Record) time.Time {
	if r.Sale != nil {
		return r.Sale.Occurred
	}
	return r.Return.Occurred
}

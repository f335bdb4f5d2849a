package intake

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"regulars/internal/sheet"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// text opens a file that holds the text.
func text(s string) Opener {
	return func() (Source, error) { return ReadCSV(strings.NewReader(s), Format{}) }
}

// readAll returns every row, its fields kept.
func readAll(t testing.TB, s Source) []Row {
	t.Helper()
	var rows []Row
	for {
		row, err := s.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		if err != nil {
			t.Fatal(err)
		}
		row.Fields = append([]string(nil), row.Fields...)
		rows = append(rows, row)
	}
}

func TestCSVRows(t *testing.T) {
	good := func(line int64, fields ...string) Row { return Row{Line: line, Fields: fields} }
	bad := func(line int64, why Reason, text string) Row {
		return Row{Line: line, Fields: []string{text}, Broken: why}
	}
	for name, c := range map[string]struct {
		file string
		want []Row
	}{
		"plain":                 {"a,b\n1,2\n3,4\n", []Row{good(2, "1", "2"), good(3, "3", "4")}},
		"no line end at end":    {"a,b\n1,2", []Row{good(2, "1", "2")}},
		"empty cells":           {"a,b,c\n,,\n1,,", []Row{good(2, "", "", ""), good(3, "1", "", "")}},
		"carriage returns":      {"a,b\r\n1,\"2\"\r\n3,4\r\n", []Row{good(2, "1", "2"), good(3, "3", "4")}},
		"old Macintosh":         {"a,b\r1,2\r\"3\",4\r", []Row{good(2, "1", "2"), good(3, "3", "4")}},
		"empty lines":           {"a,b\n\n1,2\n\r\n\n3,4\n\n", []Row{good(3, "1", "2"), good(6, "3", "4")}},
		"quotes":                {"a,b\n\"x,\"\"y\"\"\",\"\"\n", []Row{good(2, `x,"y"`, "")}},
		"line break in a cell":  {"a,b\n\"x\ny\",2\n3,4\n", []Row{good(2, "x\ny", "2"), good(4, "3", "4")}},
		"quote within a cell":   {"a,b\n7\" single,2\n", []Row{good(2, `7" single`, "2")}},
		"only a quoted cell":    {"a\n\"1\"", []Row{good(2, "1")}},
		"ends with a separator": {"a,b\n1,", []Row{good(2, "1", "")}},
		"empty cells too many":  {"a,b\n1,2,,\n", []Row{good(2, "1", "2")}},
		"named separator":       {"sep=;\na;b\n1,0;2\n", []Row{good(3, "1,0", "2")}},
		"too few cells":         {"a,b\n1\n2,3\n", []Row{bad(2, WrongColumns, "1"), good(3, "2", "3")}},
		"too many cells":        {"a,b\n1,\"2\",3\n4,5\n", []Row{bad(2, WrongColumns, `1,"2",3`), good(3, "4", "5")}},
		"open quote":            {"a,b\n\"1,2\n3,4\n", []Row{bad(2, UnclosedQuote, `"1,2`), good(3, "3", "4")}},
		"open quote before another": {"a,b\n\"1,2\n3,\"4\"\n5,6\n",
			[]Row{bad(2, TextAfterQuote, `"1,2`), good(3, "3", "4"), good(4, "5", "6")}},
		"text after a quote": {"a,b\n\"1\"x,2\n3,4\n", []Row{bad(2, TextAfterQuote, `"1"x,2`), good(3, "3", "4")}},
		"bytes of no text":   {"a,b\nż,ó\n\xff\xfe,2\n3,4\n", []Row{good(2, "ż", "ó"), bad(3, NotText, "\ufffd,2"), good(4, "3", "4")}},
		"zero byte":          {"a,b\n1,x\x00y\n3,4\n", []Row{bad(2, NotText, "1,x\x00y"), good(3, "3", "4")}},
	} {
		t.Run(name, func(t *testing.T) {
			source, err := text(c.file)()
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, readAll(t, source)); d != "" {
				t.Errorf("rows (-want +got):\n%s", d)
			}
		})
	}
}

func TestCSVColumns(t *testing.T) {
	for _, c := range []struct {
		file   string
		format Format
		want   []string
	}{
		{"a, b ,a,\n", Format{}, []string{"a", "b", "a (2)", "4"}},
		{"\"x\ny\";z\n", Format{}, []string{"x\ny", "z"}},
		{"2011-12-09,5\n", Format{NoHeader: true}, []string{"1", "2"}},
		{"\n\nname\tphone\n", Format{}, []string{"name", "phone"}},
	} {
		source, err := ReadCSV(strings.NewReader(c.file), c.format)
		if err != nil {
			t.Fatalf("%q: %v", c.file, err)
		}
		if d := cmp.Diff(c.want, source.Columns()); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.file, d)
		}
	}
}

func TestCSVWithoutHeaderKeepsTheFirstRow(t *testing.T) {
	source, err := ReadCSV(strings.NewReader("1,2\n3,4\n"), Format{NoHeader: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []Row{{Line: 1, Fields: []string{"1", "2"}}, {Line: 2, Fields: []string{"3", "4"}}}
	if d := cmp.Diff(want, readAll(t, source)); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
}

// TestCSVLimits gives rows and cells beyond what is taken, and finds the rows
// behind them.
func TestCSVLimits(t *testing.T) {
	long := strings.Repeat("x", maxField+1)
	endless := strings.Repeat("x", 3*maxRow)
	for name, c := range map[string]struct {
		row  string
		want Reason
	}{
		"long cell":           {long + ",2", FieldTooLong},
		"long quoted cell":    {`"` + long + `",2`, FieldTooLong},
		"endless line":        {endless + ",2", RowTooLong},
		"endless quoted cell": {`"` + endless + `",2`, FieldTooLong},
		"endless row of cells": {strings.Repeat(`"`+strings.Repeat("y", 100)+"\n\",", maxRow/100),
			WrongColumns},
		"many cells": {strings.Repeat(",", maxColumns), WrongColumns},
	} {
		t.Run(name, func(t *testing.T) {
			source, err := text("a,b\n" + c.row + "\nlast,row\n")()
			if err != nil {
				t.Fatal(err)
			}
			rows := readAll(t, source)
			if rows[0].Broken != c.want {
				t.Errorf("the row is broken by %q, want %q", rows[0].Broken, c.want)
			}
			if n := len(rows[0].Fields[0]); n > maxField {
				t.Errorf("%d bytes of the broken row are kept", n)
			}
			if last := rows[len(rows)-1]; last.Broken != "" || last.Fields[0] != "last" {
				t.Errorf("the last row is %+v", last)
			}
			if n := cap(source.(*CSV).buf); n > 4*maxRow {
				t.Errorf("the buffer grew to %d bytes", n)
			}
		})
	}
}

// TestCSVAgainstTheStandardLibrary writes random tables with encoding/csv and
// reads them back, in pieces of any size.
func TestCSVAgainstTheStandardLibrary(t *testing.T) {
	cell := rapid.StringOf(rapid.SampledFrom([]rune("ab ,;\"\nżЖ£'1")))
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(2, 4).Draw(t, "width")
		table := rapid.SliceOfN(rapid.SliceOfN(cell, width, width), 0, 20).Draw(t, "table")
		var file bytes.Buffer
		w := csv.NewWriter(&file)
		header := []string{"h1", "h2", "h3", "h4"}[:width]
		if err := w.WriteAll(append([][]string{header}, table...)); err != nil {
			t.Fatal(err)
		}
		source, err := ReadCSV(iotest.HalfReader(&file), Format{Separator: ",", Encoding: UTF8})
		if err != nil {
			t.Fatal(err)
		}
		var got [][]string
		for {
			row, err := source.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil || row.Broken != "" {
				t.Fatalf("row %+v: %v", row, err)
			}
			got = append(got, append([]string(nil), row.Fields...))
		}
		for _, row := range table {
			for i := range row {
				row[i] = sheet.Plain(row[i]) // as tables that were made harmless are read
			}
		}
		if d := cmp.Diff(table, got, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("rows (-written +read):\n%s", d)
		}
	})
}

package intake

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"testing"
	"unicode/utf8"

	"regulars/internal/fault"
)

// FuzzCSV reads any bytes: the reader must end, name lines in rising order,
// keep its limits, give only text, and read the same twice.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"a,b\n1,2\n", "a;b\r\n\"x\ny\";\"\"\"\"\r\n", "\xef\xbb\xbfa,b\n\"open,1\n2,3\n", "\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00",
		"sep=|\na|b\n1|2|\n", "a,b\r1,2\r", "имя;сумма\n\xc8\xe2\xe0\xed;1\n", "\x1f\x8b\x08", "PK\x03\x04", "a\n\"", "\"\n\"\n\"", "\x00,\x00\n",
	} {
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, file []byte, numbered bool) {
		first := digestCSV(t, file, numbered)
		if again := digestCSV(t, file, numbered); !slices.Equal(first, again) {
			t.Errorf("two readings differ:\n%q\n%q", first, again)
		}
	})
}

func digestCSV(t *testing.T, file []byte, numbered bool) (all []string) {
	c, err := ReadCSV(bytes.NewReader(file), Format{NoHeader: numbered})
	if err != nil {
		if fault.As(err) == nil {
			t.Fatalf("opening failed without a fault: %v", err)
		}
		return nil
	}
	line := int64(0)
	for {
		row, err := c.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("reading failed without a fault: %v", err)
			}
			return all
		}
		if row.Line <= line {
			t.Fatalf("line %d comes after line %d", row.Line, line)
		}
		line = row.Line
		checkFields(t, row, len(c.Columns()))
		all = append(all, row.Fields...)
	}
}

func checkFields(t *testing.T, row Row, columns int) {
	if row.Broken == "" && len(row.Fields) != columns || row.Broken != "" && len(row.Fields) != 1 {
		t.Fatalf("row %+v has %d fields of %d columns", row, len(row.Fields), columns)
	}
	for _, f := range row.Fields {
		if !utf8.ValidString(f) || len(f) > 3*maxField { // a byte of no text takes three
			t.Fatalf("field %q of line %d", f, row.Line)
		}
	}
}

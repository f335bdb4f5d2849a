package intake

import (
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"regulars/internal/fault"
)

func TestSeparatorIsDetected(t *testing.T) {
	for _, c := range []struct {
		file string
		want byte
	}{
		{"a,b\n1,2\n", ','},
		{"a;b\n1,5;2,5\n3,5;4,5\n", ';'},
		{"a\tb\n1,5\t2;5\n", '\t'},
		{"a|b|c\n1|2|3,4\n", '|'},
		{"name;note\nA;\"x,y,z\"\nB;\"x,y,z\"\n", ';'},
		{"a;b,c\n1;2,3\n4;5\n", ';'},
		{"only\n1\n", ','},
	} {
		source, err := text(c.file)()
		if err != nil {
			t.Fatal(err)
		}
		if got := source.(*CSV).sep; got != c.want {
			t.Errorf("%q: the separator is %q, want %q", c.file, got, c.want)
		}
	}
}

func TestGzip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sales.csv.gz")
	if err := os.WriteFile(path, zip(t, russian), 0o600); err != nil {
		t.Fatal(err)
	}
	source, err := File(path, Format{})()
	if err != nil {
		t.Fatal(err)
	}
	if rows := readAll(t, source); len(rows) != 2 || rows[1].Fields[1] != "Ёлка" {
		t.Errorf("rows are %+v", rows)
	}
	if err := source.Close(); err != nil {
		t.Errorf("closing: %v", err)
	}
}

func zip(t *testing.T, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestFilesThatAreNoTable(t *testing.T) {
	whole := zip(t, strings.Repeat(russian, 10_000))
	for name, c := range map[string]struct{ file, code string }{
		"empty":         {"", "import_empty"},
		"only a mark":   {"\ufeff\n\r\n", "import_empty"},
		"broken header": {"\"a,b\n1,2\n", "import_header"},
		"workbook":      {"PK\x03\x04\x14\x00", "import_workbook"},
		"old workbook":  {"\xd0\xcf\x11\xe0\xa1", "import_workbook"},
		"no gzip":       {"\x1f\x8bgarbage that is long enough", "import_damaged"},
		"cut gzip":      {string(whole[:20]), "import_damaged"},
	} {
		_, err := text(c.file)()
		if f := fault.As(err); f == nil || f.Code != c.code {
			t.Errorf("%s: the fault is %v, want %s", name, err, c.code)
		}
	}
	if _, err := ReadCSV(strings.NewReader("a,b\n"), Format{Separator: "x"}); fault.As(err) == nil || fault.As(err).Code != "import_separator" {
		t.Errorf("the fault of an unknown separator is %v", err)
	}
}

// TestGzipThatBreaksOff reads what was there and then says so.
func TestGzipThatBreaksOff(t *testing.T) {
	var rows strings.Builder
	for i := range 200_000 {
		rows.WriteString(strings.Repeat(string(rune('a'+i*7919%26)), 1+i*31%17) + ",2\n")
	}
	whole := zip(t, "a,b\n"+rows.String())
	source, err := text(string(whole[:len(whole)/2]))()
	if errors.Is(err, os.ErrNotExist) || err == nil && source == nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = source.Next()
	}
	if f := fault.As(err); f == nil || f.Code != "import_damaged" {
		t.Errorf("reading ended with %v", err)
	}
}

func TestMissingFile(t *testing.T) {
	_, err := File(filepath.Join(t.TempDir(), "none.csv"), Format{})()
	if f := fault.As(err); f == nil || f.Code != "import_no_file" || f.Kind != fault.KindMissing {
		t.Errorf("the fault is %v", err)
	}
	if _, err := File(t.TempDir(), Format{})(); fault.As(err) == nil {
		t.Errorf("a folder gives %v", err)
	}
}

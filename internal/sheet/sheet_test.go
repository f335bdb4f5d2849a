package sheet

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestFormulasAreHarmless(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "",
		"tea":                  "tea",
		"a=b":                  "a=b",
		"=1+1":                 "'=1+1",
		"+cmd|' /C calc'!A0":   "'+cmd|' /C calc'!A0",
		"-2+3+cmd":             "'-2+3+cmd",
		"@SUM(A1)":             "'@SUM(A1)",
		"\t=1":                 "'\t=1",
		"\r\n=1":               "'\r\n=1",
		"＝1":                   "'＝1",
		"-12.50":               "-12.50",
		"-12,50":               "-12,50",
		"+447700900123":        "+447700900123",
		"-":                    "'-",
		"+44 7700 900123":      "'+44 7700 900123",
		"-1-1":                 "'-1-1",
		"O'Neill":              "O'Neill",
		"'quoted'":             "'quoted'",
		"'=1":                  "''=1",
		"2026-01-01T12:00:00Z": "2026-01-01T12:00:00Z",
	} {
		if got := Harmless(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestPlainFindsTheText again, whatever it is, and leaves what others wrote.
func TestPlainFindsTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`'{0,3}[=+@\-\t'1-9a.]{0,4}.{0,3}`)).Draw(t, "text")
		safe := Harmless(text)
		if Plain(safe) != text {
			t.Fatalf("%q is written %q and read %q", text, safe, Plain(safe))
		}
		if Harmless(safe) == safe != (Plain(safe) == safe) && !strings.HasPrefix(safe, guard) {
			t.Fatalf("%q is harmless and changed", safe)
		}
	})
	for _, text := range []string{"'tea'", "'-12.50", "'", "''"} {
		if got := Plain(text); got != text {
			t.Errorf("%q is read %q", text, got)
		}
	}
}

func TestRowsAreWritten(t *testing.T) {
	var file strings.Builder
	w := NewWriter(&file)
	w.Row("name", "sum")
	w.Row("=HYPERLINK(\"x\")", "-1.50")
	if err := w.Flush(); err != nil || w.Err() != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(file.String())).ReadAll()
	if d := cmp.Diff([][]string{{"name", "sum"}, {"'=HYPERLINK(\"x\")", "-1.50"}}, rows); err != nil || d != "" {
		t.Error(err, d)
	}
	w = NewWriter(broken{})
	w.Row("name")
	if w.Flush() == nil {
		t.Error("nothing was written and nothing told")
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("full") }

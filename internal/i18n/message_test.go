package i18n

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"regulars/internal/money"
)

// printerOf returns a printer of a catalog whose only message, m, reads the
// same in every language.
func printerOf(t *testing.T, l Lang, message string) *Printer {
	t.Helper()
	files := fstest.MapFS{}
	for _, l := range Langs() {
		files["texts/m."+string(l)+".json"] = &fstest.MapFile{Data: []byte(`{"m":"` + message + `","inner":"<{x}>"}`)}
	}
	c, _, err := load(files)
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer(l, time.UTC, "GBP")
}

func TestMessages(t *testing.T) {
	for _, tc := range []struct {
		message string
		args    []any
		want    string
	}{
		{"plain", nil, "plain"},
		{"Member's card", nil, "Member's card"},
		{"a '{b}' c", nil, "a {b} c"},
		{"{name} has {n}", []any{"name", "Ann", "n", 1234}, "Ann has 1,234"},
		{"{n, plural, one {# point} other {# points}}", []any{"n", 1}, "1 point"},
		{"{n, plural, one {# point} other {# points}}", []any{"n", -1}, "−1 point"},
		{"{n, plural, one {# point} other {# points}}", []any{"n", 1200}, "1,200 points"},
		{"{n, plural, =0 {none} one {one} other {#}}", []any{"n", 0}, "none"},
		{"{n, plural, one {# for {who}} other {# for {who}}}", []any{"n", 2, "who", "Ann"}, "2 for Ann"},
		{"{k, select, card {{n, plural, one {# card} other {# cards}}} other {x}}", []any{"k", "card", "n", 3}, "3 cards"},
		{"{k, select, card {card} other {other}}", []any{"k", "phone"}, "other"},
		{"{x, money}", []any{"x", int64(-123450)}, "−£1,234.50"},
		{"{x, number}", []any{"x", money.NewRate(5, 4)}, "1.25"},
		{"{x, number}", []any{"x", "a third"}, "a third"},
		{"{x, date}", []any{"x", time.Date(2011, 12, 9, 14, 5, 0, 0, time.UTC)}, "9 December 2011"},
		{"{x, datetime}", []any{"x", time.Date(2011, 12, 9, 14, 5, 0, 0, time.UTC)}, "9 December 2011, 14:05"},
		{"{x}", nil, "{x}"},
		{"# is not special here", nil, "# is not special here"},
		{"{x}", []any{"x", Text{Key: "inner", Args: map[string]any{"x": 7}}}, "<7>"},
		{"{x}", []any{"x", []string{"a", "b", "c"}}, "a, b and c"},
		{"{x}", []any{"x", "007"}, "007"},
		{"By {x}. Then", []any{"x", "Bean Ltd."}, "By Bean Ltd. Then"},
		{"{x}", []any{"x", nil}, "<nil>"},
	} {
		if got := printerOf(t, English, tc.message).T("m", tc.args...); got != tc.want {
			t.Errorf("%s with %v: got %q, want %q", tc.message, tc.args, got, tc.want)
		}
	}
}

func TestBadMessages(t *testing.T) {
	for message, want := range map[string]string{
		"{x":                             "not closed",
		"x}":                             "never opened",
		"{}":                             "not the name",
		"{X y}":                          "not the name",
		"{x, colour}":                    "unknown format",
		"{x, plural}":                    "without forms",
		"{x, plural, one {a}}":           "no form other",
		"{x, plural, one {a} other {b}":  "not closed",
		"{x, plural, one {a} other {b":   "form is not closed",
		"{x, select, a {1} a {2} other}": "twice",
		"{x, select, other}":             "no text in braces",
	} {
		_, err := parse(message)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want it to hold %q", message, err, want)
		}
	}
}

func TestPlurals(t *testing.T) {
	for _, tc := range []struct {
		lang Lang
		form string
		of   []any
	}{
		{English, "one", []any{1, "1"}},
		{English, "other", []any{0, 2, 11, 21, 1.5, "1.0"}},
		{Russian, "one", []any{1, 21, 101, 1001}},
		{Russian, "few", []any{2, 3, 4, 22, 104}},
		{Russian, "many", []any{0, 5, 11, 12, 14, 20, 111, 112, 1000000}},
		{Russian, "other", []any{1.5, "2.50"}},
		{Polish, "one", []any{1}},
		{Polish, "few", []any{2, 3, 4, 22, 104}},
		{Polish, "many", []any{0, 5, 11, 12, 14, 21, 101, 112}},
		{Polish, "other", []any{0.5}},
	} {
		p := printerOf(t, tc.lang, "{n, plural, one {one} few {few} many {many} other {other}}")
		for _, n := range tc.of {
			if got := p.T("m", "n", n); got != tc.form {
				t.Errorf("%s %v: got %s, want %s", tc.lang, n, got, tc.form)
			}
		}
	}
}

func FuzzMessage(f *testing.F) {
	for _, s := range []string{"{n, plural, one {# a} other {'{'#}}", "{x, select, a {b} other {c}}", "'", "{x, date}}", "{,}"} {
		f.Add(s, "1")
	}
	f.Fuzz(func(t *testing.T, source, value string) {
		parts, err := parse(source)
		if err != nil {
			return
		}
		c := &Catalog{messages: map[Lang]map[string]message{English: {"m": {parts: parts}}}}
		for _, v := range []any{value, []byte(value), len(value)} {
			c.Printer(English, nil, "GBP").T("m", "n", v, "x", v)
		}
	})
}

// TestASentenceEndsOnce: a Russian date brings a full stop of its own.
func TestASentenceEndsOnce(t *testing.T) {
	p := printerOf(t, Russian, "Действует с {x, date}.")
	if got, want := p.T("m", "x", time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)), "Действует с 1 января 2010 г."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

package i18n

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestTextsAreWhole holds every room's texts to the same keys, arguments and
// plural forms in all languages.
func TestTextsAreWhole(t *testing.T) {
	c, twice, err := load(texts)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(faults(c), twice...) {
		t.Error(f)
	}
}

// formal is how Polish speaks to somebody it does not call "ty".
var formal = regexp.MustCompile(`Państw|\bPan(i|a|u|em|ią|\()`)

// TestPolishCallsEverybodyAlike: as a friend does, on every page and in every letter.
func TestPolishCallsEverybodyAlike(t *testing.T) {
	names, err := fs.Glob(texts, "texts/*.pl.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no Polish texts", err)
	}
	for _, name := range names {
		raw, err := fs.ReadFile(texts, name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(raw)) {
			if formal.MatchString(line) {
				t.Errorf("%s: %s", name, strings.TrimSpace(line))
			}
		}
	}
	for _, said := range []string{"Czy są Państwo zadowoleni?", "Czy poleci Pan(i) nas?", "Dziękujemy Pani za wiadomość."} {
		if !formal.MatchString(said) {
			t.Errorf("%q counts as said to a friend", said)
		}
	}
}

// faults lists what is missing or out of step between the languages.
func faults(c *Catalog) []string {
	var out []string
	for _, l := range Langs() {
		for key, m := range c.messages[l] {
			for _, other := range Langs() {
				o, ok := c.messages[other][key]
				switch {
				case !ok:
					out = append(out, m.file+": "+key+" is missing in "+string(other))
				case !slices.Equal(arguments(m.parts), arguments(o.parts)):
					out = append(out, m.file+": "+key+" takes "+strings.Join(arguments(m.parts), ", ")+
						" but in "+string(other)+" "+strings.Join(arguments(o.parts), ", "))
				}
			}
			for _, f := range wrongForms(m.parts, styles[l].forms) {
				out = append(out, m.file+": "+key+" "+f)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// arguments returns the sorted argument names of a message with the kind of
// value each needs.
func arguments(parts []part) []string {
	var out []string
	walk(parts, func(p *part) {
		kind := p.format
		if kind == "plural" || kind == "datetime" {
			kind = map[string]string{"plural": "number", "datetime": "date"}[kind]
		}
		if p.name != hash {
			out = append(out, strings.TrimSpace(p.name+" "+kind))
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

func wrongForms(parts []part, want []string) []string {
	var out []string
	walk(parts, func(p *part) {
		if p.format != "plural" {
			return
		}
		for _, form := range want {
			if p.arm(form) == nil {
				out = append(out, "has no plural form "+form)
			}
		}
		for _, a := range p.arms {
			if !slices.Contains(want, a.label) && !strings.HasPrefix(a.label, "=") {
				out = append(out, "has a plural form "+a.label+" that the language lacks")
			}
		}
	})
	return out
}

func walk(parts []part, visit func(*part)) {
	for i := range parts {
		if parts[i].name != "" {
			visit(&parts[i])
		}
		for _, a := range parts[i].arms {
			walk(a.body, visit)
		}
	}
}

func TestFaultsAreFound(t *testing.T) {
	pair := func(en, ru, pl string) fs.FS {
		return fstest.MapFS{
			"texts/a.en.json": {Data: []byte(en)}, "texts/a.ru.json": {Data: []byte(ru)}, "texts/a.pl.json": {Data: []byte(pl)},
		}
	}
	for _, tc := range []struct {
		name string
		fs   fs.FS
		want string
	}{
		{"missing", pair(`{"a":"x","b":"y"}`, `{"a":"x","b":"y"}`, `{"a":"x"}`), "texts/a.en.json: b is missing in pl"},
		{"arguments", pair(`{"a":"{x}"}`, `{"a":"{y}"}`, `{"a":"{x}"}`), "texts/a.en.json: a takes x but in ru y"},
		{"format", pair(`{"a":"{x, money}"}`, `{"a":"{x, money}"}`, `{"a":"{x}"}`), "but in pl x"},
		{"few missing", pair(`{"a":"{n, plural, one {#} other {#}}"}`, `{"a":"{n, plural, one {#} many {#} other {#}}"}`, `{"a":"{n, number}"}`), "a has no plural form few"},
		{"few in English", pair(`{"a":"{n, plural, one {#} few {#} other {#}}"}`, `{"a":"{n, number}"}`, `{"a":"{n, number}"}`), "plural form few that the language lacks"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c, _, err := load(tc.fs)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(faults(c), "\n"); !strings.Contains(got, tc.want) {
				t.Errorf("got %q, want it to hold %q", got, tc.want)
			}
		})
	}
}

func TestLoadNamesFileAndKey(t *testing.T) {
	for _, tc := range []struct{ name, file, body, want string }{
		{"syntax", "texts/a.en.json", `{"a.b":"{x"}`, "texts/a.en.json: key a.b"},
		{"unknown language", "texts/a.de.json", `{"a":"x"}`, "must end in .en.json"},
		{"not text", "texts/a.pl.json", `{"a":{"b":"c"}}`, "key a"},
		{"not an object", "texts/a.pl.json", `["a"]`, "not a JSON object"},
		{"cut short", "texts/a.pl.json", `{"a":"b","c`, "texts/a.pl.json"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := load(fstest.MapFS{tc.file: {Data: []byte(tc.body)}})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want it to hold %q", err, tc.want)
			}
		})
	}
}

func TestKeysThatStandTwice(t *testing.T) {
	c, twice, err := load(fstest.MapFS{
		"texts/a.en.json": {Data: []byte(`{"k":"first","k":"second"}`)}, "texts/b.en.json": {Data: []byte(`{"k":"third"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"texts/a.en.json: k is also in texts/a.en.json", "texts/b.en.json: k is also in texts/a.en.json"}
	if !slices.Equal(twice, want) {
		t.Errorf("got %q, want %q", twice, want)
	}
	if got := c.Printer(English, nil, "").T("k"); got != "first" {
		t.Errorf("got %q, want the first", got)
	}
}

var (
	comment   = regexp.MustCompile(`(?m)^\s*//.*$`)
	saidKey   = regexp.MustCompile(`\.T\("([a-z0-9_.]+)"[,)]`)
	madeKey   = regexp.MustCompile(`\.T\("([a-z0-9_.]+)" ?\+`) // the beginning of a key put together at run time
	keptKey   = regexp.MustCompile(`i18n\.Text\{(?:Key: )?"([a-z0-9_.]+)"`)
	faultCode = regexp.MustCompile(`fault\.(?:Invalid|Missing|Conflict|Refused|Busy)\(\s*"([a-z0-9_]+)"`)
)

// TestEveryKeyInTheCodeHasAText reads the programme's own source, so that no
// page shows a bare key and no refusal is left in English.
func TestEveryKeyInTheCodeHasAText(t *testing.T) {
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	for _, root := range []string{"..", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !isSource(path) {
				return err
			}
			raw, err := os.ReadFile(path)
			source := comment.ReplaceAllString(string(raw), "")
			for _, key := range keysIn(source) {
				if strings.HasSuffix(key, ".") { // put together at run time
					if !c.hasPrefix(key) {
						t.Errorf("%s uses %s…, which has no texts", path, key)
					}
				} else if !c.Has(key) {
					t.Errorf("%s uses %s, which has no text", path, key)
				}
			}
			for _, m := range madeKey.FindAllStringSubmatch(source, -1) {
				if !c.hasPrefix(m[1]) {
					t.Errorf("%s uses %s…, which has no texts", path, m[1])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (c *Catalog) hasPrefix(prefix string) bool {
	for key := range c.messages[English] {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

func isSource(path string) bool {
	generated := strings.HasSuffix(path, "_templ.go") || strings.HasSuffix(path, "_test.go")
	return !generated && (filepath.Ext(path) == ".go" || filepath.Ext(path) == ".templ")
}

func keysIn(source string) []string {
	var keys []string
	for _, m := range slices.Concat(saidKey.FindAllStringSubmatch(source, -1), keptKey.FindAllStringSubmatch(source, -1)) {
		keys = append(keys, m[1])
	}
	for _, m := range faultCode.FindAllStringSubmatch(source, -1) {
		keys = append(keys, "fault."+m[1])
	}
	return keys
}

package promo

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/checkcode"
	"regulars/internal/i18n"
)

func TestNormaliseCode(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "abc": "ABC", " a-b c\t": "ABC", "SOLO": "S010", "solo-iI1": "S010111", "zażółć": "ZAŻÓŁĆ", "весна 10": "ВЕСНА10",
		"A–B—C_D": "ABCD", "e\u0301": "É", "10%": "10%", "\ufeffX": "X",
	} {
		if got := NormaliseCode(in); got != want {
			t.Errorf("%q is read as %q, not %q", in, got, want)
		}
	}
}

// A code is found however it is typed, and what is known by one text stays so.
func TestCodeIsFoundHoweverTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		any := rapid.String().Draw(t, "text")
		if n := NormaliseCode(any); NormaliseCode(n) != n {
			t.Fatalf("%q is read as %q and that as %q", any, n, NormaliseCode(n))
		}
		code := rapid.StringMatching(`[0-9A-HJKMNP-TV-Z]{4,20}`).Draw(t, "code")
		typed := strings.Map(func(r rune) rune {
			if o := map[rune]rune{'0': 'o', '1': 'l'}[r]; o != 0 && rapid.Bool().Draw(t, "slip") {
				return o
			}
			return r
		}, code)
		at := rapid.IntRange(0, len(typed)).Draw(t, "at")
		typed = strings.ToLower(typed[:at]) + rapid.SampledFrom([]string{"", " ", "-", " – "}).Draw(t, "gap") + typed[at:]
		if NormaliseCode(typed) != code || CheckCode(typed) != nil {
			t.Fatalf("%q is not read as %q", typed, code)
		}
	})
}

func TestDraw(t *testing.T) {
	for _, length := range []int{4, 8, 12, 13, 20} {
		d := newDrawer(length)
		seen := map[string]bool{}
		last := ""
		for part := range int64(10) {
			texts, err := d.draw(200, part, part+1, 10)
			if err != nil || len(texts) < 190 || !slices.IsSorted(texts) || texts[0] < last {
				t.Fatalf("length %d, part %d: %d texts, %v", length, part, len(texts), err)
			}
			for _, text := range texts {
				if len(text) != length || strings.Trim(text, checkcode.Letters) != "" || seen[text] {
					t.Fatalf("length %d: %q", length, text)
				}
				seen[text] = true
			}
			last = texts[len(texts)-1]
		}
		if shares := strings.Count(strings.Join(slices.Collect(mapKeys(seen)), ""), "7"); shares < 20*length || shares > 120*length {
			t.Errorf("length %d: %d of 2000 codes' signs are 7", length, shares)
		}
	}
}

func TestFittingLength(t *testing.T) {
	none := func(int) (int64, error) { return 0, nil }
	for _, c := range []struct {
		length int
		wanted int64
		want   int
	}{{4, 1, 4}, {4, 1 << 19, 4}, {4, 1<<19 + 1, 5}, {5, 10_000_000, 5}, {4, 10_000_000, 5}, {13, 1 << 50, 13}} {
		if got, err := fitting(c.length, c.wanted, none); got != c.want || err != nil {
			t.Errorf("%d codes of %d: %d, %v", c.wanted, c.length, got, err)
		}
	}
	full := func(int) (int64, error) { return 1 << 62, nil }
	if got, _ := fitting(4, 1, full); got != -1 {
		t.Errorf("where all is full, %d would do", got)
	}
}

// Every failure, audit row, state and refusal has words in each language, and
// they can be said.
func TestCodeWords(t *testing.T) {
	catalog, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	texts := []i18n.Text{{Key: "console.job.kind." + GenerateJob}}
	for _, s := range CodeStates() {
		texts = append(texts, s.Text())
	}
	for _, m := range []CodeMove{
		MoveIssued, MoveDelivered, MoveSeen, MoveReminded, MoveHeld, MoveReleased, MoveRedeemed, MoveRestored, MoveExpired, MoveCancelled,
	} {
		texts = append(texts, m.Text())
	}
	for _, k := range BatchKinds() {
		texts = append(texts, k.Text())
	}
	for _, why := range []string{"malformed", "empty", "duplicate", "taken"} {
		texts = append(texts, LineRefusal{Line: 3, Code: "A", Why: why, Of: 1}.Text())
	}
	c := &Code{Printed: "A", MemberID: 1, MaxUses: 2, Begins: time.Unix(1e9, 0), Expires: time.Unix(2e9, 0)}
	for _, why := range []string{"not_yours", "used_up", "cancelled", "not_yet", "expired", "held"} {
		texts = append(texts, c.refuse(why, map[string]any{"uses": 2, "from": c.Begins, "until": c.Expires}).Reason)
	}
	for _, enough := range []int{-1, 1, 5, 22} {
		texts = append(texts, i18n.Text{Key: "fault.codes_too_short", Args: map[string]any{"length": 4, "enough": enough}})
	}
	for _, key := range codesOfSource(t) {
		if !catalog.Has(key) {
			t.Errorf("%s has no words", key)
		}
	}
	for _, text := range texts {
		for _, l := range i18n.Langs() {
			said := catalog.Printer(l, time.UTC, "GBP").Say(text)
			if said == "" || strings.Contains(said, "{") || strings.Contains(said, "promo_code") || strings.Contains(said, "-1") {
				t.Errorf("%s in %s: %q", text.Key, l, said)
			}
		}
	}
}

// codesOfSource returns the keys of failures and audit rows in the files about
// codes.
func codesOfSource(t *testing.T) (keys []string) {
	t.Helper()
	failure := regexp.MustCompile(`fault\.(?:Invalid|Missing|Conflict|Refused|Busy)\("([a-z_]+)"`)
	action := regexp.MustCompile(`"(code\.[a-z_]+)"`)
	for _, pattern := range []string{"*code*.go", "batch*.go", "due.go"} {
		for _, name := range done(filepath.Glob(pattern))(t) {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			source := string(done(os.ReadFile(name))(t))
			for _, m := range failure.FindAllStringSubmatch(source, -1) {
				keys = append(keys, "fault."+m[1])
			}
			for _, m := range action.FindAllStringSubmatch(source, -1) {
				keys = append(keys, "audit."+m[1])
			}
		}
	}
	if len(keys) < 30 {
		t.Errorf("found only %d codes in the source", len(keys))
	}
	return keys
}

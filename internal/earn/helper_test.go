package earn

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/sale"
)

const (
	spendable id.ID = 7001
	stamps    id.ID = 7002
)

// demo is the rule of the demo programme.
const demo = `{"wallet":"WALLET","effects":[
	{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"},
	{"kind":"multiplier","per_rank":{"silver":"1.25","gold":"1.5"}}],
	"activation":{"hours":336},"expiry":{"months":12,"end_of_day":true}}`

// spec reads a spec; WALLET stands for the spendable wallet, STAMPS for the
// other.
func spec(t testing.TB, raw string) Spec {
	t.Helper()
	raw = strings.ReplaceAll(raw, "WALLET", spendable.In(id.Wallet))
	raw = strings.ReplaceAll(raw, "STAMPS", stamps.In(id.Wallet))
	s, err := ParseSpec([]byte(raw))
	if err != nil {
		t.Fatalf("parsing %s: %v", raw, err)
	}
	return s
}

// published returns a version that has always been in force; n is its id and
// that of its rule.
func published(t testing.TB, n id.ID, name, raw string) Version {
	t.Helper()
	v := Version{ID: n, Rule: Rule{ID: n, Name: name, Trigger: Purchase}, Number: 1, State: Published, Spec: spec(t, raw)}
	if err := v.Spec.Check(v.Rule.Trigger); err != nil {
		t.Fatalf("checking %s: %v", raw, err)
	}
	return v
}

func ruleset(t testing.TB, versions ...Version) *Ruleset {
	t.Helper()
	s, err := NewRuleset(zone(t, "Europe/London"), versions)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// rules returns a ruleset of the specs, named a, b, c and so on.
func rules(t testing.TB, raw ...string) *Ruleset {
	t.Helper()
	versions := make([]Version, len(raw))
	for i, r := range raw {
		versions[i] = published(t, id.ID(i+1), string(rune('a'+i)), r)
	}
	return ruleset(t, versions...)
}

var sold = time.Date(2011, 6, 15, 10, 30, 0, 0, time.UTC)

// purchase returns the facts of a sale with goods of these amounts.
func purchase(amounts ...int64) *Facts {
	f := &Facts{Kind: "purchase", Occurred: sold, Nth: 1}
	for i, n := range amounts {
		f.Lines = append(f.Lines, sale.Line{No: i + 1, SKU: string(rune('A' + i)), Quantity: 1000, Amount: n})
		f.Goods += n
		f.Total += n
	}
	return f
}

// fee adds a line that is not goods.
func fee(f *Facts, amount int64) *Facts {
	f.Lines = append(f.Lines, sale.Line{No: len(f.Lines) + 1, SKU: "POST", Quantity: 1000, Amount: amount, Fee: true})
	f.Total += amount
	return f
}

// only returns the one grant of a decision.
func only(t rapid.TB, d Decision) Grant {
	t.Helper()
	if len(d.Grants) != 1 {
		t.Fatalf("%d grants, skipped: %+v", len(d.Grants), d.Skipped)
	}
	return d.Grants[0]
}

// points returns what each rule gave by its version, which is its place in
// the list.
func points(d Decision) map[id.ID]int64 {
	got := map[id.ID]int64{}
	for _, g := range d.Grants {
		got[g.RuleVersion] += g.Amount
	}
	return got
}

func printer(t testing.TB, l i18n.Lang) *i18n.Printer {
	t.Helper()
	texts, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return texts.Printer(l, nil, "GBP")
}

func plainSpaces(s string) string {
	return strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)
}

// refusal checks that err is a fault of that code at that place.
func refusal(t testing.TB, err error, code, at string) {
	t.Helper()
	f := fault.As(err)
	if f == nil {
		t.Fatalf("got %v, want fault %s at %q", err, code, at)
	}
	if f.Code != code || f.Field != at {
		t.Errorf("got %s at %q (%s), want %s at %q", f.Code, f.Field, f.Message, code, at)
	}
}

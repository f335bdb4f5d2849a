package earn

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"regulars/internal/condition"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
)

// anySpec draws specs; most of them pass the check.
func anySpec() *rapid.Generator[Spec] {
	return rapid.Custom(func(t *rapid.T) Spec {
		s := Spec{WalletID: id.ID(rapid.Int64Range(1, 1<<62).Draw(t, "wallet")), Effects: anyEffects().Draw(t, "effects")}
		s.Priority = rapid.IntRange(-maxPriority, maxPriority).Draw(t, "priority")
		s.Group = rapid.SampledFrom([]string{"", "summer"}).Draw(t, "group")
		s.Rounding = rapid.SampledFrom([]money.Rounding{"", money.Floor, money.Ceil, money.HalfUp, money.HalfEven}).Draw(t, "rounding")
		s.Activation.Hours = rapid.IntRange(0, 1000).Draw(t, "hours")
		s.Expiry = rapid.SampledFrom([]Expiry{{}, {Months: 12, EndOfDay: true}, {Months: 24}, {Days: 45}}).Draw(t, "expiry")
		for _, p := range rapid.SliceOfNDistinct(rapid.SampledFrom(Periods()), 0, 3, rapid.ID[Period]).Draw(t, "caps") {
			limit := Cap{Period: p, Points: rapid.Int64Range(1, 1000).Draw(t, "points")}
			if rapid.Bool().Draw(t, "by times") {
				limit.Times, limit.Points = limit.Points, 0
			}
			s.Caps = append(s.Caps, limit)
		}
		if rapid.Bool().Draw(t, "has budget") {
			s.Budget.Points = rapid.Int64Range(1, maxPoints).Draw(t, "budget")
		}
		if rapid.Bool().Draw(t, "has condition") {
			s.Condition = condition.Condition{Field: "sale.total", Op: condition.Gte, Value: json.RawMessage("100")}
		}
		return s
	})
}

func TestParseSpecIsTheInverseOfMarshal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySpec().Draw(t, "spec")
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var got Spec
		if err := json.Unmarshal(raw, &got); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if diff := cmp.Diff(s, got, cmpopts.EquateEmpty(), cmp.Comparer(func(a, b money.Rate) bool { return a.String() == b.String() })); diff != "" {
			t.Fatalf("%s is read otherwise (-want +got):\n%s", raw, diff)
		}
	})
}

func TestParseSpecTellsWhereItIsWrong(t *testing.T) {
	wallet := `"wallet":"` + spendable.In(id.Wallet) + `"`
	with := func(more string) string {
		return `{` + wallet + `,"effects":[{"kind":"fixed","points":1}],` + more + `}`
	}
	effect := func(e string) string { return `{` + wallet + `,"effects":[{"kind":"fixed","points":1},{` + e + `}]}` }
	for _, c := range []struct{ raw, code, at string }{
		{`{`, "json_malformed", ""},
		{`{"wallet":"` + strings.Repeat("x", MaxSpec) + `"}`, "json_too_large", ""},
		{with(`"colour":1`), "json_unknown_name", "/colour"},
		{`{"wallet":7}`, "json_wrong_kind", "/wallet"},
		{`{"wallet":"mem_0000000000001"}`, "malformed_id", "/wallet"},
		{with(`"priority":1001`), "json_number_range", "/priority"},
		{with(`"group":""`), "json_text_empty", "/group"},
		{with(`"condition":{"all":[{"field":3}]}`), "json_wrong_kind", "/condition/all/0/field"},
		{with(`"condition":{"all":[]}`), "json_list_empty", "/condition/all"},
		{with(`"activation":{"hours":-1}`), "json_number_range", "/activation/hours"},
		{with(`"expiry":{"months":0}`), "json_number_range", "/expiry/months"},
		{with(`"expiry":{"years":1}`), "json_unknown_name", "/expiry/years"},
		{with(`"expiry":{"end_of_day":1}`), "json_wrong_kind", "/expiry/end_of_day"},
		{with(`"caps":[{"period":"day","points":1},{"period":"day","times":0}]`), "json_number_range", "/caps/1/times"},
		{with(`"caps":[` + strings.Repeat(`{"period":"day"},`, MaxCaps) + `{}]`), "json_list_too_long", "/caps"},
		{with(`"budget":{"points":1.5}`), "json_wrong_kind", "/budget/points"},
		{with(`"budget":5`), "json_wrong_kind", "/budget"},
		{effect(`"kind":"fixed","points":"5"`), "json_wrong_kind", "/effects/1/points"},
		{effect(`"kind":"fixed","kind":"fixed"`), "json_name_twice", "/effects/1/kind"},
		{effect(`"rate":1.5`), "json_wrong_kind", "/effects/1/rate"},
		{effect(`"rate":"one"`), "malformed_rate", "/effects/1/rate"},
		{effect(`"rate":"-1"`), "rule_rate_range", "/effects/1/rate"},
		{effect(`"rate":"1001"`), "rule_rate_range", "/effects/1/rate"},
		{effect(`"per_rank":{}`), "json_list_empty", "/effects/1/per_rank"},
		{effect(`"per_rank":{"gold":"x"}`), "malformed_rate", "/effects/1/per_rank/gold"},
		{effect(`"per_rank":{"":"1"}`), "json_text_empty", "/effects/1/per_rank/"},
		{effect(`"per_rank":["gold"]`), "json_wrong_kind", "/effects/1/per_rank"},
		{effect(`"lines":{"skus":["A",""]}`), "json_text_empty", "/effects/1/lines/skus/1"},
		{effect(`"lines":{"brand":["A"]}`), "json_unknown_name", "/effects/1/lines/brand"},
	} {
		t.Run(c.code, func(t *testing.T) {
			_, err := ParseSpec([]byte(c.raw))
			refusal(t, err, c.code, c.at)
		})
	}
}

func FuzzParseSpec(f *testing.F) {
	wallet := spendable.In(id.Wallet)
	for _, raw := range []string{demo, rich, `{}`, `{"wallet":"WALLET","effects":[{"kind":"multiplier","rate":"7/3"}]}`,
		`{"wallet":"WALLET","effects":[{"kind":"product_bonus","points":3,"lines":{"skus":["A"]}}],"budget":{"points":9}}`,
		`{"wallet":"WALLET","effects":[{"kind":"points_per_amount","points":1,"per":999999937,"basis":"total"},{"kind":"multiplier","rate":"1/999999929"}]}`} {
		f.Add([]byte(strings.ReplaceAll(raw, "WALLET", wallet)))
	}
	sample := fee(purchase(1999, 0, 1<<50), 300)
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := ParseSpec(raw)
		if err == nil {
			err = s.Check(Purchase)
		}
		if err != nil {
			if fault.As(err) == nil {
				t.Fatalf("%q failed as our fault: %v", raw, err)
			}
			return
		}
		first, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseSpec(first)
		if err != nil {
			t.Fatalf("%s is not read again: %v", first, err)
		}
		if second, err := json.Marshal(again); err != nil || string(first) != string(second) {
			t.Fatalf("%s is read again as %s", first, second)
		}
		set, err := NewRuleset(zone(t, "Europe/London"), []Version{{ID: 1, Rule: Rule{ID: 1, Trigger: Purchase}, State: Published, Spec: s}})
		if err != nil {
			t.Fatalf("passes the check and does not compile: %v", err)
		}
		for _, g := range set.Decide(sample, Usage{}).Grants {
			if g.Amount <= 0 || g.Amount > maxPoints {
				t.Fatalf("%s gives %d points", first, g.Amount)
			}
		}
	})
}

package earn

import (
	"strings"
	"testing"
)

func TestCheckTellsWhatDoesNotFit(t *testing.T) {
	amount := `{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"}`
	lines := `"lines":{"skus":["A"]}`
	for _, c := range []struct{ trigger, effects, more, code, at string }{
		{"purchase", `{"kind":"gift"}`, ``, "rule_unknown_word", "/effects/0/kind"},
		{"purchase", `{"points":1}`, ``, "rule_unknown_word", "/effects/0/kind"},
		{"purchase", `{"kind":"fixed"}`, ``, "rule_required", "/effects/0/points"},
		{"purchase", `{"kind":"fixed","points":1,"per":100}`, ``, "rule_field_unfit", "/effects/0/per"},
		{"purchase", `{"kind":"points_per_amount","points":1,"basis":"goods"}`, ``, "rule_required", "/effects/0/per"},
		{"purchase", `{"kind":"points_per_amount","points":1,"per":1}`, ``, "rule_required", "/effects/0/basis"},
		{"purchase", `{"kind":"points_per_amount","points":1,"per":1,"basis":"tax"}`, ``, "rule_unknown_word", "/effects/0/basis"},
		{"purchase", `{"kind":"points_per_amount","points":1,"per":1,"basis":"matching_lines"}`, ``, "rule_required", "/effects/0/lines"},
		{"purchase", `{"kind":"points_per_amount","points":1,"per":1,"basis":"goods",` + lines + `}`, ``, "rule_field_unfit", "/effects/0/lines"},
		{"purchase", `{"kind":"points_per_amount","points":1,"per":1,"basis":"matching_lines","lines":{"except":true}}`, ``, "rule_required", "/effects/0/lines/skus"},
		{"purchase", amount + `,{"kind":"multiplier"}`, ``, "rule_required", "/effects/1/rate"},
		{"purchase", amount + `,{"kind":"multiplier","rate":"2","points":1}`, ``, "rule_field_unfit", "/effects/1/points"},
		{"purchase", amount + `,{"kind":"product_bonus","rate":"2","points":1,` + lines + `}`, ``, "rule_field_unfit", "/effects/1/points"},
		{"purchase", amount + `,{"kind":"product_bonus",` + lines + `}`, ``, "rule_required", "/effects/1/points"},
		{"purchase", amount + `,{"kind":"product_bonus","points":1}`, ``, "rule_required", "/effects/1/lines"},
		{"purchase", amount + `,{"kind":"product_bonus","rate":"0.5",` + lines + `}`, ``, "rule_bonus_lowers", "/effects/1/rate"},
		{"purchase", `{"kind":"fixed","points":1},{"kind":"product_bonus","rate":"2",` + lines + `}`, ``, "rule_bonus_on_nothing", "/effects/1"},
		{"purchase", amount + `,{"kind":"multiplier","per_rank":{"a":"2"}},{"kind":"multiplier","per_rank":{"b":"2"}}`, ``, "rule_two_ranks", "/effects/2/per_rank"},
		{"purchase", `{"kind":"multiplier","rate":"2"},` + amount, ``, "rule_multiplier_alone", "/effects/1"},
		{"purchase", `{"kind":"multiplier","rate":"0.9"}`, ``, "rule_multiplier_lowers", "/effects/0"},
		{"purchase", `{"kind":"multiplier","per_rank":{"gold":"0"}}`, ``, "rule_multiplier_lowers", "/effects/0"},
		{"purchase", `{"kind":"points_per_amount","points":1,"per":999999937,"basis":"goods"},{"kind":"multiplier","rate":"1/999999929"}`, ``, "rule_too_fine", "/effects"},
		{"purchase", `{"kind":"points_per_amount","points":1,"per":999999937,"basis":"goods"},{"kind":"points_per_amount","points":1,"per":999999929,"basis":"goods"}`, ``, "rule_too_fine", "/effects"},
		{"sign_up", amount, ``, "rule_needs_sale", "/effects/0/kind"},
		{"custom.x", `{"kind":"product_bonus","points":1,` + lines + `}`, ``, "rule_needs_sale", "/effects/0/kind"},
		{"birthday", `{"kind":"fixed","points":1}`, `"condition":{"all":[{"field":"sale.total","op":"gte","value":1},{"cel":"true"}]}`, "condition_unknown_field", "/condition/all/0/field"},
		{"purchase", amount, `"condition":{"cel":"sale.total"}`, "condition_formula_kind", "/condition/cel"},
		{"purchase", amount, `"rounding":"nearest"`, "rule_unknown_word", "/rounding"},
		{"purchase", amount, `"expiry":{"months":1,"days":1}`, "rule_two_expiries", "/expiry"},
		{"purchase", amount, `"expiry":{"end_of_day":true}`, "rule_required", "/expiry/months"},
		{"purchase", amount, `"expiry":{"days":14},"activation":{"hours":336}`, "rule_never_usable", "/expiry"},
		{"purchase", amount, `"caps":[{"period":"hour","points":1}]`, "rule_unknown_word", "/caps/0/period"},
		{"purchase", amount, `"caps":[{"period":"day"}]`, "rule_cap_one", "/caps/0"},
		{"purchase", amount, `"caps":[{"period":"day","points":1,"times":1}]`, "rule_cap_one", "/caps/0"},
		{"purchase", amount, `"caps":[{"period":"day","points":1},{"period":"day","times":1},{"period":"day","points":2}]`, "rule_cap_twice", "/caps/2"},
	} {
		t.Run(c.code, func(t *testing.T) {
			raw := `{"wallet":"WALLET","effects":[` + c.effects + `]`
			if c.more != "" {
				raw += "," + c.more
			}
			s := spec(t, raw+"}")
			refusal(t, s.Check(Trigger(c.trigger)), c.code, c.at)
		})
	}
}

func TestCheckNeedsWalletAndEffects(t *testing.T) {
	s := spec(t, `{}`)
	refusal(t, s.Check(Purchase), "rule_required", "/wallet")
	s = spec(t, `{"wallet":"WALLET"}`)
	refusal(t, s.Check(Purchase), "rule_required", "/effects")
}

func TestTriggersAndNames(t *testing.T) {
	for trigger, ok := range map[Trigger]bool{
		"purchase": true, "return": true, "sign_up": true, "birthday": true, "custom.a-b_c.1": true,
		"": false, "visit": false, "custom.": false, "custom.Ä": false, "customx": false, "custom. a": false,
	} {
		if err := trigger.check(); (err == nil) != ok {
			t.Errorf("trigger %q: %v", trigger, err)
		}
	}
	for name, ok := range map[string]bool{
		"Points for purchases": true, "Баллы": true, strings.Repeat("я", 100): true,
		"": false, " a": false, "a\n": false, "a\nb": false, "\xff": false, strings.Repeat("a", 101): false,
	} {
		if err := checkName(name); (err == nil) != ok {
			t.Errorf("name %q: %v", name, err)
		}
	}
}

package promo

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/fault"
)

// whole spec: everything that can be written at once.
const everything = `{"audience":"newcomers","lines":{"skus":["A"],"categories":["coffee"],"except":true},"brands":["Acme"],
	"condition":{"field":"rank","op":"eq","value":"gold"},"minimum":2000,"benefit":{"kind":"tiered","tiers":[{"from":1000,"amount":100},{"from":5000,"percent":"12.5"}],"most":900},
	"with_code":true,"priority":-3,"group":"g","together":2,"at_cost":true,"most_off":"40","per_member":[{"period":"month","times":2,"amount":500},{"period":"ever","times":9}],
	"budget":{"uses":10,"amount":100000},"restore_code":true}`

func TestSpecIsReadWhole(t *testing.T) {
	s := written(t, everything)
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var a, b any
	if json.Unmarshal([]byte(everything), &a) != nil || json.Unmarshal(raw, &b) != nil {
		t.Fatal("not JSON")
	}
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("what was written and read again (-want +got):\n%s", diff)
	}
}

func TestSpecIsReadStrictly(t *testing.T) {
	for _, tc := range []struct{ raw, code, at string }{
		{`{"benefits":{}}`, "json_unknown_name", "/benefits"},
		{`{"benefit":{"kind":"percent","value":"5"}}`, "json_unknown_name", "/benefit/value"},
		{`{"benefit":{"kind":"points_multiplier","rate":"1"}}`, "offer_rate", "/benefit/rate"},
		{`{"benefit":{"kind":"points_multiplier","rate":2}}`, "json_wrong_kind", "/benefit/rate"},
		{`{"per_shop":[{"period":"day","times":1}]}`, "json_unknown_name", "/per_shop/0/times"},
		{`{"benefit":{"kind":"percent","percent":20}}`, "json_wrong_kind", "/benefit/percent"},
		{`{"benefit":{"kind":"percent","percent":"x"}}`, "malformed_rate", "/benefit/percent"},
		{`{"benefit":{"kind":"percent","percent":"0"}}`, "offer_percent", "/benefit/percent"},
		{`{"benefit":{"kind":"percent","percent":"100.1"}}`, "offer_percent", "/benefit/percent"},
		{`{"benefit":{"kind":"percent","percent":"1/30000"}}`, "offer_percent", "/benefit/percent"},
		{`{"benefit":{"kind":"amount","amount":0}}`, "json_number_range", "/benefit/amount"},
		{`{"benefit":{"kind":"amount","amount":1.5}}`, "json_wrong_kind", "/benefit/amount"},
		{`{"minimum":-1}`, "json_number_range", "/minimum"},
		{`{"lines":{"brands":["x"]}}`, "json_unknown_name", "/lines/brands"},
		{`{"brands":[]}`, "json_list_empty", "/brands"},
		{`{"condition":{"all":[{"fields":"rank"}]}}`, "json_unknown_name", "/condition/all/0/fields"},
		{`{"per_member":[{"period":"month","times":0}]}`, "json_number_range", "/per_member/0/times"},
		{`{"together":0}`, "json_number_range", "/together"},
		{`{"most_off":"101"}`, "offer_percent", "/most_off"},
		{`{"exclusive":"yes"}`, "json_wrong_kind", "/exclusive"},
		{`{"budget":{"amount":5},"budget":{}}`, "json_name_twice", "/budget"},
	} {
		_, err := ParseSpec([]byte(tc.raw))
		t.Run(tc.raw, func(t *testing.T) { refusedAt(t, err, tc.code, tc.at) })
	}
}

// TestMistakesAreToldAtOnce, each at its place, whether they are of reading or of
// what fits.
func TestMistakesAreToldAtOnce(t *testing.T) {
	places := func(err error) string {
		var list []string
		for _, f := range fault.All(err) {
			list = append(list, f.Field)
		}
		return strings.Join(list, " ")
	}
	_, err := ParseSpec([]byte(`{"minimum":-1,"benefit":{"kind":"tiered","tiers":[{"from":0},{"from":"x"}],"most":0},"per_member":[{"times":0}]}`))
	if got, want := places(err), "/minimum /benefit/tiers/0/from /benefit/tiers/1/from /benefit/most /per_member/0/times"; got != want {
		t.Errorf("read: got %s, want %s", got, want)
	}
	s, err := ParseSpec([]byte(`{"audience":"all","lines":{"except":true},"condition":{"field":"colour","op":"eq","value":"red"},"benefit":{"kind":"buy_get","sku":"x"},
		"per_member":[{"period":"hour"},{"period":"day"}],"restore_code":true}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := places(s.Check()), "/audience /lines/skus /benefit/percent /benefit/buy /benefit/get /benefit/sku /per_member/0/period /per_member/1/times /restore_code /condition/field"; got != want {
		t.Errorf("checked: got %s, want %s", got, want)
	}
}

func TestPartsMustFit(t *testing.T) {
	for _, tc := range []struct{ raw, code, at string }{
		{`{}`, "offer_required", "/benefit/kind"},
		{`{"benefit":{"kind":"half"}}`, "offer_unknown_word", "/benefit/kind"},
		{`{"benefit":{"kind":"percent"}}`, "offer_required", "/benefit/percent"},
		{`{"benefit":{"kind":"percent","percent":"5","amount":1}}`, "offer_field_unfit", "/benefit/amount"},
		{`{"benefit":{"kind":"amount","amount":5,"most":4}}`, "offer_field_unfit", "/benefit/most"},
		{`{"benefit":{"kind":"buy_get","buy":1000,"get":1000}}`, "offer_required", "/benefit/percent"},
		{`{"benefit":{"kind":"cheapest_free","buy":1000}}`, "offer_required", "/benefit/get"},
		{`{"benefit":{"kind":"gift"}}`, "offer_required", "/benefit/sku"},
		{`{"benefit":{"kind":"tiered"}}`, "offer_required", "/benefit/tiers"},
		{`{"benefit":{"kind":"tiered","tiers":[{"from":5}]}}`, "offer_tier_one", "/benefit/tiers/0"},
		{`{"benefit":{"kind":"tiered","tiers":[{"amount":5}]}}`, "offer_required", "/benefit/tiers/0/from"},
		{`{"benefit":{"kind":"tiered","tiers":[{"from":5,"amount":1},{"from":5,"amount":2}]}}`, "offer_tiers_order", "/benefit/tiers/1/from"},
		{`{"audience":"all","benefit":{"kind":"amount","amount":1}}`, "offer_unknown_word", "/audience"},
		{`{"lines":{"except":true},"benefit":{"kind":"amount","amount":1}}`, "offer_required", "/lines/skus"},
		{`{"lines":{"categories":["x"]},"benefit":{"kind":"free_delivery"}}`, "offer_field_unfit", "/lines/categories"},
		{`{"brands":["x"],"benefit":{"kind":"free_delivery"}}`, "offer_field_unfit", "/brands"},
		{`{"restore_code":true,"benefit":{"kind":"amount","amount":1}}`, "offer_field_unfit", "/restore_code"},
		{`{"per_member":[{"period":"hour","times":1}],"benefit":{"kind":"amount","amount":1}}`, "offer_unknown_word", "/per_member/0/period"},
		{`{"per_member":[{"period":"day"}],"benefit":{"kind":"amount","amount":1}}`, "offer_required", "/per_member/0/times"},
		{`{"per_member":[{"period":"day","times":1},{"period":"day","amount":1}],"benefit":{"kind":"amount","amount":1}}`, "offer_cap_twice", "/per_member/1"},
		{`{"benefit":{"kind":"points_multiplier"}}`, "offer_required", "/benefit/rate"},
		{`{"benefit":{"kind":"points_multiplier","rate":"2","wallet":"mem_1"}}`, "malformed_id", "/benefit/wallet"},
		{`{"benefit":{"kind":"gift","sku":"x","wallet":"wal_00000000000ab"}}`, "offer_field_unfit", "/benefit/wallet"},
		{`{"benefit":{"kind":"amount","amount":1,"rate":"2"}}`, "offer_field_unfit", "/benefit/rate"},
		{`{"after_return":"recompute","benefit":{"kind":"points_multiplier","rate":"2"}}`, "offer_field_unfit", "/after_return"},
		{`{"together":2,"exclusive":true,"benefit":{"kind":"amount","amount":1}}`, "offer_field_unfit", "/together"},
		{`{"most_off":"50","benefit":{"kind":"gift","sku":"x"}}`, "offer_field_unfit", "/most_off"},
		{`{"per_shop":[{"period":"day"}],"benefit":{"kind":"amount","amount":1}}`, "offer_required", "/per_shop/0/uses"},
		{`{"per_shop":[{"uses":1}],"benefit":{"kind":"amount","amount":1}}`, "offer_unknown_word", "/per_shop/0/period"},
		{`{"per_shop":[{"shop":"a","period":"day","uses":1},{"shop":"a","period":"day","amount":1}],"benefit":{"kind":"amount","amount":1}}`, "offer_shop_twice", "/per_shop/1"},
		{`{"condition":{"field":"rank"},"benefit":{"kind":"amount","amount":1}}`, "condition_op_unfit", "/condition/op"},
		{`{"condition":{"any":[{"field":"colour","op":"eq","value":"red"}]},"benefit":{"kind":"amount","amount":1}}`, "condition_unknown_field", "/condition/any/0/field"},
	} {
		t.Run(tc.raw, func(t *testing.T) {
			s, err := ParseSpec([]byte(tc.raw))
			if err != nil {
				t.Fatal(err)
			}
			refusedAt(t, s.Check(), tc.code, tc.at)
		})
	}
}

// TestSpecsComeBack writes any spec and reads it again.
func TestSpecsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySpec(t)
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseSpec(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		twice, err := json.Marshal(again)
		if err != nil || string(twice) != string(raw) {
			t.Errorf("%s came back as %s (%v)", raw, twice, err)
		}
	})
}

// FuzzSpec holds that what is read can be written and read again, and that
// whatever passes Check can price and be described.
func FuzzSpec(f *testing.F) {
	f.Add([]byte(everything))
	f.Add([]byte(`{"lines":{"categories":["coffee"]},"benefit":{"kind":"percent","percent":"1/3"}}`))
	f.Add([]byte(`{"benefit":{"kind":"buy_get","buy":1,"get":999999999,"percent":"0.0001"}}`))
	f.Add([]byte(`{"condition":{"cel":"sale.goods > 5"},"benefit":{"kind":"gift","sku":"x"}}`))
	en := printerFor(f, "en")
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := ParseSpec(raw)
		if err != nil {
			return
		}
		once, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseSpec(once)
		if err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		if twice, err := json.Marshal(again); err != nil || string(twice) != string(once) {
			t.Fatalf("%s came back as %s", once, twice)
		}
		if again.Check() != nil {
			return
		}
		v := inForce(1, again)
		b := basket(t, "A coffee 3 10.00 2.00 Acme", "B tea 0.333 1.00", "POST fee 1 5.00").withCodes(1)
		addsUp(t, b, offersOf(t, v).Price(b, Usage{}))
		if _, err := v.Describe(en, nil); err != nil {
			t.Fatal(err)
		}
	})
}

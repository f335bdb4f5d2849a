package promo

import (
	"testing"

	"regulars/internal/condition"
)

// TestBenefits reckons every kind of benefit by hand.
func TestBenefits(t *testing.T) {
	for _, tc := range []struct {
		name, spec string
		lines      []string
		want       string
	}{
		{"percent of chosen goods", `{"lines":{"categories":["coffee"]},"benefit":{"kind":"percent","percent":"20"}}`,
			[]string{"A coffee 1 10.00", "B tea 1 5.00", "C coffee 1 2.50"}, "[800 500 200] A:250"},
		{"percent is rounded down once, over all lines", `{"lines":{"categories":["coffee"]},"benefit":{"kind":"percent","percent":"20"}}`,
			[]string{"A coffee 1 0.99", "B coffee 1 0.99", "C coffee 1 0.99"}, "[79 79 80] A:59"},
		{"percent with decimals", `{"benefit":{"kind":"percent","percent":"12.5"}}`,
			[]string{"A x 1 9.99"}, "[875] A:124"},
		{"percent with a most", `{"benefit":{"kind":"percent","percent":"50","most":300}}`,
			[]string{"A x 1 6.00", "B x 1 3.00"}, "[400 200] A:300"},
		{"percent of all goods leaves fees", `{"benefit":{"kind":"percent","percent":"10"}}`,
			[]string{"A x 1 20.00", "POST fee 1 5.00"}, "[1800 500] A:200"},
		{"all but", `{"lines":{"skus":["A"],"except":true},"benefit":{"kind":"percent","percent":"10"}}`,
			[]string{"A x 1 20.00", "B x 1 10.00"}, "[2000 900] A:100"},
		{"brand", `{"brands":["Acme"],"benefit":{"kind":"percent","percent":"10"}}`,
			[]string{"A x 1 20.00 0 ACME", "B x 1 10.00 0 Other", "C x 1 10.00"}, "[1800 1000 1000] A:200"},
		{"brand within a category", `{"brands":["acme"],"lines":{"categories":["tea"]},"benefit":{"kind":"percent","percent":"10"}}`,
			[]string{"A tea 1 20.00 0 Acme", "B coffee 1 10.00 0 Acme"}, "[1800 1000] A:200"},
		{"everything off", `{"benefit":{"kind":"percent","percent":"100"}}`,
			[]string{"A x 1 20.00", "B x 1 0.01"}, "[0 0] A:2001"},
		{"amount", `{"benefit":{"kind":"amount","amount":1000}}`,
			[]string{"A x 1 20.00", "B x 1 10.00", "POST fee 1 5.00"}, "[1333 667 500] A:1000"},
		{"amount above what is there", `{"benefit":{"kind":"amount","amount":1000}}`,
			[]string{"A x 1 4.00", "B x 1 3.00"}, "[0 0] A:700"},
		{"fixed price", `{"lines":{"skus":["A","B","C"]},"benefit":{"kind":"fixed_price","price":150}}`,
			[]string{"A x 2 5.00", "B x 1 1.20", "C x 0.333 1.00"}, "[300 120 50] A:250"},
		{"cheapest of each set is free", `{"lines":{"categories":["x"]},"benefit":{"kind":"cheapest_free","buy":2000,"get":1000}}`,
			[]string{"A x 1 10.00", "B x 1 9.00", "C x 1 8.00", "D x 1 3.00", "E x 1 2.00", "F x 1 1.00"}, "[1000 900 0 300 200 0] A:900"},
		{"cheapest free within one line", `{"benefit":{"kind":"cheapest_free","buy":2000,"get":1000}}`,
			[]string{"A x 7 10.00"}, "[715] A:285"},
		{"cheapest free leaves what makes no set", `{"benefit":{"kind":"cheapest_free","buy":1000,"get":1000}}`,
			[]string{"A x 2 10.00", "B x 1 1.00"}, "[500 100] A:500"},
		{"cheapest free over mixed lines", `{"benefit":{"kind":"cheapest_free","buy":2000,"get":1000}}`,
			[]string{"A x 2 2.00", "B x 4 12.00"}, "[100 900] A:400"},
		{"cheapest free by weight", `{"benefit":{"kind":"cheapest_free","buy":2000,"get":1000}}`,
			[]string{"A x 3.5 7.00"}, "[500] A:200"},
		{"second at half price", `{"benefit":{"kind":"buy_get","buy":1000,"get":1000,"percent":"50"}}`,
			[]string{"A x 1 4.01", "B x 1 3.01"}, "[401 151] A:150"},
		{"tiers: an amount", `{"benefit":{"kind":"tiered","tiers":[{"from":2000,"amount":200},{"from":5000,"percent":"10"}]}}`,
			[]string{"A x 1 30.00", "B x 1 10.00"}, "[2850 950] A:200"},
		{"tiers: a percentage", `{"benefit":{"kind":"tiered","tiers":[{"from":2000,"amount":200},{"from":5000,"percent":"10"}]}}`,
			[]string{"A x 1 50.00"}, "[4500] A:500"},
		{"tiers: below the lowest", `{"benefit":{"kind":"tiered","tiers":[{"from":2000,"amount":200}]}}`,
			[]string{"A x 1 19.99"}, "[1999] A!below_minimum"},
		{"free delivery", `{"minimum":2000,"benefit":{"kind":"free_delivery"}}`,
			[]string{"A x 1 20.00", "POST fee 1 5.00", "WRAP fee 1 1.00"}, "[2000 0 0] A:600"},
		{"free delivery of one kind, in part", `{"lines":{"skus":["POST"]},"benefit":{"kind":"free_delivery","most":300}}`,
			[]string{"A x 1 20.00", "POST fee 1 5.00", "WRAP fee 1 1.00"}, "[2000 200 100] A:300"},
		{"free delivery all but one kind", `{"lines":{"skus":["POST"],"except":true},"benefit":{"kind":"free_delivery"}}`,
			[]string{"A x 1 20.00", "POST fee 1 5.00", "WRAP fee 1 1.00"}, "[2000 500 0] A:100"},
		{"gift", `{"minimum":1000,"benefit":{"kind":"gift","sku":"MUG"}}`,
			[]string{"A x 1 20.00"}, "[2000] A:0+MUG"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := basket(t, tc.lines...)
			same(t, b, offers(t, tc.spec).Price(b, Usage{}), tc.want)
		})
	}
}

func TestNeverBelowCost(t *testing.T) {
	for _, tc := range []struct{ name, spec, want string }{
		{"percent", `{"at_cost":true,"benefit":{"kind":"percent","percent":"50"}}`, "[900 500 500] A:1100"},
		{"amount finds room elsewhere", `{"at_cost":true,"benefit":{"kind":"amount","amount":1500}}`, "[900 300 300] A:1500"},
		{"amount as far as there is room", `{"at_cost":true,"benefit":{"kind":"amount","amount":2500}}`, "[900 100 0] A:2000"},
		{"fixed price", `{"at_cost":true,"benefit":{"kind":"fixed_price","price":50}}`, "[900 100 50] A:1950"},
		{"not asked for", `{"benefit":{"kind":"amount","amount":3000}}`, "[0 0 0] A:3000"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := basket(t, "A x 1 10.00 9.00", "B x 1 10.00 1.00", "C x 1 10.00")
			same(t, b, offers(t, tc.spec).Price(b, Usage{}), tc.want)
		})
	}
	b := basket(t, "A x 1 9.00 9.00")
	same(t, b, offers(t, `{"at_cost":true,"benefit":{"kind":"percent","percent":"50"}}`).Price(b, Usage{}), "[900] A!at_cost")
}

// TestStages lets line offers, order offers and codes work on what is left.
func TestStages(t *testing.T) {
	line := `{"lines":{"categories":["coffee"]},"benefit":{"kind":"percent","percent":"50"}}`
	order := `{"benefit":{"kind":"percent","percent":"10"}}`
	code := `{"with_code":true,"benefit":{"kind":"amount","amount":500}}`
	b := basket(t, "A coffee 1 20.00", "B tea 1 10.00")
	// 20 + 10 → 10 + 10 → 9 + 9 → 5 off, split in halves.
	same(t, b, offers(t, code, order, line).Price(b.withCodes(1), Usage{}), "[650 650] C:1000 B:200 A:500")
	same(t, b, offers(t, code, order, line).Price(b, Usage{}), "[900 900] C:1000 B:200")
}

func TestPriorityAndAgeOrderAStage(t *testing.T) {
	half, five := `{"benefit":{"kind":"percent","percent":"50"}}`, `{"benefit":{"kind":"amount","amount":500}}`
	first := `{"priority":1,"benefit":{"kind":"amount","amount":500}}`
	b := basket(t, "A x 1 20.00")
	same(t, b, offers(t, half, five).Price(b, Usage{}), "[500] A:1000 B:500")
	same(t, b, offers(t, half, first).Price(b, Usage{}), "[750] B:500 A:750")
}

// TestMinimum is looked at after earlier stages and before the offer's own.
func TestMinimum(t *testing.T) {
	line := `{"lines":{"categories":["coffee"]},"benefit":{"kind":"percent","percent":"50"}}`
	order := `{"minimum":1600,"benefit":{"kind":"amount","amount":500}}`
	again := `{"minimum":1600,"benefit":{"kind":"amount","amount":100}}`
	b := basket(t, "A coffee 1 10.00", "B tea 1 11.00", "POST fee 1 9.00")
	same(t, b, offers(t, line, order, again).Price(b, Usage{}), "[313 687 900] A:500 B:500 C:100")
	b = basket(t, "A coffee 1 10.00", "B tea 1 10.99")
	p := offers(t, line, order).Price(b, Usage{})
	same(t, b, p, "[500 1099] A:500 B!below_minimum")
	if got := p.Refused[0].Reason.Args["more"]; got != int64(1) {
		t.Errorf("%v is missing, want 1", got)
	}
}

func TestMinimumIsOfTheChosenGoods(t *testing.T) {
	s := offers(t, `{"lines":{"categories":["coffee"]},"minimum":1500,"benefit":{"kind":"percent","percent":"10"}}`)
	b := basket(t, "A coffee 1 14.99", "B tea 1 30.00")
	same(t, b, s.Price(b, Usage{}), "[1499 3000] A!below_minimum")
	b = basket(t, "A coffee 1 10.00", "B coffee 1 5.00")
	same(t, b, s.Price(b, Usage{}), "[900 450] A:150")
}

func TestAudiences(t *testing.T) {
	regulars, newcomers := `{"benefit":{"kind":"amount","amount":100}}`, `{"audience":"newcomers","benefit":{"kind":"amount","amount":500}}`
	s := offers(t, regulars, newcomers)
	b := basket(t, "A x 1 10.00")
	same(t, b, s.Price(b, Usage{}), "[400] A:100 B:500")
	b.Facts.Nth = 2
	same(t, b, s.Price(b, Usage{}), "[900] A:100")
	b.Facts.Nth, b.Enrolled = 1, false
	same(t, b, s.Price(b, Usage{}), "[500] B:500 A!not_enrolled")
	s = offers(t, `{"audience":"newcomers","with_code":true,"benefit":{"kind":"amount","amount":500}}`)
	b.Facts.Nth = 2
	same(t, b, s.Price(b.withCodes(1), Usage{}), "[1000] A!not_newcomer")
}

func TestConditions(t *testing.T) {
	s := offers(t, `{"condition":{"all":[{"field":"rank","op":"in","value":["gold","platinum"]},{"field":"weekday","op":"eq","value":2}]},"benefit":{"kind":"amount","amount":100}}`)
	b := basket(t, "A x 1 10.00")
	b.Facts.Rank = "gold"
	same(t, b, s.Price(b, Usage{}), "[900] A:100")
	b.Facts.Rank = "silver"
	p := s.Price(b, Usage{})
	same(t, b, p, "[1000] A!condition")
	pr := printerFor(t, "en")
	if got, want := pr.Say(p.Refused[0].Reason), "A: only for the ranks gold and platinum"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	b.Facts.Rank, b.Facts.Occurred = "gold", tuesday.AddDate(0, 0, 1)
	if got, want := pr.Say(s.Price(b, Usage{}).Refused[0].Reason), "A: only on Tuesdays"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	b.Facts.Attributes = map[string]string{"n": "x"}
	s = offers(t, `{"condition":{"cel":"int(attr.n) > 1"},"benefit":{"kind":"amount","amount":100}}`)
	same(t, b, s.Price(b, Usage{}), "[1000] A!formula")
}

func TestInForceAtTheTimeOfTheSale(t *testing.T) {
	v := inForce(1, written(t, `{"benefit":{"kind":"amount","amount":100}}`))
	v.State, v.Begins, v.Ends = Withdrawn, tuesday, tuesday.AddDate(0, 0, 1)
	next := v
	next.ID, next.Number, next.Begins, next.Ends = 2000, 2, v.Ends, v.Ends.AddDate(1, 0, 0)
	next.Spec.Benefit.Amount = 200
	draft := next
	draft.State, draft.Number = Draft, 3
	s := offersOf(t, next, v, draft)
	for days, want := range map[int]string{-1: "[1000]", 0: "[900] A:100", 1: "[800] A:200", 400: "[1000]"} {
		b := basket(t, "A x 1 10.00")
		b.Facts.Occurred = tuesday.AddDate(0, 0, days)
		same(t, b, s.Price(b, Usage{}), want)
	}
}

func TestNothingToTakeOff(t *testing.T) {
	for _, tc := range []struct {
		spec, line, want string
	}{
		{`{"lines":{"skus":["Z"]},"benefit":{"kind":"percent","percent":"5"}}`, "A x 1 10.00", "[1000] A!no_goods"},
		{`{"benefit":{"kind":"percent","percent":"5"}}`, "POST fee 1 10.00", "[1000] A!no_goods"},
		{`{"benefit":{"kind":"gift","sku":"MUG"}}`, "POST fee 1 10.00", "[1000] A!no_goods"},
		{`{"benefit":{"kind":"free_delivery"}}`, "A x 1 10.00", "[1000] A!no_delivery"},
		{`{"benefit":{"kind":"percent","percent":"5"}}`, "A x 1 0", "[0] A!nothing_left"},
		{`{"benefit":{"kind":"percent","percent":"5"}}`, "A x 1 0.19", "[19] A!nothing_left"},
		{`{"benefit":{"kind":"fixed_price","price":1000}}`, "A x 1 10.00", "[1000] A!nothing_left"},
		{`{"benefit":{"kind":"fixed_price","price":10}}`, "A x 0 10.00", "[1000] A!nothing_left"},
		{`{"benefit":{"kind":"cheapest_free","buy":2000,"get":1000}}`, "A x 2 10.00", "[1000] A!too_few"},
	} {
		b := basket(t, tc.line)
		same(t, b, offers(t, tc.spec).Price(b, Usage{}), tc.want)
	}
	same(t, basket(t), offers(t, `{"benefit":{"kind":"amount","amount":5}}`).Price(basket(t), Usage{}), "[] A!no_goods")
}

func TestCatalogueIsThatOfPurchases(t *testing.T) {
	s := Spec{Condition: condition.Condition{Field: "colour", Op: condition.Eq, Value: []byte(`"red"`)}, Benefit: Benefit{Kind: Amount, Amount: 1}}
	refusedAt(t, s.Check(), "condition_unknown_field", "/condition/field")
}

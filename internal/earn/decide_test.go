package earn

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/id"
)

func TestDemoRule(t *testing.T) {
	s := rules(t, demo)
	for _, c := range []struct {
		rank   string
		lines  []int64
		amount int64
		shares []int64
	}{
		{"regular", []int64{99}, 0, nil},
		{"regular", []int64{100}, 1, []int64{1}},
		{"", []int64{1999}, 19, []int64{19}},
		{"silver", []int64{1999}, 24, []int64{24}}, // 24.9875
		{"gold", []int64{1999}, 29, []int64{29}},   // 29.985; a floor at each step gives 28
		{"gold", []int64{1999, 1, 0}, 30, []int64{30, 0, 0}},
		{"regular", []int64{500, 500, 100}, 11, []int64{5, 5, 1}},
		{"regular", []int64{333, 333, 334}, 10, []int64{3, 3, 4}}, // the remainder to the largest
		{"regular", []int64{150, 150, 150}, 4, []int64{2, 1, 1}},  // then to the earliest
	} {
		f := purchase(c.lines...)
		f.Rank = c.rank
		d := s.Decide(fee(f, 1000), Usage{})
		if c.amount == 0 {
			if len(d.Grants) != 0 || d.Skipped[0].Reason.Key != "earn.skip.nothing" {
				t.Errorf("%s %v: got %+v", c.rank, c.lines, d)
			}
			continue
		}
		g := only(t, d)
		if g.Amount != c.amount || !cmp.Equal(g.Shares, append(c.shares, 0)) {
			t.Errorf("%s %v: got %d %v, want %d %v and 0 for the fee", c.rank, c.lines, g.Amount, g.Shares, c.amount, c.shares)
		}
	}
}

func TestDemoDates(t *testing.T) {
	london := zone(t, "Europe/London")
	g := only(t, rules(t, demo).Decide(purchase(5000), Usage{}))
	if want := sold.Add(14 * 24 * time.Hour); !g.Activates.Equal(want) {
		t.Errorf("usable from %s, want %s", g.Activates, want)
	}
	if want := at(t, london, "2012-06-16 00:00"); !g.Expires.Equal(want) {
		t.Errorf("gone at %s, want %s", g.Expires, want)
	}
	if g.WalletID != spendable || g.RuleVersion != 1 {
		t.Errorf("got %+v", g)
	}
}

func TestEffects(t *testing.T) {
	for _, c := range []struct {
		name, effects string
		want          int64
		shares        []int64
	}{
		{"total", `{"kind":"points_per_amount","points":1,"per":100,"basis":"total"}`, 15, []int64{5, 5, 5}},
		{"some goods", `{"kind":"points_per_amount","points":3,"per":200,"basis":"matching_lines","lines":{"skus":["A"]}}`, 7, []int64{7, 0, 0}},
		{"a category", `{"kind":"points_per_amount","points":1,"per":100,"basis":"matching_lines","lines":{"categories":["tea"]}}`, 5, []int64{0, 5, 0}},
		{"all but", `{"kind":"points_per_amount","points":1,"per":100,"basis":"matching_lines","lines":{"skus":["A"],"except":true}}`, 5, []int64{0, 5, 0}},
		{"fixed", `{"kind":"fixed","points":11}`, 11, []int64{6, 5, 0}},
		{"units", `{"kind":"product_bonus","points":3,"lines":{"skus":["B"]}}`, 7, []int64{0, 7, 0}}, // 2.5 units
		{"multiplied", `{"kind":"points_per_amount","points":1,"per":300,"basis":"goods"},{"kind":"multiplier","rate":"3"}`, 10, []int64{5, 5, 0}},
		{"after the multiplier", `{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"},{"kind":"multiplier","rate":"2"},{"kind":"fixed","points":5}`, 25, []int64{13, 12, 0}},
		{"before the multiplier", `{"kind":"fixed","points":5},{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"},{"kind":"multiplier","rate":"1.1"}`, 16, []int64{9, 7, 0}},
		{"bonus by rate", `{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"},{"kind":"product_bonus","rate":"2","lines":{"categories":["tea"]}}`, 15, []int64{5, 10, 0}},
		{"bonus on a bonus", `{"kind":"points_per_amount","points":1,"per":100,"basis":"total"},{"kind":"product_bonus","rate":"2","lines":{"skus":["A","B"]}},{"kind":"product_bonus","rate":"2","lines":{"skus":["A"]}}`, 35, []int64{20, 10, 5}},
		{"bonus leaves fixed points", `{"kind":"fixed","points":1},{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"},{"kind":"product_bonus","rate":"3","lines":{"skus":["A","B"]}}`, 31, []int64{16, 15, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := fee(purchase(500, 500), 500)
			f.Lines[1].Category, f.Lines[1].Quantity = "tea", 2500
			f.Lines[2].Category = "tea" // a fee is never chosen
			g := only(t, rules(t, `{"wallet":"WALLET","effects":[`+c.effects+`]}`).Decide(f, Usage{}))
			if g.Amount != c.want || !cmp.Equal(g.Shares, c.shares) {
				t.Errorf("got %d %v, want %d %v", g.Amount, g.Shares, c.want, c.shares)
			}
		})
	}
}

func TestRounding(t *testing.T) {
	for how, want := range map[string][]int64{ // of 100.5, 101.5 and 101.25
		"floor": {100, 101, 101}, "ceil": {101, 102, 102}, "half_up": {101, 102, 101}, "half_even": {100, 102, 101},
	} {
		s := rules(t, `{"wallet":"WALLET","rounding":"`+how+`","effects":[{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"}]}`)
		for i, amount := range []int64{10050, 10150, 10125} {
			if g := only(t, s.Decide(purchase(amount), Usage{})); g.Amount != want[i] {
				t.Errorf("%s of %d is %d, want %d", how, amount, g.Amount, want[i])
			}
		}
	}
}

// A multiplier that stands alone raises what rules before it gave into its
// wallet, from the exact sum: £1.50 doubled is 3 points, not 2.
func TestMultiplierOverOtherRules(t *testing.T) {
	base := `{"wallet":"WALLET","priority":10,"effects":[{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"}]}`
	elsewhere := `{"wallet":"STAMPS","priority":9,"effects":[{"kind":"fixed","points":100}]}`
	double := `{"wallet":"WALLET","priority":5,"effects":[{"kind":"multiplier","rate":"2"}]}`
	birthday := `{"wallet":"WALLET","priority":4,"effects":[{"kind":"multiplier","rate":"3"}]}`
	later := `{"wallet":"WALLET","effects":[{"kind":"fixed","points":1000}]}`
	d := rules(t, later, birthday, double, elsewhere, base).Decide(purchase(100, 50), Usage{})
	if diff := cmp.Diff(map[id.ID]int64{5: 1, 4: 100, 3: 2, 2: 6, 1: 1000}, points(d)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := d.Grants[2].Shares; !cmp.Equal(got, []int64{2, 0}) {
		t.Errorf("the double is shared %v", got)
	}
	if d := rules(t, double).Decide(purchase(100), Usage{}); len(d.Grants) != 0 || d.Skipped[0].Reason.Key != "earn.skip.nothing" {
		t.Errorf("with nothing to raise: %+v", d)
	}
}

// What is raised is shared as all the grants together that it raises.
func TestRaisedPointsFollowTheLines(t *testing.T) {
	line := func(sku, per string) string {
		return `{"wallet":"WALLET","priority":1,"effects":[{"kind":"points_per_amount","points":1,"per":` + per + `,"basis":"matching_lines","lines":{"skus":["` + sku + `"]}}]}`
	}
	d := rules(t, line("A", "100"), line("B", "50"), `{"wallet":"WALLET","effects":[{"kind":"multiplier","rate":"2"}]}`).Decide(purchase(1000, 1000), Usage{})
	if got := d.Grants[2]; got.Amount != 30 || !cmp.Equal(got.Shares, []int64{10, 20}) {
		t.Errorf("got %d %v", got.Amount, got.Shares)
	}
}

func TestPriorityAndGroups(t *testing.T) {
	give := func(more string) string {
		return `{"wallet":"WALLET","effects":[{"kind":"fixed","points":1}]` + more + `}`
	}
	never := `,"condition":{"field":"shop","op":"eq","value":"nowhere"}`
	s := rules(t,
		give(`,"group":"promo","priority":1`),
		give(`,"group":"promo","priority":3`+never),
		give(`,"group":"promo","priority":2`),
		give(`,"group":"other"`),
		give(``),
	)
	d := s.Decide(purchase(100), Usage{})
	var order []id.ID
	for _, g := range d.Grants {
		order = append(order, g.RuleVersion)
	}
	if diff := cmp.Diff([]id.ID{3, 4, 5}, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	why := map[id.ID]string{}
	for _, k := range d.Skipped {
		why[k.RuleVersion] = k.Reason.Key
	}
	if diff := cmp.Diff(map[id.ID]string{1: "earn.skip.group", 2: "earn.skip.condition"}, why); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
}

// A rule whose cap is used up does not take its group's place.
func TestGroupPassesOverWhatGivesNothing(t *testing.T) {
	capped := `{"wallet":"WALLET","group":"g","priority":2,"effects":[{"kind":"fixed","points":5}],"caps":[{"period":"day","times":1}]}`
	s := rules(t, capped, `{"wallet":"WALLET","group":"g","effects":[{"kind":"fixed","points":1}]}`)
	var u Usage
	for _, want := range []map[id.ID]int64{{1: 5}, {2: 1}, {2: 1}} {
		d := s.Decide(purchase(100), u)
		if diff := cmp.Diff(want, points(d)); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		u.Apply(&d)
	}
}

func TestVersionsInForceAtTheTimeOfTheEvent(t *testing.T) {
	turn := time.Date(2011, 6, 1, 0, 0, 0, 0, time.UTC)
	old := published(t, 1, "a", `{"wallet":"WALLET","effects":[{"kind":"fixed","points":1}]}`)
	old.State, old.To = Retired, turn
	current := published(t, 2, "a", `{"wallet":"WALLET","effects":[{"kind":"fixed","points":2}]}`)
	current.Rule.ID, current.From = 1, turn
	draft := published(t, 3, "a", `{"wallet":"WALLET","effects":[{"kind":"fixed","points":3}]}`)
	draft.Rule.ID, draft.State = 1, Draft
	s := ruleset(t, old, current, draft)
	for when, want := range map[time.Time]int64{turn.Add(-1): 1, turn: 2, turn.AddDate(10, 0, 0): 2} {
		f := purchase(100)
		f.Occurred = when
		if g := only(t, s.Decide(f, Usage{})); g.Amount != want {
			t.Errorf("at %s it gives %d, want %d", when, g.Amount, want)
		}
	}
	with, err := s.WithDraft(draft)
	if err != nil {
		t.Fatal(err)
	}
	f := purchase(100)
	f.Occurred = turn.AddDate(-5, 0, 0)
	if g := only(t, with.Decide(f, Usage{})); g.Amount != 3 {
		t.Errorf("the draft gives %d", g.Amount)
	}
	f.Occurred = turn
	if g := only(t, s.Decide(f, Usage{})); g.Amount != 2 {
		t.Errorf("the ruleset without the draft changed to %d", g.Amount)
	}
}

func TestOtherEvents(t *testing.T) {
	v := published(t, 1, "Welcome", `{"wallet":"WALLET","effects":[{"kind":"fixed","points":50}]}`)
	v.Rule.Trigger = SignUp
	custom := published(t, 2, "Survey", `{"wallet":"WALLET","condition":{"field":"attr.score","op":"gte","value":9},"effects":[{"kind":"fixed","points":5}]}`)
	custom.Rule.Trigger = "custom.survey"
	s := ruleset(t, v, custom)
	if g := only(t, s.Decide(&Facts{Kind: "sign_up", Occurred: sold}, Usage{})); g.Amount != 50 || g.Shares != nil || !g.Expires.IsZero() {
		t.Errorf("got %+v", g)
	}
	for score, want := range map[string]int{"10": 1, "8": 0, "": 0} {
		f := &Facts{Kind: "custom.survey", Occurred: sold, Attributes: map[string]string{"score": score}}
		if d := s.Decide(f, Usage{}); len(d.Grants) != want {
			t.Errorf("score %q: %d grants", score, len(d.Grants))
		}
	}
	if d := s.Decide(&Facts{Kind: "visit", Occurred: sold}, Usage{}); len(d.Grants)+len(d.Skipped) != 0 {
		t.Errorf("a kind without rules: %+v", d)
	}
}

func TestFormulaThatFailsIsSkipped(t *testing.T) {
	s := rules(t, `{"wallet":"WALLET","condition":{"cel":"int(attr.score) > 3"},"effects":[{"kind":"fixed","points":1}]}`)
	d := s.Decide(purchase(100), Usage{})
	if len(d.Grants) != 0 || d.Skipped[0].Reason.Key != "earn.skip.formula" {
		t.Errorf("got %+v", d)
	}
}

func TestTooManyPointsAreSkipped(t *testing.T) {
	s := rules(t, `{"wallet":"WALLET","effects":[{"kind":"points_per_amount","points":1000000,"per":1,"basis":"goods"}]}`,
		`{"wallet":"WALLET","effects":[{"kind":"fixed","points":1}]}`)
	d := s.Decide(purchase(1<<50), Usage{})
	if only(t, d).RuleVersion != 2 || d.Skipped[0].Reason.Key != "earn.skip.too_large" {
		t.Errorf("got %+v", d)
	}
}

// Points that no goods can carry belong to no line.
func TestSharesOfGoodsWorthNothing(t *testing.T) {
	g := only(t, rules(t, `{"wallet":"WALLET","effects":[{"kind":"fixed","points":5}]}`).Decide(purchase(0, 0), Usage{}))
	if g.Amount != 5 || g.Shares != nil {
		t.Errorf("got %+v", g)
	}
}

func BenchmarkDecide(b *testing.B) {
	amounts := make([]int64, 20)
	for i := range amounts {
		amounts[i] = int64(i*37%11+1) * 125
	}
	f := fee(purchase(amounts...), 500)
	f.Rank, f.Shop, f.Tags = "gold", "leeds", []string{"vip"}
	busy := []string{demo}
	for i := range 9 {
		busy = append(busy, `{"wallet":"WALLET","condition":{"all":[{"field":"weekday","op":"in","value":[6,7]},
			{"field":"shop","op":"eq","value":"shop`+string(rune('a'+i))+`"}]},"effects":[{"kind":"fixed","points":5}]}`)
	}
	capped := demo[:len(demo)-1] + `,"caps":[{"period":"month","points":1000000},{"period":"day","times":1000000}],"budget":{"points":1000000000}}`
	for name, s := range map[string]*Ruleset{"demo": rules(b, demo), "ten rules": rules(b, busy...), "caps and budget": rules(b, capped)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if d := s.Decide(f, Usage{}); len(d.Grants) != 1 {
					b.Fatal(d)
				}
			}
		})
	}
}

func TestWhatEarnsOnceIsSkippedAgain(t *testing.T) {
	s := rules(t, `{"wallet":"WALLET","effects":[{"kind":"fixed","points":1}],"caps":[{"period":"day","times":1}]}`)
	facts := purchase(100)
	facts.Again = true
	d := s.Decide(facts, Usage{})
	if len(d.Grants) != 0 || d.Skipped[0].Reason.Key != "earn.skip.signed_up" {
		t.Errorf("got %+v", d)
	}
}

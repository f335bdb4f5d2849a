package earn

import (
	"encoding/json"
	"strings"
	"testing"

	"regulars/internal/i18n"
)

// kept returns the text as it comes back from where it was kept as JSON.
func kept(t *testing.T, text i18n.Text) i18n.Text {
	t.Helper()
	raw, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	var back i18n.Text
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func TestReasonsInWords(t *testing.T) {
	f := fee(purchase(1999, 500), 300)
	f.Rank, f.Lines[0].Quantity = "gold", 2500
	v := func(effects, more string) string {
		return `{"wallet":"WALLET","effects":[` + effects + `]` + more + `}`
	}
	amount := `{"kind":"points_per_amount","points":1,"per":100,"basis":"goods"}`
	for _, c := range []struct {
		lang      i18n.Lang
		raw, want string
	}{
		{"en", demo, "a: 1 point for each £1.00 of goods worth £24.99 and 1.5 times that for the rank gold"},
		{"ru", demo, "a: 1 балл за каждые 1,00 £ стоимости товаров (24,99 £) и всё это × 1,5 за статус gold"},
		{"pl", demo, "a: 1 punkt za każde 1,00 £ wartości towarów (24,99 £) i całość × 1,5 za status gold"},
		{"en", v(amount+`,{"kind":"multiplier","rate":"4/3"},{"kind":"fixed","points":5}`, ""), "a: 1 point for each £1.00 of goods worth £24.99, 4/3 times that and 5 points"},
		{"en", v(`{"kind":"points_per_amount","points":2,"per":50,"basis":"total"}`, ""), "a: 2 points for each £0.50 of the sale of £27.99"},
		{"en", v(`{"kind":"product_bonus","points":3,"lines":{"skus":["A"]}}`, ""), "a: 3 points for each of 2.5 units of the chosen goods"},
		{"en", v(amount+`,{"kind":"product_bonus","rate":"2","lines":{"skus":["B"]}}`, ""), "a: 1 point for each £1.00 of goods worth £24.99 and 2 times that for the chosen goods worth £5.00"},
		{"en", v(amount+`,{"kind":"product_bonus","rate":"2","lines":{"skus":["Z"]}},{"kind":"multiplier","rate":"1"}`, ""), "a: 1 point for each £1.00 of goods worth £24.99"},
		{"en", v(`{"kind":"fixed","points":50}`, `,"caps":[{"period":"month","points":20}]`), "a: 50 points; cut by the limit of 20 points a month"},
		{"ru", v(`{"kind":"fixed","points":50}`, `,"budget":{"points":21}`), "a: 50 баллов; урезано пределом: 21 балл на всех участников"},
	} {
		g := only(t, rules(t, c.raw).Decide(f, Usage{}))
		for _, text := range []i18n.Text{g.Reason, kept(t, g.Reason)} {
			if got := plainSpaces(printer(t, c.lang).Say(text)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		}
	}
}

func TestRaisingInWords(t *testing.T) {
	s := rules(t, demo, `{"wallet":"WALLET","effects":[{"kind":"multiplier","rate":"2"}]}`)
	d := s.Decide(purchase(1999), Usage{})
	if got, want := printer(t, "en").Say(kept(t, d.Grants[1].Reason)), "b: 2 times what the rules before it gave"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSkipsInWords(t *testing.T) {
	give := `"effects":[{"kind":"fixed","points":50}]`
	s := rules(t,
		`{"wallet":"WALLET","group":"summer","priority":9,`+give+`}`,
		`{"wallet":"WALLET","group":"summer",`+give+`}`,
		`{"wallet":"WALLET","condition":{"field":"shop","op":"eq","value":"x"},`+give+`}`,
		`{"wallet":"WALLET","condition":{"cel":"1 / (sale.nth - 1) == 0"},`+give+`}`,
		`{"wallet":"WALLET","caps":[{"period":"year","times":2}],`+give+`}`,
		`{"wallet":"WALLET","budget":{"points":1},`+give+`}`,
		`{"wallet":"WALLET","effects":[{"kind":"points_per_amount","points":1,"per":100000,"basis":"goods"}]}`,
		`{"wallet":"WALLET","effects":[{"kind":"points_per_amount","points":1125899906842624,"per":1,"basis":"goods"}]}`,
	)
	slots, _ := s.Limits("purchase", sold)
	u := Usage{Counts: Counts{slots[0]: {Times: 2}}, Budgets: Budgets{6: {Points: 1}}}
	d := s.Decide(purchase(1999), u)
	p := printer(t, "en")
	var got []string
	for _, k := range d.Skipped {
		got = append(got, p.Say(kept(t, k.Reason)))
	}
	want := []string{
		"b: of the group “summer” only one rule gives points, and that was “a”",
		"c: its condition is not met",
		"d: its formula cannot be worked out for this event",
		"e: the limit of 2 times a year is reached",
		"f: its budget is used up",
		"g: it comes to nothing",
		"h: it comes to more points than can be kept",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// A wallet that counts parts of a point shows whole points in words.
func TestReasonsOfWalletsWithDecimals(t *testing.T) {
	v := published(t, 1, "Cashback", `{"wallet":"WALLET","effects":[{"kind":"points_per_amount","points":5,"per":100,"basis":"goods"}],"caps":[{"period":"ever","points":90}]}`)
	v.Decimals = 2
	g := only(t, ruleset(t, v).Decide(purchase(1999), Usage{}))
	if got, want := printer(t, "en").Say(g.Reason), "Cashback: 0.05 points for each £1.00 of goods worth £19.99; cut by the limit of 0.90 points in all"; got != want || g.Amount != 90 {
		t.Errorf("%d: got %q, want %q", g.Amount, got, want)
	}
}

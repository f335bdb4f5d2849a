package earn

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

var told = Names{
	Value: func(field, code string) string {
		if field == "rank" {
			return strings.ToUpper(code[:1]) + code[1:]
		}
		return code
	},
	Wallet: func(id.ID) string { return "Points" },
}

func described(t *testing.T, l i18n.Lang, trigger Trigger, raw string) string {
	t.Helper()
	v := Version{Rule: Rule{Trigger: trigger}, Spec: spec(t, raw)}
	lines, err := v.Describe(printer(t, l), told)
	if err != nil {
		t.Fatal(err)
	}
	return plainSpaces(strings.Join(lines, "\n"))
}

const rich = `{"wallet":"WALLET","priority":5,"group":"summer","rounding":"half_up",
	"condition":{"all":[{"field":"sale.total","op":"gte","value":2000},{"field":"shop","op":"in","value":["Leeds","York"]},{"field":"rank","op":"eq","value":"gold"}]},
	"effects":[{"kind":"points_per_amount","points":2,"per":100,"basis":"matching_lines","lines":{"skus":["A1"],"categories":["tea"]}},
		{"kind":"product_bonus","rate":"2","lines":{"categories":["milk"],"except":true}},{"kind":"fixed","points":1}],
	"activation":{"hours":36},"expiry":{"days":30},
	"caps":[{"period":"month","points":500},{"period":"day","times":1}],"budget":{"points":100000}}`

func TestDescribe(t *testing.T) {
	for _, c := range []struct {
		lang    i18n.Lang
		trigger Trigger
		raw     string
		want    []string
	}{
		{"en", Purchase, demo, []string{
			"On a purchase.",
			"Gives 1 point for each £1.00 of the goods.",
			"Multiplies all this by the member's rank: Gold: 1.5 and Silver: 1.25; for anybody else by 1.",
			"A fraction of a point at the end is dropped.",
			"The points go into “Points”.",
			"The points can be used 14 days later.",
			"The points expire 1 year after they are earned, at the end of that day.",
		}},
		{"ru", Purchase, demo, []string{
			"При покупке.",
			"Начисляет 1 балл за каждые 1,00 £ стоимости товаров.",
			"Умножает всё это по статусу участника: Gold: 1,5 и Silver: 1,25; для остальных — на 1.",
			"Доля балла в итоге отбрасывается.",
			"Баллы идут в кошелёк «Points».",
			"Баллами можно пользоваться через 14 дней.",
			"Баллы сгорают через 1 год после начисления, в конце того дня.",
		}},
		{"pl", Purchase, demo, []string{
			"Przy zakupie.",
			"Daje 1 punkt za każde 1,00 £ wartości towarów.",
			"Mnoży to wszystko według statusu uczestnika: Gold: 1,5 i Silver: 1,25; dla pozostałych przez 1.",
			"Ułamek punktu na końcu się pomija.",
			"Punkty trafiają do portfela „Points”.",
			"Z punktów można korzystać po 14 dniach.",
			"Punkty wygasają po 1 roku od naliczenia, z końcem tego dnia.",
		}},
		{"en", Purchase, rich, []string{
			"On a purchase, if the sale is at least £20.00, the shop is Leeds or York and the member's rank is Gold.",
			"Gives 2 points for each £1.00 of A1 and the category tea.",
			"Multiplies by 2 what all goods but the category milk have earned so far.",
			"Gives 1 point.",
			"Points are rounded to the nearest; a half goes up.",
			"The points go into “Points”.",
			"The points can be used 36 hours later.",
			"The points expire 30 days after they are earned, at the same time of day.",
			"For one member at most 500 points a month.",
			"For one member at most once a day.",
			"For all members together at most 100,000 points.",
			"Of the group “summer” only the first rule that gives points counts.",
			"Priority 5: rules with a higher one come first.",
		}},
		{"en", "custom.survey", `{"wallet":"WALLET","effects":[{"kind":"multiplier","rate":"2"}]}`, []string{
			"On the event “custom.survey”.",
			"Multiplies what the rules before it gave for the same event by 2.",
			"A fraction of a point at the end is dropped.",
			"The points go into “Points”.",
			"The points can be used at once.",
			"The points never expire.",
		}},
	} {
		if got, want := described(t, c.lang, c.trigger, c.raw), strings.Join(c.want, "\n"); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}

// Every rule can be described in every language: an unknown key would print
// itself, a missing argument its braces.
func TestEveryRuleIsDescribed(t *testing.T) {
	for _, l := range i18n.Langs() {
		p := printer(t, l)
		rapid.Check(t, func(rt *rapid.T) {
			v := Version{Rule: Rule{Trigger: rapid.SampledFrom([]Trigger{Purchase, Return}).Draw(rt, "trigger")}, Spec: anySpec().Draw(rt, "spec")}
			if err := v.Spec.Check(v.Rule.Trigger); err != nil {
				rt.Skip(err)
			}
			lines, err := v.Describe(p, Names{})
			if err != nil {
				rt.Fatal(err)
			}
			for _, s := range lines {
				if strings.Contains(s, "earn.") || strings.ContainsAny(s, "{}") {
					rt.Fatalf("%s: %q", l, s)
				}
			}
		})
	}
}

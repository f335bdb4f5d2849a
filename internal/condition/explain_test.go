package condition_test

import (
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/condition"
	"regulars/internal/i18n"
)

func printer(t testing.TB, l i18n.Lang) *i18n.Printer {
	t.Helper()
	texts, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	return texts.Printer(l, nil, "GBP")
}

func named(field, code string) string {
	if field == "shop" {
		return map[string]string{"leeds": "Leeds", "york": "York"}[code]
	}
	return code
}

func TestExplain(t *testing.T) {
	const atLeast = `{"field":"sale.total","op":"gte","value":2000}`
	const shops = `{"field":"shop","op":"in","value":["leeds","york"]}`
	for _, c := range []struct {
		lang      i18n.Lang
		raw, want string
	}{
		{"en", `{"all":[` + atLeast + `,` + shops + `]}`, "the sale is at least £20.00 and the shop is Leeds or York"},
		{"ru", `{"all":[` + atLeast + `,` + shops + `]}`, "сумма покупки — не меньше 20,00 £ и магазин — Leeds или York"},
		{"pl", `{"all":[` + atLeast + `,` + shops + `]}`, "kwota zakupu to co najmniej 20,00 £ i sklep to Leeds lub York"},
		{"en", `{}`, "in every case"},
		{"en", `{"any":[{"all":[` + atLeast + `,{"field":"first","op":"eq","value":true}]},{"not":` + shops + `}]}`,
			"(the sale is at least £20.00 and it is the member's first purchase) or the shop is none of Leeds and York"},
		{"en", `{"not":{"any":[` + atLeast + `,` + shops + `]}}`, "it is not so that the sale is at least £20.00 or the shop is Leeds or York"},
		{"en", `{"not":{"field":"shop","op":"exists","value":true}}`, "the shop is not known"},
		{"en", `{"not":` + atLeast + `}`, "it is not so that the sale is at least £20.00"},
		{"en", `{"field":"weekday","op":"in","value":[6,7]}`, "the day of the week is Saturday or Sunday"},
		{"ru", `{"field":"weekday","op":"not_in","value":[6,7]}`, "день недели — не из списка: суббота и воскресенье"},
		{"en", `{"field":"clock","op":"between","value":["22:00","02:30"]}`, "the time of day is from 22:00 to 02:30"},
		{"en", `{"field":"date","op":"lt","value":"2011-12-09"}`, "the date is before 9 December 2011"},
		{"pl", `{"field":"date","op":"gte","value":"2011-12-09"}`, "data to 9 grudnia 2011 lub później"},
		{"en", `{"field":"tags","op":"in","value":["vip","north"]}`, "the member is in the segment vip or north"},
		{"pl", `{"field":"tags","op":"not_in","value":["vip"]}`, "uczestnik nie należy do segmentu vip"},
		{"ru", `{"field":"first","op":"eq","value":false}`, "это не первая покупка участника"},
		{"en", `{"field":"attr.colour","op":"contains","value":"red"}`, "“colour” of the event contains “red”"},
		{"en", `{"field":"nth","op":"between","value":[2,1000]}`, "the number of the purchase is between 2 and 1,000"},
		{"en", `{"cel":"sale.total > 5"}`, "the formula “sale.total > 5” holds"},
	} {
		if got := plainSpaces(compiled(t, c.raw).Explain(printer(t, c.lang), named)); got != c.want {
			t.Errorf("%s in %s is said\n  %q, want\n  %q", c.raw, c.lang, got, c.want)
		}
	}
}

func plainSpaces(s string) string {
	out := []rune(s)
	for i, r := range out {
		if r == '\u00a0' || r == '\u202f' {
			out[i] = ' '
		}
	}
	return string(out)
}

// Every comparison of every type has its words: an unknown key would print
// itself, a missing argument its braces.
func TestEverythingIsSaidInEveryLanguage(t *testing.T) {
	known := catalog(t)
	for _, l := range i18n.Langs() {
		p := printer(t, l)
		rapid.Check(t, func(t *rapid.T) {
			program, err := condition.Compile(anyCondition(3).Draw(t, "condition"), known)
			if err != nil {
				t.Skip("two ends in the wrong order")
			}
			said := program.Explain(p, nil)
			for _, bad := range []string{"condition.", "earn.", "{", "}"} {
				if contains(said, bad) {
					t.Fatalf("%s is said %q", l, said)
				}
			}
		})
	}
}

package promo

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/i18n"
)

func named(_, code string) string {
	if name, ok := map[string]string{"gold": "Gold", "silver": "Silver", "leeds": "Leeds"}[code]; ok {
		return name
	}
	return code
}

func TestSummary(t *testing.T) {
	for _, tc := range []struct{ spec, en, ru, pl string }{
		{
			`{"lines":{"categories":["coffee"]},"condition":{"all":[{"field":"rank","op":"eq","value":"gold"},{"field":"weekday","op":"eq","value":2}]},
				"benefit":{"kind":"percent","percent":"20","most":1000},"per_member":[{"period":"month","times":1}]}`,
			"20 % off coffee for Gold members on Tuesdays, at most £10.00, once a month.",
			"Скидка 20 % на «coffee» для участников уровня «Gold» по вторникам, не больше 10,00 £, 1 раз в месяц.",
			"Rabat 20 % na „coffee” dla uczestników poziomu „Gold” we wtorki, najwyżej 10,00 £, 1 raz w miesiącu.",
		},
		{
			`{"condition":{"all":[{"field":"rank","op":"in","value":["silver","gold"]},{"field":"weekday","op":"in","value":[6,7]},{"field":"shop","op":"eq","value":"leeds"}]},
				"benefit":{"kind":"amount","amount":500},"minimum":3000,"per_member":[{"period":"week","times":2},{"period":"year","times":5,"amount":2000}]}`,
			"£5.00 off all goods for Silver or Gold members on Saturdays and Sundays, from £30.00, twice a week, 5 times and £20.00 a year, if the shop is Leeds.",
			"Скидка 5,00 £ на все товары для участников уровня «Silver» или «Gold» по субботам и воскресеньям, от 30,00 £, 2 раза в неделю, 5 раз и 20,00 £ в год, если магазин — Leeds.",
			"Rabat 5,00 £ na wszystkie towary dla uczestników poziomu „Silver” lub „Gold” w soboty i w niedziele, od 30,00 £, 2 razy w tygodniu, 5 razy i 20,00 £ w roku, jeśli sklep to Leeds.",
		},
		{
			`{"audience":"newcomers","with_code":true,"brands":["Acme"],"benefit":{"kind":"tiered","tiers":[{"from":2000,"amount":200},{"from":5000,"percent":"12.5"}]}}`,
			"Off all goods of the brand Acme: £2.00 from £20.00 and 12.5 % from £50.00 for a first purchase, with a code.",
			"Скидка на все товары марки «Acme»: 2,00 £ от 20,00 £ и 12,5 % от 50,00 £ при первой покупке, по коду.",
			"Rabat na wszystkie towary marki „Acme”: 2,00 £ od 20,00 £ i 12,5 % od 50,00 £ przy pierwszym zakupie, z kodem.",
		},
		{
			`{"lines":{"skus":["A","B"]},"benefit":{"kind":"cheapest_free","buy":2000,"get":1000}}`,
			"Of each 3 units of A and B the cheapest is free.",
			"Из каждых 3 единиц самая дешёвая бесплатно («A» и «B»).",
			"Z każdych 3 sztuk najtańsza gratis („A” i „B”).",
		},
		{
			`{"lines":{"skus":["A"],"except":true},"benefit":{"kind":"buy_get","buy":3000,"get":2000,"percent":"50"}}`,
			"Of each 5 units of all goods but A the 2 cheapest are at 50 % off.",
			"Из каждых 5 единиц 2 самые дешёвые со скидкой 50 % (все товары, кроме «A»).",
			"Z każdych 5 sztuk 2 najtańsze z rabatem 50 % (wszystkie towary oprócz „A”).",
		},
		{
			`{"benefit":{"kind":"fixed_price","price":150},"condition":{"cel":"sale.goods > 5"}}`,
			"£1.50 a unit for all goods, if the formula “sale.goods > 5” holds.",
			"По 1,50 £ за штуку: все товары, если выполняется формула «sale.goods > 5».",
			"Po 1,50 £ za sztukę: wszystkie towary, jeśli spełniona jest formuła „sale.goods > 5”.",
		},
		{`{"benefit":{"kind":"free_delivery"},"minimum":5000}`, "Free delivery, from £50.00.", "Бесплатная доставка, от 50,00 £.", "Darmowa dostawa, od 50,00 £."},
		{
			`{"benefit":{"kind":"points_multiplier","rate":"1.5"},"lines":{"categories":["tea"]}}`,
			"Points × 1.5 for tea.", "Баллы × 1,5 за «tea».", "Punkty × 1,5 za „tea”.",
		},
		{`{"benefit":{"kind":"gift","sku":"MUG"}}`, "A gift: MUG.", "Подарок: MUG.", "Prezent: MUG."},
	} {
		v := inForce(1, written(t, tc.spec))
		for lang, want := range map[i18n.Lang]string{"en": tc.en, "ru": tc.ru, "pl": tc.pl} {
			got, err := v.Summary(printerFor(t, lang), named)
			if got = plainSpaces(got); err != nil || got != want {
				t.Errorf("got  %s (%v)\nwant %s", got, err, want)
			}
		}
	}
}

func TestDescribeSaysTheRest(t *testing.T) {
	v := inForce(1, written(t, `{"benefit":{"kind":"percent","percent":"5"},"with_code":true,"restore_code":true,"budget":{"uses":1,"amount":50000},
		"at_cost":true,"most_off":"40","group":"spring","together":2,"priority":2}`))
	got, err := v.Describe(printerFor(t, "en"), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"5 % off all goods, with a code.",
		"For all members together at most 1 use.",
		"For all members together at most £500.00.",
		"No line falls below what the goods cost.",
		"No line falls more than 40 % below its list price, other offers included.",
		"Of the group “spring” only the offer that takes off most applies.",
		"Applies where, with it, at most 2 offers apply to the sale; those that come first stay.",
		"Priority 2: offers with a higher one come first.",
		"The code comes back when the whole sale is returned.",
	}
	for i := range got {
		got[i] = plainSpaces(got[i])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	v.Spec.Benefit = Benefit{}
	if _, err := v.Describe(printerFor(t, "en"), nil); err == nil {
		t.Error("nonsense was described")
	}
}

// TestReasonsInWords says a discount and what is missing for others.
func TestReasonsInWords(t *testing.T) {
	b := basket(t, "A coffee 1 18.00")
	p := offers(t, `{"benefit":{"kind":"percent","percent":"10"}}`,
		`{"minimum":3000,"benefit":{"kind":"gift","sku":"MUG"}}`,
		`{"benefit":{"kind":"cheapest_free","buy":2000,"get":1000}}`,
		`{"condition":{"field":"sale.goods","op":"gte","value":2500},"benefit":{"kind":"percent","percent":"10"}}`,
		`{"condition":{"field":"sale.categories","op":"contains","value":"tea"},"benefit":{"kind":"percent","percent":"10"}}`).Price(b, Usage{})
	got := map[i18n.Lang][]string{}
	for _, lang := range i18n.Langs() {
		pr := printerFor(t, lang)
		got[lang] = append(got[lang], plainSpaces(pr.Say(p.Applied[0].Reason)))
		for _, r := range p.Refused {
			got[lang] = append(got[lang], plainSpaces(pr.Say(r.Reason)))
		}
	}
	want := map[i18n.Lang][]string{
		"en": {"A: 10 % off, £1.80", "B: £12.00 more of the chosen goods", "C: 2 more units of the chosen goods",
			"D: the purchase must come to £25.00", "E: the sale holds no goods of the category tea"},
		"ru": {"A: скидка 10 %, 1,80 £", "B: не хватает выбранных товаров на 12,00 £", "C: не хватает 2 единиц выбранных товаров",
			"D: покупка должна быть от 25,00 £", "E: в покупке нет товаров категории tea"},
		"pl": {"A: rabat 10 %, 1,80 £", "B: brakuje wybranych towarów za 12,00 £", "C: brakuje 2 sztuk wybranych towarów",
			"D: zakup musi wynosić co najmniej 25,00 £", "E: w zakupie brak towarów z kategorii tea"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

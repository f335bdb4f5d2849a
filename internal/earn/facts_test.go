package earn

import (
	"testing"
	"time"

	"regulars/internal/condition"
	"regulars/internal/i18n"
)

// asked returns a purchase of which everything is known: on Thursday 30 June
// 2011 in UTC, but half past midnight of Friday in London.
func asked() *Facts {
	f := fee(purchase(1500, 500), 300)
	f.Occurred = time.Date(2011, 6, 30, 23, 30, 0, 0, time.UTC)
	f.Shop, f.Channel, f.Rank, f.Nth, f.Tags = "leeds", "web", "gold", 3, []string{"vip"}
	f.Attributes, f.Member = map[string]string{"till": "4"}, map[string]string{"city": "York"}
	f.Lines[0].Category, f.Lines[2].Category = "tea", "post"
	return f
}

func holds(t *testing.T, f *Facts, trigger Trigger, raw string) bool {
	t.Helper()
	c, err := condition.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	p, err := condition.Compile(c, Catalog(trigger))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	ok, err := p.Match(&lookup{Facts: f, local: f.Occurred.In(zone(t, "Europe/London"))})
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return ok
}

func TestFactsOfAPurchase(t *testing.T) {
	for raw, want := range map[string]bool{
		`{"field":"sale.goods","op":"eq","value":2000}`:                          true,
		`{"field":"sale.total","op":"eq","value":2300}`:                          true,
		`{"field":"sale.skus","op":"in","value":["X","B"]}`:                      true,
		`{"field":"sale.skus","op":"contains","value":"POST"}`:                   false, // a fee
		`{"field":"sale.categories","op":"contains","value":"tea"}`:              true,
		`{"field":"sale.categories","op":"contains","value":"post"}`:             false,
		`{"field":"sale.nth","op":"eq","value":3}`:                               true,
		`{"field":"sale.first","op":"eq","value":false}`:                         true,
		`{"field":"shop","op":"eq","value":"leeds"}`:                             true,
		`{"field":"channel","op":"in","value":["till","web"]}`:                   true,
		`{"field":"rank","op":"eq","value":"gold"}`:                              true,
		`{"field":"tags","op":"contains","value":"vip"}`:                         true,
		`{"field":"attr.till","op":"lte","value":4}`:                             true,
		`{"field":"attr.city","op":"exists","value":true}`:                       false,
		`{"field":"member.city","op":"eq","value":"York"}`:                       true,
		`{"field":"weekday","op":"eq","value":5}`:                                true,
		`{"field":"clock","op":"between","value":["00:00","00:45"]}`:             true,
		`{"field":"date","op":"eq","value":"2011-07-01"}`:                        true,
		`{"cel":"sale.goods == 2000 && sale.total - sale.goods == 300"}`:         true,
		`{"cel":"'A' in sale.skus && sale.skus.size() == 2 && !sale.first"}`:     true,
		`{"cel":"weekday == 5 && date == '2011-07-01' && clock == '00:30'"}`:     true,
		`{"cel":"attr.till == '4' && member.city == 'York' && rank == 'gold'"}`:  true,
		`{"cel":"sale.categories == ['tea'] && sale.nth == 3 && 'vip' in tags"}`: true,
	} {
		if got := holds(t, asked(), Purchase, raw); got != want {
			t.Errorf("%s is %v", raw, got)
		}
	}
}

func TestWhatIsNotKnown(t *testing.T) {
	f := &Facts{Kind: "sign_up", Occurred: sold}
	for _, field := range []string{"shop", "channel", "rank", "attr.x", "member.x"} {
		if holds(t, f, SignUp, `{"field":"`+field+`","op":"exists","value":true}`) {
			t.Errorf("%s is known", field)
		}
	}
	for _, field := range []string{"sale.goods", "sale.total", "sale.nth"} {
		if holds(t, f, Purchase, `{"field":"`+field+`","op":"gte","value":0}`) {
			t.Errorf("%s is known without a sale", field)
		}
	}
	if _, known := (&lookup{Facts: f}).Fact("colour"); known {
		t.Error("a colour is known")
	}
}

func TestFirstPurchase(t *testing.T) {
	f := purchase(100)
	first := `{"field":"sale.first","op":"eq","value":true}`
	if !holds(t, f, Purchase, first) {
		t.Error("the first purchase is not the first")
	}
	f.Nth = 2
	if holds(t, f, Purchase, first) {
		t.Error("the second purchase is the first")
	}
}

// Every field that a form may offer has its words in every language.
func TestFieldsHaveLabels(t *testing.T) {
	forms := map[condition.Type][]string{condition.Flag: {".yes", ".no"}, condition.Set: {".has", ".lacks"}}
	for _, l := range i18n.Langs() {
		p := printer(t, l)
		for _, f := range append(Catalog(Purchase).Fields(), Catalog(SignUp).Fields()...) {
			for _, form := range append(forms[f.Type], "")[:max(1, len(forms[f.Type]))] {
				if !p.Has(f.Label + form) {
					t.Errorf("%s has no text %s", l, f.Label+form)
				}
			}
		}
	}
}

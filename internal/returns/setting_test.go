package returns

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/id"
)

// TestRulesStandWhereTheyAreTold adds, moves and takes rules in any order: none is
// lost or doubled, and each stands at the place that was asked for.
func TestRulesStandWhereTheyAreTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		set, want := Setting{}, []id.ID{}
		for n := range id.ID(20) {
			r := Rule{ID: n + 1, Name: "rule", Outcomes: []Outcome{ForMoney}}
			place, at := rapid.IntRange(0, 25).Draw(t, "place"), len(set.Rules)
			if len(want) > 0 && rapid.Bool().Draw(t, "moves") {
				at = rapid.IntRange(0, len(want)-1).Draw(t, "which")
				r.ID = want[at]
				was, err := set.take(r.ID)
				if err != nil || was != at {
					t.Fatalf("taken from %d, not %d: %v", was, at, err)
				}
				want = slices.Delete(want, at, at+1)
			}
			if err := set.put(r, at, place); err != nil {
				t.Fatal(err)
			}
			if place > 0 {
				at = min(place-1, len(want))
			}
			want = slices.Insert(want, at, r.ID)
		}
		var got []id.ID
		for _, r := range set.Rules {
			got = append(got, r.ID)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// TestASettingTellsAllThatIsWrong: who typed it mends all at once.
func TestASettingTellsAllThatIsWrong(t *testing.T) {
	s := Setting{Open: true, AnswerDays: 61, GiftMonths: -1, Words: map[string]string{"de": "Hilfe", "en": "\x00"}, Rules: []Rule{
		{Name: "kept", Days: 14, Outcomes: []Outcome{ForMoney}},
		{SKUs: []string{"a", " "}, Countries: []string{"pl"}, Days: -1, Fee: -1, KeepShare: 5},
		{Name: "hygiene", Never: true, Days: -1, Brands: []string{""}},
	}}
	tells(t, s.Check(), "/answer_days", "/refund_days", "/gift_months", "/address", "/words", "/words/en", "/rules/1/name", "/rules/1/skus", "/rules/1/countries",
		"/rules/1/days", "/rules/1/outcomes", "/rules/1/fee", "/rules/1/keep_share", "/rules/2/brands")
	tells(t, s.Rules[1].check(), "/name", "/skus", "/countries", "/days", "/outcomes", "/fee", "/keep_share")
	s = DefaultSetting()
	tells(t, s.Check())
}

func TestRulesAreChangedOneByOne(t *testing.T) {
	each(t, func(w *town) {
		names := func() (list []string) {
			set, _, err := w.Setting(w.Context(), boss, w.Programme.ID)
			w.OK(err)
			for _, r := range set.Rules {
				if list = append(list, r.Name); r.ID == 0 {
					w.Errorf("the rule %q has no id", r.Name)
				}
			}
			return list
		}
		which, err := w.AddRule(w.Context(), boss, w.Programme.ID, Rule{Name: "sale", Days: 7, Outcomes: []Outcome{ForExchange}}, 2)
		w.OK(err)
		w.OK(w.ChangeRule(w.Context(), boss, w.Programme.ID, Rule{ID: which, Name: "clearance", Never: true}, 0))
		if got := names(); !slices.Equal(got, []string{"hygiene", "clearance", "far away", "china", "the rest"}) {
			w.Errorf("the rules are %v", got)
		}
		_, err = w.AddRule(w.Context(), boss, w.Programme.ID, Rule{Name: "wrong", Outcomes: []Outcome{ForKeeping}}, 0)
		w.Refuses(err, "return_keep")
		w.OK(w.RetireRule(w.Context(), boss, w.Programme.ID, which))
		w.Refuses(w.RetireRule(w.Context(), boss, w.Programme.ID, which), "unknown_return_rule")
		w.Refuses(w.ChangeRule(w.Context(), boss, w.Programme.ID, Rule{ID: which, Name: "again", Never: true}, 0), "unknown_return_rule")
		if got := names(); len(got) != 4 {
			w.Errorf("retired, the rules are %v", got)
		}
		for range maxRules - 4 {
			_, err = w.AddRule(w.Context(), boss, w.Programme.ID, Rule{Name: "more", Never: true}, 0)
			w.OK(err)
		}
		_, err = w.AddRule(w.Context(), boss, w.Programme.ID, Rule{Name: "too many", Never: true}, 0)
		w.Refuses(err, "too_many")
	})
}

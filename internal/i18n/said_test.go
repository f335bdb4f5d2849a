package i18n_test

import (
	"testing"

	"regulars/internal/i18n"
)

func TestPickSaysWhichLanguageItFound(t *testing.T) {
	for _, c := range []struct {
		name  string
		words map[string]string
		langs []string
		want  i18n.Said
	}{
		{"as asked", map[string]string{"en": "Tea", "pl": "Herbata"}, []string{"pl"}, i18n.Said{Text: "Herbata", Lang: i18n.Polish}},
		{"the programme's language", map[string]string{"en": "Tea", "ru": "Чай"}, []string{"pl", "ru"}, i18n.Said{Text: "Чай", Lang: i18n.Russian}},
		{"in any of ours", map[string]string{"ru": "Чай", "pl": ""}, []string{"pl"}, i18n.Said{Text: "Чай", Lang: i18n.Russian}},
		{"English before the others", map[string]string{"ru": "Чай", "en": "Tea"}, []string{"pl"}, i18n.Said{Text: "Tea", Lang: i18n.English}},
		{"nothing", nil, []string{"pl"}, i18n.Said{}},
	} {
		if got := i18n.Pick(c.words, c.langs...); got != c.want {
			t.Errorf("%s: %+v instead of %+v", c.name, got, c.want)
		}
	}
}

package member

import (
	"testing"

	"regulars/internal/i18n"
)

func TestEveryCodeHasWords(t *testing.T) {
	catalog, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"audit.member.update", "audit.member.consent", "audit.member.export"}
	for _, k := range Kinds() {
		keys = append(keys, "member.identity."+string(k))
	}
	for _, s := range Statuses() {
		keys = append(keys, "member.status."+string(s))
	}
	for _, p := range Purposes() {
		keys = append(keys, "member.purpose."+string(p))
	}
	for _, c := range Channels() {
		keys = append(keys, "member.channel."+string(c))
	}
	for _, key := range keys {
		if !catalog.Has(key) {
			t.Errorf("%s has no words", key)
		}
	}
}

// A malformed identity is explained by its kind.
func TestMalformedIdentitySaysHow(t *testing.T) {
	catalog, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Langs() {
		said := map[string]IdentityKind{}
		for _, kind := range []IdentityKind{Phone, Email, Card, External} {
			text := catalog.Printer(lang, nil, "GBP").Say(i18n.Text{Key: "fault.malformed_identity", Args: map[string]any{"kind": string(kind)}})
			if other, twice := said[text]; twice || text == "" {
				t.Errorf("%s: %s and %s are both explained by %q", lang, kind, other, text)
			}
			said[text] = kind
		}
	}
}

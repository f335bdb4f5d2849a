package journal

import (
	"testing"

	"regulars/internal/i18n"
)

func TestEveryKindHasWords(t *testing.T) {
	catalog, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range append(Kinds(), "custom") {
		if key := "journal.kind." + string(k); !catalog.Has(key) {
			t.Errorf("%s has no words", key)
		}
	}
}

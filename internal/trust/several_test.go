package trust

import (
	"strings"
	"testing"

	"regulars/internal/fault"
)

// TestAnIssueTellsAllThatIsWrong: who wrote it mends all at once.
func TestAnIssueTellsAllThatIsWrong(t *testing.T) {
	n := Spec{Title: Words{"en": "a\nb"}, What: Words{"pl": "Cieknie"}, Workaround: Words{"de": "Tuch"}, Reason: Words{"en": strings.Repeat("x", MaxText+1)},
		Shops: []string{"a\nb"}, State: "asleep", Since: "2026-03-01", Expected: "2026-02-01", MendedOn: "2026-01-01"}
	want := "/title/en /what/en /workaround /reason/en /shops /state /expected"
	if got := told(n.check([]string{"en"}, "2026-03-15")); got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	n = Spec{Title: Words{"en": "It leaks"}, What: Words{"en": "Tea runs."}, State: Mended, Since: "2026-03-01", Expected: "soon", MendedOn: "2026-04-01"}
	if got := told(n.check([]string{"en"}, "2026-03-15")); got != "/expected /mended_on" {
		t.Errorf("told of %s", got)
	}
}

// TestAnAttestationTellsAllThatIsWrong, too.
func TestAnAttestationTellsAllThatIsWrong(t *testing.T) {
	n := Attestation{Signal: "moon", Reference: "a\nb", Link: "ftp://x", Day: "2026-03-01", Renew: "2026-01-01"}
	if got, want := told(n.check("2026-03-15")), "/signal /reference /link /renew"; got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
	n = Attestation{Signal: "plain_terms", Day: "2026-04-01"}
	if got, want := told(n.check("2026-03-15")), "/evidence /day"; got != want {
		t.Errorf("told of %s, want %s", got, want)
	}
}

// told are the fields at which something is wrong, in their order.
func told(err error) string {
	var at []string
	for _, f := range fault.All(err) {
		at = append(at, f.Field)
	}
	return strings.Join(at, " ")
}

package partner

import (
	"strings"
	"testing"

	"regulars/internal/fault"
	"regulars/internal/money"
)

// TestAPartnerTellsAllThatIsWrong: who wrote it mends all at once, the first terms
// among it.
func TestAPartnerTellsAllThatIsWrong(t *testing.T) {
	each(t, func(w *town) {
		two := money.NewRate(2, 1)
		_, err := w.Create(ctx, boss, w.prog.ID, NewPartner{
			Spec: Spec{Name: "a\nb", Contact: strings.Repeat("x", maxContact+1)}, Terms: TermsSpec{IssueFee: two, RedeemFee: two, Rounding: "up and away"},
		})
		var at []string
		for _, f := range fault.All(err) {
			at = append(at, f.Field)
		}
		if got, want := strings.Join(at, " "), "/name /contact /terms/issue_fee /terms/redeem_fee /terms/rounding"; got != want {
			w.Errorf("told of %s, want %s", got, want)
		}
	})
}

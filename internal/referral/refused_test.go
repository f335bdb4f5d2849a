package referral

import (
	"testing"

	"regulars/internal/fault/faulttest"
)

// TestAllThatIsWrongIsTold: whoever mends one mistake does not meet the next only then.
func TestAllThatIsWrongIsTold(t *testing.T) {
	s := Spec{Inviter: Gift{Points: -1, Months: -1}, Minimum: -1, ReturnDays: -1, Limits: []Limit{{}}}
	if got, want := faulttest.Places(s.Check()), "referral_points /inviter/points, required /inviter/wallet, referral_months /inviter/months, referral_minimum /minimum, referral_days /return_days, referral_limit_terms /limits"; got != want {
		t.Errorf("refused for %s, want %s", got, want)
	}
	o := OutsideSpec{Channel: "a\nb", Contact: "\x00"}
	if got, want := faulttest.Places(o.check()), "influencer_name /name, influencer_channel /channel, influencer_contact /contact"; got != want {
		t.Errorf("refused for %s, want %s", got, want)
	}
}

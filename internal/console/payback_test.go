package console

import (
	"testing"

	"regulars/internal/auth"
)

// TestWhatIsSpentBackIsShown: of 10,000 points given, two mugs for 1,500 and ten trees
// for 200 were redeemed a moment ago.
func TestWhatIsSpentBackIsShown(t *testing.T) {
	w := newRewardShop(t)
	b := w.as(auth.Manager)
	b.get(rewardsAt).is(t, 200).shows(t, "Spent back")
	b.get(rewardsAt+"/payback").is(t, 200).shows(t, "Of 10,000 points given, 32.0% have been redeemed and 0.0% have expired; 68.0% can be spent still.",
		"1 member redeemed points so lately that the 90 days are not over.", "3,000", "93.8%", "200", "6.3%")
	b.get(rewardsAt+"/payback?days=7").is(t, 422)
	b.get(rewardsAt+"/payback?months=x").is(t, 422)
}

package reward

import (
	"testing"

	"regulars/internal/fault/faulttest"
)

// TestAllThatIsWrongIsTold: whoever mends one mistake does not meet the next only then.
func TestAllThatIsWrongIsTold(t *testing.T) {
	s := Spec{Kind: KindGoods, Gives: 5, Points: -1, Stock: -1, PickUpDays: -1, Ranks: []string{"gold", "gold"}}
	if got, want := faulttest.Places(s.Check()), "reward_name /name, reward_gives /gives, required /wallet, reward_points /points, reward_stock /stock, reward_pick_up_days /pick_up_days, reward_rank_twice /ranks/1"; got != want {
		t.Errorf("refused for %s, want %s", got, want)
	}
	s = Spec{Name: "Trees", Kind: KindDonation, WalletID: 7, Points: 100, Money: 5}
	if got, want := faulttest.Places(s.Check()), "reward_partner /partner, reward_donation /gives, reward_donation_price /money"; got != want {
		t.Errorf("refused for %s, want %s", got, want)
	}
}

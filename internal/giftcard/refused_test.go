package giftcard

import (
	"testing"
	"time"

	"regulars/internal/fault/faulttest"
)

// TestAllThatIsWrongIsTold: whoever mends one mistake does not meet the next only then.
func TestAllThatIsWrongIsTold(t *testing.T) {
	o := Order{Key: string(make([]byte, maxKey+1)), Value: -1, Campaign: "a\nb", Until: time.Unix(1, 0), Recipients: []Recipient{{Label: "ann@example.com"}, {Label: "\x00"}}, Months: -1}
	if got, want := faulttest.Places(o.check(time.Unix(100, 0))), "card_key_too_long /key, card_amount /value, card_until_sold /until, card_text /campaign, card_label_address /recipients/0/label, card_text /recipients/1/label, card_months /months"; got != want {
		t.Errorf("refused for %s, want %s", got, want)
	}
}

package touch

import (
	"crypto/sha256"
	"encoding/binary"

	"regulars/internal/fault"
)

// Trial leaves a random part of the orders without a card, so that what cards
// add can be measured.
type Trial struct {
	// Seed and an order's number decide about it, so that the drawing can be
	// repeated by anybody who knows both.
	Seed string
	// Share of 10,000 orders gets no card.
	Share int64
}

// maxShare leaves cards to half of the orders at least.
const maxShare = 5000

// Check returns what is wrong with the trial.
func (t Trial) Check() error {
	if t.Share < 0 || t.Share > maxShare {
		return fault.Invalid("touch_trial_share", "up to half of the orders can go without a card").At("/share")
	}
	return nil
}

// GetsCard draws for an order.
func (t Trial) GetsCard(order string) bool {
	sum := sha256.Sum256([]byte(t.Seed + "\x00" + order))
	return int64(binary.BigEndian.Uint64(sum[:])%10_000) >= t.Share
}

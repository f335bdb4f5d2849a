package flow

import (
	"context"
	"strings"
	"testing"

	"regulars/internal/db"
	"regulars/internal/giftcard"
)

// TestCheckAsksTheGiftCards plants money on a card that no movement explains.
func TestCheckAsksTheGiftCards(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ctx := context.Background()
		_, err := giftcard.New(h.db, h.now).Issue(ctx, boss, h.prog.ID, giftcard.Order{Count: 2, Value: 100})
		h.ok(err)
		faults, err := h.flow.Check(ctx)
		h.ok(err)
		if len(faults) > 0 {
			h.Errorf("found %v", faults)
		}
		h.ok(h.db.InTx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE gift_card SET balance = 200 WHERE number = (SELECT MIN(number) FROM gift_card)`)
			return err
		}))
		faults, err = h.flow.Check(ctx)
		h.ok(err)
		if len(faults) != 1 || faults[0].Room != "gift cards" || !strings.Contains(faults[0].What, "the balance is 200, its movements come to 100") {
			h.Errorf("found %v", faults)
		}
	})
}

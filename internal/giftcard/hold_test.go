package giftcard

import (
	"context"
	"strings"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// TestHolds sets money of a card aside and looks at who may have it.
func TestHolds(t *testing.T) {
	at := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	n := id.ID(0)
	c := &Card{State: Active, Balance: 1000, Added: 1000, Expires: at.Add(time.Hour), fresh: func() id.ID { n++; return n }}
	hold := func(holder string, amount int64, minutes int) string {
		return codeOf(c.Hold(Hold{holder, amount, at.Add(time.Duration(minutes) * time.Minute)}, at))
	}
	for i, step := range []struct {
		got, want string
		free      int64
	}{
		{hold("a", 600, 10), "", 400},
		{hold("b", 401, 10), "card_too_low", 400},
		{hold("b", 400, 20), "", 0},
		{hold("a", 500, 10), "", 100},
		{codeOf(c.Charge(101, 1, at)), "card_too_low", 100},
		{codeOf(c.ChargeFor("a", 600, 2, at)), "", 0},
	} {
		if step.got != step.want {
			t.Errorf("step %d: %q, want %q", i, step.got, step.want)
		}
	}
	if c.AvailableAt(at) != 0 || c.HeldAt("", at) != 400 || c.HeldAt("b", at) != 0 || c.AvailableAt(at.Add(20*time.Minute)) != 400 {
		t.Errorf("%d are free, %d held", c.AvailableAt(at), c.HeldAt("", at))
	}
	if hold("", 1, 1); c.Hold(Hold{"c", 1, at}, at) == nil {
		t.Error("a hold that is over before it begins was placed")
	}
	if c.Release("b"); hold("c", 400, 90) != "" || !c.holds[0].Until.Equal(c.Expires) {
		t.Errorf("a hold outlasts its card: %+v", c.holds)
	}
	if c.Expire(c.Expires); c.held() != 0 || c.Balance != 0 || c.sound() != nil {
		t.Errorf("the card has ended, and holds %+v", c.holds)
	}
}

// TestHeldMoneyIsChecked plants held money that no hold explains.
func TestHeldMoneyIsChecked(t *testing.T) {
	each(t, func(w *town) {
		card := w.issue(Order{Count: 1, Value: 10_000})[0]
		ctx := context.Background()
		if err := w.d.InTx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE gift_card SET held = 20000 WHERE id = $1`, card.ID)
			return err
		}); err != nil {
			w.Fatal(err)
		}
		faults, err := Check(ctx, w.d.Reader(), card.ProgrammeID)
		if err != nil || len(faults) != 2 || !strings.Contains(faults[0].What, "20000 are held, its holds come to 0") {
			w.Errorf("found %v, %v", faults, err)
		}
	})
}

package promise

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/fault/faulttest"
)

func TestWordsAreRefused(t *testing.T) {
	w := newTown(t, sqlite(t))
	for _, c := range []struct {
		code   string
		change func(*New)
	}{
		{"promise_kind", func(n *New) { n.Kind = "wish" }},
		{"required", func(n *New) { n.Source = " " }},
		{"required", func(n *New) { n.ExternalID = "" }},
		{"too_long", func(n *New) { n.What = strings.Repeat("я", 251) }},
		{"malformed_text", func(n *New) { n.What = "a\x00b" }},
		{"malformed_text", func(n *New) { n.Order = "\xff" }},
		{"promise_due", func(n *New) { n.Due = time.Time{} }},
		{"promise_due", func(n *New) { n.Due = w.Now().Add(-time.Second) }},
		{"promise_due", func(n *New) { n.Due = w.Now().AddDate(21, 0, 0) }},
		{"promise_grace", func(n *New) { g := -1; n.GraceMinutes = &g }},
		{"promise_price", func(n *New) { n.Kind = Price; n.Due = time.Time{} }},
		{"promise_price_time", func(n *New) { n.Kind, n.Shown = Price, 5 }},
		{"promise_price_only", func(n *New) { n.Shown = 5 }},
		{"unknown_shop", func(n *New) { n.Shop = "mars" }},
		{"unknown_member", func(n *New) { n.MemberID = 12345 }},
		{"absurd_time", func(n *New) { n.Made = w.Now().Add(48 * time.Hour) }},
	} {
		n := w.word("x")
		c.change(&n)
		_, err := w.Make(w.Context(), boss, n)
		w.Refuses(err, c.code)
	}
}

// TestAllThatIsWrongIsTold: whoever mends one mistake does not meet the next only then.
func TestAllThatIsWrongIsTold(t *testing.T) {
	w := newTown(t, sqlite(t))
	late := w.word("late")
	late.Shown, late.Due, late.GraceMinutes = 5, time.Time{}, new(-1)
	_, err := w.Make(w.Context(), boss, late)
	if got, want := faulttest.Places(err), "promise_price_only /shown, promise_due /due, promise_grace /grace_minutes"; got != want {
		w.Errorf("a delivery is refused for %s, want %s", got, want)
	}
	price := w.word("price")
	price.Kind, price.Shown, price.Parts = Price, -5, []Amount{{"gifts", 1}, {PartGoods, -1}}
	_, err = w.Make(w.Context(), boss, price)
	if got, want := faulttest.Places(err), "promise_price /shown, promise_price_time /due, promise_part /parts, promise_price /parts"; got != want {
		w.Errorf("a price is refused for %s, want %s", got, want)
	}
	price.Shown, price.Due, price.Parts = 500, time.Time{}, []Amount{{PartGoods, 500}}
	p := w.makes(price)
	_, err = w.Charge(w.Context(), boss, w.Programme.ID, p.ID, -1, []Amount{{"gifts", 1}})
	if got, want := faulttest.Places(err), "promise_part /parts, promise_price /charged"; got != want {
		w.Errorf("a charge is refused for %s, want %s", got, want)
	}
}

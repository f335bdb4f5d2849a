package flow

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAReturnIsQuotedAsItIsTaken asks what returns would come to, twice, and
// then takes them: the answers are the same and the questions change nothing.
func TestAReturnIsQuotedAsItIsTaken(t *testing.T) {
	each(t, plan{}, func(h *house) {
		number := h.card(5_00)
		h.must(h.adjusts("gift", "ann", noon, 600))
		h.code(h.offers("Three pounds off", withCode(3_00)), "THREE", 5)
		h.must(h.paysWith(h.buys("s1", "ann", noon, 20_00, 10_00), Checkout{
			Codes: []string{"THREE"}, Points: h.byPoints(400), GiftCards: []CardPayment{{Number: number}},
		}))
		for _, back := range []func() *Event{
			func() *Event { return h.returns("r1", "ann", "s1", noon, "a") },
			func() *Event { return h.whole("r2", "ann", "s1", noon) },
		} {
			before := h.left(number)
			first, err := h.flow.Quote(context.Background(), back())
			h.ok(err)
			second, err := h.flow.Quote(context.Background(), back())
			h.ok(err)
			if h.left(number) != before {
				t.Fatal("a quote moved money")
			}
			taken := h.must(back())[0]
			if taken.Refund == nil || taken.Refund.Money <= 0 {
				t.Fatalf("the return gave back %+v", taken.Refund)
			}
			for _, quoted := range []Answer{first, second} {
				if diff := cmp.Diff(taken.Refund, quoted.Refund); diff != "" {
					t.Errorf("quoted otherwise than taken:\n%s", diff)
				}
				if len(quoted.Movements) != len(taken.Movements) {
					t.Errorf("%d movements quoted, %d taken", len(quoted.Movements), len(taken.Movements))
				}
			}
		}
		waits, err := h.flow.Quote(context.Background(), h.whole("r3", "ann", "nowhere", noon))
		if h.ok(err); !waits.Waiting {
			t.Errorf("a return of an unknown sale would not wait: %+v", waits)
		}
	})
}

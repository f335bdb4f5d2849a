package flow

import (
	"context"
	"fmt"
	"testing"

	"regulars/internal/fault"
)

// together takes the events in one transaction and returns the codes of their
// refusals, empty for those that were taken.
func (h *house) together(events ...*Event) []string {
	h.Helper()
	for _, e := range events {
		h.ok(h.flow.admit(context.Background(), e))
	}
	var codes []string
	for i, r := range h.flow.run(context.Background(), events) {
		switch f := fault.As(r.Err); {
		case r.Err == nil:
			codes = append(codes, "")
		case f != nil:
			codes = append(codes, f.Code)
		default:
			h.Fatalf("%s: %v", events[i].ExternalID, r.Err)
		}
	}
	return codes
}

// TestRefusedEventLeavesTheOthersUntouched: what a sale has used up before it is
// refused is there for those that come with it, whoever they are of.
func TestRefusedEventLeavesTheOthersUntouched(t *testing.T) {
	wrong := int64(1)
	for name, pays := range map[string]func(h *house) Checkout{
		"a card": func(h *house) Checkout {
			return Checkout{GiftCards: []CardPayment{{Number: h.card(5_00), Amount: 5_00}}}
		},
		"points": func(h *house) Checkout { return Checkout{Points: h.byPoints(600)} },
		"a code": func(h *house) Checkout {
			h.refusesOffline()
			h.code(h.offers("Three pounds off", withCode(3_00)), "THREE", 1)
			due := int64(17_00)
			return Checkout{Codes: []string{"three"}, Given: []GivenCode{{"three", 3_00}}, Due: &due, Offline: true}
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, plan{noRule: true}, func(h *house) {
				h.must(h.adjusts("g1", "ann", noon, 600), h.adjusts("g2", "bob", noon, 600))
				good := pays(h)
				bad := good
				bad.Due = &wrong
				other := "bob"
				if len(good.Points) > 0 {
					other = "ann"
				}
				got := h.together(h.paysWith(h.buys("a", "ann", noon, 20_00), bad), h.paysWith(h.buys("b", other, noon, 20_00), good))
				if got[0] == "" || got[1] != "" {
					h.Errorf("refused with %q", got)
				}
				for _, c := range h.conflicts() {
					if c[0] == 'b' {
						h.Errorf("listed is %s", c)
					}
				}
				h.clean()
			})
		})
	}
}

// TestManyRefusedOneAfterTheOther stand before a sale that is good: it is taken, and
// they are not.
func TestManyRefusedOneAfterTheOther(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		h.must(h.adjusts("g", "ann", noon, 600))
		wrong := int64(1)
		var events []*Event
		for i := range 3 * patience {
			events = append(events, h.paysWith(h.buys(fmt.Sprint("bad", i), "ann", noon, 20_00), Checkout{Points: h.byPoints(600), Due: &wrong}))
		}
		events = append(events, h.paysWith(h.buys("good", "ann", noon, 20_00), Checkout{Points: h.byPoints(600)}))
		for i, code := range h.together(events...) {
			if last := i == len(events)-1; last && code != "" || !last && code != "price_changed" {
				h.Errorf("%s: %q", events[i].ExternalID, code)
			}
		}
		if n := h.count("sale"); n != 1 {
			h.Errorf("%d sales are kept", n)
		}
		h.clean()
	})
}

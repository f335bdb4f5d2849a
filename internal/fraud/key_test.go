package fraud

import (
	"fmt"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/journal"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// key is a key by which programs report events and decide flags.
func (w *town) key(name string) auth.Actor {
	return auth.Actor{
		Kind: auth.KindKey, ID: w.DB.IDs().New(), Name: name, ProgrammeID: w.Programme.ID, Scopes: []auth.Scope{auth.FraudWrite.Scope(), auth.EventsWrite.Scope()},
	}
}

func TestAKeyThatGuessesCardsDoesNotDecideAboutIt(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: CardTries, Action: Flag})
		shop, desk := w.key("shop"), w.key("desk")
		w.OK(w.Tried(w.Context(), shop, w.Programme.ID))
		f := w.one(CardTries, 1, Open)
		w.Refuses(w.decides(shop, f, Allowed), "fraud_own_case")
		w.OK(w.decides(desk, f, Allowed))
	})
}

func TestAKeyDoesNotDecideAboutWhomItEnrolled(t *testing.T) {
	each(t, func(w *town) {
		w.watch(Rule{Kind: Enrolments, Action: Flag})
		north, err := program.New(w.DB).AddShop(w.Context(), boss, program.Shop{ProgrammeID: w.Programme.ID, Code: "north", Name: "North"})
		w.OK(err)
		shop, desk := w.key("shop"), w.key("desk")
		w.take(journal.SignUp, "anna", func(e *flow.Event) { e.Who.Enrol, e.Actor, e.Shop = true, shop, north.Code })
		f := w.one(Enrolments, 1, Open)
		w.Refuses(w.decides(shop, f, Confirmed), "fraud_own_case")
		w.OK(w.decides(desk, f, Confirmed))
	})
}

// TestAKeyDoesNotDecideAboutWhatItReported has the key's own event once among
// the evidence and once behind more events than a flag lists.
func TestAKeyDoesNotDecideAboutWhatItReported(t *testing.T) {
	for _, before := range []int{1, maxEvidence} {
		t.Run(fmt.Sprint(before), func(t *testing.T) {
			each(t, func(w *town) {
				w.watch(Rule{Kind: SharedDevice, Action: Flag, More: 1})
				shop, desk := w.key("shop"), w.key("desk")
				for i := range before {
					w.joins(fmt.Sprint("friend-", i), "device", "phone-1")
				}
				w.joins("anna")
				w.take(journal.Purchase, "anna", func(e *flow.Event) {
					e.Actor, e.Payload.Attributes = shop, pairs([]string{"device", "phone-1"})
					e.Payload.Lines = []sale.Line{{SKU: "tea", Quantity: 1000, Amount: 100}}
				})
				f := w.one(SharedDevice, int64(before+1), Open)
				if len(f.Evidence) != min(before+1, maxEvidence) {
					t.Fatalf("the flag lists %d events", len(f.Evidence))
				}
				w.Refuses(w.decides(shop, f, Allowed), "fraud_own_case")
				w.OK(w.decides(desk, f, Allowed))
			})
		})
	}
}

package fraud

import (
	"testing"
	"time"

	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// coded puts an offer in force that takes a pound off with a code that anybody may
// use as often as they like.
func (w *town) coded(text string) {
	w.Helper()
	offers := promo.New(w.DB, w.Now)
	v, err := offers.Create(w.Context(), boss, promo.Offer{ProgrammeID: w.Programme.ID, Name: "Off with " + text}, promo.Spec{
		Benefit: promo.Benefit{Kind: promo.Amount, Amount: 1_00}, WithCode: true,
	})
	w.OK(err)
	v, err = offers.Publish(w.Context(), boss, w.Programme.ID, v.OfferID, w.Now(), time.Time{})
	w.OK(err)
	_, err = offers.CreateBatch(w.Context(), boss, promo.Batch{ProgrammeID: w.Programme.ID, OfferID: v.OfferID, Name: text, Kind: promo.SharedCode, MaxUses: 100}, text)
	w.OK(err)
}

// presents has somebody buy with these codes.
func (w *town) presents(who string, codes ...string) id.ID {
	w.Helper()
	return w.take(journal.Purchase, who, func(e *flow.Event) {
		e.Payload.Lines = []sale.Line{{SKU: "tea", Quantity: 1000, Amount: 20_00}}
		e.Payload.Checkout = &flow.Checkout{Codes: codes}
	})
}

// TestManyCodesOfOneMember counts the codes that took something off, by the hour and
// by the day of the programme; one that was refused counts for nothing.
func TestManyCodesOfOneMember(t *testing.T) {
	for _, c := range []struct {
		rule   Rule
		after  time.Duration // between the first sale and the others
		codes  int64
		events int
	}{
		{Rule{Kind: CodesHour, Action: Flag, More: 2}, time.Hour, 3, 2},
		{Rule{Kind: CodesDay, Action: Flag, More: 4}, 12 * time.Hour, 5, 3},
	} {
		each(t, func(w *town) {
			w.watch(c.rule)
			w.Set(time.Date(2026, time.March, 5, 9, 0, 0, 0, w.Programme.Zone))
			w.coded("SPRING")
			w.coded("TEATIME")
			anna := w.joins("anna")
			w.presents("anna", "SPRING", "TEATIME", "NOWHERE")
			w.presents("ben", "SPRING")
			w.Pass(c.after)
			w.presents("anna", "SPRING", "TEATIME")
			w.none()
			w.presents("anna", "SPRING")
			check := func() {
				if f := w.one(c.rule.Kind, c.codes, Open); f.Subject != anna.In(id.Member) || len(f.Parts) != 1 || len(f.Evidence) != c.events {
					t.Errorf("%s is about %s, by %+v", f.Kind, f.Subject, f.Evidence)
				}
			}
			check()
			w.Set(time.Date(2026, time.March, 6, 0, 0, 0, 0, w.Programme.Zone)) // counts anew
			w.presents("anna", "SPRING", "TEATIME")
			check()
			w.Clean()
		})
	}
}

// TestOnePhoneOrAddressOfManyPeople: however it is written.
func TestOnePhoneOrAddressOfManyPeople(t *testing.T) {
	for _, c := range []struct {
		attribute string
		kind      Kind
		same      []string
		other     string
	}{
		{"phone", SharedPhone, []string{"+44 20 7946 0001", "0044-20-79460001", "+442079460001"}, "+442079460002"},
		{"address", SharedAddress, []string{"1 Main St., Leeds", "1 main st leeds", "1 MAIN ST, LEEDS"}, "2 Main St., Leeds"},
	} {
		each(t, func(w *town) {
			w.watch(Rule{Kind: c.kind, Action: Flag, More: 2})
			w.joins("anna", c.attribute, c.same[0])
			w.joins("ben", c.attribute, c.other)
			w.buys("cleo", 5, c.attribute, c.same[1])
			w.buys("anna", 5, c.attribute, c.same[1])
			w.none()
			w.joins("dora", c.attribute, c.same[2])
			f := w.one(c.kind, 3, Open)
			if len(f.Subject) != 2*hashBytes || len(f.Parts) != 3 {
				t.Errorf("the flag is about %q and %+v", f.Subject, f.Parts)
			}
			w.Clean()
		})
	}
}

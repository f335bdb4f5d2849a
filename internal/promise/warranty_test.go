package promise

import (
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/journal"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// TestARankMakesAWarrantyLonger: months are those of the calendar, only a warranty
// has them, only that of a member of the rank, and the same words told again are
// the same promise, also when the rank has gone.
func TestARankMakesAWarrantyLonger(t *testing.T) {
	each(t, func(w *town) {
		w.AddLadder(tier.Rank{Code: "regular", Name: "Regular", Terms: tier.Terms{WarrantyMonths: 1}}, tier.Rank{Code: "silver", Name: "Silver", Threshold: 40_00, Terms: tier.Terms{WarrantyMonths: 12}})
		given := func(name string, kind Kind) New {
			n := w.word(name)
			n.Kind, n.Made, n.Due = kind, w.Now(), time.Date(2032, 1, 31, 12, 0, 0, 0, time.UTC)
			return n
		}
		early := given("early", Warranty)
		w.lasts(w.makes(early), 1, time.Date(2032, 2, 29, 12, 0, 0, 0, time.UTC)) // a leap year
		nobody := given("nobody", Warranty)
		nobody.MemberID, nobody.Order = 0, ""
		w.lasts(w.makes(nobody), 0, nobody.Due)
		_, err := w.Flow.TakeOne(w.Context(), &flow.Event{
			ProgrammeID: w.Programme.ID, Source: "shop", ExternalID: "dear", Kind: journal.Purchase, Occurred: w.Now(), Who: flow.Who{MemberID: w.ann}, Actor: boss,
			Payload: flow.Payload{Lines: []sale.Line{{SKU: "pot", Quantity: 1000, Amount: 50_00}}},
		})
		w.OK(err)
		w.Pass(time.Hour)
		silver := given("silver", Warranty)
		w.lasts(w.makes(silver), 12, time.Date(2033, 1, 31, 12, 0, 0, 0, time.UTC))
		w.lasts(w.makes(given("repair", Repair)), 0, silver.Due)
		if again := w.makes(early); again.Longer != 1 {
			w.Errorf("told again, %d months are added to what was promised before", again.Longer)
		}
		silver.Due = silver.Due.AddDate(1, 0, 0)
		_, err = w.Make(w.Context(), boss, silver)
		w.Refuses(err, "promise_taken")
		w.Clean(Room())
	})
}

// lasts says when a promise is over, and how many months of that are the rank's.
func (w *town) lasts(p *Promise, longer int, due time.Time) {
	w.Helper()
	if p.Longer != longer || !p.Due.Equal(db.Time(db.Micros(due))) || !p.Expected.Equal(p.Due) {
		w.Errorf("%s lasts until %s and is expected by %s, %d months by rank; want %s and %d", p.ExternalID, p.Due, p.Expected, p.Longer, due, longer)
	}
}

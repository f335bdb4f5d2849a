package complaint

import (
	"strconv"
	"testing"

	"regulars/internal/db"
	"regulars/internal/jobs"
)

// TestWhatIsOwedOpensACase: once however often it is told, with the compensation
// of the table, for which a second person is asked.
func TestWhatIsOwedOpensACase(t *testing.T) {
	each(t, func(w *town) {
		owe := func(d Debt) *File {
			w.Helper()
			w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error { return w.OweLater(w.Context(), tx, d) }))
			for _, j := range w.Waiting(OweJob) {
				for range 2 {
					w.OK(w.Owe(w.Context(), &jobs.Job{ID: j.ID, Kind: j.Kind, Payload: j.Payload}))
				}
			}
			list, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Limit: 10})
			w.OK(err)
			return w.get(list[0].ID)
		}
		who, event := w.buys("eve", 4000)
		priced := Debt{ProgrammeID: w.Programme.ID, MemberID: who, Name: "promise:1", Reasons: []string{"late", "quality"}, Reference: strconv.Itoa(w.n)}
		f := owe(priced)
		if f.Reason != "quality" || f.Source != FromPromise || f.SaleID != event || f.Price != 4000 || len(f.Remedies) != 1 {
			t.Fatalf("opened was %+v with %d compensations", f.Case, len(f.Remedies))
		}
		if r := f.Remedies[0]; r.State != RemedyAsked || r.Kind != Points || r.Amount != 2000 {
			t.Errorf("asked for is %+v", r)
		}
		w.works()
		if _, err := w.Approve(w.Context(), w.hires("Ida", "owner"), w.Programme.ID, f.ID, f.Remedies[0].ID); err != nil {
			t.Errorf("it is not approved: %v", err)
		}
		unpriced := Debt{ProgrammeID: w.Programme.ID, MemberID: who, Name: "promise:2", Reference: "no such order"}
		if f := owe(unpriced); f.Reason != Other || f.Price != 0 || len(f.Remedies) != 0 {
			t.Errorf("of no price it is %+v with %d compensations", f.Case, len(f.Remedies))
		}
		list, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Limit: 10})
		w.OK(err)
		if len(list) != 2 {
			t.Errorf("there are %d cases", len(list))
		}
		w.Clean(Room())
	})
}

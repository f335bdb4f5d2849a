package trust

import (
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
)

// TestSignalsAreWrittenDownOnceADay, and one that was met and is not any more, or
// whose share fell for sure, is a fall as long as it lasts.
func TestSignalsAreWrittenDownOnceADay(t *testing.T) {
	each(t, func(w *town) {
		falls := func() map[string]bool {
			list, err := Falls(w.Context(), w.DB.Reader(), w.Programme.ID, w.Now())
			w.OK(err)
			m := map[string]bool{}
			for _, f := range list {
				m[f.Signal.Code] = f.Lost
			}
			return m
		}
		w.at(2, 2)
		for i := range 60 {
			w.promises(i, true)
		}
		for _, hours := range []int{0, 1, 5} {
			w.Set(w.Now().Add(time.Duration(hours) * time.Hour))
			w.OK(w.Keep(w.Context()))
		}
		if list := falls(); len(list) != 0 {
			t.Errorf("at first %v fell", list)
		}
		// One that was met, and one whose share fell; both as a day would leave them.
		w.Set(w.Now().AddDate(0, 0, 1))
		w.OK(w.Keep(w.Context()))
		w.plant("legal_details", Met, "", -20)
		w.plant("legal_details", NotMet, "", 0)
		w.plant("reviews_answered", NotKnown, Falling, 0)
		w.plant("plain_terms", NotMet, "", 0) // it never was met
		w.plant("named_people", Met, "", -400)
		w.plant("named_people", NotMet, "", 0) // too long ago
		if list := falls(); len(list) != 2 || !list["legal_details"] || list["reviews_answered"] {
			t.Errorf("there fell %v", list)
		}
		list, err := w.History(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		if len(list) != 3 || list[1].Met+list[1].NotMet+list[1].Unknown != int64(len(Signals())) || list[2].Day != w.Now().Format(time.DateOnly) {
			t.Errorf("the history is %+v", list)
		}
		w.plant("legal_details", Met, "", 0)
		w.plant("reviews_answered", NotKnown, "", 0)
		if list := falls(); len(list) != 0 {
			t.Errorf("mended, and still %v fell", list)
		}
		w.plant("legal_details", NotMet, "", 0)
		w.Set(w.Now().AddDate(0, 0, 5))
		if list := falls(); len(list) != 0 {
			t.Errorf("by an old reading %v fell", list)
		}
		_, err = w.History(w.Context(), auth.Actor{}, w.Programme.ID)
		w.Refuses(err, "not_permitted")
	})
}

// plant writes down how a signal stood so many days from now.
func (w *town) plant(code string, v Verdict, trend Trend, days int) {
	w.Helper()
	w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
		return tx.Upsert(w.Context(), tableReading, [][]any{{w.Programme.ID, w.Now().AddDate(0, 0, days).Format(time.DateOnly), code, string(v), string(trend), int64(1), int64(2)}})
	}))
}

package alarm

import (
	"strings"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/i18n"
)

// TestASignalOfTrustThatFellIsTold to those who may know it, once while it lasts.
func TestASignalOfTrustThatFellIsTold(t *testing.T) {
	each(t, func(w *town) {
		w.hires("ola", auth.Owner, i18n.Russian)
		w.hires("tim", auth.Till, i18n.English)
		stands := func(verdict, trend string) {
			w.Helper()
			w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(w.Context(), `INSERT INTO trust_reading (programme_id, day, signal, verdict, trend, share_k, share_n) VALUES ($1, $2, 'legal_details', $3, $4, 0, 0)`, w.prog.ID, w.clock.Format(time.DateOnly), verdict, trend)
				return err
			}))
		}
		stands("met", "")
		w.watches()
		w.tells("")
		w.clock = w.clock.Add(day)
		stands("not_met", "")
		w.watches()
		if len(w.post.letters) != 1 || !strings.Contains(w.post.letters[0].Text, "больше не выполняется") || !strings.Contains(w.post.letters[0].Text, "/p/bean/trust") {
			t.Fatalf("told %+v", w.post.letters)
		}
		w.tells("ola: Bean: признак доверия ослаб")
		w.clock = w.clock.Add(day)
		stands("not_met", "")
		w.watches()
		w.tells("")
		w.clock = w.clock.Add(day)
		stands("met", "")
		w.watches()
		if list, err := w.List(w.Context(), boss, w.prog.ID); err != nil || len(list) != 1 || list[0].Ended.IsZero() {
			t.Errorf("%v, %+v", err, list)
		}
	})
}

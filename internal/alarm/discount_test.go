package alarm

import (
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/i18n"
)

// TestManyDiscountsAreTold: 90 of 120 sales are above 40 % beyond chance; once
// they are not, the alarm is over.
func TestManyDiscountsAreTold(t *testing.T) {
	each(t, func(w *town) {
		w.hires("ola", auth.Owner, i18n.Polish)
		w.hires("tim", auth.Till, i18n.English)
		sells := func(n, discounted int) {
			w.Helper()
			w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
				for i := range n {
					event := tx.IDs().New()
					_, err := tx.Exec(w.Context(), `INSERT INTO sale (id, member_id, programme_id, occurred, reference, goods, total, nth) VALUES ($1, $2, $3, $4, '', 900, 900, 1)`, event, event, w.prog.ID, db.Micros(w.clock))
					if err == nil && i < discounted {
						_, err = tx.Exec(w.Context(), `INSERT INTO promo_redemption (member_id, event_id, no, programme_id, offer_id, version_id, code_id, amount, at) VALUES ($1, $2, 1, $3, 1, 1, 0, 100, $4)`, event, event, w.prog.ID, db.Micros(w.clock))
					}
					if err != nil {
						return err
					}
				}
				return nil
			}))
		}
		sells(99, 99) // too few to say anything of
		w.clock = w.clock.Add(day)
		w.watches()
		w.tells("")
		w.clock = w.clock.Add(30 * day)
		sells(120, 90)
		w.clock = w.clock.Add(day)
		w.watches()
		if len(w.post.letters) != 1 || !strings.Contains(w.post.letters[0].Text, "90 z 120 sprzedaży") || !strings.Contains(w.post.letters[0].Text, "/p/bean/offers/discounts") {
			t.Fatalf("told %+v", w.post.letters)
		}
		w.tells("ola: Bean: dużo rabatów")
		w.watches()
		w.tells("")
		sells(120, 0)
		w.clock = w.clock.Add(day)
		w.watches()
		if list, err := w.List(w.Context(), boss, w.prog.ID); err != nil || len(list) != 1 || list[0].Ended.IsZero() {
			t.Errorf("%v, %+v", err, list)
		}
	})
}

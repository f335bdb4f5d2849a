package giftcard

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"regulars/internal/db"
	"regulars/internal/i18n"
)

// TestCheckFindsWhatIsWrong plants one fault after the other.
func TestCheckFindsWhatIsWrong(t *testing.T) {
	each(t, func(w *town) {
		card := w.issue(Order{Count: 2, Value: 1000, Months: 12})[0]
		w.issue(Order{Count: 1, Value: 1000, Inactive: true})
		w.ok(w.charge(card, 400, 7))
		w.ok(w.refund(card, 100, 7, 8))
		w.sound()
		where := ` WHERE number = '` + card.Number + `'`
		for _, tc := range []struct{ plant, mend, want string }{
			{`UPDATE gift_card SET balance = balance + 1` + where, `UPDATE gift_card SET balance = balance - 1` + where, "the balance is 701, its movements come to 700"},
			{`UPDATE gift_card SET added = added + 1` + where, `UPDATE gift_card SET added = added - 1` + where, "1001 were added"},
			{`UPDATE gift_card SET spent = -1` + where, `UPDATE gift_card SET spent = 300` + where, "below zero"},
			{`UPDATE gift_card SET expired = 1` + where, `UPDATE gift_card SET expired = 0` + where, "1 expired"},
			{`UPDATE gift_card SET due = 1` + where, `UPDATE gift_card SET due = expires` + where, "the clock would miss"},
			{`UPDATE gift_card SET state = 'inactive'` + where, `UPDATE gift_card SET state = 'active'` + where, "inactive and holds money"},
			{`UPDATE gift_card SET state = 'lost'` + where, `UPDATE gift_card SET state = 'active'` + where, `its state is "lost"`},
			{`UPDATE gift_card SET tail = 'XXXX'` + where, `UPDATE gift_card SET tail = '` + tailOf(card.Number) + `'` + where, "cannot be found"},
			{`UPDATE gift_entry SET amount = 500` + where + ` AND kind = 'refund'`, `UPDATE gift_entry SET amount = 100` + where + ` AND kind = 'refund'`, "gave back 100 more than it took"},
			{`UPDATE gift_entry SET amount = -100` + where + ` AND kind = 'refund'`, `UPDATE gift_entry SET amount = 100` + where + ` AND kind = 'refund'`, "not above zero"},
			{`UPDATE gift_entry SET kind = 'magic'` + where + ` AND kind = 'refund'`, `UPDATE gift_entry SET kind = 'refund'` + where + ` AND kind = 'magic'`, "of no kind"},
			{`UPDATE gift_entry SET number = 'nobody''s'` + where + ` AND kind = 'refund'`, `UPDATE gift_entry SET number = '` + card.Number + `' WHERE number = 'nobody''s'`, "belongs to no gift card"},
		} {
			w.exec(tc.plant)
			faults, err := Check(w.Context(), w.db.Reader(), w.programme)
			w.ok(err)
			found := slices.ContainsFunc(faults, func(f Fault) bool { return strings.Contains(f.String(), tc.want) })
			if tc.want != "" && !found {
				w.Errorf("%s: found %v, want %q", tc.plant, faults, tc.want)
			}
			for _, f := range faults {
				if strings.Contains(f.String(), card.Number) {
					w.Errorf("the check tells a number: %s", f)
				}
			}
			w.exec(tc.mend)
		}
		w.sound()
	})
}

func (w *town) exec(query string) {
	w.Helper()
	w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(w.Context(), query)
		return err
	}))
}

// TestEverythingHasWords looks for the texts of failures, states, kinds and
// actions that the code of this room names.
func TestEverythingHasWords(t *testing.T) {
	catalog, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, s := range States() {
		want = append(want, s.Text().Key)
	}
	for _, k := range []Kind{KindIssue, KindTopUp, KindRefund, KindCharge, KindExpire} {
		want = append(want, k.Text().Key)
	}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	code, action := regexp.MustCompile(`fault\.\w+\("(\w+)"`), regexp.MustCompile(`"(giftcard\.[a-z_]+)"`)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		source, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range code.FindAllSubmatch(source, -1) {
			want = append(want, "fault."+string(m[1]))
		}
		for _, m := range action.FindAllSubmatch(source, -1) {
			want = append(want, "audit."+string(m[1]))
		}
	}
	if len(want) < 40 {
		t.Fatalf("only %d texts are wanted", len(want))
	}
	for _, key := range want {
		if !catalog.Has(key) {
			t.Errorf("%s has no words", key)
		}
	}
}

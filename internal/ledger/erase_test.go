package ledger

import (
	"database/sql"
	"strings"
	"testing"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// TestErase plants a marker wherever somebody can write something, and looks
// for it afterwards.
func TestErase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		threeWallets(t, d)
		said := func(event id.ID) Cause {
			return Cause{Event: event, Kind: CauseEvent, Reason: i18n.Text{Key: "x", Args: map[string]any{"note": "MARKER"}}}
		}
		var before Balance
		withAnn(t, d, 0, func(a *Account) error {
			a.Earn(at(0), Grant{EventID: 1, Amount: 10, RuleVersion: 5, Reason: i18n.Text{Key: "earn.rule"}})
			_, err := a.Adjust(at(0), 20, never, said(2))
			must(t, err)
			_, err = a.Adjust(at(0), -3, never, said(3))
			must(t, err)
			h, err := a.Hold(at(0), 9, never, said(4))
			must(t, err)
			must(t, a.Capture(at(0), h, 4, said(5)))
			_, err = a.Hold(at(0), 2, never, said(6))
			a.Clawback(at(0), a.LotsOf(1), 10, said(7))
			must(t, a.Reverse(at(0), ids(a, KindCapture), never, said(8)))
			before = a.Balance()
			return err
		})
		if n := markers(t, d); n == 0 {
			t.Fatal("no marker was planted")
		}
		must(t, d.InTx(t.Context(), func(tx *db.Tx) error { return Erase(t.Context(), tx, []id.ID{100, 101}) }))
		if n := markers(t, d); n != 0 {
			t.Errorf("%d markers are left", n)
		}
		withAnn(t, d, 0, func(a *Account) error {
			if a.Balance() != before || a.LotsOf(1)[0].Reason.Key != "earn.rule" {
				t.Errorf("%v is left, %+v", shown(a.Balance()), a.LotsOf(1)[0])
			}
			return nil
		})
		sound(t, d)
	}, Schema)
}

// markers counts the rows that hold the marker.
func markers(t *testing.T, d *db.DB) int {
	t.Helper()
	n := 0
	for _, table := range []string{"entry", "lot", "hold"} {
		rows, err := d.Reader().Query(t.Context(), "SELECT reason FROM "+table)
		list, err := db.Collect(rows, err, func(r *sql.Rows) (string, error) {
			var s string
			err := r.Scan(&s)
			return s, err
		})
		must(t, err)
		for _, s := range list {
			n += strings.Count(s, "MARKER")
		}
	}
	return n
}

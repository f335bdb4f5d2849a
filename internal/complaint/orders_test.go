package complaint

import (
	"testing"
	"time"

	"regulars/internal/db"
)

// TestOrdersAreCountedOffTheWay: few sales are counted when somebody asks; of
// many, what the job counted is read while it is young, and the job puts right
// what is wrong.
func TestOrdersAreCountedOffTheWay(t *testing.T) {
	each(t, func(w *town) {
		from := w.Now().Truncate(time.Hour).Add(48 * time.Hour) // the town has sold before
		for _, hours := range []int{0, 1, 1, 5, 20} {
			w.Set(from.Add(time.Duration(hours)*time.Hour + 10*time.Minute))
			w.buys("ann", 1000)
		}
		w.Pass(time.Hour)
		counts := func() [2]int64 {
			n, err := w.Orders(w.Context(), w.DB.Reader(), w.Programme.ID, from.Add(30*time.Minute), from.Add(5*time.Hour), w.Now())
			w.OK(err)
			return [2]int64{n[0], n[1]}
		}
		if got := counts(); got != [2]int64{3, 2} {
			t.Errorf("walked: %v", got)
		}
		plant := func(orders int64, age time.Duration) {
			w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
				if err := tx.Upsert(w.Context(), tableOrders, [][]any{{w.Programme.ID, db.Micros(from) / time.Hour.Microseconds(), int64(700)}}); err != nil {
					return err
				}
				return tx.Upsert(w.Context(), tableCounted, [][]any{{w.Programme.ID, db.Micros(w.Now().Add(-age)), orders}})
			}))
		}
		w.OK(w.CountOrders(w.Context()))
		for _, c := range []struct {
			name   string
			orders int64
			age    time.Duration
			want   [2]int64
		}{{"few", manyOrders - 1, 0, [2]int64{3, 2}}, {"young", manyOrders, counted, [2]int64{702, 2}}, {"old", manyOrders, counted + time.Second, [2]int64{3, 2}}} {
			if plant(c.orders, c.age); counts() != c.want {
				t.Errorf("%s: %v instead of %v", c.name, counts(), c.want)
			}
		}
		w.OK(w.CountOrders(w.Context()))
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(w.Context(), `UPDATE complaint_counted SET orders = $1`, int64(manyOrders))
			return err
		}))
		if got := counts(); got != [2]int64{3, 2} {
			t.Errorf("counted anew: %v", got)
		}
	})
}

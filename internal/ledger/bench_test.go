package ledger

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// BenchmarkPurchases loads, posts and saves a batch of purchases of as many
// members, one after another; the figure is per purchase.
func BenchmarkPurchases(b *testing.B) {
	for _, database := range []struct {
		name string
		open func(testing.TB, ...db.Schema) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		for _, size := range []int{1, 256} {
			b.Run(fmt.Sprintf("%s/%d", database.name, size), func(b *testing.B) {
				d := database.open(b, Schema)
				buy(b, d, 40, 256) // so that members have lots that come due
				b.ResetTimer()
				buy(b, d, b.N/size+1, size)
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "purchases/s")
			})
		}
	}
}

// buy lets so many members buy something in each of the batches, a day apart.
func buy(b *testing.B, d *db.DB, batches, size int) {
	b.Helper()
	w := wallet(PolicyDebt)
	random := rand.New(rand.NewPCG(uint64(batches), uint64(size)))
	for n := range batches {
		day := n % 40
		err := d.InTx(b.Context(), func(tx *db.Tx) error {
			keys := make([]AccountKey, size)
			for i := range keys {
				keys[i] = AccountKey{id.ID(1 + random.IntN(10_000)), w.ID}
			}
			accounts, err := Load(b.Context(), tx, keys, Need{Wallets: map[id.ID]*Wallet{w.ID: w}, Recorded: at(day), Until: at(day)})
			if err != nil {
				return err
			}
			var list []*Account
			for _, a := range accounts {
				a.Post(at(day), Releases|Expiries)
				a.Earn(at(day), Grant{
					EventID: tx.IDs().New(), Amount: 120, Activates: at(day + 14), Expires: at(day + 365), Shares: []int64{50, 40, 30},
					RuleVersion: 5, Reason: i18n.Text{Key: "earn.rule", Args: map[string]any{"rule": "points for goods", "rate": "1.25"}},
				})
				list = append(list, a)
			}
			return Save(b.Context(), tx, list)
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

package product

import (
	"context"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

// TestCheckOfFlagships finds too many of them, and one that is no product.
func TestCheckOfFlagships(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, boss := context.Background(), New(d), auth.System("test")
		find := func(want int) {
			t.Helper()
			faults, err := Check(ctx, d.Reader(), 1)
			if err != nil || len(faults) != want {
				t.Errorf("found %v, %v, want %d", faults, err, want)
			}
		}
		spoil := func(query string) {
			t.Helper()
			err := d.InTx(ctx, func(tx *db.Tx) error {
				_, err := tx.Exec(ctx, query)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		var many []Product
		for i := range MaxFlagships + 1 {
			many = append(many, Product{SKU: string(rune('A' + i)), Cost: 5})
		}
		if err := s.Upsert(ctx, boss, 1, many); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SetFlagship(ctx, boss, 1, "A", true); err != nil {
			t.Fatal(err)
		}
		find(0)
		spoil(`UPDATE product SET cost = -1 WHERE sku = 'B'`) // is no flagship
		find(0)
		spoil(`UPDATE product SET cost = -1 WHERE sku = 'A'`)
		find(1)
		spoil(`UPDATE product SET cost = 0, flagship = TRUE`)
		find(1)
	}, auth.Schema, Schema)
}

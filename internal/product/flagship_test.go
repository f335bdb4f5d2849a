package product

import (
	"context"
	"fmt"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
)

// TestFlagships marks a product, imports it anew, and takes the mark off.
func TestFlagships(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, s, boss := context.Background(), New(d), auth.System("test")
		put := func(list ...Product) {
			t.Helper()
			if err := s.Upsert(ctx, boss, 1, list); err != nil {
				t.Fatal(err)
			}
		}
		put(Product{SKU: "lamp", Name: "Lamp"}, Product{SKU: "bulb"})
		for range 2 {
			if p, err := s.SetFlagship(ctx, boss, 1, "lamp", true); err != nil || !p.Flagship || p.Name != "Lamp" {
				t.Fatalf("marked %+v, %v", p, err)
			}
		}
		put(Product{SKU: "lamp", Name: "Table lamp"})
		if list, err := s.Flagships(ctx, boss, 1); err != nil || len(list) != 1 || list[0].Name != "Table lamp" {
			t.Errorf("flagships %+v, %v", list, err)
		}
		if list, err := s.Flagships(ctx, boss, 2); err != nil || len(list) != 0 {
			t.Errorf("another programme has %+v, %v", list, err)
		}
		if _, err := s.SetFlagship(ctx, boss, 1, "sofa", true); fault.As(err) == nil || fault.As(err).Code != "unknown_product" {
			t.Errorf("marking what is not there: %v", err)
		}
		if p, err := s.SetFlagship(ctx, boss, 1, "lamp", false); err != nil || p.Flagship {
			t.Errorf("unmarked %+v, %v", p, err)
		}
		var many []Product
		for i := range MaxFlagships + 1 {
			many = append(many, Product{SKU: fmt.Sprint("p", i)})
		}
		put(many...)
		for i, p := range many {
			if _, err := s.SetFlagship(ctx, boss, 1, p.SKU, true); (err != nil) != (i == MaxFlagships) {
				t.Errorf("flagship %d: %v", i+1, err)
			}
		}
		var n int
		if err := d.Reader().QueryRow(ctx, `SELECT COUNT(*) FROM audit_row WHERE action IN ('product.flagship', 'product.no_flagship')`).Scan(&n); err != nil || n != MaxFlagships+2 {
			t.Errorf("%d traces, %v", n, err)
		}
	}, auth.Schema, Schema)
}

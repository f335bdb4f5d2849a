package promo_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/promo"
)

// shop opens a shop and returns its identifier.
func (o *office) shop(t *testing.T, code string) id.ID {
	t.Helper()
	s, err := program.New(o.d).AddShop(t.Context(), boss, program.Shop{ProgrammeID: o.programme, Code: code, Name: code})
	if err != nil {
		t.Fatal(err)
	}
	return s.ID
}

func in(b promo.Basket, shop id.ID, code string) promo.Basket {
	facts := *b.Facts
	b.ShopID, facts.Shop, b.Facts = shop, code, &facts
	return b
}

// TestShopBudgets gives each shop its own, one more to one, and one to all
// sales without a shop.
func TestShopBudgets(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		riga, oslo := o.shop(t, "riga"), o.shop(t, "oslo")
		o.create(t, "Spring", off(t, "100", `,"per_shop":[{"period":"day","uses":1},{"shop":"riga","period":"day","amount":250},{"period":"month","uses":4}]`))
		s, today := o.set(t), saleOf(10000, o.now)
		tomorrow := saleOf(10000, o.now.AddDate(0, 0, 1))
		for _, sale := range []struct {
			b    promo.Basket
			want int64
		}{
			{in(today, riga, "riga"), 100}, {in(today, riga, "riga"), 100}, {in(today, riga, "riga"), 0}, // the third would pass 2.50
			{in(today, oslo, "oslo"), 100}, {in(today, oslo, "oslo"), 0},
			{today, 100}, {today, 0},
			{in(tomorrow, riga, "riga"), 100}, {in(tomorrow, riga, "riga"), 100}, {in(tomorrow, riga, "riga"), 0}, // four this month
			{in(tomorrow, oslo, "oslo"), 100},
		} {
			o.must(t, s, 1, sale.b, sale.want)
		}
		p, err := o.sell(t.Context(), s, 1, in(today, oslo, "oslo"))
		if err != nil || len(p.Refused) != 1 || p.Refused[0].Why != "shop_budget" {
			t.Errorf("got %+v, %v", p.Refused, err)
		}
		o.sound(t)
	})
}

// TestShopBudgetRace sells from many sides at once, in two shops, from nothing
// until the budgets of both are used up.
func TestShopBudgetRace(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		const sellers, sales = 8, 8
		shops := []id.ID{o.shop(t, "riga"), o.shop(t, "oslo")}
		v := o.create(t, "Spring", off(t, "90", `,"per_shop":[{"period":"day","amount":1000},{"shop":"oslo","period":"year","uses":7}]`))
		s := o.set(t)
		var wg sync.WaitGroup
		for seller := range sellers {
			code := []string{"riga", "oslo"}[seller%2]
			wg.Go(func() {
				for range sales {
					for {
						_, err := o.sell(context.Background(), s, id.ID(seller+1), in(saleOf(10000, o.now), shops[seller%2], code))
						if fault.KindOf(err) == fault.KindBusy || db.Retryable(err) {
							continue
						}
						if err != nil {
							t.Error(err)
						}
						break
					}
				}
			})
		}
		wg.Wait()
		budgets, err := promo.LoadShopBudgets(t.Context(), o.d.Reader(), append(s.ShopLimits(o.now, shops[0], "riga"), s.ShopLimits(o.now, shops[1], "oslo")...))
		if err != nil || len(budgets) != 3 {
			t.Fatalf("got %+v, %v", budgets, err)
		}
		for slot, b := range budgets {
			if want := map[id.ID]int64{shops[0]: 11, shops[1]: 7}[slot.ShopID]; b.Uses != want || b.Amount != 90*want || slot.OfferID != v.OfferID {
				t.Errorf("in %v per %s it gave %+v", slot.ShopID, slot.Period, b)
			}
		}
		o.sound(t)
	})
}

// TestCheckFindsWrongShopBudgets breaks a budget, and its limit.
func TestCheckFindsWrongShopBudgets(t *testing.T) {
	eachOffice(t, func(t *testing.T, o *office) {
		riga := o.shop(t, "riga")
		o.create(t, "Spring", off(t, "100", `,"per_shop":[{"period":"ever","uses":2}]`))
		o.must(t, o.set(t), 1, in(saleOf(10000, o.now), riga, "riga"), 100)
		o.sound(t)
		for _, wrong := range [][2]string{
			{`UPDATE promo_shop_budget SET uses = 3`, "overdrawn"},
			{`DELETE FROM promo_shop_budget`, "says 0 uses and 0, the redemptions say 1 and 100"},
		} {
			err := o.d.InTx(t.Context(), func(tx *db.Tx) error {
				_, err := tx.Exec(t.Context(), wrong[0])
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			faults, err := promo.Check(t.Context(), o.d.Reader(), o.programme)
			found := ""
			for _, f := range faults {
				found += f.What + "\n"
			}
			if err != nil || !strings.Contains(found, wrong[1]) {
				t.Errorf("%s: found %q, %v", wrong[0], found, err)
			}
		}
	})
}

package touch

import (
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/sale"
)

// buysGoods notes a sale of some products under an order's number.
func (w *town) buysGoods(m id.ID, order string, skus ...string) {
	w.Helper()
	w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
		e := &journal.Event{
			ID: tx.IDs().New(), ProgrammeID: w.Programme.ID, MemberID: m, Kind: journal.Purchase, Source: "shop", ExternalID: order,
			Occurred: w.Now(), Recorded: w.Now(), Body: []byte("{}"),
		}
		if err := journal.Append(w.Context(), tx, []*journal.Event{e}); err != nil {
			return err
		}
		s := &sale.Sale{ID: e.ID, ProgrammeID: w.Programme.ID, MemberID: m, Occurred: w.Now(), Reference: order, Nth: 1}
		for i, sku := range skus {
			s.Lines = append(s.Lines, sale.Line{No: i + 1, SKU: sku, Name: "The " + sku, Quantity: 1000, Amount: 100, Fee: sku == "post"})
			s.Goods, s.Total = s.Goods+100, s.Total+100
		}
		return sale.Save(w.Context(), tx, sale.Changes{New: []*sale.Sale{s}})
	}))
}

// TestProductsAndWhoComesBack lets 24 customers buy, half of whom leave a
// positive review, and most of those come back.
func TestProductsAndWhoComesBack(t *testing.T) {
	each(t, func(w *town) {
		start, day := w.Now(), 24*time.Hour
		customers := make([]id.ID, 24)
		for i := range customers {
			customers[i] = w.Joins()
			goods := []string{"tea", "post"}
			if i%4 == 0 {
				goods = append(goods, "cup")
			}
			w.buysGoods(customers[i], order(i), goods...)
			w.buysGoods(customers[i], "again "+order(i), "tea")
		}
		for i := range 13 {
			w.reads(order(i), func(s *Seen) {
				s.Order = order(i)
				if i == 12 {
					s.Rating = 2
				}
			})
		}
		w.Set(start.Add(70 * day))
		for i := range 14 {
			if i > 2 { // 9 of 12 reviewers and 2 of 12 others
				w.buysGoods(customers[i], "later "+order(i), "tea")
			}
		}
		w.Set(start.Add(150 * day))
		s, err := w.Support(w.Context(), system, w.Programme.ID, start.Add(-day), start.Add(30*day))
		w.OK(err)
		if len(s.Products) != 2 || s.Products[0].SKU != "tea" || s.Products[0].Name != "The tea" || s.Products[1].SKU != "cup" {
			t.Fatalf("the products are %+v", s.Products)
		}
		// Customers 0, 4 and 8 praise an order with a cup, 12 blames one.
		if tea, cup := s.Products[0].Index, s.Products[1].Index; tea.Base != 24 || tea.Sure != 12 || cup.Base != 6 || cup.Sure != 3 || cup.Possible != 3 {
			t.Errorf("tea %+v, cup %+v", tea, cup)
		}
		want := [2]Return{{12, 9}, {12, 2}}
		if got := [2]Return{s.Reviewers, s.Others}; got != want || !s.ReturnFrom.Equal(start.Add(-day)) {
			t.Errorf("back came %v since %v, want %v", got, s.ReturnFrom, want)
		}
		// Of the last 90 days nobody can know yet; those before tell the same.
		s, err = w.Support(w.Context(), system, w.Programme.ID, w.Now().Add(-90*day), w.Now())
		w.OK(err)
		if got := [2]Return{s.Reviewers, s.Others}; got != want || !s.ReturnTo.Equal(start.Add(60*day)) {
			t.Errorf("of the period before %v came back until %v, want %v", got, s.ReturnTo, want)
		}
		if s.Positive != 0 || s.ByCustomers.Base != 11 {
			t.Errorf("the period itself is %+v", s)
		}
	})
}

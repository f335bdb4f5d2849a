package partner

import (
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/sale"
)

// slowBack goes through all that ever came back, and notes of each sale what is
// left of its discounts before and after.
func slowBack(q db.Queryer, b *book, events map[id.ID]journal.Event, sales map[id.ID]*sold) ([]Line, error) {
	stock := map[id.ID]*sale.Sale{}
	err := sale.Each(ctx, q, b.programme, func(s *sale.Sale) error {
		stock[s.ID] = s
		for i := range s.Lines {
			s.Lines[i].ReturnedQuantity = 0
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	left := func(of id.ID, offer id.ID) (sum int64) {
		for _, d := range sales[of].discounts {
			if l := stock[of].Lines[d.Line-1]; d.offer == offer {
				sum += d.Amount - d.Amount*l.ReturnedQuantity/l.Quantity
			}
		}
		return sum
	}
	made := map[lineKey]*Line{}
	var lines []Line
	err = sale.EachBrought(ctx, q, b.programme, func(m sale.Brought) error {
		of := stock[m.SaleID]
		before := map[id.ID]int64{}
		shared := sales[m.SaleID]
		if shared == nil {
			return nil
		}
		for _, l := range shared.lines {
			before[l.OfferID] = left(of.ID, l.OfferID)
		}
		of.Lines[m.SaleLine-1].ReturnedQuantity += m.Quantity
		for _, l := range shared.lines {
			e := events[m.EventID]
			l.EventID, l.Occurred, l.Recorded = e.ID, e.Occurred, e.Recorded
			if made[l.key()] == nil {
				l.Quantity = 0
				made[l.key()] = &l
			}
			made[l.key()].Quantity += left(of.ID, l.OfferID) - before[l.OfferID]
		}
		return nil
	})
	for _, l := range made {
		if l.Quantity != 0 {
			lines = append(lines, *l)
		}
	}
	return lines, err
}

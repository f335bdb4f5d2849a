package console

import (
	"slices"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/sale"
	"regulars/internal/web"
)

// purchasePage is how many sales a page has.
const purchasePage = 20

// purchases is a page of what a member bought.
type purchases struct {
	trail trail
	next  string
	sales []*sale.Sale
	shops map[id.ID]string
	// one is the only sale asked for, or 0; settled tells how it was priced and
	// paid, where the programme did that.
	one     id.ID
	settled *flow.Settlement
}

func (c *Console) memberPurchases(v *visit) error {
	p, done, err := c.meetMember(v)
	if err != nil || done {
		return err
	}
	list := &purchases{trail: v.trail()}
	err = c.DB.View(v.ctx(), func(q db.Queryer) error {
		if err := list.read(v, q, p); err != nil {
			return err
		}
		list.shops, err = shopNames(v, q)
		return err
	})
	if err != nil {
		return err
	}
	return v.render(purchasesPage(v, p, list))
}

// read reads the one sale that is asked for, or a page of them.
func (l *purchases) read(v *visit, q db.Queryer, p *person) error {
	if wanted := v.field("sale"); wanted != "" {
		one, err := id.Parse(id.Sale, wanted)
		if err != nil {
			return err
		}
		s, err := sale.Get(v.ctx(), q, p.Aliases, one)
		l.one, l.sales = one, []*sale.Sale{s}
		if err == nil && s.Priced {
			l.settled, err = flow.Settled(v.ctx(), q, s)
		}
		return err
	}
	at, err := journal.ParseCursor(l.trail.mark())
	if err != nil {
		return err
	}
	found, err := sale.List(v.ctx(), q, p.Aliases, sale.Cursor(at), purchasePage+1)
	if err != nil {
		return err
	}
	if len(found) > purchasePage {
		found = found[:purchasePage]
		l.next = journal.Cursor(sale.After(found[purchasePage-1])).String()
	}
	return l.fill(v, q, found)
}

// fill reads the lines of the sales.
func (l *purchases) fill(v *visit, q db.Queryer, found []*sale.Sale) error {
	keys := make([]sale.SaleKey, len(found))
	for i, s := range found {
		keys[i] = sale.SaleKey{MemberID: s.MemberID, ID: s.ID}
	}
	whole, err := sale.LoadSales(v.ctx(), q, keys)
	if err != nil {
		return err
	}
	for _, s := range found {
		l.sales = append(l.sales, whole[s.ID])
	}
	l.sales = slices.DeleteFunc(l.sales, func(s *sale.Sale) bool { return s == nil })
	return nil
}

func (l *purchases) cursor(v *visit, p *person) web.Cursor {
	var c web.Cursor
	if len(l.trail) > 0 {
		c.Previous = p.at(v, "/purchases", trailName, l.trail.back())
	}
	if l.next != "" {
		c.Next = p.at(v, "/purchases", trailName, l.trail.forth(l.next))
	}
	return c
}

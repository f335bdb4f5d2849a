package touch

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/sale"
)

// sold is the sale that an order's number names.
type sold struct {
	// Customer is 0 where sources name the sales of several customers so.
	Customer, Shop id.ID
	Erased         bool
	key            sale.SaleKey
}

// survivor is the id of whom a member was merged into, or its own.
const survivor = `CASE WHEN m.merged_into = 0 THEN m.id ELSE m.merged_into END`

// sources names every source of events of a programme, hopping from one to the
// next along the key.
const sources = `WITH RECURSIVE hop(source) AS (
		SELECT MIN(source) FROM event_key WHERE programme_id = $1
		UNION ALL
		SELECT (SELECT MIN(k.source) FROM event_key AS k WHERE k.programme_id = $1 AND k.source > hop.source) FROM hop WHERE hop.source IS NOT NULL
	) SELECT source FROM hop WHERE source IS NOT NULL`

// findOrders returns the sales that orders name, whatever source told of them.
func findOrders(ctx context.Context, q db.Queryer, programme id.ID, refs []string) (map[string]sold, error) {
	found := map[string]sold{}
	if len(refs) == 0 {
		return found, nil
	}
	rows, err := q.Query(ctx, sources, programme)
	from, err := db.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
	if err != nil {
		return nil, fmt.Errorf("finding sources of sales: %w", err)
	}
	const chunk = 2000
	for ; len(refs) > 0; refs = refs[min(chunk, len(refs)):] {
		for _, source := range from {
			if err := findSold(ctx, q, programme, source, refs[:min(chunk, len(refs))], found); err != nil {
				return nil, err
			}
		}
	}
	return found, nil
}

func findSold(ctx context.Context, q db.Queryer, programme id.ID, source string, refs []string, found map[string]sold) error {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT k.external_id, `+survivor+`, s.shop_id, m.status = `+args.Add(string(member.Erased))+`, s.member_id, s.id FROM event_key AS k
		JOIN sale AS s ON s.member_id = k.member_id AND s.id = k.event_id JOIN member AS m ON m.id = s.member_id
		WHERE k.programme_id = `+args.Add(programme)+` AND k.source = `+args.Add(source)+` AND k.external_id IN `+args.InText(refs), args.Values()...)
	err = db.Each(rows, err, func(r *sql.Rows) (kv struct {
		ref string
		sold
	}, err error) {
		return kv, r.Scan(&kv.ref, &kv.Customer, &kv.Shop, &kv.Erased, &kv.key.MemberID, &kv.key.ID)
	}, func(kv struct {
		ref string
		sold
	}) error {
		if other, twice := found[kv.ref]; twice && other.Customer != kv.Customer {
			kv.sold = sold{Erased: kv.Erased || other.Erased}
		}
		found[kv.ref] = kv.sold
		return nil
	})
	if err != nil {
		return fmt.Errorf("finding the sales of orders: %w", err)
	}
	return nil
}

// ordersOf returns the numbers by which sales of members are known.
func ordersOf(ctx context.Context, q db.Queryer, members []id.ID) ([]string, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT DISTINCT s.reference FROM `+sale.ByMember+` WHERE e.member_id IN `+args.In(members)+` ORDER BY 1`, args.Values()...)
	refs, err := db.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
	if err != nil {
		return nil, fmt.Errorf("finding the orders of a person: %w", err)
	}
	return refs, nil
}

// Support returns the Support Index of a period, from a moment to before
// another. It needs touch.read.
func (s *Service) Support(ctx context.Context, a auth.Actor, programme id.ID, from, to time.Time) (Support, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return Support{}, err
	}
	var f Facts
	err := s.DB.View(ctx, func(q db.Queryer) (err error) {
		f, err = s.facts(ctx, q, programme, from, to)
		return err
	})
	return Reckon(f), err
}

// period gathers the facts of one.
type period struct {
	programme id.ID
	from, to  time.Time
	cards     map[string]Card // by order
	orders    map[string]sold
	drawn     []Order
	reviews   []*Review
	// goods are the products of orders that reviews and clicks name, by order.
	goods map[string][]string
}

func (s *Service) facts(ctx context.Context, q db.Queryer, programme id.ID, from, to time.Time) (Facts, error) {
	p := &period{programme: programme, from: from, to: to, cards: map[string]Card{}}
	var f Facts
	for _, read := range []func(context.Context, db.Queryer, *Facts) error{p.readCards, p.readReviews, p.readOrders, p.readClicks, p.readServed, p.readProducts} {
		if err := read(ctx, q, &f); err != nil {
			return f, err
		}
	}
	p.compare(&f)
	return f, s.returns(ctx, q, p, &f)
}

func (p *period) readCards(ctx context.Context, q db.Queryer, f *Facts) error {
	list, err := selectCards(ctx, q, `programme_id = $1 AND order_ref <> ''`, p.programme)
	for _, c := range list {
		p.cards[c.Order] = c
		if !c.Bound.Before(p.from) && c.Bound.Before(p.to) {
			f.Cards++
		}
	}
	return err
}

func (p *period) readReviews(ctx context.Context, q db.Queryer, _ *Facts) (err error) {
	p.reviews, err = selectReviews(ctx, q, `programme_id = $1 AND occurred >= $2 AND occurred < $3 ORDER BY occurred, id`, p.programme, db.Micros(p.from), db.Micros(p.to))
	return err
}

// readOrders finds the sales of every order that a review, a card or the drawing
// names, and makes facts of the reviews.
func (p *period) readOrders(ctx context.Context, q db.Queryer, f *Facts) error {
	rows, err := q.Query(ctx, `SELECT order_ref, card, share, code FROM touch_order WHERE programme_id = $1 AND drawn >= $2 AND drawn < $3 AND share > 0`,
		p.programme, db.Micros(p.from), db.Micros(p.to))
	p.drawn, err = db.Collect(rows, err, func(r *sql.Rows) (o Order, err error) { return o, r.Scan(&o.Ref, &o.Card, &o.Share, &o.Code) })
	if err != nil {
		return fmt.Errorf("reading drawn orders: %w", err)
	}
	seen := map[string]bool{}
	for _, r := range p.reviews {
		seen[r.Order] = true
	}
	for ref := range p.cards {
		seen[ref] = true
	}
	delete(seen, "")
	refs := make([]string, 0, len(seen))
	for ref := range seen {
		refs = append(refs, ref)
	}
	if p.orders, err = findOrders(ctx, q, p.programme, refs); err != nil {
		return err
	}
	for _, r := range p.reviews {
		o := p.orders[r.Order]
		_, card := p.cards[r.Order]
		f.Reviews = append(f.Reviews, ReviewFact{At: r.Occurred, Positive: r.Positive(), Spot: spot(r.Platform, r.Place), Customer: o.Customer, Shop: o.Shop, Card: card})
	}
	return nil
}

// productsOf notes the products of orders, by their numbers.
func (p *period) productsOf(ctx context.Context, q db.Queryer, refs map[string]bool) error {
	byKey := map[id.ID][]string{}
	var keys []sale.SaleKey
	for ref := range refs {
		if o, found := p.orders[ref]; found && o.Customer != 0 {
			byKey[o.key.ID] = append(byKey[o.key.ID], ref)
			keys = append(keys, o.key)
		}
	}
	p.goods = map[string][]string{}
	for part := range slices.Chunk(keys, 500) {
		sales, err := sale.LoadSales(ctx, q, part)
		if err != nil {
			return err
		}
		for n, s := range sales {
			for _, ref := range byKey[n] {
				p.goods[ref] = skus(s)
			}
		}
	}
	return nil
}

func skus(s *sale.Sale) (list []string) {
	for _, l := range s.Lines {
		if !l.Fee && l.SKU != "" && !slices.Contains(list, l.SKU) {
			list = append(list, l.SKU)
		}
	}
	return list
}

// spot names a place at a platform.
func spot(platform Platform, place string) string { return string(platform) + "\x00" + place }

// readClicks reads who went on to a platform, from before the period as far as a
// click may lead to a review in it.
func (p *period) readClicks(ctx context.Context, q db.Queryer, f *Facts) error {
	points, err := selectTouchpoints(ctx, q, `programme_id = $1`, p.programme)
	if err != nil {
		return err
	}
	spots := map[id.ID]map[Platform]string{}
	for _, t := range points {
		spots[t.ID] = map[Platform]string{}
		for _, l := range t.Links {
			spots[t.ID][l.Platform] = spot(l.Platform, l.Place)
		}
	}
	byCode := map[string]Card{}
	for _, c := range p.cards {
		byCode[c.Code] = c
	}
	rows, err := q.Query(ctx, `SELECT hour, code, platform, touchpoint_id, visits FROM touch_visit
		WHERE programme_id = $1 AND hour >= $2 AND hour < $3 AND platform <> '' ORDER BY hour, code, platform`,
		p.programme, db.Micros(p.from.Add(-attribution-time.Hour)), db.Micros(p.to))
	f.Clicks, err = db.Collect(rows, err, func(r *sql.Rows) (c ClickFact, err error) {
		var hour int64
		var code string
		var platform Platform
		var touchpoint id.ID
		err = r.Scan(&hour, &code, &platform, &touchpoint, &c.Visits)
		c.order = byCode[code].Order
		o := p.orders[c.order]
		c.Hour, c.Spot, c.Customer, c.Shop = db.Time(hour), spots[touchpoint][platform], o.Customer, o.Shop
		return c, err
	})
	if err != nil {
		return fmt.Errorf("reading clicks: %w", err)
	}
	return nil
}

// readServed counts customers of the period, all of them and by shop.
func (p *period) readServed(ctx context.Context, q db.Queryer, f *Facts) error {
	from, to := db.Micros(p.from), db.Micros(p.to)
	const served = ` FROM sale AS s JOIN member AS m ON m.id = s.member_id WHERE s.programme_id = $1 AND s.occurred >= $2 AND s.occurred < $3`
	if err := q.QueryRow(ctx, `SELECT COUNT(DISTINCT `+survivor+`)`+served, p.programme, from, to).Scan(&f.Served); err != nil {
		return fmt.Errorf("counting customers: %w", err)
	}
	f.Shops = map[id.ID]int64{}
	rows, err := q.Query(ctx, `SELECT s.shop_id, COUNT(DISTINCT `+survivor+`)`+served+` AND s.shop_id <> 0 GROUP BY s.shop_id`, p.programme, from, to)
	err = db.Each(rows, err, func(r *sql.Rows) (kv [2]int64, err error) { return kv, r.Scan(&kv[0], &kv[1]) }, func(kv [2]int64) error {
		f.Shops[id.ID(kv[0])] = kv[1]
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting customers by shop: %w", err)
	}
	return nil
}

// shownProducts is how many products have an index of their own.
const shownProducts = 50

// readProducts counts the customers of the products that most bought, and notes
// the products of whatever a review or a click is of.
func (p *period) readProducts(ctx context.Context, q db.Queryer, f *Facts) error {
	refs := map[string]bool{}
	for _, r := range p.reviews {
		refs[r.Order] = r.Positive() || refs[r.Order]
	}
	for _, c := range f.Clicks {
		refs[c.order] = true
	}
	if err := p.productsOf(ctx, q, refs); err != nil {
		return err
	}
	for i, r := range p.reviews {
		f.Reviews[i].Products = p.goods[r.Order]
	}
	for i, c := range f.Clicks {
		f.Clicks[i].Products = p.goods[c.order]
	}
	rows, err := q.Query(ctx, `SELECT l.sku, MAX(l.name), COUNT(DISTINCT `+survivor+`) AS customers FROM sale AS s
		JOIN sale_line AS l ON l.member_id = s.member_id AND l.sale_id = s.id JOIN member AS m ON m.id = s.member_id
		WHERE s.programme_id = $1 AND s.occurred >= $2 AND s.occurred < $3 AND NOT l.fee AND l.sku <> ''
		GROUP BY l.sku ORDER BY customers DESC, l.sku LIMIT $4`, p.programme, db.Micros(p.from), db.Micros(p.to), shownProducts)
	f.Products, err = db.Collect(rows, err, func(r *sql.Rows) (n ProductFact, err error) { return n, r.Scan(&n.SKU, &n.Name, &n.Served) })
	if err != nil {
		return fmt.Errorf("counting customers by product: %w", err)
	}
	return nil
}

// compare counts drawn orders and those with a positive review that names them.
// Only such reviews count, on both sides: a click needs a card.
func (p *period) compare(f *Facts) {
	praised := map[string]bool{}
	for _, r := range p.reviews {
		praised[r.Order] = praised[r.Order] || r.Positive()
	}
	for _, o := range p.drawn {
		arm := &f.Without
		if o.Card {
			arm = &f.WithCard
		}
		arm.Orders++
		if praised[o.Ref] {
			arm.Reviewed++
		}
	}
}

// returnSpan is how long after a period customers may have come back.
const returnSpan = 90 * 24 * time.Hour

// returns reads who came back: of the period, or of the last one as long whose
// customers have had their time since.
func (s *Service) returns(ctx context.Context, q db.Queryer, p *period, f *Facts) error {
	if late := p.to.Add(returnSpan).Sub(s.Now()); late > 0 {
		p = &period{programme: p.programme, from: p.from.Add(-late), to: p.to.Add(-late), cards: p.cards}
		if err := p.readReviews(ctx, q, nil); err != nil {
			return err
		}
		before := Facts{}
		if err := p.readOrders(ctx, q, &before); err != nil {
			return err
		}
		reviews := f.Reviews
		f.Reviews = before.Reviews
		defer func() { f.Reviews = reviews }()
	}
	f.ReturnFrom, f.ReturnTo = p.from, p.to
	return p.readReturns(ctx, q, f)
}

// readReturns counts who of the customers bought again after the period.
func (p *period) readReturns(ctx context.Context, q db.Queryer, f *Facts) error {
	const bought = `SELECT DISTINCT ` + survivor + ` AS customer FROM sale AS s JOIN member AS m ON m.id = s.member_id
		WHERE s.programme_id = $1 AND s.occurred >= `
	rows, err := q.Query(ctx, `SELECT a.customer, b.customer IS NOT NULL FROM (`+bought+`$2 AND s.occurred < $3) AS a
		LEFT JOIN (`+bought+`$3 AND s.occurred < $4) AS b ON b.customer = a.customer`,
		p.programme, db.Micros(p.from), db.Micros(p.to), db.Micros(p.to.Add(returnSpan)))
	reviewers := map[id.ID]bool{}
	for _, r := range f.Reviews {
		if r.Positive {
			reviewers[r.Customer] = true
		}
	}
	type came struct {
		customer id.ID
		back     bool
	}
	err = db.Each(rows, err, func(r *sql.Rows) (c came, err error) { return c, r.Scan(&c.customer, &c.back) }, func(c came) error {
		side := &f.Others
		if reviewers[c.customer] {
			side = &f.Reviewers
		}
		side.Customers++
		if c.back {
			side.Back++
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("counting who came back: %w", err)
	}
	return nil
}

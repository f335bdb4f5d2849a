package partner

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// TestEveryEntryIsSettledOnce plays months of sales, payments, returns, late
// events, merges and closings in a random order, with a reader that comes by
// when it likes. Whenever one looks, the statements add up to the ledger, and
// closed ones stay as they are.
func TestEveryEntryIsSettledOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		runs := 0
		rapid.Check(t, func(r *rapid.T) {
			runs++
			play(r, newTown(r, d, fmt.Sprintf("tea-%d", runs)))
		})
	}, schemas...)
}

type game struct {
	*town
	r       *rapid.T
	sold    []string
	members []id.ID
	closed  map[string]string
	parted  []member.Merging
}

func play(r *rapid.T, w *town) {
	defer w.flow.Close()
	g := &game{town: w, r: r, closed: map[string]string{}}
	g.perhapsShared()
	for range rapid.IntRange(5, 25).Draw(r, "steps") {
		w.clock = w.clock.Add(time.Duration(rapid.IntRange(1, 9*24).Draw(r, "hours")) * time.Hour)
		switch rapid.IntRange(0, 9).Draw(r, "step") {
		case 0, 1, 2, 3:
			g.sale()
		case 4, 5:
			g.back()
		case 6:
			g.merge()
		case 7:
			w.read()
		default:
			g.close()
		}
	}
	w.read()
	w.balanced()
	g.total()
}

// perhapsShared lets both partners bear a part of an offer, or neither.
func (g *game) perhapsShared() {
	if !rapid.Bool().Draw(g.r, "shared") {
		return
	}
	offer := g.tenth()
	for p, part := range map[id.ID]money.Rate{g.baker.ID: money.NewRate(3, 10), g.cinema.ID: money.NewRate(1, 2)} {
		_, err := g.ShareOffer(ctx, boss, g.prog.ID, Share{OfferID: offer, PartnerID: p, Part: part})
		g.ok(err)
	}
}

func (g *game) sale() {
	g.n++
	number := fmt.Sprint("s", g.n)
	shop := rapid.SampledFrom([]string{"own", "bakery", "cinema"}).Draw(g.r, "shop")
	who := rapid.SampledFrom([]string{"ann", "bob", "cid"}).Draw(g.r, "who")
	points := rapid.SampledFrom([]int64{0, 0, 1, 7, 20}).Draw(g.r, "points")
	e := g.buys(number, who, shop, points, rapid.Int64Range(1, 60_00).Draw(g.r, "price"), rapid.Int64Range(30_00, 90_00).Draw(g.r, "price"))
	if rapid.IntRange(0, 4).Draw(g.r, "late") == 0 {
		e.Occurred = g.clock.AddDate(0, 0, -rapid.IntRange(0, 40).Draw(g.r, "days"))
	}
	a, err := g.take(e)
	if f := fault.As(err); f != nil {
		return // there are not so many points
	}
	g.ok(err)
	g.sold = append(g.sold, number)
	if !slices.Contains(g.members, a.MemberID) {
		g.members = append(g.members, a.MemberID)
	}
}

func (g *game) back() {
	if len(g.sold) == 0 {
		return
	}
	g.n++
	shop := rapid.SampledFrom([]string{"own", "bakery", "cinema", ""}).Draw(g.r, "shop")
	e := g.town.back(fmt.Sprint("r", g.n), rapid.SampledFrom(g.sold).Draw(g.r, "sale"), shop, rapid.IntRange(1, 2).Draw(g.r, "line"))
	if rapid.Bool().Draw(g.r, "cancel") {
		e.Payload.Return = &flow.Return{SaleReference: e.Payload.Return.SaleReference, Cancel: true}
	}
	_, err := g.take(e)
	if err != nil && fault.As(err) == nil {
		g.ok(err)
	}
}

func (g *game) merge() {
	if len(g.members) < 2 {
		return
	}
	i := rapid.IntRange(1, len(g.members)-1).Draw(g.r, "loser")
	m, err := g.flow.Merge(ctx, boss, g.prog.ID, g.members[0], g.members[i])
	g.ok(err)
	g.parted = append(g.parted, m)
	g.members = slices.Delete(g.members, i, i+1)
}

// close closes a month that is over, or one that was closed.
func (g *game) close() {
	last := MonthOf(g.clock, g.prog.Zone).Before()
	for range rapid.IntRange(0, 2).Draw(g.r, "back") {
		last = last.Before()
	}
	p := rapid.SampledFrom([]Partner{g.baker, g.cinema}).Draw(g.r, "partner")
	s := g.closes(p, last)
	key := p.Name + last.String()
	if was, before := g.closed[key]; before && was != s.Hash {
		g.Errorf("%s was closed twice", key)
	}
	g.closed[key] = s.Hash
	if rapid.Bool().Draw(g.r, "look") {
		g.balanced()
	}
}

// total adds all statements up, by the entries themselves.
func (g *game) total() {
	seen := map[lineKey]bool{}
	points := map[Side]int64{}
	for _, p := range []Partner{g.baker, g.cinema} {
		list, err := g.Statements(ctx, boss, g.prog.ID, p.ID)
		g.ok(err)
		for _, s := range list {
			whole := g.statement(p, s.Month)
			sum := int64(0)
			for _, l := range whole.Lines {
				key := l.key()
				if l.Side != Offer { // an entry is settled once, whatever the event
					key = lineKey{side: l.Side, source: l.SourceID}
				}
				if seen[key] {
					g.Errorf("%s is in two statements", l.Source())
				}
				seen[key] = true
				if l.theirs() == (l.Receipt == "") {
					g.Errorf("the receipt of %s at %s is %q", l.Source(), l.Rate, l.Receipt)
				}
				points[l.Side] += l.Quantity
				sum += l.Amount
			}
			for _, f := range whole.Fees {
				sum += f.Amount
			}
			if sum != whole.Total || s.Total != whole.Total {
				g.Errorf("the lines of %s come to %d, the statement to %d", s.Month, sum, whole.Total)
			}
		}
	}
	// The ledger, asked in another way: by the shop of the sale in the sale room.
	want := map[Side]int64{Issue: g.ledgerSum(issuedAtPartners), Redeem: g.ledgerSum(spentAtPartners)}
	want[Offer] = g.discountsLeft()
	for side, n := range want {
		if points[side] != n {
			g.Errorf("%s: %d in statements, %d in the ledger", side, points[side], n)
		}
	}
}

// discountsLeft is what is left of shared discounts after all that came back,
// once for each partner, asked of the sale room.
func (g *game) discountsLeft() int64 {
	g.Helper()
	left := int64(0)
	g.ok(g.d.View(ctx, func(q db.Queryer) error {
		b, err := loadBook(ctx, q, g.prog.ID)
		if err != nil {
			return err
		}
		sales := map[id.ID]*sold{}
		if err := journal.Each(ctx, q, g.prog.ID, func(e *journal.Event) (err error) {
			sales[e.ID], err = b.offers(e)
			return err
		}); err != nil {
			return err
		}
		return sale.Each(ctx, q, g.prog.ID, func(s *sale.Sale) error {
			of := sales[s.ID]
			if of == nil {
				return nil
			}
			for _, d := range of.discounts {
				l := s.Lines[d.Line-1]
				left += int64(len(of.lines)) * (d.Amount - d.Amount*l.ReturnedQuantity/l.Quantity)
			}
			return nil
		})
	}))
	return left
}

const (
	// 1 earned, 12 clawed back, 8 spent, 2 adjusted up; 5 is the cause "return",
	// 6 the cause "reversal".
	atPartners = ` FROM entry e LEFT JOIN entry o ON e.cause_kind = 6 AND o.id = e.cause_id
		JOIN sale s ON s.id = CASE WHEN e.cause_kind = 6 THEN o.event_id WHEN e.cause_kind = 5 OR (e.from_bucket = 2 AND e.cause_id <> 0) THEN e.cause_id ELSE e.event_id END JOIN shop h ON h.id = s.shop_id WHERE s.programme_id = $1 AND h.code <> 'own'`
	issuedAtPartners = `SELECT CAST(COALESCE(SUM(CASE WHEN e.from_bucket = 1 THEN e.amount WHEN e.to_bucket = 12 THEN -e.amount ELSE 0 END), 0) AS BIGINT)` + atPartners + ` AND e.from_bucket <> e.to_bucket`
	spentAtPartners  = `SELECT CAST(COALESCE(SUM(CASE WHEN e.to_bucket = 8 THEN e.amount WHEN e.from_bucket IN (2, 8) THEN -e.amount ELSE 0 END), 0) AS BIGINT)` + atPartners
)

func (g *game) ledgerSum(query string) int64 {
	g.Helper()
	var n int64
	g.ok(g.d.Reader().QueryRow(ctx, query, g.prog.ID).Scan(&n))
	return n
}

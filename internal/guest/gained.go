package guest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/web"
)

// gained is the statement of what the programme gave the customer.
type gained struct {
	*visit
	// ever is everything, year what was within the last twelve months.
	ever, year gain
	wallets    []ledger.Wallet
}

// gain adds up what a customer paid and was given in a time. Sums are minor
// units, and leave out what was returned.
type gain struct {
	since time.Time
	// paid is for goods, discounts what was taken off them.
	paid, discounts int64
	// points are those given less those taken back, by wallet; ended is what
	// ended unused within the time. Of those given, lost is what has ended since,
	// and worth what the rest is worth.
	points, ended, lost map[id.ID]int64
	worth               int64
	rewards             int64
	// gifts is what was on gift cards that the company gave.
	gifts int64
	// membership is what was paid for plans and not given back.
	membership int64
}

func (n *gain) holds(at time.Time) bool { return !at.Before(n.since) }

// total is what all of it is worth, less what being a member cost.
func (n *gain) total() int64 { return n.worth + n.discounts + n.gifts - n.membership }

func (g *Guest) showGained(v *visit) error {
	s := &gained{visit: v}
	s.ever = gain{points: map[id.ID]int64{}, ended: map[id.ID]int64{}, lost: map[id.ID]int64{}}
	s.year = gain{points: map[id.ID]int64{}, ended: map[id.ID]int64{}, lost: map[id.ID]int64{}, since: v.now.AddDate(-1, 0, 0)}
	var aliases []id.ID
	err := g.DB.View(v.ctx(), func(q db.Queryer) (err error) {
		if aliases, err = member.Aliases(v.ctx(), q, v.who.ID); err != nil {
			return err
		}
		if err := s.readSales(q, aliases); err != nil {
			return err
		}
		return s.readPoints(q, aliases)
	})
	if err != nil {
		return fmt.Errorf("adding up what a customer gained: %w", err)
	}
	if err := g.readGiven(s, aliases); err != nil {
		return err
	}
	return v.render(gainedPage(s))
}

// each does something with the sums that a moment belongs to.
func (s *gained) each(at time.Time, do func(*gain)) {
	for _, n := range []*gain{&s.ever, &s.year} {
		if n.holds(at) {
			do(n)
		}
	}
}

// gainPage is how many rows are read at a time.
const gainPage = 500

func (s *gained) readSales(q db.Queryer, aliases []id.ID) error {
	for cursor := (sale.Cursor{}); ; {
		page, err := sale.List(s.ctx(), q, aliases, cursor, gainPage)
		if err != nil || len(page) == 0 {
			return err
		}
		saved, err := s.saved(q, page)
		if err != nil {
			return err
		}
		for _, one := range page {
			s.each(one.Occurred, func(n *gain) {
				n.paid += one.Goods - one.Returned
				n.discounts += saved[one.ID]
			})
		}
		if len(page) < gainPage {
			return nil
		}
		cursor = sale.After(page[len(page)-1])
	}
}

// saved returns what was taken off the goods that the customer kept, less what
// was kept back of refunds for it, by sale.
func (s *gained) saved(q db.Queryer, page []*sale.Sale) (map[id.ID]int64, error) {
	var events []journal.EventKey
	var keys []sale.SaleKey
	for _, one := range page {
		if one.Priced {
			events, keys = append(events, journal.EventKey{MemberID: one.MemberID, ID: one.ID}), append(keys, sale.SaleKey{MemberID: one.MemberID, ID: one.ID})
		}
	}
	saved := map[id.ID]int64{}
	if len(keys) == 0 {
		return saved, nil
	}
	bodies, err := journal.Bodies(s.ctx(), q, events)
	if err != nil {
		return nil, err
	}
	whole, err := sale.LoadSales(s.ctx(), q, keys)
	if err != nil {
		return nil, err
	}
	for event, body := range bodies {
		var p flow.Payload
		if err := json.Unmarshal(body, &p); err != nil {
			return nil, fmt.Errorf("reading how %s was settled: %w", event.In(id.Event), err)
		}
		if p.Settled != nil && whole[event] != nil {
			saved[event] = kept(p.Settled.List, whole[event].Lines) - flow.Withheld(whole[event], p.Settled)
		}
	}
	return saved, nil
}

// kept is what was taken off the list prices of the part of the lines that did
// not come back.
func kept(list []int64, lines []sale.Line) int64 {
	var sum int64
	for _, l := range lines {
		if l.No < 1 || l.No > len(list) || l.Quantity <= 0 {
			continue
		}
		off := list[l.No-1] - l.Amount
		sum += off - money.Part(off, l.ReturnedQuantity, l.Quantity)
	}
	return sum
}

func (s *gained) readPoints(q db.Queryer, aliases []id.ID) (err error) {
	if s.wallets, err = ledger.Wallets(s.ctx(), q, s.programme.ID); err != nil {
		return err
	}
	ask := ledger.StatementAsk{Members: aliases, Limit: gainPage}
	for _, w := range s.wallets {
		ask.Wallets = append(ask.Wallets, w.ID)
	}
	from := map[grant]*points{}
	for more := len(ask.Wallets) > 0; more; {
		page, err := ledger.Statement(s.ctx(), q, ask)
		if err != nil {
			return err
		}
		for _, e := range page {
			ended := e.Amount * (is(e.To, ledger.Expired) - is(e.From, ledger.Expired))
			s.each(e.Occurred, func(n *gain) {
				n.points[e.WalletID] += given(e)
				n.ended[e.WalletID] += ended
			})
			note(from, e, ended)
		}
		if more = len(page) == gainPage; more {
			ask.Before = page[len(page)-1].ID
		}
	}
	for of, p := range from {
		if !p.given.IsZero() { // what others passed on was never a gain
			s.each(p.given, func(n *gain) { n.lost[of.wallet] += p.ended })
		}
	}
	for _, n := range []*gain{&s.ever, &s.year} {
		for i := range s.wallets {
			w := s.wallets[i].ID
			worth, err := s.wallets[i].Liability(max(0, n.points[w]-n.lost[w]))
			if err != nil {
				return err
			}
			n.worth += worth
		}
	}
	return nil
}

// grant is the event by which points of a wallet came, in whatever account
// they are since.
type grant struct{ wallet, event id.ID }

// points are those of one source: when the company gave them, zero if it did
// not, and how many ended unused.
type points struct {
	given time.Time
	ended int64
}

func note(from map[grant]*points, e ledger.Entry, ended int64) {
	of := grant{e.WalletID, e.LotEvent}
	p := from[of]
	if p == nil {
		p = &points{}
		from[of] = p
	}
	if p.ended += ended; is(e.From, ledger.Earned)+is(e.From, ledger.AdjustedUp) > 0 {
		p.given = e.Occurred
	}
}

// given is what a movement gives a customer: points that come from the company,
// less those that go back to it.
func given(e ledger.Entry) int64 {
	company := func(b ledger.Bucket) int64 {
		return is(b, ledger.Earned) + is(b, ledger.AdjustedUp) + is(b, ledger.ClawedBack) + is(b, ledger.AdjustedDown)
	}
	return e.Amount * (company(e.From) - company(e.To))
}

func is(b, other ledger.Bucket) int64 {
	if b == other {
		return 1
	}
	return 0
}

// readGiven adds the rewards that were taken, the gift cards that were given, and
// what was paid for plans.
func (g *Guest) readGiven(s *gained, aliases []id.ID) error {
	for before := id.ID(0); ; {
		page, err := g.Rewards.Redemptions(s.ctx(), wallet, reward.Query{ProgrammeID: s.programme.ID, Members: aliases, Before: before, Limit: gainPage})
		if err != nil {
			return err
		}
		for _, n := range page {
			if n.State != reward.Undone {
				s.each(n.Occurred, func(sum *gain) { sum.rewards++ })
			}
			before = n.ID
		}
		if len(page) < gainPage {
			break
		}
	}
	cards, err := g.GiftCards.List(s.ctx(), wallet, giftcard.Query{ProgrammeID: s.programme.ID, Members: aliases, Limit: gainPage})
	for _, c := range cards {
		if c.Given {
			s.each(c.Activated, func(n *gain) { n.gifts += c.Added })
		}
	}
	if err != nil {
		return err
	}
	plans, err := g.Plans.Of(s.ctx(), wallet, s.programme.ID, s.who.ID)
	for _, p := range plans {
		for _, c := range p.Charges {
			if kept := c.Kept(); kept != 0 {
				s.each(c.Paid, func(n *gain) { n.membership += kept })
			}
		}
	}
	return err
}

// lead says in one sentence what the customer gained, of the last year or, when
// nothing was bought in it, of all time.
func (s *gained) lead() string {
	for _, n := range []*gain{&s.year, &s.ever} {
		switch {
		case n.paid > 0 && n.total() < 0:
			return s.T("guest.gained.lead_cost", "year", !n.since.IsZero(), "paid", s.Money(n.paid, ""), "cost", s.Money(-n.total(), ""))
		case n.paid > 0:
			return s.T("guest.gained.lead", "year", !n.since.IsZero(), "total", s.Money(n.total(), ""), "paid", s.Money(n.paid, ""), "share", s.Percent(n.total(), n.paid, 1))
		}
	}
	return s.T("guest.gained.nothing")
}

func (s *gained) table() web.Table {
	t := web.Table{
		Caption: s.T("guest.gained.title"), Wide: true,
		Columns: []web.Column{{Head: s.T("guest.gained.what")}, {Head: s.T("guest.gained.year"), Figures: true}, {Head: s.T("guest.gained.ever"), Figures: true}},
	}
	row := func(label string, say func(*gain) string) {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(label), web.Words(say(&s.year)), web.Words(say(&s.ever))}})
	}
	sum := func(of func(*gain) int64) func(*gain) string {
		return func(n *gain) string { return s.Money(of(n), "") }
	}
	row(s.T("guest.gained.paid"), sum(func(n *gain) int64 { return n.paid }))
	for i := range s.wallets {
		w := &s.wallets[i]
		row(s.T("guest.gained.points", "wallet", w.Name), func(n *gain) string { return s.Decimal(n.points[w.ID], w.Decimals) })
		if s.ever.ended[w.ID] > 0 {
			row(s.T("guest.gained.ended", "wallet", w.Name), func(n *gain) string { return s.Decimal(n.ended[w.ID], w.Decimals) })
		}
	}
	row(s.T("guest.gained.worth"), sum(func(n *gain) int64 { return n.worth }))
	row(s.T("guest.gained.discounts"), sum(func(n *gain) int64 { return n.discounts }))
	row(s.T("guest.gained.gifts"), sum(func(n *gain) int64 { return n.gifts }))
	row(s.T("guest.gained.rewards"), func(n *gain) string { return s.Number(n.rewards) })
	if s.ever.membership > 0 {
		row(s.T("guest.gained.membership"), sum(func(n *gain) int64 { return -n.membership }))
	}
	t.Foot = []templ.Component{web.Words(s.T("guest.gained.total")), web.Words(s.Money(s.year.total(), "")), web.Words(s.Money(s.ever.total(), ""))}
	return t
}

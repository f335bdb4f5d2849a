package console

import (
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/web"
)

// statementPage is how many movements a page of a statement has.
const statementPage = 40

// statement is a page of the movements in one wallet.
type statement struct {
	*purse
	trail   trail
	next    id.ID
	entries []ledger.Entry
	// undoable are the entries from which the way leads to taking their
	// adjustment back.
	undoable map[id.ID]bool
}

// memberPoints shows the lots that are open and every movement of points.
func (c *Console) memberPoints(v *visit) error {
	p, done, err := c.meetMember(v)
	if err != nil || done {
		return err
	}
	s := &statement{trail: v.trail(), purse: p.purse(v.field("wallet"))}
	if s.purse == nil {
		return v.render(pointsPage(v, p, nil))
	}
	ask := ledger.StatementAsk{Members: p.Aliases, Wallets: []id.ID{s.Wallet.ID}, Limit: statementPage + 1}
	if mark := s.trail.mark(); mark != "" {
		if ask.Before, err = id.Parse(id.Entry, mark); err != nil {
			return err
		}
	}
	err = c.DB.View(v.ctx(), func(q db.Queryer) error {
		s.entries, err = ledger.Statement(v.ctx(), q, ask)
		return err
	})
	if err != nil {
		return err
	}
	if len(s.entries) > statementPage {
		s.entries = s.entries[:statementPage]
		s.next = s.entries[statementPage-1].ID
	}
	if v.can(auth.PointsAdjust) && p.Status != member.Erased {
		s.markUndoable(p)
	}
	return v.render(pointsPage(v, p, s))
}

// purse returns the wallet with a code, the first when none is named or there
// is no such; nil when there is none at all.
func (p *person) purse(code string) *purse {
	for i := range p.wallets {
		if strings.EqualFold(p.wallets[i].Code, code) {
			return &p.wallets[i]
		}
	}
	if len(p.wallets) == 0 {
		return nil
	}
	return &p.wallets[0]
}

func (s *statement) cursor(v *visit, p *person) web.Cursor {
	page := func(trail string) string { return p.at(v, "/points", "wallet", s.Code, trailName, trail) }
	var c web.Cursor
	if len(s.trail) > 0 {
		c.Previous = page(s.trail.back())
	}
	if s.next != 0 {
		c.Next = page(s.trail.forth(s.next.In(id.Entry)))
	}
	return c
}

// factOrder is how a balance is told: what can be used, then all that made it.
var factOrder = []ledger.Bucket{
	ledger.Available, ledger.Pending, ledger.Held, ledger.Debt, ledger.Earned, ledger.AdjustedUp, ledger.MovedIn,
	ledger.Spent, ledger.MovedOut, ledger.AdjustedDown, ledger.Expired, ledger.ClawedBack,
}

// facts are the balance of a wallet in full, so that they add up.
func (w *purse) facts(v *visit) []web.Definition {
	var list []web.Definition
	for _, b := range factOrder {
		always := b == ledger.Available || b == ledger.Pending
		if n := w.Balance[b]; n != 0 || always {
			list = append(list, web.Definition{Term: v.T("ledger.bucket." + b.String()), About: web.Words(v.Decimal(n, w.Decimals))})
		}
	}
	return list
}

package flow

import (
	"slices"
	"time"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// fact is an event as decide takes it: its place in the journal is settled and
// the customer is known.
type fact struct {
	id       id.ID
	kind     journal.Kind
	occurred time.Time
	shop     string
	shopID   id.ID
	channel  string
	ref      string // the source's name for it
	payload  Payload
	// sold is the sale that a return cites; 0 when it cites none.
	sold id.ID
	// enrol says that the customer joins with this event.
	enrol bool
	actor string
	// till is what the checkout presents, cards are those that pay or paid.
	till  till
	cards map[id.ID]*giftcard.Card
	// reward is what is taken, undone the redemption that is taken back, stock
	// that of either.
	reward *reward.Reward
	undone *reward.Redemption
	stock  *reward.Stock
	// decided is what the rules decided, where offers had to know it before;
	// raised is what those give on top.
	decided *earn.Decision
	raised  []promo.Raised
	// quoted says that nothing of it will be kept, replayed that it is the past
	// once more.
	quoted, replayed bool
}

// decide changes the account as the event demands and says what it did. It is
// pure but for the identifiers that it picks: no SQL, no clock. A refusal
// leaves the account in an unknown state, to be thrown away.
func decide(set *setup, a *account, f *fact) (Answer, error) {
	if err := a.post(f.occurred); err != nil {
		return Answer{}, err
	}
	answer := Answer{EventID: f.id, MemberID: a.member.ID}
	if f.enrol {
		a.join(f.occurred)
	}
	var err error
	switch f.kind {
	case journal.Purchase:
		err = purchase(set, a, f, &answer)
	case journal.Return:
		if err = giveBack(set, a, f, &answer); err == nil {
			err = earnFor(set, a, f, &answer, nil)
		}
	case journal.Adjustment:
		err = adjust(set, a, f)
	case journal.Award:
		err = give(set, a, f)
	case journal.Redemption:
		err = redeem(set, a, f, &answer)
	case journal.RedemptionUndo:
		err = undoRedemption(a, f, &answer)
	case journal.SignUp:
		err = earnFor(set, a, f, &answer, nil)
		a.signedUp = true
	default:
		err = earnFor(set, a, f, &answer, nil)
	}
	if err != nil {
		return Answer{}, err
	}
	return answer, nil
}

// purchase records the sale, lets the rules give for it with the rank before
// the sale, and only then counts it towards the ranks.
func purchase(set *setup, a *account, f *fact, answer *Answer) error {
	s := &sale.Sale{
		ID: f.id, ProgrammeID: set.programme.ID, MemberID: a.member.ID, Occurred: f.occurred,
		ShopID: f.shopID, Channel: f.channel, Reference: f.ref, Lines: slices.Clone(f.payload.Lines),
	}
	s.Reckon()
	s.Nth = a.tally.Purchases + 1
	if err := price(set, a, f, s, answer); err != nil {
		return err
	}
	a.tally.Add(s)
	a.book, a.sold = append(a.book, s), append(a.sold, s)
	if err := earnFor(set, a, f, answer, s); err != nil {
		return err
	}
	if !a.joined(f.occurred) {
		return nil
	}
	for _, l := range a.ladders {
		if err := l.Credit(f.occurred, f.occurred, s.ID, a.counts(l, s)); err != nil {
			return err
		}
	}
	return nil
}

// counts returns what a new sale counts towards a ladder in force.
func (a *account) counts(l *tier.Account, s *sale.Sale) int64 {
	v := l.Ladder().At(s.Occurred)
	switch {
	case v == nil:
		return 0
	case v.Metric == tier.Visits:
		return 1
	case v.Metric == tier.Points:
		n := int64(0)
		for _, lot := range a.wallet(v.WalletID).LotsOf(s.ID) {
			n += lot.Amount
		}
		return n
	}
	return s.Goods
}

// earnFor lets the rules decide about the event and posts what they grant, and
// what offers give on top. S is the sale that the event made, or nil.
func earnFor(set *setup, a *account, f *fact, answer *Answer, s *sale.Sale) error {
	if !a.joined(f.occurred) {
		return nil
	}
	if set.grantsNothing(f) {
		answer.Skipped = append(answer.Skipped, Skipped{Reason: i18n.Text{Key: "flow.no_grant_here"}})
		return nil
	}
	decision, err := a.decision(set, f, s)
	if err != nil {
		return err
	}
	a.usage.Apply(decision)
	for _, g := range decision.Grants {
		w := a.wallet(g.WalletID)
		if w == nil {
			return fault.Missing("no_such_wallet", "a rule gives into a wallet that the programme does not have")
		}
		w.Earn(f.occurred, ledger.Grant{
			EventID: f.id, Amount: g.Amount, Shares: g.Shares, Activates: g.Activates, Expires: g.Expires,
			RuleVersion: g.RuleVersion, Reason: g.Reason,
		})
	}
	a.raise(f, s, decision.Grants)
	for _, k := range decision.Skipped {
		answer.Skipped = append(answer.Skipped, Skipped{RuleVersion: k.RuleVersion, Reason: k.Reason})
	}
	return nil
}

// giveBack settles a return: what was earned for the goods is taken back, and
// the sale counts that much less towards the ranks.
func giveBack(set *setup, a *account, f *fact, answer *Answer) error {
	back := sale.Return{At: f.occurred, SaleID: f.sold, Lines: f.payload.Return.Lines, Fees: f.payload.Return.Cancel}
	if f.payload.Return.Whole || f.payload.Return.Cancel {
		back.Lines = a.sale(f.sold).Rest()
	}
	matches, unmatched := sale.MatchReturn(back, a.book)
	answer.Unmatched = unmatched
	a.returns = append(a.returns, sale.Returned{
		EventID: f.id, ProgrammeID: a.member.ProgrammeID, MemberID: a.member.ID, Occurred: f.occurred,
		Matches: matches, Unmatched: unmatched,
	})
	for _, s := range salesOf(matches) {
		part := matchesOf(matches, s)
		value := int64(0)
		for _, m := range part {
			a.tally.TakeBack(m)
			if !m.Sold().Fee {
				value += m.Amount
			}
		}
		if err := a.refund(set, f, s, part, answer); err != nil {
			return err
		}
		points := a.clawback(f, s, part)
		if err := a.takeOff(f, s, value, points); err != nil {
			return err
		}
	}
	return nil
}

// salesOf returns the sales of the matches in the order in which they were
// met.
func salesOf(matches []sale.Match) []*sale.Sale {
	var sales []*sale.Sale
	for _, m := range matches {
		if !slices.Contains(sales, m.Sale) {
			sales = append(sales, m.Sale)
		}
	}
	return sales
}

func matchesOf(matches []sale.Match, s *sale.Sale) []sale.Match {
	return slices.DeleteFunc(slices.Clone(matches), func(m sale.Match) bool { return m.Sale != s })
}

// clawback takes from each wallet the returned lines' share of what the sale
// earned there, and returns the points that went back in all.
func (a *account) clawback(f *fact, s *sale.Sale, matches []sale.Match) int64 {
	all := int64(0)
	for _, w := range a.wallets {
		for _, lot := range w.LotsOf(s.ID) {
			if n := taken(lot, matches); n > 0 {
				w.Clawback(f.occurred, []*ledger.Lot{lot}, n, ledger.Cause{
					Event: f.id, Kind: ledger.CauseReturn, ID: s.ID, Reason: i18n.Text{Key: "flow.returned"},
				})
				all += n
			}
		}
	}
	return all
}

// taken returns the points of a lot that go back with the matched goods: the
// difference of cumulative floors of each line's share, so that partial
// returns in any order end where one whole return ends.
func taken(lot *ledger.Lot, matches []sale.Match) int64 {
	n := int64(0)
	for _, m := range matches {
		if no := m.Sold().No; no <= len(lot.Shares) {
			share := lot.Shares[no-1]
			n += money.Part(share, m.After, m.Whole) - money.Part(share, m.Before, m.Whole)
		}
	}
	return n
}

// takeOff lowers what the sale counts towards each rank.
func (a *account) takeOff(f *fact, s *sale.Sale, value, points int64) error {
	for _, l := range a.ladders {
		v := l.Ladder().At(s.Occurred)
		if v == nil {
			continue
		}
		n := value
		switch {
		case v.Metric == tier.Points:
			n = points
		case v.Metric == tier.Visits && s.Returned < s.Goods:
			n = 0
		case v.Metric == tier.Visits:
			n = 1
		}
		if err := l.TakeOff(f.occurred, tier.Sold{EventID: s.ID, At: s.Occurred}, f.id, n); err != nil {
			return err
		}
	}
	return nil
}

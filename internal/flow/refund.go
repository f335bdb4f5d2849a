package flow

import (
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/sale"
)

// Refund is how a return is paid back: what of it in money, what to the points
// and cards that paid for the goods. Sums are in minor units. It covers sales
// that the programme priced; of others it knows no tender.
type Refund struct {
	// Amount is what was paid for the goods, Money what of it the till gives
	// back. With Withheld and Released they are all that goes back.
	Amount  int64    `json:"amount"`
	Money   int64    `json:"money"`
	Tenders []Tender `json:"tenders,omitempty"`
	// Withheld is kept back because what the customer keeps does not deserve
	// these discounts any more, Released what was kept back before and is owed
	// again.
	Withheld int64       `json:"withheld,omitempty"`
	Released int64       `json:"released,omitempty"`
	Lost     []LostOffer `json:"lost,omitempty"`
	// Unpaid is what of the amount nobody had paid, since a till promised it
	// offline; it does not go back.
	Unpaid int64 `json:"unpaid,omitempty"`
	// Codes came back to their holder.
	Codes []string `json:"codes,omitempty"`
}

// refund settles what paid for the matched goods of one sale.
func (a *account) refund(set *setup, f *fact, s *sale.Sale, matches []sale.Match, answer *Answer) error {
	if !s.Priced {
		return nil
	}
	n := a.settled[s.ID]
	if n == nil {
		return fault.Refused("sale_unpriced", "how the sale was paid is not known any more").With("sale", s.ID.In(id.Event))
	}
	if answer.Refund == nil {
		answer.Refund = &Refund{}
	}
	r := answer.Refund
	for _, m := range matches {
		r.Amount += m.Amount
	}
	back := a.refunds(set, s, n, matches, r)
	r.Money += back[0].amount
	for i, t := range n.Tenders {
		value, points := back[i+1].amount, back[i+1].points
		if value == 0 && points == 0 {
			continue
		}
		if err := a.payBack(f, s, t, value, points); err != nil {
			return err
		}
		r.Tenders = append(r.Tenders, Tender{Kind: t.Kind, WalletID: t.WalletID, Points: points, CardID: t.CardID, Card: t.Card, Amount: value})
	}
	a.restore(f, s, n, r)
	return nil
}

// payBack gives a tender back: points to the lots that they came from, money to
// the card that it came from.
func (a *account) payBack(f *fact, s *sale.Sale, t Tender, value, points int64) error {
	if t.Kind == ByGiftCard {
		if f.replayed {
			return nil
		}
		card := f.cards[t.CardID]
		if card == nil {
			return fault.Missing("no_such_card", "the gift card that paid is not there any more").With("card", t.Card)
		}
		return card.Refund(value, s.ID, f.id, f.occurred)
	}
	cause := ledger.Cause{Event: f.id, Kind: ledger.CauseReturn, ID: s.ID, Reason: i18n.Text{Key: "flow.refunded"}}
	return a.payPoints(f, t.WalletID, s.ID, points, cause)
}

// payPoints gives points back that were paid at an event.
func (a *account) payPoints(f *fact, wallet, paid id.ID, points int64, cause ledger.Cause) error {
	w := a.wallet(wallet)
	if w == nil || points == 0 {
		return nil
	}
	if spent := w.Payments(paid); len(spent) > 0 {
		return w.Refund(f.occurred, spent, points, cause)
	}
	for _, old := range a.merged {
		if spent := old.Payments(paid); len(spent) > 0 && old.Wallet().ID == wallet {
			return old.RefundTo(f.occurred, w, spent, points, cause)
		}
	}
	// In thought the payment may be missing; the points begin anew then.
	cause.Kind = ledger.CauseEvent
	_, err := w.Adjust(f.occurred, points, time.Time{}, cause)
	return err
}

// restore gives codes back that say so, once the whole sale came back, and all
// of a sale that is cancelled. A return that does not cite its sale may not have
// all of it at hand, and leaves the codes alone.
func (a *account) restore(f *fact, s *sale.Sale, n *Settlement, r *Refund) {
	if f.sold != s.ID || !wholly(s) {
		return
	}
	for _, o := range n.Applied {
		if o.CodeID == 0 || !o.Restores && !f.payload.Return.Cancel {
			continue
		}
		a.useCode(f, o, -1)
		r.Codes = append(r.Codes, o.Code)
	}
}

// wholly reports whether all goods of the sale have come back.
func wholly(s *sale.Sale) bool {
	return !slices.ContainsFunc(s.Lines, func(l sale.Line) bool { return !l.Fee && l.Left() > 0 })
}

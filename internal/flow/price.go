package flow

import (
	"strconv"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// till is what a sale to be priced needs beside the account: what it presents,
// as it is stored. Codes and cards are shared by the sales of a batch, so that
// each sees what those before it used.
type till struct {
	lines []sale.Line  // as the catalogue completes them; nil is as sent
	items []promo.Item // of the lines
	codes []*promo.Code
	cards []*giftcard.Card
	// hold is what is held for the sale, or nil.
	hold *openSale
}

func (t till) byID() map[id.ID]*promo.Code {
	byID := map[id.ID]*promo.Code{}
	for _, c := range t.codes {
		if c != nil {
			byID[c.ID] = c
		}
	}
	return byID
}

// checkOut prices the sale and takes what pays for it: offers and codes first,
// then points, then gift cards; money is what is left.
func checkOut(set *setup, a *account, f *fact, s *sale.Sale, answer *Answer) error {
	facts, err := a.facts(f, s)
	if err != nil {
		return err
	}
	f.unlock()
	priced := set.offers.Price(promo.Basket{
		Facts: &facts, ShopID: f.shopID, Items: f.till.items, Enrolled: a.joined(f.occurred), Codes: a.presented(f),
	}, a.offers)
	n := newSettlement(s, priced, f)
	for i := range s.Lines {
		s.Lines[i].Amount = priced.Amounts[i]
	}
	f.honour(s, n)
	s.Reckon()
	refused, err := a.multiply(set, f, s, &priced)
	if err != nil {
		return err
	}
	n.amend(&priced, refused, f)
	a.offers.Apply(&priced)
	a.redemptions = append(a.redemptions, priced.Redemptions(promo.Redemption{
		MemberID: a.member.ID, EventID: f.id, ProgrammeID: a.member.ProgrammeID, ShopID: f.shopID, At: f.occurred,
	})...)
	a.useCodes(f, n)
	s.Priced = true
	n.Total, n.Due = s.Total, s.Total
	answer.Sale = n
	a.settle(s.ID, n)
	if err := payByPoints(set, a, f, s, n); err != nil {
		return err
	}
	if err := a.releasePoints(f); err != nil {
		return err
	}
	if err := payByCards(f, s, n); err != nil {
		return err
	}
	if f.offline() {
		f.square(s, n)
		return refuseOffline(set, n)
	}
	if told := f.payload.Checkout.Due; told != nil && *told != n.Due {
		return fault.Conflict("price_changed", "the sale comes to %d and not %d in minor units; ask for a new quote", n.Due, *told).
			At("/checkout/due").With("due", n.Due).With("told", *told)
	}
	return nil
}

// presented looks at the codes as they are when the sale is decided.
func (a *account) presented(f *fact) []promo.Presented {
	var list []promo.Presented
	for i, text := range f.payload.Checkout.Codes {
		p := promo.Presented{Text: promo.NormaliseCode(text), Typed: text, Code: f.till.codes[i]}
		if p.Code != nil {
			p.Refused = p.Code.Usable(a.everyone(), f.occurred)
		}
		list = append(list, p)
	}
	return list
}

// useCodes counts a use of each code by which an offer applied.
func (a *account) useCodes(f *fact, n *Settlement) {
	for _, o := range n.Applied {
		if o.CodeID != 0 {
			a.useCode(f, o, 1)
		}
	}
}

// useCode counts a use of a code, or gives one back.
func (a *account) useCode(f *fact, o AppliedOffer, times int64) {
	for _, c := range f.till.codes {
		if c != nil && c.ID == o.CodeID {
			c.Uses += times
		}
	}
	a.codeUses = append(a.codeUses, promo.CodeUse{
		ProgrammeID: a.member.ProgrammeID, CodeID: o.CodeID, Text: o.Code, Times: times, At: f.occurred, Channel: f.channel, Actor: f.actor,
		Holder: f.till.holder(),
	})
}

func payByPoints(set *setup, a *account, f *fact, s *sale.Sale, n *Settlement) error {
	for i, p := range f.payload.Checkout.Points {
		place := "/checkout/points/" + strconv.Itoa(i)
		w := a.wallet(p.WalletID)
		if w == nil {
			_, err := set.wallet(p.WalletID)
			return fault.At(place, err)
		}
		amount, err := w.Wallet().Unit.Apply(p.Points, money.Floor)
		if err != nil {
			return fault.Invalid("absurd_amount", "so many points cannot be reckoned with").At(place + "/points")
		}
		if f.offline() {
			if err := f.payPointsOffline(set, w, p, amount, s, n); err != nil {
				return fault.At(place, err)
			}
			continue
		}
		if err := set.accepts(f, p.WalletID); err != nil {
			return err
		}
		if amount > n.Due {
			return fault.Refused("points_over_due", "the points are worth more than is left to pay; pay with fewer").
				At(place+"/points").With("worth", amount).With("due", n.Due)
		}
		if err := f.spend(w, p.Points, paid(f, s)); err != nil {
			return fault.At(place, err)
		}
		n.pay(s, Tender{Kind: ByPoints, WalletID: p.WalletID, Points: p.Points, Amount: amount})
	}
	return nil
}

func payByCards(f *fact, s *sale.Sale, n *Settlement) error {
	for i, p := range f.payload.Checkout.GiftCards {
		place := "/checkout/gift_cards/" + strconv.Itoa(i)
		if f.offline() {
			if err := f.payCardOffline(i, p, s, n); err != nil {
				return fault.At(place, err)
			}
			continue
		}
		card := f.till.cards[i]
		if card == nil {
			return fault.Missing("no_such_card", "the programme has no gift card with this number; read it again").At(place + "/number")
		}
		if err := card.Usable(f.occurred); err != nil {
			return fault.At(place+"/number", err)
		}
		amount := p.Amount
		if amount == 0 {
			amount = min(n.Due, card.AvailableAt(f.occurred))
		}
		if amount > n.Due {
			return fault.Refused("card_over_due", "more is taken from the card than is left to pay; take less").
				At(place+"/amount").With("due", n.Due)
		}
		if amount == 0 {
			continue
		}
		if err := card.Charge(amount, f.id, f.occurred); err != nil {
			return fault.At(place, err)
		}
		n.pay(s, Tender{Kind: ByGiftCard, CardID: card.ID, Card: tail(card.Number), Amount: amount})
	}
	return nil
}

// facts is what rules and offers may ask about an event and the sale that it
// makes, if any.
func (a *account) facts(f *fact, s *sale.Sale) (earn.Facts, error) {
	rank, err := a.rankAt(f.occurred)
	facts := earn.Facts{
		Kind: string(f.kind), Occurred: f.occurred, Shop: f.shop, Channel: f.channel, Rank: rank,
		Tags: a.member.Tags, Attributes: f.payload.Attributes, Member: a.member.Attributes,
		BirthDay: a.member.Birth.Day, BirthMonth: a.member.Birth.Month,
		Again: f.kind == journal.SignUp && a.signedUp,
	}
	if s != nil {
		facts.Lines, facts.Goods, facts.Total, facts.Nth = s.Lines, s.Goods, s.Total, s.Nth
	}
	return facts, err
}

// price settles what the sale costs and who pays it, where that is for the
// programme to say.
func price(set *setup, a *account, f *fact, s *sale.Sale, answer *Answer) error {
	switch {
	case set.trial.prices():
		return set.trial.tryPrice(set, a, f, s)
	case f.payload.Settled != nil:
		return a.repeatPrice(f, s, f.payload.Settled)
	case f.payload.Checkout != nil:
		return checkOut(set, a, f, s, answer)
	}
	return nil
}

// repeatPrice prices a sale of the past as it was priced then, and pays with as
// many points as then, as far as there are so many.
func (a *account) repeatPrice(f *fact, s *sale.Sale, then *Settlement) error {
	n := &Settlement{List: then.List, Discounts: then.Discounts, Applied: then.Applied, Costs: then.Costs, Short: then.Short}
	for _, d := range then.Discounts {
		s.Lines[d.Line-1].Amount -= d.Amount
	}
	s.Reckon()
	s.Priced = true
	n.Total, n.Due = s.Total, s.Total
	a.settle(s.ID, n)
	return a.repeatTenders(f, s, n, then.Tenders)
}

func (a *account) settle(sold id.ID, n *Settlement) {
	if a.settled == nil {
		a.settled = map[id.ID]*Settlement{}
	}
	a.settled[sold] = n
}

func paid(f *fact, s *sale.Sale) ledger.Cause {
	return ledger.Cause{Event: f.id, Kind: ledger.CauseRedemption, ID: s.ID, Reason: i18n.Text{Key: "flow.paid"}}
}

package partner

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"time"

	"regulars/internal/id"
	"regulars/internal/money"
)

// Statement is what is settled with a partner for one month. Sums are in minor
// units: what the partner owes us is above zero, what we owe it below.
//
// The lines of one side, terms, offer and rate belong together; what they come
// to is the floor of quantity × rate over all of them, and each line's amount is
// the difference that it makes to that floor. So lines add up to their sum, and
// less than one minor unit a sum, its rest, is left to the partner.
type Statement struct {
	ID          id.ID `json:"-"`
	ProgrammeID id.ID `json:"programme"`
	PartnerID   id.ID `json:"partner"`
	Month       Month `json:"month"`
	// Number runs through the closed statements of a programme from 1; 0 is a
	// draft.
	Number int64     `json:"number"`
	Closed time.Time `json:"closed,omitzero"`
	By     string    `json:"by,omitempty"`
	Name   string    `json:"name"`
	// Contact is that of the partner when the statement was closed.
	Contact string `json:"contact"`
	Sums    []Sum  `json:"sums"`
	Fees    []Fee  `json:"fees"`
	Total   int64  `json:"total"`
	// Previous is the hash of the statement with the number before.
	Previous string `json:"previous"`
	Hash     string `json:"-"`
	Lines    []Line `json:"-"`
	// Offers are the names, when it is shown, of offers whose cost is shared.
	Offers map[id.ID]string `json:"-"`
}

// Sum is what lines of one kind come to.
type Sum struct {
	Side     Side       `json:"side"`
	TermsID  id.ID      `json:"terms,omitempty"`
	OfferID  id.ID      `json:"offer,omitempty"`
	Rate     money.Rate `json:"rate"`
	Lines    int        `json:"lines"`
	Quantity int64      `json:"quantity"`
	Amount   int64      `json:"amount"`
	// Rest is the fraction of a minor unit that the floor left out.
	Rest money.Rate `json:"rest"`
}

// Fee is what the partner pays on top of a sum.
type Fee struct {
	Side    Side       `json:"side"`
	TermsID id.ID      `json:"terms"`
	Rate    money.Rate `json:"rate"`
	Base    int64      `json:"base"`
	Amount  int64      `json:"amount"`
}

// reckon fills the statement from its lines, by the terms of the partner.
func (s *Statement) reckon(p *Partner) error {
	slices.SortFunc(s.Lines, func(a, b Line) int {
		return cmp.Or(a.Occurred.Compare(b.Occurred), cmp.Compare(a.SourceID, b.SourceID), cmp.Compare(a.OfferID, b.OfferID), cmp.Compare(a.EventID, b.EventID))
	})
	s.Sums, s.Fees, s.Total = []Sum{}, []Fee{}, 0
	for i := range s.Lines {
		if err := s.add(&s.Lines[i]); err != nil {
			return err
		}
	}
	slices.SortStableFunc(s.Sums, func(a, b Sum) int { return cmp.Or(cmp.Compare(a.Side, b.Side), cmp.Compare(a.TermsID, b.TermsID)) })
	for i := range s.Sums {
		sum := &s.Sums[i]
		sum.Rest = rest(sum.Quantity, sum.Rate, sum.Amount)
		s.Total += sum.Amount
		if err := s.charge(p, sum); err != nil {
			return err
		}
	}
	return nil
}

func (s *Statement) add(l *Line) error {
	at := slices.IndexFunc(s.Sums, func(m Sum) bool {
		return m.Side == l.Side && m.TermsID == l.TermsID && m.OfferID == l.OfferID && m.Rate == l.Rate
	})
	if at < 0 {
		at = len(s.Sums)
		s.Sums = append(s.Sums, Sum{Side: l.Side, TermsID: l.TermsID, OfferID: l.OfferID, Rate: l.Rate})
	}
	sum := &s.Sums[at]
	sum.Lines++
	sum.Quantity += l.Quantity
	whole, err := l.Rate.Apply(sum.Quantity, money.Floor)
	if err != nil {
		return fmt.Errorf("adding up a statement: %w", err)
	}
	l.Amount, sum.Amount = whole-sum.Amount, whole
	return nil
}

// charge adds the fee on a sum, if there is one.
func (s *Statement) charge(p *Partner, sum *Sum) error {
	at := slices.IndexFunc(p.Terms, func(t Terms) bool { return t.ID == sum.TermsID })
	if sum.Side == Offer || at < 0 {
		return nil
	}
	fee := Fee{Side: sum.Side, TermsID: sum.TermsID, Rate: p.Terms[at].IssueFee, Base: sum.Amount}
	if sum.Side == Redeem {
		fee.Rate, fee.Base = p.Terms[at].RedeemFee, -sum.Amount
	}
	if fee.Rate.IsZero() {
		return nil
	}
	var err error
	if fee.Amount, err = fee.Rate.Apply(fee.Base, p.Terms[at].Rounding); err != nil {
		return fmt.Errorf("reckoning a fee: %w", err)
	}
	s.Fees = append(s.Fees, fee)
	s.Total += fee.Amount
	return nil
}

// rest returns quantity × rate − amount, which is from 0 to below 1.
func rest(quantity int64, rate money.Rate, amount int64) money.Rate {
	n := new(big.Int).Mul(big.NewInt(quantity), big.NewInt(rate.Num()))
	n.Sub(n, new(big.Int).Mul(big.NewInt(amount), big.NewInt(rate.Den())))
	return money.NewRate(n.Int64(), rate.Den())
}

// seal returns the statement's hash, over everything that it says and the hash
// of the one before.
func (s *Statement) seal() (string, error) {
	text, err := json.Marshal(struct {
		*Statement
		Lines []Line `json:"lines"`
	}{s, s.Lines})
	if err != nil {
		return "", fmt.Errorf("sealing a statement: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

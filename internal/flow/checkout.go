package flow

import (
	"slices"
	"strconv"
	"strings"

	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/promo"
)

// Checkout asks the programme to price a sale. Its lines come with list prices;
// what offers and codes take off, and what pays beside money, is reckoned here.
type Checkout struct {
	// Codes are presented in this order. One that does not apply is told with
	// its reason and stops nothing.
	Codes []string `json:"codes,omitempty"`
	// Points and GiftCards pay in this order, before money does. What cannot
	// be paid so refuses the sale.
	Points    []PointsPayment `json:"points,omitempty"`
	GiftCards []CardPayment   `json:"gift_cards,omitempty"`
	// Due is what the till takes in money, in minor units. Where it is named
	// and comes out otherwise the sale is refused: its quote is out of date. Of
	// a sale that was made offline it is what the till took.
	Due *int64 `json:"due,omitempty"`
	// Offline says that the sale was made without asking: the customer has the
	// goods. What cannot be given as the till gave it is a conflict, and the
	// programme says whether it is accepted or the sale refused.
	Offline bool `json:"offline,omitempty"`
	// Given says what the till took off for codes while it was offline.
	Given []GivenCode `json:"given,omitempty"`
}

// PointsPayment pays with points of one wallet, in its smallest unit. They are
// worth what the programme owes for them.
type PointsPayment struct {
	WalletID id.ID `json:"wallet"`
	Points   int64 `json:"points"`
}

// CardPayment pays with a gift card.
type CardPayment struct {
	Number string `json:"number"`
	// Amount is in minor units; 0 takes what is left to pay, as far as it goes.
	Amount int64 `json:"amount,omitempty"`
}

const (
	maxCodes = 20
	maxCards = 20
)

func (c *Checkout) check() error {
	if c == nil {
		return nil
	}
	if err := c.checkCount(); err != nil {
		return err
	}
	if err := c.checkGiven(); err != nil {
		return err
	}
	for i, p := range c.Points {
		if p.Points <= 0 || p.Points > money.MaxMinor {
			return fault.Invalid("absurd_amount", "points that pay are a number above 0").At("/checkout/points/" + strconv.Itoa(i) + "/points")
		}
		if slices.ContainsFunc(c.Points[:i], func(o PointsPayment) bool { return o.WalletID == p.WalletID }) {
			return twice("/checkout/points/" + strconv.Itoa(i))
		}
	}
	for i, p := range c.GiftCards {
		place := "/checkout/gift_cards/" + strconv.Itoa(i)
		if p.Amount < 0 || p.Amount > money.MaxMinor {
			return fault.Invalid("absurd_amount", "the amount must be 0, for what is left to pay, or more").At(place + "/amount")
		}
		if slices.ContainsFunc(c.GiftCards[:i], func(o CardPayment) bool { return number(o) == number(p) }) {
			return twice(place)
		}
	}
	return nil
}

func (c *Checkout) checkCount() error {
	for _, f := range []struct {
		field       string
		have, limit int
	}{{"/checkout/codes", len(c.Codes), maxCodes}, {"/checkout/gift_cards", len(c.GiftCards), maxCards}, {"/checkout/points", len(c.Points), maxCards}, {"/checkout/given", len(c.Given), maxCodes}} {
		if f.have > f.limit {
			return fault.Invalid("too_many", "%d were sent; at most %d are taken", f.have, f.limit).At(f.field).With("limit", f.limit)
		}
	}
	for i, code := range c.Codes {
		place := "/checkout/codes/" + strconv.Itoa(i)
		if err := plain(place, code, maxReference); err != nil {
			return err
		}
		if promo.NormaliseCode(code) == "" {
			return fault.Invalid("required", "a value is needed").At(place)
		}
		if slices.ContainsFunc(c.Codes[:i], func(o string) bool { return promo.NormaliseCode(o) == promo.NormaliseCode(code) }) {
			return twice(place)
		}
	}
	return nil
}

func twice(place string) error {
	return fault.Invalid("named_twice", "this is named twice; name it once").At(place)
}

func number(p CardPayment) string { return giftcard.NormaliseNumber(p.Number) }

// masked returns the checkout as it is kept: a card's number is as good as the
// money on it, so only its end is.
func (c *Checkout) masked() *Checkout {
	kept := *c
	kept.GiftCards = slices.Clone(c.GiftCards)
	for i := range kept.GiftCards {
		kept.GiftCards[i].Number = tail(number(kept.GiftCards[i]))
	}
	return &kept
}

// tail shows the end of a number.
func tail(number string) string {
	const shown = 4
	hidden := max(0, len(number)-shown)
	return strings.Repeat("•", min(hidden, shown)) + number[hidden:]
}

package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// newCheckout asks that the programme price a purchase.
type newCheckout struct {
	Codes     []string      `json:"codes,omitempty" nullable:"false" maxItems:"20" doc:"Promotion codes, as the customer gave them. One that does not apply is told with its reason and stops nothing." example:"[\"SPRING-7Q4K\"]"`
	Points    []pointsPaid  `json:"points,omitempty" nullable:"false" maxItems:"20" doc:"Points that pay. They are worth what the programme owes for them."`
	GiftCards []newCardPaid `json:"gift_cards,omitempty" nullable:"false" maxItems:"20" doc:"Gift cards that pay, after the points."`
	Due       *int64        `json:"due,omitempty" doc:"What the till takes in money, in minor units. If it comes out otherwise the sale is refused (409, price_changed). Of a sale made offline, what it took." example:"1325"`
	Offline   bool          `json:"offline,omitempty" doc:"The sale was made without asking, and the customer has the goods. What the till gave and the programme cannot is a till conflict; the programme's setting says whether the sale is taken with it or refused (409, offline_conflict)."`
	Given     []givenCode   `json:"given,omitempty" nullable:"false" maxItems:"20" doc:"Of a sale made offline: what the till took off for codes, which are among codes too."`
}

type givenCode struct {
	Code   string `json:"code" minLength:"1" maxLength:"200" example:"SPRING-7Q4K"`
	Amount int64  `json:"amount" minimum:"0" doc:"In minor units." example:"305"`
}

type pointsPaid struct {
	Wallet string `json:"wallet" maxLength:"40" doc:"The wallet, by id or code." example:"points"`
	Points int64  `json:"points" minimum:"1" doc:"In the wallet's smallest unit." example:"200"`
}

type newCardPaid struct {
	Number string `json:"number" minLength:"1" maxLength:"100" doc:"The number on the card." example:"7K2M-9QXT-4H8B-3WDC"`
	Amount int64  `json:"amount,omitempty" minimum:"0" doc:"In minor units; 0 takes what is left to pay, as far as the card goes." example:"500"`
}

func (n *newCheckout) checkout(c *call) (*flow.Checkout, error) {
	if n == nil {
		return nil, nil
	}
	out := &flow.Checkout{Codes: n.Codes, Due: n.Due, Offline: n.Offline}
	for _, g := range n.Given {
		out.Given = append(out.Given, flow.GivenCode{Code: g.Code, Amount: g.Amount})
	}
	for i, p := range n.Points {
		w, err := c.setting.wallet(p.Wallet)
		if err != nil || p.Wallet == "" {
			return nil, noWallet("/checkout/points/" + strconv.Itoa(i) + "/wallet")
		}
		out.Points = append(out.Points, flow.PointsPayment{WalletID: w.ID, Points: p.Points})
	}
	for _, g := range n.GiftCards {
		out.GiftCards = append(out.GiftCards, flow.CardPayment{Number: g.Number, Amount: g.Amount})
	}
	return out, nil
}

// settledView says how a purchase was priced and paid. Amounts are in minor
// units.
type settledView struct {
	Lines     []settledLine  `json:"lines" nullable:"false" doc:"The lines of the purchase, in their order."`
	Applied   []appliedView  `json:"applied,omitempty" nullable:"false" doc:"The offers that applied."`
	Refused   []refusedOffer `json:"refused,omitempty" nullable:"false" doc:"Codes presented that did not apply, and why; in a quote, offers too."`
	Tenders   []tenderView   `json:"tenders,omitempty" nullable:"false" doc:"What pays beside money."`
	Total     int64          `json:"total" doc:"What the purchase costs after discounts." example:"1525"`
	Due       int64          `json:"due" doc:"What of it is paid in money." example:"1325"`
	Short     int64          `json:"short,omitempty" doc:"Of a sale made offline: what was promised and nobody pays."`
	Over      int64          `json:"over,omitempty" doc:"Of a sale made offline: what the till took in money beyond what was due."`
	Conflicts []tillConflict `json:"conflicts,omitempty" nullable:"false" doc:"Of a sale made offline: what differs."`
}

type settledLine struct {
	Line      int            `json:"line" doc:"The line's number, from 1."`
	List      int64          `json:"list" doc:"What it cost before discounts." example:"1530"`
	Amount    int64          `json:"amount" doc:"What it costs after." example:"1225"`
	Discounts []lineDiscount `json:"discounts,omitempty" nullable:"false"`
}

type lineDiscount struct {
	Terms  string `json:"terms,omitempty" doc:"The version of the offer; missing for what a till gave offline." example:"ofv_01h9x3k7q2v5n"`
	Amount int64  `json:"amount" example:"305"`
}

type appliedView struct {
	Offer  string      `json:"offer,omitempty" example:"off_01h9x3k7q2v5n"`
	Terms  string      `json:"terms,omitempty" doc:"The version of the offer; missing for what a till gave offline." example:"ofv_01h9x3k7q2v5n"`
	Name   string      `json:"name" example:"20 % off candles"`
	Code   string      `json:"code,omitempty" doc:"The code by which it applied."`
	Amount int64       `json:"amount" doc:"What it takes off." example:"305"`
	Gift   string      `json:"gift,omitempty" doc:"The product that goes with the purchase."`
	Points int64       `json:"points,omitempty" doc:"Of an offer that multiplies points: what it gives on top of the rules, in the smallest unit; the movements say into which wallets." example:"9"`
	Reason *reasonView `json:"reason,omitempty"`
}

type refusedOffer struct {
	Terms  string      `json:"terms,omitempty" doc:"The version of the offer; missing for a code that is not known."`
	Code   string      `json:"code,omitempty" doc:"The code presented."`
	Why    string      `json:"why" doc:"A stable word for the reason." example:"expired"`
	Reason *reasonView `json:"reason,omitempty"`
}

type tenderView struct {
	Kind   string `json:"kind" enum:"points,gift_card,short" doc:"short is what a till promised offline and nobody pays."`
	Wallet string `json:"wallet,omitempty" doc:"The wallet's code."`
	Points int64  `json:"points,omitempty" doc:"In the wallet's smallest unit."`
	Card   string `json:"card,omitempty" doc:"The end of the gift card's number." example:"••••3WDC"`
	Amount int64  `json:"amount" doc:"What it is worth, in minor units."`
}

// refundView says how a return is paid back.
type refundView struct {
	Amount   int64        `json:"amount" doc:"What was paid for the goods, in minor units." example:"1225"`
	Money    int64        `json:"money" doc:"What of it the till gives back in money." example:"1025"`
	Withheld int64        `json:"withheld,omitempty" doc:"What of the amount is kept back, because what the customer keeps does not deserve its discount any more."`
	Released int64        `json:"released,omitempty" doc:"What was kept back before and goes back now, beside the amount."`
	Unpaid   int64        `json:"unpaid,omitempty" doc:"What of the amount nobody had paid, since a till promised it offline; it does not go back."`
	Lost     []lostView   `json:"lost,omitempty" nullable:"false" doc:"The offers of which that comes, to be read out."`
	Tenders  []tenderView `json:"tenders,omitempty" nullable:"false" doc:"What went back to points and gift cards."`
	Codes    []string     `json:"codes,omitempty" nullable:"false" doc:"Codes that may be used again."`
}

// lostView is an offer that what is kept does not deserve any more.
type lostView struct {
	Terms  string      `json:"terms" doc:"The version of the offer." example:"ofv_01h9x3k7q2v5n"`
	Name   string      `json:"name" example:"10 % off over £50"`
	Amount int64       `json:"amount" doc:"What it takes off no more." example:"400"`
	Reason *reasonView `json:"reason,omitempty"`
}

func (c *call) settled(n *flow.Settlement) *settledView {
	if n == nil {
		return nil
	}
	v := &settledView{Lines: make([]settledLine, len(n.List)), Tenders: c.tenders(n.Tenders), Total: n.Total, Due: n.Due,
		Short: n.Short, Over: n.Over, Conflicts: c.tillConflicts(n.Conflicts)}
	for i, list := range n.List {
		v.Lines[i] = settledLine{Line: i + 1, List: list, Amount: list}
	}
	for _, d := range n.Discounts {
		l := &v.Lines[d.Line-1]
		l.Amount -= d.Amount
		l.Discounts = append(l.Discounts, lineDiscount{termsOf(d.VersionID), d.Amount})
	}
	for _, a := range n.Applied {
		offer := ""
		if a.OfferID != 0 {
			offer = a.OfferID.In(id.Offer)
		}
		one := appliedView{
			Offer: offer, Terms: termsOf(a.VersionID), Name: a.Name, Code: a.Code, Amount: a.Amount, Gift: a.Gift, Reason: c.reason(a.Reason),
		}
		if a.Raise != nil {
			one.Points = a.Raise.Points
		}
		v.Applied = append(v.Applied, one)
	}
	for _, r := range n.Refused {
		one := refusedOffer{Code: r.Code, Why: r.Why, Reason: c.reason(r.Reason)}
		if r.VersionID != 0 {
			one.Terms = r.VersionID.In(id.Terms)
		}
		v.Refused = append(v.Refused, one)
	}
	return v
}

// termsOf shows a version of an offer, empty for none.
func termsOf(version id.ID) string {
	if version == 0 {
		return ""
	}
	return version.In(id.Terms)
}

func (c *call) refund(r *flow.Refund) *refundView {
	if r == nil {
		return nil
	}
	v := &refundView{Amount: r.Amount, Money: r.Money, Withheld: r.Withheld, Released: r.Released, Unpaid: r.Unpaid, Tenders: c.tenders(r.Tenders), Codes: r.Codes}
	for _, l := range r.Lost {
		v.Lost = append(v.Lost, lostView{l.VersionID.In(id.Terms), l.Name, l.Amount, c.reason(l.Reason)})
	}
	return v
}

func (c *call) tenders(list []flow.Tender) []tenderView {
	var views []tenderView
	for _, t := range list {
		v := tenderView{Kind: string(t.Kind), Points: t.Points, Card: t.Card, Amount: t.Amount}
		if w, err := c.setting.wallet(t.WalletID.In(id.Wallet)); err == nil && t.Kind == flow.ByPoints {
			v.Wallet = w.Code
		}
		views = append(views, v)
	}
	return views
}

// exampleQuote is a basket as a till may ask about it.
const exampleQuote = `{
  "source": "shop",
  "external_id": "10046",
  "kind": "purchase",
  "identities": [{"kind": "phone", "value": "+44 20 7946 0018"}],
  "lines": [{"sku": "85123A", "category": "candles", "quantity": 6, "amount": 1530}],
  "checkout": {"codes": ["SPRING-7Q4K"], "points": [{"wallet": "points", "points": 200}]}
}`

func (s *server) addQuotes() {
	take(s, operation{
		id: "quote", method: http.MethodPost, path: "/v1/quotes", tag: tagEvents, needs: needs(auth.EventsWrite), partners: true,
		summary: "Ask what a purchase or a return would come to",
		text: "The body is the purchase as it would be recorded, with its checkout; the answer is what recording it now would answer: discounts line by line, offers and codes that " +
			"apply and why others do not, what pays, the points that it would earn. Nothing changes, and nothing is set aside: record the purchase with the due of the quote, and it is " +
			"refused if the price has changed meanwhile. With hold, the codes that applied and the points and gift cards that pay are kept for this purchase for so many minutes: " +
			"record it under the same source and number, and it finds them. A quote that holds takes the place of the one before. " +
			"A return is answered with how it would be paid back and the points that it would take.",
		example: exampleQuote,
	}, s.quote)
	write(s, operation{
		id: "release-quote", method: http.MethodDelete, path: "/v1/quotes/{quote}", tag: tagEvents, needs: needs(auth.EventsWrite),
		summary: "Let go what a quote holds", text: "What is held no more is answered alike.",
	}, func(ctx context.Context, c *call, in *quoteIn, _ *nothing) (string, error) {
		n, err := parseID(id.Quote, "quote", string(in.Quote))
		if err != nil {
			return "", err
		}
		return string(in.Quote), s.Flow.Release(ctx, c.actor, c.programme(), n)
	}, func(_ context.Context, _ *call, subject string) (releasedQuote, error) {
		return releasedQuote{subject}, nil
	})
}

// Purchase is a body of an event under a name that lets its fields be part of
// another body.
type Purchase = newEvent

// newQuote is a purchase to be quoted.
type newQuote struct {
	Purchase
	Hold *newHold `json:"hold,omitempty" doc:"Keeps what the purchase would use for it. Without it nothing is set aside."`
}

type newHold struct {
	Minutes int `json:"minutes,omitempty" minimum:"1" maximum:"60" doc:"For how long; 15 when it is left out." example:"10"`
}

// quoteIn names what a quote holds in an address.
type quoteIn struct {
	Quote quoteID `path:"quote"`
}

type quoteID string

// Schema implements huma.SchemaProvider.
func (quoteID) Schema(huma.Registry) *huma.Schema { return shown(id.Quote, "What a quote holds.") }

type releasedQuote struct {
	Released string `json:"released" example:"quo_01h9x3k7q2v5n"`
}

// heldView says what a quote holds until when.
type heldView struct {
	Quote string    `json:"quote" doc:"Names what is held, to let it go." example:"quo_01h9x3k7q2v5n"`
	Until time.Time `json:"until" doc:"When it ends by itself."`
}

func (s *server) quote(ctx context.Context, c *call, body *newQuote) (eventAnswer, error) {
	e, err := body.event(c)
	if err != nil {
		return eventAnswer{}, err
	}
	if err := s.partnerMaySend(ctx, c, &body.Purchase, e); err != nil {
		return eventAnswer{}, err
	}
	var answer flow.Answer
	if body.Hold == nil {
		answer, err = s.Flow.Quote(ctx, e)
	} else {
		answer, err = s.Flow.Hold(ctx, e, body.Hold.Minutes)
	}
	if err != nil {
		return eventAnswer{}, err
	}
	view := c.answer(&answer)
	if answer.Hold != nil {
		view.Hold = &heldView{answer.Hold.ID.In(id.Quote), answer.Hold.Until}
	}
	return view, nil
}

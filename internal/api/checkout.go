package api

import (
	"context"
	"net/http"
	"strconv"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// newCheckout asks that the programme price a purchase.
type newCheckout struct {
	Codes     []string      `json:"codes,omitempty" nullable:"false" maxItems:"20" doc:"Promotion codes, as the customer gave them. One that does not apply is told with its reason and stops nothing." example:"[\"SPRING-7Q4K\"]"`
	Points    []pointsPaid  `json:"points,omitempty" nullable:"false" maxItems:"20" doc:"Points that pay. They are worth what the programme owes for them."`
	GiftCards []newCardPaid `json:"gift_cards,omitempty" nullable:"false" maxItems:"20" doc:"Gift cards that pay, after the points."`
	Due       *int64        `json:"due,omitempty" doc:"What the till takes in money, in minor units. If it comes out otherwise the sale is refused (409, price_changed)." example:"1325"`
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
	out := &flow.Checkout{Codes: n.Codes, Due: n.Due}
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
	Lines   []settledLine  `json:"lines" nullable:"false" doc:"The lines of the purchase, in their order."`
	Applied []appliedView  `json:"applied,omitempty" nullable:"false" doc:"The offers that applied."`
	Refused []refusedOffer `json:"refused,omitempty" nullable:"false" doc:"Codes presented that did not apply, and why; in a quote, offers too."`
	Tenders []tenderView   `json:"tenders,omitempty" nullable:"false" doc:"What pays beside money."`
	Total   int64          `json:"total" doc:"What the purchase costs after discounts." example:"1525"`
	Due     int64          `json:"due" doc:"What of it is paid in money." example:"1325"`
}

type settledLine struct {
	Line      int            `json:"line" doc:"The line's number, from 1."`
	List      int64          `json:"list" doc:"What it cost before discounts." example:"1530"`
	Amount    int64          `json:"amount" doc:"What it costs after." example:"1225"`
	Discounts []lineDiscount `json:"discounts,omitempty" nullable:"false"`
}

type lineDiscount struct {
	Terms  string `json:"terms" doc:"The version of the offer." example:"ofv_01h9x3k7q2v5n"`
	Amount int64  `json:"amount" example:"305"`
}

type appliedView struct {
	Offer  string      `json:"offer" example:"off_01h9x3k7q2v5n"`
	Terms  string      `json:"terms" doc:"The version of the offer." example:"ofv_01h9x3k7q2v5n"`
	Name   string      `json:"name" example:"20 % off candles"`
	Code   string      `json:"code,omitempty" doc:"The code by which it applied."`
	Amount int64       `json:"amount" doc:"What it takes off." example:"305"`
	Gift   string      `json:"gift,omitempty" doc:"The product that goes with the purchase."`
	Reason *reasonView `json:"reason,omitempty"`
}

type refusedOffer struct {
	Terms  string      `json:"terms,omitempty" doc:"The version of the offer; missing for a code that is not known."`
	Code   string      `json:"code,omitempty" doc:"The code presented."`
	Why    string      `json:"why" doc:"A stable word for the reason." example:"expired"`
	Reason *reasonView `json:"reason,omitempty"`
}

type tenderView struct {
	Kind   string `json:"kind" enum:"points,gift_card"`
	Wallet string `json:"wallet,omitempty" doc:"The wallet's code."`
	Points int64  `json:"points,omitempty" doc:"In the wallet's smallest unit."`
	Card   string `json:"card,omitempty" doc:"The end of the gift card's number." example:"••••3WDC"`
	Amount int64  `json:"amount" doc:"What it is worth, in minor units."`
}

// refundView says how a return is paid back.
type refundView struct {
	Amount  int64        `json:"amount" doc:"What was paid for the goods, in minor units." example:"1225"`
	Money   int64        `json:"money" doc:"What of it the till gives back in money." example:"1025"`
	Tenders []tenderView `json:"tenders,omitempty" nullable:"false" doc:"What went back to points and gift cards."`
	Codes   []string     `json:"codes,omitempty" nullable:"false" doc:"Codes that may be used again."`
}

func (c *call) settled(n *flow.Settlement) *settledView {
	if n == nil {
		return nil
	}
	v := &settledView{Lines: make([]settledLine, len(n.List)), Tenders: c.tenders(n.Tenders), Total: n.Total, Due: n.Due}
	for i, list := range n.List {
		v.Lines[i] = settledLine{Line: i + 1, List: list, Amount: list}
	}
	for _, d := range n.Discounts {
		l := &v.Lines[d.Line-1]
		l.Amount -= d.Amount
		l.Discounts = append(l.Discounts, lineDiscount{d.VersionID.In(id.Terms), d.Amount})
	}
	for _, a := range n.Applied {
		v.Applied = append(v.Applied, appliedView{
			Offer: a.OfferID.In(id.Offer), Terms: a.VersionID.In(id.Terms), Name: a.Name, Code: a.Code, Amount: a.Amount, Gift: a.Gift, Reason: c.reason(a.Reason),
		})
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

func (c *call) refund(r *flow.Refund) *refundView {
	if r == nil {
		return nil
	}
	return &refundView{Amount: r.Amount, Money: r.Money, Tenders: c.tenders(r.Tenders), Codes: r.Codes}
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
		id: "quote", method: http.MethodPost, path: "/v1/quotes", tag: tagEvents, needs: needs(auth.EventsWrite),
		summary: "Ask what a purchase or a return would come to",
		text: "The body is the purchase as it would be recorded, with its checkout; the answer is what recording it now would answer: discounts line by line, offers and codes that " +
			"apply and why others do not, what pays, the points that it would earn. Nothing changes, and nothing is set aside: record the purchase with the due of the quote, and it is " +
			"refused if the price has changed meanwhile. A return is answered with how it would be paid back and the points that it would take.",
		example: exampleQuote,
	}, s.quote)
}

func (s *server) quote(ctx context.Context, c *call, body *newEvent) (eventAnswer, error) {
	e, err := body.event(c)
	if err != nil {
		return eventAnswer{}, err
	}
	answer, err := s.Flow.Quote(ctx, e)
	if err != nil {
		return eventAnswer{}, err
	}
	return c.answer(&answer), nil
}

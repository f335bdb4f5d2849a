package api

import (
	"time"

	"regulars/internal/id"
	"regulars/internal/returns"
)

// returnRequest is what a customer asks to send back.
type returnRequest struct {
	Return     string       `json:"return" example:"rtn_01h9x3k7q2v5n"`
	Member     string       `json:"member,omitempty" example:"mem_01h9x3k7q2v5n"`
	Sale       string       `json:"sale" doc:"The event of the sale." example:"evt_01h9x3k7q2v5n"`
	Source     string       `json:"source" example:"shop"`
	Order      string       `json:"order,omitempty" example:"1001"`
	State      string       `json:"state" enum:"asked,accepted,arrived,settling,owed,done,declined,cancelled"`
	Asked      time.Time    `json:"asked"`
	Decided    *time.Time   `json:"decided,omitempty"`
	Arrived    *time.Time   `json:"arrived,omitempty"`
	Settled    *time.Time   `json:"settled,omitempty"`
	Closed     *time.Time   `json:"closed,omitempty"`
	PromisedBy *time.Time   `json:"promised_by,omitempty" doc:"By when an answer, and then the money or the exchange, was promised; only where one return is asked for."`
	Fee        int64        `json:"fee" doc:"Kept of the refund, in minor units."`
	Refund     int64        `json:"refund" doc:"Owed in money, in minor units; it never moves by itself."`
	Event      string       `json:"event,omitempty" doc:"The return on the member's timeline." example:"evt_01h9x3k7q2v5n"`
	Note       string       `json:"note,omitempty" doc:"Why it was cancelled, or by what it was paid."`
	Items      []returnItem `json:"items" nullable:"false"`
}

type returnItem struct {
	No       int      `json:"no"`
	Line     int      `json:"line" doc:"The line of the order."`
	SKU      string   `json:"sku,omitempty"`
	Name     string   `json:"name,omitempty"`
	Quantity quantity `json:"quantity"`
	Amount   int64    `json:"amount" doc:"What was paid for it, in minor units."`
	Outcome  string   `json:"outcome" enum:"refund,points,gift_card,exchange,keep"`
	Rule     string   `json:"rule" doc:"The rule by which it may come back."`
	State    string   `json:"state" enum:"asked,accepted,declined"`
	Comment  string   `json:"comment,omitempty"`
	Answer   string   `json:"answer,omitempty"`
	Photos   []string `json:"photos" nullable:"false" doc:"Photos that go with it, to be got below this return." example:"[\"rtp_01h9x3k7q2v5n\"]"`
	Given    int64    `json:"given" doc:"What the customer had for it, in minor units."`
	Points   int64    `json:"points,omitempty" doc:"The points that were given for it, in the smallest unit."`
}

func returnRequestOf(r *returns.Return) returnRequest {
	v := returnRequest{
		Return: r.Number(), Sale: r.SaleID.In(id.Sale), Source: r.Source, Order: r.Order, State: string(r.State), Asked: r.Asked, Decided: moment(r.Decided),
		Arrived: moment(r.Arrived), Settled: moment(r.Settled), Closed: moment(r.Closed), Fee: r.Fee, Refund: r.Refund, Note: r.Note, Items: make([]returnItem, len(r.Items)),
	}
	if r.MemberID != 0 {
		v.Member = r.MemberID.In(id.Member)
	}
	if r.EventID != 0 {
		v.Event = r.EventID.In(id.Event)
	}
	for i, t := range r.Items {
		v.Items[i] = returnItem{
			t.No, t.SaleLine, t.SKU, t.Label, quantity(t.Quantity), t.Amount, string(t.Outcome), t.Rule, string(t.State), t.Comment, t.Answer, make([]string, len(t.Photos)), t.Given, t.Points,
		}
		for j, photo := range t.Photos {
			v.Items[i].Photos[j] = photo.ID.In(id.ReturnPhoto)
		}
	}
	return v
}

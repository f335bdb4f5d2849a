package api

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
)

// eventView is an event as it is kept, with what it did to the points.
type eventView struct {
	Event      string            `json:"event" example:"evt_01h9x3k7q2v5n"`
	Member     string            `json:"member,omitempty"`
	Kind       string            `json:"kind,omitempty" example:"purchase"`
	Source     string            `json:"source" example:"shop"`
	ExternalID string            `json:"external_id" example:"10045"`
	Waiting    bool              `json:"waiting,omitempty" doc:"A return of a sale that has not come yet."`
	Occurred   *time.Time        `json:"occurred,omitempty" doc:"When it happened."`
	Recorded   *time.Time        `json:"recorded,omitempty" doc:"When it was taken here."`
	Shop       string            `json:"shop,omitempty" doc:"The code of the shop."`
	Channel    string            `json:"channel,omitempty"`
	Actor      string            `json:"actor,omitempty" doc:"Who sent it." example:"key:key_01h9x3k7q2v5n"`
	Lines      []newLine         `json:"lines,omitempty" nullable:"false"`
	Return     *newReturn        `json:"return,omitempty"`
	Adjustment *adjustmentView   `json:"adjustment,omitempty"`
	Attributes map[string]string `json:"attributes,omitempty"`
	Sale       *settledView      `json:"sale,omitempty" doc:"How a purchase with a checkout was priced and paid."`
	Refund     *refundView       `json:"refund,omitempty" doc:"How a return of such a purchase was paid back."`
	Movements  []movementView    `json:"movements" nullable:"false" doc:"The points that it moved, in order."`
}

type adjustmentView struct {
	Wallet        string `json:"wallet" doc:"The wallet's code."`
	Points        int64  `json:"points"`
	Reason        string `json:"reason,omitempty"`
	ExpiresMonths int    `json:"expires_months,omitempty"`
	Undoes        string `json:"undoes,omitempty" doc:"The event of the adjustment that it took back."`
}

// aliases returns the member of the programme, who survives merges, and then
// everybody merged into them.
func (s *server) aliases(ctx context.Context, c *call, m id.ID) ([]id.ID, error) {
	return member.AliasesOf(ctx, s.DB.Reader(), c.programme(), m)
}

// event returns one event of a person.
func (s *server) event(ctx context.Context, c *call, aliases []id.ID, event id.ID) (eventView, error) {
	var e *journal.Event
	err := error(nil)
	for _, m := range aliases {
		if e, err = journal.Get(ctx, s.DB.Reader(), m, event); fault.KindOf(err) != fault.KindMissing {
			break
		}
	}
	if err != nil {
		return eventView{}, err
	}
	views, err := c.events(ctx, s.DB.Reader(), []*journal.Event{e})
	if err != nil {
		return eventView{}, err
	}
	return views[0], nil
}

// events returns events as they are shown, with what they did.
func (c *call) events(ctx context.Context, q db.Queryer, list []*journal.Event) ([]eventView, error) {
	causes := make([]ledger.CauseKey, len(list))
	for i, e := range list {
		causes[i] = ledger.CauseKey{MemberID: e.MemberID, EventID: e.ID}
	}
	entries, err := ledger.EntriesOf(ctx, q, causes)
	if err != nil {
		return nil, err
	}
	moved := map[id.ID][]movementView{}
	for i := range entries {
		e := &entries[i]
		moved[e.Cause.Event] = append(moved[e.Cause.Event], c.entryMovement(e))
	}
	views := make([]eventView, len(list))
	for i, e := range list {
		if views[i], err = c.eventView(e); err != nil {
			return nil, err
		}
		if views[i].Movements = moved[e.ID]; views[i].Movements == nil {
			views[i].Movements = []movementView{}
		}
	}
	return views, nil
}

func (c *call) entryMovement(e *ledger.Entry) movementView {
	v := movementView{
		Wallet: c.setting.walletCode(e.WalletID), Kind: e.Kind.String(), From: e.From.String(), To: e.To.String(), Points: e.Amount,
		Reason: c.reason(e.Cause.Reason),
	}
	if e.LotID != 0 {
		v.Lot = e.LotID.In(id.Lot)
	}
	return v
}

func (c *call) eventView(e *journal.Event) (eventView, error) {
	var p flow.Payload
	if err := json.Unmarshal(e.Body, &p); err != nil {
		return eventView{}, fmt.Errorf("reading the body of event %s: %w", e.ID.In(id.Event), err)
	}
	v := eventView{
		Event: e.ID.In(id.Event), Member: e.MemberID.In(id.Member), Kind: string(e.Kind), Source: e.Source, ExternalID: e.ExternalID,
		Occurred: moment(e.Occurred), Recorded: moment(e.Recorded), Shop: c.setting.shops[e.ShopID].Code, Channel: e.Channel, Actor: e.Actor,
		Attributes: p.Attributes, Return: returnOf(p.Return), Sale: c.settled(p.Settled), Refund: c.refund(p.Refunded),
	}
	for _, l := range p.Lines {
		v.Lines = append(v.Lines, newLine{l.SKU, l.Name, l.Category, quantity(l.Quantity), l.Amount, l.Fee})
	}
	if a := p.Adjustment; a != nil {
		v.Adjustment = &adjustmentView{c.setting.walletCode(a.WalletID), a.Points, a.Reason, a.ExpiresMonths, ""}
		if a.Undoes != 0 {
			v.Adjustment.Undoes = a.Undoes.In(id.Event)
		}
	}
	return v, nil
}

func returnOf(r *flow.Return) *newReturn {
	if r == nil {
		return nil
	}
	v := &newReturn{SaleSource: r.SaleSource, SaleReference: r.SaleReference, Whole: r.Whole, Cancel: r.Cancel}
	for _, l := range r.Lines {
		v.Lines = append(v.Lines, newReturnLine{l.SKU, l.Line, quantity(l.Quantity), l.Fee})
	}
	return v
}

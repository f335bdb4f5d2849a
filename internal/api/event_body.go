package api

import (
	"strconv"
	"time"

	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// newEvent is an event as a source tells it. Its fields are named as flow
// points at them.
type newEvent struct {
	Source     string    `json:"source" minLength:"1" maxLength:"200" doc:"The system that the event comes from." example:"shop"`
	ExternalID string    `json:"external_id" minLength:"1" maxLength:"200" doc:"The event's number there. The pair is taken once." example:"10045"`
	Kind       string    `json:"kind" minLength:"1" maxLength:"200" doc:"purchase, return, sign_up, birthday, visit, adjustment, or custom. and a name of yours." example:"purchase"`
	Occurred   time.Time `json:"occurred,omitzero" doc:"When it happened; now when it is left out. It may be past." example:"2026-01-01T11:30:00Z"`

	Member     string         `json:"member,omitempty" maxLength:"40" doc:"Whose event it is, by the id here; or name identities."`
	Identities []identityView `json:"identities,omitempty" nullable:"false" maxItems:"20" doc:"Whose event it is, by anything that they are known by. Who is met for the first time gets an account; a purchase that names nobody gets an anonymous one."`
	Enrol      bool           `json:"enrol,omitempty" doc:"The customer joins the programme with this event, where joining is not automatic."`
	Profile    *profile       `json:"profile,omitempty" doc:"Fills what is not known yet of the customer."`

	Shop    string `json:"shop,omitempty" maxLength:"200" doc:"The code of the shop." example:"high-street"`
	Channel string `json:"channel,omitempty" maxLength:"200" doc:"How it was bought, in your words." example:"till"`

	Currency   string            `json:"currency,omitempty" maxLength:"3" doc:"Checked against the programme's when given." example:"GBP"`
	Lines      []newLine         `json:"lines,omitempty" nullable:"false" maxItems:"1000" doc:"What was bought; a purchase needs them."`
	Checkout   *newCheckout      `json:"checkout,omitempty" doc:"The programme prices the purchase: its lines have list prices, and what offers and codes take off, and points and gift cards pay, is reckoned here."`
	Return     *newReturn        `json:"return,omitempty" doc:"What came back; a return needs it."`
	Adjustment *newAdjustment    `json:"adjustment,omitempty" doc:"What is given or taken by hand; an adjustment needs it, and the scope points:adjust."`
	Attributes map[string]string `json:"attributes,omitempty" doc:"Anything else that rules may ask about. No personal data."`
}

// profile is what an event tells of a customer.
type profile struct {
	GivenName  string            `json:"given_name,omitempty" maxLength:"200" example:"Nina"`
	FamilyName string            `json:"family_name,omitempty" maxLength:"200" example:"Kowalska"`
	Language   string            `json:"language,omitempty" maxLength:"40" doc:"A BCP 47 tag." example:"pl"`
	BirthDay   int               `json:"birth_day,omitempty" minimum:"0" maximum:"31"`
	BirthMonth int               `json:"birth_month,omitempty" minimum:"0" maximum:"12"`
	BirthYear  int               `json:"birth_year,omitempty" minimum:"0" maximum:"9999"`
	Tags       []string          `json:"tags,omitempty" nullable:"false" maxItems:"100"`
	Attributes map[string]string `json:"attributes,omitempty"`
}

// identityView is one thing by which a customer is known.
type identityView struct {
	Kind  string `json:"kind" enum:"phone,email,card,external,pass"`
	Value string `json:"value" maxLength:"300" example:"+44 20 7946 0018"`
}

type newLine struct {
	SKU      string   `json:"sku,omitempty" maxLength:"200" example:"85123A"`
	Name     string   `json:"name,omitempty" maxLength:"500" example:"Hanging heart T-light holder"`
	Category string   `json:"category,omitempty" maxLength:"200" doc:"With a checkout, that of the catalogue when left out." example:"candles"`
	Quantity quantity `json:"quantity"`
	Amount   int64    `json:"amount" doc:"What the customer pays for the line, in minor units: tax included, after discounts; with a checkout, before those that are reckoned here." example:"1530"`
	Fee      bool     `json:"fee,omitempty" doc:"Part of the sale but no goods, as postage."`
}

type newReturn struct {
	SaleSource    string          `json:"sale_source,omitempty" maxLength:"200" doc:"The source of the sale that is returned; that of this event when left out."`
	SaleReference string          `json:"sale_reference,omitempty" maxLength:"200" doc:"The external_id of the sale. A return of a sale that is not known yet waits for it. Without one the goods are looked for in the customer's earlier sales, the latest first."`
	Whole         bool            `json:"whole,omitempty" doc:"Everything of the sale that has not come back yet; then no lines are needed."`
	Cancel        bool            `json:"cancel,omitempty" doc:"Undoes the sale: all of it that has not come back yet, fees included; codes may be used again. No lines are needed."`
	Lines         []newReturnLine `json:"lines,omitempty" nullable:"false" maxItems:"1000"`
}

type newReturnLine struct {
	SKU      string   `json:"sku,omitempty" maxLength:"200" example:"85123A"`
	Line     int      `json:"line,omitempty" minimum:"0" maximum:"1000" doc:"The number of the sale's line, from 1, where a sale is cited; 0 is any line of the SKU."`
	Quantity quantity `json:"quantity"`
	Fee      bool     `json:"fee,omitempty" doc:"No goods: counted and without effect."`
}

type newAdjustment struct {
	Wallet        string `json:"wallet" maxLength:"40" doc:"The wallet, by id or code." example:"points"`
	Points        int64  `json:"points" doc:"What is given, or taken when below 0, in the wallet's smallest unit." example:"100"`
	Reason        string `json:"reason" minLength:"1" maxLength:"500" doc:"The member and the auditor will read it." example:"sorry for the long wait"`
	ExpiresMonths int    `json:"expires_months,omitempty" minimum:"0" maximum:"1200" doc:"How many months given points last; 0 is for ever."`
	Undoes        string `json:"undoes,omitempty" maxLength:"40" doc:"The event of an earlier adjustment of this member that is taken back; then the points are its own, turned round. What it took goes back to where it came from, with its dates."`
}

// customKind begins the kinds that callers make up.
const customKind = "custom."

// event makes of the body what flow takes.
func (n *newEvent) event(c *call) (*flow.Event, error) {
	e := &flow.Event{
		ProgrammeID: c.programme(), Source: n.Source, ExternalID: n.ExternalID, Kind: journal.Kind(n.Kind), Occurred: n.Occurred,
		Shop: n.Shop, Channel: n.Channel, Actor: c.actor,
		Who:     flow.Who{Identities: identitiesOf(n.Identities), Enrol: n.Enrol, Profile: n.Profile.profile()},
		Payload: flow.Payload{Currency: money.Currency(n.Currency), Attributes: n.Attributes, Lines: saleLines(n.Lines), Return: n.Return.payload()},
	}
	if err := n.checkParts(); err != nil {
		return nil, err
	}
	var err error
	if e.Payload.Checkout, err = n.Checkout.checkout(c); err != nil {
		return nil, err
	}
	if n.Member != "" {
		if e.Who.MemberID, err = id.Parse(id.Member, n.Member); err != nil {
			return nil, fault.At("/member", err)
		}
	}
	if n.Adjustment != nil {
		w, err := c.setting.wallet(n.Adjustment.Wallet)
		if err != nil || n.Adjustment.Wallet == "" {
			return nil, noWallet("/adjustment/wallet")
		}
		e.Payload.Adjustment = &flow.Adjustment{
			WalletID: w.ID, Points: n.Adjustment.Points, Reason: n.Adjustment.Reason, ExpiresMonths: n.Adjustment.ExpiresMonths,
		}
		if n.Adjustment.Undoes != "" {
			if e.Payload.Adjustment.Undoes, err = id.Parse(id.Event, n.Adjustment.Undoes); err != nil {
				return nil, fault.At("/adjustment/undoes", err)
			}
		}
	}
	return e, nil
}

// checkParts refuses parts that mean nothing for the kind, rather than letting
// them fall away unseen.
func (n *newEvent) checkParts() error {
	for _, part := range []struct {
		name, kind string
		there      bool
	}{
		{"lines", string(journal.Purchase), n.Lines != nil}, {"checkout", string(journal.Purchase), n.Checkout != nil}, {"return", string(journal.Return), n.Return != nil},
		{"adjustment", string(journal.Adjustment), n.Adjustment != nil},
	} {
		if part.there && n.Kind != part.kind {
			return fault.Invalid("part_of_other_kind", "only an event of the kind %s has this; leave it out", part.kind).
				At("/"+part.name).With("kind", part.kind)
		}
	}
	return nil
}

func noWallet(pointer string) error {
	return fault.Missing("unknown_wallet", "the programme has no such wallet").At(pointer)
}

func (p *profile) profile() *flow.Profile {
	if p == nil {
		return nil
	}
	return &flow.Profile{
		GivenName: p.GivenName, FamilyName: p.FamilyName, Language: p.Language,
		BirthDay: p.BirthDay, BirthMonth: p.BirthMonth, BirthYear: p.BirthYear, Tags: p.Tags, Attributes: p.Attributes,
	}
}

func identitiesOf(list []identityView) []member.Identity {
	if len(list) == 0 {
		return nil
	}
	identities := make([]member.Identity, len(list))
	for i, one := range list {
		identities[i] = member.Identity{Kind: member.IdentityKind(one.Kind), Value: one.Value}
	}
	return identities
}

func saleLines(list []newLine) []sale.Line {
	if len(list) == 0 {
		return nil
	}
	lines := make([]sale.Line, len(list))
	for i, l := range list {
		lines[i] = sale.Line{SKU: l.SKU, Name: l.Name, Category: l.Category, Quantity: int64(l.Quantity), Amount: l.Amount, Fee: l.Fee}
	}
	return lines
}

func (r *newReturn) payload() *flow.Return {
	if r == nil {
		return nil
	}
	back := &flow.Return{SaleSource: r.SaleSource, SaleReference: r.SaleReference, Whole: r.Whole, Cancel: r.Cancel}
	for _, l := range r.Lines {
		back.Lines = append(back.Lines, sale.ReturnLine{SKU: l.SKU, Line: l.Line, Quantity: int64(l.Quantity), Fee: l.Fee})
	}
	return back
}

// pointerTo points at an entry of a list.
func pointerTo(list string, i int) string { return "/" + list + "/" + strconv.Itoa(i) }

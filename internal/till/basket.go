package till

import (
	"regexp"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/sale"
)

const (
	// source is what names every event of the tills; the numbers are unique in
	// a programme, for they begin with the till's own.
	source  = "till"
	channel = "till"
)

// number is the form of a receipt number: till, series, count.
var number = regexp.MustCompile(`^[1-9][0-9]{0,8}-[1-9][0-9]{0,8}-[1-9][0-9]{0,8}$`)

// basket is a sale as the device holds it.
type basket struct {
	Number string `json:"number"`
	// At is when it was sold, in milliseconds; 0 is now.
	At int64 `json:"at,omitempty"`
	// Shift says who sold what is sent later.
	Shift string `json:"shift,omitempty"`
	// Member is whose it is, or Ask what the customer said or showed while
	// nobody could be asked.
	Member string        `json:"member,omitempty"`
	Ask    string        `json:"ask,omitempty"`
	Lines  []line        `json:"lines"`
	Codes  []string      `json:"codes,omitempty"`
	Points []pointsToPay `json:"points,omitempty"`
	Cards  []string      `json:"cards,omitempty"`
	// Pool lets the household pay what the customer's points fall short of.
	Pool bool   `json:"pool,omitempty"`
	Due  *int64 `json:"due,omitempty"`
	// Given is what the codes took off by the quote that it was sold by.
	Given []flow.GivenCode `json:"given,omitempty"`
	// Offline says that it was sold without asking again, and Listed that it
	// was sold at list prices, with nothing to reckon here.
	Offline bool `json:"offline,omitempty"`
	Listed  bool `json:"listed,omitempty"`
}

// line is a line of a basket: thousandths and minor units.
type line struct {
	SKU      string `json:"sku,omitempty"`
	Name     string `json:"name,omitempty"`
	Category string `json:"category,omitempty"`
	Quantity int64  `json:"quantity"`
	Amount   int64  `json:"amount"`
}

type pointsToPay struct {
	Wallet string `json:"wallet"`
	Points int64  `json:"points"` // smallest units
}

// event is the sale as flow takes it, in the name of whoever sold it.
func (b *basket) event(v *visit, actor auth.Actor) (*flow.Event, error) {
	e, err := v.event(journal.Purchase, b.Number, actor)
	if err != nil {
		return nil, err
	}
	if b.At != 0 {
		e.Occurred = time.UnixMilli(b.At).UTC()
	}
	if e.Who, err = b.who(v, e.Occurred); err != nil {
		return nil, err
	}
	for _, l := range b.Lines {
		e.Payload.Lines = append(e.Payload.Lines, sale.Line{SKU: strings.TrimSpace(l.SKU), Name: strings.TrimSpace(l.Name), Category: l.Category, Quantity: l.Quantity, Amount: l.Amount})
	}
	e.Payload.Currency = v.programme.Currency
	if !b.Listed {
		e.Payload.Checkout, err = b.checkout()
	}
	return e, err
}

// event begins an event of this till.
func (v *visit) event(kind journal.Kind, named string, actor auth.Actor) (*flow.Event, error) {
	if !number.MatchString(named) {
		return nil, fault.Invalid("till_malformed", "what the till sent cannot be read; open the page again").At("/number")
	}
	return &flow.Event{
		ProgrammeID: v.programme.ID, Source: source, ExternalID: named, Kind: kind, Shop: v.shop.Code, Channel: channel, Actor: actor,
	}, nil
}

func (b *basket) checkout() (*flow.Checkout, error) {
	c := &flow.Checkout{Codes: b.Codes, Due: b.Due, Offline: b.Offline, Given: b.Given}
	for _, p := range b.Points {
		wallet, err := id.Parse(id.Wallet, p.Wallet)
		if err != nil {
			return nil, err
		}
		c.Points = append(c.Points, flow.PointsPayment{WalletID: wallet, Points: p.Points})
	}
	for _, card := range b.Cards {
		c.GiftCards = append(c.GiftCards, flow.CardPayment{Number: card})
	}
	return c, nil
}

// who names the customer: a member who was found, what they said while nobody
// could be asked, or nobody.
func (b *basket) who(v *visit, at time.Time) (flow.Who, error) {
	switch {
	case b.Member != "":
		m, err := id.Parse(id.Member, b.Member)
		return flow.Who{MemberID: m}, err
	case b.Ask != "":
		return v.named(b.Ask, at)
	}
	return flow.Who{}, nil
}

// named reads what a customer said or showed: the code of their wallet, an
// e-mail address, a phone or a card.
func (v *visit) named(text string, at time.Time) (flow.Who, error) {
	text = strings.TrimSpace(text)
	if member.IsPass(strings.ToUpper(text)) {
		m, err := member.ReadPass([]byte(v.programme.Salt), text, at)
		return flow.Who{MemberID: m}, err
	}
	kinds := []member.IdentityKind{member.Card}
	switch {
	case strings.Contains(text, "@"):
		kinds = []member.IdentityKind{member.Email}
	case looksLikePhone(text):
		kinds = []member.IdentityKind{member.Phone, member.Card}
	}
	var last error
	for _, kind := range kinds {
		i, err := member.Normalise(kind, text, v.programme.Region)
		if err == nil {
			return flow.Who{Identities: []member.Identity{i}}, nil
		}
		last = err
	}
	return flow.Who{}, last
}

// looksLikePhone reports whether a text has the signs of a phone alone and
// enough of its digits.
func looksLikePhone(text string) bool {
	digits := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-() .", r):
			return false
		}
	}
	return digits >= 7 && digits <= 15
}

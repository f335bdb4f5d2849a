package partner

import (
	"slices"
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
)

// Side says what a line is for.
type Side string

// The sides.
const (
	Issue  Side = "issue"  // points given in the partner's shops, less what was taken back
	Redeem Side = "redeem" // points spent there, less what was given back
	Offer  Side = "offer"  // discounts of an offer whose cost is shared
)

// Text returns the side in words.
func (s Side) Text() i18n.Text { return i18n.Text{Key: "partner.side." + string(s)} }

// Line is one thing to be settled with a partner, kept once for its cause.
type Line struct {
	Side Side `json:"side"`
	// SourceID is the entry of the ledger, or the sale for offers, of what came
	// back too.
	SourceID id.ID `json:"source"`
	OfferID  id.ID `json:"offer,omitempty"`
	// EventID is the event that caused it, SaleID the sale or other event that
	// it goes back to: that event itself, or what came back with it.
	EventID id.ID `json:"event"`
	SaleID  id.ID `json:"sale"`
	ShopID  id.ID `json:"shop"`
	// TermsID are the terms in force at the sale's time.
	TermsID id.ID `json:"terms,omitempty"`
	// Quantity is in the smallest unit of points, or in minor units for offers.
	Quantity int64 `json:"quantity"`
	// Rate × Quantity is what the partner owes, in minor units; below zero for
	// what is owed to it.
	Rate money.Rate `json:"rate"`
	// Amount is the line's part of the statement, in whole minor units.
	Amount             int64 `json:"amount"`
	Occurred, Recorded time.Time
	// Receipt is what the partner's own till calls that sale, when it is shown: by
	// it both sides find it in their books. Of a sale in another's shop it is
	// empty.
	Receipt string `json:"-"`

	partner, programme, member id.ID
	month                      Month
}

type lineKey struct {
	side                          Side
	source, offer, partner, event id.ID
}

func (l *Line) key() lineKey { return lineKey{l.Side, l.SourceID, l.OfferID, l.partner, l.EventID} }

// origin is what points go back to: an event, or the entry that they undo.
type origin struct{ event, entry id.ID }

// moved says what an entry of the ledger means to a settlement: points given or
// spent, and what they go back to. It goes by the buckets, so that whatever
// moves points counts.
func moved(e *ledger.Entry) (side Side, quantity int64, from origin, concerns bool) {
	from.event = e.Cause.Event
	switch e.Cause.Kind {
	case ledger.CauseReturn:
		from.event = e.Cause.ID
	case ledger.CauseReversal:
		from = origin{entry: e.Cause.ID}
	}
	switch {
	case e.From == e.To || e.Cause.Event == 0:
		return "", 0, origin{}, false
	case e.From == ledger.Earned, e.From == ledger.ClawedBack:
		return Issue, e.Amount, from, true
	case e.To == ledger.ClawedBack:
		return Issue, -e.Amount, from, true
	case e.To == ledger.Spent:
		return Redeem, e.Amount, from, true
	case e.From == ledger.Spent:
		return Redeem, -e.Amount, from, true
	case e.From == ledger.AdjustedUp && e.Cause.Kind == ledger.CauseEvent && e.Cause.ID != 0:
		// In older ledgers points that a merged profile had paid come back as new ones.
		return Redeem, -e.Amount, origin{event: e.Cause.ID}, true
	}
	return "", 0, origin{}, false
}

// book is what lines of a programme are made by.
type book struct {
	programme id.ID
	zone      *time.Location
	partners  map[id.ID]*Partner
	shops     []Shop
	shares    []Share
	// doubtful says that an entry was met whose event the members no longer lead
	// to.
	doubtful bool
}

// empty reports whether nothing can be to settle.
func (b *book) empty() bool { return len(b.shops) == 0 && len(b.shares) == 0 }

// at returns whose shop it is at the time, or nil.
func (b *book) at(shop id.ID, t time.Time) *Partner {
	if shop == 0 {
		return nil
	}
	for i := range b.shops {
		if s := &b.shops[i]; s.ShopID == shop && s.at(t) {
			return b.partners[s.PartnerID]
		}
	}
	return nil
}

// place is where and when an event was.
type place struct {
	event, shop id.ID
	occurred    time.Time
}

// points makes the line of an entry that goes back to an event there.
func (b *book) points(e *ledger.Entry, at place) (Line, bool) {
	side, quantity, _, concerns := moved(e)
	p := b.at(at.shop, at.occurred)
	if !concerns || p == nil || e.WalletID != p.WalletID {
		return Line{}, false
	}
	terms := p.TermsAt(at.occurred)
	rate := terms.IssuePrice
	if side == Redeem {
		rate = money.NewRate(-terms.RedeemPrice.Num(), terms.RedeemPrice.Den())
	}
	return Line{
		Side: side, SourceID: e.ID, EventID: e.Cause.Event, SaleID: at.event, ShopID: at.shop, TermsID: terms.ID, Quantity: quantity, Rate: rate,
		Occurred: e.Occurred, Recorded: e.Recorded, partner: p.ID, programme: b.programme, member: e.MemberID,
	}, true
}

// month chooses the month of a line: that in which it happened, or, where that
// is closed, the one in which it was recorded, or the first after it that is
// open.
func (b *book) month(l *Line, closed []Month) Month {
	m := MonthOf(l.Occurred, b.zone)
	if !slices.Contains(closed, m) {
		return m
	}
	m = max(m.Next(), MonthOf(l.Recorded, b.zone))
	for slices.Contains(closed, m) {
		m = m.Next()
	}
	return m
}

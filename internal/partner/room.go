package partner

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room returns the room as flow asks it.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name in faults and exports.
func (room) Name() string { return "partner" }

// Erase has nothing to forget: lines name accounts, sums and times, as the
// ledger does, and statements that were closed do not even name accounts.
func (room) Erase(context.Context, *db.Tx, id.ID, []id.ID) error { return nil }

// Check tells what Balanced finds.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	_, faults, err := Balanced(ctx, q, programme)
	for _, f := range faults {
		note(f.What)
	}
	return err
}

// PersonLine is what was settled with a partner about a person.
type PersonLine struct {
	Partner  string    `json:"partner"`
	Side     Side      `json:"side"`
	Event    string    `json:"event"`
	Quantity int64     `json:"quantity"`
	Occurred time.Time `json:"occurred"`
}

// Export returns what was settled with partners about a person.
func (room) Export(ctx context.Context, q db.Queryer, _ id.ID, members []id.ID) (any, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT p.name, l.side, l.event_id, l.quantity, l.occurred FROM partner_line l JOIN partner p ON p.id = l.partner_id
		WHERE l.member_id IN `+args.In(members)+` ORDER BY l.occurred, l.source_id, l.offer_id, p.name`, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (PersonLine, error) {
		var l PersonLine
		var event id.ID
		var occurred int64
		err := r.Scan(&l.Partner, &l.Side, &event, &l.Quantity, &occurred)
		l.Event, l.Occurred = event.In(id.Event), db.Time(occurred)
		return l, err
	})
	if err != nil {
		return nil, fmt.Errorf("exporting what was settled about a member: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	return list, nil
}

// Record is a partner in a programme's export.
type Record struct {
	ID     string `json:"id"`
	Wallet string `json:"wallet"`
	Spec
	Made  time.Time     `json:"made"`
	Ended time.Time     `json:"ended,omitzero"`
	Terms []TermsRecord `json:"terms"`
	Shops []ShopRecord  `json:"shops"`
	// Offers are those that it shared, each from its beginning until the next.
	Offers []ShareRecord `json:"offers,omitempty"`
}

// TermsRecord is one version of a partner's terms in an export.
type TermsRecord struct {
	ID     string    `json:"id"`
	Begins time.Time `json:"begins,omitzero"`
	TermsSpec
}

// ShareRecord is a part of an offer's discounts that a partner bears, in an
// export; 0 from where it ended.
type ShareRecord struct {
	Offer  string    `json:"offer"`
	Share  string    `json:"share"`
	Begins time.Time `json:"begins,omitzero"`
}

// ShopRecord is a shop of a partner in an export.
type ShopRecord struct {
	Shop   string    `json:"shop"`
	Begins time.Time `json:"begins"`
	Ends   time.Time `json:"ends,omitzero"`
}

// StatementRecord is a closed statement in an export.
type StatementRecord struct {
	ID      string    `json:"id"`
	Partner string    `json:"partner"`
	Number  int64     `json:"number"`
	Month   string    `json:"month"`
	Closed  time.Time `json:"closed"`
	Total   int64     `json:"total"`
	Sums    []Sum     `json:"sums"`
	Fees    []Fee     `json:"fees"`
	Hash    string    `json:"hash"`
}

// LineRecord is a line to be settled in an export.
type LineRecord struct {
	Partner  string    `json:"partner"`
	Month    string    `json:"month"`
	Side     Side      `json:"side"`
	Source   string    `json:"source"`
	Offer    string    `json:"offer,omitempty"`
	Event    string    `json:"event"`
	Sale     string    `json:"sale"`
	Shop     string    `json:"shop,omitempty"`
	Quantity int64     `json:"quantity"`
	Rate     string    `json:"rate"`
	Occurred time.Time `json:"occurred"`
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"partners", "partner_statements", "partner_lines"} }

// Dump gives everything that the room keeps of a programme.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	if err := dumpPartners(ctx, q, programme, to); err != nil {
		return err
	}
	closed, err := selectStatements(ctx, q, `programme_id = $1`, programme)
	if err != nil {
		return err
	}
	for _, s := range closed {
		record := StatementRecord{s.ID.In(id.PartnerStatement), s.PartnerID.In(id.Partner), s.Number, s.Month.String(), s.Closed, s.Total, s.Sums, s.Fees, s.Hash}
		if err := to("partner_statements", record); err != nil {
			return err
		}
	}
	return eachLine(ctx, q, programme, func(l *Line) error {
		record := LineRecord{
			Partner: l.partner.In(id.Partner), Month: l.month.String(), Side: l.Side, Source: l.Source(), Event: l.EventID.In(id.Event), Sale: l.SaleID.In(id.Event),
			Quantity: l.Quantity, Rate: l.Rate.String(), Occurred: l.Occurred,
		}
		if l.OfferID != 0 {
			record.Offer = l.OfferID.In(id.Offer)
		}
		if l.ShopID != 0 {
			record.Shop = l.ShopID.In(id.Shop)
		}
		return to("partner_lines", record)
	})
}

func dumpPartners(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	list, err := All(ctx, q, programme)
	if err != nil {
		return err
	}
	shops, err := Shops(ctx, q, programme)
	if err != nil {
		return err
	}
	shared, err := shares(ctx, q, programme)
	if err != nil {
		return err
	}
	for _, p := range list {
		r := Record{ID: p.ID.In(id.Partner), Wallet: p.WalletID.In(id.Wallet), Spec: p.Spec, Made: p.Made, Ended: p.Ended}
		for _, t := range p.Terms {
			r.Terms = append(r.Terms, TermsRecord{t.ID.In(id.PartnerTerms), t.Begins, t.TermsSpec})
		}
		for _, s := range shops {
			if s.PartnerID == p.ID {
				r.Shops = append(r.Shops, ShopRecord{s.ShopID.In(id.Shop), s.Begins, s.Ends})
			}
		}
		for _, s := range shared {
			if s.PartnerID == p.ID {
				r.Offers = append(r.Offers, ShareRecord{s.OfferID.In(id.Offer), s.Part.String(), s.Begins})
			}
		}
		if err := to("partners", r); err != nil {
			return err
		}
	}
	return nil
}

// Source is what the line was made for, as it is shown.
func (l *Line) Source() string {
	if l.Side == Offer {
		return l.SourceID.In(id.Event)
	}
	return l.SourceID.In(id.Entry)
}

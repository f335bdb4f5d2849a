package promise

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
)

// NewParcel registers a parcel.
type NewParcel struct {
	ProgrammeID, MemberID id.ID
	Shop                  string
	Carrier, Number       string
	// Source and Order name the order as its source does.
	Source, Order string
	// Postcode and Phone of the receiver open the tracking page beside the order
	// number; only salted digests of them are kept.
	Postcode, Phone string
	// Country is where it goes, ISO 3166; empty where that is not said.
	Country string
	What    string
	// Promised is by when it was promised; the zero time promises nothing.
	Promised time.Time
}

// check returns all that can be seen to be wrong without the database.
func (n *NewParcel) check() error {
	var wrong []error
	for _, t := range []struct {
		at, text string
		needed   bool
	}{
		{"/number", foldNumber(n.Number), true}, {"/carrier", n.Carrier, false}, {"/source", n.Source, n.Order != ""}, {"/order", n.Order, false},
		{"/postcode", n.Postcode, false}, {"/phone", n.Phone, false},
	} {
		wrong = append(wrong, i18n.CheckText(t.at, t.text, t.needed, maxReference))
	}
	if n.Country != "" && !isCountry(n.Country) {
		wrong = append(wrong, fault.Invalid("return_country", "a country is two capital letters, as PL").At("/country"))
	}
	return fault.Gather(append(wrong, i18n.CheckText("/what", n.What, false, maxWords))...)
}

// Register keeps a parcel, with the promise of its delivery. The same number is
// the same parcel, also where its carrier told of it first; another order under
// it is a conflict ("parcel_taken"). It needs promises.write.
func (s *Service) Register(ctx context.Context, a auth.Actor, n NewParcel) (*Parcel, error) {
	if err := a.Can(n.ProgrammeID, auth.PromisesWrite); err != nil {
		return nil, err
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	var p *Parcel
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if p, err = s.parcelOf(ctx, tx, n.ProgrammeID, n.Carrier, n.Number); err != nil {
			return err
		}
		if p.Order != "" && p.Order != n.Order {
			return fault.Conflict("parcel_taken", "this number belongs to a parcel of another order").At("/number")
		}
		if err := s.address(ctx, tx, a, p, &n); err != nil {
			return err
		}
		if err := s.refold(ctx, tx, p); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: p.ProgrammeID, Action: "parcel.register", Subject: p.ID.In(id.Parcel)})
	})
	return p, err
}

// parcelOf finds the parcel of a number, or makes it; it is locked.
func (s *Service) parcelOf(ctx context.Context, tx *db.Tx, programme id.ID, carrier, number string) (*Parcel, error) {
	fresh := &Parcel{ID: tx.IDs().New(), ProgrammeID: programme, Carrier: carrier, Number: foldNumber(number), Code: newCode(), Made: s.clock(), Status: Created}
	if err := claimNumber(ctx, tx, fresh); err != nil {
		return nil, err
	}
	return oneParcel(ctx, tx, `p.programme_id = $1 AND p.number = $2`+tx.ForUpdate(), programme, fresh.Number)
}

// address says whose parcel it is, and what was promised of it.
func (s *Service) address(ctx context.Context, tx *db.Tx, a auth.Actor, p *Parcel, n *NewParcel) error {
	g, err := program.Load(ctx, tx, p.ProgrammeID)
	if err != nil {
		return err
	}
	m, err := whose(ctx, tx, p.ProgrammeID, n.MemberID, n.Source, n.Order)
	if err != nil {
		return err
	}
	if m != 0 {
		p.MemberID = m
	}
	if n.Carrier != "" {
		p.Carrier = n.Carrier
	}
	p.Order = n.Order
	if n.Country != "" {
		p.Country = n.Country
	}
	if d := postcodeDoor(g.Salt, n.Order, n.Postcode); d != "" {
		p.postcodeDoor = d
	}
	if d := phoneDoor(g.Salt, n.Order, n.Phone); d != "" {
		p.phoneDoor = d
	}
	if n.Promised.IsZero() || p.PromiseID != 0 {
		return nil
	}
	word := New{
		ProgrammeID: p.ProgrammeID, MemberID: p.MemberID, Shop: n.Shop, Kind: Delivery, What: n.What,
		Source: "parcel", ExternalID: p.ID.In(id.Parcel), Order: n.Order, Due: n.Promised,
	}
	if p.Made.Before(s.clock()) { // the carrier told of it first
		word.Made = p.Made
	}
	if err := word.check(s.Now()); err != nil {
		if f := fault.As(err); f != nil && f.Field == "/due" {
			return fault.Invalid(f.Code, "%s", f.Message).At("/promised_by")
		}
		return err
	}
	made, err := s.make(ctx, tx, a, word)
	if err == nil {
		p.PromiseID = made.ID
	}
	return err
}

// refold reckons where the parcel is from all that was told, and keeps or
// breaks its promise by that.
func (s *Service) refold(ctx context.Context, tx *db.Tx, p *Parcel) error {
	scans, err := loadScans(ctx, tx, p.ProgrammeID, p.ID)
	if err != nil {
		return err
	}
	p.Status, p.Happened, p.Delivered = fold(scans)
	if err := updateParcel(ctx, tx, p); err != nil {
		return err
	}
	if p.PromiseID == 0 || p.Delivered.IsZero() {
		return nil
	}
	word, err := lockPromise(ctx, tx, p.ProgrammeID, p.PromiseID)
	if err != nil || word.State == Withdrawn {
		return err
	}
	at := p.Delivered
	if at.Before(word.Made) {
		at = word.Made
	}
	if !word.Actual.IsZero() && !at.Before(word.Actual) {
		return nil
	}
	word.Actual = at
	return s.write(ctx, tx, word)
}

// maxScans bounds what one message may tell of a parcel.
const maxScans = 500

// Follow takes what a carrier tells of a parcel, in any order and as often as
// it likes. It needs promises.write.
func (s *Service) Follow(ctx context.Context, a auth.Actor, programme, parcel id.ID, scans []Scan) (*Parcel, error) {
	if err := a.Can(programme, auth.PromisesWrite); err != nil {
		return nil, err
	}
	var p *Parcel
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if p, err = oneParcel(ctx, tx, `p.programme_id = $1 AND p.id = $2`+tx.ForUpdate(), programme, parcel); err != nil {
			return err
		}
		return s.take(ctx, tx, p, scans)
	})
	return p, err
}

func (s *Service) take(ctx context.Context, tx *db.Tx, p *Parcel, scans []Scan) error {
	if len(scans) > maxScans {
		return fault.Invalid("too_many", "%d events were sent; at most %d are taken", len(scans), maxScans).At("/events").With("limit", maxScans)
	}
	now := s.clock()
	var wrong []error
	for i := range scans {
		wrong = append(wrong, fault.At(fmt.Sprintf("/events/%d", i), scans[i].check(now)))
	}
	if err := fault.Gather(wrong...); err != nil {
		return err
	}
	for i := range scans {
		scans[i].Occurred, scans[i].Recorded = db.Time(db.Micros(scans[i].Occurred)), now
		scans[i].name()
	}
	if err := insertScans(ctx, tx, p, scans); err != nil {
		return err
	}
	return s.refold(ctx, tx, p)
}

// Track is a parcel with what its customer may see of it.
type Track struct {
	Parcel  *Parcel
	Promise *Promise // nil where nothing was promised
	Scans   []Scan
	Setting Setting
}

// Late reports whether the parcel has not come though it was promised.
func (t *Track) Late(now time.Time) bool {
	return t.Promise != nil && t.Promise.State != Withdrawn && t.Promise.Actual.IsZero() && t.Parcel.Delivered.IsZero() && now.After(t.Promise.Ends())
}

// Parcel returns a parcel with all that is known of it. It needs promises.read.
func (s *Service) Parcel(ctx context.Context, a auth.Actor, programme, parcel id.ID) (*Track, error) {
	if err := a.Can(programme, auth.PromisesRead); err != nil {
		return nil, err
	}
	return s.track(ctx, `p.programme_id = $1 AND p.id = $2`, programme, parcel)
}

// Parcels returns a page of parcels. It needs promises.read.
func (s *Service) Parcels(ctx context.Context, a auth.Actor, query ParcelQuery) ([]*Parcel, error) {
	if err := a.Can(query.ProgrammeID, auth.PromisesRead); err != nil {
		return nil, err
	}
	return query.read(ctx, s.DB.Reader())
}

// TrackCode returns the parcel of a code, for whoever has it; fault
// "unknown_parcel".
func (s *Service) TrackCode(ctx context.Context, code string) (*Track, error) {
	code = foldCode(code)
	if len(code) != codeLetters {
		return nil, UnknownParcel()
	}
	return s.track(ctx, `p.code = $1`, code)
}

// FindTrack returns the code of the latest parcel of an order for somebody who
// knows its postcode or the end of its telephone number; fault "unknown_parcel"
// says nothing of which was wrong. Who asks often is the caller's to slow down.
func (s *Service) FindTrack(ctx context.Context, programme id.ID, order, key string) (string, error) {
	g, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return "", err
	}
	if i18n.CheckText("", order, true, maxReference) != nil || i18n.CheckText("", key, true, maxReference) != nil {
		return "", UnknownParcel()
	}
	p, err := oneParcel(ctx, s.DB.Reader(), `p.programme_id = $1 AND p.order_ref = $2 AND ((p.postcode_door <> '' AND p.postcode_door = $3) OR (p.phone_door <> '' AND p.phone_door = $4))
		ORDER BY p.id DESC LIMIT 1`, programme, order, postcodeDoor(g.Salt, order, key), phoneDoor(g.Salt, order, key))
	if err != nil {
		return "", err
	}
	return p.Code, nil
}

func (s *Service) track(ctx context.Context, rest string, args ...any) (*Track, error) {
	t := &Track{}
	err := s.DB.View(ctx, func(q db.Queryer) (err error) {
		if t.Parcel, err = oneParcel(ctx, q, rest, args...); err != nil {
			return err
		}
		if t.Scans, err = loadScans(ctx, q, t.Parcel.ProgrammeID, t.Parcel.ID); err != nil {
			return err
		}
		if t.Setting, _, err = loadSetting(ctx, q, t.Parcel.ProgrammeID); err != nil || t.Parcel.PromiseID == 0 {
			return err
		}
		t.Promise, err = loadPromise(ctx, q, t.Parcel.ProgrammeID, t.Parcel.PromiseID)
		return err
	})
	return t, err
}

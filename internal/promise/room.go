package promise

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "promise" }

// Erase empties what promises and parcels say of a person, and closes the ways
// to their pages. What was kept and broken still counts.
func (room) Erase(ctx context.Context, tx *db.Tx, _ id.ID, members []id.ID) error {
	promises, err := promisesOf(ctx, tx, members)
	if err != nil {
		return err
	}
	for _, p := range promises {
		p.What, p.Note, p.Order = "", "", ""
		if err := updatePromise(ctx, tx, p); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE promise_change SET reason = '' WHERE programme_id = $1 AND promise_id = $2`, p.ProgrammeID, p.ID); err != nil {
			return fmt.Errorf("erasing changes of a promise: %w", err)
		}
	}
	parcels, err := parcelsOf(ctx, tx, members)
	if err != nil {
		return err
	}
	for _, p := range parcels {
		p.Order, p.postcodeDoor, p.phoneDoor, p.Code = "", "", "", newCode()
		p.Number = "erased:" + p.ID.In(id.Parcel)
		if err := updateParcel(ctx, tx, p); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE parcel_event SET place = '', words = '' WHERE programme_id = $1 AND parcel_id = $2`, p.ProgrammeID, p.ID); err != nil {
			return fmt.Errorf("erasing what was told of a parcel: %w", err)
		}
	}
	return nil
}

func promisesOf(ctx context.Context, q db.Queryer, members []id.ID) ([]*Promise, error) {
	var args db.Args
	return selectPromises(ctx, q, `p.member_id IN `+args.In(members)+` ORDER BY p.id`, args.Values()...)
}

func parcelsOf(ctx context.Context, q db.Queryer, members []id.ID) ([]*Parcel, error) {
	var args db.Args
	return selectParcels(ctx, q, `p.member_id IN `+args.In(members)+` ORDER BY p.id`, args.Values()...)
}

// Record is a promise in exports. Money is in minor units.
type Record struct {
	Promise    string     `json:"promise"`
	Member     string     `json:"member"`
	Shop       string     `json:"shop"`
	Kind       Kind       `json:"kind"`
	What       string     `json:"what"`
	Source     string     `json:"source"`
	ExternalID string     `json:"external_id"`
	Order      string     `json:"order"`
	Made       time.Time  `json:"made"`
	Due        *time.Time `json:"due"`
	Grace      int64      `json:"grace_minutes"`
	Expected   *time.Time `json:"expected"`
	Longer     int        `json:"longer_months"`
	Shown      int64      `json:"shown"`
	Charged    int64      `json:"charged"`
	Actual     *time.Time `json:"actual"`
	State      State      `json:"state"`
	Decided    *time.Time `json:"decided"`
	Warned     *time.Time `json:"warned"`
	Mended     *time.Time `json:"mended"`
	Note       string     `json:"note"`
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// named shows an id, or nothing for none.
func named(n id.ID, p id.Prefix) string {
	if n == 0 {
		return ""
	}
	return n.In(p)
}

func (p *Promise) record() Record {
	return Record{
		Promise: p.ID.In(id.Promise), Member: named(p.MemberID, id.Member), Shop: named(p.ShopID, id.Shop), Kind: p.Kind, What: p.What, Source: p.Source,
		ExternalID: p.ExternalID, Order: p.Order, Made: p.Made, Due: moment(p.Due), Grace: int64(p.Grace / time.Minute), Expected: moment(p.Expected), Longer: p.Longer,
		Shown: p.Shown, Charged: p.Charged, Actual: moment(p.Actual), State: p.State, Decided: moment(p.Decided), Warned: moment(p.Warned), Mended: moment(p.Mended), Note: p.Note,
	}
}

// ChangeRecord is a promise that replaced the one before.
type ChangeRecord struct {
	Promise  string    `json:"promise"`
	No       int       `json:"no"`
	Expected time.Time `json:"expected"`
	At       time.Time `json:"at"`
	Reason   string    `json:"reason"`
	By       string    `json:"by"`
}

// ParcelRecord is a parcel in exports. The code of its page stays out: whoever
// has it may look.
type ParcelRecord struct {
	Parcel    string     `json:"parcel"`
	Member    string     `json:"member"`
	Promise   string     `json:"promise"`
	Carrier   string     `json:"carrier"`
	Number    string     `json:"number"`
	Order     string     `json:"order"`
	Country   string     `json:"country"`
	Made      time.Time  `json:"made"`
	Status    Status     `json:"status"`
	Happened  *time.Time `json:"happened"`
	Delivered *time.Time `json:"delivered"`
}

func (p *Parcel) record() ParcelRecord {
	return ParcelRecord{
		Parcel: p.ID.In(id.Parcel), Member: named(p.MemberID, id.Member), Promise: named(p.PromiseID, id.Promise), Carrier: p.Carrier, Number: p.Number,
		Order: p.Order, Country: p.Country, Made: p.Made, Status: p.Status, Happened: moment(p.Happened), Delivered: moment(p.Delivered),
	}
}

// ScanRecord is what was told of a parcel.
type ScanRecord struct {
	Parcel     string    `json:"parcel"`
	ExternalID string    `json:"external_id"`
	Status     Status    `json:"status"`
	Occurred   time.Time `json:"occurred"`
	Recorded   time.Time `json:"recorded"`
	Place      string    `json:"place"`
	Text       string    `json:"text"`
}

// kept is what the room keeps of a person.
type kept struct {
	Promises []Record       `json:"promises,omitempty"`
	Parts    []PartRecord   `json:"promise_parts,omitempty"`
	Parcels  []ParcelRecord `json:"parcels,omitempty"`
	Events   []ScanRecord   `json:"parcel_events,omitempty"`
}

// Export returns the promises and parcels of a person.
func (room) Export(ctx context.Context, q db.Queryer, _ id.ID, members []id.ID) (any, error) {
	var all kept
	promises, err := promisesOf(ctx, q, members)
	if err != nil {
		return nil, err
	}
	if err := withParts(ctx, q, promises); err != nil {
		return nil, err
	}
	for _, p := range promises {
		all.Promises = append(all.Promises, p.record())
		for _, c := range p.Parts {
			all.Parts = append(all.Parts, c.record(p.ID))
		}
	}
	parcels, err := parcelsOf(ctx, q, members)
	if err != nil {
		return nil, err
	}
	for _, p := range parcels {
		all.Parcels = append(all.Parcels, p.record())
		scans, err := loadScans(ctx, q, p.ProgrammeID, p.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range scans {
			all.Events = append(all.Events, s.record(p.ID))
		}
	}
	if len(promises) == 0 && len(parcels) == 0 {
		return nil, nil
	}
	return all, nil
}

func (s *Scan) record(parcel id.ID) ScanRecord {
	return ScanRecord{parcel.In(id.Parcel), s.ExternalID, s.Status, s.Occurred, s.Recorded, s.Place, s.Words}
}

// SettingRecord is what a programme has chosen.
type SettingRecord struct {
	Version int64   `json:"version"`
	Setting Setting `json:"setting"`
}

// Tables are the room's part of a programme's export. The carriers' secrets
// stay out.
func (room) Tables() []string {
	return []string{"promise_settings", "promises", "promise_parts", "promise_changes", "parcels", "parcel_events"}
}

// Dump gives the setting, the promises and the parcels.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	set, version, err := loadSetting(ctx, q, programme)
	if err != nil {
		return err
	}
	if version > 0 {
		if err := to("promise_settings", SettingRecord{version, set}); err != nil {
			return err
		}
	}
	if err := eachPromise(ctx, q, programme, func(p *Promise) error { return to("promises", p.record()) }); err != nil {
		return err
	}
	if err := dumpParts(ctx, q, programme, to); err != nil {
		return err
	}
	if err := dumpChanges(ctx, q, programme, to); err != nil {
		return err
	}
	rows, err := q.Query(ctx, `SELECT `+parcelColumns+` FROM parcel AS p WHERE p.programme_id = $1 ORDER BY p.id`, programme)
	if err := db.Each(rows, err, scanParcel, func(p *Parcel) error { return to("parcels", p.record()) }); err != nil {
		return fmt.Errorf("reading every parcel: %w", err)
	}
	return eachScan(ctx, q, programme, func(parcel id.ID, s Scan) error { return to("parcel_events", s.record(parcel)) })
}

func eachPromise(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Promise) error) error {
	rows, err := q.Query(ctx, `SELECT `+promiseColumns+` FROM promise AS p WHERE p.programme_id = $1 ORDER BY p.id`, programme)
	if err := db.Each(rows, err, scanPromise, fn); err != nil {
		return fmt.Errorf("reading every promise: %w", err)
	}
	return nil
}

func dumpChanges(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	rows, err := q.Query(ctx, `SELECT promise_id, no, expected, at, reason, actor FROM promise_change WHERE programme_id = $1 ORDER BY promise_id, no`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (c ChangeRecord, err error) {
		var promise id.ID
		var expected, at int64
		err = r.Scan(&promise, &c.No, &expected, &at, &c.Reason, &c.By)
		c.Promise, c.Expected, c.At = promise.In(id.Promise), db.Time(expected), db.Time(at)
		return c, err
	}, func(c ChangeRecord) error { return to("promise_changes", c) })
	if err != nil {
		return fmt.Errorf("reading every change of a promise: %w", err)
	}
	return nil
}

// told is a scan with its parcel.
type told struct {
	parcel id.ID
	scan   Scan
}

func eachScan(ctx context.Context, q db.Queryer, programme id.ID, fn func(parcel id.ID, s Scan) error) error {
	rows, err := q.Query(ctx, `SELECT parcel_id, external_id, status, occurred, recorded, place, words FROM parcel_event
		WHERE programme_id = $1 ORDER BY parcel_id, occurred, external_id`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (t told, err error) {
		var occurred, recorded int64
		err = r.Scan(&t.parcel, &t.scan.ExternalID, &t.scan.Status, &occurred, &recorded, &t.scan.Place, &t.scan.Words)
		t.scan.Occurred, t.scan.Recorded = db.Time(occurred), db.Time(recorded)
		return t, err
	}, func(t told) error { return fn(t.parcel, t.scan) })
	if err != nil {
		return fmt.Errorf("reading all that was told of parcels: %w", err)
	}
	return nil
}

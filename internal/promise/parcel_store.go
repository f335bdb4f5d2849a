package promise

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var (
	parcelTable = db.NewTable("parcel", []string{"programme_id", "id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int},
		db.Column{Name: "promise_id", Kind: db.Int}, db.Column{Name: "carrier", Kind: db.Text}, db.Column{Name: "number", Kind: db.Text},
		db.Column{Name: "order_ref", Kind: db.Text}, db.Column{Name: "code", Kind: db.Text}, db.Column{Name: "postcode_door", Kind: db.Text},
		db.Column{Name: "phone_door", Kind: db.Text}, db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "status", Kind: db.Text},
		db.Column{Name: "happened", Kind: db.Int}, db.Column{Name: "delivered", Kind: db.Int}, db.Column{Name: "country", Kind: db.Text})
	scanTable = db.NewTable("parcel_event", []string{"programme_id", "parcel_id", "external_id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "parcel_id", Kind: db.Int}, db.Column{Name: "external_id", Kind: db.Text},
		db.Column{Name: "status", Kind: db.Text}, db.Column{Name: "occurred", Kind: db.Int}, db.Column{Name: "recorded", Kind: db.Int},
		db.Column{Name: "place", Kind: db.Text}, db.Column{Name: "words", Kind: db.Text})
)

const parcelColumns = `p.programme_id, p.id, p.member_id, p.promise_id, p.carrier, p.number, p.order_ref, p.code, p.postcode_door, p.phone_door,
	p.made, p.status, p.happened, p.delivered, p.country`

func scanParcel(r *sql.Rows) (*Parcel, error) {
	p := &Parcel{}
	var made, happened, delivered int64
	err := r.Scan(&p.ProgrammeID, &p.ID, &p.MemberID, &p.PromiseID, &p.Carrier, &p.Number, &p.Order, &p.Code, &p.postcodeDoor, &p.phoneDoor,
		&made, &p.Status, &happened, &delivered, &p.Country)
	p.Made, p.Happened, p.Delivered = db.Time(made), db.Time(happened), db.Time(delivered)
	return p, err
}

func (p *Parcel) row() []any {
	return []any{
		p.ProgrammeID, p.ID, p.MemberID, p.PromiseID, p.Carrier, p.Number, p.Order, p.Code, p.postcodeDoor, p.phoneDoor,
		db.Micros(p.Made), string(p.Status), db.Micros(p.Happened), db.Micros(p.Delivered), p.Country,
	}
}

func selectParcels(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Parcel, error) {
	rows, err := q.Query(ctx, `SELECT `+parcelColumns+` FROM parcel AS p WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scanParcel)
	if err != nil {
		return nil, fmt.Errorf("reading parcels: %w", err)
	}
	return list, nil
}

// claimNumber makes the row of a parcel where its number is new.
func claimNumber(ctx context.Context, tx *db.Tx, p *Parcel) error {
	row := p.row()
	marks := make([]string, len(row))
	for i := range row {
		marks[i] = fmt.Sprintf("$%d", i+1)
	}
	_, err := tx.Exec(ctx, `INSERT INTO parcel (programme_id, id, member_id, promise_id, carrier, number, order_ref, code, postcode_door, phone_door,
		made, status, happened, delivered, country) VALUES (`+strings.Join(marks, ", ")+`) ON CONFLICT (programme_id, number) DO NOTHING`, row...)
	if err != nil {
		return fmt.Errorf("writing a parcel: %w", err)
	}
	return nil
}

func updateParcel(ctx context.Context, tx *db.Tx, p *Parcel) error {
	if err := tx.Update(ctx, parcelTable, [][]any{p.row()}); err != nil {
		return fmt.Errorf("writing a parcel: %w", err)
	}
	return nil
}

// UnknownParcel is the fault of an id or code that is no parcel's,
// "unknown_parcel".
func UnknownParcel() *fault.Error {
	return fault.Missing("unknown_parcel", "there is no such parcel; compare the code or the numbers with the message that you were sent")
}

func oneParcel(ctx context.Context, q db.Queryer, rest string, args ...any) (*Parcel, error) {
	list, err := selectParcels(ctx, q, rest, args...)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, UnknownParcel()
	}
	return list[0], nil
}

func insertScans(ctx context.Context, tx *db.Tx, p *Parcel, scans []Scan) error {
	rows := make([][]any, 0, len(scans))
	met := map[string]bool{}
	for _, s := range scans {
		if !met[s.ExternalID] {
			met[s.ExternalID] = true
			rows = append(rows, []any{p.ProgrammeID, p.ID, s.ExternalID, string(s.Status), db.Micros(s.Occurred), db.Micros(s.Recorded), s.Place, s.Words})
		}
	}
	if _, err := tx.InsertNew(ctx, scanTable, rows); err != nil {
		return fmt.Errorf("writing what was told of a parcel: %w", err)
	}
	return nil
}

// loadScans returns all that was told of a parcel, in the order in which it
// happened.
func loadScans(ctx context.Context, q db.Queryer, programme, parcel id.ID) ([]Scan, error) {
	rows, err := q.Query(ctx, `SELECT external_id, status, occurred, recorded, place, words FROM parcel_event
		WHERE programme_id = $1 AND parcel_id = $2 ORDER BY occurred, external_id`, programme, parcel)
	list, err := db.Collect(rows, err, readScan)
	if err != nil {
		return nil, fmt.Errorf("reading what was told of a parcel: %w", err)
	}
	return list, nil
}

func readScan(r *sql.Rows) (s Scan, err error) {
	var occurred, recorded int64
	err = r.Scan(&s.ExternalID, &s.Status, &occurred, &recorded, &s.Place, &s.Words)
	s.Occurred, s.Recorded = db.Time(occurred), db.Time(recorded)
	return s, err
}

// ParcelQuery asks for a page of parcels, the latest first. Empty fields ask for
// all.
type ParcelQuery struct {
	ProgrammeID id.ID
	Status      Status
	// Order and Number are exact.
	Order, Number string
	Before        id.ID
	Limit         int
}

func (n *ParcelQuery) read(ctx context.Context, q db.Queryer) ([]*Parcel, error) {
	var args db.Args
	where := []string{`p.programme_id = ` + args.Add(n.ProgrammeID)}
	for _, c := range []struct {
		clause, value string
	}{{`p.status = `, string(n.Status)}, {`p.order_ref = `, n.Order}, {`p.number = `, foldNumber(n.Number)}} {
		if c.value != "" {
			where = append(where, c.clause+args.Add(c.value))
		}
	}
	if n.Before != 0 {
		where = append(where, `p.id < `+args.Add(n.Before))
	}
	return selectParcels(ctx, q, strings.Join(where, ` AND `)+` ORDER BY p.id DESC LIMIT `+args.Add(n.Limit), args.Values()...)
}

package promise

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Check notes promises whose state is not what their times say, parcels that
// are not the fold of what was told of them, promises of deliveries that differ
// from their parcels, prices that differ from their parts, and what is left of the erased.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	if err := eachPromise(ctx, q, programme, func(p *Promise) error {
		if odd := p.odd(); odd != "" {
			note(p.ID.In(id.Promise) + " " + odd)
		}
		return nil
	}); err != nil {
		return err
	}
	if err := checkParts(ctx, q, programme, note); err != nil {
		return err
	}
	if err := checkFolds(ctx, q, programme, note); err != nil {
		return err
	}
	rows, err := q.Query(ctx, leftOfErased, programme, string(member.Erased))
	if err := db.Each(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) }, func(n id.ID) error {
		note(fmt.Sprintf("%s tells of somebody who was erased", n.In(id.Promise)))
		return nil
	}); err != nil {
		return fmt.Errorf("checking promises of the erased: %w", err)
	}
	return nil
}

const leftOfErased = `SELECT p.id FROM promise AS p JOIN member AS m ON m.id = p.member_id
	WHERE p.programme_id = $1 AND m.status = $2 AND (p.what <> '' OR p.note <> '' OR p.order_ref <> '') ORDER BY p.id LIMIT 100`

// odd says what contradicts itself in a promise; empty for nothing.
func (p *Promise) odd() string {
	late := p.Kind != Price && p.Actual.After(p.Ends())
	switch {
	case (p.State == Open) != p.Decided.IsZero():
		return "is decided and open, or neither"
	case p.State == Open && !p.Actual.IsZero():
		return "has happened and is open"
	case p.State == Kept && (p.Actual.IsZero() || late || p.Kind == Price && p.Charged > p.Shown):
		return "is kept against its clock or price"
	case p.State == Broken && p.Kind == Price && p.Charged <= p.Shown:
		return "is broken, and no more was charged than was shown"
	case p.State == Broken && p.Kind != Price && (p.Actual.IsZero() && p.Decided.Before(p.Ends()) || !p.Actual.IsZero() && !late):
		return "is broken against its clock"
	case p.State != Broken && !p.Mended.IsZero():
		return "was put right and was not broken"
	case p.Kind != Price && (p.Due.Before(p.Made) || p.Expected.IsZero()):
		return "was due before it was made"
	}
	return ""
}

// checkFolds holds parcels against what was told of them.
func checkFolds(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	scans := map[id.ID][]Scan{}
	if err := eachScan(ctx, q, programme, func(parcel id.ID, s Scan) error {
		scans[parcel] = append(scans[parcel], s)
		return nil
	}); err != nil {
		return err
	}
	rows, err := q.Query(ctx, `SELECT p.id, p.status, p.happened, p.delivered, p.promise_id, COALESCE(w.state, ''), COALESCE(w.actual, 0), COALESCE(w.made, 0)
		FROM parcel AS p LEFT JOIN promise AS w ON w.programme_id = p.programme_id AND w.id = p.promise_id WHERE p.programme_id = $1 ORDER BY p.id`, programme)
	if err := db.Each(rows, err, func(r *sql.Rows) (f folded, err error) {
		return f, r.Scan(&f.parcel, &f.status, &f.happened, &f.delivered, &f.promise, &f.state, &f.actual, &f.made)
	}, func(f folded) error {
		if odd := f.odd(scans[f.parcel]); odd != "" {
			note(f.parcel.In(id.Parcel) + " " + odd)
		}
		delete(scans, f.parcel)
		return nil
	}); err != nil {
		return fmt.Errorf("checking parcels: %w", err)
	}
	for parcel := range scans {
		note(parcel.In(id.Parcel) + " was told of and is not there")
	}
	return nil
}

// folded is a parcel as it is kept, with its promise.
type folded struct {
	parcel, promise           id.ID
	status                    Status
	happened, delivered, made int64
	state                     State
	actual                    int64
}

func (f *folded) odd(scans []Scan) string {
	status, happened, delivered := fold(scans)
	switch {
	case status != f.status || db.Micros(happened) != f.happened || db.Micros(delivered) != f.delivered:
		return "is not where it was told to be"
	case f.promise != 0 && f.state == "":
		return "has a promise that is not there"
	case f.promise != 0 && f.delivered != 0 && f.state != Withdrawn && f.actual > max(f.delivered, f.made):
		return "was delivered at another time than its promise says"
	}
	return ""
}

package sale

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Each calls fn with every sale of a programme, with its lines, in the order
// in which they were recorded. It streams them, so fn must not use q, as with
// EachBrought; give it a snapshot.
func Each(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Sale) error) error {
	rows, err := q.Query(ctx, `SELECT `+saleColumns+`, `+lineColumns+` FROM `+withLines+` WHERE s.programme_id = $1 ORDER BY s.id, l.no`, programme)
	var last *Sale
	err = db.Each(rows, err, scanSold, func(row sold) error {
		if last != nil && last.ID == row.sale.ID {
			last.Lines = append(last.Lines, row.line)
			return nil
		}
		whole := last
		next := row.sale
		next.Lines = append(next.Lines, row.line)
		if last = &next; whole == nil {
			return nil
		}
		return fn(whole)
	})
	if err == nil && last != nil {
		err = fn(last)
	}
	if err != nil {
		return fmt.Errorf("reading every sale: %w", err)
	}
	return nil
}

// EachHead calls fn with every sale of a programme as Each does, but without
// their lines, which most of the reading is.
func EachHead(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Sale) error) error {
	rows, err := q.Query(ctx, `SELECT `+saleColumns+` FROM sale AS s WHERE s.programme_id = $1 ORDER BY s.id`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (*Sale, error) {
		s := &Sale{}
		var occurred int64
		err := r.Scan(s.fields(&occurred)...)
		s.Occurred = db.Time(occurred)
		return s, err
	}, fn)
	if err != nil {
		return fmt.Errorf("reading every sale: %w", err)
	}
	return nil
}

// Brought is what one line of a return brought back of one line of a sale.
type Brought struct {
	// EventID is the event of the return, MemberID whose the sale was.
	EventID, MemberID, SaleID id.ID
	// ReturnLine and SaleLine are counted from 1.
	ReturnLine, SaleLine int
	// Quantity is in thousandths of a unit, Amount in minor units.
	Quantity, Amount int64
}

// EachBrought calls fn with all that came back of the programme's sales, in
// the order in which the returns were recorded.
func EachBrought(ctx context.Context, q db.Queryer, programme id.ID, fn func(Brought) error) error {
	rows, err := q.Query(ctx, `SELECT m.event_id, m.member_id, m.sale_id, m.return_line, m.sale_line, m.quantity, m.amount
		FROM return_match m JOIN sale s ON s.member_id = m.member_id AND s.id = m.sale_id
		WHERE s.programme_id = $1 ORDER BY m.event_id, m.no`, programme)
	err = db.Each(rows, err, scanBrought, fn)
	if err != nil {
		return fmt.Errorf("reading every matched return: %w", err)
	}
	return nil
}

func scanBrought(r *sql.Rows) (Brought, error) {
	var b Brought
	err := r.Scan(&b.EventID, &b.MemberID, &b.SaleID, &b.ReturnLine, &b.SaleLine, &b.Quantity, &b.Amount)
	return b, err
}

// LoadBrought returns all that came back of some sales by their ids, each in the
// order in which it was recorded, in one statement.
func LoadBrought(ctx context.Context, q db.Queryer, keys []SaleKey) (map[id.ID][]Brought, error) {
	found := make(map[id.ID][]Brought, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var args db.Args
	members, ids := split(keys)
	rows, err := q.Query(ctx, `SELECT event_id, member_id, sale_id, return_line, sale_line, quantity, amount FROM return_match
		WHERE member_id IN `+args.In(members)+` AND sale_id IN `+args.In(ids)+` ORDER BY event_id, no`, args.Values()...)
	list, err := db.Collect(rows, err, scanBrought)
	if err != nil {
		return nil, fmt.Errorf("reading what came back of sales: %w", err)
	}
	for _, b := range list {
		found[b.SaleID] = append(found[b.SaleID], b)
	}
	return found, nil
}

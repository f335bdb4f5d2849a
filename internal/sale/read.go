package sale

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Cursor is where a page of sales ended; the zero Cursor begins with the
// latest.
type Cursor struct {
	Occurred time.Time
	ID       id.ID
}

// After returns the cursor for the page that follows one ending with the sale.
func After(s *Sale) Cursor { return Cursor{s.Occurred, s.ID} }

// ByMember is what the sales of members are read from, s being the sale: the
// journal's index holds them by e.member_id, e.occurred and e.id, so sales need
// none of their own, which every purchase would have to write.
const ByMember = `event AS e JOIN sale AS s ON s.member_id = e.member_id AND s.id = e.id`

// List returns a page of an account's sales without their lines, the latest
// first. The members are the member and those merged into it.
func List(ctx context.Context, q db.Queryer, members []id.ID, before Cursor, limit int) ([]*Sale, error) {
	var args db.Args
	query := `SELECT ` + saleColumns + ` FROM ` + ByMember + ` WHERE e.member_id IN ` + args.In(members)
	if before != (Cursor{}) {
		query += ` AND (e.occurred, e.id) < (` + args.Add(db.Micros(before.Occurred)) + `, ` + args.Add(before.ID) + `)`
	}
	query += ` ORDER BY e.occurred DESC, e.id DESC LIMIT ` + args.Add(limit)
	rows, err := q.Query(ctx, query, args.Values()...)
	list, err := db.Collect(rows, err, scanSale)
	if err != nil {
		return nil, fmt.Errorf("listing sales: %w", err)
	}
	return list, nil
}

// Get returns one sale of an account with all its lines; fault "unknown_sale"
// when there is none.
func Get(ctx context.Context, q db.Queryer, members []id.ID, sale id.ID) (*Sale, error) {
	keys := make([]SaleKey, len(members))
	for i, m := range members {
		keys[i] = SaleKey{m, sale}
	}
	sales, err := LoadSales(ctx, q, keys)
	if err != nil {
		return nil, err
	}
	if s := sales[sale]; s != nil {
		return s, nil
	}
	return nil, fault.Missing("unknown_sale", "there is no sale %s of this member", sale.In(id.Sale)).With("sale", sale.In(id.Sale))
}

// Back is one kept match: goods of a sale that a return brought back.
type Back struct {
	// EventID is the event of the return, Line the number of its line.
	EventID id.ID
	Line    int
	// SaleID and SaleLine name the line of the sale, MemberID whose sale it is.
	MemberID, SaleID id.ID
	SaleLine         int
	// Quantity is in thousandths, Amount in minor units.
	Quantity, Amount int64
}

// LoadReturns returns what the returns brought back, in one statement. The
// members of the keys are those whose sales they may have met.
func LoadReturns(ctx context.Context, q db.Queryer, keys []SaleKey) ([]Back, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var args db.Args
	members, ids := split(keys)
	rows, err := q.Query(ctx, `SELECT event_id, return_line, member_id, sale_id, sale_line, quantity, amount FROM return_match
		WHERE member_id IN `+args.In(members)+` AND event_id IN `+args.In(ids)+` ORDER BY event_id, no`, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Back, error) {
		var b Back
		err := r.Scan(&b.EventID, &b.Line, &b.MemberID, &b.SaleID, &b.SaleLine, &b.Quantity, &b.Amount)
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading matched returns: %w", err)
	}
	return list, nil
}

// UnmatchedReturn is a kept line of a return for which no sale was found.
type UnmatchedReturn struct {
	// EventID is the event of the return, Line the number of its line.
	EventID     id.ID
	Line        int
	ProgrammeID id.ID
	MemberID    id.ID
	Occurred    time.Time
	SKU         string
	Quantity    int64 // thousandths
}

const unmatchedColumns = `event_id, return_line, programme_id, member_id, occurred, sku, quantity`

func scanUnmatched(r *sql.Rows) (UnmatchedReturn, error) {
	var u UnmatchedReturn
	var occurred int64
	err := r.Scan(&u.EventID, &u.Line, &u.ProgrammeID, &u.MemberID, &occurred, &u.SKU, &u.Quantity)
	u.Occurred = db.Time(occurred)
	return u, err
}

// LoadUnmatched returns what of the returns found no sale, in one statement.
// The keys name the members and events of the returns.
func LoadUnmatched(ctx context.Context, q db.Queryer, keys []SaleKey) ([]UnmatchedReturn, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var args db.Args
	members, ids := split(keys)
	rows, err := q.Query(ctx, `SELECT `+unmatchedColumns+` FROM return_unmatched
		WHERE member_id IN `+args.In(members)+` AND event_id IN `+args.In(ids)+` ORDER BY event_id, return_line`, args.Values()...)
	list, err := db.Collect(rows, err, scanUnmatched)
	if err != nil {
		return nil, fmt.Errorf("reading unmatched returns: %w", err)
	}
	return list, nil
}

// UnmatchedCursor is where a page of unmatched returns ended; the zero one
// begins with the latest taken.
type UnmatchedCursor struct {
	EventID id.ID
	Line    int
}

// ListUnmatched returns a page of a programme's unmatched returns, the latest
// taken first.
func ListUnmatched(ctx context.Context, q db.Queryer, programme id.ID, before UnmatchedCursor, limit int) ([]UnmatchedReturn, error) {
	var args db.Args
	query := `SELECT ` + unmatchedColumns + ` FROM return_unmatched WHERE programme_id = ` + args.Add(programme)
	if before != (UnmatchedCursor{}) {
		query += ` AND (event_id, return_line) < (` + args.Add(before.EventID) + `, ` + args.Add(before.Line) + `)`
	}
	query += ` ORDER BY event_id DESC, return_line DESC LIMIT ` + args.Add(limit)
	rows, err := q.Query(ctx, query, args.Values()...)
	list, err := db.Collect(rows, err, scanUnmatched)
	if err != nil {
		return nil, fmt.Errorf("listing unmatched returns: %w", err)
	}
	return list, nil
}

// Summary is what a programme's sales add up to. Sums are in minor units.
type Summary struct {
	// Customers bought at least once, Returning of them at least twice.
	Customers, Returning int64
	Sales                int64
	// Goods were sold and Returned of them came back; RepeatGoods are those of
	// every purchase but a member's first, less what came back of them.
	Goods, Returned, RepeatGoods int64
}

// Summarise adds up the tallies of a programme.
func Summarise(ctx context.Context, q db.Queryer, programme id.ID) (Summary, error) {
	var s Summary
	err := q.QueryRow(ctx, `SELECT COUNT(*), COUNT(CASE WHEN purchases > 1 THEN 1 END),
			CAST(COALESCE(SUM(purchases), 0) AS BIGINT), CAST(COALESCE(SUM(goods), 0) AS BIGINT),
			CAST(COALESCE(SUM(returned), 0) AS BIGINT), CAST(COALESCE(SUM(repeat_goods), 0) AS BIGINT)
		FROM sale_tally WHERE programme_id = $1 AND purchases > 0`, programme).
		Scan(&s.Customers, &s.Returning, &s.Sales, &s.Goods, &s.Returned, &s.RepeatGoods)
	if err != nil {
		return Summary{}, fmt.Errorf("adding up a programme's sales: %w", err)
	}
	return s, nil
}

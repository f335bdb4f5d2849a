package sale

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Fault is something that Check found wrong.
type Fault struct {
	MemberID id.ID
	// SaleID is 0 where the fault is the member's tally.
	SaleID id.ID
	What   string
}

// Check returns what contradicts itself in a programme's sales: sales that are
// not the sum of their lines, lines of which more or less came back than the
// returns say, tallies that are not the sum of the member's sales.
func Check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	var faults []Fault
	for _, check := range []func(context.Context, db.Queryer, id.ID) ([]Fault, error){
		checkSums, checkReturned, checkTallies, checkMissingTallies,
	} {
		found, err := check(ctx, q, programme)
		if err != nil {
			return nil, fmt.Errorf("checking sales: %w", err)
		}
		faults = append(faults, found...)
	}
	return faults, nil
}

func checkSums(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	rows, err := q.Query(ctx, `SELECT s.member_id, s.id FROM sale AS s
		LEFT JOIN sale_line AS l ON l.member_id = s.member_id AND l.sale_id = s.id
		WHERE s.programme_id = $1 GROUP BY s.id, s.member_id, s.goods, s.total, s.returned
		HAVING COUNT(l.no) = 0 OR MIN(l.no) <> 1 OR MAX(l.no) <> COUNT(*) OR SUM(l.amount) <> s.total
			OR SUM(CASE WHEN l.fee THEN 0 ELSE l.amount END) <> s.goods OR SUM(l.returned_amount) <> s.returned
		ORDER BY s.id`, programme)
	return db.Collect(rows, err, func(r *sql.Rows) (Fault, error) {
		f := Fault{What: "the sale is not the sum of its lines"}
		err := r.Scan(&f.MemberID, &f.SaleID)
		return f, err
	})
}

func checkReturned(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	rows, err := q.Query(ctx, `SELECT l.member_id, l.sale_id, l.no, l.quantity, l.amount, l.fee, l.returned_quantity, l.returned_amount,
			CAST(COALESCE(SUM(m.quantity), 0) AS BIGINT), CAST(COALESCE(SUM(m.amount), 0) AS BIGINT)
		FROM sale AS s JOIN sale_line AS l ON l.member_id = s.member_id AND l.sale_id = s.id
		LEFT JOIN return_match AS m ON m.member_id = l.member_id AND m.sale_id = l.sale_id AND m.sale_line = l.no
		WHERE s.programme_id = $1 AND (l.returned_quantity <> 0 OR l.returned_amount <> 0 OR m.quantity IS NOT NULL)
		GROUP BY l.member_id, l.sale_id, l.no, l.quantity, l.amount, l.fee, l.returned_quantity, l.returned_amount
		ORDER BY l.sale_id, l.no`, programme)
	faults, err := db.Collect(rows, err, scanReturned)
	if err != nil {
		return nil, err
	}
	var wrong []Fault
	for _, f := range faults {
		if f.What != "" {
			wrong = append(wrong, f)
		}
	}
	return wrong, nil
}

// scanReturned reads a line with what the returns say came back of it; the
// fault is empty when they agree.
func scanReturned(r *sql.Rows) (Fault, error) {
	var f Fault
	var l Line
	var quantity, amount int64
	err := r.Scan(&f.MemberID, &f.SaleID, &l.No, &l.Quantity, &l.Amount, &l.Fee, &l.ReturnedQuantity, &l.ReturnedAmount, &quantity, &amount)
	if err != nil {
		return f, err
	}
	switch {
	case quantity != l.ReturnedQuantity || amount != l.ReturnedAmount:
		f.What = fmt.Sprintf("line %d: %d thousandths worth %d came back, but its returns sum up to %d worth %d",
			l.No, l.ReturnedQuantity, l.ReturnedAmount, quantity, amount)
	case l.ReturnedQuantity < 0 || l.Left() < 0:
		f.What = fmt.Sprintf("line %d: %d thousandths of %d came back", l.No, l.ReturnedQuantity, l.Quantity)
	case l.ReturnedAmount != money.Part(l.Amount, l.ReturnedQuantity, l.Quantity):
		f.What = fmt.Sprintf("line %d: what came back is worth %d, not its part of %d", l.No, l.ReturnedAmount, l.Amount)
	case l.Fee:
		f.What = fmt.Sprintf("line %d is a fee and cannot come back", l.No)
	}
	return f, nil
}

func checkTallies(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	rows, err := q.Query(ctx, `SELECT t.member_id FROM sale_tally AS t LEFT JOIN sale AS s ON s.member_id = t.member_id
		WHERE t.programme_id = $1
		GROUP BY t.member_id, t.purchases, t.goods, t.returned, t.repeat_goods, t.first_at, t.last_at
		HAVING COUNT(s.id) <> t.purchases OR COALESCE(SUM(s.goods), 0) <> t.goods OR COALESCE(SUM(s.returned), 0) <> t.returned
			OR COALESCE(SUM(CASE WHEN s.nth > 1 THEN s.goods - s.returned ELSE 0 END), 0) <> t.repeat_goods
			OR COALESCE(MIN(s.occurred), 0) <> t.first_at OR COALESCE(MAX(s.occurred), 0) <> t.last_at
		ORDER BY t.member_id`, programme)
	return db.Collect(rows, err, scanTallyFault("the tally is not the sum of the member's sales"))
}

func checkMissingTallies(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	rows, err := q.Query(ctx, `SELECT DISTINCT s.member_id FROM sale AS s WHERE s.programme_id = $1
		AND NOT EXISTS (SELECT 1 FROM sale_tally AS t WHERE t.member_id = s.member_id) ORDER BY s.member_id`, programme)
	return db.Collect(rows, err, scanTallyFault("the member has sales but no tally"))
}

func scanTallyFault(what string) func(*sql.Rows) (Fault, error) {
	return func(r *sql.Rows) (Fault, error) {
		f := Fault{What: what}
		err := r.Scan(&f.MemberID)
		return f, err
	}
}

package sale

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

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
// returns say, tallies that are not the sum of an account's sales, sales without
// their event. Survivors
// name for each member merged away the one that it belongs to now.
func Check(ctx context.Context, q db.Queryer, programme id.ID, survivors map[id.ID]id.ID) ([]Fault, error) {
	sums, err := checkSums(ctx, q, programme)
	if err != nil {
		return nil, fmt.Errorf("checking sales: %w", err)
	}
	returned, err := checkReturned(ctx, q, programme)
	if err != nil {
		return nil, fmt.Errorf("checking what came back: %w", err)
	}
	tallies, err := checkTallies(ctx, q, programme, survivors)
	if err != nil {
		return nil, fmt.Errorf("checking tallies: %w", err)
	}
	lost, err := checkEvents(ctx, q, programme)
	if err != nil {
		return nil, fmt.Errorf("checking the events of sales: %w", err)
	}
	return slices.Concat(sums, returned, tallies, lost), nil
}

// checkEvents finds the sales that nobody finds, as they are looked for by the
// time and the member of their events.
func checkEvents(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	rows, err := q.Query(ctx, `SELECT s.member_id, s.id FROM sale AS s LEFT JOIN event AS e ON e.member_id = s.member_id AND e.id = s.id AND e.occurred = s.occurred
		WHERE s.programme_id = $1 AND e.id IS NULL ORDER BY s.id`, programme)
	return db.Collect(rows, err, func(r *sql.Rows) (Fault, error) {
		f := Fault{What: "the sale has no event of its member and time"}
		err := r.Scan(&f.MemberID, &f.SaleID)
		return f, err
	})
}

func checkSums(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	rows, err := q.Query(ctx, `SELECT s.member_id, s.id FROM sale AS s
		LEFT JOIN sale_line AS l ON l.member_id = s.member_id AND l.sale_id = s.id
		WHERE s.programme_id = $1 GROUP BY s.id, s.member_id, s.goods, s.total, s.returned
		HAVING COUNT(l.no) = 0 OR MIN(l.no) <> 1 OR MAX(l.no) <> COUNT(*) OR SUM(l.amount) <> s.total
			OR SUM(CASE WHEN l.fee THEN 0 ELSE l.amount END) <> s.goods OR SUM(CASE WHEN l.fee THEN 0 ELSE l.returned_amount END) <> s.returned
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
	case l.Fee && l.Left() != 0:
		f.What = fmt.Sprintf("line %d is a fee and came back in part", l.No)
	}
	return f, nil
}

// pair is a member's tally as it is stored and as it is reckoned.
type pair struct{ stored, reckoned Tally }

func (p *pair) add(o pair) {
	p.stored, p.reckoned = Together(&p.stored, &o.stored), Together(&p.reckoned, &o.reckoned)
}

// checkTallies finds the members whose tally is not the sum of their own sales;
// those who belong to one account are then compared together.
func checkTallies(ctx context.Context, q db.Queryer, programme id.ID, survivors map[id.ID]id.ID) ([]Fault, error) {
	rows, err := q.Query(ctx, `SELECT m.member_id, COALESCE(t.purchases, 0), COALESCE(t.goods, 0), COALESCE(t.returned, 0),
			COALESCE(t.repeat_goods, 0), COALESCE(t.first_at, 0), COALESCE(t.last_at, 0), `+sums+`
		FROM (SELECT member_id FROM sale_tally WHERE programme_id = $1 UNION SELECT member_id FROM sale WHERE programme_id = $1) AS m
		LEFT JOIN sale_tally AS t ON t.member_id = m.member_id LEFT JOIN (`+ByMember+`) ON e.member_id = m.member_id
		GROUP BY m.member_id, t.purchases, t.goods, t.returned, t.repeat_goods, t.first_at, t.last_at ORDER BY m.member_id`, programme)
	var order []id.ID
	unequal := make(map[id.ID]*pair)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		member, p, err := scanPair(r)
		if err != nil || p.stored == p.reckoned {
			return struct{}{}, err
		}
		if s := survivors[member]; s != 0 {
			member = s
		}
		if unequal[member] == nil {
			unequal[member] = new(pair)
			order = append(order, member)
		}
		unequal[member].add(p)
		return struct{}{}, nil
	})
	if err != nil {
		return nil, err
	}
	var faults []Fault
	for _, m := range order {
		if p := unequal[m]; p.stored != p.reckoned {
			faults = append(faults, Fault{MemberID: m, What: "the tally is not the sum of the account's sales"})
		}
	}
	return faults, nil
}

func scanPair(r *sql.Rows) (id.ID, pair, error) {
	var member id.ID
	var p pair
	var from, to [2]int64
	err := r.Scan(&member,
		&p.stored.Purchases, &p.stored.Goods, &p.stored.Returned, &p.stored.RepeatGoods, &from[0], &to[0],
		&p.reckoned.Purchases, &p.reckoned.Goods, &p.reckoned.Returned, &p.reckoned.RepeatGoods, &from[1], &to[1])
	p.stored.First, p.stored.Last = db.Time(from[0]), db.Time(to[0])
	p.reckoned.First, p.reckoned.Last = db.Time(from[1]), db.Time(to[1])
	return member, p, err
}

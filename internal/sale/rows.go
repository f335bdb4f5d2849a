package sale

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

const (
	saleColumns = `s.id, s.programme_id, s.member_id, s.occurred, s.shop_id, s.channel, s.reference, s.goods, s.total, s.returned, s.nth, s.priced, s.withheld`
	lineColumns = `l.no, l.sku, l.name, l.category, l.quantity, l.amount, l.fee, l.returned_quantity, l.returned_amount`
	withLines   = `sale AS s JOIN sale_line AS l ON l.member_id = s.member_id AND l.sale_id = s.id`
)

func (s *Sale) fields(occurred *int64) []any {
	return []any{&s.ID, &s.ProgrammeID, &s.MemberID, occurred, &s.ShopID, &s.Channel, &s.Reference, &s.Goods, &s.Total, &s.Returned, &s.Nth, &s.Priced, (*amounts)(&s.Withheld)}
}

func (l *Line) fields() []any {
	return []any{&l.No, &l.SKU, &l.Name, &l.Category, &l.Quantity, &l.Amount, &l.Fee, &l.ReturnedQuantity, &l.ReturnedAmount}
}

func scanSale(r *sql.Rows) (*Sale, error) {
	s, occurred := new(Sale), int64(0)
	err := r.Scan(s.fields(&occurred)...)
	s.Occurred = db.Time(occurred)
	return s, err
}

// sold is a line together with its sale, as a join returns it.
type sold struct {
	sale Sale
	line Line
}

func scanSold(r *sql.Rows) (sold, error) {
	var row sold
	var occurred int64
	err := r.Scan(append(row.sale.fields(&occurred), row.line.fields()...)...)
	row.sale.Occurred = db.Time(occurred)
	return row, err
}

// gather makes sales of joined rows, their lines in order, and adds them to
// those given.
func gather(rows []sold, into map[id.ID]*Sale) {
	for i := range rows {
		s := into[rows[i].sale.ID]
		if s == nil {
			s = &rows[i].sale
			into[s.ID] = s
		}
		s.Lines = append(s.Lines, rows[i].line)
	}
}

func byNumber(a, b Line) int { return cmp.Compare(a.No, b.No) }

// SaleKey names a sale.
type SaleKey struct{ MemberID, ID id.ID }

// LoadSales returns the sales that exist, with all their lines, in one
// statement.
func LoadSales(ctx context.Context, q db.Queryer, keys []SaleKey) (map[id.ID]*Sale, error) {
	sales := make(map[id.ID]*Sale, len(keys))
	if len(keys) == 0 {
		return sales, nil
	}
	var args db.Args
	members, ids := split(keys)
	query := `SELECT ` + saleColumns + `, ` + lineColumns + ` FROM ` + withLines +
		` WHERE s.member_id IN ` + args.In(members) + ` AND s.id IN ` + args.In(ids)
	rows, err := q.Query(ctx, query, args.Values()...)
	list, err := db.Collect(rows, err, scanSold)
	if err != nil {
		return nil, fmt.Errorf("reading sales: %w", err)
	}
	gather(list, sales)
	for _, s := range sales {
		slices.SortFunc(s.Lines, byNumber)
	}
	return sales, nil
}

// split returns the distinct members and ids of the keys.
func split(keys []SaleKey) (members, ids []id.ID) {
	for _, k := range keys {
		members, ids = append(members, k.MemberID), append(ids, k.ID)
	}
	return distinct(members), distinct(ids)
}

func distinct[T cmp.Ordered](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}

// LoadTallies returns the tally of every member asked for, a zero one where
// there is none yet, in one statement.
func LoadTallies(ctx context.Context, q db.Queryer, members []id.ID) (map[id.ID]*Tally, error) {
	tallies := make(map[id.ID]*Tally, len(members))
	for _, m := range members {
		tallies[m] = &Tally{MemberID: m}
	}
	if len(members) == 0 {
		return tallies, nil
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT member_id, programme_id, purchases, goods, returned, repeat_goods, first_at, last_at
		FROM sale_tally WHERE member_id IN `+args.In(members), args.Values()...)
	list, err := db.Collect(rows, err, scanTally)
	if err != nil {
		return nil, fmt.Errorf("reading tallies: %w", err)
	}
	for _, t := range list {
		tallies[t.MemberID] = t
	}
	return tallies, nil
}

func scanTally(r *sql.Rows) (*Tally, error) {
	t := Tally{stored: true}
	var first, last int64
	err := r.Scan(&t.MemberID, &t.ProgrammeID, &t.Purchases, &t.Goods, &t.Returned, &t.RepeatGoods, &first, &last)
	t.First, t.Last = db.Time(first), db.Time(last)
	return &t, err
}

// Recount adds up the sales themselves of an account: the member, named first,
// and those merged into it. It is for accounts that come together or part.
func Recount(ctx context.Context, q db.Queryer, programme id.ID, members ...id.ID) (Tally, error) {
	var args db.Args
	t := Tally{ProgrammeID: programme, MemberID: members[0]}
	var first, last int64
	err := q.QueryRow(ctx, `SELECT `+sums+` FROM `+ByMember+` WHERE e.member_id IN `+args.In(members), args.Values()...).
		Scan(&t.Purchases, &t.Goods, &t.Returned, &t.RepeatGoods, &first, &last)
	if err != nil {
		return Tally{}, fmt.Errorf("adding up sales: %w", err)
	}
	t.First, t.Last = db.Time(first), db.Time(last)
	return t, nil
}

// sums are what a tally holds, reckoned from the sales.
const sums = `COUNT(s.id), CAST(COALESCE(SUM(s.goods), 0) AS BIGINT), CAST(COALESCE(SUM(s.returned), 0) AS BIGINT),
	CAST(COALESCE(SUM(CASE WHEN s.nth > 1 THEN s.goods - s.returned ELSE 0 END), 0) AS BIGINT),
	COALESCE(MIN(s.occurred), 0), COALESCE(MAX(s.occurred), 0)`

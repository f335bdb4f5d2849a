package partner

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/money"
)

var (
	lineTable = db.NewTable("partner_line", []string{"side", "source_id", "offer_id", "partner_id", "event_id"},
		db.Column{Name: "side", Kind: db.Text}, db.Column{Name: "source_id", Kind: db.Int}, db.Column{Name: "offer_id", Kind: db.Int},
		db.Column{Name: "partner_id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "month", Kind: db.Int},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "event_id", Kind: db.Int}, db.Column{Name: "sale_id", Kind: db.Int},
		db.Column{Name: "shop_id", Kind: db.Int}, db.Column{Name: "terms_id", Kind: db.Int}, db.Column{Name: "quantity", Kind: db.Int},
		db.Column{Name: "rate_num", Kind: db.Int}, db.Column{Name: "rate_den", Kind: db.Int}, db.Column{Name: "occurred", Kind: db.Int},
		db.Column{Name: "recorded", Kind: db.Int})
	statementTable = db.NewTable("partner_statement", []string{"id"},
		db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "partner_id", Kind: db.Int},
		db.Column{Name: "month", Kind: db.Int}, db.Column{Name: "number", Kind: db.Int}, db.Column{Name: "closed", Kind: db.Int},
		db.Column{Name: "total", Kind: db.Int}, db.Column{Name: "body", Kind: db.Text}, db.Column{Name: "hash", Kind: db.Text})
	closedTable = db.NewTable("partner_statement_line", []string{"statement_id", "no"},
		db.Column{Name: "statement_id", Kind: db.Int}, db.Column{Name: "no", Kind: db.Int}, db.Column{Name: "partner_id", Kind: db.Int},
		db.Column{Name: "side", Kind: db.Text}, db.Column{Name: "source_id", Kind: db.Int}, db.Column{Name: "offer_id", Kind: db.Int},
		db.Column{Name: "event_id", Kind: db.Int}, db.Column{Name: "sale_id", Kind: db.Int}, db.Column{Name: "shop_id", Kind: db.Int},
		db.Column{Name: "terms_id", Kind: db.Int}, db.Column{Name: "quantity", Kind: db.Int}, db.Column{Name: "rate_num", Kind: db.Int},
		db.Column{Name: "rate_den", Kind: db.Int}, db.Column{Name: "amount", Kind: db.Int}, db.Column{Name: "occurred", Kind: db.Int},
		db.Column{Name: "recorded", Kind: db.Int})
)

// lock keeps others from noting lines of a partner and from closing its months.
func lock(ctx context.Context, tx *db.Tx, partner id.ID) error {
	var n id.ID
	if err := tx.QueryRow(ctx, `SELECT id FROM partner WHERE id = $1`+tx.ForUpdate(), partner).Scan(&n); err != nil {
		return fmt.Errorf("locking a partner: %w", db.Fault(err))
	}
	return nil
}

func closedMonths(ctx context.Context, q db.Queryer, partner id.ID) ([]Month, error) {
	rows, err := q.Query(ctx, `SELECT month FROM partner_statement WHERE partner_id = $1`, partner)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (m Month, err error) {
		err = r.Scan(&m)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading which months are closed: %w", err)
	}
	return list, nil
}

func insertLines(ctx context.Context, tx *db.Tx, lines []Line) error {
	rows := make([][]any, len(lines))
	for i := range lines {
		l := &lines[i]
		rows[i] = []any{
			string(l.Side), l.SourceID, l.OfferID, l.partner, l.programme, int64(l.month), l.member, l.EventID, l.SaleID, l.ShopID, l.TermsID, l.Quantity,
			l.Rate.Num(), l.Rate.Den(), db.Micros(l.Occurred), db.Micros(l.Recorded),
		}
	}
	if _, err := tx.InsertNew(ctx, lineTable, rows); err != nil {
		return fmt.Errorf("noting what is to be settled: %w", err)
	}
	return nil
}

const lineColumns = `side, source_id, offer_id, partner_id, programme_id, month, member_id, event_id, sale_id, shop_id, terms_id, quantity, rate_num, rate_den, occurred, recorded`

func scanLine(r *sql.Rows) (Line, error) {
	var l Line
	var num, den, occurred, recorded int64
	if err := r.Scan(&l.Side, &l.SourceID, &l.OfferID, &l.partner, &l.programme, &l.month, &l.member, &l.EventID, &l.SaleID, &l.ShopID, &l.TermsID,
		&l.Quantity, &num, &den, &occurred, &recorded); err != nil {
		return l, err
	}
	l.Rate, l.Occurred, l.Recorded = money.NewRate(num, den), db.Time(occurred), db.Time(recorded)
	return l, nil
}

// linesOf returns the lines noted for a month of a partner.
func linesOf(ctx context.Context, q db.Queryer, partner id.ID, month Month) ([]Line, error) {
	rows, err := q.Query(ctx, `SELECT `+lineColumns+` FROM partner_line WHERE partner_id = $1 AND month = $2`, partner, int64(month))
	list, err := db.Collect(rows, err, scanLine)
	if err != nil {
		return nil, fmt.Errorf("reading what is to be settled: %w", err)
	}
	return list, nil
}

// eachLine streams every line noted in a programme; fn must not use q.
func eachLine(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Line) error) error {
	rows, err := q.Query(ctx, `SELECT `+lineColumns+` FROM partner_line WHERE programme_id = $1 ORDER BY partner_id, source_id, offer_id, event_id`, programme)
	if err := db.Each(rows, err, func(r *sql.Rows) (*Line, error) {
		l, err := scanLine(r)
		return &l, err
	}, fn); err != nil {
		return fmt.Errorf("reading every line to be settled: %w", err)
	}
	return nil
}

// openMonths returns the months for which lines are noted.
func openMonths(ctx context.Context, q db.Queryer, partner id.ID) ([]Month, error) {
	rows, err := q.Query(ctx, `SELECT DISTINCT month FROM partner_line WHERE partner_id = $1`, partner)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (m Month, err error) {
		err = r.Scan(&m)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the months of a partner: %w", err)
	}
	return list, nil
}

func insertStatement(ctx context.Context, tx *db.Tx, s *Statement) error {
	body, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("closing a statement: %w", err)
	}
	err = tx.Insert(ctx, statementTable, [][]any{{
		s.ID, s.ProgrammeID, s.PartnerID, int64(s.Month), s.Number, db.Micros(s.Closed), s.Total, string(body), s.Hash,
	}})
	if err != nil {
		return fmt.Errorf("closing a statement: %w", err)
	}
	rows := make([][]any, len(s.Lines))
	for i := range s.Lines {
		l := &s.Lines[i]
		rows[i] = []any{
			s.ID, int64(i + 1), s.PartnerID, string(l.Side), l.SourceID, l.OfferID, l.EventID, l.SaleID, l.ShopID, l.TermsID, l.Quantity, l.Rate.Num(), l.Rate.Den(),
			l.Amount, db.Micros(l.Occurred), db.Micros(l.Recorded),
		}
	}
	if err := tx.Insert(ctx, closedTable, rows); err != nil {
		return fmt.Errorf("closing the lines of a statement: %w", err)
	}
	return nil
}

// selectStatements reads closed statements without their lines.
func selectStatements(ctx context.Context, q db.Queryer, where string, args ...any) ([]Statement, error) {
	rows, err := q.Query(ctx, `SELECT id, body, partner_id, month, number, total, hash FROM partner_statement WHERE `+where+` ORDER BY number`, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Statement, error) {
		var s Statement
		var kept Statement
		var body string
		if err := r.Scan(&kept.ID, &body, &kept.PartnerID, &kept.Month, &kept.Number, &kept.Total, &kept.Hash); err != nil {
			return s, err
		}
		err := json.Unmarshal([]byte(body), &s)
		// Its columns are what it is found by, and so part of what is sealed.
		s.ID, s.PartnerID, s.Month, s.Number, s.Total, s.Hash = kept.ID, kept.PartnerID, kept.Month, kept.Number, kept.Total, kept.Hash
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading statements: %w", err)
	}
	return list, nil
}

// withLines reads the lines of a closed statement.
func withLines(ctx context.Context, q db.Queryer, s *Statement) error {
	rows, err := q.Query(ctx, `SELECT side, source_id, offer_id, event_id, sale_id, shop_id, terms_id, quantity, rate_num, rate_den, amount, occurred, recorded
		FROM partner_statement_line WHERE statement_id = $1 ORDER BY no`, s.ID)
	s.Lines, err = db.Collect(rows, err, func(r *sql.Rows) (Line, error) {
		var l Line
		var num, den, occurred, recorded int64
		if err := r.Scan(&l.Side, &l.SourceID, &l.OfferID, &l.EventID, &l.SaleID, &l.ShopID, &l.TermsID, &l.Quantity, &num, &den, &l.Amount, &occurred, &recorded); err != nil {
			return l, err
		}
		l.Rate, l.Occurred, l.Recorded, l.partner = money.NewRate(num, den), db.Time(occurred), db.Time(recorded), s.PartnerID
		return l, nil
	})
	if err != nil {
		return fmt.Errorf("reading the lines of a statement: %w", err)
	}
	return nil
}

// lastNumber returns the number and the hash of the latest closed statement.
func lastNumber(ctx context.Context, q db.Queryer, programme id.ID) (n int64, hash string, err error) {
	rows, err := q.Query(ctx, `SELECT number, hash FROM partner_statement WHERE programme_id = $1 ORDER BY number DESC LIMIT 1`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) { return struct{}{}, r.Scan(&n, &hash) })
	if err != nil {
		return 0, "", fmt.Errorf("reading the last statement: %w", err)
	}
	return n, hash, nil
}

// reading returns how often the whole past was asked for, and whether it has to
// be looked through.
func reading(ctx context.Context, q db.Queryer, programme id.ID) (asked int64, whole bool, err error) {
	whole = true
	rows, err := q.Query(ctx, `SELECT asked, done FROM partner_reading WHERE programme_id = $1`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var done int64
		err := r.Scan(&asked, &done)
		whole = asked != done
		return struct{}{}, err
	})
	if err != nil {
		return 0, false, fmt.Errorf("reading how far the past was read: %w", err)
	}
	return asked, whole, nil
}

// ask has the whole past of a programme looked through when it is next collected.
func ask(ctx context.Context, tx *db.Tx, programme id.ID) error {
	_, err := tx.Exec(ctx, `INSERT INTO partner_reading (programme_id, asked, done) VALUES ($1, 1, 0)
		ON CONFLICT (programme_id) DO UPDATE SET asked = partner_reading.asked + 1`, programme)
	if err != nil {
		return fmt.Errorf("asking for the past to be read again: %w", err)
	}
	return nil
}

// doubt asks so for some programmes.
func (s *Service) doubt(ctx context.Context, programmes ...id.ID) error {
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		for _, p := range programmes {
			if err := ask(ctx, tx, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// settle notes that the past was looked through, as often as it was asked for
// then.
func (g *gathered) settle(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO partner_reading (programme_id, asked, done) VALUES ($1, $2, $2)
		ON CONFLICT (programme_id) DO UPDATE SET done = EXCLUDED.done`, g.book.programme, g.asked)
	if err != nil {
		return fmt.Errorf("noting how far the past was read: %w", err)
	}
	return nil
}

package member

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

var consentTable = db.NewTable("member_consent", []string{"id"},
	db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int},
	db.Column{Name: "purpose", Kind: db.Text}, db.Column{Name: "channel", Kind: db.Text}, db.Column{Name: "given", Kind: db.Bool},
	db.Column{Name: "at", Kind: db.Int}, db.Column{Name: "source", Kind: db.Text}, db.Column{Name: "text_version", Kind: db.Text},
	db.Column{Name: "ip", Kind: db.Text}, db.Column{Name: "recorded_by", Kind: db.Text})

// AddConsents writes statements by one statement of SQL, giving each its id.
func AddConsents(ctx context.Context, tx *db.Tx, consents []Consent) error {
	if len(consents) == 0 {
		return nil
	}
	rows := make([][]any, len(consents))
	for i, c := range consents {
		rows[i] = []any{tx.IDs().New(), c.MemberID, string(c.Purpose), string(c.Channel), c.Given, db.Micros(c.At),
			c.Source, c.TextVersion, c.IP, c.By}
	}
	if err := tx.Insert(ctx, consentTable, rows); err != nil {
		return fmt.Errorf("writing consents: %w", err)
	}
	return nil
}

// Consents returns every statement of the members, which are the aliases of
// one person, in the order in which they were recorded.
func Consents(ctx context.Context, q db.Queryer, members []id.ID) ([]Consent, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT id, member_id, purpose, channel, given, at, source, text_version, ip, recorded_by
		FROM member_consent WHERE member_id IN `+args.In(members)+` ORDER BY id`, args.Values()...)
	history, err := db.Collect(rows, err, scanConsent)
	if err != nil {
		return nil, fmt.Errorf("reading consents: %w", err)
	}
	return history, nil
}

func scanConsent(r *sql.Rows) (Consent, error) {
	var c Consent
	var at int64
	err := r.Scan(&c.ID, &c.MemberID, &c.Purpose, &c.Channel, &c.Given, &at, &c.Source, &c.TextVersion, &c.IP, &c.By)
	c.At = db.Time(at)
	return c, err
}

package member

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Each calls fn with every member of a programme by id: losers of merges and
// the erased, as the empty rows that they are, too. It streams them, so fn must
// not use q, as with the others below; give it a snapshot.
func Each(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Member) error) error {
	rows, err := q.Query(ctx, `SELECT `+memberColumns+` FROM member WHERE programme_id = $1 ORDER BY id`, programme)
	if err := db.Each(rows, err, scanMember, fn); err != nil {
		return fmt.Errorf("reading every member: %w", err)
	}
	return nil
}

// EachIdentity calls fn with every identity of a programme and the member who
// has it now, by kind and value.
func EachIdentity(ctx context.Context, q db.Queryer, programme id.ID, fn func(member id.ID, i Identity) error) error {
	type held struct {
		member   id.ID
		identity Identity
	}
	rows, err := q.Query(ctx, `SELECT member_id, kind, value FROM member_identity WHERE programme_id = $1 ORDER BY kind, value`, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (held, error) {
		var h held
		return h, r.Scan(&h.member, &h.identity.Kind, &h.identity.Value)
	}, func(h held) error { return fn(h.member, h.identity) })
	if err != nil {
		return fmt.Errorf("reading every identity: %w", err)
	}
	return nil
}

// EachConsent calls fn with every statement of consent of a programme's
// members, in the order in which they were recorded.
func EachConsent(ctx context.Context, q db.Queryer, programme id.ID, fn func(Consent) error) error {
	rows, err := q.Query(ctx, `SELECT c.id, c.member_id, c.purpose, c.channel, c.given, c.at, c.source, c.text_version, c.ip, c.recorded_by
		FROM member_consent c JOIN member m ON m.id = c.member_id WHERE m.programme_id = $1 ORDER BY c.id`, programme)
	if err := db.Each(rows, err, scanConsent, fn); err != nil {
		return fmt.Errorf("reading every consent: %w", err)
	}
	return nil
}

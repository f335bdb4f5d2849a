package outreach

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
)

var sinkTable = db.NewTable("outreach_sink", []string{"member_id", "contact_id"},
	db.Column{Name: "contact_id", Kind: db.Int}, db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int},
	db.Column{Name: "recipient", Kind: db.Text}, db.Column{Name: "subject", Kind: db.Text}, db.Column{Name: "body", Kind: db.Text},
	db.Column{Name: "html", Kind: db.Text}, db.Column{Name: "at", Kind: db.Int})

// sinkKept is how long messages stay in the sink.
const sinkKept = 30 * 24 * time.Hour

// Sink is the channel of installations that send nothing: messages go to a
// table, where staff read them.
type Sink struct {
	DB  *db.DB
	Now func() time.Time
}

// Send keeps the message, in place of the same one sent before.
func (s Sink) Send(ctx context.Context, m Message) (string, error) {
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM outreach_sink WHERE member_id = $1 AND contact_id = $2`, m.MemberID, m.ContactID); err != nil {
			return err
		}
		return tx.Insert(ctx, sinkTable, [][]any{{m.ContactID, m.MemberID, m.ProgrammeID, m.To, m.Subject, m.Text, m.HTML, db.Micros(s.Now())}})
	})
	if err != nil {
		return "", fmt.Errorf("keeping a message in the sink: %w", err)
	}
	return "sink", nil
}

// Sunk is a message that the sink holds.
type Sunk struct {
	To, Subject, Text, HTML string
	At                      time.Time
}

// Sunk returns the message of a contact that went to the sink; nil when there
// is none, or none any more. A sign-in code can be read in it, so it needs
// contacts.policy beside contacts.read.
func (s *Service) Sunk(ctx context.Context, a auth.Actor, c *Contact) (*Sunk, error) {
	for _, p := range []auth.Permission{auth.ContactsRead, auth.ContactsPolicy} {
		if err := a.Can(c.ProgrammeID, p); err != nil {
			return nil, err
		}
	}
	list, err := sunk(ctx, s.DB.Reader(), `contact_id = $1 AND member_id = $2`, c.ID, c.MemberID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

func sunk(ctx context.Context, q db.Queryer, where string, args ...any) ([]Sunk, error) {
	rows, err := q.Query(ctx, `SELECT recipient, subject, body, html, at FROM outreach_sink WHERE `+where+` ORDER BY contact_id`, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (m Sunk, err error) {
		var at int64
		err = r.Scan(&m.To, &m.Subject, &m.Text, &m.HTML, &at)
		m.At = db.Time(at)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the sink: %w", err)
	}
	return list, nil
}

// Prune takes messages out of the sink that are older than 30 days. It is meant
// to run daily, once for all processes.
func (s *Service) Prune(ctx context.Context) error {
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM outreach_sink WHERE at < $1`, db.Micros(s.Now().Add(-sinkKept))); err != nil {
			return fmt.Errorf("pruning the sink: %w", err)
		}
		return nil
	})
}

func dropSunk(ctx context.Context, tx *db.Tx, members []id.ID) error {
	var args db.Args
	if _, err := tx.Exec(ctx, `DELETE FROM outreach_sink WHERE member_id IN `+args.In(members), args.Values()...); err != nil {
		return fmt.Errorf("erasing messages in the sink: %w", err)
	}
	return nil
}

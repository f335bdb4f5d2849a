package complaint

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

var (
	mailboxTable = db.NewTable("complaint_mailbox", []string{"programme_id"}, join(
		ints("programme_id"), texts("host"), ints("port"), texts("security", "account", "secret", "login", "token_url", "client_id", "scope", "client_secret", "refresh_token", "folder", "move_to"),
		[]db.Column{{Name: "active", Kind: db.Bool}}, ints("changed", "started", "validity", "last", "newer", "looked", "next"),
		texts("failure", "detail"), ints("since", "failures"))...)
	leftTable = db.NewTable("complaint_mail_left", []string{"programme_id", "uid"}, join(
		ints("programme_id", "uid"), []db.Column{{Name: "taken", Kind: db.Bool}}, ints("received", "size"), texts("why"), ints("first", "again"))...)
)

func selectMailboxes(ctx context.Context, q db.Queryer, where string, args ...any) ([]*Mailbox, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, host, port, security, account, secret, login, token_url, client_id, scope, client_secret, refresh_token, folder, move_to, active, changed, started, validity, last, newer, looked, next,
		failure, detail, since, failures FROM complaint_mailbox WHERE `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Mailbox, error) {
		m := &Mailbox{}
		var changed, started, looked, next, since int64
		err := r.Scan(&m.ProgrammeID, &m.Host, &m.Port, &m.Security, &m.User, &m.secret, &m.Login, &m.TokenURL, &m.ClientID, &m.Scope, &m.clientSecret, &m.refreshToken,
			&m.Folder, &m.MoveTo, &m.On, &changed, &started, &m.validity, &m.last, &m.newer,
			&looked, &next, &m.Failure, &m.Detail, &since, &m.Failures)
		m.changed, m.started, m.Looked, m.Next, m.Since = db.Time(changed), db.Time(started), db.Time(looked), db.Time(next), db.Time(since)
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading mailboxes: %w", err)
	}
	return list, nil
}

// loadMailbox returns the mailbox of a programme, or nil.
func loadMailbox(ctx context.Context, q db.Queryer, programme id.ID, lock string) (*Mailbox, error) {
	list, err := selectMailboxes(ctx, q, `programme_id = $1`+lock, programme)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

func saveMailbox(ctx context.Context, tx *db.Tx, m *Mailbox) error {
	err := tx.Upsert(ctx, mailboxTable, [][]any{{
		m.ProgrammeID, m.Host, m.Port, string(m.Security), m.User, m.secret, string(m.Login), m.TokenURL, m.ClientID, m.Scope, m.clientSecret, m.refreshToken,
		m.Folder, m.MoveTo, m.On, db.Micros(m.changed), db.Micros(m.started),
		int64(m.validity), int64(m.last), int64(m.newer), db.Micros(m.Looked), db.Micros(m.Next), string(m.Failure), m.Detail, db.Micros(m.Since), m.Failures,
	}})
	if err != nil {
		return fmt.Errorf("writing a mailbox: %w", err)
	}
	return nil
}

// leftMails returns the e-mails that were left, the latest first.
func leftMails(ctx context.Context, q db.Queryer, programme id.ID) ([]LeftMail, error) {
	rows, err := q.Query(ctx, `SELECT uid, taken, received, size, why, first, again FROM complaint_mail_left WHERE programme_id = $1 ORDER BY uid DESC`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (m LeftMail, err error) {
		var received, first, again int64
		var why string
		if err := r.Scan(&m.UID, &m.Taken, &received, &m.Size, &why, &first, &again); err != nil {
			return m, err
		}
		m.Received, m.First = db.Time(received), db.Time(first)
		if again < db.Never {
			m.Again = db.Time(again)
		}
		return m, json.Unmarshal([]byte(why), &m.Why)
	})
	if err != nil {
		return nil, fmt.Errorf("reading e-mails that were left: %w", err)
	}
	return list, nil
}

// saveLeft keeps these e-mails and no others as those that were left.
func saveLeft(ctx context.Context, tx *db.Tx, programme id.ID, list []LeftMail) error {
	if err := dropLeft(ctx, tx, programme); err != nil {
		return err
	}
	rows := make([][]any, 0, len(list))
	for _, m := range list {
		why, err := json.Marshal(m.Why)
		if err != nil {
			return fmt.Errorf("writing why an e-mail was left: %w", err)
		}
		again := int64(db.Never)
		if !m.Again.IsZero() {
			again = db.Micros(m.Again)
		}
		rows = append(rows, []any{programme, int64(m.UID), m.Taken, db.Micros(m.Received), m.Size, string(why), db.Micros(m.First), again})
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Insert(ctx, leftTable, rows); err != nil {
		return fmt.Errorf("writing e-mails that were left: %w", err)
	}
	return nil
}

func dropLeft(ctx context.Context, tx *db.Tx, programme id.ID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM complaint_mail_left WHERE programme_id = $1`, programme); err != nil {
		return fmt.Errorf("forgetting e-mails that were left: %w", err)
	}
	return nil
}

package complaint

import (
	"context"
	"fmt"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// errNoMailbox says that a programme has no mailbox.
func errNoMailbox() error {
	return fault.Missing("no_mailbox", "the programme has no mailbox from which complaints are fetched")
}

// Mailbox returns the mailbox from which complaints are fetched, or nil, and the
// e-mails in it that need somebody's eye. It needs cases.read.
func (s *Service) Mailbox(ctx context.Context, a auth.Actor, programme id.ID) (*Mailbox, []LeftMail, error) {
	if err := a.Can(programme, auth.CasesRead); err != nil {
		return nil, nil, err
	}
	m, err := loadMailbox(ctx, s.DB.Reader(), programme, "")
	if err != nil || m == nil {
		return nil, nil, err
	}
	m.hide()
	left, err := leftMails(ctx, s.DB.Reader(), programme)
	return m, left, err
}

// SetMailbox says from where complaints are fetched. A secret that is
// empty keeps the one that is there, unless the server, the name, the way of
// signing in, the address for tokens or the client is another, so that it is never
// shown to somebody else's. Of another mailbox or folder what lies there already
// is left alone, unless the one before was never read. It needs cases.approve.
func (s *Service) SetMailbox(ctx context.Context, a auth.Actor, programme id.ID, spec MailboxSpec, secrets MailboxSecrets) error {
	if err := a.Can(programme, auth.CasesApprove); err != nil {
		return err
	}
	if err := fault.Join(append(spec.check(), secrets.check()...)...); err != nil {
		return err
	}
	return s.changeMailbox(ctx, a, programme, "case.mailbox", map[string]any{"on": spec.On}, func(tx *db.Tx, m *Mailbox) error {
		if m == nil {
			m = &Mailbox{ProgrammeID: programme}
		}
		if err := m.keys(&spec, secrets); err != nil {
			return err
		}
		if since, anew := m.since(&spec, s.clock()); anew {
			m.begins(since)
			if err := dropLeft(ctx, tx, programme); err != nil {
				return err
			}
		}
		m.MailboxSpec, m.changed, m.Next, m.Failures = spec, s.clock(), s.clock(), 0
		return saveMailbox(ctx, tx, m)
	})
}

// RemoveMailbox forgets the mailbox and its secrets. It needs cases.approve.
func (s *Service) RemoveMailbox(ctx context.Context, a auth.Actor, programme id.ID) error {
	if err := a.Can(programme, auth.CasesApprove); err != nil {
		return err
	}
	return s.changeMailbox(ctx, a, programme, "case.mailbox_remove", nil, func(tx *db.Tx, m *Mailbox) error {
		if m == nil {
			return errNoMailbox()
		}
		if _, err := tx.Exec(ctx, `DELETE FROM complaint_mailbox WHERE programme_id = $1`, programme); err != nil {
			return fmt.Errorf("removing a mailbox: %w", err)
		}
		return dropLeft(ctx, tx, programme)
	})
}

// RetryMails has the mailbox read with the next round, and every e-mail tried
// again that was left. It needs cases.approve.
func (s *Service) RetryMails(ctx context.Context, a auth.Actor, programme id.ID) error {
	if err := a.Can(programme, auth.CasesApprove); err != nil {
		return err
	}
	return s.changeMailbox(ctx, a, programme, "case.mailbox_retry", nil, func(tx *db.Tx, m *Mailbox) error {
		if m == nil {
			return errNoMailbox()
		}
		now := s.clock()
		if _, err := tx.Exec(ctx, `UPDATE complaint_mail_left SET first = $1, again = $1 WHERE programme_id = $2`, db.Micros(now), programme); err != nil {
			return fmt.Errorf("trying e-mails again: %w", err)
		}
		m.changed, m.Next = now, now
		return saveMailbox(ctx, tx, m)
	})
}

// changeMailbox runs a verb on the mailbox of a programme, nil where there is
// none, with its audit row.
func (s *Service) changeMailbox(ctx context.Context, a auth.Actor, programme id.ID, action string, detail map[string]any, do func(*db.Tx, *Mailbox) error) error {
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		m, err := loadMailbox(ctx, tx, programme, tx.ForUpdate())
		if err != nil {
			return err
		}
		if err := do(tx, m); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: programme.In(id.Programme), Detail: detail})
	})
}

package outreach

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

var policyTable = db.NewTable("outreach_policy", []string{"programme_id", "version"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "version", Kind: db.Int}, db.Column{Name: "spec", Kind: db.Text},
	db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "made_by", Kind: db.Text})

// loadPolicy returns the policy in force and its version, 0 for the default.
func loadPolicy(ctx context.Context, q db.Queryer, programme id.ID) (Policy, int64, error) {
	p := DefaultPolicy()
	rows, err := q.Query(ctx, `SELECT version, spec FROM outreach_policy WHERE programme_id = $1 ORDER BY version DESC LIMIT 1`, programme)
	found, err := db.Collect(rows, err, func(r *sql.Rows) (version int64, err error) {
		var spec string
		if err := r.Scan(&version, &spec); err != nil {
			return 0, err
		}
		return version, json.Unmarshal([]byte(spec), &p)
	})
	if err != nil {
		return p, 0, fmt.Errorf("reading a contact policy: %w", err)
	}
	if len(found) == 0 {
		return p, 0, nil
	}
	return p, found[0], nil
}

// Policy returns the policy in force and its version, 0 while it is the
// default. It needs contacts.read.
func (s *Service) Policy(ctx context.Context, a auth.Actor, programme id.ID) (Policy, int64, error) {
	if err := a.Can(programme, auth.ContactsRead); err != nil {
		return Policy{}, 0, err
	}
	return loadPolicy(ctx, s.DB.Reader(), programme)
}

// SetPolicy puts another policy in force and keeps the one before; version is
// that of the one that was looked at, and another by now is a conflict
// ("contact_policy_changed"). It needs contacts.policy.
func (s *Service) SetPolicy(ctx context.Context, a auth.Actor, programme id.ID, version int64, p Policy) (int64, error) {
	if err := a.Can(programme, auth.ContactsPolicy); err != nil {
		return 0, err
	}
	if err := p.Check(); err != nil {
		return 0, err
	}
	spec, err := json.Marshal(p)
	if err != nil {
		return 0, fmt.Errorf("writing a contact policy: %w", err)
	}
	return version + 1, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		_, now, err := loadPolicy(ctx, tx, programme)
		if err != nil {
			return err
		}
		if now != version {
			return fault.Conflict("contact_policy_changed", "somebody changed the policy meanwhile; look at it again")
		}
		if err := tx.Insert(ctx, policyTable, [][]any{{programme, version + 1, string(spec), db.Micros(s.Now()), a.String()}}); err != nil {
			return fmt.Errorf("writing a contact policy: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: programme, Action: "contact.policy", Subject: programme.In(id.Programme), Detail: map[string]any{"version": version + 1},
		})
	})
}

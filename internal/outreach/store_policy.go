package outreach

import (
	"context"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/program"
)

var choices = program.Choices[Policy]{Table: "outreach_policy", What: "the contact policy", Action: "contact.policy", Changed: "contact_policy_changed"}

// loadPolicy returns the policy in force and its version, 0 for the default.
func loadPolicy(ctx context.Context, q db.Queryer, programme id.ID) (Policy, int64, error) {
	p := DefaultPolicy()
	version, err := choices.Load(ctx, q, programme, &p)
	return p, version, err
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
	return version + 1, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		_, err := choices.Put(ctx, tx, a, programme, version, s.Now(), &p, nil)
		return err
	})
}

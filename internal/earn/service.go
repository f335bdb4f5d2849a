package earn

import (
	"context"
	"math"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Wallets returns how many decimals a wallet of the programme has, or a fault
// when the programme has no such wallet. Wallets stand in a
// room below.
type Wallets func(ctx context.Context, q db.Queryer, programme, wallet id.ID) (decimals int, err error)

// Service is what can be done with rules. Changes to the rules of a programme
// come one after another, since each bumps the programme's version first.
type Service struct {
	d       *db.DB
	now     func() time.Time
	wallets Wallets
}

// New returns the service over a migrated database.
func New(d *db.DB, now func() time.Time, wallets Wallets) *Service {
	return &Service{d: d, now: now, wallets: wallets}
}

// List returns the programme's rules with all their versions, in the order in
// which they were made. It needs rules.read.
func (s *Service) List(ctx context.Context, a auth.Actor, programme id.ID) ([]History, error) {
	if err := a.Can(programme, auth.RulesRead); err != nil {
		return nil, err
	}
	return Histories(ctx, s.d.Reader(), programme)
}

// Get returns one rule with all its versions. It needs rules.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, rule id.ID) (History, error) {
	if err := a.Can(programme, auth.RulesRead); err != nil {
		return History{}, err
	}
	return LoadHistory(ctx, s.d.Reader(), programme, rule)
}

// Create makes a rule with its first draft. It ignores the rule's id. It needs
// rules.write.
func (s *Service) Create(ctx context.Context, a auth.Actor, r Rule, spec Spec) (Version, error) {
	v := Version{Rule: r, Number: 1, State: Draft, Spec: spec}
	if err := checkName(r.Name); err != nil {
		return Version{}, err
	}
	if err := r.Trigger.check(); err != nil {
		return Version{}, err
	}
	err := s.change(ctx, a, r.ProgrammeID, auth.RulesWrite, func(tx *db.Tx) (auth.Entry, error) {
		if err := s.fit(ctx, tx, &v); err != nil {
			return auth.Entry{}, err
		}
		if err := freeName(ctx, tx, r.ProgrammeID, 0, r.Name); err != nil {
			return auth.Entry{}, err
		}
		v.Rule.ID, v.ID = tx.IDs().New(), tx.IDs().New()
		if err := insertRule(ctx, tx, v.Rule); err != nil {
			return auth.Entry{}, err
		}
		return v.entry("rule.create"), insertDraft(ctx, tx, v)
	})
	return v, err
}

// Trial returns a version that is kept nowhere, for the simulator: of the rule
// with this id, or of a new one, which comes after all others, where it is 0.
// It needs rules.read.
func (s *Service) Trial(ctx context.Context, a auth.Actor, r Rule, spec Spec) (Version, error) {
	if err := a.Can(r.ProgrammeID, auth.RulesRead); err != nil {
		return Version{}, err
	}
	if r.ID != 0 {
		h, err := LoadHistory(ctx, s.d.Reader(), r.ProgrammeID, r.ID)
		if err != nil {
			return Version{}, err
		}
		r = h.Rule
	} else {
		r.ID = math.MaxInt64
	}
	if err := r.Trigger.check(); err != nil {
		return Version{}, err
	}
	v := Version{ID: math.MaxInt64, Rule: r, Number: 1, State: Draft, Spec: spec}
	return v, s.fit(ctx, s.d.Reader(), &v)
}

// Rename gives a rule another name; what was said of it before keeps the old
// one. It needs rules.write.
func (s *Service) Rename(ctx context.Context, a auth.Actor, programme, rule id.ID, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return s.change(ctx, a, programme, auth.RulesWrite, func(tx *db.Tx) (auth.Entry, error) {
		h, err := LoadHistory(ctx, tx, programme, rule)
		if err != nil {
			return auth.Entry{}, err
		}
		if err := freeName(ctx, tx, programme, rule, name); err != nil {
			return auth.Entry{}, err
		}
		e := h.entry("rule.rename")
		e.Detail = map[string]any{"from": h.Name, "to": name}
		return e, renameRule(ctx, tx, rule, name)
	})
}

// SaveDraft writes what the rule shall say next, over a draft that is there.
// It needs rules.write.
func (s *Service) SaveDraft(ctx context.Context, a auth.Actor, programme, rule id.ID, spec Spec) (Version, error) {
	var v Version
	err := s.change(ctx, a, programme, auth.RulesWrite, func(tx *db.Tx) (auth.Entry, error) {
		h, err := LoadHistory(ctx, tx, programme, rule)
		if err != nil {
			return auth.Entry{}, err
		}
		write := updateDraft
		if d := h.Draft(); d != nil {
			v = *d
		} else {
			v = Version{ID: tx.IDs().New(), Rule: h.Rule, Number: h.Versions[0].Number + 1, State: Draft}
			write = insertDraft
		}
		v.Spec = spec
		if err := s.fit(ctx, tx, &v); err != nil {
			return auth.Entry{}, err
		}
		return v.entry("rule.draft"), write(ctx, tx, v)
	})
	return v, err
}

// DiscardDraft removes the draft, and a rule that was never published with it.
// It needs rules.write.
func (s *Service) DiscardDraft(ctx context.Context, a auth.Actor, programme, rule id.ID) error {
	return s.change(ctx, a, programme, auth.RulesWrite, func(tx *db.Tx) (auth.Entry, error) {
		h, err := LoadHistory(ctx, tx, programme, rule)
		if err != nil {
			return auth.Entry{}, err
		}
		d := h.Draft()
		if d == nil {
			return auth.Entry{}, noDraft()
		}
		return d.entry("rule.discard"), deleteDraft(ctx, tx, d, len(h.Versions) == 1)
	})
}

// Publish puts the draft in force and retires the version before it at the
// same instant: now. Only the first version of a rule may begin earlier, at
// from, so that a past which is loaded later can earn; a zero from is now. It
// needs rules.publish.
func (s *Service) Publish(ctx context.Context, a auth.Actor, programme, rule id.ID, from time.Time) (Version, error) {
	var v Version
	err := s.change(ctx, a, programme, auth.RulesPublish, func(tx *db.Tx) (auth.Entry, error) {
		h, err := LoadHistory(ctx, tx, programme, rule)
		if err != nil {
			return auth.Entry{}, err
		}
		d := h.Draft()
		if d == nil {
			return auth.Entry{}, noDraft()
		}
		begin, err := s.begin(from, len(h.Versions) == 1)
		if err != nil {
			return auth.Entry{}, err
		}
		v = *d
		if err := s.fit(ctx, tx, &v); err != nil {
			return auth.Entry{}, err
		}
		v.State, v.From = Published, begin
		return v.entry("rule.publish"), supersede(ctx, tx, &v)
	})
	return v, err
}

// begin returns when a version that is published now begins, in the precision
// in which it is kept.
func (s *Service) begin(from time.Time, first bool) (time.Time, error) {
	now := s.now()
	switch {
	case from.IsZero():
		from = now
	case from.After(now):
		return from, fault.Invalid("rule_from_future", "a rule can begin now or in the past; for a later start give it a condition on the date").At("/from")
	case from.Before(now) && !first:
		return from, fault.Invalid("rule_from_past", "only the first version of a rule can begin in the past; leave the time out to begin now").At("/from")
	}
	return db.Time(db.Micros(from)), nil
}

// supersede puts a draft in force in the place of what was.
func supersede(ctx context.Context, tx *db.Tx, v *Version) error {
	from := db.Micros(v.From)
	if _, err := retire(ctx, tx, v.Rule.ID, from); err != nil {
		return err
	}
	if v.Spec.Budget.Points > 0 {
		if err := openBudget(ctx, tx, v.Rule.ID); err != nil {
			return err
		}
	}
	return publish(ctx, tx, v, from)
}

// Retire ends the version in force, now. It needs rules.publish.
func (s *Service) Retire(ctx context.Context, a auth.Actor, programme, rule id.ID) error {
	return s.change(ctx, a, programme, auth.RulesPublish, func(tx *db.Tx) (auth.Entry, error) {
		h, err := LoadHistory(ctx, tx, programme, rule)
		if err != nil {
			return auth.Entry{}, err
		}
		n, err := retire(ctx, tx, rule, db.Micros(s.now()))
		if err == nil && n == 0 {
			err = fault.Conflict("rule_not_in_force", "the rule is not in force, so it cannot be retired")
		}
		return h.entry("rule.retire"), err
	})
}

// change runs fn in a transaction that holds the programme's rules, and leaves
// the entry that fn returns in the audit trail.
func (s *Service) change(ctx context.Context, a auth.Actor, programme id.ID, p auth.Permission, fn func(*db.Tx) (auth.Entry, error)) error {
	if err := a.Can(programme, p); err != nil {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		e, err := fn(tx)
		if err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, e)
	})
}

// fit checks a spec and takes the decimals of its wallet.
func (s *Service) fit(ctx context.Context, q db.Queryer, v *Version) error {
	if err := v.Spec.Check(v.Rule.Trigger); err != nil {
		return err
	}
	decimals, err := s.wallets(ctx, q, v.Rule.ProgrammeID, v.Spec.WalletID)
	if f := fault.As(err); f != nil {
		there := *f
		there.Field = "/wallet" // wherever wallets themselves are asked for it
		return &there
	}
	v.Decimals = decimals
	return err
}

func freeName(ctx context.Context, tx *db.Tx, programme, but id.ID, name string) error {
	taken, err := nameTaken(ctx, tx, programme, but, name)
	if err == nil && taken {
		err = fault.Conflict("rule_name_taken", "there is a rule called %q already; choose another name", name).At("/name").With("name", name)
	}
	return err
}

func noDraft() error {
	return fault.Conflict("rule_no_draft", "the rule has no draft; write one first")
}

// entry returns what the audit trail keeps of a change to the version.
func (v *Version) entry(action string) auth.Entry {
	e := v.Rule.entry(action)
	e.Detail = map[string]any{"version": v.ID.In(id.Version), "number": v.Number}
	return e
}

func (r Rule) entry(action string) auth.Entry {
	return auth.Entry{ProgrammeID: r.ProgrammeID, Action: action, Subject: r.ID.In(id.Rule)}
}

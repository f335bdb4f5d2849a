package tier

import (
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Service is what can be done with ladders. Changes to the ladders of one
// programme come one after another.
type Service struct {
	d   *db.DB
	now func() time.Time
}

// New returns the service over a migrated database.
func New(d *db.DB, now func() time.Time) *Service { return &Service{d: d, now: now} }

// List returns the ladders of a programme with their versions and drafts. It
// needs ranks.read.
func (s *Service) List(ctx context.Context, a auth.Actor, programme id.ID) ([]Plan, error) {
	if err := a.Can(programme, auth.RanksRead); err != nil {
		return nil, err
	}
	return loadPlans(ctx, s.d.Reader(), programme)
}

// Get returns one ladder of a programme. It needs ranks.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, ladder id.ID) (Plan, error) {
	if err := a.Can(programme, auth.RanksRead); err != nil {
		return Plan{}, err
	}
	return loadPlan(ctx, s.d.Reader(), programme, ladder)
}

// Create makes a ladder with a first draft. It needs ranks.write.
func (s *Service) Create(ctx context.Context, a auth.Actor, programme id.ID, code string, d Definition) (Plan, error) {
	if !codeForm.MatchString(code) {
		return Plan{}, fault.Invalid("ladder_code", "a ladder's code takes 1–40 small Latin letters, digits, hyphens and underscores, and begins with a letter or digit").
			At("/code")
	}
	if err := d.Check(); err != nil {
		return Plan{}, err
	}
	var ladder id.ID
	return s.change(ctx, a, programme, func(tx *db.Tx) (id.ID, auth.Entry, error) {
		ladder = tx.IDs().New()
		err := insertLadder(ctx, tx, Ladder{ID: ladder, ProgrammeID: programme, Code: code})
		if err != nil {
			return 0, auth.Entry{}, err
		}
		return ladder, entry("ladder.create", nil), upsertDraft(ctx, tx, ladder, Version{Number: 1, Definition: d})
	})
}

// SaveDraft sets what the next version of a ladder will lay down, beginning a
// draft if there is none. What the published versions count stays: another
// metric or wallet needs another ladder. It needs ranks.write.
func (s *Service) SaveDraft(ctx context.Context, a auth.Actor, programme, ladder id.ID, d Definition) (Plan, error) {
	if err := d.Check(); err != nil {
		return Plan{}, err
	}
	return s.change(ctx, a, programme, func(tx *db.Tx) (id.ID, auth.Entry, error) {
		p, err := loadPlan(ctx, tx, programme, ladder)
		if err != nil {
			return 0, auth.Entry{}, err
		}
		if err := p.accepts(d); err != nil {
			return 0, auth.Entry{}, err
		}
		v := Version{Number: p.nextNumber(), Definition: d}
		return ladder, entry("ladder.draft", map[string]any{"version": v.Number}), upsertDraft(ctx, tx, ladder, v)
	})
}

// DiscardDraft drops the draft of a ladder; a ladder that was never published
// goes with it, and the plan returned is empty. It needs ranks.write.
func (s *Service) DiscardDraft(ctx context.Context, a auth.Actor, programme, ladder id.ID) (Plan, error) {
	return s.change(ctx, a, programme, func(tx *db.Tx) (id.ID, auth.Entry, error) {
		p, err := loadPlan(ctx, tx, programme, ladder)
		if err != nil {
			return 0, auth.Entry{}, err
		}
		if p.Draft == nil {
			return 0, auth.Entry{}, noDraft()
		}
		if err := deleteDraft(ctx, tx, ladder, p.Draft.Number); err != nil {
			return 0, auth.Entry{}, err
		}
		kept := ladder
		if len(p.Versions) == 0 {
			kept = 0
		}
		done := entry("ladder.discard", map[string]any{"version": p.Draft.Number, "ladder": ladder.In(id.Ladder)})
		return kept, done, deleteEmpty(ctx, tx, ladder)
	})
}

// Publish puts the draft of a ladder into force. The first version holds from
// any instant, zero meaning that all of the past counts; a later one from now
// (zero) or a future instant, and leaves what was credited before to the window
// of its time. It needs ranks.write.
func (s *Service) Publish(ctx context.Context, a auth.Actor, programme, ladder id.ID, from time.Time) (Plan, error) {
	return s.change(ctx, a, programme, func(tx *db.Tx) (id.ID, auth.Entry, error) {
		p, err := loadPlan(ctx, tx, programme, ladder)
		if err != nil {
			return 0, auth.Entry{}, err
		}
		if p.Draft == nil {
			return 0, auth.Entry{}, noDraft()
		}
		at, err := p.beginning(micro(from), micro(s.now()))
		if err != nil {
			return 0, auth.Entry{}, err
		}
		done := entry("ladder.publish", map[string]any{"version": p.Draft.Number, "from": db.Micros(at)})
		return ladder, done, publishDraft(ctx, tx, ladder, p.Draft.Number, at)
	})
}

// change runs a change to a programme's ladders, with its permission, its audit
// row and the bump of the programme's version, and returns the ladder named as
// it then is. Publishing wakes accounts in no order, and so may meet events that
// hold them in theirs: then it is run again.
func (s *Service) change(ctx context.Context, a auth.Actor, programme id.ID, fn func(*db.Tx) (id.ID, auth.Entry, error)) (Plan, error) {
	if err := a.Can(programme, auth.RanksWrite); err != nil {
		return Plan{}, err
	}
	var p Plan
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		ladder, done, err := fn(tx)
		if err != nil {
			return err
		}
		done.ProgrammeID, done.Subject = programme, programme.In(id.Programme)
		if ladder != 0 {
			done.Subject = ladder.In(id.Ladder)
			if p, err = loadPlan(ctx, tx, programme, ladder); err != nil {
				return err
			}
		}
		return auth.Record(ctx, tx, a, done)
	})
	return p, err
}

func entry(action string, detail map[string]any) auth.Entry {
	return auth.Entry{Action: action, Detail: detail}
}

func noDraft() error {
	return fault.Conflict("ladder_without_draft", "the ladder has no draft; change it first")
}

// accepts refuses a definition that would count something else.
func (p Plan) accepts(d Definition) error {
	if len(p.Versions) == 0 {
		return nil
	}
	if v := p.Versions[0]; v.Metric != d.Metric || v.WalletID != d.WalletID {
		return fault.Conflict("ladder_metric_fixed", "what a published ladder counts cannot be changed, since its members' standings are made of it; make another ladder").
			At("/metric")
	}
	return nil
}

func (p Plan) nextNumber() int {
	if p.Draft != nil {
		return p.Draft.Number
	}
	last := slices.MaxFunc(p.Versions, func(a, b Version) int { return a.Number - b.Number })
	return last.Number + 1
}

// beginning returns from when a draft holds if it is published now.
func (p Plan) beginning(from, now time.Time) (time.Time, error) {
	switch {
	case len(p.Versions) == 0:
		return from, nil
	case from.IsZero():
		return now, nil
	case from.Before(now):
		return from, fault.Invalid("ladder_from_past", "a later version cannot begin in the past, where ranks have been reckoned already; choose now or a later day").
			At("/from")
	}
	return from, nil
}

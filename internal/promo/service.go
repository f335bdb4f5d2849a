package promo

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

// Service is what can be done with offers and codes. Changes to the offers of a
// programme come one after another, since each bumps the programme's version
// first.
type Service struct {
	d   *db.DB
	now func() time.Time
}

// New returns the service over a migrated database.
func New(d *db.DB, now func() time.Time) *Service { return &Service{d: d, now: now} }

// List returns the programme's offers with all their versions, in the order in
// which they were made. It needs rules.read.
func (s *Service) List(ctx context.Context, a auth.Actor, programme id.ID) ([]History, error) {
	if err := a.Can(programme, auth.RulesRead); err != nil {
		return nil, err
	}
	return Histories(ctx, s.d.Reader(), programme)
}

// Get returns one offer with all its versions. It needs rules.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, offer id.ID) (History, error) {
	if err := a.Can(programme, auth.RulesRead); err != nil {
		return History{}, err
	}
	return LoadHistory(ctx, s.d.Reader(), programme, offer)
}

// Create makes an offer with its first draft. It ignores the offer's id. It
// needs rules.write.
func (s *Service) Create(ctx context.Context, a auth.Actor, o Offer, spec Spec) (Version, error) {
	v := Version{ProgrammeID: o.ProgrammeID, Name: o.Name, Number: 1, State: Draft, Spec: spec}
	if err := fault.Gather(checkName(o.Name), spec.Check()); err != nil {
		return Version{}, err
	}
	err := s.change(ctx, a, o.ProgrammeID, auth.RulesWrite, func(tx *db.Tx) (auth.Entry, error) {
		if err := freeName(ctx, tx, o.ProgrammeID, 0, o.Name); err != nil {
			return auth.Entry{}, err
		}
		v.OfferID, v.ID = tx.IDs().New(), tx.IDs().New()
		if err := insertOffer(ctx, tx, v.Offer()); err != nil {
			return auth.Entry{}, err
		}
		return v.entry("offer.create"), insertDraft(ctx, tx, v)
	})
	return v, err
}

// Trial returns a version that nothing keeps, for previews and the simulator: of
// an offer that is there, or of a new one when it has no id. It refuses what
// Create and SaveDraft would. It needs rules.read.
func (s *Service) Trial(ctx context.Context, a auth.Actor, o Offer, spec Spec) (Version, error) {
	if err := a.Can(o.ProgrammeID, auth.RulesRead); err != nil {
		return Version{}, err
	}
	if o.ID == 0 {
		o.ID = math.MaxInt64
	} else {
		h, err := s.Get(ctx, a, o.ProgrammeID, o.ID)
		if err != nil {
			return Version{}, err
		}
		o.Name = h.Name
	}
	v := Version{ID: math.MaxInt64, OfferID: o.ID, ProgrammeID: o.ProgrammeID, Name: o.Name, Number: 1, State: Draft, Spec: spec}
	return v, spec.Check()
}

// Rename gives an offer another name; what was said of it before keeps the old
// one. It needs rules.write.
func (s *Service) Rename(ctx context.Context, a auth.Actor, programme, offer id.ID, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return s.change(ctx, a, programme, auth.RulesWrite, func(tx *db.Tx) (auth.Entry, error) {
		h, err := LoadHistory(ctx, tx, programme, offer)
		if err != nil {
			return auth.Entry{}, err
		}
		if err := freeName(ctx, tx, programme, offer, name); err != nil {
			return auth.Entry{}, err
		}
		e := h.entry("offer.rename")
		e.Detail = map[string]any{"from": h.Name, "to": name}
		return e, renameOffer(ctx, tx, offer, name)
	})
}

// SaveDraft writes what the offer shall say next, over a draft that is there.
// It needs rules.write.
func (s *Service) SaveDraft(ctx context.Context, a auth.Actor, programme, offer id.ID, spec Spec) (Version, error) {
	var v Version
	if err := spec.Check(); err != nil {
		return v, err
	}
	err := s.change(ctx, a, programme, auth.RulesWrite, func(tx *db.Tx) (auth.Entry, error) {
		h, err := LoadHistory(ctx, tx, programme, offer)
		if err != nil {
			return auth.Entry{}, err
		}
		write := updateDraft
		if d := h.Draft(); d != nil {
			v = *d
		} else {
			v = Version{ID: tx.IDs().New(), OfferID: h.ID, ProgrammeID: h.ProgrammeID, Name: h.Name, Number: h.Versions[0].Number + 1, State: Draft}
			write = insertDraft
		}
		v.Spec = spec
		return v.entry("offer.draft"), write(ctx, tx, v)
	})
	return v, err
}

// DiscardDraft removes the draft, and an offer that was never published with
// it. It needs rules.write.
func (s *Service) DiscardDraft(ctx context.Context, a auth.Actor, programme, offer id.ID) error {
	return s.change(ctx, a, programme, auth.RulesWrite, func(tx *db.Tx) (auth.Entry, error) {
		h, err := LoadHistory(ctx, tx, programme, offer)
		if err != nil {
			return auth.Entry{}, err
		}
		d := h.Draft()
		if d == nil {
			return auth.Entry{}, noDraft()
		}
		return d.entry("offer.discard"), deleteDraft(ctx, tx, d, len(h.Versions) == 1)
	})
}

// Publish puts the draft in force from begins until ends, in the place of what
// was to be in force then. A zero begins is now, a zero ends never comes. Only
// the first version of an offer may begin in the past, so that a past which is
// loaded later can be priced. It needs rules.publish.
func (s *Service) Publish(ctx context.Context, a auth.Actor, programme, offer id.ID, begins, ends time.Time) (Version, error) {
	var v Version
	err := s.change(ctx, a, programme, auth.RulesPublish, func(tx *db.Tx) (auth.Entry, error) {
		h, err := LoadHistory(ctx, tx, programme, offer)
		if err != nil {
			return auth.Entry{}, err
		}
		d := h.Draft()
		if d == nil {
			return auth.Entry{}, noDraft()
		}
		v = *d
		v.State = Published
		if v.Begins, v.Ends, err = s.span(begins, ends, len(h.Versions) == 1); err != nil {
			return auth.Entry{}, err
		}
		return v.entry("offer.publish"), supersede(ctx, tx, &v)
	})
	return v, err
}

// span returns when a version that is published now is in force, in the
// precision in which it is kept.
func (s *Service) span(begins, ends time.Time, first bool) (time.Time, time.Time, error) {
	now := s.now()
	if begins.IsZero() {
		begins = now
	}
	if begins.Before(now) && !first {
		return begins, ends, fault.Invalid("offer_begins_past", "only the first version of an offer can begin in the past; leave the time out to begin now").At("/begins")
	}
	begins, ends = db.Time(db.Micros(begins)), db.Time(db.Micros(ends))
	if !ends.IsZero() && !ends.After(begins) {
		return begins, ends, fault.Invalid("offer_ends_first", "an offer must end after it begins").At("/ends")
	}
	return begins, ends, nil
}

// supersede puts a draft in force in the place of what was.
func supersede(ctx context.Context, tx *db.Tx, v *Version) error {
	if _, err := withdraw(ctx, tx, v.OfferID, db.Micros(v.Begins)); err != nil {
		return err
	}
	if !v.Spec.Budget.IsZero() {
		if err := openBudget(ctx, tx, v.OfferID); err != nil {
			return err
		}
	}
	return publish(ctx, tx, v)
}

// Withdraw ends the offer now, what was to begin later with it. It needs
// rules.publish.
func (s *Service) Withdraw(ctx context.Context, a auth.Actor, programme, offer id.ID) error {
	return s.change(ctx, a, programme, auth.RulesPublish, func(tx *db.Tx) (auth.Entry, error) {
		h, err := LoadHistory(ctx, tx, programme, offer)
		if err != nil {
			return auth.Entry{}, err
		}
		n, err := withdraw(ctx, tx, offer, db.Micros(s.now()))
		if err == nil && n == 0 {
			err = fault.Conflict("offer_not_in_force", "the offer is not in force, so it cannot be withdrawn")
		}
		return h.entry("offer.withdraw"), err
	})
}

// change runs fn in a transaction that holds the programme's offers, and leaves
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

func freeName(ctx context.Context, tx *db.Tx, programme, but id.ID, name string) error {
	taken, err := nameTaken(ctx, tx, programme, but, name)
	if err == nil && taken {
		err = fault.Conflict("offer_name_taken", "there is an offer called %q already; choose another name", name).At("/name").With("name", name)
	}
	return err
}

func noDraft() error {
	return fault.Conflict("offer_no_draft", "the offer has no draft; write one first")
}

// entry returns what the audit trail keeps of a change to the version.
func (v *Version) entry(action string) auth.Entry {
	e := v.Offer().entry(action)
	e.Detail = map[string]any{"version": v.ID.In(id.Terms), "number": v.Number}
	return e
}

func (o Offer) entry(action string) auth.Entry {
	return auth.Entry{ProgrammeID: o.ProgrammeID, Action: action, Subject: o.ID.In(id.Offer)}
}

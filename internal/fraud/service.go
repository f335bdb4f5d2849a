package fraud

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Service is what can be done about fraud.
type Service struct {
	d    *db.DB
	flow *flow.Service
	now  func() time.Time
	// texts are read when they are first needed.
	texts func() (*i18n.Catalog, error)
}

// New returns the service over a migrated database. Points are moved through
// flow.
func New(d *db.DB, f *flow.Service, now func() time.Time) *Service {
	return &Service{d: d, flow: f, now: now, texts: sync.OnceValues(i18n.New)}
}

// Rules returns what is watched. It needs fraud.read.
func (s *Service) Rules(ctx context.Context, a auth.Actor, programme id.ID) (Rules, error) {
	if err := a.Can(programme, auth.FraudRead); err != nil {
		return Rules{}, err
	}
	return LoadRules(ctx, s.d.Reader(), programme)
}

// SaveRules writes what is watched from now on, as a new version. Flags that
// were raised stay. It needs fraud.write.
func (s *Service) SaveRules(ctx context.Context, a auth.Actor, programme id.ID, spec Spec) (Rules, error) {
	if err := a.Can(programme, auth.FraudWrite); err != nil {
		return Rules{}, err
	}
	if err := spec.Check(); err != nil {
		return Rules{}, err
	}
	var v Rules
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := takeTurn(ctx, tx, programme); err != nil {
			return err
		}
		last, err := LoadRules(ctx, tx, programme)
		if err != nil {
			return err
		}
		v = Rules{ProgrammeID: programme, Number: last.Number + 1, Made: s.clock(), Spec: spec}
		if err := insertRules(ctx, tx, v); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: programme, Action: "fraud.rules", Subject: programme.In(id.Programme),
			Detail: map[string]any{"number": v.Number, "watching": v.Watching},
		})
	})
	return v, err
}

// List returns a page of flags, the latest first. It needs fraud.read.
func (s *Service) List(ctx context.Context, a auth.Actor, what Query) ([]*Flagged, error) {
	if err := a.Can(what.ProgrammeID, auth.FraudRead); err != nil {
		return nil, err
	}
	return listFlags(ctx, s.d.Reader(), what)
}

// Get returns one flag. It needs fraud.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, flag id.ID) (*Flagged, error) {
	if err := a.Can(programme, auth.FraudRead); err != nil {
		return nil, err
	}
	return loadFlag(ctx, s.d.Reader(), programme, flag)
}

// usualDays is how far around a flag others are looked at.
const usualDays = 30

// Usual returns what others came to by the rule of a flag, each in an hour, day
// or month of the same length, within 30 days before and after; of returns
// after spending it knows nothing. It needs fraud.read.
func (s *Service) Usual(ctx context.Context, a auth.Actor, f *Flagged) (Usual, error) {
	if err := a.Can(f.ProgrammeID, auth.FraudRead); err != nil {
		return Usual{}, err
	}
	subjects, err := names(ctx, s.d.Reader(), f.Subject)
	if err != nil || f.Kind == ReturnsAfterSpending {
		return Usual{}, err
	}
	from, to := int64(0), int64(0)
	if !f.Begins.IsZero() {
		from, to = db.Micros(f.Begins.AddDate(0, 0, -usualDays)), db.Micros(f.Begins.AddDate(0, 0, usualDays))
	}
	list, err := figures(ctx, s.d.Reader(), f.ProgrammeID, f.Kind, from, to, subjects)
	return usualOf(list), err
}

// noteBytes bounds what staff write.
const noteBytes = 500

// Decide closes an open flag. Allowed gives back what was set aside, Confirmed
// takes the points that the events gave, as far as they are there. The note
// stays with the flag. Nobody decides a case of their own ("fraud_own_case"). It
// needs fraud.write.
func (s *Service) Decide(ctx context.Context, a auth.Actor, programme, flag id.ID, state State, note string) (*Flagged, error) {
	if err := a.Can(programme, auth.FraudWrite); err != nil {
		return nil, err
	}
	if state != Allowed && state != Confirmed {
		return nil, fault.Invalid("fraud_decision", "a flag is allowed or confirmed").At("/decision")
	}
	if note = strings.TrimSpace(note); note == "" || len(note) > noteBytes {
		return nil, fault.Invalid("fraud_note", "say why, in at most %d bytes; whoever looks at it later will read it", noteBytes).At("/note").With("most", noteBytes)
	}
	var f *Flagged
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if f, err = s.turn(ctx, tx, programme, flag); err != nil {
			return err
		}
		if f.State != Open {
			return fault.Conflict("flag_closed", "the flag is not open any more").With("state", string(f.State))
		}
		if err := stranger(ctx, tx, a, f); err != nil {
			return err
		}
		f.State, f.Decided, f.Decider, f.Note = state, s.clock(), a.String(), note
		if err := saveFlag(ctx, tx, f); err != nil {
			return err
		}
		if err := s.settleLater(ctx, tx, f); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: programme, Action: "fraud.decide", Subject: f.ID.In(id.Flag), Detail: map[string]any{"state": string(state), "kind": string(f.Kind)},
		})
	})
	return f, err
}

// stranger refuses those whom a flag is about: by what they did themselves, by
// a profile with their e-mail address, and keys by what was told through them,
// since who reports what happened could else wave it through as well.
func stranger(ctx context.Context, q db.Queryer, a auth.Actor, f *Flagged) error {
	own := f.about(a.String())
	var err error
	switch {
	case own:
	case a.Kind == auth.KindKey:
		own, err = toldBy(ctx, q, f, a.String())
	default:
		own, err = member.SamePerson(ctx, q, a.String(), f.members())
	}
	if own && err == nil {
		err = fault.Refused("fraud_own_case", "the flag is about yourself or what you reported; let somebody else decide it")
	}
	return err
}

// toldBy reports whether somebody told of an event that counts for a flag, the
// events beyond those that it lists too.
func toldBy(ctx context.Context, q db.Queryer, f *Flagged, actor string) (bool, error) {
	if slices.ContainsFunc(f.Evidence, func(e Evidence) bool { return e.Actor == actor }) {
		return true, nil
	}
	subjects, err := names(ctx, q, f.Subject)
	if err != nil || f.Events <= int64(len(f.Evidence)) {
		return false, err
	}
	kind, begin := f.Kind, db.Micros(f.Begins)
	if kind == ReturnsAfterSpending {
		kind, begin = returned, 0
	}
	marks, err := selectMarks(ctx, q, f.ProgrammeID, kind, subjects, begin)
	return slices.ContainsFunc(marks, func(m mark) bool { return m.actor == actor }), err
}

// Tried marks that somebody asked for a gift card that there is not. Whoever
// asks is named as auth.Actor names them.
func (s *Service) Tried(ctx context.Context, a auth.Actor, programme id.ID) error {
	rules, err := LoadRules(ctx, s.d.Reader(), programme)
	if err != nil || !rules.on(CardTries) {
		return err
	}
	w, err := watched(ctx, s.d.Reader(), rules)
	if err != nil {
		return err
	}
	at := s.clock()
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		return s.take(ctx, tx, w, []mark{{
			kind: CardTries, subject: a.String(), begin: CardTries.Begin(at, w.prog.Zone), event: tx.IDs().New(), at: at, amount: 1, actor: a.String(),
		}})
	})
}

package promise

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/program"
)

// Hook opens what makes good for a broken promise to a member, in the transaction
// in which it breaks, where the programme has chosen so.
type Hook interface {
	Broken(ctx context.Context, tx *db.Tx, p *Promise) error
}

// Config is what a service needs.
type Config struct {
	DB   *db.DB
	Flow *flow.Service
	Now  func() time.Time
	// Hook may be nil; then nothing follows but what people do.
	Hook Hook
}

// Service is what can be done with promises and parcels.
type Service struct{ Config }

// NewService returns the service over a migrated database.
func NewService(c Config) *Service { return &Service{c} }

// ourselves sends the events of promises to timelines.
var ourselves = auth.System("promise")

// clock is the time as it is stored.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// Make keeps a promise that a customer was given. The same source and external
// id give the same promise; other terms under them are a conflict
// ("promise_taken"). It needs promises.write.
func (s *Service) Make(ctx context.Context, a auth.Actor, n New) (*Promise, error) {
	if err := a.Can(n.ProgrammeID, auth.PromisesWrite); err != nil {
		return nil, err
	}
	if err := n.check(s.Now()); err != nil {
		return nil, err
	}
	var p *Promise
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		p, err = s.make(ctx, tx, a, n)
		return err
	})
	return p, err
}

func (s *Service) make(ctx context.Context, tx *db.Tx, a auth.Actor, n New) (*Promise, error) {
	p, err := s.draft(ctx, tx, &n)
	if err != nil {
		return nil, err
	}
	zone, err := s.lengthen(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	fresh, err := insertPromise(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	if !fresh {
		before, err := loadNamed(ctx, tx, p.ProgrammeID, p.Source, p.ExternalID)
		if err == nil && !before.same(p, db.Time(db.Micros(n.Due)), zone) {
			err = fault.Conflict("promise_taken", "this source has promised something else under this name; change that promise, or use another name").At("/external_id")
		}
		return before, err
	}
	if err := saveParts(ctx, tx, p); err != nil {
		return nil, err
	}
	if err := s.follow(ctx, tx, p, made); err != nil {
		return nil, err
	}
	return p, record(ctx, tx, a, p, "promise.make", nil)
}

// draft readies a promise.
func (s *Service) draft(ctx context.Context, tx *db.Tx, n *New) (*Promise, error) {
	set, _, err := loadSetting(ctx, tx, n.ProgrammeID)
	if err != nil {
		return nil, err
	}
	p := &Promise{
		ID: tx.IDs().New(), ProgrammeID: n.ProgrammeID, Kind: n.Kind, What: n.What, Source: n.Source, ExternalID: n.ExternalID, Order: n.Order,
		Made: db.Time(db.Micros(n.Made)), Due: db.Time(db.Micros(n.Due)), Shown: n.Shown, State: Open,
	}
	if p.Made.IsZero() {
		p.Made = s.clock()
	}
	p.showParts(n.Parts)
	if p.Kind != Price {
		p.Grace, p.Expected = set.grace(n.GraceMinutes), p.Due
	}
	if p.ShopID, err = program.ShopOf(ctx, tx, n.ProgrammeID, n.Shop); err != nil {
		return nil, err
	}
	p.MemberID, err = whose(ctx, tx, n.ProgrammeID, n.MemberID, n.Source, n.Order)
	return p, err
}

// whose finds the member of a promise: the one that is named, or the one whose
// sale its source sent under the order's reference; 0 for nobody known.
func whose(ctx context.Context, q db.Queryer, programme, m id.ID, source, order string) (id.ID, error) {
	if m != 0 {
		found, err := member.Present(ctx, q, programme, m)
		if err != nil {
			return 0, fault.At("/member", err)
		}
		return found.ID, nil
	}
	if order == "" {
		return 0, nil
	}
	key := journal.Key{ProgrammeID: programme, Source: source, ExternalID: order}
	known, err := journal.Known(ctx, q, []journal.Key{key})
	if err != nil {
		return 0, err
	}
	return known[key].MemberID, nil
}

// Replace gives another time for a promise, openly: the first still counts. It
// needs promises.write.
func (s *Service) Replace(ctx context.Context, a auth.Actor, programme, promise id.ID, expected time.Time, reason string) (*Promise, error) {
	return s.change(ctx, a, programme, promise, "promise.replace", func(tx *db.Tx, p *Promise) error {
		expected = db.Time(db.Micros(expected))
		if p.Kind == Price || p.State == Withdrawn || !p.Actual.IsZero() {
			return fault.Conflict("promise_over", "what has happened or was withdrawn is not promised anew")
		}
		wrong := []error{i18n.CheckText("/reason", reason, true, maxWords)}
		if expected.Before(p.Made) || expected.After(p.Made.AddDate(maxAhead, 0, 0)) {
			wrong = append(wrong, fault.Invalid("promise_due", "say by when it is promised now: after it was given, and within 20 years").At("/expected"))
		}
		if err := fault.Gather(wrong...); err != nil {
			return err
		}
		p.Expected = expected
		p.Changes++
		return tx.Insert(ctx, changeTable, [][]any{{programme, promise, int64(p.Changes), db.Micros(expected), db.Micros(s.Now()), reason, a.String()}})
	})
}

// Done notes when a promise came true; an earlier time than was noted counts,
// as carriers and tills report late. It needs promises.write.
func (s *Service) Done(ctx context.Context, a auth.Actor, programme, promise id.ID, actual time.Time) (*Promise, error) {
	return s.change(ctx, a, programme, promise, "promise.done", func(_ *db.Tx, p *Promise) error {
		if actual.IsZero() {
			actual = s.Now()
		}
		if p.Kind == Price {
			return fault.Conflict("promise_price_only", "a price is charged, not done").At("/charged")
		}
		return p.happened(db.Time(db.Micros(actual)), s.Now())
	})
}

// happened notes when a promise came true.
func (p *Promise) happened(actual, now time.Time) error {
	switch {
	case p.State == Withdrawn:
		return fault.Conflict("promise_over", "the promise was withdrawn")
	case actual.Before(p.Made) || actual.After(now.Add(24*time.Hour)):
		return fault.Invalid("promise_actual", "say when it happened: after it was promised, and not in the future").At("/actual")
	case p.Actual.IsZero() || actual.Before(p.Actual):
		p.Actual = actual
	}
	return nil
}

// Charge notes what was charged where a price had been shown, and by which
// parts where it was shown by parts; nil says only the whole. It can be said
// once, the parts of the same sum later too. It needs promises.write.
func (s *Service) Charge(ctx context.Context, a auth.Actor, programme, promise id.ID, charged int64, parts []Amount) (*Promise, error) {
	wrong := []error{AddUp("/parts", parts, charged)}
	if charged < 0 || charged > money.MaxMinor {
		wrong = append(wrong, fault.Invalid("promise_price", "say what was charged, 0 or more").At("/charged"))
	}
	return s.change(ctx, a, programme, promise, "promise.charge", func(tx *db.Tx, p *Promise) error {
		switch {
		case p.Kind != Price:
			return fault.Conflict("promise_price_only", "only a price is charged").At("/charged")
		case fault.Gather(wrong...) != nil:
			return fault.Gather(wrong...)
		case p.State == Withdrawn || !p.Actual.IsZero() && p.Charged != charged:
			return fault.Conflict("promise_over", "what was charged has been said, or the promise was withdrawn")
		case len(parts) > 0 && len(p.Parts) == 0:
			return fault.Conflict("promise_no_parts", "the price was not shown by parts; say only what was charged").At("/parts")
		case len(parts) > 0 && p.partsCharged() && !p.chargedAs(parts):
			return fault.Conflict("promise_over", "by which parts it was charged has been said").At("/parts")
		}
		if p.Actual.IsZero() {
			p.Charged, p.Actual = charged, s.clock()
		}
		if len(parts) == 0 || p.partsCharged() {
			return nil
		}
		p.chargeParts(parts)
		return saveParts(ctx, tx, p)
	})
}

// Withdraw takes a promise back while it is open, with the reason; a broken one
// stays broken. It needs promises.write.
func (s *Service) Withdraw(ctx context.Context, a auth.Actor, programme, promise id.ID, reason string) (*Promise, error) {
	return s.change(ctx, a, programme, promise, "promise.withdraw", func(_ *db.Tx, p *Promise) error {
		if err := i18n.CheckText("/reason", reason, true, maxWords); err != nil {
			return err
		}
		if p.judge(s.clock()) != Open {
			return fault.Conflict("promise_over", "only an open promise is withdrawn; what was kept or broken stays so")
		}
		p.State, p.Decided, p.Note = Withdrawn, s.clock(), reason
		return nil
	})
}

// Mend notes how a broken promise was put right; until then it counts as open
// for whoever asks what went wrong. It needs promises.write.
func (s *Service) Mend(ctx context.Context, a auth.Actor, programme, promise id.ID, note string) (*Promise, error) {
	return s.change(ctx, a, programme, promise, "promise.mend", func(_ *db.Tx, p *Promise) error {
		if err := i18n.CheckText("/note", note, true, maxWords); err != nil {
			return err
		}
		if p.judge(s.clock()) != Broken {
			return fault.Conflict("promise_not_broken", "only what was broken is put right")
		}
		p.Note = note
		if p.Mended.IsZero() {
			p.Mended = s.clock()
		}
		return nil
	})
}

// change does something to one promise, judges it again and lets follow what
// follows.
func (s *Service) change(ctx context.Context, a auth.Actor, programme, promise id.ID, action string, do func(tx *db.Tx, p *Promise) error) (*Promise, error) {
	if err := a.Can(programme, auth.PromisesWrite); err != nil {
		return nil, err
	}
	var p *Promise
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if p, err = lockPromise(ctx, tx, programme, promise); err != nil {
			return err
		}
		if err := do(tx, p); err != nil {
			return err
		}
		if err := s.write(ctx, tx, p); err != nil {
			return err
		}
		return record(ctx, tx, a, p, action, nil)
	})
	return p, err
}

// write judges a promise, keeps it and lets follow what follows.
func (s *Service) write(ctx context.Context, tx *db.Tx, p *Promise) error {
	changed := p.settle(s.clock())
	if err := updatePromise(ctx, tx, p); err != nil {
		return err
	}
	if !changed {
		return nil
	}
	return s.follow(ctx, tx, p, string(p.State))
}

func record(ctx context.Context, tx *db.Tx, a auth.Actor, p *Promise, action string, detail map[string]any) error {
	return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: p.ProgrammeID, Action: action, Subject: p.ID.In(id.Promise), Detail: detail})
}

// Get returns a promise with what replaced it. It needs promises.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, promise id.ID) (p *Promise, list []Change, err error) {
	if err := a.Can(programme, auth.PromisesRead); err != nil {
		return nil, nil, err
	}
	err = s.DB.View(ctx, func(q db.Queryer) (err error) {
		if p, err = loadPromise(ctx, q, programme, promise); err != nil {
			return err
		}
		list, err = loadChanges(ctx, q, programme, promise)
		return err
	})
	return p, list, err
}

// List returns a page of promises. It needs promises.read.
func (s *Service) List(ctx context.Context, a auth.Actor, query Query) (list []*Promise, err error) {
	if err := a.Can(query.ProgrammeID, auth.PromisesRead); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(q db.Queryer) (err error) {
		if query.MemberID != 0 {
			if _, err := whose(ctx, q, query.ProgrammeID, query.MemberID, "", ""); err != nil {
				return err
			}
			if query.members, err = member.Aliases(ctx, q, query.MemberID); err != nil {
				return err
			}
		}
		if list, err = query.read(ctx, q); err != nil {
			return err
		}
		return withParts(ctx, q, list)
	})
	return list, err
}

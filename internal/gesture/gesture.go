package gesture

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/program"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "gesture", Files: files}

// Cases is what gestures must know of complaints.
type Cases interface {
	// OpenCount returns how many complaints of a person are open.
	OpenCount(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (int, error)
	// LastSolved returns when a complaint of a person was last solved; zero for
	// never.
	LastSolved(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (time.Time, error)
}

// Config is what a service needs.
type Config struct {
	DB    *db.DB
	Flow  *flow.Service
	Cases Cases
	Now   func() time.Time
}

// Service is what can be done with gestures.
type Service struct{ Config }

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// Gesture is something of the library that staff may give.
type Gesture struct {
	ID, ProgrammeID id.ID
	Spec            Spec
	Version         int64
	// Measured is since when the present share of members is held out, zero while
	// nobody is.
	Measured               time.Time
	Made, Changed, Retired time.Time
}

// Active reports whether it can be given.
func (g *Gesture) Active() bool { return g.Retired.IsZero() }

// Unknown is the fault of an id that is no gesture's: "unknown_gesture".
func Unknown(n id.ID) *fault.Error {
	return fault.Missing("unknown_gesture", "the programme has no gesture %s", n.In(id.Gesture)).With("gesture", n.In(id.Gesture))
}

// List returns the library, what is in use first and the latest first. It needs
// gestures.read.
func (s *Service) List(ctx context.Context, a auth.Actor, programme id.ID) ([]*Gesture, error) {
	if err := a.Can(programme, auth.GesturesRead); err != nil {
		return nil, err
	}
	list, err := selectGestures(ctx, s.DB.Reader(), `programme_id = $1 ORDER BY id DESC`, programme)
	slices.SortStableFunc(list, func(a, b *Gesture) int {
		switch {
		case a.Active() == b.Active():
			return 0
		case a.Active():
			return -1
		}
		return 1
	})
	return list, err
}

// Get returns a gesture. It needs gestures.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, which id.ID) (*Gesture, error) {
	if err := a.Can(programme, auth.GesturesRead); err != nil {
		return nil, err
	}
	return load(ctx, s.DB.Reader(), programme, which, "")
}

// Add writes a new gesture into the library. It needs gestures.write.
func (s *Service) Add(ctx context.Context, a auth.Actor, programme id.ID, spec Spec) (*Gesture, error) {
	return s.keep(ctx, a, programme, 0, 0, "gesture.add", func(g *Gesture) { g.Spec = spec })
}

// Change rewrites a gesture; version is that which was looked at. What was given
// stays as it was. It needs gestures.write.
func (s *Service) Change(ctx context.Context, a auth.Actor, programme, which id.ID, version int64, spec Spec) (*Gesture, error) {
	return s.keep(ctx, a, programme, which, version, "gesture.change", func(g *Gesture) { g.Spec = spec })
}

// Retire takes a gesture out of use for good, from now on. It needs
// gestures.write.
func (s *Service) Retire(ctx context.Context, a auth.Actor, programme, which id.ID) (*Gesture, error) {
	return s.keep(ctx, a, programme, which, 0, "gesture.retire", func(g *Gesture) { g.Retired = s.clock() })
}

// keep changes a gesture, a new one where which is 0; version is 0 for whatever
// there is.
func (s *Service) keep(ctx context.Context, a auth.Actor, programme, which id.ID, version int64, action string, change func(*Gesture)) (*Gesture, error) {
	if err := a.Can(programme, auth.GesturesWrite); err != nil {
		return nil, err
	}
	var g *Gesture
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		p, err := program.Load(ctx, tx, programme)
		if err != nil {
			return err
		}
		g = &Gesture{ID: tx.IDs().New(), ProgrammeID: programme, Made: s.clock()}
		if which != 0 {
			if g, err = load(ctx, tx, programme, which, tx.ForUpdate()); err != nil {
				return err
			}
		}
		switch {
		case version != 0 && version != g.Version:
			return fault.Conflict("gesture_changed", "somebody changed this gesture meanwhile; look at it again")
		case !g.Active():
			return fault.Conflict("gesture_retired", "the gesture is no longer in use")
		}
		before := g.Spec
		change(g)
		if err := s.settle(ctx, tx, &p, g, before); err != nil {
			return err
		}
		if err := tx.Upsert(ctx, gestureTable, [][]any{g.row()}); err != nil {
			return fmt.Errorf("writing a gesture: %w", err)
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: g.ID.In(id.Gesture), Detail: map[string]any{"version": g.Version}})
	})
	return g, err
}

// settle makes a changed gesture fit to be kept, or refuses it.
func (s *Service) settle(ctx context.Context, q db.Queryer, p *program.Programme, g *Gesture, before Spec) error {
	g.Spec.tidy(p.Currency)
	if before.Kind != "" && before.Kind != g.Spec.Kind {
		return fault.Invalid("gesture_kind_fixed", "what is a gesture stays one, and a tip stays a tip; add another instead").At("/kind")
	}
	lang := "en"
	if len(p.Languages) > 0 {
		lang = p.Languages[0]
	}
	if err := g.Spec.Check(lang, p.Currency); err != nil {
		return err
	}
	shops, err := program.Shops(ctx, q, p.ID)
	if err != nil {
		return err
	}
	for i, n := range g.Spec.Shops {
		if !slices.ContainsFunc(shops, func(o program.Shop) bool { return o.ID == n }) {
			return fault.Invalid("gesture_shop", "the programme has no such shop").At(fmt.Sprintf("/shops/%d", i))
		}
	}
	switch {
	case g.Spec.Withhold == 0:
		g.Measured = time.Time{}
	case g.Spec.Withhold != before.Withhold:
		g.Measured = s.clock()
	}
	g.Version, g.Changed = g.Version+1, s.clock()
	return nil
}

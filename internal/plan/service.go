package plan

import (
	"context"
	"net/http"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/tier"
)

// Service is what can be done with plans, subscriptions and charges.
type Service struct {
	db     *db.DB
	flow   *flow.Service
	now    func() time.Time
	client *http.Client
	// PrivateProviders allows payment providers within the network that the server
	// stands in.
	PrivateProviders bool
}

// New returns the service over a migrated database.
func New(d *db.DB, f *flow.Service, now func() time.Time) *Service {
	s := &Service{db: d, flow: f, now: now}
	s.client = newClient(func() bool { return s.PrivateProviders })
	return s
}

// moment is now as it can be stored.
func (s *Service) moment() time.Time { return db.Time(db.Micros(s.now())) }

// List returns every plan of the programme, those first that were made first.
// It needs plans.read.
func (s *Service) List(ctx context.Context, a auth.Actor, programme id.ID) ([]*Plan, error) {
	if err := a.Can(programme, auth.PlansRead); err != nil {
		return nil, err
	}
	return All(ctx, s.db.Reader(), programme)
}

// Get returns a plan by its id or code. It needs plans.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme id.ID, name string) (*Plan, error) {
	if err := a.Can(programme, auth.PlansRead); err != nil {
		return nil, err
	}
	return Load(ctx, s.db.Reader(), programme, name)
}

// Create makes a plan with a first draft. It needs plans.write.
func (s *Service) Create(ctx context.Context, a auth.Actor, programme id.ID, code string, spec Spec) (*Plan, error) {
	return s.alter(ctx, a, programme, "plan.create", func(tx *db.Tx) (*Plan, error) {
		p := &Plan{ID: tx.IDs().New(), ProgrammeID: programme, Code: code, Made: s.moment()}
		if err := checkCode(code); err != nil {
			return nil, err
		}
		if err := insertPlan(ctx, tx, p); err != nil {
			return nil, err
		}
		return p, s.draft(ctx, tx, p, spec)
	})
}

// SaveDraft sets what the next version of a plan will say. It needs
// plans.write.
func (s *Service) SaveDraft(ctx context.Context, a auth.Actor, programme id.ID, name string, spec Spec) (*Plan, error) {
	return s.change(ctx, a, programme, name, "plan.draft", func(tx *db.Tx, p *Plan) error { return s.draft(ctx, tx, p, spec) })
}

func (s *Service) draft(ctx context.Context, tx *db.Tx, p *Plan, spec Spec) error {
	if err := spec.Check(); err != nil {
		return err
	}
	if err := known(ctx, tx, p.ProgrammeID, &spec); err != nil {
		return err
	}
	p.Draft = &Version{Number: len(p.Versions) + 1, Spec: spec}
	return upsertVersion(ctx, tx, p.ID, *p.Draft, false)
}

// known refuses a spec that names a ladder, rank or wallet which the programme
// does not have.
func known(ctx context.Context, q db.Queryer, programme id.ID, spec *Spec) error {
	if spec.WalletID != 0 {
		if _, err := ledger.LoadWallet(ctx, q, programme, spec.WalletID); err != nil {
			return fault.At("/wallet", err)
		}
	}
	if spec.LadderID == 0 {
		return nil
	}
	ladders, err := tier.LoadLadders(ctx, q, programme)
	if err != nil {
		return err
	}
	for _, l := range ladders {
		if l.ID != spec.LadderID {
			continue
		}
		for _, r := range l.Versions[len(l.Versions)-1].Ranks {
			if r.Code == spec.Rank {
				return nil
			}
		}
		return fault.Invalid("unknown_rank", "the ladder has no rank %q", spec.Rank).At("/rank").With("rank", spec.Rank)
	}
	return fault.Invalid("unknown_ladder", "there is no ladder %s", spec.LadderID.In(id.Ladder)).At("/ladder").With("ladder", spec.LadderID.In(id.Ladder))
}

// Publish lets the draft be joined from now on. Who is in the plan already goes
// over at a renewal: to a higher price only after it was announced in time. It
// needs plans.write.
func (s *Service) Publish(ctx context.Context, a auth.Actor, programme id.ID, name string) (*Plan, error) {
	return s.change(ctx, a, programme, name, "plan.publish", func(tx *db.Tx, p *Plan) error {
		if p.Draft == nil {
			return fault.Conflict("plan_without_draft", "the plan has no draft; change it first")
		}
		v := *p.Draft
		v.From = s.moment()
		p.Versions, p.Draft, p.Retired = append(p.Versions, v), nil, false
		if err := upsertPlan(ctx, tx, p); err != nil {
			return err
		}
		if err := wake(ctx, tx, programme, p.ID, s.moment()); err != nil {
			return err
		}
		return upsertVersion(ctx, tx, p.ID, v, true)
	})
}

// Retire stops selling a plan; who is in it stays. It needs plans.write.
func (s *Service) Retire(ctx context.Context, a auth.Actor, programme id.ID, name string) (*Plan, error) {
	return s.change(ctx, a, programme, name, "plan.retire", func(tx *db.Tx, p *Plan) error {
		if p.State() != Published {
			return fault.Conflict("plan_not_published", "the plan is not on sale")
		}
		p.Retired = true
		return upsertPlan(ctx, tx, p)
	})
}

// Discard removes a draft, and with it a plan that was never published. It
// needs plans.write.
func (s *Service) Discard(ctx context.Context, a auth.Actor, programme id.ID, name string) error {
	_, err := s.change(ctx, a, programme, name, "plan.discard", func(tx *db.Tx, p *Plan) error {
		if p.Draft == nil {
			return fault.Conflict("plan_without_draft", "the plan has no draft; change it first")
		}
		p.Draft = nil
		return deleteDraft(ctx, tx, p)
	})
	return err
}

func (s *Service) change(ctx context.Context, a auth.Actor, programme id.ID, name, action string, do func(*db.Tx, *Plan) error) (*Plan, error) {
	return s.alter(ctx, a, programme, action, func(tx *db.Tx) (*Plan, error) {
		p, err := Load(ctx, tx, programme, name)
		if err != nil {
			return nil, err
		}
		return p, do(tx, p)
	})
}

// alter does something to a plan and leaves its trace. Changes of one
// programme's plans come one after another, since each bumps its version first.
func (s *Service) alter(ctx context.Context, a auth.Actor, programme id.ID, action string, do func(*db.Tx) (*Plan, error)) (*Plan, error) {
	if err := a.Can(programme, auth.PlansWrite); err != nil {
		return nil, err
	}
	var p *Plan
	err := s.db.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if err := program.Touch(ctx, tx, programme); err != nil {
			return err
		}
		if p, err = do(tx); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: p.ID.In(id.Plan), Detail: map[string]any{"code": p.Code}})
	})
	return p, err
}

package recovery

import (
	"context"
	"crypto/rand"
	"embed"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/tier"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database. It goes below that of churn.
var Schema = db.Schema{Room: "recovery", Files: files}

// Config is what a service needs.
type Config struct {
	DB *db.DB
	// Flow gives and tells what campaigns give and tell.
	Flow *flow.Service
	Now  func() time.Time
}

// Service is what can be done about campaigns.
type Service struct{ Config }

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// List returns the campaigns, the latest first. It needs churn.read.
func (s *Service) List(ctx context.Context, a auth.Actor, programme id.ID) ([]*Campaign, error) {
	if err := a.Can(programme, auth.ChurnRead); err != nil {
		return nil, err
	}
	list, err := selectCampaigns(ctx, s.DB.Reader(), `programme_id = $1 ORDER BY id DESC`, programme)
	for _, r := range list {
		r.pass(s.Now())
	}
	return list, err
}

// Get returns a campaign. It needs churn.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, n id.ID) (*Campaign, error) {
	if err := a.Can(programme, auth.ChurnRead); err != nil {
		return nil, err
	}
	return load(ctx, s.DB.Reader(), programme, n, s.Now(), "")
}

// Prepare makes a draft. It needs churn.read and churn.write.
func (s *Service) Prepare(ctx context.Context, a auth.Actor, programme id.ID, spec Spec) (*Campaign, error) {
	if err := a.Can(programme, auth.ChurnRead, auth.ChurnWrite); err != nil {
		return nil, err
	}
	r := &Campaign{ProgrammeID: programme, Version: 1, State: Draft, Spec: spec, Seed: rand.Text(), Made: s.clock(), MadeBy: a.String(), Changed: s.clock()}
	return r, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		r.ID = tx.IDs().New()
		return s.keep(ctx, tx, a, r, "recovery.prepare")
	})
}

// keep checks and writes a campaign that was changed.
func (s *Service) keep(ctx context.Context, tx *db.Tx, a auth.Actor, r *Campaign, action string) error {
	r.Spec.tidy()
	if err := r.Spec.check(); err != nil {
		return err
	}
	p, err := program.Load(ctx, tx, r.ProgrammeID)
	if err != nil {
		return err
	}
	if err := r.Spec.checkHouse(ctx, tx, &p, s.Now()); err != nil {
		return err
	}
	if err := save(ctx, tx, r); err != nil {
		return err
	}
	return r.record(ctx, tx, a, action)
}

func (r *Campaign) record(ctx context.Context, tx *db.Tx, a auth.Actor, action string) error {
	return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: r.ProgrammeID, Action: action, Subject: r.ID.In(id.Recovery), Detail: map[string]any{
		"version": r.Version, "held": r.Spec.Held, "window": r.Spec.Window, "gift": string(r.Spec.Gift.Kind), "points": r.Spec.Gift.Points, "ends": r.Spec.Ends,
	}})
}

// draft returns a campaign that was not started, locked.
func (s *Service) draft(ctx context.Context, tx *db.Tx, programme, n id.ID, version int64) (*Campaign, error) {
	r, err := load(ctx, tx, programme, n, s.Now(), tx.ForUpdate())
	switch {
	case err != nil:
		return nil, err
	case r.State != Draft:
		return nil, fault.Conflict("recovery_started", "it was started: whom it is for and what they are told stay as they are")
	case r.Version != version:
		return nil, fault.Conflict("recovery_changed", "somebody changed it meanwhile; look at it again")
	}
	return r, nil
}

// Rework changes a draft; version is that which was read, and another by now is a
// conflict ("recovery_changed"). It needs churn.read and churn.write.
func (s *Service) Rework(ctx context.Context, a auth.Actor, programme, n id.ID, version int64, spec Spec) (r *Campaign, err error) {
	if err := a.Can(programme, auth.ChurnRead, auth.ChurnWrite); err != nil {
		return nil, err
	}
	return r, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if r, err = s.draft(ctx, tx, programme, n, version); err != nil {
			return err
		}
		r.Spec, r.Version, r.Changed = spec, r.Version+1, s.clock()
		return s.keep(ctx, tx, a, r, "recovery.rework")
	})
}

// Discard removes a draft. It needs churn.read and churn.write.
func (s *Service) Discard(ctx context.Context, a auth.Actor, programme, n id.ID, version int64) error {
	if err := a.Can(programme, auth.ChurnRead, auth.ChurnWrite); err != nil {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		r, err := s.draft(ctx, tx, programme, n, version)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM recovery WHERE programme_id = $1 AND id = $2`, programme, n); err != nil {
			return fmt.Errorf("discarding a recovery: %w", err)
		}
		return r.record(ctx, tx, a, "recovery.discard")
	})
}

// Preview counts whom a campaign would be for if it were started now, and why
// others are left out. It needs churn.read.
func (s *Service) Preview(ctx context.Context, a auth.Actor, programme, n id.ID) (t Tally, err error) {
	if err := a.Can(programme, auth.ChurnRead); err != nil {
		return t, err
	}
	return t, s.DB.View(ctx, func(q db.Queryer) error {
		r, err := load(ctx, q, programme, n, s.Now(), "")
		if err != nil {
			return err
		}
		c, err := newChooser(ctx, q, r, s.clock())
		if err != nil {
			return err
		}
		t, err = c.preview(ctx, q)
		return err
	})
}

// AskJob is the kind of job that chooses for a campaign and asks whoever was
// chosen.
const AskJob = "churn.recover"

// asking is the payload of an AskJob.
type asking struct {
	ProgrammeID id.ID `json:"programme"`
	RecoveryID  id.ID `json:"recovery"`
}

// Start sets a campaign going, once: as a job, those who are as silent as is
// meant are looked at, some are held back at random, and the others asked. It
// needs churn.read and recoveries.start.
func (s *Service) Start(ctx context.Context, a auth.Actor, programme, n id.ID, version int64) (r *Campaign, err error) {
	if err := a.Can(programme, auth.ChurnRead, auth.RecoveriesStart); err != nil {
		return nil, err
	}
	return r, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if r, err = s.draft(ctx, tx, programme, n, version); err != nil {
			return err
		}
		now := s.clock()
		c, err := newChooser(ctx, tx, r, now)
		if err != nil {
			return err
		}
		if err := c.mayStart(ctx, tx); err != nil {
			return err
		}
		r.State, r.Started, r.StartedBy, r.Until, r.Changed = Running, now, a.String(), r.Spec.ends(c.programme.Zone), now
		if err := s.keep(ctx, tx, a, r, "recovery.start"); err != nil {
			return err
		}
		return jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: AskJob, Unique: r.ID.In(id.Recovery), Payload: asking{programme, r.ID}})
	})
}

// mayStart refuses a campaign whose day is over, and one for nobody.
func (c *chooser) mayStart(ctx context.Context, q db.Queryer) error {
	if !c.now.Before(c.Spec.ends(c.programme.Zone)) {
		return fault.Conflict("recovery_over", "its last day is over; choose a later one")
	}
	n, err := c.whom.Count(ctx, q)
	if err == nil && n == 0 {
		err = fault.Conflict("recovery_nobody", "nobody is as silent as is meant, as far as was seen at the last look")
	}
	return err
}

// End has a campaign write to nobody and give nothing more; what came of it is
// counted on. It needs churn.read and recoveries.start.
func (s *Service) End(ctx context.Context, a auth.Actor, programme, n id.ID) (r *Campaign, err error) {
	if err := a.Can(programme, auth.ChurnRead, auth.RecoveriesStart); err != nil {
		return nil, err
	}
	return r, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if r, err = load(ctx, tx, programme, n, s.Now(), tx.ForUpdate()); err != nil {
			return err
		}
		if r.State != Running {
			return fault.Conflict("recovery_not_running", "it is not running")
		}
		now := s.clock()
		r.State, r.Until, r.EndedBy, r.Changed = Ended, now, a.String(), now
		if err := save(ctx, tx, r); err != nil {
			return err
		}
		return r.record(ctx, tx, a, "recovery.end")
	})
}

// Choices are what a campaign may be about.
type Choices struct {
	Ranks   []tier.Rank // of the first ladder, the lowest first
	Wallets []ledger.Wallet
	Batches []promo.PersonalBatch
}

// Choices returns what a campaign may be about. It needs churn.read.
func (s *Service) Choices(ctx context.Context, a auth.Actor, programme id.ID) (n Choices, err error) {
	if err := a.Can(programme, auth.ChurnRead); err != nil {
		return n, err
	}
	return n, s.DB.View(ctx, func(q db.Queryer) error {
		if n.Ranks, _, err = firstRanks(ctx, q, programme, s.Now()); err != nil {
			return err
		}
		if n.Wallets, err = ledger.Wallets(ctx, q, programme); err != nil {
			return err
		}
		n.Batches, err = promo.PersonalBatches(ctx, q, programme)
		return err
	})
}

// soon is how long a campaign is reckoned with after now, for forms.
func soon(now time.Time, zone *time.Location) string {
	return now.In(zone).AddDate(0, 0, DefaultWindow).Format(time.DateOnly)
}

// NewSpec returns what a new campaign begins with.
func NewSpec(now time.Time, zone *time.Location) Spec {
	return Spec{Gift: Gift{Kind: NoGift}, Held: DefaultHeld, Window: DefaultWindow, Ends: soon(now, zone)}
}

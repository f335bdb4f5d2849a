package recovery

import (
	"context"
	"embed"
	"time"

	"regulars/internal/auth"
	"regulars/internal/campaign"
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

// kind is what sets these campaigns apart. Starting one asks, as a job, those who
// are as silent as is meant, but for some who are held back at random.
var kind = campaign.Kind[Spec, Left]{
	Table: "recovery", Prefix: id.Recovery, Action: "recovery", Read: auth.ChurnRead, Write: auth.ChurnWrite, Start: auth.RecoveriesStart,
	Check: func(ctx context.Context, q db.Queryer, p *program.Programme, now time.Time, s *Spec) error {
		s.tidy()
		if err := s.check(); err != nil {
			return err
		}
		return s.checkHouse(ctx, q, p, now)
	},
	Ends: func(s *Spec, zone *time.Location) time.Time { return campaign.Ends(s.Ends, zone) },
	Detail: func(s *Spec) map[string]any {
		return map[string]any{"held": s.Held, "window": s.Window, "gift": string(s.Gift.Kind), "points": s.Gift.Points, "ends": s.Ends}
	},
	Chooser: func(ctx context.Context, q db.Queryer, r *Campaign, now time.Time) (campaign.Chooser[Left], error) {
		return newChooser(ctx, q, r, now)
	},
	Begin: begin,
	Unknown: func(n string) *fault.Error {
		return fault.Missing("unknown_recovery", "there is no recovery %s", n).With("recovery", n)
	},
	Started:    fault.Conflict("recovery_started", "it was started: whom it is for and what they are told stay as they are"),
	Changed:    fault.Conflict("recovery_changed", "somebody changed it meanwhile; look at it again"),
	Over:       fault.Conflict("recovery_over", "its last day is over; choose a later one"),
	NotRunning: fault.Conflict("recovery_not_running", "it is not running"),
}

// Service is what can be done about campaigns.
type Service struct {
	Config
	*campaign.Keeper[Spec, Left]
}

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c, campaign.NewKeeper(c.DB, c.Now, kind)} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// AskJob is the kind of job that chooses for a campaign and asks whoever was
// chosen.
const AskJob = "churn.recover"

// asking is the payload of an AskJob.
type asking struct {
	ProgrammeID id.ID `json:"programme"`
	RecoveryID  id.ID `json:"recovery"`
}

// begin leaves the job of a campaign; one for nobody it refuses.
func begin(ctx context.Context, tx *db.Tx, r *Campaign, now time.Time) error {
	c, err := newChooser(ctx, tx, r, now)
	if err != nil {
		return err
	}
	n, err := c.whom.Count(ctx, tx)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.Conflict("recovery_nobody", "nobody is as silent as is meant, as far as was seen at the last look")
	}
	return jobs.Add(ctx, tx, now, jobs.New{Kind: AskJob, Unique: r.ID.In(id.Recovery), Payload: asking{r.ProgrammeID, r.ID}})
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

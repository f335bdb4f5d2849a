package calls

import (
	"context"
	"embed"
	"time"

	"regulars/internal/auth"
	"regulars/internal/campaign"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/ledger"
	"regulars/internal/outreach"
	"regulars/internal/program"
	"regulars/internal/reward"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "calls", Files: files}

// Policy decides whether somebody may be phoned, and keeps that they were.
type Policy interface {
	BeginCall(ctx context.Context, tx *db.Tx, n outreach.Call) (outreach.Verdict, error)
	EndCall(ctx context.Context, tx *db.Tx, n outreach.Call, why outreach.Unspoken) error
}

// Config is what a service needs.
type Config struct {
	DB     *db.DB
	Flow   *flow.Service // notes calls on timelines
	Policy Policy
	Now    func() time.Time
}

// kind is what sets lists apart. Starting one looks, as a job, at those with points
// enough.
var kind = campaign.Kind[Spec, Left]{
	Table: "call_list", Prefix: id.CallList, Action: "call_list", Read: auth.CallsRead, Write: auth.CallsWrite, Start: auth.CallsWrite,
	Check: func(ctx context.Context, q db.Queryer, p *program.Programme, now time.Time, s *Spec) error {
		s.tidy()
		wrong, err := s.checkHouse(ctx, q, p, now)
		if err != nil {
			return err
		}
		return fault.Join(append(s.check(), wrong...)...)
	},
	Ends: func(s *Spec, zone *time.Location) time.Time { return campaign.Ends(s.Ends, zone) },
	Detail: func(s *Spec) map[string]any {
		return map[string]any{"least": s.Least, "idle": s.Idle, "held": s.Held, "window": s.Window, "ends": s.Ends}
	},
	Chooser: func(ctx context.Context, q db.Queryer, l *List, now time.Time) (campaign.Chooser[Left], error) {
		return newChooser(ctx, q, l, now)
	},
	Begin: func(ctx context.Context, tx *db.Tx, l *List, now time.Time) error {
		return jobs.Add(ctx, tx, now, jobs.New{Kind: ChooseJob, Unique: l.ID.In(id.CallList), Payload: choosing{l.ProgrammeID, l.ID}})
	},
	Unknown: func(n string) *fault.Error {
		return fault.Missing("unknown_call_list", "there is no call list %s", n).With("list", n)
	},
	Started:    fault.Conflict("call_list_started", "it was started: whom it is for and what is said stay as they are"),
	Changed:    fault.Conflict("call_list_changed", "somebody changed it meanwhile; look at it again"),
	Over:       fault.Conflict("call_list_over", "its last day is over; choose a later one"),
	NotRunning: fault.Conflict("call_list_not_running", "it is not running"),
}

// Service is what can be done about call lists.
type Service struct {
	Config
	*campaign.Keeper[Spec, Left]
}

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c, campaign.NewKeeper(c.DB, c.Now, kind)} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// checkHouse returns all that is wrong with a spec in a programme: words that are
// missing, points and rewards that there are not.
func (s *Spec) checkHouse(ctx context.Context, q db.Queryer, p *program.Programme, now time.Time) (wrong []*fault.Error, err error) {
	if _, err := ledger.LoadWallet(ctx, q, p.ID, s.WalletID); err != nil {
		if fault.As(err) == nil {
			return nil, err
		}
		wrong = append(wrong, fault.Invalid("call_wallet", "the programme has no such points").At("/wallet"))
	}
	if s.RewardID != 0 {
		r, err := reward.Load(ctx, q, p.ID, s.RewardID)
		if err != nil && fault.As(err) == nil {
			return nil, err
		}
		if err != nil || r.State != reward.Published || r.WalletID != s.WalletID {
			wrong = append(wrong, fault.Invalid("call_reward", "choose a published reward that is had for these points").At("/reward"))
		}
	}
	if first := i18n.Lang(p.Languages[0]); s.Script[first] == "" {
		wrong = append(wrong, fault.Invalid("call_words", "write what is said in the programme's first language").At("/script/"+string(first)))
	}
	last, err := time.ParseInLocation(time.DateOnly, s.Ends, p.Zone)
	if err != nil || last.After(now.AddDate(0, 0, mostDays)) {
		wrong = append(wrong, fault.Invalid("call_ends", "give the last day, at most %d days ahead", mostDays).At("/ends").With("most", mostDays))
	}
	return wrong, nil
}

// Choices are what a list may be about.
type Choices struct {
	Wallets []ledger.Wallet
	Rewards []reward.Reward // published
}

// Choices returns what a list may be about. It needs calls.read.
func (s *Service) Choices(ctx context.Context, a auth.Actor, programme id.ID) (n Choices, err error) {
	if err := a.Can(programme, auth.CallsRead); err != nil {
		return n, err
	}
	return n, s.DB.View(ctx, func(q db.Queryer) error {
		if n.Wallets, err = ledger.Wallets(ctx, q, programme); err != nil {
			return err
		}
		all, err := reward.All(ctx, q, programme)
		for _, r := range all {
			if r.State == reward.Published {
				n.Rewards = append(n.Rewards, r)
			}
		}
		return err
	})
}

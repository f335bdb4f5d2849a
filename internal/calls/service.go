package calls

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
	EndCall(ctx context.Context, tx *db.Tx, n outreach.Call, failure string) error
}

// Config is what a service needs.
type Config struct {
	DB     *db.DB
	Flow   *flow.Service // notes calls on timelines
	Policy Policy
	Now    func() time.Time
}

// Service is what can be done about call lists.
type Service struct{ Config }

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// Lists returns the lists, the latest first. It needs calls.read.
func (s *Service) Lists(ctx context.Context, a auth.Actor, programme id.ID) ([]*List, error) {
	if err := a.Can(programme, auth.CallsRead); err != nil {
		return nil, err
	}
	list, err := selectLists(ctx, s.DB.Reader(), `programme_id = $1 ORDER BY id DESC`, programme)
	for _, l := range list {
		l.pass(s.Now())
	}
	return list, err
}

// Get returns a list. It needs calls.read.
func (s *Service) Get(ctx context.Context, a auth.Actor, programme, n id.ID) (*List, error) {
	if err := a.Can(programme, auth.CallsRead); err != nil {
		return nil, err
	}
	return load(ctx, s.DB.Reader(), programme, n, s.Now(), "")
}

// Prepare makes a draft. It needs calls.read and calls.write.
func (s *Service) Prepare(ctx context.Context, a auth.Actor, programme id.ID, spec Spec) (*List, error) {
	if err := a.Can(programme, auth.CallsRead, auth.CallsWrite); err != nil {
		return nil, err
	}
	l := &List{ProgrammeID: programme, Version: 1, State: Draft, Spec: spec, Seed: rand.Text(), Made: s.clock(), MadeBy: a.String(), Changed: s.clock()}
	return l, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		l.ID = tx.IDs().New()
		return s.keep(ctx, tx, a, l, "call_list.prepare")
	})
}

// keep checks and writes a list that was changed.
func (s *Service) keep(ctx context.Context, tx *db.Tx, a auth.Actor, l *List, action string) error {
	l.Spec.tidy()
	if err := l.Spec.check(); err != nil {
		return err
	}
	p, err := program.Load(ctx, tx, l.ProgrammeID)
	if err != nil {
		return err
	}
	if err := l.Spec.checkHouse(ctx, tx, &p, s.Now()); err != nil {
		return err
	}
	if err := save(ctx, tx, l); err != nil {
		return err
	}
	return l.record(ctx, tx, a, action)
}

// checkHouse returns what is wrong with a spec in a programme: words that are
// missing, points and rewards that there are not.
func (s *Spec) checkHouse(ctx context.Context, q db.Queryer, p *program.Programme, now time.Time) error {
	if _, err := ledger.LoadWallet(ctx, q, p.ID, s.WalletID); err != nil {
		if fault.As(err) == nil {
			return err
		}
		return fault.Invalid("call_wallet", "the programme has no such points").At("/wallet")
	}
	if s.RewardID != 0 {
		r, err := reward.Load(ctx, q, p.ID, s.RewardID)
		if err != nil && fault.As(err) == nil {
			return err
		}
		if err != nil || r.State != reward.Published || r.WalletID != s.WalletID {
			return fault.Invalid("call_reward", "choose a published reward that is had for these points").At("/reward")
		}
	}
	if first := i18n.Lang(p.Languages[0]); s.Script[first] == "" {
		return fault.Invalid("call_words", "write what is said in the programme's first language").At("/script/" + string(first))
	}
	last, err := time.ParseInLocation(time.DateOnly, s.Ends, p.Zone)
	if err != nil || last.After(now.AddDate(0, 0, mostDays)) {
		return fault.Invalid("call_ends", "give the last day, at most %d days ahead", mostDays).At("/ends").With("most", mostDays)
	}
	return nil
}

func (l *List) record(ctx context.Context, tx *db.Tx, a auth.Actor, action string) error {
	return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: l.ProgrammeID, Action: action, Subject: l.ID.In(id.CallList), Detail: map[string]any{
		"version": l.Version, "least": l.Spec.Least, "idle": l.Spec.Idle, "held": l.Spec.Held, "window": l.Spec.Window, "ends": l.Spec.Ends,
	}})
}

// draft returns a list that was not started, locked.
func (s *Service) draft(ctx context.Context, tx *db.Tx, programme, n id.ID, version int64) (*List, error) {
	l, err := load(ctx, tx, programme, n, s.Now(), tx.ForUpdate())
	switch {
	case err != nil:
		return nil, err
	case l.State != Draft:
		return nil, fault.Conflict("call_list_started", "it was started: whom it is for and what is said stay as they are")
	case l.Version != version:
		return nil, fault.Conflict("call_list_changed", "somebody changed it meanwhile; look at it again")
	}
	return l, nil
}

// Rework changes a draft; version is that which was read, and another by now is a
// conflict ("call_list_changed"). It needs calls.read and calls.write.
func (s *Service) Rework(ctx context.Context, a auth.Actor, programme, n id.ID, version int64, spec Spec) (l *List, err error) {
	if err := a.Can(programme, auth.CallsRead, auth.CallsWrite); err != nil {
		return nil, err
	}
	return l, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if l, err = s.draft(ctx, tx, programme, n, version); err != nil {
			return err
		}
		l.Spec, l.Version, l.Changed = spec, l.Version+1, s.clock()
		return s.keep(ctx, tx, a, l, "call_list.rework")
	})
}

// Discard removes a draft. It needs calls.read and calls.write.
func (s *Service) Discard(ctx context.Context, a auth.Actor, programme, n id.ID, version int64) error {
	if err := a.Can(programme, auth.CallsRead, auth.CallsWrite); err != nil {
		return err
	}
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		l, err := s.draft(ctx, tx, programme, n, version)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM call_list WHERE programme_id = $1 AND id = $2`, programme, n); err != nil {
			return fmt.Errorf("discarding a call list: %w", err)
		}
		return l.record(ctx, tx, a, "call_list.discard")
	})
}

// Preview counts whom a list would be for if it were started now, and why others
// are left off. It needs calls.read.
func (s *Service) Preview(ctx context.Context, a auth.Actor, programme, n id.ID) (t Tally, err error) {
	if err := a.Can(programme, auth.CallsRead); err != nil {
		return t, err
	}
	return t, s.DB.View(ctx, func(q db.Queryer) error {
		l, err := load(ctx, q, programme, n, s.Now(), "")
		if err != nil {
			return err
		}
		c, err := newChooser(ctx, q, l, s.clock())
		if err != nil {
			return err
		}
		t, err = c.preview(ctx, q)
		return err
	})
}

// Start sets a list going, once: as a job those with points enough are looked at,
// and some are held back at random. It needs calls.read and calls.write.
func (s *Service) Start(ctx context.Context, a auth.Actor, programme, n id.ID, version int64) (l *List, err error) {
	if err := a.Can(programme, auth.CallsRead, auth.CallsWrite); err != nil {
		return nil, err
	}
	return l, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if l, err = s.draft(ctx, tx, programme, n, version); err != nil {
			return err
		}
		now := s.clock()
		c, err := newChooser(ctx, tx, l, now)
		if err != nil {
			return err
		}
		if !now.Before(l.Spec.ends(c.programme.Zone)) {
			return fault.Conflict("call_list_over", "its last day is over; choose a later one")
		}
		l.State, l.Started, l.StartedBy, l.Until, l.Changed = Running, now, a.String(), l.Spec.ends(c.programme.Zone), now
		if err := s.keep(ctx, tx, a, l, "call_list.start"); err != nil {
			return err
		}
		return jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: ChooseJob, Unique: l.ID.In(id.CallList), Payload: choosing{programme, l.ID}})
	})
}

// End has nobody more be phoned by a list; what came of it is counted on. It
// needs calls.read and calls.write.
func (s *Service) End(ctx context.Context, a auth.Actor, programme, n id.ID) (l *List, err error) {
	if err := a.Can(programme, auth.CallsRead, auth.CallsWrite); err != nil {
		return nil, err
	}
	return l, s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if l, err = load(ctx, tx, programme, n, s.Now(), tx.ForUpdate()); err != nil {
			return err
		}
		if l.State != Running {
			return fault.Conflict("call_list_not_running", "it is not running")
		}
		now := s.clock()
		l.State, l.Until, l.EndedBy, l.Changed = Ended, now, a.String(), now
		if err := save(ctx, tx, l); err != nil {
			return err
		}
		return l.record(ctx, tx, a, "call_list.end")
	})
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

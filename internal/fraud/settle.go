package fraud

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/program"
)

// SettleJob is the kind of job that puts the points of a flag where they belong.
const SettleJob = "fraud.settle"

type settlement struct {
	Flag id.ID `json:"flag"`
}

// source is the name under which the journal knows what we move.
const source = "regulars"

var ourselves = auth.System("fraud")

// movement names the step of a part, so that it is taken once.
func (p *Part) movement() string {
	return fmt.Sprintf("fraud:%s:%s:%d", p.FlagID.In(id.Flag), p.MemberID.In(id.Member), p.step)
}

// Settle sets points aside, gives them back or takes them, as the flag stands.
// What is about to be moved is written first, so that a repetition moves the
// same once.
func (s *Service) Settle(ctx context.Context, j *jobs.Job) error {
	var what settlement
	if err := j.Read(&what); err != nil {
		return err
	}
	list, err := selectFlags(ctx, s.d.Reader(), `f.id = $1`, what.Flag)
	if err != nil || len(list) == 0 {
		return err
	}
	wallets, err := ledger.Wallets(ctx, s.d.Reader(), list[0].ProgrammeID)
	if err != nil || len(wallets) == 0 {
		return err
	}
	for _, p := range list[0].Parts {
		if err := s.settle(ctx, list[0], wallets[0].ID, p.MemberID); err != nil {
			return err
		}
	}
	return nil
}

// settle moves points of one part until nothing is left to move.
func (s *Service) settle(ctx context.Context, f *Flagged, wallet, m id.ID) error {
	for {
		there, err := s.available(ctx, f.ProgrammeID, wallet, m)
		if err != nil {
			return err
		}
		waits, err := s.waiting(ctx, f, wallet, m)
		if err != nil {
			return err
		}
		p, err := s.intend(ctx, f, m, there, waits)
		if err != nil || p == nil || p.moving == 0 {
			return err
		}
		moved, err := s.move(ctx, f, wallet, p)
		if err != nil {
			return err
		}
		if err := s.moved(ctx, f, p, moved); err != nil || !moved {
			return err
		}
	}
}

// available returns the points that can be taken of a member.
func (s *Service) available(ctx context.Context, programme, wallet, m id.ID) (int64, error) {
	found, err := member.Read(ctx, s.d.Reader(), []id.ID{m})
	if err != nil || found[m] == nil {
		return 0, err
	}
	balances, _, err := s.flow.Standing(ctx, programme, found[m].ID)
	if err != nil {
		return 0, err
	}
	for _, b := range balances {
		if b.WalletID == wallet {
			return b.Available, nil
		}
	}
	return 0, nil
}

// waiting returns what the events that a flag lists gave to a member and cannot
// be used yet. Nobody can spend it, so other points are not taken in its place.
func (s *Service) waiting(ctx context.Context, f *Flagged, wallet, m id.ID) (int64, error) {
	var causes []ledger.CauseKey
	for _, e := range f.Evidence {
		if e.MemberID == m {
			causes = append(causes, ledger.CauseKey{MemberID: m, EventID: e.EventID})
		}
	}
	lots, err := ledger.LotsOf(ctx, s.d.Reader(), causes)
	sum := int64(0)
	for i := range lots {
		if lots[i].WalletID == wallet && lots[i].Activates.After(s.now()) {
			sum += lots[i].Remaining
		}
	}
	return sum, err
}

// intend writes what is to be moved of a part, unless that is written already:
// of what is there, no more than what does not wait to be usable.
func (s *Service) intend(ctx context.Context, f *Flagged, m id.ID, there, waits int64) (*Part, error) {
	var part *Part
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		part = nil
		now, err := s.turn(ctx, tx, f.ProgrammeID, f.ID)
		if err != nil {
			return err
		}
		for i := range now.Parts {
			if now.Parts[i].MemberID == m {
				part = &now.Parts[i]
			}
		}
		if part == nil || part.moving != 0 {
			return nil
		}
		part.moving = now.target(part) - part.Aside
		if part.moving > 0 {
			part.moving = min(max(part.moving-waits, 0), there)
		}
		return saveParts(ctx, tx, []Part{*part})
	})
	return part, err
}

func (s *Service) turn(ctx context.Context, tx *db.Tx, programme, flag id.ID) (*Flagged, error) {
	if err := takeTurn(ctx, tx, programme); err != nil {
		return nil, err
	}
	return loadFlag(ctx, tx, programme, flag)
}

// move takes or gives what is intended. Points that were spent meanwhile, and
// those of people who are not known any more, are not moved. Another event under
// the name of the step can only be the step itself, in other words.
func (s *Service) move(ctx context.Context, f *Flagged, wallet id.ID, p *Part) (bool, error) {
	reason, err := s.reason(ctx, f.ProgrammeID, p)
	if err != nil {
		return false, err
	}
	_, err = s.flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: f.ProgrammeID, Source: source, ExternalID: p.movement(), Kind: journal.Adjustment, Who: flow.Who{MemberID: p.MemberID}, Actor: ourselves,
		Payload: flow.Payload{Adjustment: &flow.Adjustment{WalletID: wallet, Points: -p.moving, Reason: reason}},
	})
	if at := fault.As(err); at != nil {
		switch at.Kind {
		case fault.KindConflict:
			return true, nil
		case fault.KindRefused, fault.KindMissing, fault.KindInvalid:
			return false, nil
		}
	}
	return err == nil, err
}

// reason says why, in the first language of the programme; the member reads it.
func (s *Service) reason(ctx context.Context, programme id.ID, p *Part) (string, error) {
	prog, err := program.Load(ctx, s.d.Reader(), programme)
	if err != nil {
		return "", err
	}
	texts, err := s.texts()
	if err != nil {
		return "", err
	}
	key := "fraud.withheld"
	if p.moving < 0 {
		key = "fraud.given_back"
	}
	return texts.Printer(i18n.Lang(prog.Languages[0]), prog.Zone, prog.Currency).T(key, "flag", p.FlagID.In(id.Flag)), nil
}

// moved notes that a step was done, or could not be.
func (s *Service) moved(ctx context.Context, f *Flagged, p *Part, done bool) error {
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		now, err := s.turn(ctx, tx, f.ProgrammeID, f.ID)
		if err != nil {
			return err
		}
		for _, n := range now.Parts {
			if n.MemberID != p.MemberID || n.step != p.step {
				continue
			}
			if done {
				n.Aside += n.moving
			}
			n.moving, n.step = 0, n.step+1
			return saveParts(ctx, tx, []Part{n})
		}
		return nil
	})
}

const (
	sweepDays = 90  // how long points that were not there are asked for
	markDays  = 400 // how long marks are kept
)

// Sweep asks once more for points that were not there yet, and forgets old marks.
func (s *Service) Sweep(ctx context.Context) error {
	return s.d.InTx(ctx, func(tx *db.Tx) error {
		list, err := selectFlags(ctx, tx, `f.raised > $1 AND EXISTS (SELECT 1 FROM fraud_part p WHERE p.flag_id = f.id AND (p.moving <> 0 OR p.aside <
			CASE WHEN f.state = 'confirmed' OR f.state = 'open' AND f.hold THEN p.points ELSE 0 END OR p.aside > 0 AND f.state IN ('allowed', 'withdrawn')))`,
			db.Micros(s.now().AddDate(0, 0, -sweepDays)))
		if err != nil {
			return err
		}
		for _, f := range list {
			if err := s.settleLater(ctx, tx, f); err != nil {
				return err
			}
		}
		_, err = forget(ctx, tx, db.Micros(s.now().AddDate(0, 0, -markDays)))
		return err
	})
}

// clock returns now, as it is stored.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.now())) }

package recovery

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/campaign"
	"regulars/internal/churn"
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
	"regulars/internal/promo"
)

const (
	// source is what events of campaigns come from.
	source = "recovery"
	// askedAtOnce is how many are asked in one step: so many may be given something
	// yet by a campaign that is ended meanwhile.
	askedAtOnce = 25
)

// Kinds of events on timelines.
const (
	EventAsked = journal.Kind(journal.Custom + "recovery_asked")
	EventHeld  = journal.Kind(journal.Custom + "recovery_held")
)

var recoverer = auth.System("recovery")

// Ask does an AskJob: it chooses, page after page, and then asks, step after step.
// What was interrupted goes on where it was, and does nothing twice.
func (s *Service) Ask(ctx context.Context, j *jobs.Job) error {
	var n asking
	if err := j.Read(&n); err != nil {
		return err
	}
	err := s.ask(ctx, n, func(done, total int64) error { return j.Progress(ctx, done, total, "") })
	if fault.KindOf(err) == fault.KindMissing {
		return jobs.Permanent(err)
	}
	return err
}

func (s *Service) ask(ctx context.Context, n asking, progress func(done, total int64) error) error {
	r, err := kind.Load(ctx, s.DB.Reader(), n.ProgrammeID, n.RecoveryID, s.Now(), "")
	if err != nil {
		return err
	}
	c, err := newChooser(ctx, s.DB.Reader(), r, s.clock())
	if err != nil {
		return err
	}
	total, err := c.whom.Count(ctx, s.DB.Reader())
	if err != nil {
		return err
	}
	for {
		r, more, err := s.choose(ctx, n)
		if err != nil {
			return err
		}
		if err := progress(min(r.Tally.Looked, total), 2*total); err != nil {
			return err
		}
		if !more {
			break
		}
	}
	for done := int64(0); ; {
		some, err := s.approach(ctx, n)
		if err != nil || some == 0 {
			return err
		}
		done += int64(some)
		if err := progress(min(total+done, 2*total), 2*total); err != nil {
			return err
		}
	}
}

// choose looks at a page of those who are as silent as is meant; more says that
// others may follow.
func (s *Service) choose(ctx context.Context, n asking) (r *Campaign, more bool, err error) {
	return s.ChooseNext(ctx, n.ProgrammeID, n.RecoveryID, campaign.Choosing[Spec, Left]{Lock: churn.Lock, Keep: keepChosen})
}

func keepChosen(ctx context.Context, tx *db.Tx, r *Campaign, chosen []campaign.Fate[Left], now time.Time) error {
	p, err := program.Load(ctx, tx, r.ProgrammeID)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, f := range chosen {
		n := Chosen{MemberID: f.Who, RecoveryID: r.ID, ProgrammeID: r.ProgrammeID, Held: f.Held, State: LotChosen, At: now, Until: campaign.Window(now, r.Spec.Window, p.Zone)}
		rows = append(rows, n.row())
	}
	if err := tx.Insert(ctx, chosenTable, rows); err != nil {
		return fmt.Errorf("writing who is asked back: %w", err)
	}
	return nil
}

// approach gives some of those who were chosen what is given, puts it on their
// timelines and has them written to; of those held back it notes that alone. It
// returns how many it was done for.
func (s *Service) approach(ctx context.Context, n asking) (int, error) {
	r, err := kind.Load(ctx, s.DB.Reader(), n.ProgrammeID, n.RecoveryID, s.Now(), "")
	if err != nil || r.State != Running {
		return 0, err
	}
	list, err := selectChosen(ctx, s.DB.Reader(), `recovery_id = $1 AND state = $2 AND programme_id = $3 ORDER BY member_id LIMIT $4`, r.ID, string(LotChosen), r.ProgrammeID, askedAtOnce)
	if err != nil || len(list) == 0 {
		return 0, err
	}
	if err := s.apart(ctx, list); err != nil {
		return 0, err
	}
	if err := s.give(ctx, r, list); err != nil {
		return 0, err
	}
	if err := s.tellOf(ctx, list); err != nil {
		return 0, err
	}
	return len(list), s.settle(ctx, n, list)
}

// apart leaves those alone who became one with somebody held back meanwhile.
func (s *Service) apart(ctx context.Context, list []*Chosen) error {
	ids := make([]id.ID, len(list))
	for i, n := range list {
		ids[i] = n.MemberID
	}
	sets, err := member.AliasSets(ctx, s.DB.Reader(), ids)
	if err != nil {
		return err
	}
	for _, n := range list {
		n.State = LotAsked
		if n.Held {
			n.State = LotHeld
		}
		others := slices.DeleteFunc(slices.Clone(sets[n.MemberID]), func(m id.ID) bool { return m == n.MemberID })
		if n.Held || len(others) == 0 {
			continue
		}
		var args db.Args
		same, err := selectChosen(ctx, s.DB.Reader(), `member_id IN `+args.In(others)+` AND recovery_id = `+args.Add(n.RecoveryID), args.Values()...)
		if err != nil {
			return err
		}
		if len(same) > 0 {
			n.State, n.Why = LotUnmet, "recovery_merged"
		}
	}
	return nil
}

// give gives whoever is asked the gift. Who cannot be given it is not asked: the
// words may speak of it.
func (s *Service) give(ctx context.Context, r *Campaign, list []*Chosen) error {
	asked := slices.DeleteFunc(slices.Clone(list), func(n *Chosen) bool { return n.State != LotAsked })
	switch {
	case len(asked) == 0:
		return nil
	case r.Spec.Gift.Kind == GiftPoints:
		return s.givePoints(ctx, r, asked)
	case r.Spec.Gift.Kind == GiftCode:
		return s.giveCodes(ctx, r, asked)
	}
	return nil
}

func (s *Service) givePoints(ctx context.Context, r *Campaign, asked []*Chosen) error {
	w, err := ledger.LoadWallet(ctx, s.DB.Reader(), r.ProgrammeID, r.Spec.Gift.WalletID)
	if err != nil {
		return err
	}
	cost, err := w.Liability(r.Spec.Gift.Points)
	if err != nil {
		return err
	}
	events := make([]*flow.Event, len(asked))
	for i, n := range asked {
		events[i] = &flow.Event{
			ProgrammeID: n.ProgrammeID, Source: source, ExternalID: n.name() + ":gift", Kind: journal.Award, Occurred: n.At, Who: flow.Who{MemberID: n.MemberID}, Actor: recoverer,
			Payload: flow.Payload{Award: &flow.Award{
				WalletID: r.Spec.Gift.WalletID, Points: r.Spec.Gift.Points, ExpiresMonths: r.Spec.Gift.Months, For: r.ID.In(id.Recovery), Reason: i18n.Text{Key: "churn.recovery.award"},
			}},
		}
	}
	results, err := s.Flow.Take(ctx, events)
	if err != nil {
		return err
	}
	for i, n := range asked {
		if err := n.unless(results[i].Err); err != nil {
			return err
		}
		if n.State == LotAsked {
			n.EventID, n.Cost = results[i].Answer.EventID, cost
		}
	}
	return nil
}

// unless notes a refusal, and returns what is none.
func (n *Chosen) unless(err error) error {
	f := fault.As(err)
	if err != nil && (f == nil || f.Kind == fault.KindBusy) {
		return err
	}
	if f != nil {
		n.State, n.Why = LotUnmet, f.Code
	}
	return nil
}

func (s *Service) giveCodes(ctx context.Context, r *Campaign, asked []*Chosen) error {
	asks := make([]promo.PersonalAsk, len(asked))
	for i, n := range asked {
		asks[i] = promo.PersonalAsk{MemberID: n.MemberID, Occasion: n.name()}
	}
	var codes map[promo.PersonalAsk]*promo.Code
	err := s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		codes, err = promo.IssueCodes(ctx, tx, r.ProgrammeID, r.Spec.Gift.BatchID, s.clock(), asks)
		return err
	})
	for i, n := range asked {
		if err := n.unless(err); err != nil {
			return err
		}
		if n.State == LotAsked {
			n.CodeID = codes[asks[i]].ID
		}
	}
	return nil
}

// tellOf puts on the timelines of those who were chosen that they were, by ids
// alone.
func (s *Service) tellOf(ctx context.Context, list []*Chosen) error {
	var events []*flow.Event
	for _, n := range list {
		kind := EventAsked
		if n.Held {
			kind = EventHeld
		}
		if n.State == LotUnmet {
			continue
		}
		events = append(events, &flow.Event{
			ProgrammeID: n.ProgrammeID, Source: source, ExternalID: n.name(), Kind: kind, Occurred: n.At, Who: flow.Who{MemberID: n.MemberID}, Actor: recoverer,
			Payload: flow.Payload{Attributes: map[string]string{"recovery": n.RecoveryID.In(id.Recovery)}},
		})
	}
	if len(events) == 0 {
		return nil
	}
	results, err := s.Flow.Take(ctx, events)
	if err != nil {
		return err
	}
	for _, o := range results {
		if f := fault.As(o.Err); o.Err != nil && (f == nil || f.Kind == fault.KindBusy) {
			return o.Err
		}
	}
	return nil
}

// settle keeps what became of them, and leaves word to write to whoever is asked.
// Of a campaign that was ended meanwhile nobody is written to: what they were given
// by then is kept all the same.
func (s *Service) settle(ctx context.Context, n asking, list []*Chosen) error {
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := churn.Lock(ctx, tx, n.ProgrammeID); err != nil {
			return err
		}
		r, err := kind.Load(ctx, tx, n.ProgrammeID, n.RecoveryID, s.Now(), tx.ForUpdate())
		if err != nil {
			return err
		}
		ids, by := make([]id.ID, len(list)), map[id.ID]*Chosen{}
		for i, n := range list {
			ids[i], by[n.MemberID] = n.MemberID, n
		}
		var args db.Args
		open, err := selectChosen(ctx, tx, `member_id IN `+args.In(ids)+` AND recovery_id = `+args.Add(r.ID)+` AND state = `+args.Add(string(LotChosen)), args.Values()...)
		if err != nil {
			return err
		}
		var rows [][]any
		var wanted []jobs.New
		for _, was := range open {
			n := by[was.MemberID]
			rows = append(rows, n.row())
			if n.State == LotAsked && r.State == Running {
				wanted = append(wanted, jobs.New{Kind: flow.ContactWanted, Unique: n.name(), Payload: flow.Contact{
					ProgrammeID: n.ProgrammeID, MemberID: n.MemberID, Class: flow.StimulusContact, Words: r.Spec.Words, Path: "/me", Name: n.name(),
				}})
			}
		}
		if err := tx.Update(ctx, chosenTable, rows); err != nil {
			return fmt.Errorf("writing who was asked back: %w", err)
		}
		return jobs.Add(ctx, tx, s.Now(), wanted...)
	})
}

package challenge

import (
	"context"
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/promo"
)

// source is the name under which the journal knows what we give.
const source = "regulars"

var ourselves = auth.System("challenge")

// Pay gives what was reached, or takes it back. A repetition changes nothing:
// points go by the award's name, a code by its occasion, a tag is there once.
func (s *Service) Pay(ctx context.Context, j *jobs.Job) error {
	var what payment
	if err := j.Read(&what); err != nil {
		return err
	}
	a, err := s.award(ctx, s.d.Reader(), what)
	if err != nil || a == nil {
		return err
	}
	switch a.State {
	case Due:
		return s.pay(ctx, a)
	case Reversing:
		return s.reverse(ctx, a)
	}
	return nil
}

func (s *Service) award(ctx context.Context, q db.Queryer, what payment) (*Award, error) {
	rows, err := q.Query(ctx, `SELECT `+awardColumns+` FROM challenge_award AS a
		WHERE a.member_id = $1 AND a.challenge_id = $2 AND a.period = $3 AND a.step = $4 AND a.no = $5`,
		what.MemberID, what.ChallengeID, what.Period, what.Step, what.No)
	list, err := db.Collect(rows, err, scanAward)
	if err != nil {
		return nil, fmt.Errorf("reading what is to be paid: %w", err)
	}
	if len(list) == 0 {
		return nil, nil // the person was erased meanwhile
	}
	return list[0], nil
}

func (s *Service) pay(ctx context.Context, a *Award) error {
	c, err := Load(ctx, s.d.Reader(), a.ProgrammeID, a.ChallengeID)
	if err != nil {
		return err
	}
	w := c.step(a.Step).Reward
	switch w.Kind {
	case Points:
		a.EventID, err = s.payPoints(ctx, &c, a, &w)
	case Tag:
		err = s.payTag(ctx, a, w.Tag)
	default:
		return s.payCode(ctx, a, w.BatchID)
	}
	if f := fault.As(err); f != nil && (f.Kind == fault.KindRefused || f.Kind == fault.KindMissing || f.Kind == fault.KindInvalid) {
		a.Why, err = f.Code, nil
	}
	if err != nil {
		return err
	}
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error { return s.closeDue(ctx, tx, a) })
}

func (s *Service) payPoints(ctx context.Context, c *Challenge, a *Award, w *Reward) (id.ID, error) {
	answer, err := s.flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: a.ProgrammeID, Source: source, ExternalID: a.Name(), Kind: journal.Award, Who: flow.Who{MemberID: a.MemberID}, Actor: ourselves,
		Payload: flow.Payload{Award: &flow.Award{
			WalletID: w.WalletID, Points: w.Points, ExpiresMonths: w.Months, For: c.ID.In(id.Challenge),
			Reason: i18n.Text{Key: "challenge.reason", Args: map[string]any{"name": c.Name("")}},
		}},
	})
	return answer.EventID, err
}

func (s *Service) payTag(ctx context.Context, a *Award, tag string) error {
	_, err := s.members.Update(ctx, ourselves, a.ProgrammeID, a.MemberID, member.Edit{Change: func(m *member.Member) {
		if !slices.Contains(m.Tags, tag) {
			m.Tags = append(m.Tags, tag)
		}
	}})
	return err
}

// payCode draws the code and closes the award in one transaction.
func (s *Service) payCode(ctx context.Context, a *Award, batch id.ID) error {
	ask := promo.PersonalAsk{MemberID: a.MemberID, Occasion: a.Name()}
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		codes, err := promo.IssueCodes(ctx, tx, a.ProgrammeID, batch, s.clock(), []promo.PersonalAsk{ask})
		if err != nil {
			return err
		}
		a.CodeID = codes[ask].ID
		return s.closeDue(ctx, tx, a)
	})
	if f := fault.As(err); f != nil && f.Code == "batch_not_open" {
		a.Why = f.Code
		return s.d.InTxAgain(ctx, func(tx *db.Tx) error { return s.closeDue(ctx, tx, a) })
	}
	return err
}

// closeDue closes an award that is still due. One that is to be taken back by
// now is left to that.
func (s *Service) closeDue(ctx context.Context, tx *db.Tx, a *Award) error {
	state := Paid
	if a.Why != "" {
		state = Refused
	}
	n, err := tx.Exec(ctx, `UPDATE challenge_award SET state = $6, closed = $7, event_id = $8, code_id = $9, why = $10
		WHERE member_id = $1 AND challenge_id = $2 AND period = $3 AND step = $4 AND no = $5 AND state = 'due'`,
		a.MemberID, a.ChallengeID, a.Period, a.Step, a.No, string(state), db.Micros(s.clock()), a.EventID, a.CodeID, a.Why)
	if err != nil {
		return fmt.Errorf("closing what was paid: %w", err)
	}
	if n == 0 || state == Paid {
		return nil
	}
	_, err = tx.Exec(ctx, `UPDATE challenge_budget SET rewards = rewards - 1, points = points - $2 WHERE challenge_id = $1`, a.ChallengeID, a.Points)
	if err != nil {
		return fmt.Errorf("giving back to the budget of a challenge: %w", err)
	}
	return nil
}

// reverse takes points back as far as they are there; what has been spent
// stays given. The budget counts them as used.
func (s *Service) reverse(ctx context.Context, a *Award) error {
	paid := journal.Key{ProgrammeID: a.ProgrammeID, Source: source, ExternalID: a.Name()}
	back := paid
	back.ExternalID += ":back"
	known, err := journal.Known(ctx, s.d.Reader(), []journal.Key{paid, back})
	if err != nil {
		return err
	}
	_, given := known[paid]
	if _, done := known[back]; given && !done {
		if err := s.takePoints(ctx, a, back.ExternalID); err != nil {
			return err
		}
	}
	a.State, a.Closed, a.EventID = Reversed, s.clock(), known[paid].EventID
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error { return saveAwards(ctx, tx, a) })
}

func (s *Service) takePoints(ctx context.Context, a *Award, name string) error {
	c, err := Load(ctx, s.d.Reader(), a.ProgrammeID, a.ChallengeID)
	if err != nil {
		return err
	}
	found, err := member.Read(ctx, s.d.Reader(), []id.ID{a.MemberID})
	if err != nil || found[a.MemberID] == nil {
		return err
	}
	balances, _, err := s.flow.Standing(ctx, a.ProgrammeID, found[a.MemberID].ID)
	if err != nil {
		return err
	}
	for _, b := range balances {
		if n := min(a.Points, b.Available); b.WalletID == a.WalletID && n > 0 {
			_, err := s.flow.TakeOne(ctx, &flow.Event{
				ProgrammeID: a.ProgrammeID, Source: source, ExternalID: name, Kind: journal.Adjustment, Who: flow.Who{MemberID: a.MemberID}, Actor: ourselves,
				Payload: flow.Payload{Adjustment: &flow.Adjustment{WalletID: a.WalletID, Points: -n, Reason: c.Name("")}},
			})
			return err
		}
	}
	return nil
}

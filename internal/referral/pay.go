package referral

import (
	"context"
	"errors"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// payPage is how many due referrals are read at once.
const payPage = 200

// Pay pays or refuses the referrals whose return window is over, and finishes
// those that were begun. It returns how many came to their end; one that fails
// does not hold up the others. It is meant to run every few minutes.
func (s *Service) Pay(ctx context.Context, until time.Time) (int, error) {
	n := 0
	var failed []error
	for after := id.ID(0); ; {
		page, err := dueBy(ctx, s.d.Reader(), until, after, payPage)
		if err != nil {
			return n, err
		}
		for _, r := range page {
			after = r.ID
			if err := s.payOne(ctx, r.ProgrammeID, r.ID, until); err != nil {
				failed = append(failed, fmt.Errorf("paying referral %s: %w", r.ID.In(id.Referral), err))
				continue
			}
			n++
		}
		if len(page) < payPage {
			return n, errors.Join(failed...)
		}
	}
}

// payOne decides about one referral, gives what is owed, and closes it. Every
// step may be repeated.
func (s *Service) payOne(ctx context.Context, programme, referral id.ID, until time.Time) error {
	t, err := s.judge(ctx, programme, referral, until)
	if err != nil || t == nil {
		return err
	}
	inviter, err := s.give(ctx, t, InviterSide, t.InviterOutcome)
	if err != nil {
		return err
	}
	friend, err := s.give(ctx, t, FriendSide, t.FriendOutcome)
	if err != nil {
		return err
	}
	return s.close(ctx, t, inviter, friend)
}

// judge decides in its turn what a due referral comes to: refused, or which
// sides are paid. It returns nil when nothing is to be given any more.
func (s *Service) judge(ctx context.Context, programme, referral id.ID, until time.Time) (*trial, error) {
	var t *trial
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		t = nil
		if err := takeTurn(ctx, tx, programme); err != nil {
			return err
		}
		r, err := loadReferral(ctx, tx, programme, referral)
		if err != nil {
			return err
		}
		if r.State != Paying && (r.State != Bought || r.Due.After(until)) {
			return nil
		}
		terms, err := termsNumbered(ctx, tx, programme, r.Terms)
		if err != nil {
			return err
		}
		one, err := prepare(ctx, tx, r, terms)
		if err != nil {
			return err
		}
		// A purchase that is kept may have taken the place of one that came back, and
		// its window may be over too.
		for r.State == Bought && !r.Due.After(until) {
			if err := s.settle(ctx, tx, one); err != nil {
				return err
			}
		}
		if r.State == Paying {
			t = one
		}
		return nil
	})
	return t, err
}

// settle refuses a referral or sets aside what each side gets.
func (s *Service) settle(ctx context.Context, tx *db.Tx, t *trial) error {
	why, err := s.against(ctx, tx, t)
	if err != nil {
		return err
	}
	now := s.now()
	if len(why) > 0 {
		t.refuse(now, why...)
		if err := saveReferral(ctx, tx, t.Referral); err != nil {
			return err
		}
		return s.match(ctx, tx, t) // what came back may have been followed by what was kept
	}
	if t.InviterOutcome, err = t.inviterOutcome(ctx, tx, now); err != nil {
		return err
	}
	t.FriendOutcome = OutcomePaying
	if t.terms.Friend.Nothing() {
		t.FriendOutcome = OutcomeNone
	}
	t.State, t.Closed = Paying, db.Time(db.Micros(now))
	if err := saveReferral(ctx, tx, t.Referral); err != nil {
		return err
	}
	return t.issueCodes(ctx, tx, now)
}

// inviterOutcome decides whether the inviter is rewarded. That they cannot be is
// no fault of the friend, who gets what was promised.
func (t *trial) inviterOutcome(ctx context.Context, tx *db.Tx, now time.Time) (string, error) {
	if t.terms.Inviter.Nothing() && t.terms.fee() == 0 {
		return OutcomeNone, nil
	}
	if no := t.unable(); no != nil {
		return no.Code, nil //nolint:nilerr // what is in the way is the answer
	}
	if over, err := t.overLimit(ctx, tx, now); over || err != nil {
		return limitCode, err
	}
	return OutcomePaying, nil
}

// against returns the codes of why a due referral is not paid.
func (s *Service) against(ctx context.Context, tx *db.Tx, t *trial) ([]string, error) {
	found, err := t.suspicions(ctx, tx)
	if err != nil {
		return nil, err
	}
	if left := t.unforgiven(found); len(left) > 0 {
		return left, nil
	}
	no, err := t.unfit(ctx, tx)
	if err != nil {
		return nil, err
	}
	if no != nil {
		return []string{no.Code}, nil //nolint:nilerr // the obstacle is the answer
	}
	sold, err := sale.Get(ctx, tx, t.friend.aliases, t.SaleID)
	if f := fault.As(err); f != nil && f.Code == "unknown_sale" {
		return []string{returnedCode}, nil // parted again from whom the sale is
	}
	if err != nil {
		return nil, err
	}
	if kept(sold) < max(t.terms.Minimum, 1) {
		return []string{returnedCode}, nil
	}
	return nil, nil
}

// overLimit reports whether the inviter has been rewarded as often as can be.
func (t *trial) overLimit(ctx context.Context, tx *db.Tx, now time.Time) (bool, error) {
	p, err := program.Load(ctx, tx, t.ProgrammeID)
	if err != nil {
		return false, err
	}
	for _, l := range t.terms.Limits {
		n, err := rewarded(ctx, tx, t.inviter.aliases, l.Period.Start(now, p.Zone))
		if err != nil || n >= l.Times {
			return true, err
		}
	}
	return false, nil
}

// Side is one of the two who are rewarded.
type Side string

// The sides.
const (
	InviterSide Side = "inviter"
	FriendSide  Side = "friend"
)

// gift returns what a side gets, and who that is.
func (t *trial) gift(side Side) (Gift, id.ID) {
	if side == InviterSide {
		return t.terms.Inviter, t.InviterID
	}
	return t.terms.Friend, t.FriendID
}

// issueCodes gives the sides that get codes theirs, in the same transaction.
func (t *trial) issueCodes(ctx context.Context, tx *db.Tx, now time.Time) error {
	for _, side := range []struct {
		outcome string
		who     person
		gift    Gift
	}{{t.InviterOutcome, t.inviter, t.terms.Inviter}, {t.FriendOutcome, t.friend, t.terms.Friend}} {
		if side.gift.BatchID == 0 || side.outcome != OutcomePaying {
			continue
		}
		ask := promo.PersonalAsk{MemberID: side.who.ID, Occasion: t.ID.In(id.Referral)}
		if _, err := promo.IssueCodes(ctx, tx, t.ProgrammeID, side.gift.BatchID, now, []promo.PersonalAsk{ask}); err != nil {
			return err
		}
	}
	return nil
}

// AwardSource is the source of the awards of referrals in the journal.
const AwardSource = "referral"

// AwardName is the external id of a side's award.
func AwardName(referral id.ID, side Side) string {
	return referral.In(id.Referral) + ":" + string(side)
}

// give gives a side its points, once, and returns the side's outcome.
func (s *Service) give(ctx context.Context, t *trial, side Side, outcome string) (string, error) {
	gift, who := t.gift(side)
	if outcome != OutcomePaying {
		return outcome, nil
	}
	if gift.Points == 0 {
		return OutcomePaid, nil // a code, which was issued, or a fee, which is noted by this
	}
	_, err := s.flow.TakeOne(ctx, &flow.Event{
		ProgrammeID: t.ProgrammeID, Source: AwardSource, ExternalID: AwardName(t.ID, side), Kind: journal.Award, Who: flow.Who{MemberID: who}, Actor: system,
		Payload: flow.Payload{Award: &flow.Award{
			WalletID: gift.WalletID, Points: gift.Points, ExpiresMonths: gift.Months, For: t.ID.In(id.Referral), Reason: i18n.Text{Key: "referral.award." + string(side)},
		}},
	})
	if f := fault.As(err); f != nil && f.Code == "not_enrolled" {
		return f.Code, nil
	}
	if err != nil {
		return "", err
	}
	return OutcomePaid, nil
}

// close notes what was given, and asks that both be told.
func (s *Service) close(ctx context.Context, t *trial, inviter, friend string) error {
	return s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := takeTurn(ctx, tx, t.ProgrammeID); err != nil {
			return err
		}
		r, err := loadReferral(ctx, tx, t.ProgrammeID, t.ID)
		if err != nil || r.State != Paying {
			return err
		}
		r.State, r.InviterOutcome, r.FriendOutcome = Paid, inviter, friend
		if err := saveReferral(ctx, tx, r); err != nil {
			return err
		}
		var news []jobs.New
		for _, side := range []Side{InviterSide, FriendSide} {
			_, who := t.gift(side)
			if side == InviterSide && inviter == OutcomePaid && t.terms.fee() == 0 || side == FriendSide && friend == OutcomePaid {
				news = append(news, told(t, side, who))
			}
		}
		return jobs.Add(ctx, tx, s.now(), news...)
	})
}

// told asks that a side be written to.
func told(t *trial, side Side, who id.ID) jobs.New {
	name := "referral:" + AwardName(t.ID, side)
	return jobs.New{Kind: flow.ContactWanted, Unique: name, Payload: flow.Contact{
		ProgrammeID: t.ProgrammeID, MemberID: who, Class: flow.ServiceContact, Message: "referral_" + string(side), Name: name,
	}}
}

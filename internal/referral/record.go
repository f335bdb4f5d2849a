package referral

import (
	"context"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Claim says that a friend came by a code.
type Claim struct {
	ProgrammeID id.ID
	// Code is as it was typed.
	Code     string
	FriendID id.ID
	Source   string
	// At is when; zero means now.
	At time.Time
}

// Record takes down that a friend came by a member's code, once for the two of
// them: sent again it is answered alike. What looks as if they were one person
// is kept as refused, with the evidence; other refusals are faults that leave
// nothing behind. It needs referrals.write.
func (s *Service) Record(ctx context.Context, a auth.Actor, c Claim) (*Referral, error) {
	if err := a.Can(c.ProgrammeID, auth.ReferralsWrite); err != nil {
		return nil, err
	}
	var r *Referral
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := takeTurn(ctx, tx, c.ProgrammeID); err != nil {
			return err
		}
		var fresh bool
		var err error
		if r, fresh, err = s.record(ctx, tx, c); err != nil || !fresh {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{
			ProgrammeID: c.ProgrammeID, Action: "referral.record", Subject: r.ID.In(id.Referral), Detail: map[string]any{"source": r.Source, "state": string(r.State)},
		})
	})
	return r, err
}

// record does it in its turn, and says whether there was none before.
func (s *Service) record(ctx context.Context, tx *db.Tx, c Claim) (*Referral, bool, error) {
	t, err := s.open(ctx, tx, c)
	if err != nil {
		return nil, false, err
	}
	if old, err := between(ctx, tx, t.inviter, t.friend); old != nil || err != nil {
		return old, false, err
	}
	if t.terms.State != On || !t.terms.open(t.At) {
		return nil, false, off()
	}
	found, err := t.suspicions(ctx, tx)
	if err != nil {
		return nil, false, err
	}
	t.State = Recorded
	if !slices.Contains(found, selfCode) {
		no, err := t.obstacle(ctx, tx)
		if err != nil {
			return nil, false, err
		}
		if no != nil {
			return nil, false, no
		}
	}
	t.ID = tx.IDs().New()
	if len(found) > 0 {
		t.refuse(s.now(), found...)
	}
	if err := insertReferral(ctx, tx, t.Referral); err != nil {
		return nil, false, err
	}
	return t.Referral, true, s.match(ctx, tx, t)
}

// open puts a claim on trial.
func (s *Service) open(ctx context.Context, tx *db.Tx, c Claim) (*trial, error) {
	code, err := NormaliseCode(c.Code)
	if err != nil {
		return nil, fault.At("/code", err)
	}
	owner, err := FindCode(ctx, tx, code)
	if err != nil {
		return nil, fault.At("/code", err)
	}
	if owner.ProgrammeID != c.ProgrammeID {
		return nil, unknownCode().At("/code")
	}
	if c.At.IsZero() {
		c.At = s.now()
	}
	inviter, err := meet(ctx, tx, c.ProgrammeID, owner.MemberID)
	if err != nil {
		return nil, err
	}
	terms, err := termsOf(ctx, tx, c.ProgrammeID, inviter)
	if err != nil {
		return nil, err
	}
	r := &Referral{
		ProgrammeID: c.ProgrammeID, InviterID: owner.MemberID, FriendID: c.FriendID, Terms: terms.Number, Source: c.Source, At: db.Time(db.Micros(c.At)),
	}
	return prepare(ctx, tx, r, terms)
}

// prepare loads who a referral is about.
func prepare(ctx context.Context, tx *db.Tx, r *Referral, terms Terms) (*trial, error) {
	t := &trial{Referral: r, terms: terms}
	p, err := program.Load(ctx, tx, r.ProgrammeID)
	if err != nil {
		return nil, err
	}
	t.salt = p.Salt
	if t.inviter, err = meet(ctx, tx, r.ProgrammeID, r.InviterID); err != nil {
		return nil, err
	}
	r.Outside = t.inviter.outside
	t.friend, err = meet(ctx, tx, r.ProgrammeID, r.FriendID)
	return t, err
}

// between returns the referral of one person by another, if there is one.
func between(ctx context.Context, q db.Queryer, inviter, friend person) (*Referral, error) {
	came, err := ofFriends(ctx, q, friend.aliases)
	if err != nil {
		return nil, err
	}
	for _, r := range came {
		if inviter.is(r.InviterID) {
			return r, nil
		}
	}
	return nil, nil
}

// refuse ends a referral for the reasons found, the first of which is told.
func (r *Referral) refuse(now time.Time, found ...string) {
	r.State, r.Reason, r.Evidence, r.Closed = Refused, found[0], found, db.Time(db.Micros(now))
}

// match finds the purchase that counts for a referral which has none yet, or
// whose purchase came back.
func (s *Service) match(ctx context.Context, tx *db.Tx, t *trial) error {
	if !t.waits() {
		return nil
	}
	first, err := t.friend.firstKept(ctx, tx, t.At, t.terms.Minimum)
	if first == nil || err != nil {
		return err
	}
	if t.State == Refused {
		came, err := ofFriends(ctx, tx, t.friend.aliases)
		if err != nil || slices.ContainsFunc(came, func(r *Referral) bool { return r.ID != t.ID && r.State != Refused }) {
			return err // somebody else brought the friend meanwhile
		}
		t.Reason, t.Evidence, t.Closed = "", nil, time.Time{}
	}
	t.State, t.SaleID, t.Bought = Bought, first.ID, first.Occurred
	t.Due = first.Occurred.AddDate(0, 0, t.terms.ReturnDays)
	return saveReferral(ctx, tx, t.Referral)
}

// Refuse ends a referral that was not paid. The reason is in the words of the
// member of staff and stays in the audit trail. It needs referrals.write.
func (s *Service) Refuse(ctx context.Context, a auth.Actor, programme, referral id.ID, reason string) (*Referral, error) {
	return s.decide(ctx, a, programme, referral, "referral.refuse", reason, func(_ *db.Tx, t *trial) error {
		if t.State != Recorded && t.State != Bought {
			return stateFault(t.State)
		}
		t.refuse(s.now(), byStaff)
		return nil
	})
}

// Allow lets a referral pass that was refused, in spite of what the two have in
// common. Nobody can allow a ring, or oneself; what came back stays unpaid. It
// needs referrals.write.
func (s *Service) Allow(ctx context.Context, a auth.Actor, programme, referral id.ID, reason string) (*Referral, error) {
	return s.decide(ctx, a, programme, referral, "referral.allow", reason, func(tx *db.Tx, t *trial) error {
		if t.State != Refused {
			return stateFault(t.State)
		}
		t.Allowed = true
		found, err := t.suspicions(ctx, tx)
		if err != nil {
			return err
		}
		if left := t.unforgiven(found); len(left) > 0 {
			return fault.Refused(left[0], "nobody is rewarded for inviting themselves, or whoever invited them")
		}
		no, err := t.obstacle(ctx, tx)
		if err != nil {
			return err
		}
		if no != nil {
			return no
		}
		t.State, t.Reason, t.Closed, t.SaleID, t.Bought, t.Due = Recorded, "", time.Time{}, 0, time.Time{}, time.Time{}
		return s.match(ctx, tx, t)
	})
}

// reasonBytes bounds what staff write.
const reasonBytes = 500

func (s *Service) decide(ctx context.Context, a auth.Actor, programme, referral id.ID, action, reason string, do func(*db.Tx, *trial) error) (*Referral, error) {
	if err := a.Can(programme, auth.ReferralsWrite); err != nil {
		return nil, err
	}
	if reason == "" || len(reason) > reasonBytes {
		return nil, fault.Invalid("referral_reason", "say why, in at most %d bytes; whoever looks at it later will read it", reasonBytes).At("/reason").With("most", reasonBytes)
	}
	var t *trial
	err := s.d.InTxAgain(ctx, func(tx *db.Tx) error {
		if err := takeTurn(ctx, tx, programme); err != nil {
			return err
		}
		r, err := loadReferral(ctx, tx, programme, referral)
		if err != nil {
			return err
		}
		terms, err := termsNumbered(ctx, tx, programme, r.Terms)
		if err != nil {
			return err
		}
		if t, err = prepare(ctx, tx, r, terms); err != nil {
			return err
		}
		if err := do(tx, t); err != nil {
			return err
		}
		if err := saveReferral(ctx, tx, t.Referral); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: action, Subject: referral.In(id.Referral), Detail: map[string]any{"reason": reason}})
	})
	if err != nil {
		return nil, err
	}
	return t.Referral, nil
}

func stateFault(s State) error {
	return fault.Conflict("referral_state", "the referral is %s; this cannot be done with it any more", s).With("state", string(s))
}

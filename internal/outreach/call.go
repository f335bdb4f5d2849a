package outreach

import (
	"context"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Call is a call that one of the staff makes to offer a member something. It is
// no letter of ours, but is decided by the same policy, by the consent to calls,
// and counts for its caps.
type Call struct {
	ProgrammeID, MemberID id.ID
	// Name names the call; one of a name is made once.
	Name string
	// About is what it is about, for lists.
	About string
}

// Unspoken is why nobody was spoken with in a call.
type Unspoken string

// The reasons: nobody answered, it was somebody else's number, whoever was to phone
// gave them back, or never said what came of it. Spoken is none.
const (
	Spoken      Unspoken = ""
	NoAnswer    Unspoken = "no_answer"
	WrongNumber Unspoken = "wrong_number"
	NotPhoned   Unspoken = "not_phoned"
	NotNoted    Unspoken = "not_noted"
)

// BeginCall decides within a transaction whether a member may be phoned now, and
// if so keeps that somebody does. Begun again, after nobody was spoken with, it is
// the same call.
func (s *Service) BeginCall(ctx context.Context, tx *db.Tx, n Call) (Verdict, error) {
	p, err := s.hold(ctx, tx, n.ProgrammeID, n.MemberID)
	if err != nil {
		return Verdict{}, err
	}
	c, err := contactNamed(ctx, tx, n)
	if err != nil {
		return Verdict{}, err
	}
	again := c != nil
	if !again {
		c = &Contact{ID: tx.IDs().New(), ProgrammeID: n.ProgrammeID, MemberID: p.ID, Name: n.Name, Class: flow.StimulusContact, Channel: member.ByCall}
	}
	f, _, err := s.facts(ctx, tx, p, flow.StimulusContact, c.ID)
	if err != nil {
		return Verdict{}, err
	}
	f.Reachable, f.Consented = p.address(member.Phone) != "", member.Allowed(p.consents, member.Marketing, member.ByCall)
	v := Decide(p.policy, f)
	if v.Outcome != Allow {
		return v, nil
	}
	c.Content, c.Verdict, c.State, c.Failure, c.Decided = Content{Words: map[i18n.Lang]Words{p.langOf(): {Subject: n.About}}}, v, Queued, "", f.Now
	c.dayCap, c.monthCap = p.policy.DayCap, p.policy.MonthCap
	if again {
		return v, updateContact(ctx, tx, c)
	}
	c.Made = f.Now
	if _, err := claimName(ctx, tx, c); err != nil {
		return v, err
	}
	return v, insertContact(ctx, tx, c)
}

// contactNamed returns the contact of a call, nil when there is none.
func contactNamed(ctx context.Context, q db.Queryer, n Call) (*Contact, error) {
	list, err := selectContacts(ctx, q, `c.programme_id = $1 AND (c.member_id, c.id) IN (SELECT member_id, contact_id FROM outreach_name WHERE programme_id = $1 AND name = $2)`, n.ProgrammeID, n.Name)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// EndCall keeps within a transaction that a call was made, or why nobody was
// spoken with: then it does not count for the caps.
func (s *Service) EndCall(ctx context.Context, tx *db.Tx, n Call, why Unspoken) error {
	c, err := contactNamed(ctx, tx, n)
	if err != nil || c == nil || c.State != Queued { // whoever was erased meanwhile has none
		return err
	}
	c.Attempts, c.Failure = 1, string(why)
	if c.State = Failed; why == Spoken {
		c.State, c.Sent = Sent, db.Time(db.Micros(s.Now()))
	}
	if err := updateContact(ctx, tx, c); err != nil {
		return fmt.Errorf("ending a call: %w", err)
	}
	return nil
}

package referral

import (
	"context"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/member"
)

// trial is a referral on trial: who invited whom, under which terms.
type trial struct {
	*Referral
	terms           Terms
	inviter, friend person
	salt            string
}

// suspicions returns the codes of what speaks against the two being two people,
// the gravest first. A ring and oneself cannot be allowed by anybody.
func (t *trial) suspicions(ctx context.Context, q db.Queryer) ([]string, error) {
	if t.inviter.ID == t.friend.ID {
		return []string{selfCode}, nil
	}
	var found []string
	ring, err := invitedBy(ctx, q, t.ProgrammeID, t.inviter, t.friend)
	if err != nil {
		return nil, err
	}
	if ring {
		found = append(found, ringCode)
	}
	one, err := t.inviter.traces(ctx, q, t.salt)
	if err != nil {
		return nil, err
	}
	other, err := t.friend.traces(ctx, q, t.salt)
	if err != nil {
		return nil, err
	}
	return append(found, likeness(one, other)...), nil
}

// unforgiven leaves out what staff have let pass.
func (t *trial) unforgiven(found []string) []string {
	if !t.Allowed {
		return found
	}
	var left []string
	for _, code := range found {
		if code == selfCode || code == ringCode {
			left = append(left, code)
		}
	}
	return left
}

// obstacle returns why the referral cannot be, apart from suspicions, or nil.
func (t *trial) obstacle(ctx context.Context, q db.Queryer) (*fault.Error, error) {
	if no := t.unable(); no != nil {
		return no, nil
	}
	return t.unfit(ctx, q)
}

// unable returns why the inviter cannot be rewarded, or nil.
func (t *trial) unable() *fault.Error {
	switch {
	case t.inviter.Status == member.Erased:
		return fault.Refused(goneCode, "the member who invites is not known any more")
	case !t.terms.mayInvite(t.inviter):
		return fault.Refused(outsideCode, "who invites has not joined the programme")
	}
	return nil
}

// unfit returns why the friend is none who was brought, or nil.
func (t *trial) unfit(ctx context.Context, q db.Queryer) (*fault.Error, error) {
	if t.friend.Status == member.Erased {
		return fault.Refused("referral_friend_gone", "the friend is not known any more"), nil
	}
	came, err := ofFriends(ctx, q, t.friend.aliases)
	if err != nil {
		return nil, err
	}
	for _, r := range came {
		if r.State != Refused && r.ID != t.ID && (t.ID == 0 || r.ID < t.ID || r.State == Paying || r.State == Paid) {
			return fault.Refused(secondCode, "somebody else brought this friend before"), nil
		}
	}
	if t.terms.NewOnly && !t.Allowed {
		before, err := t.friend.boughtBefore(ctx, q, t.At)
		if before || err != nil {
			return fault.Refused(notNewCode, "the friend was a customer before"), err
		}
	}
	return nil, nil
}

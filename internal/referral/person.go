package referral

import (
	"context"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/sale"
)

// person is a member with everybody merged into it: one human being.
type person struct {
	*member.Member
	aliases []id.ID
	// contact is by what an influencer is told who is no member.
	contact []member.Identity
	outside bool
}

func (p person) shown() string { return ShowInviter(p.ID, p.outside) }

// meet returns the person whose member this is or was, or the influencer of this
// id who is none.
func meet(ctx context.Context, q db.Queryer, programme, m id.ID) (person, error) {
	found, err := member.Read(ctx, q, []id.ID{m})
	if err != nil {
		return person{}, err
	}
	if found[m] == nil {
		outside, err := outsiders(ctx, q, programme, m)
		if err != nil {
			return person{}, err
		}
		if o := outside[m]; o != nil {
			return o.person(), nil
		}
	}
	if found[m] == nil || found[m].ProgrammeID != programme {
		return person{}, member.Unknown(m)
	}
	aliases, err := member.Aliases(ctx, q, m)
	return person{Member: found[m], aliases: aliases}, err
}

// TermsFor returns the terms under which a member invites: their own as influencer
// while those are on, else those of all members.
func TermsFor(ctx context.Context, q db.Queryer, programme, m id.ID) (Terms, error) {
	p, err := meet(ctx, q, programme, m)
	if err != nil {
		return Terms{}, err
	}
	return termsOf(ctx, q, programme, p)
}

// Brings reports whether bringing friends is anything to a member: whether they
// may invite now, by terms of their own or by those of all members, or brought
// somebody before.
func Brings(ctx context.Context, q db.Queryer, programme, m id.ID) (bool, error) {
	p, err := meet(ctx, q, programme, m)
	if err != nil {
		return false, err
	}
	terms, err := termsOf(ctx, q, programme, p)
	if err != nil || terms.State == On && terms.mayInvite(p) {
		return err == nil, err
	}
	brought, err := ofInviters(ctx, q, p.aliases, 1)
	return len(brought) > 0, err
}

func (p person) is(m id.ID) bool { return slices.Contains(p.aliases, m) }

// traces returns all that the person may be told by.
func (p person) traces(ctx context.Context, q db.Queryer, salt string) (map[trace]bool, error) {
	found, err := loadTraces(ctx, q, p.aliases)
	if err != nil {
		return nil, err
	}
	identities, err := member.Identities(ctx, q, p.aliases)
	if err != nil {
		return nil, err
	}
	for _, t := range tracesOfPerson(salt, p.Member, append(identities[p.ID], p.contact...)) {
		found[t] = true
	}
	return found, nil
}

// boughtBefore reports whether the person bought anything before a moment.
func (p person) boughtBefore(ctx context.Context, q db.Queryer, moment time.Time) (bool, error) {
	earlier, err := sale.List(ctx, q, p.aliases, sale.Cursor{Occurred: moment}, 1)
	return len(earlier) > 0, err
}

// salesShown is how many sales are read at once.
const salesShown = 50

// firstKept returns the person's first purchase since a moment of which as
// much is kept as the minimum, and anything at all; nil when there is none.
func (p person) firstKept(ctx context.Context, q db.Queryer, since time.Time, minimum int64) (*sale.Sale, error) {
	var first *sale.Sale
	for before := (sale.Cursor{}); ; {
		page, err := sale.List(ctx, q, p.aliases, before, salesShown)
		if err != nil {
			return nil, err
		}
		for _, one := range page {
			if one.Occurred.Before(since) {
				return first, nil
			}
			if kept(one) >= max(minimum, 1) {
				first = one
			}
		}
		if len(page) < salesShown {
			return first, nil
		}
		before = sale.After(page[len(page)-1])
	}
}

// kept is what of a sale's goods has not come back, in minor units.
func kept(s *sale.Sale) int64 { return s.Goods - s.Returned }

// invitedBy reports whether somebody invited a person, at whatever remove: then
// an invitation the other way would close a ring.
func invitedBy(ctx context.Context, q db.Queryer, programme id.ID, invited, by person) (bool, error) {
	seen := map[id.ID]bool{}
	for next := []person{invited}; len(next) > 0; {
		at := next[0]
		next = next[1:]
		if seen[at.ID] {
			continue
		}
		seen[at.ID] = true
		came, err := ofFriends(ctx, q, at.aliases)
		if err != nil {
			return false, err
		}
		for _, r := range came {
			if r.State == Refused {
				continue
			}
			if by.is(r.InviterID) {
				return true, nil
			}
			inviter, err := meet(ctx, q, programme, r.InviterID)
			if err != nil {
				return false, err
			}
			next = append(next, inviter)
		}
	}
	return false, nil
}

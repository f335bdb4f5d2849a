package challenge

import (
	"context"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/tier"
)

// person is a member under all ids, with what they have done.
type person struct {
	*member.Member
	programme program.Programme
	aliases   []id.ID
	marks     map[id.ID][]Mark // by challenge
	awards    []*Award
	joins     map[id.ID]time.Time
	now       time.Time
	rank      *string // asked for once
}

// meet reads what the person has done.
func meet(ctx context.Context, q db.Queryer, p program.Programme, m *member.Member, aliases []id.ID, now time.Time) (*person, error) {
	who := &person{Member: m, programme: p, aliases: aliases, now: now}
	var err error
	if who.marks, err = marksOf(ctx, q, aliases); err != nil {
		return nil, err
	}
	if who.awards, err = awardsOf(ctx, q, aliases); err != nil {
		return nil, err
	}
	who.joins, err = joinsOf(ctx, q, aliases)
	return who, err
}

// since returns from when on a challenge counts what the person does, and
// false while it does not.
func (p *person) since(c *Challenge) (time.Time, bool) {
	if p.Status != member.Enrolled {
		return time.Time{}, false
	}
	if !c.OptIn {
		return later(c.Begins, p.Enrolled), true
	}
	joined, has := p.joins[c.ID]
	return later(later(c.Begins, p.Enrolled), joined), has
}

// reached reckons how far the person has come.
func (p *person) reached(c *Challenge) Reached {
	since, in := p.since(c)
	if !in {
		return Reached{}
	}
	return c.Fold(p.marks[c.ID], since, p.programme.Zone)
}

// standing are the awards of a challenge that were not taken back.
func (p *person) standing(c *Challenge) []*Award {
	var list []*Award
	for _, a := range p.awards {
		if a.ChallengeID == c.ID && a.State != Reversed && a.State != Reversing {
			list = append(list, a)
		}
	}
	return list
}

// among reports whether the challenge is for the person as they are now.
func (p *person) among(ctx context.Context, q db.Queryer, a Audience) (bool, error) {
	if len(a.Tags) > 0 && !slices.ContainsFunc(a.Tags, func(tag string) bool { return slices.Contains(p.Tags, tag) }) {
		return false, nil
	}
	if len(a.Ranks) == 0 {
		return true, nil
	}
	if p.rank == nil {
		rank, err := rankOf(ctx, q, p.ProgrammeID, p.ID, p.now)
		if err != nil {
			return false, err
		}
		p.rank = &rank
	}
	return slices.Contains(a.Ranks, *p.rank), nil
}

// rankOf returns the rank that a member holds now on the ladder that rules ask
// about.
func rankOf(ctx context.Context, q db.Queryer, programme, m id.ID, now time.Time) (string, error) {
	ladders, err := tier.LoadLadders(ctx, q, programme)
	if err != nil || len(ladders) == 0 {
		return "", err
	}
	accounts, err := tier.Load(ctx, q, []tier.Ask{{MemberID: m, Ladder: &ladders[0], Until: now}})
	if err != nil {
		return "", err
	}
	if err := accounts[0].Post(now); err != nil {
		return "", err
	}
	return accounts[0].Rank(), nil
}

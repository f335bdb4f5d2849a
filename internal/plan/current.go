package plan

import (
	"context"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Membership is what a page of a member says of their paid membership.
type Membership struct {
	SubscriptionID, PlanID id.ID
	// Names are the plan's, by language.
	Names map[string]string
	State State
	// Ends is when the present period ends, Due until when Amount, in minor
	// units, is to be paid; zero when nothing is.
	Ends, Due time.Time
	Amount    int64
}

// Current returns the memberships of the members that have not ended, by the
// member asked for.
func Current(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (map[id.ID]Membership, error) {
	sets, err := member.AliasSets(ctx, q, members)
	if err != nil {
		return nil, err
	}
	var all []id.ID
	asked := map[id.ID]id.ID{}
	for _, m := range members {
		for _, alias := range sets[m] {
			all, asked[alias] = append(all, alias), m
		}
	}
	subs, err := ofMembers(ctx, q, all)
	if err != nil || len(subs) == 0 {
		return nil, err
	}
	plans, err := All(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	byPlan, found := byID(plans), map[id.ID]Membership{}
	for _, s := range subs {
		p := byPlan[s.PlanID]
		if s.State == Ended || p == nil {
			continue
		}
		m := Membership{SubscriptionID: s.ID, PlanID: s.PlanID, Names: p.Version(s.Version).Names, State: s.State, Ends: s.Ends}
		charges, err := chargesOf(ctx, q, s.MemberID, s.ID)
		if err != nil {
			return nil, err
		}
		if c := (&book{charges: charges}).unpaid(); c != nil {
			m.Due, m.Amount = c.Due, c.Amount
		}
		found[asked[s.MemberID]] = m
	}
	return found, nil
}

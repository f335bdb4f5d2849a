package recovery

import (
	"context"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
)

// Of returns for which campaigns a member was chosen, by the id of the person or
// of anybody merged into it, the latest first. It needs churn.read and
// members.read.
func (s *Service) Of(ctx context.Context, a auth.Actor, programme, m id.ID) ([]ChosenRecord, error) {
	if err := a.Can(programme, auth.ChurnRead, auth.MembersRead); err != nil {
		return nil, err
	}
	var list []ChosenRecord
	return list, s.DB.View(ctx, func(q db.Queryer) error {
		aliases, err := member.AliasesOf(ctx, q, programme, m)
		if err != nil {
			return err
		}
		list, err = recordsOf(ctx, q, programme, aliases)
		slices.Reverse(list)
		return err
	})
}

// Letters is how the names of all that a campaign does for its members begin,
// those of its letters among them.
func Letters(campaign id.ID) string { return "recovery:" + campaign.In(id.Recovery) + ":" }

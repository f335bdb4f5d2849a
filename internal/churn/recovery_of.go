package churn

import (
	"context"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
)

// RecoveriesOf returns for which campaigns a member was chosen, by the id of the
// person or of anybody merged into it, the latest first. It needs churn.read and
// members.read.
func (s *Service) RecoveriesOf(ctx context.Context, a auth.Actor, programme, m id.ID) ([]RecoveredRecord, error) {
	if err := may(a, programme, auth.ChurnRead, auth.MembersRead); err != nil {
		return nil, err
	}
	var list []RecoveredRecord
	return list, s.DB.View(ctx, func(q db.Queryer) error {
		found, err := member.Read(ctx, q, []id.ID{m})
		if err != nil {
			return err
		}
		who := found[m]
		if who == nil || who.ProgrammeID != programme {
			return fault.Missing("unknown_member", "there is no member %s", m.In(id.Member)).With("member", m.In(id.Member))
		}
		aliases, err := member.Aliases(ctx, q, who.ID)
		if err != nil {
			return err
		}
		all, err := exportRecovered(ctx, q, programme, aliases)
		for i := range all {
			list = append(list, all[len(all)-1-i])
		}
		return err
	})
}

// Letters is how the names of all that a campaign does for its members begin,
// those of its letters among them.
func Letters(recovery id.ID) string { return "recovery:" + recovery.In(id.Recovery) + ":" }

package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/reward"
	"regulars/internal/tier"
)

// Choice is a published reward as one member may have it.
type Choice struct {
	reward.Reward
	// Left is how many there are; Never for any number.
	Left int64
	// Refused is why the member cannot have it now, or nil.
	Refused error
}

// Choices returns the published rewards with the reasons why a member cannot
// have them, as it is now; by the same judgement as a redemption. It needs
// rewards.read.
func (s *Service) Choices(ctx context.Context, a auth.Actor, programme, m id.ID) ([]Choice, error) {
	if err := a.Can(programme, auth.RewardsRead); err != nil {
		return nil, err
	}
	var list []Choice
	err := s.db.View(ctx, func(q db.Queryer) (err error) {
		list, err = s.choices(ctx, q, programme, m)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("choosing rewards: %w", err)
	}
	return list, nil
}

func (s *Service) choices(ctx context.Context, q db.Queryer, programme, m id.ID) ([]Choice, error) {
	set, err := s.setups.latest(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	found, err := member.Of(ctx, q, programme, m)
	if err != nil {
		return nil, err
	}
	aliases, err := member.Aliases(ctx, q, found.ID)
	if err != nil {
		return nil, err
	}
	who, now := &account{member: found, aliases: aliases}, s.now()
	balances, ranks, err := standings(ctx, q, map[id.ID]*setup{who.member.ID: set}, now)
	if err != nil {
		return nil, err
	}
	rank := ""
	if held := ranks[who.member.ID]; len(held) > 0 {
		rank = held[0].Rank
	}
	published, stocks, had, err := onOffer(ctx, q, set, who)
	if err != nil {
		return nil, err
	}
	list := make([]Choice, len(published))
	for i, r := range published {
		standing := reward.Standing{At: now, Zone: set.programme.Zone, Joined: who.joined(now), Rank: rank, Stock: stocks[r.ID]}
		for _, one := range aliases {
			standing.Had = append(standing.Had, had[one][r.ID]...)
		}
		list[i] = Choice{Reward: *r, Left: db.Never, Refused: r.Refuse(standing)}
		if n := stocks[r.ID]; n != nil && n.Of < db.Never {
			list[i].Left = n.Left()
		}
		if list[i].Refused == nil {
			list[i].Refused = set.short(balances[who.member.ID], r)
		}
	}
	return list, nil
}

// onOffer returns the published rewards in the order in which they were made,
// their stocks, and when the member took them.
func onOffer(ctx context.Context, q db.Queryer, set *setup, who *account) ([]*reward.Reward, reward.Stocks, reward.Had, error) {
	var published []*reward.Reward
	for _, r := range set.rewards {
		if r.State == reward.Published {
			published = append(published, r)
		}
	}
	slices.SortFunc(published, func(a, b *reward.Reward) int { return int(min(1, max(-1, a.ID-b.ID))) })
	var all, limited []id.ID
	for _, r := range published {
		all = append(all, r.ID)
		if r.Limit.Times > 0 {
			limited = append(limited, r.ID)
		}
	}
	stocks, err := reward.LoadStocks(ctx, q, all)
	if err != nil {
		return nil, nil, nil, err
	}
	had, err := reward.LoadHad(ctx, q, who.everyone(), limited, time.Time{})
	return published, stocks, had, err
}

// short says that the points do not suffice.
func (s *setup) short(balances []Balance, r *reward.Reward) error {
	for _, b := range balances {
		if b.WalletID == r.WalletID && b.Available < r.Points {
			w, err := s.wallet(b.WalletID)
			if err != nil {
				return err
			}
			return fault.Refused("not_enough_points", "%s points are wanted and %s are available", w.Points(r.Points), w.Points(b.Available)).
				With("wanted", w.Points(r.Points)).With("available", w.Points(b.Available))
		}
	}
	return nil
}

// RewardTerms refuses what a reward says when the programme has no such wallet
// or ranks; it is what the room of rewards asks before it keeps one.
func RewardTerms(ctx context.Context, q db.Queryer, programme id.ID, s *reward.Spec) error {
	if _, err := ledger.LoadWallet(ctx, q, programme, s.WalletID); err != nil {
		return err
	}
	if len(s.Ranks) == 0 {
		return nil
	}
	ladders, err := tier.LoadLadders(ctx, q, programme)
	if err != nil {
		return err
	}
	var codes []string
	for _, l := range ladders[:min(1, len(ladders))] { // the ladder that rules ask about
		for _, v := range l.Versions {
			for _, r := range v.Ranks {
				codes = append(codes, r.Code)
			}
		}
	}
	for _, r := range s.Ranks {
		if !slices.Contains(codes, r) {
			return fault.Invalid("reward_rank_unknown", "the programme has no rank %q; choose one of its ranks", r).At("/ranks").With("rank", r)
		}
	}
	return nil
}

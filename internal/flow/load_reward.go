package flow

import (
	"context"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/reward"
)

// wanted returns the reward that an event takes, or nil.
func (it *item) wanted() *reward.Reward {
	if d := it.event.Payload.Redemption; d != nil {
		return it.set.rewards[d.RewardID]
	}
	return nil
}

// reward adds to a fact what it takes, or takes back.
func (b *batch) reward(it *item, f *fact) {
	if f.reward = it.wanted(); f.reward != nil {
		f.stock = b.stocks[f.reward.ID]
	}
	if u := it.event.Payload.Undo; u != nil {
		if f.undone = b.redemptions[u.RedemptionID]; f.undone != nil {
			f.stock = b.stocks[f.undone.RewardID]
		}
	}
}

// loadRewards loads the redemptions that are undone, the stock of what is taken
// or comes back, and what members had of rewards with a limit. A batch without
// rewards asks for nothing.
func (b *batch) loadRewards(ctx context.Context) error {
	var keys []reward.Key
	var stocked []id.ID
	for _, it := range b.live() {
		if it.acct == nil {
			continue
		}
		if u := it.event.Payload.Undo; u != nil {
			for _, m := range it.acct.everyone() {
				keys = append(keys, reward.Key{MemberID: m, ID: u.RedemptionID})
			}
		}
		if r := it.wanted(); r != nil {
			stocked = append(stocked, r.ID)
		}
	}
	var err error
	if b.redemptions, err = reward.LoadRedemptions(ctx, b.tx, keys); err != nil {
		return err
	}
	for _, n := range b.redemptions {
		stocked = append(stocked, n.RewardID)
	}
	slices.Sort(stocked)
	if b.stocks, err = reward.LoadStocks(ctx, b.tx, slices.Compact(stocked)); err != nil {
		return err
	}
	return b.loadHad(ctx)
}

// loadHad loads when members, and those merged into them, took the rewards with
// a limit that they want now.
func (b *batch) loadHad(ctx context.Context) error {
	var members, rewards []id.ID
	var since time.Time
	for _, it := range b.live() {
		r := it.wanted()
		if r == nil || it.acct == nil || r.Limit.Times == 0 {
			continue
		}
		start := r.Limit.Period.Start(it.occurred, it.set.programme.Zone)
		if len(rewards) == 0 || start.Before(since) {
			since = start
		}
		members, rewards = append(members, it.acct.everyone()...), append(rewards, r.ID)
		it.acct.had = map[id.ID][]time.Time{}
	}
	slices.Sort(rewards)
	had, err := reward.LoadHad(ctx, b.tx, members, slices.Compact(rewards), since)
	for _, a := range b.order {
		if a.had == nil {
			continue
		}
		for _, m := range a.everyone() {
			for r, times := range had[m] {
				a.had[r] = append(a.had[r], times...)
			}
		}
	}
	return err
}

// undone names the payments of the redemptions that are undone.
func (b *batch) undone() []ledger.EntryKey {
	var keys []ledger.EntryKey
	for _, it := range b.live() {
		if d := it.event.Payload.Adjustment; d != nil && d.Undoes != 0 && it.acct != nil {
			keys = append(keys, ledger.EntryKey{MemberID: it.acct.member.ID, EventID: d.Undoes})
		}
		if u := it.event.Payload.Undo; u != nil && it.acct != nil && b.redemptions[u.RedemptionID] != nil {
			keys = append(keys, ledger.EntryKey{MemberID: it.acct.member.ID, EventID: u.RedemptionID})
		}
	}
	return keys
}

// writeRewards keeps what was taken and taken back.
func (b *batch) writeRewards(ctx context.Context) error {
	var list []*reward.Redemption
	for _, a := range b.touched() {
		list = append(list, a.redeemed...)
	}
	if err := reward.Save(ctx, b.tx, list); err != nil {
		return err
	}
	return reward.Reserve(ctx, b.tx, b.stocks)
}

// recallRedeemed reads the redemptions that events of the journal are about, by
// event.
func recallRedeemed(ctx context.Context, q db.Queryer, told map[id.ID]Payload) (map[id.ID]*reward.Redemption, error) {
	var keys []reward.Key
	for _, p := range told {
		if r := p.Redeemed; r != nil {
			keys = append(keys, reward.Key{MemberID: r.MemberID, ID: r.ID})
		}
	}
	found, err := reward.LoadRedemptions(ctx, q, keys)
	byEvent := make(map[id.ID]*reward.Redemption, len(found))
	for event, p := range told {
		if p.Redeemed != nil {
			byEvent[event] = found[p.Redeemed.ID]
		}
	}
	return byEvent, err
}

package flow

import (
	"context"
	"fmt"

	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/tier"
)

// recall completes the answers to events that were taken before this batch:
// what they moved then, and where the account stands now.
func (b *batch) recall(ctx context.Context, results []Result) error {
	var asked []int
	var causes []ledger.CauseKey
	for i, it := range b.items {
		if it.state == repeated && it.acct == nil && it.answer.MemberID != 0 {
			asked = append(asked, i)
			causes = append(causes, ledger.CauseKey{MemberID: it.answer.MemberID, EventID: it.id})
		}
	}
	if len(asked) == 0 {
		return nil
	}
	q := b.s.db.Reader()
	entries, err := ledger.EntriesOf(ctx, q, causes)
	if err != nil {
		return fmt.Errorf("recalling what events did: %w", err)
	}
	byEvent := map[id.ID][]Movement{}
	for _, e := range entries {
		byEvent[e.Cause.Event] = append(byEvent[e.Cause.Event], movement(e))
	}
	for _, i := range asked {
		answer := &results[i].Answer
		answer.Movements = byEvent[answer.EventID]
		if answer.Balances, answer.Ranks, err = b.s.standing(ctx, b.items[i].set, answer.MemberID); err != nil {
			return fmt.Errorf("recalling where a member stands: %w", err)
		}
	}
	return nil
}

// standing returns a member's balances and ranks as they are now.
func (s *Service) standing(ctx context.Context, set *setup, m id.ID) ([]Balance, []Rank, error) {
	now, q := s.now(), s.db.Reader()
	keys := make([]ledger.AccountKey, len(set.wallets))
	for i, w := range set.wallets {
		keys[i] = ledger.AccountKey{MemberID: m, WalletID: w.ID}
	}
	sums, err := ledger.Balances(ctx, q, keys, now)
	if err != nil {
		return nil, nil, err
	}
	var balances []Balance
	for i := range set.wallets {
		balances = append(balances, balance(&set.wallets[i], sums[keys[i]]))
	}
	asks := make([]tier.Ask, len(set.ladders))
	for i := range set.ladders {
		asks[i] = tier.Ask{MemberID: m, Ladder: &set.ladders[i], Until: now}
	}
	accounts, err := tier.Load(ctx, q, asks)
	if err != nil {
		return nil, nil, err
	}
	var ranks []Rank
	for _, a := range accounts {
		if err := a.Post(now); err != nil {
			return nil, nil, err
		}
		ranks = append(ranks, rank(a))
	}
	return balances, ranks, nil
}

// Standing returns a member's balances in every wallet and ranks on every
// ladder of the programme, as they are now, whether or not the sweep has come
// by.
func (s *Service) Standing(ctx context.Context, programme, m id.ID) ([]Balance, []Rank, error) {
	set, err := s.setups.get(ctx, s.db.Reader(), programme)
	if err != nil {
		return nil, nil, err
	}
	return s.standing(ctx, set, m)
}

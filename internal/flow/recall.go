package flow

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/tier"
)

// recall completes the answers to events that were taken before this batch:
// what they moved then, and where the account stands now. After a merge that is
// the survivor's, though the entries are still under whom they were made for.
func (b *batch) recall(ctx context.Context, results []Result) error {
	var asked []int
	var causes []ledger.CauseKey
	var whose []id.ID
	for i, it := range b.items {
		if it.state == repeated && it.acct == nil && it.answer.MemberID != 0 {
			asked = append(asked, i)
			causes = append(causes, ledger.CauseKey{MemberID: it.answer.MemberID, EventID: it.id})
			whose = append(whose, it.answer.MemberID)
		}
	}
	if len(asked) == 0 {
		return nil
	}
	q := b.s.db.Reader()
	survivors, err := member.Read(ctx, q, whose)
	if err != nil {
		return fmt.Errorf("recalling whose events are: %w", err)
	}
	sets := map[id.ID]*setup{}
	for _, i := range asked {
		answer := &results[i].Answer
		if now := survivors[answer.MemberID]; now != nil {
			answer.MemberID = now.ID
		}
		sets[answer.MemberID] = b.items[i].set
	}
	entries, err := ledger.EntriesOf(ctx, q, causes)
	if err != nil {
		return fmt.Errorf("recalling what events did: %w", err)
	}
	given, err := ledger.LotsOf(ctx, q, causes)
	if err != nil {
		return fmt.Errorf("recalling what events gave: %w", err)
	}
	lots := map[id.ID]*ledger.Lot{}
	for i := range given {
		lots[given[i].ID] = &given[i]
	}
	byEvent := map[id.ID][]Movement{}
	for _, e := range entries {
		byEvent[e.Cause.Event] = append(byEvent[e.Cause.Event], movement(e, lots[e.LotID]))
	}
	balances, ranks, err := standings(ctx, q, sets, b.s.now())
	if err != nil {
		return fmt.Errorf("recalling where members stand: %w", err)
	}
	if err := b.recallSettled(ctx, q, asked, causes, results); err != nil {
		return err
	}
	for _, i := range asked {
		answer := &results[i].Answer
		answer.Movements = byEvent[answer.EventID]
		answer.Balances, answer.Ranks = balances[answer.MemberID], ranks[answer.MemberID]
	}
	return nil
}

// recallSettled tells again how repeated purchases and returns were settled.
func (b *batch) recallSettled(ctx context.Context, q db.Queryer, asked []int, causes []ledger.CauseKey, results []Result) error {
	var keys []journal.EventKey
	for k, i := range asked {
		if e := b.items[i].event; e.Payload.Checkout != nil || e.Kind == journal.Return || e.Payload.Redemption != nil || e.Payload.Undo != nil {
			keys = append(keys, journal.EventKey{MemberID: causes[k].MemberID, ID: causes[k].EventID})
		}
	}
	found, err := settlements(ctx, q, keys)
	if err != nil {
		return err
	}
	redemptions, err := recallRedeemed(ctx, q, found)
	for _, i := range asked {
		answer := &results[i].Answer
		p := found[answer.EventID]
		answer.Sale, answer.Refund, answer.Redemption = p.Settled, p.Refunded, redemptions[answer.EventID]
	}
	return err
}

// standings returns balances and ranks of members as they are now, by the
// setups of their programmes.
func standings(ctx context.Context, q db.Queryer, sets map[id.ID]*setup, now time.Time) (map[id.ID][]Balance, map[id.ID][]Rank, error) {
	var keys []ledger.AccountKey
	var asks []tier.Ask
	for m, set := range sets {
		for i := range set.wallets {
			keys = append(keys, ledger.AccountKey{MemberID: m, WalletID: set.wallets[i].ID})
		}
		for i := range set.ladders {
			asks = append(asks, tier.Ask{MemberID: m, Ladder: &set.ladders[i], Until: now})
		}
	}
	sums, err := ledger.Balances(ctx, q, keys, now)
	if err != nil {
		return nil, nil, err
	}
	accounts, err := tier.Load(ctx, q, asks)
	if err != nil {
		return nil, nil, err
	}
	balances, ranks := map[id.ID][]Balance{}, map[id.ID][]Rank{}
	for m, set := range sets {
		for i := range set.wallets {
			sum := sums[ledger.AccountKey{MemberID: m, WalletID: set.wallets[i].ID}]
			balances[m] = append(balances[m], balance(&set.wallets[i], sum))
		}
	}
	for i, a := range accounts {
		if err := a.Post(now); err != nil {
			return nil, nil, err
		}
		ranks[asks[i].MemberID] = append(ranks[asks[i].MemberID], rank(a))
	}
	return balances, ranks, nil
}

// Standing returns a member's balances in every wallet and ranks on every
// ladder of the programme, as they are now, whether or not the sweep has come
// by.
func (s *Service) Standing(ctx context.Context, programme, m id.ID) ([]Balance, []Rank, error) {
	q := s.db.Reader()
	set, err := s.setups.get(ctx, q, programme)
	if err != nil {
		return nil, nil, err
	}
	balances, ranks, err := standings(ctx, q, map[id.ID]*setup{m: set}, s.now())
	return balances[m], ranks[m], err
}

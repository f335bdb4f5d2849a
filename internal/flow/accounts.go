package flow

import (
	"context"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// loadDue loads accounts with what is due by the moment, for the sweep. Merges
// are not followed: who was merged away may still hold points.
func (s *Service) loadDue(ctx context.Context, tx *db.Tx, ids []id.ID, until time.Time) ([]*account, error) {
	return s.loadAccounts(ctx, tx, ids, extent{until: until})
}

// loadWhole loads accounts with every lot and everything that counts towards
// ranks, and their tallies, for what moves all of it. Undo is the event of a
// merge that is to be undone, or 0.
func (s *Service) loadWhole(ctx context.Context, tx *db.Tx, ids []id.ID, now time.Time, undo id.ID) ([]*account, error) {
	accounts, err := s.loadAccounts(ctx, tx, ids, extent{until: now, whole: true, undo: undo})
	if err != nil {
		return nil, err
	}
	tallies, err := sale.LoadTallies(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		a.tally = tallies[a.member.ID]
		a.tally.ProgrammeID, a.tally.MemberID = a.member.ProgrammeID, a.member.ID
	}
	return accounts, nil
}

// extent is how much of accounts is loaded.
type extent struct {
	until time.Time
	whole bool
	undo  id.ID
	// open is how many available points may be taken from accounts, causes the
	// events whose lots they are taken from.
	open   map[ledger.AccountKey]int64
	causes []ledger.CauseKey
}

func (s *Service) loadAccounts(ctx context.Context, tx *db.Tx, ids []id.ID, e extent) ([]*account, error) {
	members, err := member.LoadThemselves(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	var programmes []id.ID
	accounts := make([]*account, len(members))
	for i, m := range members {
		accounts[i] = &account{member: m}
		if !slices.Contains(programmes, m.ProgrammeID) {
			programmes = append(programmes, m.ProgrammeID)
		}
	}
	slices.Sort(programmes)
	sets, err := s.setups.fresh(ctx, tx, programmes)
	if err != nil {
		return nil, err
	}
	if err := s.loadWallets(ctx, tx, sets, accounts, e); err != nil {
		return nil, err
	}
	return accounts, loadLadders(ctx, tx, sets, accounts, e)
}

func (s *Service) loadWallets(ctx context.Context, tx *db.Tx, sets map[id.ID]*setup, accounts []*account, e extent) error {
	need := ledger.Need{Wallets: map[id.ID]*ledger.Wallet{}, Recorded: s.now(), Until: e.until, Open: e.open, Causes: e.causes}
	var keys []ledger.AccountKey
	for _, a := range accounts {
		wallets := sets[a.member.ProgrammeID].wallets
		for i := range wallets {
			need.Wallets[wallets[i].ID] = &wallets[i]
			keys = append(keys, ledger.AccountKey{MemberID: a.member.ID, WalletID: wallets[i].ID})
		}
		if e.undo != 0 {
			need.Undo = append(need.Undo, ledger.EntryKey{MemberID: a.member.ID, EventID: e.undo})
		}
	}
	if e.whole {
		need.All = keys
	}
	loaded, err := ledger.Load(ctx, tx, keys, need)
	if err != nil {
		return err
	}
	for _, k := range keys {
		a := find(accounts, k.MemberID)
		a.wallets = append(a.wallets, loaded[k])
	}
	return nil
}

func loadLadders(ctx context.Context, tx *db.Tx, sets map[id.ID]*setup, accounts []*account, e extent) error {
	var asks []tier.Ask
	for _, a := range accounts {
		ladders := sets[a.member.ProgrammeID].ladders
		for i := range ladders {
			asks = append(asks, tier.Ask{MemberID: a.member.ID, Ladder: &ladders[i], Until: e.until, All: e.whole})
		}
	}
	loaded, err := tier.Load(ctx, tx, asks)
	if err != nil {
		return err
	}
	for i, ask := range asks {
		a := find(accounts, ask.MemberID)
		a.ladders = append(a.ladders, loaded[i])
	}
	return nil
}

// save writes the points, ranks and, where they were loaded, the tallies of
// accounts.
func (s *Service) save(ctx context.Context, tx *db.Tx, accounts []*account) error {
	var wallets []*ledger.Account
	var ladders []*tier.Account
	var changes sale.Changes
	for _, a := range accounts {
		wallets, ladders = append(wallets, a.wallets...), append(ladders, a.ladders...)
		if a.tally != nil {
			changes.Tallies = append(changes.Tallies, a.tally)
		}
	}
	if err := ledger.Save(ctx, tx, wallets); err != nil {
		return err
	}
	if err := tier.Save(ctx, tx, s.now(), ladders); err != nil {
		return err
	}
	return sale.Save(ctx, tx, changes)
}

package flow

import (
	"context"
	"slices"

	"regulars/internal/id"
	"regulars/internal/ledger"
)

// loadPoints loads the accounts in every wallet: what is due by the latest
// event, and of the lots those that something may be taken from.
func (b *batch) loadPoints(ctx context.Context) error {
	need := ledger.Need{
		Wallets: map[id.ID]*ledger.Wallet{}, Recorded: b.s.now(), Until: b.horizon(), Open: map[ledger.AccountKey]int64{},
	}
	var keys []ledger.AccountKey
	for _, a := range b.order {
		for i := range b.sets[a.member.ProgrammeID].wallets {
			w := &b.sets[a.member.ProgrammeID].wallets[i]
			need.Wallets[w.ID] = w
			key := ledger.AccountKey{MemberID: a.member.ID, WalletID: w.ID}
			keys = append(keys, key)
			if n := a.takesOpen(w.ID); n > 0 {
				need.Open[key] = n
			}
		}
		for _, s := range a.book {
			need.Causes = append(need.Causes, ledger.CauseKey{MemberID: a.member.ID, EventID: s.ID})
			if n := a.settled[s.ID]; n != nil && n.paidBy(ByPoints) {
				need.Undo = append(need.Undo, ledger.EntryKey{MemberID: a.member.ID, EventID: s.ID})
			}
		}
	}
	need.Undo = append(need.Undo, b.undone()...)
	need.Holds = b.heldPoints()
	before := b.paidBeforeMerges()
	for _, p := range before {
		need.Undo = append(need.Undo, p.entries)
	}
	accounts, err := ledger.Load(ctx, b.tx, slices.Concat(keys, keysOf(before)), need)
	if err != nil {
		return err
	}
	for _, k := range keys {
		a := b.accounts[k.MemberID]
		a.wallets = append(a.wallets, accounts[k])
	}
	for _, p := range before {
		if old := accounts[p.key]; !slices.Contains(p.now.merged, old) {
			p.now.merged = append(p.now.merged, old)
		}
	}
	return nil
}

// paidBefore is a payment by an account that was merged into another since.
type paidBefore struct {
	key     ledger.AccountKey
	entries ledger.EntryKey
	now     *account
}

func keysOf(list []paidBefore) []ledger.AccountKey {
	keys := make([]ledger.AccountKey, len(list))
	for i, p := range list {
		keys[i] = p.key
	}
	return keys
}

// paidBeforeMerges finds what was paid with points by accounts that are closed by
// now, for sales that may come back and redemptions that are undone.
func (b *batch) paidBeforeMerges() (list []paidBefore) {
	note := func(now *account, member, wallet, event id.ID) {
		if member != now.member.ID {
			list = append(list, paidBefore{ledger.AccountKey{MemberID: member, WalletID: wallet}, ledger.EntryKey{MemberID: member, EventID: event}, now})
		}
	}
	for _, a := range b.order {
		for _, s := range a.book {
			if n := a.settled[s.ID]; n != nil {
				for _, t := range n.Tenders {
					if t.Kind == ByPoints {
						note(a, s.MemberID, t.WalletID, s.ID)
					}
				}
			}
		}
		for _, it := range a.items {
			if u := it.event.Payload.Undo; u != nil && it.state == open {
				if n := b.redemptions[u.RedemptionID]; n != nil && slices.Contains(a.everyone(), n.MemberID) {
					note(a, n.MemberID, n.WalletID, n.ID)
				}
			}
		}
	}
	return list
}

// takesOpen returns how many points events of this batch may take from the
// account's open lots. What returns may need comes with the sales behind them.
func (a *account) takesOpen(wallet id.ID) int64 {
	n := int64(0)
	for _, it := range a.items {
		if d := it.event.Payload.Adjustment; d != nil && d.WalletID == wallet && d.Points < 0 {
			n -= d.Points
		}
		if r := it.wanted(); r != nil && r.WalletID == wallet {
			n += r.Points
		}
		if c := it.event.Payload.Checkout; c != nil {
			for _, p := range c.Points {
				if p.WalletID == wallet {
					n += p.Points
				}
			}
		}
	}
	return n
}

package promo

import (
	"context"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Wants are the slots that the pricings of each member look at.
type Wants map[id.ID][]Slot

// LoadUsage returns the counters that are wanted, by member, in one statement;
// in none when nothing is. A member without counters has none in the answer.
// The caller holds the members' locks until it has saved them.
func LoadUsage(ctx context.Context, q db.Queryer, wants Wants) (map[id.ID]Counts, error) {
	return nil, nil
}

// SaveUsage keeps the counters that pricings have changed, in one statement; in
// none when nothing has.
func SaveUsage(ctx context.Context, tx *db.Tx, members map[id.ID]Counts) error { return nil }

// LoadBudgets returns what the offers have given all members, in one
// statement. Nothing is locked: ReserveBudgets finds out whether others were
// faster.
func LoadBudgets(ctx context.Context, q db.Queryer, offers []id.ID) (Budgets, error) { return nil, nil }

// ReserveBudgets takes from the budgets what the pricings of a batch have
// claimed. When a claim no longer fits, because others were faster, it fails
// with "offer_budget_moved" and the batch must be priced again.
func ReserveBudgets(ctx context.Context, tx *db.Tx, budgets Budgets) error { return nil }

// SaveRedemptions keeps the redemptions, in one statement; in none when there
// are none.
func SaveRedemptions(ctx context.Context, tx *db.Tx, list []Redemption) error { return nil }

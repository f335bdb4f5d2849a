package promo

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var (
	usageTable = db.NewTable("promo_usage", []string{"member_id", "offer_id", "period_start", "period"},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "offer_id", Kind: db.Int},
		db.Column{Name: "period_start", Kind: db.Int}, db.Column{Name: "period", Kind: db.Text},
		db.Column{Name: "times", Kind: db.Int}, db.Column{Name: "amount", Kind: db.Int})
	budgetTable = db.NewTable("promo_budget", []string{"offer_id"},
		db.Column{Name: "offer_id", Kind: db.Int}, db.Column{Name: "uses", Kind: db.Int}, db.Column{Name: "amount", Kind: db.Int})
	redemptionTable = db.NewTable("promo_redemption", []string{"member_id", "event_id", "no"},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "event_id", Kind: db.Int}, db.Column{Name: "no", Kind: db.Int},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "offer_id", Kind: db.Int},
		db.Column{Name: "version_id", Kind: db.Int}, db.Column{Name: "code_id", Kind: db.Int}, db.Column{Name: "shop_id", Kind: db.Int},
		db.Column{Name: "amount", Kind: db.Int}, db.Column{Name: "at", Kind: db.Int})
)

// Wants are the slots that the pricings of each member look at.
type Wants map[id.ID][]Slot

// LoadUsage returns the counters that are wanted, by member, in one statement;
// in none when nothing is. A member without counters has none in the answer.
// The caller holds the members' locks until it has saved them.
func LoadUsage(ctx context.Context, q db.Queryer, wants Wants) (map[id.ID]Counts, error) {
	members, offers, starts := wants.split()
	all := make(map[id.ID]Counts, len(members))
	if len(members) == 0 {
		return all, nil
	}
	var args db.Args
	query := `SELECT member_id, offer_id, period_start, period, times, amount FROM promo_usage
		WHERE member_id IN ` + args.In(members) + ` AND offer_id IN ` + args.In(offers) + ` AND period_start IN ` + args.In(starts)
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		member, s, n, err := scanCount(r)
		if all[member] == nil {
			all[member] = Counts{}
		}
		all[member][s] = n
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what offers gave: %w", err)
	}
	return all, nil
}

func scanCount(r *sql.Rows) (member id.ID, s Slot, n Count, err error) {
	err = r.Scan(&member, &s.OfferID, &s.Start, &s.Period, &n.Times, &n.Amount)
	return member, s, n, err
}

// split returns who and what is asked for. Starts are no identifiers, but
// numbers like them.
func (w Wants) split() (members, offers, starts []id.ID) {
	offerSet, startSet := map[id.ID]bool{}, map[id.ID]bool{}
	for member, slots := range w {
		if len(slots) > 0 {
			members = append(members, member)
		}
		for _, s := range slots {
			offerSet[s.OfferID], startSet[id.ID(s.Start)] = true, true
		}
	}
	slices.Sort(members)
	return members, slices.Sorted(maps.Keys(offerSet)), slices.Sorted(maps.Keys(startSet))
}

// SaveUsage keeps the counters that pricings have changed, in one statement; in
// none when nothing has.
func SaveUsage(ctx context.Context, tx *db.Tx, members map[id.ID]Counts) error {
	var rows [][]any
	for _, member := range slices.Sorted(maps.Keys(members)) {
		for s, n := range members[member] {
			if n.changed {
				rows = append(rows, []any{member, s.OfferID, s.Start, string(s.Period), n.Times, n.Amount})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Upsert(ctx, usageTable, rows); err != nil {
		return fmt.Errorf("keeping what offers gave: %w", err)
	}
	return nil
}

// LoadBudgets returns what the offers have given all members, in one
// statement; in none when none is asked for. Nothing is locked: ReserveBudgets
// finds out whether others were faster.
func LoadBudgets(ctx context.Context, q db.Queryer, offers []id.ID) (Budgets, error) {
	budgets := make(Budgets, len(offers))
	if len(offers) == 0 {
		return budgets, nil
	}
	var args db.Args
	query := `SELECT offer_id, uses, amount FROM promo_budget WHERE offer_id IN ` + args.In(slices.Compact(slices.Sorted(slices.Values(offers))))
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var offer id.ID
		var s Spending
		err := r.Scan(&offer, &s.Uses, &s.Amount)
		budgets[offer] = s
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading budgets of offers: %w", err)
	}
	return budgets, nil
}

// ReserveBudgets takes from the budgets what the pricings of a batch have
// claimed: one conditional update, which locks the budgets in the order of
// their offers. When a claim no longer fits, because others were faster, it
// fails with "offer_budget_moved" and the batch must be priced again.
func ReserveBudgets(ctx context.Context, tx *db.Tx, budgets Budgets) error {
	var claims [][]any
	var offers []id.ID
	for _, offer := range slices.Sorted(maps.Keys(budgets)) {
		if b := budgets[offer]; b.claimed.Uses > 0 {
			claims = append(claims, []any{int64(offer), b.claimed.Uses, b.claimed.Amount, atMost(b.limit.Uses), atMost(b.limit.Amount)})
			offers = append(offers, offer)
		}
	}
	if len(claims) == 0 {
		return nil
	}
	var args db.Args
	query := `WITH claim (offer_id, uses, amount, most_uses, most_amount) AS ` +
		args.Tuples([]db.Kind{db.Int, db.Int, db.Int, db.Int, db.Int}, claims) + `,
		held AS (SELECT b.offer_id FROM promo_budget AS b WHERE b.offer_id IN ` + args.In(offers) + ` ORDER BY b.offer_id` + tx.ForUpdate() + `)
		UPDATE promo_budget SET uses = promo_budget.uses + claim.uses, amount = promo_budget.amount + claim.amount
		FROM claim JOIN held ON held.offer_id = claim.offer_id
		WHERE promo_budget.offer_id = claim.offer_id AND promo_budget.uses + claim.uses <= claim.most_uses
			AND promo_budget.amount + claim.amount <= claim.most_amount`
	n, err := tx.Exec(ctx, query, args.Values()...)
	if err != nil {
		return fmt.Errorf("reserving budgets of offers: %w", err)
	}
	if n != int64(len(claims)) {
		return fault.Busy("offer_budget_moved", "others have used the budget of an offer at the same moment; send this again")
	}
	return nil
}

// atMost returns a limit of a budget as it is compared; 0 is none.
func atMost(limit int64) int64 {
	if limit == 0 {
		return db.Never
	}
	return limit
}

// openBudget makes the budget of an offer, unless it has one.
func openBudget(ctx context.Context, tx *db.Tx, offer id.ID) error {
	if _, err := tx.InsertNew(ctx, budgetTable, [][]any{{offer, int64(0), int64(0)}}); err != nil {
		return fmt.Errorf("opening the budget of an offer: %w", err)
	}
	return nil
}

// SaveRedemptions keeps the redemptions, in one statement; in none when there
// are none.
func SaveRedemptions(ctx context.Context, tx *db.Tx, list []Redemption) error {
	if len(list) == 0 {
		return nil
	}
	rows := make([][]any, len(list))
	for i, r := range list {
		rows[i] = []any{r.MemberID, r.EventID, int64(r.No), r.ProgrammeID, r.OfferID, r.VersionID, r.CodeID, r.ShopID, r.Amount, db.Micros(r.At)}
	}
	if err := tx.Insert(ctx, redemptionTable, rows); err != nil {
		return fmt.Errorf("keeping the use of offers: %w", err)
	}
	return nil
}

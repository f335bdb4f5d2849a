package promo

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var shopTable = db.NewTable("promo_shop_budget", []string{"offer_id", "shop_id", "period_start", "period"},
	db.Column{Name: "offer_id", Kind: db.Int}, db.Column{Name: "shop_id", Kind: db.Int}, db.Column{Name: "period_start", Kind: db.Int},
	db.Column{Name: "period", Kind: db.Text}, db.Column{Name: "uses", Kind: db.Int}, db.Column{Name: "amount", Kind: db.Int})

// shopFunds returns the budgets that bear on a sale: of each period the shop's
// own, or the one for each shop.
func (t *terms) shopFunds(shop id.ID, code string, at time.Time, zone *time.Location) []ShopFund {
	var funds []ShopFund
	for i := range t.spec.PerShop {
		b := &t.spec.PerShop[i]
		if b.Shop != code && (b.Shop != "" || t.spec.hasOwn(code, b.Period)) {
			continue
		}
		funds = append(funds, ShopFund{ShopSlot{t.offer, shop, b.Period, db.Micros(b.Period.Start(at, zone))}, b.Budget})
	}
	return funds
}

// hasOwn reports whether a shop has a budget of its own for the period.
func (s *Spec) hasOwn(code string, p earn.Period) bool {
	return slices.ContainsFunc(s.PerShop, func(b ShopBudget) bool { return b.Shop == code && b.Period == p })
}

// ShopFund is a budget for a shop that bears on a sale there at a moment.
type ShopFund struct {
	Slot  ShopSlot
	Limit Budget
}

// ShopFunds returns the budgets of the version that bear on sales in a shop at
// a moment, by the calendar of the zone.
func (v *Version) ShopFunds(shop id.ID, code string, at time.Time, zone *time.Location) []ShopFund {
	t := terms{offer: v.OfferID, spec: v.Spec}
	return t.shopFunds(shop, code, at, zone)
}

func (s ShopSlot) compare(o ShopSlot) int {
	return cmp.Or(cmp.Compare(s.OfferID, o.OfferID), cmp.Compare(s.ShopID, o.ShopID), cmp.Compare(s.Start, o.Start), cmp.Compare(s.Period, o.Period))
}

func (s ShopSlot) row(uses, amount int64) []any {
	return []any{s.OfferID, s.ShopID, s.Start, string(s.Period), uses, amount}
}

func scanShop(r *sql.Rows) (s ShopSlot, n Spending, err error) {
	err = r.Scan(&s.OfferID, &s.ShopID, &s.Start, &s.Period, &n.Uses, &n.Amount)
	return s, n, err
}

// LoadShopBudgets returns what the offers have given in shops, in one
// statement; in none when nothing is asked for. Nothing is locked:
// ReserveShopBudgets finds out whether others were faster.
func LoadShopBudgets(ctx context.Context, q db.Queryer, slots []ShopSlot) (ShopBudgets, error) {
	budgets := ShopBudgets{}
	if len(slots) == 0 {
		return budgets, nil
	}
	offers, shops, starts := map[id.ID]bool{}, map[id.ID]bool{}, map[id.ID]bool{}
	for _, s := range slots {
		offers[s.OfferID], shops[s.ShopID], starts[id.ID(s.Start)] = true, true, true
	}
	var args db.Args
	query := `SELECT offer_id, shop_id, period_start, period, uses, amount FROM promo_shop_budget
		WHERE offer_id IN ` + args.In(slices.Sorted(maps.Keys(offers))) + ` AND shop_id IN ` + args.In(slices.Sorted(maps.Keys(shops))) + `
			AND period_start IN ` + args.In(slices.Sorted(maps.Keys(starts)))
	return budgets, readShops(ctx, q, query, args.Values(), budgets)
}

func readShops(ctx context.Context, q db.Queryer, query string, args []any, into ShopBudgets) error {
	rows, err := q.Query(ctx, query, args...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		slot, n, err := scanShop(r)
		into[slot] = n
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("reading the budgets of offers in shops: %w", err)
	}
	return nil
}

// ReserveShopBudgets takes from the budgets of shops what the pricings of a
// batch have claimed, as ReserveBudgets does: the rows of periods that nobody
// has used yet are made first, then one conditional update takes all claims, in
// the order of their keys. Where a claim no longer fits it fails with
// "offer_budget_moved". Without claims it asks nothing.
func ReserveShopBudgets(ctx context.Context, tx *db.Tx, budgets ShopBudgets) error {
	var claims, fresh [][]any
	for _, slot := range slices.SortedFunc(maps.Keys(budgets), ShopSlot.compare) {
		b := budgets[slot]
		if b.claimed.Uses == 0 {
			continue
		}
		claims = append(claims, append(slot.row(b.claimed.Uses, b.claimed.Amount), atMost(b.limit.Uses), atMost(b.limit.Amount)))
		if b.claimed.Uses == b.Uses {
			fresh = append(fresh, slot.row(0, 0))
		}
	}
	if len(claims) == 0 {
		return nil
	}
	if len(fresh) > 0 {
		if _, err := tx.InsertNew(ctx, shopTable, fresh); err != nil {
			return fmt.Errorf("opening the budgets of offers in shops: %w", err)
		}
	}
	var args db.Args
	kinds := []db.Kind{db.Int, db.Int, db.Int, db.Text, db.Int, db.Int, db.Int, db.Int}
	query := `WITH claim (offer_id, shop_id, period_start, period, uses, amount, most_uses, most_amount) AS ` + args.Tuples(kinds, claims) + `,
		held AS (SELECT b.offer_id, b.shop_id, b.period_start, b.period FROM promo_shop_budget AS b
			WHERE (b.offer_id, b.shop_id, b.period_start, b.period) IN (SELECT offer_id, shop_id, period_start, period FROM claim)
			ORDER BY b.offer_id, b.shop_id, b.period_start, b.period` + tx.ForUpdate() + `)
		UPDATE promo_shop_budget SET uses = promo_shop_budget.uses + claim.uses, amount = promo_shop_budget.amount + claim.amount
		FROM claim JOIN held ON held.offer_id = claim.offer_id AND held.shop_id = claim.shop_id
			AND held.period_start = claim.period_start AND held.period = claim.period
		WHERE promo_shop_budget.offer_id = claim.offer_id AND promo_shop_budget.shop_id = claim.shop_id
			AND promo_shop_budget.period_start = claim.period_start AND promo_shop_budget.period = claim.period
			AND promo_shop_budget.uses + claim.uses <= claim.most_uses AND promo_shop_budget.amount + claim.amount <= claim.most_amount`
	n, err := tx.Exec(ctx, query, args.Values()...)
	if err != nil {
		return fmt.Errorf("reserving the budgets of offers in shops: %w", err)
	}
	if n != int64(len(claims)) {
		return fault.Busy("offer_budget_moved", "others have used the budget of an offer at the same moment; send this again")
	}
	return nil
}

package promo

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/program"
)

// checkShops compares the budgets of shops with the redemptions by versions
// that had one for the shop and period, and with the highest limit that they
// ever had.
func checkShops(ctx context.Context, q db.Queryer, p *program.Programme, offers []History) ([]Fault, error) {
	funded := map[id.ID]*terms{}
	for i := range offers {
		for k := range offers[i].Versions {
			if v := &offers[i].Versions[k]; len(v.Spec.PerShop) > 0 && v.State != Draft {
				funded[v.ID] = &terms{id: v.ID, offer: v.OfferID, spec: v.Spec}
			}
		}
	}
	kept := ShopBudgets{}
	if err := readShops(ctx, q, `SELECT b.offer_id, b.shop_id, b.period_start, b.period, b.uses, b.amount
		FROM promo_shop_budget AS b JOIN promo_offer AS o ON o.id = b.offer_id WHERE o.programme_id = $1`, []any{p.ID}, kept); err != nil {
		return nil, err
	}
	given, limits, err := foldShops(ctx, q, p, funded)
	if err != nil {
		return nil, err
	}
	for slot := range given {
		kept[slot] = Spending{Uses: kept[slot].Uses, Amount: kept[slot].Amount}
	}
	return compareShops(kept, given, limits), nil
}

// foldShops adds up the redemptions by versions with budgets for shops, and
// returns the highest limit of each.
func foldShops(ctx context.Context, q db.Queryer, p *program.Programme, funded map[id.ID]*terms) (given, limits map[ShopSlot]Budget, err error) {
	given, limits = map[ShopSlot]Budget{}, map[ShopSlot]Budget{}
	if len(funded) == 0 {
		return given, limits, nil
	}
	shops, err := program.Shops(ctx, q, p.ID)
	if err != nil {
		return nil, nil, err
	}
	codes := map[id.ID]string{}
	for _, s := range shops {
		codes[s.ID] = s.Code
	}
	var args db.Args
	query := `SELECT version_id, shop_id, amount, at FROM promo_redemption
		WHERE programme_id = ` + args.Add(p.ID) + ` AND version_id IN ` + args.In(slices.Sorted(maps.Keys(funded)))
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var version, shop id.ID
		var amount, at int64
		err := r.Scan(&version, &shop, &amount, &at)
		if t := funded[version]; err == nil {
			for _, f := range t.shopFunds(shop, codes[shop], db.Time(at), p.Zone) {
				n, most := given[f.Slot], limits[f.Slot]
				given[f.Slot] = Budget{n.Uses + 1, n.Amount + amount}
				limits[f.Slot] = Budget{max(most.Uses, atMost(f.Limit.Uses)), max(most.Amount, atMost(f.Limit.Amount))}
			}
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("adding up what offers gave in shops: %w", err)
	}
	return given, limits, nil
}

// compareShops tells the budgets that are wrong, in the order of their keys.
func compareShops(kept ShopBudgets, given, limits map[ShopSlot]Budget) []Fault {
	var faults []Fault
	for _, slot := range slices.SortedFunc(maps.Keys(kept), ShopSlot.compare) {
		has, said := Budget{kept[slot].Uses, kept[slot].Amount}, given[slot]
		where := fmt.Sprintf("the budget of %s per %s", slot.place(), slot.Period)
		if has != said {
			faults = append(faults, Fault{slot.OfferID, fmt.Sprintf("%s says %d uses and %d, the redemptions say %d and %d",
				where, has.Uses, has.Amount, said.Uses, said.Amount)})
		}
		if most, known := limits[slot]; known && (has.Uses > most.Uses || has.Amount > most.Amount) {
			faults = append(faults, Fault{slot.OfferID, fmt.Sprintf("%s is overdrawn: %d uses and %d", where, has.Uses, has.Amount)})
		}
	}
	return faults
}

func (s ShopSlot) place() string {
	if s.ShopID == 0 {
		return "sales without a shop"
	}
	return "shop " + s.ShopID.In(id.Shop)
}

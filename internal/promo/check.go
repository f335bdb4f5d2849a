package promo

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Fault is something that Check found wrong with an offer or its codes.
type Fault struct {
	OfferID id.ID
	What    string
}

// Check returns what contradicts itself in a programme's offers and codes:
// versions that cannot price or overlap in time, budgets and counters that
// differ from the redemptions or pass every limit that they ever had, and codes
// likewise. It holds the counters of the programme in memory.
func Check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	p, err := program.Load(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	offers, err := Histories(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	var faults []Fault
	for i := range offers {
		faults = append(faults, offers[i].check()...)
	}
	for _, look := range []func(context.Context, db.Queryer, *program.Programme, []History) ([]Fault, error){checkBudgets, checkShops, checkCounts} {
		found, err := look(ctx, q, &p, offers)
		if err != nil {
			return nil, err
		}
		faults = append(faults, found...)
	}
	found, err := checkCodes(ctx, q, programme)
	return append(faults, found...), err
}

// check looks at the versions, which stand from the latest to the first.
func (h *History) check() []Fault {
	var faults []Fault
	for i := range h.Versions {
		v := &h.Versions[i]
		if _, err := compile(v); err != nil {
			faults = append(faults, Fault{h.ID, fmt.Sprintf("version %d cannot price: %v", v.Number, err)})
		}
		for k := range h.Versions[:i] {
			if next := &h.Versions[k]; v.overlaps(next) {
				faults = append(faults, Fault{h.ID, fmt.Sprintf("versions %d and %d are in force at the same time", v.Number, next.Number)})
			}
		}
	}
	return faults
}

// overlaps reports whether two versions are ever in force together.
func (v *Version) overlaps(o *Version) bool {
	if v.State == Draft || o.State == Draft || v.Begins.Equal(v.Ends) || o.Begins.Equal(o.Ends) {
		return false
	}
	return (v.Ends.IsZero() || o.Begins.Before(v.Ends)) && (o.Ends.IsZero() || v.Begins.Before(o.Ends))
}

// Result is what a version of an offer has given.
type Result struct {
	OfferID, VersionID id.ID
	Uses, Amount       int64 // Amount in minor units
	First, Last        time.Time
}

// Results returns what the programme's offers have given, by version; nothing
// of those that were never used. It reads all redemptions.
func Results(ctx context.Context, q db.Queryer, programme id.ID) ([]Result, error) {
	rows, err := q.Query(ctx, `SELECT offer_id, version_id, COUNT(*), CAST(SUM(amount) AS BIGINT), MIN(at), MAX(at) FROM promo_redemption
		WHERE programme_id = $1 GROUP BY offer_id, version_id ORDER BY offer_id, version_id`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Result, error) {
		var n Result
		var first, last int64
		err := r.Scan(&n.OfferID, &n.VersionID, &n.Uses, &n.Amount, &first, &last)
		n.First, n.Last = db.Time(first), db.Time(last)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("adding up what offers gave: %w", err)
	}
	return list, nil
}

// checkBudgets compares budgets with the redemptions by versions that had one.
func checkBudgets(ctx context.Context, q db.Queryer, p *program.Programme, offers []History) ([]Fault, error) {
	results, err := Results(ctx, q, p.ID)
	if err != nil {
		return nil, err
	}
	ids := make([]id.ID, len(offers))
	for i := range offers {
		ids[i] = offers[i].ID
	}
	budgets, err := LoadBudgets(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	var faults []Fault
	for i := range offers {
		h := &offers[i]
		limit, given := h.budget(results)
		kept := budgets[h.ID]
		if kept.Uses != given.Uses || kept.Amount != given.Amount {
			faults = append(faults, Fault{h.ID, fmt.Sprintf("the budget says %d uses and %d, the redemptions say %d and %d", kept.Uses, kept.Amount, given.Uses, given.Amount)})
		}
		if kept.Uses > limit.Uses || kept.Amount > limit.Amount {
			faults = append(faults, Fault{h.ID, fmt.Sprintf("the budget is overdrawn: %d uses and %d", kept.Uses, kept.Amount)})
		}
	}
	return faults, nil
}

// budget returns the highest limits that the offer's versions ever had, and
// what the versions with a budget gave.
func (h *History) budget(results []Result) (limit, given Budget) {
	for i := range h.Versions {
		v := &h.Versions[i]
		if v.Spec.Budget.IsZero() || v.State == Draft {
			continue
		}
		limit.Uses, limit.Amount = max(limit.Uses, atMost(v.Spec.Budget.Uses)), max(limit.Amount, atMost(v.Spec.Budget.Amount))
		if k := slices.IndexFunc(results, func(r Result) bool { return r.VersionID == v.ID }); k >= 0 {
			given.Uses, given.Amount = given.Uses+results[k].Uses, given.Amount+results[k].Amount
		}
	}
	return limit, given
}

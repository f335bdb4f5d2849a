package promo

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/program"
)

// counter is a member's slot.
type counter struct {
	member id.ID
	slot   Slot
}

// checkCounts compares the counters of members with the redemptions.
func checkCounts(ctx context.Context, q db.Queryer, p *program.Programme, offers []History) ([]Fault, error) {
	capped := map[id.ID]*Version{}
	for i := range offers {
		for k := range offers[i].Versions {
			if v := &offers[i].Versions[k]; len(v.Spec.PerMember) > 0 && v.State != Draft {
				capped[v.ID] = v
			}
		}
	}
	given, err := foldCounts(ctx, q, p, capped)
	if err != nil {
		return nil, err
	}
	kept, err := keptCounts(ctx, q, p.ID)
	if err != nil {
		return nil, err
	}
	for c := range given {
		if _, ok := kept[c]; !ok {
			kept[c] = Count{}
		}
	}
	return compareCounts(kept, given, capped), nil
}

// foldCounts adds up the redemptions by versions with limits per member.
func foldCounts(ctx context.Context, q db.Queryer, p *program.Programme, capped map[id.ID]*Version) (map[counter]Count, error) {
	given := map[counter]Count{}
	var args db.Args
	query := `SELECT member_id, version_id, amount, at FROM promo_redemption
		WHERE programme_id = ` + args.Add(p.ID) + ` AND version_id IN ` + args.In(slices.Sorted(maps.Keys(capped)))
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var member, version id.ID
		var amount, at int64
		err := r.Scan(&member, &version, &amount, &at)
		if v := capped[version]; err == nil {
			for _, c := range v.Spec.PerMember {
				key := counter{member, Slot{v.OfferID, c.Period, db.Micros(c.Period.Start(db.Time(at), p.Zone))}}
				n := given[key]
				given[key] = Count{Times: n.Times + 1, Amount: n.Amount + amount}
			}
		}
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("adding up what members got by offers: %w", err)
	}
	return given, nil
}

func keptCounts(ctx context.Context, q db.Queryer, programme id.ID) (map[counter]Count, error) {
	kept := map[counter]Count{}
	rows, err := q.Query(ctx, `SELECT u.member_id, u.offer_id, u.period_start, u.period, u.times, u.amount
		FROM promo_usage AS u JOIN promo_offer AS o ON o.id = u.offer_id WHERE o.programme_id = $1`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		member, s, n, err := scanCount(r)
		kept[counter{member, s}] = n
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what members got by offers: %w", err)
	}
	return kept, nil
}

// compareCounts tells the counters that are wrong, in the order of members.
func compareCounts(kept, given map[counter]Count, capped map[id.ID]*Version) []Fault {
	var faults []Fault
	order := slices.SortedFunc(maps.Keys(kept), func(a, b counter) int {
		return cmp.Or(cmp.Compare(a.member, b.member), cmp.Compare(a.slot.OfferID, b.slot.OfferID),
			cmp.Compare(a.slot.Start, b.slot.Start), cmp.Compare(a.slot.Period, b.slot.Period))
	})
	for _, c := range order {
		n, limit := kept[c], highest(capped, c.slot)
		if n != given[c] {
			faults = append(faults, Fault{c.slot.OfferID, fmt.Sprintf("the counter of member %s per %s says %d times and %d, the redemptions say %d and %d",
				c.member.In(id.Member), c.slot.Period, n.Times, n.Amount, given[c].Times, given[c].Amount)})
		}
		if n.Times > limit.Times || n.Amount > limit.Amount {
			faults = append(faults, Fault{c.slot.OfferID, fmt.Sprintf("member %s is over the limit per %s: %d times and %d",
				c.member.In(id.Member), c.slot.Period, n.Times, n.Amount)})
		}
	}
	return faults
}

// highest returns the highest limits that the versions of an offer ever had for
// a period.
func highest(capped map[id.ID]*Version, s Slot) Count {
	var most Count
	for _, v := range capped {
		for _, c := range v.Spec.PerMember {
			if v.OfferID == s.OfferID && c.Period == s.Period {
				most.Times, most.Amount = max(most.Times, atMost(c.Times)), max(most.Amount, atMost(c.Amount))
			}
		}
	}
	return most
}

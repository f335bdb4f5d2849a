package gesture

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/stats"
)

// turned is what somebody bought before and after a moment, and whether that was
// at one of some shops before.
type turned struct {
	before, after int64
	there         bool
}

// withdrawal compares the half years before and after it was retired.
func (w *look) withdrawal(ctx context.Context, r *Results) error {
	if w.g.Active() {
		return nil
	}
	at := w.g.Retired
	d := &Withdrawal{At: at, Until: at.AddDate(0, 0, WithdrawalDays)}
	r.Withdrawal = d
	if d.Early = w.now.Before(d.Until); d.Early {
		return nil
	}
	had, shops := map[id.ID]bool{}, map[id.ID]bool{}
	for _, n := range w.givings {
		if n.State == Given {
			had[w.who(n)], shops[n.ShopID] = true, true
		}
	}
	all, err := w.turns(ctx, at, d.Until, shops)
	if err != nil {
		return err
	}
	var theirs, others []float64
	for who, n := range all {
		switch {
		case !n.there:
		case had[who]:
			d.Had, d.HadBefore, d.HadAfter = d.Had+1, d.HadBefore+n.before, d.HadAfter+n.after
			theirs = append(theirs, float64(n.after-n.before))
		default:
			d.Never, d.NeverBefore, d.NeverAfter = d.Never+1, d.NeverBefore+n.before, d.NeverAfter+n.after
			others = append(others, float64(n.after-n.before))
		}
	}
	slices.Sort(theirs) // sums are to be the same every time
	slices.Sort(others)
	if d.Shown = min(d.Had, d.Never) >= LeastPeople; d.Shown {
		d.Difference = stats.MeanDifference(theirs, others)
	}
	return nil
}

// turns returns what everybody bought in the half years around a moment; there
// says that they did so before at one of the shops, or anywhere where the
// gesture was given at none.
func (w *look) turns(ctx context.Context, at, until time.Time, shops map[id.ID]bool) (map[id.ID]*turned, error) {
	anywhere := shops[0] || len(shops) == 0
	all := map[id.ID]*turned{}
	type sold struct {
		who, shop        id.ID
		occurred, amount int64
	}
	rows, err := w.q.Query(ctx, `SELECT member_id, shop_id, occurred, goods - returned FROM sale WHERE programme_id = $1 AND occurred >= $2 AND occurred < $3`,
		w.g.ProgrammeID, db.Micros(at.AddDate(0, 0, -WithdrawalDays)), db.Micros(until))
	err = db.Each(rows, err, func(r *sql.Rows) (n sold, err error) { return n, r.Scan(&n.who, &n.shop, &n.occurred, &n.amount) }, func(n sold) error {
		who := cmp.Or(w.survivors[n.who], n.who)
		if all[who] == nil {
			all[who] = &turned{}
		}
		if db.Time(n.occurred).Before(at) {
			all[who].before += n.amount
			all[who].there = all[who].there || anywhere || shops[n.shop]
		} else {
			all[who].after += n.amount
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what people bought: %w", err)
	}
	return all, nil
}

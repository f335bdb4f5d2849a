package ledger

import (
	"strconv"
	"time"

	"regulars/internal/db"
)

// The open lots of an account are read in the order in which they come due: at
// first a few, then many times more for those accounts that need it.
const (
	firstLots = 64
	moreLots  = 16 // times
)

// open reads open lots until they cover what Open asks for.
func (l *loader) open() error {
	var keys []AccountKey
	for k := range l.need.Open {
		if a := l.accounts[k]; a != nil && a.stored {
			keys = append(keys, k)
		}
	}
	for n := int64(firstLots); len(keys) > 0; n *= moreLots {
		more, err := l.openLots(keys, n)
		if err != nil {
			return err
		}
		keys = more
	}
	return nil
}

// openLots reads the first n open lots of each account, and those that come due
// at the same moment as the last of them. It returns the accounts that need
// more.
func (l *loader) openLots(keys []AccountKey, n int64) ([]AccountKey, error) {
	var args db.Args
	offset := args.Add(n - 1)
	query := `WITH k AS (SELECT b.member_id, b.wallet_id, COALESCE((SELECT x.next_at FROM lot x
		WHERE x.member_id = b.member_id AND x.wallet_id = b.wallet_id AND x.next_at < ` + forever + ` ORDER BY x.next_at LIMIT 1 OFFSET ` + offset + `), ` +
		strconv.FormatInt(endless, 10) + `) AS horizon FROM balance b WHERE ` + within(&args, "b.", keys) + `)
		SELECT ` + prefixed("l", lotColumns) + ` FROM k CROSS JOIN lot l
		WHERE l.member_id = k.member_id AND l.wallet_id = k.wallet_id AND l.next_at <= k.horizon`
	rows, err := l.q.Query(l.ctx, query, args.Values()...)
	list, err := db.Collect(rows, err, scanLot)
	if err != nil {
		return nil, err
	}
	pages := make(map[AccountKey]*page, len(keys))
	for _, row := range list {
		l.take(row.Lot)
		k := AccountKey{row.MemberID, row.WalletID}
		if pages[k] == nil {
			pages[k] = &page{}
		}
		pages[k].add(row)
	}
	var more []AccountKey
	for _, k := range keys {
		if p := pages[k]; p != nil && p.lots >= n && p.last < endless && !l.accounts[k].covered(db.Time(p.last), l.need.Until, l.need.Open[k]) {
			more = append(more, k)
		}
	}
	return more, nil
}

// page is how far the reading of an account's open lots has come.
type page struct {
	lots, last int64 // number, and the latest moment at which one comes due
}

func (p *page) add(row lotRow) {
	p.lots++
	p.last = max(p.last, row.next)
}

// covered moves the account's horizon and reports whether the lots within it
// that are available now, and will still be at until, hold so many points.
func (a *Account) covered(horizon, until time.Time, wanted int64) bool {
	if horizon.After(a.horizon) {
		a.horizon = horizon
	}
	for _, l := range a.order {
		within := !l.Expires.IsZero() && !l.Expires.After(a.horizon)
		if within && l.Released && !l.over(until) {
			wanted -= l.Remaining
		}
	}
	return wanted <= 0
}

package ledger

import (
	"strconv"
	"time"

	"regulars/internal/db"
)

// The available lots of an account are read in the order in which they are
// spent: at first a few, then many times more for those accounts that need it.
const (
	firstLots = 64
	moreLots  = 16 // times
)

// open reads available lots until they cover what may be taken from each
// account.
func (l *loader) open() error {
	wanted := l.wanted()
	var keys []AccountKey
	for k := range wanted {
		if !l.accounts[k].hasAvailable() {
			keys = append(keys, k)
		}
	}
	for n := int64(firstLots); len(keys) > 0; n *= moreLots {
		more, err := l.availableLots(keys, n, wanted)
		if err != nil {
			return err
		}
		keys = more
	}
	return nil
}

// wanted returns how many available points may be taken from each account.
func (l *loader) wanted() map[AccountKey]int64 {
	causes := make(map[CauseKey]bool, len(l.need.Causes))
	for _, c := range l.need.Causes {
		causes[c] = true
	}
	wanted := map[AccountKey]int64{}
	for k, a := range l.accounts {
		if n := a.exposure(causes, l.need.Open[k]); n > 0 && a.stored {
			wanted[k] = n
		}
	}
	return wanted
}

// exposure returns how many available points may be taken: those that may be
// spent, and those that may be clawed back from the lots of the events, unless
// the lots have them all and nothing else can take them first.
func (a *Account) exposure(causes map[CauseKey]bool, spent int64) int64 {
	claims, short := int64(0), spent > 0
	for _, l := range a.order {
		if causes[CauseKey{l.MemberID, l.EventID}] {
			claims += l.Claim()
			short = short || l.Claim() > l.Remaining
		}
	}
	if !short || a.wallet.Clawback == PolicyPendingOnly {
		return spent
	}
	return spent + min(claims, Everything-spent)
}

// availableLots reads the first n available lots of each account, and those
// that end at the same moment as the last of them. It returns the accounts that
// need more.
func (l *loader) availableLots(keys []AccountKey, n int64, wanted map[AccountKey]int64) ([]AccountKey, error) {
	pages, err := l.pages(keys, "TRUE", n)
	if err != nil {
		return nil, err
	}
	var more []AccountKey
	for _, k := range keys {
		a, p := l.accounts[k], pages[k]
		if !a.covered(db.Time(p.last), l.need.Until, wanted[k]) && !a.hasAvailable() && p.lots >= n {
			more = append(more, k)
		}
	}
	return more, nil
}

// pages reads the first n lots of each account that are released or not, in the
// order in which they come due after Until.
func (l *loader) pages(keys []AccountKey, released string, n int64) (map[AccountKey]page, error) {
	var args db.Args
	offset, until := args.Add(n-1), args.Add(db.Micros(l.need.Until))
	query := `WITH k AS MATERIALIZED (SELECT b.member_id, b.wallet_id, COALESCE((SELECT x.next_at FROM lot x
		WHERE x.member_id = b.member_id AND x.wallet_id = b.wallet_id AND x.released = ` + released + ` AND x.next_at > ` + until + ` AND x.next_at < ` + forever + `
		ORDER BY x.next_at LIMIT 1 OFFSET ` + offset + `), ` + strconv.FormatInt(endless, 10) + `) AS horizon
		FROM balance b WHERE ` + within(&args, "b.", keys) + `)
		SELECT ` + prefixed("l", lotColumns) + ` FROM k CROSS JOIN lot l WHERE l.member_id = k.member_id AND l.wallet_id = k.wallet_id
		AND l.released = ` + released + ` AND l.next_at > ` + until + ` AND l.next_at <= k.horizon`
	rows, err := l.q.Query(l.ctx, query, args.Values()...)
	list, err := db.Collect(rows, err, scanLot)
	pages := make(map[AccountKey]page, len(keys))
	for _, row := range list {
		l.take(row.Lot)
		k := AccountKey{row.MemberID, row.WalletID}
		pages[k] = page{pages[k].lots + 1, max(pages[k].last, row.next)}
	}
	return pages, err
}

// page is how many lots of an account were read, and when the last of them
// comes due.
type page struct{ lots, last int64 }

// hasAvailable reports whether every available point is in a lot at hand.
func (a *Account) hasAvailable() bool {
	left := a.balance[Available]
	for _, l := range a.order {
		if l.Released {
			left -= l.Remaining
		}
	}
	return left == 0
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

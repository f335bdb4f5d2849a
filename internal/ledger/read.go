package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Balances returns the balances as they are at now, whether or not the sweep
// has come by since something was due. Accounts that do not exist are empty.
func Balances(ctx context.Context, q db.Queryer, keys []AccountKey, now time.Time) (map[AccountKey]Balance, error) {
	l := viewer(ctx, q, keys, now)
	if err := l.load(""); err != nil {
		return nil, fmt.Errorf("reading balances: %w", err)
	}
	balances := make(map[AccountKey]Balance, len(keys))
	for k, a := range l.accounts {
		a.Post(now, Releases|Expiries)
		balances[k] = a.balance
	}
	return balances, nil
}

// viewer returns a loader of accounts that are only looked at.
func viewer(ctx context.Context, q db.Queryer, keys []AccountKey, now time.Time) *loader {
	l := &loader{ctx: ctx, q: q, need: Need{Until: now}, accounts: make(map[AccountKey]*Account, len(keys))}
	for _, k := range keys {
		l.accounts[k] = New(&Wallet{ID: k.WalletID}, k.MemberID, now, func() id.ID { return 0 })
	}
	return l
}

// OpenLots returns the lots of an account with something remaining as they are
// at now: the available ones in the order in which they are spent, then the
// pending ones in the order in which they are released; at most limit of each.
func OpenLots(ctx context.Context, q db.Queryer, key AccountKey, now time.Time, limit int) ([]Lot, error) {
	l := viewer(ctx, q, []AccountKey{key}, now)
	err := l.load("")
	for _, released := range []string{"TRUE", "FALSE"} {
		if err == nil {
			_, err = l.pages([]AccountKey{key}, released, int64(limit))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading open lots: %w", err)
	}
	a := l.accounts[key]
	a.Post(now, Releases|Expiries)
	var pending []*Lot
	for _, l := range a.order {
		if !l.Released && l.Remaining > 0 {
			pending = append(pending, l)
		}
	}
	slices.SortFunc(pending, func(a, b *Lot) int { return a.Activates.Compare(b.Activates) })
	var lots []Lot
	for _, list := range [][]*Lot{a.soonest(), pending} {
		for _, l := range list[:min(limit, len(list))] {
			lots = append(lots, *l)
		}
	}
	return lots, nil
}

// LotsOf returns the lots that the events gave, as they are stored.
func LotsOf(ctx context.Context, q db.Queryer, causes []CauseKey) ([]Lot, error) {
	if len(causes) == 0 {
		return nil, nil
	}
	query, args := causeQuery(lotColumns, "lot", "", causes)
	rows, err := q.Query(ctx, query, args...)
	list, err := db.Collect(rows, err, scanLot)
	if err != nil {
		return nil, fmt.Errorf("reading lots: %w", err)
	}
	lots := make([]Lot, len(list))
	for i, row := range list {
		lots[i] = *row.Lot
	}
	return lots, nil
}

// EntriesOf returns what was done under the events, in order.
func EntriesOf(ctx context.Context, q db.Queryer, causes []CauseKey) ([]Entry, error) {
	if len(causes) == 0 {
		return nil, nil
	}
	query, args := causeQuery(entryColumns, "entry", reasonOfLot, causes)
	list, err := entries(ctx, q, query+` ORDER BY t.id`, args)
	if err != nil {
		return nil, fmt.Errorf("reading entries of events: %w", err)
	}
	return list, nil
}

// EventOf returns the event under which an entry of an account was made; 0 when
// the account has no such entry, or time made it.
func EventOf(ctx context.Context, q db.Queryer, key AccountKey, entry id.ID) (event id.ID, err error) {
	rows, err := q.Query(ctx, `SELECT event_id FROM entry WHERE member_id = $1 AND wallet_id = $2 AND id = $3`, key.MemberID, key.WalletID, entry)
	if _, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) { return struct{}{}, r.Scan(&event) }); err != nil {
		return 0, fmt.Errorf("reading the event of an entry: %w", err)
	}
	return event, nil
}

// causeQuery selects the rows of a table that belong to events.
func causeQuery(columns, table, join string, causes []CauseKey) (string, []any) {
	var args db.Args
	rows := make([][]any, len(causes))
	for i, k := range causes {
		rows[i] = []any{k.MemberID, k.EventID}
	}
	return `WITH k(member_id, event_id) AS ` + args.Tuples([]db.Kind{db.Int, db.Int}, rows) +
		` SELECT ` + selected(columns, join) + ` FROM k CROSS JOIN ` + table + ` t` + join +
		` WHERE t.member_id = k.member_id AND t.event_id = k.event_id`, args.Values()
}

// reasonOfLot joins the reason of an earning (kind 1) to its entry, as it
// stands with the lot.
const reasonOfLot = ` LEFT JOIN lot r ON t.kind = 1 AND r.member_id = t.member_id AND r.event_id = t.lot_event AND r.id = t.lot_id`

// selected returns the columns of t to be selected, the reason from where the
// join finds it.
func selected(columns, join string) string {
	list := prefixed("t", columns)
	if join == "" {
		return list
	}
	return list[:len(list)-len("t.reason")] + "COALESCE(r.reason, t.reason)"
}

func entries(ctx context.Context, q db.Queryer, query string, args []any) ([]Entry, error) {
	rows, err := q.Query(ctx, query, args...)
	return db.Collect(rows, err, scanEntry)
}

// DueAccounts returns accounts on which the clock may have something to do by
// until, those that wait longest first.
func DueAccounts(ctx context.Context, q db.Queryer, until time.Time, limit int) ([]AccountKey, error) {
	rows, err := q.Query(ctx, `SELECT member_id, wallet_id FROM balance WHERE next_due < `+forever+` AND next_due <= $1
		ORDER BY next_due, member_id, wallet_id LIMIT $2`, db.Micros(until), limit)
	keys, err := db.Collect(rows, err, func(r *sql.Rows) (AccountKey, error) {
		var k AccountKey
		err := r.Scan(&k.MemberID, &k.WalletID)
		return k, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading due accounts: %w", err)
	}
	return keys, nil
}

// Totals returns the sum of all balances of each wallet of a programme, as they
// are at now. It reads every account, and evaluates those that the sweep has
// not reached yet; run it on one snapshot.
func Totals(ctx context.Context, q db.Queryer, programme id.ID, now time.Time) (map[id.ID]Balance, error) {
	totals := map[id.ID]Balance{}
	rows, err := q.Query(ctx, `SELECT 0, b.wallet_id, `+sums+`, 0 FROM balance b WHERE b.wallet_id IN (SELECT w.id FROM wallet w WHERE w.programme_id = $1)
		GROUP BY b.wallet_id`, programme)
	list, err := db.Collect(rows, err, scanBalance)
	for _, b := range list {
		totals[b.key.WalletID] = b.balance
	}
	if err == nil {
		err = addLate(ctx, q, programme, now, totals)
	}
	if err != nil {
		return nil, fmt.Errorf("summing balances: %w", err)
	}
	return totals, nil
}

var sums = sumOf("b", bucketNames[Earned:])

func sumOf(alias string, columns []string) string {
	list := ""
	for i, c := range columns {
		if i > 0 {
			list += ", "
		}
		list += "CAST(SUM(" + alias + "." + c + ") AS BIGINT)"
	}
	return list
}

// latePage bounds the accounts that are evaluated at a time.
const latePage = 1000

// addLate adds to the totals what the clock has not done yet.
func addLate(ctx context.Context, q db.Queryer, programme id.ID, now time.Time, totals map[id.ID]Balance) error {
	var after AccountKey
	for {
		rows, err := q.Query(ctx, `SELECT `+prefixed("b", balanceColumns)+` FROM balance b
			WHERE b.next_due < `+forever+` AND b.next_due <= $1 AND (b.member_id > $2 OR (b.member_id = $2 AND b.wallet_id > $3))
			AND b.wallet_id IN (SELECT w.id FROM wallet w WHERE w.programme_id = $4)
			ORDER BY b.member_id, b.wallet_id LIMIT $5`, db.Micros(now), after.MemberID, after.WalletID, programme, latePage)
		late, err := db.Collect(rows, err, scanBalance)
		if err != nil || len(late) == 0 {
			return err
		}
		keys := make([]AccountKey, len(late))
		for i, b := range late {
			keys[i] = b.key
		}
		balances, err := Balances(ctx, q, keys, now)
		if err != nil {
			return err
		}
		for _, b := range late {
			totals[b.key.WalletID] = totals[b.key.WalletID].Add(balances[b.key].less(b.balance))
		}
		after = keys[len(keys)-1]
	}
}

func (b Balance) less(o Balance) Balance {
	for i := range b {
		b[i] -= o[i]
	}
	return b
}

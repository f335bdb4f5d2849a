package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// CauseKey names an event of a member.
type CauseKey struct{ MemberID, EventID id.ID }

// HoldKey names a hold of a member.
type HoldKey struct{ MemberID, ID id.ID }

// EntryKey names an entry of a member, or with ID 0 all entries of the event.
type EntryKey struct{ MemberID, EventID, ID id.ID }

// Everything in Need.Open asks for all available lots.
const Everything = int64(db.Never)

// Need says what of the accounts will be needed, so that no more is loaded: a
// member may have a hundred thousand lots.
type Need struct {
	// Wallets are those of the keys.
	Wallets map[id.ID]*Wallet
	// Recorded is written on new entries as our time.
	Recorded time.Time
	// Until is the last moment that Post, or a verb that posts, may be given.
	Until time.Time
	// Causes are the events whose lots may be asked to give points back. If the
	// lots fall short, so many others come with them as may have to pay.
	Causes []CauseKey
	// Open says how many available points may be spent, held and adjusted down
	// altogether, so that the available lots which come first are there.
	Open map[AccountKey]int64
	// All are accounts of which every lot and every open hold is needed, closed
	// lots too, as to move them.
	All []AccountKey
	// Holds are those to be captured or released.
	Holds []HoldKey
	// Undo are entries to be refunded or reversed.
	Undo []EntryKey
}

// Load returns the accounts named, empty where a member has none yet. It locks
// those that exist, in the order of member and wallet; who creates accounts
// beside others must hold the members' locks. The number of statements does not
// depend on the number of accounts; it grows with the logarithm of the available
// lots only where many of them are needed.
func Load(ctx context.Context, tx *db.Tx, keys []AccountKey, need Need) (map[AccountKey]*Account, error) {
	l := &loader{ctx: ctx, q: tx, need: need, accounts: make(map[AccountKey]*Account, len(keys))}
	for _, k := range keys {
		w := need.Wallets[k.WalletID]
		if w == nil {
			return nil, fmt.Errorf("loading accounts: wallet %s is not among those given", k.WalletID.In(id.Wallet))
		}
		l.accounts[k] = New(w, k.MemberID, need.Recorded, tx.IDs().New)
	}
	if err := l.load(tx.ForUpdate()); err != nil {
		return nil, fmt.Errorf("loading accounts: %w", err)
	}
	return l.accounts, nil
}

// loader fills accounts.
type loader struct {
	ctx      context.Context
	q        db.Queryer
	need     Need
	accounts map[AccountKey]*Account
}

func (l *loader) load(lock string) error {
	if len(l.accounts) == 0 {
		return nil
	}
	if err := l.balances(lock); err != nil {
		return err
	}
	for _, step := range []func() error{l.due, l.causes, l.open, l.all, l.heldAndUndone} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// balances reads the rows of the accounts and locks them.
func (l *loader) balances(lock string) error {
	var args db.Args
	query := `SELECT ` + balanceColumns + ` FROM balance WHERE ` + within(&args, "", slices.Collect(maps.Keys(l.accounts))) +
		` ORDER BY member_id, wallet_id` + lock
	rows, err := l.q.Query(l.ctx, query, args.Values()...)
	list, err := db.Collect(rows, err, scanBalance)
	for _, b := range list {
		a := l.accounts[b.key]
		if a == nil {
			continue
		}
		a.balance, a.stored, a.storedDue = b.balance, true, b.due
		a.rest, a.horizon = dueTime(b.due), l.need.Until
	}
	return err
}

// within returns the condition that names accounts by member and wallet; it may
// match more, which the caller passes over.
func within(args *db.Args, alias string, keys []AccountKey) string {
	members, wallets := make([]id.ID, 0, len(keys)), make([]id.ID, 0, 4)
	for _, k := range keys {
		members = append(members, k.MemberID)
		if !slices.Contains(wallets, k.WalletID) {
			wallets = append(wallets, k.WalletID)
		}
	}
	slices.Sort(members)
	return alias + `member_id IN ` + args.In(slices.Compact(members)) + ` AND ` + alias + `wallet_id IN ` + args.In(wallets)
}

// due reads what the clock has to do by Until, and when it is wanted next.
func (l *loader) due() error {
	var keys []AccountKey
	held := false
	for k, a := range l.accounts {
		if !a.rest.IsZero() && !a.rest.After(l.need.Until) {
			keys = append(keys, k)
			held = held || a.balance[Held] > 0
		}
	}
	if len(keys) == 0 {
		return nil
	}
	until := db.Micros(l.need.Until)
	var args db.Args
	// Said twice, so that either half is one range of the index.
	part := func(released string) string {
		return `SELECT ` + lotColumns + ` FROM lot WHERE ` + within(&args, "", keys) + ` AND released = ` + released + ` AND next_at <= ` + args.Add(until)
	}
	query := part("FALSE") + ` UNION ALL ` + part("TRUE")
	if err := l.lots(query, args.Values()); err != nil {
		return err
	}
	if held {
		if err := l.dueHolds(keys, until); err != nil {
			return err
		}
	}
	return l.after(keys, until)
}

// after reads when the accounts are due next, after what is due by until.
func (l *loader) after(keys []AccountKey, until int64) error {
	var args db.Args
	u := args.Add(until)
	next := func(released string) string {
		return `COALESCE((SELECT MIN(l.next_at) FROM lot l WHERE l.member_id = b.member_id AND l.wallet_id = b.wallet_id AND l.released = ` +
			released + ` AND l.next_at > ` + u + `), ` + forever + `)`
	}
	query := `SELECT b.member_id, b.wallet_id, ` + next("FALSE") + `, ` + next("TRUE") + `,
		COALESCE((SELECT MIN(h.lapses) FROM hold h WHERE h.member_id = b.member_id AND h.wallet_id = b.wallet_id AND h.lapses > ` + u + ` AND h.remaining > 0), ` + forever + `)
		FROM balance b WHERE ` + within(&args, "b.", keys)
	rows, err := l.q.Query(l.ctx, query, args.Values()...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var k AccountKey
		var pending, available, hold int64
		if err := rows.Scan(&k.MemberID, &k.WalletID, &pending, &available, &hold); err != nil {
			return err
		}
		if a := l.accounts[k]; a != nil && slices.Contains(keys, k) {
			a.rest = dueTime(min(pending, available, hold))
		}
	}
	return rows.Err()
}

const forever = `9223372036854775807`

// lots runs a query for lots and gives them to their accounts. Lots of other
// accounts are passed over, and so are lots that are there already.
func (l *loader) lots(query string, args []any) error {
	rows, err := l.q.Query(l.ctx, query, args...)
	list, err := db.Collect(rows, err, scanLot)
	for _, row := range list {
		l.take(row.Lot)
	}
	return err
}

func (l *loader) take(lot *Lot) {
	if a := l.accounts[AccountKey{lot.MemberID, lot.WalletID}]; a != nil && a.lots[lot.ID] == nil {
		a.add(lot)
	}
}

// causes reads the lots that events gave.
func (l *loader) causes() error {
	if len(l.need.Causes) == 0 {
		return nil
	}
	query, args := causeQuery(lotColumns, "lot", "", l.need.Causes)
	return l.lots(query, args)
}

// all reads every lot of some accounts, and every open hold.
func (l *loader) all() error {
	if len(l.need.All) == 0 {
		return nil
	}
	var args db.Args
	if err := l.lots(`SELECT `+lotColumns+` FROM lot WHERE `+within(&args, "", l.need.All)+` ORDER BY id`, args.Values()); err != nil {
		return err
	}
	for _, k := range l.need.All {
		if a := l.accounts[k]; a != nil {
			a.rest = time.Time{} // nothing is left to come due unseen
		}
	}
	return l.dueHolds(l.need.All, db.Never)
}

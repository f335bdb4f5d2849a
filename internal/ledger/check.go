package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"strings"

	"regulars/internal/db"
	"regulars/internal/id"
)

const (
	// checkPage is the number of balances that are checked at a time.
	checkPage = 200
	// maxFaults ends a check that finds nothing but faults.
	maxFaults = 1000
)

// Check reads everything about the points of a programme and returns what is
// wrong with it: balances that are not the fold of their entries, sums that do
// not hold, lots and holds that disagree, anything below zero, anything that
// the clock would miss. It goes through the members page by page and stops at a
// thousand faults; run it on one snapshot.
func Check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	wallets, err := Wallets(ctx, q, programme)
	if err != nil || len(wallets) == 0 {
		return nil, err
	}
	c := &checking{ctx: ctx, q: q}
	for _, w := range wallets {
		c.wallets = append(c.wallets, w.ID)
	}
	for c.high < math.MaxInt64 && len(c.faults) < maxFaults && err == nil {
		err = c.page()
	}
	if err == nil {
		err = c.closedHolds()
	}
	if err != nil {
		return nil, fmt.Errorf("checking the ledger: %w", err)
	}
	return c.faults, nil
}

// checking is a check on its way. A page is the members above low, up to high.
type checking struct {
	ctx       context.Context
	q         db.Queryer
	wallets   []id.ID
	low, high int64
	faults    []Fault

	accounts map[AccountKey]*checked
}

// checked is what the tables say of one account.
type checked struct {
	stored  *balanceRow
	entries []Turnover // by kind and way
	lots    map[id.ID]*checkedLot
	holds   []heldRow
}

// checkedLot is a lot as it is stored and as its entries make it.
type checkedLot struct {
	stored *lotRow
	folded Lot
	given  int64 // earned or adjusted up
	parts  int64 // in holds
}

// page checks the next members.
func (c *checking) page() error {
	if err := c.turn(); err != nil {
		return err
	}
	c.accounts = map[AccountKey]*checked{}
	for _, read := range []func() error{c.readBalances, c.readLots, c.readEntries, c.readHolds, c.readParts} {
		if err := read(); err != nil {
			return err
		}
	}
	keys := make([]AccountKey, 0, len(c.accounts))
	for k := range c.accounts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b AccountKey) int {
		return cmp.Or(cmp.Compare(a.MemberID, b.MemberID), cmp.Compare(a.WalletID, b.WalletID))
	})
	for _, k := range keys {
		c.account(k, c.accounts[k])
	}
	return nil
}

// turn finds the last member of the next page.
func (c *checking) turn() error {
	c.low = c.high
	rows, err := c.q.Query(c.ctx, `SELECT member_id FROM balance WHERE member_id > $1 ORDER BY member_id LIMIT 1 OFFSET $2`, c.low, checkPage)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (int64, error) {
		var n int64
		err := r.Scan(&n)
		return n, err
	})
	c.high = math.MaxInt64
	if len(list) > 0 {
		c.high = list[0]
	}
	return err
}

func (c *checking) at(k AccountKey) *checked {
	a := c.accounts[k]
	if a == nil {
		a = &checked{lots: map[id.ID]*checkedLot{}}
		c.accounts[k] = a
	}
	return a
}

func (a *checked) lot(lot id.ID) *checkedLot {
	l := a.lots[lot]
	if l == nil {
		l = &checkedLot{}
		a.lots[lot] = l
	}
	return l
}

// within returns the condition for the rows of the page.
func (c *checking) within(args *db.Args) string {
	return ` WHERE member_id > ` + args.Add(c.low) + ` AND member_id <= ` + args.Add(c.high) + ` AND wallet_id IN ` + args.In(c.wallets)
}

func (c *checking) readBalances() error {
	var args db.Args
	rows, err := c.q.Query(c.ctx, `SELECT `+balanceColumns+` FROM balance`+c.within(&args), args.Values()...)
	list, err := db.Collect(rows, err, scanBalance)
	for _, b := range list {
		c.at(b.key).stored = &b
	}
	return err
}

func (c *checking) readLots() error {
	var args db.Args
	columns := strings.NewReplacer("shares", "''", "reason", "''").Replace(lotColumns)
	rows, err := c.q.Query(c.ctx, `SELECT `+columns+` FROM lot`+c.within(&args), args.Values()...)
	list, err := db.Collect(rows, err, scanLot)
	for _, l := range list {
		c.at(AccountKey{l.MemberID, l.WalletID}).lot(l.ID).stored = &l
	}
	return err
}

// entrySum is the sum of the entries of a lot of one kind and way.
type entrySum struct {
	key      AccountKey
	lot      id.ID
	smallest int64
	Turnover
}

func (c *checking) readEntries() error {
	var args db.Args
	rows, err := c.q.Query(c.ctx, `SELECT member_id, wallet_id, lot_id, kind, from_bucket, to_bucket, CAST(SUM(amount) AS BIGINT), MIN(amount)
		FROM entry`+c.within(&args)+` GROUP BY member_id, wallet_id, lot_id, kind, from_bucket, to_bucket`, args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (entrySum, error) {
		var e entrySum
		err := r.Scan(&e.key.MemberID, &e.key.WalletID, &e.lot, &e.Kind, &e.From, &e.To, &e.Amount, &e.smallest)
		return e, err
	})
	for _, e := range list {
		c.fold(e)
	}
	return err
}

// fold counts entries on their account and lot.
func (c *checking) fold(e entrySum) {
	a := c.at(e.key)
	if !e.Kind.lawful(e.From, e.To) || e.smallest <= 0 {
		c.found(Fault{Code: FaultEntry, MemberID: e.key.MemberID, WalletID: e.key.WalletID, LotID: e.lot,
			What: e.Kind.String() + ": " + e.From.String() + " → " + e.To.String(), Stored: e.smallest, Expected: max(1, e.smallest)})
		return
	}
	a.entries = append(a.entries, e.Turnover)
	if e.lot == 0 {
		return
	}
	l := a.lot(e.lot)
	l.folded.apply(&Entry{Kind: e.Kind, From: e.From, To: e.To, Amount: e.Amount})
	if e.Kind == KindEarn || e.Kind == KindAdjustUp {
		l.given += e.Amount
	}
}

func (c *checking) found(f Fault) {
	if len(c.faults) < maxFaults {
		c.faults = append(c.faults, f)
	}
}

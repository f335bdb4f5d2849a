package giftcard

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

const cardColumns = `c.programme_id, c.number, c.id, c.state, c.given, c.face, c.months, c.balance, c.added, c.spent, c.expired,
	c.activated, c.expires, c.claimed, c.batch_id, c.campaign_id, c.member_id, c.label, c.held`

func scanCard(r *sql.Rows) (*Card, error) {
	c := &Card{}
	var activated, expires, claimed int64
	err := r.Scan(&c.ProgrammeID, &c.Number, &c.ID, &c.State, &c.Given, &c.Face, &c.Months, &c.Balance, &c.Added, &c.Spent, &c.Expired,
		&activated, &expires, &claimed, &c.BatchID, &c.CampaignID, &c.MemberID, &c.Label, &c.storedHeld)
	c.Activated, c.Expires, c.Claimed = db.Time(activated), db.Time(expires), db.Time(claimed)
	c.stored = c.Balance
	return c, err
}

var keyKinds = []db.Kind{db.Int, db.Text}

// LoadCards returns the cards with these keys, locked in the order of their
// keys until the transaction ends; numbers that are no card's are left out. It
// sends one statement, none for no keys, and one more where money is held.
func LoadCards(ctx context.Context, tx *db.Tx, keys []Key) (map[Key]*Card, error) {
	cards := make(map[Key]*Card, len(keys))
	if len(keys) == 0 {
		return cards, nil
	}
	var args db.Args
	query := `WITH k(programme_id, number) AS ` + args.Tuples(keyKinds, tuples(keys)) + `
		SELECT ` + cardColumns + ` FROM k CROSS JOIN gift_card AS c
		WHERE c.programme_id = k.programme_id AND c.number = k.number ORDER BY c.programme_id, c.number` + tx.ForUpdate()
	rows, err := tx.Query(ctx, query, args.Values()...)
	list, err := db.Collect(rows, err, scanCard)
	if err != nil {
		return nil, fmt.Errorf("loading gift cards: %w", err)
	}
	for _, c := range list {
		c.fresh = tx.IDs().New
		cards[c.Key()] = c
	}
	return cards, loadHolds(ctx, tx, list)
}

// tuples returns the keys in their order, each once.
func tuples(keys []Key) [][]any {
	sorted := slices.Clone(keys)
	slices.SortFunc(sorted, compareKeys)
	var rows [][]any
	for _, k := range slices.Compact(sorted) {
		rows = append(rows, []any{int64(k.ProgrammeID), k.Number})
	}
	return rows
}

func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.ProgrammeID, b.ProgrammeID), cmp.Compare(a.Number, b.Number))
}

// LoadTaken fills into loaded cards what these sales took from them and got
// back, so that Refund knows. It sends one statement, none where nothing is
// asked.
func LoadTaken(ctx context.Context, tx *db.Tx, cards map[Key]*Card, sales []id.ID) error {
	if len(cards) == 0 || len(sales) == 0 {
		return nil
	}
	keys := make([]Key, 0, len(cards))
	for k := range cards {
		keys = append(keys, k)
	}
	var args db.Args
	query := `WITH k(programme_id, number) AS ` + args.Tuples(keyKinds, tuples(keys)) + `
		SELECT e.programme_id, e.number, e.sale_id, e.kind, CAST(SUM(e.amount) AS BIGINT), MIN(e.occurred) FROM k CROSS JOIN gift_entry AS e
		WHERE e.programme_id = k.programme_id AND e.number = k.number AND e.sale_id IN ` + args.In(sales) + `
		GROUP BY e.programme_id, e.number, e.sale_id, e.kind`
	rows, err := tx.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var k Key
		var sale id.ID
		var kind Kind
		var amount, at int64
		if err := r.Scan(&k.ProgrammeID, &k.Number, &sale, &kind, &amount, &at); err != nil {
			return struct{}{}, err
		}
		cards[k].remember(sale, kind, amount, at)
		return struct{}{}, nil
	})
	if err != nil {
		return fmt.Errorf("loading what sales took from gift cards: %w", err)
	}
	return nil
}

// remember counts stored entries of a sale.
func (c *Card) remember(sale id.ID, kind Kind, amount, at int64) {
	t := c.taken[sale]
	if t == nil {
		t = &taken{}
		c.note(sale, t)
	}
	switch kind {
	case KindCharge:
		t.charged, t.at = amount, db.Time(at)
	case KindRefund:
		t.refunded = amount
	}
}

package ledger

import (
	"cmp"
	"database/sql"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

// heldRow is a stored hold, or what holds have of a lot.
type heldRow struct {
	key       AccountKey
	hold, lot id.ID
	// amount was set aside, left still is, and parts is what the parts say.
	amount, left, parts int64
}

// readHolds reads the open holds of the page.
func (c *checking) readHolds() error {
	var args db.Args
	list, err := c.held(`SELECT h.member_id, h.wallet_id, h.id, 0, h.amount, h.remaining, COALESCE((SELECT CAST(SUM(p.remaining) AS BIGINT)
		FROM hold_lot p WHERE p.member_id = h.member_id AND p.hold_id = h.id), 0) FROM hold h`+c.openHolds(&args), args)
	for _, h := range list {
		a := c.at(h.key)
		a.holds = append(a.holds, h)
	}
	return err
}

// readParts counts the parts of open holds on their lots.
func (c *checking) readParts() error {
	var args db.Args
	list, err := c.held(`SELECT h.member_id, h.wallet_id, 0, p.lot_id, 0, CAST(SUM(p.remaining) AS BIGINT), 0
		FROM hold h JOIN hold_lot p ON p.member_id = h.member_id AND p.hold_id = h.id`+c.openHolds(&args)+
		` GROUP BY h.member_id, h.wallet_id, p.lot_id`, args)
	for _, h := range list {
		c.at(h.key).lot(h.lot).parts = h.left
	}
	return err
}

func (c *checking) openHolds(args *db.Args) string {
	return ` WHERE h.remaining > 0 AND h.member_id > ` + args.Add(c.low) + ` AND h.member_id <= ` + args.Add(c.high) +
		` AND h.wallet_id IN ` + args.In(c.wallets)
}

func (c *checking) held(query string, args db.Args) ([]heldRow, error) {
	rows, err := c.q.Query(c.ctx, query, args.Values()...)
	return db.Collect(rows, err, func(r *sql.Rows) (heldRow, error) {
		var h heldRow
		err := r.Scan(&h.key.MemberID, &h.key.WalletID, &h.hold, &h.lot, &h.amount, &h.left, &h.parts)
		return h, err
	})
}

// closedHolds finds, once for all members, holds below zero and parts that
// still hold something though their hold is closed or gone.
func (c *checking) closedHolds() error {
	var args db.Args
	list, err := c.held(`SELECT h.member_id, h.wallet_id, h.id, 0, h.amount, h.remaining, 0 FROM hold h
		WHERE h.remaining < 0 AND h.wallet_id IN `+args.In(c.wallets), args)
	for _, h := range list {
		c.notBelow(Fault{MemberID: h.key.MemberID, WalletID: h.key.WalletID, HoldID: h.hold}, "remaining", h.left)
	}
	if err != nil {
		return err
	}
	args = db.Args{}
	list, err = c.held(`SELECT p.member_id, l.wallet_id, p.hold_id, p.lot_id, 0, p.remaining, 0
		FROM hold_lot p JOIN lot l ON l.member_id = p.member_id AND l.event_id = p.lot_event AND l.id = p.lot_id
		LEFT JOIN hold h ON h.member_id = p.member_id AND h.id = p.hold_id
		WHERE p.remaining <> 0 AND COALESCE(h.remaining, 0) <= 0 AND l.wallet_id IN `+args.In(c.wallets), args)
	for _, h := range list {
		at := Fault{MemberID: h.key.MemberID, WalletID: h.key.WalletID, LotID: h.lot, HoldID: h.hold}
		c.same(at, FaultHold, "remaining", h.left, 0)
	}
	return err
}

// holds compares the open holds of an account with their parts.
func (c *checking) holds(at Fault, a *checked) {
	slices.SortFunc(a.holds, func(x, y heldRow) int { return cmp.Compare(x.hold, y.hold) })
	held := int64(0)
	for _, h := range a.holds {
		at := at
		at.HoldID = h.hold
		c.same(at, FaultHold, "remaining", h.left, h.parts)
		if h.left > h.amount {
			c.same(at, FaultHold, "amount", h.amount, h.left)
		}
		held += h.left
	}
	c.same(at, FaultHold, Held.String(), a.stored.balance[Held], held)
}

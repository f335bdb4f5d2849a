package flow

import (
	"context"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/sale"
)

// moveHolds lets the holds of points of a member who is merged into another go
// on there. What was moved may have paid a debt first, and is held no more then.
func moveHolds(ctx context.Context, tx *db.Tx, now time.Time, from, to *account, move func() error) error {
	open, err := openSalesOf(ctx, tx, from.member.ID)
	if err != nil {
		return err
	}
	left := map[id.ID]int64{}
	for _, o := range open {
		for _, p := range o.parts.Points {
			w := from.wallet(p.WalletID)
			if h, err := w.HoldByID(p.HoldID); err == nil {
				left[p.HoldID] = h.Left
			}
			if err := letGoOf(w, p.HoldID, now); err != nil {
				return err
			}
		}
	}
	if err := move(); err != nil {
		return err
	}
	for _, o := range open {
		var kept []heldPoints
		for _, p := range o.parts.Points {
			w := to.wallet(p.WalletID)
			n := min(left[p.HoldID], w.Balance()[ledger.Available])
			if n <= 0 || !o.row.Until.After(now) {
				continue
			}
			h, err := w.Hold(now, n, o.row.Until, setAside(o))
			if err != nil {
				return err
			}
			kept = append(kept, heldPoints{p.WalletID, h.ID, n})
		}
		o.parts.Points, o.row.MemberID = kept, to.member.ID
		if err := o.save(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// endHolds ends the holds of points of a member from whom others part, so that
// everybody's points can go where they belong.
func endHolds(ctx context.Context, tx *db.Tx, now time.Time, a *account) error {
	open, err := openSalesOf(ctx, tx, a.member.ID)
	if err != nil {
		return err
	}
	for _, o := range open {
		for _, p := range o.parts.Points {
			if err := letGoOf(a.wallet(p.WalletID), p.HoldID, now); err != nil {
				return err
			}
		}
		o.parts.Points = nil
		if err := o.save(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

func openSalesOf(ctx context.Context, tx *db.Tx, m id.ID) ([]*openSale, error) {
	rows, err := sale.HoldsOf(ctx, tx, m)
	if err != nil {
		return nil, err
	}
	var list []*openSale
	for _, row := range rows {
		o, err := openSaleOf(row)
		if err != nil {
			return nil, err
		}
		list = append(list, o)
	}
	return list, nil
}

package reward

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Query asks for a page of redemptions, the latest first. Empty fields ask for
// all.
type Query struct {
	ProgrammeID id.ID
	State       Progress
	RewardID    id.ID
	// Members are the aliases of one member.
	Members []id.ID
	// Before is the last redemption of the page before.
	Before id.ID
	Limit  int
}

// Redemptions returns a page of redemptions. It needs rewards.read.
func (c *Catalog) Redemptions(ctx context.Context, a auth.Actor, query Query) ([]*Redemption, error) {
	if err := a.Can(query.ProgrammeID, auth.RewardsRead); err != nil {
		return nil, err
	}
	var args db.Args
	where := []string{`n.programme_id = ` + args.Add(query.ProgrammeID)}
	and := func(column string, value any) { where = append(where, column+args.Add(value)) }
	if query.State != "" {
		and(`n.state = `, string(query.State))
	}
	if query.RewardID != 0 {
		and(`n.reward_id = `, query.RewardID)
	}
	if len(query.Members) > 0 {
		where = append(where, `n.member_id IN `+args.In(query.Members))
	}
	if query.Before != 0 {
		and(`n.id < `, query.Before)
	}
	return selectRedemptions(ctx, c.d.Reader(), `SELECT `+redemptionColumns+` FROM redemption AS n WHERE `+strings.Join(where, ` AND `)+
		` ORDER BY n.id DESC LIMIT `+args.Add(query.Limit), args.Values()...)
}

// Find returns a redemption by its pick-up code or its shown id; of several
// that had the code, the one that waits, or else the latest. It needs
// rewards.read.
func (c *Catalog) Find(ctx context.Context, a auth.Actor, programme id.ID, name string) (*Redemption, error) {
	if err := a.Can(programme, auth.RewardsRead); err != nil {
		return nil, err
	}
	return find(ctx, c.d.Reader(), programme, name)
}

func find(ctx context.Context, q db.Queryer, programme id.ID, name string) (*Redemption, error) {
	query, value := `n.code <> '' AND n.code = $2 ORDER BY CASE WHEN n.state = 'redeemed' THEN 0 ELSE 1 END, n.id DESC LIMIT 1`, any(NormaliseCode(name))
	if n, err := id.Parse(id.Redemption, name); err == nil {
		query, value = `n.id = $2`, n
	}
	list, err := selectRedemptions(ctx, q, `SELECT `+redemptionColumns+` FROM redemption AS n WHERE n.programme_id = $1 AND `+query, programme, value)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, UnknownRedemption()
	}
	return list[0], nil
}

// UnknownRedemption is the fault of a code or id that is no redemption's,
// "unknown_redemption".
func UnknownRedemption() *fault.Error {
	return fault.Missing("unknown_redemption", "nothing was redeemed under this code; compare it with what the member shows")
}

// HandOut marks what the member has picked up. It refuses what is not waiting
// ("redemption_closed") and what was not picked up in time ("pickup_late"). It
// needs redemptions.write.
func (c *Catalog) HandOut(ctx context.Context, a auth.Actor, programme id.ID, name string) (*Redemption, error) {
	if err := a.Can(programme, auth.RedemptionsWrite); err != nil {
		return nil, err
	}
	var n *Redemption
	err := c.d.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		if n, err = find(ctx, tx, programme, name); err != nil {
			return err
		}
		now := db.Time(db.Micros(c.now()))
		switch {
		case n.State != Redeemed:
			return fault.Conflict("redemption_closed", "this is not waiting to be picked up: it was %s at %s", n.State, n.Closed.Format(time.RFC3339)).
				With("state", string(n.State)).With("closed", n.Closed)
		case !n.Due.IsZero() && !now.Before(n.Due):
			last := n.Due.Add(-time.Microsecond)
			return fault.Refused("pickup_late", "this could be picked up until %s", last.Format(time.DateOnly)).With("last", last)
		}
		n.State, n.Closed = HandedOut, now
		if err := Save(ctx, tx, []*Redemption{n}); err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "redemption.hand_out", Subject: n.ID.In(id.Redemption)})
	})
	return n, err
}

// lapsePage is how many redemptions one transaction of Lapse settles.
const lapsePage = 256

// Lapse closes what was not picked up by the moment and puts it back in stock;
// it returns how many that were.
func (c *Catalog) Lapse(ctx context.Context, until time.Time) (int, error) {
	for all := 0; ; {
		n := 0
		err := c.d.InTxAgain(ctx, func(tx *db.Tx) (err error) {
			n, err = lapse(ctx, tx, until)
			return err
		})
		if err != nil {
			return all, fmt.Errorf("closing what was not picked up: %w", err)
		}
		if all += n; n < lapsePage {
			return all, nil
		}
	}
}

func lapse(ctx context.Context, tx *db.Tx, until time.Time) (int, error) {
	rows, err := tx.Query(ctx, `SELECT member_id, redemption_id FROM reward_pickup WHERE due > 0 AND due <= $1 ORDER BY due LIMIT $2`, db.Micros(until), lapsePage)
	keys, err := db.Collect(rows, err, func(r *sql.Rows) (k Key, err error) {
		err = r.Scan(&k.MemberID, &k.ID)
		return k, err
	})
	if err != nil {
		return 0, err
	}
	found, err := LoadRedemptions(ctx, tx, keys)
	if err != nil {
		return 0, err
	}
	stocks, list := Stocks{}, make([]*Redemption, 0, len(found))
	for _, n := range found {
		if n.State != Redeemed {
			continue
		}
		n.State, n.Closed = Lapsed, n.Due
		if stocks[n.RewardID] == nil {
			stocks[n.RewardID] = &Stock{}
		}
		stocks[n.RewardID].Take(-1)
		list = append(list, n)
	}
	if err := Save(ctx, tx, list); err != nil {
		return 0, err
	}
	return len(keys), Reserve(ctx, tx, stocks)
}

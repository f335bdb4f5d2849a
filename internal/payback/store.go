package payback

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/reward"
)

// given reads what became of the points given in the period. Points that moved to
// another account keep the time at which they were given; what is past its time has
// expired, though no clock may have come by.
func given(ctx context.Context, q db.Queryer, ask *Query) (g Given, err error) {
	var clawed, excused int64
	err = q.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(CASE WHEN origin = 0 THEN amount ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(clawed), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN expires > 0 AND expires <= $4 THEN held ELSE remaining + held END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN expires > 0 AND expires <= $4 THEN expired + remaining ELSE expired END), 0) AS BIGINT), CAST(COALESCE(SUM(exempt), 0) AS BIGINT)
		FROM lot WHERE wallet_id = $1 AND earned >= $2 AND earned < $3`, ask.Wallet.ID, db.Micros(ask.From), db.Micros(ask.Until), db.Micros(ask.Now)).
		Scan(&g.Points, &clawed, &g.Open, &g.Expired, &excused)
	if err != nil {
		return g, fmt.Errorf("adding up the points given: %w", db.Fault(err))
	}
	err = q.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(CASE WHEN e.kind = $1 THEN -e.amount ELSE e.amount END), 0) AS BIGINT) FROM entry AS e
		JOIN lot AS l ON l.member_id = e.member_id AND l.event_id = e.lot_event AND l.id = e.lot_id
		WHERE l.wallet_id = $2 AND l.earned >= $3 AND l.earned < $4 AND e.kind IN ($1, $5, $6)`,
		ledger.KindRefund, ask.Wallet.ID, db.Micros(ask.From), db.Micros(ask.Until), ledger.KindSpend, ledger.KindCapture).Scan(&g.Spent)
	if err != nil {
		return g, fmt.Errorf("adding up what became of points: %w", db.Fault(err))
	}
	g.Points, g.Expired = g.Points-clawed, g.Expired-excused
	g.Other = g.Points - g.Spent - g.Expired - g.Open
	return g, nil
}

// redemption is points that somebody spent, and the money that went with a reward.
type redemption struct {
	who              id.ID
	at               time.Time
	points, money    int64
	rewarded, saleID id.ID // one of them is 0
	donated          bool
}

// redemptions reads what points were spent on since a moment, payments first.
func redemptions(ctx context.Context, q db.Queryer, ask *Query, root map[id.ID]id.ID) ([]redemption, error) {
	rows, err := q.Query(ctx, `SELECT s.member_id, s.id, s.occurred, CAST(SUM(e.amount - (SELECT COALESCE(SUM(r.amount), 0) FROM entry AS r
			WHERE r.member_id = e.member_id AND r.cause_kind = $1 AND r.cause_id = e.id)) AS BIGINT)
		FROM sale AS s JOIN entry AS e ON e.member_id = s.member_id AND e.event_id = s.id AND e.kind IN ($2, $3)
		WHERE s.programme_id = $4 AND s.priced AND s.occurred >= $5 AND e.wallet_id = $6 GROUP BY s.member_id, s.id, s.occurred ORDER BY s.occurred, s.id`,
		ledger.CauseReversal, ledger.KindSpend, ledger.KindCapture, ask.ProgrammeID, db.Micros(ask.From), ask.Wallet.ID)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n redemption, err error) {
		var at int64
		err = r.Scan(&n.who, &n.saleID, &at, &n.points)
		n.at = db.Time(at)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what points paid for: %w", err)
	}
	rows, err = q.Query(ctx, `SELECT r.member_id, r.reward_id, r.occurred, r.points, r.money FROM redemption AS r
		WHERE r.programme_id = $1 AND r.wallet_id = $2 AND r.state <> $3 AND r.occurred >= $4 ORDER BY r.occurred, r.id`,
		ask.ProgrammeID, ask.Wallet.ID, string(reward.Undone), db.Micros(ask.From))
	taken, err := db.Collect(rows, err, func(r *sql.Rows) (n redemption, err error) {
		var at int64
		err = r.Scan(&n.who, &n.rewarded, &at, &n.points, &n.money)
		n.at = db.Time(at)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the rewards taken: %w", err)
	}
	rewards, err := reward.All(ctx, q, ask.ProgrammeID)
	if err != nil {
		return nil, err
	}
	donation := map[id.ID]bool{}
	for _, r := range rewards {
		donation[r.ID] = r.Kind == reward.KindDonation
	}
	for _, n := range taken {
		n.donated = donation[n.rewarded]
		list = append(list, n)
	}
	for i := range list {
		list[i].who = cmp.Or(root[list[i].who], list[i].who)
	}
	return list, nil
}

// purchase is what somebody bought and kept.
type purchase struct {
	id   id.ID
	who  id.ID
	at   time.Time
	kept int64 // minor units
}

// purchases reads what was bought since a moment, in order of time.
func purchases(ctx context.Context, q db.Queryer, programme id.ID, from time.Time, root map[id.ID]id.ID) (map[id.ID][]purchase, error) {
	all := map[id.ID][]purchase{}
	rows, err := q.Query(ctx, `SELECT s.member_id, s.id, s.occurred, s.goods - s.returned FROM sale AS s
		WHERE s.programme_id = $1 AND s.occurred >= $2 ORDER BY s.occurred, s.id`, programme, db.Micros(from))
	err = db.Each(rows, err, func(r *sql.Rows) (p purchase, err error) {
		var at int64
		err = r.Scan(&p.who, &p.id, &at, &p.kept)
		p.at = db.Time(at)
		return p, err
	}, func(p purchase) error {
		p.who = cmp.Or(root[p.who], p.who)
		all[p.who] = append(all[p.who], p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was bought: %w", err)
	}
	return all, nil
}

package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Holding is what a member can spend in a wallet.
type Holding struct {
	MemberID  id.ID
	Available int64
}

// Holdings returns those after a member, in their order, who can spend at least
// so many points of a wallet, in the smallest unit; at most limit of them.
func Holdings(ctx context.Context, q db.Queryer, wallet id.ID, least int64, after id.ID, limit int) ([]Holding, error) {
	rows, err := q.Query(ctx, `SELECT member_id, available FROM balance WHERE wallet_id = $1 AND available >= $2 AND member_id > $3 ORDER BY member_id LIMIT $4`, wallet, least, after, limit)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (h Holding, err error) { return h, r.Scan(&h.MemberID, &h.Available) })
	if err != nil {
		return nil, fmt.Errorf("reading who has points to spend: %w", err)
	}
	return list, nil
}

// CountHoldings counts those who can spend at least so many points of a wallet.
func CountHoldings(ctx context.Context, q db.Queryer, wallet id.ID, least int64) (n int64, err error) {
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM balance WHERE wallet_id = $1 AND available >= $2`, wallet, least).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting who has points to spend: %w", err)
	}
	return n, nil
}

// Spenders returns which of the accounts spent points of a wallet since a moment,
// or have them held for something.
func Spenders(ctx context.Context, q db.Queryer, wallet id.ID, members []id.ID, since time.Time) (map[id.ID]bool, error) {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT DISTINCT member_id FROM entry WHERE member_id IN `+args.In(members)+` AND wallet_id = `+args.Add(wallet)+
		` AND kind IN (`+args.Add(int64(KindSpend))+`, `+args.Add(int64(KindHold))+`) AND occurred >= `+args.Add(db.Micros(since)), args.Values()...)
	all := map[id.ID]bool{}
	err = db.Each(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) }, func(n id.ID) error {
		all[n] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading who spent points: %w", err)
	}
	return all, nil
}

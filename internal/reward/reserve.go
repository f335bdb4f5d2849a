package reward

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Reserve takes from the stocks what the decisions of a batch took, and puts
// back what they gave back: one conditional update, which locks the stocks in
// the order of their rewards. When there are too few, because others were
// faster, it fails with "reward_stock_moved" and the batch must be decided
// again. It sends nothing when nothing moved.
func Reserve(ctx context.Context, tx *db.Tx, stocks Stocks) error {
	var claims [][]any
	var rewards []id.ID
	for _, reward := range slices.Sorted(maps.Keys(stocks)) {
		if n := stocks[reward].claimed; n != 0 {
			claims, rewards = append(claims, []any{int64(reward), n}), append(rewards, reward)
		}
	}
	if len(claims) == 0 {
		return nil
	}
	var args db.Args
	query := `WITH claim (reward_id, n) AS ` + args.Tuples([]db.Kind{db.Int, db.Int}, claims) + `,
		held AS (SELECT s.reward_id FROM reward_stock AS s WHERE s.reward_id IN ` + args.In(rewards) + ` ORDER BY s.reward_id` + tx.ForUpdate() + `)
		UPDATE reward_stock SET taken = reward_stock.taken + claim.n FROM claim JOIN held ON held.reward_id = claim.reward_id
		WHERE reward_stock.reward_id = claim.reward_id AND reward_stock.taken + claim.n >= 0
			AND (claim.n < 0 OR reward_stock.taken + claim.n <= reward_stock.stock)`
	n, err := tx.Exec(ctx, query, args.Values()...)
	if err != nil {
		return fmt.Errorf("reserving stock of rewards: %w", err)
	}
	if n != int64(len(claims)) {
		return fault.Busy("reward_stock_moved", "others took the same reward at the same moment; send this again")
	}
	return nil
}

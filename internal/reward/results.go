package reward

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Results is what became of a reward. Sums leave out what was undone; points
// are of the wallet in which they were paid, in its smallest unit.
type Results struct {
	RewardID id.ID
	WalletID id.ID
	// Uses = Waiting + HandedOut + Lapsed; Undone come beside.
	Uses, Waiting, HandedOut, Lapsed, Undone int64
	Points, Money, Given, Matched            int64
}

// LoadResults returns what became of the programme's rewards, by reward and
// wallet; nothing of those that nobody took. It reads all redemptions.
func LoadResults(ctx context.Context, q db.Queryer, programme id.ID) ([]Results, error) {
	rows, err := q.Query(ctx, `SELECT reward_id, wallet_id, SUM(CASE WHEN state = 'redeemed' THEN 1 ELSE 0 END),
		SUM(CASE WHEN state = 'handed_out' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'lapsed' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'undone' THEN 1 ELSE 0 END),
		CAST(SUM(CASE WHEN state = 'undone' THEN 0 ELSE points END) AS BIGINT), CAST(SUM(CASE WHEN state = 'undone' THEN 0 ELSE money END) AS BIGINT),
		CAST(SUM(CASE WHEN state = 'undone' THEN 0 ELSE given END) AS BIGINT), CAST(SUM(CASE WHEN state = 'undone' THEN 0 ELSE matched END) AS BIGINT)
		FROM redemption WHERE programme_id = $1 GROUP BY reward_id, wallet_id ORDER BY reward_id, wallet_id`, programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n Results, err error) {
		err = r.Scan(&n.RewardID, &n.WalletID, &n.Waiting, &n.HandedOut, &n.Lapsed, &n.Undone, &n.Points, &n.Money, &n.Given, &n.Matched)
		n.Uses = n.Waiting + n.HandedOut + n.Lapsed
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("adding up what rewards came to: %w", err)
	}
	return list, nil
}

// Donations is what was donated to one charity, in minor units.
type Donations struct {
	Charity        string
	Times          int64
	Given, Matched int64
}

// LoadDonations returns what was donated by charity, those first whose reward
// was made first. It is fit to be shown to everybody.
func LoadDonations(ctx context.Context, q db.Queryer, programme id.ID) ([]Donations, error) {
	rewards, err := All(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	results, err := LoadResults(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	byReward := map[id.ID]Results{}
	for _, r := range results {
		n := byReward[r.RewardID]
		n.Uses, n.Given, n.Matched = n.Uses+r.Uses, n.Given+r.Given, n.Matched+r.Matched
		byReward[r.RewardID] = n
	}
	var list []Donations
	at := map[string]int{}
	for _, w := range rewards {
		r := byReward[w.ID]
		if r.Given == 0 {
			continue
		}
		i, met := at[w.Partner]
		if !met {
			i = len(list)
			at[w.Partner], list = i, append(list, Donations{Charity: w.Partner})
		}
		list[i].Times, list[i].Given, list[i].Matched = list[i].Times+r.Uses, list[i].Given+r.Given, list[i].Matched+r.Matched
	}
	return list, nil
}

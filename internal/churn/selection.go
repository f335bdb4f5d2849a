package churn

import (
	"context"
	"fmt"
	"strings"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/tier"
)

// Selection selects members by how they stand as of the last look.
type Selection struct {
	ProgrammeID id.ID
	// States are any of these; Unusual selects the unusually silent as well.
	States  []State
	Unusual bool
	// Least is the least they bought in their year, in minor units.
	Least int64
	// Ranks are those meant of a ladder, by their codes, all if there are none.
	// Whoever has none on it yet counts as of the Lowest.
	Ranks  []string
	Ladder id.ID
	Lowest string
}

// where selects standings, as s.
func (c *Selection) where(args *db.Args) string {
	where := `WHERE s.programme_id = ` + args.Add(c.ProgrammeID)
	var ways []string
	for _, state := range c.States {
		ways = append(ways, `s.state = `+args.Add(string(state)))
	}
	if c.Unusual {
		ways = append(ways, unusually)
	}
	where += ` AND (` + strings.Join(ways, " OR ") + `) AND s.goods >= ` + args.Add(c.Least)
	if len(c.Ranks) > 0 {
		where += ` AND COALESCE(` + tier.RankCode(args, "s.member_id", c.Ladder) + `, ` + args.Add(c.Lowest) + `) IN ` + args.InText(c.Ranks)
	}
	return where
}

// Count counts whom it selects.
func (c *Selection) Count(ctx context.Context, q db.Queryer) (n int64, err error) {
	var args db.Args
	if err := q.QueryRow(ctx, `SELECT COUNT(*) FROM churn_standing AS s `+c.where(&args), args.Values()...).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting members by how they stand: %w", err)
	}
	return n, nil
}

// Next returns some of those whom it selects, in the order of their ids from the
// one after a member; none after the last.
func (c *Selection) Next(ctx context.Context, q db.Queryer, after id.ID) ([]Standing, error) {
	var args db.Args
	where := c.where(&args)
	return selectStandings(ctx, q, where+` AND s.member_id > `+args.Add(after)+` ORDER BY s.member_id LIMIT `+args.Add(pageSize), args.Values()...)
}

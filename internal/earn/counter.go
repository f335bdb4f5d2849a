package earn

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var (
	usageTable = db.NewTable("earn_usage", []string{"member_id", "rule_id", "period_start", "period"},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "rule_id", Kind: db.Int},
		db.Column{Name: "period_start", Kind: db.Int}, db.Column{Name: "period", Kind: db.Text},
		db.Column{Name: "times", Kind: db.Int}, db.Column{Name: "points", Kind: db.Int}, db.Column{Name: "changed", Kind: db.Int})
	budgetTable = db.NewTable("earn_budget", []string{"rule_id"},
		db.Column{Name: "rule_id", Kind: db.Int}, db.Column{Name: "points", Kind: db.Int})
)

// Wants are the slots that the decisions about each member look at.
type Wants map[id.ID][]Slot

// LoadUsage returns the counters that are wanted, by member, in one statement;
// in none when nothing is. A member without counters has none in the answer.
// The caller holds the members' locks until it has saved them.
func LoadUsage(ctx context.Context, q db.Queryer, wants Wants) (map[id.ID]Counts, error) {
	members, rules, starts := wants.split()
	all := make(map[id.ID]Counts, len(members))
	if len(members) == 0 {
		return all, nil
	}
	var args db.Args
	query := `SELECT member_id, rule_id, period_start, period, times, points FROM earn_usage
		WHERE member_id IN ` + args.In(members) + ` AND rule_id IN ` + args.In(rules) + ` AND period_start IN ` + args.In(starts)
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var member id.ID
		var s Slot
		var n Count
		err := r.Scan(&member, &s.RuleID, &s.Start, &s.Period, &n.Times, &n.Points)
		if all[member] == nil {
			all[member] = Counts{}
		}
		all[member][s] = n
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what rules gave: %w", err)
	}
	return all, nil
}

// split returns who and what is asked for. Starts are no identifiers, but
// numbers like them.
func (w Wants) split() (members, rules, starts []id.ID) {
	ruleSet, startSet := map[id.ID]bool{}, map[id.ID]bool{}
	for member, slots := range w {
		if len(slots) > 0 {
			members = append(members, member)
		}
		for _, s := range slots {
			ruleSet[s.RuleID], startSet[id.ID(s.Start)] = true, true
		}
	}
	slices.Sort(members)
	return members, slices.Sorted(maps.Keys(ruleSet)), slices.Sorted(maps.Keys(startSet))
}

// SaveUsage keeps the counters that decisions have changed now, in one
// statement; in none when nothing has.
func SaveUsage(ctx context.Context, tx *db.Tx, now time.Time, members map[id.ID]Counts) error {
	var rows [][]any
	for _, member := range slices.Sorted(maps.Keys(members)) {
		for s, n := range members[member] {
			if n.changed {
				rows = append(rows, []any{member, s.RuleID, s.Start, s.Period, n.Times, n.Points, db.Micros(now)})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Upsert(ctx, usageTable, rows); err != nil {
		return fmt.Errorf("keeping what rules gave: %w", err)
	}
	return nil
}

// JoinUsage adds what rules gave the loser of a merge to what they gave the
// survivor. The loser's counters stay as they are: nothing is counted for them
// until the merge is undone. The caller holds both members' locks.
func JoinUsage(ctx context.Context, tx *db.Tx, survivor, loser id.ID) error {
	_, err := tx.Exec(ctx, `INSERT INTO earn_usage (member_id, rule_id, period_start, period, times, points, changed)
		SELECT CAST($1 AS BIGINT), u.rule_id, u.period_start, u.period, u.times, u.points, u.changed FROM earn_usage AS u WHERE u.member_id = $2
		ON CONFLICT (member_id, rule_id, period_start, period)
		DO UPDATE SET times = earn_usage.times + excluded.times, points = earn_usage.points + excluded.points,
			changed = CASE WHEN excluded.changed > earn_usage.changed THEN excluded.changed ELSE earn_usage.changed END`, survivor, loser)
	if err != nil {
		return fmt.Errorf("adding up what rules gave: %w", err)
	}
	return nil
}

// PartUsage undoes JoinUsage. What was counted since then stays with the
// survivor.
func PartUsage(ctx context.Context, tx *db.Tx, survivor, loser id.ID) error {
	_, err := tx.Exec(ctx, `UPDATE earn_usage SET times = earn_usage.times - l.times,
			points = CASE WHEN earn_usage.points > l.points THEN earn_usage.points - l.points ELSE 0 END
		FROM earn_usage AS l
		WHERE earn_usage.member_id = $1 AND l.member_id = $2
			AND l.rule_id = earn_usage.rule_id AND l.period_start = earn_usage.period_start AND l.period = earn_usage.period`, survivor, loser)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM earn_usage WHERE member_id = $1 AND times <= 0`, survivor)
	}
	if err != nil {
		return fmt.Errorf("parting what rules gave: %w", err)
	}
	return nil
}

// LoadBudgets returns what the rules have given all members, in one statement.
// Nothing is locked: ReserveBudgets finds out whether others were faster.
func LoadBudgets(ctx context.Context, q db.Queryer, rules []id.ID) (Budgets, error) {
	budgets := make(Budgets, len(rules))
	if len(rules) == 0 {
		return budgets, nil
	}
	slices.Sort(rules)
	var args db.Args
	query := `SELECT rule_id, points FROM earn_budget WHERE rule_id IN ` + args.In(slices.Compact(rules))
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var rule id.ID
		var s Spending
		err := r.Scan(&rule, &s.Points)
		budgets[rule] = s
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading budgets: %w", err)
	}
	return budgets, nil
}

// ReserveBudgets takes from the budgets what the decisions of a batch have
// claimed: one conditional update, which locks the budgets in the order of
// their rules. When a claim no longer fits, because others were faster, it
// fails with "budget_moved" and the batch must be decided again.
func ReserveBudgets(ctx context.Context, tx *db.Tx, budgets Budgets) error {
	var claims [][]any
	var rules []id.ID
	for _, rule := range slices.Sorted(maps.Keys(budgets)) {
		if b := budgets[rule]; b.claimed > 0 {
			claims = append(claims, []any{int64(rule), b.claimed, b.limit})
			rules = append(rules, rule)
		}
	}
	if len(claims) == 0 {
		return nil
	}
	var args db.Args
	query := `WITH claim (rule_id, points, most) AS ` + args.Tuples([]db.Kind{db.Int, db.Int, db.Int}, claims) + `,
		held AS (SELECT b.rule_id FROM earn_budget AS b WHERE b.rule_id IN ` + args.In(rules) + ` ORDER BY b.rule_id` + tx.ForUpdate() + `)
		UPDATE earn_budget SET points = earn_budget.points + claim.points
		FROM claim JOIN held ON held.rule_id = claim.rule_id
		WHERE earn_budget.rule_id = claim.rule_id AND earn_budget.points + claim.points <= claim.most`
	n, err := tx.Exec(ctx, query, args.Values()...)
	if err != nil {
		return fmt.Errorf("reserving budgets: %w", err)
	}
	if n != int64(len(claims)) {
		return fault.Busy("budget_moved", "others have used the budget of a rule at the same moment; send this again")
	}
	return nil
}

// openBudget makes the budget of a rule, unless it has one.
func openBudget(ctx context.Context, tx *db.Tx, rule id.ID) error {
	if _, err := tx.InsertNew(ctx, budgetTable, [][]any{{rule, int64(0)}}); err != nil {
		return fmt.Errorf("opening a budget: %w", err)
	}
	return nil
}

package earn

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Fault is something that Check found wrong with a rule.
type Fault struct {
	RuleID id.ID
	What   string
}

// Check returns what contradicts itself in a programme's rules: versions that
// cannot decide, or overlap in time, and counters below zero.
func Check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	list, err := Histories(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	var faults []Fault
	for i := range list {
		faults = append(faults, list[i].check()...)
	}
	for _, query := range []string{
		`SELECT r.id FROM earn_rule AS r JOIN earn_budget AS b ON b.rule_id = r.id WHERE r.programme_id = $1 AND b.points < 0`,
		`SELECT r.id FROM earn_rule AS r WHERE r.programme_id = $1
			AND EXISTS (SELECT 1 FROM earn_usage AS u WHERE u.rule_id = r.id AND (u.times < 0 OR u.points < 0))`,
	} {
		rows, err := q.Query(ctx, query, programme)
		found, err := db.Collect(rows, err, scanID)
		if err != nil {
			return nil, fmt.Errorf("checking rules: %w", err)
		}
		for _, rule := range found {
			faults = append(faults, Fault{rule, "a counter of what the rule gave is below zero"})
		}
	}
	return faults, nil
}

func scanID(r *sql.Rows) (n id.ID, err error) {
	err = r.Scan(&n)
	return n, err
}

// check looks at the versions, which stand from the latest to the first.
func (h *History) check() []Fault {
	var faults []Fault
	for i := range h.Versions {
		v := &h.Versions[i]
		if _, err := compile(v); err != nil {
			faults = append(faults, Fault{h.ID, fmt.Sprintf("version %d cannot decide: %v", v.Number, err)})
		}
		if i == 0 || v.State == Draft || h.Versions[i-1].State == Draft {
			continue
		}
		if next := &h.Versions[i-1]; v.To.IsZero() || v.To.After(next.From) {
			faults = append(faults, Fault{h.ID, fmt.Sprintf("versions %d and %d are in force at the same time", v.Number, next.Number)})
		}
	}
	return faults
}

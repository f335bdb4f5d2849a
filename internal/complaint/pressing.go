package complaint

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// overdue is the condition of Case.Late, at the moment that an argument holds.
func overdue(now string) string {
	return `c.kind = 'complaint' AND c.state IN ('open', 'reopened', 'waiting') AND (c.legal_due <> 0 AND c.legal_due < ` + now +
		` OR c.state <> 'waiting' AND (c.due <> 0 AND c.due < ` + now + ` OR c.first_answered = 0 AND c.first_due <> 0 AND c.first_due < ` + now + `))`
}

// undecided is the condition of a case with a compensation to approve.
const undecided = `EXISTS (SELECT 1 FROM complaint_remedy AS r WHERE r.programme_id = c.programme_id AND r.case_id = c.id AND r.state = 'asked')`

// CountOverdue returns how many complaints wait longer for us than was said.
func CountOverdue(ctx context.Context, q db.Queryer, programme id.ID, now time.Time) (int64, error) {
	return count(ctx, q, programme, overdue("$2"), db.Micros(now))
}

// CountUndecided returns how many cases have a compensation that a second
// person has to approve.
func CountUndecided(ctx context.Context, q db.Queryer, programme id.ID) (int64, error) {
	return count(ctx, q, programme, undecided)
}

func count(ctx context.Context, q db.Queryer, programme id.ID, which string, args ...any) (n int64, err error) {
	if err = q.QueryRow(ctx, `SELECT COUNT(*) FROM complaint_case AS c WHERE c.programme_id = $1 AND `+which, append([]any{programme}, args...)...).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting cases: %w", db.Fault(err))
	}
	return n, nil
}

package sale

import (
	"context"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// ReturnSummary counts the lines of goods that came back to a programme and
// what was found of them. Quantities are in thousandths.
type ReturnSummary struct {
	// Lines is the sum of those matched whole, partly and not at all.
	Lines, Matched, Partly, Unmatched  int64
	QuantityMatched, QuantityUnmatched int64
}

// SummariseReturns counts the returned lines of a programme.
func SummariseReturns(ctx context.Context, q db.Queryer, programme id.ID) (ReturnSummary, error) {
	var s ReturnSummary
	var met, left int64
	err := q.QueryRow(ctx, `SELECT
			(SELECT COUNT(*) FROM (SELECT DISTINCT m.event_id, m.return_line FROM return_match AS m
				JOIN sale AS s ON s.member_id = m.member_id AND s.id = m.sale_id WHERE s.programme_id = $1) AS found),
			(SELECT COUNT(*) FROM return_unmatched AS u WHERE u.programme_id = $1),
			(SELECT COUNT(*) FROM return_unmatched AS u WHERE u.programme_id = $1 AND EXISTS (SELECT 1 FROM return_match AS m
				WHERE m.event_id = u.event_id AND m.return_line = u.return_line)),
			(SELECT CAST(COALESCE(SUM(l.returned_quantity), 0) AS BIGINT) FROM sale_line AS l
				JOIN sale AS s ON s.member_id = l.member_id AND s.id = l.sale_id WHERE s.programme_id = $1),
			(SELECT CAST(COALESCE(SUM(u.quantity), 0) AS BIGINT) FROM return_unmatched AS u WHERE u.programme_id = $1)`, programme).
		Scan(&met, &left, &s.Partly, &s.QuantityMatched, &s.QuantityUnmatched)
	if err != nil {
		return ReturnSummary{}, fmt.Errorf("counting returned lines: %w", err)
	}
	s.Matched, s.Unmatched = met-s.Partly, left-s.Partly
	s.Lines = s.Matched + s.Partly + s.Unmatched
	return s, nil
}

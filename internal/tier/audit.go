package tier

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Fault is something that Check found wrong.
type Fault struct {
	MemberID, LadderID id.ID
	What               string
}

// Check returns what contradicts itself in a programme's standings: a metric
// that is not the sum of what counts, a rank that does not follow from the
// metric or from the history, something due that nobody would notice.
func Check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	var faults []Fault
	for _, c := range checks {
		rows, err := q.Query(ctx, c.query, programme)
		found, err := db.Collect(rows, err, func(r *sql.Rows) (Fault, error) {
			f := Fault{What: c.what}
			err := r.Scan(&f.MemberID, &f.LadderID)
			return f, err
		})
		if err != nil {
			return nil, fmt.Errorf("checking standings (%s): %w", c.what, err)
		}
		faults = append(faults, found...)
	}
	found, err := checkReckoning(ctx, q, programme)
	if err != nil {
		return nil, fmt.Errorf("checking ranks: %w", err)
	}
	return append(faults, found...), nil
}

const ofProgramme = ` FROM standing AS s JOIN ladder AS l ON l.id = s.ladder_id WHERE l.programme_id = $1 `

// checks are statements that return the accounts at fault.
var checks = []struct{ what, query string }{
	{"the metric is not the sum of what counts", `SELECT s.member_id, s.ladder_id` + ofProgramme + `
		AND s.metric <> (SELECT COALESCE(SUM(c.amount), 0) FROM tier_credit AS c
			WHERE c.member_id = s.member_id AND c.ladder_id = s.ladder_id AND c.leaves_at > s.reckoned)`},
	{"what leaves next is not what is noted", `SELECT s.member_id, s.ladder_id` + ofProgramme + `
		AND NOT s.closed AND s.next_leave <> (SELECT COALESCE(MIN(c.leaves_at), 9223372036854775807) FROM tier_credit AS c
			WHERE c.member_id = s.member_id AND c.ladder_id = s.ladder_id AND c.leaves_at > s.reckoned)`},
	{"the history does not end at the rank held", `SELECT s.member_id, s.ladder_id
		FROM standing AS s JOIN ladder AS l ON l.id = s.ladder_id
		LEFT JOIN rank_change AS c ON c.member_id = s.member_id AND c.ladder_id = s.ladder_id AND c.no = s.changes
		WHERE l.programme_id = $1 AND s.changes > 0 AND (c.no IS NULL OR c.to_code <> s.rank_code)`},
	{"the rank is not held since its last change", `SELECT s.member_id, s.ladder_id` + ofProgramme + `
		AND s.since <> (SELECT COALESCE(MAX(c.at), 0) FROM rank_change AS c
			WHERE c.member_id = s.member_id AND c.ladder_id = s.ladder_id AND c.from_code <> c.to_code)`},
	{"the history has a gap", `SELECT c.member_id, c.ladder_id
		FROM rank_change AS c JOIN ladder AS l ON l.id = c.ladder_id
		LEFT JOIN rank_change AS p ON p.member_id = c.member_id AND p.ladder_id = c.ladder_id AND p.no = c.no - 1
		LEFT JOIN standing AS s ON s.member_id = c.member_id AND s.ladder_id = c.ladder_id
		WHERE l.programme_id = $1 AND (s.changes IS NULL OR c.no > s.changes
			OR c.no > 1 AND (p.no IS NULL OR p.to_code <> c.from_code OR p.at > c.at))`},
	{"something counts towards no standing", `SELECT c.member_id, c.ladder_id
		FROM tier_credit AS c JOIN ladder AS l ON l.id = c.ladder_id
		WHERE l.programme_id = $1 AND (c.amount < 0 OR NOT EXISTS (SELECT 1 FROM standing AS s
			WHERE s.member_id = c.member_id AND s.ladder_id = c.ladder_id))
		GROUP BY c.member_id, c.ladder_id`},
}

// checkReckoning holds each standing against the ladder.
func checkReckoning(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	ladders, err := LoadLadders(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	var faults []Fault
	for i := range ladders {
		rows, err := q.Query(ctx, `SELECT `+standingColumns+` FROM standing WHERE ladder_id = $1`, ladders[i].ID)
		_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
			what, k, err := readFault(r, &ladders[i])
			if what != "" {
				faults = append(faults, Fault{k.MemberID, k.LadderID, what})
			}
			return struct{}{}, err
		})
		if err != nil {
			return nil, err
		}
	}
	return faults, nil
}

func readFault(r *sql.Rows, l *Ladder) (string, kept, error) {
	k, err := scanStanding(r)
	if err != nil || k.Closed {
		return "", k, err
	}
	a := newAccount(l, k.Standing)
	a.beyond = k.nextLeave
	if never(k.nextDue) > never(a.NextDue()) {
		return "something is due that is not noted", k, nil
	}
	return a.fault(), k, nil
}

// fault says in what the rank does not follow from the metric.
func (a *Account) fault() string {
	v := a.ladder.from(a.s.Reckoned)
	if v.Number != a.s.Version {
		return "" // the new version is due
	}
	held, owed := v.index(a.s.Rank), max(v.earned(a.s.Metric), a.given(v))
	switch {
	case held < 0:
		return fmt.Sprintf("the ladder has no rank %q", a.s.Rank)
	case owed > held:
		return fmt.Sprintf("the rank is %s, but the metric %d and what is guaranteed give %s", a.s.Rank, a.s.Metric, v.Ranks[owed].Code)
	case due(a.s.FallsAt, a.s.Reckoned):
		return "the rank should have fallen"
	}
	safe := owed == held || a.s.Metric >= v.Ranks[held].keep()
	if safe != a.s.FallsAt.IsZero() {
		return fmt.Sprintf("the metric is %d and the rank %s: that it falls is wrongly noted", a.s.Metric, a.s.Rank)
	}
	return ""
}

package complaint

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/stats"
)

// Alarm is a person whose share of faults or of compensations is more than
// chance would make it, compared with all others. It says where to look, not
// what happened.
type Alarm struct {
	Actor string // as "staff:stf_…"
	// Given tells compensations that the person gave from faults that concern
	// them.
	Given bool
	Count int64
	// Rate is the count for 100 cases of the programme that were worked on, or
	// were told, with its exact interval; Others that of the others.
	Rate, Others stats.Interval
	// Value of the compensations, in minor units.
	Value int64
}

// Alarms need so many counts of a person at least, and are held to such a
// share of false ones.
const (
	alarmLeast = 5
	alarmShare = 0.05
)

// tally is what is counted of a person, out of an exposure of their own.
type tally struct {
	actor           string
	given           bool
	count, exposure int64
	value           int64
}

// alarms compares each person with the others. The person who looks is not
// told of themselves. What the programme itself asks for, as for broken promises, is
// no one's.
func (r *Report) alarms(ctx context.Context, q db.Queryer, programme id.ID, list []brief, a auth.Actor) error {
	faults := map[id.ID]int64{}
	for _, b := range list {
		if b.subject != 0 {
			faults[b.subject]++
		}
	}
	var tallies []tally
	for subject, n := range faults {
		tallies = append(tallies, tally{actor: auth.Actor{Kind: auth.KindStaff, ID: subject}.String(), count: n, exposure: int64(len(list))})
	}
	rows, err := q.Query(ctx, `SELECT r.asked_by, COUNT(*), CAST(SUM(r.amount) AS BIGINT) FROM complaint_remedy AS r
		WHERE r.programme_id = $1 AND r.asked >= $2 AND r.state <> 'declined' AND r.asked_by NOT LIKE $3 GROUP BY r.asked_by`, programme, db.Micros(r.From), string(auth.KindSystem)+":%")
	given, err := db.Collect(rows, err, func(r *sql.Rows) (t tally, err error) {
		t.given = true
		return t, r.Scan(&t.actor, &t.count, &t.value)
	})
	if err != nil {
		return fmt.Errorf("counting compensations: %w", err)
	}
	for i := range given {
		given[i].exposure = int64(len(list))
	}
	r.Staff = raise(append(tallies, given...), a.String())
	return nil
}

// raise returns the alarms among tallies: those whose rate is above that of
// the others by a one-sided exact test, held to a share of false ones by
// Benjamini and Hochberg.
func raise(tallies []tally, looks string) []Alarm {
	slices.SortFunc(tallies, func(a, b tally) int {
		return cmp.Or(strings.Compare(yes(a.given), yes(b.given)), cmp.Compare(b.count, a.count), strings.Compare(a.actor, b.actor))
	})
	var p []float64
	var alarms []Alarm
	for _, t := range tallies {
		var count, people int64
		for _, o := range tallies {
			if o.given == t.given && o.actor != t.actor {
				count += o.count
				people++
			}
		}
		if people == 0 {
			continue
		}
		// Under equal shares the person has 1/(people+1) of all that was counted.
		p = append(p, stats.RateAbove(t.count, count, 1/float64(people+1)))
		alarms = append(alarms, Alarm{
			Actor: t.actor, Given: t.given, Count: t.count, Value: t.value,
			Rate: stats.Rate(t.count, float64(t.exposure)/100), Others: stats.Rate(count, float64(people*t.exposure)/100),
		})
	}
	var raised []Alarm
	for i, found := range stats.Discoveries(p, alarmShare) {
		if found && alarms[i].Count >= alarmLeast && alarms[i].Actor != looks {
			raised = append(raised, alarms[i])
		}
	}
	return raised
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

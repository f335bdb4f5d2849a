package complaint

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/stats"
)

const (
	// perOrders is what rates are counted by.
	perOrders = 1000
	// reportWeeks are shown on the chart.
	reportWeeks = 26
	week        = 7 * 24 * time.Hour
)

// Bar is how many complaints had a reason or a cause, the most first.
type Bar struct {
	Code  string
	Count int64
	// Upto is how many of all this bar and those before it are.
	Upto int64
}

// Rate is how many complaints there were for 1,000 orders, with Garwood's
// exact interval at 95 %.
type Rate struct {
	Complaints, Orders int64
	Rate, Low, High    float64
}

// Point is a week on the chart of complaints for 1,000 orders: a u-chart with
// three standard errors of a Poisson rate.
type Point struct {
	From time.Time
	Rate
	Centre, Lower, Upper float64
	// Outside says that chance alone seldom makes so many, or so few.
	Outside bool
}

// Effect is what an action was followed by: the rate of its cause in the weeks
// before it was done, and in as many after. It is no proof that the action did
// it.
type Effect struct {
	*Action
	// Weeks are how many are compared on either side, 0 where there is nothing
	// to compare.
	Weeks         int
	Before, After Rate
}

// Report is what the complaints of half a year come to.
type Report struct {
	From, To time.Time
	All      Rate
	Reasons  []Bar
	Causes   []Bar // without those whose cause nobody has found
	Unfound  int64
	Weeks    []Point
	Effects  []Effect
	// Solved complaints, and how many of them were reopened or recurred: the
	// same person and reason within 90 days.
	Solved, Reopened, Recurred int64
	// MedianHours is the median time from opening to solution, on the wall
	// clock.
	MedianHours float64
	// Answers are messages of ours, Canned those whose words stood in another
	// case too.
	Answers, Canned int64
	// Given is what compensations were worth, in minor units; GivenPoints are
	// the points among them.
	Given, GivenPoints int64
	Staff              []Alarm
}

// brief is what a report reads of a complaint.
type brief struct {
	id, member, subject id.ID
	reason, cause       string
	opened, solved      time.Time
	reopenings          int
}

// Report says what the complaints of the last 26 weeks come to. It needs
// cases.read.
func (s *Service) Report(ctx context.Context, a auth.Actor, programme id.ID) (*Report, error) {
	if err := a.Can(programme, auth.CasesRead); err != nil {
		return nil, err
	}
	now := s.clock()
	r := &Report{From: now.Add(-reportWeeks * week), To: now}
	err := s.DB.View(ctx, func(q db.Queryer) error {
		list, err := briefs(ctx, q, programme, r.From)
		if err != nil {
			return err
		}
		orders, err := s.Orders(ctx, q, programme, r.weeksOf()...)
		if err != nil {
			return err
		}
		r.count(list)
		r.chart(list, orders)
		if err := r.effects(ctx, q, programme, list, orders); err != nil {
			return err
		}
		if err := r.answers(ctx, q, programme); err != nil {
			return err
		}
		return r.alarms(ctx, q, programme, list, a)
	})
	return r, err
}

func briefs(ctx context.Context, q db.Queryer, programme id.ID, from time.Time) ([]brief, error) {
	rows, err := q.Query(ctx, `SELECT id, member_id, subject_id, reason, cause, opened, solved, reopenings FROM complaint_case
		WHERE programme_id = $1 AND kind = 'complaint' AND opened >= $2 ORDER BY id`, programme, db.Micros(from))
	list, err := db.Collect(rows, err, func(r *sql.Rows) (b brief, err error) {
		var opened, solved int64
		err = r.Scan(&b.id, &b.member, &b.subject, &b.reason, &b.cause, &opened, &solved, &b.reopenings)
		b.opened, b.solved = db.Time(opened), db.Time(solved)
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the complaints of a report: %w", err)
	}
	return list, nil
}

// weeksOf are the moments at which the weeks of a report begin, and its end.
func (r *Report) weeksOf() []time.Time {
	var list []time.Time
	for at := r.From; at.Before(r.To); at = at.Add(week) {
		list = append(list, at)
	}
	return append(list, r.To)
}

func rateOf(complaints, orders int64) Rate {
	n := stats.Rate(complaints, float64(orders))
	return Rate{complaints, orders, n.Value * perOrders, n.Low * perOrders, n.High * perOrders}
}

// count fills what is counted alone.
func (r *Report) count(list []brief) {
	reasons, causes := map[string]int64{}, map[string]int64{}
	last := map[string]time.Time{}
	var hours []float64
	for _, b := range list {
		reasons[b.reason]++
		if b.cause == "" {
			r.Unfound++
		} else {
			causes[b.cause]++
		}
		if !b.solved.IsZero() {
			r.Solved++
			hours = append(hours, b.solved.Sub(b.opened).Hours())
		}
		if b.reopenings > 0 {
			r.Reopened++
		}
		if b.member != 0 {
			k := fmt.Sprint(b.member, b.reason)
			if before, again := last[k]; again && b.opened.Sub(before) <= recurrence*24*time.Hour {
				r.Recurred++
			}
			last[k] = b.opened
		}
	}
	slices.Sort(hours)
	if n := len(hours); n > 0 {
		r.MedianHours = (hours[(n-1)/2] + hours[n/2]) / 2
	}
	r.Reasons, r.Causes = pareto(reasons), pareto(causes)
}

// pareto sorts by count and sums up.
func pareto(counts map[string]int64) []Bar {
	var bars []Bar
	for code, n := range counts {
		bars = append(bars, Bar{Code: code, Count: n})
	}
	slices.SortFunc(bars, func(a, b Bar) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code)) })
	var sum int64
	for i := range bars {
		sum += bars[i].Count
		bars[i].Upto = sum
	}
	return bars
}

// weekOf returns the place of a moment among the weeks of the report.
func (r *Report) weekOf(t time.Time) int {
	return min(reportWeeks-1, max(0, int(t.Sub(r.From)/week)))
}

func (r *Report) chart(list []brief, orders []int64) {
	counts := make([]int64, reportWeeks)
	for _, b := range list {
		counts[r.weekOf(b.opened)]++
	}
	var all, sold int64
	limits := stats.RateChart(counts, orders)
	for i := range counts {
		p := Point{From: r.From.Add(time.Duration(i) * week), Rate: rateOf(counts[i], orders[i])}
		if orders[i] > 0 {
			p.Centre, p.Lower, p.Upper = limits[i].Centre*perOrders, limits[i].Low*perOrders, limits[i].High*perOrders
			p.Outside = limits[i].Outside(p.Rate.Rate / perOrders)
		}
		r.Weeks = append(r.Weeks, p)
		all, sold = all+counts[i], sold+orders[i]
	}
	r.All = rateOf(all, sold)
}

// effects compares as many weeks before an action was done as there are after.
func (r *Report) effects(ctx context.Context, q db.Queryer, programme id.ID, list []brief, orders []int64) error {
	actions, err := actionsOf(ctx, q, programme)
	for _, n := range actions {
		e := Effect{Action: n}
		if at := r.weekOf(n.Done); !n.Done.IsZero() && n.Done.After(r.From) && at > 0 {
			span := min(at, reportWeeks-1-at)
			counts := make([]int64, reportWeeks)
			for _, b := range list {
				if b.cause == n.Cause {
					counts[r.weekOf(b.opened)]++
				}
			}
			e.Weeks = span
			e.Before = rateOf(sum(counts[at-span:at]), sum(orders[at-span:at]))
			e.After = rateOf(sum(counts[at+1:at+1+span]), sum(orders[at+1:at+1+span]))
		}
		r.Effects = append(r.Effects, e)
	}
	return err
}

func sum(list []int64) (n int64) {
	for _, v := range list {
		n += v
	}
	return n
}

// answers counts our messages and those of which the words stood in another
// case too, and what was given.
func (r *Report) answers(ctx context.Context, q db.Queryer, programme id.ID) error {
	err := q.QueryRow(ctx, `SELECT COUNT(*), COUNT(CASE WHEN d.cases > 1 THEN 1 END) FROM complaint_message AS m
		LEFT JOIN (SELECT n.hash, COUNT(DISTINCT n.case_id) AS cases FROM complaint_message AS n
			WHERE n.programme_id = $1 AND n.author = 'staff' AND n.hash <> '' AND n.at >= $2 GROUP BY n.hash) AS d ON d.hash = m.hash
		WHERE m.programme_id = $1 AND m.author = 'staff' AND m.at >= $2`, programme, db.Micros(r.From)).Scan(&r.Answers, &r.Canned)
	if err == nil {
		err = q.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT), CAST(COALESCE(SUM(points), 0) AS BIGINT) FROM complaint_remedy
			WHERE programme_id = $1 AND asked >= $2 AND state IN ('approved', 'paid')`, programme, db.Micros(r.From)).Scan(&r.Given, &r.GivenPoints)
	}
	if err != nil {
		return fmt.Errorf("counting answers: %w", db.Fault(err))
	}
	return nil
}

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
	"regulars/internal/member"
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
	// Owed are the cases that broken promises opened. Nobody complained of them, so
	// that they count in nothing above.
	Owed  Owed
	Staff []Alarm
}

// Owed is what became of broken promises for which something is owed.
type Owed struct {
	Opened, Solved int64
	// Given is what compensations of them were worth, in minor units; GivenPoints
	// are the points among them.
	Given, GivenPoints int64
}

// cannedMost is the share of answers, of which the words stood in another case too,
// from which on they are too many.
const (
	cannedMost  = 0.3
	cannedLeast = 10
)

// Canning reports whether too many answers are canned: more than 30 % for sure, by
// Wilson's interval at 95 %, of ten or more.
func (r *Report) Canning() bool {
	return r.Answers >= cannedLeast && stats.Wilson(r.Canned, r.Answers, stats.Confidence).Low > cannedMost
}

// brief is what a report reads of a complaint; member is whom its account was
// merged into.
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
		all, err := briefs(ctx, q, programme, r.From.Add(-recurrence*day))
		if err != nil {
			return err
		}
		list := r.recur(all)
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
		if err := r.owed(ctx, q, programme); err != nil {
			return err
		}
		return r.alarms(ctx, q, programme, list, a)
	})
	return r, err
}

func briefs(ctx context.Context, q db.Queryer, programme id.ID, from time.Time) ([]brief, error) {
	survivors, err := member.Survivors(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT c.id, c.member_id, c.subject_id, c.reason, c.cause, c.opened, c.solved, c.reopenings FROM complaint_case AS c
		WHERE c.programme_id = $1 AND `+complained+` AND c.opened >= $2 ORDER BY c.opened, c.id`, programme, db.Micros(from))
	list, err := db.Collect(rows, err, func(r *sql.Rows) (b brief, err error) {
		var opened, solved int64
		err = r.Scan(&b.id, &b.member, &b.subject, &b.reason, &b.cause, &opened, &solved, &b.reopenings)
		b.opened, b.solved, b.member = db.Time(opened), db.Time(solved), cmp.Or(survivors[b.member], b.member)
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

// recur counts, among the complaints of the report, those that the same person had
// made for the same reason within 90 days before, and leaves out what is older than
// the report.
func (r *Report) recur(all []brief) (list []brief) {
	type matter struct {
		who    id.ID
		reason string
	}
	last := map[matter]time.Time{}
	for _, b := range all {
		about := matter{b.member, b.reason}
		before, again := last[about]
		last[about] = b.opened
		if b.opened.Before(r.From) {
			continue
		}
		list = append(list, b)
		if again && b.member != 0 && b.opened.Sub(before) <= recurrence*day {
			r.Recurred++
		}
	}
	return list
}

// count fills what is counted alone.
func (r *Report) count(list []brief) {
	reasons, causes := map[string]int64{}, map[string]int64{}
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
	actions, err := ActionsOf(ctx, q, programme)
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
	if err != nil {
		return fmt.Errorf("counting answers: %w", db.Fault(err))
	}
	r.Given, r.GivenPoints, err = given(ctx, q, programme, r.From, complained)
	return err
}

// owed counts what broken promises opened.
func (r *Report) owed(ctx context.Context, q db.Queryer, programme id.ID) error {
	err := q.QueryRow(ctx, `SELECT COUNT(*), COUNT(CASE WHEN c.solved <> 0 THEN 1 END) FROM complaint_case AS c WHERE c.programme_id = $1 AND `+owedFor+` AND c.opened >= $2`,
		programme, db.Micros(r.From)).Scan(&r.Owed.Opened, &r.Owed.Solved)
	if err != nil {
		return fmt.Errorf("counting what is owed: %w", db.Fault(err))
	}
	r.Owed.Given, r.Owed.GivenPoints, err = given(ctx, q, programme, r.From, owedFor)
	return err
}

// given adds up the compensations of some cases that were asked for since a moment
// and not refused: their worth in minor units, and the points among them.
func given(ctx context.Context, q db.Queryer, programme id.ID, from time.Time, which string) (worth, points int64, err error) {
	err = q.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(r.amount), 0) AS BIGINT), CAST(COALESCE(SUM(r.points), 0) AS BIGINT) FROM complaint_remedy AS r
		JOIN complaint_case AS c ON c.programme_id = r.programme_id AND c.id = r.case_id
		WHERE r.programme_id = $1 AND r.asked >= $2 AND r.state IN ('approved', 'paid') AND `+which, programme, db.Micros(from)).Scan(&worth, &points)
	if err != nil {
		err = fmt.Errorf("adding up compensations: %w", db.Fault(err))
	}
	return worth, points, err
}

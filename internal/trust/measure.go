package trust

import (
	"context"
	"fmt"
	"slices"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/promise"
)

// kinds are the rows of the kinds of promises that were met in either period.
func (s *Snapshot) kinds() []Row {
	var rows []Row
	for _, k := range promise.Kinds() {
		now, is := s.Now.Promises.Kinds[string(k)]
		before, was := s.Before.Promises.Kinds[string(k)]
		if is || was {
			rows = append(rows, Row{Promises, kindRow + string(k), Share, Amount{now[0], now[1]}, Amount{before[0], before[1]}})
		}
	}
	return rows
}

// measure counts a period and the one before.
func (s *Service) measure(ctx context.Context, programme id.ID, p Period) (*Snapshot, error) {
	n := &Snapshot{Measured: s.clock()}
	err := s.DB.View(ctx, func(q db.Queryer) error {
		g, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		n.Period, n.Currency = p, string(g.Currency)
		before := p.Shift(-1, g.Zone)
		for _, part := range []struct {
			p    Period
			into *Figures
		}{{p, &n.Now}, {before, &n.Before}} {
			if err := n.count(ctx, q, &g, part.p, part.into); err != nil {
				return err
			}
		}
		if n.Mended, err = s.mended(ctx, q, programme, p, n.Measured); err != nil {
			return err
		}
		n.Now.Causes = int64(len(n.Mended))
		finished, err := finishedIn(ctx, q, programme, before)
		n.Before.Causes = int64(len(finished))
		return err
	})
	if err != nil {
		return nil, err
	}
	before := p.Shift(-1, p.From.Location())
	if n.Now.Promises, err = s.promises(ctx, programme, p); err != nil {
		return nil, err
	}
	n.Before.Promises, err = s.promises(ctx, programme, before)
	return n, err
}

// count reads what is counted of a period within one snapshot of the database.
func (s *Snapshot) count(ctx context.Context, q db.Queryer, g *program.Programme, p Period, into *Figures) (err error) {
	complaints, err := complaint.Received(ctx, q, g.ID, p.From, p.Until)
	if err != nil {
		return err
	}
	into.Complaints = countCases(complaints, s.Measured)
	if into.Reviews, err = countReviews(ctx, q, g.ID, p); err != nil {
		return err
	}
	if into.Donations, err = countDonations(ctx, q, g.ID, p); err != nil {
		return err
	}
	var known []KnownLine
	if into.Issues, known, err = countIssues(ctx, q, g.ID, p); err == nil && into == &s.Now {
		s.Known = known
	}
	return err
}

func (s *Service) promises(ctx context.Context, programme id.ID, p Period) (PromiseFigures, error) {
	r, err := s.Promises.Rates(ctx, ourselves, programme, p.From, p.Until)
	if err != nil {
		return PromiseFigures{}, err
	}
	f := PromiseFigures{Kept: r.Whole.Kept, Broken: r.Whole.Broken, Withdrawn: r.Whole.Withdrawn}
	for _, k := range r.ByKind {
		if k.N() > 0 {
			if f.Kinds == nil {
				f.Kinds = map[string][2]int64{}
			}
			f.Kinds[string(k.Kind)] = [2]int64{k.Kept, k.N()}
		}
	}
	return f, nil
}

// countCases counts complaints as they stand when this is measured.
func countCases(list []complaint.Grievance, now time.Time) (f ComplaintFigures) {
	var answers, solutions []int64
	for _, c := range list {
		f.Received++
		answered := !c.Answered.IsZero()
		if !c.Due.IsZero() && (answered || !c.Due.After(now)) {
			f.Due++
			if answered && !c.Answered.After(c.Due) {
				f.InTime++
			}
		}
		if answered {
			answers = append(answers, c.Answered.Sub(c.Opened).Microseconds())
		}
		if !c.Solved.IsZero() {
			solutions = append(solutions, c.Solved.Sub(c.Opened).Microseconds())
		}
	}
	f.Answered, f.Solved = int64(len(answers)), int64(len(solutions))
	f.AnswerMinutes, f.SolveMinutes = medianMinutes(answers), medianMinutes(solutions)
	return f
}

// medianMinutes returns the median of spans of microseconds in minutes, rounded
// to the nearest; 0 of none.
func medianMinutes(spans []int64) int64 {
	n := len(spans)
	if n == 0 {
		return 0
	}
	slices.Sort(spans)
	lower, upper := spans[(n-1)/2], spans[n/2]
	const minute = int64(time.Minute / time.Microsecond)
	return (lower + (upper-lower)/2 + minute/2) / minute
}

func countReviews(ctx context.Context, q db.Queryer, programme id.ID, p Period) (f ReviewFigures, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*), COUNT(CASE WHEN state = 'answered' THEN 1 END), COUNT(CASE WHEN state = 'none_needed' THEN 1 END),
		COUNT(CASE WHEN rating > 0 THEN 1 END), COUNT(CASE WHEN rating >= 4 THEN 1 END)
		FROM touch_review WHERE programme_id = $1 AND occurred >= $2 AND occurred < $3`, programme, db.Micros(p.From), db.Micros(p.Until)).
		Scan(&f.Received, &f.Answered, &f.NoneNeeded, &f.Rated, &f.Positive)
	if err != nil {
		err = fmt.Errorf("counting the reviews of a period: %w", db.Fault(err))
	}
	return f, err
}

func countDonations(ctx context.Context, q db.Queryer, programme id.ID, p Period) (f DonationFigures, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(CASE WHEN occurred >= $2 THEN 1 END), CAST(COALESCE(SUM(CASE WHEN occurred >= $2 THEN given END), 0) AS BIGINT),
		CAST(COALESCE(SUM(CASE WHEN occurred >= $2 THEN matched END), 0) AS BIGINT), CAST(COALESCE(SUM(given + matched), 0) AS BIGINT)
		FROM redemption WHERE programme_id = $1 AND state <> 'undone' AND given > 0 AND occurred < $3`, programme, db.Micros(p.From), db.Micros(p.Until)).
		Scan(&f.Times, &f.Given, &f.Matched, &f.Ever)
	if err != nil {
		err = fmt.Errorf("counting the donations of a period: %w", db.Fault(err))
	}
	return f, err
}

// countIssues counts what became of published issues in a period, and returns
// those that were open when it ended or ended within it. What everybody could
// read at a time is told by the versions.
func countIssues(ctx context.Context, q db.Queryer, programme id.ID, p Period) (f KnownIssueFigures, known []KnownLine, err error) {
	list, err := selectIssues(ctx, q, `i.programme_id = $1 AND i.published ORDER BY i.id`, programme)
	if err != nil {
		return f, nil, err
	}
	within := func(at int64) bool { return db.Micros(p.From) <= at && at < db.Micros(p.Until) }
	for _, n := range list {
		versions, err := versionsOf(ctx, q, programme, n.ID)
		if err != nil {
			return f, nil, err
		}
		var last *Spec
		ended := false
		for i := range versions {
			v := &versions[i]
			if !v.spec.Published || v.at >= db.Micros(p.Until) {
				continue
			}
			first := last == nil
			turned := first || last.State != v.spec.State
			if within(v.at) {
				f.Published += tally(first)
				f.Mended += tally(turned && v.spec.State == Mended)
				f.Declined += tally(turned && v.spec.State == Wont)
				ended = ended || turned && !v.spec.State.Open()
			}
			last = &v.spec
		}
		if last == nil {
			continue
		}
		f.Open += tally(last.State.Open())
		if last.State.Open() || ended {
			known = append(known, KnownLine{n.ID, last.Title, last.State, last.Since, last.Expected})
		}
	}
	return f, known, nil
}

func tally(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// most weeks that are compared on either side of what was done about a cause.
const mostWeeks = 13

// mended compares the complaints of causes before and after something was done
// about them in a period.
func (s *Service) mended(ctx context.Context, q db.Queryer, programme id.ID, p Period, now time.Time) ([]MendedCause, error) {
	finished, err := finishedIn(ctx, q, programme, p)
	if err != nil || len(finished) == 0 {
		return nil, err
	}
	list := make([]MendedCause, len(finished))
	for i, n := range finished {
		list[i].Cause, list[i].Done = n.Cause, n.Done
	}
	set, _, err := s.Complaints.Settings(ctx, ourselves, programme)
	if err != nil {
		return nil, err
	}
	for i := range list {
		m := &list[i]
		m.Names = map[string]i18n.Text{}
		for _, lang := range spoken {
			m.Names[lang] = set.CauseText(m.Cause, i18n.Lang(lang))
		}
		if err := m.compare(ctx, q, s.Complaints, programme, now); err != nil {
			return nil, err
		}
	}
	return list, nil
}

const week = 7 * 24 * time.Hour

// compare counts as many whole weeks before as there were since, at most 13.
func (m *MendedCause) compare(ctx context.Context, q db.Queryer, cases *complaint.Service, programme id.ID, now time.Time) error {
	m.Weeks = min(mostWeeks, int64(now.Sub(m.Done)/week))
	span := time.Duration(m.Weeks) * week
	before, after, err := cases.Around(ctx, q, programme, m.Cause, m.Done, span)
	m.Before, m.BeforeOrders, m.After, m.AfterOrders = before.Complaints, before.Orders, after.Complaints, after.Orders
	return err
}

// finishedIn returns what was done about causes in a period, the first first.
func finishedIn(ctx context.Context, q db.Queryer, programme id.ID, p Period) ([]*complaint.Action, error) {
	list, err := complaint.ActionsOf(ctx, q, programme)
	list = slices.DeleteFunc(list, func(n *complaint.Action) bool { return n.Done.Before(p.From) || !n.Done.Before(p.Until) })
	slices.SortStableFunc(list, func(a, b *complaint.Action) int { return a.Done.Compare(b.Done) })
	return list, err
}

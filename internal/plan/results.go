package plan

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/stats"
)

// Results tell what became of a plan. A subscription counts for the plan that
// it is in now. Sums are in minor units.
type Results struct {
	PlanID id.ID
	States map[State]int64
	// Revenue was paid and not given back; Points were given with payments, in
	// the wallet's smallest unit.
	Revenue, Points int64
	// Trials have ended; of these so many were followed by a payment.
	Trials, Converted int64
	// Months are of the programme's calendar, the latest first.
	Months []MonthResult
}

// MonthResult is one month of a plan.
type MonthResult struct {
	Begins time.Time
	// Joined began in the month, Gone ended in it. Before are those that the
	// month began with, of whom Lost ended in it: the churn is Lost of Before.
	Joined, Gone, Before, Lost int64
	Revenue                    int64
}

// leastTrials is how many there must be before a rate is told.
const leastTrials = 10

// TrialRate returns the 95 % interval by Wilson of the share of trials that
// were paid afterwards, in per mille; told is false below ten trials.
func (r *Results) TrialRate() (low, high int64, told bool) {
	if r.Trials < leastTrials {
		return 0, 0, false
	}
	i := stats.Wilson(r.Converted, r.Trials, stats.Confidence)
	return int64(math.Round(i.Low * 1000)), int64(math.Round(i.High * 1000)), true
}

// monthsShown is how many months results go back.
const monthsShown = 12

// Results returns what became of each plan that somebody joined, by plan. It
// needs plans.read.
func (s *Service) Results(ctx context.Context, a auth.Actor, programme id.ID) ([]Results, error) {
	if err := a.Can(programme, auth.PlansRead); err != nil {
		return nil, err
	}
	var list []Results
	err := s.db.View(ctx, func(q db.Queryer) error {
		p, err := program.Load(ctx, q, programme)
		if err != nil {
			return err
		}
		t := &tally{zone: p.Zone, now: s.moment(), plans: map[id.ID]*Results{}}
		if err := t.subscriptions(ctx, q, programme); err != nil {
			return err
		}
		if err := t.charges(ctx, q, programme); err != nil {
			return err
		}
		for _, r := range t.plans {
			list = append(list, *r)
		}
		slices.SortFunc(list, func(a, b Results) int { return int(min(1, max(-1, a.PlanID-b.PlanID))) })
		return nil
	})
	return list, err
}

// tally adds results up.
type tally struct {
	zone  *time.Location
	now   time.Time
	plans map[id.ID]*Results
}

func (t *tally) of(plan id.ID) *Results {
	r := t.plans[plan]
	if r == nil {
		r = &Results{PlanID: plan, States: map[State]int64{}}
		local := t.now.In(t.zone)
		for n := range monthsShown {
			r.Months = append(r.Months, MonthResult{Begins: time.Date(local.Year(), local.Month()-time.Month(n), 1, 0, 0, 0, 0, t.zone)})
		}
		t.plans[plan] = r
	}
	return r
}

// end returns the end of the n-th month shown.
func (r *Results) end(n int) time.Time { return r.Months[n].Begins.AddDate(0, 1, 0) }

func (t *tally) subscriptions(ctx context.Context, q db.Queryer, programme id.ID) error {
	trials, err := marked(ctx, q, `SELECT p.subscription_id FROM plan_period AS p JOIN subscription AS s ON s.member_id = p.member_id AND s.id = p.subscription_id
		WHERE s.programme_id = $1 AND p.no = 1 AND p.trial`, programme)
	if err != nil {
		return err
	}
	paid, err := marked(ctx, q, `SELECT DISTINCT c.subscription_id FROM charge AS c WHERE c.programme_id = $1 AND c.paid > 0 AND NOT c.void`, programme)
	if err != nil {
		return err
	}
	rows, err := q.Query(ctx, `SELECT `+subscriptionColumns+` FROM subscription AS s WHERE s.programme_id = $1`, programme)
	return db.Each(rows, err, scanSubscription, func(s *Subscription) error {
		r := t.of(s.PlanID)
		r.States[s.State]++
		if trials[s.ID] && !s.OnTrial || trials[s.ID] && s.State == Ended {
			r.Trials++
			if paid[s.ID] {
				r.Converted++
			}
		}
		if trials[s.ID] || paid[s.ID] { // else it never began
			r.count(s)
		}
		return nil
	})
}

func (r *Results) count(s *Subscription) {
	for n := range r.Months {
		m, end := &r.Months[n], r.end(n)
		within := func(t time.Time) bool { return !t.Before(m.Begins) && t.Before(end) }
		if within(s.Joined) {
			m.Joined++
		}
		gone := !s.Ended.IsZero() && within(s.Ended)
		if gone {
			m.Gone++
		}
		if s.Joined.Before(m.Begins) && (s.Ended.IsZero() || !s.Ended.Before(m.Begins)) {
			m.Before++
			if gone {
				m.Lost++
			}
		}
	}
}

func marked(ctx context.Context, q db.Queryer, query string, programme id.ID) (map[id.ID]bool, error) {
	rows, err := q.Query(ctx, query, programme)
	found := map[id.ID]bool{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var n id.ID
		err = r.Scan(&n)
		found[n] = true
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what became of subscriptions: %w", err)
	}
	return found, nil
}

func (t *tally) charges(ctx context.Context, q db.Queryer, programme id.ID) error {
	rows, err := q.Query(ctx, `SELECT `+chargeColumns+` FROM charge AS c WHERE c.programme_id = $1 AND c.paid > 0`, programme)
	return db.Each(rows, err, scanCharge, func(c *Charge) error {
		r := t.of(c.PlanID)
		r.Revenue += c.taken() - c.Refund
		r.Points += c.Points
		for n := range r.Months {
			if m := &r.Months[n]; !c.Paid.Before(m.Begins) && c.Paid.Before(r.end(n)) {
				m.Revenue += c.taken() - c.Refund
			}
		}
		return nil
	})
}

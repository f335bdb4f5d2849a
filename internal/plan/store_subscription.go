package plan

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

var (
	subscriptionTable = db.NewTable("subscription", []string{"member_id", "id"},
		integer("member_id"), integer("id"), integer("programme_id"), integer("plan_id"), word("state"), integer("joined"), integer("left_at"),
		integer("ended"), integer("next_due"), word("terms"))

	periodTable = db.NewTable("plan_period", []string{"member_id", "subscription_id", "no"},
		integer("member_id"), integer("subscription_id"), integer("no"), integer("plan_id"), integer("version"), yes("trial"),
		integer("begins"), integer("ends"), integer("price"))
)

const subscriptionColumns = `s.member_id, s.id, s.programme_id, s.plan_id, s.state, s.joined, s.left_at, s.ended, s.next_due, s.terms`

func scanSubscription(r *sql.Rows) (*Subscription, error) {
	s := &Subscription{}
	var joined, left, ended, due int64
	var terms string
	if err := r.Scan(&s.MemberID, &s.ID, &s.ProgrammeID, &s.PlanID, &s.State, &joined, &left, &ended, &due, &terms); err != nil {
		return nil, err
	}
	s.Joined, s.LeftAt, s.Ended, s.due = db.Time(joined), db.Time(left), db.Time(ended), db.Time(due)
	return s, json.Unmarshal([]byte(terms), &s.Terms)
}

func selectSubscriptions(ctx context.Context, q db.Queryer, where string, args ...any) ([]*Subscription, error) {
	rows, err := q.Query(ctx, `SELECT `+subscriptionColumns+` FROM subscription AS s WHERE `+where, args...)
	list, err := db.Collect(rows, err, scanSubscription)
	if err != nil {
		return nil, fmt.Errorf("reading subscriptions: %w", err)
	}
	return list, nil
}

// ofMembers returns every subscription of the members, the oldest first.
func ofMembers(ctx context.Context, q db.Queryer, members []id.ID) ([]*Subscription, error) {
	if len(members) == 0 {
		return nil, nil
	}
	var args db.Args
	return selectSubscriptions(ctx, q, `s.member_id IN `+args.In(members)+` ORDER BY s.id`, args.Values()...)
}

func upsertSubscription(ctx context.Context, tx *db.Tx, s *Subscription, next time.Time) error {
	terms, err := json.Marshal(s.Terms)
	if err != nil {
		return fmt.Errorf("writing a subscription: %w", err)
	}
	row := []any{s.MemberID, s.ID, s.ProgrammeID, s.PlanID, string(s.State), db.Micros(s.Joined), db.Micros(s.LeftAt), db.Micros(s.Ended), never(next), string(terms)}
	if err := tx.Upsert(ctx, subscriptionTable, [][]any{row}); err != nil {
		return fmt.Errorf("writing a subscription: %w", err)
	}
	return nil
}

// never returns the stored form of an instant whose zero means never.
func never(t time.Time) int64 {
	if t.IsZero() {
		return db.Never
	}
	return db.Micros(t)
}

// key names a subscription of a member.
type key struct{ member, subscription id.ID }

// dueSubscriptions returns up to limit subscriptions in which something was due
// by an instant, after a place in their order, the longest overdue first.
func dueSubscriptions(ctx context.Context, q db.Queryer, until time.Time, limit int) ([]key, error) {
	rows, err := q.Query(ctx, `SELECT member_id, id FROM subscription WHERE next_due <= $1 ORDER BY next_due, id LIMIT $2`, db.Micros(until), limit)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (k key, err error) {
		return k, r.Scan(&k.member, &k.subscription)
	})
	if err != nil {
		return nil, fmt.Errorf("looking for subscriptions that are due: %w", err)
	}
	return list, nil
}

// wake makes every subscription of a plan due, so that the next sweep looks at
// what the plan says now.
func wake(ctx context.Context, tx *db.Tx, programme, plan id.ID, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE subscription SET next_due = $3 WHERE programme_id = $1 AND plan_id = $2 AND state IN ('trial', 'active', 'grace') AND next_due > $3`,
		programme, plan, db.Micros(now))
	if err != nil {
		return fmt.Errorf("waking the subscriptions of a plan: %w", err)
	}
	return nil
}

const periodColumns = `p.member_id, p.subscription_id, p.no, p.plan_id, p.version, p.trial, p.begins, p.ends, p.price`

func scanPeriod(r *sql.Rows) (Period, error) {
	var p Period
	var begins, ends int64
	err := r.Scan(&p.MemberID, &p.SubscriptionID, &p.No, &p.PlanID, &p.Version, &p.Trial, &begins, &ends, &p.Price)
	p.Begins, p.Ends = db.Time(begins), db.Time(ends)
	return p, err
}

// periodsOf returns the periods of a subscription in their order.
func periodsOf(ctx context.Context, q db.Queryer, member, subscription id.ID) ([]Period, error) {
	rows, err := q.Query(ctx, `SELECT `+periodColumns+` FROM plan_period AS p WHERE p.member_id = $1 AND p.subscription_id = $2 ORDER BY p.no`, member, subscription)
	list, err := db.Collect(rows, err, scanPeriod)
	if err != nil {
		return nil, fmt.Errorf("reading the periods of a subscription: %w", err)
	}
	return list, nil
}

func upsertPeriods(ctx context.Context, tx *db.Tx, periods []Period) error {
	rows := make([][]any, len(periods))
	for i, p := range periods {
		rows[i] = []any{p.MemberID, p.SubscriptionID, p.No, p.PlanID, p.Version, p.Trial, db.Micros(p.Begins), db.Micros(p.Ends), p.Price}
	}
	if err := tx.Upsert(ctx, periodTable, rows); err != nil {
		return fmt.Errorf("writing the periods of a subscription: %w", err)
	}
	return nil
}

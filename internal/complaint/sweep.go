package complaint

import (
	"context"
	"errors"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// closeDays is how long after it was solved a complaint is closed by itself.
const closeDays = 14

// swept bounds how many cases one round looks at; the rest comes in the next.
const swept = 500

// Sweep hands what is overdue to the next superior, and closes what was solved
// two weeks ago and not disputed.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.clock()
	late, err := selectCases(ctx, s.DB.Reader(), overdue("$1")+` ORDER BY c.escalations, c.id LIMIT $2`, db.Micros(now), swept)
	if err != nil {
		return err
	}
	var all []error
	for _, c := range late {
		all = append(all, s.escalate(ctx, c, now))
	}
	old, err := selectCases(ctx, s.DB.Reader(), `c.state = 'solved' AND c.solved < $1 ORDER BY c.id LIMIT $2`, db.Micros(now.AddDate(0, 0, -closeDays)), swept)
	if err != nil {
		return err
	}
	for _, c := range old {
		_, err := s.change(ctx, ourselves, c.ProgrammeID, c.ID, "case.close", func(d *desk) error { return d.toward(Closed, Solved) })
		all = append(all, err)
	}
	return errors.Join(all...)
}

// escalate gives a late case to the next superior whom it does not concern.
// Each further one gets it after another working day.
func (s *Service) escalate(ctx context.Context, seen *Case, now time.Time) error {
	_, set, clock, err := s.place(ctx, s.DB.Reader(), seen.ProgrammeID, seen.ShopID)
	if err != nil || !seen.mayClimb(&set, clock, now) {
		return err
	}
	_, err = s.change(ctx, ourselves, seen.ProgrammeID, seen.ID, "case.escalate", func(d *desk) error {
		if d.Escalations != seen.Escalations || !d.mayClimb(&d.settings, d.clock, now) {
			return nil
		}
		for d.Escalations < len(d.settings.Superiors) {
			next := d.settings.Superiors[d.Escalations]
			d.Escalations++
			if next != d.SubjectID {
				d.OwnerID = next
				d.detail["owner"], d.detail["escalation"] = next.In(id.Staff), d.Escalations
				return nil
			}
		}
		return nil
	})
	return err
}

// perSuperior is the working time that a superior has before the next one is
// asked: a day of eight hours.
const perSuperior = 8 * time.Hour

func (c *Case) mayClimb(s *Settings, clock *Clock, now time.Time) bool {
	if c.Escalations >= len(s.Superiors) || !c.Late(now) {
		return false
	}
	since := c.Next()
	return clock.Between(since, now) >= time.Duration(c.Escalations)*perSuperior
}

package challenge

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// Check notes what contradicts itself in a programme's challenges: specs that
// cannot be, budgets overrun or miscounted, members given more than their
// limit, rounds that were reached without an award, points given without an
// event, and, where nothing waits to be read, marks that are not those of the
// sales.
func Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	list, err := All(ctx, q, programme)
	if err != nil || len(list) == 0 {
		return err
	}
	for i := range list {
		if err := list[i].Spec.Check(); err != nil {
			note(fmt.Sprintf("%s says what cannot be: %v", list[i].ID.In(id.Challenge), err))
		}
	}
	awards, err := checkAwards(ctx, q, programme, list, note)
	if err != nil {
		return err
	}
	if err := checkReached(ctx, q, programme, list, awards, note); err != nil {
		return err
	}
	waiting, err := unread(ctx, q)
	if err != nil || waiting {
		return err
	}
	return checkMarks(ctx, q, programme, list, note)
}

// owner names a member's part in a challenge.
type owner struct{ challenge, member id.ID }

// checkAwards looks at budgets and limits and returns how often each member
// has an award of each round.
func checkAwards(ctx context.Context, q db.Queryer, programme id.ID, list []Challenge, note func(string)) (map[owner]Reached, error) {
	awards, standing, used := map[owner]Reached{}, map[owner]int64{}, map[id.ID]Budget{}
	err := eachAward(ctx, q, programme, func(a *Award) error {
		who := owner{a.ChallengeID, a.MemberID}
		if a.State != Reversed && a.State != Reversing {
			if awards[who] == nil {
				awards[who] = Reached{}
			}
			awards[who][a.Round]++
			standing[who]++
		}
		if a.State != Unfunded && a.State != Refused {
			b := used[a.ChallengeID]
			used[a.ChallengeID] = Budget{b.Rewards + 1, b.Points + a.Points}
		}
		if a.State == Paid && a.Points > 0 && a.EventID == 0 {
			note(a.Name() + " is paid and names no event")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range list {
		c := &list[i]
		for who, n := range standing {
			if who.challenge == c.ID && c.PerMember > 0 && n > c.PerMember {
				note(fmt.Sprintf("%s gave %s %d rewards and has a limit of %d", c.ID.In(id.Challenge), who.member.In(id.Member), n, c.PerMember))
			}
		}
		if c.Budget.IsZero() {
			continue
		}
		b, err := spent(ctx, q, c.ID)
		if err != nil {
			return nil, err
		}
		if b != used[c.ID] {
			note(fmt.Sprintf("%s counts %d rewards and %d points, and gave %d and %d", c.ID.In(id.Challenge), b.Rewards, b.Points, used[c.ID].Rewards, used[c.ID].Points))
		}
		if b.Rewards > orNever(c.Budget.Rewards) || b.Points > orNever(c.Budget.Points) {
			note(c.ID.In(id.Challenge) + " has overrun its budget")
		}
	}
	return awards, nil
}

func eachAward(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Award) error) error {
	rows, err := q.Query(ctx, `SELECT `+awardColumns+` FROM challenge_award AS a WHERE a.programme_id = $1 ORDER BY a.challenge_id, a.member_id, a.made, a.period, a.step, a.no`, programme)
	if err := db.Each(rows, err, scanAward, fn); err != nil {
		return fmt.Errorf("reading every award: %w", err)
	}
	return nil
}

func eachMark(ctx context.Context, q db.Queryer, programme id.ID, fn func(Mark) error) error {
	rows, err := q.Query(ctx, `SELECT `+markColumns+` FROM challenge_mark AS m WHERE m.programme_id = $1 ORDER BY m.challenge_id, m.member_id, m.event_id`, programme)
	if err := db.Each(rows, err, scanMark, fn); err != nil {
		return fmt.Errorf("reading every mark: %w", err)
	}
	return nil
}

// checkReached looks for rounds that were reached and have no award. Whether a
// member was in the audience when it was reached is not known any more, and
// merged profiles are paid together, so both are passed over.
func checkReached(ctx context.Context, q db.Queryer, programme id.ID, list []Challenge, awards map[owner]Reached, note func(string)) error {
	p, err := program.Load(ctx, q, programme)
	if err != nil {
		return err
	}
	traits, err := member.EveryTrait(ctx, q, programme)
	if err != nil {
		return err
	}
	open := map[id.ID]*Challenge{}
	for i := range list {
		if c := &list[i]; !c.OptIn && c.Audience.Open() && c.PerMember == 0 {
			open[c.ID] = c
		}
	}
	var missing []owner
	var group []Mark
	look := func() {
		if len(group) == 0 {
			return
		}
		who := owner{group[0].ChallengeID, group[0].MemberID}
		c, enrolled := open[who.challenge], traits[who.member].Enrolled
		if c == nil || enrolled.IsZero() {
			return
		}
		for round, n := range c.Fold(group, later(c.Begins, enrolled), p.Zone) {
			if n > awards[who][round] {
				missing = append(missing, who)
			}
		}
	}
	err = eachMark(ctx, q, programme, func(m Mark) error {
		if len(group) > 0 && (group[0].MemberID != m.MemberID || group[0].ChallengeID != m.ChallengeID) {
			look()
			group = nil
		}
		group = append(group, m)
		return nil
	})
	if err != nil {
		return err
	}
	look()
	for _, who := range missing {
		merged, err := member.Mergings(ctx, q, []id.ID{who.member})
		if err != nil {
			return err
		}
		if len(merged) == 0 {
			note(fmt.Sprintf("%s was reached by %s, who has no award for it", who.challenge.In(id.Challenge), who.member.In(id.Member)))
		}
	}
	return nil
}

// unread reports whether events wait to be read: until then marks may lack.
func unread(ctx context.Context, q db.Queryer) (bool, error) {
	const page = 500
	for _, state := range []jobs.State{jobs.Waiting, jobs.Running, jobs.Dead} {
		for before := id.ID(0); ; {
			list, err := jobs.List(ctx, q, state, before, page)
			if err != nil {
				return false, err
			}
			for _, j := range list {
				if j.Kind == ReadJob || j.Kind == flow.NewsJob {
					return true, nil
				}
				before = j.ID
			}
			if len(list) < page {
				break
			}
		}
	}
	return false, nil
}

// sum is what the marks of a challenge add up to.
type sum struct{ marks, quantity, amount int64 }

// checkMarks compares the marks with what the sales say, by their sums.
func checkMarks(ctx context.Context, q db.Queryer, programme id.ID, list []Challenge, note func(string)) error {
	rows, err := q.Query(ctx, `SELECT challenge_id, COUNT(*), CAST(SUM(quantity) AS BIGINT), CAST(SUM(amount) AS BIGINT)
		FROM challenge_mark WHERE programme_id = $1 GROUP BY challenge_id`, programme)
	kept := map[id.ID]sum{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var c id.ID
		var s sum
		err := r.Scan(&c, &s.marks, &s.quantity, &s.amount)
		kept[c] = s
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("adding up marks: %w", err)
	}
	told := map[id.ID]sum{}
	err = sale.Each(ctx, q, programme, func(b *sale.Sale) error {
		for i := range list {
			if m := list[i].ofSale(b); m != nil && list[i].State != Draft {
				s := told[list[i].ID]
				told[list[i].ID] = sum{s.marks + 1, s.quantity + m.Quantity, s.amount + m.Amount}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range list {
		c := &list[i]
		if a, b := kept[c.ID], told[c.ID]; c.Counts != Visits && a != b {
			note(fmt.Sprintf("%s has marks %v, and the sales say %v", c.ID.In(id.Challenge), a, b))
		}
	}
	return nil
}

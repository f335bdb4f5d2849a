package recovery

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/campaign"
	"regulars/internal/churn"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// meant selects whoever is as silent as is meant.
func meant(r *Campaign) churn.Selection {
	n := churn.Selection{ProgrammeID: r.ProgrammeID, Least: r.Spec.Least, Ranks: r.Spec.Ranks}
	for _, a := range r.Spec.Whom {
		if a == AimUnusual {
			n.Unusual = true
		} else {
			n.States = append(n.States, churn.State(a))
		}
	}
	return n
}

// chooser says whom a campaign is for.
type chooser struct {
	*Campaign
	programme program.Programme
	whom      churn.Selection
	now       time.Time
}

func newChooser(ctx context.Context, q db.Queryer, r *Campaign, now time.Time) (*chooser, error) {
	c := &chooser{Campaign: r, whom: meant(r), now: now}
	var err error
	if c.programme, err = program.Load(ctx, q, r.ProgrammeID); err != nil {
		return nil, err
	}
	ranks, ladder, err := firstRanks(ctx, q, r.ProgrammeID, now)
	if len(ranks) > 0 {
		c.whom.Ladder, c.whom.Lowest = ladder, ranks[0].Code
	}
	return c, err
}

// Next says what the campaign has for those after a member.
func (c *chooser) Next(ctx context.Context, q db.Queryer, after id.ID) ([]campaign.Fate[Left], id.ID, error) {
	list, err := c.whom.Next(ctx, q, after)
	if err != nil || len(list) == 0 {
		return nil, 0, err
	}
	ids := make([]id.ID, len(list))
	for i := range list {
		ids[i] = list[i].MemberID
	}
	f, err := c.facts(ctx, q, list, ids)
	if err != nil {
		return nil, 0, err
	}
	var fates []campaign.Fate[Left]
	for _, n := range ids {
		if m := f.people[n]; m != nil && m.ID == n && m.Status != member.Erased {
			left := c.leftOut(f, m)
			fates = append(fates, campaign.Fate[Left]{Who: n, Left: left, Held: left == "" && heldBack(c.Campaign, n)})
		}
	}
	return fates, ids[len(ids)-1], nil
}

// leftOut says why somebody is left out, or nothing.
func (c *chooser) leftOut(f *facts, m *member.Member) Left {
	switch {
	case experiment.Held(m.Bucket, c.programme.ControlShare):
		return LeftControl
	case f.wronged[m.ID]:
		return LeftWronged
	case f.back[m.ID]:
		return LeftBack
	case f.other[m.ID]:
		return LeftOther
	case c.Spec.Gift.Kind == GiftPoints && m.Status != member.Enrolled:
		return LeftUnjoined
	}
	return ""
}

// facts are what is known of some persons.
type facts struct {
	people               map[id.ID]*member.Member
	wronged, back, other map[id.ID]bool
}

func (c *chooser) facts(ctx context.Context, q db.Queryer, list []churn.Standing, ids []id.ID) (*facts, error) {
	f := &facts{wronged: map[id.ID]bool{}, back: map[id.ID]bool{}, other: map[id.ID]bool{}}
	var err error
	if f.people, err = member.Read(ctx, q, ids); err != nil {
		return nil, err
	}
	sets, err := member.AliasSets(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	roots, last := map[id.ID]id.ID{}, map[id.ID]churn.Day{}
	var all []id.ID
	since := churn.DayOf(c.now, c.programme.Zone)
	for i := range list {
		n := &list[i]
		last[n.MemberID], since = n.Last, min(since, n.Last)
		for _, alias := range append(sets[n.MemberID], n.MemberID) {
			if roots[alias] == 0 {
				roots[alias] = n.MemberID
				all = append(all, alias)
			}
		}
	}
	complaints, err := complaint.Unsolved(ctx, q, c.ProgrammeID, all)
	if err != nil {
		return nil, err
	}
	for _, n := range complaints {
		f.wronged[roots[n.MemberID]] = true
	}
	if err := c.asked(ctx, q, all, func(m id.ID) { f.other[roots[m]] = true }); err != nil {
		return nil, err
	}
	return f, c.bought(ctx, q, all, since+1, func(m id.ID, at time.Time) {
		if churn.DayOf(at, c.programme.Zone) > last[roots[m]] {
			f.back[roots[m]] = true
		}
	})
}

// asked tells of the accounts whose window of a campaign is not over.
func (c *chooser) asked(ctx context.Context, q db.Queryer, members []id.ID, note func(id.ID)) error {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT DISTINCT member_id FROM recovery_chosen WHERE member_id IN `+args.In(members)+` AND (until > `+args.Add(db.Micros(c.now))+
		` OR recovery_id = `+args.Add(c.ID)+`)`, args.Values()...)
	err = db.Each(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) }, func(n id.ID) error {
		note(n)
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading who was asked back already: %w", err)
	}
	return nil
}

// bought tells of the accounts that bought since a day and kept something of it.
func (c *chooser) bought(ctx context.Context, q db.Queryer, members []id.ID, since churn.Day, note func(id.ID, time.Time)) error {
	type last struct {
		member id.ID
		at     int64
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT e.member_id, MAX(e.occurred) FROM `+sale.ByMember+` WHERE e.member_id IN `+args.In(members)+
		` AND e.occurred >= `+args.Add(db.Micros(since.Begin(c.programme.Zone)))+` AND s.goods > s.returned GROUP BY e.member_id`, args.Values()...)
	err = db.Each(rows, err, func(r *sql.Rows) (n last, err error) { return n, r.Scan(&n.member, &n.at) }, func(n last) error {
		note(n.member, db.Time(n.at))
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading who bought since: %w", err)
	}
	return nil
}

package challenge

import (
	"context"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

// Progress is how far a member has come in a challenge.
type Progress struct {
	Challenge Challenge
	// Joined says whether the member takes part; of those that ask for joining
	// it is false until they do.
	Joined bool
	// Done of Goal counts in the unit of what is counted, in the present
	// period; of a card of stamps it is the present card's. Goal is the next
	// step, or the last when all are reached.
	Done, Goal int64
	// Reward is what comes next, nil when nothing does.
	Reward *Reward
	// Complete says that nothing more can be had in this period.
	Complete bool
	// Times is how many rewards the member has been given so far.
	Times int64
	// Ends is when the present period ends; zero for never.
	Ends time.Time
	// Gaps is how many more units a streak may miss.
	Gaps int64
}

// Open returns the open challenges that a customer can see, with their
// progress as of a moment, those first that were made first. The members are
// all ids of one person.
func Open(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID, at time.Time) ([]Progress, error) {
	list, err := begun(ctx, q, programme)
	if err != nil || len(list) == 0 || len(members) == 0 {
		return nil, err
	}
	p, err := program.Load(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	one, err := member.Of(ctx, q, programme, members[0])
	if err != nil {
		return nil, err
	}
	who, err := meet(ctx, q, p, one, members, at)
	if err != nil {
		return nil, err
	}
	var open []Progress
	for i := range list {
		c := &list[i]
		among, err := who.among(ctx, q, c.Audience)
		if err != nil {
			return nil, err
		}
		if c.StateAt(at) == Published && c.covers(at) && among && one.Status == member.Enrolled && !who.over(c) {
			open = append(open, who.progress(c))
		}
	}
	return open, nil
}

// over reports whether a rolling challenge has ended for the person.
func (p *person) over(c *Challenge) bool {
	since, in := p.since(c)
	if !in || c.Span != Rolling {
		return false
	}
	_, inside := c.window(later(p.now, since), since, p.programme.Zone)
	return !inside
}

// progress says how far the person has come in the period of now.
func (p *person) progress(c *Challenge) Progress {
	g := Progress{Challenge: *c, Times: int64(len(given(p.standing(c))))}
	since, in := p.since(c)
	if !in {
		since = p.now
	}
	g.Joined = in
	zone := p.programme.Zone
	w, _ := c.window(later(p.now, since), since, zone)
	g.Ends = w.Ends
	var inside []Mark
	if in {
		inside = c.split(p.marks[c.ID], since, zone)[w.Key]
	}
	switch c.Form {
	case Stamps:
		g.Done = c.count(inside, zone) % c.Steps[0].At
	case Streak:
		r := c.alive(c.runs(inside, zone), p.now, zone)
		g.Done, g.Gaps = r.length, r.gaps
		if r.length == 0 {
			g.Gaps = int64(c.Gaps)
		}
	default:
		g.Done = c.count(inside, zone)
	}
	g.next(c)
	return g
}

// next finds the step that comes next.
func (g *Progress) next(c *Challenge) {
	g.Complete = c.PerMember > 0 && g.Times >= c.PerMember
	for i := range c.Steps {
		if g.Goal = c.Steps[i].At; g.Done < g.Goal && !g.Complete {
			g.Reward = &c.Steps[i].Reward
			return
		}
	}
	g.Complete = true
}

func given(list []*Award) []*Award {
	var paid []*Award
	for _, a := range list {
		if a.State == Due || a.State == Paid {
			paid = append(paid, a)
		}
	}
	return paid
}

// Words say the progress in the printer's language: "2 of 5 items; ends on 29
// November 2026".
func (g *Progress) Words(p *i18n.Printer) string {
	parts := []string{p.Say(g.count())}
	switch {
	case !g.Joined:
		parts = []string{p.T("challenge.progress.join")}
	case g.Complete:
		parts = append(parts, p.T("challenge.progress.complete"))
	}
	if !g.Ends.IsZero() {
		parts = append(parts, p.T("challenge.progress.ends", "last", g.Ends.Add(-time.Microsecond)))
	}
	return strings.Join(parts, "; ")
}

func (g *Progress) count() i18n.Text {
	key := "challenge.progress." + string(g.Challenge.Counts)
	switch g.Challenge.Form {
	case Stamps:
		key = "challenge.progress.stamps"
	case Streak:
		key = "challenge.progress.streak." + string(g.Challenge.Unit)
	}
	return i18n.Text{Key: key, Args: map[string]any{"done": g.Done, "goal": g.Goal}}
}

// Of returns the open challenges of a member with their progress. It needs
// challenges.read and members.read.
func (s *Service) Of(ctx context.Context, a auth.Actor, programme, m id.ID) ([]Progress, error) {
	for _, needs := range []auth.Permission{auth.ChallengesRead, auth.MembersRead} {
		if err := a.Can(programme, needs); err != nil {
			return nil, err
		}
	}
	var list []Progress
	err := s.d.View(ctx, func(q db.Queryer) error {
		aliases, err := member.AliasesOf(ctx, q, programme, m)
		if err != nil {
			return err
		}
		list, err = Open(ctx, q, programme, aliases, s.clock())
		return err
	})
	return list, err
}

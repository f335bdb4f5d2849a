package plan

import (
	"context"
	"slices"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/tier"
)

// held is a rank that a subscription holds.
type held struct {
	ladder id.ID
	rank   string
	until  time.Time
	plan   i18n.Text
}

// holds returns what a subscription holds now, and the tag of its plan; empty
// when it is not in force.
func holds(s *Subscription, plans map[id.ID]*Plan, grace time.Time, language string) (held, string) {
	p := plans[s.PlanID]
	if !s.State.InForce() || p == nil {
		return held{}, ""
	}
	v := p.Version(s.Version)
	h := held{ladder: v.LadderID, rank: v.Rank, plan: named(v.Name(language))}
	switch s.State {
	case Left:
		h.until = s.Ends
	case Grace:
		h.until = grace
	}
	return h, p.Tag()
}

// better returns the higher of two ranks of a ladder, of equals the one that
// lasts longer.
func better(l *tier.Ladder, a, b held) held {
	ranks := l.Versions[len(l.Versions)-1].Ranks
	place := func(h held) int {
		return slices.IndexFunc(ranks, func(r tier.Rank) bool { return r.Code == h.rank })
	}
	switch x, y := place(a), place(b); {
	case x != y:
		if x > y {
			return a
		}
		return b
	case never(b.until) > never(a.until):
		return b
	}
	return a
}

// hold brings rank and tag in line with the subscriptions that are in force.
func (p *person) hold(ctx context.Context, tx *db.Tx) error {
	ladders, err := tier.LoadLadders(ctx, tx, p.programme.ID)
	if err != nil {
		return err
	}
	best, tags := map[id.ID]held{}, map[string]bool{}
	for _, b := range p.books {
		grace := time.Time{}
		if c := b.unpaid(); c != nil {
			grace = c.Due
		}
		h, tag := holds(b.sub, p.plans, grace, p.programme.Languages[0])
		if tag == "" {
			continue
		}
		tags[tag] = true
		i := slices.IndexFunc(ladders, func(l tier.Ladder) bool { return l.ID == h.ladder })
		if i < 0 {
			continue
		}
		if other, found := best[h.ladder]; found {
			h = better(&ladders[i], other, h)
		}
		best[h.ladder] = h
	}
	purchases := make([]tier.Purchase, len(ladders))
	for i := range ladders {
		h := best[ladders[i].ID]
		purchases[i] = tier.Purchase{MemberID: p.aliases[0], Ladder: &ladders[i], Rank: h.rank, Until: h.until, For: h.plan}
	}
	if err := tier.Hold(ctx, tx, p.now, purchases); err != nil {
		return err
	}
	return p.tag(ctx, tx, tags)
}

// tag gives the member the tags of their plans and takes those of others. The
// erased have none.
func (p *person) tag(ctx context.Context, tx *db.Tx, wanted map[string]bool) error {
	if p.Member == nil {
		return nil
	}
	ours := map[string]bool{}
	for _, plan := range p.plans {
		ours[plan.Tag()] = true
	}
	tags := slices.DeleteFunc(slices.Clone(p.Tags), func(t string) bool { return strings.HasPrefix(t, tagPrefix) && ours[t] && !wanted[t] })
	for t := range wanted {
		if !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	slices.Sort(tags)
	if slices.Equal(tags, p.Tags) {
		return nil
	}
	p.Tags = tags
	return member.Save(ctx, tx, []*member.Member{p.Member})
}

package console

import (
	"slices"

	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// rankChoice is a rank that the list of members may be narrowed to.
type rankChoice struct {
	ladder *tier.Ladder
	rank   tier.Rank
	// first ranks are held by all who never had another; the store does not
	// list them.
	first bool
}

func (r rankChoice) value() string { return r.ladder.ID.In(id.Ladder) + "." + r.rank.Code }

// rankChoices are the ranks in force, by ladder, the lowest first.
func (c *Console) rankChoices(v *visit) ([]rankChoice, error) {
	ladders, err := tier.LoadLadders(v.ctx(), c.DB.Reader(), v.programme.ID)
	var choices []rankChoice
	for i := range ladders {
		if now := ladders[i].At(c.Now()); now != nil {
			for k, r := range now.Ranks {
				choices = append(choices, rankChoice{&ladders[i], r, k == 0})
			}
		}
	}
	return choices, err
}

// rankOptions are the choices as the filter shows them, with the ladder's name
// where there are several.
func (l *memberList) rankOptions(v *visit) []web.Option {
	options := []web.Option{{Label: v.T("console.members.every_rank")}}
	for _, r := range l.ranks {
		label := r.rank.Name
		if l.ranks[0].ladder != l.ranks[len(l.ranks)-1].ladder {
			label = r.ladder.Versions[len(r.ladder.Versions)-1].Name + ": " + label
		}
		options = append(options, web.Option{Value: r.value(), Label: label})
	}
	return web.Choose(options, l.rankValue())
}

func (l *memberList) rankValue() string {
	if l.rank == nil {
		return ""
	}
	return l.rank.value()
}

// How far one page of a rank is looked for: so many members at a time, so many
// times. The page after goes on from there.
const (
	rankLook  = 200
	rankLooks = 25
)

// search returns a page of the members asked for.
func (c *Console) search(v *visit, list *memberList) (member.Page, error) {
	if list.rank == nil {
		return c.Members.Search(v.ctx(), v.actor, list.query)
	}
	page := member.Page{Identities: map[id.ID][]member.Identity{}, Next: list.query.Before}
	for range rankLooks {
		some, err := c.candidates(v, list, page.Next)
		if err != nil {
			return page, err
		}
		held, err := c.holding(v, list.rank, some.Members)
		if err != nil {
			return page, err
		}
		for _, m := range some.Members {
			if !held[m.ID] {
				continue
			}
			if n := len(page.Members); n == membersShown {
				page.Next = page.Members[n-1].ID
				return page, nil
			}
			page.Members = append(page.Members, m)
			page.Identities[m.ID] = some.Identities[m.ID]
		}
		if page.Next = some.Next; page.Next == 0 {
			break
		}
	}
	return page, nil
}

// candidates returns the next members who may hold the rank: those whom the
// store lists for it, or, where it does not or words narrow the search more,
// all that are asked for.
func (c *Console) candidates(v *visit, list *memberList, before id.ID) (member.Page, error) {
	q := list.query
	q.Before, q.Limit = before, rankLook
	if list.rank.first || q.Text != "" || q.Tag != "" {
		return c.Members.Search(v.ctx(), v.actor, q)
	}
	ids, err := tier.Holders(v.ctx(), c.DB.Reader(), list.rank.ladder.ID, list.rank.rank.Code, before, rankLook)
	if err != nil || len(ids) == 0 {
		return member.Page{}, err
	}
	found, err := member.Read(v.ctx(), c.DB.Reader(), ids)
	if err != nil {
		return member.Page{}, err
	}
	page := member.Page{}
	for _, one := range ids {
		if m := found[one]; m != nil && m.Status != member.Erased && (q.Status == "" || m.Status == q.Status) {
			page.Members = append(page.Members, m)
		}
	}
	if len(ids) == rankLook {
		page.Next = ids[len(ids)-1]
	}
	page.Identities, err = member.Identities(v.ctx(), c.DB.Reader(), ids)
	return page, err
}

// holding tells who of the members holds the rank now.
func (c *Console) holding(v *visit, r *rankChoice, members []*member.Member) (map[id.ID]bool, error) {
	now := c.Now()
	asks := make([]tier.Ask, len(members))
	for i, m := range members {
		asks[i] = tier.Ask{MemberID: m.ID, Ladder: r.ladder, Until: now}
	}
	accounts, err := tier.Load(v.ctx(), c.DB.Reader(), asks)
	if err != nil {
		return nil, err
	}
	held := map[id.ID]bool{}
	for i, a := range accounts {
		if err := a.Post(now); err != nil {
			return nil, err
		}
		held[asks[i].MemberID] = a.Rank() == r.rank.Code
	}
	return held, nil
}

// chooseRank finds the rank that the address names, if there is one.
func (l *memberList) chooseRank(value string) {
	if i := slices.IndexFunc(l.ranks, func(r rankChoice) bool { return r.value() == value }); i >= 0 {
		l.rank = &l.ranks[i]
	}
}

package console

import (
	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

func (c *Console) mergeRoutes() []route {
	return []route{
		{pattern: "GET " + memberPath + "/merge", permission: auth.MembersMerge, do: c.showMerge},
		{pattern: "POST " + memberPath + "/merge", permission: auth.MembersMerge, do: c.merge},
		{pattern: "POST " + memberPath + "/unmerge", permission: auth.MembersMerge, do: c.unmerge},
	}
}

// candidates are who may be the same person, as the search found them.
type candidates struct {
	text string
	rows []memberRow
}

// maxCandidates bounds what a search for the other profile shows.
const maxCandidates = 10

// showMerge asks who the other is, or shows both side by side.
func (c *Console) showMerge(v *visit) error {
	p, done, err := c.meetMember(v)
	if err != nil || done {
		return err
	}
	if v.field("with") != "" {
		other, err := c.meetOther(v)
		if err != nil {
			return err
		}
		return v.render(comparePage(v, p, other, nil))
	}
	found, err := c.findOthers(v, p)
	if err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(candidateTable(v, p, found))
	}
	return v.render(mergePage(v, p, found))
}

func (c *Console) findOthers(v *visit, p *person) (*candidates, error) {
	found := &candidates{text: v.field("q")}
	if found.text == "" {
		return found, nil
	}
	page, err := c.Members.Search(v.ctx(), v.actor, member.Query{
		ProgrammeID: v.programme.ID, Text: found.text, Region: v.programme.Region, Limit: maxCandidates + 1,
	})
	if err != nil {
		return nil, err
	}
	rows, err := c.fillRows(v, page)
	for _, r := range rows {
		if r.ID != p.ID && len(found.rows) < maxCandidates {
			found.rows = append(found.rows, r)
		}
	}
	return found, err
}

// meetOther reads the other profile that the form or the address names.
func (c *Console) meetOther(v *visit) (*person, error) {
	with, err := id.Parse(id.Member, v.field("with"))
	if err != nil {
		return nil, err
	}
	return c.readPerson(v, with)
}

// merge makes one member of two. The one of the address stays.
func (c *Console) merge(v *visit) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	other, err := c.meetOther(v)
	if err != nil {
		return err
	}
	if _, err := c.Flow.Merge(v.ctx(), v.actor, v.programme.ID, p.ID, other.ID); err != nil {
		return v.mend(err, func(errs web.FormErrors) component { return comparePage(v, p, other, errs) })
	}
	return v.done(p.at(v, "/profile"), "console.merge.done")
}

func (c *Console) unmerge(v *visit) error {
	m, err := v.pathID("member", id.Member)
	if err != nil {
		return err
	}
	merging, err := id.Parse(id.Event, v.field("merging"))
	if err != nil {
		return err
	}
	if _, err := c.Flow.Unmerge(v.ctx(), v.actor, v.programme.ID, merging); err != nil {
		return err
	}
	return v.done(v.at("/members/"+m.In(id.Member)+"/profile"), "console.merge.unmerged")
}

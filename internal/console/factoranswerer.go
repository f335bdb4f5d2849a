package console

import (
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/db"
	"regulars/internal/factor"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

// answererList is who is in one cell.
type answererList struct {
	*visit
	cell    factor.Cell
	trail   trail
	answers map[id.ID]factor.Answerer
	rows    []memberRow
	next    id.ID
}

func (c *Console) satisfactionMembers(v *visit) error {
	l := &answererList{visit: v, cell: factor.Cell(v.field("cell")), trail: v.trail(), answers: map[id.ID]factor.Answerer{}}
	if !slices.Contains(factor.Cells(), l.cell) {
		l.cell = factor.SatisfiedGone
	}
	var before id.ID
	if mark := l.trail.mark(); mark != "" {
		var err error
		if before, err = id.Parse(id.Member, mark); err != nil {
			return err
		}
	}
	list, err := c.Factors.ContentMembers(v.ctx(), v.actor, v.programme.ID, l.cell, before, membersShown+1)
	if err != nil {
		return err
	}
	if len(list) > membersShown {
		list = list[:membersShown]
		l.next = list[membersShown-1].MemberID
	}
	err = c.DB.View(v.ctx(), func(q db.Queryer) error {
		clear(l.answers)
		ids := make([]id.ID, len(list))
		for i, n := range list {
			ids[i], l.answers[n.MemberID] = n.MemberID, n
		}
		found, err := member.Read(v.ctx(), q, ids)
		if err != nil {
			return err
		}
		page := member.Page{}
		for _, n := range ids {
			if m := found[n]; m != nil {
				page.Members = append(page.Members, m)
			}
		}
		if page.Identities, err = member.Identities(v.ctx(), q, ids); err != nil {
			return err
		}
		l.rows, err = readRows(v, q, page, c.Now())
		return err
	})
	if err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(answererTable(l))
	}
	return v.render(answerersPage(l))
}

func (l *answererList) tabs() []web.Tab {
	var tabs []web.Tab
	for _, cell := range factor.Cells() {
		tabs = append(tabs, web.Tab{Label: l.T("console.factor.cell." + string(cell)), Href: l.at("/factor-map/satisfaction/members", "cell", string(cell)), Current: cell == l.cell})
	}
	return tabs
}

func (l *answererList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.factor.cell." + string(l.cell)),
		Columns: []web.Column{
			{Head: l.T("console.members.who")}, {Head: l.T("console.factor.answer_of_five"), Figures: true}, {Head: l.T("console.factor.answered_on"), Figures: true}, {Head: l.T("console.members.last"), Figures: true},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconMembers, Title: l.T("console.factor.cell_nobody"), Text: l.T("console.factor.cell_nobody_text")}),
	}
	for i := range l.rows {
		r := &l.rows[i]
		n := l.answers[r.ID]
		t.Rows = append(t.Rows, web.Row{Href: l.at("/members/" + r.ID.In(id.Member)), Quiet: r.Status == member.Erased, Cells: []templ.Component{
			nameCell(l.visit, r), web.Words(l.Number(n.Number)), web.Words(l.ShortDate(n.At)), web.Words(l.ShortDate(r.last)),
		}})
	}
	return t
}

func (l *answererList) cursor() web.Cursor {
	page := func(trail string) string {
		return l.at("/factor-map/satisfaction/members", "cell", string(l.cell), trailName, trail)
	}
	c := web.Cursor{Target: "#found"}
	if len(l.rows) > 0 {
		c.Shown = l.T("console.members.shown", "n", len(l.rows))
	}
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = page(l.trail.forth(l.next.In(id.Member)))
	}
	return c
}

package console

import (
	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/sale"
	"regulars/internal/web"
)

const conflictPath = inProgramme + "/till-conflicts"

func (c *Console) conflictRoutes() []route {
	return []route{
		{pattern: "GET " + conflictPath, permission: auth.ConflictsRead, do: c.conflicts},
		{pattern: "POST " + conflictPath + "/{conflict}/settle", permission: auth.ConflictsWrite, do: c.settleConflict},
	}
}

// conflictSize is how many conflicts a page has.
const conflictSize = 50

// conflictList is a page of what tills that were offline gave differently.
type conflictList struct {
	*visit
	all   bool // settled ones too
	trail trail
	next  string
	list  []*sale.Conflict
	// asked is the conflict of which the note must be mended.
	asked id.ID
	note  string
	errs  web.FormErrors
}

func (c *Console) conflictList(v *visit) (*conflictList, error) {
	l := &conflictList{visit: v, all: v.field("show") == "all", trail: v.trail()}
	query := sale.ConflictQuery{ProgrammeID: v.programme.ID, Open: !l.all, Limit: conflictSize + 1}
	if mark := l.trail.mark(); mark != "" {
		var err error
		if query.Before, err = id.Parse(id.Conflict, mark); err != nil {
			return nil, err
		}
	}
	var err error
	if l.list, err = c.Flow.Conflicts(v.ctx(), v.actor, query); err != nil {
		return nil, err
	}
	if len(l.list) > conflictSize {
		l.list = l.list[:conflictSize]
		l.next = l.list[conflictSize-1].ID.In(id.Conflict)
	}
	return l, nil
}

func (c *Console) conflicts(v *visit) error {
	l, err := c.conflictList(v)
	if err != nil {
		return err
	}
	return v.render(conflictPage(l))
}

func (c *Console) settleConflict(v *visit) error {
	which, err := v.pathID("conflict", id.Conflict)
	if err != nil {
		return err
	}
	if err = c.Flow.SettleConflict(v.ctx(), v.actor, v.programme.ID, which, v.field("note")); err == nil {
		return v.done(v.at("/till-conflicts"), "console.conflict.done")
	}
	l, failed := c.conflictList(v)
	if failed != nil {
		return failed
	}
	return v.mend(err, func(errs web.FormErrors) templ.Component {
		l.asked, l.note, l.errs = which, v.field("note"), errs
		return conflictPage(l)
	})
}

func (l *conflictList) tabs() []web.Tab {
	return []web.Tab{
		{Label: l.T("console.conflict.open"), Href: l.at("/till-conflicts"), Current: !l.all},
		{Label: l.T("console.conflict.all"), Href: l.at("/till-conflicts", "show", "all"), Current: l.all},
	}
}

func (l *conflictList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.conflict.title"),
		Columns: []web.Column{
			{Head: l.T("console.conflict.sale")}, {Head: l.T("console.conflict.reason")}, {Head: l.T("console.conflict.amount"), Figures: true},
			{Head: l.T("console.conflict.when"), Figures: true}, {Head: l.T("console.conflict.state")},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconWarning, Title: l.T("console.conflict.none"), Text: l.T("console.conflict.none_hint")}),
	}
	for _, c := range l.list {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.TwoLines(c.ExternalID, c.Source), twoLines(l.Say(c.Reason), l.about(c)),
			web.Words(l.Money(c.Amount, "")), web.Words(l.ShortDate(c.Occurred)), l.state(c),
		}})
	}
	return t
}

// about is what the conflict was about: the code as it was typed, where the
// reason says how, for it is kept without what people mistake for another.
func (l *conflictList) about(c *sale.Conflict) string {
	if typed, ok := c.Reason.Args["code"].(string); ok {
		return typed
	}
	if c.Code != "" {
		return c.Code
	}
	return l.T("conflict.kind." + string(c.Kind))
}

// state is whether the sale was taken, what was noted, or the way to note it.
func (l *conflictList) state(c *sale.Conflict) templ.Component {
	switch {
	case !c.Settled.IsZero():
		return web.Words(l.T("console.conflict.settled", "note", c.Note))
	case l.can(auth.ConflictsWrite):
		return web.Actions(web.Button{Label: l.T("console.conflict.settle"), Opens: dialogOf(c)})
	}
	return web.Words(l.taken(c))
}

func (l *conflictList) taken(c *sale.Conflict) string {
	if c.EventID == 0 {
		return l.T("console.conflict.refused")
	}
	return l.T("console.conflict.taken")
}

func dialogOf(c *sale.Conflict) string { return "settle-" + c.ID.In(id.Conflict) }

func (l *conflictList) field(c *sale.Conflict) web.Field {
	f := web.Field{Name: "note", Label: l.T("console.conflict.note"), Help: l.T("console.conflict.note_help"), Attrs: templ.Attributes{"maxlength": "500"}}
	if c.ID == l.asked {
		f.Value, f.Error = l.note, l.errs["note"]
	}
	return f
}

func (l *conflictList) cursor() web.Cursor {
	var c web.Cursor
	show := ""
	if l.all {
		show = "all"
	}
	if len(l.trail) > 0 {
		c.Previous = l.at("/till-conflicts", trailName, l.trail.back(), "show", show)
	}
	if l.next != "" {
		c.Next = l.at("/till-conflicts", trailName, l.trail.forth(l.next), "show", show)
	}
	return c
}

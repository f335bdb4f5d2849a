package console

import (
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/trust"
	"regulars/internal/web"
)

func (l *issueList) cursor() web.Cursor {
	page := func(trail string) string { return l.at("/known-issues", "state", l.state, trailName, trail) }
	c := web.Cursor{Target: "#found"}
	if len(l.trail) > 0 {
		c.Previous = page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = page(l.trail.forth(l.next.In(id.KnownIssue)))
	}
	return c
}

func (l *issueList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.known.every_state")}}
	for _, s := range trust.States() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, l.state)
}

func (l *issueList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.known.title"),
		Columns: []web.Column{
			{Head: l.T("console.known.what")}, {Head: l.T("console.known.state")}, {Head: l.T("console.known.seen")}, {Head: l.T("console.known.since")}, {Head: l.T("console.known.expected")},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconKnown, Title: l.T("console.known.none"), Text: l.T("console.known.none_text")}),
	}
	for _, n := range l.list {
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/known-issues/" + n.ID.In(id.KnownIssue)), Quiet: !n.State.Open(),
			Cells: []templ.Component{
				ownLines(l.own(n.Title), strings.Join(n.Products, ", ")), issueState(l.visit, n, l.today), web.Words(l.seenBy(n)), web.Words(l.whichShortDay(n.Since)), web.Words(l.whichShortDay(n.Expected)),
			},
		})
	}
	return t
}

func (v *visit) seenBy(n *trust.Issue) string {
	if n.Published {
		return v.T("console.known.public")
	}
	return v.T("console.known.internal")
}

// begin is the begin of a day such as 2026-11-22 where the programme is.
func (v *visit) begin(text string) (time.Time, error) {
	return time.ParseInLocation(time.DateOnly, text, v.programme.Zone)
}

// whichDay writes such a day as the reader does, or a dash for none.
func (v *visit) whichDay(text string) string {
	at, err := v.begin(text)
	if err != nil {
		return "—"
	}
	return v.Date(at)
}

// whichShortDay writes such a day shorter, for tables.
func (v *visit) whichShortDay(text string) string {
	at, err := v.begin(text)
	if err != nil {
		return "—"
	}
	return v.ShortDate(at)
}

func (p *issueFile) facts() []web.Definition {
	n := p.f.Issue
	var list []web.Definition
	fact := func(term, about string) {
		if about != "" {
			list = append(list, web.Definition{Term: p.T("console.known." + term), About: web.Words(about)})
		}
	}
	fact("seen", p.seenBy(n))
	fact("since", p.whichDay(n.Since))
	if n.Expected != "" {
		fact("expected", p.whichDay(n.Expected))
	}
	if n.MendedOn != "" {
		fact("mended_on", p.whichDay(n.MendedOn))
	}
	fact("products", strings.Join(n.Products, ", "))
	fact("shops", strings.Join(n.Shops, ", "))
	fact("channels", strings.Join(n.Channels, ", "))
	var causes []string
	for _, code := range n.Causes {
		causes = append(causes, p.Say(p.settings.CauseText(code, p.Lang())))
	}
	fact("lies_behind", strings.Join(causes, ", "))
	return list
}

// lead says what becomes of the issue, and until when.
func (p *issueFile) lead() string {
	n := p.f.Issue
	day := n.Expected
	if n.State == trust.Mended {
		day = n.MendedOn
	}
	if day == "" || n.State == trust.Wont {
		return p.T("console.known.now", "state", string(n.State))
	}
	return p.T("console.known.now_by", "state", string(n.State), "late", tick(n.Overdue(p.today)), "day", p.whichDay(day))
}

// actions lead to the form, and to what customers read.
func (p *issueFile) actions() templ.Component {
	var list []web.Button
	if p.can(auth.TrustWrite) {
		list = append(list, web.Button{Label: p.T("console.known.edit"), Icon: web.IconEdit, Href: p.at("/known-issues/" + p.f.ID.In(id.KnownIssue) + "/edit")})
	}
	if p.f.Published {
		list = append(list, web.Button{Label: p.T("console.known.public_page"), Icon: web.IconExternal, Href: trust.KnownPath(p.programme.Slug) + "/" + p.f.ID.In(id.KnownIssue)})
	}
	return web.Actions(list...)
}

// heard says how many complained of it, and who was told.
func (p *issueFile) heard() []string {
	if len(p.f.Causes) == 0 {
		return []string{p.T("console.known.no_causes")}
	}
	said := []string{p.T("console.known.heard", "n", p.f.Complaints, "people", p.f.People)}
	switch {
	case p.f.Told > 0:
		said = append(said, p.T("console.known.told", "n", p.f.Told))
	case p.f.Tell && p.f.State != trust.Mended:
		said = append(said, p.T("console.known.will_tell"))
	}
	return said
}

func (p *issueFile) happenings() []web.Happening {
	var list []web.Happening
	for i, c := range p.f.History {
		h := web.Happening{Day: p.Date(c.At), Clock: p.Clock(c.At), Icon: web.IconKnown, Title: p.Say(c.State.Text())}
		var notes []string
		if c.Published && (i == 0 || !p.f.History[i-1].Published) {
			notes = append(notes, p.T("console.known.was_published"))
		}
		if c.Words {
			notes = append(notes, p.T("console.known.words_changed"))
		}
		if c.Expected != "" && (i == 0 || p.f.History[i-1].Expected != c.Expected) {
			notes = append(notes, p.T("console.known.expected_by", "day", p.whichDay(c.Expected)))
		}
		h.Note = joined(notes...)
		list = append([]web.Happening{h}, list...)
	}
	return list
}

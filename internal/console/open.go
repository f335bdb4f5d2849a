package console

import (
	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/money"
	"regulars/internal/trust"
	"regulars/internal/web"
)

// openPath is the address of what is published of the shop's own figures.
const openPath = inProgramme + "/transparency"

func (c *Console) openRoutes() []route {
	one := openPath + "/{period}"
	return []route{
		{pattern: "GET " + openPath, permission: auth.TrustRead, do: c.openPeriods},
		{pattern: "GET " + one, permission: auth.TrustRead, do: c.openPeriod},
		{pattern: "POST " + one + "/publish", permission: auth.TrustPublish, do: c.publishFigures},
		{pattern: "POST " + one + "/correct", permission: auth.TrustPublish, do: c.correctFigures},
		{pattern: "POST " + one + "/withdraw", permission: auth.TrustPublish, do: c.withdrawFigures},
	}
}

// openList is the periods that can be published, and those that were.
type openList struct {
	*visit
	periods []trust.Period
	reports map[string]*trust.Report
}

// How many whole periods are offered; those published before come besides.
const (
	monthsOffered   = 12
	quartersOffered = 4
)

func (c *Console) openPeriods(v *visit) error {
	l := &openList{visit: v, periods: trust.Recent(c.Now(), v.programme.Zone, monthsOffered, quartersOffered), reports: map[string]*trust.Report{}}
	list, err := c.Trust.Reports(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return err
	}
	offered := map[string]bool{}
	for _, p := range l.periods {
		offered[p.Name] = true
	}
	for _, r := range list {
		if l.reports[r.Period.Name] = r; !offered[r.Period.Name] {
			l.periods = append(l.periods, r.Period)
		}
	}
	return v.render(openListPage(l))
}

// standing is of how many periods customers read the figures.
func (l *openList) standing() (n int) {
	for _, r := range l.reports {
		if r.Standing != trust.Withdrawn {
			n++
		}
	}
	return n
}

func (l *openList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.open.title"),
		Columns: []web.Column{{Head: l.T("console.open.period")}, {Head: l.T("console.open.standing")}},
	}
	for _, p := range l.periods {
		state := web.Badge(web.Neutral, l.T("console.open.unpublished"))
		if r := l.reports[p.Name]; r != nil {
			state = standingBadge(l.visit, r.Standing)
		}
		t.Rows = append(t.Rows, web.Row{Href: l.at("/transparency/" + p.Name), Cells: []templ.Component{web.Words(p.Title(l.Printer)), state}})
	}
	return t
}

func standingBadge(v *visit, s trust.Standing) templ.Component {
	tone := web.Good
	if s == trust.Withdrawn {
		tone = web.Bad
	}
	return web.Badge(tone, v.Say(s.Text()))
}

// openPeriodPage is the figures of a period: as they would be published, or as
// they were.
type openPeriodPage struct {
	*visit
	report   *trust.Report
	editions []trust.Edition
	shown    *trust.Snapshot
	// fresh is as it is measured now.
	fresh *trust.Snapshot
	errs  web.FormErrors
}

func (c *Console) meetOpen(v *visit) (*openPeriodPage, error) {
	p := &openPeriodPage{visit: v}
	var err error
	if p.fresh, err = c.Trust.Preview(v.ctx(), v.actor, v.programme.ID, v.r.PathValue("period")); err != nil {
		if f := fault.As(err); f != nil && f.Field == "/period" {
			err = web.NotFound(v.w, v.r)
		}
		return nil, err
	}
	p.shown = p.fresh
	list, err := c.Trust.Reports(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range list {
		if r.Period.Name != p.fresh.Period.Name {
			continue
		}
		if p.report, p.editions, err = c.Trust.Report(v.ctx(), v.actor, v.programme.ID, r.ID); err != nil {
			return nil, err
		}
		p.shown = p.editions[len(p.editions)-1].Snapshot
	}
	return p, nil
}

func (c *Console) openPeriod(v *visit) error {
	p, err := c.meetOpen(v)
	if err != nil || p == nil {
		return err
	}
	return v.render(openPeriodShown(p))
}

func (c *Console) publishFigures(v *visit) error {
	return c.turnFigures(v, "console.open.published", func(p *openPeriodPage) error {
		_, err := c.Trust.Publish(v.ctx(), v.actor, v.programme.ID, p.fresh.Period.Name, p.typed())
		return err
	})
}

func (c *Console) correctFigures(v *visit) error {
	return c.turnFigures(v, "console.open.corrected", func(p *openPeriodPage) error {
		if p.report == nil {
			return trust.UnknownReport()
		}
		_, err := c.Trust.Correct(v.ctx(), v.actor, v.programme.ID, p.report.ID, p.version(), v.field("note"), p.typed())
		return err
	})
}

func (c *Console) withdrawFigures(v *visit) error {
	return c.turnFigures(v, "console.open.withdrawn", func(p *openPeriodPage) error {
		if p.report == nil {
			return trust.UnknownReport()
		}
		_, err := c.Trust.Withdraw(v.ctx(), v.actor, v.programme.ID, p.report.ID, p.version(), v.field("note"))
		return err
	})
}

func (c *Console) turnFigures(v *visit, done string, turn func(*openPeriodPage) error) error {
	p, err := c.meetOpen(v)
	if err != nil || p == nil {
		return err
	}
	if err := turn(p); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return openPeriodShown(p)
		})
	}
	return v.done(v.at("/transparency/"+p.fresh.Period.Name), done)
}

func (p *openPeriodPage) version() int64 {
	n := p.seenVersion()
	return n
}

// typed reads the comments of the form.
func (p *openPeriodPage) typed() map[trust.Section]trust.Words {
	all := map[trust.Section]trust.Words{}
	for _, section := range trust.Sections() {
		words := trust.Words{}
		for _, lang := range p.programme.Languages {
			words[lang] = p.field(string(section) + "_" + lang)
		}
		all[section] = words
	}
	return all
}

// comment is what stands in the form.
func (p *openPeriodPage) comment(section trust.Section, lang string) string {
	if p.r.Method == "POST" {
		return p.field(string(section) + "_" + lang)
	}
	if p.report != nil && p.shown != nil {
		return p.shown.Comments[section][lang]
	}
	return ""
}

func (p *openPeriodPage) path(verb string) string {
	return p.at("/transparency/" + p.fresh.Period.Name + verb)
}

func (p *openPeriodPage) lead() string {
	if p.report == nil {
		return p.T("console.open.preview")
	}
	return p.T("console.open.stands." + string(p.report.Standing))
}

func (p *openPeriodPage) table(n *trust.Snapshot, section trust.Section) web.Table {
	t := web.Table{
		Caption: p.Say(section.Text()),
		Columns: []web.Column{{Head: p.T("console.open.figure")}, {Head: p.T("console.open.now"), Figures: true}, {Head: p.T("console.open.before"), Figures: true}},
	}
	for _, r := range n.Of(section) {
		say := func(a trust.Amount) templ.Component {
			return web.Words(r.Say(p.Printer, money.Currency(n.Currency), a))
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(p.Say(r.Text())), say(r.Now), say(r.Before)}})
	}
	return t
}

// happenings are the editions, the latest first.
func (p *openPeriodPage) happenings() []web.Happening {
	var list []web.Happening
	for _, e := range p.editions {
		h := web.Happening{Day: p.Date(e.At), Clock: p.Clock(e.At), Icon: web.IconOpen, Title: p.Say(e.Standing.Text()), Note: e.Note}
		list = append([]web.Happening{h}, list...)
	}
	return list
}

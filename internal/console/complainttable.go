package console

import (
	"math"
	"net/http"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/complaint"
	"regulars/internal/id"
	"regulars/internal/stats"
	"regulars/internal/web"
)

func (p *casePage) path(verb string) string {
	return p.at("/complaints/" + p.file.ID.In(id.Case) + verb)
}

func (v *visit) caseTabs(current string) (tabs []web.Tab) {
	for _, t := range [][2]string{{"board", ""}, {"causes", "/causes"}, {"actions", "/actions"}, {"settings", "/settings"}, {"mailbox", "/mailbox"}} {
		tabs = append(tabs, web.Tab{Label: v.T("console.case." + t[0]), Href: v.at("/complaints" + t[1]), Current: current == t[0]})
	}
	return tabs
}

func caseTone(c *complaint.Case, late bool) web.Tone {
	switch {
	case late:
		return web.Bad
	case c.State == complaint.Solved || c.State == complaint.Closed || c.State == complaint.Done:
		return web.Good
	case c.State == complaint.Waiting:
		return web.Neutral
	}
	return web.Warn
}

func (p *casePage) facts() []web.Definition {
	list := []web.Definition{
		{Term: p.T("console.case.state"), About: web.Badge(caseTone(p.file.Case, p.file.Late(p.now)), p.Say(p.file.State.Text()))},
		{Term: p.T("console.case.severity"), About: web.Words(p.Say(p.file.Severity.Text()))},
		{Term: p.T("console.case.wanted"), About: web.Words(p.Say(p.file.Wanted.Text()))},
		{Term: p.T("console.case.source"), About: web.Words(p.Say(p.file.Source.Text()))},
		{Term: p.T("console.case.code"), About: web.Words(complaint.ShowTrack(p.file.Track))},
	}
	add := func(key string, about templ.Component, there bool) {
		if there {
			list = append(list, web.Definition{Term: p.T(key), About: about})
		}
	}
	add("console.case.contact", web.Words(p.file.Contact), p.file.Contact != "")
	add("console.case.reference", web.Words(p.file.Reference), p.file.Reference != "")
	add("console.case.price", web.Words(p.Money(p.file.Price, "")), p.file.Price != 0)
	for _, d := range []struct {
		key string
		at  time.Time
	}{{"console.case.first_due", p.file.FirstDue}, {"console.case.answered", p.file.FirstAnswered}, {"console.case.due", p.file.Due}, {"console.case.legal", p.file.LegalDue}, {"console.case.solved", p.file.Solved}} {
		add(d.key, web.Words(p.T("console.case.at", "when", d.at)), !d.at.IsZero())
	}
	add("console.case.used", web.Words(p.T("console.case.hours_long", "n", p.figures().show(tenthOf(p.file.Elapsed.Hours()), 1))), p.file.Kind == complaint.Complaint)
	add("console.case.our_clock", web.Words(p.workLeft(p.file.Left(p.clock, p.now))), !p.file.Promised().IsZero())
	add("console.case.owner", web.Words(p.actors[staffActor(p.file.OwnerID)]), p.file.OwnerID != 0)
	add("console.case.subject", web.Words(p.actors[staffActor(p.file.SubjectID)]), p.file.SubjectID != 0)
	add("console.case.cause", web.Words(p.Say(p.settings.CauseText(p.file.Cause, p.Lang()))), p.file.Cause != "")
	add("console.case.recurred", web.Words(p.T("console.case.recurred_text")), p.file.Recurred)
	return list
}

// turns are the states that the case may be moved to by a button.
func (p *casePage) turns() []complaint.State {
	switch p.file.State {
	case complaint.Open, complaint.Reopened, complaint.Waiting:
		return []complaint.State{complaint.Solved}
	case complaint.Solved:
		return []complaint.State{complaint.Closed, complaint.Reopened}
	case complaint.Closed:
		return []complaint.State{complaint.Reopened}
	case complaint.Fresh:
		return []complaint.State{complaint.Planned, complaint.Done, complaint.Declined}
	case complaint.Planned:
		return []complaint.State{complaint.Done, complaint.Declined}
	}
	return nil
}

func (p *casePage) causeOptions() []web.Option {
	list := []web.Option{{Label: p.T("console.case.no_cause")}}
	for _, c := range p.settings.Causes {
		list = append(list, web.Option{Value: c.Code, Label: p.Say(p.settings.CauseText(c.Code, p.Lang()))})
	}
	return web.Choose(list, p.kept("cause", p.file.Cause))
}

func (p *casePage) severityOptions() (list []web.Option) {
	for _, s := range complaint.Severities() {
		list = append(list, web.Option{Value: string(s), Label: p.Say(s.Text())})
	}
	return web.Choose(list, p.kept("severity", string(p.file.Severity)))
}

func (p *casePage) meansOptions() (list []web.Option) {
	for _, k := range complaint.AllMeans() {
		list = append(list, web.Option{Value: string(k), Label: p.Say(k.Text())})
	}
	return web.Choose(list, p.kept("kind", string(p.file.Suggestion.Kind)))
}

// kept is what a choice holds: what was chosen in a form that came back, or else
// what is kept.
func (p *casePage) kept(name, value string) string {
	if p.r.Method == http.MethodPost && p.r.PostForm.Has(name) {
		return p.field(name)
	}
	return value
}

func (p *casePage) reasonOptions() []web.Option {
	list := p.caseReasons(&p.settings)
	if _, known := p.settings.ReasonOf(p.file.Reason); !known { // it was taken out of the settings since
		list = append([]web.Option{{Label: p.Say(p.settings.ReasonText(p.file.Reason, p.Lang()))}}, list...)
	}
	return web.Choose(list, p.kept("reason", p.file.Reason))
}

// caseReasons are the reasons of cases, to choose from.
func (v *visit) caseReasons(set *complaint.Settings) []web.Option {
	list := make([]web.Option, len(set.Reasons))
	for i, r := range set.Reasons {
		list[i] = web.Option{Value: r.Code, Label: v.Say(set.ReasonText(r.Code, v.Lang()))}
	}
	return list
}

// shownPrice is the price that is kept, as it is typed; nothing where nobody knows.
func (p *casePage) shownPrice() string {
	if p.file.Price == 0 {
		return ""
	}
	return p.figures().show(p.file.Price, p.programme.Currency.Decimals())
}

// staffOptions are the staff of the programme but one, and first nobody.
func (p *casePage) staffOptions(field, nobody string, chosen, without id.ID) []web.Option {
	return web.Choose(p.staff.options(nobody, chosen, without), p.kept(field, shownStaff(chosen)))
}

func (p *casePage) said(m complaint.Message) string {
	said := p.T("console.case.said", "author", string(m.Author), "when", m.At)
	if name := p.actors[m.Actor]; name != "" && m.Author != complaint.ByCustomer {
		return said + " · " + name
	}
	return said
}

// given says what was given, by whom, and why.
func (p *casePage) given(r *complaint.Remedied) string {
	who := p.actors[r.AskedBy]
	if who == "" {
		who = p.T("console.case.by_itself")
	}
	return p.T("console.case.given", "kind", p.Say(r.Kind.Text()), "sum", r.Amount, "state", p.Say(r.State.Text()), "who", who)
}

// workLeft says how much working time is left until something is due, or by how much
// it is late.
func (v *visit) workLeft(left time.Duration) string {
	late := left < 0
	return v.T("console.case.work_left", "late", yesOrNo(late), "n", v.figures().show(tenthOf(left.Abs().Hours()), 1))
}

// says is the rate of complaints in a sentence.
func (p *caseCauses) says() string {
	r := p.report.All
	if r.Orders == 0 || r.Complaints < fewestCounted {
		return p.T("console.case.few", "n", r.Complaints)
	}
	f := p.figures()
	return p.T("console.case.rate", "n", r.Complaints, "orders", r.Orders, "rate", f.show(tenthOf(r.Rate), 1), "low", f.show(tenthOf(r.Low), 1), "high", f.show(tenthOf(r.High), 1))
}

// chart is the rate of every week that had orders, in tenths, with the limits
// of chance, which are the wider the fewer orders there were.
func (p *caseCauses) chart() web.Chart {
	c := web.Chart{
		ID: "weeks", Title: p.T("console.case.weeks"), Sentence: p.T("console.case.weeks_says"), LabelHead: p.T("console.case.week"),
		Figure: func(n int64) string { return p.Decimal(n, 1) }, Series: []web.Series{{Name: p.T("console.case.weekly")}},
		Limits: []web.Limit{{Name: p.T("console.case.limit_low")}, {Name: p.T("console.case.centre")}, {Name: p.T("console.case.limit_high")}},
	}
	for _, w := range p.report.Weeks {
		if w.Orders == 0 {
			continue
		}
		c.Labels, c.Ticks, c.Outside = append(c.Labels, p.ShortDate(w.From)), append(c.Ticks, p.DayMonth(w.From)), append(c.Outside, w.Outside)
		c.Series[0].Values = append(c.Series[0].Values, tenthOf(w.Rate.Rate))
		for i, limit := range []float64{w.Lower, w.Centre, w.Upper} {
			c.Limits[i].Values = append(c.Limits[i].Values, tenthOf(limit))
		}
	}
	return c
}

func (p *caseCauses) bars(caption string, bars []complaint.Bar, name func(code string) string) web.Table {
	t := web.Table{
		Caption: caption, ShowCaption: true, Columns: []web.Column{{Head: caption}, {Head: p.T("console.case.count"), Figures: true}, {Head: p.T("console.case.upto"), Figures: true}},
		Empty: web.Muted(p.T("console.case.nothing")),
	}
	var all int64
	for _, b := range bars {
		all += b.Count
	}
	f := p.figures()
	for _, b := range bars {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(name(b.Code)), web.Words(f.show(b.Count, 0)), web.Words(p.Percent(b.Upto, all, 0)),
		}})
	}
	return t
}

// cameBack says how many bought again, in sentences.
func (p *caseCauses) cameBack() []string {
	r := p.recovery
	if !r.Shown {
		return []string{p.T("console.case.recovery_few", "n", r.Matched)}
	}
	f := p.figures()
	percent := func(x float64) string { return f.show(int64(math.Round(100*x)), 0) }
	said := []string{
		p.T("console.case.recovery_says", "n", r.Matched, "share", percent(r.Share.Value), "low", percent(r.Share.Low), "high", percent(r.Share.High),
			"others", r.Others, "others_share", percent(r.OthersShare.Value), "others_low", percent(r.OthersShare.Low), "others_high", percent(r.OthersShare.High)),
		p.T("console.case.recovery_apart", "low", percent(r.Difference.Low), "high", percent(r.Difference.High)),
	}
	if r.Preliminary {
		said = append(said, p.T("console.case.recovery_early"))
	}
	return said
}

// ends are how complaints ended: how soon, and how many came back.
func (p *caseCauses) ends() []web.Stat {
	r := p.report
	tiles := []web.Stat{{Sentence: p.T("console.case.median"), Figure: "—", Note: p.T("console.case.median_note", "n", r.Solved)}}
	if r.Solved >= fewestCounted {
		tiles[0].Figure = p.T("console.case.hours_long", "n", p.figures().show(tenthOf(r.MedianHours), 1))
	}
	for _, share := range []struct {
		key string
		n   int64
	}{{"reopened", r.Reopened}, {"recurred", r.Recurred}, {"canned", r.Canned}} {
		all := r.All.Complaints
		if share.key == "canned" {
			all = r.Answers
		}
		t := web.Stat{Sentence: p.T("console.case.share_" + share.key), Figure: "—", Note: p.T("console.case.too_few", "n", all)}
		if all >= fewestCounted {
			between := stats.Wilson(share.n, all, stats.Confidence)
			percent := func(x float64) string { return p.figures().show(int64(math.Round(100*x)), 0) }
			t.Figure = p.Percent(share.n, all, 0)
			t.Note = p.T("console.case.share_note", "n", share.n, "all", all, "low", percent(between.Low), "high", percent(between.High))
		}
		tiles = append(tiles, t)
	}
	return tiles
}

// owed says what broken promises opened, in a sentence; nothing where they opened
// nothing.
func (p *caseCauses) owed() string {
	n := p.report.Owed
	if n == (complaint.Owed{}) {
		return ""
	}
	return p.T("console.case.owed", "opened", n.Opened, "solved", n.Solved, "given", n.Given)
}

// effects are the actions that are done, with the rates before and after.
func (p *caseCauses) effects() web.Table {
	t := web.Table{
		Caption: p.T("console.case.effects"), ShowCaption: true,
		Columns: []web.Column{{Head: p.T("console.case.action")}, {Head: p.T("console.case.action_done_on")}, {Head: p.T("console.case.action_followed")}},
	}
	for i := range p.actions.effects {
		e := &p.actions.effects[i]
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			twoLines(e.Title, p.Say(p.settings.CauseText(e.Cause, p.Lang()))), web.Words(p.ShortDate(e.Done)), web.Words(p.actions.followed(e)),
		}})
	}
	return t
}

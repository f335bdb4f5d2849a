package console

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// measure says an amount of what a ladder counts: £1,000, 300 points, 5 visits.
func (v *visit) measure(d *tier.Definition, n int64) string { return v.Say(measured(v, d, n)) }

func measured(v *visit, d *tier.Definition, n int64) i18n.Text {
	switch d.Metric {
	case tier.Spend:
		return i18n.Text{Key: "console.ladder.amount", Args: map[string]any{"sum": n}}
	case tier.Points:
		if d.Decimals > 0 {
			return i18n.Text{Key: "console.ladder.decimals", Args: map[string]any{"points": v.Trimmed(n, d.Decimals)}}
		}
		return i18n.Text{Key: "console.ladder.points", Args: map[string]any{"points": n}}
	}
	return i18n.Text{Key: "console.ladder.visits", Args: map[string]any{"n": n}}
}

// ladderSentences says what a ladder lays down.
func (v *visit) ladderSentences(d *tier.Definition) []string {
	said := []string{v.T("console.ladder.counts."+string(d.Metric)) + " " + v.T("console.ladder.window."+string(d.Window.Kind), "months", d.Window.Months)}
	for i := range d.Ranks {
		r := &d.Ranks[i]
		switch {
		case i == 0:
			said = append(said, v.T("console.ladder.say_first", "rank", r.Name))
		case r.Keep != nil && *r.Keep != r.Threshold:
			said = append(said, v.T("console.ladder.say_kept", "rank", r.Name, "amount", measured(v, d, r.Threshold), "keep", measured(v, d, *r.Keep)))
		default:
			said = append(said, v.T("console.ladder.say_rank", "rank", r.Name, "amount", measured(v, d, r.Threshold)))
		}
	}
	return append(said, v.T("console.ladder.say_fall", "grace", d.GraceDays, "drop", string(d.Drop)))
}

// terms are the sentences that the table of ranks does not say.
func (p *ladderPage) terms(d *tier.Definition) []string {
	said := p.ladderSentences(d)
	return []string{said[0], said[len(said)-1]}
}

// lead says in one sentence how the ladder stands.
func (p *ladderPage) lead() string {
	last := len(p.plan.Versions) - 1
	switch {
	case last >= 0 && p.live != nil && p.plan.Versions[last].Number != p.live.Number:
		return p.T("console.ladder.lead_coming", "from", p.Date(p.plan.Versions[last].From))
	case p.live != nil && p.plan.Draft != nil:
		return p.T("console.ladder.lead_both")
	case p.live != nil:
		return p.T("console.ladder.lead_live")
	case last >= 0:
		return p.T("console.ladder.lead_coming", "from", p.Date(p.plan.Versions[last].From))
	}
	return p.T("console.ladder.lead_draft")
}

// table shows the ranks, the highest first, as one climbs.
func (p *ladderPage) table(v *tier.Version) web.Table {
	d := &v.Definition
	t := web.Table{Caption: d.Name, Columns: []web.Column{
		{Head: p.T("console.ladder.rank")}, {Head: p.T("console.ladder.from"), Figures: true},
		{Head: p.T("console.ladder.keep"), Figures: true}, {Head: p.T("console.ladder.members"), Figures: true},
	}}
	for _, r := range slices.Backward(d.Ranks) {
		keep := r.Threshold
		if r.Keep != nil {
			keep = *r.Keep
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			twoLines(r.Name, strings.Join(p.brings(r), " · ")), web.Words(p.above(d, r.Threshold)), web.Words(p.above(d, keep)), web.Words(p.Number(p.members(r.Code))),
		}})
	}
	return t
}

// above says a threshold; the first rank has none.
func (p *ladderPage) above(d *tier.Definition, n int64) string {
	if n == 0 {
		return "—"
	}
	return p.measure(d, n)
}

// versionTable lists what the ladder has laid down, the latest first.
func (p *ladderPage) versionTable() web.Table {
	t := web.Table{Caption: p.T("console.rule.versions"), Columns: []web.Column{
		{Head: p.T("console.rule.version")}, {Head: p.T("console.rule.says")}, {Head: p.T("console.rule.in_force")},
	}}
	for _, v := range slices.Backward(p.plan.Versions) {
		since := p.T("console.rule.always")
		if !v.From.IsZero() {
			since = p.Date(v.From)
		}
		t.Rows = append(t.Rows, web.Row{Quiet: p.live == nil || v.Number != p.live.Number, Cells: []templ.Component{
			web.Words(p.Number(int64(v.Number))), web.Words(strings.Join(p.ladderSentences(&v.Definition), " ")), web.Words(p.T("console.rule.span_since", "since", since)),
		}})
	}
	return t
}

// name is that of the version shown.
func (p *ladderPage) name() string { return p.shown().Name }

func (p *ladderPage) crumbs() []web.Crumb {
	return []web.Crumb{{Label: p.T("console.rule.tab.ranks"), Href: p.at("/programme/ranks")}, {Label: p.name()}}
}

func (p *ladderPage) editKey() string {
	if p.plan.Draft != nil {
		return "console.rule.edit_draft"
	}
	return "console.rule.write_next"
}

func (l *ladderList) head() web.Head {
	h := web.Head{Title: l.T("console.rule.programme"), Lead: l.T("console.ladder.lead", "n", len(l.plans))}
	if l.can(auth.RanksWrite) && len(l.plans) > 0 {
		h.Actions = web.Action(web.Button{Label: l.T("console.ladder.new"), Icon: web.IconPlus, Href: l.at("/programme/ranks/new")})
	}
	return h
}

func (l *ladderList) empty() templ.Component {
	h := web.Hint{Icon: web.IconRank, Title: l.T("console.ladder.none"), Text: l.T("console.ladder.none_text")}
	if l.can(auth.RanksWrite) {
		h.Next = &web.Button{Label: l.T("console.ladder.new"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/programme/ranks/new")}
	}
	return web.Empty(h)
}

func (e *ladderEditor) head() web.Head {
	crumbs := []web.Crumb{{Label: e.T("console.rule.tab.ranks"), Href: e.at("/programme/ranks")}, {Label: e.T("console.ladder.new")}}
	if e.plan == nil {
		return web.Head{Title: e.T("console.ladder.new"), Lead: e.T("console.ladder.new_lead"), Crumbs: crumbs}
	}
	crumbs[1] = web.Crumb{Label: e.form.Name, Href: e.back()}
	return web.Head{Title: e.form.Name, Lead: e.T("console.rule.edit_lead"), Crumbs: append(crumbs, web.Crumb{Label: e.T("console.rule.draft")})}
}

func (e *ladderEditor) back() string {
	if e.plan == nil {
		return e.at("/programme/ranks")
	}
	return e.at("/programme/ranks/" + e.plan.ID.In(id.Ladder))
}

func (e *ladderEditor) action() string {
	if e.plan == nil {
		return e.at("/programme/ranks/new")
	}
	return e.back() + "/edit"
}

func (e *ladderEditor) look() templ.Attributes {
	return templ.Attributes{"hx-post": e.action() + "?do=look", "hx-trigger": "change", "hx-target": "#ladder-editor"}
}

func (e *ladderEditor) does(what, label string, icon web.Icon) web.Button {
	return web.Button{
		Label: label, Icon: icon, Kind: web.Quiet, Small: true, Name: "do", Value: what,
		Attrs: templ.Attributes{"hx-post": e.action(), "hx-target": "#ladder-editor"},
	}
}

func (e *ladderEditor) drops(i int) web.Button {
	b := e.does(rowField("drop", i), e.T("console.ladder.drop_rank"), web.IconDelete)
	b.IconOnly = true
	return b
}

func (e *ladderEditor) field(name, label, value string, width web.Width) web.Field {
	return web.Field{Name: name, Label: label, Value: value, Error: e.errs[name], Width: width}
}

// looking is a question whose answer changes which others follow.
func (e *ladderEditor) looking(name, label string) web.Field {
	f := e.field(name, label, "", web.Medium)
	f.Attrs = e.look()
	return f
}

// figure is a question for a number, helped by what it is counted in.
func (e *ladderEditor) figure(name, label, value, suffix string) web.Field {
	f := e.field(name, label, value, web.Short)
	f.Suffix, f.Attrs = suffix, templ.Attributes{"inputmode": "decimal", "autocomplete": "off"}
	return f
}

// amount is a question for an amount of what the ladder counts.
func (e *ladderEditor) amount(name, label, value string) web.Field {
	unit := ""
	if tier.Metric(e.form.Metric) == tier.Spend {
		unit = string(e.programme.Currency)
	}
	return e.figure(name, label, value, unit)
}

// nameField asks for the name of a rank; the first one says who has it.
func (e *ladderEditor) nameField(i int, row rankRow) web.Field {
	f := e.field(rowField("rank", i, "name"), e.T("console.ladder.rank_n", "n", i+1), row.Name, web.Medium)
	if i == 0 {
		f.Help = e.T("console.ladder.first")
	}
	return f
}

// perksField is what a rank brings, in the shop's words.
func (e *ladderEditor) perksField(i int, row rankRow) web.Field {
	f := e.optional(e.field(rowField("rank", i, "perks"), e.T("console.ladder.perks"), row.Perks, ""), "")
	if i == 0 {
		f.Help = e.T("console.ladder.perks_help")
	}
	f.Attrs = templ.Attributes{"rows": "2", "maxlength": "1000", "dir": "auto"}
	return f
}

// termField is a time that the rank lengthens: "return_days" or "warranty_months".
func (e *ladderEditor) termField(i int, name, value string) web.Field {
	f := e.figure(rowField("rank", i, name), e.T("console.ladder."+name), value, "")
	help := ""
	if i == 0 {
		help = e.T("console.ladder." + name + "_help")
	}
	return e.optional(f, help)
}

// brings says what a rank brings: in the shop's words, and what it lengthens.
func (v *visit) brings(r tier.Rank) []string {
	list := r.PerkList()
	for _, t := range r.Texts() {
		list = append(list, v.Say(t))
	}
	return list
}

func (e *ladderEditor) optional(f web.Field, help string) web.Field {
	f.Optional, f.Help = true, help
	return f
}

func (e *ladderEditor) walletOptions() []web.Option {
	var list []web.Option
	for _, w := range e.wallets {
		list = append(list, web.Option{Value: w.ID.In(id.Wallet), Label: w.Name})
	}
	return web.Choose(list, e.form.Wallet)
}

// starts are the moments from which a draft may hold.
func (p *ladderPage) starts() []web.Option {
	list := []web.Option{
		{Value: "now", Label: p.T("console.ladder.start_now"), Help: p.T("console.ladder.start_now_help")},
		{Value: "day", Label: p.T("console.ladder.start_on")},
	}
	if len(p.plan.Versions) == 0 {
		past := web.Option{Value: "past", Label: p.T("console.ladder.start_past"), Help: p.T("console.ladder.start_past_help")}
		list = append([]web.Option{past}, list...)
	}
	chosen := p.field("start")
	if chosen == "" {
		chosen = list[0].Value
	}
	return web.Choose(list, chosen)
}

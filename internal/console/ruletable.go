package console

import (
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/web"
)

func (l *ruleList) head() web.Head {
	live, drafts := l.count()
	h := web.Head{Title: l.T("console.rule.programme"), Lead: l.T("console.rule.lead", "live", live, "drafts", drafts)}
	if l.can(auth.RulesWrite) {
		h.Actions = web.Action(web.Button{Label: l.T("console.rule.new"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/programme/rules/new")})
	}
	return h
}

func (l *ruleList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.rule.rules"),
		Columns: []web.Column{{Head: l.T("console.rule.rule")}, {Head: l.T("console.rule.state")}, {Head: l.T("console.rule.in_force"), Figures: true}},
		Empty:   l.empty(),
	}
	for i := range l.rules {
		h := &l.rules[i]
		version := shown(h)
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/programme/rules/" + h.ID.In(id.Rule)), Quiet: standing(h) == 2,
			Cells: []templ.Component{ruleLine(h.Name, gist(l.visit, version, l.names)), ruleStates(l.visit, h), web.Words(l.span(version))},
		})
	}
	return t
}

func (l *ruleList) empty() templ.Component {
	h := web.Hint{Icon: web.IconRule, Title: l.T("console.rule.none"), Text: l.T("console.rule.none_text")}
	if l.can(auth.RulesWrite) {
		h.Next = &web.Button{
			Label: l.T("console.rule.start.purchase"), Kind: web.Primary, Icon: web.IconPlus,
			Href: l.at("/programme/rules/new", "start", "purchase", "name", l.T("console.rule.start.purchase")),
		}
	}
	return web.Empty(h)
}

// span says when a version is or was in force.
func (v *visit) span(version *earn.Version) string {
	switch {
	case version.State == earn.Draft:
		return "—"
	case version.To.IsZero():
		return v.T("console.rule.span_since", "since", v.begun(version))
	}
	return v.T("console.rule.span", "from", v.begun(version), "to", v.ShortDate(version.To))
}

// begun is when a version came into force, short enough for a table.
func (v *visit) begun(version *earn.Version) string {
	if version.From.IsZero() {
		return v.T("console.rule.always")
	}
	return v.ShortDate(version.From)
}

func (p *rulePage) versions() web.Table {
	t := web.Table{Caption: p.T("console.rule.versions"), Columns: []web.Column{
		{Head: p.T("console.rule.version")}, {Head: p.T("console.rule.says")}, {Head: p.T("console.rule.state")}, {Head: p.T("console.rule.in_force")},
	}}
	for i := range p.rule.Versions {
		version := &p.rule.Versions[i]
		t.Rows = append(t.Rows, web.Row{Quiet: version.State == earn.Retired, Cells: []templ.Component{
			web.Words(p.Number(int64(version.Number))), web.Words(strings.Join(gist(p.visit, version, p.names), " ")),
			stateBadge(p.visit, version.State), web.Words(p.span(version)),
		}})
	}
	return t
}

func (p *rulePage) actions() templ.Component { return rulePageActions(p) }

func (p *rulePage) editKey() string {
	if p.rule.Draft() != nil {
		return "console.rule.edit_draft"
	}
	return "console.rule.write_next"
}

func (p *rulePage) publishText() string {
	if p.rule.Published() != nil {
		return "console.rule.publish_text_next"
	}
	return "console.rule.publish_text_first"
}

func (p *rulePage) retireAction() templ.Component {
	if !p.can(auth.RulesPublish) {
		return nil
	}
	return web.Action(web.Button{Label: p.T("console.rule.retire"), Kind: web.Quiet, Small: true, Opens: "retire"})
}

func (p *rulePage) discardAction() templ.Component {
	if !p.can(auth.RulesWrite) {
		return nil
	}
	return web.Action(web.Button{Label: p.T("console.rule.discard"), Kind: web.Quiet, Small: true, Icon: web.IconDelete, Opens: "discard"})
}

package console

import (
	"cmp"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/web"
)

func (c *Console) auditRoutes() []route {
	return []route{{pattern: "GET /p/{slug}/audit", permission: auth.AuditRead, do: c.showAudit}}
}

// auditPage is a page of the audit trail.
type auditPage struct {
	*visit
	filter auditFilter
	rows   []auth.AuditRow
	next   id.ID
	trail  trail
	// names are those of staff and keys, by the text that the trail keeps.
	names map[string]string
	// subjects are the names of what was changed, by shown identifier.
	subjects map[string]string
	// actors can be chosen.
	actors []web.Option
}

// auditFilter is what the reader asks for, as it stands in the address.
type auditFilter struct{ actor, action, from, to, subject string }

const auditRows = 50

func (c *Console) showAudit(v *visit) error {
	p := &auditPage{visit: v, trail: v.trail(), filter: auditFilter{
		actor: v.field("actor"), action: v.field("action"), from: v.field("from"), to: v.field("to"), subject: v.field("subject"),
	}}
	if err := c.readAudit(p); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(auditTable(p))
	}
	if err := c.auditActors(p); err != nil {
		return err
	}
	return v.render(auditShown(p))
}

// readAudit reads a page, and one row more to know whether there is another.
func (c *Console) readAudit(p *auditPage) error {
	f := auth.AuditFilter{
		ProgrammeID: p.programme.ID, Actor: p.filter.actor, Action: p.filter.action, Subject: p.filter.subject,
		From: p.dayOr(p.filter.from, 0), To: p.dayOr(p.filter.to, 1), Limit: auditRows + 1,
	}
	if mark := p.trail.mark(); mark != "" {
		before, err := id.Parse(id.Audit, mark)
		if err != nil {
			return web.NotFound(p.w, p.r)
		}
		f.Before = before
	}
	var err error
	if p.rows, err = c.Auth.Audit(p.ctx(), p.actor, f); err != nil {
		return err
	}
	if len(p.rows) > auditRows {
		p.rows = p.rows[:auditRows]
		p.next = p.rows[auditRows-1].ID
	}
	var people []string
	for _, r := range p.rows {
		people = append(people, r.Actor)
	}
	if p.names, err = auth.Names(p.ctx(), c.DB.Reader(), people); err != nil {
		return err
	}
	return c.nameSubjects(p)
}

// dayOr reads a day of the filter, so many days later, in the programme's zone;
// what cannot be read bounds nothing.
func (v *visit) dayOr(typed string, later int) time.Time {
	day, err := time.ParseInLocation(time.DateOnly, typed, v.programme.Zone)
	if err != nil {
		return time.Time{}
	}
	return day.AddDate(0, 0, later)
}

// auditActors lists the staff and keys that can be chosen.
func (c *Console) auditActors(p *auditPage) error {
	p.actors = []web.Option{{Label: p.T("console.audit.everybody")}}
	if p.can(auth.StaffRead) {
		staff, err := c.Auth.ListStaff(p.ctx(), p.visit.actor, p.programme.ID)
		if err != nil {
			return err
		}
		for _, s := range staff {
			p.actors = append(p.actors, web.Option{Value: staffText(s.ID), Label: s.Name, Group: p.T("console.audit.staff")})
		}
	}
	if p.can(auth.KeysRead) {
		keys, err := c.Auth.Keys(p.ctx(), p.visit.actor, p.programme.ID)
		if err != nil {
			return err
		}
		for _, k := range keys {
			p.actors = append(p.actors, web.Option{Value: k.Actor().String(), Label: k.Name, Group: p.T("console.audit.keys")})
		}
	}
	p.actors = web.Choose(p.actors, p.filter.actor)
	return nil
}

// auditActions are what can have been done, in the order in which they are
// offered.
var auditActions = []string{
	"rule.create", "rule.draft", "rule.rename", "rule.publish", "rule.retire", "rule.discard",
	"ladder.create", "ladder.draft", "ladder.publish", "ladder.discard", "rank.assign", "simulation.start",
	"programme.create", "programme.update", "programme.export", "shop.create", "shop.update", "wallet.create", "wallet.update", "product.upsert",
	"member.update", "member.consent", "member.merge", "member.unmerge", "member.export", "member.erase",
	"import.start", "import.discard", "job.retry", "job.discard", "key.create", "key.revoke",
	"staff.first_owner", "staff.invite", "staff.accept", "staff.link", "staff.assign", "staff.unassign", "staff.disable", "staff.enable",
	"staff.sign_in", "staff.sign_in_refused", "staff.sign_out", "staff.sign_out_everywhere", "staff.change_password", "staff.preferences",
}

func (p *auditPage) actionOptions() []web.Option {
	list := []web.Option{{Label: p.T("console.audit.everything")}}
	for _, action := range auditActions {
		list = append(list, web.Option{Value: action, Label: p.action(action)})
	}
	return web.Choose(list, p.filter.action)
}

// action says what was done; what has no words shows its code.
func (v *visit) action(action string) string {
	if key := "audit." + action; v.Has(key) {
		return v.T(key)
	}
	return action
}

// who names who did it.
func (p *auditPage) who(actor string) string {
	kind, name, _ := strings.Cut(actor, ":")
	switch auth.ActorKind(kind) {
	case auth.KindSystem:
		return p.T("console.audit.system")
	case auth.KindMember:
		return p.T("console.audit.member")
	}
	return cmp.Or(p.names[actor], name)
}

// href leads to what was changed, where that has a page.
func (p *auditPage) href(subject string) string {
	prefix, _, _ := strings.Cut(subject, "_")
	switch id.Prefix(prefix) {
	case id.Member:
		return p.at("/members/" + subject)
	case id.Influencer:
		return p.influencerAt(subject)
	case id.Rule:
		return p.at("/programme/rules/" + subject)
	case id.Ladder:
		return p.at("/programme/ranks/" + subject)
	case id.Import:
		return p.at("/import/" + subject)
	case id.Staff:
		return p.at("/staff/" + subject)
	case id.Programme, id.Wallet:
		return p.at("/programme/settings")
	case id.Key:
		return p.at("/keys")
	}
	return ""
}

func (p *auditPage) table() web.Table {
	t := web.Table{
		Caption: p.T("console.audit.title"),
		Columns: []web.Column{{Head: p.T("console.audit.when")}, {Head: p.T("console.audit.who")}, {Head: p.T("console.audit.what")}, {Head: p.T("console.audit.subject")}},
		Empty:   web.Empty(web.Hint{Icon: web.IconAudit, Title: p.T("console.audit.none"), Text: p.T("console.audit.none_text")}),
	}
	for _, r := range p.rows {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(p.DateTime(r.At)), web.Words(p.who(r.Actor)), auditWhat(p, r), p.subject(r.Subject),
		}})
	}
	return t
}

func (p *auditPage) subject(subject string) templ.Component {
	if name := p.subjects[subject]; name != "" {
		if href := p.href(subject); href != "" {
			return web.Link(href, name)
		}
		return web.Words(name)
	}
	return web.Muted(subject)
}

func (p *auditPage) page(trail string) string {
	f := p.filter
	return p.at("/audit", "actor", f.actor, "action", f.action, "from", f.from, "to", f.to, "subject", f.subject, trailName, trail)
}

func (p *auditPage) cursor() web.Cursor {
	c := web.Cursor{Target: "#trail"}
	if len(p.rows) > 0 {
		c.Shown = p.T("console.audit.shown", "n", len(p.rows))
	}
	if len(p.trail) > 0 {
		c.Previous = p.page(p.trail.back())
	}
	if p.next != 0 {
		c.Next = p.page(p.trail.forth(p.next.In(id.Audit)))
	}
	return c
}

package console

import (
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/household"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

func (v *visit) householdTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("console.household.title"), Href: v.at("/households"), Current: current == "list"},
		{Label: v.T("console.household.settings"), Href: v.at("/households/settings"), Current: current == "settings"},
	}
}

func (l *householdList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.household.title"),
		Columns: []web.Column{{Head: l.T("console.household.owner")}, {Head: l.T("console.household.members"), Figures: true}, {Head: l.T("console.household.since"), Figures: true}},
		Empty:   l.empty(),
	}
	for _, h := range l.list {
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/households/" + h.ID.In(id.Household)),
			Cells: []templ.Component{
				web.Words(l.people.of(h.OwnerID)), web.Words(l.Number(int64(len(h.Members)))), web.Words(l.ShortDate(h.Made)),
			},
		})
	}
	return t
}

func (l *householdList) empty() templ.Component {
	switch {
	case l.text != "":
		return web.Empty(web.Hint{Icon: web.IconSearch, Title: l.T("console.household.none_found"), Text: l.T("console.household.none_found_text")})
	case !l.settings.On:
		h := web.Hint{Icon: web.IconHousehold, Title: l.T("console.household.off"), Text: l.T("console.household.off_text")}
		if l.can(auth.HouseholdsWrite) {
			h.Next = &web.Button{Label: l.T("console.household.settings"), Kind: web.Primary, Href: l.at("/households/settings")}
		}
		return web.Empty(h)
	}
	return web.Empty(web.Hint{Icon: web.IconHousehold, Title: l.T("console.household.none"), Text: l.T("console.household.none_text")})
}

func (l *householdList) cursor() web.Cursor {
	c := web.Cursor{Target: "#found"}
	if len(l.trail) > 0 {
		c.Previous = l.at("/households", trailName, l.trail.back())
	}
	if l.next != 0 {
		c.Next = l.at("/households", trailName, l.trail.forth(l.next.In(id.Household)))
	}
	return c
}

func (p *householdPage) stands() bool { return p.h.Dissolved.IsZero() }

// changes reports whether the reader may change who belongs to the household.
func (p *householdPage) changes() bool { return p.stands() && p.can(auth.HouseholdsWrite) }

func (p *householdPage) head() web.Head {
	name := p.T("console.household.of", "name", p.people.of(p.h.OwnerID))
	h := web.Head{Title: name, Lead: p.lead(), Crumbs: []web.Crumb{{Label: p.T("console.household.title"), Href: p.at("/households")}, {Label: name}}}
	if p.changes() {
		var buttons []web.Button
		if p.settings.On && p.can(auth.MembersRead) {
			buttons = append(buttons, web.Button{Label: p.T("console.household.add"), Kind: web.Primary, Icon: web.IconPlus, Opens: "add"})
		}
		h.Actions = web.Actions(append(buttons, web.Button{Label: p.T("console.household.dissolve"), Opens: "dissolve"})...)
	}
	return h
}

func (p *householdPage) lead() string {
	if !p.stands() {
		return p.T("console.household.dissolved", "when", p.h.Dissolved)
	}
	said := p.T("console.household.lead", "n", len(p.h.Members))
	if p.settings.Pooling && len(p.pool) > 0 {
		said += " " + p.T("console.household.pool_lead", "points", p.price(p.wallets, p.pool[0].WalletID, p.pool[0].Available, 0))
	}
	return said
}

func (p *householdPage) facts() []web.Definition {
	list := []web.Definition{{Term: p.T("console.household.owner"), About: who(p.visit, p.people, p.h.OwnerID, "")}}
	for _, b := range p.pool {
		if w := p.wallets.get(b.WalletID); w != nil {
			list = append(list, web.Definition{Term: p.T("console.household.pool", "wallet", w.Name), About: web.Words(p.Decimal(b.Available, w.Decimals))})
		}
	}
	if p.changes() {
		list = append(list, web.Definition{Term: p.T("console.household.code"), About: web.Code(household.ShowCode(p.h.Code))})
	}
	return append(list, web.Definition{Term: p.T("console.household.since"), About: web.Words(p.Date(p.h.Made))})
}

// memberTable lists who belongs to the household, with what went into the pool
// and came out of it where anything did.
func (p *householdPage) memberTable() web.Table {
	t := web.Table{
		Caption: p.T("console.household.members"),
		Columns: []web.Column{{Head: p.T("console.household.member")}, {Head: p.T("console.household.joined_at"), Figures: true}},
		Empty:   web.Empty(web.Hint{Icon: web.IconHousehold, Title: p.T("console.household.nobody"), Text: p.T("console.household.nobody_text")}),
	}
	pooled := len(p.parts) > 0
	if pooled {
		t.Columns = append(t.Columns, web.Column{Head: p.T("console.household.in"), Figures: true}, web.Column{Head: p.T("console.household.out"), Figures: true})
	}
	if p.changes() {
		t.Columns = append(t.Columns, web.Column{Head: p.T("console.household.do")})
	}
	for _, m := range p.h.Members {
		about := ""
		if m.MemberID == p.h.OwnerID {
			about = p.T("console.household.owner")
		}
		cells := []templ.Component{who(p.visit, p.people, m.MemberID, about), web.Words(p.ShortDate(m.Joined))}
		if pooled {
			in, out := p.partOf(m.MemberID)
			cells = append(cells, web.Words(in), web.Words(out))
		}
		if p.changes() {
			cells = append(cells, p.remove(m))
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells})
	}
	return t
}

// partOf says what a member put into the pool and took out, in each wallet.
func (p *householdPage) partOf(m id.ID) (in, out string) {
	var ins, outs []string
	for _, part := range p.parts {
		if part.MemberID == m {
			ins = append(ins, p.price(p.wallets, part.WalletID, part.In, 0))
			outs = append(outs, p.price(p.wallets, part.WalletID, part.Out, 0))
		}
	}
	return strings.Join(ins, ", "), strings.Join(outs, ", ")
}

// remove takes a member out, all but the owner, whose leaving is the end.
func (p *householdPage) remove(m household.Member) templ.Component {
	if m.MemberID == p.h.OwnerID {
		return web.Words("")
	}
	return removeMember(p, m.MemberID)
}

// transferTable lists what was passed on. undo is what takes one back, or nil.
func transferTable(v *visit, w wallets, p people, list []*household.Transfer, undo func(*household.Transfer) templ.Component) web.Table {
	t := web.Table{
		Caption: v.T("console.transfer.past"),
		Empty:   web.Empty(web.Hint{Icon: web.IconExport, Title: v.T("console.transfer.none"), Text: v.T("console.transfer.none_text")}),
	}
	for i, key := range []string{"from", "to", "points", "when"} {
		t.Columns = append(t.Columns, web.Column{Head: v.T("console.transfer." + key), Figures: i > 1})
	}
	if undo != nil {
		t.Columns = append(t.Columns, web.Column{Head: v.T("console.household.do")})
	}
	for _, one := range list {
		back := ""
		if one.Returned > 0 {
			back = v.T("console.transfer.back", "points", v.Decimal(one.Returned, w.decimals(one.WalletID)))
		}
		cells := []templ.Component{
			who(v, p, one.From, v.T("console.transfer.purpose."+string(one.Purpose))), who(v, p, one.To, ""),
			twoLines(v.price(w, one.WalletID, one.Points, 0), back), web.Words(v.ShortDate(one.At)),
		}
		if undo != nil {
			cells = append(cells, undo(one))
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells, Quiet: !one.Undone.IsZero()})
	}
	return t
}

// tells reports whether there is anything to say of households and of passing
// points on.
func (s *shared) tells() bool {
	return s.own != nil || s.p.Status == member.Enrolled && (s.settings.On || s.settings.Number > 0 && s.settings.Transfers != household.Nobody)
}

func (s *shared) facts() []web.Definition {
	return []web.Definition{
		{Term: s.T("console.household.owner"), About: who(s.visit, s.people, s.own.OwnerID, "")},
		{Term: s.T("console.household.members"), About: web.Words(s.Number(int64(len(s.own.Members))))},
	}
}

func (s *shared) actions() templ.Component {
	var buttons []web.Button
	switch {
	case s.own != nil:
		buttons = append(buttons, web.Button{Label: s.T("console.household.see"), Small: true, Href: s.at("/households/" + s.own.ID.In(id.Household))})
	case s.settings.On && s.can(auth.HouseholdsWrite):
		buttons = append(buttons, web.Button{Label: s.T("console.household.into"), Small: true, Href: s.p.at(s.visit, "/household")})
	}
	if s.passes() {
		buttons = append(buttons, web.Button{Label: s.T("console.transfer.button"), Small: true, Href: s.p.at(s.visit, "/transfer")})
	}
	return web.Actions(buttons...)
}

// passes reports whether the reader may pass points of the member on.
func (s *shared) passes() bool {
	return s.can(auth.PointsTransfer) && s.settings.Transfers != household.Nobody && s.settings.Transfers != "" && len(s.p.wallets) > 0 &&
		(s.settings.Transfers == household.Anyone || s.own != nil)
}

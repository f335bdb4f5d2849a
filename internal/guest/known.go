package guest

import (
	"strings"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/trust"
	"regulars/internal/web"
)

func (g *Guest) knownRoutes() []route {
	if g.Trust == nil {
		return nil
	}
	return []route{
		{pattern: "GET /known/{programme}", open: true, do: g.showKnown},
		{pattern: "GET /known/{programme}/{issue}", open: true, do: g.showIssue},
	}
}

// announce is welcomeTo for a page that everybody is to find.
func (g *Guest) announce(v *visit) error {
	err := g.welcomeTo(v)
	v.w.Header().Del("X-Robots-Tag")
	return err
}

// knownPage is the list of what is not perfect.
type knownPage struct {
	*visit
	trust.Listed
}

func (g *Guest) showKnown(v *visit) error {
	if err := g.announce(v); err != nil {
		return err
	}
	l, err := g.Trust.Public(v.ctx(), v.programme.ID)
	if err != nil {
		return err
	}
	return v.render(knownListPage(&knownPage{v, l}))
}

// langs are the languages in which the shop's words are looked for.
func (v *visit) langs() []string {
	return append([]string{string(v.Lang())}, v.programme.Languages...)
}

// day is the begin of a day such as 2026-11-22 where the programme is.
func (v *visit) day(text string) time.Time {
	at, _ := time.ParseInLocation(time.DateOnly, text, v.programme.Zone) // it was checked
	return at
}

// fate says in a few words how far an issue is.
func (v *visit) fate(n *trust.Issue) string {
	switch {
	case n.State == trust.Mended:
		return v.T("guest.known.mended", "day", v.day(n.MendedOn))
	case n.Overdue(v.now.In(v.programme.Zone).Format(time.DateOnly)):
		return v.T("guest.known.late", "day", v.day(n.Expected))
	case n.State.Open() && n.Expected != "":
		return v.T("guest.known.expected", "day", v.day(n.Expected))
	}
	return v.T("guest.known.since", "day", v.day(n.Since))
}

var issueTones = map[trust.State]web.Tone{trust.Looking: web.Warn, trust.Mending: web.Warn, trust.Mended: web.Good, trust.Wont: web.Bad}

func (v *visit) issueAt(n *trust.Issue) string {
	return trust.KnownPath(v.programme.Slug) + "/" + n.ID.In(id.KnownIssue)
}

// issuePage is one of them.
type issuePage struct {
	*visit
	n       *trust.Issue
	changes []trust.Change
	shops   []string
	goods   []string
}

func (g *Guest) showIssue(v *visit) error {
	if err := g.announce(v); err != nil {
		return err
	}
	which, err := id.Parse(id.KnownIssue, v.r.PathValue("issue"))
	if err != nil {
		return web.NotFound(v.w, v.r)
	}
	p := &issuePage{visit: v}
	if p.n, p.changes, err = g.Trust.Read(v.ctx(), v.programme.ID, which); err != nil {
		if f := fault.As(err); f != nil && f.Code == "unknown_issue" {
			err = g.guessed(v.ctx(), v.r.RemoteAddr, err)
		}
		return err
	}
	if err := g.nameIssue(v, p); err != nil {
		return err
	}
	return v.render(issueShown(p))
}

// nameIssue finds what the products and shops are called.
func (g *Guest) nameIssue(v *visit, p *issuePage) error {
	found, err := product.Lookup(v.ctx(), g.DB.Reader(), v.programme.ID, p.n.Products)
	if err != nil {
		return err
	}
	for _, sku := range p.n.Products {
		name := sku
		if one := found[sku]; one.Name != "" {
			name = one.Name
		}
		p.goods = append(p.goods, name)
	}
	shops, err := program.Shops(v.ctx(), g.DB.Reader(), v.programme.ID)
	for _, code := range p.n.Shops {
		for _, s := range shops {
			if s.Code == code {
				p.shops = append(p.shops, s.Name)
			}
		}
	}
	return err
}

// concerned says whom it concerns.
func (p *issuePage) concerned() []web.Definition {
	var list []web.Definition
	for _, part := range []struct {
		term  string
		names []string
	}{{"guest.known.products", p.goods}, {"guest.known.shops", p.shops}, {"guest.known.channels", p.n.Channels}} {
		if len(part.names) > 0 {
			list = append(list, web.Definition{Term: p.T(part.term), About: web.Words(strings.Join(part.names, " · "))})
		}
	}
	return list
}

// happenings are what was said of it, the latest first.
func (p *issuePage) happenings() []web.Happening {
	var list []web.Happening
	for i, c := range p.changes {
		h := web.Happening{Day: p.Date(c.At), Clock: p.Clock(c.At), Icon: web.IconInfo, Tone: issueTones[c.State], Title: p.Say(c.State.Text())}
		before := trust.Change{}
		if i > 0 {
			before = p.changes[i-1]
		}
		if i > 0 && c.State == before.State && c.Words {
			h.Title = p.T("guest.known.changed")
		}
		if c.State.Open() && c.Expected != before.Expected || i == 0 && c.State.Open() {
			h.Note = p.T("guest.known.undated")
			if c.Expected != "" {
				h.Note = p.T("guest.known.promised", "day", p.day(c.Expected))
			}
		}
		list = append([]web.Happening{h}, list...)
	}
	return list
}

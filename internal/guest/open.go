package guest

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/money"
	"regulars/internal/trust"
	"regulars/internal/web"
)

func (g *Guest) openRoutes() []route {
	if g.Trust == nil {
		return nil
	}
	return []route{
		{pattern: "GET /open/{programme}", open: true, do: g.showFigures},
		{pattern: "GET /open/{programme}/{period}", open: true, do: g.showFigures},
	}
}

// openPage is the published figures of a period.
type openPage struct {
	*visit
	*trust.PublicFigures
	known int
}

func (g *Guest) showFigures(v *visit) error {
	if err := g.announce(v); err != nil {
		return err
	}
	name, sheet := strings.CutSuffix(strings.ToLower(v.r.PathValue("period")), ".csv")
	version := int64(0)
	if typed := v.r.URL.Query().Get("version"); typed != "" {
		n, err := strconv.ParseInt(typed, 10, 64)
		if err != nil || n < 1 {
			return web.NotFound(v.w, v.r)
		}
		version = n
	}
	f, err := g.Trust.Figures(v.ctx(), v.programme.ID, name, version)
	if err != nil {
		return err
	}
	if sheet {
		return g.figureSheet(v, f)
	}
	known, err := g.Trust.Public(v.ctx(), v.programme.ID)
	if err != nil {
		return err
	}
	return v.render(figuresPage(&openPage{v, f, len(known.Open)}))
}

// figureSheet sends the figures as a file.
func (g *Guest) figureSheet(v *visit, f *trust.PublicFigures) error {
	if f.Shown == nil || f.Shown.Snapshot == nil {
		return web.NotFound(v.w, v.r)
	}
	text, err := f.Shown.Snapshot.CSV()
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+v.programme.Slug+"-"+f.Report.Period.Name+`.csv"`)
	v.w.WriteHeader(http.StatusOK)
	_, err = v.w.Write(text)
	return err
}

func (p *openPage) lead() string {
	if p.Report == nil {
		return p.T("guest.open.lead")
	}
	return p.T("guest.open.of", "period", p.Report.Period.Title(p.Printer))
}

// to is the address of a period, with something behind it.
func (p *openPage) to(name, rest string) string {
	return trust.OpenPath(p.programme.Slug) + "/" + name + rest
}

// slotSays names a period, and says where its figures are missing.
func (p *openPage) slotSays(s trust.Slot) string {
	title := s.Period.Title(p.Printer)
	switch {
	case s.Report == nil:
		return p.T("guest.open.gap", "period", title)
	case s.Report.Standing == trust.Withdrawn:
		return p.T("guest.open.was_withdrawn", "period", title)
	}
	return title
}

// changes are the corrections and withdrawals, the latest first.
func (p *openPage) changes() []trust.Edition {
	var list []trust.Edition
	for _, e := range p.Editions {
		if e.Standing != trust.Published {
			list = append([]trust.Edition{e}, list...)
		}
	}
	return list
}

// readable reports whether another edition than the shown one can be read.
func (p *openPage) readable(e trust.Edition) bool {
	return e.Snapshot != nil && e.Version != p.Shown.Version
}

func (p *openPage) table(section trust.Section) web.Table {
	n := p.Shown.Snapshot
	t := web.Table{
		Caption: p.Say(section.Text()),
		Columns: []web.Column{{Head: p.T("guest.open.figure")}, {Head: p.T("guest.open.now")}, {Head: p.T("guest.open.before")}},
	}
	for _, r := range n.Of(section) {
		say := func(a trust.Amount) templ.Component {
			return web.Words(r.Say(p.Printer, money.Currency(n.Currency), a))
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(p.Say(r.Text())), say(r.Now), say(r.Before)}})
	}
	return t
}

package console

import (
	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/factor"
	"regulars/internal/web"
)

// contentPage sets satisfaction beside what people then did.
type contentPage struct {
	*visit
	*factor.Content
}

func (c *Console) satisfaction(v *visit) error {
	found, err := c.Factors.Content(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return err
	}
	return v.render(contentShown(&contentPage{v, found}))
}

func (v *visit) mapTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("console.factor.map"), Href: v.at("/factor-map"), Current: current == "map"},
		{Label: v.T("console.factor.content"), Href: v.at("/factor-map/satisfaction"), Current: current == "content"},
	}
}

// sentence says who came back before anything else.
func (p *contentPage) sentence() string {
	if !p.Satisfied.Shown() || !p.Others.Shown() {
		return p.T("console.factor.content_few", "satisfied", p.Satisfied.People, "others", p.Others.People, "least", factor.LeastPieces)
	}
	one, two := p.Satisfied.Share(), p.Others.Share()
	return p.T("console.factor.content_says", "satisfied", p.spread(one.Value, one.Low, one.High), "n", p.Satisfied.People, "others", p.spread(two.Value, two.Low, two.High), "m", p.Others.People, "days", p.Days)
}

// ask leads to the surveys, for who may see them.
func (p *contentPage) ask() *web.Button {
	if !p.can(auth.SurveysRead) {
		return nil
	}
	return &web.Button{Label: p.T("console.nav.surveys"), Href: p.at("/surveys")}
}

// apart says how far the two are apart, or that chance alone could do it.
func (p *contentPage) apart() string {
	if !p.Satisfied.Shown() || !p.Others.Shown() {
		return ""
	}
	key := "console.factor.content_apart"
	if p.Difference.Contains(0) {
		key = "console.factor.content_unclear"
	}
	said := p.T(key, "by", p.points(p.Difference.Value), "low", p.points(p.Difference.Low), "high", p.points(p.Difference.High))
	if p.Satisfied.Early() || p.Others.Early() {
		said += " " + p.T("console.factor.content_early")
	}
	return said
}

func (p *contentPage) table() web.Table {
	t := web.Table{
		Caption: p.T("console.factor.content"),
		Columns: []web.Column{
			{Head: p.T("console.factor.content_answer")}, {Head: p.T("console.factor.people"), Figures: true}, {Head: p.T("console.factor.back"), Figures: true},
			{Head: p.T("console.factor.gone"), Figures: true}, {Head: p.T("console.factor.back_share"), Figures: true},
		},
	}
	for _, row := range []struct {
		key string
		factor.Came
		back, gone factor.Cell
	}{{"console.factor.satisfied", p.Satisfied, factor.SatisfiedBack, factor.SatisfiedGone}, {"console.factor.others", p.Others, factor.OthersBack, factor.OthersGone}} {
		share := "—"
		if i := row.Share(); row.Shown() {
			share = p.spread(i.Value, i.Low, i.High)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(p.T(row.key)), web.Words(p.Number(row.People)), p.cell(row.back, row.Back), p.cell(row.gone, row.People-row.Back), web.Words(share),
		}})
	}
	return t
}

func (p *contentPage) chart() web.Chart {
	return web.Chart{
		ID: "content", Title: p.T("console.factor.content"), Sentence: p.T("console.factor.content_chart"), LabelHead: p.T("console.factor.content_answer"), Figure: p.Number,
		Labels: []string{p.T("console.factor.satisfied"), p.T("console.factor.others")},
		Series: []web.Series{
			{Name: p.T("console.factor.back"), Values: []int64{p.Satisfied.Back, p.Others.Back}},
			{Name: p.T("console.factor.gone"), Values: []int64{p.Satisfied.People - p.Satisfied.Back, p.Others.People - p.Others.Back}},
		},
	}
}

// cell is how many are in a cell of the table; it leads to who they are for those
// who may see members.
func (p *contentPage) cell(cell factor.Cell, n int64) templ.Component {
	if n == 0 || !p.can(auth.MembersRead) {
		return web.Words(p.Number(n))
	}
	return cellLink(p.at("/factor-map/satisfaction/members", "cell", string(cell)), p.Number(n), p.T("console.factor.cell."+string(cell)))
}

package console

import (
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/promise"
	"regulars/internal/web"
)

// partNames says the parts of a price that an event names between commas.
func partNames(v *visit, names string) string {
	var list []string
	for name := range strings.SplitSeq(names, ",") {
		list = append(list, v.Say(promise.Part(name).Text()))
	}
	return v.List(list)
}

// parts shows what a price is made of, and what was charged for it.
func (p *promisePage) parts() web.Table {
	t := web.Table{Caption: p.T("console.promise.parts"), Columns: []web.Column{
		{Head: p.T("console.promise.part")}, {Head: p.T("console.promise.part_shown"), Figures: true},
		{Head: p.T("console.promise.charged"), Figures: true}, {Head: p.T("console.promise.growth"), Figures: true},
	}}
	for _, c := range p.p.Parts {
		shown, charged, growth := p.Money(c.Shown, ""), "—", "—"
		if !c.WasShown {
			shown = p.T("console.promise.not_shown")
		}
		if c.WasCharged {
			charged = p.Money(c.Charged, "")
		}
		if c.Growth() != 0 {
			growth = p.SignedMoney(c.Growth(), "")
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{partCell(p.visit, c), web.Words(shown), web.Words(charged), web.Words(growth)}})
	}
	return t
}

// byPart tells by which part prices grew.
func (p *ratesPage) byPart() web.Table {
	t := web.Table{Caption: p.T("console.promise.by_part"), Columns: []web.Column{
		{Head: p.T("console.promise.part")}, {Head: p.T("promise.state.kept"), Figures: true}, {Head: p.T("console.promise.grew"), Figures: true},
		{Head: p.T("console.promise.median"), Figures: true}, {Head: p.T("console.promise.total"), Figures: true}, {Head: p.T("console.promise.part_rate")},
	}}
	for _, r := range p.rates.ByPart {
		median, total, hidden := "—", "—", ""
		if r.Grew > 0 {
			median, total = p.SignedMoney(r.Median, ""), p.SignedMoney(r.Total, "")
		}
		if r.Hidden > 0 {
			hidden = p.T("console.promise.hidden_some", "n", r.Hidden)
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			twoLines(p.Say(r.Part.Text()), hidden), web.Words(p.Number(r.Kept)), web.Words(p.Number(r.Grew)), web.Words(median), web.Words(total),
			web.Words(p.shareSaid(r.Kept, r.N())),
		}})
	}
	return t
}

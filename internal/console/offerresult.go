package console

import (
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/promo"
	"regulars/internal/web"
)

// says is what came of the basket, in sentences: what it costs, and what the
// offer on the page does.
func (p *previewPage) says() []string {
	r := p.result
	off := r.Total - r.total()
	first := p.T("console.offer.priced_full", "total", r.Total)
	if off > 0 {
		first = p.T("console.offer.priced", "total", r.total(), "list", r.Total, "off", off)
	}
	said := []string{first, p.ours()}
	if r.who != "" {
		said = append(said, p.T("console.offer.priced_for", "name", r.who))
	}
	return said
}

// ours says whether the offer on the page applies.
func (p *previewPage) ours() string {
	for _, a := range p.result.Applied {
		if p.isOurs(a.OfferID) && a.Gift != "" {
			return p.T("console.offer.ours_gift")
		}
		if p.isOurs(a.OfferID) && a.Raise != nil {
			return p.T("console.offer.ours_points", "points", a.Raise.Points)
		}
		if p.isOurs(a.OfferID) {
			return p.T("console.offer.ours_applies", "off", a.Amount)
		}
	}
	return p.T("console.offer.ours_not")
}

func (p *previewPage) tone() web.Tone {
	if slices.ContainsFunc(p.result.Applied, func(a promo.Applied) bool { return p.isOurs(a.OfferID) }) {
		return web.Good
	}
	return web.Warn
}

func (p *previewPage) lineTable() web.Table {
	r := p.result
	t := web.Table{Caption: p.T("console.offer.lines"), Columns: []web.Column{
		{Head: p.T("console.offer.line")}, {Head: p.T("console.purchases.quantity"), Figures: true}, {Head: p.T("console.offer.list_price"), Figures: true},
		{Head: p.T("console.offer.off"), Figures: true}, {Head: p.T("console.offer.to_pay"), Figures: true},
	}}
	for i, l := range r.Lines {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			p.lineName(firstOr(l.Name, l.SKU), l.SKU, l.Category, l.Fee), web.Words(p.Trimmed(l.Quantity, unitDecimals)), web.Words(p.Money(l.Amount, "")),
			web.Words(p.minus(l.Amount - r.Amounts[i])), web.Words(p.Money(r.Amounts[i], "")),
		}})
	}
	t.Foot = []templ.Component{
		web.Words(p.T("console.offer.sum")), web.Words(""), web.Words(p.Money(r.Total, "")), web.Words(p.minus(r.Total - r.total())), web.Words(p.Money(r.total(), "")),
	}
	return t
}

// minus writes what is taken off.
func (v *visit) minus(n int64) string {
	if n == 0 {
		return "—"
	}
	return "−" + v.Money(n, "")
}

func (p *previewPage) lineName(name, sku, category string, fee bool) templ.Component {
	about := category
	if fee {
		about = p.T("console.offer.line_fee")
	}
	if name != sku && sku != "" {
		about = sku
	}
	return web.TwoLines(firstOr(name, p.T("console.offer.goods_unnamed")), about)
}

func (p *previewPage) appliedTable() web.Table {
	t := web.Table{
		Caption: p.T("console.offer.applied"), Columns: []web.Column{{Head: p.T("console.offer.offer")}, {Head: p.T("console.offer.off"), Figures: true}},
		Empty: web.Muted(p.T("console.offer.applied_none")),
	}
	for _, a := range p.result.Applied {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(p.Say(a.Reason)), web.Words(p.minus(a.Amount))}})
	}
	return t
}

// refused are the reasons why other offers and codes do not apply, each once.
func (p *previewPage) refused() []string {
	var list []string
	for _, r := range p.result.Refused {
		if said := p.Say(r.Reason); !slices.Contains(list, said) {
			list = append(list, said)
		}
	}
	return list
}

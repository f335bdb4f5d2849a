package console

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/touch"
	"regulars/internal/web"
)

// supportPage is the Support Index of a period.
type supportPage struct {
	*visit
	touch.Support
	days  int
	shop  id.ID            // whose customers are told of first; 0 for all
	names map[id.ID]string // of shops
}

// supportDays are the periods to choose from.
var supportDays = [...]int{30, 90, 180, 365}

func (c *Console) support(v *visit) error {
	p := &supportPage{visit: v, days: 90, names: map[id.ID]string{}}
	if days, err := strconv.Atoi(v.field("days")); err == nil && slices.Contains(supportDays[:], days) {
		p.days = days
	}
	now := c.Now()
	var err error
	if p.Support, err = c.Touch.Support(v.ctx(), v.actor, v.programme.ID, now.AddDate(0, 0, -p.days), now); err != nil {
		return err
	}
	shops, err := program.Shops(v.ctx(), c.DB.Reader(), v.programme.ID)
	if err != nil {
		return err
	}
	for _, s := range shops {
		p.names[s.ID] = s.Name
	}
	if shop, err := id.Parse(id.Shop, v.field("shop")); err == nil {
		p.shop = shop
	}
	if web.IsFragment(v.r) {
		return v.render(supportFigures(p))
	}
	return v.render(supportShown(p))
}

func (p *supportPage) periods() []web.Option {
	var list []web.Option
	for _, n := range supportDays {
		list = append(list, web.Option{Value: strconv.Itoa(n), Label: p.T("console.support.days", "n", n)})
	}
	return web.Choose(list, strconv.Itoa(p.days))
}

func (p *supportPage) shopOptions() []web.Option {
	list := []web.Option{{Label: p.T("console.support.every_shop")}}
	for _, s := range p.Shops {
		list = append(list, web.Option{Value: s.ShopID.In(id.Shop), Label: p.names[s.ShopID]})
	}
	if p.shop == 0 {
		return list
	}
	return web.Choose(list, p.shop.In(id.Shop))
}

// chosen is the figure of the shop that was asked for, or of all.
func (p *supportPage) chosen() (i touch.Index, shop string) {
	for _, s := range p.Shops {
		if s.ShopID == p.shop && p.shop != 0 {
			return s.Index, p.names[p.shop]
		}
	}
	return p.ByCustomers, ""
}

// sentence says the figure before anything else.
func (p *supportPage) sentence() string {
	i, shop := p.chosen()
	said := p.T("console.support.too_few", "n", i.Base)
	if i.Shown() {
		said = p.T("console.support.sentence", "low", p.shareOf(i.Low), "high", p.shareOf(i.High), "n", i.Base)
	}
	if shop != "" {
		return shop + ". " + said
	}
	return said
}

func (p *supportPage) indexTable() web.Table {
	t := p.indexes(p.T("console.support.table"), p.T("console.support.base"))
	p.row(&t, p.T("console.support.customers"), p.ByCustomers)
	p.row(&t, p.T("console.support.cards"), p.ByCards)
	for _, s := range p.Shops {
		p.row(&t, p.names[s.ShopID], s.Index)
	}
	return t
}

// productTable shows the products that most customers bought.
func (p *supportPage) productTable() web.Table {
	t := p.indexes(p.T("console.support.products"), p.T("console.support.product"))
	for _, n := range p.Products {
		p.row(&t, cmp.Or(n.Name, n.SKU), n.Index)
	}
	return t
}

// indexes is a table without rows.
func (p *supportPage) indexes(caption, head string) web.Table {
	return web.Table{
		Caption: caption,
		Columns: []web.Column{
			{Head: head}, {Head: p.T("console.support.number"), Figures: true}, {Head: p.T("console.support.sure"), Figures: true},
			{Head: p.T("console.support.likely"), Figures: true}, {Head: p.T("console.support.possible"), Figures: true}, {Head: p.T("console.support.interval"), Figures: true},
		},
	}
}

// row adds an index to a table.
func (p *supportPage) row(t *web.Table, name string, i touch.Index) {
	interval := "—"
	if i.Shown() {
		interval = p.shareOf(i.Low) + " – " + p.shareOf(i.High)
	}
	if i.Shown() && i.Preliminary() {
		interval += " (" + p.T("console.support.preliminary") + ")"
	}
	t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
		web.Words(name), web.Words(p.Number(i.Base)), web.Words(p.Number(i.Sure)), web.Words(p.Number(i.Likely)), web.Words(p.Number(i.Possible)), web.Words(interval),
	}})
}

// retention says who came back, with how sure that is.
func (p *supportPage) retention() string {
	span := []any{"from", p.Date(p.ReturnFrom), "to", p.Date(p.ReturnTo)}
	if !p.Reviewers.Shown() || !p.Others.Shown() {
		return p.T("console.support.retention_few", append(span, "n", p.Reviewers.Customers)...)
	}
	words := func(r touch.Return) string {
		i := r.Interval()
		return p.T("console.support.retention_share", "n", r.Customers, "share", p.shareOf(i.Value), "low", p.shareOf(i.Low), "high", p.shareOf(i.High))
	}
	return p.T("console.support.retention_text", append(span, "reviewers", words(p.Reviewers), "others", words(p.Others))...)
}

// chart shows how sure we are of each positive review.
func (p *supportPage) chart() web.Chart {
	return web.Chart{
		ID: "attribution", Title: p.T("console.support.chart"), LabelHead: p.T("console.support.sure_of"),
		Sentence: p.T("console.support.chart_text", "n", p.Positive, "confirmed", p.Confirmed, "probable", p.Probable, "rest", p.Unattributed),
		Labels:   []string{p.T("console.support.confirmed"), p.T("console.support.probable"), p.T("console.support.unattributed")},
		Series:   []web.Series{{Name: p.T("console.support.reviews"), Values: []int64{p.Confirmed, p.Probable, p.Unattributed}}},
		Figure:   p.Number,
	}
}

// added says what the card adds, where some orders went without.
func (p *supportPage) added() string {
	if p.Without.Orders < 10 || p.WithCard.Orders < 10 {
		return p.T("console.support.no_trial")
	}
	key := "console.support.added_unclear"
	if p.Added.Low > 0 || p.Added.High < 0 {
		key = "console.support.added"
	}
	return p.T(key, "with", p.shareOf(float64(p.WithCard.Reviewed)/float64(p.WithCard.Orders)), "without", p.shareOf(float64(p.Without.Reviewed)/float64(p.Without.Orders)),
		"low", p.pointsOf(p.Added.Low), "high", p.pointsOf(p.Added.High), "n", p.WithCard.Orders, "m", p.Without.Orders)
}

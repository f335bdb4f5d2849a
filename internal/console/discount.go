package console

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/discount"
	"regulars/internal/web"
)

func (c *Console) discountRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/offers/discounts", permission: auth.RulesRead, do: c.showDiscounts},
		{pattern: "POST /p/{slug}/offers/discounts", permission: auth.RulesWrite, do: c.saveDiscounts},
	}
}

// discountPage is how much goes at a discount, and from when that is too much;
// what its form holds is as it was typed.
type discountPage struct {
	*visit
	*discount.Report
	version int64
	errs    web.FormErrors
}

func (c *Console) meetDiscounts(v *visit) (*discountPage, error) {
	p := &discountPage{visit: v}
	var err error
	if p.Report, err = c.Discounts.Report(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	_, p.version, err = c.Discounts.Settings(v.ctx(), v.actor, v.programme.ID)
	return p, err
}

func (c *Console) showDiscounts(v *visit) error {
	p, err := c.meetDiscounts(v)
	if err != nil {
		return err
	}
	return v.render(discountsPage(p))
}

func (c *Console) saveDiscounts(v *visit) error {
	number := func(name string) int64 {
		n, err := strconv.ParseInt(strings.TrimSpace(v.field(name)), 10, 64)
		if err != nil {
			return -1 // what is no number is one that cannot be
		}
		return n
	}
	set := discount.Settings{Limit: number("limit"), Days: number("days"), Least: number("least"), Weeks: number("weeks")}
	if err := c.Discounts.SetSettings(v.ctx(), v.actor, v.programme.ID, v.seenVersion(), set); err != nil {
		p, again := c.meetDiscounts(v)
		if again != nil {
			return again
		}
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return discountsPage(p)
		})
	}
	return v.done(v.at("/offers/discounts"), "console.discount.saved")
}

// typed is what stands in a field of the form.
func (p *discountPage) typed(name string, value int64) string {
	if len(p.errs) > 0 {
		return p.field(name)
	}
	return strconv.FormatInt(value, 10)
}

// sentences say what the report comes to.
func (p *discountPage) sentences() []string {
	set := &p.Settings
	if !p.Known(p.All) {
		return []string{p.T("console.discount.few", "n", p.All.Sales, "days", set.Days, "least", set.Least)}
	}
	rate := p.All.Rate()
	said := []string{p.T("console.discount.share", "days", set.Days, "n", p.All.Sales, "share", p.shareOf(rate.Value), "low", p.shareOf(rate.Low), "high", p.shareOf(rate.High))}
	if p.Known(p.Before) {
		said = append(said, p.T("console.discount.before", "days", set.Days, "share", p.shareOf(p.Before.Rate().Value)))
	}
	if p.All.Given > 0 {
		said = append(said, p.T("console.discount.depth", "sum", p.Money(p.All.Given, ""), "depth", p.shareOf(p.All.Depth())))
	}
	if p.Members > 0 {
		said = append(said, p.T("console.discount.constant", "n", p.Constant, "members", p.Members, "least", discount.ConstantSales))
	}
	return said
}

// limit is the limit in words.
func (p *discountPage) limit() string { return p.Percent(p.Settings.Limit, 100, 0) }

func (p *discountPage) shopTable() web.Table {
	t := web.Table{Caption: p.T("console.discount.shops"), Columns: []web.Column{
		{Head: p.T("console.discount.shop")}, {Head: p.T("console.discount.sales"), Figures: true}, {Head: p.T("console.discount.discounted"), Figures: true},
		{Head: p.T("console.discount.rate"), Figures: true}, {Head: p.T("console.discount.given"), Figures: true},
	}}
	for _, n := range p.Shops {
		name := n.Shop.Name
		if name == "" {
			name = p.T("console.discount.no_shop")
		}
		share := web.Words("—")
		if p.Known(n.Share) {
			rate := n.Rate()
			share = web.TwoLines(p.shareOf(rate.Value), p.shareOf(rate.Low)+" – "+p.shareOf(rate.High))
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			badged(name, p.High(n.Share), p.T("console.discount.over")), web.Words(p.Number(n.Sales)), web.Words(p.Number(n.Discounted)), share, web.Words(p.Money(n.Given, "")),
		}})
	}
	return t
}

func (p *discountPage) offerTable() web.Table {
	t := web.Table{Caption: p.T("console.discount.offers"), Columns: []web.Column{
		{Head: p.T("console.offer.offer")}, {Head: p.T("console.discount.since")}, {Head: p.T("console.discount.sales"), Figures: true}, {Head: p.T("console.discount.given"), Figures: true},
	}, Empty: web.Empty(web.Hint{Icon: web.IconOffer, Title: p.T("console.discount.no_offers"), Text: p.T("console.discount.no_offers_text")})}
	for _, n := range p.Offers {
		t.Rows = append(t.Rows, web.Row{Href: p.offerPath(n.OfferID, ""), Cells: []templ.Component{
			badged(n.Name, n.Tired, p.T("console.discount.tired")), web.TwoLines(p.ShortDate(n.Since), p.T("console.discount.weeks", "n", n.Weeks)),
			web.Words(p.Number(n.Sales)), web.Words(p.Money(n.Amount, "")),
		}})
	}
	return t
}

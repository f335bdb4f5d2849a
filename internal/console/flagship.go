package console

import (
	"cmp"
	"math"
	"strconv"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/sale"
	"regulars/internal/stats"
	"regulars/internal/web"
)

// flagshipPath is the address of the products that the company puts in front.
const flagshipPath = inProgramme + "/flagships"

func (c *Console) flagshipRoutes() []route {
	return []route{
		{pattern: "GET " + flagshipPath, permission: auth.ProductsRead, do: c.showFlagships},
		{pattern: "POST " + flagshipPath, permission: auth.ProductsWrite, do: c.markFlagship},
		{pattern: "POST " + flagshipPath + "/remove", permission: auth.ProductsWrite, do: c.unmarkFlagship},
		{pattern: "GET " + flagshipPath + "/halo", permission: auth.ReportsRead, do: c.showHalo},
	}
}

// flagshipList is the page of all flagships.
type flagshipList struct {
	*visit
	list []product.Product
	errs web.FormErrors
}

func (c *Console) flagshipList(v *visit) (*flagshipList, error) {
	list, err := c.Products.Flagships(v.ctx(), v.actor, v.programme.ID)
	return &flagshipList{visit: v, list: list}, err
}

func (c *Console) showFlagships(v *visit) error {
	l, err := c.flagshipList(v)
	if err != nil {
		return err
	}
	return v.render(flagshipListPage(l))
}

func (c *Console) markFlagship(v *visit) error {
	p, err := c.Products.SetFlagship(v.ctx(), v.actor, v.programme.ID, v.field("sku"), true)
	if err == nil {
		return v.done(v.at("/flagships"), "console.flagship.marked", "name", firstOr(p.Name, p.SKU))
	}
	l, read := c.flagshipList(v)
	if read != nil {
		return read
	}
	return v.mend(err, func(errs web.FormErrors) templ.Component {
		l.errs = errs
		return flagshipListPage(l)
	})
}

func (c *Console) unmarkFlagship(v *visit) error {
	p, err := c.Products.SetFlagship(v.ctx(), v.actor, v.programme.ID, v.field("sku"), false)
	if err != nil {
		return err
	}
	return v.done(v.at("/flagships"), "console.flagship.unmarked", "name", firstOr(p.Name, p.SKU))
}

func (l *flagshipList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.flagship.title"),
		Columns: []web.Column{{Head: l.T("console.flagship.product")}, {Head: l.T("console.flagship.sku")}, {Head: l.T("console.flagship.category")}, {}},
		Empty:   web.Empty(web.Hint{Icon: web.IconOffer, Title: l.T("console.flagship.none"), Text: l.T("console.flagship.none_text")}),
	}
	for _, p := range l.list {
		r := web.Row{Cells: []templ.Component{web.Words(firstOr(p.Name, p.SKU)), web.Words(p.SKU), web.Words(cmp.Or(p.Category, "—")), removeFlagship(l, p)}}
		if l.can(auth.ReportsRead) {
			r.Href = l.at("/flagships/halo", "sku", p.SKU)
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

// haloPage is what goes with one flagship.
type haloPage struct {
	*visit
	product product.Product
	days    int
	sale.Halo
}

// haloDays are how far a report may look; the middle one is the usual.
var haloDays = []int{30, 90, 180}

func (c *Console) showHalo(v *visit) error {
	p := &haloPage{visit: v, days: haloDays[1]}
	if typed := v.field("days"); typed != "" {
		n, err := strconv.Atoi(typed)
		if err != nil || n < 1 || n > sale.MaxHaloDays {
			return fault.Invalid("halo_days", "look 1–%d days ahead", sale.MaxHaloDays).At("/days").With("most", sale.MaxHaloDays)
		}
		p.days = n
	}
	var err error
	if p.product, err = c.Products.Get(v.ctx(), v.actor, v.programme.ID, v.field("sku")); err != nil {
		return err
	}
	now := c.Now()
	err = c.DB.View(v.ctx(), func(q db.Queryer) error {
		merged, err := member.Survivors(v.ctx(), q, v.programme.ID)
		if err != nil {
			return err
		}
		p.Halo, err = sale.FindHalo(v.ctx(), q, sale.HaloQuery{
			ProgrammeID: v.programme.ID, SKU: p.product.SKU, From: now.AddDate(-1, 0, -p.days), Until: now, Days: p.days, Now: now, Zone: v.programme.Zone,
		}, merged)
		return err
	})
	if err != nil {
		return err
	}
	return v.render(haloShown(p))
}

func (p *haloPage) name() string { return firstOr(p.product.Name, p.product.SKU) }

// says is the report in sentences.
func (p *haloPage) says() []string {
	if !p.Enough() {
		return []string{p.T("console.flagship.few", "pairs", p.Pairs)}
	}
	said := []string{p.T("console.flagship.more_"+direction(p.After.Difference), "days", p.days, "own", p.mean(p.After.Flagship), "others", p.mean(p.After.Others))}
	if p.Preliminary() {
		said = append(said, p.T("console.flagship.preliminary"))
	}
	return append(said, p.T("console.flagship.association"))
}

// direction says where a difference lies: above nothing, below it, or neither
// for sure.
func direction(i stats.Interval) string {
	switch {
	case i.Low > 0:
		return "above"
	case i.High < 0:
		return "below"
	}
	return "open"
}

// mean shows a mean of sums, in minor units, rounded to a whole one.
func (v *visit) mean(minor float64) string { return v.Money(int64(math.Round(minor)), "") }

func (p *haloPage) sums(i stats.Interval) string {
	return p.T("console.flagship.interval", "value", p.mean(i.Value), "low", p.mean(i.Low), "high", p.mean(i.High))
}

// points shows a difference between shares, in parts of a hundred.
func (p *haloPage) points(i stats.Interval) string {
	one := func(x float64) string { return p.Percent(int64(math.Round(x*1000)), 1000, 1) }
	return p.T("console.flagship.interval", "value", one(i.Value), "low", one(i.Low), "high", one(i.High))
}

func (p *haloPage) columns(first string) []web.Column {
	return []web.Column{
		{Head: first}, {Head: p.T("console.flagship.began"), Figures: true}, {Head: p.T("console.flagship.others"), Figures: true},
		{Head: p.T("console.flagship.difference")}, // breaks its line on a phone
	}
}

// money compares what was spent, and who came again.
func (p *haloPage) money() web.Table {
	t := web.Table{Caption: p.T("console.flagship.spent"), Columns: p.columns(p.T("console.flagship.what"))}
	row := func(what, own, others, difference string) {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(what), web.Words(own), web.Words(others), web.Words(difference)}})
	}
	row(p.T("console.flagship.basket"), p.mean(p.Basket.Flagship), p.mean(p.Basket.Others), p.sums(p.Basket.Difference))
	row(p.T("console.flagship.after", "days", p.days), p.mean(p.After.Flagship), p.mean(p.After.Others), p.sums(p.After.Difference))
	row(p.T("console.flagship.back", "days", p.days), p.Percent(p.Back.Flagship, p.Pairs, 1), p.Percent(p.Back.Others, p.Pairs, 1), p.points(p.Back.Difference))
	return t
}

func (p *haloPage) goods() web.Table {
	t := web.Table{Caption: p.T("console.flagship.goods"), Columns: p.columns(p.T("console.flagship.product")), Empty: web.Muted(p.T("console.flagship.no_goods"))}
	for _, g := range p.Goods {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.TwoLines(firstOr(g.Name, g.SKU), g.SKU), web.Words(p.Percent(g.Flagship, p.Pairs, 1)), web.Words(p.Percent(g.Others, p.Pairs, 1)), web.Words(p.points(g.Difference)),
		}})
	}
	return t
}

func (p *haloPage) tabs() []web.Tab {
	var tabs []web.Tab
	for _, n := range haloDays {
		tabs = append(tabs, web.Tab{
			Label: p.T("console.flagship.days", "n", n), Href: p.at("/flagships/halo", "sku", p.product.SKU, "days", strconv.Itoa(n)), Current: n == p.days,
		})
	}
	return tabs
}

// left says who is not compared.
func (p *haloPage) left() string {
	return p.T("console.flagship.left", "firsts", p.Firsts, "pairs", p.Pairs, "recent", p.Recent, "merged", p.Merged, "unpaired", p.Unpaired)
}

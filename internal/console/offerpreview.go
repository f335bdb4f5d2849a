package console

import (
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/condition"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// previewPage says what a made-up basket would cost with an offer: with its
// draft where there is one.
type previewPage struct {
	*visit
	offer   promo.History
	version *promo.Version
	names   condition.Names
	shops   []program.Shop
	ranks   []tier.Rank
	form    previewForm
	errs    web.FormErrors
	result  *priced
}

// previewForm is the basket as it is typed.
type previewForm struct {
	Lines    []previewLine
	Customer string
	Rank     string
	Member   string
	Shop     string
	When     string
	Codes    string
	WithCode bool
}

// previewLine is one line of the basket; Price is that of one unit.
type previewLine struct {
	SKU, Category, Quantity, Price string
	Fee                            bool
}

// Customers of a basket for whom nobody in particular is named.
const (
	anyMember  = "member"
	firstTimer = "newcomer"
)

func (c *Console) previewRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/offers/{offer}/preview", permission: auth.RulesRead, do: c.showPreview},
		{pattern: "POST /p/{slug}/offers/{offer}/preview", permission: auth.RulesRead, do: c.takePreview},
	}
}

func (c *Console) previewPage(v *visit) (*previewPage, error) {
	h, err := c.offer(v)
	if err != nil {
		return nil, err
	}
	p := &previewPage{visit: v, offer: h, version: h.Draft()}
	if p.version == nil {
		_, p.version = offerStand(&h, c.Now())
	}
	if p.shops, err = c.Programmes.Shops(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if p.ranks, err = c.ranks(v); err != nil {
		return nil, err
	}
	p.names, err = c.promoNames(v)
	return p, err
}

func (c *Console) showPreview(v *visit) error {
	p, err := c.previewPage(v)
	if err != nil {
		return err
	}
	p.form = p.begin()
	return v.render(offerPreviewPage(p))
}

// begin fills the basket with what the offer is about.
func (p *previewPage) begin() previewForm {
	s := &p.version.Spec
	f := previewForm{Customer: anyMember, WithCode: s.WithCode, Lines: []previewLine{{Quantity: "1"}}}
	if s.Audience == promo.Newcomers {
		f.Customer = firstTimer
	}
	if s.Lines == nil || s.Lines.Except {
		return f
	}
	line := &f.Lines[0]
	if s.Benefit.Kind == promo.FreeDelivery {
		line.Fee = true
	}
	if len(s.Lines.SKUs) > 0 {
		line.SKU = s.Lines.SKUs[0]
	} else {
		line.Category = s.Lines.Categories[0]
	}
	return f
}

// takePreview changes the rows of the basket, or prices it.
func (c *Console) takePreview(v *visit) error {
	p, err := c.previewPage(v)
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	p.form = readPreview(v.r.PostForm)
	verb, at, _ := strings.Cut(v.doing(), ".")
	switch verb {
	case "add-line":
		p.form.Lines = append(p.form.Lines, previewLine{Quantity: "1"})
		return v.render(p.part())
	case "drop-line":
		p.form.Lines = without(p.form.Lines, numbers(at))
		return v.render(p.part())
	}
	p.result, p.errs, err = c.priceBasket(p)
	if err != nil {
		return err
	}
	if len(p.errs) > 0 {
		return v.mendAll(p.errs, func(web.FormErrors) templ.Component { return p.part() })
	}
	return v.render(p.part())
}

// part is the basket alone where htmx asks, else the whole page.
func (p *previewPage) part() templ.Component {
	if web.IsFragment(p.r) {
		return offerPreview(p)
	}
	return offerPreviewPage(p)
}

func readPreview(in url.Values) previewForm {
	f := previewForm{
		Customer: in.Get("customer"), Rank: in.Get("rank"), Member: strings.TrimSpace(in.Get("member")), Shop: in.Get("shop"),
		When: strings.TrimSpace(in.Get("when")), Codes: in.Get("codes"), WithCode: in.Get("as_with_code") != "",
	}
	for i := 0; i < mostRows && in.Has(rowField("line", i, "sku")); i++ {
		of := func(name string) string { return strings.TrimSpace(in.Get(rowField("line", i, name))) }
		f.Lines = append(f.Lines, previewLine{of("sku"), of("category"), of("quantity"), of("price"), of("fee") != ""})
	}
	return f
}

func (p *previewPage) path() string { return p.offerPath(p.offer.ID, "/preview") }

func (p *previewPage) head() web.Head {
	crumbs := append(p.offerCrumbs(p.offer.Name), web.Crumb{Label: p.T("console.offer.try")})
	crumbs[1].Href = p.offerPath(p.offer.ID, "")
	lead := "console.offer.try_lead"
	if p.offer.Draft() != nil {
		lead = "console.offer.try_lead_draft"
	}
	return web.Head{Title: p.T("console.offer.try_title"), Lead: p.T(lead), Crumbs: crumbs}
}

// ask is a question about the basket with the error that belongs to it.
func (p *previewPage) ask(name, key, value string) web.Field {
	return web.Field{Name: name, Label: p.T(key), Value: value, Error: p.errs[name], Width: web.Short, Attrs: templ.Attributes{"autocomplete": "off"}}
}

// line asks about the n-th line.
func (p *previewPage) line(i int, name, value string) web.Field {
	f := p.ask(rowField("line", i, name), "console.offer.line_"+name, value)
	switch name {
	case "price":
		f.Suffix, f.Attrs["inputmode"] = string(p.programme.Currency), "decimal"
	case "quantity":
		f.Attrs["inputmode"] = "decimal"
	default:
		f.Optional = true
	}
	return f
}

// does is a button that changes the rows of the basket.
func (p *previewPage) does(what, label string, icon web.Icon) web.Button {
	return web.Button{
		Label: label, Icon: icon, Kind: web.Quiet, Small: true, Name: "do", Value: what,
		Attrs: templ.Attributes{"hx-post": p.path(), "hx-target": "#preview"},
	}
}

func (p *previewPage) drops(i int) web.Button {
	b := p.does(rowField("drop-line", i), p.T("console.offer.drop_line"), web.IconDelete)
	b.IconOnly = true
	return b
}

func (p *previewPage) memberField() web.Field {
	f := p.ask("member", "console.offer.member", p.form.Member)
	return mayField(f, p.T("console.offer.member_help"))
}

func (p *previewPage) codesField() web.Field {
	f := p.ask("codes", "console.code.codes", p.form.Codes)
	f.Attrs["rows"], f.Attrs["spellcheck"], f.Attrs["autocapitalize"] = "2", "false", "characters"
	return mayField(f, p.T("console.offer.codes_help"))
}

func (p *previewPage) whenField() web.Field {
	f := mayField(p.ask("when", "console.offer.when", p.form.When), p.T("console.offer.when_help"))
	f.Type, f.Width = "datetime-local", web.Medium
	return f
}

// rankOptions and shopOptions let the choice open.
func (p *previewPage) rankOptions() []web.Option {
	list := []web.Option{{Label: p.T("console.offer.no_rank")}}
	for _, r := range p.ranks {
		list = append(list, web.Option{Value: r.Code, Label: r.Name})
	}
	return web.Choose(list, p.form.Rank)
}

func (p *previewPage) shopOptions() []web.Option {
	list := []web.Option{{Label: p.T("console.offer.no_shop")}}
	for _, s := range p.shops {
		list = append(list, web.Option{Value: s.Code, Label: s.Name})
	}
	return web.Choose(list, p.form.Shop)
}

func (p *previewPage) customerOptions() []web.Option {
	return web.Choose(p.options("console.offer.customer.", anyMember, firstTimer), p.form.Customer)
}

// isOurs reports whether something of a pricing is of the offer on the page.
func (p *previewPage) isOurs(offer id.ID) bool { return offer == p.offer.ID }

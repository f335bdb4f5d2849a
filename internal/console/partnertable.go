package console

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/partner"
	"regulars/internal/web"
)

func (l *partnerList) head() web.Head {
	h := web.Head{Title: l.T("console.partner.title"), Lead: l.T("console.partner.lead", "n", len(l.list))}
	if l.can(auth.PartnersWrite) && len(l.list) > 0 {
		h.Actions = web.Action(web.Button{Label: l.T("console.partner.new"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/partners/new")})
	}
	return h
}

func (l *partnerList) table() web.Table {
	hint := web.Hint{Icon: web.IconMerge, Title: l.T("console.partner.none"), Text: l.T("console.partner.none_text")}
	if l.can(auth.PartnersWrite) {
		hint.Next = &web.Button{Label: l.T("console.partner.new"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/partners/new")}
	}
	t := web.Table{
		Caption: l.T("console.partner.title"),
		Columns: []web.Column{{Head: l.T("console.partner.name")}, {Head: l.T("console.partner.state")}, {Head: l.T("console.partner.may")}},
		Empty:   web.Empty(hint),
	}
	for i := range l.list {
		p := &l.list[i]
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/partners/" + p.ID.In(id.Partner)), Quiet: p.State() == partner.Ended,
			Cells: []templ.Component{web.Words(p.Name), partnerState(l.visit, p.State()), web.Words(l.may(p))},
		})
	}
	return t
}

func partnerState(v *visit, s partner.State) templ.Component {
	tone := web.Neutral
	if s == partner.Active {
		tone = web.Good
	}
	return web.Badge(tone, v.Say(s.Text()))
}

// may says what the shops of a partner do.
func (v *visit) may(p *partner.Partner) string {
	switch does(p) {
	case "both":
		return v.T("console.partner.may_grant") + ", " + v.T("console.partner.may_accept")
	case "grant":
		return v.T("console.partner.may_grant")
	case "accept":
		return v.T("console.partner.may_accept")
	}
	return v.T("console.partner.may_neither")
}

// does is what the shops of a partner do, in one word.
func does(p *partner.Partner) string {
	switch {
	case p.MayGrant && p.MayAccept:
		return "both"
	case p.MayGrant:
		return "grant"
	case p.MayAccept:
		return "accept"
	}
	return "nothing"
}

func (p *partnerPage) path(rest string) string {
	return p.at("/partners/" + p.partner.ID.In(id.Partner) + rest)
}

// terms says each version in words: from when, and what is paid.
func (p *partnerPage) terms() []web.Definition {
	var list []web.Definition
	decimals := p.wallets.decimals(p.partner.WalletID)
	for _, t := range p.partner.Terms {
		from := p.T("console.partner.from_ever")
		if !t.Begins.IsZero() {
			from = p.T("console.partner.from", "begins", t.Begins)
		}
		says := p.T("console.partner.terms_issue", "price", p.perPoint(t.IssuePrice, decimals)) + " " +
			p.T("console.partner.terms_redeem", "price", p.perPoint(t.RedeemPrice, decimals))
		if !t.IssueFee.IsZero() || !t.RedeemFee.IsZero() {
			says += " " + p.T("console.partner.terms_fee", "issue", p.percent(t.IssueFee), "redeem", p.percent(t.RedeemFee))
		}
		list = append(list, web.Definition{Term: from, About: web.Words(says)})
	}
	return list
}

// perPoint says a price of one whole point in the currency's units.
func (v *visit) perPoint(r money.Rate, decimals int) string {
	whole, err := r.Mul(money.NewRate(tens(decimals), v.programme.Currency.Unit()))
	if err != nil {
		return r.String()
	}
	return v.figures().rate(whole) + "\u00a0" + string(v.programme.Currency)
}

func (v *visit) percent(r money.Rate) string {
	hundred, err := r.Mul(money.NewRate(100, 1))
	if err != nil {
		return r.String()
	}
	return v.figures().rate(hundred) + "\u00a0%"
}

func (p *partnerPage) shopTable() web.Table {
	hint := web.Hint{Title: p.T("console.partner.no_shops"), Text: p.T("console.partner.no_shops_text")}
	if len(p.shops) == 0 {
		hint.Text = p.T("console.partner.none_at_all")
		if p.can(auth.ProgrammesWrite) {
			hint.Next = &web.Button{Label: p.T("console.partner.to_settings"), Href: p.at("/programme/settings")}
		}
	}
	t := web.Table{
		Caption: p.T("console.partner.shops"),
		Columns: []web.Column{{Head: p.T("console.partner.shop")}, {Head: p.T("console.partner.since")}, {Head: p.T("console.partner.until")}},
		Empty:   web.Empty(hint),
	}
	if p.edits() {
		t.Columns = append(t.Columns, web.Column{Head: p.T("console.household.do")})
	}
	for _, s := range p.assigned {
		name, until := "", ""
		for _, shop := range p.shops {
			if shop.ID == s.ShopID {
				name = shop.Name
			}
		}
		if !s.Ends.IsZero() {
			until = p.Date(s.Ends)
		}
		cells := []templ.Component{web.Words(name), web.Words(p.Date(s.Begins)), web.Words(until)}
		if p.edits() {
			cells = append(cells, p.releases(s, name))
		}
		t.Rows = append(t.Rows, web.Row{Cells: cells})
	}
	return t
}

// shopOptions are the shops that the partner may be given: not those it has.
func (p *partnerPage) shopOptions() []web.Option {
	var list []web.Option
	for _, s := range p.shops {
		has := slices.ContainsFunc(p.assigned, func(a partner.Shop) bool { return a.ShopID == s.ID && a.Ends.IsZero() })
		if !s.Closed && !has {
			list = append(list, web.Option{Value: s.ID.In(id.Shop), Label: s.Name})
		}
	}
	return web.Choose(list, p.field("shop"))
}

func (p *partnerPage) keyTable() web.Table {
	t := web.Table{
		Caption: p.T("console.partner.keys"),
		Columns: []web.Column{{Head: p.T("console.partner.name")}, {Head: p.T("console.partner.state")}},
		Empty:   web.Empty(web.Hint{Title: p.T("console.partner.no_keys"), Text: p.T("console.partner.no_keys_text")}),
	}
	for _, k := range p.keys {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(k.Name), web.Words(p.T("console.partner.key_state", "live", yesOrNo(k.Revoked.IsZero())))}})
	}
	return t
}

func (p *partnerPage) statementTable() web.Table {
	t := web.Table{
		Caption: p.T("console.partner.statements"),
		Columns: []web.Column{{Head: p.T("console.partner.month")}, {Head: p.T("console.partner.state")}, {Head: p.T("console.partner.total"), Figures: true}},
		Empty:   web.Empty(web.Hint{Title: p.T("console.partner.no_statements"), Text: p.T("console.partner.no_statements_text")}),
	}
	for i := range p.statements {
		s := &p.statements[i]
		t.Rows = append(t.Rows, web.Row{
			Href:  p.path("/statements/" + s.Month.String()),
			Cells: []templ.Component{web.Words(p.Month(s.Month.Begin(p.programme.Zone))), statementState(p.visit, s), web.Words(p.Money(s.Total, ""))},
		})
	}
	return t
}

func statementState(v *visit, s *partner.Statement) templ.Component {
	if s.Number == 0 {
		return web.Badge(web.Neutral, v.T("console.partner.draft"))
	}
	return web.Badge(web.Good, v.T("console.partner.closed_no", "number", s.Number))
}

// found are the results in words, none of a small group.
func (p *partnerPage) found() []web.Definition {
	people := func(key string, g partner.Group) web.Definition {
		says := p.Number(g.People)
		if g.Few {
			says = p.T("console.partner.few")
		}
		return web.Definition{Term: p.T("console.partner." + key), About: web.Words(says)}
	}
	r := &p.results
	list := []web.Definition{people("buyers", r.Sales), people("common", r.Common), people("brought", r.Brought), people("gained", r.Gained)}
	if !r.Sales.Few {
		decimals := p.wallets.decimals(p.partner.WalletID)
		worth := func(points, value int64) templ.Component {
			return web.Words(p.T("console.partner.points_worth", "points", p.Decimal(points, decimals), "value", value))
		}
		list = append(list, web.Definition{Term: p.T("console.partner.goods"), About: web.Words(p.Money(r.Sales.Goods, ""))},
			web.Definition{Term: p.T("partner.side.issue"), About: worth(r.Issued, r.IssuedValue)},
			web.Definition{Term: p.T("partner.side.redeem"), About: worth(r.Redeemed, r.RedeemedValue)})
	}
	return list
}

func (f *partnerForm) walletOptions() []web.Option {
	var list []web.Option
	for _, w := range f.wallets {
		list = append(list, web.Option{Value: w.ID.In(id.Wallet), Label: w.Name})
	}
	return web.Choose(list, f.field("wallet"))
}

// partnerRights are what a partner may do, with those chosen that it may unless
// others were just chosen in the form.
func (v *visit) partnerRights(chosen ...string) []web.Option {
	if v.r.Method == "POST" {
		chosen = v.r.Form["may"]
	}
	var list []web.Option
	for _, what := range []string{mayGrant, mayAccept, maySee} {
		list = append(list, web.Option{Value: what, Label: v.T("console.partner.right_" + what), Chosen: slices.Contains(chosen, what)})
	}
	return list
}

func (p *settlementPage) path(rest string) string {
	return p.at("/partners/" + p.partner.ID.In(id.Partner) + "/statements/" + p.statement.Month.String() + rest)
}

func (p *settlementPage) monthName() string {
	return p.Month(p.statement.Month.Begin(p.programme.Zone))
}

func (p *settlementPage) actions() templ.Component {
	buttons := []web.Button{
		{Label: "PDF", Icon: web.IconExport, Href: p.path("/statement.pdf"), Attrs: templ.Attributes{"download": ""}},
		{Label: "CSV", Icon: web.IconExport, Href: p.path("/statement.csv"), Attrs: templ.Attributes{"download": ""}},
	}
	if p.closable() {
		buttons = append(buttons, web.Button{Label: p.T("console.partner.close"), Kind: web.Primary, Opens: "close"})
	}
	return web.Actions(buttons...)
}

func (p *settlementPage) closable() bool {
	return p.over && p.statement.Number == 0 && p.can(auth.PartnersSettle)
}

func (p *settlementPage) quantity(side partner.Side, n int64) string {
	if side == partner.Offer {
		return p.Money(n, "")
	}
	return p.Decimal(n, p.paper.Decimals)
}

func (p *settlementPage) sumTable() web.Table {
	t := web.Table{
		Caption: p.T("console.partner.sums"),
		Columns: []web.Column{
			{Head: p.T("partner.what")}, {Head: p.T("partner.quantity"), Figures: true}, {Head: p.T("partner.rate"), Figures: true}, {Head: p.T("partner.amount"), Figures: true},
		},
		Empty: web.Empty(web.Hint{Title: p.T("console.partner.no_statements"), Text: p.T("console.partner.no_statements_text")}),
	}
	row := func(what, quantity, rate string, amount int64) {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(what), web.Words(quantity), web.Words(rate), web.Words(p.Money(amount, ""))}})
	}
	for _, s := range p.statement.Sums {
		row(p.statement.Of(p.Printer, s.Side, s.OfferID), p.quantity(s.Side, s.Quantity), p.paper.Price(s.Side, s.Rate), s.Amount)
	}
	for _, f := range p.statement.Fees {
		row(p.T("partner.fee_on", "side", p.Say(f.Side.Text())), p.Money(f.Base, ""), p.paper.Percent(f.Rate), f.Amount)
	}
	return t
}

// linesShown bounds the lines on the page; the files have all.
const linesShown = 200

func (p *settlementPage) lineTable() web.Table {
	t := web.Table{
		Caption: p.T("console.partner.lines"),
		Columns: []web.Column{
			{Head: "#", Figures: true}, {Head: p.T("partner.what")}, {Head: p.T("partner.when")}, {Head: p.T("partner.receipt")},
			{Head: p.T("partner.quantity"), Figures: true}, {Head: p.T("partner.amount"), Figures: true},
		},
		Empty: web.Empty(web.Hint{Title: p.T("console.partner.no_statements"), Text: p.T("console.partner.no_statements_text")}),
	}
	for i := range p.statement.Lines[:min(linesShown, len(p.statement.Lines))] {
		l := &p.statement.Lines[i]
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(strconv.Itoa(i + 1)), twoLines(p.T("partner.short."+string(l.Side)), p.paper.Shops[l.ShopID]), web.Words(p.DateTime(l.Occurred)), twoLines(l.Receipt, l.Source()),
			web.Words(p.quantity(l.Side, l.Quantity)), web.Words(p.Money(l.Amount, "")),
		}})
	}
	return t
}

package console

import (
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/ledger"
	"regulars/internal/payback"
	"regulars/internal/web"
)

// What the page of what is spent back offers; the middle ones are the usual.
var (
	paybackMonths = []int{3, 12, 36}
	paybackDays   = []int{30, 90, 180}
)

// paybackPage is what became of the points of a wallet.
type paybackPage struct {
	*visit
	wallets wallets
	months  int
	ask     payback.Query
	r       *payback.Report
}

func (c *Console) payback(v *visit) error {
	p := &paybackPage{visit: v}
	var err error
	if p.months, err = chosen(v, "months", paybackMonths); err != nil {
		return err
	}
	now := c.Now()
	p.ask = payback.Query{ProgrammeID: v.programme.ID, From: now.AddDate(0, -p.months, 0), Until: now.Add(time.Microsecond), Now: now, Zone: v.programme.Zone}
	if p.ask.Days, err = chosen(v, "days", paybackDays); err != nil {
		return err
	}
	err = c.DB.View(v.ctx(), func(q db.Queryer) (err error) {
		if p.wallets, err = walletsOf(v.ctx(), q, v.programme.ID); err != nil || len(p.wallets) == 0 {
			return err
		}
		i := max(0, slices.IndexFunc(p.wallets, func(w ledger.Wallet) bool { return w.Code == v.field("wallet") }))
		p.ask.Wallet = p.wallets[i]
		p.r, err = payback.Find(v.ctx(), q, p.ask)
		return err
	})
	if err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(paybackFound(p))
	}
	return v.render(paybackShown(p))
}

// chosen reads one of a few numbers, the middle one where nothing is said.
func chosen(v *visit, field string, of []int) (int, error) {
	typed := v.field(field)
	if typed == "" {
		return of[len(of)/2], nil
	}
	n, err := strconv.Atoi(typed)
	if err != nil || !slices.Contains(of, n) {
		return 0, fault.Invalid("payback_choice", "choose one of those offered").At("/" + field)
	}
	return n, nil
}

func (p *paybackPage) options(of []int, key string, now int) []web.Option {
	var options []web.Option
	for _, n := range of {
		options = append(options, web.Option{Value: strconv.Itoa(n), Label: p.T(key, "n", n)})
	}
	return web.Choose(options, strconv.Itoa(now))
}

func (p *paybackPage) walletOptions() []web.Option {
	var options []web.Option
	for _, w := range p.wallets {
		options = append(options, web.Option{Value: w.Code, Label: w.Name})
	}
	return web.Choose(options, p.ask.Wallet.Code)
}

// says is the report in sentences.
func (p *paybackPage) says() []string {
	g, back := p.r.Given, p.r.Return
	if g.Points == 0 && back.People == 0 {
		return []string{p.T("console.payback.none")}
	}
	said := []string{p.T("console.payback.rate", "given", p.figure(g.Points), "spent", p.share(g.Spent, g.Points), "expired", p.share(g.Expired, g.Points), "open", p.share(g.Open, g.Points))}
	if back.Cost == 0 {
		return append(said, p.T("console.payback.nobody", "recent", back.Recent, "days", p.ask.Days))
	}
	said = append(said, p.T("console.payback.back", "unit", p.Money(p.unit(), ""), "people", back.People, "days", p.ask.Days, "after", p.each(back.PerCost()), "usual", p.each(back.UsualPerCost())))
	if !back.Shown() {
		said = append(said, p.T("console.payback.few"))
	} else {
		said = append(said, p.T("console.payback.others_"+direction(back.Difference), "own", p.mean(back.AfterMean), "others", p.mean(back.OthersMean),
			"low", p.mean(back.Difference.Low), "high", p.mean(back.Difference.High)))
		if back.Few() {
			said = append(said, p.T("console.payback.preliminary"))
		}
	}
	return append(said, p.T("console.payback.association"))
}

func (p *paybackPage) figure(points int64) string { return p.Decimal(points, p.ask.Wallet.Decimals) }

// share is a part of the points given, or a dash where there are none.
func (p *paybackPage) share(n, of int64) string {
	if of <= 0 {
		return "—"
	}
	return p.Percent(n, of, 1)
}

// unit is one of the currency, in minor units.
func (p *paybackPage) unit() int64 {
	n := int64(1)
	for range p.programme.Currency.Decimals() {
		n *= 10
	}
	return n
}

// each shows what goes with one of the currency, from what goes with 10,000.
func (p *paybackPage) each(per int64) string { return p.Money((per*p.unit()+5_000)/10_000, "") }

// given is what became of the points, redeemed what they were spent on.
func (p *paybackPage) given() web.Table {
	g := p.r.Given
	return p.table("console.payback.given", [][]string{
		{"console.payback.spent", p.figure(g.Spent), p.share(g.Spent, g.Points)}, {"console.payback.expired", p.figure(g.Expired), p.share(g.Expired, g.Points)},
		{"console.payback.open", p.figure(g.Open), p.share(g.Open, g.Points)}, {"console.payback.other", p.figure(g.Other), p.share(g.Other, g.Points)},
		{"console.payback.all", p.figure(g.Points), ""},
	}, p.ask.Wallet.Name, p.T("console.payback.share"))
}

func (p *paybackPage) redeemed() web.Table {
	r := p.r.Redeemed
	return p.table("console.payback.redeemed", [][]string{
		{"console.payback.rewards", p.figure(r.Rewards), p.share(r.Rewards, r.Points())}, {"console.payback.paid", p.figure(r.Paid), p.share(r.Paid, r.Points())},
		{"console.payback.donated", p.figure(r.Donated), p.share(r.Donated, r.Points())}, {"console.payback.all", p.figure(r.Points()), ""},
	}, p.ask.Wallet.Name, p.T("console.payback.share"))
}

// money is what was spent back, and what for each unit of the cost.
func (p *paybackPage) money() web.Table {
	b := p.r.Return
	return p.table("console.payback.money", [][]string{
		{"console.payback.cost", p.Money(b.Cost, ""), ""}, {"console.payback.visit", p.Money(b.Visit, ""), ""},
		{"console.payback.after", p.Money(b.After, ""), p.each(b.PerCost())}, {"console.payback.usual", p.Money(b.Usual, ""), p.each(b.UsualPerCost())},
	}, p.T("console.payback.sum"), p.T("console.payback.per", "unit", p.Money(p.unit(), "")))
}

// table lays out rows of what, how much and what part of it or how much for each.
func (p *paybackPage) table(caption string, rows [][]string, sum, part string) web.Table {
	t := web.Table{Caption: p.T(caption), ShowCaption: true, Columns: []web.Column{{Head: p.T("console.payback.what")}, {Head: sum, Figures: true}, {Head: part, Figures: true}}}
	for _, row := range rows {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(p.T(row[0], "days", p.ask.Days)), web.Words(row[1]), web.Words(row[2])}})
	}
	return t
}

package console

import (
	"cmp"
	"math"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/sale"
	"regulars/internal/web"
)

// priced is what a basket would cost.
type priced struct {
	sale.Sale // at list prices
	promo.Pricing
	who string // the member for whom it was priced; empty for nobody in particular
}

// total is what is to be paid.
func (r *priced) total() int64 {
	var sum int64
	for _, n := range r.Amounts {
		sum += n
	}
	return sum
}

// shopper is who buys a made-up basket.
type shopper struct {
	name     string
	aliases  []id.ID
	enrolled bool
	facts    earn.Facts
}

// priceBasket prices the basket of the form with the offers that are in force,
// and the draft on the page as if it were. What cannot be read is in the errors.
//
// It asks the offers themselves, as flow does: drafts are not known to flow,
// and who writes offers need not be allowed to sell.
func (c *Console) priceBasket(p *previewPage) (*priced, web.FormErrors, error) {
	r := &readings{typed: p.figures(), currency: p.programme.Currency, faults: map[string]error{}}
	out := &priced{Sale: sale.Sale{Lines: p.readLines(r)}}
	at := p.readWhen(r, c.Now())
	who, err := c.shopper(p, r)
	if err != nil || len(r.faults) > 0 {
		return nil, r.errors(p.Page), err
	}
	out.who = who.name
	err = c.DB.View(p.ctx(), func(q db.Queryer) error {
		items, err := furnishLines(p.visit, q, out.Lines)
		if err != nil {
			return err
		}
		out.Reckon()
		who.facts.Kind, who.facts.Occurred, who.facts.Shop = string(journal.Purchase), at, p.form.Shop
		who.facts.Lines, who.facts.Goods, who.facts.Total = out.Lines, out.Goods, out.Total
		set, err := p.offerset(q)
		if err != nil {
			return err
		}
		usage, err := usageOf(p.visit, q, set, who, at)
		if err != nil {
			return err
		}
		codes, err := p.presented(q, who, at)
		if err != nil {
			return err
		}
		shop, err := p.shopID(q)
		if err != nil {
			return err
		}
		if usage.Shops, err = promo.LoadShopBudgets(p.ctx(), q, set.ShopLimits(at, shop, p.form.Shop)); err != nil {
			return err
		}
		out.Pricing = set.Price(promo.Basket{Facts: &who.facts, ShopID: shop, Items: items, Enrolled: who.enrolled, Codes: codes}, usage)
		return p.multiply(q, out, who)
	})
	return out, nil, err
}

// shopID returns the shop of the form; 0 where none is chosen.
func (p *previewPage) shopID(q db.Queryer) (id.ID, error) {
	shops, err := program.Shops(p.ctx(), q, p.programme.ID)
	for _, s := range shops {
		if s.Code == p.form.Shop {
			return s.ID, err
		}
	}
	return 0, err
}

// multiply completes a pricing with the points that offers give on top of what
// the rules would, whose own limits are not asked.
func (p *previewPage) multiply(q db.Queryer, out *priced, who shopper) error {
	if !out.Raises() {
		return nil
	}
	var grants []earn.Grant
	if who.enrolled {
		rules, err := earn.LoadRuleset(p.ctx(), q, p.programme.ID)
		if err != nil {
			return err
		}
		paid := sale.Sale{Lines: slices.Clone(out.Lines)}
		for i := range paid.Lines {
			paid.Lines[i].Amount = out.Amounts[i]
		}
		paid.Reckon()
		facts := who.facts
		facts.Lines, facts.Goods, facts.Total = paid.Lines, paid.Goods, paid.Total
		grants = rules.Decide(&facts, earn.Usage{}).Grants
	}
	kept, err := walletsOf(p.ctx(), q, p.programme.ID)
	if err != nil {
		return err
	}
	out.Raise(grants, func(wallet id.ID, points int64) int64 {
		w := kept.get(wallet)
		if w == nil {
			return 0
		}
		n, err := w.Unit.Apply(points, money.Floor)
		if err != nil {
			return math.MaxInt64
		}
		return n
	})
	return nil
}

// offerset returns the programme's offers, with the draft on the page.
func (p *previewPage) offerset(q db.Queryer) (*promo.Offerset, error) {
	set, err := promo.LoadOfferset(p.ctx(), q, p.programme.ID)
	if err != nil || p.offer.Draft() == nil {
		return set, err
	}
	return set.WithDraft(*p.version)
}

// readLines reads the lines; one without code, category and price says nothing.
func (p *previewPage) readLines(r *readings) []sale.Line {
	var lines []sale.Line
	for i, l := range p.form.Lines {
		if l.SKU == "" && l.Category == "" && l.Price == "" {
			continue
		}
		price, quantity := rowField("line", i, "price"), rowField("line", i, "quantity")
		unit, n := r.amount(price, l.Price), r.figure(quantity, cmp.Or(l.Quantity, "1"), unitDecimals)
		if l.Price == "" {
			r.faults[price] = needed()
		}
		amount, err := money.NewRate(max(0, n), 1000).Apply(max(0, unit), money.HalfUp)
		switch {
		case unit < 0 && r.faults[price] == nil:
			r.faults[price] = fault.Invalid("preview_price", "a price is not below zero")
		case (n <= 0 || err != nil || amount > money.MaxMinor) && r.faults[quantity] == nil:
			r.faults[quantity] = fault.Invalid("preview_quantity", "a quantity is above zero and not absurd")
		}
		lines = append(lines, sale.Line{SKU: l.SKU, Category: l.Category, Quantity: n, Amount: amount, Fee: l.Fee})
	}
	if len(lines) == 0 {
		r.faults[rowField("line", 0, "sku")] = fault.Invalid("preview_empty", "put something into the basket")
	}
	return lines
}

func (p *previewPage) readWhen(r *readings, now time.Time) time.Time {
	if p.form.When == "" {
		return now
	}
	at, err := time.ParseInLocation("2006-01-02T15:04", p.form.When, p.programme.Zone)
	if err != nil {
		r.faults["when"] = notADay(p.form.When)
	}
	return at
}

// furnishLines fills in what the catalogue knows of the goods.
func furnishLines(v *visit, q db.Queryer, lines []sale.Line) ([]promo.Item, error) {
	var skus []string
	for _, l := range lines {
		if l.SKU != "" && !slices.Contains(skus, l.SKU) {
			skus = append(skus, l.SKU)
		}
	}
	found, err := product.Lookup(v.ctx(), q, v.programme.ID, skus)
	if err != nil {
		return nil, err
	}
	items := make([]promo.Item, len(lines))
	for i := range lines {
		l := &lines[i]
		known, is := found[l.SKU]
		if !is {
			continue
		}
		l.Name, l.Category = known.Name, cmp.Or(l.Category, known.Category)
		items[i].Brand = known.Brand
		if items[i].Cost, err = money.NewRate(l.Quantity, 1000).Apply(known.Cost, money.Ceil); err != nil {
			return nil, err
		}
	}
	return items, nil
}

// shopper finds out who buys: the member who is named, or somebody of a kind.
func (c *Console) shopper(p *previewPage, r *readings) (shopper, error) {
	if p.form.Member == "" || !p.can(auth.MembersRead) {
		s := shopper{enrolled: p.form.Customer != firstTimer, facts: earn.Facts{Nth: 2, Rank: p.form.Rank}}
		if !s.enrolled {
			s.facts.Nth, s.facts.Rank = 1, ""
		}
		return s, nil
	}
	found, err := c.Members.Search(p.ctx(), p.actor, member.Query{
		ProgrammeID: p.programme.ID, Text: p.form.Member, Region: p.programme.Settings.Region, Limit: 2,
	})
	switch {
	case err != nil:
		return shopper{}, err
	case len(found.Members) == 0:
		r.faults["member"] = fault.Missing("preview_nobody", "nobody is known by this")
		return shopper{}, nil
	case len(found.Members) > 1:
		r.faults["member"] = fault.Invalid("preview_several", "several fit; give the whole number")
		return shopper{}, nil
	}
	known, err := c.readPerson(p.visit, found.Members[0].ID)
	if err != nil {
		return shopper{}, err
	}
	s := shopper{name: known.name, aliases: known.Aliases, enrolled: known.Status == member.Enrolled, facts: earn.Facts{
		Nth: known.tally.Purchases + 1, Tags: known.Tags, Member: known.Attributes,
	}}
	if len(known.ladders) > 0 {
		s.facts.Rank = known.ladders[0].Standing.Rank
	}
	return s, nil
}

// usageOf returns what has been used of the limits that bear on the shopper, and
// on those who were merged into them.
func usageOf(v *visit, q db.Queryer, set *promo.Offerset, who shopper, at time.Time) (promo.Usage, error) {
	slots, funded := set.Limits(at)
	wants := promo.Wants{}
	if len(slots) > 0 {
		for _, m := range who.aliases {
			wants[m] = slots
		}
	}
	counts, err := promo.LoadUsage(v.ctx(), q, wants)
	if err != nil {
		return promo.Usage{}, err
	}
	budgets, err := promo.LoadBudgets(v.ctx(), q, funded)
	u := promo.Usage{Budgets: budgets}
	for _, m := range who.aliases {
		u.Merged = append(u.Merged, counts[m])
	}
	return u, err
}

// madeUpCode stands for a code of the offer on the page where it shall be priced
// as if one were shown.
const madeUpCode = "…"

// presented returns the codes of the form.
func (p *previewPage) presented(q db.Queryer, who shopper, at time.Time) ([]promo.Presented, error) {
	var list []promo.Presented
	if p.form.WithCode && p.version.Spec.WithCode {
		list = append(list, promo.Presented{Text: madeUpCode, Code: &promo.Code{OfferID: p.offer.ID, Text: madeUpCode}})
	}
	var keys []promo.CodeKey
	typed := splitList(p.form.Codes)
	for _, text := range typed {
		keys = append(keys, promo.CodeKey{ProgrammeID: p.programme.ID, Text: promo.NormaliseCode(text)})
	}
	found, err := promo.LoadCodes(p.ctx(), q, keys)
	if err != nil {
		return nil, err
	}
	for i, k := range keys {
		one := promo.Presented{Text: k.Text, Typed: typed[i], Code: found[k]}
		if one.Code != nil {
			one.Refused = one.Code.Usable(who.aliases, at)
		}
		list = append(list, one)
	}
	return list, nil
}

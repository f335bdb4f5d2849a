package console

import (
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/web"
)

func (p *offerPage) head() web.Head {
	return web.Head{Title: p.offer.Name, Lead: p.lead(), Crumbs: p.offerCrumbs(p.offer.Name), Actions: offerPageActions(p)}
}

func (v *visit) offerCrumbs(last string) []web.Crumb {
	return []web.Crumb{{Label: v.T("console.offer.offers"), Href: v.at("/offers")}, {Label: last}}
}

// lead says how the offer stands.
func (p *offerPage) lead() string {
	s, version := offerStand(&p.offer, p.now)
	switch {
	case s == standsLive && p.offer.Draft() != nil:
		return p.T("console.rule.lead_both", "since", p.Date(version.Begins))
	case s == standsLive && version.Ends.IsZero():
		return p.T("console.offer.lead_live", "since", p.Date(version.Begins))
	case s == standsLive:
		return p.T("console.offer.lead_until", "until", p.Date(version.Ends.Add(-time.Second)))
	case s == standsAhead:
		return p.T("console.offer.lead_ahead", "from", p.Date(version.Begins))
	case s == standsDraft:
		return p.T("console.offer.lead_draft")
	case !held(version):
		return p.T("console.offer.lead_never")
	}
	return p.T("console.offer.lead_over", "until", p.Date(version.Ends))
}

// sum is what all versions have given.
func (p *offerPage) sum() given {
	var g given
	for _, r := range p.results {
		g = g.and(r)
	}
	return g
}

// tiles are what came of the offer.
func (p *offerPage) tiles() []web.Stat {
	g := p.sum()
	uses := web.Stat{Sentence: p.T("console.offer.used_says", "n", g.uses), Figure: p.Number(g.uses), Note: p.T("console.offer.never_used")}
	cost := web.Stat{Sentence: p.T("console.offer.cost_says"), Figure: p.Money(g.amount, "")}
	if g.uses == 0 {
		return []web.Stat{uses, cost}
	}
	uses.Note = p.T("console.offer.last_used", "at", p.ShortDate(g.last))
	return []web.Stat{uses, cost, {Sentence: p.T("console.offer.each_says"), Figure: p.Money(g.amount/g.uses, "")}}
}

// budgets say how far the budget of the version that counts is used up.
func (p *offerPage) budgets() []web.Work {
	_, version := offerStand(&p.offer, p.now)
	g, b := p.sum(), version.Spec.Budget
	var list []web.Work
	if b.Amount > 0 {
		list = append(list, web.Work{
			Label: p.T("console.offer.budget_amount_of", "some", p.Money(g.amount, ""), "all", p.Money(b.Amount, "")), Done: g.amount, Total: b.Amount,
		})
	}
	if b.Uses > 0 {
		list = append(list, web.Work{Label: p.T("console.offer.budget_uses_of", "some", g.uses, "all", b.Uses), Done: g.uses, Total: b.Uses})
	}
	return append(list, p.shopBudgets()...)
}

// readShopBudgets reads what the budgets of shops have given in their periods
// of now.
func (c *Console) readShopBudgets(p *offerPage) (err error) {
	_, version := offerStand(&p.offer, p.now)
	if len(version.Spec.PerShop) == 0 {
		return nil
	}
	if p.shops, err = c.Programmes.Shops(p.ctx(), p.actor, p.programme.ID); err != nil {
		return err
	}
	p.shops = append(p.shops, program.Shop{Name: p.T("console.offer.no_shop_named")})
	var slots []promo.ShopSlot
	for _, s := range p.shops {
		for _, f := range version.ShopFunds(s.ID, s.Code, p.now, p.programme.Zone) {
			slots = append(slots, f.Slot)
		}
	}
	p.spent, err = promo.LoadShopBudgets(p.ctx(), c.DB.Reader(), slots)
	return err
}

// shownShops bounds the budgets of shops on an offer's page.
const shownShops = 20

// shopBudgets say how far the budgets of shops are used up that were used at
// all in their periods of now.
func (p *offerPage) shopBudgets() []web.Work {
	_, version := offerStand(&p.offer, p.now)
	var list []web.Work
	for _, s := range p.shops {
		for _, f := range version.ShopFunds(s.ID, s.Code, p.now, p.programme.Zone) {
			had := p.spent[f.Slot]
			if had.Uses == 0 || len(list) >= shownShops {
				continue
			}
			period := string(f.Slot.Period)
			if f.Limit.Amount > 0 {
				list = append(list, web.Work{
					Label: p.T("console.offer.shop_amount_of", "shop", s.Name, "period", period, "some", p.Money(had.Amount, ""), "all", p.Money(f.Limit.Amount, "")),
					Done:  had.Amount, Total: f.Limit.Amount,
				})
			}
			if f.Limit.Uses > 0 {
				list = append(list, web.Work{
					Label: p.T("console.offer.shop_uses_of", "shop", s.Name, "period", period, "some", had.Uses, "all", f.Limit.Uses), Done: had.Uses, Total: f.Limit.Uses,
				})
			}
		}
	}
	return list
}

func (p *offerPage) versions() web.Table {
	t := web.Table{Caption: p.T("console.rule.versions"), Columns: []web.Column{
		{Head: p.T("console.rule.version")}, {Head: p.T("console.rule.says")}, {Head: p.T("console.rule.state")}, {Head: p.T("console.rule.in_force")},
		{Head: p.T("console.offer.uses"), Figures: true}, {Head: p.T("console.offer.cost"), Figures: true},
	}}
	for i := range p.offer.Versions {
		version := &p.offer.Versions[i]
		s, r := standOf(version, p.now), p.results[version.ID]
		t.Rows = append(t.Rows, web.Row{Quiet: s == standsOver || s == standsWithdrawn, Cells: []templ.Component{
			web.Words(p.T("console.offer.version_n", "n", version.Number)), web.Words(p.tell(version, p.names)[0]), standBadge(p.visit, s),
			web.Words(p.promoSpan(version)), web.Words(p.Number(r.Uses)), web.Words(p.Money(r.Amount, "")),
		}})
	}
	return t
}

// takesCodes reports whether the offer asks, or shall ask, for a code.
func (p *offerPage) takesCodes() bool {
	_, version := offerStand(&p.offer, p.now)
	d := p.offer.Draft()
	return version.Spec.WithCode || d != nil && d.Spec.WithCode
}

func (p *offerPage) codesAction() templ.Component {
	if !p.can(auth.CodesWrite) || len(p.batches) == 0 {
		return nil
	}
	return web.Action(web.Button{Label: p.T("console.code.new"), Small: true, Icon: web.IconPlus, Href: p.path("/codes/new")})
}

func (p *offerPage) codesTable() web.Table {
	h := web.Hint{Icon: web.IconCode, Title: p.T("console.code.none_of"), Text: p.T("console.code.none_of_text")}
	if p.can(auth.CodesWrite) {
		h.Next = &web.Button{Label: p.T("console.code.new"), Icon: web.IconPlus, Href: p.path("/codes/new")}
	}
	return p.batchTable(p.batches, nil, web.Empty(h))
}

func (p *offerPage) editKey() string {
	if p.offer.Draft() != nil {
		return "console.rule.edit_draft"
	}
	return "console.rule.write_next"
}

func (p *offerPage) publishText() string {
	if p.first() {
		return "console.offer.publish_text_first"
	}
	return "console.offer.publish_text_next"
}

func (p *offerPage) withdrawAction() templ.Component {
	if !p.can(auth.RulesPublish) {
		return nil
	}
	return web.Action(web.Button{Label: p.T("console.offer.withdraw"), Kind: web.Quiet, Small: true, Opens: "withdraw"})
}

func (p *offerPage) discardAction() templ.Component {
	if !p.can(auth.RulesWrite) {
		return nil
	}
	return web.Action(web.Button{Label: p.T("console.rule.discard"), Kind: web.Quiet, Small: true, Icon: web.IconDelete, Opens: "discard"})
}

// inForce are the versions that hold now or shall hold.
func (p *offerPage) inForce() []*promo.Version {
	var list []*promo.Version
	for _, s := range []stand{standsLive, standsAhead} {
		if version := versionThat(&p.offer, p.now, s); version != nil {
			list = append(list, version)
		}
	}
	return list
}

// inForceTitle heads what a version that was published says.
func (p *offerPage) inForceTitle(version *promo.Version) string {
	return p.T("console.offer.part." + string(standOf(version, p.now)))
}

func (v *visit) offerLink(offer id.ID, name string) templ.Component {
	if !v.can(auth.RulesRead) {
		return web.Words(name)
	}
	return web.Link(v.offerPath(offer, ""), name)
}

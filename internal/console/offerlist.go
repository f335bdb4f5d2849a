package console

import (
	"slices"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/condition"
	"regulars/internal/id"
	"regulars/internal/promo"
	"regulars/internal/web"
)

// offerList is the page of all offers.
type offerList struct {
	*visit
	offers []promo.History
	names  condition.Names
	now    time.Time
	given  map[id.ID]given // by offer
	show   string
}

// offerViews are what the list can be narrowed to; the first is what is not
// over, for anybody.
var offerViews = []string{"current", "regulars", "newcomers", "code", "ended"}

func (c *Console) showOffers(v *visit) error {
	l := &offerList{visit: v, now: c.Now(), given: map[id.ID]given{}, show: v.field("show")}
	if !slices.Contains(offerViews, l.show) {
		l.show = offerViews[0]
	}
	var err error
	if l.offers, err = c.Promo.List(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if l.names, err = c.promoNames(v); err != nil {
		return err
	}
	results, err := promo.Results(v.ctx(), c.DB.Reader(), v.programme.ID)
	if err != nil {
		return err
	}
	for _, r := range results {
		l.given[r.OfferID] = l.given[r.OfferID].and(r)
	}
	order := []stand{standsLive, standsAhead, standsDraft, standsOver, standsWithdrawn}
	slices.SortStableFunc(l.offers, func(a, b promo.History) int {
		one, _ := offerStand(&a, l.now)
		other, _ := offerStand(&b, l.now)
		return slices.Index(order, one) - slices.Index(order, other)
	})
	return v.render(offerListPage(l))
}

// fits reports whether an offer belongs to a view of the list.
func (l *offerList) fits(h *promo.History, show string) bool {
	s, version := offerStand(h, l.now)
	over := s == standsOver || s == standsWithdrawn
	switch show {
	case "ended":
		return over
	case "regulars":
		return !over && version.Spec.Audience != promo.Newcomers
	case "newcomers":
		return !over && version.Spec.Audience == promo.Newcomers
	case "code":
		return !over && version.Spec.WithCode
	}
	return !over
}

func (l *offerList) tabs() []web.Tab {
	var tabs []web.Tab
	for i, show := range offerViews {
		n := int64(0)
		for k := range l.offers {
			if l.fits(&l.offers[k], show) {
				n++
			}
		}
		query := show
		if i == 0 {
			query = ""
		}
		tabs = append(tabs, web.Tab{
			Label: l.T("console.offer.show." + show), Href: l.at("/offers", "show", query), Count: l.Number(n), Current: show == l.show,
		})
	}
	return tabs
}

func (l *offerList) head() web.Head {
	count := map[stand]int{}
	for i := range l.offers {
		s, _ := offerStand(&l.offers[i], l.now)
		count[s]++
		if s != standsDraft && l.offers[i].Draft() != nil {
			count[standsDraft]++
		}
	}
	h := web.Head{Title: l.T("console.offer.offers"), Lead: l.T("console.offer.lead", "live", count[standsLive], "drafts", count[standsDraft])}
	actions := []web.Button{{Label: l.T("console.discount.see"), Href: l.at("/offers/discounts")}}
	if l.can(auth.RulesWrite) {
		actions = append(actions, web.Button{Label: l.T("console.offer.new"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/offers/new")})
	}
	h.Actions = web.Actions(actions...)
	return h
}

func (l *offerList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.offer.offers"),
		Columns: []web.Column{
			{Head: l.T("console.offer.offer")}, {Head: l.T("console.rule.state")}, {Head: l.T("console.rule.in_force")},
			{Head: l.T("console.offer.uses"), Figures: true}, {Head: l.T("console.offer.cost"), Figures: true},
		},
		Empty: l.empty(),
	}
	for i := range l.offers {
		h := &l.offers[i]
		if !l.fits(h, l.show) {
			continue
		}
		_, version := offerStand(h, l.now)
		g := l.given[h.ID]
		t.Rows = append(t.Rows, web.Row{
			Href: l.offerPath(h.ID, ""), Quiet: l.show == "ended",
			Cells: []templ.Component{
				ruleLine(h.Name, l.tell(version, l.names)[:1]), offerStates(l.visit, h, l.now), web.Words(l.promoSpan(version)),
				web.Words(l.Number(g.uses)), web.Words(l.Money(g.amount, "")),
			},
		})
	}
	return t
}

func (l *offerList) empty() templ.Component {
	if len(l.offers) > 0 {
		return web.Empty(web.Hint{Icon: web.IconOffer, Title: l.T("console.offer.none_" + l.show), Text: l.T("console.offer.none_so")})
	}
	h := web.Hint{Icon: web.IconOffer, Title: l.T("console.offer.none"), Text: l.T("console.offer.none_text")}
	if l.can(auth.RulesWrite) {
		h.Next = &web.Button{Label: l.T("console.offer.start.percent"), Kind: web.Primary, Icon: web.IconPlus, Href: l.startPath("percent")}
	}
	return web.Empty(h)
}

// startPath opens the editor with the answers of a start filled in.
func (v *visit) startPath(start string) string {
	return v.at("/offers/new", "start", start, "name", v.T("console.offer.start."+start))
}

// promoSpan says when a version is or was in force. Days are shown as they were
// chosen: the last one is whole.
func (v *visit) promoSpan(version *promo.Version) string {
	switch {
	case !held(version):
		return "—"
	case version.Ends.IsZero():
		return v.T("console.rule.span_since", "since", v.ShortDate(version.Begins))
	}
	return v.T("console.rule.span", "from", v.ShortDate(version.Begins), "to", v.ShortDate(version.Ends.Add(-time.Second)))
}

// standBadge says how a version stands.
func standBadge(v *visit, s stand) templ.Component {
	tone := map[stand]web.Tone{standsLive: web.Good, standsAhead: web.Accent, standsDraft: web.Warn}[s]
	return web.Badge(tone, v.T("console.offer.stand."+string(s)))
}

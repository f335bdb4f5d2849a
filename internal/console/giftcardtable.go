package console

import (
	"github.com/a-h/templ"

	"time"

	"regulars/internal/auth"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/web"
)

func (v *visit) giftTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("console.giftcard.cards"), Href: v.at("/gift-cards"), Current: current == "cards"},
		{Label: v.T("console.giftcard.campaigns"), Href: v.at("/gift-cards/campaigns"), Current: current == "campaigns"},
	}
}

// giftHead is the head of both lists.
func (v *visit) giftHead(all giftcard.Results) web.Head {
	h := web.Head{Title: v.T("console.giftcard.title"), Lead: v.T("console.giftcard.lead", "n", all.Cards, "left", all.Left, "spent", all.Spent)}
	if v.can(auth.GiftCardsIssue) && all.Cards > 0 {
		h.Actions = web.Action(web.Button{Label: v.T("console.giftcard.issue"), Kind: web.Primary, Icon: web.IconPlus, Href: v.at("/gift-cards/issue")})
	}
	return h
}

// filtered reports whether not all cards are asked for.
func (l *giftList) filtered() bool {
	return l.query.Text != "" || l.query.State != "" || l.query.CampaignID != 0 || l.query.BatchID != 0
}

// shownID is how an address names what is asked for, empty for nothing.
func shownID(n id.ID, p id.Prefix) string {
	if n == 0 {
		return ""
	}
	return n.In(p)
}

// address is that of the list under the same filter, with more to it.
func (l *giftList) address(path string, query ...string) string {
	return l.at(path, append([]string{
		"campaign", shownID(l.query.CampaignID, id.GiftCampaign), "batch", shownID(l.query.BatchID, id.GiftBatch),
	}, query...)...)
}

func (l *giftList) page(trail string) string {
	return l.address("/gift-cards", "q", l.query.Text, "state", string(l.query.State), trailName, trail)
}

func (l *giftList) cursor() web.Cursor {
	c := web.Cursor{Target: "#found"}
	if len(l.trail) > 0 {
		c.Previous = l.page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = l.page(l.trail.forth(l.next.In(id.GiftCard)))
	}
	return c
}

func (l *giftList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.giftcard.every_state")}}
	for _, s := range giftcard.States() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, string(l.query.State))
}

func (l *giftList) campaignOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.giftcard.every_campaign")}}
	for _, k := range l.campaigns {
		options = append(options, web.Option{Value: k.ID.In(id.GiftCampaign), Label: k.Name})
	}
	return web.Choose(options, shownID(l.query.CampaignID, id.GiftCampaign))
}

// download is the way to the numbers of the batch or campaign that is shown.
func (l *giftList) download() bool {
	return l.can(auth.GiftCardsIssue) && (l.query.BatchID != 0 || l.query.CampaignID != 0) && len(l.cards) > 0
}

func (l *giftList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.giftcard.cards"),
		Columns: []web.Column{
			{Head: l.T("console.giftcard.number")}, {Head: l.T("console.giftcard.state")}, {Head: l.T("console.giftcard.campaign")},
			{Head: l.T("console.giftcard.until"), Figures: true}, {Head: l.T("console.giftcard.left"), Figures: true},
		},
		Empty: l.empty(),
	}
	for _, card := range l.cards {
		state := card.StateAt(l.now)
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/gift-cards/" + card.ID.In(id.GiftCard)), Quiet: state == giftcard.Expired,
			Cells: []templ.Component{
				twoLines(giftcard.MaskNumber(card.Number), card.Label), giftState(l.visit, state), web.Words(firstOr(campaignName(l.campaigns, card.CampaignID), "—")),
				web.Words(l.end(card, l.now)), giftLeft(l.visit, card, l.now),
			},
		})
	}
	return t
}

func (l *giftList) empty() templ.Component {
	if l.filtered() {
		return web.Empty(web.Hint{Icon: web.IconSearch, Title: l.T("console.giftcard.not_found"), Text: l.T("console.giftcard.not_found_text")})
	}
	h := web.Hint{Icon: web.IconGift, Title: l.T("console.giftcard.none"), Text: l.T("console.giftcard.none_text")}
	if l.can(auth.GiftCardsIssue) {
		h.Next = &web.Button{Label: l.T("console.giftcard.issue"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/gift-cards/issue")}
	}
	return web.Empty(h)
}

func giftState(v *visit, s giftcard.State) templ.Component {
	tone := map[giftcard.State]web.Tone{giftcard.Active: web.Good, giftcard.Blocked: web.Bad, giftcard.Inactive: web.Neutral, giftcard.Expired: web.Neutral}[s]
	return web.Badge(tone, v.Say(s.Text()))
}

// giftLeft is what is left on a card, or what it will be worth.
func giftLeft(v *visit, card *giftcard.Card, now time.Time) templ.Component {
	if card.State != giftcard.Inactive {
		return web.Words(v.Money(card.BalanceAt(now), ""))
	}
	if card.Face == 0 {
		return web.Muted(v.T("console.giftcard.open_value"))
	}
	return web.Muted(v.T("console.giftcard.face", "value", card.Face))
}

// end is the last day of a card in words.
func (v *visit) end(card *giftcard.Card, _ time.Time) string {
	switch {
	case !card.Expires.IsZero():
		return v.ShortDate(card.Expires.Add(-time.Microsecond))
	case card.Months > 0:
		return v.T("console.giftcard.term", "n", card.Months)
	}
	return v.T("console.giftcard.endless")
}

// says sums a campaign up in a sentence.
func (p *giftCampaignPage) says(k giftcard.Campaign) string {
	paid := "none"
	switch {
	case k.Cost > 0 && k.Cost == k.Spent:
		paid = "all"
	case k.Cost > 0:
		paid = "part"
	}
	return p.T("console.giftcard.says", "name", k.Name, "cards", k.Cards, "claimed", k.Claimed, "expired", k.Results.Expired, "inactive", k.Inactive, "spent", k.Spent, "cost", k.Cost, "paid", paid)
}

func (p *giftCampaignPage) table() web.Table {
	t := web.Table{Caption: p.T("console.giftcard.campaigns"), Columns: []web.Column{{Head: p.T("console.giftcard.campaign")}}, Empty: p.empty()}
	for _, head := range []string{"number_of", "claimed", "unclaimed", "lapsed", "added", "spent", "left", "cost"} {
		t.Columns = append(t.Columns, web.Column{Head: p.T("console.giftcard." + head), Figures: true})
	}
	figures := func(first templ.Component, r giftcard.Results) []templ.Component {
		cells := []templ.Component{first}
		for _, n := range []int64{r.Cards, r.Claimed, r.Unclaimed, r.Expired} {
			cells = append(cells, web.Words(p.Number(n)))
		}
		for _, n := range []int64{r.Added, r.Spent, r.Left, r.Cost} {
			cells = append(cells, web.Words(p.Money(n, "")))
		}
		return cells
	}
	for _, k := range p.campaigns {
		t.Rows = append(t.Rows, web.Row{Href: p.at("/gift-cards", "campaign", k.ID.In(id.GiftCampaign)), Cells: figures(web.Words(k.Name), k.Results)})
	}
	if len(p.campaigns) > 0 {
		t.Foot = figures(web.Words(p.T("console.giftcard.all_cards")), p.all)
	}
	return t
}

func (p *giftCampaignPage) empty() templ.Component {
	h := web.Hint{Icon: web.IconGift, Title: p.T("console.giftcard.no_campaign"), Text: p.T("console.giftcard.no_campaign_text")}
	if p.can(auth.GiftCardsIssue) {
		h.Next = &web.Button{Label: p.T("console.giftcard.issue"), Kind: web.Primary, Icon: web.IconPlus, Href: p.at("/gift-cards/issue")}
	}
	return web.Empty(h)
}

// title is the number, whole for those who may have it.
func (p *giftPage) title() string {
	if p.can(auth.GiftCardsIssue) {
		return giftcard.ShowNumber(p.card.Number)
	}
	return giftcard.MaskNumber(p.card.Number)
}

// lead says what can be done with the card now.
func (p *giftPage) lead() string {
	state := p.card.StateAt(p.now)
	last := p.card.Expires.Add(-time.Microsecond)
	switch {
	case state == giftcard.Active && !p.card.Expires.IsZero():
		return p.T("console.giftcard.lead_until", "left", p.card.Balance, "last", last)
	case state == giftcard.Expired:
		return p.T("console.giftcard.lead_expired", "last", last)
	}
	return p.T("console.giftcard.lead_"+string(state), "left", p.card.Balance)
}

func (p *giftPage) path(verb string) string {
	return p.at("/gift-cards/" + p.card.ID.In(id.GiftCard) + verb)
}

// actions are what may be done with the card, the likely first.
func (p *giftPage) actions() templ.Component {
	var list []web.Button
	switch p.card.StateAt(p.now) {
	case giftcard.Inactive:
		if p.can(auth.GiftCardsSell) {
			list = append(list, web.Button{Label: p.T("console.giftcard.activate"), Kind: web.Primary, Opens: "activate"})
		}
	case giftcard.Active:
		if p.can(auth.GiftCardsSell) && !p.card.Given {
			list = append(list, web.Button{Label: p.T("console.giftcard.top_up"), Kind: web.Primary, Icon: web.IconPlus, Opens: "top-up"})
		}
		if p.can(auth.GiftCardsBlock) {
			list = append(list, web.Button{Label: p.T("console.giftcard.block"), Opens: "block"})
		}
	case giftcard.Blocked:
		if p.can(auth.GiftCardsBlock) {
			list = append(list, web.Button{Label: p.T("console.giftcard.unblock"), Kind: web.Primary, Opens: "unblock"})
		}
	}
	if len(list) == 0 {
		return nil
	}
	return web.Actions(list...)
}

// facts are what is known of the card.
func (p *giftPage) facts() []web.Definition {
	c := p.card
	list := []web.Definition{{Term: p.T("console.giftcard.state"), About: giftState(p.visit, c.StateAt(p.now))}}
	add := func(key, words string) {
		if words != "" {
			list = append(list, web.Definition{Term: p.T("console.giftcard." + key), About: web.Words(words)})
		}
	}
	date := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return p.Date(t)
	}
	add("left", p.Money(c.BalanceAt(p.now), ""))
	if c.State == giftcard.Inactive {
		list[1] = web.Definition{Term: p.T("console.giftcard.worth"), About: giftLeft(p.visit, c, p.now)}
	}
	add("until", p.end(c, p.now))
	switch {
	case c.Given:
		add("paid_for", p.T("console.giftcard.paid_for_no"))
	case c.State != giftcard.Inactive:
		add("paid_for", p.T("console.giftcard.paid_for_yes"))
	}
	add("since", date(c.Activated))
	add("claimed_at", date(c.Claimed))
	add("campaign", p.campaign)
	add("label", c.Label)
	if p.owner != "" {
		list = append(list, web.Definition{Term: p.T("console.giftcard.member"), About: web.Link(p.at("/members/"+c.MemberID.In(id.Member)), p.owner)})
	}
	return list
}

func (p *giftPage) table() web.Table {
	t := web.Table{
		Caption: p.T("console.giftcard.movements"),
		Columns: []web.Column{{Head: p.T("console.points.when")}, {Head: p.T("console.points.what")}, {Head: p.T("console.giftcard.amount"), Figures: true}},
		Empty:   web.Empty(web.Hint{Icon: web.IconWallet, Title: p.T("console.giftcard.no_movements"), Text: p.T("console.giftcard.no_movements_text")}),
	}
	for _, e := range p.moves {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.TwoLines(p.ShortDate(e.At), p.Clock(e.At)), web.Words(p.Say(e.Kind.Text())), giftMoved(p.visit, e),
		}})
	}
	return t
}

func (p *giftPage) cursor() web.Cursor {
	var c web.Cursor
	if len(p.trail) > 0 {
		c.Previous = address(p.path(""), trailName, p.trail.back())
	}
	if p.next != 0 {
		c.Next = address(p.path(""), trailName, p.trail.forth(p.next.In(id.Entry)))
	}
	return c
}

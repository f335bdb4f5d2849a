package console

import (
	"cmp"
	"time"

	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/reward"
	"regulars/internal/web"
)

func (v *visit) rewardTabs(current string) []web.Tab {
	tabs := []web.Tab{
		{Label: v.T("console.reward.catalogue"), Href: v.at("/rewards"), Current: current == "catalogue"},
		{Label: v.T("console.reward.taken"), Href: v.at("/rewards/taken"), Current: current == "taken"},
	}
	if v.can(auth.ReportsRead) {
		tabs = append(tabs, web.Tab{Label: v.T("console.payback.title"), Href: v.at("/rewards/payback"), Current: current == "payback"})
	}
	return tabs
}

func (l *rewardList) head() web.Head {
	uses, waiting, given := int64(0), int64(0), int64(0)
	for _, r := range l.results {
		uses, waiting, given = uses+r.Uses, waiting+r.Waiting, given+r.Given+r.Matched
	}
	lead := l.T("console.reward.lead", "n", len(l.all), "uses", uses, "waiting", waiting)
	if given > 0 {
		lead += " " + l.T("console.reward.donated", "given", given)
	}
	h := web.Head{Title: l.T("console.reward.title"), Lead: lead}
	if l.can(auth.RewardsWrite) && len(l.all) > 0 {
		h.Actions = web.Action(web.Button{Label: l.T("console.reward.new"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/rewards/new")})
	}
	return h
}

func (l *rewardList) stateOptions() []web.Option {
	options := []web.Option{{Label: l.T("console.reward.every_state")}}
	for _, s := range reward.States() {
		options = append(options, web.Option{Value: string(s), Label: l.Say(s.Text())})
	}
	return web.Choose(options, l.state)
}

func (l *rewardList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.reward.catalogue"),
		Columns: []web.Column{
			{Head: l.T("console.reward.name")}, {Head: l.T("console.reward.state")}, {Head: l.T("console.reward.price"), Figures: true},
			{Head: l.T("console.reward.left"), Figures: true}, {Head: l.T("console.reward.uses"), Figures: true},
		},
		Empty: l.empty(),
	}
	for _, r := range l.found {
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/rewards/" + r.ID.In(id.Reward)), Quiet: r.State == reward.Withdrawn,
			Cells: []templ.Component{
				l.named(&r), rewardState(l.visit, r.State), web.Words(l.price(l.wallets, r.WalletID, r.Points, r.Money)),
				web.Words(l.left(l.stocks[r.ID])), web.Words(l.Number(l.results[r.ID].Uses)),
			},
		})
	}
	return t
}

// named is a reward by its name, with its picture where any has one.
func (l *rewardList) named(r *reward.Reward) templ.Component {
	if !reward.Pictured(l.all) {
		return twoLines(r.Name, about(l.visit, r))
	}
	return web.Named(l.looks(r), r.Name, about(l.visit, r))
}

// looks is what a reward looks like, in the language of who looks.
func (v *visit) looks(r *reward.Reward) web.Picture {
	p := &r.Picture
	alt := p.Alt(string(v.Lang()), v.programme.Languages[0])
	return web.Picture{Src: p.Address(), Alt: alt.Text, Lang: alt.Lang, Width: p.Width, Height: p.Height}
}

// about says what sort of reward it is, and who gives it.
func about(v *visit, r *reward.Reward) string {
	if r.Partner != "" {
		return v.Say(r.Kind.Text()) + " · " + r.Partner
	}
	return v.Say(r.Kind.Text())
}

func rewardState(v *visit, s reward.State) templ.Component {
	tone := web.Neutral
	if s == reward.Published {
		tone = web.Good
	}
	return web.Badge(tone, v.Say(s.Text()))
}

func progressState(v *visit, n *reward.Redemption) templ.Component {
	tone := map[reward.Progress]web.Tone{reward.Redeemed: web.Warn, reward.HandedOut: web.Good, reward.Undone: web.Neutral, reward.Lapsed: web.Bad}[n.State]
	return web.Badge(tone, v.Say(n.Text()))
}

// price says points, and money on top if there is any.
func (v *visit) price(w wallets, wallet id.ID, points, money int64) string {
	said := v.Decimal(points, w.decimals(wallet))
	if found := w.get(wallet); found != nil {
		said += " " + found.Name
	}
	if money > 0 {
		said += " + " + v.Money(money, "")
	}
	return said
}

// left says how many there still are.
func (v *visit) left(s *reward.Stock) string {
	if s == nil || s.Of == db.Never {
		return v.T("console.reward.any_number")
	}
	return v.T("console.reward.left_of", "left", s.Left(), "of", s.Of)
}

func (l *rewardList) empty() templ.Component {
	if len(l.all) > 0 {
		return web.Empty(web.Hint{Icon: web.IconSearch, Title: l.T("console.reward.not_found"), Text: l.T("console.reward.not_found_text")})
	}
	h := web.Hint{Icon: web.IconGift, Title: l.T("console.reward.none"), Text: l.T("console.reward.none_text")}
	if l.can(auth.RewardsWrite) {
		h.Next = &web.Button{Label: l.T("console.reward.new"), Kind: web.Primary, Icon: web.IconPlus, Href: l.at("/rewards/new")}
	}
	return web.Empty(h)
}

func (l *takenList) page(trail string) string {
	return l.at("/rewards/taken", "state", l.state, trailName, trail)
}

func (l *takenList) cursor() web.Cursor {
	c := web.Cursor{Target: "#found"}
	if len(l.trail) > 0 {
		c.Previous = l.page(l.trail.back())
	}
	if l.next != 0 {
		c.Next = l.page(l.trail.forth(l.next.In(id.Redemption)))
	}
	return c
}

func (l *takenList) stateOptions() []web.Option {
	var options []web.Option
	for _, p := range reward.Progresses() {
		options = append(options, web.Option{Value: string(p), Label: l.Say(p.Text())})
	}
	options = append(options, web.Option{Value: "all", Label: l.T("console.reward.every_state")})
	if l.state == "" {
		return web.Choose(options, string(reward.Redeemed))
	}
	return web.Choose(options, l.state)
}

// takenRows is the table of redemptions, with name and price where they are of
// several rewards.
func takenRows(v *visit, list []*reward.Redemption, w wallets, several bool, empty web.Hint) web.Table {
	t := web.Table{Caption: v.T("console.reward.taken"), Empty: web.Empty(empty)}
	add := func(key string, figures bool) {
		t.Columns = append(t.Columns, web.Column{Head: v.T("console.reward." + key), Figures: figures})
	}
	if several {
		add("name", false)
	}
	add("code", false)
	add("state", false)
	if several {
		add("price", true)
	}
	add("when", true)
	for _, n := range list {
		code := cmp.Or(reward.ShowCode(n.Code), "—")
		cells := []templ.Component{web.Words(code), progressState(v, n), web.Words(v.ShortDate(n.Occurred))}
		if several {
			cells = []templ.Component{web.Words(n.Name), cells[0], cells[1], web.Words(v.price(w, n.WalletID, n.Points, n.Money)), cells[2]}
		}
		t.Rows = append(t.Rows, web.Row{Href: v.at("/rewards/taken/" + n.ID.In(id.Redemption) + "/details"), Quiet: n.State == reward.Undone, Cells: cells})
	}
	return t
}

func (l *takenList) table() web.Table {
	if l.text != "" {
		return takenRows(l.visit, l.list, l.wallets, true, web.Hint{Icon: web.IconSearch, Title: l.T("console.reward.no_code"), Text: l.T("console.reward.no_code_text")})
	}
	return takenRows(l.visit, l.list, l.wallets, true, web.Hint{Icon: web.IconCheck, Title: l.T("console.reward.none_taken"), Text: l.T("console.reward.none_taken_text")})
}

func (p *rewardPage) table() web.Table {
	return takenRows(p.visit, p.latest, p.wallets, false, web.Hint{Icon: web.IconGift, Title: p.T("console.reward.none_taken"), Text: p.T("console.reward.nobody_took")})
}

// lead sums up what became of the reward.
func (p *rewardPage) lead() string {
	r := p.results
	said := p.T("console.reward.result", "uses", r.Uses, "points", p.Decimal(r.Points, p.wallets.decimals(p.reward.WalletID)), "waiting", r.Waiting)
	if r.Given > 0 {
		said += " " + p.T("console.reward.gave", "given", r.Given, "matched", r.Matched, "charity", p.reward.Partner)
	}
	return said
}

func (p *rewardPage) path(more string) string {
	return p.at("/rewards/" + p.reward.ID.In(id.Reward) + more)
}

func (p *rewardPage) actions() templ.Component {
	if !p.can(auth.RewardsWrite) {
		return nil
	}
	edit := web.Button{Label: p.T("console.reward.edit"), Icon: web.IconEdit, Href: p.path("/edit")}
	if p.reward.State == reward.Published {
		return web.Actions(edit, web.Button{Label: p.T("console.reward.withdraw"), Opens: "withdraw"})
	}
	return web.Actions(web.Button{Label: p.T("console.reward.publish"), Kind: web.Primary, Opens: "publish"}, edit)
}

// named says what ranks are called.
func (p *rewardPage) named(codes []string) string {
	var names []string
	for _, code := range codes {
		for _, r := range p.ranks {
			if r.Code == code {
				code = r.Name
				break
			}
		}
		names = append(names, code)
	}
	return strings.Join(names, ", ")
}

func (p *rewardPage) facts() []web.Definition {
	r := &p.reward
	list := []web.Definition{
		{Term: p.T("console.reward.state"), About: rewardState(p.visit, r.State)}, {Term: p.T("console.reward.kind"), About: web.Words(about(p.visit, r))},
		{Term: p.T("console.reward.price"), About: web.Words(p.price(p.wallets, r.WalletID, r.Points, r.Money))}, {Term: p.T("console.reward.left"), About: web.Words(p.left(p.stock))},
	}
	add := func(key, words string) {
		list = append(list, web.Definition{Term: p.T("console.reward." + key), About: web.Words(words)})
	}
	if r.Limit.Times > 0 {
		add("limit", p.T("console.reward.limit_says", "times", r.Limit.Times, "period", p.T("console.reward.per."+string(r.Limit.Period))))
	}
	if len(r.Ranks) > 0 {
		add("ranks", p.named(r.Ranks))
	}
	if len(r.EarlyRanks) > 0 {
		add("early", p.T("console.reward.early_says", "day", r.Early, "ranks", p.named(r.EarlyRanks)))
	}
	if !r.Begins.IsZero() {
		add("begins", p.Date(r.Begins))
	}
	if !r.Ends.IsZero() {
		add("last_day", p.Date(r.Ends.Add(-time.Microsecond)))
	}
	if r.PickUpDays > 0 {
		add("pick_up", p.T("console.reward.days", "n", r.PickUpDays))
	}
	return list
}

func (p *redemptionPage) actions() templ.Component {
	if !p.can(auth.RedemptionsWrite) || p.n.State == reward.Undone {
		return nil
	}
	undo := web.Button{Label: p.T("console.reward.undo"), Opens: "undo"}
	if p.n.State != reward.Redeemed {
		return web.Actions(undo)
	}
	return web.Actions(web.Button{Label: p.T("console.reward.hand_out"), Kind: web.Primary, Icon: web.IconCheck, Opens: "hand-out"}, undo)
}

func (p *redemptionPage) facts() []web.Definition {
	n := p.n
	list := []web.Definition{
		{Term: p.T("console.reward.state"), About: progressState(p.visit, n)}, {Term: p.T("console.reward.price"), About: web.Words(p.price(p.wallets, n.WalletID, n.Points, n.Money))},
		{Term: p.T("console.reward.when"), About: web.Words(p.DateTime(n.Occurred))},
	}
	if !n.Due.IsZero() {
		list = append(list, web.Definition{Term: p.T("console.reward.due"), About: web.Words(p.Date(n.Due.Add(-time.Microsecond)))})
	}
	if !n.Closed.IsZero() {
		list = append(list, web.Definition{Term: p.T("console.reward.closed"), About: web.Words(p.DateTime(n.Closed))})
	}
	return list
}

func (p *redemptionPage) path(more string) string {
	return p.at("/rewards/taken/" + p.n.ID.In(id.Redemption) + more)
}

// paid says whether money is paid on top, for a choice of words.
func (p *redemptionPage) paid() string {
	if p.n.Money == 0 {
		return "no"
	}
	return "yes"
}

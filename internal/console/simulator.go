package console

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/tier"
	"regulars/internal/web"
)

func (c *Console) simulatorRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/simulator", permission: auth.SimulateRun, do: c.showSimulator},
		{pattern: "POST /p/{slug}/simulator", permission: auth.SimulateRun, do: c.runSimulator},
	}
}

// simulatorPage is where drafts are put together and set beside one another.
type simulatorPage struct {
	*visit
	rules    []earn.Version
	ladders  []tier.Ladder // with their drafts as their only versions
	offers   []promo.Version
	rewards  []reward.Reward
	decimals map[id.ID]int // of wallets
	latest   []simulation
	form     url.Values
	errs     web.FormErrors
}

// sides are the drafts that can be put together on the page.
var sides = []string{"a", "b"}

func (c *Console) simulator(v *visit) (*simulatorPage, error) {
	p := &simulatorPage{visit: v, form: url.Values{"low": {"3"}, "high": {"7"}}, decimals: map[id.ID]int{}}
	rules, err := c.Rules.List(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return nil, err
	}
	for i := range rules {
		if d := rules[i].Draft(); d != nil {
			p.rules = append(p.rules, *d)
		}
	}
	plans, err := c.Ladders.List(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return nil, err
	}
	for _, plan := range plans {
		if plan.Draft != nil {
			l := plan.Ladder
			l.Versions = []tier.Version{{Number: 1, Definition: plan.Draft.Definition}}
			p.ladders = append(p.ladders, l)
		}
	}
	offers, err := c.Promo.List(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return nil, err
	}
	for i := range offers {
		if d := offers[i].Draft(); d != nil {
			p.offers = append(p.offers, *d)
		}
	}
	return p, c.furnishSimulator(p)
}

// furnishSimulator reads the rewards and what was simulated before.
func (c *Console) furnishSimulator(p *simulatorPage) error {
	wallets, err := c.Ledger.Wallets(p.ctx(), p.actor, p.programme.ID)
	if err != nil {
		return err
	}
	for _, w := range wallets {
		p.decimals[w.ID] = w.Decimals
	}
	rewards, err := c.Rewards.List(p.ctx(), p.actor, p.programme.ID)
	if err != nil {
		return err
	}
	p.rewards = slices.DeleteFunc(rewards, func(r reward.Reward) bool { return r.State != reward.Published })
	p.latest, err = c.simulationsOf(p.programme.ID, 0)
	return err
}

func (c *Console) showSimulator(v *visit) error {
	p, err := c.simulator(v)
	if err != nil {
		return err
	}
	return v.render(simulatorShown(p))
}

// runSimulator starts what was put together.
func (c *Console) runSimulator(v *visit) error {
	p, err := c.simulator(v)
	if err != nil {
		return err
	}
	v.field("low") // reads the form
	p.form = v.r.PostForm
	again := func(errs web.FormErrors) component {
		p.errs = errs
		return simulatorShown(p)
	}
	band, err := p.band()
	if err != nil {
		return v.mend(err, again)
	}
	var drafts []flow.Draft
	for _, side := range sides {
		d, err := p.draft(side)
		if err != nil {
			return v.mend(err, again)
		}
		if d.Name != "" {
			drafts = append(drafts, d)
		}
	}
	if len(drafts) == 0 {
		return v.mend(fault.Invalid("nothing_chosen", "choose what the draft changes").At("/a"), again)
	}
	return c.simulate(v, band, drafts...)
}

// band reads the part of customers' value that is aimed at, in percent.
func (p *simulatorPage) band() (flow.Band, error) {
	var b flow.Band
	for name, into := range map[string]*int64{"low": &b.Low, "high": &b.High} {
		n, err := strconv.ParseUint(strings.TrimSpace(p.form.Get(name)), 10, 7)
		if err != nil || n > 100 {
			return b, fault.Invalid("percent_malformed", "write a whole number from 0 to 100").At("/" + name)
		}
		*into = int64(n) * 100
	}
	if b.Low > b.High {
		return b, fault.Invalid("band_upside_down", "the band ends before it begins").At("/high").With("low", b.Low/100).With("high", b.High/100)
	}
	return b, nil
}

// draft puts together what was chosen for a side; without a name when nothing
// was.
func (p *simulatorPage) draft(side string) (flow.Draft, error) {
	var d flow.Draft
	var names []string
	for _, part := range p.parts() {
		if slices.Contains(p.form[side], part.value) {
			part.add(&d)
			names = append(names, part.name)
		}
	}
	for _, r := range p.rewards {
		name := priceField(side, r)
		text := strings.TrimSpace(p.form.Get(name))
		if text == "" {
			continue
		}
		points, err := ledger.ParsePoints(text, p.decimals[r.WalletID])
		if err != nil {
			return d, fault.Invalid("not_points", "write how many points in digits").At("/"+name).With("decimals", p.decimals[r.WalletID])
		}
		r.Points = points
		d.Rewards = append(d.Rewards, r)
		names = append(names, p.T("console.simulator.reward_at", "name", r.Name, "points", text))
	}
	if len(names) > 0 {
		d.Name = cmp.Or(strings.TrimSpace(p.form.Get("name_"+side)), strings.Join(names, " + "))
	}
	return d, nil
}

func priceField(side string, r reward.Reward) string {
	return "price_" + side + "_" + r.ID.In(id.Reward)
}

// part is a draft that can be chosen.
type part struct {
	value, name string
	add         func(*flow.Draft)
}

// parts are all drafts there are: of rules, ladders, offers.
func (p *simulatorPage) parts() []part {
	var list []part
	for _, v := range p.rules {
		list = append(list, part{v.Rule.ID.In(id.Rule), v.Rule.Name, func(d *flow.Draft) { d.Rules = append(d.Rules, v) }})
	}
	for _, l := range p.ladders {
		list = append(list, part{l.ID.In(id.Ladder), l.Versions[0].Name, func(d *flow.Draft) { d.Ladders = append(d.Ladders, l) }})
	}
	for _, v := range p.offers {
		list = append(list, part{v.OfferID.In(id.Offer), v.Name, func(d *flow.Draft) { d.Offers = append(d.Offers, v) }})
	}
	return list
}

// options are the parts as one side shows them.
func (p *simulatorPage) options(side string) []web.Option {
	var list []web.Option
	for _, one := range p.parts() {
		kind, _, _ := strings.Cut(one.value, "_")
		list = append(list, web.Option{
			Value: one.value, Label: one.name, Help: p.T("console.simulator.kind_" + kind), Chosen: slices.Contains(p.form[side], one.value),
		})
	}
	return list
}

func (p *simulatorPage) head() web.Head {
	return web.Head{Title: p.T("console.simulator.title"), Lead: p.T("console.simulator.lead")}
}

// price asks what a reward would cost on a side.
func (p *simulatorPage) price(side string, r reward.Reward) web.Field {
	name := priceField(side, r)
	return web.Field{
		Name: name, Label: r.Name, Value: p.form.Get(name), Error: p.errs[name], Optional: true, Width: web.Short,
		Placeholder: p.Decimal(r.Points, p.decimals[r.WalletID]), Help: p.T("console.simulator.price_help", "points", p.Decimal(r.Points, p.decimals[r.WalletID])),
		Attrs: templ.Attributes{"inputmode": "decimal", "autocomplete": "off"},
	}
}

func (p *simulatorPage) percentField(name string) web.Field {
	return web.Field{
		Name: name, Label: p.T("console.simulator." + name), Value: p.form.Get(name), Error: p.errs[name], Suffix: "%", Width: web.Short,
		Attrs: templ.Attributes{"inputmode": "numeric", "autocomplete": "off"},
	}
}

package guest

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/plan"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// planPath is the page of paid memberships.
const planPath = "/plan"

// shownCharges bounds the payments on the page.
const shownCharges = 24

func (g *Guest) planRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme + planPath, do: g.showPlan},
		{pattern: "POST " + inProgramme + planPath, do: g.joinPlan},
		{pattern: "POST " + inProgramme + planPath + "/leave", do: g.leavePlan},
		{pattern: "GET " + inProgramme + changePath, do: g.showChange},
		{pattern: "POST " + inProgramme + changePath, do: g.changePlan},
	}
}

// plans is the page of the paid membership that the customer has, or can have.
type plans struct {
	*visit
	// all are the customer's memberships, the latest first; live is the one that
	// has not ended, or nil.
	all  []plan.View
	live *plan.View
	// every is each plan of the programme, sold those that can be joined.
	every    []*plan.Plan
	sold     []*plan.Plan
	settings plan.Settings
	ladders  []tier.Ladder
	wallets  []ledger.Wallet
	nonce    string
	wrong    string
}

func (g *Guest) readPlans(v *visit) (*plans, error) {
	p := &plans{visit: v, nonce: nonce()}
	var err error
	if p.all, err = g.Plans.Of(v.ctx(), wallet, v.programme.ID, v.who.ID); err != nil {
		return nil, err
	}
	for i := range p.all {
		if p.all[i].State != plan.Ended && p.live == nil {
			p.live = &p.all[i]
		}
	}
	if p.settings, err = g.Plans.Settings(v.ctx(), wallet, v.programme.ID); err != nil {
		return nil, err
	}
	return p, g.DB.View(v.ctx(), func(q db.Queryer) error {
		all, err := plan.All(v.ctx(), q, v.programme.ID)
		if err != nil {
			return err
		}
		p.every, p.sold = all, plan.Joinable(all)
		if p.ladders, err = tier.LoadLadders(v.ctx(), q, v.programme.ID); err != nil {
			return err
		}
		p.wallets, err = ledger.Wallets(v.ctx(), q, v.programme.ID)
		return err
	})
}

func (g *Guest) showPlan(v *visit) error {
	p, err := g.readPlans(v)
	if err != nil {
		return err
	}
	return v.render(planPage(p))
}

// joinPlan joins a plan at the price that was shown, or takes leaving it back.
func (g *Guest) joinPlan(v *visit) error {
	wanted := v.field("plan")
	err := g.once(v, "plan:"+wanted, func() error {
		chosen, err := plan.Load(v.ctx(), g.DB.Reader(), v.programme.ID, wanted)
		if err != nil {
			return err
		}
		if v.field("version") != strconv.Itoa(chosen.Latest().Number) {
			return fault.Conflict("guest_plan_changed", "the plan has changed since the page was shown; look at it again")
		}
		_, err = g.Plans.Join(v.ctx(), wallet, v.programme.ID, v.who.ID, wanted)
		if f := fault.As(err); f != nil && f.Code == "subscription_live" {
			return fault.Conflict("guest_plan_live", "you are in a plan already; leave it first, and keep it until its end")
		}
		return err
	})
	return g.planDone(v, err, "guest.plan.joined")
}

// leavePlan ends the customer's membership. Who has none any more has left.
func (g *Guest) leavePlan(v *visit) error {
	err := g.once(v, "leave plan", func() error {
		_, err := g.Plans.Leave(v.ctx(), wallet, v.programme.ID, v.who.ID)
		if f := fault.As(err); f != nil && f.Code == "no_subscription" {
			return nil
		}
		return err
	})
	return g.planDone(v, err, "guest.plan.gone")
}

// planDone goes back to the page, or shows there why something was refused.
func (g *Guest) planDone(v *visit, err error, done string) error {
	if err == nil {
		return v.done(v.at(planPath), done)
	}
	p, failed := g.readPlans(v)
	if failed != nil {
		return failed
	}
	return v.refused(err, func(why string) component {
		p.wrong = why
		return planPage(p)
	})
}

// planDoor leads to the plans where some are sold or the customer is in one.
func planDoor(v *visit, q db.Queryer) (*web.Button, error) {
	all, err := plan.All(v.ctx(), q, v.programme.ID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	mine, err := plan.Current(v.ctx(), q, v.programme.ID, []id.ID{v.who.ID})
	if err != nil || len(mine) == 0 && len(plan.Joinable(all)) == 0 {
		return nil, err
	}
	return &web.Button{Label: v.T("guest.plan.nav"), Href: v.at(planPath), Icon: web.IconOffer}, nil
}

// lead says what the customer has.
func (p *plans) lead() string {
	if p.live == nil {
		return p.T("guest.plan.lead_none", "n", len(p.sold))
	}
	return p.T("guest.plan.lead."+string(p.live.State), "plan", p.named(p.live.Plan.Version(p.live.Version)), "day", p.ends(), "due", p.due(), "sum", p.owed())
}

// ends is when the present period ends, or zero.
func (p *plans) ends() time.Time { return p.live.Ends }

// plan is the one with the id.
func (p *plans) plan(n id.ID) *plan.Plan {
	return p.every[slices.IndexFunc(p.every, func(one *plan.Plan) bool { return one.ID == n })]
}

// unpaid is the payment that is to be made first, or nil.
func (p *plans) unpaid() *plan.Charge {
	var first *plan.Charge
	for _, c := range p.live.Charges {
		if owed(c) && (first == nil || c.Due.Before(first.Due)) {
			first = c
		}
	}
	return first
}

func owed(c *plan.Charge) bool {
	return !c.Void && (c.State == plan.Due || c.State == plan.Requested || c.State == plan.Failed)
}

func (p *plans) due() time.Time {
	if c := p.unpaid(); c != nil {
		return c.Due
	}
	return p.live.Ends
}

func (p *plans) owed() string {
	if c := p.unpaid(); c != nil {
		return p.Money(c.Amount, "")
	}
	return p.Money(p.live.Price, "")
}

func (p *plans) named(v *plan.Version) string { return p.title(v).Text }

// title is what a plan is called, and own what the shop says of it.
func (p *plans) title(v *plan.Version) i18n.Said { return v.Named(p.langs()...) }

func (p *plans) own(v *plan.Version) i18n.Said { return v.Described(p.langs()...) }

// price says what one interval costs.
func (p *plans) price(v *plan.Version) string {
	return p.T("guest.plan.price", "sum", p.Money(v.Price, ""), "every", p.Say(v.Interval.Text()))
}

// gives says what a plan gives: rank and points.
func (p *plans) gives(v *plan.Version) string {
	var said []string
	for i := range p.ladders {
		if p.ladders[i].ID == v.LadderID {
			said = append(said, p.T("guest.plan.gives_rank", "rank", rankName(&p.ladders[i], v.Rank, p.now)))
		}
	}
	of := walletOf(p.wallets, v.WalletID)
	if v.Welcome > 0 && !p.had(func(t *plan.Terms) bool { return t.Welcomed }) {
		said = append(said, p.T("guest.plan.gives_welcome", "points", p.visit.price(of, v.Welcome, 0)))
	}
	if v.Renewal > 0 {
		said = append(said, p.T("guest.plan.gives_renewal", "points", p.visit.price(of, v.Renewal, 0)))
	}
	return strings.Join(said, " ")
}

// trial is how many days are free for this customer.
func (p *plans) trial(v *plan.Version) int {
	if p.had(func(t *plan.Terms) bool { return t.Trialled }) {
		return 0
	}
	return v.TrialDays
}

// had reports whether something that happens once was in one of the customer's
// memberships.
func (p *plans) had(what func(*plan.Terms) bool) bool {
	for i := range p.all {
		if what(&p.all[i].Terms) {
			return true
		}
	}
	return false
}

// terms say what joining binds to.
func (p *plans) terms(v *plan.Version) string {
	return p.T("guest.plan.terms", "trial", p.trial(v), "grace", v.GraceDays, "back", p.settings.WithdrawalDays)
}

// leaving says what leaving now comes to.
func (p *plans) leaving() string {
	switch {
	case p.live.State == plan.Waiting || p.live.State == plan.Grace:
		return p.T("guest.plan.leave_unpaid")
	case p.live.Withdraws(p.settings.WithdrawalDays, p.now.In(p.Zone())):
		return p.T("guest.plan.leave_back")
	}
	return p.T("guest.plan.leave_later", "day", p.ends())
}

// coming says what changes with the next period: another plan, or a price that
// was announced.
func (p *plans) coming() string {
	latest := p.live.Plan.Latest()
	switch {
	case p.live.State == plan.Left || p.live.State == plan.Waiting:
		return ""
	case p.live.Next != nil:
		return p.T("guest.plan.next", "day", p.ends(), "plan", p.named(p.live.Follows()), "price", p.price(p.live.Follows()))
	case p.live.Upgrade() != nil:
		up := p.live.Upgrade()
		return p.T("guest.plan.upgrade", "plan", p.named(p.plan(up.PlanID).Version(up.Version)), "sum", p.Money(up.Amount, ""), "due", up.Due)
	case p.live.NoticeVersion == latest.Number && latest.Price > p.live.Price:
		return p.T("guest.plan.dearer", "price", p.price(latest))
	}
	return ""
}

// payments are what was asked of the customer, the latest first.
func (p *plans) payments() []web.Happening {
	var list []web.Happening
	for i := range p.all {
		for j := len(p.all[i].Charges) - 1; j >= 0 && len(list) < shownCharges; j-- {
			list = append(list, p.payment(p.all[i].Charges[j]))
		}
	}
	return list
}

func (p *plans) payment(c *plan.Charge) web.Happening {
	h := web.Happening{Day: p.Date(c.Made), Icon: web.IconOffer, Title: p.T("guest.plan.for", "purpose", string(c.Purpose)), Figure: p.Money(c.Amount, ""), Tone: chargeTone[c.State]}
	state := string(c.State)
	if owed(c) && c.State != plan.Failed {
		state = "open"
	}
	h.Note = p.T("guest.plan.charge", "state", state, "due", c.Due, "paid", c.Paid, "refund", p.Money(c.Refund, ""))
	if c.Invoice > 0 {
		h.Note += " " + p.T("guest.plan.invoice", "n", c.Invoice)
	}
	return h
}

var chargeTone = map[plan.ChargeState]web.Tone{
	plan.Due: web.Warn, plan.Requested: web.Warn, plan.Failed: web.Bad, plan.Paid: web.Good,
	plan.Cancelled: web.Neutral, plan.RefundDue: web.Accent, plan.Refunded: web.Good,
}

// ware is a plan that can be joined, as it is laid out.
func (p *plans) ware(one *plan.Plan) web.Ware {
	v := one.Latest()
	return web.Ware{ID: one.ID.In(id.Plan), Name: p.named(v), Lang: p.title(v).Lang, Own: p.own(v), Price: p.price(v), About: p.gives(v), Note: p.terms(v)}
}

package console

import (
	"cmp"
	"context"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/plan"
	"regulars/internal/web"
)

// planPath is the address of the plans.
const planPath = inProgramme + "/plans"

func (c *Console) planRoutes() []route {
	one, charge := planPath+"/{plan}", planPath+"/charges/{charge}"
	return []route{
		{pattern: "GET " + planPath, permission: auth.PlansRead, do: c.plans},
		{pattern: "GET " + memberPath + "/plan", permission: auth.PlansRead, do: c.memberPlan},
		{pattern: "POST " + memberPath + "/plan/join", permission: auth.SubscriptionsWrite, do: c.joinPlan},
		{pattern: "POST " + memberPath + "/plan/change", permission: auth.SubscriptionsWrite, do: c.changePlan},
		{pattern: "POST " + memberPath + "/plan/leave", permission: auth.SubscriptionsWrite, do: c.leavePlan},
		{pattern: "POST " + memberPath + "/plan/charges/{charge}/paid", permission: auth.ChargesWrite, do: c.noteMemberCharge(plan.MarkPaid, "console.plan.noted_paid")},
		{pattern: "POST " + memberPath + "/plan/charges/{charge}/refunded", permission: auth.ChargesWrite, do: c.noteMemberCharge(plan.MarkRefunded, "console.plan.noted_refunded")},
		{pattern: "GET " + planPath + "/new", permission: auth.PlansWrite, do: c.newPlan},
		{pattern: "POST " + planPath + "/new", permission: auth.PlansWrite, do: c.createPlan},
		{pattern: "GET " + planPath + "/members", permission: auth.PlansRead, do: c.subscriptions},
		{pattern: "GET " + planPath + "/charges", permission: auth.PlansRead, do: c.charges},
		{pattern: "POST " + charge + "/paid", permission: auth.ChargesWrite, do: c.noteCharge(plan.MarkPaid, "console.plan.noted_paid")},
		{pattern: "POST " + charge + "/refunded", permission: auth.ChargesWrite, do: c.noteCharge(plan.MarkRefunded, "console.plan.noted_refunded")},
		{pattern: "GET " + planPath + "/payment", permission: auth.PlansRead, do: c.payment},
		{pattern: "POST " + planPath + "/payment", permission: auth.ChargesWrite, do: c.savePayment},
		{pattern: "GET " + one, permission: auth.PlansRead, do: c.plan},
		{pattern: "GET " + one + "/edit", permission: auth.PlansWrite, do: c.editPlan},
		{pattern: "POST " + one + "/edit", permission: auth.PlansWrite, do: c.savePlan},
		{pattern: "POST " + one + "/publish", permission: auth.PlansWrite, do: c.turnPlan(c.Plans.Publish, "console.plan.published")},
		{pattern: "POST " + one + "/retire", permission: auth.PlansWrite, do: c.turnPlan(c.Plans.Retire, "console.plan.retired")},
	}
}

// planList is every plan with who is in it.
type planList struct {
	*visit
	all     []*plan.Plan
	results map[id.ID]plan.Results
}

func (c *Console) plans(v *visit) error {
	l := &planList{visit: v}
	var err error
	if l.all, err = c.Plans.List(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if l.results, err = c.planResults(v); err != nil {
		return err
	}
	return v.render(planListPage(l))
}

func (c *Console) planResults(v *visit) (map[id.ID]plan.Results, error) {
	list, err := c.Plans.Results(v.ctx(), v.actor, v.programme.ID)
	byPlan := make(map[id.ID]plan.Results, len(list))
	for _, r := range list {
		byPlan[r.PlanID] = r
	}
	return byPlan, err
}

// planPage is one plan with what became of it.
type planPage struct {
	*visit
	plan    *plan.Plan
	result  plan.Results
	wallets wallets
	ranks   map[string]string
	errs    web.FormErrors
}

func (c *Console) meetPlan(v *visit) (*planPage, error) {
	p := &planPage{visit: v}
	var err error
	if p.plan, err = c.Plans.Get(v.ctx(), v.actor, v.programme.ID, v.r.PathValue("plan")); err != nil {
		return nil, err
	}
	results, err := c.planResults(v)
	if err != nil {
		return nil, err
	}
	p.result = results[p.plan.ID]
	f := &planForm{visit: v}
	if err := c.furnishPlan(f); err != nil {
		return nil, err
	}
	p.wallets, p.ranks = f.wallets, f.rankNames()
	return p, nil
}

func (c *Console) plan(v *visit) error {
	p, err := c.meetPlan(v)
	if err != nil {
		return err
	}
	return v.render(planShown(p))
}

// turnPlan puts a plan on sale or takes it off.
func (c *Console) turnPlan(turn func(context.Context, auth.Actor, id.ID, string) (*plan.Plan, error), key string) func(*visit) error {
	return func(v *visit) error {
		p, err := c.meetPlan(v)
		if err != nil {
			return err
		}
		if _, err := turn(v.ctx(), v.actor, v.programme.ID, p.plan.Code); err != nil {
			return v.mend(err, func(errs web.FormErrors) component {
				p.errs = errs
				return planShown(p)
			})
		}
		return v.done(p.path(""), key)
	}
}

// planRows is how many rows the lists of this part show on a page.
const planRows = 30

// subscriptionList is a page of who is in a plan.
type subscriptionList struct {
	*visit
	state string
	trail trail
	list  []*plan.Subscription
	next  id.ID
	names map[id.ID]string
	who   people
}

func (c *Console) subscriptions(v *visit) error {
	l := &subscriptionList{visit: v, state: v.field("state"), trail: v.trail()}
	query := plan.Query{ProgrammeID: v.programme.ID, State: l.state, Limit: planRows + 1}
	var err error
	if mark := l.trail.mark(); mark != "" {
		if query.Before, err = id.Parse(id.Subscription, mark); err != nil {
			return err
		}
	}
	if l.list, err = c.Plans.Subscriptions(v.ctx(), v.actor, query); err != nil {
		return err
	}
	if len(l.list) > planRows {
		l.list = l.list[:planRows]
		l.next = l.list[planRows-1].ID
	}
	if l.names, err = c.planNames(v); err != nil {
		return err
	}
	members := make([]id.ID, len(l.list))
	for i, s := range l.list {
		members[i] = s.MemberID
	}
	if l.who, err = c.readPeople(v, members...); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(subscriptionTable(l))
	}
	return v.render(subscriptionPage(l))
}

func (c *Console) planNames(v *visit) (map[id.ID]string, error) {
	plans, err := plan.All(v.ctx(), c.DB.Reader(), v.programme.ID)
	names := make(map[id.ID]string, len(plans))
	for _, p := range plans {
		names[p.ID] = v.planName(p)
	}
	return names, err
}

// planName is a plan's name in the reader's language, if it has one.
func (v *visit) planName(p *plan.Plan) string {
	if latest := p.Latest(); latest != nil {
		return latest.Name(append([]string{string(v.Lang())}, v.programme.Languages...)...)
	}
	return p.Code
}

// chargeList is a page of what is asked for.
type chargeList struct {
	*visit
	state string
	trail trail
	list  []*plan.Charge
	next  id.ID
	names map[id.ID]string
	who   people
	errs  web.FormErrors
}

// The choices of charges beside their states: openState, which is shown first, is
// what can still be paid, so that one whose payment failed is not lost from sight.
const (
	openState  = "open"
	everyState = "all"
)

func (c *Console) chargeList(v *visit) (*chargeList, error) {
	l := &chargeList{visit: v, state: cmp.Or(v.field("state"), openState), trail: v.trail()}
	query := plan.Query{ProgrammeID: v.programme.ID, Limit: planRows + 1}
	switch l.state {
	case openState:
		query.Open = true
	case everyState:
	default:
		query.State = l.state
	}
	var err error
	if mark := l.trail.mark(); mark != "" {
		if query.Before, err = id.Parse(id.Charge, mark); err != nil {
			return nil, err
		}
	}
	if l.list, err = c.Plans.Charges(v.ctx(), v.actor, query); err != nil {
		return nil, err
	}
	if len(l.list) > planRows {
		l.list = l.list[:planRows]
		l.next = l.list[planRows-1].ID
	}
	members := make([]id.ID, len(l.list))
	for i, one := range l.list {
		members[i] = one.MemberID
	}
	if l.who, err = c.readPeople(v, members...); err != nil {
		return nil, err
	}
	l.names, err = c.planNames(v)
	return l, err
}

func (c *Console) charges(v *visit) error {
	l, err := c.chargeList(v)
	if err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(chargeTable(l))
	}
	return v.render(chargePage(l))
}

// noteCharge notes what became of a charge and goes back to the list.
func (c *Console) noteCharge(mark plan.Mark, key string) func(*visit) error {
	return func(v *visit) error {
		charge, err := v.pathID("charge", id.Charge)
		if err != nil {
			return err
		}
		if _, err := c.Plans.Note(v.ctx(), v.actor, v.programme.ID, charge, mark, v.field("reference")); err != nil {
			return v.mend(err, func(errs web.FormErrors) component {
				l, failure := c.chargeList(v)
				if failure != nil {
					l = &chargeList{visit: v}
				}
				l.errs = errs
				return chargePage(l)
			})
		}
		return v.done(v.at("/plans/charges"), key)
	}
}

// paymentPage is how money is asked for.
type paymentPage struct {
	*visit
	now    plan.Settings
	secret string
	errs   web.FormErrors
}

func (c *Console) payment(v *visit) error {
	p := &paymentPage{visit: v}
	var err error
	if p.now, err = c.Plans.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(planPaymentPage(p))
}

func (c *Console) savePayment(v *visit) error {
	p := &paymentPage{visit: v}
	to := plan.Settings{Method: plan.Method(v.field("method")), URL: v.field("url")}
	withdrawal, err := v.figures().read(v.field("withdrawal_days"), 0)
	if err != nil {
		err = placed(err, "/withdrawal_days")
	}
	notice, failure := v.figures().read(v.field("notice_days"), 0)
	if failure != nil && err == nil {
		err = placed(failure, "/notice_days")
	}
	to.WithdrawalDays, to.NoticeDays = int(min(withdrawal, 1000)), int(min(notice, 1000))
	if err == nil {
		p.now, p.secret, err = c.Plans.SetSettings(v.ctx(), v.actor, v.programme.ID, to, v.field("new_secret") != "")
	}
	if err != nil {
		p.now = to
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return planPaymentPage(p)
		})
	}
	if p.secret != "" {
		v.w.Header().Set("Cache-Control", "no-store")
		return v.render(planSecretPage(p))
	}
	return v.done(v.at("/plans/payment"), "console.plan.payment_saved")
}

// furnishPlan reads what there is to choose from.
func (c *Console) furnishPlan(f *planForm) error {
	return c.DB.View(f.ctx(), func(q db.Queryer) (err error) {
		if f.wallets, err = walletsOf(f.ctx(), q, f.programme.ID); err != nil {
			return err
		}
		f.ladders, err = laddersOf(f.ctx(), q, f.programme.ID)
		return err
	})
}

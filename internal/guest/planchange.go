package guest

import (
	"slices"
	"strconv"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/plan"
	"regulars/internal/web"
)

// changePath is the page on which going over to another plan is agreed.
const changePath = planPath + "/change"

// turning is the page that says what going over to another plan comes to.
type turning struct {
	*plans
	*plan.Turn
}

// others are the plans that the customer can go over to; none while a period is
// unpaid or once they have left.
func (p *plans) others() []*plan.Plan {
	if p.live.State != plan.Waiting && p.live.State != plan.Trial && p.live.State != plan.Active {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.sold), func(one *plan.Plan) bool { return one.ID == p.live.PlanID || p.awaits(one) })
}

// awaits reports whether a plan is chosen for later already.
func (p *plans) awaits(one *plan.Plan) bool {
	up := p.live.Upgrade()
	return p.live.Next != nil && p.live.Next.ID == one.ID || up != nil && up.PlanID == one.ID
}

// turns reports whether another plan is chosen that can be taken back.
func (p *plans) turns() bool { return p.live.Next != nil || p.live.Upgrade() != nil }

// showChange says what going over to a plan comes to, before anything is done.
func (g *Guest) showChange(v *visit) error {
	p, err := g.readPlans(v)
	if err != nil {
		return err
	}
	turn, err := g.Plans.Preview(v.ctx(), wallet, v.programme.ID, v.who.ID, v.field("plan"))
	if err != nil {
		return v.refused(err, func(why string) component {
			p.wrong = why
			return planPage(p)
		})
	}
	return v.render(changePage(&turning{p, turn}))
}

// changePlan goes over to a plan as it was shown: at no other version and for no
// more.
func (g *Guest) changePlan(v *visit) error {
	wanted := v.field("plan")
	err := g.once(v, "turn:"+wanted, func() error {
		version, err := strconv.Atoi(v.field("version"))
		if err != nil {
			return fault.Invalid("guest_form", "the form cannot be read; send it again")
		}
		charge, err := strconv.ParseInt(v.field("charge"), 10, 64)
		if err != nil {
			return fault.Invalid("guest_form", "the form cannot be read; send it again")
		}
		_, err = g.Plans.ChangeAsSeen(v.ctx(), wallet, v.programme.ID, v.who.ID, wanted, plan.Seen{Version: version, Charge: charge})
		return err
	})
	if f := fault.As(err); f == nil || f.Code != "plan_turn_moved" {
		return g.planDone(v, err, "guest.plan.turn.done")
	}
	p, failed := g.readPlans(v)
	if failed != nil {
		return failed
	}
	return v.refused(err, func(why string) component {
		p.wrong = why
		turn, failed := g.Plans.Preview(v.ctx(), wallet, v.programme.ID, v.who.ID, wanted)
		if failed != nil {
			return planPage(p)
		}
		return changePage(&turning{p, turn})
	})
}

// other is a plan that can be gone over to, as it is laid out: nothing is free
// at first then.
func (p *plans) other(one *plan.Plan) web.Ware {
	w := p.ware(one)
	w.Note = ""
	return w
}

// changeTo is the address that says what going over to a plan comes to.
func (p *plans) changeTo(one *plan.Plan) string { return p.at(changePath, "plan", one.ID.In(id.Plan)) }

// keeps reports whether the change only takes back what was chosen for later.
func (t *turning) keeps() bool { return t.When == plan.Stays }

func (t *turning) title() string {
	return t.T("guest.plan.turn.title", "plan", t.named(t.There), "keeps", t.keeps())
}

// agrees is what the button says that agrees to it.
func (t *turning) agrees() string {
	return t.T("guest.plan.turn.agree", "when", string(t.When), "sum", t.Money(t.Charge, ""), "plan", t.named(t.There))
}

// rows say what changes, when, and what is charged.
func (t *turning) rows() []web.Definition {
	var list []web.Definition
	add := func(key, said string) {
		if said != "" {
			list = append(list, web.Definition{Term: t.T("guest.plan.turn." + key), About: web.Words(said)})
		}
	}
	if !t.keeps() {
		for _, one := range []struct {
			key string
			v   *plan.Version
		}{{"here", t.Here}, {"there", t.There}} {
			said := t.T("guest.plan.turn.plan", "plan", t.named(one.v), "price", t.plans.price(one.v), "gives", t.gives(one.v))
			list = append(list, web.Definition{Term: t.T("guest.plan.turn." + one.key), About: planSaid(said, t.own(one.v))})
		}
	}
	add("when", t.T("guest.plan.turn.starts", "when", string(t.When), "waiting", t.live.State == plan.Waiting, "day", t.Starts, "due", t.Due, "sum", t.Money(t.Charge, "")))
	add("pay", t.T("guest.plan.turn.pays", "when", string(t.When), "sum", t.Money(t.Charge, ""), "whole", t.Money(t.There.Price, ""), "credited", t.Credit > 0,
		"rest", t.Money(t.Credit, ""), "day", t.Pays, "price", t.plans.price(t.There)))
	return list
}

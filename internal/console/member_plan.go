package console

import (
	"context"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/plan"
	"regulars/internal/web"
)

// paid is what a member has of paid plans.
type paid struct {
	*visit
	p *person
	// list are the subscriptions, the latest first; onSale what can be joined.
	list   []plan.View
	onSale []*plan.Plan
	errs   web.FormErrors
}

// readPaid reads the plans of a member, for those who may see plans.
func (c *Console) readPaid(v *visit, p *person) (*paid, error) {
	m := &paid{visit: v, p: p}
	if !v.can(auth.PlansRead) {
		return m, nil
	}
	var err error
	if m.list, err = c.Plans.Of(v.ctx(), v.actor, v.programme.ID, p.ID); err != nil {
		return nil, err
	}
	all, err := plan.All(v.ctx(), c.DB.Reader(), v.programme.ID)
	m.onSale = plan.Joinable(all)
	return m, err
}

func (c *Console) memberPlan(v *visit) error {
	p, done, err := c.meetMember(v)
	if err != nil || done {
		return err
	}
	m, err := c.readPaid(v, p)
	if err != nil {
		return err
	}
	return v.render(memberPlanPage(m))
}

// turnMemberPlan does something with the plans of the member of the address.
func (c *Console) turnMemberPlan(v *visit, said string, do func(*paid) error) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	m, err := c.readPaid(v, p)
	if err != nil {
		return err
	}
	if err := do(m); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			m.errs = errs
			return memberPlanPage(m)
		})
	}
	return v.done(p.at(v, "/plan"), said)
}

func (c *Console) joinPlan(v *visit) error {
	return c.turnMemberPlan(v, "console.plan.member_joined", c.choosePlan(v, c.Plans.Join))
}

func (c *Console) changePlan(v *visit) error {
	return c.turnMemberPlan(v, "console.plan.member_changed", c.choosePlan(v, c.Plans.Change))
}

// choosePlan does something with the plan that the form names.
func (c *Console) choosePlan(v *visit, do func(context.Context, auth.Actor, id.ID, id.ID, string) (plan.View, error)) func(*paid) error {
	return func(m *paid) error {
		_, err := do(v.ctx(), v.actor, v.programme.ID, m.p.ID, v.field("plan"))
		return err
	}
}

func (c *Console) leavePlan(v *visit) error {
	return c.turnMemberPlan(v, "console.plan.member_left", func(m *paid) error {
		_, err := c.Plans.Leave(v.ctx(), v.actor, v.programme.ID, m.p.ID)
		return err
	})
}

// noteMemberCharge notes what became of a charge of the member.
func (c *Console) noteMemberCharge(mark plan.Mark, said string) func(*visit) error {
	return func(v *visit) error {
		charge, err := v.pathID("charge", id.Charge)
		if err != nil {
			return err
		}
		return c.turnMemberPlan(v, said, func(m *paid) error {
			if !m.has(charge) {
				return web.NotFound(v.w, v.r)
			}
			_, err := c.Plans.Note(v.ctx(), v.actor, v.programme.ID, charge, mark, v.field("reference"))
			return err
		})
	}
}

// has reports whether a charge is one of the member's.
func (m *paid) has(charge id.ID) bool {
	return slices.ContainsFunc(m.list, func(s plan.View) bool {
		return slices.ContainsFunc(s.Charges, func(c *plan.Charge) bool { return c.ID == charge })
	})
}

// live is the membership that has not ended, or nil.
func (m *paid) live() *plan.View {
	for i := range m.list {
		if m.list[i].State != plan.Ended {
			return &m.list[i]
		}
	}
	return nil
}

// tells reports whether there is anything to say of paid plans.
func (m *paid) tells() bool {
	return len(m.list) > 0 || len(m.onSale) > 0 && m.p.Status == member.Enrolled && m.can(auth.PlansRead)
}

// changes reports whether the member may go over to another plan: not while the
// period is unpaid, nor once they have left.
func (m *paid) changes(live *plan.View) bool {
	return live.State == plan.Waiting || live.State == plan.Trial || live.State == plan.Active
}

// others are the plans that can be chosen instead of the one to come.
func (m *paid) others(live *plan.View) []*plan.Plan {
	next := live.PlanID
	switch {
	case live.Next != nil:
		next = live.Next.ID
	case live.Upgrade() != nil:
		next = live.Upgrade().PlanID
	}
	return slices.DeleteFunc(slices.Clone(m.onSale), func(one *plan.Plan) bool { return one.ID == next })
}

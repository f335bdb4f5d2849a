package console

import (
	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/plan"
	"regulars/internal/web"
)

func (m *paid) boxAction() string {
	if m.live() == nil && m.can(auth.SubscriptionsWrite) {
		return m.T("console.plan.join")
	}
	return m.T("console.plan.see")
}

func (m *paid) lead() string {
	live := m.live()
	switch {
	case live != nil && live.Refund > 0:
		return m.T("console.plan.member_refund", "sum", live.Refund)
	case live != nil:
		return m.T("console.plan.member_lead", "plan", m.planName(live.Plan), "state", m.Say(live.State.Text()))
	case len(m.onSale) == 0:
		return m.T("console.plan.member_nothing")
	}
	return m.T("console.plan.member_none")
}

// facts tell of a membership.
func (m *paid) facts(s *plan.View) []web.Definition {
	list := []web.Definition{
		{Term: m.T("console.plan.name"), About: web.Words(m.planName(s.Plan))},
		{Term: m.T("console.plan.state"), About: subscriptionState(m.visit, s.State)},
		{Term: m.T("console.plan.joined"), About: web.Words(m.Date(s.Joined))},
	}
	if s.Period > 0 {
		list = append(list, web.Definition{Term: m.T("console.plan.ends"), About: web.Words(m.Date(lastDay(s.Ends)))})
		if !s.OnTrial {
			list = append(list, web.Definition{Term: m.T("console.plan.price"), About: web.Words(m.Money(s.Price, ""))})
		}
	}
	if s.Next != nil {
		list = append(list, web.Definition{Term: m.T("console.plan.then"), About: web.Words(m.planName(s.Next))})
	}
	return list
}

// leaves reports whether there is something to leave.
func (m *paid) leaves() bool {
	live := m.live()
	return live != nil && live.State != plan.Left
}

func (m *paid) actions(live *plan.View) templ.Component {
	switch {
	case !m.can(auth.SubscriptionsWrite):
		return nil
	case m.leaves():
		return web.Action(web.Button{Label: m.T("console.plan.leave"), Opens: "leave"})
	}
	return resumeAction(m, live)
}

// options are plans with what they cost.
func (m *paid) options(plans []*plan.Plan) []web.Option {
	var list []web.Option
	for _, one := range plans {
		s := &one.Latest().Spec
		label := joined(m.planName(one), m.planPrice(s))
		if s.TrialDays > 0 {
			label = joined(label, m.T("console.plan.trial_of", "days", s.TrialDays))
		}
		list = append(list, web.Option{Value: one.ID.In(id.Plan), Label: label})
	}
	return web.Choose(list, m.field("plan"))
}

// charges are what the member was ever asked for, the latest first.
func (m *paid) charges() web.Table {
	t := web.Table{Caption: m.T("console.plan.charges")}
	for i, key := range []string{"invoice", "name", "amount", "due", "state"} {
		t.Columns = append(t.Columns, web.Column{Head: m.T("console.plan." + key), Figures: i == 0 || i == 2 || i == 3})
	}
	if m.can(auth.ChargesWrite) {
		t.Columns = append(t.Columns, web.Column{Head: m.T("console.plan.note")})
	}
	for _, s := range m.list {
		for i := len(s.Charges) - 1; i >= 0; i-- {
			c := s.Charges[i]
			cells := []templ.Component{
				web.Words(m.Number(c.Invoice)), twoLines(m.planName(s.Plan), m.Say(c.Purpose.Text())), twoLines(m.asked(c), c.Reference), web.Words(m.ShortDate(c.Due)), chargeState(m.visit, c.State),
			}
			if m.can(auth.ChargesWrite) {
				cells = append(cells, chargeNotes(m.visit, m.p.at(m.visit, "/plan/charges/"+c.ID.In(id.Charge)), c))
			}
			t.Rows = append(t.Rows, web.Row{Cells: cells, Quiet: c.State == plan.Cancelled})
		}
	}
	return t
}

// asked says the sum of a charge, and what of it is given back.
func (v *visit) asked(c *plan.Charge) string {
	if c.Refund > 0 {
		return v.T("console.plan.refund_of", "refund", c.Refund, "amount", c.Amount)
	}
	return v.Money(c.Amount, "")
}

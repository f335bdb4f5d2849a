package console

import (
	"math"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/web"
)

// caseActions is what is done about causes, and what followed.
type caseActions struct {
	*visit
	settings complaint.Settings
	effects  []complaint.Effect
	staff    crew
	now      time.Time
	errs     web.FormErrors
}

func (c *Console) meetCaseActions(v *visit) (*caseActions, error) {
	p := &caseActions{visit: v, now: c.Now()}
	var err error
	if p.settings, _, err = c.Complaints.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	r, err := c.Complaints.Report(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return nil, err
	}
	p.effects = r.Effects
	p.staff, err = c.Auth.ListStaff(v.ctx(), auth.System("console"), v.programme.ID)
	return p, err
}

func (c *Console) caseActions(v *visit) error {
	p, err := c.meetCaseActions(v)
	if err != nil {
		return err
	}
	return v.render(caseActionsPage(p))
}

func (c *Console) addCaseAction(v *visit) error {
	p, err := c.meetCaseActions(v)
	if err != nil {
		return err
	}
	typed, err := p.typed()
	if err != nil {
		err = fault.Gather(err, typed.Check())
	} else {
		_, err = c.Complaints.Act(v.ctx(), v.actor, v.programme.ID, typed)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return caseActionsPage(p)
		})
	}
	return v.done(v.at("/complaints/actions"), "console.case.action_added")
}

// typed reads the form.
func (p *caseActions) typed() (complaint.Action, error) {
	n := complaint.Action{Cause: p.field("cause"), Title: p.field("title"), OwnerID: p.staff.named(p.field("owner"))}
	if due := p.field("due"); due != "" {
		var err error
		if n.Due, err = time.ParseInLocation(time.DateOnly, due, p.programme.Zone); err != nil {
			return n, fault.Invalid("case_day", "%q is no date such as 2026-12-24", clip(due)).At("/due").With("day", clip(due))
		}
	}
	return n, nil
}

func (c *Console) finishCaseAction(v *visit) error {
	n, err := v.pathID("action", id.CaseAction)
	if err != nil {
		return err
	}
	if err := c.Complaints.Finish(v.ctx(), v.actor, v.programme.ID, n); err != nil {
		return err
	}
	return v.done(v.at("/complaints/actions"), "console.case.done")
}

func (p *caseActions) causeOptions() []web.Option {
	var list []web.Option
	for _, c := range p.settings.Causes {
		list = append(list, web.Option{Value: c.Code, Label: p.Say(p.settings.CauseText(c.Code, p.Lang()))})
	}
	return web.Choose(list, p.field("cause"))
}

func (p *caseActions) ownerOptions() []web.Option {
	return web.Choose(p.staff.options(p.T("console.case.action_nobody"), 0, 0), p.field("owner"))
}

func (p *caseActions) table() web.Table {
	t := web.Table{
		Caption: p.T("console.case.actions"),
		Columns: []web.Column{
			{Head: p.T("console.case.action")}, {Head: p.T("console.case.owner")}, {Head: p.T("console.case.action_due")}, {Head: p.T("console.case.action_followed")},
			{Head: p.T("console.case.action_finish"), Hidden: true},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconMessage, Title: p.T("console.case.actions_none"), Text: p.T("console.case.actions_none_text")}),
	}
	for i := range p.effects {
		e := &p.effects[i]
		finish := web.Words("")
		if e.Done.IsZero() && p.can(auth.CasesWrite) {
			finish = caseActionFinish(p, e)
		}
		t.Rows = append(t.Rows, web.Row{Quiet: !e.Done.IsZero() && e.Weeks == 0, Cells: []templ.Component{
			twoLines(e.Title, p.Say(p.settings.CauseText(e.Cause, p.Lang()))), web.Words(p.name(e.OwnerID)), p.due(e), web.Words(p.followed(e)), finish,
		}})
	}
	return t
}

// name is what somebody is called; who has left is told by the id.
func (p *caseActions) name(staff id.ID) string {
	for _, s := range p.staff {
		if s.ID == staff {
			return s.Name
		}
	}
	return staff.In(id.Staff)
}

func (p *caseActions) due(e *complaint.Effect) templ.Component {
	switch {
	case !e.Done.IsZero():
		return web.Badge(web.Good, p.T("console.case.action_since", "day", e.Done))
	case p.now.After(e.Due.AddDate(0, 0, 1)):
		return web.Badge(web.Bad, p.T("console.case.action_late", "day", e.Due))
	}
	return web.Words(p.T("console.case.action_by", "day", e.Due))
}

// followed says the rates before and after, with how sure they are.
func (p *caseActions) followed(e *complaint.Effect) string {
	switch {
	case e.Done.IsZero():
		return p.T("console.case.action_open")
	case e.Weeks == 0:
		return p.T("console.case.action_early")
	case e.Before.Complaints+e.After.Complaints < fewestCompared || e.Before.Orders == 0 || e.After.Orders == 0:
		return p.T("console.case.action_few", "before", e.Before.Complaints, "after", e.After.Complaints, "weeks", e.Weeks)
	}
	f := p.figures()
	tenth := func(x float64) string { return f.show(int64(math.Round(x*10)), 1) }
	return p.T("console.case.action_rates", "weeks", e.Weeks, "before", tenth(e.Before.Rate), "before_low", tenth(e.Before.Low), "before_high", tenth(e.Before.High),
		"after", tenth(e.After.Rate), "after_low", tenth(e.After.Low), "after_high", tenth(e.After.High))
}

// fewestCompared is under how many complaints no rates are shown.
const fewestCompared = 10

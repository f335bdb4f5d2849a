package console

import (
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/factor"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/web"
)

// actionList is what is to be done: here, or in every programme that the person
// may see.
type actionList struct {
	*factorPage
	everywhere bool
	items      []factor.Item
	staff      crew
	names      map[string]string
}

func (c *Console) meetActions(v *visit) (*actionList, error) {
	page, err := c.meetFactors(v)
	if err != nil {
		return nil, err
	}
	p := &actionList{factorPage: page, everywhere: v.field("scope") == "all" && len(v.programmes) > 1}
	if p.everywhere {
		p.items, err = c.Factors.Everywhere(v.ctx(), v.actor)
	} else {
		p.items, err = c.Factors.Backlog(v.ctx(), v.actor, v.programme.ID)
	}
	if err != nil {
		return nil, err
	}
	if p.staff, err = c.Auth.ListStaff(v.ctx(), auth.System("console"), v.programme.ID); err != nil {
		return nil, err
	}
	var who []string
	for i := range p.items {
		who = append(who, ownerName(&p.items[i]))
	}
	return p, c.DB.View(v.ctx(), func(q db.Queryer) error {
		p.names, err = auth.Names(v.ctx(), q, who)
		return err
	})
}

func ownerName(n *factor.Item) string {
	return auth.Actor{Kind: auth.KindStaff, ID: n.OwnerID()}.String()
}

func (c *Console) actions(v *visit) error {
	p, err := c.meetActions(v)
	if err != nil {
		return err
	}
	return v.render(actionsShown(p))
}

func (c *Console) addAction(v *visit) error {
	p, err := c.meetActions(v)
	if err != nil {
		return err
	}
	spec, err := p.typed()
	if err == nil {
		_, err = c.Factors.Add(v.ctx(), v.actor, v.programme.ID, spec)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return actionsShown(p)
		})
	}
	return v.done(v.at("/actions"), "console.factor.action_added")
}

// typed reads the form of an action.
func (p *actionList) typed() (factor.Spec, error) {
	spec := factor.Spec{
		Factor: factor.Code(p.field("factor")), Title: p.field("title"), Why: p.field("why"), Expected: p.field("expected"), Effort: factor.Effort(p.field("effort")),
	}
	spec.OwnerID = p.staff.named(p.field("owner"))
	var err error
	if cost := p.field("cost"); cost != "" {
		if spec.Cost, err = p.figures().read(cost, p.programme.Currency.Decimals()); err != nil {
			return spec, placed(err, "/cost")
		}
	}
	if due := p.field("due"); due != "" {
		if spec.Due, err = time.ParseInLocation(time.DateOnly, due, p.programme.Zone); err != nil {
			return spec, fault.Invalid("case_day", "%q is no date such as 2026-12-24", clip(due)).At("/due").With("day", clip(due))
		}
	}
	return spec, nil
}

// actionPage is one action.
type actionPage struct {
	*actionList
	item *factor.Item
}

func (c *Console) meetAction(v *visit) (*actionPage, error) {
	n, err := v.pathID("action", id.FactorAction)
	if err != nil {
		return nil, err
	}
	list, err := c.meetActions(v)
	if err != nil {
		return nil, err
	}
	p := &actionPage{actionList: list}
	p.item, err = c.Factors.Item(v.ctx(), v.actor, v.programme.ID, n)
	return p, err
}

func (c *Console) showAction(v *visit) error {
	p, err := c.meetAction(v)
	if err != nil {
		return err
	}
	return v.render(actionShown(p))
}

func (c *Console) changeAction(v *visit) error {
	p, err := c.meetAction(v)
	if err != nil {
		return err
	}
	spec, err := p.typed()
	if err == nil {
		seen := v.seenVersion()
		_, err = c.Factors.Change(v.ctx(), v.actor, v.programme.ID, p.item.Action.ID, seen, spec)
	}
	return p.after(err)
}

func (c *Console) turnAction(v *visit) error {
	p, err := c.meetAction(v)
	if err != nil {
		return err
	}
	_, err = c.Factors.Turn(v.ctx(), v.actor, v.programme.ID, p.item.Action.ID, factor.State(v.field("to")), v.field("reason"))
	if f := fault.As(err); f != nil && f.Field == "/why" {
		there := *f
		there.Field = "/reason" // the other form of the page has a why of its own
		err = &there
	}
	return p.after(err)
}

// after shows what must be mended, or the action as it is now.
func (p *actionPage) after(err error) error {
	if err != nil {
		return p.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return actionShown(p)
		})
	}
	return p.done(p.path(""), "console.factor.action_saved")
}

func (p *actionPage) path(verb string) string {
	return p.at("/actions/" + p.item.Action.ID.In(id.FactorAction) + verb)
}

package console

import (
	"cmp"

	"regulars/internal/auth"
	"regulars/internal/fraud"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

// fraudPath is the address of the list of flags.
const fraudPath = inProgramme + "/fraud"

func (c *Console) fraudRoutes() []route {
	one := fraudPath + "/{flag}"
	return []route{
		{pattern: "GET " + fraudPath, permission: auth.FraudRead, do: c.flags},
		{pattern: "GET " + fraudPath + "/rules", permission: auth.FraudRead, do: c.fraudRules},
		{pattern: "POST " + fraudPath + "/rules", permission: auth.FraudWrite, do: c.saveFraudRules},
		{pattern: "GET " + one + "/details", permission: auth.FraudRead, do: c.flag},
		{pattern: "POST " + one + "/allow", permission: auth.FraudWrite, do: c.decideFlag("allow", fraud.Allowed)},
		{pattern: "POST " + one + "/confirm", permission: auth.FraudWrite, do: c.decideFlag("confirm", fraud.Confirmed)},
	}
}

// flagsShown is how many flags a page has.
const flagsShown = 30

// flagList is a page of flags.
type flagList struct {
	*visit
	state, kind string
	trail       trail
	rules       fraud.Rules
	list        []*fraud.Flagged
	names       fraudNames
	next        id.ID
}

func (c *Console) flags(v *visit) error {
	l := &flagList{visit: v, state: v.field("state"), kind: v.field("kind"), trail: v.trail()}
	query := fraud.Query{ProgrammeID: v.programme.ID, State: fraud.State(l.state), Kind: fraud.Kind(l.kind), Limit: flagsShown + 1}
	var err error
	if mark := l.trail.mark(); mark != "" {
		if query.Before, err = id.Parse(id.Flag, mark); err != nil {
			return err
		}
	}
	if l.list, err = c.Fraud.List(v.ctx(), v.actor, query); err != nil {
		return err
	}
	if len(l.list) > flagsShown {
		l.list = l.list[:flagsShown]
		l.next = l.list[flagsShown-1].ID
	}
	if l.names, err = c.fraudNames(v, l.list...); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(flagTable(l))
	}
	if l.rules, err = c.Fraud.Rules(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(flagListPage(l))
}

// fraudNames are how those are called whom flags are about.
type fraudNames struct {
	wallets wallets
	people  map[id.ID]string
	actors  map[string]string
}

func (c *Console) fraudNames(v *visit, list ...*fraud.Flagged) (fraudNames, error) {
	n := fraudNames{people: map[id.ID]string{}, actors: map[string]string{}}
	var err error
	if n.wallets, err = walletsOf(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return n, err
	}
	var ids []id.ID
	for _, f := range list {
		for _, p := range f.Parts {
			ids = append(ids, p.MemberID)
		}
	}
	if len(ids) > 0 {
		found, err := member.Read(v.ctx(), c.DB.Reader(), ids)
		if err != nil {
			return n, err
		}
		for _, m := range ids {
			if one := found[m]; one != nil {
				n.people[m] = cmp.Or(one.Name(), one.ID.In(id.Member))
			}
		}
	}
	staff, err := c.Auth.ListStaff(v.ctx(), v.actor, v.programme.ID)
	if err == nil {
		for _, s := range staff {
			n.actors["staff:"+s.ID.In(id.Staff)] = s.Name
		}
	}
	return n, nil //nolint:nilerr // who may not see the staff sees their ids
}

func (n *fraudNames) actor(name string) string { return cmp.Or(n.actors[name], name) }

// flagPage is one flag.
type flagPage struct {
	*visit
	f     *fraud.Flagged
	usual fraud.Usual
	names fraudNames
	open  string // the dialog that needs mending
	errs  web.FormErrors
}

func (c *Console) meetFlag(v *visit) (*flagPage, error) {
	which, err := v.pathID("flag", id.Flag)
	if err != nil {
		return nil, err
	}
	p := &flagPage{visit: v}
	if p.f, err = c.Fraud.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	if p.usual, err = c.Fraud.Usual(v.ctx(), v.actor, p.f); err != nil {
		return nil, err
	}
	p.names, err = c.fraudNames(v, p.f)
	return p, err
}

func (c *Console) flag(v *visit) error {
	p, err := c.meetFlag(v)
	if err != nil {
		return err
	}
	return v.render(flagShown(p))
}

func (c *Console) decideFlag(dialog string, state fraud.State) func(*visit) error {
	return func(v *visit) error {
		p, err := c.meetFlag(v)
		if err != nil {
			return err
		}
		if _, err := c.Fraud.Decide(v.ctx(), v.actor, v.programme.ID, p.f.ID, state, v.field("note")); err != nil {
			return v.mend(err, func(errs web.FormErrors) component {
				p.open, p.errs = dialog, errs
				return flagShown(p)
			})
		}
		return v.done(p.path("/details"), "console.fraud.done_"+dialog)
	}
}

func (p *flagPage) path(end string) string {
	return p.at("/fraud/" + p.f.ID.In(id.Flag) + end)
}

func (p *flagPage) deciding() bool { return p.f.State == fraud.Open && p.can(auth.FraudWrite) }

package console

import (
	"context"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/household"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

// householdPath is the address of the households.
const householdPath = inProgramme + "/households"

func (c *Console) householdRoutes() []route {
	one, of := householdPath+"/{household}", memberPath+"/household"
	return []route{
		{pattern: "GET " + householdPath, permission: auth.HouseholdsRead, do: c.households},
		{pattern: "GET " + householdPath + "/settings", permission: auth.HouseholdsRead, do: c.householdSettings},
		{pattern: "POST " + householdPath + "/settings", permission: auth.HouseholdsWrite, do: c.saveHouseholdSettings},
		{pattern: "GET " + one, permission: auth.HouseholdsRead, do: c.household},
		{pattern: "POST " + one + "/add", permission: auth.HouseholdsWrite, do: c.addToHousehold},
		{pattern: "POST " + one + "/leave", permission: auth.HouseholdsWrite, do: c.leaveHousehold},
		{pattern: "POST " + one + "/dissolve", permission: auth.HouseholdsWrite, do: c.dissolveHousehold},
		{pattern: "GET " + of, permission: auth.HouseholdsRead, do: c.memberHousehold},
		{pattern: "POST " + of + "/make", permission: auth.HouseholdsWrite, do: c.makeHousehold},
		{pattern: "POST " + of + "/join", permission: auth.HouseholdsWrite, do: c.joinHousehold},
		{pattern: "GET " + memberPath + "/transfer", permission: auth.PointsTransfer, do: c.showTransfer},
		{pattern: "POST " + memberPath + "/transfer", permission: auth.PointsTransfer, do: c.transfer},
		{pattern: "POST " + memberPath + "/transfers/{transfer}/undo", permission: auth.PointsTransfer, do: c.undoTransfer},
	}
}

// householdRows is how many households a page of the list shows.
const householdRows = 30

// householdList is a page of the households that stand, or those of the members
// whom a search found.
type householdList struct {
	*visit
	settings household.Settings
	text     string
	trail    trail
	list     []*household.Household
	next     id.ID
	people   people
}

func (c *Console) households(v *visit) error {
	l := &householdList{visit: v, text: v.field("q"), trail: v.trail()}
	var err error
	if l.settings, err = c.Households.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if l.text != "" && v.can(auth.MembersRead) {
		err = c.findHouseholds(l)
	} else {
		err = c.listHouseholds(l)
	}
	if err != nil {
		return err
	}
	var owners []id.ID
	for _, h := range l.list {
		owners = append(owners, h.OwnerID)
	}
	if l.people, err = c.readPeople(v, owners...); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(householdTable(l))
	}
	return v.render(householdListPage(l))
}

func (c *Console) listHouseholds(l *householdList) error {
	var before id.ID
	var err error
	if mark := l.trail.mark(); mark != "" {
		if before, err = id.Parse(id.Household, mark); err != nil {
			return err
		}
	}
	if l.list, err = c.Households.List(l.ctx(), l.actor, l.programme.ID, before, householdRows+1); err != nil {
		return err
	}
	if len(l.list) > householdRows {
		l.list = l.list[:householdRows]
		l.next = l.list[householdRows-1].ID
	}
	return nil
}

// findHouseholds are those to which the members belong whom the text names.
func (c *Console) findHouseholds(l *householdList) error {
	found, err := c.Members.Search(l.ctx(), l.actor, member.Query{ProgrammeID: l.programme.ID, Text: l.text, Region: l.programme.Region, Limit: maxCandidates})
	if err != nil {
		return err
	}
	for _, m := range found.Members {
		h, err := c.householdOf(l.visit, m.ID)
		if err != nil {
			return err
		}
		if h != nil && !slices.ContainsFunc(l.list, func(have *household.Household) bool { return have.ID == h.ID }) {
			l.list = append(l.list, h)
		}
	}
	return nil
}

// householdOf returns the household of a member, nil when there is none.
func (c *Console) householdOf(v *visit, m id.ID) (*household.Household, error) {
	h, err := c.Households.Of(v.ctx(), v.actor, v.programme.ID, m)
	if f := fault.As(err); f != nil && f.Code == "unknown_household" {
		return nil, nil
	}
	return h, err
}

// shared is what a member shares with others.
type shared struct {
	*visit
	p        *person
	settings household.Settings
	own      *household.Household // nil for none
	people   people
	errs     web.FormErrors
}

// readShared reads the household of a member, for those who may see it.
func (c *Console) readShared(v *visit, p *person) (*shared, error) {
	s := &shared{visit: v, p: p}
	if !v.can(auth.HouseholdsRead) {
		return s, nil
	}
	var err error
	if s.settings, err = c.Households.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if s.own, err = c.householdOf(v, p.ID); err != nil || s.own == nil {
		return s, err
	}
	s.people, err = c.readPeople(v, s.own.OwnerID)
	return s, err
}

// memberHousehold shows the household of a member, or how to come into one.
func (c *Console) memberHousehold(v *visit) error {
	p, done, err := c.meetMember(v)
	if err != nil || done {
		return err
	}
	s, err := c.readShared(v, p)
	if err != nil {
		return err
	}
	if s.own != nil {
		return v.redirect(v.at("/households/" + s.own.ID.In(id.Household)))
	}
	return v.render(memberHouseholdPage(s))
}

func (c *Console) makeHousehold(v *visit) error {
	return c.intoHousehold(v, "console.household.made", func(m id.ID) (*household.Household, error) {
		return c.Households.Make(v.ctx(), v.actor, v.programme.ID, m)
	})
}

func (c *Console) joinHousehold(v *visit) error {
	return c.intoHousehold(v, "console.household.joined", func(m id.ID) (*household.Household, error) {
		return c.Households.Join(v.ctx(), v.actor, v.programme.ID, m, v.field("code"))
	})
}

// intoHousehold brings the member of the address into a household.
func (c *Console) intoHousehold(v *visit, said string, do func(id.ID) (*household.Household, error)) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	h, err := do(p.ID)
	if err != nil {
		s, failure := c.readShared(v, p)
		if failure != nil {
			return failure
		}
		return v.mend(err, func(errs web.FormErrors) component {
			s.errs = errs
			return memberHouseholdPage(s)
		})
	}
	return v.done(v.at("/households/"+h.ID.In(id.Household)), said)
}

// onlyOne finds the one member whom a text names.
func (c *Console) onlyOne(v *visit, text string) (id.ID, error) {
	nobody := fault.Missing("not_one_member", "this names no member, or several").At("/who")
	if text == "" {
		return 0, nobody
	}
	found, err := c.Members.Search(v.ctx(), v.actor, member.Query{ProgrammeID: v.programme.ID, Text: text, Region: v.programme.Region, Limit: 2})
	if err != nil {
		return 0, err
	}
	if len(found.Members) != 1 {
		return 0, nobody
	}
	return found.Members[0].ID, nil
}

// turnHousehold does something with the household of the address and says so.
func (c *Console) turnHousehold(v *visit, said string, do func(ctx context.Context, household id.ID) error) error {
	p, err := c.meetHousehold(v)
	if err != nil {
		return err
	}
	if err := do(v.ctx(), p.h.ID); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return householdShown(p)
		})
	}
	return v.done(p.path(""), said)
}

package console

import (
	"context"

	"regulars/internal/auth"
	"regulars/internal/flow"
	"regulars/internal/household"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

// transferRows is how many transfers a page shows.
const transferRows = 20

// householdPage is one household.
type householdPage struct {
	*visit
	h        *household.Household
	settings household.Settings
	wallets  wallets
	parts    []household.Part
	// pool is what the owner's account holds, for those who may see points, and
	// transfers what was passed on within the household.
	pool      []flow.Balance
	transfers []*household.Transfer
	people    people
	errs      web.FormErrors
}

func (c *Console) meetHousehold(v *visit) (*householdPage, error) {
	which, err := v.pathID("household", id.Household)
	if err != nil {
		return nil, err
	}
	p := &householdPage{visit: v}
	if p.h, p.parts, err = c.Households.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return nil, err
	}
	if p.settings, err = c.Households.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if p.wallets, err = walletsOf(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return nil, err
	}
	if v.can(auth.PointsRead) {
		if err := c.readPool(p); err != nil {
			return nil, err
		}
	}
	about := []id.ID{p.h.OwnerID}
	for _, m := range p.h.Members {
		about = append(about, m.MemberID)
	}
	for _, t := range p.transfers {
		about = append(about, t.From, t.To)
	}
	p.people, err = c.readPeople(v, about...)
	return p, err
}

// readPool reads what the owner's account holds, and what was passed on.
func (c *Console) readPool(p *householdPage) error {
	owners, err := member.Read(p.ctx(), c.DB.Reader(), []id.ID{p.h.OwnerID})
	if err != nil {
		return err
	}
	if now := owners[p.h.OwnerID]; now != nil {
		if p.pool, _, err = c.Flow.Standing(p.ctx(), p.programme.ID, now.ID); err != nil {
			return err
		}
	}
	p.transfers, err = c.Households.Transfers(p.ctx(), p.actor, household.TransferQuery{ProgrammeID: p.programme.ID, HouseholdID: p.h.ID, Limit: transferRows})
	return err
}

func (p *householdPage) path(more string) string {
	return p.at("/households/" + p.h.ID.In(id.Household) + more)
}

func (c *Console) household(v *visit) error {
	p, err := c.meetHousehold(v)
	if err != nil {
		return err
	}
	return v.render(householdShown(p))
}

func (c *Console) addToHousehold(v *visit) error {
	return c.turnHousehold(v, "console.household.joined", func(ctx context.Context, h id.ID) error {
		m, err := c.onlyOne(v, v.field("who"))
		if err == nil {
			_, err = c.Households.Add(ctx, v.actor, v.programme.ID, h, m)
			err = elsewhere(err, "/member", "/who")
		}
		return err
	})
}

func (c *Console) leaveHousehold(v *visit) error {
	return c.turnHousehold(v, "console.household.left", func(ctx context.Context, h id.ID) error {
		m, err := id.Parse(id.Member, v.field("member"))
		if err == nil {
			_, err = c.Households.TakeOut(ctx, v.actor, v.programme.ID, h, m)
		}
		return err
	})
}

func (c *Console) dissolveHousehold(v *visit) error {
	return c.turnHousehold(v, "console.household.dissolved_done", func(ctx context.Context, h id.ID) error {
		_, err := c.Households.Dissolve(ctx, v.actor, v.programme.ID, h)
		return err
	})
}

// householdForm is the editor of what holds for households.
type householdForm struct {
	*visit
	now     household.Settings
	wallets wallets
	errs    web.FormErrors
}

func (c *Console) meetHouseholdSettings(v *visit) (*householdForm, error) {
	f := &householdForm{visit: v}
	var err error
	if f.now, err = c.Households.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	f.wallets, err = walletsOf(v.ctx(), c.DB.Reader(), v.programme.ID)
	return f, err
}

func (c *Console) householdSettings(v *visit) error {
	f, err := c.meetHouseholdSettings(v)
	if err != nil {
		return err
	}
	return v.render(householdSettingsPage(f))
}

func (c *Console) saveHouseholdSettings(v *visit) error {
	f, err := c.meetHouseholdSettings(v)
	if err != nil {
		return err
	}
	spec, err := f.read()
	if err == nil {
		_, err = c.Households.SaveSettings(v.ctx(), v.actor, v.programme.ID, spec)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return householdSettingsPage(f)
		})
	}
	return v.done(v.at("/households/settings"), "console.household.saved")
}

// read reads the form. What is left empty is no limit.
func (f *householdForm) read() (household.Spec, error) {
	s := household.Spec{On: f.field("on") != "", Pooling: f.field("pooling") != "", Transfers: household.Reach(f.field("transfers"))}
	decimals := f.decimals()
	for _, one := range []struct {
		name     string
		decimals int
		into     func(int64)
	}{
		{"members", 0, func(n int64) { s.Members = int(n) }}, {"per_transfer", decimals, func(n int64) { s.PerTransfer = n }},
		{"per_month", decimals, func(n int64) { s.PerMonth = n }}, {"min_days", 0, func(n int64) { s.MinDays = int(min(n, 1_000_000)) }},
		{"undo_days", 0, func(n int64) { s.UndoDays = int(min(n, 1_000_000)) }},
	} {
		typed := f.field(one.name)
		if typed == "" {
			continue
		}
		n, err := f.figures().read(typed, one.decimals)
		if err != nil {
			return s, placed(err, "/"+one.name)
		}
		one.into(n)
	}
	return s, nil
}

// decimals are those of the first wallet, in whose points limits are typed.
func (f *householdForm) decimals() int {
	if len(f.wallets) == 0 {
		return 0
	}
	return f.wallets[0].Decimals
}

// show returns what a field holds: what was typed, or else what is kept, empty
// for no limit.
func (f *householdForm) show(name string, kept int64, decimals int) string {
	switch {
	case f.r.Method == "POST":
		return f.field(name)
	case kept == 0:
		return ""
	}
	return f.figures().show(kept, decimals)
}

func (f *householdForm) ticked(name string, kept bool) bool {
	if f.r.Method == "POST" {
		return f.field(name) != ""
	}
	return kept
}

package console

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/standard"
	"regulars/internal/web"
)

func byName(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }

// auditForm announces an audit.
type auditForm struct {
	*visit
	standards, shops []web.Option
	errs             web.FormErrors
}

func (c *Console) auditForm(v *visit) (*auditForm, error) {
	f := &auditForm{visit: v}
	var err error
	if f.standards, err = c.inUse(v); err != nil {
		return nil, err
	}
	f.shops, err = c.shopChoices(v, v.field("shop"))
	return f, err
}

func (c *Console) newAudit(v *visit) error {
	f, err := c.auditForm(v)
	if err != nil {
		return err
	}
	return v.render(auditPageOf(f))
}

func (c *Console) announceAudit(v *visit) error {
	f, err := c.auditForm(v)
	if err != nil {
		return err
	}
	of, _ := id.Parse(id.Standard, v.field("standard")) // none is unknown
	shop, _ := id.Parse(id.Shop, v.field("shop"))
	n, err := c.Standards.Announce(v.ctx(), v.actor, v.programme.ID, of, shop, v.field("day"))
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return auditPageOf(f)
		})
	}
	return v.done(v.at("/visits/"+n.ID.In(id.Visit)), "console.visit.announced")
}

// drawForm draws mystery visits.
type drawForm struct {
	*visit
	scenarios []web.Option
	days      []web.Option
	visitors  int
	rounds    []*standard.Round
	today     int64
	names     map[id.ID]string
	errs      web.FormErrors
}

func (c *Console) drawForm(v *visit) (*drawForm, error) {
	f := &drawForm{visit: v, names: map[id.ID]string{}, today: c.Now().Unix()}
	list, err := c.Standards.Scenarios(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return nil, err
	}
	for _, n := range list {
		f.names[n.ID] = n.Names.In(string(v.Lang()))
		if n.Retired.IsZero() {
			f.scenarios = append(f.scenarios, web.Option{Value: n.ID.In(id.Scenario), Label: f.names[n.ID]})
		}
	}
	f.scenarios = web.Choose(f.scenarios, v.field("scenario"))
	chosen := v.r.Form["weekday"]
	for n := range 7 {
		day := strconv.Itoa(n + 1)
		f.days = append(f.days, web.Option{Value: day, Label: v.T("console.visit.weekday." + day), Chosen: len(chosen) == 0 || slices.Contains(chosen, day)})
	}
	people, err := c.Standards.Visitors(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return nil, err
	}
	for _, n := range people {
		if n.Gone.IsZero() {
			f.visitors++
		}
	}
	f.rounds, err = c.Standards.Rounds(v.ctx(), v.actor, v.programme.ID)
	return f, err
}

func (c *Console) planVisits(v *visit) error {
	f, err := c.drawForm(v)
	if err != nil {
		return err
	}
	return v.render(drawPage(f))
}

func (c *Console) drawVisits(v *visit) error {
	f, err := c.drawForm(v)
	if err != nil {
		return err
	}
	plan := standard.Plan{From: v.field("from"), To: v.field("to"), Each: f.count("each"), Doubles: f.count("doubles"), Seed: int64(f.count("seed"))}
	plan.ScenarioID, _ = id.Parse(id.Scenario, v.field("scenario")) // none is unknown
	for _, day := range v.r.PostForm["weekday"] {
		if n, err := strconv.Atoi(day); err == nil {
			plan.Weekdays = append(plan.Weekdays, n)
		}
	}
	n, err := c.Standards.Draw(v.ctx(), v.actor, v.programme.ID, plan)
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return drawPage(f)
		})
	}
	return v.done(v.at("/visits", "kind", "mystery", "state", "planned"), "console.visit.drawn", "n", len(n.Lots.Shops)*n.Lots.Each)
}

// count reads a small number; what is none is one that is refused.
func (f *drawForm) count(name string) int {
	if f.field(name) == "" {
		return 0
	}
	n, err := strconv.Atoi(f.field(name))
	if err != nil {
		return -1
	}
	return n
}

// scenarioForm is every scenario, and the one that is written.
type scenarioForm struct {
	*visit
	all       []*standard.Scenario
	which     id.ID
	edit      int64
	plot      standard.Plot
	standards []web.Option
	budget    string
	errs      web.FormErrors
}

func (c *Console) scenarioForm(v *visit) (*scenarioForm, error) {
	f := &scenarioForm{visit: v}
	var err error
	if f.all, err = c.Standards.Scenarios(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if f.standards, err = c.inUse(v); err != nil {
		return nil, err
	}
	if shown := v.field("scenario"); shown != "" {
		if f.which, err = id.Parse(id.Scenario, shown); err != nil {
			return nil, err
		}
		n, err := c.Standards.Scenario(v.ctx(), v.actor, v.programme.ID, f.which)
		if err != nil {
			return nil, err
		}
		f.plot, f.edit = n.Plot, n.Edit
		f.standards = web.Choose(f.standards, n.StandardID.In(id.Standard))
		if n.Budget > 0 {
			f.budget = v.figures().show(n.Budget, v.programme.Currency.Decimals())
		}
	}
	return f, nil
}

func (c *Console) scenarios(v *visit) error {
	f, err := c.scenarioForm(v)
	if err != nil {
		return err
	}
	return v.render(scenarioPage(f))
}

func (c *Console) saveScenario(v *visit) error {
	f, err := c.scenarioForm(v)
	if err != nil {
		return err
	}
	words := &standardForm{visit: v}
	f.plot = standard.Plot{Names: words.wordsOf("name"), Deed: standard.Deed(v.field("deed")), Task: words.wordsOf("task"), Watch: words.wordsOf("watch")}
	f.plot.StandardID, _ = id.Parse(id.Standard, v.field("standard")) // none is unknown
	f.budget = v.field("budget")
	f.edit, _ = strconv.ParseInt(v.field("edit"), 10, 64)
	f.plot.Budget, err = v.figures().read(f.budget, v.programme.Currency.Decimals())
	if err == nil {
		_, err = c.Standards.SaveScenario(v.ctx(), v.actor, v.programme.ID, f.which, f.edit, f.plot)
	} else {
		err = placed(err, "/budget")
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = web.FormErrors{}
			for at, said := range errs {
				if name, words := map[string]string{"names": "name", "task": "task", "watch": "watch"}[at]; words {
					at = name + "_en"
				}
				f.errs[at] = said
			}
			return scenarioPage(f)
		})
	}
	return v.done(v.at("/visits/scenarios"), "console.visit.scenario_saved")
}

func (c *Console) retireScenario(v *visit) error {
	which, err := v.pathID("scenario", id.Scenario)
	if err == nil {
		_, err = c.Standards.RetireScenario(v.ctx(), v.actor, v.programme.ID, which)
	}
	if err != nil {
		return err
	}
	return v.done(v.at("/visits/scenarios"), "console.visit.scenario_retired")
}

// visitorRow is somebody who may be sent, with the name that people know.
type visitorRow struct {
	*standard.Visitor
	name string
}

// visitorForm is everybody who may be sent, and who is added.
type visitorForm struct {
	*visit
	rows  []visitorRow
	staff []web.Option
	shops []web.Option
	errs  web.FormErrors
}

// visitorRows reads who may be sent with their names.
func (c *Console) visitorRows(v *visit) ([]visitorRow, error) {
	list, err := c.Standards.Visitors(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return nil, err
	}
	var actors []string
	var members []id.ID
	for _, n := range list {
		actors = append(actors, auth.Actor{Kind: auth.KindStaff, ID: n.StaffID}.String())
		if n.MemberID != 0 {
			members = append(members, n.MemberID)
		}
	}
	names, err := auth.Names(v.ctx(), c.DB.Reader(), actors)
	if err != nil {
		return nil, err
	}
	people, err := member.Read(v.ctx(), c.DB.Reader(), members)
	var rows []visitorRow
	for i, n := range list {
		row := visitorRow{n, n.Name}
		switch {
		case n.Kind == standard.FromStaff:
			row.name = names[actors[i]]
		case n.Kind == standard.FromMembers && people[n.MemberID] != nil:
			row.name = people[n.MemberID].Name()
		}
		rows = append(rows, visitorRow{n, cmp.Or(row.name, v.T("console.visit.nameless"))})
	}
	return rows, err
}

func (c *Console) visitorForm(v *visit) (*visitorForm, error) {
	f := &visitorForm{visit: v}
	var err error
	if f.rows, err = c.visitorRows(v); err != nil {
		return nil, err
	}
	if f.shops, err = c.shopChoices(v, v.r.Form["avoid"]...); err != nil {
		return nil, err
	}
	staff, err := c.Auth.ListStaff(v.ctx(), auth.System("console"), v.programme.ID)
	f.staff = web.Choose(crew(staff).options(v.T("console.visit.nobody"), 0, 0), v.field("staff"))
	return f, err
}

func (c *Console) visitors(v *visit) error {
	f, err := c.visitorForm(v)
	if err != nil {
		return err
	}
	return v.render(visitorPage(f))
}

func (c *Console) addVisitor(v *visit) error {
	f, err := c.visitorForm(v)
	if err != nil {
		return err
	}
	n := standard.Visitor{Kind: standard.Outsider, Name: v.field("name"), Contact: v.field("contact")}
	if shown := v.field("staff"); shown != "" {
		n.Kind = standard.FromStaff
		n.StaffID, _ = id.Parse(id.Staff, shown) // none is unknown
	}
	if shown := v.field("member"); shown != "" {
		n.Kind = standard.FromMembers
		n.MemberID, _ = id.Parse(id.Member, shown) // none is unknown
	}
	for _, shown := range v.r.PostForm["avoid"] {
		if shop, err := id.Parse(id.Shop, shown); err == nil {
			n.Avoid = append(n.Avoid, shop)
		}
	}
	if _, err := c.Standards.AddVisitor(v.ctx(), v.actor, v.programme.ID, n); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return visitorPage(f)
		})
	}
	return v.done(v.at("/visits/visitors"), "console.visit.visitor_added")
}

func (c *Console) forgetVisitor(v *visit) error {
	which, err := v.pathID("visitor", id.Visitor)
	if err == nil {
		err = c.Standards.Forget(v.ctx(), v.actor, v.programme.ID, which)
	}
	if err != nil {
		return err
	}
	return v.done(v.at("/visits/visitors"), "console.visit.visitor_forgotten")
}

package console

import (
	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/tier"
	"regulars/internal/web"
)

func (c *Console) ladderRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/programme/ranks", permission: auth.RanksRead, do: c.showLadders},
		{pattern: "GET /p/{slug}/programme/ranks/new", permission: auth.RanksWrite, do: c.beginLadder},
		{pattern: "POST /p/{slug}/programme/ranks/new", permission: auth.RanksWrite, do: c.writeNewLadder},
		{pattern: "GET /p/{slug}/programme/ranks/{ladder}", permission: auth.RanksRead, do: c.showLadder},
		{pattern: "GET /p/{slug}/programme/ranks/{ladder}/edit", permission: auth.RanksWrite, do: c.editLadder},
		{pattern: "POST /p/{slug}/programme/ranks/{ladder}/edit", permission: auth.RanksWrite, do: c.writeLadder},
		{pattern: "POST /p/{slug}/programme/ranks/{ladder}/publish", permission: auth.RanksWrite, do: c.publishLadder},
		{pattern: "POST /p/{slug}/programme/ranks/{ladder}/discard", permission: auth.RanksWrite, do: c.discardLadder},
		{pattern: "POST /p/{slug}/programme/ranks/{ladder}/simulate", permission: auth.SimulateRun, do: c.simulateLadder},
	}
}

// ladderList is the page of all ladders.
type ladderList struct {
	*visit
	plans   []tier.Plan
	counts  []tier.Count
	console *Console
}

func (c *Console) showLadders(v *visit) error {
	l := &ladderList{visit: v, console: c}
	var err error
	if l.plans, err = c.Ladders.List(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	if l.counts, err = tier.Counts(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return err
	}
	return v.render(ladderListPage(l))
}

// page returns one ladder of the list as its own page shows it.
func (l *ladderList) page(i int) *ladderPage {
	return &ladderPage{visit: l.visit, plan: l.plans[i], counts: l.counts, live: l.plans[i].At(l.console.Now())}
}

// ladderPage is one ladder with all its versions.
type ladderPage struct {
	*visit
	plan tier.Plan
	// live is the version in force, or nil.
	live        *tier.Version
	counts      []tier.Count
	simulations []simulation
	errs        web.FormErrors
}

func (c *Console) ladder(v *visit) (tier.Plan, error) {
	ladder, err := v.pathID("ladder", id.Ladder)
	if err != nil {
		return tier.Plan{}, err
	}
	return c.Ladders.Get(v.ctx(), v.actor, v.programme.ID, ladder)
}

func (c *Console) showLadder(v *visit) error {
	p, err := c.ladderPage(v)
	if err != nil {
		return err
	}
	return v.render(ladderOnePage(p))
}

func (c *Console) ladderPage(v *visit) (*ladderPage, error) {
	plan, err := c.ladder(v)
	if err != nil {
		return nil, err
	}
	p := &ladderPage{visit: v, plan: plan, live: plan.At(c.Now())}
	if p.counts, err = tier.Counts(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return nil, err
	}
	p.simulations, err = c.simulationsOf(v.programme.ID, plan.ID)
	return p, err
}

// path is the address of the ladder, or of what is done to it.
func (p *ladderPage) path(verb string) string {
	return p.at("/programme/ranks/" + p.plan.ID.In(id.Ladder) + verb)
}

// shown is the version that stands for the ladder: that in force, or the next,
// or the draft.
func (p *ladderPage) shown() *tier.Version {
	switch {
	case p.live != nil:
		return p.live
	case len(p.plan.Versions) > 0:
		return &p.plan.Versions[0]
	}
	return p.plan.Draft
}

// members returns how many hold a rank of the ladder.
func (p *ladderPage) members(code string) int64 {
	for _, c := range p.counts {
		if c.LadderID == p.plan.ID && c.Rank == code {
			return c.Members
		}
	}
	return 0
}

func (c *Console) publishLadder(v *visit) error {
	p, err := c.ladderPage(v)
	if err != nil {
		return err
	}
	from, err := c.ladderStart(v, len(p.plan.Versions) == 0)
	if err == nil {
		_, err = c.Ladders.Publish(v.ctx(), v.actor, v.programme.ID, p.plan.ID, from)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			p.errs = errs
			return ladderOnePage(p)
		})
	}
	return v.done(p.path(""), "console.ladder.published")
}

func (c *Console) discardLadder(v *visit) error {
	plan, err := c.ladder(v)
	if err != nil {
		return err
	}
	left, err := c.Ladders.DiscardDraft(v.ctx(), v.actor, v.programme.ID, plan.ID)
	if err != nil {
		return err
	}
	if left.ID == 0 {
		return v.done(v.at("/programme/ranks"), "console.ladder.discarded")
	}
	return v.done(v.at("/programme/ranks/"+plan.ID.In(id.Ladder)), "console.ladder.discarded")
}

// simulateLadder sets the draft in place of all that the ladder has ever said.
func (c *Console) simulateLadder(v *visit) error {
	plan, err := c.ladder(v)
	if err != nil {
		return err
	}
	if plan.Draft == nil {
		return fault.Conflict("ladder_without_draft", "the ladder has no draft; change it first")
	}
	l := plan.Ladder
	l.Versions = []tier.Version{{Number: 1, Definition: plan.Draft.Definition}}
	return c.simulate(v, flow.DefaultBand(), flow.Draft{Name: plan.Draft.Name, Ladders: []tier.Ladder{l}})
}

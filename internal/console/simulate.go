package console

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"regulars/internal/auth"
	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/promo"
	"regulars/internal/shelf"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// simulation is drafts set beside what is, over all the past: what was asked,
// kept so that it does not change with the drafts, and what came of it.
type simulation struct {
	errand
	Asked  time.Time        `json:"asked"`
	Drafts []flow.Draft     `json:"drafts"`
	Band   flow.Band        `json:"band"`
	Result *flow.Simulation `json:"result,omitempty"`
	Failed *jobs.Failure    `json:"failed,omitempty"`
}

const (
	// Files of a simulation on its shelf.
	askedFile  = "asked.json"
	resultFile = "result.json"
	// keptSimulations is how many of a programme are kept.
	keptSimulations = 50
)

func (c *Console) simulationRoutes() []route {
	return []route{
		{pattern: "POST /p/{slug}/programme/rules/{rule}/simulate", permission: auth.SimulateRun, do: c.simulateRule},
		{pattern: "GET /p/{slug}/simulator/{simulation}", permission: auth.SimulateRun, do: c.showSimulation},
	}
}

func (c *Console) simulateRule(v *visit) error {
	h, err := c.rule(v)
	if err != nil {
		return err
	}
	draft := h.Draft()
	if draft == nil {
		return fault.Conflict("rule_no_draft", "the rule has no draft; write one first")
	}
	return c.simulate(v, flow.DefaultBand(), flow.Draft{Name: h.Name, Rules: []earn.Version{*draft}})
}

// simulate leaves the comparison to a job and shows how far it is.
func (c *Console) simulate(v *visit, band flow.Band, drafts ...flow.Draft) error {
	s := simulation{Asked: c.Now(), Drafts: drafts, Band: band}
	s.errand = errand{ID: c.DB.IDs().New(), ProgrammeID: v.programme.ID, StaffID: v.actor.ID}
	on := c.simulationShelf()
	if err := on.Place(s.ID); err != nil {
		return err
	}
	if err := on.Keep(s.ID, askedFile, s); err != nil {
		return err
	}
	entry := auth.Entry{ProgrammeID: v.programme.ID, Action: "simulation.start", Subject: v.programme.ID.In(id.Programme)}
	if err := c.leave(v.ctx(), v.actor, simulateJob, s.errand, entry); err != nil {
		return err
	}
	return v.redirect(v.at("/simulator/" + s.ID.In(id.Simulation)))
}

func (c *Console) simulationShelf() shelf.Shelf {
	return shelf.Shelf{Dir: filepath.Join(c.Dir, "simulations"), Prefix: id.Simulation}
}

// runSimulation is the job that compares.
func (c *Console) runSimulation(ctx context.Context, j *jobs.Job) error {
	var e errand
	if err := j.Read(&e); err != nil {
		return err
	}
	s, err := c.simulation(e.ID)
	if err != nil || s == nil {
		return err
	}
	result, err := c.compare(ctx, s, func(done, total int64) {
		// A lost job is told by its context; progress that cannot be stored
		// stops nothing.
		_ = j.Progress(ctx, done, total, "")
	})
	if s.Failed = jobs.FailureOf(err); err != nil && s.Failed == nil {
		return err
	}
	if err == nil {
		s.Result = &result
	}
	return c.simulationShelf().Keep(s.ID, resultFile, s)
}

func (c *Console) compare(ctx context.Context, s *simulation, progress func(done, total int64)) (flow.Simulation, error) {
	actor, err := c.Auth.Still(ctx, auth.KindStaff, s.StaffID, s.ProgrammeID)
	if err != nil {
		return flow.Simulation{}, err
	}
	p, err := c.Programmes.Get(ctx, actor, s.ProgrammeID)
	if err != nil {
		return flow.Simulation{}, err
	}
	for _, d := range s.Drafts {
		for i := range d.Ladders {
			d.Ladders[i].Zone = p.Zone // a zone is not kept as JSON
		}
	}
	return c.Flow.Simulate(ctx, actor, s.ProgrammeID, s.Drafts, progress)
}

// simulation reads one from the shelf, with its result once there is one; nil
// when it is not there.
func (c *Console) simulation(which id.ID) (*simulation, error) {
	on := c.simulationShelf()
	for _, name := range []string{resultFile, askedFile} {
		var s simulation
		if ok, err := on.Find(which, name, &s); ok || err != nil {
			return &s, err
		}
	}
	return nil, nil
}

// simulationsOf returns the latest five in which the draft of a rule, ladder or
// offer took part; any for 0.
func (c *Console) simulationsOf(programme, of id.ID) ([]simulation, error) {
	all, err := c.simulationShelf().All()
	if err != nil {
		return nil, err
	}
	var list []simulation
	for _, which := range all {
		s, err := c.simulation(which)
		if err != nil {
			return nil, err
		}
		if s != nil && s.ProgrammeID == programme && (of == 0 || s.tries(of)) {
			list = append(list, *s)
		}
	}
	return list[:min(len(list), 5)], nil
}

// tries reports whether one of the drafts is that of a rule, ladder or offer.
func (s *simulation) tries(of id.ID) bool {
	return slices.ContainsFunc(s.Drafts, func(d flow.Draft) bool {
		return slices.ContainsFunc(d.Rules, func(v earn.Version) bool { return v.Rule.ID == of }) ||
			slices.ContainsFunc(d.Ladders, func(l tier.Ladder) bool { return l.ID == of }) ||
			slices.ContainsFunc(d.Offers, func(v promo.Version) bool { return v.OfferID == of })
	})
}

// simulationPage is one simulation, done or under way.
type simulationPage struct {
	*visit
	*simulation
	job      jobs.Info
	underWay bool
	names    earn.Names
	offers   condition.Names
	decimals int
	people   map[id.ID]string
	ranks    []tier.Rank
}

func (c *Console) showSimulation(v *visit) error {
	which, err := v.pathID("simulation", id.Simulation)
	if err != nil {
		return err
	}
	s, err := c.simulation(which)
	if err != nil {
		return err
	}
	if s == nil || s.ProgrammeID != v.programme.ID {
		return web.NotFound(v.w, v.r)
	}
	p := &simulationPage{visit: v, simulation: s}
	if err := c.furnishSimulation(p); err != nil {
		return err
	}
	if web.IsFragment(v.r) {
		return v.render(simulationState(p))
	}
	return v.render(simulationShown(p))
}

func (c *Console) furnishSimulation(p *simulationPage) error {
	wallets, err := c.Ledger.Wallets(p.ctx(), p.actor, p.programme.ID)
	if err != nil {
		return err
	}
	if len(wallets) > 0 {
		p.decimals = wallets[0].Decimals
	}
	if p.names, err = c.ruleNames(p.visit); err != nil {
		return err
	}
	if p.offers, err = c.promoNames(p.visit); err != nil {
		return err
	}
	if p.ranks, err = c.ranks(p.visit); err != nil {
		return err
	}
	if p.Result == nil && p.Failed == nil {
		p.job, p.underWay, err = jobs.Find(p.ctx(), c.DB.Reader(), simulateJob, p.errand.unique())
		return err
	}
	return c.namePeople(p)
}

// tidySimulations keeps the latest of each programme.
func (c *Console) tidySimulations() error {
	on := c.simulationShelf()
	all, err := on.All()
	if err != nil {
		return err
	}
	kept := map[id.ID]int{}
	for _, which := range all {
		s, err := c.simulation(which)
		if err != nil {
			return err
		}
		if s != nil {
			kept[s.ProgrammeID]++
		}
		if s == nil && shelf.OlderThan(which, c.Now(), time.Hour) || s != nil && kept[s.ProgrammeID] > keptSimulations {
			if err := on.Drop(which); err != nil {
				return err
			}
		}
	}
	return nil
}

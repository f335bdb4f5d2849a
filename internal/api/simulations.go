package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
	"regulars/internal/tier"
)

const (
	simulateJob   = "api.simulate"
	simulateTries = 5
)

func (s *server) addSimulations() {
	if s.Jobs != nil { // without one another process does the jobs
		s.Jobs.Handle(simulateJob, s.simulate)
	}
	write(s, operation{
		id: "start-simulation", method: http.MethodPost, path: "/v1/simulations", tag: tagRules, needs: needs(auth.SimulateRun, auth.RulesRead), created: true,
		summary: "Set a draft beside what is, over the whole past",
		text: "Every purchase and return is decided anew, by the same code as live traffic, and nothing changes. It is done apart: ask for it again until it is done. " +
			"Name a rule for its stored draft, a rule and a spec for what it shall say instead, a spec alone for a new rule, or a ladder for its stored draft.",
		example: `{"name":"A thank-you","trigger":"purchase","spec":{"wallet":"wal_01h9x3k7q2v5n","effects":[{"kind":"fixed","points":5}]}}`,
	}, s.startSimulation, s.showSimulation)
	read(s, operation{
		id: "get-simulation", method: http.MethodGet, path: "/v1/simulations/{simulation}", tag: tagRules, needs: needs(auth.SimulateRun),
		summary: "Get a simulation and, once it is done, what came of it", text: "The latest 50 of a programme are kept.",
	}, func(ctx context.Context, c *call, in *simulationIn) (simulationView, error) {
		if err := c.can(auth.SimulateRun); err != nil {
			return simulationView{}, err
		}
		return s.showSimulation(ctx, c, string(in.Simulation))
	})
}

// simulationIn names a simulation in an address.
type simulationIn struct {
	Simulation simulationID `path:"simulation"`
}

type simulationID string

// Schema describes it for the document.
func (simulationID) Schema(huma.Registry) *huma.Schema {
	return shown(id.Simulation, "The simulation.")
}

// simulationDraft is what shall be simulated.
type simulationDraft struct {
	Rule    string   `json:"rule,omitempty" maxLength:"40" doc:"The rule that the draft stands for." example:"rul_01h9x3k7q2v5n"`
	Ladder  string   `json:"ladder,omitempty" maxLength:"40" doc:"The ladder whose stored draft is meant; instead of all else." example:"lad_01h9x3k7q2v5n"`
	Name    string   `json:"name,omitempty" maxLength:"200" doc:"What a new rule is called." example:"A thank-you"`
	Trigger string   `json:"trigger,omitempty" maxLength:"100" doc:"The kind of event that a new rule answers; purchase when left out." example:"purchase"`
	Spec    ruleSpec `json:"spec,omitzero"`
}

func (s *server) startSimulation(ctx context.Context, c *call, _ *nothing, body *simulationDraft) (string, error) {
	if err := c.can(auth.SimulateRun); err != nil {
		return "", err
	}
	sim := &simulation{programme: c.programme(), key: c.actor.ID}
	subject, err := s.drafted(ctx, c, body, &sim.draft)
	if err != nil {
		return "", err
	}
	entry := auth.Entry{ProgrammeID: c.programme(), Action: "simulation.start", Subject: subject}
	if err := s.keep(ctx, c, sim, entry); err != nil {
		return "", err
	}
	return sim.id.In(id.Simulation), nil
}

// drafted reads the draft and says what it is about.
func (s *server) drafted(ctx context.Context, c *call, body *simulationDraft, d *flow.Draft) (string, error) {
	if body.Ladder != "" {
		return body.Ladder, s.draftedLadder(ctx, c, body, d)
	}
	rule := earn.Rule{ProgrammeID: c.programme(), Name: body.Name, Trigger: earn.Trigger(body.Trigger)}
	if rule.Trigger == "" {
		rule.Trigger = earn.Purchase
	}
	if body.Rule != "" {
		var err error
		if rule.ID, err = id.Parse(id.Rule, body.Rule); err != nil {
			return "", under("/rule", err)
		}
	}
	if body.Rule != "" && len(body.Spec.RawMessage) == 0 {
		return body.Rule, s.storedDraft(ctx, c, rule.ID, d)
	}
	if len(body.Spec.RawMessage) == 0 {
		return "", fault.Invalid("nothing_to_simulate", "name a rule or a ladder with a draft, or send a spec").At("/spec")
	}
	spec, err := body.Spec.parse("/spec")
	if err != nil {
		return "", err
	}
	v, err := s.Rules.Trial(ctx, c.actor, rule, spec)
	d.Rules = []earn.Version{v}
	return body.Rule, inSpec(err)
}

func (s *server) storedDraft(ctx context.Context, c *call, rule id.ID, d *flow.Draft) error {
	h, err := s.Rules.Get(ctx, c.actor, c.programme(), rule)
	if err != nil {
		return err
	}
	draft := h.Draft()
	if draft == nil {
		return fault.Conflict("rule_no_draft", "the rule has no draft; write one first")
	}
	d.Rules = []earn.Version{*draft}
	return nil
}

// draftedLadder sets the ladder's draft in place of all that it has ever said.
func (s *server) draftedLadder(ctx context.Context, c *call, body *simulationDraft, d *flow.Draft) error {
	if body.Rule != "" || len(body.Spec.RawMessage) > 0 {
		return fault.Invalid("two_drafts", "simulate a ladder or a rule, not both at once").At("/ladder")
	}
	ladder, err := id.Parse(id.Ladder, body.Ladder)
	if err != nil {
		return under("/ladder", err)
	}
	plan, err := s.Ladders.Get(ctx, c.actor, c.programme(), ladder)
	if err != nil {
		return err
	}
	if plan.Draft == nil {
		return fault.Conflict("ladder_without_draft", "the ladder has no draft; change it first")
	}
	l := plan.Ladder
	l.Versions = []tier.Version{{Number: 1, Definition: plan.Draft.Definition}}
	d.Ladders = []tier.Ladder{l}
	return nil
}

// simulate is the job that replays the past.
func (s *server) simulate(ctx context.Context, j *jobs.Job) error {
	var e errand
	if err := j.Read(&e); err != nil {
		return err
	}
	sim, err := s.load(ctx, e)
	if fault.KindOf(err) == fault.KindMissing {
		return nil // forgotten meanwhile
	}
	if err != nil {
		return err
	}
	result, err := s.replay(ctx, sim, func(done, total int64) {
		// A lost job is told by its context; progress that cannot be stored
		// stops nothing.
		_ = j.Progress(ctx, done, total, "")
	})
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return s.finish(ctx, e, "failure", mishap{f.Code, f.Message, f.Args})
	}
	if err != nil {
		return err
	}
	return s.finish(ctx, e, "result", result)
}

func (s *server) replay(ctx context.Context, sim *simulation, progress func(done, total int64)) (flow.Simulation, error) {
	keys, err := s.Auth.Keys(ctx, watcher, sim.programme)
	if err != nil {
		return flow.Simulation{}, err
	}
	i := slices.IndexFunc(keys, func(k auth.Key) bool {
		return k.ID == sim.key && k.Revoked.IsZero() && (k.Expires.IsZero() || k.Expires.After(s.Now()))
	})
	if i < 0 {
		return flow.Simulation{}, fault.Refused("key_ended", "the API key that asked for this is not good any more; start it again with another")
	}
	p, err := program.Load(ctx, s.DB.Reader(), sim.programme)
	if err != nil {
		return flow.Simulation{}, err
	}
	for i := range sim.draft.Ladders {
		sim.draft.Ladders[i].Zone = p.Zone // a zone is not kept as JSON
	}
	return s.Flow.Simulate(ctx, keys[i].Actor(), sim.programme, sim.draft, progress)
}

// outcomeView is where the programme would stand. Points are in the smallest
// unit of the first wallet.
type outcomeView struct {
	Issued         int64            `json:"issued"`
	ClawedBack     int64            `json:"clawed_back"`
	Expired        int64            `json:"expired"`
	Spent          int64            `json:"spent"`
	Liability      int64            `json:"liability" doc:"Points owed."`
	LiabilityMinor int64            `json:"liability_minor" doc:"What they are worth, in minor units."`
	Ranks          map[string]int64 `json:"ranks" nullable:"false" doc:"Members by the code of their rank on the first ladder."`
}

type moverView struct {
	Member string `json:"member" example:"mem_01h9x3k7q2v5n"`
	Now    int64  `json:"now" doc:"Points that the member was given."`
	Draft  int64  `json:"draft" doc:"Points that the draft would have given."`
}

type simulationResult struct {
	Sentence string      `json:"sentence" doc:"What the draft would change, in words."`
	Members  int64       `json:"members"`
	Sales    int64       `json:"sales"`
	Now      outcomeView `json:"now"`
	Draft    outcomeView `json:"draft"`
	Cut      int64       `json:"cut" doc:"Points taken by hand that would not have been there."`
	Movers   []moverView `json:"movers" nullable:"false" doc:"For whom most would change."`
}

type simulationView struct {
	Simulation string            `json:"simulation" example:"sim_01h9x3k7q2v5n"`
	State      string            `json:"state" enum:"waiting,running,done,failed"`
	Asked      time.Time         `json:"asked"`
	Done       int64             `json:"done,omitempty" doc:"Events replayed so far."`
	Total      int64             `json:"total,omitempty" doc:"Events to be replayed."`
	Result     *simulationResult `json:"result,omitempty"`
	Failure    string            `json:"failure,omitempty" doc:"Why it could not be finished."`
}

func (s *server) showSimulation(ctx context.Context, c *call, subject string) (simulationView, error) {
	which, err := id.Parse(id.Simulation, subject)
	if err != nil {
		return simulationView{}, err
	}
	e := errand{c.programme(), which}
	sim, err := s.load(ctx, e)
	if err != nil {
		return simulationView{}, err
	}
	v := simulationView{Simulation: subject, State: "waiting", Asked: which.Time()}
	switch {
	case sim.result != nil:
		v.State, v.Result = "done", c.simulated(*sim.result)
	case sim.failure != nil:
		v.State, v.Failure = "failed", c.print.Fault(&fault.Error{Code: sim.failure.Code, Message: sim.failure.Message, Args: sim.failure.Args})
	default:
		err = s.progress(ctx, c, e, &v)
	}
	return v, err
}

// progress says how far the job is.
func (s *server) progress(ctx context.Context, c *call, e errand, v *simulationView) error {
	for _, state := range []jobs.State{jobs.Running, jobs.Dead} {
		list, err := jobs.List(ctx, s.DB.Reader(), state, 0, maxPage)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(j jobs.Info) bool { return j.Kind == simulateJob && j.Unique == e.unique() })
		switch {
		case i < 0:
		case state == jobs.Running:
			v.State, v.Done, v.Total = "running", list[i].Done, list[i].Total
		default:
			v.State, v.Failure = "failed", c.print.T("fault.internal")
		}
	}
	return nil
}

func (c *call) simulated(r flow.Simulation) *simulationResult {
	decimals := 0
	if len(c.setting.wallets) > 0 {
		decimals = c.setting.wallets[0].Decimals
	}
	v := &simulationResult{
		Sentence: r.Sentence(c.print, decimals), Members: r.Members, Sales: r.Sales, Now: outcomeOf(r.Now), Draft: outcomeOf(r.Draft), Cut: r.Cut,
		Movers: make([]moverView, len(r.Movers)),
	}
	for i, m := range r.Movers {
		v.Movers[i] = moverView{m.MemberID.In(id.Member), m.Now, m.Draft}
	}
	return v
}

func outcomeOf(o flow.Outcome) outcomeView {
	v := outcomeView(o)
	if v.Ranks == nil {
		v.Ranks = map[string]int64{}
	}
	return v
}

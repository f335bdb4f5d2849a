package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
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
		summary: "Set drafts beside what is, over the whole past",
		text: "Every purchase and return is decided anew, by the same code as live traffic, and nothing changes. It is done apart: ask for it again until it is done. " +
			"A draft may change rules, ladders, offers and rewards together; up to four are set side by side. Offers are taken to have been open from the first day.",
		example: `{"drafts":[{"name":"A thank-you","rules":[{"name":"A thank-you","spec":{"wallet":"points","effects":[{"kind":"fixed","points":5}]}}]}],"band":{"low":300,"high":700}}`,
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
	if f := jobs.FailureOf(err); f != nil {
		return s.finish(ctx, e, "failure", f)
	}
	if err != nil {
		return err
	}
	return s.finish(ctx, e, "result", result)
}

func (s *server) replay(ctx context.Context, sim *simulation, progress func(done, total int64)) (flow.Simulation, error) {
	actor, err := s.Auth.Still(ctx, auth.KindKey, sim.key, sim.programme)
	if err != nil {
		return flow.Simulation{}, err
	}
	p, err := program.Load(ctx, s.DB.Reader(), sim.programme)
	if err != nil {
		return flow.Simulation{}, err
	}
	for _, d := range sim.asked.Drafts {
		for i := range d.Ladders {
			d.Ladders[i].Zone = p.Zone // a zone is not kept as JSON
		}
	}
	return s.Flow.Simulate(ctx, actor, sim.programme, sim.asked.Drafts, progress)
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
	v := simulationView{Simulation: subject, State: "waiting", Asked: sim.started}
	switch {
	case sim.result != nil:
		v.State, v.Result = "done", c.simulated(*sim.result, sim.asked.Band)
	case sim.failure != nil:
		v.State, v.Failure = "failed", sim.failure.Say(c.print)
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

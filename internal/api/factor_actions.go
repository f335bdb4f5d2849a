package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/factor"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const exampleFactorAction = `{"factor": "speed", "title": "A second till from five to seven", "why": "Every third complaint is about the queue", "expected": "Half as many complaints about it",
  "owner": "stf_01h9x3k7q2v5n", "cost": 120000, "effort": "weeks", "due": "2026-12-24"}`

func (s *server) addFactorActions() {
	read(s, operation{
		id: "list-factor-actions", method: http.MethodGet, path: "/v1/factor-actions", tag: tagFactors, needs: needs(auth.FactorsRead),
		summary: "List what is to be done, what is most pressing first",
		text: "A key belongs to one programme, so this is the list of all that it may see. What is open comes first, by importance times what is missing to the best of its factor in the feedback of the last 90 days, then by its day. " +
			"Corrective actions about causes of complaints are among them for keys that may read cases; they are kept under /v1/case-actions. " +
			"What followed an action is set beside what was before, and is no proof that the action did it.",
	}, func(ctx context.Context, c *call, _ *nothing) (factorActions, error) {
		v := factorActions{Items: []factorAction{}}
		list, err := s.Factors.Backlog(ctx, c.actor, c.programme())
		for i := range list {
			v.Items = append(v.Items, factorActionOf(&list[i]))
		}
		return v, err
	})
	write(s, operation{
		id: "add-factor-action", method: http.MethodPost, path: "/v1/factor-actions", tag: tagFactors, needs: needs(auth.FactorsRead, auth.FactorsWrite), created: true,
		summary: "Write down what is to be done about a factor", text: "It begins as an idea.", example: exampleFactorAction,
	}, func(ctx context.Context, c *call, _ *nothing, body *newFactorAction) (string, error) {
		spec, err := body.spec(c)
		if err != nil {
			return "", err
		}
		return factorActionDone(s.Factors.Add(ctx, c.actor, c.programme(), spec))
	}, s.showFactorAction)
	write(s, operation{
		id: "change-factor-action", method: http.MethodPut, path: "/v1/factor-actions/{action}", tag: tagFactors, needs: needs(auth.FactorsRead, auth.FactorsWrite),
		summary: "Say something else of an action",
		text:    "Give the version that you read: if somebody changed the action since, nothing is changed (409).",
		example: `{"version": 1, "action": ` + exampleFactorAction + `}`,
	}, func(ctx context.Context, c *call, in *factorActionIn, body *changedFactorAction) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		spec, err := body.Action.spec(c)
		if err != nil {
			return "", within("/action", err)
		}
		subject, err := factorActionDone(s.Factors.Change(ctx, c.actor, c.programme(), n, body.Version, spec))
		return subject, within("/action", err)
	}, s.showFactorAction)
	write(s, operation{
		id: "turn-factor-action", method: http.MethodPost, path: "/v1/factor-actions/{action}/state", tag: tagFactors, needs: needs(auth.FactorsRead, auth.FactorsWrite),
		summary: "Move an action into a state", text: "One that is dropped needs a reason.", example: `{"state": "doing"}`,
	}, func(ctx context.Context, c *call, in *factorActionIn, body *factorTurn) (string, error) {
		n, err := in.id()
		if err != nil {
			return "", err
		}
		return factorActionDone(s.Factors.Turn(ctx, c.actor, c.programme(), n, factor.State(body.State), body.Why))
	}, s.showFactorAction)
}

// factorActionIn names an action in an address.
type factorActionIn struct {
	Action factorActionID `path:"action"`
}

func (in factorActionIn) id() (id.ID, error) {
	return parseID(id.FactorAction, "action", string(in.Action))
}

type factorActionID string

// Schema describes it for the document.
func (factorActionID) Schema(huma.Registry) *huma.Schema {
	return shown(id.FactorAction, "The action.")
}

func factorActionDone(n *factor.Action, err error) (string, error) {
	if err != nil {
		return "", err
	}
	return n.ID.In(id.FactorAction), nil
}

type newFactorAction struct {
	Factor   string `json:"factor" maxLength:"40" example:"speed"`
	Title    string `json:"title" maxLength:"800" example:"A second till from five to seven"`
	Why      string `json:"why" maxLength:"8000" example:"Every third complaint is about the queue"`
	Expected string `json:"expected,omitempty" maxLength:"8000" doc:"What should come of it."`
	Owner    string `json:"owner" maxLength:"40" example:"stf_01h9x3k7q2v5n"`
	Cost     int64  `json:"cost,omitempty" minimum:"0" doc:"In minor units." example:"120000"`
	Effort   string `json:"effort" enum:"now,weeks,months"`
	Due      string `json:"due" format:"date" doc:"The day on which it is to be done." example:"2026-12-24"`
}

func (b *newFactorAction) spec(c *call) (factor.Spec, error) {
	spec := factor.Spec{Factor: factor.Code(b.Factor), Title: b.Title, Why: b.Why, Expected: b.Expected, Cost: b.Cost, Effort: factor.Effort(b.Effort)}
	var err error
	if spec.OwnerID, err = id.Parse(id.Staff, b.Owner); err != nil {
		return spec, fault.At("/owner", err)
	}
	if spec.Due, err = time.ParseInLocation(time.DateOnly, b.Due, c.setting.Zone); err != nil {
		return spec, fault.Invalid("case_day", "%q is no date such as 2026-12-24", b.Due).At("/due").With("day", b.Due)
	}
	return spec, nil
}

type changedFactorAction struct {
	Version int64           `json:"version" minimum:"1" doc:"The version that you read."`
	Action  newFactorAction `json:"action"`
}

type factorTurn struct {
	State string `json:"state" enum:"idea,planned,doing,done,dropped"`
	Why   string `json:"why,omitempty" maxLength:"8000" doc:"Why it is dropped."`
}

type factorActions struct {
	Items []factorAction `json:"items" nullable:"false" doc:"The most pressing first."`
}

type factorAction struct {
	Action     string        `json:"action" example:"fca_01h9x3k7q2v5n"`
	Corrective bool          `json:"corrective" doc:"About a cause of complaints; kept under /v1/case-actions."`
	Factor     string        `json:"factor,omitempty" doc:"Missing for a corrective action whose cause counts to none." example:"speed"`
	Cause      string        `json:"cause,omitempty" doc:"Of a corrective action."`
	Title      string        `json:"title"`
	Why        string        `json:"why,omitempty"`
	Expected   string        `json:"expected,omitempty"`
	Owner      string        `json:"owner" example:"stf_01h9x3k7q2v5n"`
	Cost       int64         `json:"cost"`
	Effort     string        `json:"effort,omitempty" enum:"now,weeks,months"`
	Due        string        `json:"due" format:"date" example:"2026-12-24"`
	Overdue    bool          `json:"overdue"`
	State      string        `json:"state" enum:"idea,planned,doing,done,dropped"`
	DroppedWhy string        `json:"dropped_why,omitempty"`
	Made       time.Time     `json:"made"`
	Began      *time.Time    `json:"began,omitempty"`
	Done       *time.Time    `json:"done,omitempty"`
	Version    int64         `json:"version,omitempty"`
	Priority   float64       `json:"priority" doc:"Importance times what is missing to the best of its factor; 0 where too little feedback says so."`
	Effect     *factorEffect `json:"effect,omitempty" doc:"Once it is done."`
	// Support is told of a single action alone.
	Support *factorSupport `json:"support_index,omitempty" doc:"Of a single action that is done."`
}

type factorSupport struct {
	From      time.Time     `json:"from" doc:"Customers served since it was done, 90 days at most; before it began equally long."`
	To        time.Time     `json:"to"`
	Before    indexView     `json:"before"`
	After     indexView     `json:"after"`
	Confirmed *intervalView `json:"confirmed_change,omitempty" doc:"The share of customers whose positive review is confirmed, after less before (Newcombe); missing where either side has under 10. What followed, and no proof."`
}

type factorEffect struct {
	BeforeN int64         `json:"before_n" doc:"Pieces about the factor in the 90 days before it began."`
	AfterN  int64         `json:"after_n" doc:"Pieces in the time since it was done, 90 days at most."`
	Before  *intervalView `json:"before,omitempty" doc:"The share of positive; missing where either side has under 10."`
	After   *intervalView `json:"after,omitempty"`
	Change  *intervalView `json:"change,omitempty" doc:"After less before (Newcombe); what followed, and no proof."`
}

func factorActionOf(n *factor.Item) factorAction {
	v := factorAction{
		Factor: string(n.Factor), Owner: n.OwnerID().In(id.Staff), Due: n.Due().In(n.Programme.Zone).Format(time.DateOnly), Overdue: n.Overdue, Priority: n.Figure.Priority,
	}
	if e := n.Effect; e != nil {
		v.Effect = &factorEffect{e.BeforeN, e.AfterN, intervalOf(e.Shown, e.Before), intervalOf(e.Shown, e.After), intervalOf(e.Shown, e.Change)}
	}
	if e := n.Support; e != nil {
		v.Support = &factorSupport{e.From.UTC(), e.To.UTC(), indexOf(e.Before), indexOf(e.After), intervalOf(e.Shown(), e.Change)}
	}
	if k := n.Corrective; k != nil {
		v.Action, v.Corrective, v.Cause, v.Title, v.Made, v.Done, v.State = k.ID.In(id.CaseAction), true, k.Cause, k.Title, k.Made, moment(k.Done), string(factor.Planned)
		if !n.Open {
			v.State = string(factor.Done)
		}
		return v
	}
	a := n.Action
	v.Action, v.Title, v.Why, v.Expected, v.Cost, v.Effort, v.State, v.DroppedWhy = a.ID.In(id.FactorAction), a.Title, a.Why, a.Expected, a.Cost, string(a.Effort), string(a.State), a.DroppedWhy
	v.Made, v.Began, v.Done, v.Version = a.Made, moment(a.Began), moment(a.Done), a.Version
	return v
}

func (s *server) showFactorAction(ctx context.Context, c *call, subject string) (factorAction, error) {
	n, err := parseID(id.FactorAction, "action", subject)
	if err != nil {
		return factorAction{}, err
	}
	item, err := s.Factors.Item(ctx, watcher, c.programme(), n)
	if err != nil {
		return factorAction{}, err
	}
	return factorActionOf(item), nil
}

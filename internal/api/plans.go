package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/plan"
)

const examplePlan = `{"names": {"en": "Tea Club"}, "price": 999, "interval": "month", "trial_days": 14, "grace_days": 14, "ladder": "status", "rank": "gold"}`

func (s *server) addPlans() {
	read(s, operation{
		id: "list-plans", method: http.MethodGet, path: "/v1/plans", tag: tagPlans, needs: needs(auth.PlansRead), summary: "List plans",
	}, func(ctx context.Context, c *call, _ *nothing) (planList, error) {
		plans, err := s.Plans.List(ctx, c.actor, c.programme())
		v := planList{Items: make([]planView, len(plans))}
		for i, p := range plans {
			v.Items[i] = c.plan(p)
		}
		return v, err
	})
	read(s, operation{
		id: "get-plan", method: http.MethodGet, path: "/v1/plans/{plan}", tag: tagPlans, needs: needs(auth.PlansRead), summary: "Get a plan",
	}, func(ctx context.Context, c *call, in *planIn) (planView, error) {
		p, err := s.Plans.Get(ctx, c.actor, c.programme(), string(in.Plan))
		if err != nil {
			return planView{}, err
		}
		return c.plan(p), nil
	})
	read(s, operation{
		id: "list-plan-results", method: http.MethodGet, path: "/v1/plans/results", tag: tagPlans, needs: needs(auth.PlansRead),
		summary: "List what became of plans", text: "None of those that nobody joined. A rate is to be read with the number behind it: trial_rate is a 95 % interval by Wilson.",
	}, s.listPlanResults)
	s.addPlanVerbs()
	s.addPayer()
}

func (s *server) addPlanVerbs() {
	write(s, operation{
		id: "create-plan", method: http.MethodPost, path: "/v1/plans", tag: tagPlans, needs: needs(auth.PlansWrite), created: true,
		summary: "Make a plan, as a draft", text: "Nobody can join it until it is published.", example: `{"code": "club", "says": ` + examplePlan + `}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *newPlan) (string, error) {
		spec, err := body.Says.spec(c)
		if err != nil {
			return "", fault.At("/says", err)
		}
		p, err := s.Plans.Create(ctx, c.actor, c.programme(), body.Code, spec)
		if err != nil {
			return "", err
		}
		return p.ID.In(id.Plan), nil
	}, s.showPlan)
	write(s, operation{
		id: "change-plan", method: http.MethodPut, path: "/v1/plans/{plan}", tag: tagPlans, needs: needs(auth.PlansWrite),
		summary: "Write the draft of a plan", text: "It holds from its publishing on: for who joins at once, for members from a renewal on, at a higher price only after a notice.",
		example: examplePlan,
	}, func(ctx context.Context, c *call, in *planIn, body *planSpec) (string, error) {
		spec, err := body.spec(c)
		if err != nil {
			return "", err
		}
		p, err := s.Plans.SaveDraft(ctx, c.actor, c.programme(), string(in.Plan), spec)
		if err != nil {
			return "", err
		}
		return p.ID.In(id.Plan), nil
	}, s.showPlan)
	s.addPlanTurn("publish-plan", "publish", "Put the draft of a plan on sale", s.Plans.Publish)
	s.addPlanTurn("retire-plan", "retire", "Take a plan off sale; its members stay", s.Plans.Retire)
	write(s, operation{
		id: "discard-plan-draft", method: http.MethodDelete, path: "/v1/plans/{plan}/draft", tag: tagPlans, needs: needs(auth.PlansWrite),
		summary: "Throw a draft away", text: "A plan that was never published goes with it.",
	}, func(ctx context.Context, c *call, in *planIn, _ *nothing) (string, error) {
		return string(in.Plan), s.Plans.Discard(ctx, c.actor, c.programme(), string(in.Plan))
	}, func(_ context.Context, _ *call, subject string) (discardedPlan, error) {
		return discardedPlan{subject}, nil
	})
}

func (s *server) addPlanTurn(name, verb, summary string, turn func(context.Context, auth.Actor, id.ID, string) (*plan.Plan, error)) {
	write(s, operation{
		id: name, method: http.MethodPost, path: "/v1/plans/{plan}/" + verb, tag: tagPlans, needs: needs(auth.PlansWrite), summary: summary,
	}, func(ctx context.Context, c *call, in *planIn, _ *nothing) (string, error) {
		p, err := turn(ctx, c.actor, c.programme(), string(in.Plan))
		if err != nil {
			return "", err
		}
		return p.ID.In(id.Plan), nil
	}, s.showPlan)
}

type planList struct {
	Items []planView `json:"items" nullable:"false" doc:"Those first that were made first."`
}

type newPlan struct {
	Code string   `json:"code" minLength:"1" maxLength:"60" doc:"Small Latin letters, digits, hyphens and underscores; it is never changed." example:"club"`
	Says planSpec `json:"says"`
}

type discardedPlan struct {
	Plan string `json:"plan" doc:"The plan whose draft is gone." example:"club"`
}

// planIn names a plan in an address.
type planIn struct {
	Plan planName `path:"plan"`
}

type planName string

// Schema describes it for the document.
func (planName) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Description: "The plan, by its id or code.", Examples: []any{"club"}}
}

func (s *server) showPlan(ctx context.Context, c *call, subject string) (planView, error) {
	p, err := s.Plans.Get(ctx, watcher, c.programme(), subject)
	if err != nil {
		return planView{}, err
	}
	return c.plan(p), nil
}

// payerView is how a programme asks for money.
type payerView struct {
	Method         string `json:"method" enum:"invoice,webhook" doc:"invoice: staff note what was paid. webhook: a provider is told of every charge and answers."`
	URL            string `json:"url,omitempty" doc:"Where the provider is told of charges."`
	Signed         bool   `json:"signed" doc:"Whether there is a secret for signatures."`
	Secret         string `json:"secret,omitempty" doc:"The secret, only in the answer to making it."`
	WithdrawalDays int    `json:"withdrawal_days" doc:"So many days after the first payment begins, leaving gives money back." example:"14"`
	NoticeDays     int    `json:"notice_days" doc:"So many days before a renewal a higher price is announced." example:"30"`
}

type payerChange struct {
	Method         string `json:"method" enum:"invoice,webhook" example:"webhook"`
	URL            string `json:"url,omitempty" maxLength:"2000" doc:"The provider's whole https address; needed for a webhook."`
	WithdrawalDays int    `json:"withdrawal_days" minimum:"0" maximum:"365" example:"14"`
	NoticeDays     int    `json:"notice_days" minimum:"1" maximum:"365" example:"30"`
	NewSecret      bool   `json:"new_secret,omitempty" doc:"Draw a new secret; the old one is good no more."`
}

func (s *server) addPayer() {
	const path = "/v1/plans/payer"
	read(s, operation{
		id: "get-payer", method: http.MethodGet, path: path, tag: tagPlans, needs: needs(auth.PlansRead), summary: "Get how charges are asked for",
	}, func(ctx context.Context, c *call, _ *nothing) (payerView, error) { return s.showPayer(ctx, c, "") })
	write(s, operation{
		id: "set-payer", method: http.MethodPut, path: path, tag: tagPlans, needs: needs(auth.PlansWrite, auth.ChargesWrite),
		summary: "Say how charges are asked for", text: "The secret is shown in the answer that makes it, and never again.",
		example: `{"method": "invoice", "withdrawal_days": 14, "notice_days": 30}`,
	}, func(ctx context.Context, c *call, _ *nothing, body *payerChange) (string, error) {
		to := plan.Settings{Method: plan.Method(body.Method), URL: body.URL, WithdrawalDays: body.WithdrawalDays, NoticeDays: body.NoticeDays}
		_, secret, err := s.Plans.SetSettings(ctx, c.actor, c.programme(), to, body.NewSecret)
		c.secret = secret
		return c.programme().In(id.Programme), err
	}, s.showPayer)
}

func (s *server) showPayer(ctx context.Context, c *call, _ string) (payerView, error) {
	if err := c.can(auth.PlansRead); err != nil && c.secret == "" && c.r.Method == http.MethodGet {
		return payerView{}, err
	}
	n, err := s.Plans.Settings(ctx, watcher, c.programme())
	return payerView{string(n.Method), n.URL, n.Signed, c.secret, n.WithdrawalDays, n.NoticeDays}, err
}

// unknownMark is a mark that charges do not take.
func unknownMark(word string) error {
	return fault.Invalid("charge_mark", "a charge is noted as paid, failed or refunded; %q is none of these", clip(word)).At("/state")
}

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
	"regulars/internal/id"
)

func (s *server) addRules() {
	read(s, operation{
		id: "list-rules", method: http.MethodGet, path: "/v1/rules", tag: tagRules, needs: needs(auth.RulesRead),
		summary: "List the programme's rules with their versions",
	}, s.listRules)
	read(s, operation{
		id: "get-rule", method: http.MethodGet, path: "/v1/rules/{rule}", tag: tagRules, needs: needs(auth.RulesRead),
		summary: "Get a rule with its versions, in figures and in words",
	}, s.getRule)
	write(s, operation{
		id: "create-rule", method: http.MethodPost, path: "/v1/rules", tag: tagRules, needs: needs(auth.RulesWrite), created: true,
		summary: "Make a rule, as a draft", text: "It gives nothing until it is published.",
	}, s.createRule, s.showRule)
	write(s, operation{
		id: "rename-rule", method: http.MethodPatch, path: "/v1/rules/{rule}", tag: tagRules, needs: needs(auth.RulesWrite),
		summary: "Give a rule another name",
	}, s.renameRule, s.showRule)
	write(s, operation{
		id: "draft-rule", method: http.MethodPut, path: "/v1/rules/{rule}/draft", tag: tagRules, needs: needs(auth.RulesWrite),
		summary: "Write what a rule shall say next", text: "Over the draft that is there, if any. What is in force stays so until the draft is published.",
	}, s.draftRule, s.showRule)
	write(s, operation{
		id: "discard-draft", method: http.MethodDelete, path: "/v1/rules/{rule}/draft", tag: tagRules, needs: needs(auth.RulesWrite),
		summary: "Throw a draft away", text: "A rule that was never published goes with it.",
	}, s.discardDraft, s.showDiscarded)
	write(s, operation{
		id: "publish-rule", method: http.MethodPost, path: "/v1/rules/{rule}/publish", tag: tagRules, needs: needs(auth.RulesPublish),
		summary: "Put the draft in force", text: "The version before it ends at the same moment.",
	}, s.publishRule, s.showRule)
	write(s, operation{
		id: "retire-rule", method: http.MethodPost, path: "/v1/rules/{rule}/retire", tag: tagRules, needs: needs(auth.RulesPublish),
		summary: "End a rule", text: "Points that it gave stay.",
	}, s.retireRule, s.showRule)
}

// ruleIn names a rule in an address.
type ruleIn struct {
	Rule ruleID `path:"rule"`
}

func (in ruleIn) id() (id.ID, error) { return parseID(id.Rule, "rule", string(in.Rule)) }

type ruleID string

// Schema describes it for the document.
func (ruleID) Schema(huma.Registry) *huma.Schema { return shown(id.Rule, "The rule.") }

func (s *server) getRule(ctx context.Context, c *call, in *ruleIn) (ruleView, error) {
	rule, err := in.id()
	if err != nil {
		return ruleView{}, err
	}
	h, err := s.Rules.Get(ctx, c.actor, c.programme(), rule)
	if err != nil {
		return ruleView{}, err
	}
	return c.rule(h)
}

type ruleList struct {
	Items []ruleView `json:"items" nullable:"false"`
}

func (s *server) listRules(ctx context.Context, c *call, _ *nothing) (ruleList, error) {
	histories, err := s.Rules.List(ctx, c.actor, c.programme())
	list := ruleList{Items: make([]ruleView, len(histories))}
	for i, h := range histories {
		if list.Items[i], err = c.rule(h); err != nil {
			return ruleList{}, err
		}
	}
	return list, err
}

// newRule makes a rule.
type newRule struct {
	Name    string   `json:"name" minLength:"1" maxLength:"200" doc:"Unique in the programme; members read it in their statements." example:"Points for purchases"`
	Trigger string   `json:"trigger" maxLength:"100" doc:"The kind of event that it answers: purchase, return, sign_up, birthday, or custom. and a name of yours." example:"purchase"`
	Spec    ruleSpec `json:"spec"`
}

func (s *server) createRule(ctx context.Context, c *call, _ *nothing, body *newRule) (string, error) {
	spec, err := body.Spec.parse(c, "/spec")
	if err != nil {
		return "", err
	}
	r := earn.Rule{ProgrammeID: c.programme(), Name: body.Name, Trigger: earn.Trigger(body.Trigger)}
	v, err := s.Rules.Create(ctx, c.actor, r, spec)
	if err != nil {
		return "", inSpec(err)
	}
	return v.Rule.ID.In(id.Rule), nil
}

// inSpec points failures of the parts of a spec into it; name and trigger
// stand beside it.
func inSpec(err error) error {
	list := slices.Clone(fault.All(err))
	for i, f := range list {
		if f.Field != "" && f.Field != "/name" && f.Field != "/trigger" {
			list[i] = f.At("/spec")
		}
	}
	if len(list) == 0 {
		return err
	}
	return fault.Join(list...)
}

type ruleDraft struct {
	Spec ruleSpec `json:"spec"`
}

func (s *server) draftRule(ctx context.Context, c *call, in *ruleIn, body *ruleDraft) (string, error) {
	rule, err := in.id()
	if err != nil {
		return "", err
	}
	spec, err := body.Spec.parse(c, "/spec")
	if err != nil {
		return "", err
	}
	_, err = s.Rules.SaveDraft(ctx, c.actor, c.programme(), rule, spec)
	return rule.In(id.Rule), inSpec(err)
}

type ruleName struct {
	Name string `json:"name" minLength:"1" maxLength:"200" example:"Points for purchases"`
}

func (s *server) renameRule(ctx context.Context, c *call, in *ruleIn, body *ruleName) (string, error) {
	return onRule(in, func(rule id.ID) error { return s.Rules.Rename(ctx, c.actor, c.programme(), rule, body.Name) })
}

// onRule does something to the rule of the address.
func onRule(in *ruleIn, do func(rule id.ID) error) (string, error) {
	rule, err := in.id()
	if err != nil {
		return "", err
	}
	return rule.In(id.Rule), do(rule)
}

func (s *server) discardDraft(ctx context.Context, c *call, in *ruleIn, _ *nothing) (string, error) {
	return onRule(in, func(rule id.ID) error { return s.Rules.DiscardDraft(ctx, c.actor, c.programme(), rule) })
}

type rulePublished struct {
	From time.Time `json:"from,omitzero" doc:"Only for the first version: since when it gives, so that a past which is loaded later can earn. Now when left out." example:"2026-01-01T00:00:00Z"`
}

func (s *server) publishRule(ctx context.Context, c *call, in *ruleIn, body *rulePublished) (string, error) {
	return onRule(in, func(rule id.ID) error {
		_, err := s.Rules.Publish(ctx, c.actor, c.programme(), rule, body.From)
		return err
	})
}

func (s *server) retireRule(ctx context.Context, c *call, in *ruleIn, _ *nothing) (string, error) {
	return onRule(in, func(rule id.ID) error { return s.Rules.Retire(ctx, c.actor, c.programme(), rule) })
}

func (s *server) showRule(ctx context.Context, c *call, subject string) (ruleView, error) {
	rule, err := id.Parse(id.Rule, subject)
	if err != nil {
		return ruleView{}, err
	}
	h, err := s.Rules.Get(ctx, watcher, c.programme(), rule)
	if err != nil {
		return ruleView{}, err
	}
	return c.rule(h)
}

type draftDiscarded struct {
	Rule string `json:"rule" example:"rul_01h9x3k7q2v5n"`
	Gone bool   `json:"gone" doc:"The rule was never published and went with its draft."`
}

func (s *server) showDiscarded(ctx context.Context, c *call, subject string) (draftDiscarded, error) {
	_, err := s.showRule(ctx, c, subject)
	if fault.KindOf(err) == fault.KindMissing {
		return draftDiscarded{subject, true}, nil
	}
	return draftDiscarded{subject, false}, err
}

package api

import (
	"context"
	"strconv"

	"regulars/internal/auth"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/promo"
	"regulars/internal/tier"
)

// simulationAsk is what shall be simulated.
type simulationAsk struct {
	Drafts []simulationDraft `json:"drafts" minItems:"1" maxItems:"4" doc:"What is set beside the programme as it is, and beside one another."`
	Band   *simulationBand   `json:"band,omitempty" doc:"The part of customers' value that you mean to give back; 300 to 700 when left out."`
}

type simulationBand struct {
	Low  int64 `json:"low" minimum:"0" maximum:"10000" doc:"Per 10,000." example:"300"`
	High int64 `json:"high" minimum:"0" maximum:"10000" doc:"Per 10,000." example:"700"`
}

// simulationDraft is one way in which the programme could be.
type simulationDraft struct {
	Name    string          `json:"name,omitempty" maxLength:"200" doc:"Tells it from the others." example:"Double points"`
	Rules   []draftedRule   `json:"rules,omitempty" maxItems:"50"`
	Ladders []draftedLadder `json:"ladders,omitempty" maxItems:"20"`
	Offers  []draftedOffer  `json:"offers,omitempty" maxItems:"50"`
	Rewards []draftedReward `json:"rewards,omitempty" maxItems:"50"`
}

type draftedRule struct {
	Rule    string   `json:"rule,omitempty" maxLength:"40" doc:"The rule that the draft stands for; a new rule when left out." example:"rul_01h9x3k7q2v5n"`
	Name    string   `json:"name,omitempty" maxLength:"200" doc:"What a new rule is called." example:"A thank-you"`
	Trigger string   `json:"trigger,omitempty" maxLength:"100" doc:"The kind of event that a new rule answers; purchase when left out." example:"purchase"`
	Spec    ruleSpec `json:"spec,omitzero" doc:"What it says; the stored draft of the rule when left out."`
}

type draftedLadder struct {
	Ladder string `json:"ladder" maxLength:"40" doc:"The ladder whose stored draft is meant." example:"lad_01h9x3k7q2v5n"`
}

type draftedOffer struct {
	Offer string    `json:"offer,omitempty" maxLength:"40" doc:"The offer that the draft stands for; a new offer when left out." example:"off_01h9x3k7q2v5n"`
	Name  string    `json:"name,omitempty" maxLength:"200" doc:"What a new offer is called." example:"A tenth off"`
	Spec  offerSpec `json:"spec,omitzero" doc:"What it says; the stored draft of the offer when left out."`
}

type draftedReward struct {
	Reward string `json:"reward" maxLength:"40" doc:"The reward." example:"rwd_01h9x3k7q2v5n"`
	Points int64  `json:"points" minimum:"0" maximum:"1000000000000" doc:"What it would cost, in the wallet's smallest unit." example:"80"`
}

func (s *server) startSimulation(ctx context.Context, c *call, _ *nothing, body *simulationAsk) (string, error) {
	if err := c.can(auth.SimulateRun); err != nil {
		return "", err
	}
	sim := &simulation{programme: c.programme(), key: c.actor.ID, asked: asked{Band: flow.DefaultBand()}}
	if b := body.Band; b != nil {
		if b.Low > b.High {
			return "", fault.Invalid("band_upside_down", "the band ends at %d and begins at %d; it must not end before it begins", b.High, b.Low).
				At("/band/high").With("low", b.Low).With("high", b.High)
		}
		sim.asked.Band = flow.Band{Low: b.Low, High: b.High}
	}
	for i := range body.Drafts {
		d, err := s.drafted(ctx, c, &body.Drafts[i])
		if err != nil {
			return "", fault.At("/drafts/"+strconv.Itoa(i), err)
		}
		sim.asked.Drafts = append(sim.asked.Drafts, d)
	}
	entry := auth.Entry{ProgrammeID: c.programme(), Action: "simulation.start", Subject: c.programme().In(id.Programme)}
	if err := s.keep(ctx, c, sim, entry); err != nil {
		return "", err
	}
	return sim.id.In(id.Simulation), nil
}

// drafted reads one draft.
func (s *server) drafted(ctx context.Context, c *call, body *simulationDraft) (flow.Draft, error) {
	d := flow.Draft{Name: body.Name}
	if len(body.Rules)+len(body.Ladders)+len(body.Offers)+len(body.Rewards) == 0 {
		return d, fault.Invalid("nothing_to_simulate", "say what the draft changes: rules, ladders, offers or rewards").At("/rules")
	}
	for i := range body.Rules {
		v, err := s.draftedRule(ctx, c, &body.Rules[i])
		if err != nil {
			return d, fault.At("/rules/"+strconv.Itoa(i), err)
		}
		d.Rules = append(d.Rules, v)
	}
	for i, ask := range body.Ladders {
		l, err := s.draftedLadder(ctx, c, ask.Ladder)
		if err != nil {
			return d, fault.At("/ladders/"+strconv.Itoa(i), err)
		}
		d.Ladders = append(d.Ladders, l)
	}
	for i := range body.Offers {
		v, err := s.draftedOffer(ctx, c, &body.Offers[i])
		if err != nil {
			return d, fault.At("/offers/"+strconv.Itoa(i), err)
		}
		d.Offers = append(d.Offers, v)
	}
	return d, s.draftedRewards(ctx, c, body.Rewards, &d)
}

func (s *server) draftedRule(ctx context.Context, c *call, body *draftedRule) (earn.Version, error) {
	rule := earn.Rule{ProgrammeID: c.programme(), Name: body.Name, Trigger: earn.Trigger(body.Trigger)}
	if rule.Trigger == "" {
		rule.Trigger = earn.Purchase
	}
	if body.Rule != "" {
		var err error
		if rule.ID, err = id.Parse(id.Rule, body.Rule); err != nil {
			return earn.Version{}, fault.At("/rule", err)
		}
	}
	if len(body.Spec.RawMessage) > 0 {
		spec, err := body.Spec.parse(c, "/spec")
		if err != nil {
			return earn.Version{}, err
		}
		v, err := s.Rules.Trial(ctx, c.actor, rule, spec)
		return v, inSpec(err)
	}
	if rule.ID == 0 {
		return earn.Version{}, fault.Invalid("nothing_to_simulate", "name a rule with a draft, or send a spec").At("/spec")
	}
	h, err := s.Rules.Get(ctx, c.actor, c.programme(), rule.ID)
	if err != nil {
		return earn.Version{}, fault.At("/rule", err)
	}
	if h.Draft() == nil {
		return earn.Version{}, fault.Conflict("rule_no_draft", "the rule has no draft; write one first").At("/rule")
	}
	return *h.Draft(), nil
}

// draftedLadder sets the ladder's draft in place of all that it has ever said.
func (s *server) draftedLadder(ctx context.Context, c *call, shown string) (tier.Ladder, error) {
	ladder, err := id.Parse(id.Ladder, shown)
	if err != nil {
		return tier.Ladder{}, fault.At("/ladder", err)
	}
	plan, err := s.Ladders.Get(ctx, c.actor, c.programme(), ladder)
	if err != nil {
		return tier.Ladder{}, fault.At("/ladder", err)
	}
	if plan.Draft == nil {
		return tier.Ladder{}, fault.Conflict("ladder_without_draft", "the ladder has no draft; change it first").At("/ladder")
	}
	l := plan.Ladder
	l.Versions = []tier.Version{{Number: 1, Definition: plan.Draft.Definition}}
	return l, nil
}

func (s *server) draftedOffer(ctx context.Context, c *call, body *draftedOffer) (promo.Version, error) {
	o := promo.Offer{ProgrammeID: c.programme(), Name: body.Name}
	if body.Offer != "" {
		var err error
		if o.ID, err = id.Parse(id.Offer, body.Offer); err != nil {
			return promo.Version{}, fault.At("/offer", err)
		}
	}
	if len(body.Spec.RawMessage) > 0 {
		spec, err := body.Spec.parse(c, "/spec")
		if err != nil {
			return promo.Version{}, err
		}
		v, err := s.Offers.Trial(ctx, c.actor, o, spec)
		return v, inSpec(err)
	}
	if o.ID == 0 {
		return promo.Version{}, fault.Invalid("nothing_to_simulate", "name an offer with a draft, or send a spec").At("/spec")
	}
	h, err := s.Offers.Get(ctx, c.actor, c.programme(), o.ID)
	if err != nil {
		return promo.Version{}, fault.At("/offer", err)
	}
	if h.Draft() == nil {
		return promo.Version{}, fault.Conflict("offer_no_draft", "the offer has no draft; write one first").At("/offer")
	}
	return *h.Draft(), nil
}

func (s *server) draftedRewards(ctx context.Context, c *call, asks []draftedReward, d *flow.Draft) error {
	for i, ask := range asks {
		place := "/rewards/" + strconv.Itoa(i) + "/reward"
		which, err := id.Parse(id.Reward, ask.Reward)
		if err != nil {
			return fault.At(place, err)
		}
		r, err := s.Rewards.Get(ctx, c.actor, c.programme(), which)
		if err != nil {
			return fault.At(place, err)
		}
		r.Points = ask.Points
		d.Rewards = append(d.Rewards, r)
	}
	return nil
}

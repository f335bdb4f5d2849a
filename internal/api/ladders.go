package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/tier"
)

const exampleLadder = `{"code": "status", "spec": {"name": "Status", "metric": "spend", "window": "rolling_months", "months": 12, "grace_days": 30, "drop": "soft",
  "ranks": [{"code": "regular", "name": "Regular", "threshold": 0}, {"code": "silver", "name": "Silver", "threshold": 100000, "keep": 80000, "perks": "A seat at tastings", "return_days": 16, "warranty_months": 12}]}}`

func (s *server) addLadders() {
	read(s, operation{
		id: "get-ladder", method: http.MethodGet, path: "/v1/ladders/{ladder}", tag: tagRanks, needs: needs(auth.RanksRead), summary: "Get a ladder, with its draft",
	}, func(ctx context.Context, c *call, in *ladderIn) (ladderView, error) {
		return s.ladder(ctx, c, c.actor, string(in.Ladder))
	})
	write(s, operation{
		id: "create-ladder", method: http.MethodPost, path: "/v1/ladders", tag: tagRanks, needs: needs(auth.RanksWrite), created: true,
		summary: "Make a ladder, as a draft", text: "Nobody stands on it before it is published.", example: exampleLadder,
	}, func(ctx context.Context, c *call, _ *nothing, body *newLadder) (string, error) {
		d, err := body.Spec.definition(c)
		if err != nil {
			return "", err
		}
		p, err := s.Ladders.Create(ctx, c.actor, c.programme(), body.Code, d)
		return p.ID.In(id.Ladder), err
	}, s.showLadder)
	write(s, operation{
		id: "draft-ladder", method: http.MethodPut, path: "/v1/ladders/{ladder}/draft", tag: tagRanks, needs: needs(auth.RanksWrite),
		summary: "Write what the next version of a ladder lays down", text: "What counts cannot change any more once it was published: that takes another ladder.",
		example: `{"spec": {"name": "Status", "metric": "visits", "window": "lifetime", "drop": "hard", "ranks": [{"code": "regular", "name": "Regular", "threshold": 0}]}}`,
	}, func(ctx context.Context, c *call, in *ladderIn, body *ladderDraft) (string, error) {
		d, err := body.Spec.definition(c)
		if err != nil {
			return "", err
		}
		return s.onLadder(c, in, func(n id.ID) error {
			_, err := s.Ladders.SaveDraft(ctx, c.actor, c.programme(), n, d)
			return err
		})
	}, s.showLadder)
	write(s, operation{
		id: "discard-ladder-draft", method: http.MethodDelete, path: "/v1/ladders/{ladder}/draft", tag: tagRanks, needs: needs(auth.RanksWrite),
		summary: "Throw the draft of a ladder away", text: "A ladder that was never published goes with it.",
	}, func(ctx context.Context, c *call, in *ladderIn, _ *nothing) (string, error) {
		return s.onLadder(c, in, func(n id.ID) error {
			_, err := s.Ladders.DiscardDraft(ctx, c.actor, c.programme(), n)
			return err
		})
	}, s.showLadderLeft)
	write(s, operation{
		id: "publish-ladder", method: http.MethodPost, path: "/v1/ladders/{ladder}/publish", tag: tagRanks, needs: needs(auth.RanksWrite),
		summary: "Put the draft of a ladder in force",
		text:    "The first version counts all of the past, or what came from a moment on; a later one holds from now, or from a moment to come.",
	}, func(ctx context.Context, c *call, in *ladderIn, body *ladderPublished) (string, error) {
		return s.onLadder(c, in, func(n id.ID) error {
			_, err := s.Ladders.Publish(ctx, c.actor, c.programme(), n, body.From)
			return err
		})
	}, s.showLadder)
}

type ladderIn struct {
	Ladder ladderID `path:"ladder"`
}

type ladderID string

// Schema describes it for the document.
func (ladderID) Schema(huma.Registry) *huma.Schema { return shown(id.Ladder, "The ladder.") }

func (s *server) onLadder(c *call, in *ladderIn, do func(id.ID) error) (string, error) {
	n, err := parseID(id.Ladder, "ladder", string(in.Ladder))
	if err != nil {
		return "", err
	}
	defer s.settings.forget(c.programme())
	return n.In(id.Ladder), do(n)
}

func (s *server) showLadder(ctx context.Context, c *call, subject string) (ladderView, error) {
	return s.ladder(ctx, c, watcher, subject)
}

func (s *server) ladder(ctx context.Context, c *call, a auth.Actor, subject string) (ladderView, error) {
	n, err := parseID(id.Ladder, "ladder", subject)
	if err != nil {
		return ladderView{}, err
	}
	p, err := s.Ladders.Get(ctx, a, c.programme(), n)
	if err != nil {
		return ladderView{}, err
	}
	return ladderOf(p), nil
}

// ladderSpec is what a version of a ladder lays down.
type ladderSpec struct {
	Name      string     `json:"name" maxLength:"400" example:"Status"`
	Metric    string     `json:"metric" enum:"spend,points,visits" doc:"What counts: minor units spent on goods, points earned, or visits."`
	Wallet    string     `json:"wallet,omitempty" maxLength:"40" doc:"Whose points count, by id or code; with the metric points alone." example:"points"`
	Window    string     `json:"window" enum:"rolling_months,calendar_year,lifetime" doc:"How long it counts."`
	Months    int        `json:"months,omitempty" minimum:"0" doc:"The length of a rolling window."`
	GraceDays int        `json:"grace_days,omitempty" minimum:"0" doc:"How many days a rank stays after the metric fell too low."`
	Drop      string     `json:"drop" enum:"hard,soft" doc:"hard: to the rank that the metric keeps. soft: one step at a time."`
	Ranks     []rankView `json:"ranks" nullable:"false" minItems:"1" doc:"The lowest first."`
}

type newLadder struct {
	Code string     `json:"code" maxLength:"40" doc:"Names it in events and rules; it stays." example:"status"`
	Spec ladderSpec `json:"spec"`
}

type ladderDraft struct {
	Spec ladderSpec `json:"spec"`
}

type ladderPublished struct {
	From time.Time `json:"from,omitzero" doc:"Since when it holds."`
}

type ladderLeft struct {
	Ladder string `json:"ladder" example:"lad_01h9x3k7q2v5n"`
	Gone   bool   `json:"gone" doc:"The ladder was never published and went with its draft."`
}

func (s *server) showLadderLeft(ctx context.Context, c *call, subject string) (ladderLeft, error) {
	_, err := s.showLadder(ctx, c, subject)
	if fault.KindOf(err) == fault.KindMissing {
		return ladderLeft{subject, true}, nil
	}
	return ladderLeft{subject, false}, err
}

// definition returns what the spec lays down; faults point into it.
func (n *ladderSpec) definition(c *call) (tier.Definition, error) {
	d := tier.Definition{
		Name: n.Name, Metric: tier.Metric(n.Metric), Window: tier.Window{Kind: tier.WindowKind(n.Window), Months: n.Months}, GraceDays: n.GraceDays, Drop: tier.Drop(n.Drop),
	}
	if n.Wallet != "" {
		w, err := c.setting.wallet(n.Wallet)
		if err != nil {
			return d, fault.At("/spec/wallet", err)
		}
		d.WalletID, d.Decimals = w.ID, w.Decimals
	}
	for _, r := range n.Ranks {
		d.Ranks = append(d.Ranks, r.rank())
	}
	if f := fault.As(d.Check()); f != nil {
		return d, f.At("/spec" + f.Field)
	}
	return d, nil
}

func ladderSpecOf(d *tier.Definition) *ladderSpec {
	v := &ladderSpec{
		Name: d.Name, Metric: string(d.Metric), Wallet: shownID(d.WalletID, id.Wallet), Window: string(d.Window.Kind), Months: d.Window.Months, GraceDays: d.GraceDays, Drop: string(d.Drop),
		Ranks: []rankView{},
	}
	for _, r := range d.Ranks {
		v.Ranks = append(v.Ranks, rankOf(r))
	}
	return v
}

package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// ruleView is a rule with its versions.
type ruleView struct {
	Rule     string            `json:"rule" example:"rul_01h9x3k7q2v5n"`
	Name     string            `json:"name" example:"Points for purchases"`
	Trigger  string            `json:"trigger" doc:"The kind of event that it answers." example:"purchase"`
	InForce  bool              `json:"in_force"`
	Versions []ruleVersionView `json:"versions" nullable:"false" doc:"The latest first."`
}

// ruleVersionView is what a rule says during some time.
type ruleVersionView struct {
	Version string     `json:"version" example:"ver_01h9x3k7q2v5n"`
	Number  int        `json:"number" example:"1"`
	State   string     `json:"state" enum:"draft,published,retired"`
	From    *time.Time `json:"from,omitempty" doc:"Since when it was in force; missing when always, or when it was not."`
	To      *time.Time `json:"to,omitempty" doc:"The first moment at which it was not any more."`
	Words   []string   `json:"words" nullable:"false" doc:"What it does, in sentences."`
	Spec    ruleSpec   `json:"spec"`
}

func (c *call) rule(h earn.History) (ruleView, error) {
	v := ruleView{
		Rule: h.ID.In(id.Rule), Name: h.Name, Trigger: string(h.Trigger), InForce: h.Published() != nil, Versions: make([]ruleVersionView, len(h.Versions)),
	}
	for i := range h.Versions {
		var err error
		if v.Versions[i], err = c.ruleVersion(&h.Versions[i]); err != nil {
			return ruleView{}, err
		}
	}
	return v, nil
}

func (c *call) ruleVersion(r *earn.Version) (ruleVersionView, error) {
	words, err := r.Describe(c.print, earn.Names{Value: c.setting.named, Wallet: c.setting.walletName})
	if err != nil {
		return ruleVersionView{}, fmt.Errorf("describing the rule version %s: %w", r.ID.In(id.Version), err)
	}
	spec, err := json.Marshal(r.Spec)
	if err != nil {
		return ruleVersionView{}, fmt.Errorf("showing the rule version %s: %w", r.ID.In(id.Version), err)
	}
	return ruleVersionView{
		Version: r.ID.In(id.Version), Number: r.Number, State: string(r.State), From: moment(r.From), To: moment(r.To), Words: words, Spec: ruleSpec{spec},
	}, nil
}

// named returns the name of what a condition names by its code.
func (s *setting) named(field, code string) string {
	switch field {
	case "shop":
		for _, shop := range s.shops {
			if shop.Code == code {
				return shop.Name
			}
		}
	case "rank":
		if len(s.ladders) > 0 {
			return s.rankName(s.ladders[0].ID, code)
		}
	}
	return code
}

func (s *setting) walletName(wallet id.ID) string {
	for _, w := range s.wallets {
		if w.ID == wallet {
			return w.Name
		}
	}
	return wallet.In(id.Wallet)
}

// ruleSpec is what a manager writes. earn reads it, strictly and with the place
// of every mistake; here it is only described.
type ruleSpec struct{ json.RawMessage }

// Schema describes a spec for the document.
func (ruleSpec) Schema(r huma.Registry) *huma.Schema {
	s := r.Schema(reflect.TypeFor[ruleSpecView](), true, "")
	s.Extensions = map[string]any{readAlone: true}
	return s
}

func (s ruleSpec) parse(c *call, pointer string) (earn.Spec, error) {
	spec, err := earn.ReadSpec(s.RawMessage, c.setting.walletID)
	return spec, fault.At(pointer, err)
}

// ruleSpecView describes what earn.Spec reads and writes.
type ruleSpecView struct {
	Wallet     string          `json:"wallet" doc:"The wallet that the points go into, by its id or its code." example:"points"`
	Priority   int             `json:"priority,omitempty" doc:"Rules with a higher one come first."`
	Group      string          `json:"group,omitempty" doc:"Of the rules of a group only the first that gives anything counts."`
	Condition  *conditionView  `json:"condition,omitempty" doc:"When it gives; always when left out."`
	Effects    []effectView    `json:"effects" nullable:"false" minItems:"1" maxItems:"10" doc:"What it gives; they work one after the other."`
	Rounding   string          `json:"rounding,omitempty" enum:"floor,ceil,half_up,half_even" doc:"Applied once, at the end; floor when left out."`
	Activation *activationView `json:"activation,omitempty" doc:"When the points become usable; at once when left out."`
	Expiry     *expiryView     `json:"expiry,omitempty" doc:"How long the points last; for ever when left out."`
	Caps       []capView       `json:"caps,omitempty" nullable:"false" maxItems:"10" doc:"The most that one member earns by the rule."`
	Budget     *budgetView     `json:"budget,omitempty"`
}

type activationView struct {
	Hours int `json:"hours,omitempty" minimum:"0" doc:"How many hours after the event." example:"336"`
}

type expiryView struct {
	Months   int  `json:"months,omitempty" minimum:"1" doc:"Months or days, not both." example:"12"`
	Days     int  `json:"days,omitempty" minimum:"1"`
	EndOfDay bool `json:"end_of_day,omitempty" doc:"Until that day is over."`
}

type budgetView struct {
	Points int64 `json:"points,omitempty" minimum:"1" doc:"The most that all members earn by the rule together."`
}

type capView struct {
	Period string `json:"period" enum:"day,week,month,year,ever"`
	Points int64  `json:"points,omitempty" minimum:"1"`
	Times  int64  `json:"times,omitempty" minimum:"1"`
}

type effectView struct {
	Kind    string            `json:"kind" enum:"points_per_amount,fixed,multiplier,product_bonus"`
	Points  int64             `json:"points,omitempty" minimum:"1" example:"1"`
	Per     int64             `json:"per,omitempty" minimum:"1" doc:"Points for each of so many minor units." example:"100"`
	Basis   string            `json:"basis,omitempty" enum:"goods,total,matching_lines"`
	Lines   *linesView        `json:"lines,omitempty" doc:"Which goods count."`
	Rate    string            `json:"rate,omitempty" doc:"A multiplier, as a decimal or a fraction." example:"1.25"`
	PerRank map[string]string `json:"per_rank,omitempty" doc:"Multipliers by the code of the member's rank; the rate is for all others."`
}

type linesView struct {
	SKUs       []string `json:"skus,omitempty" nullable:"false"`
	Categories []string `json:"categories,omitempty" nullable:"false"`
	Except     bool     `json:"except,omitempty" doc:"All goods but those named."`
}

// conditionView describes a condition: exactly one of all, any, not, a field
// with its comparison and value, or a CEL expression.
type conditionView struct {
	All   []conditionView `json:"all,omitempty" nullable:"false"`
	Any   []conditionView `json:"any,omitempty" nullable:"false"`
	Not   *conditionView  `json:"not,omitempty"`
	Field string          `json:"field,omitempty" doc:"sale.goods, sale.total, sale.skus, sale.categories, sale.first, sale.nth, shop, channel, weekday, clock, date, rank, tags, attr.<name>, member.<name>" example:"sale.goods"`
	Op    string          `json:"op,omitempty" enum:"eq,ne,lt,lte,gt,gte,between,in,not_in,contains,exists"`
	Value any             `json:"value,omitempty" doc:"What the field is compared with; a list where the comparison takes several." example:"2000"`
	CEL   string          `json:"cel,omitempty" doc:"For what the forms above cannot say." example:"sale.goods > 2000 && shop == 'high-street'"`
}

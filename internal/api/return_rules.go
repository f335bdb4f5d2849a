package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/returns"
)

const (
	exampleReturnRule = `{"name": "China", "place": 1, "days": 30, "categories": ["china"], "outcomes": ["refund", "keep"], "fee": 250, "keep_share": 2500, "photo": true}`

	exampleReturnSettings = `{"version": 0, "settings": {"open": true, "answer_days": 3, "refund_days": 10, "address": "Corner\n1 High Street\nLondon",
  "words": {"en": "Put the label on the parcel and bring it to the post office."}, "gift_months": 12}}`

	settingOfReturns = "Give the version that you read: if somebody changed the settings or a rule since, nothing is changed (409)."
)

func (s *server) addReturnRules() {
	rulesWrite := needs(auth.ReturnsWrite, auth.ProgrammesWrite)
	read(s, operation{
		id: "list-return-rules", method: http.MethodGet, path: "/v1/return-rules", tag: tagPromises, needs: needs(auth.ReturnsRead),
		summary: "List the rules by which something may come back, in the order in which they are asked",
		text:    "The first that fits counts; what none fits does not come back.",
	}, func(ctx context.Context, c *call, _ *nothing) (returnRules, error) {
		return s.returnRules(ctx, c, c.actor)
	})
	read(s, operation{
		id: "get-return-rule", method: http.MethodGet, path: "/v1/return-rules/{rule}", tag: tagPromises, needs: needs(auth.ReturnsRead), summary: "Get a rule of returns",
	}, func(ctx context.Context, c *call, in *returnRuleIn) (returnRule, error) {
		return s.returnRule(ctx, c, c.actor, string(in.Rule))
	})
	write(s, operation{
		id: "create-return-rule", method: http.MethodPost, path: "/v1/return-rules", tag: tagPromises, needs: rulesWrite, created: true,
		summary: "Add a rule of returns", text: "It is asked behind all others, unless a place is given; returns that were asked for keep what they were asked by.", example: exampleReturnRule,
	}, func(ctx context.Context, c *call, _ *nothing, body *ReturnRuleBody) (string, error) {
		n, err := s.Returns.AddRule(ctx, c.actor, c.programme(), body.rule(0), body.Place)
		return n.In(id.ReturnRule), err
	}, s.showReturnRule)
	write(s, operation{
		id: "change-return-rule", method: http.MethodPut, path: "/v1/return-rules/{rule}", tag: tagPromises, needs: rulesWrite,
		summary: "Change a rule of returns", text: "All of it is replaced; it stays at its place, unless one is given.", example: exampleReturnRule,
	}, func(ctx context.Context, c *call, in *returnRuleIn, body *ReturnRuleBody) (string, error) {
		n, err := parseID(id.ReturnRule, "rule", string(in.Rule))
		if err != nil {
			return "", err
		}
		return n.In(id.ReturnRule), s.Returns.ChangeRule(ctx, c.actor, c.programme(), body.rule(n), body.Place)
	}, s.showReturnRule)
	write(s, operation{
		id: "retire-return-rule", method: http.MethodDelete, path: "/v1/return-rules/{rule}", tag: tagPromises, needs: rulesWrite,
		summary: "Retire a rule of returns", text: "Nothing more is asked for by it. The answer lists the rules that are left.",
	}, func(ctx context.Context, c *call, in *returnRuleIn, _ *nothing) (string, error) {
		n, err := parseID(id.ReturnRule, "rule", string(in.Rule))
		if err != nil {
			return "", err
		}
		return n.In(id.ReturnRule), s.Returns.RetireRule(ctx, c.actor, c.programme(), n)
	}, func(ctx context.Context, c *call, _ string) (returnRules, error) {
		return s.returnRules(ctx, c, watcher)
	})
	s.addReturnSettings()
}

func (s *server) addReturnSettings() {
	show := func(ctx context.Context, c *call, a auth.Actor) (returnSettings, error) {
		set, version, err := s.Returns.Setting(ctx, a, c.programme())
		return returnSettings{version, returnSettingsOf(&set, c.setting.walletCode(set.WalletID))}, err
	}
	read(s, operation{
		id: "get-return-settings", method: http.MethodGet, path: "/v1/return-settings", tag: tagPromises, needs: needs(auth.ReturnsRead),
		summary: "Get what holds for returns beside their rules: whether customers may ask, days, address, words",
	}, func(ctx context.Context, c *call, _ *nothing) (returnSettings, error) { return show(ctx, c, c.actor) })
	write(s, operation{
		id: "set-return-settings", method: http.MethodPut, path: "/v1/return-settings", tag: tagPromises, needs: needs(auth.ReturnsWrite, auth.ProgrammesWrite),
		summary: "Change what holds for returns; their rules stay", text: settingOfReturns, example: exampleReturnSettings,
	}, func(ctx context.Context, c *call, _ *nothing, body *returnSettings) (string, error) {
		set, _, err := s.Returns.Setting(ctx, watcher, c.programme())
		if err != nil {
			return "", err
		}
		n := body.Settings.setting(set.Rules)
		if body.Settings.Wallet != "" {
			w, err := c.setting.wallet(body.Settings.Wallet)
			if err != nil {
				return "", fault.As(err).At("/settings/wallet")
			}
			n.WalletID = w.ID
		}
		return "", within("/settings", s.Returns.SetSetting(ctx, c.actor, c.programme(), body.Version, n))
	}, func(ctx context.Context, c *call, _ string) (returnSettings, error) { return show(ctx, c, watcher) })
}

func (s *server) returnRules(ctx context.Context, c *call, a auth.Actor) (returnRules, error) {
	set, version, err := s.Returns.Setting(ctx, a, c.programme())
	list := returnRules{Version: version, Items: make([]returnRule, len(set.Rules))}
	for i := range set.Rules {
		list.Items[i] = returnRuleOf(&set.Rules[i], i+1)
	}
	return list, err
}

func (s *server) showReturnRule(ctx context.Context, c *call, subject string) (returnRule, error) {
	return s.returnRule(ctx, c, watcher, subject)
}

func (s *server) returnRule(ctx context.Context, c *call, a auth.Actor, subject string) (returnRule, error) {
	n, err := parseID(id.ReturnRule, "rule", subject)
	if err != nil {
		return returnRule{}, err
	}
	set, _, err := s.Returns.Setting(ctx, a, c.programme())
	if err != nil {
		return returnRule{}, err
	}
	for i := range set.Rules {
		if set.Rules[i].ID == n {
			return returnRuleOf(&set.Rules[i], i+1), nil
		}
	}
	return returnRule{}, returns.UnknownRule()
}

type returnRuleIn struct {
	Rule returnRuleID `path:"rule"`
}

type returnRuleID string

// Schema describes it for the document.
func (returnRuleID) Schema(huma.Registry) *huma.Schema { return shown(id.ReturnRule, "The rule.") }

type returnRules struct {
	Version int64        `json:"version" doc:"Of the settings to which the rules belong." example:"3"`
	Items   []returnRule `json:"items" nullable:"false"`
}

type returnRule struct {
	Rule string `json:"rule" example:"rrl_01h9x3k7q2v5n"`
	ReturnRuleBody
}

// ReturnRuleBody is what a rule of returns says.
type ReturnRuleBody struct {
	Name       string   `json:"name" minLength:"1" maxLength:"100" example:"China"`
	Place      int      `json:"place,omitempty" minimum:"0" maximum:"50" doc:"The first is asked first." example:"1"`
	Never      bool     `json:"never,omitempty" doc:"What fits never comes back; the other terms are not asked."`
	Days       int      `json:"days,omitempty" minimum:"0" maximum:"3660" doc:"From the delivery, or from the sale where no parcel is known." example:"30"`
	Strict     bool     `json:"strict,omitempty" doc:"Holds to the days whatever the rank of who bought."`
	SKUs       []string `json:"skus,omitempty" maxItems:"500" doc:"Fits these products; every product when left out, and so for brands, categories and countries."`
	Brands     []string `json:"brands,omitempty" maxItems:"500"`
	Categories []string `json:"categories,omitempty" maxItems:"500" example:"[\"china\"]"`
	Countries  []string `json:"countries,omitempty" maxItems:"500" doc:"Where it was sent, as two capital letters."`
	Outcomes   []string `json:"outcomes,omitempty" maxItems:"10" doc:"What the customer may have: refund, points, gift_card, exchange, keep." example:"[\"refund\", \"keep\"]"`
	Fee        int64    `json:"fee,omitempty" minimum:"0" doc:"Kept of the refund, once a return, in minor units." example:"250"`
	KeepShare  int64    `json:"keep_share,omitempty" minimum:"0" maximum:"10000" doc:"The part of the price for who keeps the item, in ten-thousandths." example:"2500"`
	Photo      bool     `json:"photo,omitempty" doc:"Asks for a photo of the item."`
}

func (b *ReturnRuleBody) rule(n id.ID) returns.Rule {
	r := returns.Rule{
		ID: n, Name: b.Name, Never: b.Never, Days: b.Days, Strict: b.Strict, SKUs: b.SKUs, Brands: b.Brands, Categories: b.Categories, Countries: b.Countries,
		Fee: b.Fee, KeepShare: b.KeepShare, Photo: b.Photo,
	}
	for _, o := range b.Outcomes {
		r.Outcomes = append(r.Outcomes, returns.Outcome(o))
	}
	return r
}

func returnRuleOf(r *returns.Rule, place int) returnRule {
	v := returnRule{r.ID.In(id.ReturnRule), ReturnRuleBody{
		Name: r.Name, Place: place, Never: r.Never, Days: r.Days, Strict: r.Strict, SKUs: r.SKUs, Brands: r.Brands, Categories: r.Categories, Countries: r.Countries,
		Fee: r.Fee, KeepShare: r.KeepShare, Photo: r.Photo,
	}}
	for _, o := range r.Outcomes {
		v.Outcomes = append(v.Outcomes, string(o))
	}
	return v
}

// returnSettings are the settings of returns with their version.
type returnSettings struct {
	Version  int64              `json:"version" minimum:"0" doc:"0 while they are those that everybody begins with." example:"3"`
	Settings returnSettingsBody `json:"settings"`
}

type returnSettingsBody struct {
	Open       bool              `json:"open" doc:"Lets customers ask on the public page; it takes an address."`
	AnswerDays int               `json:"answer_days" minimum:"1" maximum:"60" doc:"By when staff decide: a promise." example:"3"`
	RefundDays int               `json:"refund_days" minimum:"1" maximum:"60" doc:"By when money or an exchange follows the goods: a promise." example:"10"`
	Address    string            `json:"address,omitempty" maxLength:"500" doc:"Where goods are sent, as it stands on the label."`
	Words      map[string]string `json:"words,omitempty" doc:"How to send something back, in your words by language."`
	Wallet     string            `json:"wallet,omitempty" maxLength:"60" doc:"The code or id of the wallet whose points are given; the first that is worth something when left out." example:"points"`
	GiftMonths int               `json:"gift_months,omitempty" minimum:"0" maximum:"120" doc:"How long gift cards last; for ever when left out." example:"12"`
}

func returnSettingsOf(s *returns.Setting, wallet string) returnSettingsBody {
	return returnSettingsBody{s.Open, s.AnswerDays, s.RefundDays, s.Address, s.Words, wallet, s.GiftMonths}
}

// setting is what the room keeps, with the rules that stay.
func (b *returnSettingsBody) setting(rules []returns.Rule) returns.Setting {
	return returns.Setting{Open: b.Open, AnswerDays: b.AnswerDays, RefundDays: b.RefundDays, Address: b.Address, Words: b.Words, GiftMonths: b.GiftMonths, Rules: rules}
}

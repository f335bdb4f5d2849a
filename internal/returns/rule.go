package returns

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Rule says what may come back, until when and for what. Lists that are
// empty fit everything.
type Rule struct {
	// ID stays while the rule is changed and moved; 0 asks for a new one.
	ID   id.ID  `json:"id,omitempty"`
	Name string `json:"name"`
	// Never keeps what fits from coming back at all, as hygiene goods.
	Never bool `json:"never,omitempty"`
	// Days are counted from the delivery, or from the sale where no parcel is
	// known.
	Days int `json:"days"`
	// Strict holds to the days whatever the rank of who bought.
	Strict     bool     `json:"strict,omitempty"`
	SKUs       []string `json:"skus,omitempty"`
	Brands     []string `json:"brands,omitempty"`
	Categories []string `json:"categories,omitempty"`
	// Countries are ISO 3166 codes of where it was sent.
	Countries []string  `json:"countries,omitempty"`
	Outcomes  []Outcome `json:"outcomes"`
	// Fee is kept of the refund, once a return; in minor units.
	Fee int64 `json:"fee,omitempty"`
	// KeepShare is the part of the price that is given to who keeps the item, in
	// ten-thousandths.
	KeepShare int64 `json:"keep_share,omitempty"`
	// Photo asks for one.
	Photo bool `json:"photo,omitempty"`
}

// Setting is what a programme chooses about returns.
type Setting struct {
	// Open lets customers ask on the public page.
	Open bool `json:"open"`
	// AnswerDays is by when staff decide, RefundDays by when money follows the
	// goods; both are promises.
	AnswerDays int `json:"answer_days"`
	RefundDays int `json:"refund_days"`
	// Address is where goods are sent, as it stands on the label.
	Address string `json:"address,omitempty"`
	// Words tell by language how to send something back.
	Words map[string]string `json:"words,omitempty"`
	// WalletID is the wallet of points that are given; 0 for the first that is
	// worth something.
	WalletID id.ID `json:"wallet,omitempty"`
	// GiftMonths is how long gift cards last; 0 for ever.
	GiftMonths int `json:"gift_months,omitempty"`
	// Rules are asked in their order: the first that fits counts. What none fits
	// does not come back.
	Rules []Rule `json:"rules,omitempty"`
}

// DefaultSetting is what holds until a programme chooses: fourteen days for
// everything, as consumers have by law in the European Union, and a closed page.
func DefaultSetting() Setting {
	return Setting{AnswerDays: 3, RefundDays: 14, Rules: []Rule{{ID: 1, Name: "Standard", Days: 14, Outcomes: []Outcome{ForMoney}}}}
}

// Limits of what a setting takes.
const (
	maxRules   = 50
	maxChoices = 500
	maxDays    = 3660
)

// Check returns all that keeps a setting from being kept.
func (s *Setting) Check() error {
	if len(s.Rules) > maxRules {
		return fault.Invalid("too_many", "%d rules were sent; at most %d are taken", len(s.Rules), maxRules).At("/rules").With("limit", maxRules)
	}
	var wrong []error
	if s.AnswerDays < 1 || s.AnswerDays > 60 {
		wrong = append(wrong, fault.Invalid("return_days", "it takes 1 to 60 days").At("/answer_days").With("most", 60))
	}
	if s.RefundDays < 1 || s.RefundDays > 60 {
		wrong = append(wrong, fault.Invalid("return_days", "it takes 1 to 60 days").At("/refund_days").With("most", 60))
	}
	if s.GiftMonths < 0 || s.GiftMonths > 120 {
		wrong = append(wrong, fault.Invalid("return_months", "a gift card lasts 0 to 120 months").At("/gift_months"))
	}
	if s.Open && strings.TrimSpace(s.Address) == "" {
		wrong = append(wrong, fault.Invalid("return_address", "say where goods are sent before customers may ask").At("/address"))
	}
	wrong = append(wrong, i18n.CheckText("/address", s.Address, false, maxWords))
	for _, lang := range slices.Sorted(maps.Keys(s.Words)) {
		if !slices.Contains(i18n.Langs(), i18n.Lang(lang)) {
			wrong = append(wrong, fault.Invalid("promise_language", "the languages are en, ru and pl").At("/words"))
			continue
		}
		wrong = append(wrong, i18n.CheckText("/words/"+lang, s.Words[lang], false, 2000))
	}
	for i := range s.Rules {
		wrong = append(wrong, fault.At(fmt.Sprintf("/rules/%d", i), s.Rules[i].check()))
	}
	return fault.Gather(wrong...)
}

// check returns all that keeps a rule from being kept.
func (r *Rule) check() error {
	wrong := []error{i18n.CheckText("/name", r.Name, true, 100)}
	for _, list := range []struct {
		at     string
		values []string
	}{{"/skus", r.SKUs}, {"/brands", r.Brands}, {"/categories", r.Categories}, {"/countries", r.Countries}} {
		wrong = append(wrong, checkList(list.at, list.values))
	}
	if slices.ContainsFunc(r.Countries, func(c string) bool { return !isCountry(c) }) {
		wrong = append(wrong, fault.Invalid("return_country", "a country is two capital letters, as PL").At("/countries"))
	}
	if !r.Never {
		wrong = append(wrong, r.checkTerms())
	}
	return fault.Gather(wrong...)
}

// checkList refuses a list by the first of its values that cannot be kept.
func checkList(at string, values []string) error {
	if len(values) > maxChoices {
		return fault.Invalid("too_many", "%d values were sent; at most %d are taken", len(values), maxChoices).At(at).With("limit", maxChoices)
	}
	for _, v := range values {
		if err := i18n.CheckText(at, v, true, maxReference); err != nil {
			return err
		}
	}
	return nil
}

func (r *Rule) checkTerms() error {
	var wrong []error
	if r.Days < 0 || r.Days > maxDays {
		wrong = append(wrong, fault.Invalid("return_days", "it takes 0 to %d days", maxDays).At("/days").With("most", maxDays))
	}
	if len(r.Outcomes) == 0 {
		wrong = append(wrong, fault.Invalid("return_outcomes", "say what the customer may have for it").At("/outcomes"))
	}
	if slices.ContainsFunc(r.Outcomes, func(o Outcome) bool { return !slices.Contains(Outcomes(), o) }) {
		wrong = append(wrong, fault.Invalid("return_outcomes", "an outcome is refund, points, gift_card, exchange or keep").At("/outcomes"))
	}
	if r.Fee < 0 || r.Fee > money.MaxMinor {
		wrong = append(wrong, fault.Invalid("return_fee", "a fee is 0 or more").At("/fee"))
	}
	keeps := slices.Contains(r.Outcomes, ForKeeping)
	if keeps && (r.KeepShare < 1 || r.KeepShare > 10_000) || !keeps && r.KeepShare != 0 {
		wrong = append(wrong, fault.Invalid("return_keep", "say which part of the price is given to who keeps the item: more than 0, at most all of it").At("/keep_share"))
	}
	return fault.Gather(wrong...)
}

func isCountry(c string) bool {
	return len(c) == 2 && c[0] >= 'A' && c[0] <= 'Z' && c[1] >= 'A' && c[1] <= 'Z'
}

// goods is what a rule looks at.
type goods struct {
	sku, brand, category, country string
}

// rule returns the first rule that fits; nil for none.
func (s *Setting) rule(g goods) *Rule {
	for i := range s.Rules {
		r := &s.Rules[i]
		if fits(r.SKUs, g.sku) && fits(r.Brands, g.brand) && fits(r.Categories, g.category) && fits(r.Countries, g.country) {
			return r
		}
	}
	return nil
}

// fits reports whether a value is among those of a list; an empty list has all.
func fits(list []string, value string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(one string) bool { return strings.EqualFold(one, value) })
}

// longer is how many of the days that a rank brings the rule lets count.
func (r *Rule) longer(days int) int {
	if r.Never || r.Strict {
		return 0
	}
	return days
}

// until is the end of the last day, in the programme's zone, some days longer
// than the rule says.
func (r *Rule) until(from time.Time, longer int, zone *time.Location) time.Time {
	day := from.In(zone)
	return time.Date(day.Year(), day.Month(), day.Day()+r.Days+longer+1, 0, 0, 0, 0, zone)
}

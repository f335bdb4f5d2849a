package returns

import (
	"fmt"
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
	Days       int      `json:"days"`
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

// Check refuses a setting that cannot be kept.
func (s *Setting) Check() error {
	switch {
	case s.AnswerDays < 1 || s.AnswerDays > 60:
		return fault.Invalid("return_days", "it takes 1 to 60 days").At("/answer_days").With("most", 60)
	case s.RefundDays < 1 || s.RefundDays > 60:
		return fault.Invalid("return_days", "it takes 1 to 60 days").At("/refund_days").With("most", 60)
	case s.GiftMonths < 0 || s.GiftMonths > 120:
		return fault.Invalid("return_months", "a gift card lasts 0 to 120 months").At("/gift_months")
	case len(s.Rules) > maxRules:
		return fault.Invalid("too_many", "%d rules were sent; at most %d are taken", len(s.Rules), maxRules).At("/rules").With("limit", maxRules)
	case s.Open && strings.TrimSpace(s.Address) == "":
		return fault.Invalid("return_address", "say where goods are sent before customers may ask").At("/address")
	}
	if err := i18n.CheckText("/address", s.Address, false, maxWords); err != nil {
		return err
	}
	for lang, text := range s.Words {
		if lang != "en" && lang != "ru" && lang != "pl" {
			return fault.Invalid("promise_language", "the languages are en, ru and pl").At("/words")
		}
		if err := i18n.CheckText("/words/"+lang, text, false, 2000); err != nil {
			return err
		}
	}
	for i := range s.Rules {
		if err := s.Rules[i].check(fmt.Sprintf("/rules/%d", i)); err != nil {
			return err
		}
	}
	return nil
}

func (r *Rule) check(at string) error {
	if err := i18n.CheckText(at+"/name", r.Name, true, 100); err != nil {
		return err
	}
	for _, list := range []struct {
		at     string
		values []string
	}{{"/skus", r.SKUs}, {"/brands", r.Brands}, {"/categories", r.Categories}, {"/countries", r.Countries}} {
		if len(list.values) > maxChoices {
			return fault.Invalid("too_many", "%d values were sent; at most %d are taken", len(list.values), maxChoices).At(at+list.at).With("limit", maxChoices)
		}
		for _, v := range list.values {
			if err := i18n.CheckText(at+list.at, v, true, maxReference); err != nil {
				return err
			}
		}
	}
	for _, c := range r.Countries {
		if !isCountry(c) {
			return fault.Invalid("return_country", "a country is two capital letters, as PL").At(at + "/countries")
		}
	}
	if r.Never {
		return nil
	}
	return r.checkTerms(at)
}

func (r *Rule) checkTerms(at string) error {
	keeps := slices.Contains(r.Outcomes, ForKeeping)
	switch {
	case r.Days < 0 || r.Days > maxDays:
		return fault.Invalid("return_days", "it takes 0 to %d days", maxDays).At(at+"/days").With("most", maxDays)
	case len(r.Outcomes) == 0:
		return fault.Invalid("return_outcomes", "say what the customer may have for it").At(at + "/outcomes")
	case slices.ContainsFunc(r.Outcomes, func(o Outcome) bool { return !slices.Contains(Outcomes(), o) }):
		return fault.Invalid("return_outcomes", "an outcome is refund, points, gift_card, exchange or keep").At(at + "/outcomes")
	case r.Fee < 0 || r.Fee > money.MaxMinor:
		return fault.Invalid("return_fee", "a fee is 0 or more").At(at + "/fee")
	case keeps && (r.KeepShare < 1 || r.KeepShare > 10_000), !keeps && r.KeepShare != 0:
		return fault.Invalid("return_keep", "say which part of the price is given to who keeps the item: more than 0, at most all of it").At(at + "/keep_share")
	}
	return nil
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

// until is the end of the last day, in the programme's zone.
func (r *Rule) until(from time.Time, zone *time.Location) time.Time {
	day := from.In(zone)
	return time.Date(day.Year(), day.Month(), day.Day()+r.Days+1, 0, 0, 0, 0, zone)
}

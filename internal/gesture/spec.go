package gesture

import (
	"fmt"
	"slices"

	"regulars/internal/auth"
	"regulars/internal/experiment"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Kind says what sort of thing is given.
type Kind string

// The kinds.
const (
	// Favour is a small thing that is done or given once.
	Favour Kind = "gesture"
	// Tip is advice in the customer's own interest: the cheaper one, or none.
	Tip Kind = "tip"
)

// Kinds returns the kinds, in the order in which they are offered.
func Kinds() []Kind { return []Kind{Favour, Tip} }

// Text names the kind in words.
func (k Kind) Text() i18n.Text { return i18n.Text{Key: "gesture.kind." + string(k)} }

// Words are the manager's own words by language tag.
type Words map[string]string

// Bounds of what a manager writes.
const (
	MaxName = 120
	MaxText = 2_000
	// LeastEvery is the shortest time, in days, after which a gesture may be
	// given again: what comes oftener is no gesture any more.
	LeastEvery = 30
	// UsualEvery is the time where none is said.
	UsualEvery = 365
	maxDays    = 3650
	maxCalm    = 365
	maxMonth   = 1_000_000
	// MostWithheld is the largest share of members held out, of 10,000: most of
	// those who ask are to get it.
	MostWithheld = experiment.Buckets / 2
)

// Spec is what a manager writes.
type Spec struct {
	Kind Kind `json:"kind"`
	// Names is what it is called, Fits when it is fitting, Does what to do and say.
	Names Words `json:"names"`
	Fits  Words `json:"fits,omitempty"`
	Does  Words `json:"does"`
	// Cost of one, in minor units of the currency, which is the programme's.
	Cost     int64          `json:"cost,omitempty"`
	Currency money.Currency `json:"currency"`
	// Roles may give it; empty for all who may give gestures.
	Roles []auth.Role `json:"roles,omitempty"`
	// EveryDays is how long a member gets no second one; of a tip 0 for no limit.
	EveryDays int `json:"every_days"`
	// MonthMost is how many one shop may give in a calendar month; 0 for no limit.
	MonthMost int64 `json:"month_most,omitempty"`
	// Shops that give it; empty for all.
	Shops []id.ID `json:"shops,omitempty"`
	// CalmDays must have passed since a complaint of the member was solved.
	CalmDays int `json:"calm_days,omitempty"`
	// DuringCase allows it while a complaint of the member is open.
	DuringCase bool `json:"during_case,omitempty"`
	// Withhold is how many of 10,000 members the draw holds out, so that the
	// effect can be measured.
	Withhold int `json:"withhold,omitempty"`
}

func (s *Spec) tidy(cur money.Currency) {
	s.Names, s.Fits, s.Does = i18n.TidyWords(s.Names), i18n.TidyWords(s.Fits), i18n.TidyWords(s.Does)
	if s.Kind == "" {
		s.Kind = Favour
	}
	if s.EveryDays == 0 && s.Kind == Favour {
		s.EveryDays = UsualEvery
	}
	if s.Currency == "" {
		s.Currency = cur
	}
}

// Check refuses what cannot be given, or not honestly. lang is the programme's
// first language, cur its currency.
func (s *Spec) Check(lang string, cur money.Currency) error {
	if !slices.Contains(Kinds(), s.Kind) {
		return fault.Invalid("gesture_kind", "it is a gesture or a tip").At("/kind")
	}
	var wrong []error
	for _, w := range []struct {
		words  Words
		field  string
		needed bool
		most   int
	}{{s.Names, "/names", true, MaxName}, {s.Does, "/does", true, MaxText}, {s.Fits, "/fits", false, MaxText}} {
		wrong = append(wrong, i18n.CheckWords(w.field, w.words, lang, w.needed, w.most))
	}
	for i, r := range s.Roles {
		wrong = append(wrong, fault.When(!r.Valid(), fault.Invalid("gesture_role", "there is no such role").At(fmt.Sprintf("/roles/%d", i))))
	}
	return fault.Gather(append(wrong, s.checkBounds(cur))...)
}

func (s *Spec) checkBounds(cur money.Currency) error {
	seldom := s.Kind == Favour && (s.EveryDays < LeastEvery || s.EveryDays > maxDays)
	return fault.Gather(
		fault.When(s.Currency != cur, fault.Invalid("gesture_currency", "the programme counts in %s; say the cost in that", cur).At("/currency").With("currency", string(cur))),
		fault.When(s.Cost < 0 || s.Cost > money.MaxMinor, fault.Invalid("gesture_cost", "the cost is 0 or more").At("/cost")),
		fault.When(s.Kind == Tip && s.Cost > 0, fault.Invalid("gesture_tip_cost", "a tip costs nothing; write what costs something down as a gesture").At("/cost")),
		fault.When(seldom, fault.Invalid("gesture_every", "the same gesture is given to the same member at most once in %d days or longer: more often it is a habit that people pay for", LeastEvery).
			At("/every_days").With("least", LeastEvery)),
		fault.When(!seldom && (s.EveryDays < 0 || s.EveryDays > maxDays), fault.Invalid("gesture_days", "days are 0 to %d", maxDays).At("/every_days").With("most", maxDays)),
		fault.When(s.CalmDays < 0 || s.CalmDays > maxCalm, fault.Invalid("gesture_days", "days are 0 to %d", maxCalm).At("/calm_days").With("most", maxCalm)),
		fault.When(s.MonthMost < 0 || s.MonthMost > maxMonth, fault.Invalid("gesture_month", "a shop gives 1 to %d in a month; 0 for no limit", maxMonth).At("/month_most").With("most", maxMonth)),
		fault.When(s.Kind == Tip && s.Withhold > 0, fault.Invalid("gesture_tip_withheld", "advice in the customer's interest is owed to everybody: nobody is held out").At("/withhold")),
		fault.When(s.Withhold < 0 || s.Kind != Tip && s.Withhold > MostWithheld, fault.Invalid("gesture_withhold", "at most half of the members are held out").At("/withhold")))
}

package complaint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Business is what sort of business chooses its first reasons.
type Business string

// The kinds of business.
const (
	ShopBusiness Business = "shop"
	Restaurant   Business = "restaurant"
	Clinic       Business = "clinic"
	WebStore     Business = "web_store"
)

// Text names the kind of business in words.
func (b Business) Text() i18n.Text { return i18n.Text{Key: "complaint.business." + string(b)} }

// Businesses returns the kinds of business.
func Businesses() []Business { return []Business{ShopBusiness, Restaurant, Clinic, WebStore} }

// MaxReasons is how many tiles a customer is shown, the last one "other".
const MaxReasons = 8

// Other is the code of the last reason.
const Other = "other"

// Reason is a tile: what went wrong.
type Reason struct {
	Code string `json:"code"`
	// Names are by language; without any the text of our own is shown.
	Names    map[string]string `json:"names,omitempty"`
	Severity Severity          `json:"severity"`
}

// Cause is what lay behind complaints.
type Cause struct {
	Code  string            `json:"code"`
	Names map[string]string `json:"names,omitempty"`
}

// Target is how soon a complaint is answered and solved, in working minutes.
type Target struct {
	First int `json:"first"`
	Solve int `json:"solve"`
}

func (t Target) first() time.Duration { return time.Duration(t.First) * time.Minute }
func (t Target) solve() time.Duration { return time.Duration(t.Solve) * time.Minute }

// Remedy is a line of the table: what makes good which fault.
type Remedy struct {
	// Reason and Severity are empty for any.
	Reason   string   `json:"reason,omitempty"`
	Severity Severity `json:"severity,omitempty"`
	Kind     Means    `json:"kind"`
	// Share of the price, in ten-thousandths, and Fixed in minor units are
	// added up.
	Share int64 `json:"share"`
	Fixed int64 `json:"fixed"`
}

// Settings are a programme's choices about cases.
type Settings struct {
	Business Business            `json:"business"`
	Reasons  []Reason            `json:"reasons"`
	Causes   []Cause             `json:"causes"`
	Week     Week                `json:"week"`
	Shops    map[string]Week     `json:"shops,omitempty"`
	Country  string              `json:"country"` // whose holidays and law hold
	Holidays []string            `json:"holidays,omitempty"`
	Workdays []string            `json:"workdays,omitempty"`
	Targets  map[Severity]Target `json:"targets"`
	// Legal is by country within how many days the law wants an answer.
	Legal map[string]int `json:"legal"`
	// Superiors get what is overdue, one after the other.
	Superiors []id.ID  `json:"superiors,omitempty"`
	Remedies  []Remedy `json:"remedies"`
	// Limits are by role, and "key" for API keys, what one person may give for
	// a case, in minor units.
	Limits map[string]int64 `json:"limits"`
	// Unpriced is the most for a case whose price nobody knows.
	Unpriced int64 `json:"unpriced"`
	// Cap is the most that is given for a case, in ten-thousandths of the price
	// of what went wrong; 0 is the most that it may be, 150 %.
	Cap int64 `json:"cap,omitempty"`
	// WalletID is where points go, 0 for the first wallet; BatchID the personal
	// codes that are given; GiftMonths how long gift cards last.
	WalletID   id.ID `json:"wallet,omitempty"`
	BatchID    id.ID `json:"batch,omitempty"`
	GiftMonths int   `json:"gift_months"`
	// Acknowledge has members written to that we have what they sent by e-mail.
	Acknowledge bool `json:"acknowledge,omitempty"`
}

// starting are the first reasons of each business, but for the last.
var starting = map[Business][]Reason{
	ShopBusiness: {{Code: "quality", Severity: Normal}, {Code: "staff", Severity: Normal}, {Code: "price", Severity: Normal}, {Code: "queue", Severity: Low}, {Code: "stock", Severity: Low}, {Code: "cleanliness", Severity: Low}, {Code: "points", Severity: Low}},
	Restaurant:   {{Code: "food", Severity: Normal}, {Code: "ill", Severity: High}, {Code: "staff", Severity: Normal}, {Code: "waiting", Severity: Low}, {Code: "wrong_order", Severity: Normal}, {Code: "bill", Severity: Normal}, {Code: "cleanliness", Severity: Normal}},
	Clinic:       {{Code: "treatment", Severity: High}, {Code: "staff", Severity: Normal}, {Code: "waiting", Severity: Low}, {Code: "appointment", Severity: Normal}, {Code: "bill", Severity: Normal}, {Code: "privacy", Severity: High}, {Code: "information", Severity: Low}},
	WebStore:     {{Code: "late", Severity: Normal}, {Code: "missing", Severity: High}, {Code: "damaged", Severity: Normal}, {Code: "wrong_item", Severity: Normal}, {Code: "not_as_described", Severity: Normal}, {Code: "refund", Severity: High}, {Code: "site", Severity: Low}},
}

// StartingReasons returns the first reasons of a business, "other" last.
func StartingReasons(b Business) []Reason {
	return append(slices.Clone(starting[b]), Reason{Code: Other, Severity: Normal})
}

// DefaultSettings are what holds until a programme says otherwise.
func DefaultSettings(country string) Settings {
	day := Hours{9 * 60, 18 * 60}
	return Settings{
		Business: ShopBusiness, Reasons: StartingReasons(ShopBusiness), Country: country,
		Causes: []Cause{{Code: "supplier"}, {Code: "process"}, {Code: "training"}, {Code: "staffing"}, {Code: "system"}, {Code: "carrier"}, {Code: "information"}, {Code: Other}},
		Week:   Week{day, day, day, day, day},
		Targets: map[Severity]Target{
			Low: {First: 16 * 60, Solve: 90 * 60}, Normal: {First: 8 * 60, Solve: 45 * 60}, High: {First: 2 * 60, Solve: 18 * 60},
		},
		Legal: map[string]int{"PL": 14, "RU": 10},
		Remedies: []Remedy{
			{Severity: High, Kind: GiftCard, Share: 10_000}, {Severity: Normal, Kind: Points, Share: 5_000}, {Severity: Low, Kind: Points, Share: 2_000},
		},
		Limits:   map[string]int64{string(auth.Owner): 100_000, string(auth.Manager): 20_000, string(auth.Agent): 2_000, "key": 2_000},
		Unpriced: 5_000, GiftMonths: 12,
		Acknowledge: true,
	}
}

// ReasonOf returns the reason of a code, if the settings have it.
func (s *Settings) ReasonOf(code string) (Reason, bool) {
	i := slices.IndexFunc(s.Reasons, func(r Reason) bool { return r.Code == code })
	if i < 0 {
		return Reason{}, false
	}
	return s.Reasons[i], true
}

// Check returns all that cannot be, each pointing at its field.
func (s *Settings) Check() error {
	var wrong []*fault.Error
	if !slices.Contains(Businesses(), s.Business) {
		wrong = append(wrong, fault.Invalid("case_business", "say what sort of business it is").At("/business"))
	}
	return fault.Join(slices.Concat(wrong, s.checkCodes(), s.checkTimes(), s.checkRemedies())...)
}

func (s *Settings) checkRemedies() (wrong []*fault.Error) {
	for i, r := range s.Remedies {
		_, known := s.ReasonOf(r.Reason)
		if r.Reason != "" && !known || r.Severity != "" && !slices.Contains(Severities(), r.Severity) || !slices.Contains(AllMeans(), r.Kind) ||
			r.Share < 0 || r.Share > maxShare || r.Fixed < 0 || r.Fixed > money.MaxMinor || r.Share+r.Fixed == 0 {
			wrong = append(wrong, fault.Invalid("case_remedy", "a line of the table takes a known reason, a kind, and a share of at most 150 %% or a sum").At(fmt.Sprintf("/remedies/%d", i)))
		}
	}
	if s.Cap < 0 || s.Cap > maxShare {
		wrong = append(wrong, fault.Invalid("case_cap", "what is given for a case is at most 150 %% of the price of what went wrong").At("/cap"))
	}
	for _, role := range slices.Sorted(maps.Keys(s.Limits)) {
		if n := s.Limits[role]; n < 0 || n > money.MaxMinor || role != "key" && !auth.Role(role).Valid() {
			wrong = append(wrong, fault.Invalid("case_limit", "a limit is a sum for a role").At("/limits/"+role))
		}
	}
	if s.Unpriced < 0 || s.Unpriced > money.MaxMinor {
		wrong = append(wrong, fault.Invalid("case_limit", "a limit is a sum for a role").At("/unpriced"))
	}
	if s.GiftMonths < 0 || s.GiftMonths > 120 {
		wrong = append(wrong, fault.Invalid("case_figure", "the number must be between %d and %d", 0, 120).At("/gift_months").With("least", 0).With("most", 120))
	}
	return wrong
}

func (s *Settings) checkCodes() (wrong []*fault.Error) {
	n := len(s.Reasons)
	if n < 1 || n > MaxReasons || s.Reasons[n-1].Code != Other {
		wrong = append(wrong, fault.Invalid("case_reasons", "there are at most %d reasons, and the last is \"other\"", MaxReasons).At("/reasons").With("most", MaxReasons))
	}
	seen := map[string]bool{}
	for i, r := range s.Reasons {
		if !codeFits(r.Code) || seen[r.Code] || !slices.Contains(Severities(), r.Severity) || !namesFit(r.Names) {
			wrong = append(wrong, fault.Invalid("case_reason_malformed", "a reason takes a code of its own in small letters, a severity and short names").At(fmt.Sprintf("/reasons/%d", i)))
		}
		seen[r.Code] = true
	}
	seen = map[string]bool{}
	for i, c := range s.Causes {
		if !codeFits(c.Code) || seen[c.Code] || !namesFit(c.Names) || i >= 40 {
			wrong = append(wrong, fault.Invalid("case_cause_malformed", "a cause takes a code of its own in small letters and short names").At(fmt.Sprintf("/causes/%d", i)))
		}
		seen[c.Code] = true
	}
	return wrong
}

const maxCodeLetters = 40

func codeFits(code string) bool {
	for _, r := range code {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return code != "" && len(code) <= maxCodeLetters
}

func namesFit(names map[string]string) bool {
	for _, n := range names {
		if utf8.RuneCountInString(n) > 60 || !oneLine(n) {
			return false
		}
	}
	return true
}

func (s *Settings) checkTimes() (wrong []*fault.Error) {
	if !s.Week.fits() {
		wrong = append(wrong, fault.Invalid("case_hours", "hours lie within a day, and some day of the week is worked").At("/week"))
	}
	for _, shop := range slices.Sorted(maps.Keys(s.Shops)) {
		if w := s.Shops[shop]; !w.fits() {
			wrong = append(wrong, fault.Invalid("case_hours", "hours lie within a day, and some day of the week is worked").At("/shops/"+shop))
		}
	}
	for _, part := range []struct {
		at   string
		days []string
	}{{"/holidays", s.Holidays}, {"/workdays", s.Workdays}} {
		if len(part.days) > maxDays {
			wrong = append(wrong, fault.Invalid("case_days", "at most %d days are named", maxDays).At(part.at).With("most", maxDays))
			continue
		}
		for _, d := range part.days {
			if _, err := time.Parse(time.DateOnly, d); err != nil {
				wrong = append(wrong, fault.Invalid("case_day", "%q is no date such as 2026-12-24", d).At(part.at).With("day", d))
				break
			}
		}
	}
	if s.Country != "" && !countryFits(s.Country) {
		wrong = append(wrong, fault.Invalid("case_country", "a country is two capital letters, as PL").At("/country"))
	}
	for _, v := range Severities() {
		t := s.Targets[v]
		if t.First < 1 || t.Solve < t.First || t.Solve > 60*24*60 {
			wrong = append(wrong, fault.Invalid("case_target", "the first answer comes within the time of the solution, and that within 60 days").At("/targets/"+string(v)))
		}
	}
	for _, c := range slices.Sorted(maps.Keys(s.Legal)) {
		if days := s.Legal[c]; !countryFits(c) || days < 0 || days > 365 {
			wrong = append(wrong, fault.Invalid("case_figure", "the number must be between %d and %d", 0, 365).At("/legal/"+c).With("least", 0).With("most", 365))
		}
	}
	return wrong
}

// maxDays are the exceptions to the week that are named, of each sort.
const maxDays = 400

// countryFits says whether a text may be the ISO code of a country.
func countryFits(code string) bool {
	return len(code) == 2 && code == strings.ToUpper(code) && code[0] >= 'A' && code[0] <= 'Z' && code[1] >= 'A' && code[1] <= 'Z'
}

func (w Week) fits() bool {
	works := false
	for _, h := range w {
		if h.From < 0 || h.To > 24*60 || h.From > h.To {
			return false
		}
		works = works || h.From < h.To
	}
	return works
}

// ownWords say somebody's own words as they are, in their language.
const ownWords = "complaint.own_words"

// nameOf returns the shop's own name in a language or else in English, else our
// own text, else the shop's in any language: what is ours is in every language.
func nameOf(names map[string]string, lang i18n.Lang, ours bool, key string) i18n.Text {
	own := i18n.Pick(names, string(lang))
	if own.Text == "" || ours && own.Lang != lang && own.Lang != i18n.English {
		return i18n.Text{Key: key}
	}
	return own.Own(ownWords)
}

// ReasonText names a reason in a language; one that is gone by its code.
func (s *Settings) ReasonText(code string, lang i18n.Lang) i18n.Text {
	r, known := s.ReasonOf(code)
	ours := ourReason(code)
	if (!known || len(r.Names) == 0) && !ours {
		return i18n.Text{Key: ownWords, Args: map[string]any{"text": code}}
	}
	return nameOf(r.Names, lang, ours, "complaint.reason."+code)
}

func ourReason(code string) bool {
	for _, list := range starting {
		if slices.ContainsFunc(list, func(r Reason) bool { return r.Code == code }) {
			return true
		}
	}
	return code == Other
}

// CauseText names a cause in a language.
func (s *Settings) CauseText(code string, lang i18n.Lang) i18n.Text {
	first := DefaultSettings("")
	i := slices.IndexFunc(s.Causes, func(c Cause) bool { return c.Code == code })
	var names map[string]string
	if i >= 0 {
		names = s.Causes[i].Names
	}
	ours := slices.ContainsFunc(first.Causes, func(c Cause) bool { return c.Code == code })
	if len(names) == 0 && !ours {
		return i18n.Text{Key: ownWords, Args: map[string]any{"text": code}}
	}
	return nameOf(names, lang, ours, "complaint.cause."+code)
}

package calls

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/campaign"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
)

// State is where a list stands.
type State = campaign.State

// The states.
const (
	Draft   = campaign.Draft
	Running = campaign.Running
	Ended   = campaign.Ended
)

// Bounds of a list.
const (
	DefaultHeld   = 2_000
	LeastHeld     = 1_000
	MostHeld      = 9_000
	DefaultWindow = 60
	leastWindow   = 7
	mostWindow    = 365
	DefaultIdle   = 90
	mostIdle      = 1_825
	DefaultTries  = 3
	MostTries     = 10
	defaultDays   = 30
	mostName      = 120
	mostScript    = 5_000
	mostTastes    = 50
	mostTaste     = 64
	// mostDays is how far off the end may be.
	mostDays = 730
)

// Spec is what a shop says of a list.
type Spec struct {
	Name string `json:"name"`
	// Whoever can spend at least Least points of a wallet, in its smallest unit, and
	// spent none for Idle days is meant.
	WalletID id.ID `json:"wallet"`
	Least    int64 `json:"least"`
	Idle     int   `json:"idle"`
	// RewardID is what they are offered, if it is one: it must be theirs to have, and
	// their points enough.
	RewardID id.ID `json:"reward,omitempty"`
	// SKUs and Categories are the taste: one of them was bought within a year, and
	// kept. Everybody's is right where there are none.
	SKUs       []string `json:"skus,omitempty"`
	Categories []string `json:"categories,omitempty"`
	// Script is what is said, by language. {name}, {points}, {worth}, {reward} and
	// {programme} stand for what they are.
	Script map[i18n.Lang]string `json:"script"`
	// Held is how many of 10,000 are held back at random.
	Held int `json:"held"`
	// Window is within how many days a purchase counts.
	Window int `json:"window"`
	// Tries is how often somebody is phoned who does not answer.
	Tries int `json:"tries"`
	// Cost is what one call costs, in minor units.
	Cost int64 `json:"cost,omitempty"`
	// Ends is the last day on which anybody is phoned, as 2026-12-31.
	Ends string `json:"ends"`
}

// NewSpec returns what a new list begins with.
func NewSpec(now time.Time, zone *time.Location) Spec {
	return Spec{Idle: DefaultIdle, Held: DefaultHeld, Window: DefaultWindow, Tries: DefaultTries, Ends: now.In(zone).AddDate(0, 0, defaultDays).Format(time.DateOnly)}
}

// tidy makes a spec as it is kept.
func (s *Spec) tidy() {
	s.Name = strings.Join(strings.Fields(i18n.Tidy(s.Name)), " ")
	script := map[i18n.Lang]string{}
	for l, words := range s.Script {
		if words = strings.TrimSpace(strings.ReplaceAll(words, "\r\n", "\n")); words != "" {
			script[l] = words
		}
	}
	s.Script = script
	for _, list := range []*[]string{&s.SKUs, &s.Categories} {
		var tidy []string
		for _, n := range *list {
			if n = strings.TrimSpace(n); n != "" {
				tidy = append(tidy, n)
			}
		}
		slices.Sort(tidy)
		*list = slices.Compact(tidy)
	}
}

// check returns all that is wrong with a spec by itself.
func (s *Spec) check() (wrong []*fault.Error) {
	bad := func(is bool, err *fault.Error) {
		if is {
			wrong = append(wrong, err)
		}
	}
	within := func(n, least, most int) bool { return n >= least && n <= most }
	bad(s.Name == "" || utf8.RuneCountInString(s.Name) > mostName, fault.Invalid("call_name", "a name takes 1 to %d letters", mostName).At("/name").With("most", mostName))
	bad(s.Least < 1 || s.Least > money.MaxMinor, fault.Invalid("call_least", "say how many points they have at least").At("/least"))
	bad(!within(s.Idle, 0, mostIdle), fault.Invalid("call_idle", "points lie idle for 0 to %d days", mostIdle).At("/idle").With("most", mostIdle))
	bad(!within(s.Held, LeastHeld, MostHeld), fault.Invalid("call_held", "from %d to %d per cent are held back", LeastHeld/100, MostHeld/100).At("/held").With("least", LeastHeld/100).With("most", MostHeld/100))
	bad(!within(s.Window, leastWindow, mostWindow), fault.Invalid("call_window", "a purchase counts within %d to %d days", leastWindow, mostWindow).At("/window").With("least", leastWindow).With("most", mostWindow))
	bad(!within(s.Tries, 1, MostTries), fault.Invalid("call_tries", "somebody is phoned 1 to %d times", MostTries).At("/tries").With("most", MostTries))
	bad(s.Cost < 0 || s.Cost > money.MaxMinor, fault.Invalid("call_cost", "what a call costs is an amount of 0 or more").At("/cost"))
	taste := fault.Invalid("call_taste", "give at most %d, each of at most %d letters", mostTastes, mostTaste).With("most", mostTastes).With("letters", mostTaste)
	bad(!tastes(s.Categories), taste.At("/categories"))
	bad(!tastes(s.SKUs), taste.At("/skus"))
	for _, l := range slices.Sorted(maps.Keys(s.Script)) {
		words, at := s.Script[l], "/script/"+string(l)
		got, ok := i18n.ParseLang(string(l))
		bad(!ok || got != l, fault.Invalid("call_language", "the languages are en, ru and pl").At(at))
		bad(utf8.RuneCountInString(words) > mostScript || !utf8.ValidString(words), fault.Invalid("call_script", "what is said takes at most %d letters", mostScript).At(at).With("most", mostScript))
	}
	return wrong
}

// tastes reports whether a list of goods can be one.
func tastes(list []string) bool {
	return len(list) <= mostTastes && !slices.ContainsFunc(list, func(n string) bool {
		return utf8.RuneCountInString(n) > mostTaste || strings.ContainsFunc(n, unicode.IsControl)
	})
}

// List is a list of whom staff phone.
type List = campaign.Campaign[Spec, Left]

// heldBack reports whether the draw holds a person back.
func heldBack(l *List, who id.ID) bool { return l.Holds("calls", l.Spec.Held, who) }

// Left is why somebody whose points lie idle is left off a list.
type Left string

// The reasons, in the order in which they are asked; each counts by the first.
const (
	// LeftControl is who belongs to the programme's own control group.
	LeftControl Left = "control"
	// LeftSpent is who spent some of late.
	LeftSpent Left = "spent"
	// LeftPhone is who has no phone number, LeftConsent who did not allow calls.
	LeftPhone   Left = "phone"
	LeftConsent Left = "consent"
	// LeftWronged is who has an open complaint.
	LeftWronged Left = "wronged"
	// LeftOther is whose window of a list is not over.
	LeftOther Left = "other"
	// LeftReward is who cannot have the reward, LeftTaste who bought nothing of the
	// kind.
	LeftReward Left = "reward"
	LeftTaste  Left = "taste"
)

// Lefts returns the reasons.
func Lefts() []Left {
	return []Left{LeftControl, LeftSpent, LeftPhone, LeftConsent, LeftWronged, LeftOther, LeftReward, LeftTaste}
}

// Text names the reason in words.
func (l Left) Text() i18n.Text { return i18n.Text{Key: "calls.left." + string(l)} }

// Tally is how many a list is for: looked at are those with points enough, and
// counted the points that lie idle with whoever is to be phoned.
type Tally = campaign.Tally[Left]

package booking

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Words are the manager's own words by language tag.
type Words map[string]string

// Bounds of what a manager writes.
const (
	MaxName = 120
	MaxText = 2_000
	// MostMinutes is the longest that a service takes: within a day.
	MostMinutes = 12 * 60
	// LeastMinutes is the shortest, and how close beginnings lie.
	LeastMinutes = 5
	// MostPlaces bounds how many are served at once.
	MostPlaces = 1000
	// MostDays bounds how far ahead is booked.
	MostDays = 365
	// MostNotice bounds the notice, in hours.
	MostNotice = 14 * 24
	mostShops  = 1000
	mostRanks  = 50
)

// Spec is what a manager writes of a service. A change holds for what is booked
// from then on.
type Spec struct {
	Names  Words `json:"names"`
	Abouts Words `json:"abouts,omitempty"`
	// Minutes is how long it takes; every so many minutes of the opening time
	// one can begin, as often as it takes where Every is 0.
	Minutes int `json:"minutes"`
	Every   int `json:"every,omitempty"`
	// Places are how many are served at once in one shop.
	Places int `json:"places"`
	// Shops where it is given.
	Shops []id.ID `json:"shops"`
	// Week is when it is given, by the shop's clock on the wall; on holidays of
	// the cases' calendar it is not.
	Week complaint.Week `json:"week"`
	// Ahead is how many days ahead it can be booked, counted from today.
	Ahead int `json:"ahead"`
	// Notice is how many hours before the beginning customers can still cancel or
	// move it themselves; 0 for up to the beginning.
	Notice int `json:"notice,omitempty"`
	// Ranks are the codes of those it is for; none for everybody.
	Ranks []string `json:"ranks,omitempty"`
	// EarlyRanks are the codes of those who can book before everybody else: Early
	// days ahead.
	EarlyRanks []string `json:"early_ranks,omitempty"`
	Early      int      `json:"early,omitempty"`
}

// Step returns the time between two beginnings.
func (s *Spec) Step() time.Duration {
	if s.Every > 0 {
		return time.Duration(s.Every) * time.Minute
	}
	return s.Lasts()
}

// Lasts returns how long it takes.
func (s *Spec) Lasts() time.Duration { return time.Duration(s.Minutes) * time.Minute }

// Reach returns how many days ahead somebody of these ranks can book.
func (s *Spec) Reach(ranks []string) int {
	if slices.ContainsFunc(ranks, func(r string) bool { return slices.Contains(s.EarlyRanks, r) }) {
		return s.Early
	}
	return s.Ahead
}

// For reports whether somebody of these ranks can have it.
func (s *Spec) For(ranks []string) bool {
	return len(s.Ranks) == 0 || slices.ContainsFunc(ranks, func(r string) bool { return slices.Contains(s.Ranks, r) })
}

func (s *Spec) tidy() {
	s.Names, s.Abouts = i18n.TidyWords(s.Names), i18n.TidyWords(s.Abouts)
	if s.Places == 0 {
		s.Places = 1
	}
}

func tooLong(at string, most int) error {
	return fault.Invalid("booking_text_long", "the text takes at most %d letters", most).At(at).With("most", most)
}

// Check returns all that keeps a service from being given; lang is the programme's
// first language.
func (s *Spec) Check(lang string) error {
	wrong := []error{i18n.CheckWords("/names", s.Names, lang, true, MaxName), i18n.CheckWords("/abouts", s.Abouts, lang, false, MaxText)}
	for _, n := range []struct {
		at                 string
		value, least, most int
	}{
		{"/minutes", s.Minutes, LeastMinutes, MostMinutes}, {"/places", s.Places, 1, MostPlaces}, {"/ahead", s.Ahead, 0, MostDays}, {"/notice", s.Notice, 0, MostNotice},
		{"/every", cmp.Or(s.Every, LeastMinutes), LeastMinutes, MostMinutes},
	} {
		if n.value < n.least || n.value > n.most {
			wrong = append(wrong, figure(n.at, n.least, n.most))
		}
	}
	if len(s.Shops) == 0 || len(s.Shops) > mostShops {
		wrong = append(wrong, fault.Invalid("booking_shops", "name the shops where the service is given").At("/shops"))
	}
	return fault.Gather(append(append(wrong, s.checkWeek()...), s.checkRanks()...)...)
}

func figure(at string, least, most int) error {
	return fault.Invalid("booking_figure", "the number must be between %d and %d", least, most).At(at).With("least", least).With("most", most)
}

// checkWeek finds hours outside a day, and a week in which nobody can be served.
func (s *Spec) checkWeek() (wrong []error) {
	fits := false
	for i, h := range s.Week {
		if h.From < 0 || h.To > 24*60 || h.From > h.To {
			wrong = append(wrong, fault.Invalid("booking_hours", "hours lie within a day, the end after the beginning").At(fmt.Sprintf("/week/%d", i)))
		}
		fits = fits || h.To-h.From >= s.Minutes
	}
	if !fits {
		wrong = append(wrong, fault.Invalid("booking_week", "on no day of the week are the hours long enough for the service").At("/week"))
	}
	return wrong
}

// checkRanks holds what opens earlier against what it is earlier than.
func (s *Spec) checkRanks() (wrong []error) {
	if len(s.Ranks) > mostRanks || len(s.EarlyRanks) > mostRanks {
		wrong = append(wrong, figure("/ranks", 0, mostRanks))
	}
	if len(s.EarlyRanks) == 0 && s.Early == 0 {
		return wrong
	}
	if len(s.EarlyRanks) == 0 || s.Early <= s.Ahead || s.Early > MostDays {
		wrong = append(wrong, fault.Invalid("booking_early", "booking early names ranks and more days ahead than everybody else has, %d at most", MostDays).At("/early").With("most", MostDays))
	}
	for i, r := range s.EarlyRanks {
		if len(s.Ranks) > 0 && !slices.Contains(s.Ranks, r) {
			wrong = append(wrong, fault.Invalid("booking_early_rank", "this rank cannot book the service at all; it is not among those that it is for").At(fmt.Sprintf("/early_ranks/%d", i)))
		}
	}
	return wrong
}

package touch

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// State says whether a review has our answer.
type State string

// The states of a review. None of them hides it.
const (
	Unanswered State = "unanswered"
	Answered   State = "answered"
	NoneNeeded State = "none_needed"
)

// States returns every state.
func States() []State { return []State{Unanswered, Answered, NoneNeeded} }

// Text returns the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "touch.state." + string(s)} }

// positive is the rating from which a review counts as support, out of 5.
const positive = 4

// Seen is a public review as its platform shows it.
type Seen struct {
	Platform   Platform
	ExternalID string
	// Place is the id that the reviewed place has at the platform.
	Place string
	// Rating is 1 to 5, or 0 where the platform has none.
	Rating   int64
	Occurred time.Time
	Text     string
	// Author is the name that the platform shows, if it does.
	Author string
	// Order is the number of the order, where the platform knows it.
	Order string
}

// Review is a public review with our answer.
type Review struct {
	ID, ProgrammeID, TouchpointID id.ID
	Recorded                      time.Time
	State                         State
	// Answer is what we said, since Replied, by somebody of ours.
	Answer     string
	Replied    time.Time
	AnsweredBy string
	// AnswerRef is the id of our answer at the platform, once it is there.
	AnswerRef string
	// Erased says that words and name were taken out when the customer asked to
	// be forgotten. The rating stays.
	Erased bool
	Seen
}

// Positive reports whether the review counts as support: four stars or more. A
// review without a rating does not.
func (r *Seen) Positive() bool { return r.Rating >= positive }

const (
	maxExternal = 200
	maxBody     = 20_000
	maxAuthor   = 200
	maxAnswer   = 4096 // what Yandex Market takes
	earliest    = 1990 // the year of a review; before it, a clock was wrong
	// MaxReviews is how many reviews are taken at once.
	MaxReviews = 1000
)

// Check returns what is wrong with a review that came in by now.
func (r *Seen) Check(now time.Time) error {
	for _, text := range []*string{&r.ExternalID, &r.Place, &r.Order, &r.Author} {
		*text = strings.TrimSpace(storable(*text))
	}
	r.Text = storable(r.Text)
	long := func(text string, most int) bool { return utf8.RuneCountInString(text) > most }
	switch {
	case !slices.Contains(Platforms(), r.Platform):
		return fault.Invalid("review_platform", "name the platform: yandex_maps, 2gis, google, tripadvisor, otzovik, own or yandex_market").At("/platform")
	case r.ExternalID == "" || len(r.ExternalID) > maxExternal:
		return fault.Invalid("review_external_id", "write the id that the review has at its platform").At("/external_id")
	case r.Rating < 0 || r.Rating > 5:
		return fault.Invalid("review_rating", "a rating is 1 to 5; leave it out where there is none").At("/rating")
	case r.Occurred.Year() < earliest || r.Occurred.After(now.Add(24*time.Hour)):
		return fault.Invalid("review_time", "write when the review was left").At("/time")
	case long(r.Text, maxBody):
		return fault.Invalid("review_text", "a review has %d letters at most", maxBody).With("most", maxBody).At("/text")
	case long(r.Author, maxAuthor) || len(r.Place) > maxExternal || len(r.Order) > maxRef:
		return fault.Invalid("review_names", "the author, the place or the order is too long").At("/author")
	}
	r.Occurred = r.Occurred.UTC().Truncate(time.Microsecond)
	return nil
}

// storable makes of a platform's text one that can be kept, so that what one
// customer wrote does not hold up the reviews of others.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "�"), "\x00", "")
}

// Outcome says what became of a review that was sent.
type Outcome string

// The outcomes: it is new, it says something else than before, it is known.
const (
	Added   Outcome = "new"
	Changed Outcome = "changed"
	Known   Outcome = "known"
)

// forget takes words and names out of a review and out of our answer.
func (r *Review) forget() { r.Author, r.Text, r.Answer, r.Erased = "", "", "", true }

// see takes what the platform shows now and returns what became of it. What was
// erased does not come back, and an order once known stays.
func (r *Review) see(s Seen) Outcome {
	if s.Order == "" {
		s.Order = r.Order
	}
	if r.Erased {
		s.Text, s.Author = "", ""
	}
	if r.Seen == s {
		return Known
	}
	r.Seen = s
	return Changed
}

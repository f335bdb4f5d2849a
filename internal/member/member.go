package member

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// Status says how far the programme knows a customer.
type Status string

// The statuses. Only the enrolled earn; the erased stay as an empty row, so
// that sums stay true.
const (
	Known    Status = "known"
	Enrolled Status = "enrolled"
	Erased   Status = "erased"
)

// Statuses returns every status, in the order in which they are offered.
func Statuses() []Status { return []Status{Enrolled, Known, Erased} }

// Birth is a birthday; zeros where it is not known. The year may be missing
// alone.
type Birth struct {
	Day   int `json:"day,omitempty"`
	Month int `json:"month,omitempty"`
	Year  int `json:"year,omitempty"`
}

// Member is a customer known to a programme.
type Member struct {
	ID          id.ID
	ProgrammeID id.ID
	Status      Status
	GivenName   string
	FamilyName  string
	// Language is a BCP 47 tag and Zone an IANA name; empty for the
	// programme's.
	Language string
	Zone     string
	Birth    Birth
	// Bucket is the draw of the random assignment, 0 to 9,999.
	Bucket  int
	Created time.Time
	// Enrolled is when the customer joined, zero if not yet.
	Enrolled time.Time
	// MergedInto is the survivor of a merge that this member lost, or 0.
	MergedInto id.ID
	// Tags are in order and distinct.
	Tags       []string
	Attributes map[string]string
	// Version grows with every change of the row.
	Version int64

	kept kept
}

// kept is what the search tables hold of a loaded member, so that saving
// writes them only if it changed.
type kept struct {
	given, family string
	tags          []string
}

// Limits of what a profile may hold.
const (
	maxName           = 100 // letters
	maxTags           = 100
	maxTag            = 64 // letters
	maxAttributes     = 50
	maxAttributeName  = 64  // letters
	maxAttributeValue = 500 // letters
	earliestBirth     = 1900
)

// Name returns the full name, empty if none is known.
func (m *Member) Name() string {
	return strings.TrimSpace(m.GivenName + " " + m.FamilyName)
}

// ZoneOr returns the zone that the member lives by, another where none is known.
func (m *Member) ZoneOr(other *time.Location) *time.Location {
	if m.Zone != "" {
		if z, err := time.LoadLocation(m.Zone); err == nil {
			return z
		}
	}
	return other
}

// Tidy trims the texts of the profile, puts tags in order and drops empty
// attributes.
func (m *Member) Tidy() {
	for _, s := range []*string{&m.GivenName, &m.FamilyName, &m.Language, &m.Zone} {
		*s = tidy(*s)
	}
	for i, tag := range m.Tags {
		m.Tags[i] = tidy(tag)
	}
	slices.Sort(m.Tags)
	m.Tags = slices.Compact(m.Tags)
	attributes := make(map[string]string, len(m.Attributes))
	for name, value := range m.Attributes {
		if value = tidy(value); value != "" {
			attributes[tidy(name)] = value
		}
	}
	m.Attributes = attributes
}

// tidy trims a text and composes its letters; text that is not UTF-8 is left
// for Check to refuse.
func tidy(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	return norm.NFC.String(strings.TrimSpace(s))
}

// Check returns the first thing wrong with a tidied profile as of now,
// pointing at its field. Faults name no value, as it may be personal.
func (m *Member) Check(now time.Time) error {
	if !plain(m.GivenName, maxName) {
		return longName("/given_name")
	}
	if !plain(m.FamilyName, maxName) {
		return longName("/family_name")
	}
	if _, err := language.Parse(m.Language); m.Language != "" && (err != nil || len(m.Language) > maxTag) {
		return fault.Invalid("unknown_language", "the language is not a tag such as en or pl-PL").At("/language")
	}
	if _, err := time.LoadLocation(m.Zone); err != nil || m.Zone == "Local" {
		return fault.Invalid("unknown_person_zone", "the time zone is not in the IANA list, as Europe/Warsaw").At("/zone")
	}
	if !m.Birth.valid(now) {
		return fault.Invalid("malformed_birth", "the birthday needs a day and a month that exist, and a year from %d to now or none", earliestBirth).
			At("/birth").With("earliest", earliestBirth)
	}
	if err := checkTags(m.Tags); err != nil {
		return err
	}
	return checkAttributes(m.Attributes)
}

func longName(field string) error {
	return fault.Invalid("malformed_member_name", "a name takes one line of up to %d letters", maxName).
		At(field).With("max", maxName)
}

func checkTags(tags []string) error {
	if len(tags) > maxTags || slices.ContainsFunc(tags, func(t string) bool { return t == "" || !plain(t, maxTag) }) {
		return fault.Invalid("malformed_tags", "a member takes up to %d tags, each of one line of 1–%d letters", maxTags, maxTag).
			At("/tags").With("max", maxTags).With("letters", maxTag)
	}
	return nil
}

func checkAttributes(attributes map[string]string) error {
	wrong := len(attributes) > maxAttributes
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		wrong = wrong || name == "" || !plain(name, maxAttributeName) || !plain(attributes[name], maxAttributeValue)
	}
	if wrong {
		return fault.Invalid("malformed_attributes", "a member takes up to %d attributes; a name has 1–%d letters and a value up to %d, of one line each", maxAttributes, maxAttributeName, maxAttributeValue).
			At("/attributes").With("max", maxAttributes).With("name", maxAttributeName).With("value", maxAttributeValue)
	}
	return nil
}

// plain reports whether the text is of one line and not too long.
func plain(s string, letters int) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= letters && !strings.ContainsFunc(s, unicode.IsControl)
}

func (b Birth) valid(now time.Time) bool {
	if b == (Birth{}) {
		return true
	}
	year := b.Year
	if year == 0 {
		year = 2000 // a leap year, so that 29 February stands
	}
	at := time.Date(year, time.Month(b.Month), b.Day, 0, 0, 0, 0, time.UTC)
	exists := at.Day() == b.Day && at.Month() == time.Month(b.Month) && at.Year() == year
	return exists && year >= earliestBirth && (b.Year == 0 || !at.After(now))
}

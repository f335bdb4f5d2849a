package member

import (
	"net/netip"
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// Purpose is what a customer allows the company to do.
type Purpose string

// The purposes of consent.
const (
	Marketing Purpose = "marketing"
	Surveys   Purpose = "survey"
	Profiling Purpose = "profiling"
	Partners  Purpose = "partners"
)

// Purposes returns every purpose, in the order in which they are offered.
func Purposes() []Purpose { return []Purpose{Marketing, Surveys, Profiling, Partners} }

// Channel is the way by which it is done.
type Channel string

// The channels of consent. Every stands for all of them, and for purposes that
// need none.
const (
	ByEmail     Channel = "email"
	BySMS       Channel = "sms"
	ByCall      Channel = "call"
	ByMessenger Channel = "messenger"
	ByPush      Channel = "push"
	ByPost      Channel = "post"
	Every       Channel = "every"
)

// Channels returns every channel, in the order in which they are offered.
func Channels() []Channel {
	return []Channel{ByEmail, BySMS, ByCall, ByMessenger, ByPush, ByPost, Every}
}

// Consent is one statement of a customer: given or withdrawn, with the
// evidence for it. Statements are only ever added.
type Consent struct {
	ID       id.ID
	MemberID id.ID
	Purpose  Purpose
	Channel  Channel
	Given    bool
	// At is when the customer said so.
	At time.Time
	// Source is where, as "checkout" or "till 4"; TextVersion names the text
	// that they agreed to; IP is the address that it came from, or empty.
	Source      string
	TextVersion string
	IP          string
	// By is the actor who recorded it, as "staff:stf_…".
	By string
}

const maxEvidence = 200 // letters of a source or text version

// Check refuses a statement that says nothing or could prove nothing.
func (c Consent) Check(now time.Time) error {
	if !slices.Contains(Purposes(), c.Purpose) {
		return fault.Invalid("unknown_purpose", "consent is for marketing, survey, profiling or partners").At("/purpose")
	}
	if !slices.Contains(Channels(), c.Channel) {
		return fault.Invalid("unknown_consent_channel", "the channel is email, sms, call, messenger, push, post or every").At("/channel")
	}
	if c.At.IsZero() || c.At.After(now) || c.At.Year() < earliestBirth {
		return fault.Invalid("malformed_consent_time", "say when the customer gave or withdrew the consent; it cannot be in the future").At("/at")
	}
	if c.Source == "" || !plain(c.Source, maxEvidence) || !plain(c.TextVersion, maxEvidence) {
		return fault.Invalid("malformed_evidence", "say where the consent comes from and which text was agreed to, each in one line of up to %d letters", maxEvidence).
			At("/source").With("max", maxEvidence)
	}
	if _, err := netip.ParseAddr(c.IP); c.IP != "" && err != nil {
		return fault.Invalid("malformed_ip", "the address is not an IP address such as 203.0.113.7").At("/ip")
	}
	return nil
}

// later reports whether the statement replaces another.
func (c Consent) later(than Consent) bool {
	return c.At.After(than.At) || c.At.Equal(than.At) && c.ID > than.ID
}

// Current leaves of a history the statement in force for each purpose and
// channel, in the order of Purposes and Channels.
func Current(history []Consent) []Consent {
	var current []Consent
	for _, p := range Purposes() {
		for _, ch := range Channels() {
			if c, ok := latest(history, p, ch); ok {
				current = append(current, c)
			}
		}
	}
	return current
}

// Allowed reports whether the customer's latest word, on this channel or on
// every channel, allows the purpose. Silence does not.
func Allowed(history []Consent, p Purpose, ch Channel) bool {
	c, ok := latest(history, p, ch, Every)
	return ok && c.Given
}

// latest returns the last statement for the purpose on any of the channels.
func latest(history []Consent, p Purpose, channels ...Channel) (last Consent, ok bool) {
	for _, c := range history {
		if c.Purpose == p && slices.Contains(channels, c.Channel) && (!ok || c.later(last)) {
			last, ok = c, true
		}
	}
	return last, ok
}

package outreach

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regulars/internal/fault"
)

// Policy is a programme's rules of writing to its customers.
type Policy struct {
	// SenderName and SenderAddress are what mail comes from; empty for the
	// programme's name and the address of the installation. ReplyTo is where
	// answers go, empty for the sender.
	SenderName    string `json:"sender_name,omitempty"`
	SenderAddress string `json:"sender_address,omitempty"`
	ReplyTo       string `json:"reply_to,omitempty"`
	// QuietFrom and QuietTo are minutes of the member's day between which
	// nobody is disturbed, the second excluded; equal ones are none.
	QuietFrom int `json:"quiet_from"`
	QuietTo   int `json:"quiet_to"`
	// QuietWeekends makes Saturday and Sunday quiet.
	QuietWeekends bool `json:"quiet_weekends"`
	// DayCap and MonthCap are how many stimulus contacts a member gets within
	// 24 hours and within 30 days, over all channels.
	DayCap   int `json:"day_cap"`
	MonthCap int `json:"month_cap"`
	// AskDays lie between two asks.
	AskDays int `json:"ask_days"`
	// IncidentDays is how long after an incident was solved a member is neither
	// asked nor stimulated.
	IncidentDays int `json:"incident_days"`
}

// The caps count within these spans.
const (
	dayCapSpan   = 24 * time.Hour
	monthCapSpan = 30 * 24 * time.Hour
)

const (
	maxSender   = 100 // letters
	maxCap      = 100
	maxDays     = 365
	minutesADay = 24 * 60
)

// DefaultPolicy is what holds until a programme says otherwise: quiet from
// 21:00 to 09:00, one stimulus in 24 hours and four in 30 days, 30 days between
// asks and 7 days of rest after an incident.
func DefaultPolicy() Policy {
	return Policy{QuietFrom: 21 * 60, QuietTo: 9 * 60, DayCap: 1, MonthCap: 4, AskDays: 30, IncidentDays: 7}
}

// Check refuses what cannot be, pointing at the field.
func (p *Policy) Check() error {
	if utf8.RuneCountInString(p.SenderName) > maxSender || strings.ContainsFunc(p.SenderName, unicode.IsControl) {
		return fault.Invalid("contact_sender_name", "the sender's name takes one line of at most %d letters", maxSender).At("/sender_name").With("most", maxSender)
	}
	for field, address := range map[string]string{"/sender_address": p.SenderAddress, "/reply_to": p.ReplyTo} {
		if address != "" && !bareAddress(address) {
			return fault.Invalid("contact_address", "this is not an e-mail address such as hello@example.com").At(field)
		}
	}
	for _, n := range []struct {
		field string
		value int
		least int
		most  int
	}{
		{"/quiet_from", p.QuietFrom, 0, minutesADay - 1}, {"/quiet_to", p.QuietTo, 0, minutesADay - 1},
		{"/day_cap", p.DayCap, 0, maxCap}, {"/month_cap", p.MonthCap, 0, maxCap},
		{"/ask_days", p.AskDays, 0, maxDays}, {"/incident_days", p.IncidentDays, 0, maxDays},
	} {
		if n.value < n.least || n.value > n.most {
			return fault.Invalid("contact_figure", "the number must be between %d and %d", n.least, n.most).At(n.field).With("least", n.least).With("most", n.most)
		}
	}
	return nil
}

// bareAddress reports whether the text is an e-mail address and nothing else.
func bareAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s && len(s) <= 254
}

// Quiet reports whether a moment is one at which members who live by the zone
// are left alone.
func (p *Policy) Quiet(t time.Time, zone *time.Location) bool {
	local := t.In(zone)
	if d := local.Weekday(); p.QuietWeekends && (d == time.Saturday || d == time.Sunday) {
		return true
	}
	now := local.Hour()*60 + local.Minute()
	if p.QuietFrom <= p.QuietTo {
		return p.QuietFrom <= now && now < p.QuietTo
	}
	return now >= p.QuietFrom || now < p.QuietTo
}

// quietSearch is how many days, and how many minutes after the end of quiet
// hours, an end of quietness is looked for. A change of the clocks may leave out
// the minute at which quiet hours end, at most three hours of it.
const (
	quietSearchDays    = 8
	quietSearchMinutes = 180
)

// Next returns the first moment not before t at which quiet hours are over in
// the zone, or t itself if it is not quiet.
func (p *Policy) Next(t time.Time, zone *time.Location) time.Time {
	if !p.Quiet(t, zone) {
		return t
	}
	end := p.QuietTo
	if p.QuietFrom == p.QuietTo {
		end = 0
	}
	local := t.In(zone)
	for day := range quietSearchDays {
		at := time.Date(local.Year(), local.Month(), local.Day()+day, end/60, end%60, 0, 0, zone)
		for range quietSearchMinutes {
			if at.After(t) && !p.Quiet(at, zone) {
				return at
			}
			at = at.Add(time.Minute)
		}
	}
	return t.Add(dayCapSpan)
}

package program

import (
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Programme is one brand's loyalty programme.
type Programme struct {
	ID id.ID
	// Slug names the programme in addresses; unique in the installation.
	Slug string
	Name string
	// Currency is fixed once the programme exists.
	Currency money.Currency
	Zone     *time.Location
	// Languages the programme speaks, the default first.
	Languages []string
	// Hue of the accent colour, 0–360 degrees of oklch.
	Hue int
	// Salt of the random assignment, made here and never changed.
	Salt string
	Settings
	// Version grows with every change to the programme and to anything of it
	// that processes cache: rules, ladders, wallets, shops.
	Version int64
	Created time.Time
}

// Settings are the choices of a programme that have defaults.
type Settings struct {
	// ControlShare is how many of 10,000 customers are drawn into the control
	// group.
	ControlShare int `json:"control_share"`
	// Enrolment says how a customer becomes a member who earns.
	Enrolment Enrolment `json:"enrolment"`
	// Region is the ISO 3166 country whose telephone numbers may be written
	// without a country code; empty when none may.
	Region string `json:"region"`
	// OfflineConflicts says what becomes of a sale that a till made offline and
	// that gave what cannot be given any more; AcceptOffline when empty.
	OfflineConflicts OfflineConflicts `json:"offline_conflicts,omitempty"`
	// BirthdayDays is how many days before a birthday it is noted, so that a
	// gift comes in time.
	BirthdayDays int `json:"birthday_days,omitempty"`
	// Profile is what must be known of a member for their profile to be
	// complete.
	Profile Profile `json:"profile,omitzero"`
}

// OfflineConflicts says what becomes of sales that tills made while they were
// cut off.
type OfflineConflicts string

// The ways.
const (
	// AcceptOffline takes the sale and lists what differs.
	AcceptOffline OfflineConflicts = "accept"
	// RefuseOffline refuses the sale and lists why.
	RefuseOffline OfflineConflicts = "refuse"
)

// Profile says which parts of a profile count; with none it is never complete.
type Profile struct {
	Name     bool `json:"name,omitempty"`
	Birthday bool `json:"birthday,omitempty"`
	Email    bool `json:"email,omitempty"`
	Phone    bool `json:"phone,omitempty"`
	// Consent is that to marketing, by any channel.
	Consent bool `json:"consent,omitempty"`
}

// ProfileParts are the names of the parts that can count, in the order in
// which they are offered.
func ProfileParts() []string { return []string{"name", "birthday", "email", "phone", "consent"} }

func (p *Profile) part(name string) *bool {
	switch name {
	case "name":
		return &p.Name
	case "birthday":
		return &p.Birthday
	case "email":
		return &p.Email
	case "phone":
		return &p.Phone
	case "consent":
		return &p.Consent
	}
	return nil
}

// ProfileOf returns a profile of the named parts; a name that is none of
// ProfileParts is refused with "profile_part".
func ProfileOf(names []string) (Profile, error) {
	var p Profile
	for _, name := range names {
		part := p.part(name)
		if part == nil {
			return p, fault.Invalid("profile_part", "%q is no part of a profile that can count", name).At("/profile")
		}
		*part = true
	}
	return p, nil
}

// Parts returns the names of the parts that count.
func (p Profile) Parts() []string {
	parts := []string{}
	for _, name := range ProfileParts() {
		if *p.part(name) {
			parts = append(parts, name)
		}
	}
	return parts
}

// MaxBirthdayDays bounds Settings.BirthdayDays.
const MaxBirthdayDays = 60

// Enrolment says how a customer becomes a member who earns.
type Enrolment string

// The ways of enrolment.
const (
	// Automatic enrols a customer at the first event that names them.
	Automatic Enrolment = "automatic"
	// OnRequest enrols a customer who asked for it.
	OnRequest Enrolment = "on_request"
)

// MaxControlShare is the whole of a programme's customers.
const MaxControlShare = 10_000

// DefaultSettings returns what a programme does until told otherwise.
func DefaultSettings() Settings {
	return Settings{Enrolment: Automatic}
}

// Shop is a place where a programme's customers are served.
type Shop struct {
	ID, ProgrammeID id.ID
	// Code names the shop in events and files; unique in its programme.
	Code string
	Name string
	// Zone is an IANA zone; empty for the programme's own.
	Zone string
	// Closed shops keep their past and are offered nowhere.
	Closed bool
}

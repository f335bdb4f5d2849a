package program

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"

	"regulars/internal/fault"
	"regulars/internal/id"
)

const (
	maxName = 100
	maxHue  = 360
)

var (
	slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	codeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	spoken   = []string{"en", "ru", "pl"}
)

// check returns the first thing wrong with the programme, pointing at its
// field.
func (p Programme) check() error {
	if len(p.Slug) > 40 || !slugForm.MatchString(p.Slug) {
		return fault.Invalid("malformed_slug", "the short name takes 1–40 small Latin letters, digits and single hyphens, as bean-and-leaf").At("/slug")
	}
	if err := checkName(p.Name); err != nil {
		return err
	}
	if _, err := currency.ParseISO(string(p.Currency)); err != nil || !p.Currency.Valid() {
		return fault.Invalid("unknown_currency", "%q is not a currency code of ISO 4217, as GBP", clip(string(p.Currency))).
			At("/currency").With("currency", clip(string(p.Currency)))
	}
	if p.Zone == nil {
		return unknownZone("")
	}
	if _, err := ParseZone(p.Zone.String()); err != nil {
		return err
	}
	if err := checkLanguages(p.Languages); err != nil {
		return err
	}
	if p.Hue < 0 || p.Hue > maxHue {
		return fault.Invalid("hue_out_of_range", "the hue is an angle from 0 to %d degrees", maxHue).At("/hue")
	}
	return p.Settings.check()
}

func (s Settings) check() error {
	if s.ControlShare < 0 || s.ControlShare > MaxControlShare {
		return fault.Invalid("control_share_out_of_range", "the control share is counted in ten-thousandths, from 0 to %d", MaxControlShare).
			At("/settings/control_share")
	}
	if s.OfflineConflicts != "" && s.OfflineConflicts != AcceptOffline && s.OfflineConflicts != RefuseOffline {
		return fault.Invalid("unknown_offline_conflicts", "conflicts of offline tills are either accept or refuse").At("/settings/offline_conflicts")
	}
	if s.Enrolment != Automatic && s.Enrolment != OnRequest {
		return fault.Invalid("unknown_enrolment", "enrolment is either automatic or on_request").At("/settings/enrolment")
	}
	if s.BirthdayDays < 0 || s.BirthdayDays > MaxBirthdayDays {
		return fault.Invalid("birthday_days", "a birthday is noted between 0 and %d days before", MaxBirthdayDays).At("/settings/birthday_days").With("most", MaxBirthdayDays)
	}
	if s.Region == "" {
		return nil
	}
	region, err := language.ParseRegion(s.Region)
	if err != nil || !region.IsCountry() || region.String() != s.Region {
		return fault.Invalid("unknown_region", "%q is not a country code of two capital letters, as GB", clip(s.Region)).
			At("/settings/region").With("region", clip(s.Region))
	}
	return nil
}

func (s Shop) check() error {
	if len(s.Code) > 40 || !codeForm.MatchString(s.Code) {
		return fault.Invalid("malformed_shop_code", "a shop's code takes 1–40 Latin letters, digits, dots, hyphens and underscores, and begins with a letter or digit").At("/code")
	}
	if err := checkName(s.Name); err != nil {
		return err
	}
	if s.Zone == "" {
		return nil
	}
	_, err := ParseZone(s.Zone)
	return err
}

// ParseZone reads the name of an IANA time zone, as Europe/Warsaw.
func ParseZone(name string) (*time.Location, error) {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" || name == "Local" {
		return nil, unknownZone(name)
	}
	return zone, nil
}

func unknownZone(name string) error {
	return fault.Invalid("unknown_zone", "%q is not a time zone of the IANA list, as Europe/London", clip(name)).
		At("/zone").With("zone", clip(name))
}

func checkName(name string) error {
	if strings.TrimSpace(name) != name || name == "" || !utf8.ValidString(name) ||
		utf8.RuneCountInString(name) > maxName || strings.ContainsFunc(name, unicode.IsControl) {
		return fault.Invalid("malformed_name", "a name takes 1–%d letters, with no spaces at its ends and no line breaks", maxName).
			At("/name").With("max", maxName)
	}
	return nil
}

func checkLanguages(languages []string) error {
	sorted := slices.Sorted(slices.Values(languages))
	known := !slices.ContainsFunc(languages, func(l string) bool { return !slices.Contains(spoken, l) })
	if len(languages) == 0 || !known || len(slices.Compact(sorted)) != len(languages) {
		return fault.Invalid("unknown_languages", "give one or more of %s, each once, the default first", strings.Join(spoken, ", ")).
			At("/languages")
	}
	return nil
}

func fixedCurrency(p Programme) error {
	return fault.Conflict("currency_fixed", "the currency %s of programme %s cannot be changed, since its points and sales are counted in it; make another programme", p.Currency, p.ID.In(id.Programme)).
		At("/currency").With("currency", string(p.Currency))
}

// changes names the fields in which two states of a programme differ.
func changes(old, p Programme) []string {
	var names []string
	for _, f := range []struct {
		name    string
		changed bool
	}{
		{"slug", old.Slug != p.Slug},
		{"name", old.Name != p.Name},
		{"zone", old.Zone.String() != p.Zone.String()},
		{"languages", !slices.Equal(old.Languages, p.Languages)},
		{"hue", old.Hue != p.Hue},
		{"control_share", old.ControlShare != p.ControlShare},
		{"enrolment", old.Enrolment != p.Enrolment},
		{"offline_conflicts", old.OfflineConflicts != p.OfflineConflicts},
		{"region", old.Region != p.Region},
	} {
		if f.changed {
			names = append(names, f.name)
		}
	}
	return names
}

// clip keeps what a user sent short enough to be shown back.
func clip(s string) string {
	s = strings.ToValidUTF8(s, "�")
	if r := []rune(s); len(r) > maxName {
		return string(r[:maxName]) + "…"
	}
	return s
}

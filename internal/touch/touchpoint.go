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

// Kind is what sort of place a touchpoint is.
type Kind string

// The kinds of touchpoint.
const (
	InShop   Kind = "shop"
	InParcel Kind = "parcel"
	OnSite   Kind = "site"
	ByPhone  Kind = "phone"
	AtEvent  Kind = "event"
)

// Kinds returns every kind.
func Kinds() []Kind { return []Kind{InShop, InParcel, OnSite, ByPhone, AtEvent} }

// Text returns the kind in words.
func (k Kind) Text() i18n.Text { return i18n.Text{Key: "touch.kind." + string(k)} }

// Touchpoint is where customer and company meet.
type Touchpoint struct {
	ID, ProgrammeID id.ID
	Made            time.Time
	TouchpointSpec
}

// TouchpointSpec is what a manager writes of a touchpoint.
type TouchpointSpec struct {
	Kind Kind
	Name string
	// ShopID is the shop that it belongs to, or 0.
	ShopID id.ID
	// Links are where a review can be left, in the order in which the page shows
	// them.
	Links []Link
	// Closed touchpoints get no new cards; their cards go on working.
	Closed bool
}

const (
	maxName  = 100
	maxLinks = 12
)

// Check returns all that is wrong with the spec.
func (s *TouchpointSpec) Check() error {
	var wrong []*fault.Error
	if !slices.Contains(Kinds(), s.Kind) {
		wrong = append(wrong, fault.Invalid("touchpoint_kind", "a touchpoint is a shop, parcel, site, phone or event").At("/kind"))
	}
	if s.Name = strings.TrimSpace(s.Name); s.Name == "" || utf8.RuneCountInString(s.Name) > maxName {
		wrong = append(wrong, fault.Invalid("touchpoint_name", "give the touchpoint a name of up to %d letters", maxName).With("most", maxName).At("/name"))
	}
	return fault.Join(append(wrong, fault.All(checkLinks(s.Links))...)...)
}

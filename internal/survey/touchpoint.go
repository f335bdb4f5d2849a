package survey

import (
	"slices"
	"strings"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// Touchpoint is the kind of place at which what is answered was felt. Empty
// means that nobody knows, and it is told so.
type Touchpoint string

// The kinds, in the words of those of cards.
const (
	InShop   Touchpoint = "shop"
	InParcel Touchpoint = "parcel"
	OnSite   Touchpoint = "site"
	ByPhone  Touchpoint = "phone"
	AtEvent  Touchpoint = "event"
)

// Touchpoints returns every kind that can be known.
func Touchpoints() []Touchpoint {
	return []Touchpoint{InShop, InParcel, OnSite, ByPhone, AtEvent}
}

// Text names the kind in words, the unknown one too.
func (t Touchpoint) Text() i18n.Text {
	if t == "" {
		return i18n.Text{Key: "survey.touchpoint.unknown"}
	}
	return i18n.Text{Key: "touch.kind." + string(t)}
}

// check refuses what is no kind; none is none.
func (t Touchpoint) check() error {
	if t != "" && !slices.Contains(Touchpoints(), t) {
		return fault.Invalid("survey_touchpoint", "a touchpoint is shop, parcel, site, phone or event; leave it out where nobody knows").At("/touchpoint")
	}
	return nil
}

// AtName is the part of an open link's address that names a kind.
const AtName = "at"

// OpenLink returns the path of the survey's open link for a kind of touchpoint,
// the plain one where it is unknown; empty when the survey has none.
func (s *Survey) OpenLink(t Touchpoint) string {
	switch {
	case s.Open == "":
		return ""
	case t == "":
		return OpenPath + s.Open
	}
	return OpenPath + s.Open + "?" + AtName + "=" + string(t)
}

// touchpointNamed returns the kind that an open link names; a link that was
// spoilt on its way leaves it unknown.
func touchpointNamed(name string) Touchpoint {
	if t := Touchpoint(strings.ToLower(name)); t.check() == nil {
		return t
	}
	return ""
}

// channelsOf are the words that channels and shops of sales are known by. A
// sale with another word of a channel leaves the touchpoint unknown.
var channelsOf = map[Touchpoint][]string{
	InShop:   {"shop", "store", "till", "pos", "in_store", "offline", "retail"},
	InParcel: {"parcel", "delivery", "courier"},
	OnSite:   {"site", "website", "web", "online", "app", "ecommerce"},
	ByPhone:  {"phone", "telephone", "call"},
	AtEvent:  {"event", "fair", "market"},
}

// touchpointOf tells where a sale was made by its channel. One without a channel
// was made in its shop, unless that is named as a site, a telephone line and the
// like.
func touchpointOf(channel, shop string) Touchpoint {
	word := strings.ToLower(strings.TrimSpace(channel))
	if word == "" {
		word = strings.ToLower(shop)
	}
	for _, t := range Touchpoints() {
		if slices.Contains(channelsOf[t], word) {
			return t
		}
	}
	if channel == "" && shop != "" {
		return InShop
	}
	return ""
}

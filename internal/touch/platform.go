package touch

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// Platform is where people write reviews in public.
type Platform string

// The platforms. A page of the shop's own is one too; YandexMarket only sends
// us reviews, as nobody can be led to the form of an order there.
const (
	YandexMaps   Platform = "yandex_maps"
	TwoGIS       Platform = "2gis"
	Google       Platform = "google"
	Tripadvisor  Platform = "tripadvisor"
	Otzovik      Platform = "otzovik"
	OwnPage      Platform = "own"
	YandexMarket Platform = "yandex_market"
)

// Platforms returns every platform.
func Platforms() []Platform {
	return []Platform{YandexMaps, TwoGIS, Google, Tripadvisor, Otzovik, OwnPage, YandexMarket}
}

// Linked returns the platforms that a card can lead to.
func Linked() []Platform { return Platforms()[:6] }

// Text returns the platform's name in words.
func (p Platform) Text() i18n.Text { return i18n.Text{Key: "touch.platform." + string(p)} }

// placeMark stands in a template for the place's id at the platform.
const placeMark = "{place}"

// Template returns the address of a platform's form for a review, as far as it
// is known; {place} stands for the place's id there. An own page has none.
func (p Platform) Template() string {
	return map[Platform]string{
		YandexMaps:  "https://yandex.ru/maps/org/{place}/reviews/?add-review=true",
		TwoGIS:      "https://2gis.ru/reviews/{place}/addreview",
		Google:      "https://search.google.com/local/writereview?placeid={place}",
		Tripadvisor: "https://www.tripadvisor.com/UserReviewEdit-{place}",
		Otzovik:     "https://otzovik.com/review_add.php?prod={place}",
	}[p]
}

// Link leads from a touchpoint to a platform.
type Link struct {
	Platform Platform `json:"platform"`
	// Place is the touchpoint's id at the platform.
	Place string `json:"place,omitempty"`
	// Template is the whole address with {place} in it, where the platform's own
	// has changed; empty for the one that is known.
	Template string `json:"template,omitempty"`
}

// Address returns where the link leads.
func (l Link) Address() string {
	template := l.Template
	if template == "" {
		template = l.Platform.Template()
	}
	return strings.ReplaceAll(template, placeMark, url.PathEscape(l.Place))
}

func checkLinks(links []Link) error {
	if len(links) > maxLinks {
		return fault.Invalid("touch_links", "a touchpoint has %d links at most", maxLinks).With("most", maxLinks).At("/links")
	}
	var wrong []error
	seen := map[Platform]bool{}
	for i, l := range links {
		at := fmt.Sprintf("/links/%d", i)
		switch {
		case !slices.Contains(Linked(), l.Platform):
			wrong = append(wrong, fault.Invalid("touch_platform", "a card cannot lead to this platform").At(at+"/platform"))
		case seen[l.Platform]:
			wrong = append(wrong, fault.Invalid("touch_platform_twice", "each platform stands once").At(at+"/platform"))
		default:
			wrong = append(wrong, l.check(at))
		}
		seen[l.Platform] = true
	}
	return fault.Gather(wrong...)
}

// check refuses a link that leads nowhere, or without encryption.
func (l Link) check(at string) error {
	template := l.Template
	if template == "" {
		template = l.Platform.Template()
	}
	if strings.Contains(template, placeMark) && (l.Place == "" || strings.TrimSpace(l.Place) != l.Place || len(l.Place) > 200) {
		return fault.Invalid("touch_place", "write the id that the place has at the platform").At(at + "/place")
	}
	u, err := url.Parse(l.Address())
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(template) > 1000 || strings.Contains(u.Host, placeMark) {
		return fault.Invalid("touch_address", "write a whole https address; {place} stands for the place's id").At(at + "/template")
	}
	return nil
}

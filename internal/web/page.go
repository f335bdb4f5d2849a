package web

import (
	"net/http"
	"slices"
	"strings"

	"regulars/internal/i18n"
)

// Page is what every component may need to know of the reader and the place.
// It is made once per request and passed to components; nothing of it is
// global. The printer is embedded: pg.T("key"), pg.Money(…), pg.Date(…).
type Page struct {
	*i18n.Printer
	Theme Theme
	// Path is the address of the page; it decides what the navigation shows as
	// current. Return is the address with its query, to come back to.
	Path, Return string
	Brand        Brand
	// Person is the one who is signed in, nil when nobody is.
	Person *Person
	Nav    []NavGroup
	// App is set on pages that can be installed on a phone.
	App *App
	// Flashes are messages left by the request before.
	Flashes []Flash
	// Sheets and Scripts are addresses of what this page needs besides that of
	// every page.
	Sheets, Scripts []string
}

// Brand is what a programme looks like: its name, the address of its first
// page and its accent hue in degrees of oklch.
type Brand struct {
	Name, Home string
	Hue        int
}

// App is what a phone needs to keep the pages among its applications: the
// addresses of the manifest, of an icon and of the script that answers without a
// network. Keeps lets that script keep something for the reader; without, it
// forgets all that it has. Icon and Worker may be empty.
type App struct {
	Manifest, Icon, Worker string
	Keeps                  bool
}

// Person is the user who is signed in. Role is already in words; SignOut is
// the address that a form posts to.
type Person struct {
	Name, Role, SignOut string
	Links               []NavLink
}

// NavGroup is a part of the navigation, with a heading or none.
type NavGroup struct {
	Label string
	Links []NavLink
	// Folds says that the group is folded while one is elsewhere.
	Folds bool
}

// NavLink is one entry of the navigation. Count is a short figure beside it,
// such as the number of jobs that failed; empty for none.
type NavLink struct {
	Label, Href string
	Icon        Icon
	Count       string
}

// Crumb is a step of the way to the page. The last has no address.
type Crumb struct{ Label, Href string }

// NewPage returns the page of a request with the reader's preferences and the
// messages left for them, which are taken off. The caller adds brand, person
// and navigation.
func NewPage(w http.ResponseWriter, r *http.Request, p *i18n.Printer) *Page {
	return &Page{
		Printer: p,
		Theme:   ThemeOf(r),
		Path:    r.URL.Path,
		Return:  r.URL.RequestURI(),
		Flashes: takeFlashes(w, r),
	}
}

// current reports whether the link leads to this page or, of all links, is the
// nearest above it.
func (pg *Page) current(href string) bool {
	best := ""
	for _, g := range pg.Nav {
		for _, l := range g.Links {
			if within(pg.Path, l.Href) && len(l.Href) > len(best) {
				best = l.Href
			}
		}
	}
	return href != "" && href == best
}

// holds reports whether the page is one of a group's.
func (pg *Page) holds(g NavGroup) bool {
	return slices.ContainsFunc(g.Links, func(l NavLink) bool { return pg.current(l.Href) })
}

func within(path, folder string) bool {
	if folder == "/" {
		return path == "/"
	}
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, "/")+"/")
}

// initial returns the first letter of a name, for its mark.
func initial(name string) string {
	for _, r := range strings.TrimSpace(name) {
		return strings.ToUpper(string(r))
	}
	return "·"
}

package gallery

import (
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/web"
)

// Paths are the pages of the gallery.
var Paths = []string{"/", "/members", "/member", "/parts", "/form", "/empty", "/sign-in", "/missing"}

// gallery serves the sample pages.
type gallery struct {
	catalog *i18n.Catalog
	adapter *web.Adapter
}

// New returns a server of the gallery. The query may set lang, theme and hue.
func New(log *slog.Logger) (http.Handler, error) {
	catalog, err := i18n.New()
	if err != nil {
		return nil, err
	}
	g := &gallery{catalog: catalog}
	g.adapter = &web.Adapter{Log: log, Page: g.page}
	mux := http.NewServeMux()
	mux.Handle(web.AssetsPath, web.Assets())
	mux.Handle("POST "+web.PreferencesPath, g.adapter.Handle(web.Preferences))
	for path, c := range map[string]func(*web.Page) templ.Component{
		"/{$}": overview, "/members": members, "/member": member, "/parts": parts, "/empty": nothing,
	} {
		mux.Handle("GET "+path, g.show(c))
	}
	mux.Handle("GET /form", g.show(func(pg *web.Page) templ.Component { return form(pg, nil) }))
	mux.Handle("POST /form", g.adapter.Handle(g.mend))
	mux.Handle("GET /sign-in", g.adapter.Handle(g.signIn))
	mux.Handle("POST /toast", g.adapter.Handle(g.toast))
	mux.Handle("GET /fail", g.adapter.Handle(fail))
	mux.Handle("/", g.adapter.Handle(web.NotFound))
	return g.adapter.Protect(mux), nil
}

// page makes the page of a request for a manager of a sample programme.
func (g *gallery) page(w http.ResponseWriter, r *http.Request) *web.Page {
	lang := web.LangOf(r, i18n.English)
	if l, ok := i18n.ParseLang(r.URL.Query().Get("lang")); ok {
		lang = l
	}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		zone = time.UTC
	}
	pg := web.NewPage(w, r, g.catalog.Printer(lang, zone, "GBP"))
	if t := r.URL.Query().Get("theme"); t != "" {
		pg.Theme = web.Theme(t)
	}
	hue, err := strconv.Atoi(r.URL.Query().Get("hue"))
	if err != nil {
		hue = 262
	}
	pg.Brand = web.Brand{Name: "Lantern & Loom", Home: "/", Hue: hue}
	pg.Person = &web.Person{Name: "Zofia Świątek", Role: "Manager", SignOut: "/sign-in"}
	pg.Nav = []web.NavGroup{
		{Links: []web.NavLink{
			{Label: "Overview", Href: "/", Icon: web.IconOverview},
			{Label: "Members", Href: "/members", Icon: web.IconMembers},
			{Label: "Programme", Href: "/parts", Icon: web.IconProgramme},
		}},
		{Label: "Data", Links: []web.NavLink{
			{Label: "Import", Href: "/form", Icon: web.IconImport},
			{Label: "Jobs", Href: "/empty", Icon: web.IconJobs, Count: "3"},
		}},
		{Label: "Company", Links: []web.NavLink{
			{Label: "Staff and keys", Href: "/staff", Icon: web.IconStaff},
			{Label: "Audit", Href: "/audit", Icon: web.IconAudit},
		}},
	}
	return pg
}

func (g *gallery) show(c func(*web.Page) templ.Component) http.Handler {
	return g.adapter.Handle(func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, http.StatusOK, c(g.page(w, r)))
	})
}

// mend refuses every form, so that its errors can be seen.
func (g *gallery) mend(w http.ResponseWriter, r *http.Request) error {
	pg := g.page(w, r)
	errs, ok := web.ErrorsOf(pg, fault.Invalid("malformed_rate", "not a rate").With("value", r.FormValue("rate")).At("/rate"))
	if !ok {
		return errors.New("the sample fault is not one to mend")
	}
	errs.Add("name", "Give the rule a name that staff will recognise.")
	return web.Render(w, r, http.StatusUnprocessableEntity, form(pg, errs))
}

func (g *gallery) signIn(w http.ResponseWriter, r *http.Request) error {
	pg := g.page(w, r)
	pg.Person = nil
	return web.Render(w, r, http.StatusOK, signIn(pg))
}

func (g *gallery) toast(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, web.Toast(web.Good, "120 points were added."))
}

// fail fails, so that a failure can be seen.
func fail(http.ResponseWriter, *http.Request) error {
	return errors.New("failing on purpose")
}

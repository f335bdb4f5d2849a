package guest

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/i18n"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/web"
)

// visit is one request: who asks, in which programme, and the page that
// answers. who is nil where nobody is signed in.
type visit struct {
	*web.Page
	w         http.ResponseWriter
	r         *http.Request
	programme program.Programme
	session   session
	who       *member.Member
	now       time.Time
}

type component = templ.Component

// house is how pages look that belong to no programme.
var house = web.Brand{Name: "Regulars", Home: "/me", Hue: 250}

// The cookies of a programme, which live below its address: the session, and
// the secret of the browser that asked for a code.
const (
	sessionCookie = "wallet"
	askCookie     = "wallet-code"
	langCookie    = "lang" // of web's menu
)

func (g *Guest) meet(w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := &visit{w: w, r: r, now: g.Now()}
	if err := g.findProgramme(v); err != nil {
		return nil, err
	}
	if token := v.cookie(sessionCookie); token != "" && v.programme.ID != 0 {
		var err error
		if v.session, v.who, err = g.recognise(r.Context(), v.programme.ID, token); err != nil {
			return nil, err
		}
	}
	v.Page = web.NewPage(w, r, g.Texts.Printer(v.language(), v.programme.Zone, v.programme.Currency))
	v.furnish()
	return v, nil
}

func (g *Guest) findProgramme(v *visit) error {
	rest, named := strings.CutPrefix(v.r.URL.Path, "/me/")
	if !named {
		rest, named = strings.CutPrefix(v.r.URL.Path, "/c/")
	}
	if !named {
		rest, named = strings.CutPrefix(v.r.URL.Path, "/return/")
	}
	slug, _, _ := strings.Cut(rest, "/")
	if !named || slug == "" {
		return nil
	}
	all, err := program.List(v.ctx(), g.DB.Reader())
	if i := slices.IndexFunc(all, func(p program.Programme) bool { return p.Slug == slug }); i >= 0 {
		v.programme = all[i]
	}
	return err
}

// asksFor is the language that the address asks for, as a link of the shop's may.
func (v *visit) asksFor() (i18n.Lang, bool) { return i18n.ParseLang(v.r.URL.Query().Get("lang")) }

// tongue is the end of an address that asks for the language that this one asks
// for; empty where it asks for none.
func (v *visit) tongue() string {
	if l, asked := v.asksFor(); asked {
		return "?lang=" + string(l)
	}
	return ""
}

// language is what the address asks for, else what the customer chose on this
// device, else in the profile, else what the browser asks for.
func (v *visit) language() i18n.Lang {
	if l, asked := v.asksFor(); asked {
		return l
	}
	fallback := i18n.English
	if len(v.programme.Languages) > 0 {
		fallback = i18n.Lang(v.programme.Languages[0])
	}
	if l, ok := i18n.ParseLang(v.cookie(langCookie)); ok {
		return l
	}
	if v.who != nil {
		if l, ok := i18n.ParseLang(v.who.Language); ok {
			return l
		}
	}
	return web.LangOf(v.r, fallback)
}

// section is a part of the wallet. Those of the navigation have an icon.
type section struct {
	key, path string
	icon      web.Icon
}

// sections are the parts of the wallet in their order.
var sections = []section{
	{"guest.home.nav", "/", web.IconWallet},
	{"guest.reward.nav", "/rewards", web.IconGift},
	{"guest.gift.nav", "/codes", web.IconOffer},
	{"guest.history.nav", "/history", web.IconClock},
	{"guest.profile.nav", "/profile", web.IconPerson},
}

// furnish puts brand and navigation around the page, and says which worker
// shows the card when there is no network.
func (v *visit) furnish() {
	v.Brand = house
	if v.programme.ID == 0 {
		return
	}
	v.Brand = web.Brand{Name: v.programme.Name, Home: v.at("/"), Hue: v.programme.Hue}
	v.App = &web.App{Manifest: v.at("/manifest.json"), Icon: v.at("/icon-180.png"), Worker: v.at("/worker.js"), Keeps: v.who != nil}
	if v.who == nil {
		return
	}
	group := web.NavGroup{}
	for _, s := range sections {
		group.Links = append(group.Links, web.NavLink{Label: v.T(s.key), Href: v.at(s.path), Icon: s.icon})
	}
	v.Nav = []web.NavGroup{group}
}

func (v *visit) ctx() context.Context { return v.r.Context() }

func (v *visit) cookie(name string) string {
	c, err := v.r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// keep sets a cookie that this programme's pages alone see; seconds below zero
// take it off.
func (v *visit) keep(name, value string, seconds int) {
	http.SetCookie(v.w, &http.Cookie{
		Name: name, Value: value, Path: "/me/" + v.programme.Slug, MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: v.secure(),
	})
}

// at returns the address of a page of the programme, with names and values of a
// query in turn; empty values are left out.
func (v *visit) at(path string, query ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		if query[i+1] != "" {
			q.Set(query[i], query[i+1])
		}
	}
	path = "/me/" + v.programme.Slug + path
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (v *visit) field(name string) string { return strings.TrimSpace(v.r.FormValue(name)) }

func (v *visit) render(c component) error { return web.Render(v.w, v.r, http.StatusOK, c) }

func (v *visit) redirect(to string) error { return web.Redirect(v.w, v.r, to) }

// mend shows a form again with what must be put right in it, or returns the
// failure where the form cannot help.
func (v *visit) mend(err error, form func(web.FormErrors) component) error {
	errs, ok := web.ErrorsOf(v.Page, err)
	if !ok {
		return err
	}
	return v.mendAll(errs, form)
}

func (v *visit) mendAll(errs web.FormErrors, form func(web.FormErrors) component) error {
	return web.Render(v.w, v.r, http.StatusUnprocessableEntity, form(errs))
}

// done says on the next page that something was done, and goes there. The text
// holds no personal data.
func (v *visit) done(to, key string) error {
	web.AddFlash(v.w, v.r, web.Good, i18n.Text{Key: key})
	return v.redirect(to)
}

// name is how the page calls the customer.
func (v *visit) name() string { return cmp.Or(v.who.GivenName, v.who.Name()) }

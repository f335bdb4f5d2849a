package console

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/outreach"
	"regulars/internal/program"
	"regulars/internal/referral"
	"regulars/internal/web"
)

// visit is one request to the console: who asks, about which programme, and the
// page that answers. Programme and person are empty where nobody is signed in.
type visit struct {
	*web.Page
	w       http.ResponseWriter
	r       *http.Request
	session auth.Session
	actor   auth.Actor
	// programmes are those that the actor may see, programme the one of the
	// address.
	programmes []program.Programme
	programme  program.Programme
}

// component is a page or a part of one.
type component = templ.Component

// customersHome is where those go on who have no business in the console.
const customersHome = "/me"

// house is how pages look that belong to no programme.
var house = web.Brand{Name: "Regulars", Home: "/", Hue: 250}

// sessionCookie holds the token of the session.
const sessionCookie = "session"

// meet finds out who asks and about which programme, and makes the page. Who is
// not signed in gets a page without a person.
func (c *Console) meet(w http.ResponseWriter, r *http.Request) (*visit, error) {
	v := &visit{w: w, r: r}
	if err := c.recognise(v); err != nil {
		return nil, err
	}
	v.choose()
	lang := web.LangOf(r, v.defaultLang())
	if l := v.session.Staff.Language; l != "" {
		lang = l
	}
	v.Page = web.NewPage(w, r, c.Texts.Printer(lang, v.programme.Zone, v.programme.Currency))
	if t := v.session.Staff.Theme; t != "" {
		v.Theme = web.Theme(t)
	}
	v.furnish()
	return v, nil
}

// recognise reads the session, if there is one that is open.
func (c *Console) recognise(v *visit) error {
	token := v.token()
	if token == "" {
		return nil
	}
	session, err := c.Auth.Session(v.ctx(), token)
	if f := fault.As(err); f != nil && f.Code == "not_signed_in" {
		return nil
	}
	if err != nil {
		return err
	}
	v.session, v.actor = session, session.Staff.Actor()
	v.programmes, err = c.Programmes.List(v.ctx(), v.actor)
	return err
}

// choose finds the programme: that of the address, or the only one there is on
// addresses that name none.
func (v *visit) choose() {
	slug, named := strings.CutPrefix(v.r.URL.Path, "/p/")
	slug, _, _ = strings.Cut(slug, "/")
	switch {
	case named:
		if i := slices.IndexFunc(v.programmes, func(p program.Programme) bool { return p.Slug == slug }); i >= 0 {
			v.programme = v.programmes[i]
		}
	case len(v.programmes) == 1:
		v.programme = v.programmes[0]
	}
}

func (v *visit) defaultLang() i18n.Lang {
	if len(v.programme.Languages) == 0 {
		return i18n.English
	}
	return i18n.Lang(v.programme.Languages[0])
}

// furnish puts brand, person and navigation around the page.
func (v *visit) furnish() {
	v.Brand = house
	if path := v.r.URL.Path; strings.HasPrefix(path, referral.LinkPath("")) || strings.HasPrefix(path, outreach.UnsubscribePath) {
		v.Brand.Home = customersHome
	}
	if v.programme.ID != 0 {
		v.Brand = web.Brand{Name: v.programme.Name, Home: v.at(""), Hue: v.programme.Hue}
	}
	if v.actor.ID == 0 {
		return
	}
	v.Person = &web.Person{Name: v.session.Staff.Name, Role: v.role(), SignOut: "/sign-out", Links: v.personLinks()}
	v.Nav = v.navigation()
}

// dress lets a page that anybody may open look like its programme.
func (v *visit) dress(p program.Programme) {
	v.programme = p
	v.Brand = web.Brand{Name: p.Name, Home: customersHome + "/" + p.Slug + "/", Hue: p.Hue}
}

// role names the strongest role that the person holds here.
func (v *visit) role() string {
	for _, role := range auth.Roles() {
		for _, held := range v.actor.Roles {
			here := held.ProgrammeID == 0 || held.ProgrammeID == v.programme.ID || v.programme.ID == 0
			if held.Role == role && here {
				return v.Say(role.Text())
			}
		}
	}
	return ""
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// token returns the session's token as the browser sent it, or an empty text.
func (v *visit) token() string {
	cookie, err := v.r.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// can reports whether the person may do something in the programme.
func (v *visit) can(p auth.Permission) bool { return v.actor.Can(v.programme.ID, p) == nil }

// at returns the address of a page of the programme: at("/members") or, with
// names and values of a query in turn, at("/members", "q", "anna"). Empty
// values are left out.
func (v *visit) at(path string, query ...string) string {
	return address("/p/"+v.programme.Slug+path, query...)
}

func address(path string, query ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		if query[i+1] != "" {
			q.Set(query[i], query[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// own returns the shop's own words in the reader's language, or else in one of the
// programme's, with the language that they are really in.
func (v *visit) own(words map[string]string) i18n.Said {
	return i18n.Pick(words, append([]string{string(v.Lang())}, v.programme.Languages...)...)
}

// pathID reads an identifier within the address, as {member}. What is none of
// ours is a page that does not exist.
func (v *visit) pathID(name string, p id.Prefix) (id.ID, error) {
	found, err := id.Parse(p, v.r.PathValue(name))
	if err != nil {
		return 0, web.NotFound(v.w, v.r)
	}
	return found, nil
}

// field returns what the form or the query holds under a name, without spaces
// around it.
func (v *visit) field(name string) string { return strings.TrimSpace(v.r.FormValue(name)) }

// seenVersion is the version of what a form was made of; whatever is none is 0,
// which conflicts with what is kept.
func (v *visit) seenVersion() int64 {
	n, _ := strconv.ParseInt(v.field("version"), 10, 64)
	return n
}

// render answers with a page, or with a part of one.
func (v *visit) render(c component) error {
	return web.Render(v.w, v.r, http.StatusOK, c)
}

// mend shows a form again with what must be put right in it, or returns the
// failure where the form cannot help.
func (v *visit) mend(err error, form func(web.FormErrors) component) error {
	errs, ok := web.ErrorsOf(v.Page, err)
	if !ok {
		return err
	}
	return v.mendAll(errs, form)
}

// mendAll shows a form again with everything that must be put right.
func (v *visit) mendAll(errs web.FormErrors, form func(web.FormErrors) component) error {
	return web.Render(v.w, v.r, http.StatusUnprocessableEntity, form(errs))
}

// done says on the next page that something was done, and goes there. The text
// holds no personal data.
func (v *visit) done(to, key string, args ...any) error {
	text := i18n.Text{Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if text.Args == nil {
			text.Args = map[string]any{}
		}
		text.Args[args[i].(string)] = args[i+1]
	}
	web.AddFlash(v.w, v.r, web.Good, text)
	return v.redirect(to)
}

func (v *visit) redirect(to string) error { return web.Redirect(v.w, v.r, to) }

// signInAddress leads back to where somebody wanted to go once they have signed
// in.
func signInAddress(r *http.Request) string {
	back := ""
	if r.Method == http.MethodGet && !web.IsFragment(r) && r.URL.Path != "/" {
		back = r.URL.RequestURI()
	}
	return address("/sign-in", "return", back)
}

// secure reports whether the browser came over TLS, here or at the proxy before
// us.
func secure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// setSession keeps a token for as long as the browser is open; the server ends
// the session by its own clock. Seconds below zero take it off.
func (v *visit) setSession(token string, seconds int) {
	http.SetCookie(v.w, &http.Cookie{
		Name: sessionCookie, Value: token, Path: "/", MaxAge: seconds,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: secure(v.r),
	})
}

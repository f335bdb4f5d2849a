package console

import (
	"cmp"
	"net/http"
	"strconv"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/program"
	"regulars/internal/web"
)

func (c *Console) signInRoutes() []route {
	return []route{
		{pattern: "GET /{$}", do: c.home},
		{pattern: "GET /sign-in", open: true, do: c.showSignIn},
		{pattern: "POST /sign-in", open: true, do: c.signIn},
		{pattern: "POST /sign-out", open: true, do: c.signOut},
		{pattern: "GET /start/{token}", open: true, do: c.showLink},
		{pattern: "POST /start/{token}", open: true, do: c.acceptLink},
		{pattern: "POST " + web.PreferencesPath, open: true, do: c.keepPreferences},
		{pattern: "GET /account", do: c.showAccount},
		{pattern: "POST /account", do: c.changePassword},
		{pattern: "POST /account/sign-out", do: c.signOutEverywhere},
		{pattern: "GET /programmes", do: c.showProgrammes},
		{pattern: "GET /programmes/new", do: c.showNewProgramme},
		{pattern: "POST /programmes/new", do: c.makeProgramme},
	}
}

// home leads to the programme, or to where one is chosen or made.
func (c *Console) home(v *visit) error {
	if len(v.programmes) == 1 {
		return v.redirect(v.at(""))
	}
	if len(v.programmes) == 0 && v.mayMakeProgrammes() {
		return v.redirect("/programmes/new")
	}
	return v.redirect("/programmes")
}

// entry is what the sign-in page shows of the try before.
type entry struct {
	email, back string
	// refused says why it was not let in, and waits that it may be tried later.
	refused string
	waits   bool
}

func (c *Console) showSignIn(v *visit) error {
	if v.Person != nil {
		return v.redirect("/")
	}
	return v.render(signInPage(v, entry{back: v.field("return")}))
}

func (c *Console) signIn(v *visit) error {
	e := entry{email: v.field("email"), back: v.field("return")}
	session, err := c.Auth.SignIn(v.ctx(), auth.SignIn{
		Email: e.email, Password: v.r.FormValue("password"), Address: v.r.RemoteAddr, Replaces: v.token(),
	})
	f := fault.As(err)
	switch {
	case err == nil:
		v.setSession(session.Token, 0)
		return v.redirect(e.back)
	case f == nil:
		return err
	}
	e.refused = v.Fault(f)
	status := http.StatusUnprocessableEntity
	if e.waits = f.Code == "too_many_tries"; e.waits {
		status = http.StatusTooManyRequests
		if seconds, ok := f.Args["seconds"].(int64); ok {
			v.w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
		}
	}
	return web.Render(v.w, v.r, status, signInPage(v, e))
}

func (c *Console) signOut(v *visit) error {
	if err := c.Auth.SignOut(v.ctx(), v.token()); err != nil {
		return err
	}
	v.setSession("", -1)
	return v.redirect("/sign-in")
}

// showLink shows what a one-time link is for. Reading it does not use it up, so
// that a mail program which looks ahead does no harm.
func (c *Console) showLink(v *visit) error {
	link, err := c.meetLink(v)
	if err != nil {
		return err
	}
	return v.render(linkPage(v, link, nil))
}

// meetLink reads a one-time link, and counts those that open nothing.
func (c *Console) meetLink(v *visit) (auth.Link, error) {
	link, err := c.Auth.ReadLink(v.ctx(), v.r.PathValue("token"))
	if fault.KindOf(err) == fault.KindRefused {
		err = cmp.Or(c.charge(v, "link", linkPace), err)
	}
	return link, err
}

func (c *Console) acceptLink(v *visit) error {
	token := v.r.PathValue("token")
	link, err := c.meetLink(v)
	if err != nil {
		return err
	}
	errs := web.FormErrors{}
	v.checkRepeated(errs)
	if len(errs) > 0 {
		return web.Render(v.w, v.r, http.StatusUnprocessableEntity, linkPage(v, link, errs))
	}
	session, err := c.Auth.Accept(v.ctx(), auth.Acceptance{
		Token: token, Password: v.r.FormValue("password"), Email: v.field("email"), Name: v.field("name"), Language: v.Lang(),
	})
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component { return linkPage(v, link, errs) })
	}
	v.setSession(session.Token, 0)
	return v.redirect("/")
}

// checkRepeated finds a new password that was mistyped once.
func (v *visit) checkRepeated(errs web.FormErrors) {
	if v.r.FormValue("password") != v.r.FormValue("repeated") {
		errs.Add("repeated", v.T("console.signin.differ"))
	}
}

// keepPreferences keeps language and look on this device, and for those who
// are signed in on every other.
func (c *Console) keepPreferences(v *visit) error {
	if v.Person != nil {
		kept := v.session.Staff.Preferences
		if l, ok := i18n.ParseLang(v.field("lang")); ok {
			kept.Language = l
		}
		if t := v.field("theme"); t == string(web.ThemeAuto) {
			kept.Theme = ""
		} else if t != "" {
			kept.Theme = t
		}
		if err := c.Auth.SetPreferences(v.ctx(), v.actor, kept); err != nil {
			return err
		}
	}
	return web.Preferences(v.w, v.r)
}

func (c *Console) showAccount(v *visit) error { return v.render(accountPage(v, nil)) }

func (c *Console) changePassword(v *visit) error {
	page := func(errs web.FormErrors) component { return accountPage(v, errs) }
	errs := web.FormErrors{}
	if v.checkRepeated(errs); len(errs) > 0 {
		return v.mendAll(errs, page)
	}
	session, err := c.Auth.ChangePassword(v.ctx(), v.actor, v.r.FormValue("present"), v.r.FormValue("password"))
	if err != nil {
		return v.mend(err, page)
	}
	v.setSession(session.Token, 0)
	return v.done("/account", "console.account.changed")
}

func (c *Console) signOutEverywhere(v *visit) error {
	if err := c.Auth.SignOutEverywhere(v.ctx(), v.actor, v.actor.ID); err != nil {
		return err
	}
	v.setSession("", -1)
	return v.redirect("/sign-in")
}

func (c *Console) showProgrammes(v *visit) error { return v.render(programmesPage(v)) }

func (v *visit) mayMakeProgrammes() bool { return v.actor.Can(0, auth.ProgrammesWrite) == nil }

// rolesIn says in words which roles somebody has in a programme.
func (v *visit) rolesIn(p program.Programme) string {
	var words []string
	for _, held := range v.actor.Roles {
		if held.ProgrammeID == 0 || held.ProgrammeID == p.ID {
			words = append(words, v.Say(held.Role.Text()))
		}
	}
	return v.List(words)
}

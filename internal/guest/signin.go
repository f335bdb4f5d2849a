package guest

import (
	"net/http"
	"slices"
	"strconv"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/web"
)

func (g *Guest) signInRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme + "/sign-in", open: true, do: g.showSignIn},
		{pattern: "POST " + inProgramme + "/sign-in", open: true, do: g.askToSignIn},
		{pattern: "GET " + inProgramme + "/code", open: true, do: g.showCode},
		{pattern: "POST " + inProgramme + "/code", open: true, do: g.signInByCode},
		{pattern: "GET " + inProgramme + "/link/{token}", open: true, do: g.showLink},
		{pattern: "POST " + inProgramme + "/link/{token}", open: true, do: g.signInByLink},
		{pattern: "POST " + inProgramme + "/sign-out", do: g.leave},
		{pattern: "POST " + inProgramme + "/sign-out-everywhere", do: g.leaveEverywhere},
		{pattern: "GET " + inProgramme + "/profile/prove", do: g.showProve},
		{pattern: "POST " + inProgramme + "/profile/prove", do: g.askToProve},
		{pattern: "POST " + inProgramme + "/profile/prove/code", do: g.prove},
	}
}

// chooseProgramme leads to the only programme, or lists them.
func (g *Guest) chooseProgramme(v *visit) error {
	all, err := program.List(v.ctx(), g.DB.Reader())
	if err != nil {
		return err
	}
	if len(all) == 1 {
		return v.redirect("/me/" + all[0].Slug + "/")
	}
	return v.render(programmesPage(v, all))
}

func (g *Guest) showSignIn(v *visit) error {
	if v.who != nil {
		return v.redirect(v.at("/"))
	}
	return v.render(signInPage(v, g.Courier != nil, nil))
}

// askToSignIn has a code sent to whom the address belongs, and answers the same
// when it is nobody's.
func (g *Guest) askToSignIn(v *visit) error {
	page := func(errs web.FormErrors) component { return signInPage(v, g.Courier != nil, errs) }
	if g.Courier == nil {
		return v.render(page(nil))
	}
	to, err := member.Normalise(member.Email, v.field("email"), v.programme.Region)
	if err != nil {
		return v.mendAt("email", err, page)
	}
	found, err := member.Recognise(v.ctx(), g.DB.Reader(), []member.Ask{{ProgrammeID: v.programme.ID, Identities: []member.Identity{to}}})
	if err != nil {
		return err
	}
	secret, err := g.issue(v.ctx(), ask{
		programme: v.programme.ID, slug: v.programme.Slug, purpose: toSignIn, member: found[0].MemberID, to: to, from: v.r.RemoteAddr,
	})
	if err != nil {
		return v.mendAt("email", err, page)
	}
	v.keep(askCookie, secret, int(codeLife.Seconds()))
	return v.redirect(v.at("/code"))
}

// mendAt shows a form again with the failure beside one field; also when it was
// tried too often.
func (v *visit) mendAt(field string, err error, form func(web.FormErrors) component) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	status := http.StatusUnprocessableEntity
	if seconds, ok := f.Args["seconds"].(int64); ok {
		status = http.StatusTooManyRequests
		v.w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
	} else if f.Kind == fault.KindBusy {
		return err
	}
	return web.Render(v.w, v.r, status, form(web.FormErrors{field: v.Fault(f)}))
}

func (g *Guest) showCode(v *visit) error {
	switch {
	case v.who != nil:
		return v.redirect(v.at("/"))
	case v.cookie(askCookie) == "":
		return v.redirect(v.at("/sign-in"))
	}
	return v.render(codePage(v, nil))
}

func (g *Guest) signInByCode(v *visit) error {
	var token string
	err := g.use(v.ctx(), v.tried(toSignIn), func(tx *db.Tx, c code) (err error) {
		token, err = g.admit(v.ctx(), tx, c, deviceOf(v.r.UserAgent()))
		return err
	})
	if err != nil {
		return v.mendAt("code", err, func(errs web.FormErrors) component { return codePage(v, errs) })
	}
	return g.enter(v, token)
}

// tried is the code that the form holds, without what people put between the
// digits.
func (v *visit) tried(p purpose) try {
	typed := make([]byte, 0, digits)
	for _, c := range []byte(v.field("code")) {
		if c >= '0' && c <= '9' {
			typed = append(typed, c)
		}
	}
	t := try{programme: v.programme.ID, purpose: p, secret: v.cookie(askCookie), typed: string(typed), from: v.r.RemoteAddr}
	if v.who != nil {
		t.member = v.who.ID
	}
	return t
}

// enter ends the session that the device had before, keeps the new one and goes
// to the first page.
func (g *Guest) enter(v *visit, token string) error {
	if v.who != nil {
		if err := g.signOut(v.ctx(), v.session); err != nil {
			return err
		}
	}
	v.keep(askCookie, "", -1)
	v.keep(sessionCookie, token, int(sessionLife.Seconds()))
	return v.redirect(v.at("/"))
}

// showLink shows a button: mail programs open links to look at them, and must
// not use them up.
func (g *Guest) showLink(v *visit) error {
	if err := g.linked(v.ctx(), v.programme.ID, v.r.PathValue("token")); err != nil {
		return g.guessed(v.ctx(), v.r.RemoteAddr, err)
	}
	return v.render(linkPage(v))
}

func (g *Guest) signInByLink(v *visit) error {
	token, err := g.follow(v.ctx(), v.programme.ID, v.r.PathValue("token"), deviceOf(v.r.UserAgent()))
	if err != nil {
		return g.guessed(v.ctx(), v.r.RemoteAddr, err)
	}
	return g.enter(v, token)
}

func (g *Guest) leave(v *visit) error {
	if err := g.signOut(v.ctx(), v.session); err != nil {
		return err
	}
	return v.out("guest.signin.out")
}

func (g *Guest) leaveEverywhere(v *visit) error {
	if err := g.signOutEverywhere(v.ctx(), v.programme.ID, v.who.ID); err != nil {
		return err
	}
	return v.out("guest.signin.out_everywhere")
}

// out takes the session off this device and says why.
func (v *visit) out(key string) error {
	v.keep(sessionCookie, "", -1)
	v.keep(askCookie, "", -1)
	return v.done(v.at("/sign-in"), key)
}

// address returns where codes for the customer go; none where there is no
// e-mail.
func (g *Guest) address(v *visit) (member.Identity, error) {
	all, err := member.Identities(v.ctx(), g.DB.Reader(), []id.ID{v.who.ID})
	if err != nil {
		return member.Identity{}, err
	}
	list := all[v.who.ID]
	if i := slices.IndexFunc(list, func(one member.Identity) bool { return one.Kind == member.Email }); i >= 0 {
		return list[i], nil
	}
	return member.Identity{}, nil
}

func (g *Guest) showProve(v *visit) error {
	to, err := g.address(v)
	if err != nil {
		return err
	}
	return v.render(provePage(v, to.Value != "" && g.Courier != nil, v.cookie(askCookie) != "", nil))
}

// askToProve sends a code to whoever holds the address of who is signed in.
func (g *Guest) askToProve(v *visit) error {
	to, err := g.address(v)
	if err != nil {
		return err
	}
	if to.Value == "" || g.Courier == nil {
		return v.redirect(v.at("/profile/prove"))
	}
	secret, err := g.issue(v.ctx(), ask{programme: v.programme.ID, slug: v.programme.Slug, purpose: toProve, member: v.who.ID, to: to, from: v.r.RemoteAddr})
	if err != nil {
		return v.mendAt("code", err, func(errs web.FormErrors) component { return provePage(v, true, false, errs) })
	}
	v.keep(askCookie, secret, int(codeLife.Seconds()))
	return v.redirect(v.at("/profile/prove"))
}

// prove notes that the customer holds the address now, and leads back to what
// wanted to know.
func (g *Guest) prove(v *visit) error {
	err := g.use(v.ctx(), v.tried(toProve), func(tx *db.Tx, _ code) error {
		return touchSession(v.ctx(), tx, v.session.hash, v.now, v.now)
	})
	if err != nil {
		return v.mendAt("code", err, func(errs web.FormErrors) component { return provePage(v, true, true, errs) })
	}
	v.keep(askCookie, "", -1)
	return v.redirect(v.at("/profile/erase"))
}

package guest

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/member"
	"regulars/internal/web"
)

func (g *Guest) profileRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme + "/profile", do: g.showProfile},
		{pattern: "POST " + inProgramme + "/profile", do: g.editProfile},
		{pattern: "GET " + inProgramme + "/profile/consents", do: g.showConsents},
		{pattern: "POST " + inProgramme + "/profile/consents", do: g.setConsents},
		{pattern: "GET " + inProgramme + "/profile/email", do: g.showAddress},
		{pattern: "POST " + inProgramme + "/profile/email", do: g.askToAdd},
		{pattern: "POST " + inProgramme + "/profile/email/code", do: g.addAddress},
	}
}

// profile is the page about the customer, with the form as it was filled in.
type profile struct {
	*visit
	person                          member.Person
	given, family, language         string
	birthDay, birthMonth, birthYear string
	errs                            web.FormErrors
}

func (g *Guest) readProfile(v *visit) (*profile, error) {
	person, err := g.Members.Get(v.ctx(), wallet, v.programme.ID, v.who.ID)
	if err != nil {
		return nil, err
	}
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return &profile{
		visit: v, person: person, given: person.GivenName, family: person.FamilyName, language: person.Language,
		birthDay: number(person.Birth.Day), birthMonth: number(person.Birth.Month), birthYear: number(person.Birth.Year), errs: web.FormErrors{},
	}, nil
}

func (g *Guest) showProfile(v *visit) error {
	p, err := g.readProfile(v)
	if err != nil {
		return err
	}
	return v.render(profilePage(p))
}

func (g *Guest) editProfile(v *visit) error {
	p, err := g.readProfile(v)
	if err != nil {
		return err
	}
	p.given, p.family, p.language = v.field("given"), v.field("family"), v.field("language")
	p.birthDay, p.birthMonth, p.birthYear = v.field("birth_day"), v.field("birth_month"), v.field("birth_year")
	version, _ := strconv.ParseInt(v.field("version"), 10, 64) // 0, which is none, changes whatever stands
	_, err = g.Members.Update(v.ctx(), wallet, v.programme.ID, v.who.ID, member.Edit{Version: version, Change: func(m *member.Member) {
		m.GivenName, m.FamilyName, m.Language, m.Birth = p.given, p.family, p.language, p.birth()
	}})
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component { p.errs = errs; return profilePage(p) })
	}
	if l, ok := i18n.ParseLang(p.language); ok { // the device speaks it from now on, too
		http.SetCookie(v.w, &http.Cookie{Name: langCookie, Value: string(l), Path: "/", MaxAge: int(sessionLife.Seconds()), HttpOnly: true, SameSite: http.SameSiteLaxMode})
	}
	return v.done(v.at("/profile"), "guest.profile.saved")
}

// birth reads the three parts of a birthday. What is no number becomes a day
// that does not exist, which the profile's own check refuses.
func (p *profile) birth() member.Birth {
	part := func(text string) int {
		if text == "" {
			return 0
		}
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
		return -1
	}
	return member.Birth{Day: part(p.birthDay), Month: part(p.birthMonth), Year: part(p.birthYear)}
}

func (p *profile) months() []web.Option {
	options := []web.Option{{Label: "—"}}
	for m := time.January; m <= time.December; m++ {
		options = append(options, web.Option{Value: strconv.Itoa(int(m)), Label: p.ShortMonth(m)})
	}
	return web.Choose(options, p.birthMonth)
}

// languages are ours, and the customer's own if that is another.
func (p *profile) languages() []web.Option {
	options := []web.Option{{Label: p.T("guest.profile.language_device")}}
	for _, l := range i18n.Langs() {
		options = append(options, web.Option{Value: string(l), Label: l.Endonym()})
	}
	if !slices.ContainsFunc(options, func(o web.Option) bool { return o.Value == p.language }) {
		options = append(options, web.Option{Value: p.language, Label: p.language})
	}
	return web.Choose(options, p.language)
}

// consentText names the words of the page of consents; it is part of the
// evidence, so it changes with them.
const consentText = "wallet 2026-11"

// wanted is a question of the page of consents.
type wanted struct {
	purpose  member.Purpose
	channels []member.Channel
}

// questions are what customers are asked: news and surveys by each channel, the
// rest as a whole.
func questions() []wanted {
	channels := slices.DeleteFunc(member.Channels(), func(c member.Channel) bool { return c == member.Every })
	return []wanted{
		{member.Marketing, channels}, {member.Surveys, channels},
		{member.Profiling, []member.Channel{member.Every}}, {member.Partners, []member.Channel{member.Every}},
	}
}

// consents is the page of what the customer allows.
type consents struct {
	*visit
	history []member.Consent
}

func (g *Guest) readConsents(ctx context.Context, v *visit) (*consents, error) {
	c := &consents{visit: v}
	err := g.DB.View(ctx, func(q db.Queryer) error {
		aliases, err := member.Aliases(ctx, q, v.who.ID)
		if err != nil {
			return err
		}
		c.history, err = member.Consents(ctx, q, aliases)
		return err
	})
	return c, err
}

func (g *Guest) showConsents(v *visit) error {
	c, err := g.readConsents(v.ctx(), v)
	if err != nil {
		return err
	}
	return v.render(consentsPage(c))
}

// setConsents records those answers that are other than before, with where they
// were given and to which words.
func (g *Guest) setConsents(v *visit) error {
	c, err := g.readConsents(v.ctx(), v)
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return fault.Invalid("guest_form", "the form cannot be read; send it again").Because(err)
	}
	var said []member.Consent
	for _, w := range questions() {
		answers := v.r.PostForm[string(w.purpose)]
		for _, ch := range w.channels {
			if yes := slices.Contains(answers, string(ch)); yes != member.Allowed(c.history, w.purpose, ch) {
				said = append(said, member.Consent{Purpose: w.purpose, Channel: ch, Given: yes, Source: source, TextVersion: consentText})
			}
		}
	}
	if len(said) > 0 {
		if _, err := g.Members.SetConsents(v.ctx(), wallet, v.programme.ID, v.who.ID, said...); err != nil {
			return err
		}
	}
	return v.done(v.at("/profile/consents"), "guest.consent.saved")
}

// options are the answers to a question as they stand.
func (c *consents) options(w wanted) []web.Option {
	var list []web.Option
	for _, ch := range w.channels {
		label := c.T("member.channel." + string(ch))
		if ch == member.Every {
			label = c.T("guest.consent.yes")
		}
		list = append(list, web.Option{Value: string(ch), Label: label, Chosen: member.Allowed(c.history, w.purpose, ch)})
	}
	return list
}

// latest says when the customer last answered, empty where they never did.
func (c *consents) latest() string {
	if len(c.history) == 0 {
		return c.T("guest.consent.never")
	}
	return c.T("guest.consent.latest", "when", c.history[len(c.history)-1].At)
}

// addition is the page on which an e-mail is added.
type addition struct {
	*visit
	sends bool
	// email is the address that a code went to, empty before.
	email string
	errs  web.FormErrors
}

func (g *Guest) showAddress(v *visit) error {
	return v.render(addressPage(&addition{visit: v, sends: g.Courier != nil}))
}

// askToAdd sends a code to a new address. Whether it is anybody's already is
// said only to who can read what is sent there.
func (g *Guest) askToAdd(v *visit) error {
	a := &addition{visit: v, sends: g.Courier != nil}
	if !a.sends {
		return v.render(addressPage(a))
	}
	page := func(errs web.FormErrors) component { a.errs = errs; return addressPage(a) }
	to, err := member.Normalise(member.Email, v.field("email"), v.programme.Region)
	if err != nil {
		return v.mendAt("email", err, page)
	}
	secret, err := g.issue(v.ctx(), ask{programme: v.programme.ID, slug: v.programme.Slug, purpose: toAdd, member: v.who.ID, to: to, from: v.r.RemoteAddr})
	if err != nil {
		return v.mendAt("email", err, page)
	}
	v.keep(askCookie, secret, int(codeLife.Seconds()))
	a.email = to.Value
	return v.render(addressPage(a))
}

// addAddress adds the address that the code went to, and no other.
func (g *Guest) addAddress(v *visit) error {
	a := &addition{visit: v, sends: true, email: v.field("email")}
	page := func(errs web.FormErrors) component { a.errs = errs; return addressPage(a) }
	t := v.tried(toAdd)
	err := g.use(v.ctx(), t, func(_ *db.Tx, c code) error {
		if !same(c.address, hashOf(t.secret, a.email)) {
			return codeWrong()
		}
		return nil
	})
	if err == nil {
		_, err = g.Members.Update(v.ctx(), wallet, v.programme.ID, v.who.ID, member.Edit{Add: []member.Identity{{Kind: member.Email, Value: a.email}}})
	}
	if f := fault.As(err); f != nil && f.Code == "identity_taken" {
		err = fault.Conflict("guest_address_taken", "the address belongs to another customer's profile; ask the shop to join the two")
	}
	if err != nil {
		return v.mendAt("code", err, page)
	}
	v.keep(askCookie, "", -1)
	return v.done(v.at("/profile"), "guest.address.added")
}

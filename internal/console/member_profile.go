package console

import (
	"strconv"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/member"
	"regulars/internal/web"
)

func (c *Console) profileRoutes() []route {
	return []route{
		{pattern: "GET " + memberPath + "/profile", permission: auth.MembersRead, do: c.memberProfile},
		{pattern: "POST " + memberPath + "/profile", permission: auth.MembersWrite, do: c.editProfile},
		{pattern: "POST " + memberPath + "/identities", permission: auth.MembersWrite, do: c.addIdentity},
		{pattern: "POST " + memberPath + "/identities/remove", permission: auth.MembersWrite, do: c.removeIdentity},
		{pattern: "POST " + memberPath + "/consents", permission: auth.MembersWrite, do: c.recordConsent},
	}
}

// profile is the page with everything that is known of a person.
type profile struct {
	form     profileForm
	consents []member.Consent // every statement, the latest first
	names    map[string]string
	errs     web.FormErrors
	// open is the dialog that must be shown again.
	open string
}

// profileForm is the form of a profile, as it was filled in.
type profileForm struct {
	version                      int64
	given, family, language      string
	birthDay, birthMonth, birthY string
	tags                         string
}

func formOf(m *member.Member) profileForm {
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	return profileForm{
		version: m.Version, given: m.GivenName, family: m.FamilyName, language: m.Language, tags: strings.Join(m.Tags, ", "),
		birthDay: number(m.Birth.Day), birthMonth: number(m.Birth.Month), birthY: number(m.Birth.Year),
	}
}

func (c *Console) memberProfile(v *visit) error {
	p, done, err := c.meetMember(v)
	if err != nil || done {
		return err
	}
	f, err := c.readProfile(v, p)
	if err != nil {
		return err
	}
	return v.render(profilePage(v, p, f))
}

func (c *Console) readProfile(v *visit, p *person) (*profile, error) {
	f := &profile{form: formOf(p.Member), errs: web.FormErrors{}}
	return f, c.DB.View(v.ctx(), func(q db.Queryer) (err error) {
		history, err := member.Consents(v.ctx(), q, p.Aliases)
		if err != nil {
			return err
		}
		var actors []string
		for i := range history {
			one := history[len(history)-1-i]
			f.consents, actors = append(f.consents, one), append(actors, one.By)
		}
		for _, m := range p.Mergings {
			actors = append(actors, m.By, m.UndoneBy)
		}
		f.names, err = auth.Names(v.ctx(), q, actors)
		return err
	})
}

// mendProfile shows the page again with what must be put right.
func (c *Console) mendProfile(v *visit, p *person, err error, change func(f *profile)) error {
	errs, ok := web.ErrorsOf(v.Page, err)
	if !ok {
		return err
	}
	f, err := c.readProfile(v, p)
	if err != nil {
		return err
	}
	f.errs = errs
	change(f)
	return v.mendAll(errs, func(web.FormErrors) component { return profilePage(v, p, f) })
}

func (c *Console) editProfile(v *visit) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	form := profileForm{
		given: v.field("given"), family: v.field("family"), language: v.field("language"), tags: v.field("tags"),
		birthDay: v.field("birth_day"), birthMonth: v.field("birth_month"), birthY: v.field("birth_year"),
	}
	form.version = v.seenVersion() // 0, which is none, changes whatever stands
	_, err = c.Members.Update(v.ctx(), v.actor, v.programme.ID, p.ID, member.Edit{Version: form.version, Change: func(m *member.Member) {
		m.GivenName, m.FamilyName, m.Language, m.Birth, m.Tags = form.given, form.family, form.language, form.birth(), form.tagList()
	}})
	if err != nil {
		return c.mendProfile(v, p, err, func(f *profile) { f.form = form })
	}
	return c.profileChanged(v, p, "console.profile.saved")
}

// birth reads the three parts of a birthday. What is no number becomes a day
// that does not exist, which the profile's own check refuses.
func (f *profileForm) birth() member.Birth {
	part := func(text string) int {
		if text == "" {
			return 0
		}
		if n, err := strconv.Atoi(text); err == nil {
			return n
		}
		return -1
	}
	return member.Birth{Day: part(f.birthDay), Month: part(f.birthMonth), Year: part(f.birthY)}
}

func (f *profileForm) tagList() []string {
	var tags []string
	for tag := range strings.SplitSeq(f.tags, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			tags = append(tags, tag)
		}
	}
	return tags
}

func (c *Console) addIdentity(v *visit) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	identity, err := member.Normalise(member.IdentityKind(v.field("kind")), v.field("value"), v.programme.Region)
	if err == nil {
		_, err = c.Members.Update(v.ctx(), v.actor, v.programme.ID, p.ID, member.Edit{Add: []member.Identity{identity}})
	}
	if f := fault.As(err); f != nil {
		wrong := *f
		wrong.Field = "/value" // whatever is wrong, it is the one that was typed
		return c.mendProfile(v, p, &wrong, func(f *profile) { f.open = "identity" })
	}
	if err != nil {
		return err
	}
	return c.profileChanged(v, p, "console.profile.identity_added")
}

func (c *Console) removeIdentity(v *visit) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	gone := member.Identity{Kind: member.IdentityKind(v.field("kind")), Value: v.field("value")}
	if _, err := c.Members.Update(v.ctx(), v.actor, v.programme.ID, p.ID, member.Edit{Remove: []member.Identity{gone}}); err != nil {
		return err
	}
	return v.done(p.at(v, "/profile"), "console.profile.identity_removed")
}

// recordConsent keeps what a customer said, with where and to which text.
func (c *Console) recordConsent(v *visit) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	_, err = c.Members.SetConsents(v.ctx(), v.actor, v.programme.ID, p.ID, member.Consent{
		Purpose: member.Purpose(v.field("purpose")), Channel: member.Channel(v.field("channel")),
		Given: v.field("answer") == "yes", Source: v.field("source"), TextVersion: v.field("text"),
	})
	if err != nil {
		return c.mendProfile(v, p, err, func(f *profile) { f.open = "consent" })
	}
	return c.profileChanged(v, p, "console.consent.recorded")
}

// mergedAway are the merges in which the person won, the latest first.
func (p *person) mergedAway() []member.Merging {
	var list []member.Merging
	for i := range p.Mergings {
		if m := p.Mergings[len(p.Mergings)-1-i]; m.SurvivorID == p.ID {
			list = append(list, m)
		}
	}
	return list
}

// profileChanged lets rules answer a profile that is complete now, and goes
// back to it.
func (c *Console) profileChanged(v *visit, p *person, key string) error {
	if err := c.Flow.NoteProfile(v.ctx(), v.programme.ID, p.ID); err != nil {
		return err
	}
	return v.done(p.at(v, "/profile"), key)
}

package console

import (
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/id"
	"regulars/internal/partner"
	"regulars/internal/web"
)

// partnerChange is the form of what a partner is. Its terms have versions and
// are no part of it.
type partnerChange struct {
	*visit
	partner partner.Partner
	errs    web.FormErrors
}

func (c *Console) meetChange(v *visit) (*partnerChange, error) {
	which, err := v.pathID("partner", id.Partner)
	if err != nil {
		return nil, err
	}
	f := &partnerChange{visit: v}
	f.partner, err = c.Partners.Get(v.ctx(), v.actor, v.programme.ID, which)
	return f, err
}

func (c *Console) editPartner(v *visit) error {
	f, err := c.meetChange(v)
	if err != nil {
		return err
	}
	return v.render(partnerChanger(f))
}

func (c *Console) changePartner(v *visit) error {
	f, err := c.meetChange(v)
	if err != nil {
		return err
	}
	spec := v.partnerSpec()
	if _, err := c.Partners.Update(v.ctx(), v.actor, v.programme.ID, f.partner.ID, func(s *partner.Spec) { *s = spec }); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return partnerChanger(f)
		})
	}
	return v.done(f.path(""), "console.partner.saved")
}

func (f *partnerChange) path(rest string) string {
	return f.at("/partners/" + f.partner.ID.In(id.Partner) + rest)
}

// typed is what was typed into a field of the form, before that what is kept.
func (f *partnerChange) typed(name, kept string) string {
	if f.r.Method == "POST" {
		return f.r.FormValue(name)
	}
	return kept
}

func (f *partnerChange) rights() []web.Option {
	var chosen []string
	for what, may := range map[string]bool{mayGrant: f.partner.MayGrant, mayAccept: f.partner.MayAccept, maySee: f.partner.MaySee} {
		if may {
			chosen = append(chosen, what)
		}
	}
	return f.partnerRights(chosen...)
}

func (p *partnerPage) editAction() templ.Component {
	if !p.edits() {
		return nil
	}
	return web.Action(web.Button{Label: p.T("console.partner.edit"), Small: true, Href: p.path("/edit")})
}

// about says whom statements are for, and what the partner may do.
func (p *partnerPage) about() []web.Definition {
	contact := strings.TrimSpace(p.partner.Contact)
	if contact == "" {
		contact = p.T("console.partner.no_contact")
	}
	sees := p.T("console.partner.sees", "may", yesOrNo(p.partner.MaySee))
	return []web.Definition{
		{Term: p.T("console.partner.contact"), About: addressLines(contact)},
		{Term: p.T("console.partner.may"), About: web.Words(p.may(&p.partner))},
		{Term: p.T("console.partner.its_keys"), About: web.Words(sees)},
	}
}

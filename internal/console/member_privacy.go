package console

import (
	"encoding/json"
	"fmt"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

func (c *Console) privacyRoutes() []route {
	return []route{
		{pattern: "POST " + memberPath + "/export", permission: auth.MembersExport, do: c.exportMember},
		{pattern: "GET " + memberPath + "/erase", permission: auth.MembersErase, do: c.showErase},
		{pattern: "POST " + memberPath + "/erase", permission: auth.MembersErase, do: c.eraseMember},
	}
}

// exportMember sends everything that is kept of a person as a file. It is a
// form and not a link, since it leaves a trace in the audit trail.
func (c *Console) exportMember(v *visit) error {
	m, err := v.pathID("member", id.Member)
	if err != nil {
		return err
	}
	export, err := c.Flow.Export(v.ctx(), v.actor, v.programme.ID, m)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(export, "", "  ")
	if err != nil {
		return fmt.Errorf("writing an export: %w", err)
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="`+m.In(id.Member)+`.json"`)
	h.Set("Cache-Control", "no-store")
	_, err = v.w.Write(append(text, '\n'))
	return err
}

func (c *Console) showErase(v *visit) error {
	p, done, err := c.meetMember(v)
	if err != nil || done {
		return err
	}
	if p.Status == member.Erased {
		return v.redirect(p.at(v, ""))
	}
	return v.render(erasePage(v, p, nil))
}

// eraseMember erases a person whose name was typed, so that it is never done by
// a slip of the finger.
func (c *Console) eraseMember(v *visit) error {
	p, _, err := c.meetMember(v)
	if err != nil {
		return err
	}
	page := func(errs web.FormErrors) component { return erasePage(v, p, errs) }
	if !strings.EqualFold(strings.Join(strings.Fields(v.field("typed")), " "), eraseWord(p)) {
		return v.mendAll(web.FormErrors{"typed": v.T("console.erase.differs", "word", eraseWord(p))}, page)
	}
	if err := c.Flow.Erase(v.ctx(), v.actor, v.programme.ID, p.ID); err != nil {
		return v.mend(err, page)
	}
	return v.done(v.at("/members/"+p.ID.In(id.Member)), "console.erase.done")
}

// eraseWord is what must be typed to erase a person: what they are called here,
// or the shown id of a guest.
func eraseWord(p *person) string {
	if p.Name() == "" && len(p.Identities) == 0 {
		return p.ID.In(id.Member)
	}
	return strings.Join(strings.Fields(p.name), " ")
}

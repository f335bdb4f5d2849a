package guest

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/web"
)

func (g *Guest) privacyRoutes() []route {
	return []route{
		{pattern: "GET " + inProgramme + "/profile/privacy", do: g.showPrivacy},
		{pattern: "POST " + inProgramme + "/profile/export", do: g.export},
		{pattern: "GET " + inProgramme + "/profile/erase", do: g.showErase},
		{pattern: "POST " + inProgramme + "/profile/erase", do: g.erase},
	}
}

// privacy is the page of sessions, export and leaving.
type privacy struct {
	*visit
	sessions []session
}

func (g *Guest) showPrivacy(v *visit) error {
	p := &privacy{visit: v}
	aliases, err := member.Aliases(v.ctx(), g.DB.Reader(), v.who.ID)
	if err != nil {
		return err
	}
	open, err := sessionsOf(v.ctx(), g.DB.Reader(), aliases)
	for _, s := range open {
		if s.open(v.now) {
			p.sessions = append(p.sessions, s)
		}
	}
	if err != nil {
		return err
	}
	return v.render(privacyPage(p))
}

func (p *privacy) table() web.Table {
	t := web.Table{Caption: p.T("guest.privacy.sessions"), Columns: []web.Column{
		{Head: p.T("guest.privacy.device")}, {Head: p.T("guest.privacy.since")}, {Head: p.T("guest.privacy.seen")},
	}}
	for _, s := range p.sessions {
		name := s.device
		if name == "" {
			name = p.T("guest.privacy.unknown")
		}
		device := web.Words(name)
		if s.hash == p.session.hash {
			device = web.TwoLines(name, p.T("guest.privacy.this"))
		}
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{device, web.Words(p.DateTime(s.created)), web.Words(p.DateTime(s.seen))}})
	}
	return t
}

// export sends the customer everything that is kept of them. It is a form and
// not a link, since it leaves a trace in the audit trail.
func (g *Guest) export(v *visit) error {
	all, err := g.Flow.Export(v.ctx(), wallet, v.programme.ID, v.who.ID)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("writing an export: %w", err)
	}
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+v.programme.Slug+`.json"`)
	return v.file("application/json; charset=utf-8", "no-store", append(text, '\n'))
}

// showErase asks for a code first when the session is older than that.
func (g *Guest) showErase(v *visit) error {
	if !v.session.fresh(v.now) {
		return v.redirect(v.at("/profile/prove"))
	}
	return v.render(erasePage(v, nil))
}

// erase forgets the customer once they have typed the word. Their sessions and
// codes go with them, through Room.
func (g *Guest) erase(v *visit) error {
	if !v.session.fresh(v.now) {
		return v.redirect(v.at("/profile/prove"))
	}
	word := v.T("guest.erase.word")
	if !strings.EqualFold(v.field("typed"), word) {
		return v.mendAll(web.FormErrors{"typed": v.T("guest.erase.differs", "word", word)}, func(errs web.FormErrors) component { return erasePage(v, errs) })
	}
	asked := auth.Entry{ProgrammeID: v.programme.ID, Action: "guest.erase", Subject: v.who.ID.In(id.Member)}
	err := g.DB.InTx(v.ctx(), func(tx *db.Tx) error {
		return auth.Record(v.ctx(), tx, actor(v.programme.ID, v.who.ID), asked)
	})
	if err != nil {
		return err
	}
	if err := g.Flow.Erase(v.ctx(), wallet, v.programme.ID, v.who.ID); err != nil {
		return err
	}
	return v.out("guest.erase.done")
}

package console

import (
	"cmp"
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/web"
)

func (c *Console) staffRoutes() []route {
	return slices.Concat([]route{
		{pattern: "GET /p/{slug}/staff", permission: auth.StaffRead, do: c.showStaff},
		{pattern: "POST /p/{slug}/staff", permission: auth.StaffWrite, do: c.invite},
		{pattern: "GET /p/{slug}/staff/{staff}", permission: auth.StaffRead, do: c.showPerson},
		{pattern: "POST /p/{slug}/staff/{staff}/roles", permission: auth.StaffWrite, do: c.assignRole},
		{pattern: "POST /p/{slug}/staff/{staff}/unassign", permission: auth.StaffWrite, do: c.unassignRole},
		{pattern: "POST /p/{slug}/staff/{staff}/disable", permission: auth.StaffWrite, do: c.disableStaff},
		{pattern: "POST /p/{slug}/staff/{staff}/enable", permission: auth.StaffWrite, do: c.enableStaff},
		{pattern: "POST /p/{slug}/staff/{staff}/link", permission: auth.StaffWrite, do: c.linkStaff},
		{pattern: "POST /p/{slug}/staff/{staff}/sign-out", permission: auth.StaffWrite, do: c.signOutStaff},
	}, c.keyRoutes())
}

// staffList is the page of everybody who works with the programme; for those
// who may see all, of everybody.
type staffList struct {
	*visit
	staff []auth.Staff
	form  inviteForm
	errs  web.FormErrors
}

type inviteForm struct{ Email, Name, Language, Programme, Role string }

// everywhere stands for every programme in forms.
const everywhere = "every"

// reach is the programme whose staff the person may see: 0 for all.
func (v *visit) reach() id.ID {
	if v.actor.Can(0, auth.StaffRead) == nil {
		return 0
	}
	return v.programme.ID
}

func (c *Console) staffList(v *visit) (*staffList, error) {
	l := &staffList{visit: v, form: inviteForm{Language: string(v.Lang()), Programme: v.programme.ID.In(id.Programme), Role: string(auth.Agent)}}
	var err error
	l.staff, err = c.Auth.ListStaff(v.ctx(), v.actor, v.reach())
	return l, err
}

func (c *Console) showStaff(v *visit) error {
	l, err := c.staffList(v)
	if err != nil {
		return err
	}
	return v.render(staffListPage(l))
}

func (c *Console) invite(v *visit) error {
	l, err := c.staffList(v)
	if err != nil {
		return err
	}
	l.form = inviteForm{v.field("email"), v.field("name"), v.field("language"), v.field("programme"), v.field("role")}
	role, err := v.assignment(l.form.Programme, l.form.Role)
	if err != nil {
		return err
	}
	made, token, err := c.Auth.Invite(v.ctx(), v.actor, auth.Invitation{
		Email: l.form.Email, Name: l.form.Name, Language: i18n.Lang(l.form.Language), Roles: []auth.Assignment{role},
	})
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			l.errs = errs
			return staffListPage(l)
		})
	}
	if token == "" {
		return v.done(v.at("/staff/"+made.ID.In(id.Staff)), "console.staff.joined")
	}
	return v.render(staffLinkPage(v, made, v.link(token)))
}

// link is the address that lets somebody in once.
func (v *visit) link(token string) string { return v.whole("/start/" + token) }

// assignment reads a role and where it holds.
func (v *visit) assignment(where, role string) (auth.Assignment, error) {
	a := auth.Assignment{Role: auth.Role(role)}
	if where == everywhere {
		return a, nil
	}
	programme, err := id.Parse(id.Programme, where)
	if err != nil {
		return a, fault.Invalid("unknown_programme", "there is no programme %s", clip(where)).At("/programme").With("programme", clip(where))
	}
	a.ProgrammeID = programme
	return a, nil
}

// programmeOptions are where the person may give roles.
func (v *visit) programmeOptions(chosen string) []web.Option {
	var list []web.Option
	for _, p := range v.programmes {
		if v.actor.Can(p.ID, auth.StaffWrite) == nil {
			list = append(list, web.Option{Value: p.ID.In(id.Programme), Label: p.Name})
		}
	}
	if v.actor.Can(0, auth.StaffWrite) == nil {
		list = append(list, web.Option{Value: everywhere, Label: v.T("console.staff.everywhere")})
	}
	return web.Choose(list, chosen)
}

// roleOptions are the roles that hold no more than the person's own.
func (v *visit) roleOptions(chosen string) []web.Option {
	var list []web.Option
	for _, role := range auth.Roles() {
		above := slices.ContainsFunc(role.Permissions(), func(p auth.Permission) bool { return v.actor.Can(v.programme.ID, p) != nil })
		if !above {
			name := role.Text()
			list = append(list, web.Option{Value: string(role), Label: v.Say(name), Help: v.T(name.Key + ".help")})
		}
	}
	return web.Choose(list, chosen)
}

// personPage is one member of staff.
type personPage struct {
	*visit
	staff auth.Staff
	errs  web.FormErrors
}

// colleague returns the member of staff whom the address names.
func (c *Console) colleague(v *visit) (*personPage, error) {
	which, err := v.pathID("staff", id.Staff)
	if err != nil {
		return nil, err
	}
	all, err := c.Auth.ListStaff(v.ctx(), v.actor, v.reach())
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(s auth.Staff) bool { return s.ID == which })
	if at < 0 {
		return nil, fault.Missing("unknown_staff", "there is nobody %s on the staff", which.In(id.Staff)).With("staff", which.In(id.Staff))
	}
	return &personPage{visit: v, staff: all[at]}, nil
}

func (c *Console) showPerson(v *visit) error {
	p, err := c.colleague(v)
	if err != nil {
		return err
	}
	return v.render(staffPersonPage(p))
}

// path is the address of the person, or of what is done to them.
func (p *personPage) path(verb string) string {
	return p.at("/staff/" + p.staff.ID.In(id.Staff) + verb)
}

// change does something to a member of staff and goes back to their page.
func (c *Console) change(v *visit, key string, do func(p *personPage) error) error {
	p, err := c.colleague(v)
	if err != nil {
		return err
	}
	if err := do(p); err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			p.errs = errs
			return staffPersonPage(p)
		})
	}
	return v.done(p.path(""), key)
}

func (c *Console) assignRole(v *visit) error {
	return c.change(v, "console.staff.assigned", func(p *personPage) error {
		role, err := v.assignment(v.field("programme"), v.field("role"))
		if err != nil {
			return err
		}
		return c.Auth.Assign(v.ctx(), v.actor, p.staff.ID, role)
	})
}

func (c *Console) unassignRole(v *visit) error {
	p, err := c.colleague(v)
	if err != nil {
		return err
	}
	role, err := v.assignment(v.field("programme"), "")
	if err != nil {
		return err
	}
	if err := c.Auth.Unassign(v.ctx(), v.actor, p.staff.ID, role.ProgrammeID); err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			p.errs = errs
			return staffPersonPage(p)
		})
	}
	// Without a role here the person is no longer to be seen from here.
	return v.done(v.at("/staff"), "console.staff.unassigned")
}

func (c *Console) disableStaff(v *visit) error {
	return c.change(v, "console.staff.disabled", func(p *personPage) error { return c.Auth.Disable(v.ctx(), v.actor, p.staff.ID) })
}

func (c *Console) enableStaff(v *visit) error {
	return c.change(v, "console.staff.enabled", func(p *personPage) error { return c.Auth.Enable(v.ctx(), v.actor, p.staff.ID) })
}

func (c *Console) signOutStaff(v *visit) error {
	return c.change(v, "console.staff.signed_out", func(p *personPage) error {
		return c.Auth.SignOutEverywhere(v.ctx(), v.actor, p.staff.ID)
	})
}

// linkStaff shows a link by which the person sets a new password.
func (c *Console) linkStaff(v *visit) error {
	p, err := c.colleague(v)
	if err != nil {
		return err
	}
	token, err := c.Auth.NewLink(v.ctx(), v.actor, p.staff.ID)
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			p.errs = errs
			return staffPersonPage(p)
		})
	}
	return v.render(staffLinkPage(v, p.staff, v.link(token)))
}

// place names the programme in which a role holds.
func (v *visit) place(programme id.ID) string {
	if programme == 0 {
		return v.T("console.staff.everywhere")
	}
	at := slices.IndexFunc(v.programmes, func(p program.Programme) bool { return p.ID == programme })
	if at < 0 {
		return programme.In(id.Programme)
	}
	return v.programmes[at].Name
}

// roles says what somebody is, and where unless that is here.
func (v *visit) roles(s auth.Staff) []string {
	var list []string
	for _, r := range s.Roles {
		name := v.Say(r.Role.Text())
		switch r.ProgrammeID {
		case v.programme.ID:
		case 0:
			name = v.T("console.staff.role_everywhere", "role", name)
		default:
			name = v.T("console.staff.role_in", "role", name, "place", v.place(r.ProgrammeID))
		}
		list = append(list, name)
	}
	return list
}

func staffBadge(v *visit, s auth.Staff) templ.Component {
	switch {
	case s.Disabled:
		return web.Badge(web.Bad, v.T("console.staff.state_disabled"))
	case s.Invited:
		return web.Badge(web.Warn, v.T("console.staff.state_invited"))
	}
	return web.Badge(web.Good, v.T("console.staff.state_active"))
}

func (l *staffList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.staff.title"),
		Columns: []web.Column{{Head: l.T("console.staff.name")}, {Head: l.T("console.staff.roles")}, {Head: l.T("console.staff.state")}},
	}
	for _, s := range l.staff {
		t.Rows = append(t.Rows, web.Row{
			Href: l.at("/staff/" + s.ID.In(id.Staff)), Quiet: s.Disabled,
			Cells: []templ.Component{web.TwoLines(cmp.Or(s.Name, s.Email), s.Email), staffRoles(l.roles(s)), staffBadge(l.visit, s)},
		})
	}
	return t
}

// roleTable lists the roles of one person, each with the way to take it away.
func (p *personPage) roleTable() web.Table {
	t := web.Table{
		Caption: p.T("console.staff.roles"),
		Columns: []web.Column{{Head: p.T("console.staff.where")}, {Head: p.T("console.staff.role")}, {Head: p.T("console.staff.do"), Hidden: true}},
		Empty:   web.Empty(web.Hint{Icon: web.IconStaff, Title: p.T("console.staff.no_roles")}),
	}
	for _, r := range p.staff.Roles {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(p.place(r.ProgrammeID)), web.TwoLines(p.Say(r.Role.Text()), p.T(r.Role.Text().Key+".help")), staffUnassign(p, r),
		}})
	}
	return t
}

// whereValue is how a form names the programme of a role.
func whereValue(programme id.ID) string {
	if programme == 0 {
		return everywhere
	}
	return programme.In(id.Programme)
}

// manages reports whether the person who looks may change this one.
func (p *personPage) manages() bool {
	return p.can(auth.StaffWrite) && p.staff.ID != p.actor.ID
}

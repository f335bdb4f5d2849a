package console

import (
	"cmp"
	"slices"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/web"
)

func (c *Console) tillRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/tills", permission: auth.TillEnrol, do: c.showTills},
		{pattern: "POST /p/{slug}/tills", permission: auth.TillEnrol, do: c.addTill},
		{pattern: "POST /p/{slug}/tills/{device}/revoke", permission: auth.TillEnrol, do: c.revokeTill},
		{pattern: "POST /p/{slug}/till-pins/{staff}", permission: auth.StaffWrite, do: c.resetPIN},
		{pattern: "GET /p/{slug}/till-pin", permission: auth.EventsWrite, do: c.showPIN},
		{pattern: "POST /p/{slug}/till-pin", permission: auth.EventsWrite, do: c.setPIN},
	}
}

// tillList is the page of the devices and of who may work at them.
type tillList struct {
	*visit
	devices    []auth.Device
	shops      []program.Shop
	staff      []auth.Staff
	name, shop string
	errs       web.FormErrors
}

func (c *Console) tillList(v *visit) (*tillList, error) {
	l := &tillList{visit: v}
	var err error
	if l.devices, err = c.Auth.Devices(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if l.shops, err = c.Programmes.Shops(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	l.staff, err = c.Auth.TillStaff(v.ctx(), v.programme.ID)
	return l, err
}

func (c *Console) showTills(v *visit) error {
	l, err := c.tillList(v)
	if err != nil {
		return err
	}
	return v.render(tillListPage(l))
}

// addTill makes a till and shows its one-time code, once.
func (c *Console) addTill(v *visit) error {
	l, err := c.tillList(v)
	if err != nil {
		return err
	}
	l.name, l.shop = v.field("name"), v.field("shop")
	at := slices.IndexFunc(l.shops, func(s program.Shop) bool { return s.Code == l.shop && !s.Closed })
	if at < 0 {
		l.errs = web.FormErrors{"shop": v.T("console.till.which_shop")}
		return v.mendAll(l.errs, func(web.FormErrors) component { return tillListPage(l) })
	}
	d, code, err := c.Auth.AddDevice(v.ctx(), v.actor, auth.NewDevice{ProgrammeID: v.programme.ID, ShopID: l.shops[at].ID, Name: l.name})
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			l.errs = errs
			return tillListPage(l)
		})
	}
	return v.render(tillCodePage(v, d, l.shops[at], code))
}

func (c *Console) revokeTill(v *visit) error {
	device, err := v.pathID("device", id.Device)
	if err != nil {
		return err
	}
	if err := c.Auth.RevokeDevice(v.ctx(), v.actor, v.programme.ID, device); err != nil {
		return err
	}
	return v.done(v.at("/tills"), "console.till.revoked")
}

func (c *Console) resetPIN(v *visit) error {
	staff, err := v.pathID("staff", id.Staff)
	if err != nil {
		return err
	}
	if err := c.Auth.ResetPIN(v.ctx(), v.actor, v.programme.ID, staff); err != nil {
		return err
	}
	return v.done(v.at("/tills"), "console.till.pin_reset")
}

// pinPage is where staff choose their own PIN.
type pinPage struct {
	*visit
	has  bool
	errs web.FormErrors
}

func (c *Console) pinPage(v *visit) (*pinPage, error) {
	has, err := c.Auth.HasPIN(v.ctx(), v.actor, v.programme.ID)
	return &pinPage{visit: v, has: has}, err
}

func (c *Console) showPIN(v *visit) error {
	p, err := c.pinPage(v)
	if err != nil {
		return err
	}
	return v.render(tillPINPage(p))
}

func (c *Console) setPIN(v *visit) error {
	p, err := c.pinPage(v)
	if err != nil {
		return err
	}
	pin := v.field("pin")
	if pin != v.field("repeated") {
		p.errs = web.FormErrors{"repeated": v.T("console.till.pin_differs")}
		return v.mendAll(p.errs, func(web.FormErrors) component { return tillPINPage(p) })
	}
	if err := c.Auth.SetPIN(v.ctx(), v.actor, v.programme.ID, pin); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return tillPINPage(p)
		})
	}
	return v.done(v.at("/till-pin"), "console.till.pin_set")
}

// shopName names the shop of a till.
func (l *tillList) shopName(shop id.ID) string {
	at := slices.IndexFunc(l.shops, func(s program.Shop) bool { return s.ID == shop })
	if at < 0 {
		return shop.In(id.Shop)
	}
	return cmp.Or(l.shops[at].Name, l.shops[at].Code)
}

func (l *tillList) shopOptions() []web.Option {
	var list []web.Option
	for _, s := range l.shops {
		if !s.Closed {
			list = append(list, web.Option{Value: s.Code, Label: cmp.Or(s.Name, s.Code)})
		}
	}
	return web.Choose(list, l.shop)
}

// running counts the tills that work.
func (l *tillList) running() int {
	n := 0
	for _, d := range l.devices {
		if d.Revoked.IsZero() && !d.Enrolled.IsZero() {
			n++
		}
	}
	return n
}

func (l *tillList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.till.title"),
		Columns: []web.Column{
			{Head: l.T("console.till.name")}, {Head: l.T("console.till.shop")}, {Head: l.T("console.till.state")},
			{Head: l.T("console.till.seen")}, {Head: l.T("console.till.do"), Hidden: true},
		},
		Empty: web.Empty(web.Hint{Icon: web.IconPurchase, Title: l.T("console.till.none"), Text: l.T("console.till.none_text")}),
	}
	for _, d := range l.devices {
		seen := "—"
		if !d.Seen.IsZero() {
			seen = l.DateTime(d.Seen)
		}
		t.Rows = append(t.Rows, web.Row{Quiet: !d.Revoked.IsZero(), Cells: []templ.Component{
			web.TwoLines(d.Name, l.T("console.till.number", "n", l.Number(d.Number))), web.Words(l.shopName(d.ShopID)), l.badge(d), web.Words(seen), tillRevoke(l, d),
		}})
	}
	return t
}

func (l *tillList) badge(d auth.Device) templ.Component {
	switch {
	case !d.Revoked.IsZero():
		return web.Badge(web.Neutral, l.T("console.till.state_revoked"))
	case !d.Enrolled.IsZero():
		return web.Badge(web.Good, l.T("console.till.state_enrolled"))
	}
	return web.Badge(web.Warn, l.T("console.till.state_waits"))
}

// pins lists who has a PIN, each with the way to take it away.
func (l *tillList) pins() web.Table {
	t := web.Table{
		Caption: l.T("console.till.pins"),
		Columns: []web.Column{{Head: l.T("console.staff.name")}, {Head: l.T("console.till.do"), Hidden: true}},
		Empty:   web.Empty(web.Hint{Icon: web.IconStaff, Title: l.T("console.till.no_pins"), Text: l.T("console.till.no_pins_text")}),
	}
	for _, s := range l.staff {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(cmp.Or(s.Name, s.Email)), tillPINReset(l, s)}})
	}
	return t
}

// nameTills finds what the tills are called that the audit trail names.
func (c *Console) nameTills(p *auditPage, _ []string) error {
	if !p.can(auth.TillEnrol) {
		return nil
	}
	devices, err := c.Auth.Devices(p.ctx(), p.actor, p.programme.ID)
	for _, d := range devices {
		p.subjects[d.ID.In(id.Device)] = d.Name
	}
	return err
}

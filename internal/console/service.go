package console

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/booking"
	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/tier"
	"regulars/internal/web"
)

const servicePath = bookingPath + "/services"

func (c *Console) serviceRoutes() []route {
	one := servicePath + "/{service}"
	return []route{
		{pattern: "GET " + servicePath, permission: auth.BookingsRead, do: c.services},
		{pattern: "GET " + servicePath + "/new", permission: auth.ServicesWrite, do: c.editService},
		{pattern: "POST " + servicePath + "/new", permission: auth.ServicesWrite, do: c.saveService},
		{pattern: "GET " + one + "/edit", permission: auth.ServicesWrite, do: c.editService},
		{pattern: "POST " + one + "/edit", permission: auth.ServicesWrite, do: c.saveService},
		{pattern: "POST " + one + "/retire", permission: auth.ServicesWrite, do: c.retireService},
	}
}

func (v *visit) serviceAt(n id.ID, more string) string {
	return v.at("/bookings/services/" + n.In(id.Service) + more)
}

func (v *visit) bookingTabs(current string) []web.Tab {
	return []web.Tab{
		{Label: v.T("console.booking.expected"), Href: v.at("/bookings"), Current: current == "bookings"},
		{Label: v.T("console.booking.services"), Href: v.at("/bookings/services"), Current: current == "services"},
	}
}

// serviceShelf is what can be booked.
type serviceShelf struct {
	*visit
	list []*booking.Offering
}

func (c *Console) services(v *visit) error {
	l := &serviceShelf{visit: v}
	var err error
	if l.list, err = c.Bookings.Offerings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	return v.render(serviceListPage(l))
}

func (l *serviceShelf) table() web.Table {
	t := web.Table{
		Caption: l.T("console.booking.services"), Columns: []web.Column{{Head: l.T("console.booking.service")}, {Head: l.T("console.booking.state")}, {Head: l.T("console.booking.places"), Figures: true}},
		Empty: web.Empty(web.Hint{Icon: web.IconCalendar, Title: l.T("console.booking.no_services"), Text: l.T("console.booking.no_services_text")}),
	}
	for _, o := range l.list {
		state := web.Badge(web.Good, l.T("console.booking.is_open"))
		if !o.Active() {
			state = web.Badge(web.Neutral, l.T("console.booking.is_retired"))
		}
		row := web.Row{Quiet: !o.Active(), Cells: []templ.Component{ownLines(l.own(o.Spec.Names), l.serviceSays(o)), state, web.Words(l.Number(int64(o.Spec.Places)))}}
		if o.Active() && l.can(auth.ServicesWrite) {
			row.Href = l.serviceAt(o.ID, "/edit")
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// serviceSays is in a line how long it takes and how far ahead it is booked.
func (v *visit) serviceSays(o *booking.Offering) string {
	return joined(v.T("console.booking.minutes_short", "n", o.Spec.Minutes), v.T("console.booking.ahead_short", "n", o.Spec.Ahead))
}

// serviceForm is the editor of a service.
type serviceForm struct {
	*visit
	id      id.ID
	version int64
	spec    booking.Spec
	shops   []web.Option
	ranks   []tier.Rank
	errs    web.FormErrors
}

func (c *Console) meetService(v *visit) (*serviceForm, error) {
	day := complaint.Hours{From: 9 * 60, To: 18 * 60}
	f := &serviceForm{visit: v, errs: web.FormErrors{}, spec: booking.Spec{
		Minutes: 60, Places: 1, Ahead: 30, Notice: 24, Week: complaint.Week{day, day, day, day, day},
	}}
	if v.r.PathValue("service") == "" {
		return f, nil
	}
	which, err := v.pathID("service", id.Service)
	if err != nil {
		return nil, err
	}
	o, err := c.Bookings.Offering(v.ctx(), v.actor, v.programme.ID, which)
	if err != nil {
		return nil, err
	}
	f.id, f.version, f.spec = o.ID, o.Version, o.Spec
	return f, nil
}

// serviceChoices are the shops and ranks that a service can have.
func (c *Console) serviceChoices(f *serviceForm) error {
	shops, err := program.Shops(f.ctx(), c.DB.Reader(), f.programme.ID)
	if err != nil {
		return err
	}
	chosen := map[id.ID]bool{}
	for _, n := range f.spec.Shops {
		chosen[n] = true
	}
	for _, s := range shops {
		if !s.Closed || chosen[s.ID] {
			f.shops = append(f.shops, web.Option{Value: s.ID.In(id.Shop), Label: s.Name, Chosen: chosen[s.ID]})
		}
	}
	f.ranks, err = c.firstRanks(f.visit, c.DB.Reader())
	return err
}

func (c *Console) editService(v *visit) error {
	f, err := c.meetService(v)
	if err != nil {
		return err
	}
	if err := c.serviceChoices(f); err != nil {
		return err
	}
	return v.render(serviceEditor(f))
}

func (c *Console) saveService(v *visit) error {
	f, err := c.meetService(v)
	if err != nil {
		return err
	}
	if err = f.read(); err == nil && f.id == 0 {
		_, err = c.Bookings.Add(v.ctx(), v.actor, v.programme.ID, f.spec)
	} else if err == nil {
		_, err = c.Bookings.Change(v.ctx(), v.actor, v.programme.ID, f.id, f.version, f.spec)
	}
	if err == nil {
		return v.done(v.at("/bookings/services"), "console.standard.saved")
	}
	if err := c.serviceChoices(f); err != nil {
		return err
	}
	return v.mend(err, func(errs web.FormErrors) component {
		for at, said := range errs {
			f.errs.Add(serviceField(at), said)
		}
		return serviceEditor(f)
	})
}

// serviceField is the field that a part of a service is typed in.
func serviceField(pointer string) string {
	first, rest, of := strings.Cut(pointer, "/")
	switch {
	case (first == "names" || first == "abouts") && !of:
		rest = string(i18n.Langs()[0])
	case first == "week" && !of:
		rest = "0"
	case first != "names" && first != "abouts" && first != "week":
		return first
	}
	return first + "_" + rest
}

// read takes the service as it was typed.
func (f *serviceForm) read() error {
	typed := &standardForm{visit: f.visit}
	f.version = f.seenVersion()
	if f.version < 1 {
		f.version = -1 // of no change: a conflict
	}
	f.spec = booking.Spec{
		Names: booking.Words(typed.wordsOf("names")), Abouts: booking.Words(typed.wordsOf("abouts")), Minutes: typed.whole("minutes"), Every: typed.whole("every"),
		Places: typed.whole("places"), Ahead: typed.whole("ahead"), Notice: typed.whole("notice"), Early: typed.whole("early"),
		Ranks: f.r.PostForm["ranks"], EarlyRanks: f.r.PostForm["early_ranks"],
	}
	for _, shown := range f.r.PostForm["shops"] {
		if n, err := id.Parse(id.Shop, shown); err == nil {
			f.spec.Shops = append(f.spec.Shops, n)
		}
	}
	var wrong []*fault.Error
	f.spec.Week = f.typedWeek("week", "/week", &wrong)
	return fault.Join(wrong...)
}

func (c *Console) retireService(v *visit) error {
	which, err := v.pathID("service", id.Service)
	if err == nil {
		_, err = c.Bookings.Retire(v.ctx(), v.actor, v.programme.ID, which)
	}
	if err != nil {
		return err
	}
	return v.done(v.at("/bookings/services"), "console.booking.retired")
}

func (f *serviceForm) to() string {
	if f.id == 0 {
		return f.at("/bookings/services/new")
	}
	return f.serviceAt(f.id, "/edit")
}

func (f *serviceForm) title() i18n.Said {
	if f.id == 0 {
		return i18n.Said{Text: f.T("console.booking.new_service")}
	}
	return f.own(f.spec.Names)
}

func (f *serviceForm) actions() templ.Component {
	if f.id == 0 {
		return nil
	}
	return web.Action(web.Button{Label: f.T("console.booking.retire"), Kind: web.Quiet, Opens: "retire"})
}

// rankOptions are the ranks, those that are chosen ticked.
func (f *serviceForm) rankOptions(chosen []string) []web.Option {
	var list []web.Option
	for _, r := range f.ranks {
		o := web.Option{Value: r.Code, Label: r.Name}
		for _, code := range chosen {
			o.Chosen = o.Chosen || code == r.Code
		}
		list = append(list, o)
	}
	return list
}

// typed shows what was typed into a field last, else a number; 0 is nothing.
func (f *serviceForm) typed(name string, n int) string {
	switch {
	case f.r.PostForm.Has(name):
		return f.field(name)
	case n == 0:
		return ""
	}
	return strconv.Itoa(n)
}

// hoursOn shows the hours of a day, as they were typed last.
func (f *serviceForm) hoursOn(i int) string {
	if name := "week_" + strconv.Itoa(i); f.r.PostForm.Has(name) {
		return f.field(name)
	}
	return hours(f.spec.Week[i])
}

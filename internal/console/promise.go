package console

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/promise"
	"regulars/internal/web"
)

// promisePath is the address of what customers were promised.
const promisePath = inProgramme + "/promises"

func (c *Console) promiseRoutes() []route {
	one := promisePath + "/{promise}"
	return []route{
		{pattern: "GET " + promisePath, permission: auth.PromisesRead, do: c.promises},
		{pattern: "GET " + promisePath + "/rates", permission: auth.PromisesRead, do: c.promiseRates},
		{pattern: "GET " + promisePath + "/parcels", permission: auth.PromisesRead, do: c.parcels},
		{pattern: "GET " + promisePath + "/settings", permission: auth.PromisesRead, do: c.promiseSettings},
		{pattern: "POST " + promisePath + "/settings", permission: auth.PromisesWrite, do: c.savePromiseSettings},
		{pattern: "POST " + promisePath + "/settings/secret", permission: auth.PromisesWrite, do: c.savePromiseSecret},
		{pattern: "GET " + one, permission: auth.PromisesRead, do: c.promise},
		{pattern: "POST " + one + "/mend", permission: auth.PromisesWrite, do: c.mendPromise},
		{pattern: "POST " + one + "/withdraw", permission: auth.PromisesWrite, do: c.withdrawPromise},
	}
}

// promiseList is a page of promises.
type promiseList struct {
	*visit
	state, kind, only string
	trail             trail
	list              []*promise.Promise
	next              id.ID
}

// promisesShown is how many promises or parcels a page has.
const promisesShown = 30

func (c *Console) promises(v *visit) error {
	l := &promiseList{visit: v, state: v.field("state"), kind: v.field("kind"), only: v.field("only"), trail: v.trail()}
	query := promise.Query{
		ProgrammeID: v.programme.ID, State: promise.State(l.state), Kind: promise.Kind(l.kind), Soon: l.only == "soon", Unmended: l.only == "unmended", Limit: promisesShown + 1,
	}
	var err error
	if mark := l.trail.mark(); mark != "" {
		if query.Before, err = id.Parse(id.Promise, mark); err != nil {
			return err
		}
	}
	if l.list, err = c.Promises.List(v.ctx(), v.actor, query); err != nil {
		return err
	}
	if len(l.list) > promisesShown {
		l.list = l.list[:promisesShown]
		l.next = l.list[promisesShown-1].ID
	}
	if web.IsFragment(v.r) {
		return v.render(promiseTable(l))
	}
	return v.render(promiseListPage(l))
}

// ratesPage is how promises were kept.
type ratesPage struct {
	*visit
	rates *promise.Rates
	shops map[id.ID]string
}

func (c *Console) promiseRates(v *visit) error {
	p := &ratesPage{visit: v, shops: map[id.ID]string{}}
	var err error
	if p.rates, err = c.Promises.Rates(v.ctx(), v.actor, v.programme.ID, time.Time{}, time.Time{}); err != nil {
		return err
	}
	shops, err := program.Shops(v.ctx(), c.DB.Reader(), v.programme.ID)
	for _, one := range shops {
		p.shops[one.ID] = one.Name
	}
	if err != nil {
		return err
	}
	return v.render(promiseRatesPage(p))
}

// parcelList is a page of parcels.
type parcelList struct {
	*visit
	status, number string
	trail          trail
	list           []*promise.Parcel
	next           id.ID
}

func (c *Console) parcels(v *visit) error {
	l := &parcelList{visit: v, status: v.field("status"), number: v.field("number"), trail: v.trail()}
	query := promise.ParcelQuery{ProgrammeID: v.programme.ID, Status: promise.Status(l.status), Number: l.number, Limit: promisesShown + 1}
	var err error
	if mark := l.trail.mark(); mark != "" {
		if query.Before, err = id.Parse(id.Parcel, mark); err != nil {
			return err
		}
	}
	if l.list, err = c.Promises.Parcels(v.ctx(), v.actor, query); err != nil {
		return err
	}
	if len(l.list) > promisesShown {
		l.list = l.list[:promisesShown]
		l.next = l.list[promisesShown-1].ID
	}
	if web.IsFragment(v.r) {
		return v.render(parcelTable(l))
	}
	return v.render(parcelListPage(l))
}

// promisePage is one promise, and what can be done about it.
type promisePage struct {
	*visit
	p       *promise.Promise
	changes []promise.Change
	errs    web.FormErrors
}

func (c *Console) meetPromise(v *visit) (*promisePage, error) {
	which, err := v.pathID("promise", id.Promise)
	if err != nil {
		return nil, err
	}
	p := &promisePage{visit: v}
	p.p, p.changes, err = c.Promises.Get(v.ctx(), v.actor, v.programme.ID, which)
	return p, err
}

func (c *Console) promise(v *visit) error {
	p, err := c.meetPromise(v)
	if err != nil {
		return err
	}
	return v.render(promiseShown(p))
}

func (c *Console) mendPromise(v *visit) error {
	return c.turnPromise(v, "console.promise.mended", func(p *promisePage) error {
		_, err := c.Promises.Mend(v.ctx(), v.actor, v.programme.ID, p.p.ID, v.field("note"))
		return err
	})
}

func (c *Console) withdrawPromise(v *visit) error {
	return c.turnPromise(v, "console.promise.withdrawn", func(p *promisePage) error {
		_, err := c.Promises.Withdraw(v.ctx(), v.actor, v.programme.ID, p.p.ID, v.field("reason"))
		return err
	})
}

func (c *Console) turnPromise(v *visit, done string, turn func(*promisePage) error) error {
	p, err := c.meetPromise(v)
	if err != nil {
		return err
	}
	if err := turn(p); err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = errs
			return promiseShown(p)
		})
	}
	return v.done(v.at("/promises/"+p.p.ID.In(id.Promise)), done)
}

// promiseSettingPage is what the programme chooses about its promises.
type promiseSettingPage struct {
	*visit
	set     promise.Setting
	version int64
	open    []promise.Carrier
	mapper  string
	errs    web.FormErrors
}

func (c *Console) meetPromiseSettings(v *visit) (*promiseSettingPage, error) {
	p := &promiseSettingPage{visit: v}
	var err error
	if p.set, p.version, err = c.Promises.Setting(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if p.set.Mapper.Number != "" {
		text, err := json.MarshalIndent(p.set.Mapper, "", "  ")
		if err != nil {
			return nil, err
		}
		p.mapper = string(text)
	}
	p.open, err = c.Promises.Secrets(v.ctx(), v.actor, v.programme.ID)
	return p, err
}

func (c *Console) promiseSettings(v *visit) error {
	p, err := c.meetPromiseSettings(v)
	if err != nil {
		return err
	}
	return v.render(promiseSettingsPage(p))
}

func (c *Console) savePromiseSettings(v *visit) error {
	p, err := c.meetPromiseSettings(v)
	if err != nil {
		return err
	}
	typed, err := p.typed()
	if err != nil {
		err = fault.Gather(err, typed.Check())
	} else {
		err = c.Promises.SetSetting(v.ctx(), v.actor, v.programme.ID, v.seenVersion(), typed)
	}
	return c.savedPromise(p, err, "console.promise.saved")
}

func (c *Console) savePromiseSecret(v *visit) error {
	p, err := c.meetPromiseSettings(v)
	if err != nil {
		return err
	}
	err = c.Promises.SetSecret(v.ctx(), v.actor, v.programme.ID, promise.Carrier(v.field("carrier")), v.field("secret"))
	return c.savedPromise(p, err, "console.promise.secret_saved")
}

func (c *Console) savedPromise(p *promiseSettingPage, err error, done string) error {
	if err != nil {
		return p.mend(err, func(errs web.FormErrors) component {
			p.errs = promiseNamed(errs)
			return promiseSettingsPage(p)
		})
	}
	return p.done(p.at("/promises/settings"), done)
}

// promiseNamed turns the pointers of failures into names of fields. What is wrong
// within the mapper stands at its one field, each with the name that it has there.
func promiseNamed(errs web.FormErrors) web.FormErrors {
	named := web.FormErrors{}
	var mapper []string
	for _, pointer := range slices.Sorted(maps.Keys(errs)) {
		first, rest, within := strings.Cut(pointer, "/")
		switch {
		case first == "mapper" && within:
			mapper = append(mapper, rest+": "+errs[pointer])
		case first == "late_help" && within:
			named.Add("late_"+rest, errs[pointer])
		default:
			named.Add(pointer, errs[pointer])
		}
	}
	if len(mapper) > 0 {
		named.Add("mapper", strings.Join(mapper, " · "))
	}
	return named
}

// typed reads the form, and says all that cannot be read of it.
func (p *promiseSettingPage) typed() (promise.Setting, error) {
	n := promise.Setting{TellCustomer: p.field("tell_customer") != "", OpenCases: p.field("open_cases") != "", LateHelp: map[string]string{}}
	var wrong []error
	for _, figure := range []struct {
		name string
		into *int
	}{{"warn_hours", &n.WarnHours}, {"grace_minutes", &n.GraceMinutes}} {
		read, err := p.figures().read(p.field(figure.name), 0)
		wrong = append(wrong, placed(err, "/"+figure.name))
		*figure.into = int(min(read, 1_000_000))
	}
	for _, lang := range []string{"en", "ru", "pl"} {
		if words := p.field("late_" + lang); words != "" {
			n.LateHelp[lang] = words
		}
	}
	if text := p.field("mapper"); text != "" {
		d := json.NewDecoder(strings.NewReader(text))
		d.DisallowUnknownFields() // a name that is misspelt would be passed over
		if err := d.Decode(&n.Mapper); err != nil || d.More() {
			wrong = append(wrong, fault.Invalid("parcel_mapper_json", "the mapper cannot be read as JSON; compare it with the example").At("/mapper"))
			n.Mapper = promise.Mapper{}
		}
	}
	return n, fault.Gather(wrong...)
}

package console

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/web"
)

func (c *Console) settingsRoutes() []route {
	return append([]route{
		{pattern: "GET /p/{slug}/programme/settings", permission: auth.ProgrammesRead, do: c.showSettings},
		{pattern: "POST /p/{slug}/programme/settings", permission: auth.ProgrammesWrite, do: c.changeSettings},
		{pattern: "GET /p/{slug}/programme/settings/hue", permission: auth.ProgrammesRead, do: c.showHue},
	}, c.placeRoutes()...)
}

// settingsPage is the programme's settings, its shops and its points.
type settingsPage struct {
	*visit
	form settingsForm
	// errs belong to the settings, other to the dialog of that name.
	errs    web.FormErrors
	other   string
	shops   []program.Shop
	wallets []ledger.Wallet
	shop    shopForm
	purse   walletForm
}

// settingsForm is the settings as typed.
type settingsForm struct {
	Name, Zone, Enrolment, Region, Hue, Control, BirthdayDays string
	Offline                                                   string // what becomes of conflicts
	// Profile are the parts that make a profile complete.
	Profile []string
	// Languages are those spoken, First the one that comes before.
	Languages []string
	First     string
}

func (c *Console) settingsPage(v *visit) (*settingsPage, error) {
	p := &settingsPage{visit: v, form: showSettings(v.programme, v.figures())}
	var err error
	if p.shops, err = c.Programmes.Shops(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	p.wallets, err = c.Ledger.Wallets(v.ctx(), v.actor, v.programme.ID)
	return p, err
}

func showSettings(p program.Programme, f figures) settingsForm {
	return settingsForm{
		Name: p.Name, Zone: p.Zone.String(), Enrolment: string(p.Enrolment), Region: p.Region, Hue: strconv.Itoa(p.Hue),
		Control: f.trim(int64(p.ControlShare), 2), Languages: p.Languages, First: p.Languages[0],
		Offline:      string(cmp.Or(p.OfflineConflicts, program.AcceptOffline)),
		BirthdayDays: strconv.Itoa(p.BirthdayDays), Profile: p.Profile.Parts(),
	}
}

func (c *Console) showSettings(v *visit) error {
	p, err := c.settingsPage(v)
	if err != nil {
		return err
	}
	return v.render(settingsShown(p))
}

// showHue answers a move of the colour slider with what the page would look
// like.
func (c *Console) showHue(v *visit) error {
	hue, err := strconv.Atoi(v.field("hue"))
	if err != nil || hue < 0 || hue > 360 {
		return fault.Invalid("hue_out_of_range", "the hue is an angle from 0 to 360 degrees")
	}
	return v.render(hueSample(v, hue, true))
}

func (c *Console) changeSettings(v *visit) error {
	p, err := c.settingsPage(v)
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	p.form = settingsForm{
		Name: v.field("name"), Zone: v.field("zone"), Enrolment: v.field("settings/enrolment"), Region: v.field("settings/region"),
		Hue: v.field("hue"), Control: v.field("settings/control_share"), Languages: v.r.PostForm["languages"], First: v.field("first"),
		Offline:      v.field("settings/offline_conflicts"),
		BirthdayDays: v.field("settings/birthday_days"), Profile: v.r.PostForm["profile"],
	}
	change, err := p.form.change(v.figures())
	if err == nil {
		_, err = c.Programmes.Update(v.ctx(), v.actor, v.programme.ID, change)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			p.errs = errs
			return settingsShown(p)
		})
	}
	return v.done(v.at("/programme/settings"), "console.settings.saved")
}

// change returns what the form does to a programme.
func (f settingsForm) change(typed figures) (func(*program.Programme), error) {
	zone, err := program.ParseZone(f.Zone)
	if err != nil {
		return nil, err
	}
	hue, err := strconv.Atoi(f.Hue)
	if err != nil {
		return nil, fault.Invalid("hue_out_of_range", "the hue is an angle from 0 to 360 degrees").At("/hue")
	}
	share, err := typed.read(f.Control, 2)
	if err != nil {
		return nil, fault.As(err).At("/settings/control_share")
	}
	ahead, err := typed.read(cmp.Or(f.BirthdayDays, "0"), 0)
	if err != nil {
		return nil, fault.As(err).At("/settings/birthday_days")
	}
	profile, err := program.ProfileOf(f.Profile)
	if err != nil {
		return nil, err
	}
	return func(p *program.Programme) {
		p.BirthdayDays, p.Profile = int(ahead), profile
		p.Name, p.Zone, p.Hue, p.Languages = f.Name, zone, hue, f.spoken()
		p.OfflineConflicts = program.OfflineConflicts(f.Offline)
		p.Enrolment, p.Region, p.ControlShare = program.Enrolment(f.Enrolment), f.Region, int(share)
	}, nil
}

// spoken returns the chosen languages, the first one first.
func (f settingsForm) spoken() []string {
	list := slices.Clone(f.Languages)
	slices.SortStableFunc(list, func(a, b string) int { return cmp.Compare(f.rank(a), f.rank(b)) })
	return list
}

func (f settingsForm) rank(lang string) int {
	if lang == f.First {
		return 0
	}
	return 1
}

// languageOptions are the languages that a programme can speak.
func (p *settingsPage) languageOptions(chosen ...string) []web.Option {
	var list []web.Option
	for _, l := range i18n.Langs() {
		list = append(list, web.Option{Value: string(l), Label: l.Endonym()})
	}
	return web.Choose(list, chosen...)
}

func (p *settingsPage) enrolmentOptions() []web.Option {
	return web.Choose(p.options("program.enrolment.", string(program.Automatic), string(program.OnRequest)), p.form.Enrolment)
}

func (p *settingsPage) offlineOptions() []web.Option {
	return web.Choose(p.options("program.offline_conflicts.", string(program.AcceptOffline), string(program.RefuseOffline)), p.form.Offline)
}

// input is a question of the settings.
func (p *settingsPage) input(name, value string, width web.Width) web.Field {
	f := web.Field{Name: name, Label: p.T("console.settings." + lastWord(name)), Value: value, Error: p.errs[name], Width: width}
	if help := "console.settings." + lastWord(name) + "_help"; p.Has(help) {
		f.Help = p.T(help)
	}
	return f
}

// lastWord is the part of a field's name behind its last stroke.
func lastWord(name string) string {
	for i := len(name) - 1; i >= 0; i-- {
		if name[i] == '/' {
			return name[i+1:]
		}
	}
	return name
}

func (p *settingsPage) zoneField() web.Field {
	f := p.input("zone", p.form.Zone, web.Medium)
	f.Attrs = templ.Attributes{"list": "zones", "autocomplete": "off", "spellcheck": "false"}
	return f
}

func (p *settingsPage) regionField() web.Field {
	f := p.input("settings/region", p.form.Region, web.Short)
	f.Optional, f.Placeholder, f.Attrs = true, "GB", templ.Attributes{"maxlength": "2", "autocapitalize": "characters"}
	return f
}

func (p *settingsPage) controlField() web.Field {
	f := p.input("settings/control_share", p.form.Control, web.Short)
	f.Suffix, f.Attrs = "%", templ.Attributes{"inputmode": "decimal"}
	return f
}

func (p *settingsPage) hueField() web.Field {
	f := p.input("hue", p.form.Hue, "")
	f.Type = "range"
	f.Attrs = templ.Attributes{
		"min": "0", "max": "360", "hx-get": p.at("/programme/settings/hue"), "hx-trigger": "input delay:80ms", "hx-target": "#hue-sample", "hx-sync": "this:replace",
	}
	return f
}

func (p *settingsPage) birthdayField() web.Field {
	f := p.input("settings/birthday_days", p.form.BirthdayDays, web.Short)
	f.Attrs = typedDigits("numeric")
	return f
}

func (p *settingsPage) profileOptions() []web.Option {
	return web.Choose(p.options("program.profile.", program.ProfileParts()...), p.form.Profile...)
}

// hue returns the hue of the form, or that of the programme while it cannot be
// read.
func (p *settingsPage) hue() int {
	hue, err := strconv.Atoi(p.form.Hue)
	if err != nil {
		return p.programme.Hue
	}
	return hue
}

// zones are offered for the time zone; any other of the IANA list may be typed.
var zones = []string{
	"Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Paris", "Europe/Berlin", "Europe/Warsaw", "Europe/Prague", "Europe/Vilnius",
	"Europe/Riga", "Europe/Tallinn", "Europe/Kyiv", "Europe/Minsk", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Novosibirsk", "Asia/Almaty",
	"Asia/Tbilisi", "Asia/Yerevan", "Asia/Dubai", "America/New_York", "America/Chicago", "America/Los_Angeles", "UTC",
}

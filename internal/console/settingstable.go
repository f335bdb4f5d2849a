package console

import (
	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/web"
)

// editable reports whether the person may change the settings.
func (p *settingsPage) editable() bool { return p.can(auth.ProgrammesWrite) }

// own are the errors of the settings themselves, not of a dialog.
func (p *settingsPage) own() web.FormErrors {
	if p.other != "" {
		return nil
	}
	return p.errs
}

func (p *settingsPage) shopTable() web.Table {
	t := web.Table{
		Caption: p.T("console.settings.shops"),
		Columns: []web.Column{{Head: p.T("console.settings.shop")}, {Head: p.T("console.settings.code")}, {Head: p.T("console.settings.zone")}, {Head: p.T("console.settings.do"), Hidden: true}},
		Empty:   web.Empty(web.Hint{Title: p.T("console.settings.no_shops"), Text: p.T("console.settings.no_shops_text")}),
	}
	for _, s := range p.shops {
		name := web.Words(s.Name)
		if s.Closed {
			name = web.TwoLines(s.Name, p.T("console.settings.closed"))
		}
		t.Rows = append(t.Rows, web.Row{Quiet: s.Closed, Cells: []templ.Component{
			name, web.Code(s.Code), web.Words(s.Zone), p.changes("shop-" + s.ID.In(id.Shop)),
		}})
	}
	return t
}

func (p *settingsPage) walletTable() web.Table {
	t := web.Table{
		Caption: p.T("console.settings.wallets"),
		Columns: []web.Column{{Head: p.T("console.settings.wallet")}, {Head: p.T("console.settings.worth"), Figures: true}, {Head: p.T("console.settings.clawback")}, {Head: p.T("console.settings.do"), Hidden: true}},
		Empty:   web.Empty(web.Hint{Icon: web.IconWallet, Title: p.T("console.settings.no_wallets"), Text: p.T("console.settings.no_wallets_text")}),
	}
	for _, w := range p.wallets {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(w.Name), web.Words(p.worthOf(w)),
			web.Words(p.T("console.settings.policy." + string(w.Clawback))), p.changes("wallet-" + w.ID.In(id.Wallet)),
		}})
	}
	return t
}

// changes is the button that opens a dialog.
func (p *settingsPage) changes(dialog string) templ.Component {
	if !p.editable() {
		return web.Words("")
	}
	return web.Action(web.Button{Label: p.T("console.settings.change"), Small: true, Opens: dialog})
}

func (p *settingsPage) adds(label, dialog string) templ.Component {
	if !p.editable() {
		return nil
	}
	return web.Action(web.Button{Label: p.T(label), Small: true, Icon: web.IconPlus, Opens: dialog})
}

func (p *settingsPage) policyOptions(chosen string) []web.Option {
	var list []web.Option
	for _, policy := range ledger.Policies() {
		key := "console.settings.policy." + string(policy)
		list = append(list, web.Option{Value: string(policy), Label: p.T(key), Help: p.T(key + ".help")})
	}
	return web.Choose(list, chosen)
}

// facts are the settings for those who may only read them.
func (p *settingsPage) facts() []web.Definition {
	said := func(key, value string) web.Definition {
		return web.Definition{Term: p.T("console.settings." + key), About: web.Words(value)}
	}
	var spoken []string
	for _, o := range p.languageOptions() {
		for _, l := range p.form.Languages {
			if o.Value == l {
				spoken = append(spoken, o.Label)
			}
		}
	}
	return []web.Definition{
		said("name", p.form.Name), said("currency", string(p.programme.Currency)), said("zone", p.form.Zone),
		said("languages", p.List(spoken)), said("enrolment", p.T("program.enrolment."+p.form.Enrolment)),
		said("offline_conflicts", p.T("program.offline_conflicts."+p.form.Offline)),
		said("region", p.form.Region), said("control_share", p.form.Control+" %"),
	}
}

// in names a field of a dialog, of which the page has many of one name.
func (d shopDialog) in(p *settingsPage, name, value string, width web.Width) web.Field {
	return web.Field{
		ID: d.id + "-" + name, Name: name, Label: p.T("console.settings.shop_" + name), Value: value, Error: d.errs[name], Width: width,
	}
}

func (d walletDialog) in(p *settingsPage, name, value string, width web.Width) web.Field {
	return web.Field{
		ID: d.id + "-" + name, Name: name, Label: p.T("console.settings.wallet_" + name), Value: value, Error: d.errs[name], Width: width,
	}
}

func helped(f web.Field, help string) web.Field {
	f.Help = help
	return f
}

func suffixed(f web.Field, suffix string) web.Field {
	f.Suffix, f.Attrs = suffix, templ.Attributes{"inputmode": "decimal"}
	return f
}

func unneeded(f web.Field) web.Field {
	f.Optional = true
	return f
}

// listed offers the time zones.
func listed(f web.Field) web.Field {
	f.Attrs = templ.Attributes{"list": "zones", "autocomplete": "off", "spellcheck": "false"}
	return f
}

func (p *settingsPage) dialogTitle(what, name string, fresh bool) string {
	if fresh {
		return p.T("console.settings.add_" + what)
	}
	return name
}

package console

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/tier"
	"regulars/internal/web"
)

// ruleEditor is the page on which a rule is written.
type ruleEditor struct {
	editor
	desk    ruleDesk
	form    *ruleForm
	rule    *earn.History // nil for a new one
	wallets []ledger.Wallet
	names   earn.Names
}

// hold puts a form into the editor.
func (e *ruleEditor) hold(f *ruleForm) {
	e.form, e.cond, e.fields = f, &f.If, earn.Catalog(f.trigger()).Fields()
}

func (c *Console) ruleEditRoutes() []route {
	return []route{
		{pattern: "GET /p/{slug}/programme/rules/new", permission: auth.RulesWrite, do: c.beginRule},
		{pattern: "POST /p/{slug}/programme/rules/new", permission: auth.RulesWrite, do: c.writeNewRule},
		{pattern: "GET /p/{slug}/programme/rules/{rule}/edit", permission: auth.RulesWrite, do: c.editRule},
		{pattern: "POST /p/{slug}/programme/rules/{rule}/edit", permission: auth.RulesWrite, do: c.writeRule},
	}
}

func (c *Console) beginRule(v *visit) error {
	e, err := c.newRuleEditor(v, nil)
	if err != nil {
		return err
	}
	if len(e.wallets) == 0 {
		return v.render(ruleWithoutWallet(v))
	}
	e.hold(newRule(v.field("start"), e.wallets[0].ID, e.desk))
	e.form.Name = v.field("name")
	return v.render(ruleEditPage(e))
}

func (c *Console) editRule(v *visit) error {
	h, err := c.rule(v)
	if err != nil {
		return err
	}
	e, err := c.newRuleEditor(v, &h)
	if err != nil {
		return err
	}
	f, err := showRule(e.basis(), e.desk)
	if err != nil {
		return err
	}
	e.hold(f)
	return v.render(ruleEditPage(e))
}

// basis is the version that is written on: the draft, or else the latest.
func (e *ruleEditor) basis() *earn.Version {
	if d := e.rule.Draft(); d != nil {
		return d
	}
	return &e.rule.Versions[0]
}

func (c *Console) writeNewRule(v *visit) error {
	e, err := c.newRuleEditor(v, nil)
	if err != nil {
		return err
	}
	return c.takeRule(e)
}

func (c *Console) writeRule(v *visit) error {
	h, err := c.rule(v)
	if err != nil {
		return err
	}
	e, err := c.newRuleEditor(v, &h)
	if err != nil {
		return err
	}
	return c.takeRule(e)
}

// takeRule does what the button asks for that sent the form: save the draft,
// say it in words, or change the rows.
func (c *Console) takeRule(e *ruleEditor) error {
	if err := e.r.ParseForm(); err != nil {
		return err
	}
	f := readRuleForm(e.r.PostForm)
	if e.rule != nil {
		f.fixTrigger(e.rule.Trigger)
	}
	e.hold(f)
	if w := e.wallet(); w != nil {
		e.desk.decimals = w.Decimals
	}
	switch do := e.doing(); do {
	case "save":
		return c.saveRule(e)
	case "words":
		return e.render(inWords(e.visit, e.words(), e.T("console.rule.words_later")))
	default:
		e.form.change(do)
		return e.render(e.part())
	}
}

// doing is what a form is sent for: the address says so where a question was
// answered, else the button.
func (v *visit) doing() string {
	if do := v.r.URL.Query().Get("do"); do != "" {
		return do
	}
	return v.r.PostForm.Get("do")
}

// part is the editor alone where htmx asks, else the whole page.
func (e *ruleEditor) part() templ.Component {
	if web.IsFragment(e.r) {
		return ruleEditForm(e)
	}
	return ruleEditPage(e)
}

func (e *ruleEditor) mended(errs web.FormErrors) templ.Component {
	e.errs = errs
	return e.part()
}

func (c *Console) saveRule(e *ruleEditor) error {
	spec, errs := e.form.build(e.desk, e.Page)
	if e.form.Name == "" {
		errs.Add("name", e.T("console.rule.name_needed"))
	}
	if len(errs) > 0 {
		return e.mendAll(errs, e.mended)
	}
	rule, err := c.keepRule(e, spec)
	if err != nil {
		return e.mend(err, e.mended)
	}
	return e.done(e.at("/programme/rules/"+rule.In(id.Rule)), "console.rule.saved")
}

func (c *Console) keepRule(e *ruleEditor, spec earn.Spec) (id.ID, error) {
	if e.rule == nil {
		r := earn.Rule{ProgrammeID: e.programme.ID, Name: e.form.Name, Trigger: e.form.trigger()}
		made, err := c.Rules.Create(e.ctx(), e.actor, r, spec)
		return made.Rule.ID, err
	}
	if e.form.Name != e.rule.Name {
		if err := c.Rules.Rename(e.ctx(), e.actor, e.programme.ID, e.rule.ID, e.form.Name); err != nil {
			return 0, err
		}
	}
	_, err := c.Rules.SaveDraft(e.ctx(), e.actor, e.programme.ID, e.rule.ID, spec)
	return e.rule.ID, err
}

func (c *Console) newRuleEditor(v *visit, rule *earn.History) (*ruleEditor, error) {
	e := &ruleEditor{editor: editor{visit: v}, rule: rule, desk: ruleDesk{figures: v.figures(), currency: v.programme.Currency}}
	var err error
	if e.wallets, err = c.Ledger.Wallets(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if err := c.furnish(&e.editor); err != nil {
		return nil, err
	}
	e.post = e.action()
	if len(e.wallets) > 0 {
		e.desk.decimals = e.wallets[0].Decimals
	}
	if rule != nil {
		e.desk.decimals = e.basis().Decimals
	}
	e.names = ruleNames(e.wallets, e.shops, e.ranks)
	return e, nil
}

// ranks returns the ranks that rules may ask for: those of the first ladder, as
// they are now or shall be.
func (c *Console) ranks(v *visit) ([]tier.Rank, error) {
	plans, err := c.Ladders.List(v.ctx(), v.actor, v.programme.ID)
	if err != nil || len(plans) == 0 {
		return nil, err
	}
	if now := plans[0].At(c.Now()); now != nil {
		return now.Ranks, nil
	}
	if d := plans[0].Draft; d != nil {
		return d.Ranks, nil
	}
	return plans[0].Versions[0].Ranks, nil
}

// ruleNames turns codes into the names that people know.
func ruleNames(wallets []ledger.Wallet, shops []program.Shop, ranks []tier.Rank) earn.Names {
	value := func(field, code string) string {
		switch field {
		case "shop":
			if i := slices.IndexFunc(shops, func(s program.Shop) bool { return s.Code == code }); i >= 0 {
				return shops[i].Name
			}
		case "wallet":
			if i := slices.IndexFunc(wallets, func(w ledger.Wallet) bool { return w.ID.In(id.Wallet) == code }); i >= 0 {
				return wallets[i].Name
			}
		case "rank":
			if i := slices.IndexFunc(ranks, func(r tier.Rank) bool { return r.Code == code }); i >= 0 {
				return ranks[i].Name
			}
		}
		return code
	}
	if len(wallets) < 2 {
		return earn.Names{Value: value}
	}
	return earn.Names{Value: value, Wallet: func(wanted id.ID) string {
		for _, w := range wallets {
			if w.ID == wanted {
				return w.Name
			}
		}
		return wanted.In(id.Wallet)
	}}
}

// wallet returns the wallet that is chosen in the form.
func (e *ruleEditor) wallet() *ledger.Wallet {
	for i := range e.wallets {
		if e.wallets[i].ID.In(id.Wallet) == e.form.Wallet {
			return &e.wallets[i]
		}
	}
	return nil
}

// words says the rule as it stands in the form; nil while it cannot be taken.
func (e *ruleEditor) words() []string {
	spec, errs := e.form.build(e.desk, e.Page)
	if len(errs) > 0 {
		return nil
	}
	v := earn.Version{Rule: earn.Rule{Name: e.form.Name, Trigger: e.form.trigger()}, Decimals: e.desk.decimals, Spec: spec}
	said, err := v.Describe(e.Printer, e.names)
	if err != nil {
		return nil
	}
	return said
}

// action is where the editor posts to.
func (e *ruleEditor) action() string {
	if e.rule == nil {
		return e.at("/programme/rules/new")
	}
	return e.at("/programme/rules/" + e.rule.ID.In(id.Rule) + "/edit")
}

// fixTrigger sets what starts the rule.
func (f *ruleForm) fixTrigger(t earn.Trigger) {
	f.Trigger, f.Custom = string(t), ""
	if name, custom := strings.CutPrefix(f.Trigger, "custom."); custom {
		f.Trigger, f.Custom = customTrigger, name
	}
}

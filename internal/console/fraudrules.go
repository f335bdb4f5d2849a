package console

import (
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/fault"
	"regulars/internal/fraud"
	"regulars/internal/web"
)

// fraudForm is the editor of what is watched; what it holds is as it was typed.
type fraudForm struct {
	*visit
	old     fraud.Rules
	wallets wallets
	errs    web.FormErrors
}

func (c *Console) meetFraudRules(v *visit) (*fraudForm, error) {
	f := &fraudForm{visit: v}
	var err error
	if f.old, err = c.Fraud.Rules(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	f.wallets, err = walletsOf(v.ctx(), c.DB.Reader(), v.programme.ID)
	return f, err
}

func (c *Console) fraudRules(v *visit) error {
	f, err := c.meetFraudRules(v)
	if err != nil {
		return err
	}
	return v.render(fraudRulesPage(f))
}

func (c *Console) saveFraudRules(v *visit) error {
	f, err := c.meetFraudRules(v)
	if err != nil {
		return err
	}
	spec, err := f.spec()
	if err == nil {
		_, err = c.Fraud.SaveRules(v.ctx(), v.actor, v.programme.ID, spec)
	}
	if err != nil {
		return v.mend(byRule(err), func(errs web.FormErrors) component {
			f.errs = errs
			return fraudRulesPage(f)
		})
	}
	return v.done(v.at("/fraud/rules"), "console.fraud.saved")
}

// byRule points the failure of a rule at its field of the form, where rules
// stand in the order of their kinds.
func byRule(err error) error {
	at := fault.As(err)
	if at == nil {
		return err
	}
	rest, rule := strings.CutPrefix(at.Field, "/rules/")
	number, field, cut := strings.Cut(rest, "/")
	n, wrong := strconv.Atoi(number)
	if !rule || !cut || wrong != nil || n >= len(fraud.Kinds()) {
		return err
	}
	moved := *at
	moved.Field = "/" + field + "_" + string(fraud.Kinds()[n])
	return &moved
}

func (f *fraudForm) typed() bool { return f.r.Method == "POST" }

func (f *fraudForm) watching() bool {
	if f.typed() {
		return f.field("watching") != ""
	}
	return f.old.Watching
}

func (f *fraudForm) decimals(k fraud.Kind) int {
	if !k.InPoints() || len(f.wallets) == 0 {
		return 0
	}
	return f.wallets[0].Decimals
}

func (f *fraudForm) more(k fraud.Kind) string {
	if f.typed() {
		return f.field("more_" + string(k))
	}
	return f.figures().show(f.old.Rule(k).More, f.decimals(k))
}

func (f *fraudForm) times(k fraud.Kind) string {
	if n := f.old.Rule(k).Times; !f.typed() && n > 0 {
		return f.figures().show(n, 0)
	}
	return f.field("times_" + string(k))
}

func (f *fraudForm) actionOptions(k fraud.Kind) []web.Option {
	chosen := string(f.old.Rule(k).Action)
	if f.typed() {
		chosen = f.field("action_" + string(k))
	}
	var list []web.Option
	for _, a := range k.Actions() {
		list = append(list, web.Option{Value: string(a), Label: f.Say(a.Text())})
	}
	return web.Choose(list, chosen)
}

// spec reads the form.
func (f *fraudForm) spec() (fraud.Spec, error) {
	s := fraud.Spec{Watching: f.watching()}
	for _, k := range fraud.Kinds() {
		more, err := f.number("more_"+string(k), f.decimals(k))
		if err != nil {
			return s, err
		}
		times, err := f.number("times_"+string(k), 0)
		if err != nil {
			return s, err
		}
		s.Rules = append(s.Rules, fraud.Rule{Kind: k, Action: fraud.Action(f.field("action_" + string(k))), More: more, Times: times})
	}
	return s, nil
}

// number reads a number, 0 when nothing was typed.
func (f *fraudForm) number(name string, decimals int) (int64, error) {
	typed := f.field(name)
	if typed == "" {
		return 0, nil
	}
	n, err := f.figures().read(typed, decimals)
	if err != nil {
		return 0, fault.As(err).At("/" + name)
	}
	return n, nil
}

// table shows the rules to those who may not change them.
func (f *fraudForm) table() web.Table {
	t := web.Table{
		Caption: f.T("console.fraud.rules"),
		Columns: []web.Column{{Head: f.T("console.fraud.kind")}, {Head: f.T("console.fraud.action")}, {Head: f.T("console.fraud.more"), Figures: true}},
	}
	for _, k := range fraud.Kinds() {
		r := f.old.Rule(k)
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(f.Say(k.Text())), web.Words(f.Say(r.Action.Text())), web.Words(f.fraudFigure(k, r.More, f.wallets))}})
	}
	return t
}

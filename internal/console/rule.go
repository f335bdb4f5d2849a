package console

import (
	"slices"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/web"
)

// programmeRoutes are the pages of rules, ranks and settings.
func (c *Console) programmeRoutes() []route {
	return slices.Concat([]route{
		{pattern: "GET /p/{slug}/programme", permission: auth.RulesRead, do: c.showRules},
		{pattern: "GET /p/{slug}/programme/rules/{rule}", permission: auth.RulesRead, do: c.showRule},
		{pattern: "POST /p/{slug}/programme/rules/{rule}/publish", permission: auth.RulesPublish, do: c.publishRule},
		{pattern: "POST /p/{slug}/programme/rules/{rule}/retire", permission: auth.RulesPublish, do: c.retireRule},
		{pattern: "POST /p/{slug}/programme/rules/{rule}/discard", permission: auth.RulesWrite, do: c.discardRule},
	}, c.ruleEditRoutes(), c.simulationRoutes(), c.ladderRoutes(), c.settingsRoutes())
}

// rule returns the rule that the address names.
func (c *Console) rule(v *visit) (earn.History, error) {
	rule, err := v.pathID("rule", id.Rule)
	if err != nil {
		return earn.History{}, err
	}
	return c.Rules.Get(v.ctx(), v.actor, v.programme.ID, rule)
}

// ruleList is the page of all rules.
type ruleList struct {
	*visit
	rules []earn.History
	names earn.Names
}

func (c *Console) showRules(v *visit) error {
	l := &ruleList{visit: v}
	var err error
	if l.rules, err = c.Rules.List(v.ctx(), v.actor, v.programme.ID); err != nil {
		return err
	}
	// What is in force stands before drafts, and what is over at the end.
	slices.SortStableFunc(l.rules, func(a, b earn.History) int { return standing(&a) - standing(&b) })
	if l.names, err = c.ruleNames(v); err != nil {
		return err
	}
	return v.render(ruleListPage(l))
}

func standing(h *earn.History) int {
	switch {
	case h.Published() != nil:
		return 0
	case h.Draft() != nil:
		return 1
	}
	return 2
}

func (c *Console) ruleNames(v *visit) (earn.Names, error) {
	wallets, err := c.Ledger.Wallets(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return earn.Names{}, err
	}
	shops, err := c.Programmes.Shops(v.ctx(), v.actor, v.programme.ID)
	if err != nil {
		return earn.Names{}, err
	}
	ranks, err := c.ranks(v)
	return ruleNames(wallets, shops, ranks), err
}

// count returns how many rules are in force, and how many drafts wait.
func (l *ruleList) count() (live, drafts int) {
	for i := range l.rules {
		if l.rules[i].Published() != nil {
			live++
		}
		if l.rules[i].Draft() != nil {
			drafts++
		}
	}
	return live, drafts
}

// shown is the version that stands for a rule in the list.
func shown(h *earn.History) *earn.Version {
	if p := h.Published(); p != nil {
		return p
	}
	return &h.Versions[0]
}

// gist says a version in short: on what, and what it gives.
func gist(v *visit, version *earn.Version, names earn.Names) []string {
	said := v.describe(version, names)
	return said[:min(len(said), 1+len(version.Spec.Effects))]
}

// describe says a version in sentences; one that cannot be said, because what
// it asks for is gone, says that.
func (v *visit) describe(version *earn.Version, names earn.Names) []string {
	said, err := version.Describe(v.Printer, names)
	if err != nil {
		return []string{v.T("console.rule.unsayable")}
	}
	return said
}

// rulePage is one rule with all it ever said.
type rulePage struct {
	*visit
	rule        earn.History
	names       earn.Names
	simulations []simulation
	errs        web.FormErrors
}

func (c *Console) showRule(v *visit) error {
	p, err := c.rulePage(v)
	if err != nil {
		return err
	}
	return v.render(ruleOnePage(p))
}

func (c *Console) rulePage(v *visit) (*rulePage, error) {
	h, err := c.rule(v)
	if err != nil {
		return nil, err
	}
	p := &rulePage{visit: v, rule: h}
	if p.names, err = c.ruleNames(v); err != nil {
		return nil, err
	}
	p.simulations, err = c.simulationsOf(v.programme.ID, h.ID)
	return p, err
}

// path is the address of the rule, or of what is done to it.
func (p *rulePage) path(verb string) string {
	return p.at("/programme/rules/" + p.rule.ID.In(id.Rule) + verb)
}

// lead says in one sentence how the rule stands.
func (p *rulePage) lead() string {
	live, draft := p.rule.Published(), p.rule.Draft()
	switch {
	case live != nil && draft != nil:
		return p.T("console.rule.lead_both", "since", p.since(live))
	case live != nil:
		return p.T("console.rule.lead_live", "since", p.since(live))
	case draft != nil:
		return p.T("console.rule.lead_draft")
	}
	return p.T("console.rule.lead_over", "until", p.Date(p.rule.Versions[0].To))
}

func (v *visit) since(version *earn.Version) string {
	if version.From.IsZero() {
		return v.T("console.rule.always")
	}
	return v.Date(version.From)
}

// first reports whether nothing of the rule was ever published, so that it may
// begin in the past.
func (p *rulePage) first() bool {
	return !slices.ContainsFunc(p.rule.Versions, func(v earn.Version) bool { return v.State != earn.Draft })
}

func (c *Console) publishRule(v *visit) error {
	p, err := c.rulePage(v)
	if err != nil {
		return err
	}
	from, err := v.day("from")
	if err == nil {
		_, err = c.Rules.Publish(v.ctx(), v.actor, v.programme.ID, p.rule.ID, from)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) templ.Component {
			p.errs = errs
			return ruleOnePage(p)
		})
	}
	return v.done(p.path(""), "console.rule.published")
}

// day reads a date of the form as its first instant in the programme's zone;
// nothing is the zero time.
func (v *visit) day(name string) (time.Time, error) {
	typed := v.field(name)
	if typed == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, typed, v.programme.Zone)
	if err != nil {
		return time.Time{}, notADay(typed).At("/" + name)
	}
	return day, nil
}

func notADay(typed string) *fault.Error {
	return fault.Invalid("not_a_day", "%q is not a date like 2011-12-09", clip(typed)).With("value", clip(typed))
}

func (c *Console) retireRule(v *visit) error {
	rule, err := v.pathID("rule", id.Rule)
	if err != nil {
		return err
	}
	if err := c.Rules.Retire(v.ctx(), v.actor, v.programme.ID, rule); err != nil {
		return err
	}
	return v.done(v.at("/programme/rules/"+rule.In(id.Rule)), "console.rule.retired")
}

func (c *Console) discardRule(v *visit) error {
	p, err := c.rulePage(v)
	if err != nil {
		return err
	}
	if err := c.Rules.DiscardDraft(v.ctx(), v.actor, v.programme.ID, p.rule.ID); err != nil {
		return err
	}
	if p.first() {
		return v.done(v.at("/programme"), "console.rule.discarded")
	}
	return v.done(p.path(""), "console.rule.discarded")
}

// tabs lead from one part of the programme to the others.
func (v *visit) programmeTabs(current string) []web.Tab {
	var tabs []web.Tab
	for _, t := range []struct {
		name, path string
		permission auth.Permission
	}{
		{"rules", "/programme", auth.RulesRead},
		{"ranks", "/programme/ranks", auth.RanksRead},
		{"settings", "/programme/settings", auth.ProgrammesRead},
	} {
		if v.can(t.permission) {
			tabs = append(tabs, web.Tab{Label: v.T("console.rule.tab." + t.name), Href: v.at(t.path), Current: t.name == current})
		}
	}
	return tabs
}

// stateBadge says how a version stands.
func stateBadge(v *visit, state earn.State) templ.Component {
	tone := map[earn.State]web.Tone{earn.Published: web.Good, earn.Draft: web.Warn, earn.Retired: web.Neutral}[state]
	return web.Badge(tone, v.T("console.rule.state."+string(state)))
}

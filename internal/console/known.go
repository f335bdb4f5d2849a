package console

import (
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/trust"
	"regulars/internal/web"
)

// knownPath is the address of what is not perfect.
const knownPath = inProgramme + "/known-issues"

func (c *Console) knownRoutes() []route {
	one := knownPath + "/{issue}"
	return []route{
		{pattern: "GET " + knownPath, permission: auth.TrustRead, do: c.knownIssues},
		{pattern: "GET " + knownPath + "/new", permission: auth.TrustWrite, do: c.newIssue},
		{pattern: "POST " + knownPath + "/new", permission: auth.TrustWrite, do: c.addIssue},
		{pattern: "GET " + one, permission: auth.TrustRead, do: c.knownIssue},
		{pattern: "GET " + one + "/edit", permission: auth.TrustWrite, do: c.editIssue},
		{pattern: "POST " + one + "/edit", permission: auth.TrustWrite, do: c.amendIssue},
	}
}

// issuesShown is how many issues a page has.
const issuesShown = 30

// issueList is a page of known issues.
type issueList struct {
	*visit
	state string
	trail trail
	list  []*trust.Issue
	next  id.ID
	today string
}

func (c *Console) today(v *visit) string { return c.Now().In(v.programme.Zone).Format(time.DateOnly) }

func (c *Console) knownIssues(v *visit) error {
	l := &issueList{visit: v, state: v.field("state"), trail: v.trail(), today: c.today(v)}
	query := trust.Query{ProgrammeID: v.programme.ID, State: trust.State(l.state), Limit: issuesShown + 1}
	var err error
	if mark := l.trail.mark(); mark != "" {
		if query.Before, err = id.Parse(id.KnownIssue, mark); err != nil {
			return err
		}
	}
	if l.list, err = c.Trust.List(v.ctx(), v.actor, query); err != nil {
		return err
	}
	if len(l.list) > issuesShown {
		l.list = l.list[:issuesShown]
		l.next = l.list[issuesShown-1].ID
	}
	if web.IsFragment(v.r) {
		return v.render(issueTable(l))
	}
	return v.render(issueListPage(l))
}

// issueFile is the page of one known issue.
type issueFile struct {
	*visit
	f        *trust.File
	settings complaint.Settings
	today    string
}

func (c *Console) knownIssue(v *visit) error {
	which, err := v.pathID("issue", id.KnownIssue)
	if err != nil {
		return err
	}
	p := &issueFile{visit: v, today: c.today(v)}
	if p.f, err = c.Trust.Get(v.ctx(), v.actor, v.programme.ID, which); err != nil {
		return err
	}
	if p.settings, _, err = c.Complaints.Settings(v.ctx(), auth.System("console"), v.programme.ID); err != nil {
		return err
	}
	return v.render(issueFilePage(p))
}

// issueForm is where an issue is written.
type issueForm struct {
	*visit
	// n is nil for a new one.
	n        *trust.Issue
	spec     trust.Spec
	shops    []program.Shop
	settings complaint.Settings
	actions  []complaint.Effect
	errs     web.FormErrors
}

func (c *Console) meetIssueForm(v *visit) (*issueForm, error) {
	f := &issueForm{visit: v, spec: trust.Spec{State: trust.Looking, Since: c.today(v)}}
	ours := auth.System("console")
	var err error
	if v.r.PathValue("issue") != "" {
		which, err := v.pathID("issue", id.KnownIssue)
		if err != nil {
			return nil, err
		}
		found, err := c.Trust.Get(v.ctx(), v.actor, v.programme.ID, which)
		if err != nil {
			return nil, err
		}
		f.n, f.spec = found.Issue, found.Spec
	}
	if f.shops, err = program.Shops(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return nil, err
	}
	if f.settings, _, err = c.Complaints.Settings(v.ctx(), ours, v.programme.ID); err != nil {
		return nil, err
	}
	r, err := c.Complaints.Report(v.ctx(), ours, v.programme.ID)
	if err == nil {
		f.actions = r.Effects
	}
	return f, err
}

func (c *Console) newIssue(v *visit) error { return c.editIssue(v) }

func (c *Console) editIssue(v *visit) error {
	f, err := c.meetIssueForm(v)
	if err != nil {
		return err
	}
	return v.render(issueFormPage(f))
}

func (c *Console) addIssue(v *visit) error {
	return c.saveIssue(v, "console.known.added", func(_ *issueForm, n trust.Spec) (*trust.Issue, error) {
		return c.Trust.Add(v.ctx(), v.actor, v.programme.ID, n)
	})
}

func (c *Console) amendIssue(v *visit) error {
	return c.saveIssue(v, "console.known.saved", func(f *issueForm, n trust.Spec) (*trust.Issue, error) {
		seen := f.seenVersion()
		return c.Trust.Amend(v.ctx(), v.actor, v.programme.ID, f.n.ID, seen, n)
	})
}

func (c *Console) saveIssue(v *visit, done string, save func(*issueForm, trust.Spec) (*trust.Issue, error)) error {
	f, err := c.meetIssueForm(v)
	if err != nil {
		return err
	}
	n, err := save(f, f.typed())
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			f.errs = errs
			return issueFormPage(f)
		})
	}
	return v.done(v.at("/known-issues/"+n.ID.In(id.KnownIssue)), done)
}

// faultyIn reports whether something that is written in a language must be
// mended.
func (f *issueForm) faultyIn(lang string) bool {
	for at := range f.errs {
		if strings.HasSuffix(at, "/"+lang) {
			return true
		}
	}
	return false
}

// languages are those in which the shop writes.
func (f *issueForm) languages() []string { return f.programme.Languages }

// typed reads the form; what it does not ask for stays.
func (f *issueForm) typed() trust.Spec {
	n := f.spec
	for name, words := range map[string]*trust.Words{"title": &n.Title, "what": &n.What, "workaround": &n.Workaround, "reason": &n.Reason} {
		kept := trust.Words{}
		for lang, text := range *words {
			kept[lang] = text
		}
		for _, lang := range f.languages() {
			kept[lang] = f.field(name + "_" + lang)
		}
		*words = kept
	}
	n.Products, n.Channels = splitList(f.field("products")), splitList(f.field("channels"))
	n.Shops, n.Causes = f.chosen("shops"), f.chosen("causes")
	n.Actions = nil
	for _, text := range f.chosen("actions") {
		if a, err := id.Parse(id.CaseAction, text); err == nil {
			n.Actions = append(n.Actions, a)
		}
	}
	n.State, n.Since, n.Expected, n.MendedOn = trust.State(f.field("state")), f.field("since"), f.field("expected"), f.field("mended_on")
	n.Published, n.Tell = f.field("published") != "", f.field("tell") != ""
	if f.n != nil && f.n.Published {
		n.Published = true // the form does not ask again
	}
	return n
}

// chosen are the values of a question with several answers.
func (f *issueForm) chosen(name string) []string {
	_ = f.field(name) // reads the form
	return slices.Clone(f.r.PostForm[name])
}

// show returns what was typed, or what is kept while nothing was.
func (f *issueForm) show(name, kept string) string {
	if f.r.Method == "POST" {
		return f.field(name)
	}
	return kept
}

func (f *issueForm) several(name string, kept []string) []string {
	if f.r.Method == "POST" {
		return f.chosen(name)
	}
	return kept
}

func (f *issueForm) to() string {
	if f.n == nil {
		return f.at("/known-issues/new")
	}
	return f.at("/known-issues/" + f.n.ID.In(id.KnownIssue) + "/edit")
}

func (f *issueForm) title() i18n.Said {
	if f.n == nil {
		return i18n.Said{Text: f.T("console.known.new")}
	}
	return f.own(f.n.Title)
}

func (f *issueForm) stateOptions() []web.Option {
	var list []web.Option
	for _, s := range trust.States() {
		list = append(list, web.Option{Value: string(s), Label: f.Say(s.Text())})
	}
	return web.Choose(list, f.show("state", string(f.spec.State)))
}

func (f *issueForm) shopOptions() []web.Option {
	var list []web.Option
	for _, s := range f.shops {
		list = append(list, web.Option{Value: s.Code, Label: s.Name})
	}
	return web.Choose(list, f.several("shops", f.spec.Shops)...)
}

func (f *issueForm) causeOptions() []web.Option {
	var list []web.Option
	for _, c := range f.settings.Causes {
		list = append(list, web.Option{Value: c.Code, Label: f.Say(f.settings.CauseText(c.Code, f.Lang()))})
	}
	return web.Choose(list, f.several("causes", f.spec.Causes)...)
}

func (f *issueForm) actionOptions() []web.Option {
	var list []web.Option
	var kept []string
	for _, a := range f.actions {
		list = append(list, web.Option{Value: a.ID.In(id.CaseAction), Label: a.Title})
	}
	for _, a := range f.spec.Actions {
		kept = append(kept, a.In(id.CaseAction))
	}
	return web.Choose(list, f.several("actions", kept)...)
}

// endonym is the name of a language in itself.
func endonym(lang string) string { return i18n.Lang(lang).Endonym() }

// lines writes a list with an entry on each line.
func lines(list []string) string { return strings.Join(list, "\n") }

// readIssues reads which known issues what the person bought has, for those who
// may see them.
func (c *Console) readIssues(v *visit, p *person) error {
	if !v.can(auth.TrustRead) {
		return nil
	}
	var err error
	p.issues, err = c.Trust.Bought(v.ctx(), c.DB.Reader(), v.programme.ID, p.Aliases)
	return err
}

// issueLinks lead to them, with what was bought and when.
func (p *person) issueLinks(v *visit) []web.Definition {
	var list []web.Definition
	for _, h := range p.issues {
		list = append(list, web.Definition{
			Term: joined(firstOr(h.Product, h.SKU), v.Date(h.Bought)), About: web.Link(v.at("/known-issues/"+h.ID.In(id.KnownIssue)), v.own(h.Title).Text),
		})
	}
	return list
}

func issueState(v *visit, n *trust.Issue, today string) templ.Component {
	switch {
	case n.Overdue(today):
		return web.Badge(web.Bad, v.T("console.known.overdue"))
	case n.State == trust.Mended:
		return web.Badge(web.Good, v.Say(n.State.Text()))
	case n.State == trust.Wont:
		return web.Badge(web.Neutral, v.Say(n.State.Text()))
	}
	return web.Badge(web.Warn, v.Say(n.State.Text()))
}

package console

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/id"
	"regulars/internal/intake"
	"regulars/internal/jobs"
	"regulars/internal/web"
)

// shownRows is how many rows of the preview are shown.
const shownRows = 20

// columnTable asks for every column what it is for.
func (p *importPage) columnTable() web.Table {
	t := web.Table{Caption: p.T("console.import.columns"), Columns: []web.Column{
		{Head: p.T("console.import.column")}, {Head: p.T("console.import.first_values")}, {Head: p.T("console.import.role")},
	}}
	for i, column := range p.Columns {
		t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{
			web.Words(column), web.Muted(p.examples(i)),
			web.Filter("col."+strconv.Itoa(i), p.T("console.import.role_of", "column", column), p.roleOptions(column)),
		}})
	}
	return t
}

// verdict says what becomes of a row.
func (p *importPage) verdict(row intake.PreviewRow) templ.Component {
	if row.Refusal.Reason != "" {
		return verdictCell(web.Warn, p.Say(row.Refusal.Reason.Name()), p.Say(row.Refusal.Text(p.Columns)))
	}
	key := "sale"
	switch {
	case row.Taken.Member != nil:
		key = "member"
	case row.Taken.Return:
		key = "return"
	case row.Taken.Line.Fee:
		key = "fee"
	}
	return verdictCell(web.Good, p.T("console.import.as_"+key), "")
}

// previewTable shows the first rows as they would be taken.
func (p *importPage) previewTable() web.Table {
	t := web.Table{Caption: p.T("console.import.preview"), Wide: true, Columns: []web.Column{
		{Head: p.T("console.import.line")}, {Head: p.T("console.import.verdict")},
	}}
	heads := []string{"reference", "occurred", "who", "goods", "quantity", "amount"}
	cells := p.lineCells
	if p.told(intake.Shop) || p.told(intake.Channel) {
		heads = append(heads, "place")
	}
	if p.Set.Holds == intake.Members {
		cells, heads = p.memberCells, []string{"who", "name", "birth", "joined", "tags"}
	}
	for _, head := range heads {
		t.Columns = append(t.Columns, web.Column{Head: p.T("console.import.head_" + head), Figures: head == "quantity" || head == "amount"})
	}
	for _, row := range p.rows[:min(len(p.rows), shownRows)] {
		line := []templ.Component{web.Words(strconv.FormatInt(row.Line, 10)), p.verdict(row)}
		t.Rows = append(t.Rows, web.Row{Quiet: row.Refusal.Reason != "", Cells: append(line, cells(row.Taken)...)})
	}
	return t
}

func (p *importPage) lineCells(t intake.Taken) []templ.Component {
	when, quantity, amount := "", "", ""
	if !t.Occurred.IsZero() {
		when = p.DateTime(t.Occurred)
	}
	read := t.Line.SKU != "" || t.Line.Quantity != 0
	if read {
		quantity = p.Trimmed(t.Line.Quantity, 3)
	}
	if read && !t.Return && p.Set.Holds == intake.Sales {
		amount = p.Money(t.Line.Amount, "")
	}
	goods := web.Words(t.Line.SKU)
	if t.Line.Name != "" {
		goods = web.TwoLines(t.Line.Name, t.Line.SKU)
	}
	cells := []templ.Component{
		web.Words(t.Reference), web.Words(when), web.Words(p.who(t)), goods, web.Words(quantity), web.Words(amount),
	}
	if p.told(intake.Shop) || p.told(intake.Channel) {
		cells = append(cells, web.Words(strings.Trim(t.Shop+" · "+t.Channel, " ·")))
	}
	return cells
}

func (p *importPage) memberCells(t intake.Taken) []templ.Component {
	m := t.Member
	if m == nil {
		m = &intake.MemberRecord{}
	}
	birth, joined := "", ""
	if m.Birth.Day > 0 {
		birth = fmt.Sprintf("%d.%d.%d", m.Birth.Day, m.Birth.Month, m.Birth.Year)
	}
	if !m.Joined.IsZero() {
		joined = p.Date(m.Joined)
	}
	return []templ.Component{
		web.Words(p.who(t)), web.Words(strings.TrimSpace(m.GivenName + " " + m.FamilyName)),
		web.Words(birth), web.Words(joined), web.Words(strings.Join(m.Tags, ", ")),
	}
}

// who lists what the row says of the customer.
func (p *importPage) who(t intake.Taken) string {
	list := t.Identities
	if t.Member != nil {
		list = t.Member.Identities
	}
	var said []string
	for _, one := range list {
		said = append(said, one.Value)
	}
	return strings.Join(said, ", ")
}

// fruitless reports whether none of the first rows would be taken.
func (p *importPage) fruitless() bool {
	return !slices.ContainsFunc(p.rows, func(r intake.PreviewRow) bool { return r.Refusal.Reason == "" })
}

// outlook says how many of the first rows would be taken.
func (p *importPage) outlook() string {
	left := 0
	for _, row := range p.rows {
		if row.Refusal.Reason != "" {
			left++
		}
	}
	return p.T("console.import.outlook", "rows", len(p.rows), "taken", len(p.rows)-left, "left", left)
}

// steps show where in the task the reader is.
func (p *importPage) steps() []web.Step {
	states := []web.StepState{web.StepDone, web.StepCurrent, web.StepAhead}
	switch {
	case !p.Ended.IsZero():
		states = []web.StepState{web.StepDone, web.StepDone, web.StepDone}
	case !p.Started.IsZero():
		states = []web.StepState{web.StepDone, web.StepDone, web.StepCurrent}
	}
	var list []web.Step
	for i, name := range []string{"file", "columns", "import"} {
		list = append(list, web.Step{Label: p.T("console.import.step_" + name), State: states[i]})
	}
	return list
}

func (p *importPage) head() web.Head {
	h := web.Head{
		Title: p.Name, Crumbs: []web.Crumb{{Label: p.T("console.import.imports"), Href: p.at("/import")}, {Label: p.Name}},
	}
	if p.Started.IsZero() {
		h.Lead = p.T("console.import.set_lead")
	}
	return h
}

// finished reports whether nothing more is to come.
func (p *importPage) finished() bool { return !p.Ended.IsZero() || p.job.State == jobs.Dead }

// work is how far the job is.
func (p *importPage) work() web.Work {
	w := web.Work{Label: p.T("console.import.waiting"), Note: p.T("console.import.may_leave")}
	switch {
	case p.job.Note == intake.Reading:
		w.Label = p.T("console.import.reading", "rows", p.job.Done)
	case p.job.Note == intake.Taking:
		w.Label = p.T("console.import.taking", "rows", p.job.Done, "of", p.job.Total)
		w.Done, w.Total = p.job.Done, p.job.Total
	}
	return w
}

// importSentence says what came of a file.
func importSentence(v *visit, f *intake.Upload) string {
	r := f.Result
	switch {
	case f.Failed != nil:
		return f.Failed.Say(v.Printer)
	case r == nil && f.Started.IsZero():
		return v.T("console.import.not_started")
	case r == nil:
		return v.T("console.import.under_way")
	case f.Set.Holds == intake.Members:
		return v.T("console.import.took_members", "members", r.Members, "rows", r.Rows, "left", r.Left())
	}
	return v.T("console.import.took_sales", "sales", r.Sales, "returns", r.Returns, "rows", r.Rows, "left", r.Left())
}

// importTone is how well a file was taken: not well if nothing of it was.
func importTone(r *intake.Outcome) web.Tone {
	if r.Rows > 0 && r.Left() == r.Rows {
		return web.Warn
	}
	return web.Good
}

// reasonTable counts the rows that were left out, by reason.
func (p *importPage) reasonTable() web.Table {
	t := web.Table{Caption: p.T("console.import.left_out"), ShowCaption: true, Columns: []web.Column{
		{Head: p.T("console.import.reason")}, {Head: p.T("console.import.rows"), Figures: true},
	}}
	for _, reason := range intake.Reasons() {
		if n := p.Result.LeftOut[reason]; n > 0 {
			t.Rows = append(t.Rows, web.Row{Cells: []templ.Component{web.Words(p.Say(reason.Name())), web.Words(p.Number(n))}})
		}
	}
	if len(t.Rows) > 0 {
		t.Foot = []templ.Component{web.Words(p.T("web.total")), web.Words(p.Number(p.Result.Left()))}
	}
	return t
}

// facts are the figures of a finished import that its sentence has no room for.
func (p *importPage) facts() []web.Definition {
	r := p.Result
	list := []web.Definition{
		{Term: p.T("console.import.fresh"), About: web.Words(p.Number(r.Fresh))},
		{Term: p.T("console.import.known"), About: web.Words(p.Number(r.Known))},
	}
	if !r.From.IsZero() {
		list = append(list, web.Definition{Term: p.T("console.import.span"), About: web.Words(p.Date(r.From) + " – " + p.Date(r.To))})
	}
	for _, one := range []struct {
		key string
		n   int64
	}{{"rounded", r.Rounded}, {"fees_n", r.SaleFees + r.ReturnFees}, {"unmatched", r.Unmatched}, {"returns_waiting", r.Waiting}} {
		if one.n > 0 {
			list = append(list, web.Definition{Term: p.T("console.import." + one.key), About: web.Words(p.Number(one.n))})
		}
	}
	return list
}

// table lists the imports, the latest first.
func (l *importList) table() web.Table {
	t := web.Table{
		Caption: l.T("console.import.imports"),
		Columns: []web.Column{{Head: l.T("console.import.file")}, {Head: l.T("console.import.when")}, {Head: l.T("console.import.state")}},
		Empty:   importNone(l.visit),
	}
	for _, f := range l.cases {
		t.Rows = append(t.Rows, web.Row{Href: l.at("/import/" + f.ID.In(id.Import)), Quiet: f.Started.IsZero(), Cells: []templ.Component{
			web.TwoLines(f.Name, importSentence(l.visit, f)), web.TwoLines(l.DateTime(f.ID.Time()), l.names[f.Who()]), importBadge(l.visit, f),
		}})
	}
	return t
}

func importBadge(v *visit, f *intake.Upload) templ.Component {
	switch {
	case f.Failed != nil:
		return web.Badge(web.Bad, v.T("console.import.state_failed"))
	case !f.Ended.IsZero():
		return web.Badge(importTone(f.Result), v.T("console.import.state_done"))
	case !f.Started.IsZero():
		return web.Badge(web.Accent, v.T("console.import.state_running"))
	}
	return web.Badge(web.Neutral, v.T("console.import.state_draft"))
}

// encodingOptions are for files that are not recognised by themselves.
func (p *importPage) encodingOptions() []web.Option {
	list := []web.Option{{Label: p.T("console.import.detect")}}
	for _, e := range intake.Encodings() {
		list = append(list, web.Option{Value: string(e), Label: strings.NewReplacer("utf", "UTF", "le", " LE", "be", " BE", "w", "W").Replace(string(e))})
	}
	return web.Choose(list, string(p.Set.Format.Encoding))
}

func (p *importPage) separatorOptions() []web.Option {
	chosen := string(p.Set.Format.Separator)
	if chosen == "\t" {
		chosen = "tab"
	}
	list := []web.Option{{Label: p.T("console.import.detect")}}
	for _, s := range []struct{ value, key string }{{",", "comma"}, {";", "semicolon"}, {"tab", "tab"}, {"|", "bar"}} {
		list = append(list, web.Option{Value: s.value, Label: p.T("console.import.sep_" + s.key)})
	}
	return web.Choose(list, chosen)
}

func (p *importPage) markOptions(chosen intake.Mark, none string, marks ...intake.Mark) []web.Option {
	var list []web.Option
	if none != "" {
		list = append(list, web.Option{Label: p.T(none)})
	}
	for _, m := range marks {
		list = append(list, web.Option{Value: string(m), Label: p.T("console.import.mark_" + string(m))})
	}
	if none == "" && chosen == "" {
		chosen = marks[0]
	}
	return web.Choose(list, string(chosen))
}

// cancelChoice is how returns are told within a file of sales.
func (p *importPage) cancelChoice() string {
	switch {
	case p.Set.Cancellation.Prefix != "":
		return "prefix"
	case p.Set.Cancellation.Negative:
		return "negative"
	}
	return "none"
}

func (p *importPage) shopOptions() []web.Option {
	list := []web.Option{{Label: p.T("console.import.no_constant")}}
	for _, s := range p.shops {
		if !s.Closed {
			list = append(list, web.Option{Value: s.Code, Label: s.Name})
		}
	}
	return web.Choose(list, p.Set.Constants[intake.Shop])
}

// told reports whether a column or a constant has the role.
func (p *importPage) told(role intake.Role) bool { return p.plays(role) || p.Set.Constants[role] != "" }

// plays reports whether a column has the role.
func (p *importPage) plays(role intake.Role) bool {
	_, has := p.Set.Columns[role]
	return has
}

// field is a question of the form, with its help where there is one.
func (p *importPage) field(name, key, value string, width web.Width) web.Field {
	f := web.Field{Name: name, Label: p.T("console.import." + key), Value: value, Error: p.errs[name], Width: width}
	if help := "console.import." + key + "_help"; p.Has(help) {
		f.Help = p.T(help)
	}
	return f
}

// fees are the codes that are no goods, as they stand in the form.
func (p *importPage) fees() string {
	list, _ := joinList(p.Set.Fees)
	return list
}

// holdings are what files can hold, in words.
func (p *importPage) holdings() []web.Option {
	var list []web.Option
	for _, h := range []intake.Holds{intake.Sales, intake.Returns, intake.Members} {
		list = append(list, web.Option{Value: string(h), Label: p.Say(h.Name()), Help: p.T("console.import.holds_" + string(h))})
	}
	return web.Choose(list, string(p.Set.Holds))
}

// looking is a question whose answer changes how the file is read.
func (p *importPage) looking(f web.Field) web.Field {
	f.Attrs = templ.Attributes{"hx-post": p.path("?do=look"), "hx-trigger": "change", "hx-target": "#import-form", "hx-sync": "closest #import-form:replace"}
	return f
}

// constants are the roles that the form takes a constant for.
func (p *importPage) constants() []intake.Role {
	return slices.DeleteFunc(slices.Clone(constantRoles[p.Set.Holds]), func(r intake.Role) bool {
		return r == intake.Shop && len(p.shops) == 0
	})
}

// sampleFile shows what a file of sales may look like.
const sampleFile = `date;receipt;customer;product;name;quantity;amount
09.12.2011 14:05;10231;4711;A-17;Mug, blue;2;15.90
09.12.2011 14:05;10231;4711;B-03;Tea, 100 g;1;6.50`

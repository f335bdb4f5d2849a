package console

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/intake"
	"regulars/internal/jobs"
	"regulars/internal/program"
	"regulars/internal/web"
)

// importPage is one file: how it shall be taken, how far it is, what came of
// it.
type importPage struct {
	*visit
	*intake.Upload
	table intake.Table
	shops []program.Shop
	rows  []intake.PreviewRow
	// wrong is why there is no preview.
	wrong    string
	errs     web.FormErrors
	job      jobs.Info
	underWay bool
}

// extraRole is what a column of a file of members is for that is kept beside
// the rest.
const extraRole = "attribute"

func (c *Console) showImport(v *visit) error {
	p, err := c.importPage(v)
	if err != nil {
		return err
	}
	switch {
	case p.Started.IsZero():
		if err := c.preview(p); err != nil {
			return err
		}
		return v.render(importSetPage(p))
	case web.IsFragment(v.r):
		return v.render(importState(p))
	}
	return v.render(importRunPage(p))
}

func (c *Console) importPage(v *visit) (*importPage, error) {
	f, err := c.theImport(v)
	if err != nil {
		return nil, err
	}
	p := &importPage{visit: v, Upload: f}
	if f.Started.IsZero() {
		p.shops, err = c.Programmes.Shops(v.ctx(), v.actor, v.programme.ID)
		return p, err
	}
	if f.Ended.IsZero() {
		p.job, p.underWay, err = c.Imports.Progress(v.ctx(), f)
	}
	return p, err
}

// setImport takes the answers about a file: shows the preview anew, reads the
// file in another way, or lets it run.
func (c *Console) setImport(v *visit) error {
	p, err := c.importPage(v)
	if err != nil {
		return err
	}
	if !p.Started.IsZero() {
		return v.redirect(p.path(""))
	}
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	do := v.doing()
	if err := c.readAnswers(p, do); err != nil {
		return err
	}
	if err := c.Imports.Keep(p.Upload); err != nil {
		return err
	}
	if do == "run" {
		return c.startImport(p)
	}
	if err := c.preview(p); err != nil {
		return err
	}
	switch {
	case !web.IsFragment(v.r):
		return v.render(importSetPage(p))
	case do == "look":
		return v.render(importForm(p))
	}
	return v.render(importPreview(p))
}

// readAnswers fills the settings from the form. Where the file is to be read in
// another way, the columns are suggested anew.
func (c *Console) readAnswers(p *importPage, do string) error {
	in := p.r.PostForm
	before := p.Set
	p.Set = readSettings(in, p.Columns, p.ownSettings())
	if do != "look" || before.Holds == p.Set.Holds && before.Format == p.Set.Format {
		return nil
	}
	base := p.ownSettings()
	base.Holds, base.Format, base.Source = p.Set.Holds, p.Set.Format, p.Set.Source
	err := c.Imports.Suggest(p.Upload, base)
	if f := fault.As(err); f != nil {
		p.Set.Format = before.Format
		p.errs = web.FormErrors{"separator": p.Fault(f)}
		return nil
	}
	return err
}

// readSettings reads the settings as the form has them.
func readSettings(in url.Values, columns []string, own intake.Settings) intake.Settings {
	s := own
	s.Holds = intake.Holds(in.Get("holds"))
	s.Source = strings.TrimSpace(in.Get("source"))
	s.Format = intake.Format{Encoding: intake.Encoding(in.Get("encoding")), Separator: readSeparator(in.Get("separator")), NoHeader: in.Get("no_header") != ""}
	s.Columns, s.Attributes = map[intake.Role]string{}, map[string]string{}
	for i, column := range columns {
		switch role := in.Get("col." + strconv.Itoa(i)); role {
		case "":
		case extraRole:
			s.Attributes[column] = column
		default:
			s.Columns[intake.Role(role)] = column
		}
	}
	s.Dates = splitDates(in.Get("dates"))
	s.Zone = strings.TrimSpace(in.Get("zone"))
	s.Numbers = intake.Numbers{Decimal: intake.Mark(in.Get("decimal")), Thousands: intake.Mark(in.Get("thousands"))}
	s.NameOrder = intake.NameOrder(in.Get("name_order"))
	s.Duplicates = intake.Policy(in.Get("duplicates"))
	s.Constants = readConstants(in)
	if s.Holds != intake.Sales {
		return s
	}
	s.Fees = splitList(in.Get("fees"))
	s.WithoutCustomer = intake.Policy(in.Get("without_customer"))
	switch in.Get("cancel") {
	case "prefix":
		s.Cancellation.Prefix = strings.TrimSpace(in.Get("prefix"))
	case "negative":
		s.Cancellation.Negative = true
	}
	return s
}

func readSeparator(s string) intake.Separator {
	if s == "tab" {
		return "\t"
	}
	return intake.Separator(s)
}

func splitDates(s string) []string {
	var list []string
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return r == ';' || r == '\n' }) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// constantRoles are the roles for which the form takes one value for all rows.
var constantRoles = map[intake.Holds][]intake.Role{
	intake.Sales:   {intake.Shop, intake.Channel, intake.Quantity},
	intake.Returns: {intake.Shop, intake.Channel, intake.Quantity},
	intake.Members: {intake.Language, intake.Tags},
}

func readConstants(in url.Values) map[intake.Role]string {
	constants := map[intake.Role]string{}
	for _, role := range constantRoles[intake.Holds(in.Get("holds"))] {
		if value := strings.TrimSpace(in.Get("const." + string(role))); value != "" {
			constants[role] = value
		}
	}
	return constants
}

// twice returns two columns that are to play one role, which the settings
// cannot hold.
func twice(in url.Values, columns []string) (role string, found bool) {
	seen := map[string]bool{}
	for i := range columns {
		role := in.Get("col." + strconv.Itoa(i))
		if role != "" && role != extraRole && seen[role] {
			return role, true
		}
		seen[role] = true
	}
	return "", false
}

// check returns what is wrong with the settings, by field.
func (p *importPage) check() web.FormErrors {
	if role, found := twice(p.r.PostForm, p.Columns); found {
		return web.FormErrors{"": p.T("console.import.twice", "role", intake.Role(role).Name())}
	}
	f := fault.As(p.Set.Check(p.Columns))
	if f == nil {
		return nil
	}
	return web.FormErrors{importField(f.Field): p.Fault(f)}
}

// importField turns the JSON pointer of the settings into the form's field.
func importField(pointer string) string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	switch parts[0] {
	case "dates", "zone", "holds", "source", "duplicates", "without_customer", "name_order":
		return parts[0]
	case "numbers":
		return "decimal"
	case "cancellation":
		return "cancel"
	case "format":
		return parts[len(parts)-1]
	case "constants":
		return "const." + parts[len(parts)-1]
	}
	return ""
}

// preview reads the first rows as the settings would take them.
func (c *Console) preview(p *importPage) error {
	open := c.Imports.Opener(p.Upload, p.Set.Format)
	var err error
	if p.table, err = intake.Sample(open, 3); err != nil {
		return err
	}
	if errs := p.check(); len(errs) > 0 {
		for _, said := range errs {
			p.wrong = said
		}
		return nil
	}
	p.rows, err = intake.Preview(open, p.Set, intake.Sampled, c.Now())
	if f := fault.As(err); f != nil {
		p.wrong = p.Fault(f)
		return nil
	}
	return err
}

// startImport leaves the work to a job.
func (c *Console) startImport(p *importPage) error {
	if errs := p.check(); len(errs) > 0 {
		if err := c.preview(p); err != nil {
			return err
		}
		return p.mendAll(errs, func(errs web.FormErrors) templ.Component {
			p.errs = errs
			return importSetPage(p)
		})
	}
	if err := c.Imports.Start(p.ctx(), p.actor, p.Upload, p.visit.Lang()); err != nil {
		return err
	}
	return p.redirect(p.path(""))
}

// path is the address of the import, or of what is done to it.
func (p *importPage) path(verb string) string { return p.at("/import/" + p.ID.In(id.Import) + verb) }

// role returns what a column is for.
func (p *importPage) role(column string) string {
	for role, of := range p.Set.Columns {
		if of == column {
			return string(role)
		}
	}
	if _, extra := p.Set.Attributes[column]; extra {
		return extraRole
	}
	return ""
}

// roleOptions lists what a column can be for.
func (p *importPage) roleOptions(column string) []web.Option {
	list := []web.Option{{Label: p.T("console.import.unused")}}
	for _, role := range intake.Roles(p.Set.Holds) {
		list = append(list, web.Option{Value: string(role), Label: p.Say(role.Name())})
	}
	if p.Set.Holds == intake.Members {
		list = append(list, web.Option{Value: extraRole, Label: p.T("console.import.extra")})
	}
	return web.Choose(list, p.role(column))
}

// examples are the first values of a column.
func (p *importPage) examples(i int) string {
	var list []string
	for _, row := range p.table.Rows {
		if i < len(row) && strings.TrimSpace(row[i]) != "" && !slices.Contains(list, row[i]) {
			list = append(list, clip(row[i]))
		}
	}
	return cmp.Or(strings.Join(list, " · "), p.T("console.import.no_value"))
}

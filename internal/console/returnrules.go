package console

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/fault"
	"regulars/internal/returns"
	"regulars/internal/web"
)

// returnRulesPage is what the programme chooses about returns: its rules, one
// below the other, and an empty one to add.
type returnRulesPage struct {
	*visit
	set     returns.Setting
	version int64
	errs    web.FormErrors
}

func (c *Console) meetReturnRules(v *visit) (*returnRulesPage, error) {
	p := &returnRulesPage{visit: v}
	var err error
	p.set, p.version, err = c.Returns.Setting(v.ctx(), v.actor, v.programme.ID)
	return p, err
}

func (c *Console) returnRules(v *visit) error {
	p, err := c.meetReturnRules(v)
	if err != nil {
		return err
	}
	return v.render(returnRulesForm(p))
}

func (c *Console) saveReturnRules(v *visit) error {
	p, err := c.meetReturnRules(v)
	if err != nil {
		return err
	}
	typed, rows, err := p.typed()
	if err != nil {
		err = fault.Gather(err, typed.Check())
	} else {
		err = c.Returns.SetSetting(v.ctx(), v.actor, v.programme.ID, v.seenVersion(), typed)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = returnsNamed(errs, rows)
			return returnRulesForm(p)
		})
	}
	return v.done(v.at("/returns/rules"), "console.promise.saved")
}

// rows are how many rules the form has: those that are kept and an empty one, or
// as many as were sent.
func (p *returnRulesPage) rows() int {
	if p.visit.r.Method == "POST" {
		n, _ := strconv.Atoi(p.field("rows"))
		return max(0, min(n, 60))
	}
	return len(p.set.Rules) + 1
}

// rule is what is kept in a row; an empty one for the last.
func (p *returnRulesPage) rule(row int) returns.Rule {
	if row < len(p.set.Rules) {
		return p.set.Rules[row]
	}
	return returns.Rule{Days: 14, Outcomes: []returns.Outcome{returns.ForMoney}}
}

// typedRule is a rule of the form with its row and where it wants to stand.
type typedRule struct {
	returns.Rule
	row   int
	place int64
}

// typed reads the form, from which row each of its rules came, and all that cannot
// be read of it.
func (p *returnRulesPage) typed() (n returns.Setting, rows []int, err error) {
	n = returns.Setting{Open: p.field("open") != "", Address: p.lines("address"), WalletID: p.set.WalletID, Words: map[string]string{}}
	for _, figure := range []struct {
		name string
		into *int
	}{{"answer_days", &n.AnswerDays}, {"refund_days", &n.RefundDays}, {"gift_months", &n.GiftMonths}} {
		read, unread := p.figures().read(p.field(figure.name), 0)
		err = fault.Gather(err, placed(unread, "/"+figure.name))
		*figure.into = int(min(read, 1_000_000))
	}
	for _, lang := range []string{"en", "ru", "pl"} {
		if words := p.field("words_" + lang); words != "" {
			n.Words[lang] = words
		}
	}
	var list []typedRule
	for row := range p.rows() {
		if p.field(at("name", row)) == "" || p.field(at("remove", row)) != "" {
			continue
		}
		r, unread := p.typedRule(row)
		err = fault.Gather(err, unread)
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b typedRule) int { return cmp.Compare(a.place, b.place) })
	for _, r := range list {
		n.Rules, rows = append(n.Rules, r.Rule), append(rows, r.row)
	}
	return n, rows, err
}

// lines is what a field holds, with line breaks of one kind.
func (v *visit) lines(name string) string {
	return strings.TrimSpace(strings.ReplaceAll(v.r.FormValue(name), "\r\n", "\n"))
}

// at is the name of a field of a row.
func at(name string, row int) string { return name + "_" + strconv.Itoa(row) }

func (p *returnRulesPage) typedRule(row int) (r typedRule, err error) {
	r.row = row
	r.Rule = returns.Rule{
		Name: p.field(at("name", row)), Never: p.field(at("never", row)) != "", Strict: p.field(at("strict", row)) != "", Photo: p.field(at("photo", row)) != "",
		SKUs: parted(p.field(at("skus", row))), Brands: parted(p.field(at("brands", row))), Categories: parted(p.field(at("categories", row))),
		Countries: parted(strings.ToUpper(p.field(at("countries", row)))),
	}
	if row < len(p.set.Rules) {
		r.ID = p.set.Rules[row].ID
	}
	for _, o := range p.visit.r.Form[at("outcomes", row)] {
		r.Outcomes = append(r.Outcomes, returns.Outcome(o))
	}
	var days int64
	for _, figure := range []struct {
		name     string
		decimals int
		into     *int64
	}{{"place", 0, &r.place}, {"days", 0, &days}, {"fee", p.programme.Currency.Decimals(), &r.Fee}, {"keep_share", 2, &r.KeepShare}} {
		var unread error
		*figure.into, unread = p.figures().read(p.field(at(figure.name, row)), figure.decimals)
		err = fault.Gather(err, placed(unread, "/"+at(figure.name, row)))
	}
	r.Days = int(min(days, 1_000_000))
	return r, err
}

// parted reads a list of values with commas between them.
func parted(s string) []string {
	var list []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// returnsNamed turns the pointers of failures into names of fields: those of a rule
// into the fields of the row that it came from. A field that could not be read says
// so, whatever else is wrong with what it holds then.
func returnsNamed(errs web.FormErrors, rows []int) web.FormErrors {
	named := web.FormErrors{}
	for _, pointer := range slices.SortedFunc(maps.Keys(errs), func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), strings.Compare(a, b))
	}) {
		name := pointer
		parts := strings.Split(pointer, "/")
		switch {
		case len(parts) == 3 && parts[0] == "rules":
			if n, err := strconv.Atoi(parts[1]); err == nil && n < len(rows) {
				name = at(parts[2], rows[n])
			}
		case len(parts) == 2 && parts[0] == "words":
			name = "words_" + parts[1]
		}
		named.Add(name, errs[pointer])
	}
	return named
}

// shown is what a field of a row holds.
func (p *returnRulesPage) shown(name string, row int, kept string) string {
	if p.visit.r.Method == "POST" {
		return p.field(at(name, row))
	}
	return kept
}

// ticked reports whether a box of a row is ticked.
func (p *returnRulesPage) ticked(name string, row int, kept bool) bool {
	if p.visit.r.Method == "POST" {
		return p.field(at(name, row)) != ""
	}
	return kept
}

func (p *returnRulesPage) show(name, kept string) string {
	if p.visit.r.Method == "POST" {
		return p.visit.r.FormValue(name)
	}
	return kept
}

// outcomes are the choices of a row.
func (p *returnRulesPage) outcomes(row int) []web.Option {
	chosen := map[returns.Outcome]bool{}
	if p.visit.r.Method == "POST" {
		for _, o := range p.visit.r.Form[at("outcomes", row)] {
			chosen[returns.Outcome(o)] = true
		}
	} else {
		for _, o := range p.rule(row).Outcomes {
			chosen[o] = true
		}
	}
	var list []web.Option
	for _, o := range returns.Outcomes() {
		list = append(list, web.Option{Value: string(o), Label: p.Say(o.Text()), Chosen: chosen[o]})
	}
	return list
}

// spare reports whether a row is the empty one below others: it is folded.
func (p *returnRulesPage) spare(row int) bool {
	return p.visit.r.Method != "POST" && row > 0 && row >= len(p.set.Rules)
}

// heading names a row.
func (p *returnRulesPage) heading(row int) string {
	if row < len(p.set.Rules) {
		return p.set.Rules[row].Name
	}
	return p.T("console.return.new_rule")
}

// lists are the fields of a rule that hold several values.
func (p *returnRulesPage) lists(r returns.Rule) [][2]string {
	return [][2]string{
		{"skus", strings.Join(r.SKUs, ", ")}, {"brands", strings.Join(r.Brands, ", ")}, {"categories", strings.Join(r.Categories, ", ")}, {"countries", strings.Join(r.Countries, ", ")},
	}
}

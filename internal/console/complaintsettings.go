package console

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/web"
)

// caseSettings is what holds for complaints, as a form.
type caseSettings struct {
	*visit
	set     complaint.Settings
	version int64
	shops   []program.Shop
	staff   crew
	wallets []ledger.Wallet
	batches []promo.BatchSummary
	// rows are where the lines of the table stand that were typed.
	rows []int
	errs web.FormErrors
}

func (c *Console) meetCaseSettings(v *visit) (*caseSettings, error) {
	p := &caseSettings{visit: v}
	var err error
	if p.set, p.version, err = c.Complaints.Settings(v.ctx(), v.actor, v.programme.ID); err != nil {
		return nil, err
	}
	if p.shops, err = program.Shops(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return nil, err
	}
	if p.wallets, err = ledger.Wallets(v.ctx(), c.DB.Reader(), v.programme.ID); err != nil {
		return nil, err
	}
	ourselves := auth.System("console")
	if p.staff, err = c.Auth.ListStaff(v.ctx(), ourselves, v.programme.ID); err != nil {
		return nil, err
	}
	p.batches, err = c.Promo.Batches(v.ctx(), ourselves, promo.BatchQuery{ProgrammeID: v.programme.ID, Limit: 200})
	p.batches = slices.DeleteFunc(p.batches, func(b promo.BatchSummary) bool { return b.Kind != promo.PersonalCodes || !b.Cancelled.IsZero() })
	return p, err
}

func (c *Console) caseSettings(v *visit) error {
	p, err := c.meetCaseSettings(v)
	if err != nil {
		return err
	}
	return v.render(caseSettingsPage(p))
}

func (c *Console) saveCaseSettings(v *visit) error {
	p, err := c.meetCaseSettings(v)
	if err != nil {
		return err
	}
	typed, wrong := p.typed()
	if wrong != nil {
		err = fault.Gather(fault.Join(wrong...), typed.Check())
	} else {
		_, err = c.Complaints.SetSettings(v.ctx(), v.actor, v.programme.ID, v.seenVersion(), typed)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = p.named(errs)
			return caseSettingsPage(p)
		})
	}
	return v.done(v.at("/complaints/settings"), "console.case.settings_saved")
}

// named turns the pointers of failures into names of fields. A field that could not
// be read says so, whatever else is wrong with what it holds then.
func (p *caseSettings) named(errs web.FormErrors) web.FormErrors {
	named := web.FormErrors{}
	for _, pointer := range slices.SortedFunc(maps.Keys(errs), func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), strings.Compare(a, b))
	}) {
		text := errs[pointer]
		first, rest, _ := strings.Cut(pointer, "/")
		switch first {
		case "reasons", "causes", "legal":
			pointer = first
		case "week":
			pointer = "week_" + cmp.Or(rest, "0")
		case "shops":
			code, day, _ := strings.Cut(rest, "/")
			pointer = "shop_" + code + "_" + cmp.Or(day, "0")
		case "targets":
			pointer = "first_" + rest
		case "remedies":
			if i, err := strconv.Atoi(rest); err == nil && i < len(p.rows) {
				pointer = "share_" + strconv.Itoa(p.rows[i])
			}
		case "limits":
			pointer = "limit_" + rest
		case "superiors":
			pointer = "superior_" + rest
		}
		named.Add(pointer, text)
	}
	return named
}

// typed reads the form, and says what of it cannot be read. What it does not ask for
// stays.
func (p *caseSettings) typed() (complaint.Settings, []*fault.Error) {
	n := p.set
	n.Business, n.Country = complaint.Business(p.field("business")), strings.ToUpper(p.field("country"))
	n.Holidays, n.Workdays = strings.Fields(p.field("holidays")), strings.Fields(p.field("workdays"))
	p.typedCodes(&n)
	return n, slices.Concat(p.typedWeeks(&n), p.typedTerms(&n), p.typedRemedies(&n), p.typedSums(&n))
}

// number reads a figure of the form, and notes what is wrong with it.
func (p *caseSettings) number(name string, decimals int, wrong *[]*fault.Error) int64 {
	n, err := p.figures().read(p.field(name), decimals)
	*wrong = append(*wrong, fault.All(placed(err, "/"+name))...)
	return n
}

// typedCodes reads reasons and causes, one a line; names in other languages
// stay. Another business brings its own reasons, unless others were written.
func (p *caseSettings) typedCodes(n *complaint.Settings) {
	lang := string(p.Lang())
	names := func(old map[string]string, text, shown string) map[string]string {
		if text == shown {
			return old // as it stood, ours or their own
		}
		all := map[string]string{}
		for l, t := range old {
			all[l] = t
		}
		if delete(all, lang); text != "" {
			all[lang] = text
		}
		return all
	}
	if n.Business != p.set.Business && sameLines(p.field("reasons"), p.reasonLines()) && slices.Contains(complaint.Businesses(), n.Business) {
		n.Reasons = complaint.StartingReasons(n.Business)
	} else {
		n.Reasons = nil
		for _, parts := range codeLines(p.field("reasons")) {
			r := complaint.Reason{Code: parts[0], Severity: p.severity(parts[1])}
			for _, old := range p.set.Reasons {
				if old.Code == r.Code {
					r.Names = old.Names
				}
			}
			r.Names = names(r.Names, parts[2], p.Say(p.set.ReasonText(r.Code, p.Lang())))
			n.Reasons = append(n.Reasons, r)
		}
	}
	n.Causes = nil
	for _, parts := range codeLines(p.field("causes")) {
		c := complaint.Cause{Code: parts[0]}
		for _, old := range p.set.Causes {
			if old.Code == c.Code {
				c.Names = old.Names
			}
		}
		c.Names = names(c.Names, parts[1], p.Say(p.set.CauseText(c.Code, p.Lang())))
		n.Causes = append(n.Causes, c)
	}
}

// codeLines reads lines of three parts with semicolons between them.
func codeLines(text string) (list [][3]string) {
	for line := range strings.Lines(text) {
		var parts [3]string
		for i, part := range strings.SplitN(strings.TrimSpace(line), ";", 3) {
			parts[i] = strings.TrimSpace(part)
		}
		if parts[0] != "" {
			list = append(list, parts)
		}
	}
	return list
}

func sameLines(a, b string) bool { return slices.Equal(strings.Fields(a), strings.Fields(b)) }

// typedWeeks reads the hours. A shop without any goes by the programme's.
func (p *caseSettings) typedWeeks(n *complaint.Settings) (wrong []*fault.Error) {
	n.Week = p.typedWeek("week", "/week", &wrong)
	n.Shops = map[string]complaint.Week{}
	for _, s := range p.shops {
		if w := p.typedWeek("shop_"+s.Code, "/shops/"+s.Code, &wrong); w != (complaint.Week{}) {
			n.Shops[s.Code] = w
		}
	}
	return wrong
}

// typedWeek reads the hours of a week that fields of a name were filled with.
func (v *visit) typedWeek(name, pointer string, wrong *[]*fault.Error) (w complaint.Week) {
	for i := range w {
		typed := strings.NewReplacer("–", "-", "—", "-", " ", "").Replace(v.field(name + "_" + strconv.Itoa(i)))
		if typed == "" {
			continue
		}
		from, to, both := strings.Cut(typed, "-")
		var begins, ends bool
		var h complaint.Hours
		h.From, begins = complaint.ReadTime(from)
		h.To, ends = complaint.ReadTime(to)
		if !both || !begins || !ends || h.From >= h.To {
			*wrong = append(*wrong, fault.Invalid("case_span", "write hours as 09:00-18:00").At(pointer+"/"+strconv.Itoa(i)))
			h = complaint.Hours{To: 24 * 60} // what is wrong is told here alone
		}
		w[i] = h
	}
	return w
}

// typedTerms reads when an answer is due, by our clock and by the law, and who
// gets what is overdue.
func (p *caseSettings) typedTerms(n *complaint.Settings) (wrong []*fault.Error) {
	n.Targets = map[complaint.Severity]complaint.Target{}
	for _, s := range complaint.Severities() {
		minutes := func(name string) int {
			return int((min(p.number(name+"_"+string(s), 2, &wrong), 1_000_000)*60 + 50) / 100)
		}
		readable := len(wrong)
		t := complaint.Target{First: minutes("first"), Solve: minutes("solve")}
		if len(wrong) > readable {
			t = p.set.Targets[s]
		}
		n.Targets[s] = t
	}
	n.Legal = map[string]int{}
	for line := range strings.Lines(p.field("legal")) {
		parts := strings.Fields(line)
		if len(parts) == 0 {
			continue
		}
		days, err := strconv.Atoi(parts[len(parts)-1])
		if err != nil || len(parts) != 2 {
			wrong = append(wrong, fault.Invalid("case_legal", "write a country and days on each line, as PL 14").At("/legal"))
			continue
		}
		n.Legal[strings.ToUpper(parts[0])] = days
	}
	n.Superiors = nil
	for i := range p.superiorRows() {
		if who := p.staff.named(p.field("superior_" + strconv.Itoa(i))); who != 0 {
			n.Superiors = append(n.Superiors, who)
		}
	}
	return wrong
}

// typedRemedies reads the table of compensations; a line without a sum is left
// out.
func (p *caseSettings) typedRemedies(n *complaint.Settings) (wrong []*fault.Error) {
	n.Remedies, p.rows = nil, nil
	for i := range p.remedyRows() {
		row := "_" + strconv.Itoa(i)
		r := complaint.Remedy{Reason: p.field("reason" + row), Severity: complaint.Severity(p.field("severity" + row)), Kind: complaint.Means(p.field("kind" + row))}
		r.Share, r.Fixed = p.number("share"+row, 2, &wrong), p.number("fixed"+row, p.programme.Currency.Decimals(), &wrong)
		if r.Share != 0 || r.Fixed != 0 {
			n.Remedies, p.rows = append(n.Remedies, r), append(p.rows, i)
		}
	}
	return wrong
}

// typedSums reads limits and what else is a number, and where points and codes
// come from.
func (p *caseSettings) typedSums(n *complaint.Settings) (wrong []*fault.Error) {
	n.Limits = map[string]int64{}
	decimals := p.programme.Currency.Decimals()
	for _, role := range p.limited() {
		if p.field("limit_"+role) != "" {
			n.Limits[role] = p.number("limit_"+role, decimals, &wrong)
		}
	}
	n.Cap, n.Unpriced = p.number("cap", 2, &wrong), p.number("unpriced", decimals, &wrong)
	n.GiftMonths = int(min(p.number("gift_months", 0, &wrong), 1_000))
	n.Acknowledge = p.field("acknowledge") != ""
	n.WalletID, n.BatchID = 0, 0
	for _, w := range p.wallets {
		if w.ID.In(id.Wallet) == p.field("wallet") {
			n.WalletID = w.ID
		}
	}
	for _, b := range p.batches {
		if b.ID.In(id.Batch) == p.field("batch") {
			n.BatchID = b.ID
		}
	}
	return wrong
}

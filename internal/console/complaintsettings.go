package console

import (
	"cmp"
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
	staff   []auth.Staff
	wallets []ledger.Wallet
	batches []promo.BatchSummary
	errs    web.FormErrors
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
	typed, err := p.typed()
	if err == nil {
		seen := v.seenVersion()
		_, err = c.Complaints.SetSettings(v.ctx(), v.actor, v.programme.ID, seen, typed)
	}
	if err != nil {
		return v.mend(err, func(errs web.FormErrors) component {
			p.errs = p.named(errs)
			return caseSettingsPage(p)
		})
	}
	return v.done(v.at("/complaints/settings"), "console.case.settings_saved")
}

// named turns the pointers of failures into names of fields.
func (p *caseSettings) named(errs web.FormErrors) web.FormErrors {
	named := web.FormErrors{}
	for pointer, text := range errs {
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
			pointer = "share_" + rest
		case "limits":
			pointer = "limit_" + rest
		case "superiors":
			pointer = "superior_" + rest
		}
		named[pointer] = text
	}
	return named
}

// typed reads the form. What it does not ask for stays.
func (p *caseSettings) typed() (complaint.Settings, error) {
	n := p.set
	n.Business, n.Country = complaint.Business(p.field("business")), strings.ToUpper(p.field("country"))
	n.Holidays, n.Workdays = strings.Fields(p.field("holidays")), strings.Fields(p.field("workdays"))
	for _, read := range []func(*complaint.Settings) error{p.typedCodes, p.typedWeeks, p.typedTerms, p.typedRemedies, p.typedSums} {
		if err := read(&n); err != nil {
			return n, err
		}
	}
	return n, nil
}

// typedCodes reads reasons and causes, one a line; names in other languages
// stay. Another business brings its own reasons, unless others were written.
func (p *caseSettings) typedCodes(n *complaint.Settings) error {
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
	return nil
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
func (p *caseSettings) typedWeeks(n *complaint.Settings) (err error) {
	if n.Week, err = p.typedWeek("week", "/week"); err != nil {
		return err
	}
	n.Shops = map[string]complaint.Week{}
	for _, s := range p.shops {
		w, err := p.typedWeek("shop_"+s.Code, "/shops/"+s.Code)
		if err != nil {
			return err
		}
		if w != (complaint.Week{}) {
			n.Shops[s.Code] = w
		}
	}
	return nil
}

func (p *caseSettings) typedWeek(name, pointer string) (w complaint.Week, err error) {
	for i := range w {
		typed := strings.NewReplacer("–", "-", "—", "-", " ", "").Replace(p.field(name + "_" + strconv.Itoa(i)))
		if typed == "" {
			continue
		}
		from, to, both := strings.Cut(typed, "-")
		var begins, ends bool
		w[i].From, begins = complaint.ReadTime(from)
		w[i].To, ends = complaint.ReadTime(to)
		if !both || !begins || !ends || w[i].From >= w[i].To {
			return w, fault.Invalid("case_span", "write hours as 09:00-18:00").At(pointer + "/" + strconv.Itoa(i))
		}
	}
	return w, nil
}

// typedTerms reads when an answer is due, by our clock and by the law, and who
// gets what is overdue.
func (p *caseSettings) typedTerms(n *complaint.Settings) error {
	n.Targets = map[complaint.Severity]complaint.Target{}
	for _, s := range complaint.Severities() {
		var t complaint.Target
		for name, into := range map[string]*int{"first": &t.First, "solve": &t.Solve} {
			name += "_" + string(s)
			hundredths, err := p.figures().read(p.field(name), 2)
			if err != nil {
				return placed(err, "/"+name)
			}
			*into = int((min(hundredths, 1_000_000)*60 + 50) / 100)
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
			return fault.Invalid("case_legal", "write a country and days on each line, as PL 14").At("/legal")
		}
		n.Legal[strings.ToUpper(parts[0])] = days
	}
	n.Superiors = nil
	for i := range p.superiorRows() {
		for _, s := range p.staff {
			if s.ID.In(id.Staff) == p.field("superior_"+strconv.Itoa(i)) {
				n.Superiors = append(n.Superiors, s.ID)
			}
		}
	}
	return nil
}

// typedRemedies reads the table of compensations; a line without a sum is left
// out.
func (p *caseSettings) typedRemedies(n *complaint.Settings) error {
	n.Remedies = nil
	for i := range p.remedyRows() {
		row := "_" + strconv.Itoa(i)
		r := complaint.Remedy{Reason: p.field("reason" + row), Severity: complaint.Severity(p.field("severity" + row)), Kind: complaint.Means(p.field("kind" + row))}
		var err error
		if r.Share, err = p.figures().read(p.field("share"+row), 2); err != nil {
			return placed(err, "/share"+row)
		}
		if r.Fixed, err = p.figures().read(p.field("fixed"+row), p.programme.Currency.Decimals()); err != nil {
			return placed(err, "/fixed"+row)
		}
		if r.Share != 0 || r.Fixed != 0 {
			n.Remedies = append(n.Remedies, r)
		}
	}
	return nil
}

// typedSums reads limits and what else is a number, and where points and codes
// come from.
func (p *caseSettings) typedSums(n *complaint.Settings) error {
	n.Limits = map[string]int64{}
	decimals := p.programme.Currency.Decimals()
	for _, role := range p.limited() {
		typed := p.field("limit_" + role)
		if typed == "" {
			continue
		}
		sum, err := p.figures().read(typed, decimals)
		if err != nil {
			return placed(err, "/limit_"+role)
		}
		n.Limits[role] = sum
	}
	var months int64
	for _, figure := range []struct {
		name     string
		decimals int
		into     *int64
	}{{"cap", 2, &n.Cap}, {"unpriced", decimals, &n.Unpriced}, {"gift_months", 0, &months}} {
		var err error
		if *figure.into, err = p.figures().read(p.field(figure.name), figure.decimals); err != nil {
			return placed(err, "/"+figure.name)
		}
	}
	n.GiftMonths = int(min(months, 1_000))
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
	return nil
}

package console

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/complaint"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/web"
)

// show returns what a field holds: what was typed, or else what is kept.
func (p *caseSettings) show(name, kept string) string {
	if p.r.Method == "POST" {
		return p.field(name)
	}
	return kept
}

func (p *caseSettings) businessOptions() []web.Option {
	var list []web.Option
	for _, b := range complaint.Businesses() {
		list = append(list, web.Option{Value: string(b), Label: p.Say(b.Text())})
	}
	return web.Choose(list, p.show("business", string(p.set.Business)))
}

// reasonLines are the reasons as they are written, one a line.
func (p *caseSettings) reasonLines() string {
	var b strings.Builder
	for _, r := range p.set.Reasons {
		b.WriteString(codeLine(r.Code, p.Say(r.Severity.Text()), p.Say(p.set.ReasonText(r.Code, p.Lang()))))
	}
	return b.String()
}

// severity reads how bad something is, by the word for it or its code.
func (p *caseSettings) severity(text string) complaint.Severity {
	for _, s := range complaint.Severities() {
		if strings.EqualFold(text, p.Say(s.Text())) {
			return s
		}
	}
	return complaint.Severity(text)
}

func (p *caseSettings) causeLines() string {
	var b strings.Builder
	for _, c := range p.set.Causes {
		b.WriteString(codeLine(c.Code, p.Say(p.set.CauseText(c.Code, p.Lang()))))
	}
	return b.String()
}

func codeLine(parts ...string) string {
	for len(parts) > 1 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	return strings.Join(parts, "; ") + "\n"
}

func (p *caseSettings) legalLines() string {
	var b strings.Builder
	for _, c := range slices.Sorted(maps.Keys(p.set.Legal)) {
		b.WriteString(c + " " + strconv.Itoa(p.set.Legal[c]) + "\n")
	}
	return b.String()
}

// opened reports whether a shop's hours are shown: it has its own, or they must
// be mended.
func (p *caseSettings) opened(code string) bool {
	for name := range p.errs {
		if strings.HasPrefix(name, "shop_"+code+"_") {
			return true
		}
	}
	return p.set.Shops[code] != (complaint.Week{})
}

// hours are those of a day as they are written; none is empty.
func hours(h complaint.Hours) string {
	if h.From == h.To {
		return ""
	}
	return complaint.ShowTime(h.From) + "–" + complaint.ShowTime(h.To)
}

// working writes minutes as hours, without decimals where there are none.
func (p *caseSettings) working(minutes int) string {
	if minutes%60 == 0 {
		return strconv.Itoa(minutes / 60)
	}
	return p.figures().show(int64(minutes*100+30)/60, 2)
}

func (p *caseSettings) money(n int64) string {
	return p.figures().show(n, p.programme.Currency.Decimals())
}

// hundredths writes ten-thousandths as per cent; nothing is empty.
func (p *caseSettings) hundredths(n int64) string {
	switch {
	case n == 0:
		return ""
	case n%100 == 0:
		return strconv.FormatInt(n/100, 10)
	}
	return p.figures().show(n, 2)
}

func (p *caseSettings) sum(n int64) string {
	if n == 0 {
		return ""
	}
	return p.money(n)
}

// superiorRows are the steps of escalation with room for one more, three at
// least.
func (p *caseSettings) superiorRows() []id.ID {
	rows := slices.Clone(p.set.Superiors)
	for len(rows) < 3 || len(rows) == len(p.set.Superiors) && len(rows) < 10 {
		rows = append(rows, 0)
	}
	return rows
}

func (p *caseSettings) superiorOptions(i int, kept id.ID) []web.Option {
	return web.Choose(p.staff.options(p.T("console.case.superior_none"), kept, 0), p.show("superior_"+strconv.Itoa(i), shownStaff(kept)))
}

// remedyRows are the lines of the table with two more to fill in.
func (p *caseSettings) remedyRows() []complaint.Remedy {
	return append(slices.Clone(p.set.Remedies), complaint.Remedy{Kind: complaint.Points}, complaint.Remedy{Kind: complaint.Points})
}

func (p *caseSettings) remedyReasons(row string, kept complaint.Remedy) []web.Option {
	list := []web.Option{{Label: p.T("console.case.any")}}
	for _, r := range p.set.Reasons {
		list = append(list, web.Option{Value: r.Code, Label: p.Say(p.set.ReasonText(r.Code, p.Lang()))})
	}
	return web.Choose(list, p.show("reason"+row, kept.Reason))
}

func (p *caseSettings) remedySeverities(row string, kept complaint.Remedy) []web.Option {
	list := []web.Option{{Label: p.T("console.case.any")}}
	for _, s := range complaint.Severities() {
		list = append(list, web.Option{Value: string(s), Label: p.Say(s.Text())})
	}
	return web.Choose(list, p.show("severity"+row, string(kept.Severity)))
}

func (p *caseSettings) remedyMeans(row string, kept complaint.Remedy) []web.Option {
	var list []web.Option
	for _, k := range complaint.AllMeans() {
		list = append(list, web.Option{Value: string(k), Label: p.Say(k.Text())})
	}
	return web.Choose(list, p.show("kind"+row, string(kept.Kind)))
}

// limited are the roles that give compensations, and the keys of the API.
func (p *caseSettings) limited() []string {
	var list []string
	for _, r := range auth.Roles() {
		if slices.Contains(r.Permissions(), auth.CasesCompensate) || p.set.Limits[string(r)] > 0 {
			list = append(list, string(r))
		}
	}
	return append(list, "key")
}

func (p *caseSettings) limitLabel(role string) string {
	if role == "key" {
		return p.T("console.case.limit_key")
	}
	return p.Say(auth.Role(role).Text())
}

func (p *caseSettings) limit(role string) string {
	n, set := p.set.Limits[role]
	if !set {
		return ""
	}
	return p.money(n)
}

func (p *caseSettings) walletOptions() []web.Option {
	list := []web.Option{{Label: p.T("console.case.wallet_first")}}
	for _, w := range p.wallets {
		list = append(list, web.Option{Value: w.ID.In(id.Wallet), Label: w.Name})
	}
	kept := ""
	if p.set.WalletID != 0 {
		kept = p.set.WalletID.In(id.Wallet)
	}
	return web.Choose(list, p.show("wallet", kept))
}

func (p *caseSettings) batchOptions() []web.Option {
	list := []web.Option{{Label: p.T("console.case.batch_none")}}
	for _, b := range p.batches {
		list = append(list, web.Option{Value: b.ID.In(id.Batch), Label: b.Name})
	}
	kept := ""
	if p.set.BatchID != 0 {
		kept = p.set.BatchID.In(id.Batch)
	}
	return web.Choose(list, p.show("batch", kept))
}

// weekdays are the days' names, Monday first.
func weekdays(p *i18n.Printer) (names [7]string) {
	for i := range names {
		names[i] = p.Weekday(i + 1)
	}
	return names
}

// acknowledges reports whether the box for answers to e-mails is ticked.
func (p *caseSettings) acknowledges() bool {
	if p.r.Method == "POST" {
		return p.field("acknowledge") != ""
	}
	return p.set.Acknowledge
}

package trust

import (
	"math"

	"regulars/internal/i18n"
	"regulars/internal/money"
)

// Title names the period in words: March 2026, or the first quarter of 2026.
func (p Period) Title(say *i18n.Printer) string {
	if !p.Quarter() {
		return say.Month(p.From)
	}
	from := p.From.In(say.Zone())
	return say.T("trust.quarter", "n", int((from.Month()+2)/3), "year", from.Format("2006"))
}

// Say writes an amount of the row: a share with what is sure of it, or the bare
// counts where there are too few for a rate.
func (r Row) Say(p *i18n.Printer, currency money.Currency, a Amount) string {
	switch r.Form {
	case Share:
		return a.share(p)
	case Median:
		if a.N == 0 {
			return p.T("trust.none")
		}
		return p.T("trust.median", "hours", p.Trimmed((a.K*10+30)/60, 1), "n", a.N)
	case Money:
		return p.Money(a.K, currency)
	}
	return p.Number(a.K)
}

func (a Amount) share(p *i18n.Printer) string {
	switch {
	case a.N == 0:
		return p.T("trust.none")
	case a.Few():
		return p.T("trust.few", "k", a.K, "n", a.N)
	}
	low := p.Percent(int64(math.Floor(a.Interval().Low*1000)), 1000, 1)
	return p.T("trust.share", "share", p.Percent(a.K, a.N, 1), "k", a.K, "n", a.N, "low", low)
}

// Sentence says what a section comes to, before its figures.
func (s *Snapshot) Sentence(p *i18n.Printer, section Section) string {
	n := &s.Now
	switch section {
	case Promises:
		return p.T("trust.says.promises", "kept", n.Promises.Kept, "n", n.Promises.Kept+n.Promises.Broken)
	case Complaints:
		return p.T("trust.says.complaints", "n", n.Complaints.Received, "k", n.Complaints.InTime, "due", n.Complaints.Due)
	case Reviews:
		return p.T("trust.says.reviews", "n", n.Reviews.Received, "k", n.Reviews.Answered)
	case Causes:
		return p.T("trust.says.causes", "n", n.Causes)
	case Issues:
		return p.T("trust.says.issues", "n", n.Issues.Open, "mended", n.Issues.Mended)
	}
	sum := p.Money(n.Donations.Given+n.Donations.Matched, money.Currency(s.Currency))
	return p.T("trust.says.donations", "n", n.Donations.Times, "sum", sum)
}

// Followed says what followed what was done about a cause.
func (m *MendedCause) Followed(p *i18n.Printer) string {
	name := p.Say(m.Names[string(p.Lang())])
	switch {
	case m.Weeks == 0:
		return p.T("trust.mended_early", "cause", name, "day", m.Done)
	case m.Few():
		return p.T("trust.mended_few", "cause", name, "day", m.Done, "weeks", m.Weeks, "before", m.Before, "after", m.After)
	}
	rate := func(k, n int64) string { return p.Trimmed((k*10_000+n/2)/n, 1) }
	return p.T("trust.mended_rates", "cause", name, "day", m.Done, "weeks", m.Weeks,
		"before", rate(m.Before, m.BeforeOrders), "after", rate(m.After, m.AfterOrders), "complaints", m.Before+m.After)
}

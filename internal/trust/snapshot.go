package trust

import (
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/stats"
)

// Section is a part of the published figures.
type Section string

// The sections. Each is always there, whatever it says.
const (
	Promises   Section = "promises"
	Complaints Section = "complaints"
	Reviews    Section = "reviews"
	Causes     Section = "causes"
	Issues     Section = "issues"
	Donations  Section = "donations"
)

// Sections returns every section in its order.
func Sections() []Section {
	return []Section{Promises, Complaints, Reviews, Causes, Issues, Donations}
}

// Text names the section in words.
func (s Section) Text() i18n.Text { return i18n.Text{Key: "trust.section." + string(s)} }

// FewestShown is the number below which no rate is shown, but the counts.
const FewestShown = 10

// Snapshot is the figures of a period as they were measured once.
type Snapshot struct {
	Period   Period    `json:"period"`
	Measured time.Time `json:"measured"`
	Currency string    `json:"currency"`
	Now      Figures   `json:"now"`
	// Before is the same of the period before, measured at the same time.
	Before Figures `json:"before"`
	// Mended are the causes of complaints about which something was done in the
	// period, and what followed.
	Mended []MendedCause `json:"mended,omitempty"`
	// Known are the published issues that were open when the period ended, or
	// ended within it.
	Known []KnownLine `json:"known,omitempty"`
	// Comments are the shop's own words by section.
	Comments map[Section]Words `json:"comments,omitempty"`
}

// Figures are what is counted of a period. Times are in minutes.
type Figures struct {
	Promises   PromiseFigures    `json:"promises"`
	Complaints ComplaintFigures  `json:"complaints"`
	Reviews    ReviewFigures     `json:"reviews"`
	Causes     int64             `json:"causes_mended"`
	Issues     KnownIssueFigures `json:"issues"`
	Donations  DonationFigures   `json:"donations"`
}

// PromiseFigures are promises whose first time was over in the period.
type PromiseFigures struct {
	Kept      int64               `json:"kept"`
	Broken    int64               `json:"broken"`
	Withdrawn int64               `json:"withdrawn"`
	Kinds     map[string][2]int64 `json:"kinds,omitempty"` // kept, and kept or broken
}

// ComplaintFigures are complaints that came in the period.
type ComplaintFigures struct {
	Received int64 `json:"received"`
	// Due ones had to have a first answer when this was measured; InTime of
	// them had it in time.
	Due    int64 `json:"due"`
	InTime int64 `json:"in_time"`
	Solved int64 `json:"solved"`
	// Answered have a first answer, after the median of so many minutes;
	// SolveMinutes is that of those solved.
	Answered      int64 `json:"answered"`
	AnswerMinutes int64 `json:"answer_minutes"`
	SolveMinutes  int64 `json:"solve_minutes"`
}

// ReviewFigures are public reviews that were left in the period.
type ReviewFigures struct {
	Received   int64 `json:"received"`
	Answered   int64 `json:"answered"`
	NoneNeeded int64 `json:"none_needed"`
	// Rated have stars, Positive of them four or five.
	Rated    int64 `json:"rated"`
	Positive int64 `json:"positive"`
}

// KnownIssueFigures are issues that everybody reads: how many were published,
// mended and declined in the period, and were open when it ended.
type KnownIssueFigures struct {
	Published int64 `json:"published"`
	Mended    int64 `json:"mended"`
	Declined  int64 `json:"declined"`
	Open      int64 `json:"open"`
}

// DonationFigures are donations of members, in minor units; Ever is what was
// given and added until the period ended.
type DonationFigures struct {
	Times   int64 `json:"times"`
	Given   int64 `json:"given"`
	Matched int64 `json:"matched"`
	Ever    int64 `json:"ever"`
}

// MendedCause is a cause of complaints about which something was done: its
// complaints and all orders in so many weeks before, and as many after.
type MendedCause struct {
	Cause string `json:"cause"`
	// Names are by language.
	Names        map[string]i18n.Text `json:"names"`
	Done         time.Time            `json:"done"`
	Weeks        int64                `json:"weeks"`
	Before       int64                `json:"complaints_before"`
	BeforeOrders int64                `json:"orders_before"`
	After        int64                `json:"complaints_after"`
	AfterOrders  int64                `json:"orders_after"`
}

// Few reports whether there are too few complaints, or no orders, to give
// rates.
func (m *MendedCause) Few() bool {
	return m.Before+m.After < FewestShown || m.BeforeOrders == 0 || m.AfterOrders == 0
}

// KnownLine is a known issue as it was when the period ended.
type KnownLine struct {
	ID       id.ID  `json:"id"`
	Title    Words  `json:"title"`
	State    State  `json:"state"`
	Since    string `json:"since"`
	Expected string `json:"expected,omitempty"`
}

// Form says how the amounts of a row are read.
type Form string

// The forms: a count; a share K of N; the median of N in minutes; money in
// minor units.
const (
	Count  Form = "count"
	Share  Form = "share"
	Median Form = "median_minutes"
	Money  Form = "money"
)

// Amount is a figure: K, of N where the form has one.
type Amount struct{ K, N int64 }

// Few reports whether N is too small for a rate.
func (a Amount) Few() bool { return a.N < FewestShown }

// Interval is the share with Wilson's interval at 95 %.
func (a Amount) Interval() stats.Interval { return stats.Wilson(a.K, a.N, stats.Confidence) }

// Row is one figure with the same of the period before.
type Row struct {
	Section Section
	// Code names the figure within its section; of a kind of promise it is
	// "kind." and the kind.
	Code        string
	Form        Form
	Now, Before Amount
}

// Text names the figure in words.
func (r Row) Text() i18n.Text {
	if len(r.Code) > len(kindRow) && r.Code[:len(kindRow)] == kindRow {
		return i18n.Text{Key: "promise.kind." + r.Code[len(kindRow):]}
	}
	return i18n.Text{Key: "trust.row." + string(r.Section) + "." + r.Code}
}

const kindRow = "kind."

// Rows returns every figure of the sections in their order.
func (s *Snapshot) Rows() []Row {
	now, before := s.Now.rows(), s.Before.rows()
	rows := make([]Row, 0, len(now)+4)
	for i, r := range now {
		r.Before = before[i].Now
		rows = append(rows, r)
		if r.Section == Promises && r.Code == "rate" {
			rows = append(rows, s.kinds()...)
		}
	}
	return rows
}

// Of returns the rows of one section.
func (s *Snapshot) Of(section Section) []Row {
	var rows []Row
	for _, r := range s.Rows() {
		if r.Section == section {
			rows = append(rows, r)
		}
	}
	return rows
}

func (f *Figures) rows() []Row {
	p, c, r, i, d := f.Promises, f.Complaints, f.Reviews, f.Issues, f.Donations
	return []Row{
		{Promises, "rate", Share, Amount{p.Kept, p.Kept + p.Broken}, Amount{}},
		{Promises, "kept", Count, Amount{K: p.Kept}, Amount{}},
		{Promises, "broken", Count, Amount{K: p.Broken}, Amount{}},
		{Promises, "withdrawn", Count, Amount{K: p.Withdrawn}, Amount{}},
		{Complaints, "received", Count, Amount{K: c.Received}, Amount{}},
		{Complaints, "in_time", Share, Amount{c.InTime, c.Due}, Amount{}},
		{Complaints, "solved", Share, Amount{c.Solved, c.Received}, Amount{}},
		{Complaints, "answer", Median, Amount{c.AnswerMinutes, c.Answered}, Amount{}},
		{Complaints, "solution", Median, Amount{c.SolveMinutes, c.Solved}, Amount{}},
		{Reviews, "received", Count, Amount{K: r.Received}, Amount{}},
		{Reviews, "answered", Share, Amount{r.Answered, r.Received}, Amount{}},
		{Reviews, "none_needed", Count, Amount{K: r.NoneNeeded}, Amount{}},
		{Reviews, "positive", Share, Amount{r.Positive, r.Rated}, Amount{}},
		{Causes, "mended", Count, Amount{K: f.Causes}, Amount{}},
		{Issues, "published", Count, Amount{K: i.Published}, Amount{}},
		{Issues, "mended", Count, Amount{K: i.Mended}, Amount{}},
		{Issues, "declined", Count, Amount{K: i.Declined}, Amount{}},
		{Issues, "open", Count, Amount{K: i.Open}, Amount{}},
		{Donations, "times", Count, Amount{K: d.Times}, Amount{}},
		{Donations, "given", Money, Amount{K: d.Given}, Amount{}},
		{Donations, "matched", Money, Amount{K: d.Matched}, Amount{}},
		{Donations, "ever", Money, Amount{K: d.Ever}, Amount{}},
	}
}

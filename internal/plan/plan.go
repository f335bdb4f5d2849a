package plan

import (
	"time"

	"regulars/internal/earn"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Interval is how long one price pays for.
type Interval string

// The intervals, of the programme's calendar.
const (
	Month Interval = "month"
	Year  Interval = "year"
)

// Intervals returns every interval.
func Intervals() []Interval { return []Interval{Month, Year} }

// Text returns the interval in words.
func (i Interval) Text() i18n.Text { return i18n.Text{Key: "plan.interval." + string(i)} }

func (i Interval) months() int {
	if i == Year {
		return 12
	}
	return 1
}

// PlanState says whether a plan can be joined.
type PlanState string

// The states of a plan. Who is in a retired plan stays in it.
const (
	Draft     PlanState = "draft"
	Published PlanState = "published"
	Retired   PlanState = "retired"
)

// Text returns the state in words.
func (s PlanState) Text() i18n.Text { return i18n.Text{Key: "plan.state." + string(s)} }

// Plan is a paid membership on sale.
type Plan struct {
	ID, ProgrammeID id.ID
	// Code names the plan in tags and is never changed.
	Code    string
	Retired bool
	Made    time.Time
	// Versions are published, in their order; Draft is not yet, or nil.
	Versions []Version
	Draft    *Version
}

// Version is what a plan says from a moment on.
type Version struct {
	Number int
	From   time.Time
	Spec
}

// Spec is what a manager writes of a plan.
type Spec struct {
	// Names and Descriptions are the shop's own words, by language.
	Names        map[string]string `json:"names"`
	Descriptions map[string]string `json:"descriptions,omitempty"`
	// Price of one interval, tax included, in minor units.
	Price    int64    `json:"price"`
	Interval Interval `json:"interval"`
	// TrialDays are free, once for each person ever.
	TrialDays int `json:"trial_days,omitempty"`
	// GraceDays are the days in which a charge can be paid.
	GraceDays int `json:"grace_days"`
	// Rank of the ladder is held while the membership is in force; none when
	// LadderID is 0.
	LadderID id.ID  `json:"ladder,omitempty"`
	Rank     string `json:"rank,omitempty"`
	// Welcome points are given with a person's first payment ever, Renewal
	// points with every later one of a period, in the wallet's smallest unit.
	WalletID id.ID `json:"wallet,omitempty"`
	Welcome  int64 `json:"welcome,omitempty"`
	Renewal  int64 `json:"renewal,omitempty"`
	// PointsMonths limits these points; 0 means that they do not expire.
	PointsMonths int `json:"points_months,omitempty"`
}

// State says whether the plan can be joined.
func (p *Plan) State() PlanState {
	switch {
	case p.Retired:
		return Retired
	case len(p.Versions) == 0:
		return Draft
	}
	return Published
}

// Tag is what members of the plan are tagged with while it is in force.
func (p *Plan) Tag() string { return tagPrefix + p.Code }

const tagPrefix = "plan:"

// Latest returns what the plan says now: the latest published version, or the
// draft of one that has none.
func (p *Plan) Latest() *Version {
	if n := len(p.Versions); n > 0 {
		return &p.Versions[n-1]
	}
	return p.Draft
}

// Version returns a published version, or nil.
func (p *Plan) Version(number int) *Version {
	for i := range p.Versions {
		if p.Versions[i].Number == number {
			return &p.Versions[i]
		}
	}
	return nil
}

// Name returns the name in the first of the languages that has one.
func (s *Spec) Name(languages ...string) string { return s.Named(languages...).Text }

// Named is Name with the language that it is really in.
func (s *Spec) Named(languages ...string) i18n.Said { return i18n.Pick(s.Names, languages...) }

// Described is the description in the first of the languages that has one, with
// the language that it is really in.
func (s *Spec) Described(languages ...string) i18n.Said {
	return i18n.Pick(s.Descriptions, languages...)
}

// yearly is what the plan costs in a year.
func (s *Spec) yearly() int64 { return s.Price * int64(12/s.Interval.months()) }

// end returns when the n-th interval since the anchor ends: on the anchor's day
// of the month at its time of day, or on the last day of a month that is too
// short.
func (s *Spec) end(anchor time.Time, n int, zone *time.Location) time.Time {
	return earn.AddMonths(anchor, n*s.Interval.months(), zone)
}

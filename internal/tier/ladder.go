package tier

import (
	"slices"
	"strings"
	"time"

	"regulars/internal/id"
)

// Metric says what counts towards a rank.
type Metric string

// The metrics. Spend counts minor units of goods less what came back, Points
// the smallest unit of one wallet, Visits times.
const (
	Spend  Metric = "spend"
	Points Metric = "points"
	Visits Metric = "visits"
)

// WindowKind says how long something counts.
type WindowKind string

// The kinds of windows.
const (
	RollingMonths WindowKind = "rolling_months"
	CalendarYear  WindowKind = "calendar_year"
	Lifetime      WindowKind = "lifetime"
)

// Window is how long something counts.
type Window struct {
	Kind WindowKind `json:"kind"`
	// Months is the length of a rolling window.
	Months int `json:"months,omitempty"`
}

// Drop says how a rank falls.
type Drop string

// The ways to fall. Hard goes to the highest lower rank that the metric keeps.
// Soft goes one step down; if the metric does not keep that rank either, the
// next step follows after another grace or, where the ladder gives none, one
// whole window later.
const (
	Hard Drop = "hard"
	Soft Drop = "soft"
)

// Rank is one step of a ladder.
type Rank struct {
	// Code names the rank in rules and stays when its name changes.
	Code string `json:"code"`
	Name string `json:"name"`
	// Threshold is the metric from which on the rank is earned; 0 for the first.
	Threshold int64 `json:"threshold"`
	// Keep is the metric from which on a rank once earned is kept; nil means the
	// threshold.
	Keep *int64 `json:"keep,omitempty"`
	// Perks are what the rank brings, in words, one a line: a longer warranty, a
	// service without waiting. Members and staff read them; what they promise is
	// arranged elsewhere, or by hand.
	Perks string `json:"perks,omitempty"`
	// Terms are what the rank lengthens; returns and promises keep to it.
	Terms
}

// PerkList returns the perks one by one.
func (r Rank) PerkList() []string {
	var list []string
	for line := range strings.Lines(r.Perks) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

func (r Rank) keep() int64 {
	if r.Keep != nil {
		return *r.Keep
	}
	return r.Threshold
}

// Definition is what a version of a ladder lays down.
type Definition struct {
	Name   string `json:"name"`
	Metric Metric `json:"metric"`
	// WalletID is the wallet whose points count, and Decimals its decimals; 0
	// unless the metric is points.
	WalletID id.ID  `json:"wallet,omitempty"`
	Decimals int    `json:"decimals,omitempty"`
	Window   Window `json:"window"`
	// Ranks stand in their order, the lowest first.
	Ranks []Rank `json:"ranks"`
	// GraceDays is how long a rank stays after the metric fell too low.
	GraceDays int  `json:"grace_days,omitempty"`
	Drop      Drop `json:"drop"`
}

// Rank returns the rank of a code; false when there is none.
func (d *Definition) Rank(code string) (Rank, bool) {
	if i := d.index(code); i >= 0 {
		return d.Ranks[i], true
	}
	return Rank{}, false
}

// index returns the place of the rank, or -1.
func (d *Definition) index(code string) int {
	return slices.IndexFunc(d.Ranks, func(r Rank) bool { return r.Code == code })
}

// earned returns the place of the highest rank that the metric reaches.
func (d *Definition) earned(metric int64) int {
	best := 0
	for i, r := range d.Ranks {
		if metric >= r.Threshold {
			best = i
		}
	}
	return best
}

// kept returns the place of the highest rank below the place that the metric
// keeps.
func (d *Definition) kept(metric int64, below int) int {
	for i := below - 1; i > 0; i-- {
		if metric >= d.Ranks[i].keep() {
			return i
		}
	}
	return 0
}

// Version is a definition and when it came into force.
type Version struct {
	Number int
	// From is when the version comes into force; it ends when the next begins.
	// Zero means that it always was.
	From time.Time
	Definition
}

// Ladder is a ladder of ranks in all its published versions.
type Ladder struct {
	ID, ProgrammeID id.ID
	// Code names the ladder; unique in its programme.
	Code string
	// Zone is the programme's.
	Zone *time.Location
	// Versions are ordered by From; there is at least one.
	Versions []Version
}

// At returns the version in force at t, or nil when the ladder had not begun.
func (l *Ladder) At(t time.Time) *Version {
	for i := len(l.Versions) - 1; i >= 0; i-- {
		if !l.Versions[i].From.After(t) {
			return &l.Versions[i]
		}
	}
	return nil
}

// from is At, but before the beginning the first version holds, so that
// everybody has its lowest rank.
func (l *Ladder) from(t time.Time) *Version {
	if v := l.At(t); v != nil {
		return v
	}
	return &l.Versions[0]
}

// next returns when the next version after t comes into force, or zero.
func (l *Ladder) next(t time.Time) time.Time {
	for _, v := range l.Versions {
		if v.From.After(t) {
			return v.From
		}
	}
	return time.Time{}
}

// windows returns the distinct windows of all versions.
func (l *Ladder) windows() []Window {
	var list []Window
	for _, v := range l.Versions {
		if !slices.Contains(list, v.Window) {
			list = append(list, v.Window)
		}
	}
	return list
}

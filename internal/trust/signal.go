package trust

import (
	"slices"
	"time"

	"regulars/internal/i18n"
	"regulars/internal/stats"
)

// Known says how a signal is known.
type Known string

// The ways of knowing: counted here; so by how the program is made; or somebody
// stands for it.
const (
	Measured Known = "measured"
	Built    Known = "built"
	Attested Known = "attested"
)

// Text names the way in words.
func (k Known) Text() i18n.Text { return i18n.Text{Key: "trust.known." + string(k)} }

// Signal is one of those by which customers trust a shop, or stop to.
type Signal struct {
	Code  string
	Known Known
	// Target is the share, in thousandths, that the interval must lie above; 0 for
	// a signal that is no share.
	Target int64
	// Place is the page of the console where it is worked on, below the
	// programme's.
	Place string
}

// Signals returns every signal in the order in which they are shown.
func Signals() []Signal {
	return []Signal{
		{"promises_kept", Measured, 900, "/promises/rates"},
		{"price_as_shown", Measured, 950, "/promises"},
		{"refunds_in_time", Measured, 900, "/promises"},
		{"guarantees_honoured", Measured, 900, "/promises"},
		{"answers_in_time", Measured, 900, "/complaints"},
		{"solved_first", Measured, 800, "/complaints"},
		{"history_on_hand", Measured, 800, "/complaints"},
		{"reviews_answered", Measured, 900, "/reviews"},
		{"reviews_positive", Measured, 800, "/reviews"},
		{"asked_alike", Built, 0, "/cards"},
		{"issues_current", Measured, 0, "/known-issues"},
		{"figures_current", Measured, 0, "/transparency"},
		{"consents_evidenced", Measured, 950, "/members"},
		{"data_requests", Attested, 0, ""},
		{"legal_details", Attested, 0, ""},
		{"plain_terms", Attested, 0, ""},
		{"secure_payment", Attested, 0, ""},
		{"independent_marks", Attested, 0, ""},
		{"named_people", Attested, 0, ""},
		{"novelties", Attested, 0, "/messages"},
	}
}

// FindSignal returns the signal of a code.
func FindSignal(code string) (Signal, bool) {
	i := slices.IndexFunc(Signals(), func(s Signal) bool { return s.Code == code })
	if i < 0 {
		return Signal{}, false
	}
	return Signals()[i], true
}

// Text names the signal in words.
func (s Signal) Text() i18n.Text { return i18n.Text{Key: "trust.signal." + s.Code} }

// Next says what to do about it.
func (s Signal) Next() i18n.Text { return i18n.Text{Key: "trust.next." + s.Code} }

// Verdict says whether a signal is met.
type Verdict string

// The verdicts. What is not known is never called met.
const (
	Met      Verdict = "met"
	NotMet   Verdict = "not_met"
	NotKnown Verdict = "unknown"
)

// Text names the verdict in words.
func (v Verdict) Text() i18n.Text { return i18n.Text{Key: "trust.verdict." + string(v)} }

// Trend says how a share lies to the 90 days before.
type Trend string

// The trends; the empty one is not sure, or too few.
const (
	Rising  Trend = "rising"
	Falling Trend = "falling"
)

// Reading is a signal as it stands.
type Reading struct {
	Signal
	Verdict Verdict
	// Why says in a word how the verdict came about: "sure", "below", "few",
	// "unsure", "built", "current", "late", "none", "attested", "denied",
	// "overdue".
	Why string
	// Share is that of the last 90 days, Before of the 90 days before them; of a
	// signal that is no share both are zero.
	Share, Before Amount
	Trend         Trend
	// At is when it was measured, or attested.
	At time.Time
	// Attestation is the latest, nil where there is none.
	Attestation *Attestation
}

// WhyText says in words how the verdict came about.
func (r *Reading) WhyText() i18n.Text { return i18n.Text{Key: "trust.why." + r.Why} }

// judge says what a share tells: met once the whole interval lies at or above
// the target, not met once all of it lies below.
func (r *Reading) judge() {
	low, high := r.Share.Interval().Low, r.Share.Interval().High
	target := float64(r.Target) / 1000
	switch {
	case r.Share.Few():
		r.Verdict, r.Why = NotKnown, "few"
		return
	case low >= target:
		r.Verdict, r.Why = Met, "sure"
	case high < target:
		r.Verdict, r.Why = NotMet, "below"
	default:
		r.Verdict, r.Why = NotKnown, "unsure"
	}
	if r.Before.Few() {
		return
	}
	switch d := stats.ShareDifference(r.Share.K, r.Share.N, r.Before.K, r.Before.N, stats.Confidence); {
	case d.Low > 0:
		r.Trend = Rising
	case d.High < 0:
		r.Trend = Falling
	}
}

// stand says what an attestation tells on a day.
func (r *Reading) stand(today string) {
	a := r.Attestation
	switch {
	case a == nil:
		r.Verdict, r.Why = NotKnown, "none"
		return
	case a.Renew < today:
		r.Verdict, r.Why = NotKnown, "overdue"
	case a.Holds:
		r.Verdict, r.Why = Met, "attested"
	default:
		r.Verdict, r.Why = NotMet, "denied"
	}
	r.At = a.Made
}

// Scorecard is every signal, without a score of all.
type Scorecard struct {
	At                   time.Time
	Readings             []Reading
	Met, NotMet, Unknown int
}

// Falling are the signals that fell for sure.
func (c *Scorecard) Falling() []Reading {
	var list []Reading
	for _, r := range c.Readings {
		if r.Trend == Falling {
			list = append(list, r)
		}
	}
	return list
}

func (c *Scorecard) count() {
	for _, r := range c.Readings {
		switch r.Verdict {
		case Met:
			c.Met++
		case NotMet:
			c.NotMet++
		default:
			c.Unknown++
		}
	}
}

package referral

import (
	"time"

	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
)

// TermsState says whether members may invite.
type TermsState string

// The states of terms. A draft has never been on.
const (
	Draft TermsState = "draft"
	On    TermsState = "on"
	Off   TermsState = "off"
)

// Text returns the state in words.
func (s TermsState) Text() i18n.Text { return i18n.Text{Key: "referral.terms." + string(s)} }

// Terms are what a programme promises who brings a friend, and the friend. A
// change makes the next number; a referral keeps the one that it began with.
type Terms struct {
	ProgrammeID id.ID
	Number      int64 // from 1; 0 when nothing was ever written
	State       TermsState
	Made        time.Time
	// InfluencerID is the member whose own terms they are; 0 for those of all.
	InfluencerID id.ID
	Spec
}

// Spec is what a manager writes.
type Spec struct {
	Inviter Gift `json:"inviter"`
	Friend  Gift `json:"friend"`
	// Minimum is what must be kept of the goods of the friend's first purchase
	// that counts, in minor units; any purchase counts for 0.
	Minimum int64 `json:"minimum,omitempty"`
	// ReturnDays is how long after that purchase both wait.
	ReturnDays int `json:"return_days"`
	// Limits bound how many referrals one inviter is rewarded for.
	Limits []Limit `json:"limits,omitempty"`
	// NewOnly takes only friends who have never bought before.
	NewOnly bool `json:"new_only"`
	// HideName keeps the inviter's given name off the page that the link opens.
	HideName bool `json:"hide_name,omitempty"`
	// Influencer says more in the terms of one; nil in those of all members.
	Influencer *Influencer `json:"influencer,omitempty"`
}

// Gift is what one side gets: points of a wallet, a personal code of a batch,
// or nothing when all is zero.
type Gift struct {
	WalletID id.ID `json:"wallet,omitempty"`
	Points   int64 `json:"points,omitempty"` // smallest units
	// Months limit the points; 0 does not.
	Months int `json:"months,omitempty"`
	// BatchID is a batch of personal codes.
	BatchID id.ID `json:"batch,omitempty"`
}

// Nothing reports whether the side gets nothing.
func (g Gift) Nothing() bool { return g == Gift{} }

// Limit bounds the rewarded referrals of one inviter within a period of the
// programme's calendar.
type Limit struct {
	Times  int64       `json:"times"`
	Period earn.Period `json:"period"`
}

// DefaultSpec is what the editor begins with.
func DefaultSpec() Spec {
	return Spec{ReturnDays: 14, NewOnly: true, Limits: []Limit{{Times: 10, Period: earn.Year}}}
}

// LimitPeriods are the periods that a limit may have.
func LimitPeriods() []earn.Period { return []earn.Period{earn.Month, earn.Year, earn.Ever} }

const (
	maxReturnDays = 365
	maxMonths     = 1200
	maxTimes      = 1_000_000
)

// Check returns all that is wrong with a spec, pointing at it.
func (s *Spec) Check() error {
	return fault.Gather(
		fault.At("/inviter", s.Inviter.check()), fault.At("/friend", s.Friend.check()),
		fault.When(s.Inviter.Nothing() && s.Friend.Nothing() && s.fee() == 0, fault.Invalid("referral_no_reward", "give the inviter or the friend something").At("/inviter")),
		fault.When(s.Minimum < 0 || s.Minimum > money.MaxMinor, fault.Invalid("referral_minimum", "the least sum of the purchase is 0 or more").At("/minimum")),
		fault.When(s.ReturnDays < 0 || s.ReturnDays > maxReturnDays,
			fault.Invalid("referral_days", "both wait between 0 and %d days", maxReturnDays).At("/return_days").With("most", maxReturnDays)),
		s.checkInfluencer(), s.checkLimits())
}

func (g Gift) check() error {
	switch {
	case g.Nothing():
		return nil
	case g.BatchID != 0 && (g.Points != 0 || g.WalletID != 0 || g.Months != 0):
		return fault.Invalid("referral_two_gifts", "give points or a code, not both").At("/batch")
	case g.BatchID != 0:
		return nil
	}
	return fault.Gather(
		fault.When(g.Points <= 0 || g.Points > money.MaxMinor, fault.Invalid("referral_points", "points are a number above 0").At("/points")),
		fault.When(g.WalletID == 0, fault.Invalid("required", "say which points are given").At("/wallet")),
		fault.When(g.Months < 0 || g.Months > maxMonths, fault.Invalid("referral_months", "points last between 1 and %d months, or for ever", maxMonths).At("/months").With("most", maxMonths)))
}

func (s *Spec) checkLimits() error {
	seen := map[earn.Period]bool{}
	for _, l := range s.Limits {
		known := false
		for _, p := range LimitPeriods() {
			known = known || p == l.Period
		}
		if !known || seen[l.Period] || l.Times <= 0 || l.Times > maxTimes {
			return fault.Invalid("referral_limit_terms", "a limit is a number above 0 for a month, a year or ever, each once").At("/limits")
		}
		seen[l.Period] = true
	}
	return nil
}

// Text says a limit in words.
func (l Limit) Text() i18n.Text {
	return i18n.Text{Key: "referral.limit." + string(l.Period), Args: map[string]any{"times": l.Times}}
}

// shownGift and shownSpec are terms with identifiers as they are shown.
type shownGift struct {
	Wallet string `json:"wallet,omitempty"`
	Points int64  `json:"points,omitempty"`
	Months int    `json:"months,omitempty"`
	Batch  string `json:"batch,omitempty"`
}

type shownSpec struct {
	Spec
	Inviter shownGift `json:"inviter"`
	Friend  shownGift `json:"friend"`
}

func (s Spec) shown() shownSpec { return shownSpec{s, s.Inviter.shown(), s.Friend.shown()} }

func (g Gift) shown() shownGift {
	v := shownGift{Points: g.Points, Months: g.Months}
	if g.WalletID != 0 {
		v.Wallet = g.WalletID.In(id.Wallet)
	}
	if g.BatchID != 0 {
		v.Batch = g.BatchID.In(id.Batch)
	}
	return v
}

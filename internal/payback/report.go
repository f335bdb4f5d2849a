package payback

import (
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/stats"
)

const (
	// MaxDays bounds how long after a reward a report looks.
	MaxDays = 365
	// LeastPeople is below how many people on either side nothing is compared.
	LeastPeople = 10
	// FewPeople is below how many a comparison is preliminary.
	FewPeople = 30
)

// Query asks what became of the points of one wallet.
type Query struct {
	ProgrammeID id.ID
	Wallet      ledger.Wallet
	// From ≤ given, or redeemed, < Until.
	From, Until time.Time
	// Days is how long after the day of a reward spending counts.
	Days int
	Now  time.Time
	Zone *time.Location
}

// Check refuses what cannot be asked.
func (q *Query) Check() error {
	if q.Days < 1 || q.Days > MaxDays {
		return fault.Invalid("payback_days", "look 1–%d days ahead", MaxDays).At("/days").With("most", MaxDays)
	}
	if !q.From.Before(q.Until) {
		return fault.Invalid("period_backwards", "the period ends before it begins").At("/to")
	}
	return nil
}

// Report is what became of points.
type Report struct {
	Given    Given
	Redeemed Redeemed
	Return   Return
}

// Given is what became, until now, of the points that were given in the period, in
// the wallet's smallest unit. Points = Spent + Expired + Open + Other.
type Given struct {
	// Points were earned or given by hand, less what was taken back with what
	// came back.
	Points int64
	// Spent paid for something and did not come back, Expired were not used in
	// time, Open can be spent still or soon. Other were taken by hand or paid a
	// debt.
	Spent, Expired, Open, Other int64
}

// Rate is the part of the points that were spent, per 10,000; half to even, 0
// without points. As long as points are open it may still rise.
func (g Given) Rate() int64 { return part(g.Spent, g.Points) }

// Breakage is the part of the points that expired, per 10,000, likewise.
func (g Given) Breakage() int64 { return part(g.Expired, g.Points) }

// Redeemed is what points were spent on in the period, whenever they were given,
// less what came back since: in the wallet's smallest unit.
type Redeemed struct {
	Rewards, Donated, Paid int64
}

// Points is all of it.
func (r Redeemed) Points() int64 { return r.Rewards + r.Donated + r.Paid }

// Return is what members spent after their first redemption in the period: a reward,
// or points that paid. Donations give the member nothing and open nothing. Sums are
// in minor units.
type Return struct {
	// People have redeemed and been seen for all the days, Recent not yet.
	People, Recent int64
	// Cost is what the points were worth that they spent on that day and in the
	// days after, Visit the money that they paid on the day itself, on top.
	Cost, Visit int64
	// After is what they spent in the days after in money or with gift cards, and
	// kept. Usual is what the same people spent in as many days before, on the
	// average of the year before or of as much of it as they have bought in.
	After, Usual int64
	// Compared are people of whom others were alike in rank, in how lately and how
	// often they had bought, and who did not redeem: Others. After each of them
	// spent AfterMean, each of the others OthersMean.
	Compared, Others      int64
	AfterMean, OthersMean float64
	// Difference is with Welch's interval; it means nothing unless Shown.
	Difference stats.Interval
}

// PerCost is how much was spent back for each 10,000 minor units of cost, half to
// even; 0 without cost.
func (r Return) PerCost() int64 { return part(r.After, r.Cost) }

// UsualPerCost is the same of what is usual.
func (r Return) UsualPerCost() int64 { return part(r.Usual, r.Cost) }

// Shown reports whether there are enough on both sides to compare.
func (r Return) Shown() bool { return min(r.Compared, r.Others) >= LeastPeople }

// Few reports whether the comparison is preliminary.
func (r Return) Few() bool { return min(r.Compared, r.Others) < FewPeople }

func part(n, of int64) int64 {
	if of <= 0 {
		return 0
	}
	share, err := money.NewRate(10_000, of).Apply(n, money.HalfEven)
	if err != nil {
		return 0
	}
	return share
}

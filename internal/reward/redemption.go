package reward

import (
	"time"

	"regulars/internal/checkcode"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Progress is what became of a redemption.
type Progress string

// What can become of a redemption. Lapsed ones were not picked up in time: the
// goods are back in stock, the points stay paid until it is undone.
const (
	Redeemed  Progress = "redeemed"
	HandedOut Progress = "handed_out"
	Undone    Progress = "undone"
	Lapsed    Progress = "lapsed"
)

// Progresses returns all that can become of a redemption.
func Progresses() []Progress { return []Progress{Redeemed, HandedOut, Undone, Lapsed} }

// Text returns it in words.
func (p Progress) Text() i18n.Text { return i18n.Text{Key: "reward.progress." + string(p)} }

// out reports whether one of the stock is out.
func (p Progress) out() bool { return p == Redeemed || p == HandedOut }

// Redemption is one reward that a member took, at the price of then. It is
// known by the event that took it.
type Redemption struct {
	ID, ProgrammeID, MemberID, RewardID id.ID
	Name                                string // of the reward, as it is now
	State                               Progress
	// Code is what the member shows to pick it up; empty for a donation.
	Code     string
	WalletID id.ID
	Points   int64 // smallest units
	Money    int64 // minor units, to be paid on top
	// Given and Matched are what a donation gave and what the company added, in
	// minor units.
	Given, Matched int64
	// Due is when the right to pick it up ends, Closed when it was handed out,
	// undone or lapsed; zero for never and not yet.
	Occurred, Due, Closed time.Time

	was Progress // as it was loaded
}

// Text says in words what became of it. Nothing is handed out of a donation.
func (n *Redemption) Text() i18n.Text {
	if n.State == HandedOut && n.Code == "" {
		return i18n.Text{Key: "reward.progress.donated"}
	}
	return n.State.Text()
}

// Redeem makes a redemption of the reward by a member at an event. It does not
// judge whether they can have it.
func (r *Reward) Redeem(event, member id.ID, at time.Time, zone *time.Location) (*Redemption, error) {
	matched, err := r.Matched()
	if err != nil {
		return nil, err
	}
	n := &Redemption{
		ID: event, ProgrammeID: r.ProgrammeID, MemberID: member, RewardID: r.ID, Name: r.Name, State: Redeemed,
		WalletID: r.WalletID, Points: r.Points, Money: r.Money, Given: r.Gives, Matched: matched, Occurred: at,
	}
	if r.Kind == KindDonation {
		n.State, n.Closed = HandedOut, at
		return n, nil
	}
	n.Code, n.Due = drawCode(), r.due(at, zone)
	return n, nil
}

// Undo takes the redemption back and reports whether one comes back into stock
// with it. It refuses with "redemption_undone" what is undone already.
func (n *Redemption) Undo(at time.Time) (stocked bool, err error) {
	if n.State == Undone {
		return false, fault.Conflict("redemption_undone", "this redemption has been undone already")
	}
	stocked = n.State.out()
	n.State, n.Closed = Undone, at
	return stocked, nil
}

const codeChars = 8

// drawCode picks a pick-up code.
func drawCode() string { return checkcode.Random(codeChars) }

// NormaliseCode returns a pick-up code as it is kept, out of what somebody
// typed.
func NormaliseCode(text string) string { return checkcode.Normalise(text) }

// ShowCode returns a pick-up code in two groups, as it is read out.
func ShowCode(code string) string { return checkcode.Groups(code, codeChars/2) }

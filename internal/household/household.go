package household

import (
	"slices"
	"time"

	"regulars/internal/checkcode"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// Household is some members who share points.
type Household struct {
	ID, ProgrammeID id.ID
	// OwnerID is whose account holds the pool.
	OwnerID id.ID
	// Code lets others join; only the owner is told.
	Code      string
	Made      time.Time
	Dissolved time.Time // zero while it stands
	// Members are those who belong to it now, the owner first, then in the order
	// in which they joined.
	Members []Member
}

// Member is who belongs to a household, under the id by which they joined.
type Member struct {
	MemberID id.ID
	Joined   time.Time
}

// Has reports whether one of the aliases of a member belongs to the household.
func (h *Household) Has(aliases []id.ID) bool {
	return slices.ContainsFunc(h.Members, func(m Member) bool { return slices.Contains(aliases, m.MemberID) })
}

// Purpose says what points were passed on for.
type Purpose string

// The purposes.
const (
	Gift Purpose = "gift" // by a member, or by staff for one
	Pool Purpose = "pool" // new points that flowed to the owner
	Pay  Purpose = "pay"  // the pool's points, for a purchase
)

// Transfer is points that were passed on.
type Transfer struct {
	// ID is the event on the giver's timeline, InEvent that on the receiver's.
	ID, ProgrammeID, From, To, WalletID, HouseholdID, InEvent id.ID

	Purpose Purpose
	Points  int64 // smallest units
	At      time.Time
	// Returned is what was taken back, at Undone.
	Returned int64
	Undone   time.Time
}

// drawn is how many letters of a code are random: 50 bits, too many to guess at
// the pace at which codes are tried; then the check.
const drawn = 10

func newCode() string { return checkcode.Draw(drawn) }

// NormaliseCode returns a code as it is kept, out of what somebody typed.
func NormaliseCode(text string) (string, error) {
	code := checkcode.Normalise(text)
	if !checkcode.Fits(code, drawn) {
		return "", unknownCode()
	}
	return code, nil
}

// ShowCode returns a code in groups, as it is read out.
func ShowCode(code string) string { return checkcode.Groups(code, 4) }

func unknownCode() *fault.Error {
	return fault.Missing("household_unknown_code", "no household has this code; ask its owner for it").At("/code")
}

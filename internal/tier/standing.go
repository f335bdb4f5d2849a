package tier

import (
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Standing is where a member stands on a ladder.
type Standing struct {
	MemberID, LadderID id.ID
	// Rank is the code of the rank held; Since when, zero from the beginning.
	Rank  string
	Since time.Time
	// Metric is the sum of what counts at Reckoned.
	Metric int64
	// Hand is the rank given by hand, below which the rank does not fall, or
	// empty. HandUntil is when that ends; zero means never.
	Hand      string
	HandUntil time.Time
	// Bought is the rank that a paid membership holds, beside what was given by
	// hand: neither takes the other's place. BoughtUntil is when it ends; zero
	// means when it is ended.
	Bought      string
	BoughtUntil time.Time
	// FallsAt is when the rank falls because the metric no longer keeps it;
	// zero while it is kept.
	FallsAt time.Time
	// Reckoned is the instant up to which all is posted, Version the number of
	// the ladder's version that it was reckoned by.
	Reckoned time.Time
	Version  int
	// Changes counts the rows of the history.
	Changes int64
	// Closed says that the member was merged into another.
	Closed bool
}

// Change is one row of the history of a rank. From and To are the same when
// only the rank's guarantee changed.
type Change struct {
	MemberID, LadderID id.ID
	// No counts the member's changes on the ladder from 1.
	No int64
	// At is when the change took effect, Recorded when it was written.
	At, Recorded time.Time
	From, To     string
	Reason       i18n.Text
	// EventID is the event that brought it about, 0 when time did.
	EventID id.ID
	// Actor is who gave or withdrew a rank by hand, or empty.
	Actor string
}

// credit is something that counts towards a rank.
type credit struct {
	event  id.ID
	leaves time.Time // zero means never
	amount int64
}

// Sold names what was credited: by which event and when.
type Sold struct {
	EventID id.ID
	At      time.Time
}

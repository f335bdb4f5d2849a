package flow

import (
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/reward"
	"regulars/internal/sale"
)

// Result is the answer to one event, or why it was not taken.
type Result struct {
	Answer Answer
	Err    error
}

// Answer tells what an event did. The answer to a repeated event is rebuilt
// from what is stored: movements and who it belongs to, with the balances of
// now.
type Answer struct {
	EventID, MemberID id.ID
	// Repeated says that the event was taken before and changed nothing now.
	Repeated bool
	// Waiting says that a return waits for the sale that it cites.
	Waiting bool
	// Movements are the points that this event moved, in order.
	Movements []Movement
	// Skipped are the rules that did not apply though their trigger fits.
	Skipped []Skipped
	// Unmatched are the returned goods for which no sale was found.
	Unmatched []sale.Unmatched
	// Sale tells how a purchase with a checkout was priced and paid, Refund
	// how a return of such a one is paid back.
	Sale   *Settlement
	Refund *Refund
	// Hold says what is held for the sale that was quoted, if that was asked.
	Hold *QuoteHold
	// Redemption is the reward that was taken or taken back; of an event that
	// was taken before as it is now.
	Redemption *reward.Redemption
	// Balances and Ranks are where the member stands after the event; after a
	// purchase and the returns that waited for it. A return that was taken at
	// the same moment elsewhere, neither seeing the other, is applied after both
	// commits, and both answers tell what was true at their own.
	Balances []Balance
	Ranks    []Rank
}

// Movement is one movement of points, with the reason that can be said in
// every language.
type Movement struct {
	WalletID id.ID
	Kind     string
	From, To string
	Points   int64
	LotID    id.ID
	// Usable and Expires date earned points; zero where that means nothing.
	Usable, Expires time.Time
	Reason          i18n.Text
}

// Skipped is a rule that gave nothing, and why.
type Skipped struct {
	RuleVersion id.ID
	Reason      i18n.Text
}

// Balance is what a member has in one wallet.
type Balance struct {
	WalletID                       id.ID
	Code                           string
	Available, Pending, Held, Debt int64
}

// Rank is a member's standing on one ladder.
type Rank struct {
	LadderID id.ID
	Ladder   string
	Rank     string
}

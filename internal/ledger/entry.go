package ledger

import (
	"fmt"
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

// EntryKind says what a movement was. The numbers are stored and never change.
type EntryKind uint8

// The kinds of entries.
const (
	KindEarn       EntryKind = iota + 1 // earned → pending or available
	KindAdjustUp                        // adjusted_up → available
	KindRelease                         // pending → available: the lot may be used from now on
	KindSpend                           // available → spent
	KindRefund                          // spent → the lot that it came from
	KindHold                            // available → held
	KindCapture                         // held → spent
	KindUnhold                          // held → the lot that it came from
	KindExpire                          // pending or available → expired
	KindClawback                        // pending or available → clawed_back
	KindOwe                             // debt → clawed_back: what could not be taken is owed
	KindExcuse                          // a note: expired before it could be clawed back, so not asked again
	KindForgive                         // a note: could not be clawed back and is not owed either
	KindRepay                           // pending or available → debt
	KindAdjustDown                      // available → adjusted_down
	KindMoveOut                         // pending, available or debt → moved_out
	KindMoveIn                          // moved_in → pending, available or debt
	KindReversal                        // the way back of an earlier entry
)

const kinds = int(KindReversal) + 1

var kindNames = [kinds]string{
	"", "earn", "adjust_up", "release", "spend", "refund", "hold", "capture", "unhold", "expire", "clawback",
	"owe", "excuse", "forgive", "repay", "adjust_down", "move_out", "move_in", "reversal",
}

// String returns the kind's stable name. "ledger.kind.<name>" is its text.
func (k EntryKind) String() string {
	if k == 0 || int(k) >= kinds {
		return fmt.Sprintf("kind(%d)", uint8(k))
	}
	return kindNames[k]
}

// CauseKind says what kind of thing an entry names as its cause. The numbers
// are stored and never change.
type CauseKind uint8

// The kinds of causes and what Cause.ID then names.
const (
	CauseEvent      CauseKind = iota + 1 // the event itself; ID is 0 or what the event names
	CauseRule                            // the version of a rule
	CauseRedemption                      // what the points paid for
	CauseClock                           // time alone; ID is 0
	CauseReturn                          // the sale whose goods came back
	CauseReversal                        // the entry that is undone
	CauseHold                            // the hold
	CauseDebt                            // a debt that is paid first; ID is 0
	CauseMerge                           // the account that the points came from or went to
	CauseTransfer                        // the member whom the points came from or went to
	CauseOffer                           // the version of an offer
)

const causeKinds = int(CauseOffer) + 1

var causeNames = [causeKinds]string{
	"", "event", "rule", "redemption", "clock", "return", "reversal", "hold", "debt", "merge", "transfer", "offer",
}

// String returns the cause's stable name.
func (k CauseKind) String() string {
	if k == 0 || int(k) >= causeKinds {
		return fmt.Sprintf("cause(%d)", uint8(k))
	}
	return causeNames[k]
}

// Cause says why points move: at which event, for what, and in words.
type Cause struct {
	// Event is the event under which the movement was made; 0 for what the
	// clock does.
	Event id.ID
	Kind  CauseKind
	ID    id.ID
	// Reason can be said in every language; it may be empty where the kind of
	// the entry says it all.
	Reason i18n.Text
}

// Entry is one movement of points, never changed once it is made.
type Entry struct {
	ID, MemberID, WalletID id.ID
	// LotEvent and LotID name the lot that the points belong to; 0 where debt
	// moves to another account.
	LotEvent, LotID id.ID
	Kind            EntryKind
	// From and To are equal in a note, which moves nothing.
	From, To Bucket
	Amount   int64 // smallest units, above 0
	// Occurred is the business time, Recorded ours.
	Occurred, Recorded time.Time
	Cause              Cause
}

// note reports whether the entry moves nothing.
func (e *Entry) note() bool { return e.From == e.To }

// route is a way that entries of one kind may take.
type route struct{ from, to Bucket }

// routes lists every way that points may take, by kind.
var routes = [kinds][]route{
	KindEarn:       {{Earned, Pending}, {Earned, Available}},
	KindAdjustUp:   {{AdjustedUp, Available}},
	KindRelease:    {{Pending, Available}},
	KindSpend:      {{Available, Spent}},
	KindRefund:     {{Spent, Pending}, {Spent, Available}},
	KindHold:       {{Available, Held}},
	KindCapture:    {{Held, Spent}},
	KindUnhold:     {{Held, Pending}, {Held, Available}},
	KindExpire:     {{Pending, Expired}, {Available, Expired}},
	KindClawback:   {{Pending, ClawedBack}, {Available, ClawedBack}},
	KindOwe:        {{Debt, ClawedBack}},
	KindExcuse:     {{Expired, Expired}},
	KindForgive:    {{Debt, Debt}},
	KindRepay:      {{Pending, Debt}, {Available, Debt}},
	KindAdjustDown: {{Available, AdjustedDown}},
	KindMoveOut:    {{Pending, MovedOut}, {Available, MovedOut}, {Debt, MovedOut}},
	KindMoveIn:     {{MovedIn, Pending}, {MovedIn, Available}, {MovedIn, Debt}},
	KindReversal: {
		{Available, Pending}, {Pending, Spent}, {Available, Spent}, {Expired, Pending}, {Expired, Available},
		{ClawedBack, Pending}, {ClawedBack, Available}, {ClawedBack, Debt}, {Debt, Pending}, {Debt, Available},
		{AdjustedDown, Pending}, {AdjustedDown, Available}, {Expired, Expired}, {Debt, Debt},
	},
}

// lawful reports whether the kind may take this way.
func (k EntryKind) lawful(from, to Bucket) bool {
	if int(k) >= kinds {
		return false
	}
	for _, r := range routes[k] {
		if r.from == from && r.to == to {
			return true
		}
	}
	return false
}

package returns

import (
	"time"

	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Outcome is what a customer wants for what is sent back.
type Outcome string

// The outcomes. An exchange brings another piece of the same; who keeps the item
// is given a part of its price and sends nothing back.
const (
	ForMoney    Outcome = "refund"
	ForPoints   Outcome = "points"
	ForGiftCard Outcome = "gift_card"
	ForExchange Outcome = "exchange"
	ForKeeping  Outcome = "keep"
)

// Outcomes returns every outcome, in the order in which they are offered.
func Outcomes() []Outcome {
	return []Outcome{ForMoney, ForPoints, ForGiftCard, ForExchange, ForKeeping}
}

// Text names the outcome.
func (o Outcome) Text() i18n.Text { return i18n.Text{Key: "return.outcome." + string(o)} }

// comesBack reports whether the goods are booked back to the shop.
func (o Outcome) comesBack() bool { return o == ForMoney || o == ForPoints || o == ForGiftCard }

// State says how far a return is.
type State string

// The states. A return is asked for, accepted at least in part, then its goods
// arrive; it is settling while goods and points are booked, owed until money or
// an exchange is handed over, and done. All declined, it is declined.
const (
	Asked     State = "asked"
	Accepted  State = "accepted"
	Arrived   State = "arrived"
	Settling  State = "settling"
	Owed      State = "owed"
	Done      State = "done"
	Declined  State = "declined"
	Cancelled State = "cancelled"
)

// States returns every state.
func States() []State {
	return []State{Asked, Accepted, Arrived, Settling, Owed, Done, Declined, Cancelled}
}

// Text names the state.
func (s State) Text() i18n.Text { return i18n.Text{Key: "return.state." + string(s)} }

// over reports whether nothing follows any more.
func (s State) over() bool {
	return s == Done || s == Declined || s == Cancelled
}

// ItemState says what was decided about one item.
type ItemState string

// The states of an item.
const (
	ItemAsked    ItemState = "asked"
	ItemAccepted ItemState = "accepted"
	ItemDeclined ItemState = "declined"
)

// Text names the state.
func (s ItemState) Text() i18n.Text { return i18n.Text{Key: "return.item." + string(s)} }

// Return is what a customer asks to send back of one sale.
type Return struct {
	ID, ProgrammeID id.ID
	// MemberID is the member at the time, SaleID the event of the sale.
	MemberID, SaleID id.ID
	// Source and Order name the sale as its source does.
	Source, Order string
	State         State
	Asked         time.Time
	// Decided, Arrived, Settled and Closed are zero until then.
	Decided, Arrived, Settled, Closed time.Time
	// Fee was kept of Refund, which is owed in money; in minor units.
	Fee, Refund int64
	// EventID is the return on the member's timeline, 0 until it is settled.
	EventID id.ID
	// AnswerID and PromiseID are the promises of an answer, and of what comes of
	// the return; 0 before they are made.
	AnswerID, PromiseID id.ID
	// Note is why it was cancelled, or by what it was paid.
	Note  string
	Items []Item

	// name is that of the request that asked; settler is who first had it booked,
	// as auth.Actor names them.
	name, settler string
}

// Item is one line of a return.
type Item struct {
	No       int
	SaleLine int
	SKU      string
	Label    string
	// Quantity is in thousandths; Amount is what was paid for it, in minor units.
	Quantity, Amount int64
	Outcome          Outcome
	// Rule is the name of the rule by which it may come back; Fee and KeepShare
	// are those of the rule, in minor units and ten-thousandths.
	Rule           string
	Fee, KeepShare int64
	State          ItemState
	// Comment is the customer's, Answer that of staff.
	Comment, Answer string
	// Given is what the customer had for it in the end, in minor units; Points
	// those that were given for it.
	Given, Points int64
	Photos        []Photo
}

// Photo is a photo of an item, without the picture.
type Photo struct {
	ID            id.ID
	Item          int
	Width, Height int
}

// Number is how staff and customers call the return.
func (r *Return) Number() string { return r.ID.In(id.Return) }

// Sends reports whether something of it must be sent to the shop.
func (r *Return) Sends() bool {
	return r.any(func(t *Item) bool { return t.State == ItemAccepted && t.Outcome != ForKeeping })
}

// any reports whether one of its items is so.
func (r *Return) any(is func(*Item) bool) bool {
	for i := range r.Items {
		if is(&r.Items[i]) {
			return true
		}
	}
	return false
}

// holds is how much of a line of the sale the item takes from what could be
// asked for again: what is booked back is counted by the sale itself.
func (r *Return) holds(t *Item) int64 {
	switch {
	case t.State == ItemDeclined || r.State == Declined || r.State == Cancelled:
		return 0
	case t.Outcome == ForKeeping:
		return t.Quantity
	case r.State == Owed || r.State == Done:
		return 0
	default:
		return t.Quantity
	}
}

// fee is what is kept of the refund: the highest of the accepted items that are
// sent for money, once.
func (r *Return) fee() int64 {
	var most int64
	for _, t := range r.Items {
		if t.State == ItemAccepted && t.Outcome.comesBack() {
			most = max(most, t.Fee)
		}
	}
	return most
}

// CanDecide reports whether staff have to decide about items.
func (r *Return) CanDecide() bool { return r.State == Asked }

// CanArrive reports whether the goods are waited for.
func (r *Return) CanArrive() bool { return r.State == Accepted }

// CanSettle reports whether the goods can be booked.
func (r *Return) CanSettle() bool { return r.State == Arrived || r.State == Settling }

// CanFulfil reports whether money or an exchange is to be handed over.
func (r *Return) CanFulfil() bool { return r.State == Owed }

// CanCancel reports whether the customer can take it back.
func (r *Return) CanCancel() bool { return r.State == Asked || r.State == Accepted }

// CanCallOff reports whether staff can take it back; once arrived, only if the
// goods came back another way.
func (r *Return) CanCallOff() bool { return r.CanCancel() || r.State == Arrived }

package giftcard

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// State is what a card may be used for.
type State string

// The states of a card.
const (
	// Inactive cards hold no money yet: printed ones that wait to be sold.
	Inactive State = "inactive"
	Active   State = "active"
	// Blocked cards keep their money and pay nothing: lost or in dispute.
	Blocked State = "blocked"
)

// Expired is the state that is shown of an active card which has ended. It is
// never kept.
const Expired State = "expired"

// States returns what a card may be shown as.
func States() []State { return []State{Active, Inactive, Blocked, Expired} }

// Text returns the state in words.
func (s State) Text() i18n.Text { return i18n.Text{Key: "giftcard.state." + string(s)} }

// Key names a card: its number within its programme.
type Key struct {
	ProgrammeID id.ID
	Number      string
}

// Card is stored value. Sums are minor units of the programme's currency.
// Load it within a transaction, change it by its verbs, and Save it.
type Card struct {
	ID, ProgrammeID id.ID
	Number          string
	State           State
	// Given cards were not paid for, as in a promotion; what they pay is a cost
	// of the company.
	Given bool
	// Face is what the card is worth when it is activated; 0 when that is said
	// then.
	Face int64
	// Months is how long money lasts on the card after it was loaded; 0 for
	// ever, or until the day that was set when a given card was made.
	Months int

	// Balance is what is left: Added − Spent − Expired, none ever below zero.
	// Spent is net of refunds.
	Balance, Added, Spent, Expired int64

	// Activated, Claimed and Expires are zero when not yet or never. A card is
	// usable before Expires. Claimed is when somebody first took the card as
	// theirs or paid with it.
	Activated, Claimed, Expires time.Time

	BatchID, CampaignID id.ID
	// MemberID is whom the card is meant for, or who claimed it; 0 for whoever
	// has the number.
	MemberID id.ID
	// Label is the shop's word for the recipient, as a line of a list; not a
	// name.
	Label string

	holds []Hold

	stored      int64  // the balance in the database
	storedHeld  int64  // what is held there
	storedHolds []Hold // and by whom
	fresh       func() id.ID
	entries     []Entry
	changed     bool
	taken       map[id.ID]*taken
}

// Kind is what sort of movement an entry is.
type Kind string

// The kinds of entry. The first three add to the balance.
const (
	KindIssue  Kind = "issue"
	KindTopUp  Kind = "top_up"
	KindRefund Kind = "refund"
	KindCharge Kind = "charge"
	KindExpire Kind = "expire"
)

// Text returns the kind in words.
func (k Kind) Text() i18n.Text { return i18n.Text{Key: "giftcard.kind." + string(k)} }

// sign is how an entry of the kind moves the balance; 0 for none of ours.
func (k Kind) sign() int64 {
	switch k {
	case KindIssue, KindTopUp, KindRefund:
		return 1
	case KindCharge, KindExpire:
		return -1
	}
	return 0
}

// Entry is one movement of money, never changed once it is saved.
type Entry struct {
	ID   id.ID
	Kind Kind
	// Amount is above zero; the kind says which way it went.
	Amount int64
	// EventID is the sale that charged or the return that refunded, SaleID the
	// sale that was paid; both 0 for other kinds.
	EventID, SaleID id.ID
	At              time.Time
}

// Signed returns what the entry did to the balance.
func (e Entry) Signed() int64 { return e.Kind.sign() * e.Amount }

// taken is what one sale took from a card.
type taken struct {
	charged, refunded int64
	at                time.Time // of the charge
}

// Key returns the card's key.
func (c *Card) Key() Key { return Key{c.ProgrammeID, c.Number} }

// StateAt returns what the card is to be shown as at the moment.
func (c *Card) StateAt(at time.Time) State {
	if c.State == Active && c.ended(at) {
		return Expired
	}
	return c.State
}

// BalanceAt returns what is left at the moment, also before the clock has
// posted what expired.
func (c *Card) BalanceAt(at time.Time) int64 {
	if c.ended(at) {
		return 0
	}
	return c.Balance
}

func (c *Card) ended(at time.Time) bool { return !c.Expires.IsZero() && !at.Before(c.Expires) }

// Usable returns nil when the card may pay at the moment, and otherwise a
// refusal: "card_not_active", "card_blocked" or "card_expired".
func (c *Card) Usable(at time.Time) error {
	switch {
	case c.State == Blocked:
		return fault.Refused("card_blocked", "this gift card is blocked; ask who looks after gift cards")
	case c.State == Inactive || at.Before(c.Activated):
		return fault.Refused("card_not_active", "this gift card has not been activated; activate it when it is paid for")
	case c.ended(at):
		return c.over()
	}
	return nil
}

func (c *Card) over() error {
	last := c.Expires.Add(-time.Microsecond)
	return fault.Refused("card_expired", "this gift card could be used until %s", last.Format(time.DateOnly)).With("last", last)
}

// Changed reports whether there is something to save.
func (c *Card) Changed() bool { return c.changed }

// Entries returns the movements since the card was loaded.
func (c *Card) Entries() []Entry { return slices.Clone(c.entries) }

// post notes a movement and what it does to the sums.
func (c *Card) post(e Entry) {
	e.ID = c.fresh()
	switch e.Kind {
	case KindIssue, KindTopUp:
		c.Added += e.Amount
	case KindCharge:
		c.Spent += e.Amount
	case KindRefund:
		c.Spent -= e.Amount
	case KindExpire:
		c.Expired += e.Amount
	}
	c.Balance += e.Signed()
	c.entries = append(c.entries, e)
	c.changed = true
}

var errUnsound = errors.New("a gift card would not add up")

// sound returns what makes the card unfit to be kept; that would be a fault of
// ours.
func (c *Card) sound() error {
	if min(c.Balance, c.Added, c.Spent, c.Expired) < 0 || c.Balance != c.Added-c.Spent-c.Expired {
		return fmt.Errorf("%w: %s has %d after %d in, %d spent and %d expired", errUnsound, c.ID.In(id.GiftCard), c.Balance, c.Added, c.Spent, c.Expired)
	}
	if held := c.held(); held > c.Balance {
		return fmt.Errorf("%w: %s has %d of which %d are held", errUnsound, c.ID.In(id.GiftCard), c.Balance, held)
	}
	if c.State == Inactive && c.Added != 0 {
		return fmt.Errorf("%w: %s is inactive and holds money", errUnsound, c.ID.In(id.GiftCard))
	}
	for _, e := range c.entries {
		if e.Amount <= 0 {
			return fmt.Errorf("%w: an entry of %s moves %d", errUnsound, c.ID.In(id.GiftCard), e.Amount)
		}
	}
	return nil
}

package promise

import (
	"time"

	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/money"
)

// Kind says what was promised.
type Kind string

// The kinds. A price has no clock: it is kept when no more is charged than was
// shown.
const (
	Delivery Kind = "delivery"
	Price    Kind = "price"
	Refund   Kind = "refund"
	Repair   Kind = "repair"
	Warranty Kind = "warranty"
	CallBack Kind = "call_back"
	Reply    Kind = "answer"
)

// Kinds returns every kind, in the order in which they are offered.
func Kinds() []Kind { return []Kind{Delivery, Price, Refund, Repair, Warranty, CallBack, Reply} }

// Text names the kind.
func (k Kind) Text() i18n.Text { return i18n.Text{Key: "promise.kind." + string(k)} }

// State says what came of a promise.
type State string

// The states. A promise is broken by the clock, and kept after all when it
// becomes known that it was done in time.
const (
	Open      State = "open"
	Kept      State = "kept"
	Broken    State = "broken"
	Withdrawn State = "withdrawn"
)

// States returns every state.
func States() []State { return []State{Open, Kept, Broken, Withdrawn} }

// Text names the state.
func (s State) Text() i18n.Text { return i18n.Text{Key: "promise.state." + string(s)} }

// Promise is what a customer was told to expect, and what came of it.
type Promise struct {
	ID, ProgrammeID id.ID
	// MemberID is the member at the time, 0 where nobody is known.
	MemberID, ShopID id.ID
	Kind             Kind
	// What names it in the shop's words.
	What               string
	Source, ExternalID string
	// Order is the reference of the order it belongs to, or empty.
	Order string
	Made  time.Time
	// Due is the first promise, by which it is judged; Expected the one that
	// holds now, of which Changes came since. Both are zero for a price.
	Due, Expected time.Time
	Grace         time.Duration
	Changes       int
	// Longer is how many months of Due the member's rank gave beyond what was
	// promised; only of a warranty.
	Longer int
	// Shown and Charged are minor units, of a price.
	Shown, Charged int64
	// Parts are what the price is made of, where it was shown by parts. Listing
	// and reading one fill them.
	Parts []Piece
	// Actual is when it happened, zero while it has not.
	Actual time.Time
	State  State
	// Decided is when we learnt what came of it, Warned when staff were told
	// that it is about to break, Mended when a broken one was put right.
	Decided, Warned, Mended time.Time
	// Note is why it was withdrawn, or how it was put right.
	Note string
}

// Ends is when the first promise is over: due and the grace. It is zero while a
// price has not been charged.
func (p *Promise) Ends() time.Time {
	if p.Kind == Price {
		return p.Actual
	}
	return p.Due.Add(p.Grace)
}

// judge returns what came of the promise by now.
func (p *Promise) judge(now time.Time) State {
	switch {
	case p.State == Withdrawn:
		return Withdrawn
	case p.Kind == Price && p.Actual.IsZero():
		return Open
	case p.Kind == Price && p.Charged > p.Shown:
		return Broken
	case p.Kind == Price || !p.Actual.IsZero() && !p.Actual.After(p.Ends()):
		return Kept
	case !p.Actual.IsZero() || now.After(p.Ends()):
		return Broken
	default:
		return Open
	}
}

// settle judges the promise and notes when its state changed. It reports
// whether it did.
func (p *Promise) settle(now time.Time) bool {
	is := p.judge(now)
	if is == Broken && p.Mended.IsZero() && p.Kind != Price {
		p.Mended = p.Actual // done late is done
	}
	if is == Kept {
		p.Mended = time.Time{}
	}
	if is == p.State {
		return false
	}
	p.State, p.Decided = is, now
	return true
}

// New is a promise to be made.
type New struct {
	ProgrammeID, MemberID id.ID
	// Shop is the code of a shop, or empty.
	Shop               string
	Kind               Kind
	What               string
	Source, ExternalID string
	Order              string
	// Made is when it was given; the zero time is now.
	Made, Due time.Time
	// GraceMinutes is as the programme has set it when nil.
	GraceMinutes *int
	Shown        int64
	// Parts are how a price was shown, none where it was shown as a whole. Shown
	// may be left out then: it is their sum.
	Parts []Amount
}

// Limits of what is taken.
const (
	maxReference = 200
	maxWords     = 500
	maxGrace     = 60 * 24 * 365 // minutes
	maxAhead     = 20            // years
)

// check returns all that can be seen to be wrong without the database. What the
// terms of an unknown kind would be, nobody knows.
func (n *New) check(now time.Time) error {
	if !n.Kind.known() {
		return fault.Invalid("promise_kind", "say what was promised: delivery, price, refund, repair, warranty, call_back or answer").At("/kind")
	}
	var wrong []error
	for _, t := range []struct {
		at, text string
		needed   bool
		most     int
	}{
		{"/source", n.Source, true, maxReference}, {"/external_id", n.ExternalID, true, maxReference},
		{"/order", n.Order, false, maxReference}, {"/what", n.What, false, maxWords},
	} {
		wrong = append(wrong, i18n.CheckText(t.at, t.text, t.needed, t.most))
	}
	if !n.Made.IsZero() {
		wrong = append(wrong, journal.CheckMoment("/made", n.Made, now))
	}
	return fault.Gather(append(wrong, n.checkTerms(now))...)
}

func (n *New) checkTerms(now time.Time) error {
	if n.Kind == Price && n.Shown == 0 {
		n.Shown = SumOf(n.Parts)
	}
	made := n.Made
	if made.IsZero() {
		made = now
	}
	if n.Kind == Price {
		return n.checkPrice()
	}
	var wrong []error
	if n.Shown != 0 {
		wrong = append(wrong, fault.Invalid("promise_price_only", "only a price shows one; leave it out").At("/shown"))
	}
	if len(n.Parts) > 0 {
		wrong = append(wrong, fault.Invalid("promise_price_only", "only a price has parts; leave them out").At("/parts"))
	}
	if n.Due.Before(made) || n.Due.After(made.AddDate(maxAhead, 0, 0)) {
		wrong = append(wrong, fault.Invalid("promise_due", "say by when it was promised: after it was given, and within 20 years").At("/due"))
	}
	if n.GraceMinutes != nil && (*n.GraceMinutes < 0 || *n.GraceMinutes > maxGrace) {
		wrong = append(wrong, fault.Invalid("promise_grace", "a grace takes 0 minutes to a year").At("/grace_minutes"))
	}
	return fault.Gather(wrong...)
}

// checkPrice returns all that is wrong with a price that was shown.
func (n *New) checkPrice() error {
	var wrong []error
	if n.Shown <= 0 || n.Shown > money.MaxMinor {
		wrong = append(wrong, fault.Invalid("promise_price", "say which price was shown, above 0").At("/shown"))
	}
	if !n.Due.IsZero() {
		wrong = append(wrong, fault.Invalid("promise_price_time", "a price is not due at any time; leave it out").At("/due"))
	}
	return fault.Gather(append(wrong, AddUp("/parts", n.Parts, n.Shown))...)
}

func (k Kind) known() bool {
	for _, one := range Kinds() {
		if k == one {
			return true
		}
	}
	return false
}

// same reports whether a promise was made by the same words: due is by when it was
// promised, before a rank made it longer.
func (p *Promise) same(o *Promise, due time.Time, zone *time.Location) bool {
	return p.Kind == o.Kind && p.Order == o.Order && p.What == o.What && p.Shown == o.Shown && p.Due.Equal(lengthened(due, p.Longer, zone)) &&
		(p.MemberID == o.MemberID || o.MemberID == 0) && p.ShopID == o.ShopID && p.sameShown(o)
}

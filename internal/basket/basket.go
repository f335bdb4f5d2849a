package basket

import (
	"embed"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/promise"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "basket", Files: files}

// Config is what a service needs.
type Config struct {
	DB   *db.DB
	Flow *flow.Service
	Now  func() time.Time
}

// Service is what can be done with left baskets.
type Service struct{ Config }

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c} }

// clock returns the present moment in the precision in which it is kept.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// Step is how far a customer came on the way to paying.
type Step string

// The steps, in their order.
const (
	AtBasket   Step = "basket"
	AtAddress  Step = "address"
	AtDelivery Step = "delivery"
	AtPayment  Step = "payment"
	AtReview   Step = "review"
)

// Steps returns the steps, in their order.
func Steps() []Step { return []Step{AtBasket, AtAddress, AtDelivery, AtPayment, AtReview} }

// Text names the step in words.
func (s Step) Text() i18n.Text { return i18n.Text{Key: "basket.step." + string(s)} }

// Reason is why somebody left.
type Reason string

// The reasons.
const (
	TotalTooHigh   Reason = "total_too_high"
	DeliveryCost   Reason = "delivery_cost"
	TotalUnclear   Reason = "total_unclear" // what it comes to was not to be seen up front
	DeliveryTime   Reason = "delivery_time"
	PaymentMethod  Reason = "payment_method" // the one they wanted was missing
	PaymentFailed  Reason = "payment_failed"
	NoTrust        Reason = "no_trust" // to give the card's number
	HadToRegister  Reason = "had_to_register"
	TooLong        Reason = "too_long"
	UnclearReturns Reason = "unclear_returns"
	Error          Reason = "error"
	JustLooking    Reason = "just_looking"
	Elsewhere      Reason = "bought_elsewhere"
	OtherReason    Reason = "other"
)

// Reasons returns the reasons, in the order in which they are offered.
func Reasons() []Reason {
	return []Reason{
		TotalTooHigh, DeliveryCost, TotalUnclear, DeliveryTime, PaymentMethod, PaymentFailed, NoTrust, HadToRegister, TooLong, UnclearReturns, Error, JustLooking, Elsewhere, OtherReason,
	}
}

// Text names the reason as it stands in a report.
func (r Reason) Text() i18n.Text { return i18n.Text{Key: "basket.reason." + string(r)} }

// Offer is the reason in the customer's mouth, as it stands in a form.
func (r Reason) Offer() i18n.Text { return i18n.Text{Key: "basket.offer." + string(r)} }

// Way is how a customer was asked why they left, and from where a reason is
// known.
type Way string

// The ways.
const (
	// OnTheSpot is a question of the shop's own, while they were leaving.
	OnTheSpot Way = "on_the_spot"
	// ByLink is the page of a link of their own, sent later.
	ByLink Way = "link"
	// ByStaff is what staff learnt otherwise, unasked.
	ByStaff Way = "staff"
)

// Ways returns the ways from which a reason is known.
func Ways() []Way { return []Way{OnTheSpot, ByLink, ByStaff} }

// Asking returns the ways in which a customer is asked.
func Asking() []Way { return []Way{OnTheSpot, ByLink} }

// Text names the way in words.
func (w Way) Text() i18n.Text { return i18n.Text{Key: "basket.way." + string(w)} }

// Bounds of what is taken.
const (
	// MaxWords bounds a customer's own words, in letters.
	MaxWords     = 500
	maxReference = 200
	maxChannel   = 40
	// MaxItems bounds how many things a basket holds.
	MaxItems = 100_000
	// LinkDays is how long a link can be answered.
	LinkDays = 60
)

// Basket is one that a customer left before paying.
type Basket struct {
	ID, ProgrammeID    id.ID
	Source, ExternalID string
	// MemberID is the member at the time, 0 for an unknown visitor; merges do not
	// rewrite it.
	MemberID id.ID
	ShopID   id.ID // 0 where none was named
	Channel  string
	Left     time.Time
	Recorded time.Time
	Step     Step
	Items    int64 // 0 where nobody said
	// First is the price that was shown first, 0 where nobody knows, Last that at
	// which it was left; minor units of the programme's currency.
	First, Last int64
	// Parts are both by parts: Shown of a piece is the first price's, Charged the
	// last one's. None where it was not told by parts.
	Parts []promise.Piece
	// Asked is how they were asked last, empty while they were not.
	Asked   Way
	AskedAt time.Time
	// Reason is why they left, empty while nobody knows; Origin from where it is
	// known, AnsweredBy who wrote it down.
	Reason     Reason
	Words      string
	Origin     Way
	Answered   time.Time
	AnsweredBy string

	hash, link string
}

// Growth is by how much the price grew from when it was first shown, in minor
// units; below zero where it fell. ok is false where the first is not known.
func (b *Basket) Growth() (minor int64, ok bool) { return b.Last - b.First, b.First > 0 }

// Told reports whether the customer said themselves why they left.
func (b *Basket) Told() bool { return b.Origin == OnTheSpot || b.Origin == ByLink }

// Forgotten reports whether the customer was erased; nothing more is learnt of
// it then.
func (b *Basket) Forgotten() bool { return b.hash == "" }

// Unknown is the fault of an id that is no basket's: "unknown_basket".
func Unknown(n id.ID) *fault.Error {
	return fault.Missing("unknown_basket", "the programme knows no left basket %s", n.In(id.Basket)).With("basket", n.In(id.Basket))
}

// Why is an answer to the question why somebody left.
type Why struct {
	Reason Reason
	Words  string
	Origin Way
}

func (w *Why) check() error {
	w.Words = i18n.Tidy(w.Words)
	switch {
	case !slices.Contains(Reasons(), w.Reason):
		return fault.Invalid("basket_reason", "choose a reason of the list").At("/reason")
	case !slices.Contains(Ways(), w.Origin):
		return fault.Invalid("basket_origin", "a reason is known on_the_spot, by link or from staff").At("/origin")
	case len([]rune(w.Words)) > MaxWords:
		return fault.Invalid("basket_words_long", "the words take at most %d letters", MaxWords).At("/words").With("most", MaxWords)
	}
	return nil
}

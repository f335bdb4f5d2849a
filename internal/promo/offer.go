package promo

import (
	"time"

	"regulars/internal/condition"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Offer is one promotion. What it says stands in its versions.
type Offer struct {
	ID, ProgrammeID id.ID
	Name            string
}

// State says where a version stands in its life.
type State string

// The states. A version that was published never changes but for its end; it
// is withdrawn by hand or by the one that is published after it.
const (
	Draft     State = "draft"
	Published State = "published"
	Withdrawn State = "withdrawn"
)

// Version is what an offer says during some time.
type Version struct {
	ID, OfferID, ProgrammeID id.ID
	Name                     string // of the offer
	Number                   int    // from 1 within the offer
	State                    State
	// The version is in force while Begins ≤ sale < Ends. A zero Begins is
	// always before, a zero Ends never comes.
	Begins, Ends time.Time
	Spec         Spec
}

// Offer returns the offer that the version is of.
func (v *Version) Offer() Offer {
	return Offer{ID: v.OfferID, ProgrammeID: v.ProgrammeID, Name: v.Name}
}

// Audience says whom an offer is for.
type Audience string

// The audiences.
const (
	// Regulars are the enrolled members.
	Regulars Audience = "regulars"
	// Newcomers are customers at their first purchase. Nobody else is told of
	// the offer.
	Newcomers Audience = "newcomers"
)

// Spec is what a manager writes: what an offer takes off, when, and within
// which limits.
type Spec struct {
	// Audience is Regulars when empty.
	Audience Audience `json:"audience,omitempty"`
	// Lines chooses the goods that the offer is about; nil is all goods of the
	// sale. Of free delivery it chooses the fees, by their SKU.
	Lines *earn.Lines `json:"lines,omitempty"`
	// Brands narrows the goods to those of these brands; nil is any.
	Brands []string `json:"brands,omitempty"`
	// Condition sees the sale at list prices.
	Condition condition.Condition `json:"condition,omitzero"`
	// Minimum is what the chosen goods must come to, in minor units, before the
	// discounts of the offer's own stage and after those of the stages before.
	// Of free delivery it is about all goods.
	Minimum int64   `json:"minimum,omitempty"`
	Benefit Benefit `json:"benefit,omitzero"`
	// WithCode lets the offer apply only when one of its codes is presented.
	WithCode bool `json:"with_code,omitempty"`
	// Priority orders the offers of a stage: higher first, of equals the older
	// offer.
	Priority int `json:"priority,omitempty"`
	// Group names offers of which only the one that takes off most applies to
	// a sale; empty for none.
	Group string `json:"group,omitempty"`
	// Exclusive keeps all other offers off the sale. It applies only if it
	// takes off more than all others together would.
	Exclusive bool `json:"exclusive,omitempty"`
	// Together is how many offers may apply to a sale of which this one is one;
	// 0 is any number. Those that come first in their order stay.
	Together int `json:"together,omitempty"`
	// AtCost keeps each line at what the goods cost, where that is known.
	AtCost bool `json:"at_cost,omitempty"`
	// MostOff is how far below its list price the offer leaves a line at most, in
	// per cent, what offers before it took included; zero is no limit.
	MostOff money.Rate `json:"most_off,omitzero"`
	// PerMember limits what one member gets by the offer, over all its
	// versions.
	PerMember []Cap  `json:"per_member,omitempty"`
	Budget    Budget `json:"budget,omitzero"`
	// PerShop limits what all members together get by the offer in a shop.
	PerShop []ShopBudget `json:"per_shop,omitempty"`
	// RestoreCode gives a code back when the whole sale is returned.
	RestoreCode bool `json:"restore_code,omitempty"`
	// AfterReturn is KeepDiscount when empty.
	AfterReturn AfterReturn `json:"after_return,omitempty"`
}

// Cap limits what one member gets by an offer within a period of the
// programme's calendar. At least one of Times and Amount is set. A discount
// that passes Amount is cut to what is left of it.
type Cap struct {
	Period earn.Period `json:"period,omitempty"`
	Times  int64       `json:"times,omitempty"`
	Amount int64       `json:"amount,omitempty"` // minor units
}

// Budget limits what all members together get by an offer, over all its
// versions; 0 is no limit. The discount that would pass the end of Amount is
// refused, not cut.
type Budget struct {
	Uses   int64 `json:"uses,omitempty"`
	Amount int64 `json:"amount,omitempty"` // minor units
}

// IsZero reports whether there is no limit.
func (b Budget) IsZero() bool { return b == Budget{} }

// ShopBudget limits what all members together get by an offer in one shop within
// a period of the programme's calendar, over all its versions. At least one of
// Uses and Amount is set; the discount that would pass Amount is refused, not
// cut.
type ShopBudget struct {
	// Shop is the code of the shop that it is for. An empty one is for each of
	// the shops alike that have none of their own for the period, and for all
	// sales without a shop together.
	Shop   string      `json:"shop,omitempty"`
	Period earn.Period `json:"period,omitempty"`
	Budget
}

// Kind says how a benefit reckons its discount.
type Kind string

// The kinds of benefit.
const (
	Percent      Kind = "percent"       // Percent off the chosen goods
	Amount       Kind = "amount"        // Amount off the whole of the chosen goods
	FixedPrice   Kind = "fixed_price"   // each unit of the chosen goods costs Price; never raises
	CheapestFree Kind = "cheapest_free" // of each Buy + Get units of the chosen goods the Get cheapest are free
	BuyGet       Kind = "buy_get"       // of each Buy + Get units of the chosen goods the Get cheapest are at Percent off
	Tiered       Kind = "tiered"        // what the highest tier gives that the chosen goods come to
	FreeDelivery Kind = "free_delivery" // the fees that Lines names, or all
	Gift         Kind = "gift"          // SKU is added by the till; nothing is taken off
	// PointsMultiplier multiplies the points that the chosen goods earn by Rate;
	// nothing is taken off. See Pricing.Raise for how.
	PointsMultiplier Kind = "points_multiplier"
)

// Kinds returns every kind of benefit.
func Kinds() []Kind {
	return []Kind{Percent, Amount, FixedPrice, CheapestFree, BuyGet, Tiered, FreeDelivery, Gift, PointsMultiplier}
}

// Benefit is what an offer gives. Which fields it has depends on its kind.
// Fractions of a minor unit are never taken off.
type Benefit struct {
	Kind    Kind       `json:"kind,omitempty"`
	Percent money.Rate `json:"percent,omitzero"` // in per cent: 20 is 20 %
	Amount  int64      `json:"amount,omitempty"` // minor units
	Price   int64      `json:"price,omitempty"`  // minor units
	Buy     int64      `json:"buy,omitempty"`    // thousandths of a unit
	Get     int64      `json:"get,omitempty"`    // thousandths of a unit
	// Tiers stand from the lowest to the highest.
	Tiers []Tier `json:"tiers,omitempty"`
	SKU   string `json:"sku,omitempty"`
	// Rate is by what points are multiplied: 2 doubles them.
	Rate money.Rate `json:"rate,omitzero"`
	// Wallet is the identifier of the wallet whose points are multiplied; empty
	// is every wallet.
	Wallet string `json:"wallet,omitempty"`
	// Most caps the discount, in minor units; 0 does not.
	Most int64 `json:"most,omitempty"`
}

// Tier is what is taken off when the chosen goods come to From. One of Amount
// and Percent is set.
type Tier struct {
	From    int64      `json:"from,omitempty"`   // minor units
	Amount  int64      `json:"amount,omitempty"` // minor units
	Percent money.Rate `json:"percent,omitzero"` // in per cent
}

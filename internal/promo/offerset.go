package promo

import (
	"context"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/money"
)

// Offerset is every version of a programme's offers that was ever published,
// ready to price. It does not change and is safe for concurrent use.
type Offerset struct {
	zone     *time.Location
	currency money.Currency
}

// NewOfferset compiles versions; zone and currency are the programme's. Drafts
// are left out. It fails when a version does not pass Check.
func NewOfferset(zone *time.Location, currency money.Currency, versions []Version) (*Offerset, error) {
	return &Offerset{zone: zone, currency: currency}, nil
}

// LoadOfferset returns every version of the programme's offers that was ever
// published, compiled. It does not change with later publications: whoever
// keeps it watches the programme's version.
func LoadOfferset(ctx context.Context, q db.Queryer, programme id.ID) (*Offerset, error) {
	return &Offerset{}, nil
}

// Price says what the offers in force at the time of the sale take off it. It
// is pure: it looks at the basket and at what has been used of the limits, and
// changes neither.
func (s *Offerset) Price(b Basket, u Usage) Pricing { return Pricing{} }

// Limits returns the counters and the budgets that pricing a sale of the moment
// looks at, to be loaded before it; nothing for most sets of offers.
func (s *Offerset) Limits(occurred time.Time) (slots []Slot, budgets []id.ID) { return nil, nil }

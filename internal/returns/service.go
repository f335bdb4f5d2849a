package returns

import (
	"context"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/program"
)

// Promises is what the room needs of promises and parcels.
type Promises interface {
	// Pledge makes a promise.
	Pledge(ctx context.Context, tx *db.Tx, a auth.Actor, n flow.Pledge) (id.ID, error)
	// Honour keeps a promise now, or notes that it came late.
	Honour(ctx context.Context, tx *db.Tx, programme, promise id.ID) error
	// Release withdraws a promise that is still open.
	Release(ctx context.Context, tx *db.Tx, programme, promise id.ID) error
	// ClockOf tells how a promise stands.
	ClockOf(ctx context.Context, q db.Queryer, programme, promise id.ID) (*flow.Clock, error)
	// Shipped tells whether parcels of an order are known, when the last that came
	// did, the zero time while none has, and to which country; empty for unsaid.
	Shipped(ctx context.Context, q db.Queryer, programme id.ID, order string) (sent bool, delivered time.Time, country string, err error)
	// Postcode tells whether that of an order's delivery is known, and whether what
	// somebody typed is it.
	Postcode(ctx context.Context, q db.Queryer, g *program.Programme, order, typed string) (known, fits bool, err error)
}

// Config is what a service needs.
type Config struct {
	DB       *db.DB
	Flow     *flow.Service
	Promises Promises
	// GiftCards gives those that customers choose for what they send back.
	GiftCards *giftcard.Service
	Now       func() time.Time
}

// Service is what can be done with returns.
type Service struct{ Config }

// New returns the service over a migrated database.
func New(c Config) *Service { return &Service{c} }

// ourselves books what came back.
var ourselves = auth.System("returns")

// clock is the time as it is stored.
func (s *Service) clock() time.Time { return db.Time(db.Micros(s.Now())) }

// Limits of text, in bytes.
const (
	maxReference = 200
	maxWords     = 500
)

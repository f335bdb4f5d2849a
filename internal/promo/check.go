package promo

import (
	"context"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Fault is something that Check found wrong with an offer or its codes.
type Fault struct {
	OfferID id.ID
	What    string
}

// Check returns what contradicts itself in a programme's offers and codes:
// budgets and counters that differ from the redemptions or pass their limits,
// and codes likewise.
func Check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	return checkCodes(ctx, q, programme)
}

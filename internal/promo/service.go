package promo

import (
	"time"

	"regulars/internal/db"
)

// Service is what can be done with offers and codes. Changes to the offers of a
// programme come one after another, since each bumps the programme's version
// first.
type Service struct {
	d   *db.DB
	now func() time.Time
}

// New returns the service over a migrated database.
func New(d *db.DB, now func() time.Time) *Service { return &Service{d: d, now: now} }

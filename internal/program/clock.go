package program

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"regulars/internal/db"
)

const clockOffset = "clock_offset" // microseconds

// ClockOffset returns how far the installation's clock stands from the real
// one: zero but where a demonstration lives in the time of its data.
func ClockOffset(ctx context.Context, q db.Queryer) (time.Duration, error) {
	var micros int64
	err := q.QueryRow(ctx, `SELECT value FROM installation WHERE name = $1`, clockOffset).Scan(&micros)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("reading the installation's clock: %w", err)
	}
	return time.Duration(micros) * time.Microsecond, nil
}

// SetClockOffset sets the installation's clock, once and for all: what has
// been dated by one clock cannot go on with another. It does nothing where the
// clock has been set.
func SetClockOffset(ctx context.Context, tx *db.Tx, offset time.Duration) error {
	if _, err := Once(ctx, tx, clockOffset, offset.Microseconds()); err != nil {
		return fmt.Errorf("setting the installation's clock: %w", err)
	}
	return nil
}

// Once keeps a number of the whole installation under a name, unless one is
// kept already, and returns the one that is kept.
func Once(ctx context.Context, tx *db.Tx, name string, value int64) (kept int64, err error) {
	if _, err := tx.Exec(ctx, `INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, value); err != nil {
		return 0, fmt.Errorf("keeping %s of the installation: %w", name, err)
	}
	if err := tx.QueryRow(ctx, `SELECT value FROM installation WHERE name = $1`, name).Scan(&kept); err != nil {
		return 0, fmt.Errorf("reading %s of the installation: %w", name, err)
	}
	return kept, nil
}

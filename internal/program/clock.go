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
	_, err := tx.Exec(ctx, `INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`,
		clockOffset, offset.Microseconds())
	if err != nil {
		return fmt.Errorf("setting the installation's clock: %w", err)
	}
	return nil
}

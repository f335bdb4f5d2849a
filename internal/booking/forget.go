package booking

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
)

// GuestDays is how long after the time it is known who a guest was: long enough to
// settle what went wrong. A guest has no page on which to ask to be forgotten.
const GuestDays = 90

// Forget takes names, phones and notes out of the bookings of guests that are long
// over. That somebody came, or did not, still counts.
func (s *Service) Forget(ctx context.Context) error {
	return s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE booking SET name = '', phone = '', note = '', reason = '', key = ''
			WHERE member_id = 0 AND ends < $1 AND (name <> '' OR phone <> '' OR note <> '')`, db.Micros(s.clock().Add(-GuestDays*24*time.Hour)))
		if err != nil {
			return fmt.Errorf("forgetting guests: %w", err)
		}
		return nil
	})
}

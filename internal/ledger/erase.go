package ledger

import (
	"context"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Erase takes out of the points of the members what somebody may have written
// about them: the reasons of what was done by hand. The movements stay, so that
// sums stay true, and so do the reasons that rules gave.
func Erase(ctx context.Context, tx *db.Tx, members []id.ID) error {
	for _, text := range []string{
		`UPDATE entry SET reason = '' WHERE reason <> '' AND member_id IN `,
		`UPDATE lot SET reason = '' WHERE reason <> '' AND rule_version = 0 AND member_id IN `,
	} {
		var args db.Args
		if _, err := tx.Exec(ctx, text+args.In(members), args.Values()...); err != nil {
			return fmt.Errorf("erasing reasons: %w", err)
		}
	}
	var args db.Args
	// A hold is found by the entries that it made.
	holds := `UPDATE hold SET reason = '' WHERE member_id IN ` + args.In(members) +
		` AND id IN (SELECT e.cause_id FROM entry e WHERE e.cause_kind = 7 AND e.member_id IN ` + args.In(members) + `)`
	if _, err := tx.Exec(ctx, holds, args.Values()...); err != nil {
		return fmt.Errorf("erasing reasons of holds: %w", err)
	}
	return nil
}

package ledger

import (
	"context"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Erase takes out of the members' movements the words that may be somebody's
// own, which are all but those of rules; the movements stay.
func Erase(ctx context.Context, tx *db.Tx, members []id.ID) error {
	for _, where := range []string{
		`UPDATE lot SET reason = '' WHERE rule_version = 0 AND member_id IN `,
		fmt.Sprintf(`UPDATE entry SET reason = '' WHERE cause_kind <> %d AND member_id IN `, CauseRule),
		`UPDATE hold SET reason = '' WHERE member_id IN `,
	} {
		var args db.Args
		text := where + args.In(members)
		if _, err := tx.Exec(ctx, text, args.Values()...); err != nil {
			return fmt.Errorf("erasing the words of movements: %w", err)
		}
	}
	return nil
}

package tier

import (
	"context"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

var reasonTable = db.NewTable("rank_change", []string{"member_id", "ladder_id", "no"},
	integer("member_id"), integer("ladder_id"), integer("no"), word("reason"))

// Erase takes out of the history of ranks what staff wrote about the members;
// the changes themselves stay.
func Erase(ctx context.Context, tx *db.Tx, members ...id.ID) error {
	changes, err := History(ctx, tx, members...)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, c := range changes {
		if note, ok := c.Reason.Args["note"]; !ok || note == "" {
			continue
		}
		c.Reason.Args["note"], c.Reason.Args["noted"] = "", "no"
		reason, err := json.Marshal(c.Reason)
		if err != nil {
			return fmt.Errorf("erasing notes: %w", err)
		}
		rows = append(rows, []any{c.MemberID, c.LadderID, c.No, string(reason)})
	}
	if err := tx.Update(ctx, reasonTable, rows); err != nil {
		return fmt.Errorf("erasing notes: %w", err)
	}
	return nil
}

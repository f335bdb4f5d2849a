package member

import (
	"context"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Erase forgets the members, which are all the aliases of a person: profile,
// identities, search words, tags, and the evidence of consents. The rows stay
// with status erased, so that sums stay true and the ids mean somebody. What
// it does can be done again and cannot be undone. Permission and audit are the
// caller's.
func Erase(ctx context.Context, tx *db.Tx, members []id.ID) error {
	for _, forget := range []func(in string) string{
		func(in string) string {
			return `UPDATE member SET status = 'erased', given_name = '', family_name = '', language = '', zone = '',
				birth_day = 0, birth_month = 0, birth_year = 0, tags = '', attributes = '', version = version + 1 WHERE id IN ` + in
		},
		func(in string) string {
			return `UPDATE member_consent SET source = '', text_version = '', ip = '' WHERE member_id IN ` + in
		},
		func(in string) string {
			return `UPDATE member_merge SET filled = '' WHERE survivor_id IN ` + in + ` OR loser_id IN ` + in
		},
	} {
		var args db.Args
		if _, err := tx.Exec(ctx, forget(args.In(members)), args.Values()...); err != nil {
			return fmt.Errorf("erasing members: %w", err)
		}
	}
	if err := remove(ctx, tx, "member_identity", members); err != nil {
		return err
	}
	return unindex(ctx, tx, members)
}

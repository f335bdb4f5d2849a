package member

import (
	"context"
	"slices"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
)

// SamePerson reports whether one of the members has the e-mail address of the
// member of staff who is named as auth.Actor names them.
func SamePerson(ctx context.Context, q db.Queryer, actor string, members []id.ID) (bool, error) {
	shown, staff := strings.CutPrefix(actor, "staff:")
	if !staff || len(members) == 0 {
		return false, nil
	}
	who, err := id.Parse(id.Staff, shown)
	if err != nil {
		return false, nil //nolint:nilerr // somebody whom nobody can name has no address either
	}
	email, err := auth.EmailOf(ctx, q, who)
	if err != nil || email == "" {
		return false, err
	}
	own, err := Normalise(Email, email, "")
	if err != nil {
		return false, nil //nolint:nilerr // an address that no member can have
	}
	identities, err := Identities(ctx, q, members)
	for _, list := range identities {
		if slices.Contains(list, own) {
			return true, err
		}
	}
	return false, err
}

package auth

import (
	"context"
	"strings"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Names returns the present names of staff and keys for texts of Actor.String,
// as the audit trail and events keep them. Texts of other kinds, and who is
// not known, are left out.
func Names(ctx context.Context, q db.Queryer, actors []string) (map[string]string, error) {
	names := map[string]string{}
	for _, of := range []struct {
		kind   ActorKind
		prefix id.Prefix
		table  string
	}{{KindStaff, id.Staff, "staff"}, {KindKey, id.Key, "api_key"}} {
		var ids []id.ID
		for _, actor := range actors {
			shown, ok := strings.CutPrefix(actor, string(of.kind)+":")
			if n, err := id.Parse(of.prefix, shown); ok && err == nil {
				ids = append(ids, n)
			}
		}
		found, err := selectNames(ctx, q, of.table, ids)
		if err != nil {
			return nil, err
		}
		for n, name := range found {
			names[string(of.kind)+":"+n.In(of.prefix)] = name
		}
	}
	return names, nil
}

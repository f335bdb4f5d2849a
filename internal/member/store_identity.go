package member

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

var identityTable = db.NewTable("member_identity", []string{"programme_id", "kind", "value"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "kind", Kind: db.Text}, db.Column{Name: "value", Kind: db.Text},
	db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "origin_id", Kind: db.Int},
	db.Column{Name: "tail", Kind: db.Text})

// identityKey says the types of an identity's key.
var identityKey = []db.Kind{db.Int, db.Text, db.Text}

// Recognise answers every ask, in the order of the asks, by one statement. A
// member merged away is never found: the survivor has the identities.
//
// CROSS JOIN keeps SQLite from walking the whole table when many are asked for.
func Recognise(ctx context.Context, q db.Queryer, asks []Ask) ([]Found, error) {
	var keys [][]any
	for _, a := range asks {
		for _, i := range a.Identities {
			keys = append(keys, []any{int64(a.ProgrammeID), string(i.Kind), i.Value})
		}
	}
	owners, err := selectOwners(ctx, q, keys)
	if err != nil {
		return nil, err
	}
	found := make([]Found, len(asks))
	for i, a := range asks {
		found[i] = a.answer(owners)
	}
	return found, nil
}

func selectOwners(ctx context.Context, q db.Queryer, keys [][]any) (map[owner]id.ID, error) {
	owners := make(map[owner]id.ID, len(keys))
	if len(keys) == 0 {
		return owners, nil
	}
	var args db.Args
	query := `WITH k(programme_id, kind, value) AS ` + args.Tuples(identityKey, keys) + `
		SELECT i.programme_id, i.kind, i.value, i.member_id FROM k CROSS JOIN member_identity i
		WHERE i.programme_id = k.programme_id AND i.kind = k.kind AND i.value = k.value`
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var o owner
		var member id.ID
		err := r.Scan(&o.programme, &o.identity.Kind, &o.identity.Value, &member)
		owners[o] = member
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("recognising members: %w", err)
	}
	return owners, nil
}

// Owned is a member's identities to attach or detach.
type Owned struct {
	ProgrammeID, MemberID id.ID
	Identities            []Identity
}

// Attach gives identities to members by one statement; ErrTaken if one of them
// belongs to anybody already.
func Attach(ctx context.Context, tx *db.Tx, owned []Owned) error {
	var rows [][]any
	for _, o := range owned {
		for n, i := range o.Identities {
			if !slices.Contains(o.Identities[:n], i) {
				rows = append(rows, []any{o.ProgrammeID, string(i.Kind), i.Value, o.MemberID, o.MemberID, i.tail()})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	slices.SortFunc(rows, inOrder)
	n, err := tx.InsertNew(ctx, identityTable, rows)
	if err != nil {
		return fmt.Errorf("attaching identities: %w", err)
	}
	if n < int64(len(rows)) {
		return ErrTaken
	}
	return nil
}

// inOrder compares rows by their keys. Batches that give identities in one
// order do not block each other for good.
func inOrder(a, b []any) int {
	return cmp.Or(cmp.Compare(a[0].(id.ID), b[0].(id.ID)), cmp.Compare(a[1].(string), b[1].(string)), cmp.Compare(a[2].(string), b[2].(string)))
}

// detach takes identities from a member.
func detach(ctx context.Context, tx *db.Tx, o Owned) error {
	if len(o.Identities) == 0 {
		return nil
	}
	keys := make([][]any, len(o.Identities))
	for n, i := range o.Identities {
		keys[n] = []any{int64(o.ProgrammeID), string(i.Kind), i.Value}
	}
	var args db.Args
	query := `DELETE FROM member_identity WHERE member_id = ` + args.Add(int64(o.MemberID)) +
		` AND (programme_id, kind, value) IN ` + args.Tuples(identityKey, keys)
	if _, err := tx.Exec(ctx, query, args.Values()...); err != nil {
		return fmt.Errorf("detaching identities: %w", err)
	}
	return nil
}

// Identities returns the identities of the members, in the order of Kinds and
// then of their values, by one statement. A merged member has none; the
// survivor has them.
func Identities(ctx context.Context, q db.Queryer, members []id.ID) (map[id.ID][]Identity, error) {
	found := make(map[id.ID][]Identity, len(members))
	if len(members) == 0 {
		return found, nil
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT member_id, kind, value FROM member_identity WHERE member_id IN `+args.In(members), args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var member id.ID
		var i Identity
		err := r.Scan(&member, &i.Kind, &i.Value)
		found[member] = append(found[member], i)
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading identities: %w", err)
	}
	for _, list := range found {
		slices.SortFunc(list, compareIdentities)
	}
	return found, nil
}

func compareIdentities(a, b Identity) int {
	order := Kinds()
	return cmp.Or(cmp.Compare(slices.Index(order, a.Kind), slices.Index(order, b.Kind)), cmp.Compare(a.Value, b.Value))
}

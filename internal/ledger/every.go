package ledger

import (
	"context"
	"fmt"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

// EachEntry calls fn with every movement in the wallets, by member and wallet
// in their order. It streams them, so fn must not use q, as with EachLot; give
// it a snapshot.
func EachEntry(ctx context.Context, q db.Queryer, wallets []id.ID, fn func(Entry) error) error {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT `+selected(entryColumns, reasonOfLot)+` FROM entry t`+reasonOfLot+
		` WHERE t.wallet_id IN `+args.In(wallets)+` ORDER BY t.member_id, t.wallet_id, t.id`, args.Values()...)
	if err := db.Each(rows, err, scanEntry, fn); err != nil {
		return fmt.Errorf("reading every entry: %w", err)
	}
	return nil
}

// membersAtOnce bounds how many members EachEntryOf asks for by one statement.
const membersAtOnce = 500

// EachEntryOf is EachEntry for some members alone, each once.
func EachEntryOf(ctx context.Context, q db.Queryer, members, wallets []id.ID, fn func(Entry) error) error {
	for some := range slices.Chunk(members, membersAtOnce) {
		var args db.Args
		rows, err := q.Query(ctx, `SELECT `+selected(entryColumns, reasonOfLot)+` FROM entry t`+reasonOfLot+
			` WHERE t.member_id IN `+args.In(some)+` AND t.wallet_id IN `+args.In(wallets)+` ORDER BY t.member_id, t.wallet_id, t.id`, args.Values()...)
		if err := db.Each(rows, err, scanEntry, fn); err != nil {
			return fmt.Errorf("reading every entry of members: %w", err)
		}
	}
	return nil
}

// EachLot calls fn with every lot in the wallets as it is stored, by member
// and wallet in their order.
func EachLot(ctx context.Context, q db.Queryer, wallets []id.ID, fn func(Lot) error) error {
	var args db.Args
	rows, err := q.Query(ctx, `SELECT `+lotColumns+` FROM lot WHERE wallet_id IN `+args.In(wallets)+` ORDER BY member_id, wallet_id, id`, args.Values()...)
	err = db.Each(rows, err, scanLot, func(row lotRow) error { return fn(*row.Lot) })
	if err != nil {
		return fmt.Errorf("reading every lot: %w", err)
	}
	return nil
}

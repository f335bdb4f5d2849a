package ledger

import (
	"context"
	"fmt"

	"regulars/internal/db"
)

// Save keeps what has been done to the accounts: one statement for each table
// and verb, whatever the number of accounts. It refuses, as a fault of ours, an
// account in which something would fall below zero or a sum would not hold. The
// accounts may be used on within the transaction.
func Save(ctx context.Context, tx *db.Tx, accounts []*Account) error {
	var w writes
	for _, a := range accounts {
		if err := a.sound(); err != nil {
			return err
		}
		if err := w.add(a); err != nil {
			return fmt.Errorf("writing accounts: %w", err)
		}
	}
	if err := w.write(ctx, tx); err != nil {
		return fmt.Errorf("writing accounts: %w", err)
	}
	for _, a := range accounts {
		if a.Changed() {
			a.stored, a.storedDue = true, dueMicros(a.NextDue())
		}
		a.Forget()
	}
	return nil
}

// sound reports what makes the account unfit to be kept.
func (a *Account) sound() error {
	if b := a.balance.below(); b != 0 {
		a.fail(fmt.Errorf("%s would be %d", b, a.balance[b]))
	}
	if gap := a.balance.Gap(); gap != 0 {
		a.fail(fmt.Errorf("%d points would be nowhere", gap))
	}
	for _, l := range a.changed {
		if min(l.Remaining, l.Held, l.Expired, l.Exempt, l.Clawed) < 0 {
			a.fail(fmt.Errorf("a lot would fall below zero: %+v", *l))
		}
	}
	return a.err
}

// writes collects the rows of a save.
type writes struct {
	newBalances, balances, sums, newLots, lots, entries [][]any
	newHolds, holds, newParts, parts                    [][]any
}

func (w *writes) add(a *Account) error {
	if !a.Changed() {
		return nil
	}
	switch row := a.row(); {
	case !a.stored:
		w.newBalances = append(w.newBalances, row)
	case a.storedDue == dueMicros(a.NextDue()): // spares the index of what is due
		w.sums = append(w.sums, row[:len(row)-1])
	default:
		w.balances = append(w.balances, row)
	}
	for i := range a.entries {
		row, err := a.entries[i].row()
		if err != nil {
			return err
		}
		w.entries = append(w.entries, row)
	}
	for _, h := range a.holds {
		if err := w.addHold(h); err != nil {
			return err
		}
	}
	return w.addLots(a.changed)
}

func (w *writes) addLots(lots []*Lot) error {
	for _, l := range lots {
		if !l.book.fresh {
			w.lots = append(w.lots, l.stateRow())
			continue
		}
		row, err := l.row()
		if err != nil {
			return err
		}
		w.newLots = append(w.newLots, row)
	}
	return nil
}

func (w *writes) addHold(h *Hold) error {
	if h.fresh {
		row, err := h.row()
		if err != nil {
			return err
		}
		w.newHolds = append(w.newHolds, row)
		for i, p := range h.Parts {
			w.newParts = append(w.newParts, []any{h.ID, p.LotID, h.MemberID, p.LotEvent, i, p.Left})
		}
		return nil
	}
	if !h.changed {
		return nil
	}
	w.holds = append(w.holds, []any{h.ID, h.MemberID, h.Left})
	for _, p := range h.Parts {
		w.parts = append(w.parts, []any{h.ID, p.LotID, h.MemberID, p.Left})
	}
	return nil
}

func (w *writes) write(ctx context.Context, tx *db.Tx) error {
	steps := []struct {
		verb  func(context.Context, db.Table, [][]any) error
		table db.Table
		rows  [][]any
	}{
		{tx.Insert, balanceTable, w.newBalances},
		{tx.Update, balanceTable, w.balances},
		{tx.Update, balanceSumsTable, w.sums},
		{tx.Insert, lotTable, w.newLots},
		{tx.Update, lotStateTable, w.lots},
		{tx.Insert, entryTable, w.entries},
		{tx.Insert, holdTable, w.newHolds},
		{tx.Update, holdStateTable, w.holds},
		{tx.Insert, partTable, w.newParts},
		{tx.Update, partStateTable, w.parts},
	}
	for _, s := range steps {
		if len(s.rows) == 0 {
			continue
		}
		if err := s.verb(ctx, s.table, s.rows); err != nil {
			return err
		}
	}
	return nil
}

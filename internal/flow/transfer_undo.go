package flow

import (
	"context"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
)

// TransferUndo takes a transfer back.
type TransferUndo struct {
	ProgrammeID id.ID
	// From is who gave, and Event the transfer on the giver's timeline.
	From, Event id.ID
	Note        string
	// Within is called before the commit, as that of a Transfer.
	Within func(ctx context.Context, tx *db.Tx, done Transferred) error
}

// UndoTransfer gives back what is left of the points that a transfer moved,
// with their dates: what was used or has expired since stays gone. Where
// nothing is left it is refused ("points_used"), and so is undoing it twice
// ("transfer_undone"). It needs points.transfer.
func (s *Service) UndoTransfer(ctx context.Context, a auth.Actor, u TransferUndo) (Transferred, error) {
	if err := a.Can(u.ProgrammeID, auth.PointsTransfer); err != nil {
		return Transferred{}, err
	}
	if err := plain("/reason", u.Note, maxText); err != nil {
		return Transferred{}, err
	}
	var done Transferred
	err := s.inTxTaking(ctx, func(tx *db.Tx) error {
		then, err := readTransfer(ctx, tx, u.From, u.Event)
		if err != nil {
			return err
		}
		m, err := s.undoing(ctx, tx, u, then)
		if err != nil {
			return err
		}
		if err := s.move(ctx, tx, a, m); err != nil {
			return err
		}
		done = m.Transferred
		if u.Within == nil {
			return nil
		}
		return u.Within(ctx, tx, done)
	})
	return done, err
}

// undoing readies the way back of a transfer, between whom the two are now.
func (s *Service) undoing(ctx context.Context, tx *db.Tx, u TransferUndo, then Transferred) (*moving, error) {
	back, from, err := survivors(ctx, tx, then.From, then.To)
	if err != nil {
		return nil, err
	}
	if back == from {
		return nil, sameMember()
	}
	key := journal.Key{ProgrammeID: u.ProgrammeID, Source: ownSource, ExternalID: string(journal.TransferUndo) + ":" + then.Out.In(id.Event)}
	known, err := journal.Known(ctx, tx, []journal.Key{key})
	if err != nil {
		return nil, err
	}
	if _, was := known[key]; was {
		return nil, fault.Conflict("transfer_undone", "this transfer has been taken back already")
	}
	return &moving{
		Transferred: Transferred{
			From: from, To: back, WalletID: then.WalletID, Points: then.Points, Out: tx.IDs().New(), In: tx.IDs().New(),
			Of: then.In, For: then.For, Note: u.Note, Undoes: then.Out, At: db.Time(db.Micros(s.now())),
		},
		programme: u.ProgrammeID, kind: journal.TransferUndo, key: key, hash: []byte(key.ExternalID), out: "flow.transfer_taken", in: "flow.transfer_returned",
	}, nil
}

// pass replays one side of a transfer. Who received gets what was given then,
// whatever would have become of the giver; who gave gives up to what would have
// been there, and the cut is counted.
func (r *replayer) pass(world int, f fact) error {
	t, a := f.payload.Transfer, r.worlds[world]
	w := a.wallet(t.WalletID)
	if err := a.post(f.occurred); err != nil || w == nil {
		return err
	}
	c := ledger.Cause{Event: f.id, Kind: ledger.CauseTransfer}
	if f.id == t.In {
		w.Receive(f.occurred, t.From, t.Lots, c)
		return nil
	}
	left := t.Points
	if t.Of != 0 {
		for _, part := range t.Lots {
			left -= ledger.Sums(w.GiveOf(f.occurred, t.To, alike(w.LotsOf(t.Of), part), part.Points, c))
		}
	}
	there := min(left, w.Balance()[ledger.Available])
	r.tallies[world].cut += left - there
	if there == 0 {
		return nil
	}
	_, err := w.Give(f.occurred, t.To, there, c)
	return err
}

// alike returns the lots that end when the part does.
func alike(lots []*ledger.Lot, part ledger.Moved) []*ledger.Lot {
	var found []*ledger.Lot
	for _, l := range lots {
		if l.Expires.Equal(part.Expires) {
			found = append(found, l)
		}
	}
	return found
}

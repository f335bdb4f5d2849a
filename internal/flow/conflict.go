package flow

import (
	"context"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/sale"
)

const maxNote = 500 // bytes

// Conflicts returns a page of what tills that were cut off gave differently, the
// latest first. It needs conflicts.read.
func (s *Service) Conflicts(ctx context.Context, a auth.Actor, query sale.ConflictQuery) ([]*sale.Conflict, error) {
	if err := a.Can(query.ProgrammeID, auth.ConflictsRead); err != nil {
		return nil, err
	}
	q := s.db.Reader()
	if len(query.Members) == 1 {
		aliases, err := member.Aliases(ctx, q, query.Members[0])
		if err != nil {
			return nil, err
		}
		query.Members = append(query.Members, aliases...)
	}
	return sale.Conflicts(ctx, q, query)
}

// ConflictByID returns one conflict; fault "unknown_conflict" when there is none.
// It needs conflicts.read.
func (s *Service) ConflictByID(ctx context.Context, a auth.Actor, programme, conflict id.ID) (*sale.Conflict, error) {
	if err := a.Can(programme, auth.ConflictsRead); err != nil {
		return nil, err
	}
	return oneConflict(ctx, s.db.Reader(), programme, conflict)
}

func oneConflict(ctx context.Context, q db.Queryer, programme, conflict id.ID) (*sale.Conflict, error) {
	list, err := sale.Conflicts(ctx, q, sale.ConflictQuery{ProgrammeID: programme, ID: conflict, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fault.Missing("unknown_conflict", "there is no till conflict %s", conflict.In(id.Conflict)).With("conflict", conflict.In(id.Conflict))
	}
	return list[0], nil
}

// SettleConflict notes how somebody settled a conflict; the note must name
// nobody. Nothing else changes: points are given or taken by an adjustment. It
// needs conflicts.write.
func (s *Service) SettleConflict(ctx context.Context, a auth.Actor, programme, conflict id.ID, note string) error {
	if err := a.Can(programme, auth.ConflictsWrite); err != nil {
		return err
	}
	note = strings.TrimSpace(note)
	if note == "" {
		return fault.Invalid("conflict_note", "say in a few words how it was settled").At("/note")
	}
	if err := plain("/note", note, maxNote); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *db.Tx) error {
		c, err := oneConflict(ctx, tx, programme, conflict)
		if err != nil {
			return err
		}
		c.Settled, c.By, c.Note = s.now(), a.String(), note
		done, err := sale.SettleConflict(ctx, tx, c)
		if err == nil && !done {
			err = fault.Conflict("conflict_settled", "somebody has settled this already")
		}
		if err != nil {
			return err
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "till_conflict.settle", Subject: conflict.In(id.Conflict)})
	})
}

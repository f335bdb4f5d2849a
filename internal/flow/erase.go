package flow

import (
	"context"
	"encoding/json"
	"fmt"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// Erase forgets a person: profile, identities, consents' evidence, and what
// anybody wrote about them beside their events, ranks and gift cards. The
// member's row, sales and points stay under a number that names nobody, so that
// sums stay true. It cannot be undone. It needs members.erase.
func (s *Service) Erase(ctx context.Context, a auth.Actor, programme, m id.ID) error {
	if err := a.Can(programme, auth.MembersErase); err != nil {
		return err
	}
	err := s.db.InTxAgain(ctx, func(tx *db.Tx) error {
		aliases, err := member.AliasesOf(ctx, tx, programme, m)
		if err != nil {
			return err
		}
		if err := member.Erase(ctx, tx, aliases); err != nil {
			return err
		}
		if err := eraseEvents(ctx, tx, aliases); err != nil {
			return err
		}
		if err := ledger.Erase(ctx, tx, aliases); err != nil {
			return err
		}
		if err := tier.Erase(ctx, tx, aliases...); err != nil {
			return err
		}
		if err := sale.EraseConflicts(ctx, tx, aliases); err != nil {
			return err
		}
		if err := giftcard.Erase(ctx, tx, programme, aliases); err != nil {
			return err
		}
		for _, r := range s.rooms {
			if err := r.Erase(ctx, tx, programme, aliases); err != nil {
				return fmt.Errorf("erasing a member in %s: %w", r.Name(), err)
			}
		}
		return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: programme, Action: "member.erase", Subject: m.In(id.Member)})
	})
	if err == nil {
		s.db.Forget()
	}
	return err
}

// eraseEvents strips the members' events, and the other side of points that they
// passed on or received: both timelines keep the same words.
func eraseEvents(ctx context.Context, tx *db.Tx, aliases []id.ID) error {
	sides := map[id.ID]id.ID{} // whose event it is
	err := journal.Erase(ctx, tx, aliases, func(kind journal.Kind, body []byte) ([]byte, error) {
		stripped, err := strip(kind, body)
		if err == nil && (kind == journal.Transfer || kind == journal.TransferUndo) {
			var p Payload
			err = json.Unmarshal(body, &p)
			if t := p.Transfer; err == nil && t != nil && t.Note != "" {
				sides[t.Out], sides[t.In] = t.From, t.To
			}
		}
		return stripped, err
	})
	if err != nil {
		return err
	}
	return journal.Strip(ctx, tx, sides, strip)
}

// strip takes out of an event's body what may tell of a person: free
// attributes, and the words of an adjustment or a transfer.
func strip(_ journal.Kind, body []byte) ([]byte, error) {
	var p Payload
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, fmt.Errorf("reading the body of an event: %w", err)
	}
	if p.Attributes == nil && p.Adjustment == nil && (p.Transfer == nil || p.Transfer.Note == "") {
		return body, nil
	}
	p.Attributes = nil
	if p.Adjustment != nil {
		p.Adjustment.Reason = ""
	}
	if p.Transfer != nil {
		p.Transfer.Note = ""
	}
	return json.Marshal(p)
}

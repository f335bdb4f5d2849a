package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/promo"
	"regulars/internal/tier"
)

// Export is everything that is kept of a person.
type Export struct {
	Person    member.Export      `json:"person"`
	Events    []ExportedEvent    `json:"events"`
	Movements []ExportedMovement `json:"movements"`
	Ranks     []ExportedRank     `json:"ranks"`
	Codes     []CodeRecord       `json:"codes"`
	// Rooms is what the features below flow keep, by their names.
	Rooms map[string]any `json:"rooms,omitempty"`
}

// ExportedEvent is one event of the timeline.
type ExportedEvent struct {
	ID       string          `json:"id"`
	Kind     journal.Kind    `json:"kind"`
	Source   string          `json:"source"`
	External string          `json:"external_id"`
	Occurred time.Time       `json:"occurred"`
	Recorded time.Time       `json:"recorded"`
	Channel  string          `json:"channel,omitempty"`
	Body     json.RawMessage `json:"body"`
}

// ExportedMovement is one movement of points, in the wallet's smallest unit.
type ExportedMovement struct {
	Wallet   string    `json:"wallet"`
	Kind     string    `json:"kind"`
	From     string    `json:"from"`
	To       string    `json:"to"`
	Points   int64     `json:"points"`
	Occurred time.Time `json:"occurred"`
	Event    string    `json:"event,omitempty"`
	Reason   i18n.Text `json:"reason,omitzero"`
}

// ExportedRank is one change of rank.
type ExportedRank struct {
	At     time.Time `json:"at"`
	From   string    `json:"from,omitempty"`
	To     string    `json:"to"`
	Reason i18n.Text `json:"reason,omitzero"`
}

// exportPage is how many rows an export reads at a time.
const exportPage = 500

// Export returns everything that is kept of a person, for the person, and
// leaves a trace of that in the audit trail. It needs members.export.
func (s *Service) Export(ctx context.Context, a auth.Actor, programme, m id.ID) (Export, error) {
	person, err := s.members.Export(ctx, a, programme, m)
	if err != nil {
		return Export{}, err
	}
	e := Export{Person: person, Events: []ExportedEvent{}, Movements: []ExportedMovement{}, Ranks: []ExportedRank{}, Codes: []CodeRecord{}}
	return e, s.db.View(ctx, func(q db.Queryer) error {
		aliases, err := member.AliasesOf(ctx, q, programme, m)
		if err != nil {
			return err
		}
		if err := e.addEvents(ctx, q, aliases); err != nil {
			return err
		}
		if err := e.addMovements(ctx, q, programme, aliases); err != nil {
			return err
		}
		if err := e.addRanks(ctx, q, aliases); err != nil {
			return err
		}
		codes, err := promo.CodesOf(ctx, q, programme, aliases)
		for _, c := range codes {
			e.Codes = append(e.Codes, codeRecord(c))
		}
		if err != nil {
			return err
		}
		return e.addRooms(ctx, q, programme, aliases, s.rooms)
	})
}

func (e *Export) addRooms(ctx context.Context, q db.Queryer, programme id.ID, aliases []id.ID, rooms []Room) error {
	for _, r := range rooms {
		kept, err := r.Export(ctx, q, programme, aliases)
		if err != nil {
			return fmt.Errorf("exporting a member of %s: %w", r.Name(), err)
		}
		if kept == nil {
			continue
		}
		if e.Rooms == nil {
			e.Rooms = map[string]any{}
		}
		e.Rooms[r.Name()] = kept
	}
	return nil
}

func (e *Export) addEvents(ctx context.Context, q db.Queryer, aliases []id.ID) error {
	for cursor := (journal.Cursor{}); ; {
		page, err := journal.Timeline(ctx, q, aliases, cursor, exportPage)
		if err != nil {
			return err
		}
		for _, v := range page {
			e.Events = append(e.Events, ExportedEvent{
				v.ID.In(id.Event), v.Kind, v.Source, v.ExternalID, v.Occurred, v.Recorded, v.Channel, v.Body,
			})
		}
		if len(page) < exportPage {
			return nil
		}
		cursor = page[len(page)-1].Cursor()
	}
}

func (e *Export) addMovements(ctx context.Context, q db.Queryer, programme id.ID, aliases []id.ID) error {
	wallets, err := ledger.Wallets(ctx, q, programme)
	if err != nil {
		return err
	}
	ask := ledger.StatementAsk{Members: aliases, Limit: exportPage}
	codes := map[id.ID]string{}
	for _, w := range wallets {
		ask.Wallets = append(ask.Wallets, w.ID)
		codes[w.ID] = w.Code
	}
	for {
		page, err := ledger.Statement(ctx, q, ask)
		if err != nil {
			return err
		}
		for _, v := range page {
			moved := ExportedMovement{
				Wallet: codes[v.WalletID], Kind: v.Kind.String(), From: v.From.String(), To: v.To.String(), Points: v.Amount,
				Occurred: v.Occurred, Reason: v.Cause.Reason,
			}
			if v.Cause.Event != 0 {
				moved.Event = v.Cause.Event.In(id.Event)
			}
			e.Movements = append(e.Movements, moved)
		}
		if len(page) < exportPage {
			return nil
		}
		ask.Before = page[len(page)-1].ID
	}
}

func (e *Export) addRanks(ctx context.Context, q db.Queryer, aliases []id.ID) error {
	changes, err := tier.History(ctx, q, aliases...)
	if err != nil {
		return err
	}
	for _, c := range changes {
		e.Ranks = append(e.Ranks, ExportedRank{c.At, c.From, c.To, c.Reason})
	}
	return nil
}

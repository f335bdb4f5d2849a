package tier

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "tier", Files: files}

func integer(name string) db.Column { return db.Column{Name: name, Kind: db.Int} }

func word(name string) db.Column { return db.Column{Name: name, Kind: db.Text} }

var (
	standingTable      = db.NewTable("standing", standingKey, append(slices.Clone(standingWithoutDue), integer("next_due"))...)
	stillDueTable      = db.NewTable("standing", standingKey, standingWithoutDue...)
	standingKey        = []string{"member_id", "ladder_id"}
	standingWithoutDue = []db.Column{
		integer("member_id"), integer("ladder_id"), word("rank_code"), integer("since"), integer("metric"),
		word("hand"), integer("hand_until"), word("bought"), integer("bought_until"), integer("falls_at"), integer("reckoned"), integer("version"),
		integer("next_leave"), integer("changes"), {Name: "closed", Kind: db.Bool},
	}
	creditTable = db.NewTable("tier_credit", []string{"member_id", "ladder_id", "leaves_at", "event_id"},
		integer("member_id"), integer("ladder_id"), integer("leaves_at"), integer("event_id"), integer("amount"))
	changeTable = db.NewTable("rank_change", []string{"member_id", "ladder_id", "no"},
		integer("member_id"), integer("ladder_id"), integer("no"), integer("at"), integer("recorded"),
		word("from_code"), word("to_code"), word("reason"), integer("event_id"), word("actor"))
)

// never returns the stored form of an instant whose zero means never.
func never(t time.Time) int64 {
	if t.IsZero() {
		return db.Never
	}
	return db.Micros(t)
}

// Save writes what has changed in the accounts, and new ones once something was
// posted, in at most four statements. The accounts are not to be used
// afterwards.
func Save(ctx context.Context, tx *db.Tx, recorded time.Time, accounts []*Account) error {
	var standings, stillDue, credits, changes [][]any
	for _, a := range accounts {
		switch row := a.row(); {
		case !a.dirty:
		case !a.noted.IsZero() && a.noted.Equal(a.NextDue()): // spares the index of what is due
			stillDue = append(stillDue, row[:len(row)-1])
		default:
			standings = append(standings, row)
		}
		for c := range a.touched {
			credits = append(credits, []any{a.s.MemberID, a.s.LadderID, never(c.leaves), c.event, c.amount})
		}
		for _, c := range a.changes {
			reason, err := json.Marshal(c.Reason)
			if err != nil {
				return fmt.Errorf("writing the reason of a change of rank: %w", err)
			}
			changes = append(changes, []any{c.MemberID, c.LadderID, c.No, db.Micros(c.At), db.Micros(recorded),
				c.From, c.To, string(reason), c.EventID, c.Actor})
		}
	}
	if err := tx.Upsert(ctx, standingTable, standings); err != nil {
		return fmt.Errorf("writing standings: %w", err)
	}
	if err := tx.Update(ctx, stillDueTable, stillDue); err != nil {
		return fmt.Errorf("writing standings: %w", err)
	}
	if err := tx.Upsert(ctx, creditTable, credits); err != nil {
		return fmt.Errorf("writing what counts towards ranks: %w", err)
	}
	if err := tx.Insert(ctx, changeTable, changes); err != nil {
		return fmt.Errorf("writing changes of rank: %w", err)
	}
	return nil
}

func (a *Account) row() []any {
	s := a.s
	return []any{s.MemberID, s.LadderID, s.Rank, db.Micros(s.Since), s.Metric, s.Hand, never(s.HandUntil), s.Bought, never(s.BoughtUntil), never(s.FallsAt),
		db.Micros(s.Reckoned), s.Version, never(a.nextLeave()), s.Changes, s.Closed, never(a.NextDue())}
}

// keyOf names an account.
type keyOf struct{ member, ladder id.ID }

func (a *Account) key() keyOf { return keyOf{a.s.MemberID, a.s.LadderID} }

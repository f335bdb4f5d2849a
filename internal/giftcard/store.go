package giftcard

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "giftcard", Files: files}

var (
	batchTable = db.NewTable("gift_batch", []string{"programme_id", "request_key"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "request_key", Kind: db.Text}, db.Column{Name: "id", Kind: db.Int},
		db.Column{Name: "campaign_id", Kind: db.Int}, db.Column{Name: "request", Kind: db.Bytes}, db.Column{Name: "cards", Kind: db.Int},
		db.Column{Name: "made", Kind: db.Int})
	campaignTable = db.NewTable("gift_campaign", []string{"programme_id", "name"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "name", Kind: db.Text}, db.Column{Name: "id", Kind: db.Int})
)

// claimBatch takes a key for a batch; false when an order under the key has
// made one before, which is then filled in.
func claimBatch(ctx context.Context, tx *db.Tx, key string, request []byte, b *Batch) (bool, error) {
	n, err := tx.InsertNew(ctx, batchTable, [][]any{{b.ProgrammeID, key, b.ID, b.CampaignID, request, b.Cards, db.Micros(b.Made)}})
	if err != nil {
		return false, fmt.Errorf("writing a batch of gift cards: %w", err)
	}
	if n == 1 {
		return true, nil
	}
	var before []byte
	var made int64
	err = tx.QueryRow(ctx, `SELECT b.id, b.campaign_id, b.request, b.cards, b.made, COALESCE(k.name, '') FROM gift_batch AS b
		LEFT JOIN gift_campaign AS k ON k.programme_id = b.programme_id AND k.id = b.campaign_id
		WHERE b.programme_id = $1 AND b.request_key = $2`, b.ProgrammeID, key).Scan(&b.ID, &b.CampaignID, &before, &b.Cards, &made, &b.Campaign)
	if err != nil {
		return false, fmt.Errorf("reading a batch of gift cards: %w", err)
	}
	b.Made, b.Repeated = db.Time(made), true
	if string(before) != string(request) {
		return false, fault.Conflict("card_order_reused", "other gift cards were ordered under this key; give every order a key of its own").At("/key")
	}
	return false, nil
}

// LoadBatch returns a batch of the programme; fault "unknown_gift_batch" when there
// is none.
func LoadBatch(ctx context.Context, q db.Queryer, programme, batch id.ID) (Batch, error) {
	b := Batch{ID: batch, ProgrammeID: programme}
	var made int64
	err := q.QueryRow(ctx, `SELECT b.campaign_id, b.cards, b.made, COALESCE(k.name, '') FROM gift_batch AS b
		LEFT JOIN gift_campaign AS k ON k.programme_id = b.programme_id AND k.id = b.campaign_id
		WHERE b.programme_id = $1 AND b.id = $2`, programme, batch).Scan(&b.CampaignID, &b.Cards, &made, &b.Campaign)
	if errors.Is(err, sql.ErrNoRows) {
		return Batch{}, fault.Missing("unknown_gift_batch", "there is no batch of gift cards %s", batch.In(id.GiftBatch)).With("batch", batch.In(id.GiftBatch))
	}
	if err != nil {
		return Batch{}, fmt.Errorf("reading a batch of gift cards: %w", db.Fault(err))
	}
	b.Made = db.Time(made)
	return b, nil
}

// campaign returns the campaign of a name, made when it is new; 0 for no name.
func campaign(ctx context.Context, tx *db.Tx, programme id.ID, name string) (found id.ID, err error) {
	if name == "" {
		return 0, nil
	}
	if _, err := tx.InsertNew(ctx, campaignTable, [][]any{{programme, name, tx.IDs().New()}}); err != nil {
		return 0, fmt.Errorf("writing a campaign: %w", err)
	}
	if err := tx.QueryRow(ctx, `SELECT id FROM gift_campaign WHERE programme_id = $1 AND name = $2`, programme, name).Scan(&found); err != nil {
		return 0, fmt.Errorf("reading a campaign: %w", err)
	}
	return found, nil
}

// insertCards writes new cards with their first movements.
func insertCards(ctx context.Context, tx *db.Tx, cards []*Card) error {
	var rows, entries [][]any
	for _, c := range cards {
		if err := c.sound(); err != nil {
			return err
		}
		rows = append(rows, c.row())
		entries = append(entries, c.entryRows()...)
	}
	if err := tx.Insert(ctx, cardTable, rows); err != nil {
		return fmt.Errorf("writing gift cards: %w", err)
	}
	if len(entries) == 0 {
		return nil
	}
	if err := tx.Insert(ctx, entryTable, entries); err != nil {
		return fmt.Errorf("writing movements of gift cards: %w", err)
	}
	return nil
}

// keyOf returns the key of the card that somebody names, by its number or its
// shown id.
func keyOf(ctx context.Context, q db.Queryer, programme id.ID, name string) (Key, error) {
	if card, err := id.Parse(id.GiftCard, name); err == nil {
		k := Key{ProgrammeID: programme}
		err := q.QueryRow(ctx, `SELECT number FROM gift_card WHERE programme_id = $1 AND id = $2`, programme, card).Scan(&k.Number)
		if errors.Is(err, sql.ErrNoRows) {
			return Key{}, Unknown()
		}
		if err != nil {
			return Key{}, fmt.Errorf("finding a gift card: %w", db.Fault(err))
		}
		return k, nil
	}
	number := NormaliseNumber(name)
	return Key{programme, number}, CheckNumber(number)
}

// Unknown is the fault of a number that is no card's, "unknown_gift_card".
func Unknown() *fault.Error {
	return fault.Missing("unknown_gift_card", "the programme has no such gift card; compare the number with the card")
}

// dueKeys returns cards on which money or a hold has run out, in the order in which
// it did.
func dueKeys(ctx context.Context, q db.Queryer, until time.Time, limit int) ([]Key, error) {
	rows, err := q.Query(ctx, `SELECT d.programme_id, d.number FROM (
			SELECT programme_id, number, due FROM gift_card WHERE due <= $1 AND due < 9223372036854775807
			UNION ALL SELECT programme_id, number, until FROM gift_hold WHERE until <= $1) AS d ORDER BY d.due LIMIT $2`, db.Micros(until), limit)
	keys, err := db.Collect(rows, err, func(r *sql.Rows) (k Key, err error) {
		err = r.Scan(&k.ProgrammeID, &k.Number)
		return k, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading gift cards that are due: %w", err)
	}
	return keys, nil
}

// Erase forgets whose the cards of a member were, under any of their ids. The
// cards stay, as those of whoever has the number, so that sums stay true.
func Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error {
	var args db.Args
	query := `UPDATE gift_card SET member_id = 0, label = '' WHERE programme_id = ` + args.Add(programme) + ` AND member_id <> 0 AND member_id IN ` + args.In(members)
	if _, err := tx.Exec(ctx, query, args.Values()...); err != nil {
		return fmt.Errorf("forgetting whose gift cards were: %w", err)
	}
	return nil
}

package touch

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what the room keeps in the database.
var Schema = db.Schema{Room: "touch", Files: files}

var touchpointTable = db.NewTable("touchpoint", []string{"id"},
	db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "kind", Kind: db.Text},
	db.Column{Name: "name", Kind: db.Text}, db.Column{Name: "shop_id", Kind: db.Int}, db.Column{Name: "links", Kind: db.Text},
	db.Column{Name: "closed", Kind: db.Bool}, db.Column{Name: "made", Kind: db.Int})

func upsertTouchpoint(ctx context.Context, tx *db.Tx, t *Touchpoint) error {
	links, err := json.Marshal(t.Links)
	if err != nil {
		return fmt.Errorf("writing a touchpoint's links: %w", err)
	}
	if err := tx.Upsert(ctx, touchpointTable, [][]any{{
		t.ID, t.ProgrammeID, string(t.Kind), t.Name, t.ShopID, string(links), t.Closed, db.Micros(t.Made),
	}}); err != nil {
		return fmt.Errorf("writing a touchpoint: %w", err)
	}
	return nil
}

func selectTouchpoints(ctx context.Context, q db.Queryer, where string, args ...any) ([]Touchpoint, error) {
	rows, err := q.Query(ctx, `SELECT id, programme_id, kind, name, shop_id, links, closed, made FROM touchpoint WHERE `+where+` ORDER BY id`, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (t Touchpoint, err error) {
		var links string
		var made int64
		if err := r.Scan(&t.ID, &t.ProgrammeID, &t.Kind, &t.Name, &t.ShopID, &links, &t.Closed, &made); err != nil {
			return t, err
		}
		t.Made = db.Time(made)
		return t, json.Unmarshal([]byte(links), &t.Links)
	})
	if err != nil {
		return nil, fmt.Errorf("reading touchpoints: %w", err)
	}
	return list, nil
}

// loadTouchpoint returns one of the programme; fault "unknown_touchpoint".
func loadTouchpoint(ctx context.Context, q db.Queryer, programme, touchpoint id.ID) (Touchpoint, error) {
	list, err := selectTouchpoints(ctx, q, `id = $1 AND programme_id = $2`, touchpoint, programme)
	if err != nil {
		return Touchpoint{}, err
	}
	if len(list) == 0 {
		return Touchpoint{}, fault.Missing("unknown_touchpoint", "there is no touchpoint %s", touchpoint.In(id.Touchpoint)).With("touchpoint", touchpoint.In(id.Touchpoint))
	}
	return list[0], nil
}

var batchTable = db.NewTable("touch_batch", []string{"id"},
	db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "touchpoint_id", Kind: db.Int},
	db.Column{Name: "name", Kind: db.Text}, db.Column{Name: "cards", Kind: db.Int}, db.Column{Name: "design", Kind: db.Text},
	db.Column{Name: "made", Kind: db.Int}, db.Column{Name: "made_by", Kind: db.Text})

func insertBatch(ctx context.Context, tx *db.Tx, b *Batch) error {
	design, err := b.Design.text()
	if err != nil {
		return err
	}
	if err := tx.Insert(ctx, batchTable, [][]any{{b.ID, b.ProgrammeID, b.TouchpointID, b.Name, b.Cards, design, db.Micros(b.Made), b.MadeBy}}); err != nil {
		return fmt.Errorf("writing a batch of cards: %w", err)
	}
	return nil
}

// selectBatches reads batches, the newest first, with how many of their cards
// went out.
func selectBatches(ctx context.Context, q db.Queryer, where string, args ...any) ([]Batch, error) {
	rows, err := q.Query(ctx, `SELECT b.id, b.programme_id, b.touchpoint_id, b.name, b.cards, b.design, b.made, b.made_by,
		(SELECT COUNT(*) FROM touch_card AS c WHERE c.programme_id = b.programme_id AND c.batch_id = b.id AND c.bound <> 0)
		FROM touch_batch AS b WHERE `+where+` ORDER BY b.id DESC`, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (b Batch, err error) {
		var design string
		var made int64
		if err := r.Scan(&b.ID, &b.ProgrammeID, &b.TouchpointID, &b.Name, &b.Cards, &design, &made, &b.MadeBy, &b.Bound); err != nil {
			return b, err
		}
		b.Made = db.Time(made)
		return b, json.Unmarshal([]byte(design), &b.Design)
	})
	if err != nil {
		return nil, fmt.Errorf("reading batches of cards: %w", err)
	}
	return list, nil
}

func loadBatch(ctx context.Context, q db.Queryer, programme, batch id.ID) (Batch, error) {
	list, err := selectBatches(ctx, q, `b.programme_id = $1 AND b.id = $2`, programme, batch)
	if err != nil {
		return Batch{}, err
	}
	if len(list) == 0 {
		return Batch{}, fault.Missing("unknown_card_batch", "there is no batch of cards %s", batch.In(id.CardBatch)).With("batch", batch.In(id.CardBatch))
	}
	return list[0], nil
}

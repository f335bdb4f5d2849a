package touch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var cardTable = db.NewTable("touch_card", []string{"code"},
	db.Column{Name: "code", Kind: db.Text}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "batch_id", Kind: db.Int},
	db.Column{Name: "touchpoint_id", Kind: db.Int}, db.Column{Name: "order_ref", Kind: db.Text}, db.Column{Name: "bound", Kind: db.Int})

const cardColumns = `code, programme_id, batch_id, touchpoint_id, order_ref, bound`

func scanCard(r *sql.Rows) (c Card, err error) {
	var bound int64
	err = r.Scan(&c.Code, &c.ProgrammeID, &c.BatchID, &c.TouchpointID, &c.Order, &bound)
	c.Bound = db.Time(bound)
	return c, err
}

func selectCards(ctx context.Context, q db.Queryer, rest string, args ...any) ([]Card, error) {
	rows, err := q.Query(ctx, `SELECT `+cardColumns+` FROM touch_card WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scanCard)
	if err != nil {
		return nil, fmt.Errorf("reading cards: %w", err)
	}
	return list, nil
}

// drawCards makes as many cards as the batch has. Codes that exist already are
// drawn again.
func drawCards(ctx context.Context, tx *db.Tx, b *Batch) error {
	var used int64
	if err := tx.QueryRow(ctx, `SELECT CAST(COALESCE(SUM(cards), 0) AS BIGINT) FROM touch_batch`).Scan(&used); err != nil {
		return fmt.Errorf("counting cards: %w", err)
	}
	if err := fits(used, b.Cards, codeSpace); err != nil {
		return err
	}
	codes := map[string]bool{}
	for int64(len(codes)) < b.Cards {
		var fresh []string
		for int64(len(codes)) < b.Cards {
			if code := newCode(); !codes[code] {
				codes[code] = true
				fresh = append(fresh, code)
			}
		}
		var args db.Args
		taken, err := selectCards(ctx, tx, `code IN `+args.InText(fresh), args.Values()...)
		if err != nil {
			return err
		}
		for _, c := range taken {
			delete(codes, c.Code)
		}
	}
	rows := make([][]any, 0, len(codes))
	for code := range codes {
		rows = append(rows, []any{code, b.ProgrammeID, b.ID, b.TouchpointID, "", int64(0)})
	}
	if err := tx.Insert(ctx, cardTable, rows); err != nil {
		return fmt.Errorf("writing cards: %w", err)
	}
	return nil
}

func unknownCard(code string) error {
	return fault.Missing("unknown_touch_card", "there is no card %s", ShowCode(code)).With("code", ShowCode(code))
}

// loadCard returns a card of the programme; the suffix locks it.
func loadCard(ctx context.Context, q db.Queryer, programme id.ID, code, suffix string) (Card, error) {
	list, err := selectCards(ctx, q, `code = $1 AND programme_id = $2`+suffix, code, programme)
	if err != nil {
		return Card{}, err
	}
	if len(list) == 0 {
		return Card{}, unknownCard(code)
	}
	return list[0], nil
}

// Order is what was drawn for an order.
type Order struct {
	Ref string
	// Card says whether the order gets a card; Code is the one that it got.
	Card bool
	Code string
	// Share is how many of 10,000 orders got none when it was drawn.
	Share int64
}

var orderTable = db.NewTable("touch_order", []string{"programme_id", "order_ref"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "order_ref", Kind: db.Text}, db.Column{Name: "card", Kind: db.Bool},
	db.Column{Name: "share", Kind: db.Int}, db.Column{Name: "code", Kind: db.Text}, db.Column{Name: "drawn", Kind: db.Int})

// drawOrder draws for an order once, and returns what was drawn. Its row is
// locked.
func (s *Service) drawOrder(ctx context.Context, tx *db.Tx, programme id.ID, ref string) (Order, error) {
	t, err := loadTrial(ctx, tx, programme)
	if err != nil {
		return Order{}, err
	}
	o := Order{Ref: ref, Card: t.GetsCard(ref), Share: t.Share}
	if _, err := tx.InsertNew(ctx, orderTable, [][]any{{programme, ref, o.Card, o.Share, "", db.Micros(s.Now())}}); err != nil {
		return o, fmt.Errorf("drawing for an order: %w", err)
	}
	err = tx.QueryRow(ctx, `SELECT card, share, code FROM touch_order WHERE programme_id = $1 AND order_ref = $2`+tx.ForUpdate(), programme, ref).
		Scan(&o.Card, &o.Share, &o.Code)
	if err != nil {
		return o, fmt.Errorf("reading an order: %w", err)
	}
	return o, nil
}

// loadTrial returns the trial of a programme; without one every order gets a
// card.
func loadTrial(ctx context.Context, q db.Queryer, programme id.ID) (Trial, error) {
	var t Trial
	err := q.QueryRow(ctx, `SELECT seed, share FROM touch_trial WHERE programme_id = $1`, programme).Scan(&t.Seed, &t.Share)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return t, fmt.Errorf("reading a trial: %w", err)
	}
	return t, nil
}

package giftcard

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// EachCard calls fn with every card of the programme, in the order of their
// numbers. It streams them, so fn must not use q; give it a snapshot.
func EachCard(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Card) error) error {
	rows, err := q.Query(ctx, `SELECT `+cardColumns+` FROM gift_card AS c WHERE c.programme_id = $1 ORDER BY c.programme_id, c.number`, programme)
	if err := db.Each(rows, err, scanCard, fn); err != nil {
		return fmt.Errorf("reading every gift card: %w", err)
	}
	return nil
}

// Movement is an entry with the card that it is about.
type Movement struct {
	CardID id.ID
	Entry
}

// EachMovement calls fn with every movement of the programme's cards, by card
// and then in their order. It streams them, as EachCard does.
func EachMovement(ctx context.Context, q db.Queryer, programme id.ID, fn func(Movement) error) error {
	rows, err := q.Query(ctx, `SELECT c.id, e.id, e.kind, e.amount, e.event_id, e.sale_id, e.occurred
		FROM gift_entry AS e JOIN gift_card AS c ON c.programme_id = e.programme_id AND c.number = e.number
		WHERE e.programme_id = $1 ORDER BY e.programme_id, e.number, e.id`, programme)
	if err := db.Each(rows, err, scanMovement, fn); err != nil {
		return fmt.Errorf("reading every movement of gift cards: %w", err)
	}
	return nil
}

func scanMovement(r *sql.Rows) (Movement, error) {
	var m Movement
	var at int64
	err := r.Scan(&m.CardID, &m.ID, &m.Kind, &m.Amount, &m.EventID, &m.SaleID, &at)
	m.At = db.Time(at)
	return m, err
}

package touch

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// maxRef is how long the number of an order may be.
const maxRef = 200

func checkOrder(ref string) (string, error) {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > maxRef || !utf8.ValidString(ref) || strings.ContainsFunc(ref, unicode.IsControl) {
		return "", fault.Invalid("order_reference", "write the number of the order as the shop knows it").At("/order")
	}
	return ref, nil
}

// Card returns a card by what somebody typed or scanned. It needs touch.read.
func (s *Service) Card(ctx context.Context, a auth.Actor, programme id.ID, text string) (Card, error) {
	if err := a.Can(programme, auth.TouchRead); err != nil {
		return Card{}, err
	}
	code := NormaliseCode(text)
	if err := CheckCode(code); err != nil {
		return Card{}, err
	}
	return loadCard(ctx, s.DB.Reader(), programme, code, "")
}

// Draw says whether an order gets a card. The answer for an order never
// changes. It needs touch.write.
func (s *Service) Draw(ctx context.Context, a auth.Actor, programme id.ID, ref string) (Order, error) {
	if err := a.Can(programme, auth.TouchWrite); err != nil {
		return Order{}, err
	}
	ref, err := checkOrder(ref)
	if err != nil {
		return Order{}, err
	}
	var o Order
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		o, err = s.drawOrder(ctx, tx, programme, ref)
		return err
	})
	return o, err
}

// Bind says that a card goes out with an order, as it is scanned at packing.
// Saying so again does nothing. An order that was drawn to get none is refused
// ("order_without_card"); a card or an order that is bound otherwise is a
// conflict ("card_bound", "order_has_card"). It needs touch.write.
func (s *Service) Bind(ctx context.Context, a auth.Actor, programme id.ID, text, ref string) (Card, error) {
	if err := a.Can(programme, auth.TouchWrite); err != nil {
		return Card{}, err
	}
	code := NormaliseCode(text)
	if err := CheckCode(code); err != nil {
		return Card{}, fault.At("/code", err)
	}
	ref, err := checkOrder(ref)
	if err != nil {
		return Card{}, err
	}
	var c Card
	var without bool
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) (err error) {
		var o Order
		if o, err = s.drawOrder(ctx, tx, programme, ref); err != nil {
			return err
		}
		// What was drawn is kept, also when the scan is refused for it.
		if without = !o.Card; without {
			return nil
		}
		if c, err = loadCard(ctx, tx, programme, code, tx.ForUpdate()); err != nil {
			return err
		}
		return s.bind(ctx, tx, a, &c, o)
	})
	if err == nil && without {
		err = fault.Refused("order_without_card", "this order was drawn to get no card; put none into the parcel").With("order", ref).At("/order")
	}
	return c, err
}

func (s *Service) bind(ctx context.Context, tx *db.Tx, a auth.Actor, c *Card, o Order) error {
	switch {
	case c.Order == o.Ref && o.Code == c.Code:
		return nil
	case c.Order != "":
		return fault.Conflict("card_bound", "the card went out with another order").At("/code")
	case o.Code != "":
		return fault.Conflict("order_has_card", "the order has the card %s already", ShowCode(o.Code)).With("code", ShowCode(o.Code)).At("/order")
	}
	now := db.Micros(s.Now())
	if _, err := tx.Exec(ctx, `UPDATE touch_card SET order_ref = $1, bound = $2 WHERE code = $3`, o.Ref, now, c.Code); err != nil {
		return fmt.Errorf("binding a card: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE touch_order SET code = $1 WHERE programme_id = $2 AND order_ref = $3`, c.Code, c.ProgrammeID, o.Ref); err != nil {
		return fmt.Errorf("binding a card: %w", err)
	}
	c.Order, c.Bound = o.Ref, db.Time(now)
	return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: c.ProgrammeID, Action: "touch_card.bind", Subject: c.Code, Detail: map[string]any{"batch": c.BatchID.In(id.CardBatch)}})
}

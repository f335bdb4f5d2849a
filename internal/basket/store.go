package basket

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/promise"
)

var basketColumns = []db.Column{
	{Name: "programme_id", Kind: db.Int}, {Name: "id", Kind: db.Int}, {Name: "source", Kind: db.Text}, {Name: "external_id", Kind: db.Text}, {Name: "hash", Kind: db.Text},
	{Name: "member_id", Kind: db.Int}, {Name: "shop_id", Kind: db.Int}, {Name: "channel", Kind: db.Text}, {Name: "left_at", Kind: db.Int}, {Name: "recorded", Kind: db.Int},
	{Name: "step", Kind: db.Text}, {Name: "items", Kind: db.Int}, {Name: "first", Kind: db.Int}, {Name: "last", Kind: db.Int}, {Name: "asked", Kind: db.Text}, {Name: "asked_at", Kind: db.Int},
	{Name: "link", Kind: db.Text}, {Name: "reason", Kind: db.Text}, {Name: "words", Kind: db.Text}, {Name: "origin", Kind: db.Text}, {Name: "answered", Kind: db.Int}, {Name: "answered_by", Kind: db.Text},
}

var (
	basketTable = db.NewTable("basket", []string{"programme_id", "id"}, basketColumns...)
	// bySource is the same table by what a source calls it.
	bySource  = db.NewTable("basket", []string{"programme_id", "source", "external_id"}, basketColumns...)
	partTable = db.NewTable("basket_part", []string{"programme_id", "basket_id", "part"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "basket_id", Kind: db.Int}, db.Column{Name: "part", Kind: db.Text},
		db.Column{Name: "was_shown", Kind: db.Bool}, db.Column{Name: "shown", Kind: db.Int}, db.Column{Name: "charged", Kind: db.Int})
)

func (b *Basket) row() []any {
	return []any{
		b.ProgrammeID, b.ID, b.Source, b.ExternalID, b.hash, b.MemberID, b.ShopID, b.Channel, db.Micros(b.Left), db.Micros(b.Recorded), string(b.Step), b.Items, b.First, b.Last,
		string(b.Asked), db.Micros(b.AskedAt), b.link, string(b.Reason), b.Words, string(b.Origin), db.Micros(b.Answered), b.AnsweredBy,
	}
}

// insertBasket writes a basket down; false where its source has told of one
// under the same name.
func insertBasket(ctx context.Context, tx *db.Tx, b *Basket) (bool, error) {
	n, err := tx.InsertNew(ctx, bySource, [][]any{b.row()})
	if err != nil {
		return false, fmt.Errorf("writing a left basket: %w", err)
	}
	if n == 0 {
		return false, nil
	}
	rows := make([][]any, len(b.Parts))
	for i, c := range b.Parts {
		rows[i] = []any{b.ProgrammeID, b.ID, string(c.Part), c.WasShown, c.Shown, c.Charged}
	}
	if err := tx.Insert(ctx, partTable, rows); err != nil {
		return false, fmt.Errorf("writing the parts of a left basket: %w", err)
	}
	return true, nil
}

func updateBasket(ctx context.Context, tx *db.Tx, b *Basket) error {
	if err := tx.Update(ctx, basketTable, [][]any{b.row()}); err != nil {
		return fmt.Errorf("writing a left basket: %w", err)
	}
	return nil
}

// selectBaskets reads baskets with their parts; rest follows WHERE.
func selectBaskets(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Basket, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, id, source, external_id, hash, member_id, shop_id, channel, left_at, recorded, step, items, first, last,
		asked, asked_at, link, reason, words, origin, answered, answered_by FROM basket WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Basket, error) {
		b := &Basket{}
		var left, recorded, asked, answered int64
		err := r.Scan(&b.ProgrammeID, &b.ID, &b.Source, &b.ExternalID, &b.hash, &b.MemberID, &b.ShopID, &b.Channel, &left, &recorded, &b.Step, &b.Items, &b.First, &b.Last,
			&b.Asked, &asked, &b.link, &b.Reason, &b.Words, &b.Origin, &answered, &b.AnsweredBy)
		b.Left, b.Recorded, b.AskedAt, b.Answered = db.Time(left), db.Time(recorded), db.Time(asked), db.Time(answered)
		return b, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading left baskets: %w", err)
	}
	return list, withParts(ctx, q, list)
}

// withParts reads of what the prices of baskets were made.
func withParts(ctx context.Context, q db.Queryer, list []*Basket) error {
	if len(list) == 0 {
		return nil
	}
	by, byProgramme := map[id.ID]*Basket{}, map[id.ID][]id.ID{}
	for _, b := range list {
		by[b.ID] = b
		byProgramme[b.ProgrammeID] = append(byProgramme[b.ProgrammeID], b.ID)
	}
	type owned struct {
		basket id.ID
		piece  promise.Piece
	}
	for programme, ids := range byProgramme {
		var args db.Args
		rows, err := q.Query(ctx, `SELECT basket_id, part, was_shown, shown, charged FROM basket_part WHERE programme_id = `+args.Add(programme)+` AND basket_id IN `+args.In(ids)+
			` ORDER BY basket_id, part`, args.Values()...)
		if err := db.Each(rows, err, func(r *sql.Rows) (o owned, err error) {
			o.piece.WasCharged = true
			return o, r.Scan(&o.basket, &o.piece.Part, &o.piece.WasShown, &o.piece.Shown, &o.piece.Charged)
		}, func(o owned) error {
			by[o.basket].Parts = append(by[o.basket].Parts, o.piece)
			return nil
		}); err != nil {
			return fmt.Errorf("reading the parts of left baskets: %w", err)
		}
	}
	for _, b := range list {
		promise.OrderPieces(b.Parts)
	}
	return nil
}

func one(list []*Basket, err error) (*Basket, error) {
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// loadBasket reads a basket; lock is what ends the statement.
func loadBasket(ctx context.Context, q db.Queryer, programme, which id.ID, lock string) (*Basket, error) {
	b, err := one(selectBaskets(ctx, q, `programme_id = $1 AND id = $2`+lock, programme, which))
	if err == nil && b == nil {
		err = Unknown(which)
	}
	return b, err
}

// eachBasket calls fn with every basket of a programme, in order of id, read in
// pages.
func eachBasket(ctx context.Context, q db.Queryer, programme id.ID, fn func(*Basket) error) error {
	for after := id.ID(0); ; {
		list, err := selectBaskets(ctx, q, `programme_id = $1 AND id > $2 ORDER BY id LIMIT 500`, programme, after)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, b := range list {
			if err := fn(b); err != nil {
				return err
			}
		}
		after = list[len(list)-1].ID
	}
}

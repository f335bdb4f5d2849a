package promise

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

var partTable = db.NewTable("promise_part", []string{"programme_id", "promise_id", "part"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "promise_id", Kind: db.Int}, db.Column{Name: "part", Kind: db.Text},
	db.Column{Name: "was_shown", Kind: db.Bool}, db.Column{Name: "shown", Kind: db.Int}, db.Column{Name: "was_charged", Kind: db.Bool},
	db.Column{Name: "charged", Kind: db.Int})

// saveParts writes the parts of a price.
func saveParts(ctx context.Context, tx *db.Tx, p *Promise) error {
	rows := make([][]any, len(p.Parts))
	for i, c := range p.Parts {
		rows[i] = []any{p.ProgrammeID, p.ID, string(c.Part), c.WasShown, c.Shown, c.WasCharged, c.Charged}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Upsert(ctx, partTable, rows); err != nil {
		return fmt.Errorf("writing the parts of a price: %w", err)
	}
	return nil
}

// owned is a part with the promise that it belongs to.
type owned struct {
	promise id.ID
	piece   Piece
}

func scanPart(r *sql.Rows) (o owned, err error) {
	return o, r.Scan(&o.promise, &o.piece.Part, &o.piece.WasShown, &o.piece.Shown, &o.piece.WasCharged, &o.piece.Charged)
}

const selectParts = `SELECT promise_id, part, was_shown, shown, was_charged, charged FROM promise_part WHERE programme_id = `

// withParts reads of what the prices among promises were made.
func withParts(ctx context.Context, q db.Queryer, list []*Promise) error {
	byProgramme := map[id.ID][]id.ID{}
	prices := map[id.ID]*Promise{}
	for _, p := range list {
		if p.Kind == Price {
			byProgramme[p.ProgrammeID] = append(byProgramme[p.ProgrammeID], p.ID)
			prices[p.ID] = p
		}
	}
	for programme, ids := range byProgramme {
		var args db.Args
		rows, err := q.Query(ctx, selectParts+args.Add(programme)+` AND promise_id IN `+args.In(ids), args.Values()...)
		if err := db.Each(rows, err, scanPart, func(o owned) error {
			prices[o.promise].Parts = append(prices[o.promise].Parts, o.piece)
			return nil
		}); err != nil {
			return fmt.Errorf("reading the parts of prices: %w", err)
		}
	}
	for _, p := range prices {
		p.orderParts()
	}
	return nil
}

// PartRecord is a part of a price in exports, in minor units.
type PartRecord struct {
	Promise    string `json:"promise"`
	Part       Part   `json:"part"`
	WasShown   bool   `json:"was_shown"`
	Shown      int64  `json:"shown"`
	WasCharged bool   `json:"was_charged"`
	Charged    int64  `json:"charged"`
}

func (c Piece) record(promise id.ID) PartRecord {
	return PartRecord{promise.In(id.Promise), c.Part, c.WasShown, c.Shown, c.WasCharged, c.Charged}
}

func dumpParts(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	rows, err := q.Query(ctx, selectParts+`$1 ORDER BY promise_id, part`, programme)
	err = db.Each(rows, err, scanPart, func(o owned) error { return to("promise_parts", o.piece.record(o.promise)) })
	if err != nil {
		return fmt.Errorf("reading every part of a price: %w", err)
	}
	return nil
}

const oddParts = `SELECT x.promise_id FROM (SELECT promise_id, COUNT(*) AS n, SUM(shown) AS shown, SUM(charged) AS charged,
		SUM(CASE WHEN was_charged THEN 1 ELSE 0 END) AS told, SUM(CASE WHEN was_shown OR shown = 0 AND charged > 0 THEN 0 ELSE 1 END) AS odd
		FROM promise_part WHERE programme_id = $1 GROUP BY promise_id) AS x
	LEFT JOIN promise AS p ON p.programme_id = $1 AND p.id = x.promise_id
	WHERE p.id IS NULL OR p.kind <> 'price' OR x.odd > 0 OR x.shown <> p.shown OR x.told > 0 AND (x.told <> x.n OR x.charged <> p.charged OR p.actual = 0)
		OR x.told = 0 AND x.charged <> 0
	ORDER BY x.promise_id LIMIT 100`

// checkParts notes prices that are not the sum of their parts.
func checkParts(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	rows, err := q.Query(ctx, oddParts, programme)
	err = db.Each(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) }, func(n id.ID) error {
		note(n.In(id.Promise) + " is not the sum of the parts of its price")
		return nil
	})
	if err != nil {
		return fmt.Errorf("checking the parts of prices: %w", err)
	}
	return nil
}

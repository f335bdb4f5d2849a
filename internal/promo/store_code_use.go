package promo

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
)

var takingKinds = []db.Kind{db.Int, db.Text, db.Int, db.Int, db.Int, db.Int, db.Int, db.Int, db.Int}

// takeText counts uses. The holds that it minds are those of others: the
// takers' own have ended before.
const takeText = ` UPDATE promo_code SET uses = promo_code.uses + u.net, moves = promo_code.moves + u.moves,
	state = CASE WHEN promo_code.max_uses > 0 AND promo_code.uses + u.net >= promo_code.max_uses THEN 'redeemed'
		WHEN promo_code.cancelled > 0 THEN 'cancelled' WHEN promo_code.swept > 0 THEN 'expired'
		WHEN promo_code.seen > 0 THEN 'seen' WHEN promo_code.delivered > 0 THEN 'delivered' ELSE 'issued' END
	FROM u
	WHERE promo_code.programme_id = u.programme_id AND promo_code.text = u.text AND promo_code.id = u.code_id
	AND promo_code.uses + u.low >= 0
	AND (u.last < 0 OR (promo_code.cancelled = 0 AND promo_code.begins <= u.first AND promo_code.expires > u.last
		AND (SELECT b.cancelled FROM promo_batch AS b WHERE b.id = promo_code.batch_id) = 0
		AND (promo_code.max_uses = 0 OR promo_code.uses + u.peak + COALESCE((SELECT SUM(h.times) FROM promo_code_hold AS h
			WHERE h.programme_id = promo_code.programme_id AND h.text = promo_code.text AND h.until > u.last), 0) <= promo_code.max_uses)))
	RETURNING promo_code.programme_id, promo_code.text, promo_code.moves`

// UseCodes takes the uses, or gives them back, in their order: one conditional
// update, in the order of the keys, that never passes the limit of a code, nor
// uses one that is cancelled, out of its time, or held for others. When it
// cannot, because others were faster, it fails with "code_moved" and the batch
// must be decided again: Code.UsableBy then tells why. Whose a personal code is
// has been asked there.
func UseCodes(ctx context.Context, tx *db.Tx, uses []CodeUse) error {
	all := gather(uses)
	if len(all) == 0 {
		return nil
	}
	keys := make([]CodeKey, len(all))
	for i, t := range all {
		keys[i] = t.CodeKey
	}
	// The holds must be read by a later statement than the one that waits.
	if err := lockCodes(ctx, tx, keys); err != nil {
		return err
	}
	if err := deleteHolds(ctx, tx, holdsOf(uses)); err != nil {
		return err
	}
	moves, err := take(ctx, tx, all)
	if err != nil {
		return err
	}
	var steps [][]any
	for _, t := range all {
		n, taken := moves[t.CodeKey]
		if !taken {
			return codeMoved()
		}
		steps = append(steps, stepRows(t.CodeKey, n, t.steps)...)
	}
	return insertSteps(ctx, tx, steps)
}

// take updates the codes that allow it, and returns how many steps each has.
func take(ctx context.Context, tx *db.Tx, all []*takings) (map[CodeKey]int64, error) {
	rows := make([][]any, len(all))
	for i, t := range all {
		rows[i] = []any{int64(t.ProgrammeID), t.Text, int64(t.code), t.net, t.peak, t.low, t.first, t.last, int64(len(t.steps))}
	}
	var args db.Args
	query := `WITH u (programme_id, text, code_id, net, peak, low, first, last, moves) AS ` + args.Tuples(takingKinds, rows) + takeText
	moves := make(map[CodeKey]int64, len(all))
	found, err := tx.Query(ctx, query, args.Values()...)
	_, err = db.Collect(found, err, func(r *sql.Rows) (k CodeKey, err error) {
		var n int64
		err = r.Scan(&k.ProgrammeID, &k.Text, &n)
		moves[k] = n
		return k, err
	})
	if err != nil {
		return nil, fmt.Errorf("using codes: %w", err)
	}
	return moves, nil
}

func holdsOf(uses []CodeUse) [][]any {
	var rows [][]any
	for _, u := range uses {
		if u.Holder != "" {
			rows = append(rows, []any{int64(u.ProgrammeID), u.Text, u.Holder})
		}
	}
	return rows
}

func deleteHolds(ctx context.Context, tx *db.Tx, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	var args db.Args
	query := `DELETE FROM promo_code_hold WHERE (programme_id, text, holder) IN ` + args.Tuples([]db.Kind{db.Int, db.Text, db.Text}, rows)
	if _, err := tx.Exec(ctx, query, args.Values()...); err != nil {
		return fmt.Errorf("ending holds of codes: %w", err)
	}
	return nil
}

// upsertHolds writes the holds; of two by one holder on one code the later.
func upsertHolds(ctx context.Context, tx *db.Tx, asks []HoldAsk) error {
	type place struct {
		CodeKey
		holder string
	}
	at := map[place]int{}
	var rows [][]any
	for _, a := range asks {
		row := []any{a.ProgrammeID, a.Text, a.Holder, a.Times, db.Micros(a.Until)}
		p := place{a.Key(), a.Holder}
		if i, twice := at[p]; twice {
			rows[i] = row
			continue
		}
		at[p] = len(rows)
		rows = append(rows, row)
	}
	if err := tx.Upsert(ctx, holdTable, rows); err != nil {
		return fmt.Errorf("holding codes: %w", err)
	}
	return nil
}

// lapsedHolds returns codes that have holds whose time is over. Nothing is
// locked, since codes are locked before their holds.
func lapsedHolds(ctx context.Context, q db.Queryer, now int64, limit int) ([]CodeKey, error) {
	rows, err := q.Query(ctx, `SELECT programme_id, text FROM promo_code_hold WHERE until <= $1 ORDER BY until LIMIT $2`, now, limit)
	keys, err := db.Collect(rows, err, scanKey)
	if err != nil {
		return nil, fmt.Errorf("reading holds that are over: %w", err)
	}
	return keys, nil
}

func scanKey(r *sql.Rows) (k CodeKey, err error) {
	err = r.Scan(&k.ProgrammeID, &k.Text)
	return k, err
}

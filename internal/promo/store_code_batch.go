package promo

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const batchColumns = `id, programme_id, offer_id, name, kind, prefix, length, wanted, made, max_uses, valid_days,
	begins, expires, created, actor, done, cancelled, reason`

func scanBatch(r interface{ Scan(...any) error }) (Batch, error) {
	var b Batch
	var begins, expires, created, done, cancelled int64
	err := r.Scan(&b.ID, &b.ProgrammeID, &b.OfferID, &b.Name, &b.Kind, &b.Prefix, &b.Length, &b.Wanted, &b.Made, &b.MaxUses, &b.ValidDays,
		&begins, &expires, &created, &b.Actor, &done, &cancelled, &b.Reason)
	b.Begins, b.Expires, b.Created = db.Time(begins), db.Time(expires), db.Time(created)
	b.Done, b.Cancelled = db.Time(done), db.Time(cancelled)
	return b, err
}

// loadBatch returns a batch; fault "unknown_batch" when there is none.
func loadBatch(ctx context.Context, q db.Queryer, batch id.ID, lock string) (Batch, error) {
	b, err := scanBatch(q.QueryRow(ctx, `SELECT `+batchColumns+` FROM promo_batch WHERE id = $1`+lock, batch))
	if errors.Is(err, sql.ErrNoRows) {
		return Batch{}, fault.Missing("unknown_batch", "there is no batch %s", batch.In(id.Batch)).With("batch", batch.In(id.Batch))
	}
	if err != nil {
		return Batch{}, fmt.Errorf("reading a batch of codes: %w", err)
	}
	return b, nil
}

// batchOf returns a batch of the programme, locked if lock says so.
func batchOf(ctx context.Context, q db.Queryer, programme, batch id.ID, lock string) (Batch, error) {
	b, err := loadBatch(ctx, q, batch, lock)
	if err == nil && b.ProgrammeID != programme {
		err = fault.Missing("unknown_batch", "there is no batch %s", batch.In(id.Batch)).With("batch", batch.In(id.Batch))
	}
	return b, err
}

// selectBatches returns batches of the programme, the latest first; of one
// offer, or of all for 0.
func selectBatches(ctx context.Context, q db.Queryer, programme, offer, before id.ID, limit int) ([]Batch, error) {
	var args db.Args
	query := `SELECT ` + batchColumns + ` FROM promo_batch WHERE programme_id = ` + args.Add(programme)
	if offer != 0 {
		query += ` AND offer_id = ` + args.Add(offer)
	}
	if before != 0 {
		query += ` AND id < ` + args.Add(before)
	}
	rows, err := q.Query(ctx, query+` ORDER BY id DESC LIMIT `+args.Add(limit), args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Batch, error) { return scanBatch(r) })
	if err != nil {
		return nil, fmt.Errorf("reading batches of codes: %w", err)
	}
	return list, nil
}

func insertBatch(ctx context.Context, tx *db.Tx, b *Batch) error {
	_, err := tx.Exec(ctx, `INSERT INTO promo_batch (`+batchColumns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0, '')`,
		b.ID, b.ProgrammeID, b.OfferID, b.Name, string(b.Kind), b.Prefix, b.Length, b.Wanted, b.Made, b.MaxUses, b.ValidDays,
		db.Micros(b.Begins), orNever(b.Expires), db.Micros(b.Created), b.Actor, db.Micros(b.Done))
	if err != nil {
		return fmt.Errorf("writing a batch of codes: %w", err)
	}
	return nil
}

// saveBatch writes what changes of a batch, which must be locked.
func saveBatch(ctx context.Context, tx *db.Tx, b *Batch) error {
	_, err := tx.Exec(ctx, `UPDATE promo_batch SET wanted = $2, made = $3, done = $4, cancelled = $5, reason = $6 WHERE id = $1`,
		b.ID, b.Wanted, b.Made, db.Micros(b.Done), db.Micros(b.Cancelled), b.Reason)
	if err != nil {
		return fmt.Errorf("writing a batch of codes: %w", err)
	}
	return nil
}

// insertCodes writes those codes whose texts are free and returns how many
// they are.
func insertCodes(ctx context.Context, tx *db.Tx, codes []*Code) (int64, error) {
	rows := make([][]any, len(codes))
	for i, c := range codes {
		rows[i] = c.row()
	}
	n, err := tx.InsertNew(ctx, codeTable, rows)
	if err != nil {
		return n, fmt.Errorf("writing codes: %w", err)
	}
	return n, nil
}

// spaceTaken returns how many codes of the programme have the prefix and that
// many signs after it, or shall have them.
func spaceTaken(ctx context.Context, q db.Queryer, programme id.ID, prefix string, length int) (int64, error) {
	var n, waiting int64
	size := len([]rune(prefix)) + length
	// No range of texts: how PostgreSQL orders them depends on its collation.
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM promo_code WHERE programme_id = $1 AND LENGTH(text) = $2 AND SUBSTR(text, 1, $3) = $4`,
		programme, size, size-length, prefix).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting codes: %w", err)
	}
	rows, err := q.Query(ctx, `SELECT `+batchColumns+` FROM promo_batch WHERE programme_id = $1 AND kind = 'unique' AND done = 0 AND cancelled = 0`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (Batch, error) {
		b, err := scanBatch(r)
		if p := NormaliseCode(b.Prefix); len([]rune(p))+b.Length == size && (strings.HasPrefix(p, prefix) || strings.HasPrefix(prefix, p)) {
			waiting += b.remaining()
		}
		return b, err
	})
	if err != nil {
		return 0, fmt.Errorf("counting codes: %w", err)
	}
	return n + waiting, nil
}

// offerKnown refuses an offer that the programme does not have.
func offerKnown(ctx context.Context, q db.Queryer, programme, offer id.ID) error {
	var n int64
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM promo_offer WHERE id = $1 AND programme_id = $2`, offer, programme).Scan(&n)
	if err != nil {
		return fmt.Errorf("reading an offer: %w", err)
	}
	if n == 0 {
		return fault.Missing("unknown_offer", "there is no offer %s", offer.In(id.Offer)).At("/offer").With("offer", offer.In(id.Offer))
	}
	return nil
}

// countStates counts the codes of the batches by the state that they have at
// the moment. It reads an index alone.
func countStates(ctx context.Context, q db.Queryer, batches []Batch, now time.Time) (map[id.ID]map[CodeState]int64, error) {
	counts := make(map[id.ID]map[CodeState]int64, len(batches))
	ids, of := make([]id.ID, len(batches)), map[id.ID]*Batch{}
	for i := range batches {
		b := &batches[i]
		ids[i], of[b.ID], counts[b.ID] = b.ID, b, map[CodeState]int64{}
	}
	var args db.Args
	query := `SELECT batch_id, state, expires, COUNT(*) FROM promo_code WHERE batch_id IN ` + args.In(ids) + ` GROUP BY batch_id, state, expires`
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (batch id.ID, err error) {
		var state CodeState
		var expires, n int64
		if err = r.Scan(&batch, &state, &expires, &n); err == nil {
			counts[batch][of[batch].read(state, expires, now)] += n
		}
		return batch, err
	})
	if err != nil {
		return nil, fmt.Errorf("counting codes: %w", err)
	}
	return counts, countHeld(ctx, q, ids, now, counts)
}

// read returns what a written state of a code of the batch means now.
func (b *Batch) read(s CodeState, expires int64, now time.Time) CodeState {
	end := now
	if !b.Cancelled.IsZero() {
		end = b.Cancelled
	}
	switch {
	case s == CodeRedeemed || s == CodeCancelled:
		return s
	case s == CodeExpired || expires <= db.Micros(end):
		return CodeExpired
	case !b.Cancelled.IsZero():
		return CodeCancelled
	}
	return s
}

// countHeld moves the codes of which all that is left is held.
func countHeld(ctx context.Context, q db.Queryer, batches []id.ID, now time.Time, counts map[id.ID]map[CodeState]int64) error {
	var args db.Args
	at := args.Add(db.Micros(now))
	rows, err := q.Query(ctx, heldQuery(at, args.In(batches)), args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (batch id.ID, err error) {
		var state CodeState
		err = r.Scan(&batch, &state)
		counts[batch][state]--
		counts[batch][CodeHeld]++
		return batch, err
	})
	if err != nil {
		return fmt.Errorf("counting codes that are held: %w", err)
	}
	return nil
}

// heldQuery chooses the codes of batches of which all that is left is held at a
// moment. CROSS JOIN has SQLite begin with what is held, which is little, and not
// with every code of the batches.
func heldQuery(at, batches string) string {
	return `SELECT c.batch_id, c.state FROM promo_code_hold AS h CROSS JOIN promo_code AS c CROSS JOIN promo_batch AS b
		WHERE h.until > ` + at + ` AND c.programme_id = h.programme_id AND c.text = h.text AND b.id = c.batch_id
		AND c.batch_id IN ` + batches + ` AND c.state IN ('issued', 'delivered', 'seen')
		AND c.expires > ` + at + ` AND b.cancelled = 0 AND c.max_uses > 0
		GROUP BY c.programme_id, c.text, c.batch_id, c.state, c.uses, c.max_uses HAVING c.uses + SUM(h.times) >= c.max_uses`
}

// sharedUses returns how often the shared codes among the batches were used.
func sharedUses(ctx context.Context, q db.Queryer, batches []Batch) (map[id.ID]int64, error) {
	uses := map[id.ID]int64{}
	var shared []id.ID
	for _, b := range batches {
		if b.Kind == SharedCode {
			shared = append(shared, b.ID)
		}
	}
	if len(shared) == 0 {
		return uses, nil
	}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT batch_id, uses FROM promo_code WHERE batch_id IN `+args.In(shared), args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (batch id.ID, err error) {
		var n int64
		err = r.Scan(&batch, &n)
		uses[batch] = n
		return batch, err
	})
	if err != nil {
		return nil, fmt.Errorf("counting uses of shared codes: %w", err)
	}
	return uses, nil
}

package sale

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// HoldKey is what a source calls a sale to be.
type HoldKey struct {
	ProgrammeID        id.ID
	Source, ExternalID string
}

// Hold notes what is held for a sale that is not taken yet.
type Hold struct {
	HoldKey
	ID       id.ID
	MemberID id.ID // 0 for a stranger
	Until    time.Time
	// Body says what is held, as JSON.
	Body []byte

	stored bool
}

var (
	holdTable = table("sale_hold", []string{"programme_id", "source", "external_id"},
		ints("programme_id"), words("source", "external_id"), ints("id", "member_id", "until"), words("body"))
	holdKeyKinds = []db.Kind{db.Int, db.Text, db.Text}
)

const holdColumns = `h.programme_id, h.source, h.external_id, h.id, h.member_id, h.until, h.body`

func scanHold(r *sql.Rows) (*Hold, error) {
	h := &Hold{stored: true}
	var until int64
	var body string
	err := r.Scan(&h.ProgrammeID, &h.Source, &h.ExternalID, &h.ID, &h.MemberID, &until, &body)
	h.Until, h.Body = db.Time(until), []byte(body)
	return h, err
}

func (k HoldKey) row() []any { return []any{int64(k.ProgrammeID), k.Source, k.ExternalID} }

func (k HoldKey) compare(o HoldKey) int {
	return cmp.Or(cmp.Compare(k.ProgrammeID, o.ProgrammeID), cmp.Compare(k.Source, o.Source), cmp.Compare(k.ExternalID, o.ExternalID))
}

func holdRows(keys []HoldKey) [][]any {
	keys = slices.Clone(keys)
	slices.SortFunc(keys, HoldKey.compare)
	var rows [][]any
	for _, k := range slices.Compact(keys) {
		rows = append(rows, k.row())
	}
	return rows
}

// LoadHolds returns what is held for sales, locked in the order of their keys,
// in one statement; in none for no keys.
func LoadHolds(ctx context.Context, tx *db.Tx, keys []HoldKey) (map[HoldKey]*Hold, error) {
	found := map[HoldKey]*Hold{}
	if len(keys) == 0 {
		return found, nil
	}
	var args db.Args
	query := `WITH k(programme_id, source, external_id) AS ` + args.Tuples(holdKeyKinds, holdRows(keys)) + ` SELECT ` + holdColumns + ` FROM k CROSS JOIN sale_hold AS h
		WHERE h.programme_id = k.programme_id AND h.source = k.source AND h.external_id = k.external_id
		ORDER BY h.programme_id, h.source, h.external_id` + tx.ForUpdate()
	rows, err := tx.Query(ctx, query, args.Values()...)
	list, err := db.Collect(rows, err, scanHold)
	if err != nil {
		return nil, fmt.Errorf("loading what is held for sales: %w", err)
	}
	for _, h := range list {
		found[h.HoldKey] = h
	}
	return found, nil
}

// FindHold returns what is held under an id, or nil.
func FindHold(ctx context.Context, q db.Queryer, programme, hold id.ID) (*Hold, error) {
	return oneHold(q.Query(ctx, `SELECT `+holdColumns+` FROM sale_hold AS h WHERE h.programme_id = $1 AND h.id = $2`, programme, hold))
}

func oneHold(rows *sql.Rows, err error) (*Hold, error) {
	list, err := db.Collect(rows, err, scanHold)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// HoldsOf returns what is held for sales to a member, by their keys. The caller
// holds the member's lock.
func HoldsOf(ctx context.Context, tx *db.Tx, member id.ID) ([]*Hold, error) {
	rows, err := tx.Query(ctx, `SELECT `+holdColumns+` FROM sale_hold AS h WHERE h.member_id = $1 AND h.member_id <> 0
		ORDER BY h.programme_id, h.source, h.external_id`+tx.ForUpdate(), member)
	list, err := db.Collect(rows, err, scanHold)
	if err != nil {
		return nil, fmt.Errorf("loading what is held for a member: %w", err)
	}
	return list, nil
}

// SaveHold keeps what is held for a sale. It fails with "hold_moved" where
// somebody else has begun to hold for the same sale.
func SaveHold(ctx context.Context, tx *db.Tx, h *Hold) error {
	row := append(h.row(), h.ID, h.MemberID, db.Micros(h.Until), string(h.Body))
	if h.stored {
		if err := tx.Update(ctx, holdTable, [][]any{row}); err != nil {
			return fmt.Errorf("keeping what is held for a sale: %w", err)
		}
		return nil
	}
	n, err := tx.InsertNew(ctx, holdTable, [][]any{row})
	if err != nil {
		return fmt.Errorf("keeping what is held for a sale: %w", err)
	}
	if n == 0 {
		return fault.Busy("hold_moved", "another till holds something for the same sale at this moment; send this again")
	}
	h.stored = true
	return nil
}

// DropHolds forgets what was held for sales, in one statement; in none for no
// keys.
func DropHolds(ctx context.Context, tx *db.Tx, keys []HoldKey) error {
	if len(keys) == 0 {
		return nil
	}
	var args db.Args
	query := `DELETE FROM sale_hold WHERE (programme_id, source, external_id) IN ` + args.Tuples(holdKeyKinds, holdRows(keys))
	if _, err := tx.Exec(ctx, query, args.Values()...); err != nil {
		return fmt.Errorf("forgetting what was held for sales: %w", err)
	}
	return nil
}

// HoldsLapsed reports whether notes are there whose time is over.
func HoldsLapsed(ctx context.Context, q db.Queryer, now time.Time) (bool, error) {
	var n int
	err := q.QueryRow(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM sale_hold WHERE until <= $1 LIMIT 1) AS lapsed`, db.Micros(now)).Scan(&n)
	return n > 0, err
}

// DropLapsed forgets the notes of holds whose time is over.
func DropLapsed(ctx context.Context, tx *db.Tx, now time.Time) error {
	if _, err := tx.Exec(ctx, `DELETE FROM sale_hold WHERE until <= $1`, db.Micros(now)); err != nil {
		return fmt.Errorf("forgetting holds whose time is over: %w", err)
	}
	return nil
}

package member

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

const mergeColumns = `id, programme_id, survivor_id, loser_id, at, done_by, filled, undone, undone_by`

// Merge makes one member of two: the loser, and all who were merged into it,
// point to the survivor, who takes over the identities and what the profile
// lacks. Ids of members merged before stand for their survivors. Points and
// history are the caller's to move, permission and audit too. It refuses when
// the two are one already or one of them was erased.
func Merge(ctx context.Context, tx *db.Tx, m Merging) (Merging, error) {
	survivor, loser, err := loadPair(ctx, tx, m)
	if err != nil {
		return Merging{}, err
	}
	if survivor.ID == loser.ID {
		return Merging{}, alreadyOne(survivor.ID)
	}
	m.ID, m.SurvivorID, m.LoserID = tx.IDs().New(), survivor.ID, loser.ID
	m.filled = fill(survivor, loser)
	if err := write(ctx, tx, []*Member{survivor}); err != nil {
		return Merging{}, err
	}
	if err := point(ctx, tx, loser.ID, survivor.ID); err != nil {
		return Merging{}, err
	}
	if err := unindex(ctx, tx, []id.ID{loser.ID}); err != nil {
		return Merging{}, err
	}
	if err := reindex(ctx, tx, []*Member{survivor}); err != nil {
		return Merging{}, err
	}
	return m, insertMerging(ctx, tx, m)
}

// loadPair locks and returns the two members of a merge.
func loadPair(ctx context.Context, tx *db.Tx, m Merging) (survivor, loser *Member, err error) {
	found, err := Load(ctx, tx, []id.ID{m.SurvivorID, m.LoserID}, true)
	if err != nil {
		return nil, nil, err
	}
	for _, asked := range []id.ID{m.SurvivorID, m.LoserID} {
		one := found[asked]
		if one == nil || one.ProgrammeID != m.ProgrammeID {
			return nil, nil, Unknown(asked)
		}
		if one.Status == Erased {
			return nil, nil, Gone(one.ID)
		}
	}
	return found[m.SurvivorID], found[m.LoserID], nil
}

// point makes the loser and its losers point to the survivor, and hands over
// the identities.
func point(ctx context.Context, tx *db.Tx, loser, survivor id.ID) error {
	_, err := tx.Exec(ctx, `UPDATE member SET merged_into = $1, version = version + 1
		WHERE id = $2 OR (merged_into <> 0 AND merged_into = $2)`, survivor, loser)
	if err != nil {
		return fmt.Errorf("merging members: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE member_identity SET member_id = $1 WHERE member_id = $2`, survivor, loser)
	if err != nil {
		return fmt.Errorf("handing over identities: %w", err)
	}
	return nil
}

// Unmerge undoes a merge: the loser stands by itself again with those merged
// into it before and with the identities that were theirs, and the survivor
// loses what it was filled with, unless that was changed since. It refuses
// while a later merge of the survivor stands, and after erasure. What belongs
// to the caller is as in Merge.
func Unmerge(ctx context.Context, tx *db.Tx, programme, merging id.ID, at time.Time, by string) (Merging, error) {
	m, err := standing(ctx, tx, programme, merging)
	if err != nil {
		return Merging{}, err
	}
	pair, err := LoadThemselves(ctx, tx, []id.ID{m.SurvivorID, m.LoserID})
	if err != nil {
		return Merging{}, err
	}
	survivor, loser, err := undoable(m, pair)
	if err != nil {
		return Merging{}, err
	}
	if err := release(ctx, tx, survivor, loser); err != nil {
		return Merging{}, err
	}
	empty(survivor, loser, m.filled)
	if err := write(ctx, tx, []*Member{survivor}); err != nil {
		return Merging{}, err
	}
	if err := reindex(ctx, tx, []*Member{survivor, loser}); err != nil {
		return Merging{}, err
	}
	m.Undone, m.UndoneBy = at, by
	_, err = tx.Exec(ctx, `UPDATE member_merge SET undone = $1, undone_by = $2 WHERE id = $3`, db.Micros(at), by, m.ID)
	if err != nil {
		return Merging{}, fmt.Errorf("undoing a merge: %w", err)
	}
	return m, nil
}

// standing returns a merge that was not undone.
func standing(ctx context.Context, q db.Queryer, programme, merging id.ID) (Merging, error) {
	list, err := selectMergings(ctx, q, `programme_id = $1 AND id = $2`, programme, merging)
	if err != nil {
		return Merging{}, err
	}
	if len(list) == 0 {
		return Merging{}, fault.Missing("unknown_merge", "there is no such merge in this programme")
	}
	if !list[0].Undone.IsZero() {
		return Merging{}, fault.Conflict("merge_undone", "this merge was undone before")
	}
	return list[0], nil
}

// undoable finds survivor and loser in the locked pair and refuses what cannot
// be undone.
func undoable(m Merging, pair []*Member) (survivor, loser *Member, err error) {
	for _, one := range pair {
		if one.Status == Erased {
			return nil, nil, Gone(one.ID)
		}
		if one.ID == m.SurvivorID {
			survivor = one
		} else {
			loser = one
		}
	}
	if survivor == nil || loser == nil {
		return nil, nil, fmt.Errorf("undoing a merge: %d of 2 members found", len(pair))
	}
	if survivor.MergedInto != 0 {
		return nil, nil, undoLaterFirst(survivor.ID, survivor.MergedInto)
	}
	return survivor, loser, nil
}

// release lets the loser and its own losers go from the survivor, with the
// identities that came from them.
func release(ctx context.Context, tx *db.Tx, survivor, loser *Member) error {
	merged, err := selectMergings(ctx, tx, `undone = 0 AND loser_id IN (SELECT id FROM member WHERE merged_into <> 0 AND merged_into = $1)`, survivor.ID)
	if err != nil {
		return err
	}
	freed := branch(loser.ID, merged)
	var args db.Args
	root, in := args.Add(loser.ID), args.In(freed)
	_, err = tx.Exec(ctx, `UPDATE member SET merged_into = CASE WHEN id = `+root+` THEN 0 ELSE `+root+` END, version = version + 1 WHERE id IN `+in, args.Values()...)
	if err != nil {
		return fmt.Errorf("releasing merged members: %w", err)
	}
	query := `UPDATE member_identity SET member_id = ` + root + ` WHERE origin_id IN ` + in + ` AND member_id = ` + args.Add(survivor.ID)
	if _, err := tx.Exec(ctx, query, args.Values()...); err != nil {
		return fmt.Errorf("giving identities back: %w", err)
	}
	return nil
}

var mergeTable = db.NewTable("member_merge", []string{"id"},
	db.Column{Name: "id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "survivor_id", Kind: db.Int},
	db.Column{Name: "loser_id", Kind: db.Int}, db.Column{Name: "at", Kind: db.Int}, db.Column{Name: "done_by", Kind: db.Text},
	db.Column{Name: "filled", Kind: db.Text})

func insertMerging(ctx context.Context, tx *db.Tx, m Merging) error {
	filled, err := stored(m.filled, len(m.filled))
	if err != nil {
		return err
	}
	row := []any{m.ID, m.ProgrammeID, m.SurvivorID, m.LoserID, db.Micros(m.At), m.By, filled}
	if err := tx.Insert(ctx, mergeTable, [][]any{row}); err != nil {
		return fmt.Errorf("writing a merge: %w", err)
	}
	return nil
}

// Mergings returns the merges in which the members won or lost, the undone
// ones included, in the order in which they were made.
func Mergings(ctx context.Context, q db.Queryer, members []id.ID) ([]Merging, error) {
	var args db.Args
	in := args.In(members)
	return selectMergings(ctx, q, `survivor_id IN `+in+` OR loser_id IN `+in, args.Values()...)
}

func selectMergings(ctx context.Context, q db.Queryer, where string, args ...any) ([]Merging, error) {
	rows, err := q.Query(ctx, `SELECT `+mergeColumns+` FROM member_merge WHERE `+where+` ORDER BY id`, args...)
	list, err := db.Collect(rows, err, scanMerging)
	if err != nil {
		return nil, fmt.Errorf("reading merges: %w", err)
	}
	return list, nil
}

func scanMerging(r *sql.Rows) (Merging, error) {
	var m Merging
	var at, undone int64
	var filled string
	err := r.Scan(&m.ID, &m.ProgrammeID, &m.SurvivorID, &m.LoserID, &at, &m.By, &filled, &undone, &m.UndoneBy)
	m.At, m.Undone = db.Time(at), db.Time(undone)
	return m, errors.Join(err, restored(filled, &m.filled))
}

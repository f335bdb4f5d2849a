package member

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"regulars/internal/db"
	"regulars/internal/id"
)

var partTable = db.NewTable("member_part", []string{"programme_id", "part", "word"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "part", Kind: db.Bytes}, db.Column{Name: "word", Kind: db.Bytes})

// vocabulary is different words by programme.
type vocabulary map[id.ID]map[string]bool

func (v vocabulary) add(programme id.ID, word string) {
	if v[programme] == nil {
		v[programme] = map[string]bool{}
	}
	v[programme][word] = true
}

// addParts writes the parts of those words that are new in their programme,
// given as rows of member_word: one statement asks which, and mostly none is.
func addParts(ctx context.Context, tx *db.Tx, rows [][]any) error {
	words := vocabulary{}
	for _, row := range rows {
		words.add(row[0].(id.ID), string(row[1].([]byte)))
	}
	for _, programme := range slices.Sorted(maps.Keys(words)) {
		if err := forget(ctx, tx, programme, words[programme]); err != nil {
			return err
		}
		if err := writeParts(ctx, tx, programme, slices.Sorted(maps.Keys(words[programme]))); err != nil {
			return err
		}
	}
	return nil
}

// forget takes away from the words those whose parts are there.
func forget(ctx context.Context, q db.Queryer, programme id.ID, words map[string]bool) error {
	var args db.Args
	query := `SELECT word FROM member_part WHERE programme_id = ` + args.Add(programme) + ` AND part = word AND word IN ` +
		args.InBytes(slices.Sorted(maps.Keys(words)))
	rows, err := q.Query(ctx, query, args.Values()...)
	if err := db.Each(rows, err, scanWord, func(word string) error { delete(words, word); return nil }); err != nil {
		return fmt.Errorf("looking for new names: %w", err)
	}
	return nil
}

// writeParts writes the parts of words. Others may write the same at the same
// moment; all do so in one order.
func writeParts(ctx context.Context, tx *db.Tx, programme id.ID, words []string) error {
	var rows [][]any
	for _, word := range words {
		for _, part := range parts(word) {
			rows = append(rows, []any{programme, []byte(part), []byte(word)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	slices.SortFunc(rows, func(a, b []any) int {
		if c := bytes.Compare(a[1].([]byte), b[1].([]byte)); c != 0 {
			return c
		}
		return bytes.Compare(a[2].([]byte), b[2].([]byte))
	})
	if _, err := tx.InsertNew(ctx, partTable, rows); err != nil {
		return fmt.Errorf("indexing the parts of names: %w", err)
	}
	return nil
}

// wordsOf returns the words by which the members are found.
func wordsOf(ctx context.Context, q db.Queryer, members []id.ID) (vocabulary, error) {
	words := vocabulary{}
	var args db.Args
	rows, err := q.Query(ctx, `SELECT programme_id, word FROM member_word WHERE member_id IN `+args.In(members), args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var programme id.ID
		var word string
		err := r.Scan(&programme, &word)
		words.add(programme, word)
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading search words: %w", err)
	}
	return words, nil
}

// dropParts removes the parts of those words that nobody has any more, so that
// nothing is left of who is erased. Somebody who gets such a name at the same
// moment on PostgreSQL is found by its parts again after MendParts.
func dropParts(ctx context.Context, tx *db.Tx, words vocabulary) error {
	for _, programme := range slices.Sorted(maps.Keys(words)) {
		var args db.Args
		at := args.Add(programme)
		_, err := tx.Exec(ctx, `DELETE FROM member_part WHERE programme_id = `+at+` AND word IN `+args.InBytes(slices.Sorted(maps.Keys(words[programme])))+
			` AND NOT EXISTS (SELECT 1 FROM member_word w WHERE w.programme_id = `+at+` AND w.word = member_part.word)`, args.Values()...)
		if err != nil {
			return fmt.Errorf("clearing the parts of names: %w", err)
		}
	}
	return nil
}

// mendPage is how many words MendParts mends in a transaction.
const mendPage = 500

// MendParts writes the parts of names that lack them: of databases that were
// made before there were parts. It is meant to run daily, once for all
// processes.
func (s *Service) MendParts(ctx context.Context) error {
	for {
		mended := 0
		err := s.d.InTx(ctx, func(tx *db.Tx) error {
			lacking := vocabulary{}
			rows, err := tx.Query(ctx, `SELECT w.programme_id, w.word FROM (SELECT DISTINCT programme_id, word FROM member_word) AS w
				WHERE NOT EXISTS (SELECT 1 FROM member_part p WHERE p.programme_id = w.programme_id AND p.word = w.word) LIMIT $1`, mendPage)
			_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
				var programme id.ID
				var word string
				err := r.Scan(&programme, &word)
				lacking.add(programme, word)
				mended++
				return struct{}{}, err
			})
			if err != nil {
				return fmt.Errorf("looking for names without parts: %w", err)
			}
			for _, programme := range slices.Sorted(maps.Keys(lacking)) {
				if err := writeParts(ctx, tx, programme, slices.Sorted(maps.Keys(lacking[programme]))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || mended < mendPage {
			return err
		}
	}
}

func scanWord(r *sql.Rows) (string, error) {
	var word string
	err := r.Scan(&word)
	return word, err
}

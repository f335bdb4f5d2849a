package member

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

var wordTable = db.NewTable("member_word", []string{"programme_id", "word", "member_id"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "word", Kind: db.Bytes}, db.Column{Name: "member_id", Kind: db.Int})

var tagTable = db.NewTable("member_tag", []string{"programme_id", "tag", "member_id"},
	db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "tag", Kind: db.Text}, db.Column{Name: "member_id", Kind: db.Int})

// index writes the words and tags of members that have none yet; more holds
// names by which a member is found besides the own one.
func index(ctx context.Context, tx *db.Tx, members []*Member, more map[id.ID][]string) error {
	var words, tags [][]any
	for _, m := range members {
		for _, w := range spoken(append(more[m.ID], m.GivenName, m.FamilyName)...) {
			words = append(words, []any{m.ProgrammeID, []byte(w), m.ID})
		}
		for _, t := range m.Tags {
			tags = append(tags, []any{m.ProgrammeID, t, m.ID})
		}
		m.keep()
	}
	if err := add(ctx, tx, wordTable, words); err != nil {
		return err
	}
	if err := add(ctx, tx, tagTable, tags); err != nil {
		return err
	}
	return addParts(ctx, tx, words)
}

func add(ctx context.Context, tx *db.Tx, table db.Table, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	if err := tx.Insert(ctx, table, rows); err != nil {
		return fmt.Errorf("indexing members: %w", err)
	}
	return nil
}

// reindex writes the words and tags of members anew. A survivor is found by
// the names of those who were merged into it as well.
func reindex(ctx context.Context, tx *db.Tx, members []*Member) error {
	if len(members) == 0 {
		return nil
	}
	if err := unindex(ctx, tx, idsOf(members)); err != nil {
		return err
	}
	more, err := losersNames(ctx, tx, idsOf(members))
	if err != nil {
		return err
	}
	return index(ctx, tx, members, more)
}

// losersNames returns the names of those merged into the members.
func losersNames(ctx context.Context, q db.Queryer, survivors []id.ID) (map[id.ID][]string, error) {
	names := make(map[id.ID][]string)
	var args db.Args
	query := `SELECT merged_into, given_name, family_name FROM member WHERE merged_into <> 0 AND merged_into IN ` + args.In(survivors)
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var survivor id.ID
		var given, family string
		err := r.Scan(&survivor, &given, &family)
		names[survivor] = append(names[survivor], given, family)
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the names of merged members: %w", err)
	}
	return names, nil
}

// unindex removes the words and tags of members.
func unindex(ctx context.Context, tx *db.Tx, members []id.ID) error {
	words, err := wordsOf(ctx, tx, members)
	if err != nil {
		return err
	}
	for _, table := range []string{"member_word", "member_tag"} {
		if err := remove(ctx, tx, table, members); err != nil {
			return err
		}
	}
	return dropParts(ctx, tx, words)
}

// remove deletes the rows of members from one of their tables.
func remove(ctx context.Context, tx *db.Tx, table string, members []id.ID) error {
	var args db.Args
	if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE member_id IN `+args.In(members), args.Values()...); err != nil {
		return fmt.Errorf("clearing %s: %w", table, err)
	}
	return nil
}

// Aliases returns the survivor that the member is or was merged into, and then
// everybody merged into it, by id. The member alone when nothing was merged;
// nothing when the member does not exist.
func Aliases(ctx context.Context, q db.Queryer, member id.ID) ([]id.ID, error) {
	sets, err := AliasSets(ctx, q, []id.ID{member})
	return sets[member], err
}

// AliasSets returns Aliases of each of the members, in one statement.
func AliasSets(ctx context.Context, q db.Queryer, members []id.ID) (map[id.ID][]id.ID, error) {
	sets := make(map[id.ID][]id.ID, len(members))
	if len(members) == 0 {
		return sets, nil
	}
	var args db.Args
	query := `WITH asked AS (SELECT id, CASE WHEN merged_into = 0 THEN id ELSE merged_into END AS root FROM member WHERE id IN ` + args.In(members) + `)
		SELECT a.id, a.root, 0 AS loser FROM asked a
		UNION ALL
		SELECT a.id, m.id, 1 AS loser FROM asked a JOIN member m ON m.merged_into = a.root WHERE m.merged_into <> 0
		ORDER BY 1, 3, 2`
	rows, err := q.Query(ctx, query, args.Values()...)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var asked, alias id.ID
		var loser int
		err := r.Scan(&asked, &alias, &loser)
		sets[asked] = append(sets[asked], alias)
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading aliases: %w", err)
	}
	return sets, nil
}

func idsOf(members []*Member) []id.ID {
	ids := make([]id.ID, len(members))
	for i, m := range members {
		ids[i] = m.ID
	}
	return ids
}

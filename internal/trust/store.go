package trust

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what this room keeps in the database.
var Schema = db.Schema{Room: "trust", Files: files}

func ints(names ...string) (list []db.Column) { return columns(db.Int, names) }

func texts(names ...string) (list []db.Column) { return columns(db.Text, names) }

func columns(kind db.Kind, names []string) (list []db.Column) {
	for _, n := range names {
		list = append(list, db.Column{Name: n, Kind: kind})
	}
	return list
}

func join(lists ...[]db.Column) (all []db.Column) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

var (
	issueTable = db.NewTable("trust_issue", []string{"programme_id", "id"},
		join(ints("programme_id", "id", "version"), texts("state"), columns(db.Bool, []string{"published"}), texts("since"), ints("made", "changed"), texts("spec"))...)
	productTable = db.NewTable("trust_issue_product", []string{"programme_id", "sku", "issue_id"},
		join(ints("programme_id"), texts("sku"), ints("issue_id"))...)
	versionTable = db.NewTable("trust_issue_version", []string{"programme_id", "issue_id", "version"},
		join(ints("programme_id", "issue_id", "version", "at"), texts("actor", "spec"))...)
	toldTable = db.NewTable("trust_told", []string{"programme_id", "issue_id", "member_id"},
		ints("programme_id", "issue_id", "member_id", "at")...)
)

const issueColumns = `i.programme_id, i.id, i.version, i.made, i.changed, i.spec`

func scanIssue(r *sql.Rows) (*Issue, error) {
	n := &Issue{}
	var made, changed int64
	var spec string
	if err := r.Scan(&n.ProgrammeID, &n.ID, &n.Version, &made, &changed, &spec); err != nil {
		return nil, err
	}
	n.Made, n.Changed = db.Time(made), db.Time(changed)
	return n, json.Unmarshal([]byte(spec), &n.Spec)
}

func selectIssues(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Issue, error) {
	rows, err := q.Query(ctx, `SELECT `+issueColumns+` FROM trust_issue AS i WHERE `+rest, args...)
	list, err := db.Collect(rows, err, scanIssue)
	if err != nil {
		return nil, fmt.Errorf("reading known issues: %w", err)
	}
	return list, nil
}

func loadIssue(ctx context.Context, q db.Queryer, programme, issue id.ID, lock string) (*Issue, error) {
	list, err := selectIssues(ctx, q, `i.programme_id = $1 AND i.id = $2`+lock, programme, issue)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, Unknown()
	}
	return list[0], nil
}

// saveIssue writes an issue with its products and adds its version.
func saveIssue(ctx context.Context, tx *db.Tx, n *Issue, actor string) error {
	spec, err := json.Marshal(n.Spec)
	if err != nil {
		return fmt.Errorf("writing a known issue: %w", err)
	}
	row := []any{n.ProgrammeID, n.ID, n.Version, string(n.State), n.Published, n.Since, db.Micros(n.Made), db.Micros(n.Changed), string(spec)}
	if err := tx.Upsert(ctx, issueTable, [][]any{row}); err != nil {
		return fmt.Errorf("writing a known issue: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM trust_issue_product WHERE programme_id = $1 AND issue_id = $2`, n.ProgrammeID, n.ID); err != nil {
		return fmt.Errorf("writing the products of a known issue: %w", err)
	}
	products := make([][]any, len(n.Products))
	for i, sku := range n.Products {
		products[i] = []any{n.ProgrammeID, sku, n.ID}
	}
	if err := tx.Insert(ctx, productTable, products); err != nil {
		return fmt.Errorf("writing the products of a known issue: %w", err)
	}
	if err := tx.Insert(ctx, versionTable, [][]any{{n.ProgrammeID, n.ID, n.Version, db.Micros(n.Changed), actor, string(spec)}}); err != nil {
		return fmt.Errorf("writing a version of a known issue: %w", err)
	}
	return nil
}

// version is one that an issue had.
type version struct {
	no    int64
	at    int64
	actor string
	spec  Spec
}

func versionsOf(ctx context.Context, q db.Queryer, programme, issue id.ID) ([]version, error) {
	rows, err := q.Query(ctx, `SELECT version, at, actor, spec FROM trust_issue_version WHERE programme_id = $1 AND issue_id = $2 ORDER BY version`, programme, issue)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (v version, err error) {
		var spec string
		if err := r.Scan(&v.no, &v.at, &v.actor, &spec); err != nil {
			return v, err
		}
		return v, json.Unmarshal([]byte(spec), &v.spec)
	})
	if err != nil {
		return nil, fmt.Errorf("reading the history of a known issue: %w", err)
	}
	return list, nil
}

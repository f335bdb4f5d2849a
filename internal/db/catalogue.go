package db

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// listColumns yields table, column and type of every table of ours, parents
// before the tables that refer to them: in the order in which they were made.
var listColumns = map[Dialect]string{
	SQLite: `SELECT m.name, c.name, c.type FROM sqlite_master AS m, pragma_table_info(m.name) AS c
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY m.rowid, c.cid`,
	Postgres: `SELECT t.relname, c.attname, format_type(c.atttypid, NULL) FROM pg_class AS t JOIN pg_attribute AS c ON c.attrelid = t.oid
		WHERE t.relkind IN ('r', 'p') AND t.relnamespace = current_schema()::regnamespace AND c.attnum > 0 AND NOT c.attisdropped
		ORDER BY t.oid, c.attnum`,
}

// kindOf returns the kind of a column by its declared type.
func kindOf(declared string) (Kind, error) {
	switch strings.ToUpper(declared) {
	case "INTEGER", "BIGINT":
		return Int, nil
	case "TEXT":
		return Text, nil
	case "BOOLEAN":
		return Bool, nil
	case "BLOB", "BYTEA":
		return Bytes, nil
	}
	return 0, fmt.Errorf("a column of type %s is none of ours", declared)
}

// tables lists the tables of the database with all their columns, the list of
// migrations left out.
func (d *DB) tables(ctx context.Context, q Queryer) ([]Table, error) {
	type row struct{ table, column, declared string }
	rows, err := q.Query(ctx, listColumns[d.dialect])
	columns, err := Collect(rows, err, func(r *sql.Rows) (v row, err error) {
		return v, r.Scan(&v.table, &v.column, &v.declared)
	})
	if err != nil {
		return nil, fmt.Errorf("listing tables: %w", err)
	}
	var list []Table
	for _, c := range columns {
		kind, err := kindOf(c.declared)
		if err != nil {
			return nil, fmt.Errorf("listing table %s: %w", c.table, err)
		}
		if len(list) == 0 || list[len(list)-1].Name != c.table {
			list = append(list, Table{Name: c.table})
		}
		last := &list[len(list)-1]
		last.Columns = append(last.Columns, Column{c.column, kind})
	}
	for i, t := range list {
		list[i] = NewTable(t.Name, nil, t.Columns...)
	}
	return slices.DeleteFunc(list, func(t Table) bool { return t.Name == migrationTable }), nil
}

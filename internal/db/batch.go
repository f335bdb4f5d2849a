package db

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// The batch writer: one statement for all rows of a call. Rows hold a value for
// every column of the table (nil is NULL); the keys within a call are distinct.

// Insert adds the rows. A key that exists already is an error that Unique
// reports.
func (t *Tx) Insert(ctx context.Context, table Table, rows [][]any) error {
	_, err := t.write(ctx, table, rows, insertion{table, ""})
	return err
}

// InsertNew adds those rows whose keys do not exist yet and returns how many
// they were. Rows that exist are left as they are.
func (t *Tx) InsertNew(ctx context.Context, table Table, rows [][]any) (int64, error) {
	return t.write(ctx, table, rows, insertion{table, onConflict(table) + "NOTHING"})
}

// Upsert adds the rows; where the key exists already, every other column is
// set. A table without other columns keeps its row.
func (t *Tx) Upsert(ctx context.Context, table Table, rows [][]any) error {
	_, err := t.write(ctx, table, rows, insertion{table, onConflict(table) + overwrite(table)})
	return err
}

// Update sets the columns outside the key of the rows with these keys. It fails
// if a row is not found.
func (t *Tx) Update(ctx context.Context, table Table, rows [][]any) error {
	n, err := t.write(ctx, table, rows, update{table})
	if err == nil && n != int64(len(rows)) {
		return fmt.Errorf("updating %s: %d of %d rows found", table.Name, n, len(rows))
	}
	return err
}

// verb is a statement that takes its rows from a table expression.
type verb interface {
	// from returns the statement; source yields the rows, its columns being
	// named as in the table.
	from(source string) string
}

type insertion struct {
	table    Table
	conflict string
}

// The condition that is always true keeps SQLite from reading ON CONFLICT as a
// join's condition.
func (i insertion) from(source string) string {
	return "INSERT INTO " + i.table.Name + " (" + i.table.names + ") SELECT " + i.table.names + " FROM " + source + " WHERE TRUE" + i.conflict
}

type update struct{ table Table }

func (u update) from(source string) string {
	set, match := u.table.others(), slices.Clone(u.table.Key)
	for i, c := range set {
		set[i] = c + " = v." + c
	}
	for i, c := range match {
		match[i] = u.table.Name + "." + c + " = v." + c
	}
	return "UPDATE " + u.table.Name + " SET " + strings.Join(set, ", ") + " FROM " + source + " WHERE " + strings.Join(match, " AND ")
}

func onConflict(t Table) string { return " ON CONFLICT (" + strings.Join(t.Key, ", ") + ") DO " }

func overwrite(t Table) string {
	set := t.others()
	if len(set) == 0 {
		return "NOTHING"
	}
	for i, c := range set {
		set[i] = c + " = EXCLUDED." + c
	}
	return "UPDATE SET " + strings.Join(set, ", ")
}

// write sends the rows, in several statements only where one cannot carry so
// many parameters, and returns the number of rows touched.
func (t *Tx) write(ctx context.Context, table Table, rows [][]any, v verb) (int64, error) {
	if err := table.check(rows); err != nil {
		return 0, err
	}
	var touched int64
	for part := range slices.Chunk(rows, t.db.dialect.chunk(table)) {
		source, args, err := t.db.dialect.source(table, part)
		if err != nil {
			return touched, fmt.Errorf("writing %s: %w", table.Name, err)
		}
		n, err := t.Exec(ctx, v.from(source), args...)
		if err != nil {
			return touched, fmt.Errorf("writing %s: %w", table.Name, err)
		}
		touched += n
	}
	return touched, nil
}

// chunk returns how many rows one statement takes. On PostgreSQL a column is
// one parameter, whatever the number of rows; the bound keeps messages small.
func (d Dialect) chunk(t Table) int {
	if d == Postgres {
		return 10_000
	}
	return min(1024, (d.maxParameters()-1)/len(t.Columns))
}

// source returns the table expression v that yields the rows, and its
// arguments.
func (d Dialect) source(t Table, rows [][]any) (string, []any, error) {
	if d == Postgres {
		return unnest(t, rows)
	}
	return values(t, rows)
}

// values lists the rows one after another, padded to few lengths so that few
// statements have to be kept prepared; LIMIT cuts the padding off. (A bare
// parameter there would make SQLite plan the statement again at every run.)
func values(t Table, rows [][]any) (string, []any, error) {
	width, height := len(t.Columns), padded(len(rows))
	args := make([]any, width*height+1)
	for i, row := range rows {
		for k, v := range row {
			p, err := plain(t.Columns[k].Kind, v)
			if err != nil {
				return "", nil, fmt.Errorf("row %d, column %s: %w", i, t.Columns[k].Name, err)
			}
			args[i*width+k] = p
		}
	}
	args[width*height] = int64(len(rows))
	return valuesText(t, width, height), args, nil
}

func valuesText(t Table, width, height int) string {
	row := "(?" + strings.Repeat(",?", width-1) + ")"
	var b strings.Builder
	b.WriteString("(SELECT ")
	for i, c := range t.Columns {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "column%d AS %s", i+1, c.Name)
	}
	b.WriteString(" FROM (VALUES " + row + strings.Repeat(","+row, height-1) + ") LIMIT ?+0) AS v")
	return b.String()
}

// unnest passes each column as one array.
func unnest(t Table, rows [][]any) (string, []any, error) {
	arrays, args := make([]string, len(t.Columns)), make([]any, len(t.Columns))
	for k, c := range t.Columns {
		array, err := column(c.Kind, rows, k)
		if err != nil {
			return "", nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		arrays[k], args[k] = fmt.Sprintf("$%d::%s[]", k+1, strings.ToLower(c.Kind.cast())), array
	}
	return "unnest(" + strings.Join(arrays, ", ") + ") AS v(" + t.names + ")", args, nil
}

func column(k Kind, rows [][]any, at int) (any, error) {
	switch k {
	case Int:
		return array(rows, at, asInt)
	case Text:
		return array(rows, at, asText)
	case Bool:
		return array(rows, at, asBool)
	}
	return array(rows, at, asBytes)
}

// array gathers one column; only a column that holds a NULL is passed as
// pointers.
func array[T any](rows [][]any, at int, read func(any) (T, error)) (any, error) {
	list, null := make([]T, len(rows)), false
	for i, row := range rows {
		if row[at] == nil {
			null = true
			continue
		}
		v, err := read(row[at])
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", i, err)
		}
		list[i] = v
	}
	if !null {
		return list, nil
	}
	pointers := make([]*T, len(rows))
	for i, row := range rows {
		if row[at] != nil {
			pointers[i] = &list[i]
		}
	}
	return pointers, nil
}

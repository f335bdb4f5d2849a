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
	_, err := t.write(ctx, table, rows, insert)
	return err
}

// InsertNew adds those rows whose keys do not exist yet and returns how many
// they were. Rows that exist are left as they are.
func (t *Tx) InsertNew(ctx context.Context, table Table, rows [][]any) (int64, error) {
	return t.write(ctx, table, rows, insertNew)
}

// Upsert adds the rows; where the key exists already, every other column is
// set. A table without other columns keeps its row.
func (t *Tx) Upsert(ctx context.Context, table Table, rows [][]any) error {
	_, err := t.write(ctx, table, rows, upsert)
	return err
}

// Update sets the columns outside the key of the rows with these keys. It fails
// if a row is not found.
func (t *Tx) Update(ctx context.Context, table Table, rows [][]any) error {
	_, err := t.write(ctx, table, rows, update)
	return err
}

// verb is what a statement does with the rows of its source.
type verb uint8

const (
	insert verb = iota
	insertNew
	upsert
	update
)

// text returns the statement; source yields the rows, its columns being named
// as in the table.
func (v verb) text(d Dialect, t Table, source string) string {
	switch v {
	case insertNew:
		return insertion(d, t, source) + onConflict(t) + "NOTHING"
	case upsert:
		return insertion(d, t, source) + onConflict(t) + overwrite(t)
	case update:
		return updating(d, t, source)
	}
	return insertion(d, t, source)
}

// orFail spares SQLite the copies of all pages that a statement changes, by
// which it could undo the statement alone: after a failure the transaction is
// not committed anyway.
func (d Dialect) orFail() string {
	if d == SQLite {
		return " OR FAIL"
	}
	return ""
}

// The condition that is always true keeps SQLite from reading ON CONFLICT as a
// join's condition.
func insertion(d Dialect, t Table, source string) string {
	return "INSERT" + d.orFail() + " INTO " + t.Name + " (" + t.names + ") SELECT " + t.names + " FROM " + source + " WHERE TRUE"
}

func updating(d Dialect, t Table, source string) string {
	set, match := t.others(), slices.Clone(t.Key)
	for i, c := range set {
		set[i] = c + " = v." + c
	}
	for i, c := range match {
		match[i] = t.Name + "." + c + " = v." + c
	}
	return "UPDATE" + d.orFail() + " " + t.Name + " SET " + strings.Join(set, ", ") + " FROM " + source + " WHERE " + strings.Join(match, " AND ")
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

// batchText names a statement of the batch writer.
type batchText struct {
	verb   verb
	table  string
	height int // rows that the text has places for
}

// batchText returns the statement, composed once.
func (d *DB) batchText(v verb, t Table, rows int) string {
	key := batchText{v, t.identity, d.dialect.height(rows)}
	if text, ok := d.texts.Load(key); ok {
		return text.(string)
	}
	text := v.text(d.dialect, t, d.dialect.source(t, key.height))
	d.texts.Store(key, text)
	return text
}

// write sends the rows, in several statements only where one cannot carry so
// many parameters, and returns the number of rows touched.
func (t *Tx) write(ctx context.Context, table Table, rows [][]any, v verb) (int64, error) {
	if err := table.check(rows); err != nil {
		return 0, err
	}
	var touched int64
	for part := range slices.Chunk(rows, t.db.dialect.chunk(table)) {
		args, err := t.db.dialect.arguments(table, part)
		if err != nil {
			return touched, fmt.Errorf("writing %s: %w", table.Name, err)
		}
		n, err := t.put(ctx, v, table, len(part), args)
		if err != nil {
			return touched, err
		}
		touched += n
	}
	return touched, nil
}

// put sends one statement of the batch writer, or lets it wait if nobody needs
// to know what it did.
func (t *Tx) put(ctx context.Context, v verb, table Table, rows int, args []any) (touched int64, err error) {
	text, w := t.db.batchText(v, table, rows), queued{doing: "writing " + table.Name, want: -1}
	if v == update {
		w.want = int64(rows)
	}
	if t.queue != nil {
		t.sent.Add(1)
		t.queue.add(w, text, args)
		if v != insertNew {
			return 0, nil
		}
		return t.flush(ctx)
	}
	if touched, err = t.Exec(ctx, text, args...); err != nil {
		return 0, fmt.Errorf("%s: %w", w.doing, err)
	}
	if w.want >= 0 && w.want != touched {
		return 0, fmt.Errorf("%s: %d of %d rows found", w.doing, touched, w.want)
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

// height returns the number of rows for which the text of a statement has
// places. On SQLite it is padded to few numbers, so that few statements have to
// be kept prepared; on PostgreSQL the text is the same for all.
func (d Dialect) height(rows int) int {
	if d == Postgres {
		return 0
	}
	return padded(rows)
}

// source returns the table expression v that yields the rows.
func (d Dialect) source(t Table, height int) string {
	if d == Postgres {
		return unnest(t)
	}
	return values(t, height)
}

// arguments returns the arguments of the table expression.
func (d Dialect) arguments(t Table, rows [][]any) ([]any, error) {
	if d == Postgres {
		return arrays(t, rows)
	}
	return listed(t, rows)
}

// values lists the rows one after another; LIMIT cuts the padding off. (A bare
// parameter there would make SQLite plan the statement again at every run.)
func values(t Table, height int) string {
	row := "(?" + strings.Repeat(",?", len(t.Columns)-1) + ")"
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

// listed returns the rows' values one after another, padded, and the number of
// rows.
func listed(t Table, rows [][]any) ([]any, error) {
	width, height := len(t.Columns), padded(len(rows))
	args := make([]any, width*height+1)
	for i, row := range rows {
		for k, v := range row {
			p, err := plain(t.Columns[k].Kind, v)
			if err != nil {
				return nil, fmt.Errorf("row %d, column %s: %w", i, t.Columns[k].Name, err)
			}
			args[i*width+k] = p
		}
	}
	args[width*height] = int64(len(rows))
	return args, nil
}

// unnest takes each column as one array.
func unnest(t Table) string {
	list := make([]string, len(t.Columns))
	for k, c := range t.Columns {
		list[k] = fmt.Sprintf("$%d::%s[]", k+1, strings.ToLower(c.Kind.cast()))
	}
	return "unnest(" + strings.Join(list, ", ") + ") AS v(" + t.names + ")"
}

// arrays returns the columns of the rows.
func arrays(t Table, rows [][]any) ([]any, error) {
	args := make([]any, len(t.Columns))
	for k, c := range t.Columns {
		array, err := column(c.Kind, rows, k)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		args[k] = array
	}
	return args, nil
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

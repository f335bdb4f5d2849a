package db

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"regulars/internal/fault"
)

// loader reads a backup line by line.
type loader struct {
	manifest manifest
	lines    *bufio.Reader
	line     int64
	rows     int64
	waiting  [][]any // rows of the table not yet written
}

func newLoader(file io.Reader) (*loader, error) {
	packed, err := gzip.NewReader(bufio.NewReaderSize(file, 1<<16))
	if err != nil {
		return nil, damaged(1, "it is no gzip file").Because(err)
	}
	l := &loader{lines: bufio.NewReaderSize(packed, 1<<16)}
	if err := l.read(&l.manifest); err != nil || l.manifest.Format != backupFormat {
		return nil, damaged(1, "it is no backup of regulars").Because(err)
	}
	if l.manifest.Version != backupVersion {
		return nil, fault.Conflict("backup_newer", "the backup is of format %d, this program knows %d: use the newer version", l.manifest.Version, backupVersion)
	}
	return l, nil
}

// read decodes the next line.
func (l *loader) read(into any) error {
	l.line++
	line, err := l.lines.ReadBytes('\n')
	if err != nil {
		return damaged(l.line, "it breaks off").Because(err)
	}
	numbers := json.NewDecoder(bytes.NewReader(line))
	numbers.UseNumber()
	if err := numbers.Decode(into); err != nil {
		return damaged(l.line, "it is no JSON").Because(err)
	}
	return nil
}

// load writes all rows into the empty tables.
func (l *loader) load(ctx context.Context, tx *Tx) error {
	tables, err := tx.db.tables(ctx, tx)
	if err != nil {
		return err
	}
	if err := empty(ctx, tx, tables); err != nil {
		return err
	}
	var table Table
	for {
		head, row, err := l.next()
		if err != nil {
			return err
		}
		if head != nil || len(l.waiting) == 1000 {
			if err := l.flush(ctx, tx, table); err != nil {
				return err
			}
		}
		switch {
		case head == nil:
			err = l.add(table, row)
		case head.End:
			return l.end(head.Rows)
		default:
			table, err = l.table(tables, *head)
		}
		if err != nil {
			return err
		}
	}
}

// empty makes sure that no table has rows. Leases of earlier attempts go: those
// of the backup take their place, so that identifiers do not collide.
func empty(ctx context.Context, tx *Tx, tables []Table) error {
	if _, err := tx.Exec(ctx, "DELETE FROM process_lease"); err != nil {
		return err
	}
	for _, t := range tables {
		var some bool
		if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+t.Name+")").Scan(&some); err != nil {
			return fmt.Errorf("looking into table %s: %w", t.Name, err)
		}
		if some {
			return notEmpty()
		}
	}
	return nil
}

// next reads the next line: a mark or a row.
func (l *loader) next() (*mark, []any, error) {
	if first, err := l.lines.Peek(1); err == nil && first[0] == '{' {
		var m mark
		err := l.read(&m)
		return &m, nil, err
	}
	var row []any
	err := l.read(&row)
	return nil, row, err
}

func (l *loader) table(tables []Table, m mark) (Table, error) {
	i := slices.IndexFunc(tables, func(t Table) bool { return t.Name == m.Table })
	if i < 0 {
		return Table{}, damaged(l.line, "table "+m.Table+" is unknown")
	}
	t := tables[i]
	if !slices.Equal(t.columnNames(), m.Columns) {
		return Table{}, damaged(l.line, "table "+m.Table+" has other columns")
	}
	return t, nil
}

func (l *loader) add(t Table, row []any) error {
	if len(row) != len(t.Columns) {
		return damaged(l.line, "a row of "+t.Name+" has another length")
	}
	for i, c := range t.Columns {
		v, err := c.Kind.decode(row[i])
		if err != nil {
			return damaged(l.line, "column "+c.Name+" of "+t.Name).Because(err)
		}
		row[i] = v
	}
	l.waiting = append(l.waiting, row)
	l.rows++
	return nil
}

func (l *loader) flush(ctx context.Context, tx *Tx, t Table) error {
	defer func() { l.waiting = l.waiting[:0] }()
	if len(l.waiting) == 0 {
		return nil
	}
	return tx.Insert(ctx, t, l.waiting)
}

func (l *loader) end(rows int64) error {
	if rows != l.rows {
		return damaged(l.line, fmt.Sprintf("%d rows instead of %d", l.rows, rows))
	}
	return nil
}

// decode returns a value of JSON as the kind's own Go type.
func (k Kind) decode(v any) (any, error) {
	switch x := v.(type) {
	case json.Number:
		return x.Int64()
	case string:
		if k == Bytes {
			return base64.StdEncoding.DecodeString(x)
		}
	}
	return plain(k, v)
}

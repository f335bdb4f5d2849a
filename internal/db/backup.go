package db

import (
	"bufio"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
	"unicode/utf8"

	"regulars/internal/fault"
)

// A backup is one gzip file of JSON lines that either database can load: a
// manifest, then for each table a head and a line for each row, then an end
// that says how many rows there were. Bytes are base64.

const (
	backupFormat  = "regulars backup"
	backupVersion = 1
)

type manifest struct {
	Format  string           `json:"format"`
	Version int              `json:"version"`
	Made    time.Time        `json:"made"`
	Schema  map[string]int64 `json:"schema"` // the last migration of each room
}

// mark is a line between rows: the head of a table, or the end.
type mark struct {
	Table   string   `json:"table,omitempty"`
	Columns []string `json:"columns,omitempty"`
	End     bool     `json:"end,omitempty"`
	Rows    int64    `json:"rows,omitempty"`
}

// Backup writes a consistent copy of the whole database to a new file while
// work goes on. It refuses to overwrite a file and leaves none when it fails.
// The copy holds personal data; only this user may read it.
func (d *DB) Backup(ctx context.Context, path string) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.Conflict("backup_exists", "the file %s exists already: give another name", path).With("file", path)
	}
	if err != nil {
		return folderFault(filepath.Dir(path), err)
	}
	defer func() {
		if err = errors.Join(err, file.Close()); err != nil {
			_ = os.Remove(path)
		}
	}()
	if err := d.dump(ctx, file); err != nil {
		return folderFault(filepath.Dir(path), err)
	}
	return file.Sync()
}

func (d *DB) dump(ctx context.Context, file io.Writer) error {
	packed := gzip.NewWriter(file)
	buffered := bufio.NewWriterSize(packed, 1<<16)
	if err := d.View(ctx, func(q Queryer) error { return d.dumpAll(ctx, q, buffered) }); err != nil {
		return err
	}
	return errors.Join(buffered.Flush(), packed.Close())
}

func (d *DB) dumpAll(ctx context.Context, q Queryer, w io.Writer) error {
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	schema, err := lastMigrations(ctx, q)
	if err != nil {
		return err
	}
	if err := lines.Encode(manifest{backupFormat, backupVersion, d.now().UTC(), schema}); err != nil {
		return err
	}
	tables, err := d.tables(ctx, q)
	if err != nil {
		return err
	}
	var total int64
	for _, t := range tables {
		n, err := dumpTable(ctx, q, t, lines)
		if err != nil {
			return fmt.Errorf("copying table %s: %w", t.Name, err)
		}
		total += n
	}
	return lines.Encode(mark{End: true, Rows: total})
}

func lastMigrations(ctx context.Context, q Queryer) (map[string]int64, error) {
	schema := map[string]int64{}
	rows, err := q.Query(ctx, "SELECT room, MAX(number) FROM schema_migration GROUP BY room")
	_, err = Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var room string
		var number int64
		err := r.Scan(&room, &number)
		schema[room] = number
		return struct{}{}, err
	})
	return schema, err
}

func dumpTable(ctx context.Context, q Queryer, t Table, lines *json.Encoder) (n int64, err error) {
	if err := lines.Encode(mark{Table: t.Name, Columns: t.columnNames()}); err != nil {
		return 0, err
	}
	rows, err := q.Query(ctx, "SELECT "+t.names+" FROM "+t.Name)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	row, places := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range row {
		places[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return n, err
		}
		if err := t.exact(row); err != nil {
			return n, fmt.Errorf("row %d: %w", n+1, err)
		}
		if err := lines.Encode(row); err != nil {
			return n, err
		}
		n++
	}
	return n, driverFault(rows.Err())
}

// exact brings the values to the kinds of their columns. Text that JSON cannot
// carry unchanged is an error rather than a loss.
func (t Table) exact(row []any) error {
	for i, c := range t.Columns {
		if n, ok := row[i].(int64); ok && c.Kind == Bool { // as SQLite's driver reads it
			row[i] = n != 0
		}
		v, err := plain(c.Kind, row[i])
		if err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
		if s, ok := v.(string); ok && !utf8.ValidString(s) {
			return fmt.Errorf("column %s: the text is not valid UTF-8", c.Name)
		}
		row[i] = v
	}
	return nil
}

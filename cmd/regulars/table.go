package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"

	"regulars/internal/sheet"
)

// tables writes the records of an export, each table to a file of its own.
type tables struct {
	dir, format string
	names       []string // every table, in the order in which they come
	progress    func(stage string, done, total int64)
	rows        map[string]int64
	bytes       int64

	name string
	file *os.File
	out  *bufio.Writer
	json *json.Encoder
	csv  *sheet.Writer
}

func newTables(dir, format string, names []string, progress func(stage string, done, total int64)) *tables {
	return &tables{dir: dir, format: format, names: names, progress: progress, rows: map[string]int64{}}
}

func tableFile(name, format string) string { return name + "." + format }

// tableBuffer is how much is gathered before it is written.
const tableBuffer = 256 << 10

// take writes one record. It is a flow.Sink.
func (t *tables) take(table string, record any) error {
	if table != t.name {
		if err := t.turn(table); err != nil {
			return err
		}
	}
	if t.rows[table]++; t.rows[table]%1000 == 0 {
		t.progress(table, t.rows[table], 0)
	}
	if t.csv == nil {
		return t.json.Encode(record)
	}
	if t.rows[table] == 1 {
		t.csv.Row(columnNames(reflect.TypeOf(record))...)
	}
	cells, err := cells(nil, reflect.ValueOf(record))
	if err != nil {
		return fmt.Errorf("writing %s: %w", table, err)
	}
	t.csv.Row(cells...)
	return t.csv.Err()
}

// turn ends the file of one table and begins the next.
func (t *tables) turn(table string) error {
	if err := t.end(); err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(t.dir, tableFile(table, t.format)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("writing %s: %w", table, err)
	}
	t.name, t.file, t.out = table, file, bufio.NewWriterSize(file, tableBuffer)
	if t.format == "csv" {
		t.csv = sheet.NewWriter(t.out)
		return nil
	}
	t.json = json.NewEncoder(t.out)
	t.json.SetEscapeHTML(false)
	return nil
}

func (t *tables) end() error {
	if t.file == nil {
		return nil
	}
	var err error
	if t.csv != nil {
		err = t.csv.Flush()
	}
	err = errors.Join(err, t.out.Flush())
	size, serr := t.file.Seek(0, io.SeekEnd)
	t.bytes += size
	err = errors.Join(err, serr, t.file.Sync(), t.file.Close())
	t.file = nil
	if err != nil {
		return fmt.Errorf("writing %s: %w", t.name, err)
	}
	return nil
}

// close ends the last file and leaves an empty one for every table without
// rows, so that who reads the folder need not guess.
func (t *tables) close() error {
	err := t.end()
	for _, name := range t.names {
		if t.rows[name] == 0 && err == nil {
			t.rows[name] = 0
			err = t.turn(name)
			err = errors.Join(err, t.end())
		}
	}
	return err
}

// columnNames are the fields of a record as its JSON names them; those of an
// embedded record stand among its own.
func columnNames(record reflect.Type) []string {
	var names []string
	for i := range record.NumField() {
		f := record.Field(i)
		switch name, _, _ := strings.Cut(f.Tag.Get("json"), ","); {
		case f.Anonymous:
			names = append(names, columnNames(f.Type)...)
		case f.IsExported():
			names = append(names, name)
		}
	}
	return names
}

// cells adds the values of a record as a table shows them: texts, numbers and
// times plainly, what has parts as JSON.
func cells(list []string, record reflect.Value) ([]string, error) {
	for i := range record.NumField() {
		v, f := record.Field(i), record.Type().Field(i)
		if f.Anonymous {
			var err error
			if list, err = cells(list, v); err != nil {
				return nil, err
			}
			continue
		}
		if !f.IsExported() {
			continue
		}
		text, err := cell(v)
		if err != nil {
			return nil, err
		}
		list = append(list, text)
	}
	return list, nil
}

func cell(v reflect.Value) (string, error) {
	switch value := v.Interface().(type) {
	case time.Time:
		return value.Format(time.RFC3339Nano), nil
	case *time.Time:
		if value == nil {
			return "", nil
		}
		return value.Format(time.RFC3339Nano), nil
	case json.RawMessage:
		return string(value), nil
	}
	switch v.Kind() {
	case reflect.String:
		return v.String(), nil
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10), nil
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case reflect.Slice, reflect.Map:
		if v.Len() == 0 {
			return "", nil
		}
	}
	raw, err := json.Marshal(v.Interface())
	return string(raw), err
}

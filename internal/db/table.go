package db

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"regulars/internal/id"
)

// Kind is the type of a column: BIGINT, TEXT, BOOLEAN or BYTEA.
type Kind uint8

// The kinds of columns.
const (
	Int Kind = iota + 1
	Text
	Bool
	Bytes
)

// cast returns the type's name that both databases take in a cast.
func (k Kind) cast() string {
	switch k {
	case Int:
		return "BIGINT"
	case Bool:
		return "BOOLEAN"
	case Bytes:
		return "BYTEA"
	}
	return "TEXT"
}

// Column is a column of a Table.
type Column struct {
	Name string
	Kind Kind
}

// Table is what the batch writer must know of a table: the columns that it
// writes, in the order of the values in each row, and which of them are the key.
type Table struct {
	Name    string
	Key     []string
	Columns []Column

	names    string // the columns' names, joined by commas
	identity string // tells this table, with these columns and this key, from others
}

// NewTable returns a table for the batch writer. It panics if a key is not
// among the columns, as that is a slip of the programmer.
func NewTable(name string, key []string, columns ...Column) Table {
	t := Table{Name: name, Key: key, Columns: columns}
	names := t.columnNames()
	for _, k := range key {
		if !slices.Contains(names, k) {
			panic(fmt.Sprintf("db: table %s has no key column %q", name, k))
		}
	}
	t.names = strings.Join(names, ", ")
	t.identity = name + " (" + t.names + ") by " + strings.Join(key, ", ")
	return t
}

func (t Table) columnNames() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// others returns the names of the columns outside the key.
func (t Table) others() []string {
	var list []string
	for _, c := range t.Columns {
		if !slices.Contains(t.Key, c.Name) {
			list = append(list, c.Name)
		}
	}
	return list
}

// check refuses rows that do not fit the table before a statement is sent.
func (t Table) check(rows [][]any) error {
	for i, row := range rows {
		if len(row) != len(t.Columns) {
			return fmt.Errorf("writing %s: row %d has %d values for %d columns", t.Name, i, len(row), len(t.Columns))
		}
	}
	return nil
}

// asInt reads a value as a whole number; the usual types without reflection.
func asInt(v any) (int64, error) {
	switch n := v.(type) {
	case int64:
		return n, nil
	case id.ID:
		return int64(n), nil
	case int:
		return int64(n), nil
	}
	switch r := reflect.ValueOf(v); {
	case r.CanInt():
		return r.Int(), nil
	case r.CanUint():
		return int64(r.Uint()), nil
	}
	return 0, fmt.Errorf("a whole number is wanted, not %T", v)
}

// asText reads a value as text; stored JSON often comes as bytes.
func asText(v any) (string, error) {
	switch s := v.(type) {
	case string:
		return s, nil
	case []byte:
		return string(s), nil
	case json.RawMessage:
		return string(s), nil
	}
	if r := reflect.ValueOf(v); r.Kind() == reflect.String {
		return r.String(), nil
	}
	return "", fmt.Errorf("a text is wanted, not %T", v)
}

func asBool(v any) (bool, error) {
	if b, ok := v.(bool); ok {
		return b, nil
	}
	return false, fmt.Errorf("a bool is wanted, not %T", v)
}

func asBytes(v any) ([]byte, error) {
	switch b := v.(type) {
	case []byte:
		return notNil(b), nil
	case json.RawMessage:
		return notNil(b), nil
	}
	return nil, fmt.Errorf("bytes are wanted, not %T", v)
}

// notNil keeps an empty slice from being stored as NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// plain returns the value as the kind's own Go type.
func plain(k Kind, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	switch k {
	case Int:
		return asInt(v)
	case Text:
		return asText(v)
	case Bool:
		return asBool(v)
	}
	return asBytes(v)
}

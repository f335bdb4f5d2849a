package intake

import (
	"errors"
	"io"
	"slices"
	"strings"
	"time"
)

// Table is the beginning of a file, as it is.
type Table struct {
	Columns []string `json:"columns"`
	// Rows are the first rows that could be split into the columns.
	Rows [][]string `json:"rows"`
}

// Sample returns the columns of a file and its first n good rows.
func Sample(open Opener, n int) (Table, error) {
	source, err := open()
	if err != nil {
		return Table{}, err
	}
	defer source.Close()
	t := Table{Columns: source.Columns()}
	for len(t.Rows) < n {
		row, err := source.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return t, err
		}
		if row.Broken == "" {
			t.Rows = append(t.Rows, slices.Clone(row.Fields))
		}
	}
	return t, nil
}

// PreviewRow is one row and what would become of it.
type PreviewRow struct {
	Line   int64    `json:"line"`
	Fields []string `json:"fields"`
	Taken  Taken    `json:"taken"`
	// Refusal has a reason if the row would be left out.
	Refusal Refusal `json:"refusal,omitzero"`
}

// Preview returns the first n rows as they would be taken by the settings.
// What only the whole file tells is not seen yet: whether a sale is complete
// and names one customer.
func Preview(open Opener, settings Settings, n int, now time.Time) ([]PreviewRow, error) {
	source, err := open()
	if err != nil {
		return nil, err
	}
	defer source.Close()
	p, err := settings.plan(source.Columns(), now)
	if err != nil {
		return nil, err
	}
	var rows []PreviewRow
	for sieve := newSieve(p); len(rows) < n; {
		row, err := source.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return rows, err
		}
		one := PreviewRow{Line: row.Line}
		for _, f := range row.Fields {
			one.Fields = append(one.Fields, strings.Clone(f))
		}
		one.Taken, one.Refusal = sieve.take(row)
		rows = append(rows, one)
	}
	return rows, nil
}

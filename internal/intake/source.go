package intake

// Row is one row of a table.
type Row struct {
	// Line is where the row begins in its file, from 1, the header counted.
	Line int64
	// Fields are valid until the next row is asked for.
	Fields []string
	// Broken says why the row cannot be split into the columns; its text then
	// is the only field.
	Broken Reason
}

// Source yields the rows of one table.
type Source interface {
	// Columns names the columns, each name once.
	Columns() []string
	// Next returns the next row, or io.EOF after the last. A broken row is no
	// error: reading goes on after it.
	Next() (Row, error)
	Close() error
}

// Opener opens a table at its beginning. It is called once to read it and
// once more when the left-out rows are asked for.
type Opener func() (Source, error)

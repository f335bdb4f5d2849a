package intake

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"regulars/internal/sheet"
)

// Limits of a table in a file.
const (
	maxField   = 64 << 10 // bytes
	maxRow     = 1 << 20  // bytes
	maxColumns = 500
	firstRead  = 64 << 10
)

// CSV reads a table of separated values from a file. It holds one row at a
// time, at most two megabytes.
type CSV struct {
	in      io.Reader
	closes  []io.Closer
	sep     byte
	eol     byte
	recoded bool // the file was not UTF-8
	columns []string

	buf     []byte
	start   int // of what is not read yet
	end     int
	eof     bool
	line    int64 // of buf[start], from 1
	discard bool  // the rest of a line too long for the buffer
	spans   []span
	fields  []string
	held    *Row // a first row that is read again
}

// span is the place of a cell in its row.
type span struct {
	from, to int
	doubled  bool // holds doubled quotes
}

// Columns names the columns.
func (c *CSV) Columns() []string { return c.columns }

// Close closes the file.
func (c *CSV) Close() error {
	var faults []error
	for _, one := range c.closes {
		faults = append(faults, one.Close())
	}
	return errors.Join(faults...)
}

// Next returns the next row. Empty lines are passed over. After a broken row
// reading goes on at the line after the one where it began, so that a quote
// that is never closed costs one row and not the rest of the file.
func (c *CSV) Next() (Row, error) {
	if c.held != nil {
		row := *c.held
		c.held = nil
		return row, nil
	}
	for {
		if err := c.skip(); err != nil {
			return Row{}, err
		}
		w := c.buf[c.start:c.end]
		s := c.split(w)
		if s.more && !c.eof && len(w) < maxRow {
			if err := c.fill(); err != nil {
				return Row{}, err
			}
			continue
		}
		if why := c.fault(s); why != "" {
			return c.broken(w, why), nil
		}
		fields, fits := c.fit(c.cells(w[:s.size]))
		if !fits {
			return c.broken(w, WrongColumns), nil
		}
		row := Row{Line: c.line, Fields: fields}
		c.line += int64(bytes.Count(w[:s.size], []byte{c.eol}))
		c.start += s.size
		return row, nil
	}
}

// skip passes over empty lines and the rest of a line that was too long, and
// returns io.EOF at the end.
func (c *CSV) skip() error {
	for {
		for c.start < c.end {
			b := c.buf[c.start]
			if !c.discard && b != '\n' && b != '\r' {
				return nil
			}
			c.start++
			if b == c.eol {
				c.line++
				c.discard = false
			}
		}
		if c.eof {
			return io.EOF
		}
		if err := c.fill(); err != nil {
			return err
		}
	}
}

// fill moves what is not read yet to the front, grows the buffer when it is
// full, and reads until it is full again.
func (c *CSV) fill() error {
	copy(c.buf, c.buf[c.start:c.end])
	c.end -= c.start
	c.start = 0
	if c.end == len(c.buf) {
		c.buf = append(c.buf, make([]byte, max(firstRead, len(c.buf)))...)
	}
	for c.end < len(c.buf) && !c.eof {
		n, err := c.in.Read(c.buf[c.end:])
		c.end += n
		c.eof = errors.Is(err, io.EOF)
		if err != nil && !c.eof {
			return damaged(err)
		}
	}
	return nil
}

func (c *CSV) fault(s cut) Reason {
	switch {
	case s.broken != "" || !s.more:
		return s.broken
	case c.eof:
		return UnclosedQuote
	}
	return RowTooLong
}

// broken gives the first line of a row that cannot be taken, and leaves the
// reader at the line after it.
func (c *CSV) broken(w []byte, why Reason) Row {
	row := Row{Line: c.line, Broken: why}
	size := bytes.IndexByte(w, c.eol)
	if size < 0 {
		size = len(w)
		c.discard = true
		c.start = c.end
	} else {
		c.start += size + 1
		c.line++
	}
	text := string(trimCR(w[:size]))
	row.Fields = []string{strings.ToValidUTF8(text[:min(len(text), maxField)], "\uFFFD")}
	return row
}

// fit reports whether the fields are as many as the columns, and drops empty
// ones behind the last column, which do no harm. While the header is read
// there are no columns yet.
func (c *CSV) fit(fields []string) ([]string, bool) {
	want := len(c.columns)
	if want == 0 {
		return fields, true
	}
	for len(fields) > want && fields[len(fields)-1] == "" {
		fields = fields[:len(fields)-1]
	}
	return fields, len(fields) == want
}

// cells makes texts of the cells of a row.
func (c *CSV) cells(row []byte) []string {
	text := string(row)
	c.fields = c.fields[:0]
	for _, s := range c.spans {
		cell := text[s.from:s.to]
		if s.doubled {
			cell = strings.ReplaceAll(cell, `""`, `"`)
		}
		c.fields = append(c.fields, sheet.Plain(cell)) // as our own files have it
	}
	return c.fields
}

// cut is the outcome of splitting what begins a window.
type cut struct {
	size   int
	more   bool // the row does not end in the window
	broken Reason
}

// split finds the cells of the row that begins the window.
func (c *CSV) split(w []byte) cut {
	c.spans = c.spans[:0]
	for at := 0; ; {
		s, next, why := c.cell(w, at)
		if why != "" || next == 0 {
			return cut{more: why == "", broken: why}
		}
		if why := c.keep(s); why != "" {
			return cut{broken: why}
		}
		if ended := next > s.to && w[next-1] == c.sep; !ended {
			return cut{size: next, broken: c.unreadable(w[:next])}
		}
		at = next
	}
}

func (c *CSV) keep(s span) Reason {
	if s.to-s.from > maxField {
		return FieldTooLong
	}
	if len(c.spans) == maxColumns {
		return WrongColumns
	}
	c.spans = append(c.spans, s)
	return ""
}

// cell finds the cell that begins at a place, and where the next one begins:
// behind the separator or the end of the line. Next is 0 where the window is
// too short to tell. A quote counts only at the beginning of a cell; elsewhere
// it is text.
func (c *CSV) cell(w []byte, at int) (s span, next int, why Reason) {
	if at < len(w) && w[at] == '"' {
		return c.quoted(w, at)
	}
	for i := at; i < len(w); i++ {
		switch w[i] {
		case c.sep:
			return span{from: at, to: i}, i + 1, ""
		case c.eol:
			return span{from: at, to: at + len(trimCR(w[at:i]))}, i + 1, ""
		}
	}
	if !c.eof {
		return span{}, 0, ""
	}
	return span{from: at, to: at + len(trimCR(w[at:]))}, len(w), ""
}

// quoted finds a cell in quotes. A doubled quote is one quote; behind the
// closing one only a separator or the end of the row may stand.
func (c *CSV) quoted(w []byte, at int) (s span, next int, why Reason) {
	s.from = at + 1
	for end := s.from; ; end += 2 {
		i := bytes.IndexByte(w[end:], '"')
		if i < 0 {
			return s, 0, tooLong(len(w) - s.from)
		}
		end += i
		if end+1 == len(w) || w[end+1] != '"' {
			s.to = end
			next, why = c.afterQuote(w, end+1)
			return s, next, why
		}
		s.doubled = true
	}
}

func tooLong(n int) Reason {
	if n > maxField {
		return FieldTooLong
	}
	return ""
}

func (c *CSV) afterQuote(w []byte, at int) (next int, why Reason) {
	if at < len(w) && w[at] == '\r' && c.eol == '\n' {
		at++
	}
	switch {
	case at < len(w) && (w[at] == c.sep || w[at] == c.eol):
		return at + 1, ""
	case at < len(w):
		return 0, TextAfterQuote
	case c.eof:
		return at, ""
	}
	return 0, ""
}

// unreadable tells bytes that are no text. In a file that had to be recoded,
// the replacement character stands for such bytes.
func (c *CSV) unreadable(row []byte) Reason {
	if !utf8.Valid(row) || bytes.IndexByte(row, 0) >= 0 || c.recoded && bytes.ContainsRune(row, utf8.RuneError) {
		return NotText
	}
	return ""
}

func trimCR(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\r' {
		return b[:n-1]
	}
	return b
}

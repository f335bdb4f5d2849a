package intake

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/text/transform"

	"regulars/internal/fault"
)

// Format says how a file is written. What is left empty is detected from its
// beginning.
type Format struct {
	Encoding  Encoding  `json:"encoding,omitempty"`
	Separator Separator `json:"separator,omitempty"`
	// NoHeader says that the first line is a row already; the columns are then
	// named by their numbers from 1.
	NoHeader bool `json:"no_header,omitempty"`
}

// Separator stands between the cells of a row: one of , ; tab and |.
type Separator string

// separators are tried in this order where none is declared.
var separators = []byte{',', ';', '\t', '|'}

// File returns the opener of a CSV file, gzip or not.
func File(path string, f Format) Opener {
	return func() (Source, error) {
		in, err := os.Open(path)
		if err != nil {
			return nil, unreadableFile(path, err)
		}
		c, err := ReadCSV(in, f)
		if err != nil {
			return nil, errors.Join(err, in.Close())
		}
		c.closes = append(c.closes, in)
		return c, nil
	}
}

func unreadableFile(path string, err error) error {
	name := filepath.Base(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Missing("import_no_file", "there is no file %s", name).With("name", name)
	}
	return fault.Invalid("import_unreadable", "the file %s cannot be opened; check that it may be read", name).
		With("name", name).Because(err)
}

func damaged(err error) error {
	return fault.Invalid("import_damaged", "the file breaks off or is damaged; copy it again").Because(err)
}

// ReadCSV reads a table as the format says. It fails when the file is empty,
// is no text, or has no usable header.
func ReadCSV(in io.Reader, f Format) (*CSV, error) {
	sep, err := f.separator()
	if err != nil {
		return nil, err
	}
	plain, closes, err := unzip(in)
	if err != nil {
		return nil, err
	}
	decoded, recoded, err := f.Encoding.decode(plain)
	if err != nil {
		return nil, err
	}
	c := &CSV{in: decoded, closes: closes, eol: '\n', line: 1, recoded: recoded}
	if err := c.fill(); err != nil {
		return nil, err
	}
	c.survey(sep)
	return c, c.readColumns(f.NoHeader)
}

func (f Format) separator() (byte, error) {
	if f.Separator == "" {
		return 0, nil
	}
	if len(f.Separator) == 1 && bytes.IndexByte(separators, f.Separator[0]) >= 0 {
		return f.Separator[0], nil
	}
	return 0, fault.Invalid("import_separator", "cells are separated by a comma, a semicolon, a tab or a vertical line").
		At("/format/separator")
}

// sniffed is how much of a file is looked at to tell its encoding.
const sniffed = 256 << 10

func unzip(in io.Reader) (*bufio.Reader, []io.Closer, error) {
	b := bufio.NewReaderSize(in, sniffed)
	if start, _ := b.Peek(2); !bytes.Equal(start, []byte{0x1f, 0x8b}) {
		return b, nil, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, nil, damaged(err)
	}
	return bufio.NewReaderSize(z, sniffed), []io.Closer{z}, nil
}

func (e Encoding) decode(in *bufio.Reader) (plain io.Reader, recoded bool, err error) {
	start, err := in.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, damaged(err)
	}
	if isWorkbook(start) {
		return nil, false, fault.Invalid("import_workbook", "this is a workbook of a spreadsheet program; save the sheet as CSV and take that file")
	}
	if e == "" {
		e = sniff(start)
	}
	decoder, err := e.decoder()
	if err != nil {
		return nil, false, err
	}
	if decoder == nil {
		_, err := in.Discard(len(bom(start)))
		return in, false, err
	}
	return transform.NewReader(in, decoder), true, nil
}

// isWorkbook tells the beginnings of .xlsx, .ods (both zip) and .xls files.
func isWorkbook(start []byte) bool {
	return bytes.HasPrefix(start, []byte("PK\x03\x04")) || bytes.HasPrefix(start, []byte{0xd0, 0xcf, 0x11, 0xe0})
}

// survey settles how lines end and, unless declared, what separates cells.
func (c *CSV) survey(sep byte) {
	start := c.buf[:c.end]
	if bytes.IndexByte(start, '\n') < 0 && bytes.IndexByte(start, '\r') >= 0 {
		c.eol = '\r'
	}
	if first, rest, found := bytes.Cut(start, []byte{c.eol}); found {
		if named, is := bytes.CutPrefix(trimCR(first), []byte("sep=")); is && len(named) == 1 && bytes.IndexByte(separators, named[0]) >= 0 {
			sep, c.start, c.line = named[0], len(start)-len(rest), 2
		}
	}
	if sep == 0 {
		sep = c.sniffSeparator(c.buf[c.start:c.end])
	}
	c.sep = sep
}

// sniffSeparator takes the separator by which the most rows of the beginning
// have as many cells as the header, more than one.
func (c *CSV) sniffSeparator(start []byte) byte {
	best, most := separators[0], 0
	for _, sep := range separators {
		trial := CSV{sep: sep, eol: c.eol, buf: bytes.Clone(start), end: len(start), eof: true}
		agree, cells := trial.agreement()
		if score := agree*maxColumns + cells; cells > 1 && score > most {
			best, most = sep, score
		}
	}
	return best
}

const rowsSurveyed = 50

func (c *CSV) agreement() (rows, cells int) {
	for range rowsSurveyed {
		row, err := c.Next()
		if err != nil {
			break
		}
		if row.Broken == "" && cells == 0 {
			cells = len(row.Fields)
		}
		if row.Broken == "" && len(row.Fields) == cells {
			rows++
		}
	}
	return rows, cells
}

// readColumns names the columns by the header, or by their numbers.
func (c *CSV) readColumns(numbered bool) error {
	row, err := c.Next()
	if errors.Is(err, io.EOF) {
		return fault.Invalid("import_empty", "the file is empty; it needs a line with the names of its columns")
	}
	if err != nil {
		return err
	}
	if row.Broken != "" {
		return fault.Invalid("import_header", "line %d, which names the columns, cannot be read; check its quotes and the encoding", row.Line).
			With("line", row.Line)
	}
	for i, name := range row.Fields {
		name = strings.TrimSpace(name)
		if numbered || name == "" {
			name = strconv.Itoa(i + 1)
		}
		c.columns = append(c.columns, unused(c.columns, clip(name)))
	}
	if numbered {
		c.held = &row
	}
	return nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 100 {
		return string(r[:100]) + "…"
	}
	return s
}

package retail

import (
	"bufio"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Reader gives packed rows back one by one. It keeps the items and their
// prices in memory, about a megabyte, and never the rows.
type Reader struct {
	columns   [sections]*bufio.Reader
	countries []string
	items     []item
	prices    [][]string // of each item, the latest first
	row       Row        // holds what the lines of the open run share
	last      head
	length    uint64 // lines left in the open run
	left      uint64 // rows left
	rows      int64
}

var errDamaged = errors.New("the packed rows are damaged")

// Open readies the packed rows for reading from the first.
func Open(packed string) (*Reader, error) {
	body, found := strings.CutPrefix(packed, magic)
	if !found {
		return nil, fmt.Errorf("opening packed rows: %w", errDamaged)
	}
	in := strings.NewReader(body)
	rows, err := binary.ReadUvarint(in)
	if err != nil {
		return nil, fmt.Errorf("opening packed rows: %w", errDamaged)
	}
	r := &Reader{left: rows, rows: int64(rows)}
	for i := range r.columns {
		size, err := binary.ReadUvarint(in)
		if err != nil || size > uint64(in.Len()) {
			return nil, fmt.Errorf("opening section %d: %w", i, errDamaged)
		}
		at := len(body) - in.Len()
		r.columns[i] = bufio.NewReader(flate.NewReader(strings.NewReader(body[at : at+int(size)])))
		if _, err := in.Seek(int64(size), io.SeekCurrent); err != nil {
			return nil, fmt.Errorf("opening section %d: %w", i, err)
		}
	}
	return r, r.readNames()
}

// Len returns the number of rows, read ones included.
func (r *Reader) Len() int64 { return r.rows }

func (r *Reader) readNames() error {
	var err error
	if r.countries, err = r.texts(sectionCountries); err != nil {
		return err
	}
	lines, err := r.texts(sectionItems)
	if err != nil {
		return err
	}
	for _, l := range lines {
		code, description, found := strings.Cut(l, "\t")
		if !found {
			return fmt.Errorf("reading items: %w", errDamaged)
		}
		r.items = append(r.items, item{code, description})
	}
	r.prices = make([][]string, len(r.items))
	return nil
}

func (r *Reader) texts(section int) ([]string, error) {
	all, err := io.ReadAll(r.columns[section])
	if err != nil {
		return nil, fmt.Errorf("reading names: %w", errors.Join(errDamaged, err))
	}
	if len(all) == 0 {
		return nil, nil
	}
	return strings.Split(strings.TrimSuffix(string(all), "\n"), "\n"), nil
}

// Next returns the next row, or io.EOF after the last.
func (r *Reader) Next() (Row, error) {
	if r.left == 0 {
		return Row{}, io.EOF
	}
	c := cursor{r: r}
	if r.length == 0 {
		r.openRun(&c)
	}
	line := c.index(sectionLines, len(r.items))
	r.row.Quantity = c.signed(sectionQuantities)
	if c.err == nil {
		r.row.StockCode, r.row.Description = r.items[line].code, r.items[line].description
		r.row.UnitPrice = r.price(&c, line)
	}
	if c.err != nil {
		return Row{}, fmt.Errorf("reading row %d: %w", r.rows-int64(r.left)+1, c.err)
	}
	r.left--
	r.length--
	return r.row, nil
}

// All yields the rows that are left. The first error ends it.
func (r *Reader) All() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) || !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func (r *Reader) openRun(c *cursor) {
	r.length = c.unsigned(sectionLengths)
	h := head{
		letter:   byte(c.index(sectionLetters, 256)),
		number:   r.last.number + c.signed(sectionNumbers),
		minute:   r.last.minute + c.signed(sectionMinutes),
		customer: int64(c.unsigned(sectionCustomers)),
		country:  c.index(sectionHomes, len(r.countries)),
	}
	if c.err == nil && r.length == 0 {
		c.err = errDamaged
	}
	if c.err != nil {
		return
	}
	r.last = h
	r.row.Invoice = formatInvoice(h.letter, h.number)
	r.row.Time = formatMinute(h.minute)
	r.row.Customer = formatCustomer(h.customer)
	r.row.Country = r.countries[h.country]
}

func (r *Reader) price(c *cursor, line int) string {
	known := r.prices[line]
	at := c.index(sectionPrices, len(known)+1)
	if at == len(known) {
		known = append(known, formatPrice(c.signed(sectionNewPrices)))
		r.prices[line] = known
	}
	if c.err != nil {
		return ""
	}
	toFront(known, at)
	return known[0]
}

// cursor keeps the first error of several reads.
type cursor struct {
	r   *Reader
	err error
}

func (c *cursor) unsigned(section int) uint64 {
	if c.err != nil {
		return 0
	}
	n, err := binary.ReadUvarint(c.r.columns[section])
	c.fail(err)
	return n
}

func (c *cursor) signed(section int) int64 {
	if c.err != nil {
		return 0
	}
	n, err := binary.ReadVarint(c.r.columns[section])
	c.fail(err)
	return n
}

// index reads a number that must be below the limit.
func (c *cursor) index(section, limit int) int {
	n := c.unsigned(section)
	if c.err == nil && n >= uint64(limit) {
		c.err = errDamaged
	}
	if c.err != nil {
		return 0
	}
	return int(n)
}

// fail keeps an error; the end of a section before the last row is damage.
func (c *cursor) fail(err error) {
	if err != nil {
		c.err = errors.Join(errDamaged, err)
	}
}

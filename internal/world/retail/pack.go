package retail

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// The packed form is magic, the number of rows, and the sections in this
// order, each as its length and a deflate stream. Numbers are varints; a
// delta is the difference from the one before.
const (
	sectionCountries  = iota // texts, one a line
	sectionItems             // stock code, tab, description; most frequent first
	sectionLengths           // of each run of lines with the same head
	sectionLetters           // of each run: the invoice's letter, or 0
	sectionNumbers           // of each run: the invoice's number, delta
	sectionMinutes           // of each run: delta
	sectionCustomers         // of each run: the number, or 0
	sectionHomes             // of each run: index of the country
	sectionLines             // of each row: index of the item
	sectionQuantities        // of each row
	sectionPrices            // of each row: how many prices of the item were met later than this one
	sectionNewPrices         // prices met for the first time, in thousandths
	sections
)

const magic = "retail 1\n"

type item struct{ code, description string }

// Pack writes the rows in their compact form. It fails, naming the row from
// 1, on one that it could not give back exactly.
func Pack(rows []Row) ([]byte, error) {
	p := packer{countries: map[string]int{}, items: rank(rows)}
	p.text(sectionItems, p.items.texts)
	p.prices = make([][]int64, len(p.items.texts))
	for i, r := range rows {
		if err := p.add(r); err != nil {
			return nil, fmt.Errorf("packing row %d: %w", i+1, err)
		}
	}
	p.closeRun()
	return p.join(len(rows))
}

type packer struct {
	columns   [sections]bytes.Buffer
	countries map[string]int
	items     items
	prices    [][]int64 // of each item, the latest first
	run       head
	length    uint64 // of the open run, 0 before the first row
	last      head   // of the last closed run
}

type items struct {
	texts []string
	index map[item]int
}

// rank numbers the items, the most frequent first, so that most numbers are
// short.
func rank(rows []Row) items {
	count := map[item]int{}
	var met []item
	for _, r := range rows {
		it := item{r.StockCode, r.Description}
		if count[it] == 0 {
			met = append(met, it)
		}
		count[it]++
	}
	slices.SortStableFunc(met, func(a, b item) int { return count[b] - count[a] })
	all := items{index: map[item]int{}}
	for i, it := range met {
		all.index[it] = i
		all.texts = append(all.texts, it.code+"\t"+it.description)
	}
	return all
}

func (p *packer) add(r Row) error {
	for _, s := range []string{r.StockCode, r.Description, r.Country} {
		if strings.ContainsAny(s, "\t\n") {
			return fmt.Errorf("%q holds a tab or a line break", s)
		}
	}
	h, err := p.head(r)
	if err != nil {
		return err
	}
	if p.length == 0 || h != p.run {
		p.closeRun()
		p.run = h
	}
	p.length++
	it := p.items.index[item{r.StockCode, r.Description}]
	p.unsigned(sectionLines, uint64(it))
	p.signed(sectionQuantities, r.Quantity)
	return p.addPrice(it, r.UnitPrice)
}

func (p *packer) head(r Row) (h head, err error) {
	if h.letter, h.number, err = parseInvoice(r.Invoice); err != nil {
		return h, fmt.Errorf("invoice: %w", err)
	}
	if h.customer, err = parseCustomer(r.Customer); err != nil {
		return h, fmt.Errorf("customer: %w", err)
	}
	if h.minute, err = parseMinute(r.Time); err != nil {
		return h, err
	}
	home, met := p.countries[r.Country]
	if !met {
		home = len(p.countries)
		p.countries[r.Country] = home
		p.text(sectionCountries, []string{r.Country})
	}
	h.country = home
	return h, nil
}

func (p *packer) closeRun() {
	if p.length == 0 {
		return
	}
	p.unsigned(sectionLengths, p.length)
	p.unsigned(sectionLetters, uint64(p.run.letter))
	p.signed(sectionNumbers, p.run.number-p.last.number)
	p.signed(sectionMinutes, p.run.minute-p.last.minute)
	p.unsigned(sectionCustomers, uint64(p.run.customer))
	p.unsigned(sectionHomes, uint64(p.run.country))
	p.last, p.length = p.run, 0
}

// addPrice writes a price as its place among the item's prices, the latest
// first; one past the end says that it is new.
func (p *packer) addPrice(it int, text string) error {
	price, err := parsePrice(text)
	if err != nil {
		return err
	}
	known := p.prices[it]
	at := slices.Index(known, price)
	if at < 0 {
		at = len(known)
		known = append(known, price)
		p.signed(sectionNewPrices, price)
	}
	p.unsigned(sectionPrices, uint64(at))
	toFront(known, at)
	p.prices[it] = known
	return nil
}

func toFront[T any](s []T, at int) {
	one := s[at]
	copy(s[1:], s[:at])
	s[0] = one
}

func (p *packer) unsigned(section int, n uint64) {
	p.columns[section].Write(binary.AppendUvarint(nil, n))
}

func (p *packer) signed(section int, n int64) {
	p.columns[section].Write(binary.AppendVarint(nil, n))
}

func (p *packer) text(section int, lines []string) {
	for _, l := range lines {
		p.columns[section].WriteString(l + "\n")
	}
}

func (p *packer) join(rows int) ([]byte, error) {
	out := binary.AppendUvarint([]byte(magic), uint64(rows))
	for i := range p.columns {
		var small bytes.Buffer
		w, err := flate.NewWriter(&small, flate.BestCompression)
		if err != nil {
			return nil, fmt.Errorf("compressing: %w", err)
		}
		if _, err := w.Write(p.columns[i].Bytes()); err != nil {
			return nil, fmt.Errorf("compressing: %w", err)
		}
		if err := w.Close(); err != nil {
			return nil, fmt.Errorf("compressing: %w", err)
		}
		out = binary.AppendUvarint(out, uint64(small.Len()))
		out = append(out, small.Bytes()...)
	}
	return out, nil
}

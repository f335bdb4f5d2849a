package intake

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"time"

	"regulars/internal/member"
	"regulars/internal/sale"
)

// gatherer groups rows into sales and returns. A line takes 40 bytes, a group
// some 150: half a million rows need about forty megabytes.
type gatherer struct {
	*plan
	groups []group
	index  map[groupKey]uint32
	last   uint32 // the group of the row before
	lines  []line
	items  []item
	places map[item]uint32
	names  map[string]string // one copy of each shop and channel
}

type groupKey struct {
	reference string
	returned  bool
}

// group is a sale or return in the making.
type group struct {
	groupKey
	cited         string
	identities    []member.Identity
	occurred      int64 // Unix microseconds
	shop, channel string
	lines         uint32
	incomplete    bool // a row of it cannot be read
}

type line struct {
	quantity, amount int64
	row              int64
	group, item      uint32
	fee, rounded     bool
}

type item struct{ sku, name, category string }

func newGatherer(p *plan) *gatherer {
	return &gatherer{plan: p, index: map[groupKey]uint32{}, places: map[item]uint32{}, names: map[string]string{}}
}

// add takes a row into its group. It refuses a row that names another
// customer, or another sale that is returned, than its group does; then the
// group cannot be whole.
func (g *gatherer) add(row int64, t Taken) Refusal {
	at := g.group(groupKey{t.Reference, t.Return})
	of := &g.groups[at]
	if of.lines == 0 {
		of.cited, of.identities = strings.Clone(t.Cited), t.Identities
		of.occurred = t.Occurred.UnixMicro()
		of.shop, of.channel = g.name(t.Shop), g.name(t.Channel)
	}
	if why := of.join(t); why != "" {
		of.incomplete = true
		return whole(why)
	}
	of.lines++
	of.occurred = min(of.occurred, t.Occurred.UnixMicro())
	g.lines = append(g.lines, line{quantity: t.Line.Quantity, amount: t.Line.Amount, row: row, group: at,
		item: g.item(item{t.Line.SKU, t.Line.Name, t.Line.Category}), fee: t.Line.Fee, rounded: t.Rounded})
	return Refusal{}
}

// join compares a row with its group. Where guests are taken, a row without a
// customer belongs to whomever the others name.
func (g *group) join(t Taken) Reason {
	if g.identities == nil {
		g.identities = t.Identities
	}
	switch {
	case t.Identities != nil && !slices.Equal(g.identities, t.Identities):
		return OtherCustomer
	case g.cited != t.Cited:
		return OtherSale
	}
	return ""
}

// spoil notes that a row of the sale cannot be read, so that the sale is left
// out whole: mended and taken again it would contradict its own half.
func (g *gatherer) spoil(t Taken) {
	if t.Reference == "" {
		return
	}
	g.groups[g.group(groupKey{t.Reference, t.Return})].incomplete = true
	if g.Cancellation.Negative {
		g.groups[g.group(groupKey{t.Reference, !t.Return})].incomplete = true
	}
}

func (g *gatherer) group(k groupKey) uint32 {
	if int(g.last) < len(g.groups) && g.groups[g.last].groupKey == k {
		return g.last
	}
	at, met := g.index[k]
	if !met {
		at = uint32(len(g.groups))
		k.reference = strings.Clone(k.reference)
		g.index[k] = at
		g.groups = append(g.groups, group{groupKey: k})
	}
	g.last = at
	return at
}

func (g *gatherer) item(it item) uint32 {
	at, met := g.places[it]
	if !met {
		at = uint32(len(g.items))
		it = item{strings.Clone(it.sku), strings.Clone(it.name), strings.Clone(it.category)}
		g.places[it] = at
		g.items = append(g.items, it)
	}
	return at
}

func (g *gatherer) name(s string) string {
	if one, met := g.names[s]; met {
		return one
	}
	s = strings.Clone(s)
	g.names[s] = s
	return s
}

// incomplete yields the rows of the groups that cannot be whole.
func (g *gatherer) incomplete() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for _, l := range g.lines {
			if g.groups[l.group].incomplete && !yield(l.row) {
				return
			}
		}
	}
}

// rounded counts the lines of whole groups with a rounded amount.
func (g *gatherer) rounded() (n int64) {
	for _, l := range g.lines {
		n += one(l.rounded && !g.groups[l.group].incomplete)
	}
	return n
}

// records yields the whole groups in business order: by time, sales before
// returns, then by reference without its prefix.
func (g *gatherer) records() iter.Seq[Record] {
	g.index, g.places, g.names = nil, nil, nil
	places, begins := g.together()
	return func(yield func(Record) bool) {
		for _, at := range g.order() {
			if !yield(g.record(at, places[begins[at]:begins[at+1]])) {
				return
			}
		}
	}
}

// together returns the places of the lines with those of one group together,
// in the order of the file, and where each group begins among them.
func (g *gatherer) together() (places, begins []uint32) {
	begins = make([]uint32, len(g.groups)+1)
	for i := range g.groups {
		begins[i+1] = begins[i] + g.groups[i].lines
	}
	next := slices.Clone(begins)
	places = make([]uint32, len(g.lines))
	for i := range g.lines {
		at := &next[g.lines[i].group]
		places[*at] = uint32(i)
		*at++
	}
	return places, begins
}

func (g *gatherer) order() []uint32 {
	var order []uint32
	for i := range g.groups {
		if of := &g.groups[i]; of.lines > 0 && !of.incomplete {
			order = append(order, uint32(i))
		}
	}
	slices.SortFunc(order, func(a, b uint32) int {
		x, y := &g.groups[a], &g.groups[b]
		return cmp.Or(cmp.Compare(x.occurred, y.occurred), compareKinds(x.returned, y.returned),
			strings.Compare(g.bare(x), g.bare(y)), cmp.Compare(a, b))
	})
	return order
}

func compareKinds(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// bare is the reference without the prefix of a cancellation.
func (g *gatherer) bare(of *group) string {
	if of.returned {
		return strings.TrimPrefix(of.reference, g.Cancellation.Prefix)
	}
	return of.reference
}

func (g *gatherer) record(at uint32, places []uint32) Record {
	of := &g.groups[at]
	h := Head{Source: g.Source, ExternalID: of.reference, Identities: of.identities,
		Occurred: time.UnixMicro(of.occurred).In(g.dates.zone), Shop: of.shop, Channel: of.channel}
	for _, p := range places {
		h.FileLines = append(h.FileLines, g.lines[p].row)
	}
	if of.returned {
		if g.Cancellation.Negative && g.besideSale(of.reference) {
			h.ExternalID += "/return"
		}
		return Record{Return: &ReturnRecord{Head: h, SaleReference: of.cited, Lines: g.returnLines(places)}}
	}
	return Record{Sale: &SaleRecord{Head: h, Lines: g.saleLines(places)}}
}

// besideSale reports whether a return is told from its sale only by the sign
// of its quantities, and so needs a name of its own.
func (g *gatherer) besideSale(reference string) bool {
	return g.Cancellation.Prefix == "" || !strings.HasPrefix(reference, g.Cancellation.Prefix)
}

func (g *gatherer) saleLines(places []uint32) []sale.Line {
	all := make([]sale.Line, len(places))
	for i, p := range places {
		l := g.lines[p]
		it := g.items[l.item]
		all[i] = sale.Line{No: i + 1, SKU: it.sku, Name: it.name, Category: it.category,
			Quantity: l.quantity, Amount: l.amount, Fee: l.fee}
	}
	return all
}

func (g *gatherer) returnLines(places []uint32) []sale.ReturnLine {
	all := make([]sale.ReturnLine, len(places))
	for i, p := range places {
		l := g.lines[p]
		all[i] = sale.ReturnLine{SKU: g.items[l.item].sku, Quantity: l.quantity, Fee: l.fee}
	}
	return all
}

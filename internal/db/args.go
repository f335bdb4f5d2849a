package db

import (
	"math/bits"
	"strconv"
	"strings"

	"regulars/internal/id"
)

// Args collects the arguments of one statement and hands out their places. The
// zero value is ready to use.
//
// Lists are padded to few lengths, so that few distinct statements exist and
// the prepared ones are met again.
type Args struct{ values []any }

// Add takes an argument and returns its place, for example $3.
func (a *Args) Add(v any) string {
	a.values = append(a.values, v)
	return "$" + strconv.Itoa(len(a.values))
}

// Values returns the arguments in the order of their places.
func (a *Args) Values() []any { return a.values }

// In returns the right side of "column IN": a list of places in parentheses.
// An empty list matches nothing, not even under NOT.
func (a *Args) In(ids []id.ID) string {
	return places(a, ids, func(v id.ID) any { return int64(v) })
}

// InText is In for texts.
func (a *Args) InText(values []string) string {
	return places(a, values, func(v string) any { return v })
}

// InBytes is In for bytes, given as texts.
func (a *Args) InBytes(values []string) string {
	return places(a, values, func(v string) any { return []byte(v) })
}

func places[T any](a *Args, values []T, arg func(T) any) string {
	if len(values) == 0 {
		return "(NULL)"
	}
	var b strings.Builder
	for i := range padded(len(values)) {
		b.WriteString(before(i))
		b.WriteString(a.Add(arg(values[min(i, len(values)-1)])))
	}
	return b.String() + ")"
}

// before returns what stands before the i-th item of a list.
func before(i int) string {
	if i == 0 {
		return "("
	}
	return ","
}

// padded returns the length to which a list of n is padded: the next power of
// two, above 8192 the next multiple of 1024, so that 31,744 places still fit.
func padded(n int) int {
	if n <= 1 {
		return 1
	}
	if n > 8192 {
		return (n + 1023) / 1024 * 1024
	}
	return 1 << bits.Len(uint(n-1))
}

// Tuples returns a table of values in parentheses, to stand after
// "(a, b) IN" or "WITH k(a, b) AS". Kinds name the columns' types; Bytes is not
// among those allowed. The table is padded with rows of NULL, which match
// nothing by equality: join it with =, never from the left.
func (a *Args) Tuples(kinds []Kind, rows [][]any) string {
	padding := make([]any, len(kinds))
	var b strings.Builder
	b.WriteString("(VALUES ")
	for i := range padded(len(rows)) {
		row := padding
		if i < len(rows) {
			row = rows[i]
		}
		if i > 0 {
			b.WriteByte(',')
		}
		a.tuple(&b, kinds, row)
	}
	return b.String() + ")"
}

func (a *Args) tuple(b *strings.Builder, kinds []Kind, row []any) {
	for i, v := range row {
		b.WriteString(before(i))
		b.WriteString("CAST(")
		b.WriteString(a.Add(v))
		b.WriteString(" AS ")
		b.WriteString(kinds[i].cast())
		b.WriteByte(')')
	}
	b.WriteByte(')')
}

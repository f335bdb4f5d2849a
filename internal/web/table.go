package web

import "github.com/a-h/templ"

// Table is rows under a head that stays in sight.
type Table struct {
	// Caption says what the table holds; it is read out, and shown when
	// ShowCaption is set.
	Caption     string
	ShowCaption bool
	ID          string
	Columns     []Column
	Rows        []Row
	// Foot is a last row of sums, one cell per column.
	Foot []templ.Component
	// Wide keeps the rows as rows on a phone and lets them scroll sideways,
	// for figures that must be compared. Otherwise rows become cards.
	Wide bool
	// Empty is shown instead of a table without rows; see Empty.
	Empty templ.Component
}

// Column is the head of a column.
type Column struct {
	Head string
	// Figures are set right, with digits of one width.
	Figures bool
	// Hidden heads are only read out: a column of buttons.
	Hidden bool
	// Sort is the address that sorts by this column, and Order how it is
	// sorted now.
	Sort  string
	Order Order
}

// Order is how a column is sorted.
type Order string

// The orders; none is the empty one.
const (
	Ascending  Order = "ascending"
	Descending Order = "descending"
)

func (o Order) icon() Icon {
	switch o {
	case Ascending:
		return IconUp
	case Descending:
		return IconDown
	}
	return IconSort
}

// Row is a line of a table, one cell per column. With an address the first
// cell is a link and the whole row can be clicked.
type Row struct {
	Href  string
	Cells []templ.Component
	// Quiet rows are greyed: retired, erased.
	Quiet bool
}

func (t Table) class() string {
	if t.Wide {
		return "table-box table-wide"
	}
	return "table-box table-cards"
}

func (c Column) class() string {
	switch {
	case c.Figures:
		return "figures"
	case c.Hidden:
		return "row-do"
	}
	return ""
}

// head returns the column's words for a cell that stands as a card.
func (t Table) head(i int) string {
	if i >= len(t.Columns) || t.Columns[i].Hidden {
		return ""
	}
	return t.Columns[i].Head
}

func (t Table) column(i int) Column {
	if i >= len(t.Columns) {
		return Column{}
	}
	return t.Columns[i]
}

func (r Row) class() string {
	class := ""
	if r.Href != "" {
		class = "row-link"
	}
	if r.Quiet {
		class += " row-quiet"
	}
	return class
}

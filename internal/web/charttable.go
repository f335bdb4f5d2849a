package web

import "github.com/a-h/templ"

// empty reports whether there is nothing to draw.
func (c Chart) empty() bool { return len(c.Labels) == 0 || len(c.Series) == 0 }

// share returns the length of a horizontal bar in per cent of the longest.
func (c Chart) share(v int64) float64 {
	_, high := c.extent()
	if high <= 0 || v <= 0 {
		return 0
	}
	return 100 * float64(v) / float64(high)
}

// table returns the figures of the chart and its limits, with the sum of each
// label if its series are parts of a whole.
func (c Chart) table(pg *Page, sum bool) Table {
	t := Table{Caption: c.Title, Wide: true, Columns: []Column{{Head: c.LabelHead}}}
	for _, s := range c.Series {
		name := s.Name
		if name == "" {
			name = c.Title
		}
		t.Columns = append(t.Columns, Column{Head: name, Figures: true})
	}
	for _, l := range c.Limits {
		t.Columns = append(t.Columns, Column{Head: l.Name, Figures: true})
	}
	if sum {
		t.Columns = append(t.Columns, Column{Head: pg.T("web.total"), Figures: true})
	}
	for i, label := range c.Labels {
		t.Rows = append(t.Rows, c.tableRow(i, label, sum))
	}
	return t
}

func (c Chart) tableRow(i int, label string, sum bool) Row {
	cells := []templ.Component{Words(label)}
	total := int64(0)
	for _, s := range c.Series {
		cells = append(cells, Words(c.Figure(s.value(i))))
		total += s.value(i)
	}
	for _, l := range c.Limits {
		cells = append(cells, Words(c.Figure(Series(l).value(i))))
	}
	if sum {
		cells = append(cells, Words(c.Figure(total)))
	}
	return Row{Cells: cells}
}

package bench

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// titles say what the sections measure.
var titles = map[string]string{
	"limits":    "Limits: the disk, and the drivers without anything of ours",
	"purchases": "Purchases, one a request",
	"hot":       "One member or many",
	"bulk":      "Purchases in bulk",
	"mixed":     "The till's look-up under a mixed load",
	"checkout":  "Quotes and sales of 20 lines with a code, among 200 offers and 200 rules, with 100,000 members",
	"public":    "The customers' pages: cards, parcels, surveys, complaints, returns",
	"import":    "A year of a real shop, and its replay",
	"simulate":  "Two drafts compared over two years of sales",
	"growth":    "Cost of an event while the database grows",
}

// Report is what a run found, ready to be written down.
type Report struct {
	Command string   `json:"command"`
	Machine string   `json:"machine"`
	Date    string   `json:"date"`
	Load    string   `json:"load,omitempty"` // what else the machine did
	Figures []Figure `json:"figures"`
}

// Markdown writes the figures as tables, section by section.
func (r Report) Markdown(w io.Writer) error {
	var s strings.Builder
	fmt.Fprintf(&s, "Measured %s by `%s` on %s.\n", r.Date, r.Command, r.Machine)
	if r.Load != "" {
		fmt.Fprintf(&s, "Load of the machine when the run began and when it ended: %s.\n", r.Load)
	}
	for _, section := range Sections() {
		r.section(&s, section)
	}
	_, err := io.WriteString(w, s.String())
	return err
}

func (r Report) section(s *strings.Builder, name string) {
	rows := [][]string{heads}
	for _, f := range r.Figures {
		if f.Section == name {
			rows = append(rows, f.cells())
		}
	}
	if len(rows) > 1 {
		fmt.Fprintf(s, "\n### %s\n\n%s", titles[name], table(rows))
	}
}

// table lays out rows, the first being the heads. Columns without a value are
// left out.
func table(rows [][]string) string {
	var s strings.Builder
	width := widths(rows)
	for i, row := range rows {
		for k, cell := range row {
			if width[k] > 0 {
				s.WriteString("| " + cell + strings.Repeat(" ", width[k]-utf8.RuneCountInString(cell)+1))
			}
		}
		s.WriteString("|\n")
		if i == 0 {
			for _, n := range width {
				if n > 0 {
					s.WriteString("|" + strings.Repeat("-", n+2))
				}
			}
			s.WriteString("|\n")
		}
	}
	return s.String()
}

func widths(rows [][]string) []int {
	width := make([]int, len(rows[0]))
	for _, row := range rows[1:] {
		for k, cell := range row {
			width[k] = max(width[k], utf8.RuneCountInString(cell))
		}
	}
	for k, head := range rows[0] {
		if width[k] > 0 {
			width[k] = max(width[k], utf8.RuneCountInString(head))
		}
	}
	return width
}

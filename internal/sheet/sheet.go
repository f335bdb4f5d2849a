package sheet

import (
	"encoding/csv"
	"io"
	"regexp"
	"strings"
)

// Writer writes a table row by row. What fails is told by Flush.
type Writer struct {
	rows  *csv.Writer
	cells []string
}

// NewWriter returns a writer of a table; end it with Flush.
func NewWriter(to io.Writer) *Writer { return &Writer{rows: csv.NewWriter(to)} }

// Row writes a row of cells, each harmless.
func (w *Writer) Row(cells ...string) {
	w.cells = w.cells[:0]
	for _, text := range cells {
		w.cells = append(w.cells, Harmless(text))
	}
	_ = w.rows.Write(w.cells) // Flush tells
}

// Err returns what has failed so far.
func (w *Writer) Err() error { return w.rows.Error() }

// Flush writes what is still held and returns the first failure of all.
func (w *Writer) Flush() error {
	w.rows.Flush()
	return w.rows.Error()
}

// guard stands before a text that a spreadsheet would take for a formula.
const guard = "'"

// number is what begins as a formula may and is none: a sum below zero, or a
// telephone number in one piece.
var number = regexp.MustCompile(`^[+-][0-9]+([.,][0-9]+)?$`)

// Harmless returns a text that no spreadsheet takes for a formula: an apostrophe
// stands before one that it would. Numbers stay as they are.
func Harmless(text string) string {
	if risky(text) {
		return guard + text
	}
	return text
}

// Plain undoes Harmless: Plain(Harmless(text)) is the text.
func Plain(text string) string {
	if rest, guarded := strings.CutPrefix(text, guard); guarded && risky(rest) {
		return rest
	}
	return text
}

// risky reports whether a text would be taken for a formula, or looks as one
// that was made harmless, so that undoing it finds the same text.
func risky(text string) bool {
	text = strings.TrimLeft(text, guard)
	for _, begin := range []string{"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"} {
		if strings.HasPrefix(text, begin) {
			return !number.MatchString(text)
		}
	}
	return false
}

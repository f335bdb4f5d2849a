package intake

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"regulars/internal/i18n"
	"regulars/internal/sheet"
)

// Rejects writes the rows that were left out as CSV, in the order of the file:
// line, reason and explanation in the words of say, then the columns as they
// were; of a row that could not be split, its text stands in the first. The
// file is read a second time for them. It begins with a byte order mark, by
// which spreadsheet programs know UTF-8.
func (r *Run) Rejects(ctx context.Context, out io.Writer, say func(i18n.Text) string) error {
	source, err := r.open()
	if err != nil {
		return err
	}
	defer source.Close()
	if _, err := out.Write(byteOrderMark); err != nil {
		return fmt.Errorf("writing rejects: %w", err)
	}
	w := sheet.NewWriter(out)
	w.Row(rejectColumns(r.columns, say)...)
	left := slices.Clone(r.left)
	slices.SortStableFunc(left, func(a, b leftRow) int { return cmp.Compare(a.line, b.line) })
	if err := r.writeLeft(ctx, source, w, left, say); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("writing rejects: %w", err)
	}
	return nil
}

func rejectColumns(columns []string, say func(i18n.Text) string) []string {
	var all []string
	for _, t := range []i18n.Text{{Key: "intake.rejects.line"}, {Key: "intake.rejects.reason"}, {Key: "intake.rejects.explanation"}} {
		all = append(all, say(t))
	}
	return append(all, columns...)
}

// writeLeft walks the file and the sorted left-out rows together.
func (r *Run) writeLeft(ctx context.Context, source Source, w *sheet.Writer, left []leftRow, say func(i18n.Text) string) error {
	for len(left) > 0 {
		row, err := source.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return fmt.Errorf("reading rejects: %w", err)
		}
		for len(left) > 0 && left[0].line < row.Line {
			left = left[1:]
		}
		if len(left) == 0 || left[0].line != row.Line {
			continue
		}
		f := left[0].refusal
		w.Row(append([]string{strconv.FormatInt(row.Line, 10), say(f.Reason.Name()), say(f.Text(r.columns))}, row.Fields...)...)
		if err := w.Err(); err != nil {
			return fmt.Errorf("writing rejects: %w", err)
		}
	}
	return nil
}

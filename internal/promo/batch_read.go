package promo

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"regulars/internal/fault"
	"regulars/internal/i18n"
)

// LineRefusal says why a line of an imported file gives no code.
type LineRefusal struct {
	Line int64 // from 1
	Code string
	// Why is malformed, empty, duplicate (of the line Of) or taken (by a code
	// that there is already).
	Why string
	Of  int64
}

// Text returns the refusal in words.
func (r LineRefusal) Text() i18n.Text {
	return i18n.Text{Key: "promo_code.line." + r.Why, Args: map[string]any{"line": r.Line, "code": r.Code, "of": r.Of}}
}

// printedCode is a code of a file.
type printedCode struct {
	line        int64
	text, shown string
}

const (
	maxImported = 2_000_000 // codes
	maxLine     = 64 << 10  // bytes
)

// codeWords name the column of codes in the header of a table.
var codeWords = []string{"code", "codes", "coupon", "coupons", "voucher", "promo code", "promocode", "код", "коды", "промокод", "промокоды", "купон", "kod", "kody", "kupon", "kod promocyjny"}

// readPrinted reads codes, one a line, or a table with a header that names
// their column; without a header they stand in the first. Cells may be parted
// by commas, semicolons or tabs and stand in quotes. It returns the codes that
// can be taken, as far as the file can say, and the lines that cannot.
func readPrinted(in io.Reader) ([]printedCode, []LineRefusal, error) {
	var codes []printedCode
	var left []LineRefusal
	first := map[string]int64{}
	column, header := 0, true
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, maxLine), maxLine)
	for line := int64(1); lines.Scan(); line++ {
		raw := bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff"))
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		cells := split(string(raw))
		if header {
			header = false
			if i := slices.IndexFunc(cells, isCodeWord); i >= 0 {
				column = i
				continue
			}
		}
		c, why := taken(cells, column)
		c.line = line
		of := first[c.text]
		if why == "" && of != 0 {
			why = "duplicate"
		}
		if why != "" {
			left = append(left, LineRefusal{Line: line, Code: c.shown, Why: why, Of: of})
			continue
		}
		first[c.text] = line
		if codes = append(codes, c); len(codes) > maxImported {
			return nil, nil, fault.Invalid("codes_file_large", "a file takes up to %d codes; part it", maxImported).With("most", maxImported)
		}
	}
	return codes, left, readFault(lines.Err())
}

func readFault(err error) error {
	if errors.Is(err, bufio.ErrTooLong) {
		return fault.Invalid("codes_file_unreadable", "this is no list of codes: put one on each line, in UTF-8")
	}
	return err
}

// split parts a line into cells.
func split(line string) []string {
	cells := strings.FieldsFunc(line+"\n", func(r rune) bool { return r == '\n' })
	for _, sep := range []string{";", "\t", ","} {
		if strings.Contains(line, sep) {
			cells = strings.Split(line, sep)
			break
		}
	}
	for i, c := range cells {
		cells[i] = strings.Trim(strings.TrimSpace(c), `"`)
	}
	return cells
}

func isCodeWord(cell string) bool {
	return slices.Contains(codeWords, strings.ToLower(printed(cell)))
}

func taken(cells []string, column int) (c printedCode, why string) {
	if column >= len(cells) || cells[column] == "" {
		return c, "empty"
	}
	c.shown = printed(cells[column])
	c.text = NormaliseCode(c.shown)
	if CheckCode(c.shown) != nil {
		c.shown = clipped(strings.ToValidUTF8(c.shown, "\ufffd"))
		return c, "malformed"
	}
	return c, ""
}

func clipped(s string) string {
	if r := []rune(s); len(r) > maxCode {
		return string(r[:maxCode]) + "…"
	}
	return s
}

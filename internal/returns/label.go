package returns

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"rsc.io/qr"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/program"
	"regulars/internal/web"
)

// Sizes of the label, A6, in millimetres.
const (
	labelWidth  = 105.0
	labelHeight = 148.0
	labelEdge   = 10.0
	labelCode   = 34.0
	labelQuiet  = 4 // modules around the code that stay white
)

// label is what is stuck on a parcel that comes back. It names nobody: the number
// is enough for the shop.
type label struct {
	brand, address, number string
	hue                    int
	made                   time.Time
	words                  *i18n.Printer
}

// print draws the label as PDF, the code in rectangles so that it is sharp at any
// resolution.
func (l *label) print() ([]byte, error) {
	pdf := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: fpdf.SizeType{Wd: labelWidth, Ht: labelHeight}})
	pdf.SetMargins(labelEdge, labelEdge, labelEdge)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetTitle(l.number, true)
	pdf.SetCreationDate(l.made)
	pdf.SetModificationDate(l.made)
	pdf.AddUTF8FontFromBytes("go", "", goregular.TTF)
	pdf.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	pdf.AddPage()
	tint := web.AccentOf(l.hue)
	pdf.SetFillColor(int(tint.R), int(tint.G), int(tint.B))
	pdf.Rect(0, 0, labelWidth, 22, "F")
	pdf.SetTextColor(255, 255, 255)
	say(pdf, l.brand, "B", 15, 5, 12)
	pdf.SetTextColor(90, 90, 90)
	say(pdf, l.words.T("return.label.to"), "", 9, 28, 5)
	pdf.SetTextColor(0, 0, 0)
	say(pdf, l.address, "B", 13, 34, 40)
	pdf.SetTextColor(90, 90, 90)
	say(pdf, l.words.T("return.label.how"), "", 8, 79, 10)
	if err := draw(pdf, strings.ToUpper(l.number), (labelWidth-labelCode)/2, 94); err != nil {
		return nil, err
	}
	pdf.SetTextColor(0, 0, 0)
	pdf.SetFont("go", "B", 12)
	pdf.SetXY(0, 132)
	pdf.CellFormat(labelWidth, 7, l.number, "", 0, "CM", false, 0, "")
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("drawing a label: %w", err)
	}
	return out.Bytes(), nil
}

// say sets a text from a height down, as large as it fits into so many
// millimetres.
func say(pdf *fpdf.Fpdf, text, style string, size, y, most float64) {
	const wide = labelWidth - 2*labelEdge
	for ; ; size -= 0.5 {
		pdf.SetFont("go", style, size)
		line := size * 0.3528 * 1.25
		var lines []string
		for part := range strings.SplitSeq(text, "\n") {
			lines = append(lines, pdf.SplitText(part, wide)...)
		}
		if float64(len(lines))*line > most && size > 5 {
			continue
		}
		for i, one := range lines {
			pdf.SetXY(labelEdge, y+float64(i)*line)
			pdf.CellFormat(wide, line, one, "", 0, "LM", false, 0, "")
		}
		return
	}
}

// draw draws a code from a corner.
func draw(pdf *fpdf.Fpdf, text string, x, y float64) error {
	c, err := qr.Encode(text, qr.Q)
	if err != nil {
		return fmt.Errorf("drawing the code of a label: %w", err)
	}
	module := labelCode / float64(c.Size+2*labelQuiet)
	x, y = x+labelQuiet*module, y+labelQuiet*module
	pdf.SetFillColor(0, 0, 0)
	for row := range c.Size {
		for from := 0; from < c.Size; from++ {
			to := from
			for to < c.Size && c.Black(to, row) {
				to++
			}
			if to > from {
				pdf.Rect(x+float64(from)*module, y+float64(row)*module, float64(to-from)*module, module, "F")
				from = to
			}
		}
	}
	return nil
}

// Label draws the label of a return that was accepted, as PDF in the words
// of the printer; fault "no_return_label" where nothing of it is sent. It needs
// returns.read.
func (s *Service) Label(ctx context.Context, a auth.Actor, programme, which id.ID, words *i18n.Printer) ([]byte, error) {
	r, err := s.Get(ctx, a, programme, which)
	if err != nil {
		return nil, err
	}
	g, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return nil, err
	}
	set, _, err := loadSetting(ctx, s.DB.Reader(), programme)
	if err != nil {
		return nil, err
	}
	if !r.Sends() || set.Address == "" {
		return nil, fault.Missing("no_return_label", "the return has no label: nothing of it was accepted to be sent, or no address is set")
	}
	l := &label{brand: g.Name, address: set.Address, number: r.Number(), hue: g.Hue, made: r.Decided, words: words}
	return l.print()
}

// MyLabel is Label for the customer, for a return of the order that a link
// opens.
func (s *Service) MyLabel(ctx context.Context, programme id.ID, link string, which id.ID, words *i18n.Printer) ([]byte, error) {
	o, err := s.Order(ctx, programme, link)
	if err != nil {
		return nil, err
	}
	for _, r := range o.Returns {
		if r.ID == which {
			return s.Label(ctx, ourselves, programme, which, words)
		}
	}
	return nil, Unknown()
}

package touch

import (
	"fmt"
	"image/color"
	"io"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"rsc.io/qr"

	"regulars/internal/fault"
	"regulars/internal/web"
)

// Paper is what cards are printed on.
type Paper string

// The papers. A6 is for a printing house: each card on a page of its own with 3
// mm of bleed and crop marks. A4 is for an office printer: four cards a page, to
// be cut in the middle.
const (
	A6 Paper = "a6"
	A4 Paper = "a4"
)

// Sizes of the card in millimetres.
const (
	cardWidth  = 105.0
	cardHeight = 148.0
	bleed      = 3.0
	// slug is the margin beyond the trimmed card, for bleed and crop marks.
	slug  = 10.0
	quiet = 4 // modules around a code that stay white
)

// Sheet is what is printed: cards of one batch.
type Sheet struct {
	Paper   Paper
	Layout  Layout
	Words   Words
	Brand   string
	Hue     int
	Base    string // where cards lead, as https://points.example.com
	Codes   []string
	Created time.Time
}

// doorAddress returns the address in a code: capital letters, for which QR codes
// have a mode of their own that needs less room.
func doorAddress(base, code, door string) string {
	return strings.ToUpper(strings.TrimRight(base, "/")+"/t/"+code+"/") + door
}

// shortAddress is what somebody without a camera types.
func shortAddress(base, code string) string {
	base = strings.TrimRight(base, "/")
	if _, host, found := strings.Cut(base, "://"); found {
		base = host
	}
	return base + "/t/" + code
}

// printer draws cards into a document.
type printer struct {
	*Sheet
	pdf   *fpdf.Fpdf
	color color.RGBA
	x, y  float64 // the corner of the card that is drawn
	over  float64 // how far colour goes beyond the card
}

// Print writes the cards as PDF. Codes are drawn as rectangles, so they are
// sharp at any resolution.
func (s *Sheet) Print(w io.Writer) error {
	p := &printer{Sheet: s, color: web.AccentOf(s.Hue)}
	width, height := 210.0, 297.0
	if s.Paper == A6 {
		width, height = cardWidth+2*slug, cardHeight+2*slug
		p.over = bleed
	}
	p.pdf = fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: fpdf.SizeType{Wd: width, Ht: height}})
	p.pdf.SetMargins(0, 0, 0)
	p.pdf.SetCellMargin(0)
	p.pdf.SetAutoPageBreak(false, 0)
	p.pdf.SetTitle(drawn(s.Brand), true)
	p.pdf.SetCreationDate(s.Created)
	p.pdf.SetModificationDate(s.Created)
	addFaces(p.pdf)
	if err := p.pages(); err != nil {
		return err
	}
	if err := p.pdf.Output(w); err != nil {
		return fmt.Errorf("writing cards as PDF: %w", err)
	}
	return nil
}

func (p *printer) pages() error {
	for i, code := range p.Codes {
		if p.Paper == A6 {
			p.pdf.AddPage()
			p.pdf.SetPageBox("trim", slug, slug, cardWidth, cardHeight)
			p.pdf.SetPageBox("bleed", slug-bleed, slug-bleed, cardWidth+2*bleed, cardHeight+2*bleed)
			p.x, p.y = slug, slug
		} else {
			if i%4 == 0 {
				p.pdf.AddPage()
				p.cutLines()
			}
			p.x, p.y = float64(i%2)*cardWidth, float64(i%4/2)*148.5
		}
		if err := p.card(code); err != nil {
			return err
		}
		if p.Paper == A6 {
			p.cropMarks()
		}
	}
	return nil
}

// cropMarks show where to cut; they stay outside the bleed.
func (p *printer) cropMarks() {
	p.ink(0)
	p.pdf.SetLineWidth(0.1)
	near, far := bleed+1, bleed+6.0
	for _, x := range []float64{slug, slug + cardWidth} {
		p.pdf.Line(x, slug-far, x, slug-near)
		p.pdf.Line(x, slug+cardHeight+near, x, slug+cardHeight+far)
	}
	for _, y := range []float64{slug, slug + cardHeight} {
		p.pdf.Line(slug-far, y, slug-near, y)
		p.pdf.Line(slug+cardWidth+near, y, slug+cardWidth+far, y)
	}
}

// cutLines show where a sheet is cut.
func (p *printer) cutLines() {
	p.ink(170)
	p.pdf.SetLineWidth(0.1)
	p.pdf.SetDashPattern([]float64{2, 2}, 0)
	p.pdf.Line(cardWidth, 0, cardWidth, 297)
	p.pdf.Line(0, 148.5, 210, 148.5)
	p.pdf.SetDashPattern(nil, 0)
}

// ink sets a grey for lines, shapes and letters.
func (p *printer) ink(grey int) {
	p.pdf.SetDrawColor(grey, grey, grey)
	p.pdf.SetFillColor(grey, grey, grey)
	p.pdf.SetTextColor(grey, grey, grey)
}

// brand sets the brand's colour.
func (p *printer) brand() {
	r, g, b := int(p.color.R), int(p.color.G), int(p.color.B)
	p.pdf.SetDrawColor(r, g, b)
	p.pdf.SetFillColor(r, g, b)
	p.pdf.SetTextColor(r, g, b)
}

// fill draws a rectangle of the card, which goes into the bleed where it
// touches the card's edge.
func (p *printer) fill(x, y, w, h float64) {
	left, top, right, bottom := p.x+x, p.y+y, p.x+x+w, p.y+y+h
	if x <= 0 {
		left -= p.over
	}
	if y <= 0 {
		top -= p.over
	}
	if x+w >= cardWidth {
		right += p.over
	}
	if y+h >= cardHeight {
		bottom += p.over
	}
	p.pdf.Rect(left, top, right-left, bottom-top, "F")
}

// say sets a text in the middle of a box, as large as it fits up to the size in
// points and in as few lines; it returns where the text ended.
func (p *printer) say(text, style string, size, x, y, w, h float64) float64 {
	text = drawn(text)
	for ; ; size -= 0.5 {
		p.pdf.SetFont("go", style, size)
		line := size * 0.3528 * 1.25
		lines := p.pdf.SplitText(text, w)
		if (float64(len(lines))*line > h || p.breaks(lines, text, w)) && size > 5 {
			continue
		}
		top := p.y + y
		for _, l := range lines {
			p.pdf.SetXY(p.x+x, top)
			p.pdf.CellFormat(w, line, l, "", 0, "CM", false, 0, "")
			top += line
		}
		return top - p.y
	}
}

// breaks reports whether a word is wider than the box and would be torn.
func (p *printer) breaks(_ []string, text string, w float64) bool {
	for word := range strings.FieldsSeq(text) {
		if p.pdf.GetStringWidth(word) > w {
			return true
		}
	}
	return false
}

// code draws a QR code of a size in millimetres, whose quiet zone is white.
func (p *printer) code(text string, x, y, size float64) error {
	c, err := qr.Encode(text, qr.Q)
	if err != nil {
		return fault.Invalid("card_address_long", "the address of this installation is too long for a code on a card").Because(err)
	}
	module := size / float64(c.Size)
	margin := quiet * module
	p.ink(255)
	p.pdf.Rect(p.x+x-margin, p.y+y-margin, size+2*margin, size+2*margin, "F")
	p.ink(0)
	for row := range c.Size {
		for from := 0; from < c.Size; from++ {
			if !c.Black(from, row) {
				continue
			}
			to := from
			for to < c.Size && c.Black(to, row) {
				to++
			}
			p.pdf.Rect(p.x+x+float64(from)*module, p.y+y+float64(row)*module, float64(to-from)*module, module, "F")
			from = to
		}
	}
	return nil
}

package partner

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"

	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/money"
	"regulars/internal/sheet"
)

// Paper is what a statement is written for: its programme's names, and the
// language of who reads it.
type Paper struct {
	Print    *i18n.Printer
	Currency money.Currency
	Zone     *time.Location
	// Programme is what the programme is called, Shops the codes of its shops.
	Programme string
	Shops     map[id.ID]string
	// Decimals of a point.
	Decimals int
}

// CSV writes the lines of a statement for programs: sums as decimals with a
// point, times in UTC. The fees follow the lines, and the last line is the total.
func (s *Statement) CSV(p Paper, to io.Writer) error {
	out := sheet.NewWriter(to)
	out.Row("no", "side", "offer", "source", "event", "sale", "receipt", "shop", "occurred", "recorded", "quantity", "rate", "amount")
	for i := range s.Lines {
		l := &s.Lines[i]
		quantity := money.Plain(l.Quantity, p.Decimals)
		if l.Side == Offer {
			quantity = money.Plain(l.Quantity, p.Currency.Decimals())
		}
		out.Row(
			strconv.Itoa(i+1), string(l.Side), s.Offers[l.OfferID], l.Source(), l.EventID.In(id.Event), l.SaleID.In(id.Event), l.Receipt, p.Shops[l.ShopID],
			l.Occurred.UTC().Format(time.RFC3339), l.Recorded.UTC().Format(time.RFC3339), quantity, l.Rate.String(), money.Plain(l.Amount, p.Currency.Decimals()),
		)
	}
	for _, f := range s.Fees {
		out.Row("", "fee_"+string(f.Side), "", f.TermsID.In(id.PartnerTerms), "", "", "", "", "", "", money.Plain(f.Base, p.Currency.Decimals()), f.Rate.String(), money.Plain(f.Amount, p.Currency.Decimals()))
	}
	out.Row("", "total", "", "", "", "", "", "", "", "", "", "", money.Plain(s.Total, p.Currency.Decimals()))
	return out.Flush()
}

// Of says what a sum or a line is for: points given or spent, or the offer.
func (s *Statement) Of(p *i18n.Printer, side Side, offer id.ID) string {
	if name := s.Offers[offer]; side == Offer && name != "" {
		return p.T("partner.offer_named", "offer", name)
	}
	return p.Say(side.Text())
}

// Sentence says who owes whom, in the printer's language.
func (s *Statement) Sentence(p *i18n.Printer) string {
	key := "partner.even"
	switch {
	case s.Total > 0:
		key = "partner.owes_us"
	case s.Total < 0:
		key = "partner.we_owe"
	}
	return p.T(key, "name", s.Name, "sum", max(s.Total, -s.Total))
}

// The layout of the PDF, in millimetres and points.
const (
	margin   = 15.0
	rowHigh  = 5.5
	textSize = 9
	fontName = "go"
	// cellPadding is what a cell leaves free on both sides of its text.
	cellPadding = 2.0
)

// PDF writes the statement for people: who owes whom, the sums and fees, and
// every line. A draft says that it is one.
func (s *Statement) PDF(p Paper, to io.Writer) error {
	doc := fpdf.New("P", "mm", "A4", "")
	doc.AddUTF8FontFromBytes(fontName, "", goregular.TTF)
	doc.AddUTF8FontFromBytes(fontName, "B", gobold.TTF)
	doc.SetMargins(margin, margin, margin)
	doc.SetAutoPageBreak(true, margin)
	made := s.Closed
	if made.IsZero() {
		made = s.Month.Begin(p.Zone)
	}
	doc.SetCreationDate(made)
	doc.SetModificationDate(made)
	doc.SetTitle(s.title(p.Print), true)
	doc.SetFooterFunc(func() {
		doc.SetY(-margin)
		doc.SetFont(fontName, "", textSize-2)
		doc.CellFormat(0, rowHigh, fmt.Sprintf("%s · %d", s.Hash, doc.PageNo()), "", 0, "C", false, 0, "")
	})
	doc.AddPage()
	s.head(p, doc)
	s.sums(p, doc)
	s.lines(p, doc)
	if err := doc.Output(to); err != nil {
		return fmt.Errorf("writing a statement as PDF: %w", err)
	}
	return nil
}

func (s *Statement) title(p *i18n.Printer) string {
	if s.Number == 0 {
		return p.T("partner.draft_of", "month", s.Month.String())
	}
	return p.T("partner.statement_no", "number", s.Number, "month", s.Month.String())
}

func (s *Statement) head(p Paper, doc *fpdf.Fpdf) {
	doc.SetFont(fontName, "B", 15)
	doc.MultiCell(0, 8, s.title(p.Print), "", "L", false)
	doc.SetFont(fontName, "", textSize)
	doc.MultiCell(0, rowHigh, p.Programme+" – "+s.Name, "", "L", false)
	if s.Contact != "" {
		doc.MultiCell(0, rowHigh, s.Contact, "", "L", false)
	}
	if !s.Closed.IsZero() {
		doc.MultiCell(0, rowHigh, p.Print.T("partner.closed_on", "date", s.Closed), "", "L", false)
	}
	doc.Ln(rowHigh)
	doc.SetFont(fontName, "B", 11)
	doc.MultiCell(0, 6, spaces.Replace(s.Sentence(p.Print)), "", "L", false)
	doc.Ln(rowHigh)
}

// row is one row of a table, with widths in millimetres; all but the first
// columns that are named are numbers.
func row(doc *fpdf.Fpdf, style string, words int, widths []float64, cells ...string) {
	doc.SetFont(fontName, style, textSize)
	for i, c := range cells {
		c = fitting(doc, c, widths[i])
		align := "R"
		if i < words {
			align = "L"
		}
		doc.CellFormat(widths[i], rowHigh, c, "B", 0, align, false, 0, "")
	}
	doc.Ln(-1)
}

// spaces replaces the narrow space of figures, which the font lacks.
var spaces = strings.NewReplacer("\u202f", "\u00a0")

// fitting cuts a text that is wider than its column; the CSV file has all of it.
func fitting(doc *fpdf.Fpdf, text string, width float64) string {
	text = spaces.Replace(text)
	if doc.GetStringWidth(text) <= width-cellPadding {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && doc.GetStringWidth(string(runes)+"…") > width-cellPadding {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}

func (s *Statement) sums(p Paper, doc *fpdf.Fpdf) {
	widths := []float64{75, 35, 35, 35}
	row(doc, "B", 1, widths, p.Print.T("partner.what"), p.Print.T("partner.quantity"), p.Print.T("partner.rate"), p.Print.T("partner.amount"))
	for _, m := range s.Sums {
		row(doc, "", 1, widths, s.Of(p.Print, m.Side, m.OfferID), p.quantity(m.Side, m.Quantity), p.Price(m.Side, m.Rate), p.money(m.Amount))
	}
	for _, f := range s.Fees {
		row(doc, "", 1, widths, p.Print.T("partner.fee_on", "side", p.Print.Say(f.Side.Text())), p.money(f.Base), p.Percent(f.Rate), p.money(f.Amount))
	}
	row(doc, "B", 1, widths, p.Print.T("partner.total"), "", "", p.money(s.Total))
	doc.Ln(rowHigh)
}

func (s *Statement) lines(p Paper, doc *fpdf.Fpdf) {
	widths := []float64{8, 22, 25, 33, 32, 23, 19, 18}
	head := func() {
		row(doc, "B", 5, widths, "", p.Print.T("partner.what"), p.Print.T("partner.receipt"), p.Print.T("partner.source"), p.Print.T("partner.when"), p.Print.T("partner.quantity"), p.Print.T("partner.rate"), p.Print.T("partner.amount"))
	}
	head()
	doc.SetHeaderFunc(head) // of the pages that follow
	for i := range s.Lines {
		l := &s.Lines[i]
		row(doc, "", 5, widths, strconv.Itoa(i+1), p.Print.T("partner.short."+string(l.Side)), l.Receipt, l.Source(), l.Occurred.In(p.Zone).Format("2006-01-02 15:04"),
			p.quantity(l.Side, l.Quantity), p.Price(l.Side, l.Rate), p.money(l.Amount))
	}
}

// Price says a rate of a side in words of money: what one whole point costs in
// the currency's units, or which part of a discount is borne.
func (p Paper) Price(side Side, r money.Rate) string {
	if side == Offer {
		return p.Percent(r)
	}
	points := int64(1)
	for range p.Decimals {
		points *= 10
	}
	whole, err := r.Mul(money.NewRate(points, p.Currency.Unit()))
	if err != nil {
		return r.String()
	}
	return p.Print.Rate(whole) + "\u00a0" + string(p.Currency)
}

// Percent says a rate as a part of a hundred, exactly.
func (p Paper) Percent(r money.Rate) string {
	hundred, err := r.Mul(money.NewRate(100, 1))
	if err != nil {
		return r.String()
	}
	return p.Print.Rate(hundred) + "\u00a0%"
}

func (p Paper) quantity(side Side, n int64) string {
	if side == Offer {
		return p.money(n)
	}
	return p.Print.Decimal(n, p.Decimals)
}

func (p Paper) money(n int64) string { return p.Print.Money(n, p.Currency) }

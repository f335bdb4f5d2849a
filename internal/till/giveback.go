package till

import (
	"slices"

	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// shownSales bounds the list of a customer's sales.
const shownSales = 12

// listSales answers with the latest sales of a customer.
func (t *till) listSales(v *visit) (any, error) {
	m, err := id.Parse(id.Member, v.field("member"))
	if err != nil {
		return nil, err
	}
	aliases, err := t.aliases(v, m)
	if err != nil {
		return nil, err
	}
	list, err := sale.List(v.ctx(), t.DB.Reader(), aliases, sale.Cursor{}, shownSales)
	if err != nil {
		return nil, err
	}
	html, err := v.html(salesPart(v, list))
	return scanned{Kind: "part", HTML: html}, err
}

// aliases returns the ids of a customer of this programme.
func (t *till) aliases(v *visit, m id.ID) ([]id.ID, error) {
	found, err := member.Read(v.ctx(), t.DB.Reader(), []id.ID{m})
	if err != nil {
		return nil, err
	}
	if found[m] == nil || found[m].ProgrammeID != v.programme.ID {
		return nil, fault.Missing("till_nobody", "there is no such customer any more")
	}
	return member.Aliases(v.ctx(), t.DB.Reader(), m)
}

func (t *till) showSale(v *visit) (any, error) {
	m, err := v.pathID("member", id.Member)
	if err != nil {
		return nil, err
	}
	which, err := v.pathID("sale", id.Sale)
	if err != nil {
		return nil, err
	}
	return t.saleOf(v, m, which)
}

// saleOf answers with a sale and the choice of what comes back of it.
func (t *till) saleOf(v *visit, m, which id.ID) (any, error) {
	s, err := t.loadSale(v, m, which)
	if err != nil {
		return nil, err
	}
	html, err := v.html(salePart(v, s))
	return scanned{Kind: "part", HTML: html}, err
}

func (t *till) loadSale(v *visit, m, which id.ID) (*sale.Sale, error) {
	aliases, err := t.aliases(v, m)
	if err != nil {
		return nil, err
	}
	s, err := sale.Get(v.ctx(), t.DB.Reader(), aliases, which)
	if err == nil && s == nil {
		err = fault.Missing("till_no_sale", "there is no such sale")
	}
	return s, err
}

// giveBack is what comes back of a sale: lines, or all of it undone.
type giveBack struct {
	Number string     `json:"number"`
	Member string     `json:"member"`
	Sale   string     `json:"sale"`
	Lines  []backLine `json:"lines,omitempty"`
	Cancel bool       `json:"cancel,omitempty"`
}

type backLine struct {
	Line     int   `json:"line"`
	Quantity int64 `json:"quantity"` // thousandths
}

// event is the return as flow takes it; the sale is that which it cites.
func (t *till) returnEvent(v *visit, g *giveBack) (*flow.Event, *sale.Sale, error) {
	m, err := id.Parse(id.Member, g.Member)
	if err != nil {
		return nil, nil, err
	}
	which, err := id.Parse(id.Sale, g.Sale)
	if err != nil {
		return nil, nil, err
	}
	s, err := t.loadSale(v, m, which)
	if err != nil {
		return nil, nil, err
	}
	origin, err := journal.Get(v.ctx(), t.DB.Reader(), s.MemberID, s.ID)
	if err != nil {
		return nil, nil, err
	}
	e, err := v.event(journal.Return, g.Number, v.actor)
	if err != nil {
		return nil, nil, err
	}
	e.Who.MemberID = s.MemberID
	r := &flow.Return{SaleSource: origin.Source, SaleReference: origin.ExternalID, Cancel: g.Cancel}
	for _, l := range g.Lines {
		at := slices.IndexFunc(s.Lines, func(sold sale.Line) bool { return sold.No == l.Line })
		if at < 0 || l.Quantity <= 0 || l.Quantity > s.Lines[at].Left() {
			return nil, nil, fault.Invalid("till_too_much_back", "more would come back than was sold").At("/lines")
		}
		r.Lines = append(r.Lines, sale.ReturnLine{SKU: s.Lines[at].SKU, Line: l.Line, Quantity: l.Quantity, Fee: s.Lines[at].Fee})
	}
	if !g.Cancel && len(r.Lines) == 0 {
		return nil, nil, fault.Invalid("till_nothing_back", "choose what comes back").At("/lines")
	}
	e.Payload.Return = r
	return e, s, nil
}

// quoteReturn says what a return would come to, to be read out before it is
// taken.
func (t *till) quoteReturn(v *visit) (any, error) {
	var g giveBack
	if err := v.read(&g); err != nil {
		return nil, err
	}
	e, s, err := t.returnEvent(v, &g)
	if err != nil {
		return nil, err
	}
	answer, err := t.Flow.Quote(v.ctx(), e)
	if err != nil {
		return nil, err
	}
	words, err := t.explain(v, e, s, &answer)
	if err != nil {
		return nil, err
	}
	html, err := v.html(backQuote(v, words, g.Cancel))
	return scanned{Kind: "part", HTML: html}, err
}

// takeReturn takes it. A repeated one is explained by what was kept of it: the
// sale as it is now says nothing of what it was.
func (t *till) takeReturn(v *visit) (any, error) {
	var g giveBack
	if err := v.read(&g); err != nil {
		return nil, err
	}
	if same, err := t.known(v.ctx(), v.programme.ID, g.Number); err != nil || same != nil {
		return t.alreadyBack(v, same, g.Cancel, err)
	}
	e, s, err := t.returnEvent(v, &g)
	if err != nil {
		return nil, err
	}
	answer, err := t.Flow.TakeOne(v.ctx(), e)
	if err != nil {
		return nil, err
	}
	words, err := t.explain(v, e, s, &answer)
	if err != nil {
		return nil, err
	}
	html, err := v.html(backTaken(v, doneTitle(v, g.Cancel), words, g.Number, t.Now()))
	return scanned{Kind: "part", HTML: html}, err
}

// doneTitle says what was taken.
func doneTitle(v *visit, cancel bool) string {
	if cancel {
		return v.T("till.back_cancelled")
	}
	return v.T("till.back_done")
}

func (t *till) alreadyBack(v *visit, same *journal.Same, cancel bool, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	html, err := v.html(backTaken(v, doneTitle(v, cancel), []string{v.T("till.back_repeated")}, same.ExternalID, t.Now()))
	return scanned{Kind: "part", HTML: html}, err
}

// explain says in words that can be read out how a return is settled: money
// first, then what goes back to points and cards, then what is taken back.
func (t *till) explain(v *visit, e *flow.Event, s *sale.Sale, a *flow.Answer) ([]string, error) {
	var words []string
	if a.Refund == nil {
		words = append(words, v.T("till.back_money", "sum", v.Money(listedBack(e, s), "")))
	} else {
		printed, err := t.printed(v, a.Refund.Codes)
		if err != nil {
			return nil, err
		}
		words = append(words, v.refundWords(a.Refund, printed)...)
	}
	taken := map[id.ID]int64{}
	for _, m := range a.Movements {
		if m.To == ledger.ClawedBack.String() {
			taken[m.WalletID] += m.Points
		}
	}
	for _, sum := range v.sums(taken) {
		words = append(words, v.T("till.back_taken", "points", sum))
	}
	for _, b := range a.Balances {
		if b.Debt > 0 {
			words = append(words, v.T("till.back_debt", "points", v.points(b.WalletID, b.Debt)))
		}
	}
	return words, nil
}

// printed returns codes as people see them.
func (t *till) printed(v *visit, codes []string) ([]string, error) {
	keys := make([]promo.CodeKey, len(codes))
	for i, code := range codes {
		keys[i] = promo.CodeKey{ProgrammeID: v.programme.ID, Text: code}
	}
	found, err := promo.LoadCodes(v.ctx(), t.DB.Reader(), keys)
	if err != nil {
		return nil, err
	}
	shown := make([]string, len(codes))
	for i, key := range keys {
		shown[i] = key.Text
		if c := found[key]; c != nil {
			shown[i] = firstOf(c.Printed, c.Text)
		}
	}
	return shown, nil
}

func (v *visit) refundWords(r *flow.Refund, codes []string) []string {
	var words []string
	if r.Money > 0 || len(r.Tenders) == 0 {
		words = append(words, v.T("till.back_money", "sum", v.Money(r.Money, "")))
	} else {
		words = append(words, v.T("till.back_no_money"))
	}
	for _, t := range r.Tenders {
		if t.Kind == flow.ByPoints {
			words = append(words, v.T("till.back_points", "points", v.points(t.WalletID, t.Points)))
			continue
		}
		words = append(words, v.T("till.back_card", "sum", v.Money(t.Amount, ""), "card", t.Card))
	}
	for _, code := range codes {
		words = append(words, v.T("till.back_code", "code", code))
	}
	return words
}

// listedBack is what was paid for the goods of a sale that the programme did not
// price.
func listedBack(e *flow.Event, s *sale.Sale) int64 {
	lines := e.Payload.Return.Lines
	if e.Payload.Return.Cancel {
		lines = s.Rest()
	}
	again := *s
	again.Lines = slices.Clone(s.Lines)
	matches, _ := sale.MatchReturn(sale.Return{At: s.Occurred, SaleID: s.ID, Lines: lines, Fees: e.Payload.Return.Cancel}, []*sale.Sale{&again})
	sum := int64(0)
	for _, m := range matches {
		sum += m.Amount
	}
	return sum
}

package guest

import (
	"strconv"

	"regulars/internal/i18n"
	"regulars/internal/returns"
	"regulars/internal/web"
)

// bought says when the order was bought.
func (p *returning) bought() string {
	return p.T("guest.return.bought", "when", p.Sale.Occurred)
}

// pieces says how many pieces, or how much of what is weighed.
func (v *visit) pieces(quantity int64) string {
	if quantity%1000 == 0 {
		return v.T("guest.return.pieces", "n", quantity/1000)
	}
	return v.Decimal(quantity, 3)
}

// about says of a line how much was bought, what was paid, and until when it can
// come back.
func (p *returning) about(l *returns.OrderLine) string {
	said := p.T("guest.return.line", "pieces", p.pieces(l.Quantity), "paid", l.Amount)
	if l.Why == "" && !l.Until.IsZero() {
		said += " " + p.T("guest.return.until", "when", l.Until.Add(-1))
		if l.Longer > 0 {
			said += " " + p.T("guest.return.longer", "days", l.Longer)
		}
	}
	return said
}

// counts are the choices of how many pieces come back.
func (p *returning) counts(l *returns.OrderLine) []web.Option {
	list := []web.Option{{Value: "0", Label: p.T("guest.return.none")}}
	if !l.Whole() {
		return append(list, web.Option{Value: "1", Label: p.T("guest.return.all")})
	}
	const most = 100 // of more, so many at a time
	for n := int64(1); n <= min(l.Left/1000, most); n++ {
		list = append(list, web.Option{Value: strconv.FormatInt(n, 10), Label: strconv.FormatInt(n, 10)})
	}
	return list
}

// named is what the page calls a line.
func (p *returning) named(l *returns.OrderLine) string {
	if l.Name != "" {
		return l.Name
	}
	if l.SKU != "" {
		return l.SKU
	}
	return p.T("guest.return.goods")
}

// chosenCount is the quantity of a picked line as its field says it.
func (l pickedLine) field() string {
	if l.Whole() {
		return strconv.FormatInt(l.quantity/1000, 10)
	}
	return "1"
}

// outcomes are what the customer may have for a picked line; the first is chosen.
func (p *returning) outcomes(l pickedLine) []web.Option {
	var list []web.Option
	chosen := p.field(nameOf("o", l.No))
	for i, o := range l.Outcomes {
		option := web.Option{Value: string(o), Label: p.T("guest.return.for." + string(o)), Chosen: chosen == string(o) || chosen == "" && i == 0}
		switch o {
		case returns.ForKeeping:
			option.Help = p.T("guest.return.keep_about", "share", p.Percent(l.Rule.KeepShare, 10_000, 0), "sum", l.Kept(l.quantity))
		case returns.ForMoney, returns.ForPoints, returns.ForGiftCard:
			option.Help = p.T("guest.return.worth", "sum", l.Paid(l.quantity), "fee", l.Rule.Fee, "free", l.Rule.Fee == 0)
		}
		list = append(list, option)
	}
	return list
}

// lead says what happens after the form is sent.
func (p *returning) lead() string {
	return p.T("guest.return.promise", "answer", p.Setting.AnswerDays, "refund", p.Setting.RefundDays)
}

// how tells how to send something back, in the shop's words.
func (p *returning) how() i18n.Said { return p.ownOr(p.Setting.Words, "guest.return.how") }

// stands says how a return stands, and by when what follows was promised.
func (p *returning) stands(r *returns.Return) string {
	by := p.clocks[r.ID]
	switch {
	case r.State == returns.Asked && by != nil:
		return p.T("guest.return.is.asked", "by", by.Expected, "late", p.now.After(by.Ends))
	case r.State == returns.Arrived || r.State == returns.Settling || r.State == returns.Owed:
		return p.T("guest.return.is.arrived", "by", by.Expected, "late", p.now.After(by.Ends))
	case r.State == returns.Accepted:
		return p.T("guest.return.is.accepted", "days", p.Setting.RefundDays)
	default:
		return p.T("guest.return.is." + string(r.State))
	}
}

// decided says of an item what was decided and what came of it.
func (p *returning) decided(r *returns.Return, t returns.Item) string {
	said := p.pieces(t.Quantity) + " · " + p.Say(t.Outcome.Text()) + " · " + p.Say(t.State.Text())
	switch {
	case r.Settled.IsZero() || t.State != returns.ItemAccepted || t.Outcome == returns.ForExchange:
		return said
	default:
		return said + " · " + p.Money(t.Given, "")
	}
}

func returnTone(s returns.State) web.Tone {
	switch s {
	case returns.Done:
		return web.Good
	case returns.Declined:
		return web.Bad
	case returns.Cancelled:
		return web.Neutral
	default:
		return web.Warn
	}
}

// returnItemName is what the page calls an item of a return.
func returnItemName(p *returning, t returns.Item) string {
	for i := range p.Lines {
		if p.Lines[i].No == t.SaleLine {
			return p.named(&p.Lines[i])
		}
	}
	return t.Label
}

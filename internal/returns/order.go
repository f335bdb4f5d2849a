package returns

import (
	"cmp"
	"context"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/product"
	"regulars/internal/program"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// unit is one piece, in thousandths.
const unit = 1000

// OrderLine is a line of a sale and whether it can be sent back.
type OrderLine struct {
	sale.Line
	Brand string
	// Left is how much can be asked for, in thousandths; 0 with Why.
	Left int64
	// Until is when its time is over; zero where it has none yet. Longer is how
	// many days of it the buyer's rank brought.
	Until  time.Time
	Longer int
	// Why is why it cannot come back: "back", "asked", "none", "never" or "late";
	// empty where it can.
	Why      string
	Rule     *Rule
	Outcomes []Outcome
}

// Reason says why the line cannot come back.
func (l *OrderLine) Reason() i18n.Text {
	return i18n.Text{Key: "return.why." + l.Why, Args: map[string]any{"until": l.Until}}
}

// Whole reports whether the line is sold by the piece, so that a part of it can
// be sent back.
func (l *OrderLine) Whole() bool { return l.Quantity%unit == 0 && l.Left%unit == 0 }

// Paid is what was paid for a quantity of the line, in minor units, rounded down.
func (l *OrderLine) Paid(quantity int64) int64 {
	if l.Quantity == 0 || l.Amount <= 0 {
		return 0
	}
	return portion(l.Amount, quantity, l.Quantity)
}

// Kept is what goes to who keeps a quantity of the line, of a sale that was paid in
// money alone.
func (l *OrderLine) Kept(quantity int64) int64 {
	return portion(l.Paid(quantity), l.Rule.KeepShare, 10_000)
}

// order reads a sale with all that decides about its returns.
func (s *Service) order(ctx context.Context, q db.Queryer, g program.Programme, k saleKey) (*Order, error) {
	o := &Order{Programme: g}
	all, err := member.Aliases(ctx, q, k.member)
	if err != nil {
		return nil, err
	}
	people, err := member.Read(ctx, q, []id.ID{k.member})
	if err != nil {
		return nil, err
	}
	who := people[k.member]
	if who == nil || who.ProgrammeID != g.ID || who.Status == member.Erased {
		return nil, UnknownOrder()
	}
	o.MemberID, o.Enrolled = who.ID, who.Status == member.Enrolled
	if o.Sale, err = sale.Get(ctx, q, all, k.sale); err != nil {
		if f := fault.As(err); f != nil && f.Code == "unknown_sale" {
			return nil, UnknownOrder()
		}
		return nil, err
	}
	if o.Terms, err = tier.TermsAt(ctx, q, g.ID, all, o.Sale.Occurred); err != nil {
		return nil, err
	}
	event, err := journal.Get(ctx, q, o.Sale.MemberID, k.sale)
	if err != nil {
		return nil, err
	}
	o.Source = event.Source
	if o.Setting, _, err = loadSetting(ctx, q, g.ID); err != nil {
		return nil, err
	}
	if o.Returns, err = returnsOfSale(ctx, q, g.ID, k.sale); err != nil {
		return nil, err
	}
	if err := s.delivered(ctx, q, o); err != nil {
		return nil, err
	}
	return o, s.lines(ctx, q, o)
}

// delivered tells from when the days of an order count, and where it went.
func (s *Service) delivered(ctx context.Context, q db.Queryer, o *Order) error {
	o.From, o.Country = o.Sale.Occurred, o.Programme.Settings.Region
	sent, delivered, country, err := s.Promises.Shipped(ctx, q, o.Programme.ID, o.Sale.Reference)
	if sent {
		o.From, o.Country = delivered, cmp.Or(country, o.Country)
	}
	return err
}

// lines judges each line of goods.
func (s *Service) lines(ctx context.Context, q db.Queryer, o *Order) error {
	var skus []string
	for _, l := range o.Sale.Lines {
		if l.SKU != "" {
			skus = append(skus, l.SKU)
		}
	}
	known, err := product.Lookup(ctx, q, o.Programme.ID, skus)
	if err != nil {
		return err
	}
	held := map[int]int64{}
	for _, r := range o.Returns {
		for i := range r.Items {
			held[r.Items[i].SaleLine] += r.holds(&r.Items[i])
		}
	}
	for _, l := range o.Sale.Lines {
		if l.Fee || l.Quantity <= 0 {
			continue
		}
		p := known[l.SKU]
		line := OrderLine{Line: l, Brand: p.Brand}
		if line.Category == "" {
			line.Category = p.Category
		}
		if line.Name == "" {
			line.Name = p.Name
		}
		o.judge(&line, held[l.No], s.clock())
		o.Lines = append(o.Lines, line)
	}
	return nil
}

// judge says what of a line can come back, until when and for what.
func (o *Order) judge(l *OrderLine, held int64, now time.Time) {
	l.Rule = o.Setting.rule(goods{l.SKU, l.Brand, l.Category, o.Country})
	if l.Rule != nil && !l.Rule.Never {
		l.Longer = l.Rule.longer(o.Terms.ReturnDays)
		if !o.From.IsZero() {
			l.Until = l.Rule.until(o.From, l.Longer, o.Programme.Zone)
		}
	}
	switch {
	case l.Line.Left() <= 0:
		l.Why = "back"
	case l.Line.Left() <= held:
		l.Why = "asked"
	case l.Rule == nil:
		l.Why = "none"
	case l.Rule.Never:
		l.Why = "never"
	case !l.Until.IsZero() && !now.Before(l.Until):
		l.Why = "late"
	default:
		l.Left = l.Line.Left() - held
		l.Outcomes = slices.DeleteFunc(slices.Clone(l.Rule.Outcomes), func(x Outcome) bool {
			return !o.Enrolled && (x == ForPoints || x == ForGiftCard)
		})
		if len(l.Outcomes) == 0 {
			l.Outcomes = []Outcome{ForMoney} // a stranger has nowhere to keep points or a card
		}
	}
}

// Open reports whether anything of the order can still be sent back.
func (o *Order) Open() bool {
	return slices.ContainsFunc(o.Lines, func(l OrderLine) bool { return l.Why == "" })
}

// Asked reports whether a return of the order was asked for under a name.
func (o *Order) Asked(name string) bool {
	return slices.ContainsFunc(o.Returns, func(r *Return) bool { return r.name == name })
}

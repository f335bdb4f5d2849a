package returns

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/photo"
	"regulars/internal/program"
)

// Limits of one request.
const (
	// ItemPhotos is how many photos go with an item, MaxPhotos with a return.
	ItemPhotos = 3
	MaxPhotos  = 6
	// MaxComment is how many bytes a comment takes.
	MaxComment = 2000
	maxAnswer  = 1000
	// maxOpen bounds the returns of one sale, so that no flood fills the database.
	maxOpen = 50
)

// Ask is what a customer asks to send back.
type Ask struct {
	// Name is that of the request: sent again under it, it is one.
	Name  string
	Items []ItemAsk
}

// ItemAsk is one line of it.
type ItemAsk struct {
	// Line is the line of the sale, Quantity in thousandths.
	Line     int
	Quantity int64
	Outcome  Outcome
	Comment  string
	Photos   [][]byte
}

// check returns all that can be seen to be wrong without the database, and draws
// the photos anew.
func (n *Ask) check() ([][]photo.Photo, error) {
	wrong := []error{i18n.CheckText("/name", n.Name, true, maxReference)}
	if len(n.Items) == 0 {
		wrong = append(wrong, fault.Invalid("return_nothing", "say what is to be sent back").At("/items"))
	}
	if len(n.Items) > maxChoices {
		return nil, fault.Invalid("too_many", "%d items were sent; at most %d are taken", len(n.Items), maxChoices).At("/items").With("limit", maxChoices)
	}
	all, drawn := 0, make([][]photo.Photo, len(n.Items))
	lines := map[int]bool{}
	for i := range n.Items {
		t, at := &n.Items[i], fmt.Sprintf("/items/%d", i)
		all += len(t.Photos)
		switch {
		case lines[t.Line]:
			wrong = append(wrong, fault.Invalid("return_twice", "each line of the order is named once").At(at+"/line"))
		case len(t.Photos) > ItemPhotos || all > MaxPhotos: // so many are not drawn
			return nil, fault.Invalid("return_photos", "at most %d photos go with an item and %d with a return", ItemPhotos, MaxPhotos).
				At(at+"/photos").With("item", ItemPhotos).With("all", MaxPhotos)
		}
		lines[t.Line] = true
		t.Comment = tidy(t.Comment)
		wrong = append(wrong, i18n.CheckText(at+"/comment", t.Comment, false, MaxComment))
		for _, upload := range t.Photos {
			p, err := photo.Redraw(upload)
			wrong = append(wrong, fault.At(at+"/photos", err))
			drawn[i] = append(drawn[i], p)
		}
	}
	return drawn, fault.Gather(wrong...)
}

// tidy makes of what people paste what can be kept: line breaks of one kind, no
// control characters.
func tidy(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "�"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, s))
}

// Ask asks to send back lines of the order that a link opens. Asked again
// under its name it is the same return; with other items it fails with
// "return_reused".
func (s *Service) Ask(ctx context.Context, programme id.ID, link string, ask Ask) (*Return, error) {
	g, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return nil, err
	}
	k, err := readLink(g.Salt, link, s.Now())
	if err != nil {
		return nil, err
	}
	return s.askFor(ctx, ourselves, g, k, ask, true)
}

// AskFor is Ask by staff or a shop's system, for the sale that a
// source named; also where the public page is closed. It needs returns.write.
func (s *Service) AskFor(ctx context.Context, a auth.Actor, programme id.ID, source, order string, ask Ask) (*Return, error) {
	if err := a.Can(programme, auth.ReturnsWrite); err != nil {
		return nil, err
	}
	g, err := program.Load(ctx, s.DB.Reader(), programme)
	if err != nil {
		return nil, err
	}
	k, err := s.named(ctx, s.DB.Reader(), programme, source, order)
	if err != nil {
		return nil, err
	}
	return s.askFor(ctx, a, g, k, ask, false)
}

func (s *Service) askFor(ctx context.Context, a auth.Actor, g program.Programme, k saleKey, ask Ask, public bool) (*Return, error) {
	photos, err := ask.check()
	if err != nil {
		return nil, err
	}
	var r *Return
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		// The member's lock keeps two requests from asking for the same piece.
		if _, err := member.Load(ctx, tx, []id.ID{k.member}, true); err != nil {
			return err
		}
		o, err := s.order(ctx, tx, g, k)
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(o.Returns, func(r *Return) bool { return r.name == ask.Name }); i >= 0 {
			if r = o.Returns[i]; !r.same(&ask) {
				return fault.Conflict("return_reused", "another return was asked for under this name")
			}
			return nil
		}
		if public && !o.Setting.Open {
			return Closed()
		}
		if len(o.Returns) >= maxOpen {
			return fault.Refused("return_many", "so many returns of one order are not taken; ask the shop")
		}
		r, err = s.begin(ctx, tx, a, o, &ask, photos)
		return err
	})
	return r, err
}

// same reports whether a return was asked for by the same items.
func (r *Return) same(ask *Ask) bool {
	return len(r.Items) == len(ask.Items) && slices.EqualFunc(r.Items, ask.Items, func(t Item, n ItemAsk) bool {
		return t.SaleLine == n.Line && t.Quantity == n.Quantity && t.Outcome == n.Outcome
	})
}

// begin writes a return down, with the promise of an answer.
func (s *Service) begin(ctx context.Context, tx *db.Tx, a auth.Actor, o *Order, ask *Ask, photos [][]photo.Photo) (*Return, error) {
	r := &Return{
		ID: tx.IDs().New(), ProgrammeID: o.Programme.ID, MemberID: o.MemberID, SaleID: o.Sale.ID, Source: o.Source, Order: o.Sale.Reference,
		State: Asked, Asked: s.clock(), name: ask.Name,
	}
	var wrong []error
	for i := range ask.Items {
		t, err := o.item(&ask.Items[i], len(photos[i]))
		wrong = append(wrong, fault.At(fmt.Sprintf("/items/%d", i), err))
		t.No = i + 1
		r.Items = append(r.Items, t)
	}
	err := fault.Gather(wrong...)
	if err != nil {
		return nil, err
	}
	r.AnswerID, err = s.Promises.Pledge(ctx, tx, a, flow.Pledge{
		ProgrammeID: r.ProgrammeID, MemberID: r.MemberID, Kind: answering, Source: Source, ExternalID: r.Number() + ":answer",
		Order: r.Order, Due: s.clock().AddDate(0, 0, o.Setting.AnswerDays),
	})
	if err != nil {
		return nil, err
	}
	if err := insertReturn(ctx, tx, r); err != nil {
		return nil, err
	}
	if err := insertPhotos(ctx, tx, r, photos); err != nil {
		return nil, err
	}
	return r, record(ctx, tx, a, r, "return.ask", map[string]any{"items": len(r.Items)})
}

// item readies one line, or says why it cannot be sent back.
func (o *Order) item(n *ItemAsk, photos int) (Item, error) {
	i := slices.IndexFunc(o.Lines, func(l OrderLine) bool { return l.No == n.Line })
	if i < 0 {
		return Item{}, fault.Missing("return_line", "the order has no such line of goods").At("/line")
	}
	l := &o.Lines[i]
	if l.Why != "" {
		return Item{}, fault.Refused("return_refused", "this line cannot be sent back").At("/line").With("why", l.Why)
	}
	var wrong []error
	if n.Quantity <= 0 || n.Quantity > l.Left || !l.Whole() && n.Quantity != l.Left || l.Whole() && n.Quantity%unit != 0 {
		wrong = append(wrong, fault.Invalid("return_quantity", "so much of it cannot be sent back").At("/quantity"))
	}
	if !slices.Contains(l.Outcomes, n.Outcome) {
		wrong = append(wrong, fault.Invalid("return_outcome", "choose what you want for it from what is offered").At("/outcome"))
	}
	if l.Rule.Photo && photos == 0 {
		wrong = append(wrong, fault.Invalid("return_photo", "add a photo of it").At("/photos"))
	}
	if err := fault.Gather(wrong...); err != nil {
		return Item{}, err
	}
	t := Item{
		SaleLine: l.No, SKU: l.SKU, Label: l.Name, Quantity: n.Quantity, Amount: l.Paid(n.Quantity), Outcome: n.Outcome,
		Rule: l.Rule.Name, Fee: l.Rule.Fee, State: ItemAsked, Comment: n.Comment,
	}
	if t.Outcome == ForKeeping {
		t.KeepShare = l.Rule.KeepShare
	}
	return t, nil
}

// Source is the name under which the ledger of promises and the journal know what
// comes of returns.
const Source = "return"

// The kinds of promise that returns make.
const (
	answering  = "answer"
	refunding  = "refund"
	delivering = "delivery"
)

func record(ctx context.Context, tx *db.Tx, a auth.Actor, r *Return, action string, detail map[string]any) error {
	return auth.Record(ctx, tx, a, auth.Entry{ProgrammeID: r.ProgrammeID, Action: action, Subject: r.Number(), Detail: detail})
}

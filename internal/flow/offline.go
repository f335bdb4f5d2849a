package flow

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/money"
	"regulars/internal/program"
	"regulars/internal/promo"
	"regulars/internal/sale"
)

// GivenCode says what a till that was cut off took off for a code.
type GivenCode struct {
	Code   string `json:"code"`
	Amount int64  `json:"amount"` // minor units
}

// Conflict is a difference between what a till gave while it was cut off and
// what the programme would have. It is kept with the settlement.
type Conflict struct {
	Kind     sale.ConflictKind `json:"kind"`
	Code     string            `json:"code,omitempty"`
	CardID   id.ID             `json:"card,omitempty"`
	WalletID id.ID             `json:"wallet,omitempty"`
	Points   int64             `json:"points,omitempty"` // that were not there
	// Amount is what the customer had for it, in minor units; below zero what
	// the till took too much.
	Amount int64     `json:"amount"`
	Reason i18n.Text `json:"reason"`
}

// checkGiven refuses what says nothing or names a code that was not presented.
func (c *Checkout) checkGiven() error {
	if len(c.Given) > 0 && !c.Offline {
		return fault.Invalid("given_online", "only a till that was cut off says what it gave; leave it out").At("/checkout/given")
	}
	for i, g := range c.Given {
		place := "/checkout/given/" + strconv.Itoa(i)
		if g.Amount < 0 || g.Amount > money.MaxMinor {
			return fault.Invalid("absurd_amount", "what was taken off is 0 or more").At(place + "/amount")
		}
		if !slices.ContainsFunc(c.Codes, func(o string) bool { return promo.NormaliseCode(o) == promo.NormaliseCode(g.Code) }) {
			return fault.Invalid("given_other_code", "name the code among the codes of the checkout too").At(place + "/code")
		}
		if slices.ContainsFunc(c.Given[:i], func(o GivenCode) bool { return promo.NormaliseCode(o.Code) == promo.NormaliseCode(g.Code) }) {
			return twice(place)
		}
	}
	if c.Offline && c.Due != nil && (*c.Due < 0 || *c.Due > money.MaxMinor) {
		return fault.Invalid("absurd_amount", "what was taken in money is 0 or more").At("/checkout/due")
	}
	return nil
}

func (f *fact) offline() bool { return f.payload.Checkout.Offline }

// honour takes off what the till gave for codes that do not apply any more. No
// use is counted: the code keeps its limit.
func (f *fact) honour(s *sale.Sale, n *Settlement) {
	if !f.offline() {
		return
	}
	for _, r := range slices.Clone(n.Refused) {
		i := slices.IndexFunc(f.payload.Checkout.Given, func(g GivenCode) bool { return promo.NormaliseCode(g.Code) == promo.NormaliseCode(r.Code) })
		if r.Code == "" || i < 0 {
			continue
		}
		amount := n.takeOff(s, f.payload.Checkout.Given[i].Amount)
		n.Refused = slices.DeleteFunc(n.Refused, func(o RefusedOffer) bool { return o.Code == r.Code })
		n.Applied = append(n.Applied, AppliedOffer{Name: r.Code, Code: r.Code, Amount: amount, Reason: said("flow.honoured", "code", r.Code)})
		n.differs(Conflict{Kind: sale.CodeConflict, Code: r.Code, Amount: amount, Reason: r.Reason})
	}
}

// takeOff lowers the goods by an amount, as far as they go.
func (n *Settlement) takeOff(s *sale.Sale, amount int64) int64 {
	weights, all := make([]int64, len(s.Lines)), int64(0)
	for i, l := range s.Lines {
		if !l.Fee {
			weights[i] = max(0, l.Amount)
			all += weights[i]
		}
	}
	amount = min(amount, all)
	for i, share := range money.Split(amount, weights) {
		if share > 0 {
			s.Lines[i].Amount -= share
			n.Discounts = append(n.Discounts, Discount{Line: i + 1, Amount: share})
		}
	}
	return amount
}

func (n *Settlement) differs(c Conflict) { n.Conflicts = append(n.Conflicts, c) }

// lacks notes that what should have paid is not there: nobody pays it.
func (n *Settlement) lacks(s *sale.Sale, c Conflict) {
	c.Amount = min(c.Amount, n.Due)
	if c.Amount > 0 {
		n.Short += c.Amount
		n.pay(s, Tender{Kind: ByNobody, Amount: c.Amount})
	}
	n.differs(c)
}

// points returns with how many points a payment can be made, and what they are
// worth: all of them, unless the till promised what is not there.
func (f *fact) points(w *ledger.Account, p PointsPayment, n *Settlement) (int64, int64, error) {
	have := w.Balance()[ledger.Available]
	if h := f.heldOf(w); h != nil {
		have += h.Left
	}
	points := min(p.Points, have)
	worth, err := w.Wallet().Unit.Apply(points, money.Floor)
	if err == nil && worth > n.Due {
		points = money.Part(points, n.Due, worth)
		worth, err = w.Wallet().Unit.Apply(points, money.Floor)
	}
	return max(0, points), min(worth, n.Due), err
}

// payPointsOffline pays with the points that are there, if the shop takes them.
func (f *fact) payPointsOffline(set *setup, w *ledger.Account, p PointsPayment, worth int64, s *sale.Sale, n *Settlement) error {
	if err := set.accepts(f, p.WalletID); err != nil {
		n.lacks(s, Conflict{Kind: sale.PointsConflict, WalletID: p.WalletID, Points: p.Points, Amount: worth, Reason: said("fault." + fault.As(err).Code)})
		return nil //nolint:nilerr // it is told as a difference
	}
	points, amount, err := f.points(w, p, n)
	if err != nil {
		return err
	}
	if points > 0 {
		if err := f.spend(w, points, paid(f, s)); err != nil {
			return err
		}
		n.pay(s, Tender{Kind: ByPoints, WalletID: p.WalletID, Points: points, Amount: amount})
	}
	if missing := p.Points - points; missing > 0 {
		n.lacks(s, Conflict{
			Kind: sale.PointsConflict, WalletID: p.WalletID, Points: missing, Amount: worth - amount,
			Reason: said("flow.points_lacking", "missing", w.Wallet().Points(missing)),
		})
	}
	return nil
}

// payCardOffline pays with what is left on the card, if it may pay.
func (f *fact) payCardOffline(i int, p CardPayment, s *sale.Sale, n *Settlement) error {
	card, there := f.till.cards[i], int64(0)
	why := said("flow.card_lacking")
	c := Conflict{Kind: sale.CardConflict}
	if card == nil {
		why = said("flow.card_unknown", "card", tail(number(p)))
	} else {
		c.CardID = card.ID
		if err := card.Usable(f.occurred); err != nil {
			why = said("fault."+fault.As(err).Code, "last", fault.As(err).Args["last"])
		} else {
			there = card.AvailableAt(f.occurred)
		}
	}
	wanted := p.Amount
	if wanted == 0 {
		wanted = min(there, n.Due)
	}
	if amount := min(wanted, there, n.Due); amount > 0 {
		if err := card.Charge(amount, f.id, f.occurred); err != nil {
			return err
		}
		n.pay(s, Tender{Kind: ByGiftCard, CardID: card.ID, Card: tail(card.Number), Amount: amount})
		wanted -= amount
	}
	if wanted > 0 || there == 0 && p.Amount == 0 {
		c.Amount, c.Reason = wanted, why
		n.lacks(s, c)
	}
	return nil
}

// square notes where the till took other money than was due.
func (f *fact) square(s *sale.Sale, n *Settlement) {
	told := f.payload.Checkout.Due
	if told == nil || *told == n.Due {
		return
	}
	reason := said("flow.till_took", "due", n.Due, "told", *told)
	if *told < n.Due {
		n.lacks(s, Conflict{Kind: sale.PriceConflict, Amount: n.Due - *told, Reason: reason})
		return
	}
	n.Over = *told - n.Due
	n.differs(Conflict{Kind: sale.PriceConflict, Amount: -n.Over, Reason: reason})
}

func said(key string, args ...any) i18n.Text {
	t := i18n.Text{Key: key}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i+1] == nil {
			continue
		}
		if t.Args == nil {
			t.Args = map[string]any{}
		}
		t.Args[args[i].(string)] = args[i+1]
	}
	return t
}

// conflicted is the refusal of a sale that was made offline.
type conflicted struct {
	refusal *fault.Error
	list    []Conflict
}

// Error implements error.
func (c *conflicted) Error() string { return c.refusal.Error() }

// Unwrap returns the refusal as others see it.
func (c *conflicted) Unwrap() error { return c.refusal }

// refuseOffline refuses a sale that was made offline and differs, where the
// programme wants that.
func refuseOffline(set *setup, n *Settlement) error {
	if len(n.Conflicts) == 0 || set.programme.OfflineConflicts != program.RefuseOffline {
		return nil
	}
	f := fault.Conflict("offline_conflict", "the till gave while it was cut off what cannot be given: %s", n.Conflicts[0].Reason.Key).
		At("/checkout").With("conflicts", len(n.Conflicts)).With("first", n.Conflicts[0].Reason)
	return &conflicted{f, n.Conflicts}
}

// writeConflicts keeps the differences of the sales that were taken.
func (b *batch) writeConflicts(ctx context.Context) error {
	var taken []sale.HoldKey
	var list []*sale.Conflict
	for _, it := range b.items {
		if c := it.event.Payload.Checkout; c == nil || !c.Offline || it.state != settled {
			continue
		}
		taken = append(taken, sale.HoldKey(it.event.key()))
		list = append(list, it.conflicts(it.answer.Sale.Conflicts, it.id, b)...)
	}
	return sale.NoteTaken(ctx, b.tx, taken, list)
}

// conflicts are the rows of an item's conflicts.
func (it *item) conflicts(told []Conflict, event id.ID, b *batch) []*sale.Conflict {
	var rows []*sale.Conflict
	for i, c := range told {
		row := &sale.Conflict{
			HoldKey: sale.HoldKey(it.event.key()), No: i + 1, EventID: event, Occurred: it.occurred, Recorded: b.s.now(),
			Kind: c.Kind, Code: c.Code, CardID: c.CardID, WalletID: c.WalletID, Points: c.Points, Amount: c.Amount, Reason: c.Reason,
		}
		if it.acct != nil && (event != 0 || !it.acct.fresh) {
			row.MemberID = it.acct.member.ID
		}
		rows = append(rows, row)
	}
	return rows
}

// noteRefused keeps why sales that were made offline were refused, in a
// transaction of its own, since theirs keeps nothing of them.
func (s *Service) noteRefused(ctx context.Context, rows []*sale.Conflict) error {
	if len(rows) == 0 {
		return nil
	}
	return s.db.InTxAgain(ctx, func(tx *db.Tx) error { return sale.NoteRefused(ctx, tx, rows) })
}

// refusedOffline are the rows of the items that were refused for conflicts.
func (b *batch) refusedOffline() []*sale.Conflict {
	var rows []*sale.Conflict
	for _, it := range b.items {
		var c *conflicted
		if it.state == refused && !it.unsure && it.acct != nil && errors.As(it.err, &c) {
			rows = append(rows, it.conflicts(c.list, 0, b)...)
		}
	}
	return rows
}

package returns

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/giftcard"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/money"
	"regulars/internal/sale"
)

// SettleJob is the kind of job that books what came back.
const SettleJob = "returns.settle"

type settling struct {
	ProgrammeID id.ID `json:"programme"`
	ReturnID    id.ID `json:"return"`
}

// Settle books the goods back in the sale, gives points and gift cards, and notes
// what is owed in money: that never moves by itself. Repeated, it does nothing
// more. It needs returns.write and events.write.
func (s *Service) Settle(ctx context.Context, a auth.Actor, programme, which id.ID) (*Return, error) {
	if err := a.Can(programme, auth.EventsWrite); err != nil {
		return nil, err
	}
	r, err := s.change(ctx, a, programme, which, "return.settle", func(tx *db.Tx, r *Return, _ map[string]any) error {
		if !r.Settled.IsZero() {
			return nil
		}
		if !r.CanSettle() {
			return over()
		}
		r.State, r.settler = Settling, cmp.Or(r.settler, a.String()) // what was given before is not given by another
		return jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: SettleJob, Unique: r.Number(), Payload: settling{programme, which}})
	})
	if err != nil || r.State != Settling {
		return r, err
	}
	if err := s.book(ctx, r); err != nil {
		return nil, err
	}
	return oneReturn(ctx, s.DB.Reader(), `r.programme_id = $1 AND r.id = $2`, programme, which)
}

// DoSettle does a job SettleJob, where the process died before it had booked all.
func (s *Service) DoSettle(ctx context.Context, j *jobs.Job) error {
	var what settling
	if err := j.Read(&what); err != nil {
		return err
	}
	r, err := oneReturn(ctx, s.DB.Reader(), `r.programme_id = $1 AND r.id = $2`, what.ProgrammeID, what.ReturnID)
	if err != nil || r.State != Settling {
		return err
	}
	err = s.book(ctx, r)
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return jobs.Permanent(err)
	}
	return err
}

// book does what settling does. What is refused for good leaves the return where
// the goods had arrived, so that staff can mend it and try again: whatever was
// booked before is booked once.
func (s *Service) book(ctx context.Context, r *Return) error {
	event, err := s.bookGoods(ctx, r)
	if err == nil {
		err = s.bookRest(ctx, r)
	}
	f := fault.As(err)
	if err != nil && (f == nil || f.Kind == fault.KindBusy) {
		return err
	}
	refused := err
	err = s.DB.InTxAgain(ctx, func(tx *db.Tx) error {
		now, err := lockReturn(ctx, tx, r.ProgrammeID, r.ID)
		if err != nil || now.State != Settling {
			return err // done by the job meanwhile
		}
		if refused != nil {
			now.State = Arrived
			return updateReturn(ctx, tx, now)
		}
		now.Items, now.Refund, now.Fee, now.EventID, now.Settled, now.State = r.Items, r.Refund, r.Fee, event, s.clock(), Owed
		if now.Refund == 0 && !now.any(func(t *Item) bool { return t.State == ItemAccepted && t.Outcome == ForExchange }) {
			if err := s.done(ctx, tx, now); err != nil {
				return err
			}
		}
		if err := updateReturn(ctx, tx, now); err != nil {
			return err
		}
		return record(ctx, tx, ourselves, now, "return.book", map[string]any{"refund": now.Refund, "fee": now.Fee, "state": string(now.State)})
	})
	if err != nil {
		return err
	}
	return refused
}

// booked are the items whose goods come back in the sale.
func (r *Return) booked() (list []*Item) {
	for i := range r.Items {
		if t := &r.Items[i]; t.State == ItemAccepted && t.Outcome.comesBack() {
			list = append(list, t)
		}
	}
	return list
}

// bookGoods sends the return through flow, and reckons what each item is worth in
// money: what was paid with points or cards goes back there by itself.
func (s *Service) bookGoods(ctx context.Context, r *Return) (id.ID, error) {
	items := r.booked()
	if len(items) == 0 {
		return 0, nil
	}
	e := &flow.Event{
		ProgrammeID: r.ProgrammeID, Source: Source, ExternalID: r.Number(), Kind: journal.Return, Occurred: r.Arrived,
		Who: flow.Who{MemberID: r.MemberID}, Actor: ourselves,
		Payload: flow.Payload{Return: &flow.Return{SaleSource: r.Source, SaleReference: r.Order}, Attributes: map[string]string{"return": r.Number()}},
	}
	for _, t := range items {
		e.Payload.Return.Lines = append(e.Payload.Return.Lines, sale.ReturnLine{SKU: t.SKU, Line: t.SaleLine, Quantity: t.Quantity})
	}
	if err := s.still(ctx, r, items); err != nil {
		return 0, err
	}
	answer, err := s.Flow.TakeOne(ctx, e)
	if err != nil {
		return 0, err
	}
	people, err := s.peopleOf(ctx, r)
	if err != nil {
		return 0, err
	}
	keys := make([]sale.SaleKey, len(people))
	for i, m := range people {
		keys[i] = sale.SaleKey{MemberID: m, ID: answer.EventID}
	}
	backs, err := sale.LoadReturns(ctx, s.DB.Reader(), keys)
	if err != nil {
		return 0, err
	}
	r.share(items, backs, answer.Refund)
	return answer.EventID, nil
}

// share splits what goes back in money, less the fee, over the items by what was
// paid for each.
func (r *Return) share(items []*Item, backs []sale.Back, refund *flow.Refund) {
	paid := make([]int64, len(items))
	var whole int64
	for _, b := range backs {
		if b.Line >= 1 && b.Line <= len(paid) {
			paid[b.Line-1] += b.Amount
			whole += b.Amount
		}
	}
	if refund != nil {
		whole = refund.Money
	}
	r.Fee = min(r.Fee, whole)
	for i, part := range money.Split(whole-r.Fee, paid) {
		items[i].Amount, items[i].Given = paid[i], part
	}
}

// still refuses where goods came back another way since they were asked for.
func (s *Service) still(ctx context.Context, r *Return, items []*Item) error {
	key := journal.Key{ProgrammeID: r.ProgrammeID, Source: Source, ExternalID: r.Number()}
	known, err := journal.Known(ctx, s.DB.Reader(), []journal.Key{key})
	if err != nil || known[key].EventID != 0 {
		return err
	}
	people, err := s.peopleOf(ctx, r)
	if err != nil {
		return err
	}
	sold, err := sale.Get(ctx, s.DB.Reader(), people, r.SaleID)
	if err != nil {
		return err
	}
	for _, t := range items {
		i := slices.IndexFunc(sold.Lines, func(l sale.Line) bool { return l.No == t.SaleLine })
		if i < 0 || sold.Lines[i].Left() < t.Quantity {
			return fault.Conflict("return_gone", "item %d has come back another way meanwhile; cancel what cannot be booked", t.No).With("no", t.No)
		}
	}
	return nil
}

// bookRest reckons what who keeps an item is given, gives points and cards, and
// sums up what is owed in money.
func (s *Service) bookRest(ctx context.Context, r *Return) error {
	if err := s.keepers(ctx, r); err != nil {
		return err
	}
	if err := s.givePoints(ctx, r); err != nil {
		return err
	}
	if err := s.giveCard(ctx, r); err != nil {
		return err
	}
	r.Refund = 0
	for _, t := range r.Items {
		if t.State == ItemAccepted && (t.Outcome == ForMoney || t.Outcome == ForKeeping) {
			r.Refund += t.Given
		}
	}
	return nil
}

// keepers reckons the part of the price that goes to who keeps an item, of what
// was paid in money.
func (s *Service) keepers(ctx context.Context, r *Return) error {
	var due, total int64 = 1, 1
	for i := range r.Items {
		t := &r.Items[i]
		if t.State != ItemAccepted || t.Outcome != ForKeeping {
			continue
		}
		if due == 1 && total == 1 {
			people, err := s.peopleOf(ctx, r)
			if err != nil {
				return err
			}
			sold, err := sale.Get(ctx, s.DB.Reader(), people, r.SaleID)
			if err != nil {
				return err
			}
			priced, err := flow.Settled(ctx, s.DB.Reader(), sold)
			if err != nil {
				return err
			}
			if priced != nil && priced.Total > 0 {
				due, total = priced.Due, priced.Total
			}
		}
		t.Given = portion(portion(t.Amount, due, total), t.KeepShare, 10_000)
	}
	return nil
}

// portion is a part of a sum, rounded down.
func portion(sum, part, whole int64) int64 {
	n, err := money.NewRate(part, whole).Apply(sum, money.Floor)
	if err != nil {
		return 0
	}
	return n
}

// givePoints gives points worth what would have gone back in money. Where no
// wallet holds points of a value, or a sum is too small for one, money is owed.
func (s *Service) givePoints(ctx context.Context, r *Return) error {
	set, _, err := loadSetting(ctx, s.DB.Reader(), r.ProgrammeID)
	if err != nil {
		return err
	}
	wallets, err := ledger.Wallets(ctx, s.DB.Reader(), r.ProgrammeID)
	if err != nil {
		return err
	}
	w := slices.IndexFunc(wallets, func(w ledger.Wallet) bool {
		return (set.WalletID == 0 || w.ID == set.WalletID) && !w.Unit.IsZero()
	})
	for i := range r.Items {
		t := &r.Items[i]
		if t.State != ItemAccepted || t.Outcome != ForPoints {
			continue
		}
		if w >= 0 {
			t.Points = portion(t.Given, wallets[w].Unit.Den(), wallets[w].Unit.Num())
		}
		if t.Points < 1 {
			t.Outcome = ForMoney
			continue
		}
		_, err := s.Flow.TakeOne(ctx, &flow.Event{
			ProgrammeID: r.ProgrammeID, Source: Source, ExternalID: r.Number() + ":points:" + strconv.Itoa(t.No), Kind: journal.Award, Occurred: r.Arrived,
			Who: flow.Who{MemberID: r.MemberID}, Actor: ourselves,
			Payload: flow.Payload{Award: &flow.Award{WalletID: wallets[w].ID, Points: t.Points, For: r.Number(), By: r.settler, Reason: i18n.Text{Key: "return.award"}}},
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// giveCard gives one gift card for all items that were to be worth one.
func (s *Service) giveCard(ctx context.Context, r *Return) error {
	var sum int64
	for _, t := range r.Items {
		if t.State == ItemAccepted && t.Outcome == ForGiftCard {
			sum += t.Given
		}
	}
	if sum == 0 {
		return nil
	}
	set, _, err := loadSetting(ctx, s.DB.Reader(), r.ProgrammeID)
	if err != nil {
		return err
	}
	_, err = s.GiftCards.Issue(ctx, ourselves, r.ProgrammeID, giftcard.Order{
		Key: Source + ":" + r.Number(), Value: sum, Given: true, Months: set.GiftMonths, Recipients: []giftcard.Recipient{{MemberID: r.MemberID, Label: r.Number()}},
	})
	return err
}

// peopleOf returns the aliases of whose return it is.
func (s *Service) peopleOf(ctx context.Context, r *Return) ([]id.ID, error) {
	return member.Aliases(ctx, s.DB.Reader(), r.MemberID)
}

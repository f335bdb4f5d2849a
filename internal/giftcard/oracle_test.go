package giftcard

import (
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// oracle is what a card must be, told another way: a list of movements, and
// every answer worked out from it anew.
type oracle struct {
	state   State
	given   bool
	face    int64
	months  int
	until   time.Time
	moves   []move
	blocked bool
}

type move struct {
	kind        Kind
	amount      int64
	sale, event id.ID
	at          time.Time
}

func (o *oracle) sum(keep func(move) bool) int64 {
	total := int64(0)
	for _, m := range o.moves {
		if keep(m) {
			total += m.kind.sign() * m.amount
		}
	}
	return total
}

func (o *oracle) balance() int64 { return o.sum(func(move) bool { return true }) }

// took is what a sale took and has not been given back.
func (o *oracle) took(sale id.ID) int64 {
	return -o.sum(func(m move) bool { return m.sale == sale && sale != 0 })
}

// after counts months on days that every month has, and ends the day.
func after(t time.Time, months int) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m+time.Month(months), d+1, 0, 0, 0, 0, time.UTC)
}

func (o *oracle) over(at time.Time) bool { return !o.until.IsZero() && !at.Before(o.until) }

// unusable returns the code of the refusal.
func (o *oracle) unusable(at time.Time) string {
	switch {
	case o.blocked:
		return "card_blocked"
	case o.state == Inactive:
		return "card_not_active"
	case o.over(at):
		return "card_expired"
	}
	return ""
}

func (o *oracle) loaded(at time.Time) {
	if o.months > 0 {
		if end := after(at, o.months); end.After(o.until) {
			o.until = end
		}
	}
}

func (o *oracle) activate(at time.Time, value int64) string {
	switch {
	case o.state != Inactive:
		return "card_active_already"
	case o.face == 0 && value == 0:
		return "card_value_needed"
	case o.face != 0 && value != 0 && value != o.face:
		return "card_value_printed"
	case value < 0:
		return "card_amount"
	case o.over(at):
		return "card_expired"
	}
	o.state = Active
	o.loaded(at)
	o.moves = append(o.moves, move{kind: KindIssue, amount: max(value, o.face), at: at})
	return ""
}

func (o *oracle) topUp(at time.Time, amount int64) string {
	if code := o.unusable(at); code != "" {
		return code
	}
	switch {
	case o.given:
		return "card_given"
	case amount <= 0 || amount > MaxValue:
		return "card_amount"
	case o.balance()+amount > MaxValue:
		return "card_too_full"
	}
	o.loaded(at)
	o.moves = append(o.moves, move{kind: KindTopUp, amount: amount, at: at})
	return ""
}

func (o *oracle) charge(at time.Time, sale id.ID, amount int64) string {
	if code := o.unusable(at); code != "" {
		return code
	}
	for _, m := range o.moves {
		if m.kind == KindCharge && m.sale == sale && amount > 0 && amount <= MaxValue {
			return "card_charged_already"
		}
	}
	switch {
	case amount <= 0 || amount > MaxValue:
		return "card_amount"
	case amount > o.balance():
		return "card_too_low"
	}
	o.moves = append(o.moves, move{KindCharge, amount, sale, sale, at})
	return ""
}

func (o *oracle) refund(at time.Time, sale, event id.ID, amount int64) string {
	if amount <= 0 || amount > MaxValue {
		return "card_amount"
	}
	if amount > o.took(sale) {
		return "card_refund_too_much"
	}
	if o.over(at) {
		o.expire(at)
		for _, m := range o.moves {
			if m.kind == KindCharge && m.sale == sale {
				o.until = at.Add(o.until.Sub(m.at))
				break
			}
		}
	}
	o.moves = append(o.moves, move{KindRefund, amount, sale, event, at})
	return ""
}

func (o *oracle) expire(until time.Time) string {
	if left := o.balance(); o.over(until) && left > 0 {
		o.moves = append(o.moves, move{kind: KindExpire, amount: left, at: o.until})
	}
	return ""
}

func (o *oracle) block() string {
	if o.state != Active || o.blocked {
		return "card_not_blockable"
	}
	o.blocked = true
	return ""
}

func (o *oracle) unblock() string {
	if !o.blocked {
		return "card_not_blocked"
	}
	o.blocked = false
	return ""
}

// codeOf is the code of a failure, empty for none.
func codeOf(err error) string {
	if err == nil {
		return ""
	}
	if f := fault.As(err); f != nil {
		return f.Code
	}
	return err.Error()
}

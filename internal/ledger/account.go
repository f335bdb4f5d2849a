package ledger

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"regulars/internal/fault"
	"regulars/internal/id"
)

// AccountKey names an account: one member's points in one wallet.
type AccountKey struct{ MemberID, WalletID id.ID }

// Account is one member's points in one wallet, in memory. Its methods change
// it and note what they did as entries; nothing is kept until Save. An account
// that the store loaded may hold only some of its lots, those that Need asked
// for. A method that returns an error has changed nothing but what was due.
//
// While points are owed none are available: whatever becomes available pays
// the debt first.
type Account struct {
	key      AccountKey
	wallet   *Wallet
	pick     func() id.ID
	recorded time.Time
	balance  Balance

	lots  map[id.ID]*Lot
	order []*Lot // as they came
	open  []*Lot // those with something remaining, and some that had it lately
	holds map[id.ID]*Hold

	releases, ends agenda
	rest           time.Time // the earliest moment at which something due is not loaded
	horizon        time.Time // what is available and expires by then is loaded

	entries []Entry
	changed []*Lot
	past    map[id.ID]Entry // earlier entries, loaded to be undone
	undone  map[id.ID]int64 // how much of an entry has been undone
	events  []id.ID         // of which every entry is at hand

	stored    bool  // it has a row
	storedDue int64 // the row's next_due
	err       error
}

// New returns an empty account. Recorded is written on its entries as our
// time, pick makes identifiers.
func New(w *Wallet, member id.ID, recorded time.Time, pick func() id.ID) *Account {
	return &Account{
		key: AccountKey{member, w.ID}, wallet: w, pick: pick, recorded: recorded,
		lots: map[id.ID]*Lot{}, holds: map[id.ID]*Hold{}, past: map[id.ID]Entry{}, undone: map[id.ID]int64{},
	}
}

// Key returns whose account of which wallet this is.
func (a *Account) Key() AccountKey { return a.key }

// Wallet returns the wallet.
func (a *Account) Wallet() *Wallet { return a.wallet }

// Balance returns the points by bucket, as far as the account has been posted.
func (a *Account) Balance() Balance { return a.balance }

// Entries returns what has been done since the account was loaded or made, in
// order.
func (a *Account) Entries() []Entry { return a.entries }

// Lots returns the lots at hand in the order in which they came, closed ones
// too.
func (a *Account) Lots() []*Lot { return a.order }

// LotsOf returns the lots at hand that the event gave and that can still be
// asked to give points back.
func (a *Account) LotsOf(event id.ID) []*Lot {
	var lots []*Lot
	for _, l := range a.order {
		if l.EventID == event && l.MovedTo == 0 {
			lots = append(lots, l)
		}
	}
	return lots
}

// HoldByID returns a hold at hand.
func (a *Account) HoldByID(hold id.ID) (*Hold, error) {
	h, ok := a.holds[hold]
	if !ok {
		return nil, fault.Missing("no_such_hold", "there is no hold %s on this account", hold.In(id.Hold)).With("hold", hold.In(id.Hold))
	}
	return h, nil
}

// NextDue returns the next moment at which the clock moves points, or zero. It
// may name a moment at which nothing is due any more, never a later one.
func (a *Account) NextDue() time.Time {
	due := a.rest
	for _, g := range []*agenda{&a.releases, &a.ends} {
		if d := g.first(); d != nil {
			due = earlier(due, d.at)
		}
	}
	return due
}

// Changed reports whether there is anything to save.
func (a *Account) Changed() bool {
	return len(a.entries) > 0 || len(a.changed) > 0 || (a.stored && a.storedDue != dueMicros(a.NextDue()))
}

// Forget drops the record of what was done, as after a save. A simulator that
// keeps nothing calls it now and then.
func (a *Account) Forget() {
	for _, l := range a.changed {
		l.book.fresh, l.book.changed = false, false
	}
	for _, h := range a.holds {
		h.fresh, h.changed = false, false
	}
	for _, e := range a.entries {
		a.past[e.ID] = e
	}
	a.entries, a.changed = nil, nil
}

// post notes a movement of n points and carries it out. Moving nothing is not
// noted.
func (a *Account) post(at time.Time, kind EntryKind, l *Lot, from, to Bucket, n int64, c Cause) {
	if n <= 0 {
		return
	}
	e := Entry{
		ID: a.pick(), MemberID: a.key.MemberID, WalletID: a.key.WalletID, Kind: kind, From: from, To: to,
		Amount: n, Occurred: micro(at), Recorded: micro(a.recorded), Cause: c,
	}
	a.balance.move(from, to, n)
	if c.Kind == CauseReversal {
		a.undone[c.ID] += n
	}
	if l != nil {
		e.LotEvent, e.LotID = l.EventID, l.ID
		l.apply(&e)
		a.touch(l)
	}
	a.entries = append(a.entries, e)
}

// micro drops what the database cannot keep.
func micro(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// add takes in a lot, loaded or new.
func (a *Account) add(l *Lot) {
	a.lots[l.ID] = l
	a.order = append(a.order, l)
	a.list(l)
}

// touch notes that a lot has changed.
func (a *Account) touch(l *Lot) {
	if !l.book.changed {
		l.book.changed = true
		a.changed = append(a.changed, l)
	}
	a.list(l)
}

// list puts a lot where it will be looked for: among the open ones and on the
// agenda.
func (a *Account) list(l *Lot) {
	if l.Remaining > 0 && !l.book.open {
		l.book.open = true
		a.open = append(a.open, l)
	}
	if at := l.releaseAt(); !at.IsZero() && !at.Equal(l.book.release) {
		l.book.release = at
		a.releases.add(duty{at: at, lot: l, what: Releases})
	}
	if at := l.expireAt(); !at.IsZero() && !at.Equal(l.book.end) {
		l.book.end = at
		a.ends.add(duty{at: at, lot: l, what: Expiries})
	}
}

// soonest returns the lots at hand that have available points, in the order in
// which they are spent.
func (a *Account) soonest() []*Lot {
	a.open = slices.DeleteFunc(a.open, func(l *Lot) bool {
		l.book.open = l.Remaining > 0
		return !l.book.open
	})
	var lots []*Lot
	for _, l := range a.open {
		if l.Released {
			lots = append(lots, l)
		}
	}
	slices.SortFunc(lots, sooner)
	return lots
}

// part is some points of a lot.
type part struct {
	lot    *Lot
	amount int64
}

// errPartial says that a verb needed lots that Need had not asked for.
var errPartial = errors.New("the account was loaded without the open lots that this needs")

// choose picks n available points, soonest first. It fails when lots that come
// before the last one picked may not be loaded.
func (a *Account) choose(n int64) ([]part, error) {
	lots := a.soonest()
	whole := a.balance[Available]
	for _, l := range lots {
		whole -= l.Remaining
	}
	var parts []part
	for _, l := range lots {
		if n == 0 {
			break
		}
		if whole != 0 && (l.Expires.IsZero() || l.Expires.After(a.horizon)) {
			return nil, errPartial
		}
		take := min(n, l.Remaining)
		parts = append(parts, part{l, take})
		n -= take
	}
	if n > 0 {
		return nil, errPartial
	}
	return parts, nil
}

// settle lets everything available pay what is owed.
func (a *Account) settle(at time.Time, c Cause) {
	n := min(a.balance[Debt], a.balance[Available])
	if n <= 0 {
		return
	}
	parts, err := a.choose(n)
	if err != nil {
		a.fail(fmt.Errorf("settling debt: %w", err))
	}
	for _, p := range parts {
		a.repay(at, p.lot, c)
	}
}

// repay lets what remains of a lot, pending or available, pay what is owed.
func (a *Account) repay(at time.Time, l *Lot, c Cause) {
	n := min(a.balance[Debt], l.Remaining)
	a.post(at, KindRepay, l, l.Bucket(), Debt, n, Cause{Event: c.Event, Kind: CauseDebt})
}

// fail remembers the first thing that went wrong where no error can be
// returned; Save reports it and keeps nothing.
func (a *Account) fail(err error) {
	if a.err == nil {
		a.err = fmt.Errorf("keeping account %s of wallet %s: %w", a.key.MemberID.In(id.Member), a.key.WalletID.In(id.Wallet), err)
	}
}

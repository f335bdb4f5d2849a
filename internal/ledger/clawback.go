package ledger

import "time"

// Clawed says what became of points that were to be taken back; the parts add
// up to what was asked, as far as the lots had given it.
type Clawed struct {
	Taken    int64 // from the lots themselves
	Owed     int64 // a debt, which other available points may have paid at once
	Excused  int64 // had expired, and so are not taken again
	Forgiven int64 // could not be taken and are not owed either
}

// Clawback takes back points that the lots gave, because the sale behind them
// came back: from the lots first, pending or available. Held points are not
// there to be taken. What has expired since is not taken again; for the rest
// the wallet's policy decides. Never more is taken back than the lots gave.
func (a *Account) Clawback(at time.Time, lots []*Lot, amount int64, c Cause) Clawed {
	a.Post(at, Releases|Expiries)
	k := &clawing{account: a, at: at, cause: c, left: amount}
	k.each(lots, k.take)
	k.each(lots, k.excuse)
	if a.wallet.Clawback == PolicyPendingOnly {
		k.each(lots, k.forgive)
		return k.Clawed
	}
	k.room = k.left
	if a.wallet.Clawback == PolicyToZero {
		k.room = min(k.left, a.balance[Available])
	}
	k.each(lots, k.owe)
	a.settle(at, c)
	k.each(lots, k.forgive)
	return k.Clawed
}

// clawing is a clawback on its way.
type clawing struct {
	Clawed
	account    *Account
	at         time.Time
	cause      Cause
	left, room int64 // still to be dealt with; of it, what may be owed
}

// each goes through the lots by one step, as long as something is left and the
// lot can be asked for it.
func (k *clawing) each(lots []*Lot, step func(l *Lot, most int64)) {
	for _, l := range lots {
		step(l, min(k.left, l.Claim()))
	}
}

func (k *clawing) take(l *Lot, most int64) {
	if l.Released && k.account.wallet.Clawback == PolicyPendingOnly {
		return
	}
	n := min(most, l.Remaining)
	k.post(KindClawback, l, l.Bucket(), ClawedBack, n)
	k.Taken += n
}

func (k *clawing) excuse(l *Lot, most int64) {
	n := min(most, l.allowance())
	k.post(KindExcuse, l, Expired, Expired, n)
	k.Excused += n
}

func (k *clawing) owe(l *Lot, most int64) {
	n := min(most, k.room)
	k.post(KindOwe, l, Debt, ClawedBack, n)
	k.room -= n
	k.Owed += n
}

func (k *clawing) forgive(l *Lot, most int64) {
	k.post(KindForgive, l, Debt, Debt, most)
	k.Forgiven += most
}

func (k *clawing) post(kind EntryKind, l *Lot, from, to Bucket, n int64) {
	k.account.post(k.at, kind, l, from, to, n, k.cause)
	k.left -= n
}

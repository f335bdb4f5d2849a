package ledger

import (
	"maps"
	"slices"

	"regulars/internal/db"
)

// account compares what the tables say of one account.
func (c *checking) account(k AccountKey, a *checked) {
	at := Fault{MemberID: k.MemberID, WalletID: k.WalletID}
	lots, due := c.lots(at, a)
	if a.stored == nil {
		c.same(at, FaultNoBalance, "balance", 0, 1)
		return
	}
	c.balance(at, a)
	for _, b := range []Bucket{Pending, Available, Held, Expired} {
		c.same(at, FaultBalanceLots, b.String(), a.stored.balance[b], lots[b])
	}
	if a.stored.due > due {
		c.same(at, FaultAccountDue, "next_due", a.stored.due, due)
	}
	c.holds(at, a)
}

// lots checks every lot of an account and returns what they add up to and when
// the first of them is due.
func (c *checking) lots(at Fault, a *checked) (Balance, int64) {
	var sum Balance
	due := int64(db.Never)
	for _, n := range slices.Sorted(maps.Keys(a.lots)) {
		at.LotID = n
		l := a.lots[n]
		if l.stored == nil {
			c.same(at, FaultNoLot, "lot", 0, 1)
			continue
		}
		c.lot(at, l)
		sum[l.stored.Bucket()] += l.stored.Remaining
		sum[Held] += l.stored.Held
		sum[Expired] += l.stored.Expired
		if l.stored.next < endless {
			due = min(due, l.stored.next)
		}
	}
	return sum, due
}

// same notes a fault where two figures differ.
func (c *checking) same(at Fault, code, what string, stored, expected int64) {
	if stored != expected {
		at.Code, at.What, at.Stored, at.Expected = code, what, stored, expected
		c.found(at)
	}
}

func (c *checking) notBelow(at Fault, what string, n int64) {
	c.same(at, FaultBelowZero, what, n, max(0, n))
}

func (c *checking) balance(at Fault, a *checked) {
	folded, stored := fold(Balance{}, a.entries), a.stored.balance
	for _, b := range Buckets() {
		c.same(at, FaultBalanceFold, b.String(), stored[b], folded[b])
		c.notBelow(at, b.String(), stored[b])
	}
	c.same(at, FaultBalanceGap, "gap", stored.Gap(), 0)
	if stored[Debt] > 0 {
		c.same(at, FaultDebt, Available.String(), stored[Available], min(0, stored[Available]))
	}
}

func (c *checking) lot(at Fault, l *checkedLot) {
	figures := []struct {
		name             string
		stored, expected int64
	}{
		{"remaining", l.stored.Remaining, l.folded.Remaining},
		{"held", l.stored.Held, l.folded.Held},
		{"expired", l.stored.Expired, l.folded.Expired},
		{"exempt", l.stored.Exempt, l.folded.Exempt},
		{"clawed", l.stored.Clawed, l.folded.Clawed},
	}
	for _, f := range figures {
		c.same(at, FaultLotFold, f.name, f.stored, f.expected)
		c.notBelow(at, f.name, f.stored)
	}
	if l.stored.Origin == 0 {
		c.same(at, FaultLotFold, "amount", l.stored.Amount, l.given)
	}
	c.same(at, FaultLotDue, "next_at", l.stored.next, l.stored.nextAt())
	c.same(at, FaultHold, "held", l.stored.Held, l.parts)
}

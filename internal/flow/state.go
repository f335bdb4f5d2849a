package flow

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/member"
	"regulars/internal/promo"
	"regulars/internal/reward"
	"regulars/internal/sale"
	"regulars/internal/tier"
)

// account is all that a decision may know of one member, in memory. decide
// changes it; the batch or the simulator keeps it.
type account struct {
	member  *member.Member
	fresh   bool // met for the first time in this batch
	changed bool // the member's row must be written
	touched bool // an event of this batch changed something
	// signedUp says that the customer has asked to join before. Only the first
	// time earns.
	signedUp bool
	// identities of a fresh member; aliases are the member and those merged
	// into it.
	identities []member.Identity
	aliases    []id.ID
	items      []*item // its events in this batch
	tally      *sale.Tally
	wallets    []*ledger.Account
	merged     []*ledger.Account // of those merged into it, which paid for what comes back
	ladders    []*tier.Account
	usage      earn.Usage
	offers     promo.Usage
	// book holds the sales that events of this batch return from or make.
	book []*sale.Sale
	// sold and returns are what this batch adds.
	sold    []*sale.Sale
	returns []sale.Returned
	// settled tells how sales of the book were priced and paid.
	settled map[id.ID]*Settlement
	// codeUses and redemptions are what this batch adds for offers.
	codeUses    []promo.CodeUse
	redemptions []promo.Redemption
	// redeemed are the rewards that this batch takes or takes back, had when
	// the member took those with a limit. In thought, paid is what redemptions
	// cost.
	redeemed []*reward.Redemption
	had      map[id.ID][]time.Time
	paid     map[id.ID]int64
}

// everyone returns the member and those merged into it, the member first.
func (a *account) everyone() []id.ID {
	others := slices.DeleteFunc(slices.Clone(a.aliases), func(m id.ID) bool { return m == a.member.ID })
	return append([]id.ID{a.member.ID}, others...)
}

// sale returns a sale of the book.
func (a *account) sale(wanted id.ID) *sale.Sale {
	for _, s := range a.book {
		if s.ID == wanted {
			return s
		}
	}
	return nil
}

// join enrols the customer; one who has joined may turn out to have done so
// earlier, when events are told late.
func (a *account) join(at time.Time) {
	m := a.member
	if m.Status == member.Known || m.Status == member.Enrolled && at.Before(m.Enrolled) {
		m.Status, m.Enrolled, a.changed = member.Enrolled, at, true
	}
}

// joined reports whether the customer had joined by a moment; what came before
// earns nothing, however late it is told.
func (a *account) joined(at time.Time) bool {
	return a.member.Status == member.Enrolled && !at.Before(a.member.Enrolled)
}

func (a *account) wallet(wanted id.ID) *ledger.Account {
	for _, w := range a.wallets {
		if w.Wallet().ID == wanted {
			return w
		}
	}
	return nil
}

// errStuck says that something is due which posting does not settle.
var errStuck = errors.New("what is due cannot be posted")

// post posts everything that is due by the moment, in the order of time, and
// at one moment: releases, then ranks, then expiries. (Rewards by themselves
// come between releases and ranks once there are any.)
func (a *account) post(until time.Time) error {
	last := time.Time{}
	for {
		next := a.nextDue()
		if next.IsZero() || next.After(until) {
			return a.begin(until)
		}
		if next.Equal(last) {
			return fmt.Errorf("posting member %s at %s: %w", a.member.ID.In(id.Member), next, errStuck)
		}
		if err := a.postAt(next); err != nil {
			return err
		}
		last = next
	}
}

// begin lets a newcomer stand on the ladders.
func (a *account) begin(at time.Time) error {
	if !a.fresh {
		return nil
	}
	for _, l := range a.ladders {
		if err := l.Post(at); err != nil {
			return err
		}
	}
	return nil
}

func (a *account) postAt(at time.Time) error {
	for _, w := range a.wallets {
		w.Post(at, ledger.Releases)
	}
	for _, l := range a.ladders {
		if err := l.Post(at); err != nil {
			return err
		}
	}
	for _, w := range a.wallets {
		w.Post(at, ledger.Expiries)
	}
	return nil
}

// nextDue returns the earliest moment at which something is due, or zero.
func (a *account) nextDue() time.Time {
	var first time.Time
	sooner := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	for _, w := range a.wallets {
		sooner(w.NextDue())
	}
	for _, l := range a.ladders {
		sooner(l.NextDue())
	}
	return first
}

// rankAt returns the rank in force at a moment on the programme's first
// ladder, the one that rules ask about.
func (a *account) rankAt(t time.Time) (string, error) {
	if len(a.ladders) == 0 {
		return "", nil
	}
	return a.ladders[0].RankAt(t)
}

// marks says how far each wallet's entries had come.
func (a *account) marks() []int {
	marks := make([]int, len(a.wallets))
	for i, w := range a.wallets {
		marks[i] = len(w.Entries())
	}
	return marks
}

// tell completes an answer with the points that moved since the marks and with
// where the account stands.
func (a *account) tell(answer *Answer, marks []int) {
	for i, w := range a.wallets {
		for _, e := range w.Entries()[marks[i]:] {
			if e.Cause.Event == answer.EventID {
				answer.Movements = append(answer.Movements, movement(e, lotOf(e, w.Lots())))
			}
		}
	}
	a.stand(answer)
}

// stand says in an answer where the account stands now.
func (a *account) stand(answer *Answer) {
	answer.Balances, answer.Ranks = nil, nil
	for _, w := range a.wallets {
		answer.Balances = append(answer.Balances, balance(w.Wallet(), w.Balance()))
	}
	for _, l := range a.ladders {
		answer.Ranks = append(answer.Ranks, rank(l))
	}
}

func rank(l *tier.Account) Rank {
	return Rank{LadderID: l.Ladder().ID, Ladder: l.Ladder().Code, Rank: l.Rank()}
}

// movement tells an entry; that which gives points also says when its lot may
// be used.
func movement(e ledger.Entry, lot *ledger.Lot) Movement {
	m := Movement{
		WalletID: e.WalletID, Kind: e.Kind.String(), From: e.From.String(), To: e.To.String(), Points: e.Amount,
		LotID: e.LotID, Reason: e.Cause.Reason,
	}
	if lot != nil && (e.Kind == ledger.KindEarn || e.Kind == ledger.KindAdjustUp) {
		m.Usable, m.Expires = lot.Activates, lot.Expires
	}
	return m
}

// lotOf finds the lot of an entry, the latest of those at hand first.
func lotOf(e ledger.Entry, lots []*ledger.Lot) *ledger.Lot {
	for _, l := range slices.Backward(lots) {
		if l.ID == e.LotID {
			return l
		}
	}
	return nil
}

func balance(w *ledger.Wallet, b ledger.Balance) Balance {
	return Balance{
		WalletID: w.ID, Code: w.Code, Available: b[ledger.Available], Pending: b[ledger.Pending],
		Held: b[ledger.Held], Debt: b[ledger.Debt],
	}
}

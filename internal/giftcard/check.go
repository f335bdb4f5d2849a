package giftcard

import (
	"context"
	"database/sql"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Fault is something that Check found wrong.
type Fault struct {
	CardID id.ID
	What   string
}

// String names the card and says what is wrong; a number never leaves the room
// so.
func (f Fault) String() string { return f.CardID.In(id.GiftCard) + ": " + f.What }

const (
	checkPage = 1000
	// maxFaults ends a check that finds nothing but faults.
	maxFaults = 1000
)

// Check reads every card of a programme with its entries and returns what is
// wrong: balances that are not the sum of the entries, held money that is not
// the sum of the holds or more than there is, anything below zero,
// money on inactive cards, sales that gave back more than they took, entries
// without a card, cards that the clock would miss. Run it on one snapshot.
func Check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	c := &checking{ctx: ctx, q: q, programme: programme}
	for more := true; more && len(c.faults) < maxFaults; {
		var err error
		if more, err = c.page(); err != nil {
			return nil, fmt.Errorf("checking gift cards: %w", err)
		}
	}
	if err := c.strays(); err != nil {
		return nil, fmt.Errorf("checking gift cards: %w", err)
	}
	return c.faults, nil
}

// checking is a check on its way; after is the last number that was looked at.
type checking struct {
	ctx       context.Context
	q         db.Queryer
	programme id.ID
	after     string
	faults    []Fault
}

// checked is a card as it is stored and as its entries make it.
type checked struct {
	*Card
	tail     string
	due      int64
	byKind   map[Kind]int64
	bySale   map[id.ID]int64 // what a sale took and did not give back
	smallest int64
	// holding is the sum of its holds, leastHeld the smallest of them.
	holding, leastHeld int64
}

func (c *checking) page() (more bool, err error) {
	rows, err := c.q.Query(c.ctx, `SELECT `+cardColumns+`, c.tail, c.due, COALESCE(h.amount, 0), COALESCE(h.least, 1) FROM gift_card AS c
		LEFT JOIN (SELECT number, CAST(SUM(amount) AS BIGINT) AS amount, MIN(amount) AS least FROM gift_hold WHERE programme_id = $1 GROUP BY number) AS h ON h.number = c.number
		WHERE c.programme_id = $1 AND c.number > $2 ORDER BY c.number LIMIT $3`, c.programme, c.after, checkPage)
	list, err := db.Collect(rows, err, scanChecked)
	if err != nil || len(list) == 0 {
		return false, err
	}
	byNumber := map[string]*checked{}
	for _, k := range list {
		byNumber[k.Number] = k
	}
	last := list[len(list)-1].Number
	if err := c.fold(byNumber, last); err != nil {
		return false, err
	}
	for _, k := range list {
		c.judge(k)
	}
	c.after = last
	return len(list) == checkPage, nil
}

func scanChecked(r *sql.Rows) (*checked, error) {
	k := &checked{Card: &Card{}, byKind: map[Kind]int64{}, bySale: map[id.ID]int64{}, smallest: 1}
	var activated, expires, claimed int64
	err := r.Scan(&k.ProgrammeID, &k.Number, &k.ID, &k.State, &k.Given, &k.Face, &k.Months, &k.Balance, &k.Added, &k.Spent, &k.Card.Expired,
		&activated, &expires, &claimed, &k.BatchID, &k.CampaignID, &k.MemberID, &k.Label, &k.storedHeld, &k.tail, &k.due, &k.holding, &k.leastHeld)
	k.Activated, k.Expires, k.Claimed = db.Time(activated), db.Time(expires), db.Time(claimed)
	return k, err
}

// fold adds up the entries of the page's cards.
func (c *checking) fold(cards map[string]*checked, last string) error {
	rows, err := c.q.Query(c.ctx, `SELECT number, kind, sale_id, CAST(SUM(amount) AS BIGINT), MIN(amount) FROM gift_entry
		WHERE programme_id = $1 AND number > $2 AND number <= $3 GROUP BY number, kind, sale_id`, c.programme, c.after, last)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var number string
		var kind Kind
		var sale id.ID
		var sum, smallest int64
		if err := r.Scan(&number, &kind, &sale, &sum, &smallest); err != nil {
			return struct{}{}, err
		}
		if k := cards[number]; k != nil {
			k.byKind[kind] += sum
			k.smallest = min(k.smallest, smallest)
			if sale != 0 {
				k.bySale[sale] -= kind.sign() * sum
			}
		}
		return struct{}{}, nil
	})
	return err
}

// judge notes what is wrong with one card.
func (c *checking) judge(k *checked) {
	wrong := func(bad bool, format string, args ...any) {
		if bad && len(c.faults) < maxFaults {
			c.faults = append(c.faults, Fault{k.ID, fmt.Sprintf(format, args...)})
		}
	}
	added, spent := k.byKind[KindIssue]+k.byKind[KindTopUp], k.byKind[KindCharge]-k.byKind[KindRefund]
	left := added - spent - k.byKind[KindExpire]
	wrong(CheckNumber(k.Number) != nil, "its number is none")
	wrong(k.tail != tailOf(k.Number), "it cannot be found by the end of its number")
	wrong(k.Balance != left, "the balance is %d, its movements come to %d", k.Balance, left)
	wrong(k.Added != added, "%d were added, its movements say %d", k.Added, added)
	wrong(k.Spent != spent, "%d were spent, its movements say %d", k.Spent, spent)
	wrong(k.Card.Expired != k.byKind[KindExpire], "%d expired, its movements say %d", k.Card.Expired, k.byKind[KindExpire])
	wrong(k.storedHeld != k.holding, "%d are held, its holds come to %d", k.storedHeld, k.holding)
	wrong(k.storedHeld > k.Balance, "%d are held of %d", k.storedHeld, k.Balance)
	wrong(k.leastHeld <= 0, "a hold is not above zero")
	wrong(min(k.Balance, k.Added, k.Spent, k.Card.Expired) < 0, "something on it is below zero")
	wrong(k.smallest <= 0, "a movement is not above zero")
	wrong(k.State == Inactive && len(k.byKind) > 0, "it is inactive and holds money")
	wrong(k.State != Inactive && k.State != Active && k.State != Blocked, "its state is %q", k.State)
	wrong(k.State != Inactive && k.Activated.IsZero(), "it was activated and nobody knows when")
	wrong(k.due != k.Card.due(), "the clock would miss its end")
	for sale, took := range k.bySale {
		wrong(took < 0, "the sale %s gave back %d more than it took", sale.In(id.Sale), -took)
	}
	for kind := range k.byKind {
		wrong(kind.sign() == 0, "a movement is of no kind: %q", kind)
	}
}

// strays notes movements of no card, and holds, told as the movement 0.
func (c *checking) strays() error {
	rows, err := c.q.Query(c.ctx, `SELECT e.id FROM gift_entry AS e LEFT JOIN gift_card AS c ON c.programme_id = e.programme_id AND c.number = e.number
		WHERE e.programme_id = $1 AND c.number IS NULL
		UNION ALL SELECT 0 FROM gift_hold AS h LEFT JOIN gift_card AS c ON c.programme_id = h.programme_id AND c.number = h.number
		WHERE h.programme_id = $1 AND c.number IS NULL LIMIT 100`, c.programme)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (n id.ID, err error) {
		err = r.Scan(&n)
		return n, err
	})
	for _, e := range list {
		c.faults = append(c.faults, Fault{0, "the movement " + e.In(id.Entry) + " belongs to no gift card"})
	}
	return err
}

package giftcard

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
)

var (
	cardTable = db.NewTable("gift_card", []string{"programme_id", "number"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "number", Kind: db.Text}, db.Column{Name: "id", Kind: db.Int},
		db.Column{Name: "tail", Kind: db.Text}, db.Column{Name: "state", Kind: db.Text}, db.Column{Name: "given", Kind: db.Bool},
		db.Column{Name: "face", Kind: db.Int}, db.Column{Name: "months", Kind: db.Int}, db.Column{Name: "balance", Kind: db.Int},
		db.Column{Name: "added", Kind: db.Int}, db.Column{Name: "spent", Kind: db.Int}, db.Column{Name: "expired", Kind: db.Int},
		db.Column{Name: "activated", Kind: db.Int}, db.Column{Name: "expires", Kind: db.Int}, db.Column{Name: "claimed", Kind: db.Int},
		db.Column{Name: "due", Kind: db.Int}, db.Column{Name: "batch_id", Kind: db.Int}, db.Column{Name: "campaign_id", Kind: db.Int},
		db.Column{Name: "member_id", Kind: db.Int}, db.Column{Name: "label", Kind: db.Text})
	entryTable = db.NewTable("gift_entry", []string{"programme_id", "number", "id"},
		db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "number", Kind: db.Text}, db.Column{Name: "id", Kind: db.Int},
		db.Column{Name: "kind", Kind: db.Text}, db.Column{Name: "amount", Kind: db.Int}, db.Column{Name: "event_id", Kind: db.Int},
		db.Column{Name: "sale_id", Kind: db.Int}, db.Column{Name: "occurred", Kind: db.Int})
)

// changeKinds are the columns of a changed card: its key, what its balance was
// and what was held, and what changes.
var changeKinds = []db.Kind{
	db.Int, db.Text, db.Int, db.Int, db.Int,
	db.Text, db.Int, db.Int, db.Int, db.Int, db.Int, db.Int, db.Int, db.Int, db.Int,
}

// Save keeps what has been done to the cards: the entries by one statement, the
// cards by another, which holds every card to the balance that it was loaded
// with. It refuses, as a fault of ours, a card that does not add up, and with
// "card_moved" when somebody else changed one meanwhile. The cards may be used
// on within the transaction.
func Save(ctx context.Context, tx *db.Tx, cards []*Card) error {
	var entries, changes [][]any
	sorted := slices.Clone(cards)
	slices.SortFunc(sorted, func(a, b *Card) int { return compareKeys(a.Key(), b.Key()) })
	for _, c := range slices.Compact(sorted) {
		if !c.changed {
			continue
		}
		if err := c.sound(); err != nil {
			return err
		}
		entries = append(entries, c.entryRows()...)
		changes = append(changes, c.changeRow())
	}
	if len(changes) == 0 {
		return nil
	}
	if len(entries) > 0 {
		if err := tx.Insert(ctx, entryTable, entries); err != nil {
			return fmt.Errorf("writing movements of gift cards: %w", err)
		}
	}
	if err := update(ctx, tx, changes); err != nil {
		return err
	}
	if err := saveHolds(ctx, tx, slices.Compact(sorted)); err != nil {
		return err
	}
	for _, c := range cards {
		c.stored, c.entries, c.changed = c.Balance, nil, false
		c.storedHeld, c.storedHolds = c.held(), slices.Clone(c.holds)
	}
	return nil
}

// updating returns the statement that writes changed cards. Its last condition
// says nothing new: without it SQLite goes through all cards there are instead
// of looking these up.
func updating(args *db.Args, changes [][]any) string {
	return `WITH n(programme_id, number, stored, was_held, held, state, balance, added, spent, expired, activated, expires, claimed, due, member_id) AS ` +
		args.Tuples(changeKinds, changes) + `
		UPDATE gift_card SET held = n.held, state = n.state, balance = n.balance, added = n.added, spent = n.spent, expired = n.expired,
			activated = n.activated, expires = n.expires, claimed = n.claimed, due = n.due, member_id = n.member_id
		FROM n WHERE gift_card.programme_id = n.programme_id AND gift_card.number = n.number AND gift_card.balance = n.stored AND gift_card.held = n.was_held
			AND (gift_card.programme_id, gift_card.number) IN (SELECT n.programme_id, n.number FROM n)`
}

func update(ctx context.Context, tx *db.Tx, changes [][]any) error {
	var args db.Args
	query := updating(&args, changes)
	n, err := tx.Exec(ctx, query, args.Values()...)
	if err != nil {
		return fmt.Errorf("writing gift cards: %w", err)
	}
	if n != int64(len(changes)) {
		return fault.Busy("card_moved", "somebody used the same gift card at the same moment; send this again")
	}
	return nil
}

func (c *Card) changeRow() []any {
	return []any{
		int64(c.ProgrammeID), c.Number, c.stored, c.storedHeld, c.held(),
		string(c.State), c.Balance, c.Added, c.Spent, c.Expired, db.Micros(c.Activated), ending(c.Expires), db.Micros(c.Claimed), c.due(), int64(c.MemberID),
	}
}

func (c *Card) entryRows() [][]any {
	rows := make([][]any, len(c.entries))
	for i, e := range c.entries {
		rows[i] = []any{c.ProgrammeID, c.Number, e.ID, string(e.Kind), e.Amount, e.EventID, e.SaleID, db.Micros(e.At)}
	}
	return rows
}

// row is the card as it is first written.
func (c *Card) row() []any {
	return []any{
		c.ProgrammeID, c.Number, c.ID, tailOf(c.Number), string(c.State), c.Given, c.Face, int64(c.Months), c.Balance, c.Added, c.Spent, c.Expired,
		db.Micros(c.Activated), ending(c.Expires), db.Micros(c.Claimed), c.due(), c.BatchID, c.CampaignID, c.MemberID, c.Label,
	}
}

// due is the stored instant at which the clock must look at the card.
func (c *Card) due() int64 {
	if c.Balance == 0 {
		return math.MaxInt64
	}
	return ending(c.Expires)
}

// ending is an end as it is stored.
func ending(t time.Time) int64 {
	if t.IsZero() {
		return db.Never
	}
	return db.Micros(t)
}

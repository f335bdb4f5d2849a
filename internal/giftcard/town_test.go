package giftcard

import (
	"context"
	"fmt"
	"testing"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

var system = auth.System("test")

// town is a programme with gift cards, and a clock that the test moves.
type town struct {
	*testing.T
	*Service
	db        *db.DB
	programme id.ID
	clock     time.Time
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newTown(t, d)) }, auth.Schema, program.Schema, member.Schema, Schema)
}

func newTown(t *testing.T, d *db.DB) *town {
	t.Helper()
	w := &town{T: t, db: d, clock: dbtest.Start}
	w.Service = New(d, func() time.Time { return w.clock })
	w.programme = w.makeProgramme("corner")
	return w
}

func (w *town) makeProgramme(slug string) id.ID {
	w.Helper()
	p, err := program.New(w.db).Create(w.Context(), system, program.Programme{
		Slug: slug, Name: slug, Currency: "GBP", Zone: time.UTC, Languages: []string{"en"},
		Settings: program.Settings{Enrolment: program.Automatic, Region: "GB"},
	})
	w.ok(err)
	return p.ID
}

func (w *town) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *town) refuses(err error, code string) {
	w.Helper()
	if got := codeOf(err); got != code {
		w.Errorf("got %q, want %q", got, code)
	}
}

// issue makes cards and returns them, the first first.
func (w *town) issue(o Order) []*Card {
	w.Helper()
	b, err := w.Issue(w.Context(), system, w.programme, o)
	w.ok(err)
	list, err := w.List(w.Context(), system, Query{ProgrammeID: w.programme, BatchID: b.ID, Limit: MaxCards})
	w.ok(err)
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// on does something to loaded cards in a transaction of its own, as a sale
// would.
func (w *town) on(keys []Key, sales []id.ID, do func(cards map[Key]*Card) error) error {
	return w.db.InTx(context.Background(), func(tx *db.Tx) error {
		cards, err := LoadCards(context.Background(), tx, keys)
		if err != nil {
			return err
		}
		if err := LoadTaken(context.Background(), tx, cards, sales); err != nil {
			return err
		}
		if err := do(cards); err != nil {
			return err
		}
		list := make([]*Card, 0, len(cards))
		for _, c := range cards {
			list = append(list, c)
		}
		return Save(context.Background(), tx, list)
	})
}

func (w *town) charge(c *Card, amount int64, sale id.ID) error {
	return w.on([]Key{c.Key()}, []id.ID{sale}, func(cards map[Key]*Card) error { return cards[c.Key()].Charge(amount, sale, w.clock) })
}

func (w *town) refund(c *Card, amount int64, sale, event id.ID) error {
	return w.on([]Key{c.Key()}, []id.ID{sale}, func(cards map[Key]*Card) error { return cards[c.Key()].Refund(amount, sale, event, w.clock) })
}

func (w *town) get(c *Card) *Card {
	w.Helper()
	found, err := w.Get(w.Context(), system, w.programme, c.Number)
	w.ok(err)
	return found
}

// sound says that the check finds nothing.
func (w *town) sound() {
	w.Helper()
	faults, err := Check(w.Context(), w.db.Reader(), w.programme)
	w.ok(err)
	if len(faults) > 0 {
		w.Errorf("the check finds %v", faults)
	}
}

// join makes a member.
func (w *town) join() id.ID {
	w.Helper()
	m := &member.Member{ProgrammeID: w.programme, Status: member.Enrolled}
	w.ok(w.db.InTx(w.Context(), func(tx *db.Tx) error {
		return member.Insert(w.Context(), tx, []member.Newcomer{{Member: m}})
	}))
	return m.ID
}

// sums says the sums of a card, for comparing.
func (c *Card) sums() string {
	return fmt.Sprintf("added %d, spent %d, expired %d", c.Added, c.Spent, c.Expired)
}

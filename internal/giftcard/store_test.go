package giftcard

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/program"
)

// TestAnyHistoryOfStoredCards plays random histories on several cards, each
// step loaded and saved anew, against their oracles.
func TestAnyHistoryOfStoredCards(t *testing.T) {
	each(t, func(w *town) {
		rapid.Check(w.T, func(t *rapid.T) {
			w.clock = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)
			cards := w.issue(Order{Count: 3, Value: 5000, Inactive: true, Months: rapid.IntRange(0, 2).Draw(t, "months")})
			oracles := make([]*oracle, len(cards))
			for i, c := range cards {
				oracles[i] = &oracle{state: Inactive, face: 5000, months: c.Months}
			}
			s := &step{t: t, now: w.clock, event: 100}
			sales := []id.ID{1, 2, 3, 4, 5, 6}
			for range rapid.IntRange(1, 12).Draw(t, "steps") {
				err := w.on(keys(cards), sales, func(loaded map[Key]*Card) error {
					for i, c := range cards { // one step of each card in one transaction
						did, err, want := s.take(loaded[c.Key()], oracles[i])
						if got := codeOf(err); got != want {
							t.Fatalf("%s: got %q, want %q", did, got, want)
						}
						agree(t, loaded[c.Key()], oracles[i])
					}
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			for i, c := range cards {
				if got := w.get(c); got.Balance != oracles[i].balance() {
					t.Fatalf("%d are stored, want %d", got.Balance, oracles[i].balance())
				}
			}
		})
		w.sound()
		w.addsUp()
	})
}

// addsUp compares the totals with the cards.
func (w *town) addsUp() {
	w.Helper()
	sums, err := Totals(w.Context(), w.db.Reader(), w.programme)
	w.ok(err)
	_, all, err := w.Campaigns(w.Context(), system, w.programme)
	w.ok(err)
	if all.Added != sums.Issued || all.Spent != sums.Spent-sums.Refunded || sums.Balance < 0 || all.Left+all.Lapsed-sums.Expired != sums.Balance ||
		all.Cards != all.Claimed+all.Unclaimed+all.Expired || all.Added != all.Spent+all.Left+all.Lapsed {
		w.Errorf("the cards say %+v, their movements %+v", all, sums)
	}
}

func keys(cards []*Card) []Key {
	list := make([]Key, len(cards))
	for i, c := range cards {
		list[i] = c.Key()
	}
	return list
}

// TestOneCardManyTills lets sixteen tills charge one card at once: exactly as
// many succeed as the card can pay.
func TestOneCardManyTills(t *testing.T) {
	each(t, func(w *town) {
		const tills, each, price, value = 16, 6, 300, 10_000
		card := w.issue(Order{Count: 1, Value: value})[0]
		var paid, refused atomic.Int64
		var wg sync.WaitGroup
		for till := range tills {
			wg.Go(func() {
				for n := range each {
					switch err := w.charge(card, price, id.ID(1+till*each+n)); codeOf(err) {
					case "":
						paid.Add(1)
					case "card_too_low":
						refused.Add(1)
					default:
						w.Errorf("till %d: %v", till, err)
					}
				}
			})
		}
		wg.Wait()
		got := w.get(card)
		if paid.Load() != value/price || paid.Load()+refused.Load() != tills*each || got.Balance != value%price || got.Spent != value-value%price {
			w.Errorf("%d paid and %d refused, %d left", paid.Load(), refused.Load(), got.Balance)
		}
		w.sound()
	})
}

// TestOneSaleChargesOnce sends one sale from sixteen tills.
func TestOneSaleChargesOnce(t *testing.T) {
	each(t, func(w *town) {
		card := w.issue(Order{Count: 1, Value: 10_000})[0]
		var paid, refused atomic.Int64
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				if err := w.charge(card, 100, 7); err == nil {
					paid.Add(1)
				} else if codeOf(err) == "card_charged_already" {
					refused.Add(1)
				}
			})
		}
		wg.Wait()
		if got := w.get(card); paid.Load() != 1 || refused.Load() != 15 || got.Balance != 9_900 {
			w.Errorf("%d paid, %d refused, %d left", paid.Load(), refused.Load(), got.Balance)
		}
	})
}

// TestTheDatabaseIsTheLastLine charges a card by one sale twice behind the back
// of the room, and changes a card that somebody has loaded.
func TestTheDatabaseIsTheLastLine(t *testing.T) {
	each(t, func(w *town) {
		card := w.issue(Order{Count: 1, Value: 10_000})[0]
		w.ok(w.charge(card, 100, 7))
		err := w.on([]Key{card.Key()}, nil, func(cards map[Key]*Card) error { return cards[card.Key()].Charge(100, 7, w.clock) })
		if !db.Unique(err) {
			w.Errorf("a second charge by one sale: %v", err)
		}
		err = w.db.InTx(w.Context(), func(tx *db.Tx) error {
			cards, err := LoadCards(w.Context(), tx, []Key{card.Key()})
			if err != nil {
				return err
			}
			if _, err := tx.Exec(w.Context(), `UPDATE gift_card SET balance = balance - 1 WHERE number = $1`, card.Number); err != nil {
				return err
			}
			c := cards[card.Key()]
			if err := c.Charge(100, 8, w.clock); err != nil {
				return err
			}
			return Save(w.Context(), tx, []*Card{c})
		})
		w.refuses(err, "card_moved")
		unsound := w.on([]Key{card.Key()}, nil, func(cards map[Key]*Card) error {
			c := cards[card.Key()]
			c.Balance, c.changed = -1, true
			return nil
		})
		if unsound == nil {
			w.Error("a card below zero was saved")
		}
		if got := w.get(card).Balance; got != 9_900 {
			w.Errorf("%d are left, want 9900", got)
		}
		w.sound()
	})
}

// TestStatementsDoNotGrow counts what loading, charging and saving sends for 1
// and for 256 cards, and for none.
func TestStatementsDoNotGrow(t *testing.T) {
	each(t, func(w *town) {
		cards := w.issue(Order{Count: 256, Value: 1000})
		for _, n := range []int{0, 1, 2, 17, 256} {
			before := w.db.Statements()
			w.ok(w.on(keys(cards[:n]), []id.ID{id.ID(n + 1)}, func(loaded map[Key]*Card) error {
				for _, c := range loaded {
					if err := c.Charge(1, id.ID(n+1), w.clock); err != nil {
						return err
					}
				}
				return nil
			}))
			want := uint64(4) // cards, what sales took, entries, balances
			if n == 0 {
				want = 0
			}
			if got := w.db.Statements() - before; got != want {
				w.Errorf("%d cards: %d statements, want %d", n, got, want)
			}
		}
		w.sound()
	})
}

// TestSavingLooksCardsUp reads SQLite's plan for a whole batch: saving must not
// go through all cards there are.
func TestSavingLooksCardsUp(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t, auth.Schema, program.Schema, member.Schema, Schema))
	var changes [][]any
	for _, c := range w.issue(Order{Count: 256, Value: 1000}) {
		changes = append(changes, c.changeRow())
	}
	for _, n := range []int{1, 16, 256} {
		var args db.Args
		rows, err := w.db.Reader().Query(w.Context(), `EXPLAIN QUERY PLAN `+updating(&args, changes[:n]), args.Values()...)
		plan, err := db.Collect(rows, err, func(r *sql.Rows) (step string, err error) {
			var number, parent, unused int
			err = r.Scan(&number, &parent, &unused, &step)
			return step, err
		})
		w.ok(err)
		if said := strings.Join(plan, "\n"); strings.Contains(said, "SCAN gift_card") || !strings.Contains(said, "SEARCH gift_card USING PRIMARY KEY") {
			w.Errorf("%d cards are saved so:\n%s", n, said)
		}
	}
}

// TestSeveralCardsOfOneSale pays a sale with three cards and gives it back in
// parts, in any order.
func TestSeveralCardsOfOneSale(t *testing.T) {
	each(t, func(w *town) {
		cards := w.issue(Order{Count: 3, Value: 2000})
		const sale, unknown = 7, "00000000000000ZZ"
		ask := append(keys(cards), Key{w.programme, unknown}, cards[0].Key()) // twice, and a stranger
		w.ok(w.on(ask, []id.ID{sale}, func(loaded map[Key]*Card) error {
			if len(loaded) != 3 {
				return fmt.Errorf("%d cards are loaded", len(loaded))
			}
			for i, amount := range []int64{2000, 2000, 500} {
				if err := loaded[cards[i].Key()].Charge(amount, sale, w.clock); err != nil {
					return err
				}
			}
			return nil
		}))
		w.ok(w.refund(cards[2], 300, sale, 8))
		w.ok(w.refund(cards[0], 1999, sale, 9))
		w.ok(w.refund(cards[0], 1, sale, 10))
		w.refuses(w.refund(cards[0], 1, sale, 11), "card_refund_too_much")
		w.refuses(w.refund(cards[2], 201, sale, 12), "card_refund_too_much")
		w.refuses(w.refund(cards[1], 1, 99, 13), "card_refund_too_much")
		err := w.on(keys(cards), []id.ID{sale}, func(loaded map[Key]*Card) error {
			c := loaded[cards[1].Key()]
			if err := c.Refund(10, sale, 14, w.clock); err != nil {
				return err
			}
			return c.Refund(10, sale, 14, w.clock)
		})
		w.refuses(err, "card_refunded_already")
		for i, want := range []int64{2000, 0, 1800} {
			if got := w.get(cards[i]).Balance; got != want {
				w.Errorf("card %d has %d, want %d", i, got, want)
			}
		}
		w.sound()
		w.addsUp()
	})
}

// TestTheClockEndsCards sweeps cards of different ends, more than a page.
func TestTheClockEndsCards(t *testing.T) {
	each(t, func(w *town) {
		ctx := context.Background()
		short, long := w.issue(Order{Count: expirePage + 3, Value: 100, Months: 1}), w.issue(Order{Count: 2, Value: 100, Months: 3})
		w.issue(Order{Count: 2, Value: 100})
		w.ok(w.charge(short[0], 100, 1)) // empty: nothing to end
		w.ok(w.charge(short[1], 40, 2))
		w.ok(w.charge(short[2], 99, 3))
		w.clock = w.clock.AddDate(0, 2, 0)
		if got := w.get(short[1]); got.BalanceAt(w.clock) != 0 || got.Balance != 60 || got.StateAt(w.clock) != Expired {
			w.Errorf("before the sweep: %+v", got)
		}
		w.addsUp()
		n, err := w.Expire(ctx, w.clock)
		w.ok(err)
		if n != expirePage+2 || w.get(short[1]).Expired != 60 || w.get(short[2]).Expired != 1 || w.get(long[0]).Balance != 100 {
			w.Errorf("%d cards ended, want %d", n, expirePage+2)
		}
		moves, err := w.Movements(ctx, system, short[1].Key(), 0, 10)
		w.ok(err)
		if len(moves) != 3 || moves[0].Kind != KindExpire || !moves[0].At.Equal(short[1].Expires) || moves[0].Signed() != -60 {
			w.Errorf("movements %+v", moves)
		}
		if n, err = w.Expire(ctx, w.clock); err != nil || n != 0 {
			w.Errorf("again: %d, %v", n, err)
		}
		w.sound()
		w.addsUp()
	})
}

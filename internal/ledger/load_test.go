package ledger

import (
	"errors"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// TestStatementsDoNotGrow counts the statements of batches of purchases, returns,
// holds, captures and spends, for one account and for many.
func TestStatementsDoNotGrow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		one, many := deeds(t, d, 1000, 1), deeds(t, d, 2000, 256)
		for n, name := range []string{"first purchases", "purchases with releases", "returns", "holds", "captures and spends", "quiet"} {
			if one[n] != many[n] || one[n] == 0 {
				t.Errorf("%s: %d statements for 1 account, %d for 256", name, one[n], many[n])
			}
			t.Logf("%s: %d statements", name, one[n])
		}
		sound(t, d)
	}, Schema)
}

// deeds does the same with so many accounts, and returns the statements of each
// batch.
func deeds(t *testing.T, d *db.DB, first, accounts int) []uint64 {
	keys := make([]AccountKey, accounts)
	holds := make([]HoldKey, accounts)
	causes := make([]CauseKey, accounts)
	open := map[AccountKey]int64{}
	for n := range keys {
		member := id.ID(first + n)
		keys[n], causes[n] = AccountKey{member, 7}, CauseKey{member, member * 10}
		open[keys[n]] = 60
	}
	batch := func(need Need, do func(n int, a *Account) error) uint64 {
		before := d.Statements()
		must(t, visit(t, d, need, keys, func(m map[AccountKey]*Account) error {
			for n, k := range keys {
				m[k].Post(need.Until, Releases|Expiries)
				if err := do(n, m[k]); err != nil {
					return err
				}
			}
			return nil
		}))
		return d.Statements() - before
	}
	return []uint64{
		batch(Need{Until: at(0)}, func(n int, a *Account) error { sell(a, 0, causes[n].EventID, 100, at(14), at(60)); return nil }),
		batch(Need{Until: at(20)}, func(n int, a *Account) error { sell(a, 20, causes[n].EventID+1, 50, at(34), at(90)); return nil }),
		batch(Need{Until: at(21), Causes: causes}, func(n int, a *Account) error {
			a.Clawback(at(21), a.LotsOf(causes[n].EventID), 30, because(causes[n].EventID+2))
			return nil
		}),
		batch(Need{Until: at(22), Open: open}, func(n int, a *Account) error {
			h, err := a.Hold(at(22), 40, at(50), because(causes[n].EventID+3))
			if err == nil {
				holds[n] = HoldKey{h.MemberID, h.ID}
			}
			return err
		}),
		batch(Need{Until: at(23), Open: open, Holds: holds}, func(n int, a *Account) error {
			h, err := a.HoldByID(holds[n].ID)
			if err == nil {
				err = a.Capture(at(23), h, 25, because(causes[n].EventID+4))
			}
			if err == nil {
				err = a.Spend(at(23), 10, because(causes[n].EventID+5))
			}
			return err
		}),
		batch(Need{Until: at(24)}, func(int, *Account) error { return nil }),
	}
}

// errEnough ends a transaction that was only to look.
var errEnough = errors.New("enough seen")

// TestManyLotsAreNotLoaded has a member with thousands of lots.
func TestManyLotsAreNotLoaded(t *testing.T) {
	const each = 3000
	cases := map[string]struct {
		need Need
		most int
	}{
		"purchase":              {Need{Until: at(1)}, 0},
		"purchase with one due": {Need{Until: at(14).Add(time.Minute)}, 2},
		"return":                {Need{Until: at(1), Causes: []CauseKey{{100, 5}}}, 1},
		"return and spend":      {Need{Until: at(1), Causes: []CauseKey{{100, 5}}, Open: map[AccountKey]int64{ann: 10}}, firstLots + 1},
		"spend a little":        {Need{Until: at(1), Open: map[AccountKey]int64{ann: 640}}, firstLots},
		"spend more":            {Need{Until: at(1), Open: map[AccountKey]int64{ann: 641}}, firstLots * moreLots},
		"spend nearly all":      {Need{Until: at(1), Open: map[AccountKey]int64{ann: 10*each - 1}}, each},
		"move":                  {Need{Until: at(1), All: []AccountKey{ann}}, 2 * each},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withAnn(t, d, 0, func(a *Account) error {
			for n := range each {
				later := time.Duration(n) * time.Minute
				sell(a, 0, id.ID(n+1), 10, never, at(400).Add(later))
				sell(a, 0, id.ID(n+1+each), 10, at(14).Add(later), at(400).Add(later))
			}
			return nil
		})
		for name, c := range cases {
			err := visit(t, d, c.need, []AccountKey{ann}, func(m map[AccountKey]*Account) error {
				a := m[ann]
				if n := len(a.Lots()); n > c.most || (c.most > 0) != (n > 0) {
					t.Errorf("%s loads %d lots", name, n)
				}
				if n := c.need.Open[ann]; n > 0 {
					must(t, a.Spend(at(1), n, because(9)))
				}
				return errEnough
			})
			if !errors.Is(err, errEnough) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}, Schema)
}

// TestOpenLotsCoverTheirAsk spends more than the first lots hold, where some of
// these end before, or begin after, the moment of spending.
func TestOpenLotsCoverTheirAsk(t *testing.T) {
	cases := map[string]struct {
		odd [2]time.Time // when the one big lot begins and ends
		day int          // of spending; everything is loaded for day 5
	}{
		"one ends before":  {[2]time.Time{never, at(5)}, 5},
		"one begins after": {[2]time.Time{at(5), at(6)}, 1},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := dbtest.SQLite(t, Schema)
			withAnn(t, d, 0, func(a *Account) error {
				sell(a, 0, 1, 10_000, c.odd[0], c.odd[1])
				for n := range 3 * firstLots {
					sell(a, 0, id.ID(n+2), 10, never, at(100+n))
				}
				return nil
			})
			const most = 3 * firstLots * 10
			must(t, visit(t, d, Need{Until: at(5), Open: map[AccountKey]int64{ann: most}}, []AccountKey{ann}, func(m map[AccountKey]*Account) error {
				return m[ann].Spend(at(c.day), most, because(9))
			}))
		})
	}
}

// TestReturnsBringTheLotsThatPay returns a sale whose points are spent: so many
// others are loaded as must pay, and not one more page.
func TestReturnsBringTheLotsThatPay(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withAnn(t, d, 0, func(a *Account) error {
			sell(a, 0, 1, 700, never, at(5))
			for n := range 30 * firstLots {
				sell(a, 0, id.ID(n+2), 10, never, at(100).Add(time.Duration(n)*time.Minute))
			}
			return a.Spend(at(0), 700, because(9))
		})
		must(t, visit(t, d, Need{Until: at(1), Causes: []CauseKey{{100, 1}}}, []AccountKey{ann}, func(m map[AccountKey]*Account) error {
			if n := len(m[ann].Lots()); n != firstLots*moreLots+1 {
				t.Errorf("%d lots", n)
			}
			m[ann].Clawback(at(1), m[ann].LotsOf(1), 700, because(10))
			return nil
		}))
		lots, err := OpenLots(t.Context(), d.Reader(), ann, at(1), 1)
		if err != nil || len(lots) != 1 || lots[0].EventID != 72 {
			t.Errorf("the soonest that is left: %+v, %v", lots, err)
		}
		sound(t, d)
	}, Schema)
}

func TestMoveBackWithoutItsEntriesIsNoticed(t *testing.T) {
	d := dbtest.SQLite(t, Schema)
	both := []AccountKey{ann, {200, 7}}
	for _, need := range []Need{{All: both}, {All: both, Undo: []EntryKey{{100, 5, 0}}}, {All: both, Undo: []EntryKey{{100, 5, 0}, {200, 5, 0}}}} {
		withAnn(t, d, 0, func(a *Account) error { sell(a, 0, 1, 1, never, never); return nil })
		must(t, visit(t, d, Need{All: both}, both, func(m map[AccountKey]*Account) error {
			Move(at(0), m[both[0]], m[both[1]], because(5))
			return nil
		}))
		err := visit(t, d, need, both, func(m map[AccountKey]*Account) error {
			MoveBack(at(0), m[both[1]], m[both[0]], 5, because(6))
			return nil
		})
		if (err == nil) != (len(need.Undo) == 2) {
			t.Errorf("asked for %v: %v", need.Undo, err)
		}
	}
}

// TestLoadEndsThoughLotsAreMissing asks for points that no lot has.
func TestLoadEndsThoughLotsAreMissing(t *testing.T) {
	d := dbtest.SQLite(t, Schema)
	withAnn(t, d, 0, func(a *Account) error { sell(a, 0, 1, 10, never, never); return nil })
	must(t, d.InTx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE balance SET available = 500, earned = 500`)
		return err
	}))
	err := visit(t, d, Need{Until: at(5), Open: map[AccountKey]int64{ann: 400}}, []AccountKey{ann}, func(m map[AccountKey]*Account) error {
		return m[ann].Spend(at(5), 400, because(9))
	})
	if !errors.Is(err, errPartial) {
		t.Errorf("got %v", err)
	}
}

func TestMovedAccountIsNotDue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bob := AccountKey{200, 7}
		withAnn(t, d, 0, func(a *Account) error { sell(a, 0, 1, 10, at(3), at(9)); return nil })
		both := []AccountKey{ann, bob}
		must(t, visit(t, d, Need{Until: at(1), All: both}, both, func(m map[AccountKey]*Account) error {
			Move(at(1), m[ann], m[bob], because(2))
			return nil
		}))
		keys, err := DueAccounts(t.Context(), d.Reader(), at(90), 9)
		if err != nil || len(keys) != 1 || keys[0] != bob {
			t.Errorf("due are %v, %v", keys, err)
		}
		sound(t, d)
	}, Schema)
}

// TestNextDueIsFoundAfterPosting checks that what is due next is known though
// only what is due was loaded.
func TestNextDueIsFoundAfterPosting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		withAnn(t, d, 0, func(a *Account) error {
			sell(a, 0, 1, 10, at(3), at(50))
			sell(a, 0, 2, 10, at(5), never)
			sell(a, 0, 3, 10, never, never)
			_, err := a.Hold(at(0), 4, at(9), because(4))
			return err
		})
		for _, day := range []int{3, 5, 9, 50} {
			must(t, visit(t, d, Need{Until: at(day)}, []AccountKey{ann}, func(m map[AccountKey]*Account) error {
				if due := m[ann].NextDue(); !due.Equal(at(day)) {
					t.Errorf("day %d: due %v", day, due)
				}
				m[ann].Post(at(day), Releases|Expiries)
				return nil
			}))
		}
		keys, err := DueAccounts(t.Context(), d.Reader(), at(10_000), 10)
		must(t, err)
		if len(keys) != 0 {
			t.Errorf("still due: %v", keys)
		}
		sound(t, d)
	}, Schema)
}

func TestUndoLoadsWhatItNeeds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var clock id.ID
		withAnn(t, d, 9, func(a *Account) error {
			sell(a, 0, 1, 10, never, at(5))
			sell(a, 0, 2, 30, never, at(60))
			if err := a.Spend(at(1), 15, because(3)); err != nil {
				return err
			}
			_, err := a.Hold(at(1), 8, at(30), because(4))
			sell(a, 2, 5, 6, never, at(3))
			a.Post(at(9), Expiries)
			clock = ids(a, KindExpire)[0]
			return err
		})
		undo := func(k EntryKey, verb func(a *Account, entries []id.ID) error) {
			must(t, visit(t, d, Need{Until: at(10), Undo: []EntryKey{k}}, []AccountKey{ann}, func(m map[AccountKey]*Account) error {
				return verb(m[ann], idsOf(m[ann].under(k.EventID), func(Entry) bool { return true }))
			}))
		}
		undo(EntryKey{100, 3, 0}, func(a *Account, e []id.ID) error { return a.Refund(at(10), e, 4, because(6)) })
		undo(EntryKey{100, 3, 0}, func(a *Account, e []id.ID) error {
			if err := a.Refund(at(10), e, 12, because(7)); fault.As(err) == nil || fault.As(err).Code != "refund_too_large" {
				t.Errorf("what was refunded before is forgotten: %v", err)
			}
			return a.Refund(at(10), e, 11, because(7))
		})
		undo(EntryKey{100, 4, 0}, func(a *Account, e []id.ID) error { return a.Reverse(at(10), e, never, because(8)) })
		undo(EntryKey{100, 0, clock}, func(a *Account, e []id.ID) error {
			if len(e) != 1 {
				t.Errorf("one entry of the clock was asked for, %d came", len(e))
			}
			return a.Reverse(at(10), e, at(20), because(9))
		})
		withAnn(t, d, 10, func(a *Account) error {
			want := Balance{Earned: 46, Available: 36, Expired: 10}
			if a.Balance() != want {
				t.Errorf("in the end %v", shown(a.Balance()))
			}
			return nil
		})
		sound(t, d)
	}, Schema)
}

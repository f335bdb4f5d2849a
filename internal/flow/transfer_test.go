package flow

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
)

func (h *house) passing(number string, from, to id.ID, points int64) Transfer {
	return Transfer{ProgrammeID: h.prog.ID, From: from, To: to, WalletID: h.wallet.ID, Points: points, Source: "test", ExternalID: number}
}

func (h *house) passes(number string, from, to id.ID, points int64) Transferred {
	h.Helper()
	done, err := h.flow.Transfer(context.Background(), boss, h.passing(number, from, to, points))
	h.ok(err)
	return done
}

func (h *house) refuses(err error, code string) {
	h.Helper()
	if f := fault.As(err); f == nil || f.Code != code {
		h.Errorf("got %v, want %q", err, code)
	}
}

// pair makes two members: ann with points of two dates, bob with none.
func (h *house) pair() (ann, bob id.ID) {
	a := h.must(h.buys("a1", "ann", noon.Add(-days(100)), 60_00), h.buys("a2", "ann", noon.Add(-days(10)), 50_00), h.buys("b1", "bob", noon.Add(-days(5)), 50))
	return a[0].MemberID, a[2].MemberID
}

// TestTransfer passes on what would expire first, with its dates; the same
// again does nothing, and both timelines tell of it.
func TestTransfer(t *testing.T) {
	each(t, plan{news: true}, func(h *house) {
		ann, bob := h.pair()
		done := h.passes("1", ann, bob, 70)
		h.has(ann, "available 40, moved_out 70")
		h.has(bob, "moved_in 70, available 70")
		if len(done.Lots) != 2 || done.Lots[0].Points != 60 || done.Lots[1].Points != 10 || !done.Lots[0].Expires.Before(done.Lots[1].Expires) {
			h.Errorf("it moved %+v", done.Lots)
		}
		again := h.passes("1", ann, bob, 70)
		if !again.Repeated || again.Out != done.Out || again.Points != 70 {
			h.Errorf("told again: %+v", again)
		}
		_, err := h.flow.Transfer(context.Background(), boss, h.passing("1", ann, bob, 71))
		h.refuses(err, "other_body")
		for _, who := range []id.ID{ann, bob} {
			events, err := journal.Timeline(context.Background(), h.db.Reader(), []id.ID{who}, journal.Cursor{}, 9, journal.Transfer)
			h.ok(err)
			if len(events) != 1 {
				h.Errorf("%d transfers on a timeline", len(events))
			}
		}
		if n := len(h.rowsOf(`SELECT payload FROM job WHERE kind = 'flow.news' AND payload LIKE '%"transfer"%'`)); n != 1 {
			h.Errorf("readers were told %d times", n)
		}
		h.set(noon.Add(days(280))) // the first lot has ended by now
		h.has(bob, "moved_in 70, available 10, expired 60")
		_, err = h.flow.Sweep(context.Background(), h.now(), nil)
		h.ok(err)
		h.clean()
	})
}

// TestTransferRefuses names what is not passed on, and changes nothing then.
func TestTransferRefuses(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ann, bob := h.pair()
		before := h.story()
		ctx := context.Background()
		cases := map[string]func(*Transfer){
			"not_enough_points":    func(t *Transfer) { t.Points = 111 },
			"absurd_amount":        func(t *Transfer) { t.Points = -1 },
			"transfer_same_member": func(t *Transfer) { t.To = ann },
			"unknown_member":       func(t *Transfer) { t.To = 12345 },
			"no_such_wallet":       func(t *Transfer) { t.WalletID = 9 },
			"required":             func(t *Transfer) { t.ExternalID = " " },
			"points_used":          func(t *Transfer) { t.Lot = LotKey{1, 2} },
			"stopped": func(t *Transfer) {
				t.Within = func(context.Context, *db.Tx, Transferred) error { return fault.Refused("stopped", "no") }
			},
		}
		for code, change := range cases {
			one := h.passing("1", ann, bob, 10)
			change(&one)
			_, err := h.flow.Transfer(ctx, boss, one)
			h.refuses(err, code)
		}
		till := auth.Actor{Kind: auth.KindStaff, ID: 6, Roles: []auth.Assignment{{ProgrammeID: h.prog.ID, Role: auth.Till}}}
		_, err := h.flow.Transfer(ctx, till, h.passing("1", ann, bob, 10))
		h.refuses(err, "not_permitted")
		_, err = h.flow.UndoTransfer(ctx, till, TransferUndo{ProgrammeID: h.prog.ID})
		h.refuses(err, "not_permitted")
		if d := cmp.Diff(before, h.story()); d != "" {
			h.Errorf("refusing changed something:\n%s", d)
		}
	})
}

// TestReturnAfterTransfer leaves what a return takes back with who earned it.
func TestReturnAfterTransfer(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ann, bob := h.pair()
		h.passes("1", ann, bob, 100)
		h.must(h.whole("r", "ann", "a1", noon))
		h.has(ann, "debt 50, moved_out 100, clawed_back 60")
		h.has(bob, "moved_in 100, available 100")
		h.passes("2", bob, ann, 70) // pays what she owes
		h.has(ann, "moved_in 70, available 20, moved_out 100, clawed_back 60")
		_, err := h.flow.Transfer(context.Background(), boss, h.passing("3", ann, bob, 21))
		h.refuses(err, "not_enough_points")
		h.clean()
	})
}

// TestUndoTransfer gives back what is left, once, also after merges.
func TestUndoTransfer(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ctx := context.Background()
		ann, bob := h.pair()
		cay := h.must(h.buys("c1", "cay", noon, 1_00))[0].MemberID
		one, two := h.passes("1", ann, bob, 70), h.passes("2", ann, bob, 5)
		h.must(h.adjusts("x", "bob", noon, -30))
		_, err := h.flow.Merge(ctx, boss, h.prog.ID, cay, bob)
		h.ok(err)
		undo := func(t Transferred) (Transferred, error) {
			return h.flow.UndoTransfer(ctx, boss, TransferUndo{ProgrammeID: h.prog.ID, From: t.From, Event: t.Out, Note: "by mistake"})
		}
		back, err := undo(one)
		h.ok(err)
		if back.Points != 40 || back.From != cay || back.To != ann || back.Undoes != one.Out {
			h.Errorf("taken back: %+v", back)
		}
		_, err = undo(one)
		h.refuses(err, "transfer_undone")
		h.must(h.adjusts("y", "bob", noon, -6))
		_, err = undo(two)
		h.refuses(err, "points_used")
		h.has(ann, "moved_in 40, available 75, moved_out 75")
		h.clean()
		h.ok(h.flow.Erase(ctx, boss, h.prog.ID, ann))
		if rows := h.rowsOf(`SELECT id FROM event WHERE member_id = ` + fmt.Sprint(int64(ann)) + ` AND CAST(body AS TEXT) LIKE '%mistake%'`); len(rows) != 0 {
			h.Errorf("the note outlives the member: %v", rows)
		}
	})
}

// TestTransferOfALot passes on what is left of one lot and nothing else.
func TestTransferOfALot(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ann, bob := h.pair()
		lots, err := ledger.OpenLots(context.Background(), h.db.Reader(), ledger.AccountKey{MemberID: ann, WalletID: h.wallet.ID}, h.now(), 9)
		h.ok(err)
		one := h.passing("1", ann, bob, 0)
		one.Lot = LotKey{lots[1].EventID, lots[1].ID}
		done, err := h.flow.Transfer(context.Background(), boss, one)
		h.ok(err)
		if done.Points != 50 || len(done.Lots) != 1 {
			h.Errorf("it moved %+v", done)
		}
		h.has(ann, "available 60, moved_out 50")
		h.clean()
	})
}

// TestTransferRaces sends the last points away 32 times at once, and back and
// forth between two: no point is lost or made, and nobody waits for good.
func TestTransferRaces(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ann, bob := h.pair()
		var wait sync.WaitGroup
		var lock sync.Mutex
		moved := int64(0)
		for i := range 32 {
			wait.Go(func() {
				done, err := h.flow.Transfer(context.Background(), boss, h.passing(fmt.Sprint(i), ann, bob, 10))
				lock.Lock()
				defer lock.Unlock()
				if moved += done.Points; err != nil && fault.As(err) == nil {
					h.Errorf("transfer %d: %v", i, err)
				}
			})
		}
		wait.Wait()
		if moved != 110 {
			h.Errorf("%d points were passed on of 110", moved)
		}
		h.passes("even", bob, ann, 55)
		for i := range 32 {
			wait.Go(func() {
				one := h.passing(fmt.Sprint("x", i), ann, bob, 1)
				if i%2 == 1 {
					one.From, one.To = bob, ann
				}
				if _, err := h.flow.Transfer(context.Background(), boss, one); err != nil {
					h.Errorf("crossing transfer %d: %v", i, err)
				}
			})
		}
		wait.Wait()
		h.has(ann, "moved_in 71, available 55, moved_out 126")
		h.clean()
	})
}

// TestSameTransferAtOnce tells one transfer many times at once.
func TestSameTransferAtOnce(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ann, bob := h.pair()
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				if _, err := h.flow.Transfer(context.Background(), boss, h.passing("1", ann, bob, 10)); err != nil && !errors.Is(err, context.Canceled) {
					h.Errorf("told at once: %v", err)
				}
			})
		}
		wait.Wait()
		h.has(bob, "moved_in 10, available 10")
	})
}

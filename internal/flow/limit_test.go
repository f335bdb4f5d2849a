package flow

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/ledger"
)

// given sums up what the programme has given.
func (h *house) given() int64 {
	h.Helper()
	totals, err := ledger.Totals(context.Background(), h.db.Reader(), h.prog.ID, h.now())
	h.ok(err)
	return totals[h.wallet.ID][ledger.Earned]
}

// TestLimitsAcrossOneBatch gives within a cap and a budget to several customers
// in one request.
func TestLimitsAcrossOneBatch(t *testing.T) {
	each(t, plan{lanes: 1, spec: func(s *earn.Spec) {
		s.Caps, s.Budget = []earn.Cap{{Period: earn.Day, Points: 15}}, earn.Budget{Points: 40}
	}}, func(h *house) {
		var events []*Event
		for i := range 12 {
			events = append(events, h.buys(fmt.Sprint(i), fmt.Sprint("c", i%4), noon, 6_00))
		}
		var points []int64
		for _, a := range h.must(events...) {
			n := int64(0)
			for _, m := range a.Movements {
				n += m.Points
			}
			points = append(points, n)
		}
		if got, want := fmt.Sprint(points), "[6 6 6 6 6 6 4 0 0 0 0 0]"; got != want {
			h.Errorf("within a cap of 15 and a budget of 40 they earned %s, want %s", got, want)
		}
		if a := h.must(h.buys("l", "late", noon, 6_00))[0]; len(a.Movements) > 0 || len(a.Skipped) != 1 {
			h.Errorf("after the budget's end: %+v", a)
		}
		h.clean()
	})
}

// TestLimitsAcrossLanes lets many customers want the same budget at once: it is
// given to the last point and not one more.
func TestLimitsAcrossLanes(t *testing.T) {
	each(t, plan{lanes: 4, spec: func(s *earn.Spec) {
		s.Caps, s.Budget = []earn.Cap{{Period: earn.Day, Times: 5}}, earn.Budget{Points: 777}
	}}, func(h *house) {
		var all sync.WaitGroup
		for i := range 160 {
			all.Go(func() {
				if _, err := h.flow.TakeOne(context.Background(), h.buys(fmt.Sprint(i), fmt.Sprint("c", i%20), noon, 10_00)); err != nil {
					h.Error(err)
				}
			})
		}
		all.Wait()
		if n := h.given(); n != 777 {
			h.Errorf("of a budget of 777 points %d were given", n)
		}
		for _, row := range h.rowsOf(`SELECT COUNT(*) FROM lot GROUP BY member_id HAVING COUNT(*) > 5`) {
			h.Errorf("a customer earned %s times a day, at most 5 are allowed", row)
		}
		h.clean()
	})
}

// TestMergeAddsUpLimits makes one of two who have used their limits, and two of
// them again.
func TestMergeAddsUpLimits(t *testing.T) {
	each(t, plan{spec: func(s *earn.Spec) {
		s.Caps = []earn.Cap{{Period: earn.Year, Points: 100}, {Period: earn.Ever, Times: 20}}
	}}, func(h *house) {
		buy := func(number, who string, want int64) Answer {
			h.Helper()
			a := h.must(h.buys(number, who, noon, 1_000_00))[0]
			got := int64(0)
			for _, m := range a.Movements {
				got += m.Points
			}
			if got != want {
				h.Errorf("purchase %s earned %d, want %d", number, got, want)
			}
			return a
		}
		first := h.must(h.buys("a1", "ann", noon, 30_00), h.buys("b1", "bob", noon, 45_00), h.buys("b2", "bob", noon.Add(-days(300)), 7_00),
			h.buys("c1", "cay", noon, 10_00))
		ann, bob, cay := first[0].MemberID, first[1].MemberID, first[3].MemberID
		used := h.rowsOf(`SELECT * FROM earn_usage`)
		m, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann, bob)
		h.ok(err)
		_, err = h.flow.Unmerge(context.Background(), boss, h.prog.ID, m.ID)
		h.ok(err)
		if d := cmp.Diff(used, h.rowsOf(`SELECT * FROM earn_usage`)); d != "" {
			h.Errorf("merging and undoing it changes what was used:\n%s", d)
		}
		m, err = h.flow.Merge(context.Background(), boss, h.prog.ID, ann, bob)
		h.ok(err)
		top, err := h.flow.Merge(context.Background(), boss, h.prog.ID, cay, ann)
		h.ok(err)
		h.must(h.buys("b3", "bob", noon, 5_00))
		buy("b4", "bob", 10) // 30, 45, 10, 5 before
		buy("a2", "ann", 0)
		for _, merging := range []id.ID{top.ID, m.ID} {
			_, err = h.flow.Unmerge(context.Background(), boss, h.prog.ID, merging)
			h.ok(err)
		}
		h.clean()
		buy("a3", "ann", 70)
		buy("b5", "bob", 55)
		buy("c2", "cay", 75) // 10, and 15 while they were one
		h.clean()
	})
}

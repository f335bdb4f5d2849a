package flow

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/earn"
	"regulars/internal/fault"
	"regulars/internal/id"
)

// two makes two customers with sales, points of both kinds and a debt.
func (h *house) two() (ann, bob id.ID) {
	answers := h.must(
		h.buys("a1", "ann", noon.Add(-days(50)), 700_00, 100_00), h.adjusts("a2", "ann", noon.Add(-days(40)), 50),
		h.buys("b1", "bob", noon.Add(-days(30)), 600_00, 20_00), h.adjusts("b2", "bob", noon.Add(-days(20)), -615),
	)
	return answers[0].MemberID, answers[2].MemberID
}

// TestMerge makes one customer of two: points and sales come together, and
// what happens to the other later happens to the survivor.
func TestMerge(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ann, bob := h.two()
		m, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann, bob)
		h.ok(err)
		h.has(ann, "adjusted_up 50, moved_in 5, available 855")
		h.has(bob, "moved_out 5, adjusted_down 615")
		if r := h.rank(ann); r != "silver" {
			h.Errorf("together they are %s", r)
		}
		h.clean()
		a := h.must(h.buys("b3", "bob", noon, 100_00))[0]
		if a.MemberID != ann || a.Movements[0].Points != 125 {
			h.Errorf("a purchase of the other goes to %s: %+v", a.MemberID.In(id.Member), a.Movements)
		}
		h.must(h.returns("b4", "", "b1", noon, "a")) // of the loser's sale; its points are gone, others pay
		h.has(ann, "adjusted_up 50, moved_in 5, available 380, clawed_back 600")
		h.must(h.returns("b5", "ann", "", noon, "b")) // the latest that has any: b1, though it was the other's
		h.clean()
		if _, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann, ann); fault.As(err) == nil {
			h.Errorf("merging with oneself: %v", err)
		}
		if _, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann, 12345); fault.As(err) == nil {
			h.Errorf("merging with nobody: %v", err)
		}
		till := auth.Actor{Kind: auth.KindStaff, ID: 6, Roles: []auth.Assignment{{ProgrammeID: h.prog.ID, Role: auth.Till}}}
		if _, err := h.flow.Unmerge(context.Background(), till, h.prog.ID, m.ID); fault.As(err) == nil || fault.As(err).Code != "not_permitted" {
			h.Errorf("a till undoes a merge: %v", err)
		}
		h.clean()
	})
}

// TestRepeatedAfterMerge tells the loser's events again: they are the
// survivor's now, with what they moved then, and parted they are the loser's.
func TestRepeatedAfterMerge(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ann, bob := h.two()
		cay := h.must(h.buys("c1", "cay", noon, 7_00))[0].MemberID
		again := func(whose id.ID, available int64, rank string) {
			a := h.must(h.buys("b1", "bob", noon.Add(-days(30)), 600_00, 20_00), h.buys("c1", "cay", noon, 7_00))[0]
			if !a.Repeated || a.MemberID != whose || a.Balances[0].Available != available || a.Ranks[0].Rank != rank {
				h.Errorf("told again: %+v, of %s", a, whose.In(id.Member))
			}
			if len(a.Movements) != 1 || a.Movements[0].Points != 620 {
				h.Errorf("told again it moved %+v", a.Movements)
			}
		}
		m, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann, bob)
		h.ok(err)
		again(ann, 855, "silver")
		_, err = h.flow.Unmerge(context.Background(), boss, h.prog.ID, m.ID)
		h.ok(err)
		again(bob, 5, "regular")
		for _, pair := range [][2]id.ID{{ann, bob}, {cay, ann}} {
			_, err = h.flow.Merge(context.Background(), boss, h.prog.ID, pair[0], pair[1])
			h.ok(err)
		}
		again(cay, 862, "silver")
		h.clean()
	})
}

// TestUnmergeAtOnce leaves everything as it was, but for the trace.
func TestUnmergeAtOnce(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ann, bob := h.two()
		before := []string{h.rank(ann), h.rank(bob)}
		tallies := h.rowsOf(`SELECT * FROM sale_tally`)
		m, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann, bob)
		h.ok(err)
		_, err = h.flow.Unmerge(context.Background(), boss, h.prog.ID, m.ID)
		h.ok(err)
		h.has(ann, "adjusted_up 50, moved_in 5, available 850, moved_out 5")
		h.has(bob, "moved_in 5, available 5, moved_out 5, adjusted_down 615")
		if d := cmp.Diff(before, []string{h.rank(ann), h.rank(bob)}); d != "" {
			h.Errorf("ranks (-before +after):\n%s", d)
		}
		if d := cmp.Diff(tallies, h.rowsOf(`SELECT * FROM sale_tally`)); d != "" {
			h.Errorf("tallies (-before +after):\n%s", d)
		}
		h.clean()
		a := h.must(h.buys("b3", "bob", noon, 1_00), h.whole("b4", "bob", "b1", noon))
		if a[0].MemberID != bob || a[1].MemberID != bob {
			h.Errorf("afterwards a purchase and a return of the other go to %v", a)
		}
		if _, err := h.flow.Unmerge(context.Background(), boss, h.prog.ID, m.ID); fault.As(err) == nil {
			h.Errorf("undoing it twice: %v", err)
		}
		h.clean()
	})
}

// TestUnmergeLater undoes a merge after both went on buying and returning.
func TestUnmergeLater(t *testing.T) {
	each(t, plan{spec: func(s *earn.Spec) { s.Activation.Hours = 120 }}, func(h *house) {
		ann, bob := h.two()
		m, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann, bob)
		h.ok(err)
		h.set(noon.Add(days(10)))
		h.must(
			h.buys("a3", "ann", h.now(), 40_00), h.buys("b3", "bob", h.now(), 60_00),
			h.returns("b4", "bob", "b1", h.now(), "b"), h.returns("a4", "ann", "a1", h.now(), "b"), h.adjusts("a5", "ann", h.now(), -30),
		)
		h.clean()
		_, err = h.flow.Unmerge(context.Background(), boss, h.prog.ID, m.ID)
		h.ok(err)
		h.clean()
		h.must(h.whole("b5", "bob", "b1", h.now()), h.whole("a6", "ann", "a1", h.now()), h.buys("b6", "bob", h.now(), 1_00))
		_, err = h.flow.Sweep(context.Background(), h.now().Add(days(500)), nil)
		h.ok(err)
		h.clean()
		again, err := h.flow.Merge(context.Background(), boss, h.prog.ID, bob, ann)
		h.ok(err)
		if again.SurvivorID != bob {
			h.Errorf("the other way round the survivor is %v", again)
		}
		h.clean()
	})
}

// TestMergeOfMerged names somebody who was merged away: that is the survivor.
func TestMergeOfMerged(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ann, bob := h.two()
		cay := h.must(h.buys("c1", "cay", noon, 7_00))[0].MemberID
		_, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann, bob)
		h.ok(err)
		m, err := h.flow.Merge(context.Background(), boss, h.prog.ID, cay, bob)
		h.ok(err)
		if m.SurvivorID != cay || m.LoserID != ann {
			h.Errorf("%+v", m)
		}
		h.has(ann, "adjusted_up 50, moved_in 5, moved_out 855")
		h.has(cay, "moved_in 855, available 862")
		if _, err := h.flow.Merge(context.Background(), boss, h.prog.ID, bob, cay); fault.KindOf(err) != fault.KindConflict {
			h.Errorf("merging one with oneself under another number: %v", err)
		}
		h.clean()
	})
}

// TestUnmergeOneAfterTheOther undoes merges upon merges, the latest first, also
// after they were made the other way round: each time all is as it was.
func TestUnmergeOneAfterTheOther(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ann, bob := h.two()
		cay := h.must(h.buys("c1", "cay", noon, 7_00))[0].MemberID
		h.must(h.buys("b3", "bob", noon, 400_00)) // silver, with points from two lots
		type standing struct {
			Balances []Balance
			Ranks    []Rank
		}
		stand := func() (all []standing) {
			for _, m := range []id.ID{ann, bob, cay} {
				balances, ranks, err := h.flow.Standing(context.Background(), h.prog.ID, m)
				h.ok(err)
				all = append(all, standing{balances, ranks})
			}
			return all
		}
		var before [][]standing
		var done []id.ID
		undo := func(n int) {
			for range n {
				last := len(done) - 1
				_, err := h.flow.Unmerge(context.Background(), boss, h.prog.ID, done[last])
				h.ok(err)
				if d := cmp.Diff(before[last], stand()); d != "" {
					h.Errorf("merge %d undone (-before +after):\n%s", last+1, d)
				}
				before, done = before[:last], done[:last]
				h.clean()
			}
		}
		merge := func(survivor, loser id.ID) {
			before = append(before, stand())
			m, err := h.flow.Merge(context.Background(), boss, h.prog.ID, survivor, loser)
			h.ok(err)
			done = append(done, m.ID)
		}
		merge(ann, bob)
		merge(cay, ann)
		undo(2)
		merge(bob, ann)
		merge(cay, bob)
		undo(1)
		merge(cay, bob)
		undo(2)
	})
}

package flow

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/earn"
	"regulars/internal/id"
)

// undoing is the adjustment that takes another back.
func (h *house) undoing(number, who string, points int64, undoes id.ID) *Event {
	e := h.adjusts(number, who, h.now(), points)
	e.Payload.Adjustment.Undoes = undoes
	return e
}

// TestAdjustmentsAreTakenBack gives back what was taken by hand to the lots that
// it came from, and takes what was given, at once, later and in a past that is
// replayed.
func TestAdjustmentsAreTakenBack(t *testing.T) {
	p := plan{spec: func(s *earn.Spec) { s.Expiry = earn.Expiry{Days: 90} }}
	each(t, p, func(h *house) {
		ann := h.must(h.buys("s", "ann", noon.Add(-days(20)), 10_00), h.buys("t", "ann", noon.Add(-days(10)), 5_00))[0].MemberID
		lots := `SELECT remaining, expires FROM lot WHERE remaining > 0 ORDER BY expires`
		before := h.rowsOf(lots)
		took := h.must(h.adjusts("x", "ann", noon, -12))[0]
		h.has(ann, "available 3, adjusted_down 12")
		h.refused("undo_differs", h.undoing("u1", "ann", 11, took.EventID))
		again := h.undoing("u2", "ann", 12, took.EventID)
		h.must(again, again)
		h.has(ann, "available 15")
		if after := h.rowsOf(lots); len(after) != 2 || after[0] != before[0] || after[1] != before[1] {
			h.Errorf("the lots were %v and are %v", before, after)
		}
		h.refused("already_reversed", h.undoing("u3", "ann", 12, took.EventID))

		gave := h.must(h.adjusts("y", "ann", noon, 30))[0]
		h.has(ann, "adjusted_up 30, available 45")
		h.must(h.undoing("u4", "ann", -30, gave.EventID))
		h.has(ann, "adjusted_up 30, available 15, clawed_back 30")

		bob := h.must(h.adjusts("z", "bob", noon, 30), h.adjusts("w", "bob", noon, -20))
		h.must(h.undoing("u5", "bob", -30, bob[0].EventID))
		h.has(bob[0].MemberID, "adjusted_up 30, debt 20, adjusted_down 20, clawed_back 30")

		h.refused("no_such_adjustment", h.undoing("u6", "bob", 12, took.EventID))
		h.refused("no_such_adjustment", h.undoing("u7", "ann", -10, h.must(h.buys("s2", "ann", noon, 10_00))[0].EventID))
		h.clean()
		sim, want := h.simulate(Draft{}), h.real()
		want.Figures = sim.Now.Figures
		if d := cmp.Diff(want, sim.Now); d != "" {
			h.Errorf("the replay differs (-real +replayed):\n%s", d)
		}
	})
}

// TestTakingBackHasTheSameLimit keeps who may adjust little from taking much
// back.
func TestTakingBackHasTheSameLimit(t *testing.T) {
	each(t, plan{}, func(h *house) {
		gave := h.must(h.adjusts("x", "ann", noon, 1_001))[0]
		back := h.undoing("u", "ann", -1_001, gave.EventID)
		back.Actor = auth.Actor{Kind: auth.KindStaff, ID: 5, Roles: []auth.Assignment{{ProgrammeID: h.prog.ID, Role: auth.Agent}}}
		h.refused("over_adjust_limit", back)
		h.has(gave.MemberID, "adjusted_up 1001, available 1001")
	})
}

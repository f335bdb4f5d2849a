package flow

import (
	"testing"
	"time"

	"regulars/internal/ledger"
	"regulars/internal/sale"
)

func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }

// TestReturns brings goods back in every way and looks at what stays.
func TestReturns(t *testing.T) {
	for name, c := range map[string]struct {
		sales   [][]int64 // a day apart, the last a day ago
		returns func(h *house) []*Event
		want    string
		left    int // unmatched rows
	}{
		"cited": {
			[][]int64{{10_00, 5_00}},
			func(h *house) []*Event { return []*Event{h.returns("b1", "", "s0", noon, "a")} },
			"available 5, clawed_back 10", 0,
		},
		"by line": {
			[][]int64{{10_00, 5_00}},
			func(h *house) []*Event {
				e := h.returns("b1", "", "s0", noon, "")
				e.Payload.Return.Lines = []sale.ReturnLine{{Line: 2, Quantity: 1000}}
				return []*Event{e}
			},
			"available 10, clawed_back 5", 0,
		},
		"part of a line": {
			[][]int64{{9_99}},
			func(h *house) []*Event {
				e := h.returns("b1", "", "s0", noon, "a")
				e.Payload.Return.Lines[0].Quantity = 500
				return []*Event{e}
			},
			"available 5, clawed_back 4", 0,
		},
		"both halves": {
			[][]int64{{9_99}},
			func(h *house) []*Event {
				one, two := h.returns("b1", "", "s0", noon, "a"), h.returns("b2", "", "s0", noon, "a")
				one.Payload.Return.Lines[0].Quantity, two.Payload.Return.Lines[0].Quantity = 500, 500
				return []*Event{one, two}
			},
			"clawed_back 9", 0,
		},
		"whole": {
			[][]int64{{10_00, 5_00}},
			func(h *house) []*Event { return []*Event{h.whole("b1", "ann", "s0", noon)} },
			"clawed_back 15", 0,
		},
		"whole after a part": {
			[][]int64{{10_00, 5_00}},
			func(h *house) []*Event {
				return []*Event{h.returns("b1", "ann", "s0", noon, "b"), h.whole("b2", "ann", "s0", noon)}
			},
			"clawed_back 15", 0,
		},
		"whole twice": {
			[][]int64{{10_00, 5_00}},
			func(h *house) []*Event {
				return []*Event{h.whole("b1", "ann", "s0", noon), h.whole("b2", "ann", "s0", noon)}
			},
			"clawed_back 15", 0,
		},
		"uncited over two sales": {
			[][]int64{{10_00}, {20_00}, {40_00}},
			func(h *house) []*Event {
				e := h.returns("b1", "ann", "", noon, "a")
				e.Payload.Return.Lines[0].Quantity = 2000
				return []*Event{e}
			},
			"available 10, clawed_back 60", 0,
		},
		"uncited, more than bought": {
			[][]int64{{10_00}},
			func(h *house) []*Event {
				e := h.returns("b1", "ann", "", noon, "a", "z")
				e.Payload.Return.Lines[0].Quantity = 3000
				return []*Event{e}
			},
			"clawed_back 10", 2,
		},
		"before the sale": {
			[][]int64{{10_00}},
			func(h *house) []*Event { return []*Event{h.returns("b1", "ann", "", noon.Add(-days(9)), "a")} },
			"available 10", 1,
		},
		"a fee": {
			[][]int64{{10_00}},
			func(h *house) []*Event {
				e := h.returns("b1", "", "s0", noon, "post")
				e.Payload.Return.Lines[0].Fee = true
				return []*Event{e}
			},
			"available 10", 0,
		},
		"spent already": {
			[][]int64{{10_00}, {5_00}},
			func(h *house) []*Event {
				return []*Event{h.adjusts("x", "ann", noon, -12), h.whole("b1", "ann", "s0", noon)}
			},
			"debt 7, adjusted_down 12, clawed_back 10", 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, plan{}, func(h *house) {
				var sales []*Event
				for i, prices := range c.sales {
					sales = append(sales, h.buys("s"+string(rune('0'+i)), "ann", noon.Add(-days(len(c.sales)-i)), prices...))
				}
				m := h.must(sales...)[0].MemberID
				h.must(c.returns(h)...)
				h.has(m, c.want)
				if n := h.count("return_unmatched"); n != c.left {
					h.Errorf("%d lines were unmatched, want %d", n, c.left)
				}
				h.clean()
			})
		})
	}
}

// TestReturnTellsWhatItFound answers with what moved and what was not found.
func TestReturnTellsWhatItFound(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.must(h.buys("s", "ann", noon.Add(-days(1)), 10_00))
		a := h.must(h.returns("b", "ann", "", noon, "a", "z"))[0]
		if len(a.Movements) != 1 || a.Movements[0].Kind != "clawback" || a.Movements[0].Points != 10 {
			h.Errorf("it moved %+v", a.Movements)
		}
		if len(a.Unmatched) != 1 || a.Unmatched[0].SKU != "z" || a.Unmatched[0].Quantity != 1000 {
			h.Errorf("it did not find %+v", a.Unmatched)
		}
		if a.Balances[0].Available != 0 || a.Ranks[0].Rank != "regular" {
			h.Errorf("it leaves %+v, %+v", a.Balances, a.Ranks)
		}
	})
}

// TestDebtIsPaidFirst owes points after a return and earns again.
func TestDebtIsPaidFirst(t *testing.T) {
	each(t, plan{}, func(h *house) {
		m := h.must(h.buys("s", "ann", noon.Add(-days(1)), 10_00), h.adjusts("x", "ann", noon, -10), h.whole("b", "ann", "s", noon))[0].MemberID
		h.has(m, "debt 10, adjusted_down 10, clawed_back 10")
		h.must(h.buys("t", "ann", noon, 7_00))
		h.has(m, "debt 3, adjusted_down 10, clawed_back 10")
		h.must(h.buys("u", "ann", noon, 7_00))
		h.has(m, "available 4, adjusted_down 10, clawed_back 10")
		h.clean()
	})
}

// TestPolicies return a sale whose points are spent, under the other policies.
func TestPolicies(t *testing.T) {
	for policy, want := range map[ledger.Policy]string{
		ledger.PolicyToZero:      "adjusted_down 12, clawed_back 3",
		ledger.PolicyPendingOnly: "available 3, adjusted_down 12",
	} {
		t.Run(string(policy), func(t *testing.T) {
			each(t, plan{policy: policy}, func(h *house) {
				m := h.must(h.buys("s", "ann", noon.Add(-days(2)), 10_00), h.buys("t", "ann", noon.Add(-days(1)), 5_00), h.adjusts("x", "ann", noon, -12))[0].MemberID
				h.must(h.whole("b", "ann", "s", noon))
				h.has(m, want)
				h.clean()
			})
		})
	}
}

// TestReturnAfterExpiry takes nothing back of what has expired.
func TestReturnAfterExpiry(t *testing.T) {
	each(t, plan{}, func(h *house) {
		m := h.must(h.buys("s", "ann", noon.Add(-days(10)), 10_00, 6_00))[0].MemberID
		h.set(noon.Add(days(400)))
		h.must(h.buys("t", "ann", h.now(), 3_00))
		h.must(h.returns("b", "", "s", h.now(), "a"))
		h.has(m, "available 3, expired 16")
		h.clean()
	})
}

// TestReturnOfWhatIsNoSale is refused, whether the event was taken before, in
// this batch, or is a return itself.
func TestReturnOfWhatIsNoSale(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.must(h.event("visit", "v", "ann", noon))
		h.refused("not_a_sale", h.whole("b", "ann", "v", noon))
		results := h.take(h.event("visit", "w", "ann", noon), h.returns("c", "ann", "w", noon, "a"), h.whole("d", "ann", "w", noon), h.buys("s", "ann", noon, 1_00))
		for i, refused := range []bool{false, true, true, false} {
			if (results[i].Err != nil) != refused {
				h.Errorf("event %d: %v", i, results[i].Err)
			}
		}
		h.clean()
	})
}

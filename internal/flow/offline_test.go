package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"regulars/internal/fault"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// conflicts are what tills gave differently, as text in the order of the sales.
func (h *house) conflicts() []string {
	h.Helper()
	list, err := h.flow.Conflicts(context.Background(), boss, sale.ConflictQuery{ProgrammeID: h.prog.ID, Limit: 1000})
	h.ok(err)
	var got []string
	for _, c := range list {
		taken := "taken"
		if c.EventID == 0 {
			taken = "refused"
		}
		got = append(got, fmt.Sprintf("%s %s %s %d", c.ExternalID, taken, c.Kind, c.Amount))
	}
	slices.Sort(got)
	return got
}

// refuses makes the programme refuse what differs.
func (h *house) refusesOffline() {
	h.Helper()
	_, err := program.New(h.db).Update(context.Background(), boss, h.prog.ID, func(p *program.Programme) { p.OfflineConflicts = program.RefuseOffline })
	h.ok(err)
}

// away is a sale for £20.00 made offline: £3.00 off for a code, 500 points, £4.00
// of a card, £8.00 in money.
func (h *house) away(name, who, card string) *Event {
	due := int64(8_00)
	return h.paysWith(h.buys(name, who, noon, 20_00), Checkout{
		Offline: true, Codes: []string{"three"}, Given: []GivenCode{{"three", 3_00}}, Points: h.byPoints(500),
		GiftCards: []CardPayment{{Number: card, Amount: 4_00}}, Due: &due,
	})
}

// TestOfflineIsAccepted sells twice with what is there once. The second sale is
// taken as the till made it: of £20.00, £3.00 are honoured without counting the
// code, 100 of 500 points and £1.00 of £4.00 of the card pay, and £7.00 nobody
// pays. Its return gives back what was paid.
func TestOfflineIsAccepted(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		h.code(h.offers("Three pounds off", withCode(3_00)), "THREE", 1)
		card := h.card(5_00)
		ann := h.must(h.adjusts("gift", "ann", noon, 600))[0].MemberID
		first := h.must(h.away("s1", "ann", card))[0].Sale
		if first.Due != 8_00 || first.Short != 0 || len(first.Conflicts) != 0 {
			t.Fatalf("the first sale is %+v", first)
		}
		second := h.must(h.away("s2", "ann", card))[0].Sale
		if second.Total != 17_00 || second.Due != 8_00 || second.Short != 7_00 || len(second.Conflicts) != 3 {
			t.Errorf("the second sale is %+v", second)
		}
		h.has(ann, "adjusted_up 600, spent 600")
		if want := []string{"s2 taken card 300", "s2 taken code 300", "s2 taken points 400"}; !slices.Equal(h.conflicts(), want) {
			t.Errorf("listed are %v, want %v", h.conflicts(), want)
		}
		if again := h.must(h.away("s2", "ann", card))[0]; !again.Repeated || len(h.conflicts()) != 3 {
			t.Error("sent again it counts twice")
		}
		h.clean()
		r := h.must(h.whole("b2", "ann", "s2", noon))[0].Refund
		if r.Amount != 17_00 || r.Unpaid != 7_00 || r.Money != 8_00 || len(r.Codes) != 0 {
			t.Errorf("the refund is %+v", r)
		}
		h.has(ann, "adjusted_up 600, available 100, spent 500")
		h.clean()
	})
}

// TestOfflinePrices lists what the till took too little and too much, unknown
// cards, and a code that nobody knows.
func TestOfflinePrices(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		sells := func(name string, due int64, c Checkout) *Event {
			c.Offline, c.Due = true, &due
			return h.paysWith(h.buys(name, "ann", noon, 20_00), c)
		}
		for _, c := range []struct {
			e           *Event
			due, sh, ov int64
		}{
			{sells("a", 18_00, Checkout{}), 18_00, 2_00, 0},
			{sells("b", 21_00, Checkout{}), 20_00, 0, 1_00},
			{sells("c", 15_00, Checkout{GiftCards: []CardPayment{{Number: "7K2M-9QXT-4H8B-3WDC", Amount: 5_00}}}), 15_00, 5_00, 0},
			{sells("d", 14_00, Checkout{Codes: []string{"who"}, Given: []GivenCode{{"who", 6_00}}}), 14_00, 0, 0},
			{sells("e", 20_00, Checkout{Codes: []string{"who"}}), 20_00, 0, 0},
		} {
			n := h.must(c.e)[0].Sale
			if n.Due != c.due || n.Short != c.sh || n.Over != c.ov {
				t.Errorf("%s: due %d, short %d, over %d", c.e.ExternalID, n.Due, n.Short, n.Over)
			}
		}
		if want := []string{"a taken price 200", "b taken price -100", "c taken card 500", "d taken code 600"}; !slices.Equal(h.conflicts(), want) {
			t.Errorf("listed are %v, want %v", h.conflicts(), want)
		}
		h.refused("given_online", h.paysWith(h.buys("x", "ann", noon, 1_00), Checkout{Codes: []string{"who"}, Given: []GivenCode{{"who", 1}}}))
		h.refused("given_other_code", h.paysWith(h.buys("x", "ann", noon, 1_00), Checkout{Offline: true, Given: []GivenCode{{"who", 1}}}))
		h.clean()
	})
}

// TestOfflineIsRefused tells why, keeps a list, and takes the sale once the
// programme accepts it.
func TestOfflineIsRefused(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		h.refusesOffline()
		h.code(h.offers("Three pounds off", withCode(3_00)), "THREE", 1)
		card := h.card(9_00)
		ann := h.must(h.adjusts("gift", "ann", noon, 600))[0].MemberID
		h.must(h.away("s1", "ann", card))
		for range 2 {
			h.refused("offline_conflict", h.away("s2", "ann", card))
		}
		want := []string{"s2 refused code 300", "s2 refused points 400"}
		if !slices.Equal(h.conflicts(), want) {
			t.Errorf("listed are %v, want %v", h.conflicts(), want)
		}
		h.has(ann, "adjusted_up 600, available 100, spent 500")
		_, err := program.New(h.db).Update(context.Background(), boss, h.prog.ID, func(p *program.Programme) { p.OfflineConflicts = program.AcceptOffline })
		h.ok(err)
		h.must(h.away("s2", "ann", card))
		if got := strings.Join(h.conflicts(), ", "); strings.Contains(got, "refused") || len(h.conflicts()) != 2 {
			t.Errorf("taken, and listed are %s", got)
		}
		h.clean()
	})
}

// TestANoteOutlivesTheRefusal: what staff settled of a sale stays, though the sale is
// taken after all, with what differs then.
func TestANoteOutlivesTheRefusal(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		h.refusesOffline()
		h.code(h.offers("Three pounds off", withCode(3_00)), "THREE", 1)
		card := h.card(9_00)
		h.must(h.adjusts("gift", "ann", noon, 600))
		h.must(h.away("s1", "ann", card))
		h.refused("offline_conflict", h.away("s2", "ann", card))
		query := sale.ConflictQuery{ProgrammeID: h.prog.ID, Limit: 10}
		list, err := h.flow.Conflicts(t.Context(), boss, query)
		h.ok(err)
		settled := list[0]
		h.ok(h.flow.SettleConflict(t.Context(), boss, h.prog.ID, settled.ID, "she will pay on Monday"))
		_, err = program.New(h.db).Update(t.Context(), boss, h.prog.ID, func(p *program.Programme) { p.OfflineConflicts = program.AcceptOffline })
		h.ok(err)
		h.must(h.away("s2", "ann", card))
		one, err := h.flow.ConflictByID(t.Context(), boss, h.prog.ID, settled.ID)
		h.ok(err)
		if one.Note != "she will pay on Monday" || one.EventID != 0 {
			t.Errorf("kept is %+v", one)
		}
		all, err := h.flow.Conflicts(t.Context(), boss, query)
		h.ok(err)
		open := slices.DeleteFunc(all, func(c *sale.Conflict) bool { return c.ID == settled.ID })
		if len(open) != 2 || open[0].EventID == 0 || open[1].EventID == 0 {
			t.Errorf("beside it %+v", open)
		}
		h.clean()
	})
}

// TestConflictsAreSettled once, with a note.
func TestConflictsAreSettled(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		ctx := context.Background()
		due := int64(1_00)
		h.must(h.paysWith(h.buys("s", "ann", noon, 20_00), Checkout{Offline: true, Due: &due}))
		query := sale.ConflictQuery{ProgrammeID: h.prog.ID, Open: true, Limit: 10}
		list, err := h.flow.Conflicts(ctx, boss, query)
		h.ok(err)
		settle := func(note string) string {
			if f := fault.As(h.flow.SettleConflict(ctx, boss, h.prog.ID, list[0].ID, note)); f != nil {
				return f.Code
			}
			return ""
		}
		if settle(" ") != "conflict_note" || settle("written off") != "" || settle("again") != "conflict_settled" {
			t.Error("settling is not told apart")
		}
		if rest, err := h.flow.Conflicts(ctx, boss, query); err != nil || len(rest) != 0 {
			t.Errorf("%d are open, %v", len(rest), err)
		}
		one, err := h.flow.ConflictByID(ctx, boss, h.prog.ID, list[0].ID)
		if h.ok(err); one.Note != "written off" || one.By != boss.String() {
			t.Errorf("settled %+v", one)
		}
		exported := 0
		h.ok(h.flow.ExportProgramme(ctx, boss, h.prog.ID, func(table string, record any) error {
			if r, is := record.(ConflictRecord); is && r.Note == "written off" && r.Amount == 19_00 && table == "till_conflicts" {
				exported++
			}
			return nil
		}))
		if exported != 1 {
			t.Errorf("%d are exported", exported)
		}
		h.ok(h.flow.Erase(ctx, boss, h.prog.ID, one.MemberID))
		if one, err = h.flow.ConflictByID(ctx, boss, h.prog.ID, list[0].ID); err != nil || one.Note != "" {
			t.Errorf("erased, and the note says %q", one.Note)
		}
		h.clean()
	})
}

// worthOf is what points and cards paid.
func worthOf(n *Settlement) int64 {
	sum := int64(0)
	for _, t := range n.Tenders {
		if t.Kind != ByNobody {
			sum += t.Amount
		}
	}
	return sum
}

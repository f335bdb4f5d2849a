package flow

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/ledger"
	"regulars/internal/tier"
)

// TestMidnightOrder lets three things come due at one midnight of London: points
// that waited become usable, the sale of a year ago leaves the rank's window, and
// points end whose last day is over. On ordinary nights and beside the changes of
// the clocks nothing happens a moment before, all of it at midnight in its order,
// whenever it is looked at; and what is bought at that midnight is bought after it.
func TestMidnightOrder(t *testing.T) {
	nights := map[string]time.Time{
		"an ordinary night":        time.Date(2026, 9, 15, 0, 0, 0, 0, time.UTC),
		"before clocks go back":    time.Date(2026, 10, 25, 0, 0, 0, 0, time.UTC),
		"after a day of 25 hours":  time.Date(2026, 10, 26, 0, 0, 0, 0, time.UTC),
		"before clocks go forward": time.Date(2027, 3, 28, 0, 0, 0, 0, time.UTC),
		"after a day of 23 hours":  time.Date(2027, 3, 29, 0, 0, 0, 0, time.UTC),
	}
	for name, day := range nights {
		t.Run(name, func(t *testing.T) {
			each(t, plan{spec: func(s *earn.Spec) { s.Activation = earn.Activation{Hours: 24} }}, func(h *house) {
				y, m, d := day.Date()
				at := time.Date(y, m, d, 0, 0, 0, 0, h.prog.Zone)
				midnightComes(h, at)
			})
		})
	}
}

func midnightComes(h *house, at time.Time) {
	h.Helper()
	tells := func(e *Event) Answer {
		h.Helper()
		if e.Occurred.After(h.now()) {
			h.set(e.Occurred)
		}
		return h.must(e)[0]
	}
	zone := h.prog.Zone
	ann := tells(h.buys("dear", "ann", earn.AddMonths(at, -12, zone), 1_000_00)).MemberID
	old := h.adjusts("old", "ann", earn.AddMonths(at.Add(-12*time.Hour), -1, zone), 300) // by noon of the day before, a month ago
	old.Payload.Adjustment.ExpiresMonths = 1
	tells(old)
	tells(h.buys("new", "ann", at.Add(-24*time.Hour), 20_00)) // 25 points for silver, from midnight on
	before := at.Add(-time.Microsecond)
	h.set(before)
	h.sweeps(before)
	h.has(ann, "adjusted_up 300, pending 25, available 1300")
	if got := h.rank(ann); got != "silver" {
		h.Errorf("a moment before midnight the rank is %s", got)
	}
	h.set(at)
	h.has(ann, "adjusted_up 300, available 1025, expired 300") // also before anybody looked
	if got := h.rank(ann); got != "regular" {
		h.Errorf("at midnight the rank is %s", got)
	}
	late := h.buys("late", "ann", before, 20_00)
	now := h.buys("now", "ann", at, 20_00)
	answers := h.must(now, late)
	if first, last := answers[0].Movements[0].Points, answers[1].Movements[0].Points; first != 20 || last != 25 {
		h.Errorf("what is bought at midnight earns %d, and a moment before %d; want 20 for regular, 25 for silver", first, last)
	}
	h.set(at.AddDate(0, 0, 2))
	h.sweeps(h.now())
	h.happened(at, "release, expire, earn")
	changes, err := tier.History(context.Background(), h.db.Reader(), ann)
	h.ok(err)
	if last := changes[len(changes)-1]; !last.At.Equal(at) || last.To != "regular" {
		h.Errorf("the rank fell to %s at %s, want at %s", last.To, last.At, at)
	}
	h.clean()
}

func (h *house) sweeps(until time.Time) {
	h.Helper()
	_, err := h.flow.Sweep(context.Background(), until, nil)
	h.ok(err)
}

// happened compares what was posted for a moment, in the order in which it was.
func (h *house) happened(at time.Time, want string) {
	h.Helper()
	var posted []ledger.Entry
	h.ok(ledger.EachEntry(context.Background(), h.db.Reader(), []id.ID{h.wallet.ID}, func(e ledger.Entry) error {
		if e.Occurred.Equal(at) {
			posted = append(posted, e)
		}
		return nil
	}))
	slices.SortFunc(posted, func(a, b ledger.Entry) int { return cmp.Compare(a.ID, b.ID) })
	var kinds []string
	for _, e := range posted {
		kinds = append(kinds, e.Kind.String())
	}
	if got := strings.Join(kinds, ", "); got != want {
		h.Errorf("at %s was posted %s, want %s", at, got, want)
	}
}

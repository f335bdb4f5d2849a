package flow

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
)

// told is an event that any house can be told.
type told func(h *house) *Event

// history is a random past of a few customers over two years: sales, some told
// late, returns of every kind, some before their sale, repetitions, points by
// hand. Some of it must be refused.
func history(r *rand.Rand, n int) []told {
	var all []told
	at := noon.Add(-days(700))
	when := func() time.Time { return at.Add(-time.Duration(r.IntN(4)/3*r.IntN(90*24)) * time.Hour) }
	for i := range n {
		at = at.Add(time.Duration(r.IntN(2*700*24/n)) * time.Hour)
		who, number, t := fmt.Sprint("c", r.IntN(4)), fmt.Sprint("e", i), when()
		sold := fmt.Sprint("e", max(0, i-20+r.IntN(26))) // perhaps not yet
		sku := string(rune('a' + r.IntN(3)))
		prices := []int64{r.Int64N(900_00), r.Int64N(99), 7_77}
		points := r.Int64N(1200) - 600
		all = append(all, []told{
			func(h *house) *Event { return h.buys(number, who, t, prices...) },
			func(h *house) *Event { return h.buys(number, who, t, prices...) },
			func(h *house) *Event { return h.buys(number, who, t, prices...) },
			func(h *house) *Event { return h.buys(sold, who, t, prices...) }, // a number that may be taken
			func(h *house) *Event { return h.returns(number, "", sold, t, sku) },
			func(h *house) *Event { return h.whole(number, "", sold, t) },
			func(h *house) *Event { return h.returns(number, who, "", t, sku, "a") },
			func(h *house) *Event { return h.adjusts(number, who, t, points) },
			func(h *house) *Event { return h.event("visit", number, who, t) },
			func(h *house) *Event {
				e := h.signUp(number, who, "card of "+who)
				e.Occurred = t
				return e
			},
		}[r.IntN(10)])
		if r.IntN(8) == 0 {
			all = append(all, all[r.IntN(len(all))])
		}
	}
	return all
}

// tell tells a house the history in requests of the sizes that size gives.
func (h *house) tell(all []told, size func() int) (refused []bool) {
	h.Helper()
	for len(all) > 0 {
		part := all[:min(size(), len(all))]
		all = all[len(part):]
		var events []*Event
		for _, e := range part {
			events = append(events, e(h))
		}
		for _, r := range h.take(events...) {
			refused = append(refused, r.Err != nil)
		}
	}
	return refused
}

// story is everything that a house keeps, without identifiers.
func (h *house) story() map[string][]string {
	h.Helper()
	const whose = ` JOIN member_identity i ON i.member_id = t.member_id`
	story := map[string][]string{}
	for what, query := range map[string]string{
		"keys":   `SELECT external_id, waiting FROM event_key`,
		"events": `SELECT t.external_id, t.kind, t.occurred, t.body, i.value FROM event t` + whose,
		"people": `SELECT i.value, m.status, m.enrolled, m.created FROM member m JOIN member_identity i ON i.member_id = m.id`,
		"entries": `SELECT i.value, e.external_id, t.kind, t.from_bucket, t.to_bucket, t.amount, t.occurred FROM entry t
			LEFT JOIN event e ON e.member_id = t.member_id AND e.id = t.event_id` + whose,
		"lots": `SELECT i.value, e.external_id, t.amount, t.remaining, t.expired, t.exempt, t.clawed, t.earned, t.activates, t.expires, t.shares
			FROM lot t JOIN event e ON e.member_id = t.member_id AND e.id = t.event_id` + whose,
		"balances": `SELECT i.value, t.earned, t.debt, t.pending, t.available, t.adjusted_up, t.adjusted_down, t.expired, t.clawed_back
			FROM balance t` + whose,
		"sales":     `SELECT i.value, t.reference, t.occurred, t.goods, t.total, t.returned, t.nth FROM sale t` + whose,
		"lines":     `SELECT t.no, s.reference, t.returned_quantity, t.returned_amount FROM sale_line t JOIN sale s ON s.member_id = t.member_id AND s.id = t.sale_id`,
		"standings": `SELECT i.value, t.rank_code, t.since, t.metric FROM standing t` + whose,
		"changes":   `SELECT i.value, t.no, t.at, t.from_code, t.to_code FROM rank_change t` + whose,
		"unmatched": `SELECT i.value, t.sku, t.quantity, t.occurred FROM return_unmatched t` + whose,
	} {
		story[what] = h.rowsOf(query)
	}
	return story
}

// pair opens two houses of one kind and runs the test on both kinds.
func pair(t *testing.T, p plan, fn func(t *testing.T, one, other *house)) {
	p.lanes = 1 // so that events of different customers keep their order
	t.Run("sqlite", func(t *testing.T) {
		fn(t, furnish(t, dbtest.SQLite(t, rooms...), p), furnish(t, dbtest.SQLite(t, rooms...), p))
	})
	t.Run("postgres", func(t *testing.T) {
		fn(t, furnish(t, dbtest.Postgres(t, rooms...), p), furnish(t, dbtest.Postgres(t, rooms...), p))
	})
}

// slow makes points wait, and limits them.
func slow(s *earn.Spec) {
	s.Activation = earn.Activation{Hours: 14 * 24}
	s.Caps = []earn.Cap{{Period: earn.Week, Points: 900}}
	s.Budget = earn.Budget{Points: 30_000}
}

// TestBatchesEqualSingles tells a random history one by one, and in requests
// of random size: the same is kept and the same refused.
func TestBatchesEqualSingles(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			pair(t, plan{spec: slow}, func(t *testing.T, one, other *house) {
				r := rand.New(rand.NewPCG(seed, 1))
				all := history(r, 120)
				singly := one.tell(all, func() int { return 1 })
				together := other.tell(all, func() int { return 1 + r.IntN(60) })
				if d := cmp.Diff(singly, together); d != "" {
					t.Errorf("others are refused (-singly +together):\n%s", d)
				}
				if d := cmp.Diff(one.story(), other.story()); d != "" {
					t.Errorf("another story (-singly +together):\n%s", d)
				}
				if n := one.count("entry"); n < 50 || !slices.Contains(singly, true) {
					t.Errorf("the history is dull: %d entries", n)
				}
				one.clean()
				other.clean()
			})
		})
	}
}

// TestSweepEqualsLazyPosting tells a history in business order with and without
// sweeps at random moments, which must come to the same.
func TestSweepEqualsLazyPosting(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			pair(t, plan{spec: slow}, func(t *testing.T, swept, lazy *house) {
				r := rand.New(rand.NewPCG(seed, 2))
				at := noon.Add(-days(700))
				for i := range 60 {
					at = at.Add(time.Duration(r.IntN(20*24)) * time.Hour)
					if r.IntN(2) == 0 {
						_, err := swept.flow.Sweep(t.Context(), at.Add(-time.Second), nil)
						swept.ok(err)
					}
					number, who, price := fmt.Sprint(i), fmt.Sprint("c", r.IntN(3)), r.Int64N(2_000_00)
					kind := r.IntN(5)
					for _, h := range []*house{swept, lazy} {
						switch kind {
						case 0:
							h.take(h.returns(number, who, "", at, "a"))
						case 1:
							h.take(h.adjusts(number, who, at, -price/300))
						default:
							h.must(h.buys(number, who, at, price))
						}
					}
				}
				for _, h := range []*house{swept, lazy} {
					_, err := h.flow.Sweep(t.Context(), noon.Add(days(100)), nil)
					h.ok(err)
					h.clean()
				}
				if d := cmp.Diff(lazy.story(), swept.story()); d != "" {
					t.Errorf("another story (-lazy +swept):\n%s", d)
				}
			})
		})
	}
}

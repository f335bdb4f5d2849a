package referral

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"regulars/internal/db/dbtest"
	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/member"
)

// TestRandomTownsArePaidRightly lets people invite, buy, return, merge and wait
// as it comes. Nobody is ever paid for themselves, in a ring, or beyond the
// limit; every friend is paid for at most once; and late or repeated news change
// nothing.
func TestRandomTownsArePaidRightly(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	w := newTown(t, d)
	w.turnOn(func(s *Spec) { s.Limits = []Limit{{Times: 2, Period: earn.Ever}} })
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		people := make([]id.ID, 6)
		name := func(i int) string { return fmt.Sprintf("r%d.%d", round, i) }
		for i := range people {
			people[i] = w.joins(name(i))
		}
		paid := map[id.ID]bool{}
		for range rapid.IntRange(5, 25).Draw(rt, "steps") {
			i, k := rapid.IntRange(0, 5).Draw(rt, "one"), rapid.IntRange(0, 5).Draw(rt, "other")
			switch rapid.IntRange(0, 9).Draw(rt, "what") {
			case 0, 1, 2, 3:
				_, _ = w.claim(people[i], people[k]) // refused as often as not
			case 4, 5:
				w.buys(name(i), 25)
			case 6:
				w.returns(name(i))
			case 7:
				_, _ = w.Flow.Merge(w.Context(), boss, w.Programme.ID, people[i], people[k])
			default:
				w.later(rapid.IntRange(1, 20).Draw(rt, "days"))
				w.payAndLook(rt, people, paid)
			}
		}
		w.later(20)
		w.payAndLook(rt, people, paid)
		faults, err := w.Flow.Check(w.Context())
		if err != nil || len(faults) > 0 {
			rt.Fatalf("the check finds %v %v", faults, err)
		}
	})
}

// payAndLook pays twice and looks at what was paid now, as people are merged now.
func (w *town) payAndLook(t *rapid.T, people []id.ID, before map[id.ID]bool) {
	w.pay()
	list, err := listReferrals(w.Context(), w.DB.Reader(), Query{ProgrammeID: w.Programme.ID, State: Paid, Members: people, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	roots, err := member.Read(context.Background(), w.DB.Reader(), people)
	if err != nil {
		t.Fatal(err)
	}
	inviter, rewarded := map[id.ID]id.ID{}, map[id.ID]int{}
	for _, r := range list {
		from, to := roots[r.InviterID].ID, roots[r.FriendID].ID
		rewarded[r.InviterID] += map[bool]int{true: 1}[r.InviterOutcome == OutcomePaid]
		if !before[r.ID] {
			if from == to {
				t.Fatalf("%s was paid for themselves", from.In(id.Member))
			}
			for at, n := from, 0; inviter[at] != 0 && n < 10; at, n = inviter[at], n+1 {
				if inviter[at] == to {
					t.Fatalf("%s was paid in a ring", to.In(id.Member))
				}
			}
		}
		inviter[to] = from
		before[r.ID] = true
	}
	for m, n := range rewarded {
		if n > 2 {
			t.Fatalf("%s was rewarded %d times", m.In(id.Member), n)
		}
	}
	sum := w.awarded()
	w.pay()
	if again := w.awarded(); again != sum {
		t.Fatalf("%d awards, and %d after paying again", sum, again)
	}
}

// awarded counts the awards of all.
func (w *town) awarded() (n int64) {
	w.OK(w.DB.Reader().QueryRow(w.Context(), `SELECT COUNT(*) FROM event WHERE kind = 'award'`).Scan(&n))
	return n
}

package tier

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// moves writes the changes of rank as the oracle does.
func moves(changes []Change) []string {
	var out []string
	for _, c := range changes {
		if c.From != c.To {
			out = append(out, fmt.Sprintf("%s: %s to %s", c.At.In(london).Format(time.DateOnly), c.From, c.To))
		}
	}
	return out
}

func agree(t *rapid.T, o *oracle, a *Account) {
	s := a.Standing()
	if s.Rank != o.rank || s.Metric != o.metric() || !s.FallsAt.Equal(o.falls) || s.Hand != o.hand || s.Bought != o.bought {
		t.Fatalf("on %s: rank %s, metric %d, falls %v, hand %q; want %s, %d, %v, %q",
			midnight(o.day).Format(time.DateOnly), s.Rank, s.Metric, s.FallsAt, s.Hand, o.rank, o.metric(), o.falls, o.hand)
	}
	if what := a.fault(); what != "" {
		t.Fatalf("on %s: %s", midnight(o.day).Format(time.DateOnly), what)
	}
}

func TestAccountAgainstOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ladder := drawLadder(t)
		s := script{ladder: ladder}
		a, o := NewAccount(ladder, 7), newOracle(ladder, 0)
		if err := a.Post(midnight(0)); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 25).Draw(t, "doings") {
			d := s.draw(t)
			if err := d.carry(a); err != nil {
				t.Fatalf("%+v: %v", d, err)
			}
			o.do(d)
			agree(t, o, a)
		}
		if diff := cmp.Diff(o.moves, moves(a.Changes())); diff != "" {
			t.Fatalf("moves (-want +got):\n%s", diff)
		}
		for day, want := range o.daily {
			if got, err := a.RankAt(midnight(day)); err != nil || got != want {
				t.Fatalf("rank at %s: %s (%v), want %s", midnight(day).Format(time.DateOnly), got, err, want)
			}
		}
	})
}

package tier

import (
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
)

// TestBoughtBesideHand: what a manager gave and what the member bought hold the
// rank together, and the end of one leaves the other.
func TestBoughtBesideHand(t *testing.T) {
	a, now := NewAccount(demo(), 7), local("2011-06-01 10:00")
	month := now.AddDate(0, 1, 0)
	told(t, a.SetByHand(now, "silver", time.Time{}, "staff:stf_1", ""), a.buy(now, Purchase{Rank: "gold", Until: month}))
	if s := a.Standing(); s.Rank != "gold" || s.Hand != "silver" || s.Bought != "gold" || !a.NextDue().Equal(month) {
		t.Fatalf("both: %+v, due %s", s, a.NextDue())
	}
	told(t, a.buy(now, Purchase{Rank: "gold", Until: month.AddDate(0, 1, 0)}))
	if n := len(a.Changes()); n != 2 {
		t.Errorf("%d rows of history, want 2: what is only prolonged is not told", n)
	}
	told(t, a.Post(month.AddDate(0, 1, 0)))
	if s := a.Standing(); s.Rank != "silver" || s.Bought != "" || a.Changes()[2].Reason.Key != boughtOver {
		t.Errorf("after the end: %+v, %+v", s, a.Changes())
	}
	told(t, a.buy(month.AddDate(0, 1, 0), Purchase{Rank: "gold"}), a.TakeHandBack(month.AddDate(0, 2, 0), "staff:stf_1", ""))
	if s := a.Standing(); s.Rank != "gold" || s.Hand != "" {
		t.Errorf("without the hand: %+v", s)
	}
	told(t, a.buy(month.AddDate(0, 3, 0), Purchase{}))
	if s := a.Standing(); s.Rank != "regular" || a.fault() != "" {
		t.Errorf("with neither: %+v %s", s, a.fault())
	}
}

// TestWhatIsBoughtPassesToTheSurvivor of a merge.
func TestWhatIsBoughtPassesToTheSurvivor(t *testing.T) {
	l, now := demo(), local("2011-06-01 10:00")
	survivor, loser := NewAccount(l, 7), NewAccount(l, 8)
	told(t, survivor.buy(now, Purchase{Rank: "silver"}), loser.buy(now, Purchase{Rank: "gold", Until: now.AddDate(0, 1, 0)}), Merge(now, survivor, loser))
	if s := survivor.Standing(); s.Rank != "gold" || s.Bought != "gold" || !s.BoughtUntil.Equal(now.AddDate(0, 1, 0)) {
		t.Errorf("survivor: %+v", s)
	}
}

// TestHoldIsIdempotent: it writes what differs and nothing else.
func TestHoldIsIdempotent(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		programme, member := found(t, d), id.ID(100)
		l, now := build(t, d, programme, demo()), local("2011-06-01 10:00")
		hold := func(rank string, until time.Time) {
			told(t, d.InTx(ctx, func(tx *db.Tx) error {
				return Hold(ctx, tx, now, []Purchase{{MemberID: member, Ladder: l, Rank: rank, Until: until}})
			}))
		}
		for _, step := range []struct {
			rank, want string
			until      time.Time
			changes    int
		}{
			{"", "regular", time.Time{}, 0}, {"gold", "gold", time.Time{}, 1}, {"gold", "gold", time.Time{}, 1},
			{"gold", "gold", now.AddDate(0, 1, 0), 1}, {"", "regular", time.Time{}, 2}, {"", "regular", time.Time{}, 2},
		} {
			hold(step.rank, step.until)
			as, err := Load(ctx, d.Reader(), []Ask{{MemberID: member, Ladder: l}})
			kept, failure := History(ctx, d.Reader(), member)
			told(t, err, failure)
			if s := as[0].Standing(); s.Rank != step.want || s.Bought != step.rank || !s.BoughtUntil.Equal(step.until) || len(kept) != step.changes {
				t.Errorf("%+v: %+v with %d changes", step, s, len(kept))
			}
			clean(t, d, programme)
		}
	}, schemas...)
}

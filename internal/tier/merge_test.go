package tier

import (
	"testing"
	"time"

	"regulars/internal/id"
)

func TestMergeAndUnmerge(t *testing.T) {
	l := demo()
	now := local("2011-06-01 10:00")
	survivor, loser := NewAccount(l, 7), NewAccount(l, 8)
	told(t,
		survivor.Credit(local("2011-01-01 10:00"), local("2011-01-01 10:00"), 1, 60_000),
		loser.Credit(local("2011-02-01 10:00"), local("2011-02-01 10:00"), 2, 100_000),
		loser.Credit(local("2011-03-01 10:00"), local("2011-03-01 10:00"), 3, 350_000),
		Merge(now, survivor, loser))
	if s := survivor.Standing(); s.Rank != "gold" || s.Metric != 510_000 || !s.Since.Equal(now) {
		t.Fatalf("survivor: %+v", s)
	}
	if s := loser.Standing(); !s.Closed || s.Metric != 0 || s.Rank != "silver" || !loser.NextDue().IsZero() {
		t.Fatalf("loser: %+v, due %s", s, loser.NextDue())
	}
	if err := loser.Credit(now, now, 4, 1); err == nil {
		t.Error("a closed account was credited")
	}
	later := local("2012-02-15 10:00")
	told(t, survivor.Credit(later, later, 5, 70_000), survivor.TakeOff(later, Sold{3, local("2011-03-01 10:00")}, 6, 50_000))
	told(t, Unmerge(later, survivor, loser, []id.ID{2, 3}))
	if s := survivor.Standing(); s.Rank != "regular" || s.Metric != 70_000 {
		t.Errorf("survivor alone again: %+v", s)
	}
	if s := loser.Standing(); s.Closed || s.Rank != "silver" || s.Metric != 300_000 || !loser.NextDue().Equal(local("2012-03-01 10:00")) {
		t.Errorf("loser back: %+v, due %s", s, loser.NextDue())
	}
	if err := Unmerge(later, survivor, loser, nil); err == nil {
		t.Error("what is open was opened again")
	}
}

func TestMergeKeepsTheHigherRank(t *testing.T) {
	l := demo()
	l.Versions[0].Ranks[2].Keep = new(int64(400_000))
	now := local("2011-06-01 10:00")
	survivor, loser := NewAccount(l, 7), NewAccount(l, 8)
	told(t,
		loser.Credit(now, now, 1, 500_000), loser.TakeOff(now, Sold{1, now}, 2, 100_000),
		survivor.SetByHand(now, "silver", time.Time{}, "x", ""), loser.SetByHand(now, "gold", now.AddDate(0, 1, 0), "x", ""),
		Merge(now, survivor, loser))
	if s := survivor.Standing(); s.Rank != "gold" || s.Hand != "gold" || s.Metric != 400_000 {
		t.Errorf("survivor: %+v", s)
	}
	if what := survivor.fault() + loser.fault(); what != "" {
		t.Error(what)
	}
}

// TestUnmergeForgetsWhatWasDue reopens an account whose grace ended while it was
// closed.
func TestUnmergeForgetsWhatWasDue(t *testing.T) {
	l := demo()
	l.Versions[0].GraceDays = 10
	now, later := local("2011-06-01 10:00"), local("2011-08-01 10:00")
	survivor, loser := NewAccount(l, 7), NewAccount(l, 8)
	told(t,
		loser.Credit(now, now, 1, 500_000), loser.TakeOff(now, Sold{1, now}, 2, 100), loser.SetByHand(now, "silver", now.AddDate(0, 1, 0), "x", ""),
		Merge(now, survivor, loser))
	if s := loser.Standing(); !s.FallsAt.IsZero() {
		t.Errorf("a closed account falls: %+v", s)
	}
	told(t, Unmerge(later, survivor, loser, []id.ID{1}))
	if s := loser.Standing(); s.Rank != "gold" || !s.FallsAt.Equal(later.AddDate(0, 0, 10)) {
		t.Errorf("a new grace begins: %+v", s)
	}
}

func TestUnmergeAfterTheGuaranteeEnded(t *testing.T) {
	now, later := local("2011-06-01 10:00"), local("2011-08-01 10:00")
	survivor, loser := NewAccount(demo(), 7), NewAccount(demo(), 8)
	told(t,
		loser.SetByHand(now, "gold", now.AddDate(0, 1, 0), "x", ""), Merge(now, survivor, loser),
		Unmerge(later, survivor, loser, nil))
	if s := loser.Standing(); s.Rank != "regular" || s.Hand != "" || !s.Since.Equal(later) {
		t.Errorf("the rank ends when it is seen, not in the past: %+v", s)
	}
	if s := survivor.Standing(); s.Rank != "regular" || !s.Since.Equal(now.AddDate(0, 1, 0)) {
		t.Errorf("the survivor's ended on its day: %+v", s)
	}
}

func TestMergeNeedsAll(t *testing.T) {
	a, b := NewAccount(demo(), 7), NewAccount(demo(), 8)
	b.partial = true
	if err := Merge(local("2011-06-01 10:00"), a, b); err == nil {
		t.Error("merged what was not all loaded")
	}
}

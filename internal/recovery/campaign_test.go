package recovery

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"regulars/internal/churn"
	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/experiment"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
)

// TestSomeOfTheSilentAreAskedAndSomeHeldBack follows a campaign that gives
// points from its draft to everybody's timeline.
func TestSomeOfTheSilentAreAskedAndSomeHeldBack(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(40)
		spec := w.asks()
		spec.Gift = Gift{Kind: GiftPoints, WalletID: w.wallet().ID, Points: 301, Months: 6}
		silent := w.lists(func(q *churn.Query) { q.State = churn.Silent })
		r, err := w.Prepare(t.Context(), boss, w.Programme.ID, spec)
		w.OK(err)
		if r.State != Draft || r.Spec.Name != "Come back" || r.Seed == "" || len(r.Spec.Words) != 1 {
			t.Fatalf("the draft is %+v", r)
		}
		foretold, err := w.Preview(t.Context(), boss, w.Programme.ID, r.ID)
		w.OK(err)
		if foretold.Looked != int64(len(silent)) || foretold.Asked < 10 || foretold.Held < 10 || foretold.LeftOut() != 0 {
			t.Errorf("foretold are %+v of %d", foretold, len(silent))
		}
		r, err = w.Start(t.Context(), boss, w.Programme.ID, r.ID, 1)
		w.OK(err)
		_, err = w.Start(t.Context(), boss, w.Programme.ID, r.ID, 1)
		w.Refuses(err, "recovery_started")
		_, err = w.Rework(t.Context(), boss, w.Programme.ID, r.ID, 1, spec)
		w.Refuses(err, "recovery_started")
		w.Refuses(w.Discard(t.Context(), boss, w.Programme.ID, r.ID, 1), "recovery_started")
		o := w.carries(r)
		if o.Tally.Asked != foretold.Asked || o.Tally.Held != foretold.Held || o.Asked.Chosen != foretold.Asked || o.Held.Chosen != foretold.Held || o.Pending != 0 || o.Shown || o.Waiting != foretold.Looked {
			t.Errorf("it came to %+v", o)
		}
		if o.Given != 151*foretold.Asked || o.Cost != 0 { // 301 at half a minor unit, rounded half up
			t.Errorf("it cost %d and %d", o.Given, o.Cost)
		}
		w.carries(r)
		wanted := w.wanted()
		for _, n := range w.chosen(r) {
			want, times := []journal.Kind{journal.Award, EventAsked}, 1
			if n.Held {
				want, times = []journal.Kind{EventHeld}, 0
			}
			if got := w.told(n.MemberID); !slices.Equal(got, want) || wanted[n.MemberID] != times {
				t.Errorf("held back %t: the timeline has %v, and %d contacts", n.Held, got, wanted[n.MemberID])
			}
			if n.Held != experiment.Held(experiment.Bucket(r.Seed, "recovery", n.MemberID.In(id.Member)), 5000) {
				t.Error("the draw cannot be repeated")
			}
		}
		if int64(len(wanted)) != foretold.Asked {
			t.Errorf("%d are written to", len(wanted))
		}
	})
}

// TestWhoIsLeftOutIsCounted has one with an open complaint, one who came back
// after the look, some of the control group, and some of another campaign.
func TestWhoIsLeftOutIsCounted(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(30)
		_, err := w.cases.Begin(t.Context(), boss, w.Programme.ID, complaint.Ask{
			MemberID: w.Members["gone-3"], Kind: complaint.Complaint, Reason: "quality", Wanted: complaint.JustTelling, Source: complaint.FromAPI, Name: "one", Text: "Bitter",
		})
		w.OK(err)
		w.Bought("gone-4", 0)
		w.Take()
		_, err = program.New(w.DB).Update(t.Context(), boss, w.Programme.ID, func(p *program.Programme) { p.ControlShare = 2000 })
		w.OK(err)
		first := w.asks()
		first.Least = 10 * 100_00
		r := w.starts(first)
		o := w.carries(r)
		control, two := int64(0), int64(0)
		for _, n := range w.lists(func(q *churn.Query) { q.State, q.Least = churn.Silent, first.Least }) {
			m, err := member.Read(t.Context(), w.DB.Reader(), []id.ID{w.Members[n]})
			w.OK(err)
			if m[w.Members[n]].Bucket < 2000 {
				control++
				if n == "gone-3" || n == "gone-4" {
					two++
				}
			}
		}
		if o.Tally.Left[LeftControl] != control || o.Tally.Left[LeftWronged]+o.Tally.Left[LeftBack]+two != 2 || o.Tally.Looked != o.Tally.Asked+o.Tally.Held+o.Tally.LeftOut() {
			t.Errorf("it came to %+v, %d are in the control group", o.Tally, control)
		}
		for _, n := range w.chosen(r) {
			if n.MemberID == w.Members["gone-3"] || n.MemberID == w.Members["gone-4"] {
				t.Error("who is wronged, or back, was chosen")
			}
		}
		second := w.starts(w.asks())
		if o := w.carries(second); o.Tally.Left[LeftOther] != int64(len(w.chosen(r))) || o.Tally.Asked+o.Tally.Held == 0 {
			t.Errorf("the second came to %+v", o.Tally)
		}
		w.Set(w.Now().AddDate(0, 0, 61))
		third := w.asks()
		third.Whom, third.Ends = Aims(), w.Now().Format(time.DateOnly)
		w.looks()
		if o := w.carries(w.starts(third)); o.Tally.Left[LeftOther] != 0 {
			t.Errorf("after the window there are %+v", o.Tally)
		}
	})
}

// TestWhatCameOfItIsCompared has most of the asked come back and few of the
// others.
func TestWhatCameOfItIsCompared(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(60)
		spec := w.asks()
		spec.Gift = Gift{Kind: GiftPoints, WalletID: w.wallet().ID, Points: 200}
		r := w.starts(spec)
		w.carries(r)
		names := map[id.ID]string{}
		for name, m := range w.Members {
			names[m] = name
		}
		var asked, held, came, stayed int64
		start := w.Now()
		w.Set(w.Now().AddDate(0, 0, 59))
		for i, n := range w.chosen(r) {
			switch {
			case n.Held:
				held++
				if held%8 == 0 {
					stayed++
					w.Bought(names[n.MemberID], 20)
				}
			default:
				asked++
				if i%10 != 0 {
					came++
					w.Bought(names[n.MemberID], 30, 10)
				}
			}
		}
		w.Take()
		if o := w.came(r); o.Shown || o.Waiting != asked+held || o.NextAt.IsZero() {
			t.Errorf("within the window it says %+v", o)
		}
		w.Set(start.AddDate(0, 0, 61))
		w.Bought("gone-1", 0) // after the window
		w.Take()
		o := w.came(r)
		if o.Asked.Ripe != asked || o.Held.Ripe != held || o.Asked.Back != came || o.Held.Back != stayed || o.Asked.Goods != came*200_00 || o.Held.Goods != stayed*100_00 || o.Waiting != 0 {
			t.Fatalf("it says %+v; asked %d came %d, held %d came %d", o, asked, came, held, stayed)
		}
		each, sure := o.CostEach()
		if !o.Shown || !o.Sure() || !sure || o.Cost != asked*100 || each.Low >= each.Value || each.Value >= each.High || o.Extra.Low <= 0 {
			t.Errorf("the effect is %+v, each %+v, money %+v, cost %d", o.Share, each, o.Extra, o.Cost)
		}
		if o.State != Ended || o.EndedBy != "" {
			t.Errorf("after its day it is %s", o.State)
		}
		if _, err := w.End(t.Context(), boss, w.Programme.ID, r.ID); err == nil {
			t.Error("it can be ended again")
		}
	})
}

// TestWithoutAnEffectNoCostIsTold has nobody come back.
func TestWithoutAnEffectNoCostIsTold(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(30)
		r := w.starts(w.asks())
		w.carries(r)
		w.Set(w.Now().AddDate(0, 0, 60))
		o := w.came(r)
		if _, sure := o.CostEach(); !o.Shown || sure || o.Sure() || o.Share.Value != 0 {
			t.Errorf("the effect is %+v", o.Share)
		}
		few := *o
		few.Asked.Ripe, few.Shown = 9, false
		if _, sure := few.CostEach(); sure || !few.Few() {
			t.Error("something is told of nine")
		}
	})
}

// TestTwoProcessesAskOnce start a campaign, and do it, at the same moment.
func TestTwoProcessesAskOnce(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(40)
		spec := w.asks()
		spec.Gift = Gift{Kind: GiftPoints, WalletID: w.wallet().ID, Points: 10}
		r, err := w.Prepare(t.Context(), boss, w.Programme.ID, spec)
		w.OK(err)
		other := New(w.Config)
		var work sync.WaitGroup
		var started [3]error
		for i, s := range []*Service{w.Service, other, w.Service} {
			work.Go(func() { _, started[i] = s.Start(t.Context(), boss, w.Programme.ID, r.ID, 1) })
		}
		work.Wait()
		if n := len(slices.DeleteFunc(slices.Clone(started[:]), func(err error) bool { return err == nil })); n != 2 {
			t.Errorf("started with %v", started)
		}
		for _, s := range []*Service{w.Service, other, w.Service} {
			work.Go(func() {
				if err := w.does(s, r); err != nil {
					t.Error(err)
				}
			})
		}
		work.Wait()
		o := w.came(r)
		wanted := w.wanted()
		if o.Pending != 0 || int64(len(wanted)) != o.Tally.Asked || slices.Max(slices.Collect(maps.Values(wanted))) != 1 {
			t.Errorf("it came to %+v, contacts are %v", o, wanted)
		}
		for _, n := range w.chosen(r) {
			if got := w.told(n.MemberID); !n.Held && len(got) != 2 || n.Held && len(got) != 1 {
				t.Errorf("a timeline has %v", got)
			}
		}
	})
}

// TestWhoBecomesOneWithTheOtherGroupCountsInNeither merges an asked with one held
// back, and erases another.
func TestWhoBecomesOneWithTheOtherGroupCountsInNeither(t *testing.T) {
	each(t, func(w *town) {
		w.leaves(40)
		r := w.starts(w.asks())
		w.chooses(r)
		list := w.chosen(r)
		asked := slices.IndexFunc(list, func(n *Chosen) bool { return !n.Held })
		held := slices.IndexFunc(list, func(n *Chosen) bool { return n.Held })
		_, err := w.Flow.Merge(t.Context(), boss, w.Programme.ID, list[held].MemberID, list[asked].MemberID)
		w.OK(err)
		gone := list[len(list)-1]
		w.OK(w.Flow.Erase(t.Context(), boss, w.Programme.ID, gone.MemberID))
		o := w.carries(r)
		if o.Mixed != 1 || o.Asked.Chosen+o.Held.Chosen != int64(len(list)-2) {
			t.Errorf("it came to %+v of %d", o, len(list))
		}
		wanted := w.wanted()
		if wanted[list[held].MemberID]+wanted[list[asked].MemberID]+wanted[gone.MemberID] != 0 {
			t.Error("who was held back, or erased, is written to")
		}
		w.OK(w.DB.View(t.Context(), func(q db.Queryer) error {
			told, err := Room().Export(t.Context(), q, w.Programme.ID, []id.ID{list[held].MemberID, list[asked].MemberID})
			if n, is := told.([]ChosenRecord); !is || len(n) != 2 || n[0].Name != "Come back" {
				t.Errorf("of the two it is told %+v", told)
			}
			return err
		}))
	})
}

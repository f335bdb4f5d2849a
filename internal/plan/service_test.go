package plan

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/sale"
)

// TestAMonthlyMembership lives through joining, paying, renewing on the anchor
// day, not paying and the end.
func TestAMonthlyMembership(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		ann := w.somebody()
		v, err := w.Join(ctx, system, w.Programme.ID, ann, "club")
		w.OK(err)
		if v.State != Waiting || w.rank(ann) != "regular" || len(v.Charges) != 1 || v.Charges[0].Amount != 9_99 || v.Charges[0].State != Requested {
			t.Fatalf("before the payment: %+v %+v, %s", v.Subscription, v.Charges, w.rank(ann))
		}
		w.pays(ann)
		if v = w.last(ann); v.State != Active || w.rank(ann) != "silver" || !slices.Equal(w.tags(ann), []string{"plan:club"}) || !v.Ends.Equal(day("2026-02-28")) {
			t.Fatalf("paid: %+v, %s, %v", v.Subscription, w.rank(ann), w.tags(ann))
		}
		w.Clean()
		w.until(day("2026-02-28"))
		if v = w.last(ann); v.State != Grace || w.rank(ann) != "silver" || !v.Ends.Equal(day("2026-03-31")) {
			t.Fatalf("renewed: %+v", v.Subscription)
		}
		w.Clean()
		w.pays(ann)
		w.until(day("2026-03-31"))
		w.until(day("2026-04-14").Add(-time.Second))
		if w.rank(ann) != "silver" {
			t.Error("the rank went before the grace was over")
		}
		w.Clean()
		w.until(day("2026-04-14"))
		v = w.last(ann)
		if v.State != Ended || v.Why != EndUnpaid || !v.Ended.Equal(day("2026-04-14")) || w.rank(ann) != "regular" || len(w.tags(ann)) != 0 {
			t.Errorf("unpaid: %+v, %s, %v", v.Subscription, w.rank(ann), w.tags(ann))
		}
		var states []ChargeState
		for _, c := range v.Charges {
			states = append(states, c.State)
		}
		if diff := cmp.Diff([]ChargeState{Paid, Paid, Cancelled}, states); diff != "" {
			t.Error(diff)
		}
		if n := w.works(AwardJob, w.Award); n != 2 {
			t.Errorf("%d gifts, want a welcome and a renewal", n)
		}
		w.works(AwardJob, w.Award) // again gives nothing
		balances, _, err := w.Flow.Standing(ctx, w.Programme.ID, ann)
		if w.OK(err); balances[0].Available != 110 {
			t.Errorf("%+v", balances)
		}
		w.joins(ann, "club")
		if n := w.works(AwardJob, w.Award); n != 3 {
			t.Errorf("%d gifts altogether: a second welcome?", n)
		}
		w.Clean()
	})
}

// TestTheAnchorDayIsKept over short months and leap years.
func TestTheAnchorDayIsKept(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		yearly := w.club()
		yearly.Interval, yearly.Price = Year, 99_00
		w.sells("year", yearly)
		ann, bob := w.somebody(), w.somebody()
		w.joins(ann, "club")
		for _, want := range []string{"2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"} {
			if got := w.last(ann).Ends; !got.Equal(day(want)) {
				t.Errorf("ends %s, want %s", got, want)
			}
			w.until(day(want))
			w.pays(ann)
		}
		w.until(day("2028-02-29"))
		w.joins(bob, "year")
		for _, want := range []string{"2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"} {
			if got := w.last(bob).Ends; !got.Equal(day(want)) {
				t.Errorf("ends %s, want %s", got, want)
			}
			w.until(day(want))
			w.pays(bob)
		}
		w.Clean()
	})
}

// TestATrialIsHadOnce, also over merged profiles.
func TestATrialIsHadOnce(t *testing.T) {
	each(t, func(w *town) {
		s := w.club()
		s.TrialDays = 10
		w.sells("club", s)
		ann, twin := w.somebody(), w.somebody()
		v := w.joins(ann, "club")
		if v.State != Trial || len(v.Charges) != 0 || w.rank(ann) != "silver" || !v.Ends.Equal(day("2026-02-10")) {
			t.Fatalf("trial: %+v", v.Subscription)
		}
		w.until(day("2026-02-05"))
		if n := w.wanted("plan_renews"); n != 1 {
			t.Errorf("reminded %d times", n)
		}
		w.until(day("2026-02-10"))
		if v = w.last(ann); v.State != Grace || !v.Ends.Equal(day("2026-03-10")) || v.Charges[0].Purpose != ForRenewal {
			t.Fatalf("after the trial: %+v", v.Subscription)
		}
		v, err := w.Leave(ctx, system, w.Programme.ID, ann)
		w.OK(err)
		if v.State != Ended || v.Charges[0].State != Cancelled || v.Refund != 0 {
			t.Errorf("left unpaid: %+v", v.Subscription)
		}
		if v = w.joins(ann, "club"); v.State != Waiting {
			t.Errorf("a second trial: %+v", v.Subscription)
		}
		_, err = w.Flow.Merge(ctx, system, w.Programme.ID, twin, ann)
		w.OK(err)
		w.Clean()
		if w.rank(twin) != "silver" {
			t.Errorf("the survivor holds %s", w.rank(twin))
		}
		_, err = w.Leave(ctx, system, w.Programme.ID, twin)
		w.OK(err)
		if v, err = w.Join(ctx, system, w.Programme.ID, twin, "club"); err != nil || v.State != Waiting {
			t.Errorf("the twin's trial: %+v, %v", v.Subscription, err)
		}
	})
}

// TestLeaving within the days of withdrawal gives back; later the period runs.
func TestLeaving(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		ann, bob, cid := w.somebody(), w.somebody(), w.somebody()
		w.joins(ann, "club")
		w.joins(bob, "club")
		w.joins(cid, "club")
		w.Set(day("2026-02-07"))
		v, err := w.Leave(ctx, system, w.Programme.ID, ann)
		if w.OK(err); v.State != Ended || v.Why != EndWithdrawn || v.Refund != 9_99 || w.rank(ann) != "regular" {
			t.Errorf("unused: %+v, %d back", v.Subscription, v.Refund)
		}
		w.takes(flow.Event{Kind: journal.Purchase, Who: flow.Who{MemberID: bob}, Payload: flow.Payload{Lines: []sale.Line{{No: 1, SKU: "tea", Quantity: 1000, Amount: 5_00}}}})
		v, err = w.Leave(ctx, system, w.Programme.ID, bob)
		if w.OK(err); v.Refund != 9_99*21/28 { // 21 of 28 days are left
			t.Errorf("used: %d back", v.Refund)
		}
		c := v.Charges[0]
		c, err = w.Note(ctx, system, w.Programme.ID, c.ID, MarkRefunded, "re_1")
		if w.OK(err); c.State != Refunded {
			t.Errorf("%+v", c)
		}
		w.until(day("2026-02-20"))
		v, err = w.Leave(ctx, system, w.Programme.ID, cid)
		if w.OK(err); v.State != Left || w.rank(cid) != "silver" || v.Refund != 0 {
			t.Errorf("later: %+v", v.Subscription)
		}
		again, err := w.Leave(ctx, system, w.Programme.ID, cid)
		if w.OK(err); !again.LeftAt.Equal(v.LeftAt) {
			t.Error("left twice")
		}
		w.Clean()
		v, err = w.Join(ctx, system, w.Programme.ID, cid, "club")
		if w.OK(err); v.State != Active || !v.LeftAt.IsZero() || len(v.Charges) != 1 {
			t.Errorf("taken back: %+v", v.Subscription)
		}
		_, err = w.Leave(ctx, system, w.Programme.ID, cid)
		w.OK(err)
		w.until(day("2026-02-28"))
		if v = w.last(cid); v.State != Ended || v.Why != EndLeft || w.rank(cid) != "regular" {
			t.Errorf("at the end: %+v, %s", v.Subscription, w.rank(cid))
		}
		_, err = w.Leave(ctx, system, w.Programme.ID, cid)
		w.Refuses(err, "no_subscription")
		if n := w.wanted("plan_left"); n < 3 {
			t.Errorf("%d confirmations", n)
		}
		w.Clean()
	})
}

// TestChangingThePlan goes up when the difference is paid and down with the
// period.
func TestChangingThePlan(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		best := w.club()
		best.Price, best.Rank = 29_99, "gold"
		w.sells("best", best)
		ann := w.somebody()
		w.joins(ann, "club")
		w.until(day("2026-02-21")) // 7 of 28 days are left
		v, err := w.Change(ctx, system, w.Programme.ID, ann, "best")
		if w.OK(err); v.State != Active || w.rank(ann) != "silver" || v.Charges[1].Credit != 9_99*7/28 || v.Charges[1].Amount != 29_99-9_99*7/28 {
			t.Fatalf("asked: %+v", v.Charges[1])
		}
		w.Clean()
		w.pays(ann)
		if v = w.last(ann); w.rank(ann) != "gold" || v.Plan.Code != "best" || !v.Ends.Equal(day("2026-03-21")) || !slices.Equal(w.tags(ann), []string{"plan:best"}) {
			t.Errorf("up: %+v, %s, %v", v.Subscription, w.rank(ann), w.tags(ann))
		}
		v, err = w.Change(ctx, system, w.Programme.ID, ann, "club")
		if w.OK(err); v.Next == nil || v.Next.Code != "club" || w.rank(ann) != "gold" {
			t.Errorf("down noted: %+v", v)
		}
		w.until(day("2026-03-21"))
		if v = w.last(ann); v.Plan.Code != "club" || w.rank(ann) != "silver" || v.Charges[2].Amount != 9_99 {
			t.Errorf("down: %+v", v.Subscription)
		}
		_, err = w.Change(ctx, system, w.Programme.ID, ann, "best")
		w.Refuses(err, "subscription_unpaid")
		w.pays(ann)
		_, err = w.Change(ctx, system, w.Programme.ID, ann, "club")
		w.Refuses(err, "plan_same")
		_, err = w.Change(ctx, system, w.Programme.ID, ann, "best")
		w.OK(err)
		w.until(day("2026-04-04")) // nobody paid the difference
		if v = w.last(ann); v.State != Active || w.rank(ann) != "silver" || v.Charges[3].State != Cancelled {
			t.Errorf("not paid: %+v", v.Subscription)
		}
		c, err := w.Note(ctx, system, w.Programme.ID, v.Charges[3].ID, MarkPaid, "late")
		if w.OK(err); c.State != RefundDue || c.Refund != c.Amount {
			t.Errorf("paid too late: %+v", c)
		}
		w.Clean()
	})
}

// TestAHigherPriceIsAnnounced at least thirty days before it holds.
func TestAHigherPriceIsAnnounced(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		ann := w.somebody()
		w.joins(ann, "club")
		w.until(day("2026-02-10"))
		dearer := w.club()
		dearer.Price = 12_99
		_, err := w.SaveDraft(ctx, system, w.Programme.ID, "club", dearer)
		w.OK(err)
		_, err = w.Publish(ctx, system, w.Programme.ID, "club")
		w.OK(err)
		w.until(day("2026-02-11"))
		w.until(day("2026-02-12"))
		if n := w.wanted("plan_price"); n != 1 {
			t.Errorf("announced %d times", n)
		}
		for _, step := range []struct {
			until string
			price int64
		}{{"2026-02-28", 9_99}, {"2026-03-31", 12_99}, {"2026-04-30", 12_99}} {
			w.until(day(step.until))
			w.pays(ann)
			if got := w.last(ann).Price; got != step.price {
				t.Errorf("from %s it costs %d, want %d", step.until, got, step.price)
			}
		}
		_, err = w.SaveDraft(ctx, system, w.Programme.ID, "club", w.club())
		w.OK(err)
		_, err = w.Publish(ctx, system, w.Programme.ID, "club")
		w.OK(err)
		w.until(day("2026-05-31"))
		if got := w.last(ann).Price; got != 9_99 {
			t.Errorf("a lower price waits: %d", got)
		}
		w.Clean()
	})
}

// TestCatchingUp charges each missed period once.
func TestCatchingUp(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		ann := w.somebody()
		w.joins(ann, "club")
		w.until(day("2026-05-10"))
		n, err := w.Sweep(ctx)
		if w.OK(err); n != 0 {
			t.Errorf("a second sweep found %d", n)
		}
		v := w.last(ann)
		if v.State != Grace || len(v.Periods) != 4 || len(v.Charges) != 4 || w.rank(ann) != "silver" {
			t.Fatalf("%+v %d periods %d charges", v.Subscription, len(v.Periods), len(v.Charges))
		}
		w.Clean()
		w.pays(ann)
		if v = w.last(ann); v.State != Active {
			t.Errorf("all paid: %+v", v.Subscription)
		}
		w.Clean()
	})
}

// TestErasure ends what there is and forgets whose payment it was.
func TestErasure(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		ann := w.somebody()
		w.joins(ann, "club")
		c, err := w.Note(ctx, system, w.Programme.ID, w.last(ann).Charges[0].ID, MarkPaid, "")
		w.OK(err)
		w.OK(w.noteRequest(ctx, c, Receipt{"MARKER"}))
		w.until(day("2026-02-28"))
		kept, err := Room().Export(ctx, w.DB.Reader(), w.Programme.ID, []id.ID{ann})
		if list, is := kept.([]subscriptionRecord); err != nil || !is || len(list[0].Charges) != 2 {
			t.Errorf("export: %+v, %v", kept, err)
		}
		w.OK(w.Flow.Erase(ctx, system, w.Programme.ID, ann))
		v := w.last(ann)
		if v.State != Ended || v.Why != EndErased || v.Charges[1].State != Cancelled || v.Charges[0].Reference != "" {
			t.Errorf("erased: %+v %+v", v.Subscription, v.Charges[0])
		}
		_, err = w.Join(ctx, system, w.Programme.ID, ann, "club")
		w.Refuses(err, "member_erased")
		w.Clean()
		tables := map[string]int{}
		w.OK(Room().Dump(ctx, w.DB.Reader(), w.Programme.ID, func(table string, _ any) error { tables[table]++; return nil }))
		if diff := cmp.Diff(map[string]int{"plans": 1, "subscriptions": 1, "plan_periods": 2, "charges": 2}, tables); diff != "" {
			t.Error(diff)
		}
	})
}

// TestMendAfterParting: a rank that was bought goes back to whose it is.
func TestMendAfterParting(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		ann, twin := w.somebody(), w.somebody()
		w.joins(ann, "club")
		m, err := w.Flow.Merge(ctx, system, w.Programme.ID, twin, ann)
		w.OK(err)
		w.Clean()
		found, err := Current(ctx, w.DB.Reader(), w.Programme.ID, []id.ID{twin})
		if w.OK(err); found[twin].State != Active || found[twin].Names["en"] != "Tea Club" {
			t.Errorf("current: %+v", found)
		}
		_, err = w.Flow.Unmerge(ctx, system, w.Programme.ID, m.ID)
		w.OK(err)
		w.OK(w.Mend(ctx))
		if w.rank(twin) != "regular" || w.rank(ann) != "silver" {
			t.Errorf("twin %s, ann %s", w.rank(twin), w.rank(ann))
		}
		w.Clean()
	})
}

// TestAFailedPaymentIsTold to the member once, while it can still be made.
func TestAFailedPaymentIsTold(t *testing.T) {
	each(t, func(w *town) {
		w.sells("club", w.club())
		ann := w.somebody()
		v, err := w.Join(ctx, system, w.Programme.ID, ann, "club")
		w.OK(err)
		c := v.Charges[0]
		for range 2 {
			_, err = w.Note(ctx, system, w.Programme.ID, c.ID, MarkFailed, "")
			w.OK(err)
		}
		if n := w.wanted("plan_failed"); n != 1 {
			t.Errorf("told %d times", n)
		}
		w.pays(ann)
		if v := w.last(ann); v.State != Active {
			t.Errorf("paid after all: %+v", v.Subscription)
		}
		w.Clean()
	})
}

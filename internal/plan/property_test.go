package plan

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/id"
)

// TestAnyHistory: whatever members do and however long nobody sweeps, periods
// tile, each is charged once, the money adds up, benefits are held exactly while
// the plan is in force, and nobody has two trials.
func TestAnyHistory(t *testing.T) {
	each(t, func(w *town) {
		club, best, year := w.club(), w.club(), w.club()
		club.TrialDays = 7
		best.Price, best.Rank, best.GraceDays = 29_99, "gold", 5
		year.Price, year.Interval, year.GraceDays = 120_00, Year, 27
		for code, s := range map[string]Spec{"club": club, "best": best, "year": year} {
			w.sells(code, s)
		}
		rapid.Check(t, func(r *rapid.T) {
			m := w.somebody()
			for range rapid.IntRange(3, 14).Draw(r, "steps") {
				w.step(r, m)
				w.holdsTrue(r, m)
			}
		})
		w.Clean()
	})
}

func (w *town) step(r *rapid.T, m id.ID) {
	plan := rapid.SampledFrom([]string{"club", "best", "year"}).Draw(r, "plan")
	switch rapid.SampledFrom([]string{"join", "join", "pay", "pay", "fail", "leave", "change", "refund", "day", "weeks", "downtime"}).Draw(r, "step") {
	case "join":
		_, err := w.Join(ctx, system, w.Programme.ID, m, plan)
		mayRefuse(r, err, "subscription_live")
	case "leave":
		_, err := w.Leave(ctx, system, w.Programme.ID, m)
		mayRefuse(r, err, "no_subscription")
	case "change":
		_, err := w.Change(ctx, system, w.Programme.ID, m, plan)
		mayRefuse(r, err, "no_subscription", "plan_same", "subscription_left", "subscription_unpaid")
	case "pay":
		w.marks(r, m, MarkPaid)
	case "fail":
		w.marks(r, m, MarkFailed)
	case "refund":
		w.marks(r, m, MarkRefunded)
	case "day":
		w.until(w.Now().Add(time.Duration(rapid.IntRange(1, 40).Draw(r, "hours")) * time.Hour))
	case "weeks":
		w.until(w.Now().AddDate(0, 0, rapid.IntRange(3, 31).Draw(r, "days")))
	case "downtime":
		w.until(w.Now().AddDate(0, rapid.IntRange(1, 5).Draw(r, "months"), 0))
	}
}

// marks notes the same of one of the member's charges, twice.
func (w *town) marks(r *rapid.T, m id.ID, mark Mark) {
	charges := w.last(m).Charges
	if len(charges) == 0 {
		return
	}
	c := rapid.SampledFrom(charges).Draw(r, "charge")
	for range 2 {
		_, err := w.Note(ctx, system, w.Programme.ID, c.ID, mark, "")
		mayRefuse(r, err, "charge_paid", "no_refund_due")
	}
}

func mayRefuse(r *rapid.T, err error, codes ...string) {
	if err == nil {
		return
	}
	for _, code := range codes {
		if f := as(err); f == code {
			return
		}
	}
	r.Fatalf("refused: %v", err)
}

func (w *town) holdsTrue(r *rapid.T, m id.ID) {
	list, err := w.Of(ctx, system, w.Programme.ID, m)
	w.OK(err)
	trials, rank, live := 0, "regular", 0
	for _, v := range list {
		if v.State != Ended {
			live++
		}
		if v.State.InForce() {
			rank = v.Plan.Version(v.Version).Rank
		}
		if len(v.Periods) > 0 && v.Periods[0].Trial {
			trials++
		}
		v.tiles(r)
		v.adds(r)
	}
	if trials > 1 || live > 1 {
		r.Fatalf("%d trials, %d live subscriptions", trials, live)
	}
	w.listsOpen(r, m, list)
	if got := w.rank(m); got != rank {
		r.Fatalf("the rank is %s, want %s: %+v", got, rank, list[0].Subscription)
	}
}

// listsOpen holds the list of open charges against what each charge says of itself.
func (w *town) listsOpen(r *rapid.T, m id.ID, list []View) {
	listed, err := w.Charges(ctx, system, Query{ProgrammeID: w.Programme.ID, Open: true, Limit: 1_000_000})
	w.OK(err)
	open := map[id.ID]bool{}
	for _, c := range listed {
		if c.MemberID == m {
			open[c.ID] = true
		}
	}
	for _, v := range list {
		for _, c := range v.Charges {
			if open[c.ID] != c.open() {
				r.Fatalf("listed as open %v: %+v", open[c.ID], c)
			}
			delete(open, c.ID)
		}
	}
	if len(open) > 0 {
		r.Fatalf("open charges of nobody: %v", open)
	}
}

func (v *View) tiles(r *rapid.T) {
	for i, p := range v.Periods {
		if p.No != i+1 || p.Ends.Before(p.Begins) || i > 0 && !v.Periods[i-1].Ends.Equal(p.Begins) {
			r.Fatalf("periods %+v", v.Periods)
		}
	}
	if n := len(v.Periods); n > 0 && (!v.Periods[n-1].Ends.Equal(v.Ends) || v.State == Ended && !v.Ended.Equal(v.Ends)) {
		r.Fatalf("the last period %+v of %+v", v.Periods[n-1], v.Subscription)
	}
}

func (v *View) adds(r *rapid.T) {
	byPeriod, taken, back := map[int]*Charge{}, int64(0), int64(0)
	for _, c := range v.Charges {
		taken, back = taken+c.taken(), back+c.Refund
		if c.Refund > c.taken() {
			r.Fatalf("more goes back than was paid: %+v", c)
		}
		if c.Void {
			if c.taken() != c.Refund {
				r.Fatalf("a cancelled charge keeps money: %+v", c)
			}
			continue
		}
		if byPeriod[c.No] != nil {
			r.Fatalf("two charges for period %d", c.No)
		}
		byPeriod[c.No] = c
	}
	credits := int64(0)
	for _, p := range v.Periods {
		c := byPeriod[p.No]
		switch {
		case p.Trial:
		case c == nil && v.State != Ended: // what ended unpaid has only a cancelled one
			r.Fatalf("period %d without a charge", p.No)
		case c != nil && c.Amount+c.Credit != p.Price:
			r.Fatalf("period %d costs %d, charged %d and credited %d", p.No, p.Price, c.Amount, c.Credit)
		case c != nil:
			credits += c.Credit
		}
	}
	if back > taken || credits > taken {
		r.Fatalf("paid %d, back %d, credited %d", taken, back, credits)
	}
}

package flow

import (
	"context"
	"testing"
	"time"

	"regulars/internal/earn"
	"regulars/internal/program"
)

// TestLateEvents tells of sales long after them: the rules and the rank of then
// decide, and the points run from then.
func TestLateEvents(t *testing.T) {
	each(t, plan{}, func(h *house) {
		m := h.must(h.buys("1", "ann", noon.Add(-days(100)), 1_200_00))[0].MemberID // regular before, silver after
		spec := h.spec()
		spec.Effects[0].Points = 10
		_, err := h.rules().SaveDraft(context.Background(), boss, h.prog.ID, h.rule.Rule.ID, spec)
		h.ok(err)
		_, err = h.rules().Publish(context.Background(), boss, h.prog.ID, h.rule.Rule.ID, time.Time{})
		h.ok(err)
		for number, c := range map[string]struct {
			at   time.Time
			want int64
		}{
			"now":         {noon, 1250},                      // the new rule, silver
			"yesterday":   {noon.Add(-days(1)), 125},         // the old rule, silver
			"before":      {noon.Add(-days(101)), 100},       // the old rule, no rank yet
			"expired":     {noon.Add(-days(500)), 100},       // given and gone
			"at the sale": {noon.Add(-days(100)), 100 + 25},  // after it in order
			"just before": {noon.Add(-days(100) - 1e9), 100}, //
		} {
			a := h.must(h.buys(number, "ann", c.at, 100_00))[0]
			if len(a.Movements) == 0 || a.Movements[0].Points != c.want {
				h.Errorf("%s: it moved %+v, want %d", number, a.Movements, c.want)
			}
		}
		h.has(m, "available 2900, expired 100")
		_, err = h.flow.Sweep(context.Background(), noon, nil)
		h.ok(err)
		h.has(m, "available 2900, expired 100")
		h.clean()
	})
}

// TestRankBeforeTheSale lets the sale that brings a rank earn without it.
func TestRankBeforeTheSale(t *testing.T) {
	each(t, plan{}, func(h *house) {
		answers := h.must(h.buys("1", "ann", noon.Add(-days(3)), 6_000_00), h.buys("2", "ann", noon.Add(-days(2)), 100_00),
			h.whole("3", "ann", "1", noon.Add(-days(1))), h.buys("4", "ann", noon, 100_00))
		for i, want := range []int64{6000, 150, 6000, 100} {
			if got := answers[i].Movements[0].Points; got != want {
				h.Errorf("event %d moved %d points, want %d", i, got, want)
			}
		}
		if answers[0].Ranks[0].Rank != "gold" || answers[3].Ranks[0].Rank != "regular" {
			h.Errorf("ranks are %v and %v", answers[0].Ranks, answers[3].Ranks)
		}
		h.clean()
	})
}

// TestEnrolment asks who earns, by the programme's setting.
func TestEnrolment(t *testing.T) {
	earns := func(h *house, e *Event) int64 {
		h.Helper()
		a := h.must(e)[0]
		if len(a.Movements) == 0 {
			return 0
		}
		return a.Movements[0].Points
	}
	want := func(h *house, what string, want, got int64) {
		h.Helper()
		if want != got {
			h.Errorf("%s earned %d, want %d", what, got, want)
		}
	}
	t.Run("automatic", func(t *testing.T) {
		each(t, plan{}, func(h *house) {
			want(h, "a guest", 0, earns(h, h.buys("1", "", noon, 10_00)))
			want(h, "a named customer", 10, earns(h, h.buys("2", "ann", noon, 10_00)))
			want(h, "a late sale", 10, earns(h, h.buys("3", "ann", noon.Add(-days(3)), 10_00)))
		})
	})
	t.Run("on request", func(t *testing.T) {
		each(t, plan{enrolment: program.OnRequest}, func(h *house) {
			want(h, "a known customer", 0, earns(h, h.buys("1", "ann", noon.Add(-days(9)), 10_00)))
			asks := h.buys("2", "ann", noon.Add(-days(5)), 10_00)
			asks.Who.Enrol = true
			want(h, "who asks at the till", 10, earns(h, asks))
			want(h, "who has asked", 10, earns(h, h.buys("3", "ann", noon, 10_00)))
			want(h, "a late sale from before", 0, earns(h, h.buys("4", "ann", noon.Add(-days(6)), 10_00)))
			want(h, "a late sale from after", 10, earns(h, h.buys("5", "ann", noon.Add(-days(4)), 10_00)))
			h.must(h.event("sign_up", "6", "bob", noon))
			want(h, "who signed up", 10, earns(h, h.buys("7", "bob", noon, 10_00)))
			if sim := h.simulate(Draft{}); sim.Now.Issued != h.real().Issued {
				h.Errorf("replayed, %d points are issued, truly %d", sim.Now.Issued, h.real().Issued)
			}
			h.clean()
		})
	})
}

// TestBirthdays come once a year for each who joined, 29 February on the last
// of the month where there is none, whatever is changed meanwhile.
func TestBirthdays(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		h.addRule("birthday", earn.Birthday, earn.Spec{WalletID: h.wallet.ID, Effects: []earn.Effect{{Kind: earn.Fixed, Points: 7}}})
		born := func(number, who string, day, month int) *Event {
			e := h.event("sign_up", number, who, time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC))
			e.Who.Profile = &Profile{BirthDay: day, BirthMonth: month, BirthYear: 1992}
			return e
		}
		leap := h.must(born("1", "leap", 29, 2))[0].MemberID
		june := h.must(born("2", "june", 2, 6))[0].MemberID
		look := func(year int, month time.Month, day int, wantLeap, wantJune string) {
			h.Helper()
			h.set(time.Date(year, month, day, 12, 0, 0, 0, time.UTC))
			for range 2 {
				h.ok(h.flow.Birthdays(context.Background()))
			}
			h.has(leap, wantLeap)
			h.has(june, wantJune)
		}
		look(2027, 2, 27, "", "")
		look(2027, 2, 28, "available 7", "")
		look(2027, 3, 1, "available 7", "")
		look(2027, 6, 1, "available 7", "")
		look(2027, 6, 5, "available 7", "available 7") // the server was away
		look(2028, 2, 28, "available 7", "available 7")
		look(2028, 2, 29, "available 14", "available 7")
		look(2028, 3, 1, "available 14", "available 7")
		look(2028, 7, 1, "available 14", "available 7") // away for too long
		h.clean()
	})
}

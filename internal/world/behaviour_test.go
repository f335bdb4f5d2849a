package world

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"regulars/internal/basket"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/partner"
	"regulars/internal/returns"
	"regulars/internal/survey"
)

// TestSimulatedBehaviour stands on top of the real sales: those are as they are
// without it, every part of the programme is seen at work, all of it adds up,
// and a second run changes nothing.
func TestSimulatedBehaviour(t *testing.T) {
	const invoices = 6000
	lone := dbtest.SQLite(t, rooms...)
	alone := run(t, demoOn(t, lone, invoices))
	real := realSales(t, lone)
	var before *Heard // of the other database: what is drawn does not depend on it
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		demo := demoOn(t, d, invoices)
		demo.RealOnly = false
		s := run(t, demo)
		if alone.Simulated != nil || s.Simulated == nil {
			t.Fatalf("alone %v, with it %v", alone.Simulated, s.Simulated)
		}
		if d := cmp.Diff(real, realSales(t, d)); d != "" {
			t.Errorf("real sales have changed:\n%s", d)
		}
		c := s.Codes
		if c.Issued != codesMade || c.Cancelled != codesVoid || c.Redeemed < codesShown*9/10 || c.Redeemed > codesShown || c.Redeemed+c.Expired+c.Cancelled != codesMade {
			t.Errorf("codes %+v", c)
		}
		g := s.GiftCards
		if g.IssuedMinor != cardsSold*cardValue || g.SpentMinor == 0 || g.IssuedMinor-g.SpentMinor != g.BalanceMinor {
			t.Errorf("gift cards %+v", g)
		}
		if s.RewardsRedeemed < 10 || s.ReferralsPaid < friends/2 || s.ReferralsPaid > friends || !s.SettlementsBalanced {
			t.Errorf("rewards %d, referrals %d, settlements %v", s.RewardsRedeemed, s.ReferralsPaid, s.SettlementsBalanced)
		}
		checkSettled(t, demo)
		p := s.Points
		if in, out := p.Issued+p.Debt, p.Available+p.Pending+p.Held+p.Spent+p.Expired+p.ClawedBack; in != out || p.Spent == 0 {
			t.Errorf("%d points came in and %d are somewhere: %+v", in, out, p)
		}
		checkHeard(t, &s.Heard)
		checkBack(t, demo)
		checkLooked(t, demo, &s.Looked)
		checkFelt(t, demo)
		checkLeft(t, demo)
		if before != nil {
			if d := cmp.Diff(*before, s.Heard, cmpopts.EquateApprox(0, 1e-9)); d != "" {
				t.Errorf("two databases differ:\n%s", d)
			}
		}
		before = &s.Heard
		again := run(t, demo)
		again.Seconds, again.EventsPerSecond = s.Seconds, s.EventsPerSecond
		if !again.AlreadyThere {
			t.Error("the second run did something")
		}
		again.AlreadyThere = false
		if d := cmp.Diff(s, again); d != "" {
			t.Errorf("the second run differs:\n%s", d)
		}
	}, rooms...)
}

// checkSettled: the month that is over is closed, the other is open, and neither
// is empty.
func checkSettled(t *testing.T, demo *Demo) {
	t.Helper()
	all, err := demo.Programmes.List(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	partners := partner.New(demo.DB, demo.Auth, func() time.Time { return AsOf })
	list, err := partners.List(t.Context(), actor, all[0].ID)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d partners, %v", len(list), err)
	}
	for month, number := range map[partner.Month]int64{201111: 1, 201112: 0} {
		s, err := partners.Statement(t.Context(), actor, all[0].ID, list[0].ID, month)
		if err != nil || s.Number != number || len(s.Lines) < cafeGuests/4 {
			t.Errorf("the statement of %s has number %d and %d lines, %v", month, s.Number, len(s.Lines), err)
		}
	}
}

// checkHeard holds what customers said against what the behaviour declares.
func checkHeard(t *testing.T, h *Heard) {
	t.Helper()
	n := h.NPS
	if n.Respondents < 20 || n.Score == nil || n.Weighted == nil || n.BoundLow == nil {
		t.Fatalf("the survey has %+v", n)
	}
	inOrder := *n.BoundLow <= *n.Score && *n.Low <= *n.Score && *n.Score <= *n.High && *n.Score <= *n.BoundHigh && *n.BoundHigh <= 100 && *n.BoundLow >= -100
	if !inOrder || *n.BoundHigh-*n.BoundLow < 50 || *n.EffectiveN > float64(n.Respondents) {
		t.Errorf("NPS %v from %v to %v, bounds %v to %v, %v effective answers of %d", *n.Score, *n.Low, *n.High, *n.BoundLow, *n.BoundHigh, *n.EffectiveN, n.Respondents)
	}
	if i := h.SupportIndex; i.Lower <= 0 || i.Lower >= i.Upper || i.Upper > 0.5 {
		t.Errorf("Support Index %+v", i)
	}
	if c := h.Cases; c.Opened < 10 || c.Solved < c.Opened/3 || c.Solved >= c.Opened || c.MedianHours < 1 || c.CompensatedPoints < 100 {
		t.Errorf("cases %+v", c)
	}
	if p := h.Promises; p.Made < 100 || p.Kept < p.Made*7/10 || p.Broken < p.Made/30 || p.Kept+p.Broken != p.Made {
		t.Errorf("promises %+v", p)
	}
}

// checkLeft holds what the page of left baskets shows against what the behaviour
// declares, and that all of it is labelled.
func checkLeft(t *testing.T, demo *Demo) {
	t.Helper()
	all, err := demo.Programmes.List(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	room := basket.New(basket.Config{DB: demo.DB, Flow: demo.Flow, Now: func() time.Time { return AsOf.AddDate(0, 0, 10) }})
	r, err := room.Report(t.Context(), actor, all[0].ID, opens.AddDate(0, 0, -6), AsOf)
	if err != nil {
		t.Fatal(err)
	}
	back, response := &r.Back, r.Response()
	switch {
	case r.Left != visitorsLeft+buyersLeft+othersLeft || back.Known != buyersLeft+othersLeft || back.Waiting != 0:
		t.Errorf("left %d, known %d, waiting %d", r.Left, back.Known, back.Waiting)
	case back.N < buyersLeft || back.Grew.Of+back.Same.Of != back.Of || !back.Compared() || back.Difference.Value > 0:
		t.Errorf("back %+v", back)
	case !response.Shown() || response.Share().Value < 0.2 || response.Share().Value > 0.5 || len(r.Reasons) < 8:
		t.Errorf("%d of %d answered, for %d reasons", response.N, response.Of, len(r.Reasons))
	case len(r.Parts) != 3 || r.Parts[2].Hidden != r.Parts[2].N() || r.Parts[1].Hidden != 0 || !r.Price.Grown().Shown():
		t.Errorf("parts %+v", r.Parts)
	}
	list, err := room.List(t.Context(), actor, basket.Query{ProgrammeID: all[0].ID})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range list {
		if n.Source != simulated || n.Channel != simulated || n.Reason != "" && n.Words != simulated {
			t.Errorf("%v is not labelled", n.Left)
		}
	}
}

// checkFelt holds what the page of feelings and that of what asking does show: a
// labelled survey, places with answers enough and too few, those that nobody
// knows, and two groups that chance alone parted.
func checkFelt(t *testing.T, demo *Demo) {
	t.Helper()
	all, err := demo.Programmes.List(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	p := all[0].ID
	surveys := survey.New(demo.DB, demo.Flow, func() time.Time { return AsOf })
	list, err := surveys.List(t.Context(), actor, p)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(n survey.Survey) bool { return n.Kind == survey.Felt })
	if i < 0 || !strings.Contains(list[i].Name("ru"), simulated) {
		t.Fatalf("no labelled survey of feelings is among %d", len(list))
	}
	r, err := surveys.Results(t.Context(), actor, p, list[i].ID)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[survey.Touchpoint]bool{}
	for _, at := range r.Emotions[0].Touchpoints {
		shown[at.Touchpoint] = at.Balance.Shown
	}
	want := map[survey.Touchpoint]bool{survey.InShop: true, survey.InParcel: true, survey.OnSite: true, survey.ByPhone: true, survey.AtEvent: false, "": true}
	if d := cmp.Diff(want, shown); d != "" || r.Emotions[0].Unknown != 20 || !r.Emotions[0].Balance.Shown || !r.Figures.Response.Shown {
		t.Errorf("feelings come to %+v:\n%s", r.Emotions[0], d)
	}
	e, err := surveys.Effect(t.Context(), actor, p, list[i].ID)
	if err != nil {
		t.Fatal(err)
	}
	if !e.Difference.Shown || e.Never < e.Asked/10 || e.Never > e.Asked/2 || e.AskedAgain == 0 || e.NeverAgain == 0 || !e.From.Equal(feelsAt) {
		t.Errorf("what asking does is %+v", e)
	}
	if share, err := surveys.NeverShare(t.Context(), actor, p); err != nil || share != 0 {
		t.Errorf("%d of 10,000 are held out of what is asked now, %v", share, err)
	}
}

// realSales are the real sales by their events: how much, and what came back.
func realSales(t *testing.T, d *db.DB) []string {
	t.Helper()
	return slices.DeleteFunc(rowsOf(t, d, `SELECT e.source, e.external_id, s.goods, s.returned FROM sale s JOIN event e ON e.member_id = s.member_id AND e.id = s.id`),
		func(row string) bool { return strings.HasPrefix(row, simulated+"|") })
}

// checkBack holds what is asked on the page of returns: at several steps, labelled,
// and without a booking in any sale.
func checkBack(t *testing.T, demo *Demo) {
	t.Helper()
	all, err := demo.Programmes.List(t.Context(), actor)
	if err != nil {
		t.Fatal(err)
	}
	list, err := returns.New(returns.Config{DB: demo.DB}).List(t.Context(), actor, returns.Query{ProgrammeID: all[0].ID, Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	states := map[returns.State]bool{}
	for _, r := range list {
		states[r.State] = true
		if r.EventID != 0 || !strings.Contains(r.Items[0].Comment, simulated) || !strings.Contains(r.Items[0].Rule, simulated) {
			t.Errorf("%s is booked or not labelled: %+v", r.Number(), r)
		}
	}
	if len(list) < 5 || len(states) < 3 {
		t.Errorf("%d returns at the steps %v", len(list), states)
	}
}

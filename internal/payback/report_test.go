package payback

import (
	"fmt"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
	"regulars/internal/flow/flowtest"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/ledger"
	"regulars/internal/reward"
	"regulars/internal/sale"
)

func at(month time.Month, day, hour int) time.Time {
	return time.Date(2026, month, day, hour, 0, 0, 0, time.UTC)
}

// town is a programme whose points are worth a penny each, a mug, and a charity.
type town struct {
	*flowtest.Town
	wallet     ledger.Wallet
	mug, trees reward.Reward
	n          int
}

func each(t *testing.T, fn func(w *town)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := &town{Town: flowtest.New(t, d, flowtest.Plan{Start: at(6, 1, 0)})}
		w.wallet = w.AddWallet()
		w.mug = w.offers(reward.Spec{Name: "Mug", Kind: reward.KindGoods, Points: 300, Money: 2_00})
		w.trees = w.offers(reward.Spec{Name: "Trees", Kind: reward.KindDonation, Partner: "Woods", Points: 100, Gives: 1_00})
		fn(w)
	}, flowtest.Schemas()...)
}

func (w *town) offers(s reward.Spec) reward.Reward {
	w.Helper()
	s.WalletID = w.wallet.ID
	c := reward.New(w.DB, w.Now, flow.RewardTerms)
	r, err := c.Create(w.Context(), flowtest.Boss, w.Programme.ID, s)
	w.OK(err)
	r, err = c.Publish(w.Context(), flowtest.Boss, w.Programme.ID, r.ID)
	w.OK(err)
	return r
}

func (w *town) take(kind journal.Kind, who string, when time.Time, p flow.Payload) flow.Answer {
	w.Helper()
	w.n++
	a, err := w.Flow.TakeOne(w.Context(), &flow.Event{
		ProgrammeID: w.Programme.ID, Source: "till", ExternalID: fmt.Sprint(w.n), Kind: kind, Occurred: when, Who: flowtest.Named(who), Payload: p, Actor: flowtest.Boss,
	})
	w.OK(err)
	return a
}

// buys spends an amount, of which points pay their part, and returns the number of
// the sale.
func (w *town) buys(who string, when time.Time, amount, points int64) string {
	w.Helper()
	c := &flow.Checkout{}
	if points > 0 {
		c.Points = []flow.PointsPayment{{WalletID: w.wallet.ID, Points: points}}
	}
	w.take(journal.Purchase, who, when, flow.Payload{Lines: []sale.Line{{SKU: "tea", Quantity: 1000, Amount: amount}}, Checkout: c})
	return fmt.Sprint(w.n)
}

func (w *town) gives(who string, when time.Time, points int64, months int) {
	w.Helper()
	w.take(journal.Adjustment, who, when, flow.Payload{Adjustment: &flow.Adjustment{WalletID: w.wallet.ID, Points: points, Reason: "as agreed", ExpiresMonths: months}})
}

func (w *town) redeems(who string, when time.Time, r reward.Reward) id.ID {
	w.Helper()
	return w.take(journal.Redemption, who, when, flow.Payload{Redemption: &flow.Redemption{RewardID: r.ID}}).Redemption.ID
}

// march asks about that month, thirty days after.
func (w *town) march(now time.Time) *Report {
	w.Helper()
	var r *Report
	w.OK(w.DB.View(w.Context(), func(q db.Queryer) (err error) {
		r, err = Find(w.Context(), q, Query{
			ProgrammeID: w.Programme.ID, Wallet: w.wallet, From: at(3, 1, 0), Until: at(4, 1, 0), Days: 30, Now: now, Zone: time.UTC,
		})
		return err
	}))
	return r
}

// TestWhatIsSpentBack is reckoned by hand. Ann is given 1,000 points and Bob 400,
// which expire. Ann takes a mug for 300 on 2 March, gives 100 to the trees, pays with
// 200 on the 10th, and loses 50 by hand; Bob's mug is taken back. So of 1,400 points
// 600 are spent, 400 expired, 50 gone otherwise, 350 open: 42.86 % and 28.57 %.
//
// Her mug and payment cost £5.00; the trees are not for her. On 2 March she paid
// £2.00 for the mug and £5.00 beside it. Until 1 April she paid £18.00 of £20.00 on the
// 10th and £3.00 on the last day, £21.00 in all: £4.20 for each pound. What she brought
// back and what she bought a day later do not count. In the 31 days since she first
// bought she had spent £10.00: for 30 days that is £9.68.
func TestWhatIsSpentBack(t *testing.T) {
	each(t, func(w *town) {
		w.buys("ann", at(1, 30, 12), 10_00, 0)
		w.gives("ann", at(3, 1, 9), 1000, 0)
		w.gives("bob", at(3, 1, 9), 400, 1)
		w.redeems("ann", at(3, 2, 12), w.mug)
		w.buys("ann", at(3, 2, 13), 5_00, 0)
		w.redeems("ann", at(3, 5, 12), w.trees)
		undone := w.redeems("bob", at(3, 6, 12), w.mug)
		w.take(journal.RedemptionUndo, "bob", at(3, 6, 13), flow.Payload{Undo: &flow.Undo{RedemptionID: undone}})
		w.buys("ann", at(3, 10, 12), 20_00, 200)
		back := w.buys("ann", at(3, 15, 12), 8_00, 100)
		w.take(journal.Return, "ann", at(3, 16, 12), flow.Payload{Return: &flow.Return{SaleReference: back, Whole: true}})
		w.buys("ann", at(4, 1, 12), 3_00, 0)
		w.buys("ann", at(4, 2, 9), 50_00, 0)
		w.gives("ann", at(4, 3, 9), -50, 0)

		r := w.march(at(6, 1, 0))
		if want := (Given{Points: 1400, Spent: 600, Expired: 400, Open: 350, Other: 50}); r.Given != want || r.Given.Rate() != 42_86 || r.Given.Breakage() != 28_57 {
			t.Errorf("given %+v, want %+v", r.Given, want)
		}
		if want := (Redeemed{Rewards: 300, Donated: 100, Paid: 200}); r.Redeemed != want || r.Redeemed.Points() != 600 {
			t.Errorf("redeemed %+v, want %+v", r.Redeemed, want)
		}
		if want := (Return{People: 1, Cost: 5_00, Visit: 7_00, After: 21_00, Usual: 9_68}); r.Return != want || r.Return.PerCost() != 42_000 || r.Return.UsualPerCost() != 19_360 {
			t.Errorf("spent back %+v, want %+v", r.Return, want)
		}
		if early := w.march(at(4, 1, 12)).Return; early.People != 0 || early.Recent != 1 || early.Cost != 0 {
			t.Errorf("before the days are over: %+v", early)
		}
	})
}

// TestOthersDidNotRedeem sets 12 who took a mug and spent £9 or £11 after beside 24
// like them who did not and spent £4 or £6: £10 and £5 on average. Who redeemed later is
// on neither side.
func TestOthersDidNotRedeem(t *testing.T) {
	each(t, func(w *town) {
		for i := range 40 {
			who := fmt.Sprint("who", i)
			w.buys(who, at(2, 20, 12), 10_00, 0)
			spent := int64(4_00 + i%2*2_00)
			switch {
			case i < 12:
				spent += 5_00
				w.gives(who, at(3, 1, 9), 300, 0)
				w.redeems(who, at(3, 2, 12), w.mug)
			case i >= 36:
				w.gives(who, at(3, 1, 9), 300, 0)
				w.redeems(who, at(4, 20, 12), w.mug)
			}
			w.buys(who, at(3, 10, 12), spent, 0)
		}
		r := w.march(at(6, 1, 0)).Return
		if r.People != 12 || r.After != 120_00 || r.Compared != 12 || r.Others != 24 || r.AfterMean != 10_00 || r.OthersMean != 5_00 {
			t.Errorf("it is %+v", r)
		}
		if d := r.Difference; d.Value != 5_00 || d.Low < 4_00 || d.High > 6_00 || !r.Shown() || !r.Few() {
			t.Errorf("they differ by %+v", d)
		}
	})
}

// TestNobodyRedeemed has nothing to divide by.
func TestNobodyRedeemed(t *testing.T) {
	each(t, func(w *town) {
		if r := w.march(at(6, 1, 0)); *r != (Report{}) || r.Given.Rate() != 0 || r.Return.PerCost() != 0 || r.Return.Shown() {
			t.Errorf("it is %+v", r)
		}
		for _, ask := range []Query{{Days: 0, From: at(1, 1, 0), Until: at(2, 1, 0)}, {Days: MaxDays + 1, From: at(1, 1, 0), Until: at(2, 1, 0)}} {
			_, err := Find(w.Context(), w.DB.Reader(), ask)
			w.Refuses(err, "payback_days")
		}
		_, err := Find(w.Context(), w.DB.Reader(), Query{Days: 1, From: at(2, 1, 0), Until: at(2, 1, 0)})
		w.Refuses(err, "period_backwards")
	})
}

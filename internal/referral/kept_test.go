package referral

import (
	"testing"
)

// TestAPurchaseThatIsKeptTakesThePlaceOfOneThatCameBack: the first kept purchase
// counts, with a return window of its own, and once.
func TestAPurchaseThatIsKeptTakesThePlaceOfOneThatCameBack(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		ann, bob := w.joins("ann"), w.joins("bob")
		r := w.one(ann, bob)
		w.buys("bob", 30)
		first := w.get(r)
		w.later(2)
		w.returns("bob")
		w.later(3)
		w.buys("bob", 25)
		w.later(9)
		w.pay()
		if second := w.get(r); second.State != Bought || second.SaleID == first.SaleID || second.Reason != "" || !second.Closed.IsZero() {
			t.Errorf("after the first window it is %+v", second)
		}
		w.has(ann, 0)
		w.later(5)
		w.pay()
		w.is(r, Paid, "")
		w.has(ann, 500)
		w.has(bob, 100)
		w.Clean()
	})
}

// TestAPurchaseThatIsKeptLaterCounts: nothing was kept when the window ended, and
// something is months later; unless somebody else brought the friend meanwhile.
func TestAPurchaseThatIsKeptLaterCounts(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(func(s *Spec) { s.NewOnly = false })
		ann, bob, cay, dan := w.joins("ann"), w.joins("bob"), w.joins("cay"), w.joins("dan")
		one, two := w.one(ann, bob), w.one(ann, cay)
		for _, who := range []string{"bob", "cay"} {
			w.buys(who, 30)
			w.returns(who)
		}
		w.later(14)
		w.pay()
		w.is(one, Refused, returnedCode)
		w.is(two, Refused, returnedCode)
		other := w.one(dan, cay)
		w.later(60)
		w.buys("bob", 19) // less than the terms ask
		w.is(one, Refused, returnedCode)
		w.buys("bob", 20)
		w.buys("cay", 20)
		w.is(one, Bought, "")
		w.is(two, Refused, returnedCode)
		w.is(other, Bought, "")
		w.later(14)
		w.pay()
		w.is(one, Paid, "")
		w.is(other, Paid, "")
		w.has(ann, 500)
		w.has(dan, 500)
		w.Clean()
	})
}

// TestTheFriendOfWhoWasErasedIsPaid: that the inviter left is no fault of theirs.
func TestTheFriendOfWhoWasErasedIsPaid(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		ann, bob := w.joins("ann"), w.joins("bob")
		r := w.one(ann, bob)
		w.buys("bob", 30)
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, ann))
		w.later(14)
		w.pay()
		if r = w.get(r); r.State != Paid || r.InviterOutcome != goneCode || r.FriendOutcome != OutcomePaid {
			t.Errorf("the referral of who was erased is %+v", r)
		}
		w.has(ann, 0)
		w.has(bob, 100)
		w.Clean()
	})
}

// TestTheFriendWhoWasErasedIsNotPaidFor: nobody can look any more whether they
// were two people.
func TestTheFriendWhoWasErasedIsNotPaidFor(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		ann, bob := w.joins("ann"), w.joins("bob")
		r := w.one(ann, bob)
		w.buys("bob", 30)
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, bob))
		w.later(14)
		w.pay()
		w.is(r, Refused, "referral_friend_gone")
		w.has(ann, 0)
		w.Clean()
	})
}

// TestTheFactorCountsFriendsWhoBought: who turned out to be one person is none.
func TestTheFactorCountsFriendsWhoBought(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		ann := w.joins("ann", "device", "d-100")
		for i := range 10 {
			who := string(rune('a' + i))
			w.one(ann, w.joins(who))
			if i < 6 {
				w.buys(who, 30, "device", []string{"d-100", "d-200"}[min(i, 1)])
			}
		}
		w.later(14)
		w.pay()
		all, err := w.Results(w.Context(), boss, w.Programme.ID)
		w.OK(err)
		// Five of ten friends bought; eleven have joined: 5 ÷ 11.
		if k, told := all.Factor(); !told || k != 455 || all.All.Bought != 5 || all.All.Refused != 1 || all.All.Paid != 5 {
			t.Errorf("the factor is %d of %+v", k, all.All)
		}
	})
}

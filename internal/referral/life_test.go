package referral

import (
	"fmt"
	"sync"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/earn"
	"regulars/internal/id"
)

func TestAFriendIsBroughtAndBothAreRewarded(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		ann := w.joins("ann")
		bob := w.joins("bob", "referral", " "+ShowCode(w.codeOf(ann)))
		r := w.one(ann, bob) // told again by another way: the same
		w.is(r, Recorded, "")
		if r.Source != FromEvent {
			t.Errorf("it came from %q", r.Source)
		}
		w.buys("bob", 19)
		w.is(r, Recorded, "")
		w.buys("bob", 20)
		w.is(r, Bought, "")
		w.later(13)
		w.pay()
		w.is(r, Bought, "")
		w.later(1)
		w.pay()
		w.pay()
		w.is(r, Paid, "")
		w.has(ann, 500)
		w.has(bob, 100)
		w.returns("bob") // after the window: theirs
		w.pay()
		w.has(bob, 100)
		w.Clean()
	})
}

func TestAPurchaseMayCarryTheCode(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		ann := w.joins("ann")
		w.buys("bob", 5)
		bob := w.buys("bob", 30, "referral", w.codeOf(ann)) // bought before
		cay := w.buys("cay", 30, "referral", w.codeOf(ann))
		if list, err := w.List(w.Context(), boss, Query{ProgrammeID: w.Programme.ID, Members: []id.ID{bob}, Limit: 9}); err != nil || len(list) != 0 {
			t.Errorf("bob was brought: %v %v", list, err)
		}
		w.is(w.one(ann, cay), Bought, "")
		w.later(20)
		w.pay()
		r := w.get(w.one(ann, cay))
		if r.State != Paid || r.InviterOutcome != OutcomePaid || r.FriendOutcome != "not_enrolled" {
			t.Errorf("cay, who never joined: %+v", r)
		}
		w.has(ann, 500)
		w.has(cay, 0)
		w.Clean()
	})
}

func TestReferralIsPaidAfterTheReturnWindow(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		ann := w.joins("ann")
		r := w.one(ann, w.joins("bob"))
		w.buys("bob", 30)
		w.later(2)
		w.returns("bob")
		w.later(30)
		w.pay()
		w.is(r, Refused, returnedCode)
		w.has(ann, 0)
		_, err := w.Allow(w.Context(), boss, w.Programme.ID, r.ID, "they bought it again")
		w.OK(err)
		w.is(r, Recorded, "")
		w.buys("bob", 25)
		w.later(14)
		w.pay()
		w.is(r, Paid, "")
		w.Clean()
	})
}

func TestReferralIsNeverOfOneselfAndOnceAFriend(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		ann := w.joins("ann", "device", "d-100", "address", "1 High Street", "card", "4242", "email", "ann.a+x@gmail.com", "phone", "+44 7700 900001")
		for i, c := range []struct{ attribute, value, code string }{
			{"device", "D100", "referral_same_device"}, {"address", "1, high-street", "referral_same_address"}, {"card", "4242", "referral_same_card"},
			{"email", "anna@gmail.com", "referral_same_email"}, {"phone", "447700900001", "referral_same_phone"},
		} {
			r := w.one(ann, w.joins(fmt.Sprint("f", i), c.attribute, c.value))
			w.is(r, Refused, c.code)
		}
		w.is(w.one(ann, ann), Refused, selfCode)
		bob, cay := w.joins("bob"), w.joins("cay")
		w.is(w.one(ann, bob), Recorded, "")
		w.is(w.one(bob, cay), Recorded, "")
		w.is(w.one(cay, ann), Refused, ringCode)
		_, err := w.claim(cay, bob)
		w.Refuses(err, secondCode)
		_, err = w.Record(w.Context(), boss, Claim{ProgrammeID: w.Programme.ID, Code: "00000000A", FriendID: bob})
		w.Refuses(err, "malformed_referral_code")
		_, err = w.Record(w.Context(), boss, Claim{ProgrammeID: w.Programme.ID, Code: newCode(), FriendID: bob})
		w.Refuses(err, "unknown_referral_code")
		dan := w.joins("dan")
		code := w.codeOf(dan)
		w.OK(w.Flow.Erase(w.Context(), boss, w.Programme.ID, dan))
		_, err = w.Record(w.Context(), boss, Claim{ProgrammeID: w.Programme.ID, Code: code, FriendID: w.joins("eve")})
		w.Refuses(err, "unknown_referral_code")
		w.Clean()
	})
}

func TestStaffDecide(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		ann, bob := w.joins("ann", "address", "1 High Street"), w.joins("bob", "address", "1 high street")
		r := w.one(ann, bob)
		w.is(r, Refused, "referral_same_address")
		_, err := w.Allow(w.Context(), boss, w.Programme.ID, r.ID, "")
		w.Refuses(err, "referral_reason")
		_, err = w.Allow(w.Context(), boss, w.Programme.ID, r.ID, "two flats of one house")
		w.OK(err)
		w.is(r, Recorded, "")
		_, err = w.Refuse(w.Context(), boss, w.Programme.ID, r.ID, "not so")
		w.OK(err)
		w.is(r, Refused, byStaff)
		_, err = w.Allow(w.Context(), boss, w.Programme.ID, r.ID, "but yes")
		w.OK(err)
		w.buys("bob", 20)
		w.later(14)
		w.pay()
		w.is(r, Paid, "")
		_, err = w.Refuse(w.Context(), boss, w.Programme.ID, r.ID, "too late")
		w.Refuses(err, "referral_state")
		self := w.one(ann, ann)
		_, err = w.Allow(w.Context(), boss, w.Programme.ID, self.ID, "please")
		w.Refuses(err, selfCode)
		_, err = w.Allow(w.Context(), auth.Actor{Kind: auth.KindKey, ProgrammeID: w.Programme.ID, Scopes: []auth.Scope{auth.ReferralsRead.Scope()}}, w.Programme.ID, self.ID, "please")
		w.Refuses(err, "not_permitted")
		w.Clean()
	})
}

// TestMergedProfilesAreOnePerson: between the purchase and the payment the two
// turn out to be one, or to stand in a ring.
func TestMergedProfilesAreOnePerson(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		ann, bob, cay, dan := w.joins("ann"), w.joins("bob"), w.joins("cay"), w.joins("dan")
		one, two, three := w.one(ann, bob), w.one(bob, cay), w.one(cay, dan)
		for _, who := range []string{"bob", "cay", "dan"} {
			w.buys(who, 20)
		}
		_, err := w.Flow.Merge(w.Context(), boss, w.Programme.ID, cay, dan)
		w.OK(err)
		_, err = w.Flow.Merge(w.Context(), boss, w.Programme.ID, ann, cay)
		w.OK(err)
		w.later(14)
		w.pay()
		w.is(three, Refused, selfCode)
		w.is(one, Refused, ringCode)
		w.is(two, Paid, "") // what is left is no ring any more
		if a, b := w.codeOf(ann), w.codeOf(dan); a != b {
			t.Errorf("one person invites by %s and %s", a, b)
		}
		w.Clean()
	})
}

// TestLimitsHoldInARace pays 64 referrals of one inviter at once.
func TestLimitsHoldInARace(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(func(s *Spec) { s.Limits = []Limit{{Times: 5, Period: earn.Month}, {Times: 7, Period: earn.Ever}} })
		ann := w.joins("ann")
		var list []*Referral
		for i := range 64 {
			who := fmt.Sprint("f", i)
			list = append(list, w.one(ann, w.joins(who)))
			w.buys(who, 20)
		}
		w.later(14)
		var all sync.WaitGroup
		for _, r := range list {
			all.Go(func() {
				if err := w.payOne(w.Context(), w.Programme.ID, r.ID, w.Now()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		w.pay()
		w.has(ann, 5*500)
		for _, r := range list {
			w.is(r, Paid, "")
			w.has(r.FriendID, 100) // friends are never made to pay for a limit of somebody else
		}
		w.Clean()
	})
}

// TestRacingReferrersAreOne: of 64 who claim one friend at once the first wins.
func TestRacingReferrersAreOne(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		friend := w.joins("friend")
		inviters := make([]id.ID, 64)
		for i := range inviters {
			inviters[i] = w.joins(fmt.Sprint("i", i))
			w.codeOf(inviters[i])
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		won := 0
		for _, m := range inviters {
			all.Go(func() {
				r, err := w.claim(m, friend)
				mu.Lock()
				defer mu.Unlock()
				if err == nil && r.State == Recorded {
					won++
				} else {
					w.Refuses(err, secondCode)
				}
			})
		}
		all.Wait()
		if won != 1 {
			t.Errorf("%d brought the friend", won)
		}
	})
}

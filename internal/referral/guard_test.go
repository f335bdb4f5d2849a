package referral

import (
	"testing"

	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// identified signs somebody up with one more identity in the profile.
func (w *town) identified(who string, kind member.IdentityKind, value string) id.ID {
	w.Helper()
	return w.take(journal.SignUp, who, func(e *flow.Event) {
		e.Who.Enrol, e.Who.Identities = true, append(e.Who.Identities, member.Identity{Kind: kind, Value: value})
	})
}

// TestReferralIsNeverOfOneself holds each guard alone against the moment when
// the friend comes: the two have nothing else in common.
func TestReferralIsNeverOfOneself(t *testing.T) {
	for _, c := range []struct{ name, code, kind, one, other string }{
		{"by phone", "referral_same_phone", "phone", "+44 7700 900001", "447700900001"},
		{"by e-mail", "referral_same_email", "email", "ann.a+x@gmail.com", "anna@gmail.com"},
		{"by card", "referral_same_card", "card", "4242 4242", "42424242"},
		{"by address", "referral_same_address", "address", "1 High Street", "1, high-street"},
		{"by device", "referral_same_device", "device", "d-100", "D100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(w *town) {
				w.turnOn(nil)
				ann := w.joins("ann", c.kind, c.one)
				w.is(w.one(ann, w.joins("stranger", c.kind, "another 77")), Recorded, "")
				r := w.one(ann, w.joins("ann again", c.kind, c.other))
				w.is(r, Refused, c.code)
				if found := w.get(r).Evidence; len(found) != 1 {
					t.Errorf("the evidence is %v", found)
				}
				w.buys("ann again", 30)
				w.later(20)
				w.pay()
				w.has(ann, 0)
				w.Clean()
			})
		})
	}
	t.Run("by profile", func(t *testing.T) {
		each(t, func(w *town) {
			w.turnOn(nil)
			ann, again := w.joins("ann"), w.joins("ann again")
			_, err := w.Flow.Merge(w.Context(), boss, w.Programme.ID, ann, again)
			w.OK(err)
			w.is(w.one(ann, ann), Refused, selfCode)
			w.is(w.one(ann, again), Refused, selfCode)
			w.Clean()
		})
	})
}

// TestReferralIsNeverOfOneselfByWhatTheProfileSays: what one profile is known by,
// the purchase of the other tells.
func TestReferralIsNeverOfOneselfByWhatTheProfileSays(t *testing.T) {
	for _, c := range []struct {
		kind               member.IdentityKind
		value, other, code string
	}{
		{member.Phone, "+447700900001", "+447700900002", "referral_same_phone"}, {member.Email, "ann@example.com", "ben@example.com", "referral_same_email"},
		{member.Card, "2000000000015", "2000000000022", "referral_same_card"},
	} {
		t.Run(string(c.kind), func(t *testing.T) {
			each(t, func(w *town) {
				w.turnOn(nil)
				ann := w.identified("ann", c.kind, c.value)
				w.is(w.one(ann, w.joins("ann again", string(c.kind), c.value)), Refused, c.code)
				bob := w.joins("bob")
				w.is(w.one(bob, w.identified("bob again", c.kind, c.other)), Recorded, "")
			})
		})
	}
}

// TestGuardsAreAskedAgainBeforePaying: what the two have in common comes out when
// the friend buys, after the referral was taken down.
func TestGuardsAreAskedAgainBeforePaying(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		for _, kind := range traced {
			value := map[bool]string{true: "ann@example.com", false: "+44 7700 900123"}[kind == "email"]
			inviter := w.joins("i "+kind, kind, value)
			r := w.one(inviter, w.joins("f "+kind))
			w.buys("f "+kind, 30, kind, value)
			w.is(r, Bought, "")
			w.later(14)
			w.pay()
			w.is(r, Refused, "referral_same_"+kind)
			w.has(inviter, 0)
			w.later(1)
		}
		w.Clean()
	})
}

// TestARingOfReferralsIsRefused at whatever remove, and only while the others
// count: who was refused brought nobody.
func TestARingOfReferralsIsRefused(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		ann, bob, cay, dan := w.joins("ann"), w.joins("bob"), w.joins("cay"), w.joins("dan")
		one, two, three := w.one(ann, bob), w.one(bob, cay), w.one(cay, dan)
		w.is(w.one(dan, ann), Refused, ringCode)
		_, err := w.Refuse(w.Context(), boss, w.Programme.ID, two.ID, "they do not know each other")
		w.OK(err)
		eve := w.joins("eve")
		w.is(w.one(dan, eve), Recorded, "")
		w.is(w.one(eve, cay), Refused, ringCode)
		w.is(w.one(eve, ann), Recorded, "") // the chain from ann ends at bob
		w.is(one, Recorded, "")
		w.is(three, Recorded, "")
	})
}

// TestReferralOncePerFriend: by two inviters, and by two profiles that turn out
// to be one friend.
func TestReferralOncePerFriend(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		ann, bob, cay, dan := w.joins("ann"), w.joins("bob"), w.joins("cay"), w.joins("dan")
		one, two := w.one(ann, cay), w.one(bob, dan)
		_, err := w.claim(bob, cay)
		w.Refuses(err, secondCode)
		w.buys("cay", 30)
		w.buys("dan", 30)
		_, err = w.Flow.Merge(w.Context(), boss, w.Programme.ID, cay, dan)
		w.OK(err)
		w.later(14)
		w.pay()
		w.is(one, Paid, "")
		w.is(two, Refused, secondCode)
		w.has(ann, 500)
		w.has(bob, 0)
		w.Clean()
	})
}

// TestAFriendMergedWithACustomerIsNotNew: the other profile had bought before.
func TestAFriendMergedWithACustomerIsNotNew(t *testing.T) {
	each(t, func(w *town) {
		w.turnOn(nil)
		old := w.buys("bob of old", 5)
		ann, bob := w.joins("ann"), w.joins("bob")
		r := w.one(ann, bob)
		w.buys("bob", 30)
		_, err := w.Flow.Merge(w.Context(), boss, w.Programme.ID, old, bob)
		w.OK(err)
		w.later(14)
		w.pay()
		w.is(r, Refused, notNewCode)
		w.has(ann, 0)
		w.Clean()
	})
}

package flow

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// welcome gives a hundred points for signing up.
func (h *house) welcome() {
	h.Helper()
	h.addRule("Welcome", earn.SignUp, earn.Spec{
		WalletID: h.wallet.ID, Effects: []earn.Effect{{Kind: earn.Fixed, Points: 100}},
	})
}

func (h *house) signs(number, who string, at time.Time) *Event {
	return h.event(journal.SignUp, number, who, at)
}

// once fails unless of the sign-ups exactly the first earned, and the others
// say why they did not.
func (h *house) once(answers ...Answer) {
	h.Helper()
	for i, a := range answers {
		switch {
		case i == 0 && (len(a.Movements) != 1 || len(a.Skipped) != 0):
			h.Errorf("the first sign-up did %+v and skipped %+v", a.Movements, a.Skipped)
		case i > 0 && (len(a.Movements) != 0 || len(a.Skipped) != 1 || a.Skipped[0].Reason.Key != "earn.skip.signed_up"):
			h.Errorf("sign-up %d did %+v and skipped %+v", i+1, a.Movements, a.Skipped)
		}
	}
}

// TestSigningUpEarnsOnce signs people up again: later, late, in one request,
// after they were merged and parted.
func TestSigningUpEarnsOnce(t *testing.T) {
	each(t, plan{enrolment: "on_request"}, func(h *house) {
		h.welcome()
		one := h.must(h.signs("a1", "ann", noon))[0]
		h.once(one, h.must(h.signs("a2", "ann", noon.Add(time.Hour)))[0], h.must(h.signs("a3", "ann", noon.Add(-days(9))))[0])
		h.has(one.MemberID, "available 100")
		if m := h.joined(one.MemberID); !m.Equal(noon.Add(-days(9))) {
			h.Errorf("a late sign-up says that they joined on %v", m)
		}
		two := h.must(h.signs("b1", "bob", noon), h.signs("b2", "bob", noon), h.signs("b3", "bob", noon.Add(-days(1))))
		h.once(two...)
		ann, bob := one.MemberID, two[0].MemberID
		m, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann, bob)
		h.ok(err)
		h.once(one, h.must(h.signs("a4", "bob", noon))[0])
		h.must(h.buys("c1", "cay", noon, 1_00)) // known, never joined
		cay := h.must(h.buys("c2", "cay", noon, 1_00))[0].MemberID
		_, err = h.flow.Merge(context.Background(), boss, h.prog.ID, cay, ann)
		h.ok(err)
		h.once(one, h.must(h.signs("c3", "cay", noon))[0])
		h.has(cay, "moved_in 200, available 200")
		if _, err := h.flow.Unmerge(context.Background(), boss, h.prog.ID, m.ID); err == nil {
			h.Error("a merge was undone under a later one")
		}
		h.clean()
	})
}

// TestPartedSignUpIsTheirs undoes a merge: who had not signed up may.
func TestPartedSignUpIsTheirs(t *testing.T) {
	each(t, plan{enrolment: "on_request"}, func(h *house) {
		h.welcome()
		ann := h.must(h.signs("a1", "ann", noon))[0]
		bob := h.must(h.buys("b1", "bob", noon, 1_00))[0]
		m, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann.MemberID, bob.MemberID)
		h.ok(err)
		h.once(ann, h.must(h.signs("b2", "bob", noon))[0])
		_, err = h.flow.Unmerge(context.Background(), boss, h.prog.ID, m.ID)
		h.ok(err)
		h.once(h.must(h.signs("b3", "bob", noon))[0], h.must(h.signs("b4", "bob", noon))[0])
		h.has(bob.MemberID, "available 100")
		h.clean()
	})
}

// TestEnrolledByPurchaseMaySignUp keeps the welcome for those whom a purchase
// enrolled without their asking.
func TestEnrolledByPurchaseMaySignUp(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.welcome()
		m := h.must(h.buys("a1", "ann", noon, 5_00))[0].MemberID
		h.has(m, "available 5")
		h.once(h.must(h.signs("a2", "ann", noon.Add(-days(1))), h.signs("a3", "ann", noon))...)
		h.has(m, "available 105")
		h.clean()
	})
}

// TestRacingSignUps tells of one person's joining from many sides at once.
func TestRacingSignUps(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.welcome()
		phone := func(i int) member.Identity {
			return member.Identity{Kind: member.Phone, Value: fmt.Sprintf("+4477009000%02d", i)}
		}
		var all sync.WaitGroup
		for i := range 12 {
			for k := range 4 {
				e := h.signs(fmt.Sprintf("s%d.%d", i, k), fmt.Sprint("c", i), noon)
				if k%2 == 1 { // named otherwise, so that it goes to another lane
					e.Who.Identities = append([]member.Identity{phone(i)}, e.Who.Identities...)
				}
				all.Go(func() {
					if _, err := h.flow.TakeOne(context.Background(), e); err != nil {
						h.Error(err)
					}
				})
			}
		}
		all.Wait()
		if n := h.count("lot"); n != 12 {
			h.Errorf("12 people got %d welcomes", n)
		}
		h.clean()
	})
}

func (h *house) joined(m id.ID) time.Time {
	h.Helper()
	found, err := member.Read(context.Background(), h.db.Reader(), []id.ID{m})
	h.ok(err)
	return found[m].Enrolled
}

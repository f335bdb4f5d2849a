package flow

import (
	"context"
	"encoding/json"
	"testing"

	"regulars/internal/earn"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/member"
	"regulars/internal/program"
)

// asks gives points for a profile with name and birthday, telephone and consent.
func (h *house) asks() {
	h.Helper()
	h.addRule("profile", earn.Profile, earn.Spec{WalletID: h.wallet.ID, Effects: []earn.Effect{{Kind: earn.Fixed, Points: 50}}})
	h.sets(func(p *program.Programme) {
		p.Profile = program.Profile{Name: true, Birthday: true, Phone: true, Consent: true}
	})
}

func (h *house) notes(m id.ID) {
	h.Helper()
	for range 2 {
		h.ok(h.flow.NoteProfile(context.Background(), h.prog.ID, m))
	}
}

func (h *house) consents(m id.ID, given bool) {
	h.Helper()
	_, err := member.New(h.db, h.now).SetConsents(context.Background(), boss, h.prog.ID, m, member.Consent{
		Purpose: member.Marketing, Channel: member.ByEmail, Given: given, At: h.now(), Source: "till", TextVersion: "1",
	})
	h.ok(err)
}

// TestACompleteProfileEarnsOnce: when the last part is known, and never again,
// whatever is taken away, added or merged.
func TestACompleteProfileEarnsOnce(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		h.asks()
		phone := member.Identity{Kind: member.Phone, Value: "+447700900001"}
		ann := h.born("ann", noon.AddDate(0, -1, 0), 4, 6)
		h.changes(ann, member.Edit{Change: func(m *member.Member) { m.GivenName, m.FamilyName = "Ann", "Lee" }})
		h.notes(ann)
		h.changes(ann, member.Edit{Add: []member.Identity{phone}})
		h.notes(ann)
		h.has(ann, "")
		h.consents(ann, true)
		h.notes(ann)
		h.has(ann, "available 50")
		h.consents(ann, false)
		h.changes(ann, member.Edit{Remove: []member.Identity{phone}})
		h.notes(ann)
		h.consents(ann, true)
		h.changes(ann, member.Edit{Add: []member.Identity{phone}})
		h.notes(ann)
		h.ok(h.flow.Profiles(context.Background()))
		h.has(ann, "available 50")
		other := h.born("other", noon.AddDate(0, -1, 0), 4, 6)
		_, err := h.flow.Merge(context.Background(), boss, h.prog.ID, other, ann)
		h.ok(err)
		h.ok(h.flow.Profiles(context.Background()))
		h.has(other, "moved_in 50, available 50")
		h.clean()
	})
}

// TestProfilesThatCameOtherwise are found by the sweep and after sign-ups.
func TestProfilesThatCameOtherwise(t *testing.T) {
	each(t, plan{noRule: true}, func(h *house) {
		h.asks()
		h.sets(func(p *program.Programme) { p.Profile = program.Profile{Birthday: true} })
		ann := h.born("ann", noon.AddDate(0, -1, 0), 4, 6)
		list, err := jobs.List(context.Background(), h.db.Reader(), jobs.Waiting, 0, 9)
		h.ok(err)
		if len(list) != 1 || list[0].Kind != ProfileJob {
			t.Fatalf("the sign-up left %+v", list)
		}
		var told Committed
		h.ok(json.Unmarshal(list[0].Payload, &told))
		h.ok(h.flow.ReadProfiles(context.Background(), &jobs.Job{Payload: list[0].Payload}))
		h.has(ann, "available 50")
		bob := h.must(h.buys("1", "bob", noon, 1_00))[0].MemberID
		h.changes(bob, member.Edit{Change: func(m *member.Member) { m.Birth.Day, m.Birth.Month = 1, 1 }})
		h.ok(h.flow.Profiles(context.Background()))
		h.has(bob, "available 50")
		h.has(ann, "available 50")
		h.clean()
	})
}

// TestNobodyElseCompletesProfiles: the event is ours alone.
func TestNobodyElseCompletesProfiles(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.refused("unknown_kind", h.event(journal.Profile, "1", "ann", noon))
	})
}

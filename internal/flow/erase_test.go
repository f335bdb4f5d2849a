package flow

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/giftcard"
	"regulars/internal/id"
	"regulars/internal/member"
	"regulars/internal/tier"
)

// marker stands in every field in which somebody may be told of.
const marker = "Zanzibarova"

// planted makes a member with the marker in every field.
func (h *house) planted() id.ID {
	ctx := context.Background()
	e := h.signUp("m1", marker, "card "+marker)
	e.Who.Identities = append(e.Who.Identities, member.Identity{Kind: member.Email, Value: marker + "@example.com"})
	e.Who.Profile = &Profile{
		GivenName: marker, FamilyName: marker, Language: "ru", BirthDay: 1, BirthMonth: 2, BirthYear: 1990,
		Tags: []string{marker}, Attributes: map[string]string{marker: marker},
	}
	e.Payload.Attributes = map[string]string{"said": marker, marker: "said"}
	m := h.must(e)[0].MemberID
	buy := h.buys("m2", marker, noon, 30_00)
	buy.Payload.Attributes = map[string]string{"gift for": marker}
	gives, takes := h.adjusts("m3", marker, noon, 10), h.adjusts("m4", marker, noon, -20)
	gives.Payload.Adjustment.Reason, takes.Payload.Adjustment.Reason = "for "+marker, "from "+marker
	h.must(buy, gives, takes)
	_, err := member.New(h.db, h.now).SetConsents(ctx, boss, h.prog.ID, m, member.Consent{
		Purpose: member.Marketing, Channel: member.ByEmail, Given: true, At: noon, Source: marker, TextVersion: "v1", IP: "192.0.2.7",
	})
	h.ok(err)
	_, err = giftcard.New(h.db, h.now).Issue(ctx, boss, h.prog.ID, giftcard.Order{Value: 1, Recipients: []giftcard.Recipient{{Label: "for " + marker, MemberID: m}}})
	h.ok(err)
	ladders, err := tier.LoadLadders(ctx, h.db.Reader(), h.prog.ID)
	h.ok(err)
	h.ok(h.db.InTx(ctx, func(tx *db.Tx) error {
		_, err := tier.Assign(ctx, tx, boss, h.now(), tier.Assignment{MemberID: m, Ladder: &ladders[0], Rank: "gold", Note: "friend of " + marker})
		return err
	}))
	return m
}

// found says in which tables the text stands, in any column.
func (h *house) found(text string) []string {
	var places []string
	for _, table := range h.tables() {
		for _, row := range h.rowsOf(`SELECT * FROM ` + table) {
			if strings.Contains(strings.ToLower(row), strings.ToLower(text)) {
				places = append(places, table+": "+row)
			}
		}
	}
	return places
}

// TestErase forgets a member, with a merged profile, and searches every column
// of every table for what told of them.
func TestErase(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ctx := context.Background()
		m := h.planted()
		other := h.signUp("o1", "other "+marker)
		other.Who.Profile = &Profile{FamilyName: "Other " + marker}
		o := h.must(other)[0].MemberID
		h.must(h.buys("o2", "other "+marker, noon, 5_00))
		_, err := h.flow.Merge(ctx, boss, h.prog.ID, m, o)
		h.ok(err)
		if places := h.found(marker); len(places) < 8 {
			h.Fatalf("the marker stands only in %v", places)
		}
		points, rank := h.points(m), h.rank(m)
		till := auth.Actor{Kind: auth.KindStaff, ID: 6, Roles: []auth.Assignment{{ProgrammeID: h.prog.ID, Role: auth.Till}}}
		if f := fault.As(h.flow.Erase(ctx, till, h.prog.ID, m)); f == nil || f.Code != "not_permitted" {
			h.Errorf("a till erases: %v", f)
		}
		h.ok(h.flow.Erase(ctx, boss, h.prog.ID, m))
		for _, place := range h.found(marker) {
			h.Errorf("after erasure the marker stands in %s", place)
		}
		for _, place := range h.found("192.0.2.7") {
			h.Errorf("after erasure the address stands in %s", place)
		}
		h.has(m, points)
		if now := h.rank(m); now != rank {
			h.Errorf("the rank was %s and is %s", rank, now)
		}
		h.clean()
		h.refused("member_erased", h.to(m, "m9"))
		if a := h.must(h.buys("n1", marker, noon, 1_00))[0]; a.MemberID == m || a.MemberID == o {
			h.Error("who comes back under the old name is recognised")
		}
		if f := fault.As(h.flow.Erase(ctx, boss, h.prog.ID, 777)); f == nil || f.Code != "unknown_member" {
			h.Errorf("erasing nobody: %v", f)
		}
		h.clean()
	})
}

// TestEraseTransfers: what was said of points that went from hand to hand is
// forgotten on both sides, whoever of the two is erased.
func TestEraseTransfers(t *testing.T) {
	for _, gives := range []bool{true, false} {
		each(t, plan{}, func(h *house) {
			ctx := context.Background()
			ann, bob := h.pair()
			for _, number := range []string{"1", "2"} {
				one := h.passing(number, ann, bob, 20)
				one.Note = "from " + marker
				done, err := h.flow.Transfer(ctx, boss, one)
				h.ok(err)
				if number == "2" {
					_, err = h.flow.UndoTransfer(ctx, boss, TransferUndo{ProgrammeID: h.prog.ID, From: ann, Event: done.Out, Note: "meant " + marker})
					h.ok(err)
				}
			}
			if places := h.found(marker); len(places) < 4 {
				h.Fatalf("the marker stands only in %v", places)
			}
			gone := bob
			if gives {
				gone = ann
			}
			points := h.points(bob)
			h.ok(h.flow.Erase(ctx, boss, h.prog.ID, gone))
			for _, place := range h.found(marker) {
				h.Errorf("after erasure the marker stands in %s", place)
			}
			h.has(bob, points)
			h.clean()
		})
	}
}

// TestEraseWaiting forgets who is named by returns that wait: known before,
// known since, known under several names, by number, of a merged profile.
func TestEraseWaiting(t *testing.T) {
	each(t, plan{}, func(h *house) {
		ctx := context.Background()
		waits := func(number, who string) *Event {
			e := h.whole(number, who, "never "+number, noon)
			e.Payload.Attributes = map[string]string{"said": marker}
			return e
		}
		m := h.must(h.buys("a1", "ann", noon, 1_00))[0].MemberID
		byNumber, two := waits("w3", ""), waits("w4", "nobody yet")
		byNumber.Who.MemberID = m
		two.Who.Identities = append(two.Who.Identities, h.event("", "", "ann", noon).Who.Identities...)
		answers := h.must(waits("w1", "ann"), waits("w2", "bob"), byNumber, two)
		for _, a := range append(answers, h.must(waits("w1", "ann"))...) {
			if !a.Waiting || a.MemberID != 0 {
				h.Errorf("a return that waits: %+v", a)
			}
		}
		bob := h.must(h.buys("b1", "bob", noon, 1_00))[0].MemberID
		_, err := h.flow.Merge(ctx, boss, h.prog.ID, m, bob)
		h.ok(err)
		h.must(waits("w5", "bob"))
		if n := h.count("event_waiting"); n != 5 || len(h.found(marker)) != 5 {
			h.Errorf("%d returns wait, the marker stands in %v", n, h.found(marker))
		}
		h.ok(h.flow.Erase(ctx, boss, h.prog.ID, m))
		for _, place := range h.found(marker) {
			h.Errorf("after erasure the marker stands in %s", place)
		}
		byNumber = waits("w6", "")
		byNumber.Who.MemberID = m
		h.refused("member_erased", byNumber)
		h.clean()
		a := h.must(h.buys("never w1", "cay", noon, 5_00), waits("w1", "ann"))
		if a[1].MemberID != a[0].MemberID || a[1].Waiting {
			t.Errorf("a return goes to whose sale it is: %+v", a)
		}
		h.clean()
	})
}

// TestWaitingAfterRefusedSale lets a return wait for whom it names though its
// sale stands beside it, and is refused.
func TestWaitingAfterRefusedSale(t *testing.T) {
	each(t, plan{}, func(h *house) {
		bad := h.buys("s", "ann", noon, 5_00)
		bad.Who.MemberID = 777
		back := h.whole("w1", "bob", "s", noon)
		back.Payload.Attributes = map[string]string{"said": marker}
		if r := h.take(back, bad); r[0].Err != nil || !r[0].Answer.Waiting || r[1].Err == nil {
			h.Errorf("answers are %+v", r)
		}
		bob := h.must(h.buys("b", "bob", noon, 5_00))[0].MemberID
		h.ok(h.flow.Erase(context.Background(), boss, h.prog.ID, bob))
		if places := h.found(marker); len(places) > 0 {
			h.Errorf("after erasure the marker stands in %s", places)
		}
		h.clean()
	})
}

// to is a purchase of a member known by id.
func (h *house) to(m id.ID, number string) *Event {
	e := h.buys(number, "", noon, 1_00)
	e.Who.MemberID = m
	return e
}

// TestExport gives a person everything that is kept, more than one page of it.
func TestExport(t *testing.T) {
	each(t, plan{}, func(h *house) {
		m := h.planted()
		var more []*Event
		for i := range 2 * exportPage / 10 * 6 {
			more = append(more, h.buys("p"+string(rune('0'+i/100))+string(rune('0'+i/10%10))+string(rune('0'+i%10)), marker, noon, 1_00))
		}
		h.must(more...)
		e, err := h.flow.Export(context.Background(), boss, h.prog.ID, m)
		h.ok(err)
		if len(e.Events) != 4+len(more) || len(e.Movements) < 3+len(more) || len(e.Ranks) == 0 {
			h.Errorf("the export has %d events, %d movements, %d changes of rank", len(e.Events), len(e.Movements), len(e.Ranks))
		}
		seen := map[string]bool{}
		for _, v := range e.Events {
			seen[v.ID] = true
		}
		if len(seen) != len(e.Events) {
			h.Errorf("%d events are %d", len(e.Events), len(seen))
		}
		text, err := json.Marshal(e)
		h.ok(err)
		for _, want := range []string{"for " + marker, "from " + marker, "gift for", "friend of " + marker, "192.0.2.7", strings.ToLower(marker) + "@example.com"} {
			if !strings.Contains(string(text), want) {
				h.Errorf("the export does not tell %q", want)
			}
		}
		if _, err := h.flow.Export(context.Background(), boss, h.prog.ID, 777); fault.As(err) == nil {
			h.Errorf("exporting nobody: %v", err)
		}
	})
}

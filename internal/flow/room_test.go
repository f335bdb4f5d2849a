package flow

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/i18n"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
)

// lodger is a room below flow that remembers what it was asked.
type lodger struct{ erased []id.ID }

func (*lodger) Name() string { return "lodger" }
func (l *lodger) Erase(_ context.Context, _ *db.Tx, _ id.ID, members []id.ID) error {
	l.erased = members
	return nil
}
func (*lodger) Check(_ context.Context, _ db.Queryer, _ id.ID, note func(string)) error {
	note("the roof leaks")
	return nil
}
func (*lodger) Export(context.Context, db.Queryer, id.ID, []id.ID) (any, error) {
	return "a suitcase", nil
}
func (*lodger) Tables() []string { return []string{"suitcases"} }
func (*lodger) Dump(_ context.Context, _ db.Queryer, _ id.ID, to Sink) error {
	return to("suitcases", struct{ Colour string }{"brown"})
}

// TestRoomsBelowAreAsked: a feature below flow is part of erasure, check and
// both exports.
func TestRoomsBelowAreAsked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d, plan{})
		room := &lodger{}
		h.flow = New(Config{DB: h.db, Now: h.now, Log: quiet(), Rooms: []Room{room}})
		t.Cleanup(h.flow.Close)
		ann := h.must(h.buys("1", "ann", noon, 10_00))[0].MemberID
		ctx := context.Background()

		faults, err := h.flow.Check(ctx)
		h.ok(err)
		if want := (Fault{h.prog.ID, "lodger", "the roof leaks"}); !slices.Contains(faults, want) {
			t.Errorf("check found %v, want %v among it", faults, want)
		}
		kept, err := h.flow.Export(ctx, boss, h.prog.ID, ann)
		h.ok(err)
		if kept.Rooms["lodger"] != "a suitcase" {
			t.Errorf("the export tells %v", kept.Rooms)
		}
		last := ""
		h.ok(h.flow.ExportProgramme(ctx, boss, h.prog.ID, func(table string, _ any) error {
			last = table
			return nil
		}))
		if tables := h.flow.Tables(); last != "suitcases" || tables[len(tables)-1] != last {
			t.Errorf("the last table is %q, of %v", last, tables)
		}
		h.ok(h.flow.Erase(ctx, boss, h.prog.ID, ann))
		if !slices.Equal(room.erased, []id.ID{ann}) {
			t.Errorf("the room was asked to erase %v, want %v", room.erased, ann)
		}
	}, rooms...)
}

func (h *house) awards(number, who string, points int64) *Event {
	e := h.event(journal.Award, number, who, h.now())
	e.Payload.Award = &Award{WalletID: h.wallet.ID, Points: points, ExpiresMonths: 1, For: "ref_1", Reason: i18n.Text{Key: "flow.returned"}}
	return e
}

// TestAwardsAreEarned: once for each name, only by the enrolled, and by nobody
// whose hands are tied.
func TestAwardsAreEarned(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d, plan{noRule: true})
		ann := h.must(h.buys("1", "ann", noon, 10_00), h.awards("a", "ann", 30))[0].MemberID
		h.must(h.awards("a", "ann", 30))
		if got := h.points(ann); got != "available 30" {
			t.Errorf("ann has %s", got)
		}
		h.set(noon.AddDate(0, 2, 0))
		if got := h.points(ann); got != "expired 30" {
			t.Errorf("two months later ann has %s", got)
		}
		h.refused("absurd_amount", h.awards("b", "ann", 0))
		stranger := h.awards("c", "ann", 5)
		stranger.Actor = auth.Actor{Kind: auth.KindKey, ProgrammeID: h.prog.ID, Scopes: []auth.Scope{auth.EventsWrite.Scope()}}
		h.refused("not_permitted", stranger)
		h.clean()
	}, rooms...)
}

func TestOnlyTheEnrolledAreAwarded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d, plan{enrolment: "on_request"})
		h.must(h.buys("1", "bob", noon, 10_00))
		h.refused("not_enrolled", h.awards("a", "bob", 30))
	}, rooms...)
}

// TestReadersLearnOfMerges as of every other event.
func TestReadersLearnOfMerges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := furnish(t, d, plan{})
		h.flow = New(Config{DB: h.db, Now: h.now, Log: quiet(), News: true})
		t.Cleanup(h.flow.Close)
		ann := h.must(h.buys("1", "ann", noon, 10_00))[0].MemberID
		bob := h.must(h.buys("2", "bob", noon, 10_00))[0].MemberID
		_, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann, bob)
		h.ok(err)
		list, err := jobs.List(context.Background(), d.Reader(), jobs.Waiting, 0, 10)
		h.ok(err)
		var last Committed
		h.ok(json.Unmarshal(list[0].Payload, &last))
		if len(list) != 3 || len(last.Events) != 1 || last.Events[0].MemberID != ann || last.Events[0].Kind != journal.Merge {
			t.Errorf("of %d jobs the last tells %+v", len(list), last)
		}
	}, rooms...)
}

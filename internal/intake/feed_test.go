package intake

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// desk stands for flow: it keeps what it is given and answers as told.
type desk struct {
	parts  [][]*flow.Event
	answer func(*flow.Event) flow.Result
	busy   error // of the second part, if set
	waited int
}

func (d *desk) Submit(_ context.Context, events []*flow.Event) (func() ([]flow.Result, error), error) {
	if d.busy != nil && len(d.parts) == 1 {
		return nil, d.busy
	}
	d.parts = append(d.parts, events)
	return func() ([]flow.Result, error) {
		d.waited++
		results := make([]flow.Result, len(events))
		for i, e := range events {
			if d.answer != nil {
				results[i] = d.answer(e)
			}
		}
		return results, nil
	}, nil
}

func (d *desk) events() (all []*flow.Event) {
	for _, p := range d.parts {
		all = append(all, p...)
	}
	return all
}

const shop = id.ID(7)

// feed reads the rows and gives them to the desk.
func feed(t *testing.T, d *desk, s Settings, open Opener, each func(Record, flow.Result)) (*Run, error) {
	t.Helper()
	run, err := New(open, s, Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return run, Feed{To: d, Programme: shop, Actor: auth.System("import"), Each: each}.Give(context.Background(), run, error.Error)
}

// TestFeedMakesEvents looks at a sale and a return as flow gets them.
func TestFeedMakesEvents(t *testing.T) {
	d := &desk{}
	s := salesSettings()
	s.Columns[Shop] = "shop"
	_, err := feed(t, d, s, table(t, append(salesColumns, "shop"),
		[]string{"R1", "2026-02-03 10:00", "17", "tea", "2", "3.50", "", "main"},
		[]string{"R1", "2026-02-03 10:00", "17", "POST", "1", "4", "", "main"},
	), nil)
	if err != nil {
		t.Fatal(err)
	}
	all := d.events()
	if len(all) != 1 {
		t.Fatalf("%d events were made", len(all))
	}
	e := all[0]
	if e.ProgrammeID != shop || e.Source != "till" || e.ExternalID != "R1" || e.Kind != journal.Purchase || e.Shop != "main" {
		t.Errorf("the sale became %+v", e)
	}
	if e.Actor.String() != "system:import" || len(e.Who.Identities) != 1 || e.Who.Identities[0].Value != "17" {
		t.Errorf("the sale is %s's, told by %s", e.Who.Identities, e.Actor)
	}
	if len(e.Payload.Lines) != 2 || e.Payload.Lines[0].Amount != 700 || !e.Payload.Lines[1].Fee {
		t.Errorf("its lines are %+v", e.Payload.Lines)
	}
}

// TestFeedHidesWhoJoins names the sign-ups of a list by people, the same in
// every list, without telling who they are.
func TestFeedHidesWhoJoins(t *testing.T) {
	row := func(line int64, phone string) Record {
		m := &MemberRecord{Source: "list", Line: line, GivenName: "Anna", Tags: []string{"vip"}}
		if phone != "" {
			m.Identities = []member.Identity{{Kind: member.Phone, Value: phone}}
		}
		return Record{Member: m}
	}
	g := giving{Feed: Feed{Programme: shop}}
	one, again, other := g.event(row(1, "+48600100200")), g.event(row(9, "+48600100200")), g.event(row(1, "+48600100201"))
	if one.ExternalID != again.ExternalID || one.ExternalID == other.ExternalID {
		t.Errorf("sign-ups are named %q, %q and %q", one.ExternalID, again.ExternalID, other.ExternalID)
	}
	if len(one.ExternalID) != len("member:")+24 {
		t.Errorf("a sign-up is named %q", one.ExternalID)
	}
	if one.Kind != journal.SignUp || one.Who.Profile.GivenName != "Anna" || one.Who.Profile.Tags[0] != "vip" {
		t.Errorf("the sign-up is %+v", one)
	}
	if nobody := g.event(row(3, "")); nobody.ExternalID != "line:3" {
		t.Errorf("a sign-up without identities is named %q", nobody.ExternalID)
	}
}

// receipts are so many sales of different customers.
func receipts(t *testing.T, n int) Opener {
	rows := make([][]string, n)
	for i := range rows {
		rows[i] = []string{fmt.Sprintf("R%04d", i), "2026-02-03 10:00", fmt.Sprint(i), "tea", "1", "1", ""}
	}
	return table(t, salesColumns, rows...)
}

// TestFeedGivesInParts takes more than one part: in order, everybody answered
// once, and those refused among the rejects.
func TestFeedGivesInParts(t *testing.T) {
	d := &desk{answer: func(e *flow.Event) flow.Result {
		if e.ExternalID == "R0003" || e.ExternalID == "R0300" {
			return flow.Result{Err: fault.Refused("nope", "not %s", e.ExternalID)}
		}
		return flow.Result{}
	}}
	var told []string
	run, err := feed(t, d, salesSettings(), receipts(t, 600), func(r Record, _ flow.Result) { told = append(told, r.Sale.ExternalID) })
	if err != nil {
		t.Fatal(err)
	}
	var parts []int
	var want []string
	for _, p := range d.parts {
		parts = append(parts, len(p))
	}
	for i := range 600 {
		want = append(want, fmt.Sprintf("R%04d", i))
	}
	if d := cmp.Diff([]int{256, 256, 88}, parts); d != "" {
		t.Errorf("the parts (-want +got):\n%s", d)
	}
	if d := cmp.Diff(want, told); d != "" {
		t.Errorf("who was answered (-want +got):\n%s", d)
	}
	if n := run.Report().LeftOut[Refused]; n != 2 {
		t.Errorf("%d rows were left out because they were refused: %v", n, run.Report().LeftOut)
	}
}

// TestFeedStopsWhenBusy hands on what flow says and waits for nothing twice.
func TestFeedStopsWhenBusy(t *testing.T) {
	busy := fault.Busy("too_many_waiting", "later")
	d := &desk{busy: busy}
	if _, err := feed(t, d, salesSettings(), receipts(t, 600), nil); !errors.Is(err, busy) {
		t.Errorf("giving to a busy desk: %v", err)
	}
	if d.waited > 1 {
		t.Errorf("one part was waited for %d times", d.waited)
	}
}

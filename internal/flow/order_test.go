package flow

import (
	"context"
	"fmt"
	"testing"

	"regulars/internal/fault"
	"regulars/internal/id"
	"regulars/internal/member"
)

// TestLaneKeys puts events of a request that have a name in common into one
// lane: a return and its sale, an event sent twice, one customer under several
// names.
func TestLaneKeys(t *testing.T) {
	named := func(number string, names ...string) *Event {
		e := &Event{ProgrammeID: 1, Source: "till", ExternalID: number, Kind: "purchase"}
		for _, n := range names {
			e.person = append(e.person, member.Identity{Kind: member.Card, Value: n})
		}
		return e
	}
	back := func(source, number, sold string, names ...string) *Event {
		e := named(number, names...)
		e.Source, e.Kind, e.Payload.Return = source, "return", &Return{SaleReference: sold}
		return e
	}
	byID := named("n")
	byID.Who.MemberID = 7
	elsewhere := named("p", "a")
	elsewhere.ProgrammeID = 2
	known := map[name]id.ID{{1, "identity card", "g"}: 7, {1, "identity card", "h"}: 7}
	for what, c := range map[string]struct {
		events []*Event
		want   string // events with the same letter keep together
	}{
		"nobody":                 {[]*Event{named("1"), named("2")}, "ab"},
		"a return and its sale":  {[]*Event{back("till", "b", "s"), named("s"), named("t")}, "aab"},
		"two returns of a sale":  {[]*Event{back("till", "b", "s", "x"), back("till", "c", "s", "y")}, "aa"},
		"sent twice":             {[]*Event{named("1"), named("1")}, "aa"},
		"one name":               {[]*Event{named("1", "a"), named("2", "b"), named("3", "a")}, "aba"},
		"joined by one":          {[]*Event{named("1", "a"), named("2", "c"), named("3", "b"), named("4", "b", "a")}, "abaa"},
		"joined by two":          {[]*Event{named("1", "a"), named("2", "d"), named("3", "d", "c"), named("4", "c", "a")}, "aaaa"},
		"joined by what we know": {[]*Event{named("1", "g"), named("2", "a"), named("3", "h"), byID}, "abaa"},
		"another programme":      {[]*Event{named("1", "a"), elsewhere}, "aa"}, // the same hash, which does no harm
	} {
		letters, got := map[string]rune{}, ""
		for _, key := range laneKeys(c.events, known) {
			if letters[key] == 0 {
				letters[key] = rune('a' + len(letters))
			}
			got += string(letters[key])
		}
		if got != c.want {
			t.Errorf("%s: lanes %s, want %s", what, got, c.want)
		}
	}
}

// TestOneRequestKeepsItsOrder gives and takes points again and again, naming
// the customer each time in another way: out of order there would be too few.
func TestOneRequestKeepsItsOrder(t *testing.T) {
	each(t, plan{lanes: 4}, func(h *house) {
		var events []*Event
		var bob id.ID
		names := make([][]member.Identity, 9)
		for i := range names {
			e := h.signs(fmt.Sprint("c", i), fmt.Sprint("c", i), noon)
			e.Who.Identities = append(e.Who.Identities,
				member.Identity{Kind: member.Phone, Value: fmt.Sprintf("+4477009001%02d", i)}, member.Identity{Kind: member.Email, Value: fmt.Sprint("c", i, "@example.com")})
			names[i] = e.Who.Identities
			if i%3 == 0 { // known before
				bob = h.must(e)[0].MemberID
			} else {
				events = append(events, e)
			}
		}
		for round := range 16 {
			for i := range names {
				gives := h.adjusts(fmt.Sprint("g", round, ".", i), "", noon, 1)
				gives.Who.Identities = names[i][round%3 : round%3+1]
				takes := h.adjusts(fmt.Sprint("t", round, ".", i), "", noon, -1)
				takes.Who.Identities = names[i][(round+1)%3 : (round+1)%3+1]
				events = append(events, gives, takes)
			}
		}
		for i, r := range h.take(events...) {
			if r.Err != nil {
				h.Fatalf("%s %s: %v", events[i].Kind, events[i].ExternalID, r.Err)
			}
		}
		// By number, also that of a profile merged away.
		ann := h.must(h.buys("a", "ann", noon, 1_00))[0].MemberID
		_, err := h.flow.Merge(context.Background(), boss, h.prog.ID, ann, bob)
		h.ok(err)
		events = nil
		for round := range 16 {
			gives, takes := h.adjusts(fmt.Sprint("ag", round), "ann", noon, 1), h.adjusts(fmt.Sprint("at", round), "", noon, -2)
			takes.Who.MemberID = bob
			if round > 0 {
				takes.Payload.Adjustment.Points = -1
			}
			events = append(events, gives, takes)
		}
		for i, r := range h.take(events...) {
			if f := fault.As(r.Err); f != nil {
				h.Fatalf("%s %s: %v", events[i].Kind, events[i].ExternalID, f)
			}
		}
		h.has(ann, "adjusted_up 16, adjusted_down 17")
		h.clean()
	})
}

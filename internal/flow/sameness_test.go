package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/auth"
	"regulars/internal/fault"
	"regulars/internal/member"
	"regulars/internal/program"
	"regulars/internal/sale"
)

// TestADuplicateIsTheSameEventAndAnotherBodyAConflict repeats events, later and within one request.
func TestADuplicateIsTheSameEventAndAnotherBodyAConflict(t *testing.T) {
	each(t, plan{}, func(h *house) {
		buy := func() *Event { return h.buys("s", "ann", noon, 10_00) }
		back := func() *Event { return h.returns("b", "ann", "s", noon, "a") }
		first := h.must(buy())[0]
		if first.Repeated || first.Movements[0].Points != 10 || first.Balances[0].Available != 10 ||
			first.Movements[0].Expires.IsZero() {
			h.Fatalf("the first answer is %+v", first)
		}
		again := h.must(buy())[0]
		first.Repeated = true
		if d := cmp.Diff(h.plain(first), h.plain(again)); d != "" {
			h.Errorf("the repeated answer differs (-first +again):\n%s", d)
		}
		once := h.must(back())[0]
		again = h.must(back())[0]
		once.Repeated = true
		if d := cmp.Diff(h.plain(once), h.plain(again)); d != "" {
			h.Errorf("the repeated return differs (-first +again):\n%s", d)
		}
		other := buy()
		other.Payload.Lines[0].Amount = 11_00
		h.refused("other_body", other)
		both := h.must(h.buys("t", "ann", noon, 3_00), h.buys("t", "ann", noon, 3_00))
		if both[0].Repeated || !both[1].Repeated || both[0].EventID != both[1].EventID || len(both[1].Movements) != 1 {
			h.Errorf("two in one request: %+v", both)
		}
		pair := h.take(h.buys("u", "ann", noon, 3_00), h.buys("u", "ann", noon, 4_00))
		if f := fault.As(pair[1].Err); pair[0].Err != nil || f == nil || f.Code != "other_body" {
			h.Errorf("another body in one request: %v, %v", pair[0].Err, pair[1].Err)
		}
		h.has(first.MemberID, "available 6, clawed_back 10")
		h.clean()
	})
}

// plain is an answer as JSON tells it, in which figures have one form.
func (h *house) plain(a Answer) (told any) {
	text, err := json.Marshal(a)
	h.ok(err)
	h.ok(json.Unmarshal(text, &told))
	return told
}

// TestRepeatedWaitingReturn repeats a return in the batch that brings its sale.
func TestRepeatedWaitingReturn(t *testing.T) {
	each(t, plan{}, func(h *house) {
		back := func() *Event { return h.whole("b", "ann", "s", noon) }
		answers := h.must(back(), back(), h.buys("s", "ann", noon, 10_00))
		if answers[1].Waiting || !answers[1].Repeated || answers[1].MemberID != answers[2].MemberID {
			h.Errorf("the repeated return is told %+v", answers[1])
		}
		h.clean()
	})
}

// TestConcurrentDuplicates sends the same events from many sides at once.
func TestConcurrentDuplicates(t *testing.T) {
	each(t, plan{}, func(h *house) {
		var all sync.WaitGroup
		var mu sync.Mutex
		fresh, members := map[string]int{}, map[string]bool{}
		for range 32 {
			all.Go(func() {
				for i := range 8 {
					number := fmt.Sprint(i)
					a, err := h.flow.TakeOne(context.Background(), h.buys(number, "ann", noon, 1_00))
					mu.Lock()
					if err != nil {
						h.Error(err)
					} else if members[a.MemberID.In("mem")] = true; !a.Repeated {
						fresh[number]++
					}
					mu.Unlock()
				}
			})
		}
		all.Wait()
		for i := range 8 {
			if n := fresh[fmt.Sprint(i)]; n != 1 {
				h.Errorf("purchase %d was taken %d times", i, n)
			}
		}
		if len(members) != 1 || h.count("member") != 1 || h.count("sale") != 8 {
			h.Errorf("%d members, %d sales", h.count("member"), h.count("sale"))
		}
		h.clean()
	})
}

// signUp is a sign-up with several identities.
func (h *house) signUp(number string, identities ...string) *Event {
	e := h.event("sign_up", number, "", noon)
	for _, v := range identities {
		e.Who.Identities = append(e.Who.Identities, member.Identity{Kind: member.External, Value: v})
	}
	return e
}

// TestWhoIsWho tells of people by several names, in one request and one event
// after the other: the outcome is the same.
func TestWhoIsWho(t *testing.T) {
	for name, c := range map[string]struct {
		events  func(h *house) []*Event
		refused []bool
		people  int
		names   int
	}{
		"a sign-up brings another name": {func(h *house) []*Event {
			return []*Event{h.buys("1", "ann", noon, 1_00), h.signUp("2", "ann", "card"), h.buys("3", "card", noon, 1_00)}
		}, []bool{false, false, false}, 1, 2},
		"a sign-up brings two people together": {func(h *house) []*Event {
			return []*Event{h.buys("1", "ann", noon, 1_00), h.buys("2", "bob", noon, 1_00), h.signUp("3", "ann", "bob")}
		}, []bool{false, false, true}, 2, 2},
		"a refused sign-up leaves no name": {func(h *house) []*Event {
			return []*Event{h.signUp("1", "ann"), h.signUp("1", "ann", "card"), h.buys("2", "card", noon, 1_00)}
		}, []bool{false, true, false}, 2, 2},
		"a refused stranger stays one": {func(h *house) []*Event {
			e := h.signUp("1", "ann", "card")
			e.Who.Profile = &Profile{BirthMonth: 13, BirthDay: 1}
			return []*Event{e, h.buys("2", "ann", noon, 1_00)}
		}, []bool{true, false}, 1, 1},
		"guests": {func(h *house) []*Event {
			return []*Event{h.buys("1", "", noon, 1_00), h.buys("2", "", noon, 1_00)}
		}, []bool{false, false}, 2, 0},
		"nobody visits": {func(h *house) []*Event { return []*Event{h.event("visit", "1", "", noon)} }, []bool{true}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			for _, together := range []bool{true, false} {
				each(t, plan{lanes: 1}, func(h *house) {
					var results []Result
					if events := c.events(h); together {
						results = h.take(events...)
					} else {
						for _, e := range events {
							results = append(results, h.take(e)...)
						}
					}
					for i, want := range c.refused {
						if got := results[i].Err != nil; got != want {
							h.Errorf("together %v, event %d: %v", together, i, results[i].Err)
						}
					}
					if n := h.count("member"); n != c.people {
						h.Errorf("together %v: %d people, want %d", together, n, c.people)
					}
					if n := h.count("member_identity"); n != c.names {
						h.Errorf("together %v: %d names, want %d", together, n, c.names)
					}
					h.clean()
				})
			}
		})
	}
}

// TestRefusals sends what cannot be taken, beside what can.
func TestRefusals(t *testing.T) {
	each(t, plan{}, func(h *house) {
		agent := auth.Actor{Kind: auth.KindStaff, ID: 5, Roles: []auth.Assignment{{ProgrammeID: h.prog.ID, Role: auth.Agent}}}
		till := auth.Actor{Kind: auth.KindStaff, ID: 6, Roles: []auth.Assignment{{ProgrammeID: h.prog.ID, Role: auth.Till}}}
		h.must(h.buys("s", "ann", noon.Add(-days(1)), 5_00))
		before := h.count("event")
		as := func(a auth.Actor, e *Event) *Event { e.Actor = a; return e }
		with := func(e *Event, change func(*Event)) *Event { change(e); return e }
		for code, e := range map[string]*Event{
			"not_enough_points": h.adjusts("1", "ann", noon, -6),
			"over_adjust_limit": as(agent, h.adjusts("2", "ann", noon, 1_001)),
			"not_permitted":     as(till, h.adjusts("3", "ann", noon, 1)),
			"no_customer":       h.adjusts("4", "", noon, 1),
			"no_such_wallet":    with(h.adjusts("5", "ann", noon, 1), func(e *Event) { e.Payload.Adjustment.WalletID = 1 }),
			"absurd_time":       h.buys("6", "ann", noon.Add(days(2)), 1_00),
			"unknown_shop":      with(h.buys("7", "ann", noon, 1_00), func(e *Event) { e.Shop = "moon" }),
			"other_currency":    with(h.buys("8", "ann", noon, 1_00), func(e *Event) { e.Payload.Currency = "EUR" }),
			"sale_line_count":   h.buys("9", "ann", noon),
			"unknown_member":    with(h.buys("10", "", noon, 1_00), func(e *Event) { e.Who.MemberID = 99 }),
			"unknown_kind":      h.event("dance", "11", "ann", noon),
			"malformed_text":    h.buys("1\xff", "ann", noon, 1_00),
			"sale_total":        h.buys("12", "ann", noon, 1<<50, 1<<50, 1<<50, 1<<50, 1<<50, 1<<50, 1<<50, 1<<50),
		} {
			results := h.take(h.buys("l"+code, "", noon, 1_00), e, h.buys("r"+code, "", noon, 1_00))
			if f := fault.As(results[1].Err); f == nil || f.Code != code && code != "sale_total" {
				h.Errorf("%v, want %s", results[1].Err, code)
			}
			if results[0].Err != nil || results[2].Err != nil {
				h.Errorf("%s stops others: %v, %v", code, results[0].Err, results[2].Err)
			}
		}
		if n := h.count("event") - before; n != 26 {
			h.Errorf("%d events were taken beside those refused", n)
		}
		h.must(as(agent, h.adjusts("2", "ann", noon, 1_000)))
		h.clean()
	})
}

// TestNewShopIsKnownAtOnce names a shop that was added a moment ago.
func TestNewShopIsKnownAtOnce(t *testing.T) {
	each(t, plan{}, func(h *house) {
		h.must(h.buys("s", "ann", noon, 1_00))
		_, err := program.New(h.db).AddShop(context.Background(), boss, program.Shop{ProgrammeID: h.prog.ID, Code: "moon", Name: "Moon"})
		h.ok(err)
		e := h.buys("t", "ann", noon, 1_00)
		e.Shop = "moon"
		h.must(e)
	})
}

// TestPanicsStopNobody lets one event of a request meet a slip of ours.
func TestPanicsStopNobody(t *testing.T) {
	each(t, plan{}, func(h *house) {
		run := h.flow.lanes.all[0].run
		slips := func(ctx context.Context, events []*Event) []Result {
			for _, e := range events {
				if e.ExternalID == "bad" { // what check would have refused
					e.Payload.Adjustment, e.Kind = nil, "adjustment"
				}
			}
			return run(ctx, events)
		}
		for _, l := range h.flow.lanes.all {
			l.run = slips
		}
		bad := h.buys("bad", "ann", noon, 1_00)
		bad.Payload.Lines = append(bad.Payload.Lines, sale.Line{SKU: "z", Quantity: 1000, Amount: 1})
		results := h.take(h.buys("s", "ann", noon, 1_00), bad, h.buys("t", "ann", noon, 1_00))
		if results[0].Err != nil || results[1].Err == nil || results[2].Err != nil {
			h.Errorf("answers: %v, %v, %v", results[0].Err, results[1].Err, results[2].Err)
		}
		if h.count("event") != 2 {
			h.Errorf("%d events were taken", h.count("event"))
		}
		h.clean()
	})
}

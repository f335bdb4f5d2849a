package ledger

import (
	"fmt"
	"maps"
	"slices"
)

func (w *town) hold(now int) deed {
	event, person, n := w.event, w.person(), 1+w.pick(9)
	lapses := endOfTime
	if w.pick(2) == 0 {
		lapses = now + w.days(1, 4)
	}
	k := w.key(person)
	return deed{
		name: fmt.Sprintf("person %d sets %d aside until %d", person, n, lapses), need: Need{Open: map[AccountKey]int64{k: int64(n)}},
		run: func(accounts [2]*Account) error {
			dots, ok := w.oracle.spend(person, n, "held")
			if ok {
				w.oracle.holds[event] = &pile{person: person, lapses: lapses, dots: dots}
			}
			h, err := accounts[person].Hold(w.at(now), int64(n), w.at(lapses), w.cause(event))
			if err == nil {
				w.holds[event] = h.ID
			}
			return agree(ok, err)
		},
	}
}

// someHold chooses an open hold that will still be open, or 0.
func (w *town) someHold(now int) int {
	open := slices.DeleteFunc(slices.Sorted(maps.Keys(w.oracle.holds)), func(n int) bool { return w.oracle.holds[n].lapses <= now })
	if len(open) == 0 {
		return 0
	}
	return open[w.pick(len(open))]
}

func (w *town) capture(now int) deed {
	hold, n, event := w.someHold(now), 1+w.pick(9), w.event
	if hold == 0 {
		return w.hold(now)
	}
	person := w.oracle.holds[hold].person
	return w.follow(deed{
		name: fmt.Sprintf("%d of hold %d are spent", n, hold),
		need: Need{Holds: []HoldKey{{w.people[person], w.holds[hold]}}},
		run: func(accounts [2]*Account) error {
			h, err := accounts[person].HoldByID(w.holds[hold])
			if err == nil {
				err = accounts[person].Capture(w.at(now), h, int64(n), w.cause(event))
			}
			return agree(w.oracle.holds[hold] != nil && w.oracle.capture(hold, n, event), err)
		},
	}, person, now)
}

func (w *town) release(now int) deed {
	hold, event := w.someHold(now), w.event
	if hold == 0 {
		return w.hold(now)
	}
	person := w.oracle.holds[hold].person
	return w.follow(deed{
		name: fmt.Sprintf("hold %d is released", hold),
		need: Need{Holds: []HoldKey{{w.people[person], w.holds[hold]}}},
		run: func(accounts [2]*Account) error {
			ok := w.oracle.holds[hold] != nil
			if ok {
				w.oracle.release(hold, now)
			}
			h, err := accounts[person].HoldByID(w.holds[hold])
			if err == nil {
				err = accounts[person].Release(w.at(now), h, w.cause(event))
			}
			return agree(ok, err)
		},
	}, person, now)
}

func (w *town) refund(now int) deed {
	spends := slices.Sorted(maps.Keys(w.oracle.spends))
	if len(spends) == 0 {
		return w.spend(now)
	}
	spend, n, event := spends[w.pick(len(spends))], 1+w.pick(9), w.event
	person := w.oracle.spends[spend].person
	return w.follow(deed{
		name: fmt.Sprintf("%d of payment %d go back", n, spend),
		need: Need{Undo: []EntryKey{{w.people[person], w.id(spend), 0}}},
		run: func(accounts [2]*Account) error {
			a := accounts[person]
			payment := idsOf(a.under(w.id(spend)), func(e Entry) bool { return e.To == Spent })
			return agree(w.oracle.refund(spend, n), a.Refund(w.at(now), payment, int64(n), w.cause(event)))
		},
	}, person, now)
}

// follow lets what comes back to somebody who was merged away go where the rest
// went.
func (w *town) follow(d deed, person, now int) deed {
	if w.merged == 0 || person == 0 {
		return d
	}
	run, event := d.run, w.event
	d.alone, d.need.All = true, []AccountKey{w.key(0), w.key(1)}
	d.run = func(accounts [2]*Account) error {
		if err := run(accounts); err != nil {
			return err
		}
		w.oracle.sweep(1, 0)
		Move(w.at(now), accounts[1], accounts[0], w.cause(event))
		return nil
	}
	return d
}

// merge makes the second person the first, or undoes that.
func (w *town) merge(now int) deed {
	event, before := w.event, w.merged
	d := deed{name: "the second person is the first", alone: true, need: Need{All: []AccountKey{w.key(0), w.key(1)}}}
	if before == 0 {
		w.merged = event
		d.run = func(accounts [2]*Account) error {
			w.oracle.merge(1, 0)
			Move(w.at(now), accounts[1], accounts[0], w.cause(event))
			return nil
		}
		return d
	}
	w.merged = 0
	d.name = "the second person is not the first"
	d.need.Undo = []EntryKey{{w.people[0], w.id(before), 0}, {w.people[1], w.id(before), 0}}
	d.run = func(accounts [2]*Account) error {
		w.oracle.unmerge(0, 1)
		MoveBack(w.at(now), accounts[0], accounts[1], w.id(before), w.cause(event))
		return nil
	}
	return d
}

package promo

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// CodeUse takes uses of a code, or gives them back.
type CodeUse struct {
	ProgrammeID, CodeID id.ID
	Text                string // as NormaliseCode returns it
	Times               int64  // below zero gives back
	At                  time.Time
	// Channel is by which way, as "till"; Actor is auth.Actor.String.
	Channel, Actor string
	// Holder, if not empty, is for whom uses were held: his hold ends.
	Holder string
}

// Key returns which code it is about.
func (u CodeUse) Key() CodeKey { return CodeKey{u.ProgrammeID, u.Text} }

func (u CodeUse) step() CodeStep {
	s := CodeStep{Move: MoveRedeemed, Times: u.Times, At: u.At, Channel: u.Channel, Actor: u.Actor}
	if u.Times < 0 {
		s.Move, s.Times = MoveRestored, -u.Times
	}
	return s
}

// takings are the uses of one code by a batch of events, in their order.
type takings struct {
	CodeKey
	code id.ID
	// net is what they come to; peak and low are the most and the least that
	// they come to on the way, from 0.
	net, peak, low int64
	// first and last bound when uses are taken; last is -1 when none is.
	first, last int64
	steps       []CodeStep
}

// gather puts together the uses of each code, in the order of the keys.
func gather(uses []CodeUse) []*takings {
	byCode := map[CodeKey]*takings{}
	for _, u := range uses {
		if u.Times == 0 {
			continue
		}
		t := byCode[u.Key()]
		if t == nil {
			t = &takings{CodeKey: u.Key(), code: u.CodeID, first: db.Never, last: -1}
			byCode[u.Key()] = t
		}
		t.add(u)
	}
	return slices.SortedFunc(maps.Values(byCode), func(a, b *takings) int { return a.compare(b.CodeKey) })
}

func (t *takings) add(u CodeUse) {
	t.net += u.Times
	t.peak, t.low = max(t.peak, t.net), min(t.low, t.net)
	if u.Times > 0 {
		t.first, t.last = min(t.first, db.Micros(u.At)), max(t.last, db.Micros(u.At))
	}
	t.steps = append(t.steps, u.step())
}

func (k CodeKey) compare(o CodeKey) int {
	return cmp.Or(cmp.Compare(k.ProgrammeID, o.ProgrammeID), cmp.Compare(k.Text, o.Text))
}

// sorted returns the keys in the order in which rows are locked, each once.
func sorted(keys []CodeKey) []CodeKey {
	keys = slices.Clone(keys)
	slices.SortFunc(keys, CodeKey.compare)
	return slices.Compact(keys)
}

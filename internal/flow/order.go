package flow

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"regulars/internal/id"
	"regulars/internal/journal"
	"regulars/internal/member"
)

// name is something by which two events of a request may turn out to be one
// customer's: an identity, a member, a sale.
type name struct {
	programme   id.ID
	kind, value string
}

func memberName(programme, m id.ID) name {
	return name{programme, "member", strconv.FormatInt(int64(m), 36)}
}

func eventName(k journal.Key) name { return name{k.ProgrammeID, "event " + k.Source, k.ExternalID} }

func identityName(programme id.ID, i member.Identity) name {
	return name{programme, "identity " + string(i.Kind), i.Value}
}

// names are all by which the event says whose it is: the customer, itself, and
// the sale that it cites.
func (e *Event) names() []name {
	names := []name{eventName(e.key())}
	if e.Kind == journal.Return && e.Payload.Return.SaleReference != "" {
		names = append(names, eventName(e.Payload.Return.cited(e.ProgrammeID, e.Source)))
	}
	if e.Who.MemberID != 0 {
		names = append(names, memberName(e.ProgrammeID, e.Who.MemberID))
	}
	for _, one := range e.person {
		names = append(names, identityName(e.ProgrammeID, one))
	}
	return names
}

// laneKeys gives the events of a request that have a name in common, be it
// through others between them, the same key, so that they keep to one lane and
// with that to their order. Known says which member a name is known to be.
func laneKeys(events []*Event, known map[name]id.ID) []string {
	group, first := make([]int, len(events)), map[name]int{}
	root := func(i int) int {
		for group[i] != i {
			i = group[i]
		}
		return i
	}
	for i, e := range events {
		group[i] = i
		for _, n := range e.names() {
			if m := known[n]; m != 0 {
				n = memberName(e.ProgrammeID, m)
			}
			if other, was := first[n]; was {
				a, b := root(i), root(other)
				group[max(a, b)] = min(a, b)
			} else {
				first[n] = i
			}
		}
	}
	keys := make([]string, len(events))
	for i := range events {
		keys[i] = events[root(i)].laneKey()
	}
	return keys
}

// laneKey is the name of the customer that other requests most likely use too.
func (e *Event) laneKey() string {
	switch {
	case e.Who.MemberID != 0:
		return strconv.FormatInt(int64(e.Who.MemberID), 36)
	case len(e.person) > 0:
		return e.person[0].Value
	case e.Payload.Return != nil:
		return cmp.Or(e.Payload.Return.SaleReference, e.ExternalID)
	}
	return e.ExternalID
}

// route returns the keys that decide in which lanes the events are taken. Where
// there are several lanes it asks whom a request's names belong to, for one
// customer may be named in several ways.
func (s *Service) route(ctx context.Context, events []*Event) ([]string, error) {
	if len(s.lanes.all) == 1 {
		return make([]string, len(events)), nil
	}
	keys := laneKeys(events, nil)
	if !slices.ContainsFunc(keys, func(k string) bool { return k != keys[0] }) {
		return keys, nil
	}
	known, err := s.whose(ctx, events)
	if err != nil {
		return nil, fmt.Errorf("looking for who events are of: %w", err)
	}
	return laneKeys(events, known), nil
}

// whose finds the members whom the events name.
func (s *Service) whose(ctx context.Context, events []*Event) (map[name]id.ID, error) {
	known := map[name]id.ID{}
	var asks []member.Ask
	var members []id.ID
	for _, e := range events {
		for i := range e.person {
			asks = append(asks, member.Ask{ProgrammeID: e.ProgrammeID, Identities: e.person[i : i+1]})
		}
		if m := e.Who.MemberID; m != 0 {
			members = append(members, m)
		}
	}
	for part := range slices.Chunk(asks, maxBatch) {
		found, err := member.Recognise(ctx, s.db.Reader(), part)
		if err != nil {
			return nil, err
		}
		for i, f := range found {
			known[identityName(part[i].ProgrammeID, part[i].Identities[0])] = f.MemberID
		}
	}
	for part := range slices.Chunk(members, maxBatch) {
		found, err := member.Read(ctx, s.db.Reader(), part)
		if err != nil {
			return nil, err
		}
		for named, m := range found {
			known[memberName(m.ProgrammeID, named)] = m.ID
		}
	}
	return known, nil
}

package main

import (
	"context"

	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/outreach"
	"regulars/internal/promise"
)

// wentWrong tells the contact policy what went wrong for a member, by all the
// rooms that know of such things.
type wentWrong struct{}

// Open returns the promises that were broken to a person.
func (wentWrong) Open(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]outreach.Incident, error) {
	broken, err := promise.Incidents(ctx, q, programme, members)
	if err != nil {
		return nil, err
	}
	list := make([]outreach.Incident, len(broken))
	for i, n := range broken {
		list[i] = outreach.Incident{Open: n.Open, Solved: n.Solved}
	}
	return list, nil
}

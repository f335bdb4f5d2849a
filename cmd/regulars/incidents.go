package main

import (
	"context"

	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/outreach"
	"regulars/internal/promise"
)

// incidents tells the contact policy what went wrong for a person, by all the
// rooms that know of such things.
type incidents struct {
	complaints *complaint.Service
}

// Open returns what is open, or was put right of late, for the person whose
// aliases the members are: complaints, and promises that were broken.
func (n incidents) Open(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]outreach.Incident, error) {
	troubles, err := n.complaints.Open(ctx, q, programme, members)
	if err != nil {
		return nil, err
	}
	list := make([]outreach.Incident, 0, len(troubles))
	for _, t := range troubles {
		list = append(list, outreach.Incident{Open: t.Open, Solved: t.Solved})
	}
	broken, err := promise.Incidents(ctx, q, programme, members)
	for _, b := range broken {
		list = append(list, outreach.Incident{Open: b.Open, Solved: b.Solved})
	}
	return list, err
}

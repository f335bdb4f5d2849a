package main

import (
	"context"

	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/id"
	"regulars/internal/outreach"
)

// incidents tells the contact policy what went wrong for a person.
type incidents struct {
	complaints *complaint.Service
}

// Open returns what is open, or was put right of late, for the person whose
// aliases the members are.
func (n incidents) Open(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) ([]outreach.Incident, error) {
	troubles, err := n.complaints.Open(ctx, q, programme, members)
	list := make([]outreach.Incident, 0, len(troubles))
	for _, t := range troubles {
		list = append(list, outreach.Incident{Open: t.Open, Solved: t.Solved})
	}
	return list, err
}

package product

import (
	"context"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Fault is something that Check found wrong.
type Fault struct{ What string }

// Check returns what contradicts itself among a programme's flagships: more of
// them than there may be, and flagships that are no product which could be
// written. What they are found to lead to is read from sales each time and is
// kept nowhere.
func Check(ctx context.Context, q db.Queryer, programme id.ID) ([]Fault, error) {
	list, err := flagships(ctx, q, programme)
	if err != nil {
		return nil, err
	}
	var faults []Fault
	if len(list) > MaxFlagships {
		faults = append(faults, Fault{fmt.Sprintf("there are %d flagships, at most %d may be", len(list), MaxFlagships)})
	}
	for i := range list {
		if err := list[i].check(); err != nil {
			faults = append(faults, Fault{fmt.Sprintf("the flagship %q is no product that could be written: %v", list[i].SKU, err)})
		}
	}
	return faults, nil
}

package flow

import (
	"context"

	"regulars/internal/db"
	"regulars/internal/id"
)

// Room is a feature below flow that keeps something of members. Flow calls its
// rooms when a person is to be forgotten or told what is kept of them, and when
// the programme is checked or exported.
type Room interface {
	// Name is the room's name in faults and in a person's export.
	Name() string
	// Erase forgets what the room keeps of a person, whose aliases the members
	// are, within the transaction that erases the person.
	Erase(ctx context.Context, tx *db.Tx, programme id.ID, members []id.ID) error
	// Check notes what contradicts itself in the programme.
	Check(ctx context.Context, q db.Queryer, programme id.ID, note func(what string)) error
	// Export returns what the room keeps of a person, or nil for nothing. It is
	// written as JSON.
	Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error)
	// Tables are the room's part of a programme's export, in the order in
	// which Dump gives their records.
	Tables() []string
	// Dump gives everything that the room keeps of a programme.
	Dump(ctx context.Context, q db.Queryer, programme id.ID, to Sink) error
}

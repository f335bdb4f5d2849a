package guest

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room returns what flow asks of this room when a person is erased, checked or
// exported. Sessions are no part of a programme's export: a copy of a programme
// has nobody signed in.
func Room() flow.Room { return room{} }

type room struct{}

func (room) Name() string { return "wallet" }

// Erase ends every session and code of a person.
func (room) Erase(ctx context.Context, tx *db.Tx, _ id.ID, members []id.ID) error {
	return forget(ctx, tx, members)
}

// Check notes sessions that were used before they were opened.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	var n int64
	err := q.QueryRow(ctx, `SELECT CAST(COUNT(*) AS BIGINT) FROM guest_session WHERE programme_id = $1 AND (seen < created OR proved < created)`, programme).Scan(&n)
	if err != nil {
		return fmt.Errorf("checking sessions: %w", err)
	}
	if n > 0 {
		note(fmt.Sprintf("%d sessions of customers were used before they were opened", n))
	}
	return nil
}

// exported is a session as the person is told of it.
type exported struct {
	Device  string    `json:"device,omitempty"`
	Created time.Time `json:"created"`
	Seen    time.Time `json:"seen"`
}

// Export returns on which devices a person is signed in.
func (room) Export(ctx context.Context, q db.Queryer, _ id.ID, members []id.ID) (any, error) {
	sessions, err := sessionsOf(ctx, q, members)
	if err != nil || len(sessions) == 0 {
		return nil, err
	}
	var list []exported
	for _, s := range sessions {
		list = append(list, exported{s.device, s.created, s.seen})
	}
	return map[string]any{"sessions": list}, nil
}

// Tables returns none.
func (room) Tables() []string { return nil }

// Dump gives nothing.
func (room) Dump(context.Context, db.Queryer, id.ID, flow.Sink) error { return nil }

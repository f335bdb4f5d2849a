package outreach

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/id"
)

// Fates counts by state the contacts of a programme whose names begin so, as
// those of one campaign do. It needs contacts.read.
func (s *Service) Fates(ctx context.Context, a auth.Actor, programme id.ID, names string) (map[State]int64, error) {
	if err := a.Can(programme, auth.ContactsRead); err != nil {
		return nil, err
	}
	rows, err := s.DB.Reader().Query(ctx, `SELECT c.state, COUNT(*) FROM outreach_name AS n
		JOIN outreach_contact AS c ON c.member_id = n.member_id AND c.id = n.contact_id
		WHERE n.programme_id = $1 AND n.name LIKE $2 ESCAPE '\' GROUP BY c.state`, programme, literal.Replace(names)+"%")
	counts := map[State]int64{}
	err = db.Each(rows, err, func(r *sql.Rows) (one fate, err error) { return one, r.Scan(&one.state, &one.n) }, func(one fate) error {
		counts[one.state] = one.n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting what became of contacts: %w", err)
	}
	return counts, nil
}

// fate is how many contacts stand so.
type fate struct {
	state State
	n     int64
}

// literal makes a text stand for itself in LIKE.
var literal = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

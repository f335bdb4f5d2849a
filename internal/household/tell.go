package household

import (
	"context"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/program"
)

// What members are told of their household. The messages name nobody.
const (
	newsRemoved = "household_removed" // to who was taken out of it
	newsLeft    = "household_left"    // to the owner, when somebody is gone
	newsEnded   = "household_ended"   // to who belonged to it, when it is no more
)

// news is what a member is told.
type news struct {
	who     id.ID
	message string
}

// tell asks that members be written to, with how many belong to the household
// now, and led to its page in the wallet.
func tell(ctx context.Context, tx *db.Tx, now time.Time, h *Household, list ...news) error {
	p, err := program.Load(ctx, tx, h.ProgrammeID)
	if err != nil {
		return err
	}
	var letters []jobs.New
	for _, n := range list {
		name := fmt.Sprintf("%s:%s:%s:%d", h.ID.In(id.Household), n.message, n.who.In(id.Member), db.Micros(now))
		letters = append(letters, jobs.New{Kind: flow.ContactWanted, Unique: name, Payload: flow.Contact{
			ProgrammeID: h.ProgrammeID, MemberID: n.who, Class: flow.ServiceContact, Message: n.message, Name: name,
			Figures: map[string]int64{"n": int64(len(h.Members))}, Path: "/me/" + p.Slug + "/household",
		}})
	}
	return jobs.Add(ctx, tx, now, letters...)
}

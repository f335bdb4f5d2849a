package gesture

import (
	"context"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/program"
)

// TellJob is the kind of job that puts a giving on its member's timeline.
const TellJob = "gesture.tell"

// source is what the room's events come from.
const source = "gesture"

var ourselves = auth.System("gesture")

type telling struct {
	ProgrammeID id.ID  `json:"programme"`
	GivingID    id.ID  `json:"giving"`
	What        string `json:"what"`
}

// Kinds of events on timelines.
const (
	EventGiven     = journal.Kind(journal.Custom + "gesture_given")
	EventTip       = journal.Kind(journal.Custom + "tip_given")
	EventTakenBack = journal.Kind(journal.Custom + "gesture_taken_back")
)

// tellOf leaves a job Tell in the transaction that notes something.
func (s *Service) tellOf(ctx context.Context, tx *db.Tx, n *Giving, what string) error {
	return jobs.Add(ctx, tx, s.Now(), jobs.New{Kind: TellJob, Unique: n.ID.In(id.Giving) + ":" + what, Payload: telling{n.ProgrammeID, n.ID, what}})
}

// Tell puts what was given, or taken back, on its member's timeline, by ids
// alone. No points move.
func (s *Service) Tell(ctx context.Context, j *jobs.Job) error {
	var t telling
	if err := j.Read(&t); err != nil {
		return err
	}
	n, err := one(selectGivings(ctx, s.DB.Reader(), `programme_id = $1 AND id = $2`, t.ProgrammeID, t.GivingID))
	if err != nil || n == nil {
		return err
	}
	e := &flow.Event{
		ProgrammeID: n.ProgrammeID, Source: source, ExternalID: n.ID.In(id.Giving) + ":" + t.What, Kind: journal.Kind(journal.Custom + t.What), Occurred: n.At,
		Who: flow.Who{MemberID: n.MemberID}, Channel: n.Channel, Actor: ourselves,
		Payload: flow.Payload{Attributes: map[string]string{"gesture": n.GestureID.In(id.Gesture), "giving": n.ID.In(id.Giving)}},
	}
	if e.Kind == EventTakenBack {
		e.Occurred = n.Taken
	}
	if e.Shop, err = program.ShopCode(ctx, s.DB.Reader(), n.ProgrammeID, n.ShopID); err != nil {
		return err
	}
	_, err = s.Flow.TakeOne(ctx, e)
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return jobs.Permanent(err)
	}
	return err
}

package booking

import (
	"context"
	"fmt"
	"strings"
	"time"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/flow"
	"regulars/internal/id"
	"regulars/internal/jobs"
	"regulars/internal/journal"
	"regulars/internal/program"
)

// TellJob is the kind of job that puts what became of a booking on its member's
// timeline.
const TellJob = "booking.tell"

const source = "booking"

var ourselves = auth.System("booking")

// Kinds of events on timelines.
const (
	EventMade      = journal.Kind(journal.Custom + "booking_made")
	EventMoved     = journal.Kind(journal.Custom + "booking_moved")
	EventCame      = journal.Kind(journal.Custom + "booking_came")
	EventMissed    = journal.Kind(journal.Custom + "booking_missed")
	EventCancelled = journal.Kind(journal.Custom + "booking_cancelled")
	EventCalledOff = journal.Kind(journal.Custom + "booking_called_off")
)

type telling struct {
	ProgrammeID id.ID  `json:"programme"`
	BookingID   id.ID  `json:"booking"`
	What        string `json:"what"`
	// Begins is the time of the booking then, At when it happened, in microseconds.
	Begins int64 `json:"begins"`
	At     int64 `json:"at"`
}

// tell leaves the audit entry and a job Tell in the transaction that changes a
// booking.
func (s *Service) tell(ctx context.Context, tx *db.Tx, a auth.Actor, b *Booking, what string) error {
	now := s.clock()
	if b.MemberID != 0 {
		t := telling{b.ProgrammeID, b.ID, what, db.Micros(b.Begins), db.Micros(now)}
		if err := jobs.Add(ctx, tx, now, jobs.New{Kind: TellJob, Unique: t.name(), Payload: t}); err != nil {
			return err
		}
	}
	return auth.Record(ctx, tx, a, auth.Entry{
		ProgrammeID: b.ProgrammeID, Action: "booking." + strings.TrimPrefix(what, "booking_"), Subject: b.ID.In(id.Booking),
		Detail: map[string]any{"service": b.ServiceID.In(id.Service), "begins": b.Begins.Format(time.RFC3339)},
	})
}

func (t *telling) name() string {
	return fmt.Sprintf("%s:%s:%d", t.BookingID.In(id.Booking), t.What, t.At)
}

// Tell puts what became of a booking on its member's timeline, by ids and times
// alone. No points move.
func (s *Service) Tell(ctx context.Context, j *jobs.Job) error {
	var t telling
	if err := j.Read(&t); err != nil {
		return err
	}
	list, err := selectBookings(ctx, s.DB.Reader(), `programme_id = $1 AND id = $2`, t.ProgrammeID, t.BookingID)
	if err != nil || len(list) == 0 {
		return err
	}
	b := list[0]
	e := &flow.Event{
		ProgrammeID: b.ProgrammeID, Source: source, ExternalID: t.name(), Kind: journal.Kind(journal.Custom + t.What), Occurred: db.Time(t.At),
		Who: flow.Who{MemberID: b.MemberID}, Channel: b.Channel, Actor: ourselves,
		Payload: flow.Payload{Attributes: map[string]string{
			"booking": b.ID.In(id.Booking), "service": b.ServiceID.In(id.Service), "begins": db.Time(t.Begins).Format(time.RFC3339),
		}},
	}
	if e.Shop, err = program.ShopCode(ctx, s.DB.Reader(), b.ProgrammeID, b.ShopID); err != nil {
		return err
	}
	_, err = s.Flow.TakeOne(ctx, e)
	if f := fault.As(err); f != nil && f.Kind != fault.KindBusy {
		return jobs.Permanent(err)
	}
	return err
}

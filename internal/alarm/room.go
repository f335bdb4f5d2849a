package alarm

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/i18n"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "alarms" }

// Erase has nothing to forget: alarms are for staff, and hold nothing of members.
func (room) Erase(context.Context, *db.Tx, id.ID, []id.ID) error { return nil }

// Export returns nothing: alarms are for staff.
func (room) Export(context.Context, db.Queryer, id.ID, []id.ID) (any, error) { return nil, nil }

// Check notes alarms that ended before they were raised, ones that stand open
// beside a later one of the same that ended, and mails of alarms that there are
// not.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	list, err := selectAlarms(ctx, q, `a.programme_id = $1 ORDER BY a.id`, programme)
	if err != nil {
		return err
	}
	openOnes := map[[2]string]*Alarm{}
	for _, n := range list {
		if !n.Ended.IsZero() && n.Ended.Before(n.Raised) {
			note(n.ID.In(id.Alarm) + " ended before it was raised")
		}
		if before := openOnes[n.key()]; before != nil && !n.Ended.IsZero() {
			note(before.ID.In(id.Alarm) + " stands open beside a later one that ended")
		}
		if n.Ended.IsZero() {
			openOnes[n.key()] = n
		}
	}
	rows, err := q.Query(ctx, `SELECT m.id FROM alarm_mail AS m LEFT JOIN alarm AS a ON a.programme_id = m.programme_id AND a.id = m.alarm_id
		WHERE m.programme_id = $1 AND a.id IS NULL`, programme)
	lost, err := db.Collect(rows, err, func(r *sql.Rows) (n id.ID, err error) { return n, r.Scan(&n) })
	if err != nil {
		return fmt.Errorf("checking mails of alarms: %w", err)
	}
	if len(lost) > 0 {
		note(fmt.Sprintf("%d mails are of alarms that there are not", len(lost)))
	}
	return nil
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"alarms", "alarm_choices"} }

type alarmRecord struct {
	Alarm   string     `json:"alarm"`
	Topic   Topic      `json:"topic"`
	Subject string     `json:"subject"`
	Text    i18n.Text  `json:"text"`
	Raised  time.Time  `json:"raised"`
	Ended   *time.Time `json:"ended,omitempty"`
	Told    int64      `json:"told"`
}

type choiceRecord struct {
	Staff  string  `json:"staff"`
	Topics []Topic `json:"topics"`
}

// Dump gives alarms, and of what the staff chose to be told.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	list, err := selectAlarms(ctx, q, `a.programme_id = $1 ORDER BY a.id`, programme)
	if err != nil {
		return err
	}
	for _, n := range list {
		r := alarmRecord{n.ID.In(id.Alarm), n.Topic, n.Subject, n.Text, n.Raised, nil, n.Told}
		if !n.Ended.IsZero() {
			r.Ended = &n.Ended
		}
		if err := to("alarms", r); err != nil {
			return err
		}
	}
	rows, err := q.Query(ctx, `SELECT staff_id, topics FROM alarm_choice WHERE programme_id = $1 ORDER BY staff_id`, programme)
	return db.Each(rows, err, func(r *sql.Rows) (n choiceRecord, err error) {
		var staff id.ID
		var topics string
		err = r.Scan(&staff, &topics)
		return choiceRecord{staff.In(id.Staff), parted(topics)}, err
	}, func(n choiceRecord) error { return to("alarm_choices", n) })
}

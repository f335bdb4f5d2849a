package alarm

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"regulars/internal/db"
	"regulars/internal/id"
)

func column(kind db.Kind, name string) db.Column { return db.Column{Name: name, Kind: kind} }

var (
	alarmTable = db.NewTable("alarm", []string{"programme_id", "id"}, column(db.Int, "programme_id"), column(db.Int, "id"), column(db.Text, "topic"), column(db.Text, "subject"),
		column(db.Int, "mark"), column(db.Text, "text"), column(db.Text, "path"), column(db.Text, "about"), column(db.Int, "raised"), column(db.Int, "ended"))
	mailTable = db.NewTable("alarm_mail", []string{"programme_id", "alarm_id", "staff_id"}, column(db.Int, "programme_id"), column(db.Int, "alarm_id"), column(db.Int, "staff_id"),
		column(db.Int, "id"), column(db.Text, "state"), column(db.Int, "settled"))
	choiceTable = db.NewTable("alarm_choice", []string{"programme_id", "staff_id"}, column(db.Int, "programme_id"), column(db.Int, "staff_id"), column(db.Text, "topics"), column(db.Int, "made"))
)

// CountGoing returns how many alarms about complaints and staff go on; mentions,
// feeds and jobs are counted where they are.
func CountGoing(ctx context.Context, q db.Queryer, programme id.ID) (n int64, err error) {
	err = q.QueryRow(ctx, `SELECT COUNT(*) FROM alarm WHERE programme_id = $1 AND ended = 0 AND topic IN ($2, $3)`, programme, string(Complaints), string(People)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting alarms: %w", db.Fault(err))
	}
	return n, nil
}

func joined(topics []Topic) string {
	words := make([]string, len(topics))
	for i, t := range topics {
		words[i] = string(t)
	}
	return strings.Join(words, " ")
}

func parted(text string) []Topic {
	topics := []Topic{}
	for _, word := range strings.Fields(text) {
		topics = append(topics, Topic(word))
	}
	return topics
}

func selectChoices(ctx context.Context, q db.Queryer, programme id.ID) (map[id.ID][]Topic, error) {
	chosen := map[id.ID][]Topic{}
	rows, err := q.Query(ctx, `SELECT staff_id, topics FROM alarm_choice WHERE programme_id = $1`, programme)
	_, err = db.Collect(rows, err, func(r *sql.Rows) (_ struct{}, err error) {
		var staff id.ID
		var topics string
		err = r.Scan(&staff, &topics)
		chosen[staff] = parted(topics)
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading of what the staff are told: %w", err)
	}
	return chosen, nil
}

func selectAlarms(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Alarm, error) {
	rows, err := q.Query(ctx, `SELECT a.programme_id, a.id, a.topic, a.subject, a.mark, a.text, a.path, a.about, a.raised, a.ended,
		(SELECT COUNT(*) FROM alarm_mail AS m WHERE m.programme_id = a.programme_id AND m.alarm_id = a.id AND m.state = 'sent') FROM alarm AS a WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (*Alarm, error) {
		n := &Alarm{}
		var text string
		var raised, ended int64
		if err := r.Scan(&n.ProgrammeID, &n.ID, &n.Topic, &n.Subject, &n.Mark, &text, &n.Path, &n.About, &raised, &ended, &n.Told); err != nil {
			return nil, err
		}
		n.Raised, n.Ended = db.Time(raised), db.Time(ended)
		return n, json.Unmarshal([]byte(text), &n.Text)
	})
	if err != nil {
		return nil, fmt.Errorf("reading alarms: %w", err)
	}
	return list, nil
}

// latest returns the latest alarm of each topic and subject.
func latest(ctx context.Context, q db.Queryer, programme id.ID) (map[[2]string]*Alarm, error) {
	list, err := selectAlarms(ctx, q, `a.programme_id = $1 AND a.id IN (SELECT MAX(l.id) FROM alarm AS l WHERE l.programme_id = $1 GROUP BY l.topic, l.subject)`, programme)
	by := map[[2]string]*Alarm{}
	for _, n := range list {
		by[n.key()] = n
	}
	return by, err
}

func (n *Sign) key() [2]string { return [2]string{string(n.Topic), n.Subject} }

func insertAlarm(ctx context.Context, tx *db.Tx, n *Alarm) error {
	text, err := json.Marshal(n.Text)
	if err == nil {
		err = tx.Insert(ctx, alarmTable, [][]any{{n.ProgrammeID, n.ID, string(n.Topic), n.Subject, n.Mark, string(text), n.Path, n.About, db.Micros(n.Raised), int64(0)}})
	}
	if err != nil {
		return fmt.Errorf("writing an alarm: %w", err)
	}
	return nil
}

// letter is one mail to one of the staff.
type letter struct {
	programme, alarm, staff, id id.ID
	state                       string
}

// The states of a letter: on its way, handed over, or not to be sent any more.
const (
	onItsWay = "waiting"
	wentOut  = "sent"
	refused  = "failed"
	needless = "dropped"
)

func loadLetter(ctx context.Context, q db.Queryer, k letterKey) (letter, bool, error) {
	n := letter{programme: k.ProgrammeID, alarm: k.AlarmID, staff: k.StaffID}
	rows, err := q.Query(ctx, `SELECT id, state FROM alarm_mail WHERE programme_id = $1 AND alarm_id = $2 AND staff_id = $3`, k.ProgrammeID, k.AlarmID, k.StaffID)
	found, err := db.Collect(rows, err, func(r *sql.Rows) (struct{}, error) { return struct{}{}, r.Scan(&n.id, &n.state) })
	if err != nil {
		return n, false, fmt.Errorf("reading a mail of an alarm: %w", err)
	}
	return n, len(found) > 0, nil
}

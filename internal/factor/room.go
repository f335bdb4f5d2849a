package factor

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/complaint"
	"regulars/internal/db"
	"regulars/internal/flow"
	"regulars/internal/id"
)

// Room is what flow asks of this room.
func Room() flow.Room { return room{} }

type room struct{}

// Name is the room's name.
func (room) Name() string { return "factors" }

// Erase leaves everything: the room keeps nothing of persons but which factor
// their feedback is about, under the id of the feedback, whose words its own
// room takes out.
func (room) Erase(context.Context, *db.Tx, id.ID, []id.ID) error { return nil }

// CodingRecord is what a person coded, in exports.
type CodingRecord struct {
	Feedback string    `json:"feedback"`
	Part     string    `json:"part,omitempty"`
	Factor   Code      `json:"factor"`
	Coded    time.Time `json:"coded"`
	By       string    `json:"by,omitempty"`
}

func scanCoding(r *sql.Rows) (n CodingRecord, err error) {
	var key Key
	var coded int64
	err = r.Scan(&key.Source, &key.ID, &key.Part, &n.Factor, &coded, &n.By)
	n.Feedback, n.Part, n.Coded = key.Shown(), key.Part, db.Time(coded)
	return n, err
}

const codingColumns = `SELECT k.source, k.source_id, k.part, k.factor, k.coded, k.coded_by FROM factor_coding AS k `

// Export returns which factors a person's feedback was coded to; a review is
// theirs where it names an order of theirs.
func (room) Export(ctx context.Context, q db.Queryer, programme id.ID, members []id.ID) (any, error) {
	var args db.Args
	first, mine := args.Add(programme), args.In(members)
	rows, err := q.Query(ctx, codingColumns+`WHERE k.programme_id = `+first+` AND (
		k.source = 'answer' AND k.source_id IN (SELECT r.id FROM survey_response AS r WHERE r.member_id IN `+mine+`)
		OR k.source = 'case' AND k.source_id IN (SELECT c.id FROM `+complaint.CaseView+` AS c WHERE c.programme_id = `+first+` AND c.member_id IN `+mine+`)
		OR k.source = 'review' AND k.source_id IN (SELECT t.id FROM sale AS s JOIN touch_review AS t ON t.programme_id = `+first+` AND t.order_ref = s.reference
			WHERE s.member_id IN `+mine+` AND t.order_ref <> ''))
		ORDER BY k.source, k.source_id, k.part`, args.Values()...)
	list, err := db.Collect(rows, err, scanCoding)
	if err != nil {
		return nil, fmt.Errorf("reading how a person's feedback was coded: %w", err)
	}
	if len(list) == 0 {
		return nil, nil
	}
	for i := range list {
		list[i].By = "" // who of the staff said so is not of the person
	}
	return list, nil
}

// SettingsRecord are the choices in force, in exports.
type SettingsRecord struct {
	Version  int64    `json:"version"`
	Settings Settings `json:"settings"`
}

// Tables are the room's part of a programme's export.
func (room) Tables() []string { return []string{"factor_settings", "factor_codings", "factor_actions"} }

// Dump gives the choices, what was coded by hand, and the actions.
func (room) Dump(ctx context.Context, q db.Queryer, programme id.ID, to flow.Sink) error {
	set, version, err := loadSettings(ctx, q, programme)
	if err != nil {
		return err
	}
	if version > 0 {
		if err := to("factor_settings", SettingsRecord{version, set}); err != nil {
			return err
		}
	}
	rows, err := q.Query(ctx, codingColumns+`WHERE k.programme_id = $1 ORDER BY k.source, k.source_id, k.part`, programme)
	if err := db.Each(rows, err, scanCoding, func(n CodingRecord) error { return to("factor_codings", n) }); err != nil {
		return fmt.Errorf("reading every coding: %w", err)
	}
	list, err := selectActions(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	for _, n := range list {
		if err := to("factor_actions", n.record()); err != nil {
			return err
		}
	}
	return err
}

// Check notes settings that cannot be, codings of what is not there or to no
// factor, and actions whose dates contradict their state.
func (room) Check(ctx context.Context, q db.Queryer, programme id.ID, note func(string)) error {
	set, version, err := loadSettings(ctx, q, programme)
	if err != nil {
		return err
	}
	if err := set.Check(); err != nil {
		note(fmt.Sprintf("the settings of factors, version %d, cannot be: %v", version, err))
	}
	rows, err := q.Query(ctx, codingColumns+`
		LEFT JOIN survey_response AS r ON k.source = 'answer' AND r.id = k.source_id AND r.programme_id = k.programme_id
		LEFT JOIN survey_answer AS a ON a.member_id = r.member_id AND a.response_id = r.id AND a.question = k.part
		LEFT JOIN `+complaint.CaseView+` AS c ON k.source = 'case' AND c.programme_id = k.programme_id AND c.id = k.source_id AND k.part = ''
		LEFT JOIN touch_review AS t ON k.source = 'review' AND t.id = k.source_id AND t.programme_id = k.programme_id AND k.part = ''
		WHERE k.programme_id = $1 AND a.response_id IS NULL AND c.id IS NULL AND t.id IS NULL ORDER BY k.source_id`, programme)
	if err := db.Each(rows, err, scanCoding, func(n CodingRecord) error {
		note(n.Feedback + " was coded and is not there")
		return nil
	}); err != nil {
		return fmt.Errorf("checking codings: %w", err)
	}
	rows, err = q.Query(ctx, codingColumns+`WHERE k.programme_id = $1 ORDER BY k.source_id`, programme)
	if err := db.Each(rows, err, scanCoding, func(n CodingRecord) error {
		if !slices.Contains(Codes(), n.Factor) {
			note(n.Feedback + " was coded to " + string(n.Factor) + ", which is no factor")
		}
		return nil
	}); err != nil {
		return fmt.Errorf("checking codings: %w", err)
	}
	list, err := selectActions(ctx, q, `programme_id = $1 ORDER BY id`, programme)
	for _, n := range list {
		n.audit(note)
	}
	return err
}

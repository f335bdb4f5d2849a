package survey

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var standingTable = db.NewTable("survey_standing", []string{"survey_id"},
	db.Column{Name: "survey_id", Kind: db.Int}, db.Column{Name: "programme_id", Kind: db.Int}, db.Column{Name: "plan", Kind: db.Text},
	db.Column{Name: "paused", Kind: db.Bool}, db.Column{Name: "next", Kind: db.Int}, db.Column{Name: "last", Kind: db.Int}, db.Column{Name: "until", Kind: db.Int},
	db.Column{Name: "changed", Kind: db.Int})

func selectStandings(ctx context.Context, q db.Queryer, where string, args ...any) ([]Standing, error) {
	rows, err := q.Query(ctx, `SELECT survey_id, programme_id, plan, paused, next, last, until, changed FROM survey_standing WHERE `+where, args...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (Standing, error) {
		var n Standing
		var plan string
		var next, last, until, changed int64
		if err := r.Scan(&n.SurveyID, &n.ProgrammeID, &plan, &n.Paused, &next, &last, &until, &changed); err != nil {
			return n, err
		}
		n.Next, n.Last, n.Until, n.Changed = db.Time(next), db.Time(last), db.Time(until), db.Time(changed)
		return n, json.Unmarshal([]byte(plan), &n.StandingPlan)
	})
	if err != nil {
		return nil, fmt.Errorf("reading standing questions: %w", err)
	}
	return list, nil
}

func loadStanding(ctx context.Context, q db.Queryer, programme, survey id.ID, lock string) (Standing, error) {
	list, err := selectStandings(ctx, q, `programme_id = $1 AND survey_id = $2`+lock, programme, survey)
	if err == nil && len(list) == 0 {
		err = fault.Missing("survey_no_standing", "the survey asks nobody day by day; give it a standing question first")
	}
	if err != nil {
		return Standing{}, err
	}
	return list[0], nil
}

func saveStanding(ctx context.Context, tx *db.Tx, n *Standing) error {
	plan, err := json.Marshal(n.StandingPlan)
	if err == nil {
		err = tx.Upsert(ctx, standingTable, [][]any{{
			n.SurveyID, n.ProgrammeID, string(plan), n.Paused, db.Micros(n.Next), db.Micros(n.Last), db.Micros(n.Until), db.Micros(n.Changed),
		}})
	}
	if err != nil {
		return fmt.Errorf("writing a standing question: %w", err)
	}
	return nil
}

// drawnSince returns whom any survey of a programme drew after one moment and
// up to another.
func drawnSince(ctx context.Context, q db.Queryer, programme id.ID, after, upto time.Time) (map[id.ID]bool, error) {
	drawn := map[id.ID]bool{}
	rows, err := q.Query(ctx, `SELECT i.member_id FROM survey_invitation AS i JOIN survey AS s ON s.id = i.survey_id
		WHERE s.programme_id = $1 AND i.made > $2 AND i.made <= $3`, programme, db.Micros(after), db.Micros(upto))
	err = db.Each(rows, err, func(r *sql.Rows) (m id.ID, err error) { return m, r.Scan(&m) }, func(m id.ID) error {
		drawn[m] = true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading who was asked lately: %w", err)
	}
	return drawn, nil
}

// drawnByOthers returns when surveys of a programme beside one drew members after
// a moment.
func drawnByOthers(ctx context.Context, q db.Queryer, programme, survey id.ID, after time.Time) (map[id.ID][]time.Time, error) {
	type draw struct {
		member id.ID
		made   int64
	}
	drawn := map[id.ID][]time.Time{}
	rows, err := q.Query(ctx, `SELECT i.member_id, i.made FROM survey_invitation AS i JOIN survey AS s ON s.id = i.survey_id
		WHERE s.programme_id = $1 AND s.id <> $2 AND i.made > $3`, programme, survey, db.Micros(after))
	err = db.Each(rows, err, func(r *sql.Rows) (n draw, err error) { return n, r.Scan(&n.member, &n.made) }, func(n draw) error {
		drawn[n.member] = append(drawn[n.member], db.Time(n.made))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading who was asked lately: %w", err)
	}
	return drawn, nil
}

package trust

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"regulars/internal/db"
	"regulars/internal/fault"
	"regulars/internal/id"
)

var editionTable = db.NewTable("trust_report_version", []string{"programme_id", "report_id", "version"},
	join(ints("programme_id", "report_id", "version", "at"), texts("actor", "state", "note", "snapshot", "digest"))...)

func selectReports(ctx context.Context, q db.Queryer, rest string, args ...any) ([]*Report, error) {
	rows, err := q.Query(ctx, `SELECT r.programme_id, r.id, r.name, r.starts, r.ends, r.version, r.state FROM trust_report AS r WHERE `+rest, args...)
	list, err := db.Collect(rows, err, func(rows *sql.Rows) (*Report, error) {
		r := &Report{}
		var starts, ends int64
		err := rows.Scan(&r.ProgrammeID, &r.ID, &r.Period.Name, &starts, &ends, &r.Version, &r.Standing)
		r.Period.From, r.Period.Until = db.Time(starts), db.Time(ends)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading published figures: %w", err)
	}
	return list, nil
}

// UnknownReport is the fault of figures that were never published,
// "unknown_trust_report".
func UnknownReport() *fault.Error {
	return fault.Missing("unknown_trust_report", "no such figures were published")
}

func loadReport(ctx context.Context, q db.Queryer, programme, report id.ID, lock string) (*Report, error) {
	list, err := selectReports(ctx, q, `r.programme_id = $1 AND r.id = $2`+lock, programme, report)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, UnknownReport()
	}
	return list[0], nil
}

// editionsOf returns what was published of a period, the earliest first.
func editionsOf(ctx context.Context, q db.Queryer, programme, report id.ID) ([]Edition, error) {
	rows, err := q.Query(ctx, `SELECT version, at, actor, state, note, snapshot, digest FROM trust_report_version WHERE programme_id = $1 AND report_id = $2 ORDER BY version`, programme, report)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (e Edition, err error) {
		var at int64
		if err := r.Scan(&e.Version, &at, &e.Actor, &e.Standing, &e.Note, &e.text, &e.Digest); err != nil {
			return e, err
		}
		e.At = db.Time(at)
		if e.text == "" {
			return e, nil
		}
		e.Snapshot = &Snapshot{}
		return e, json.Unmarshal([]byte(e.text), e.Snapshot)
	})
	if err != nil {
		return nil, fmt.Errorf("reading published figures: %w", err)
	}
	return list, nil
}

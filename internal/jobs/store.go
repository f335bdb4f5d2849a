package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"regulars/internal/db"
	"regulars/internal/id"
)

// claim takes up to limit jobs that are due, of the kinds given, for the
// holder until then. A job whose holder did not renew it in time is due again.
func claim(ctx context.Context, d *db.DB, holder string, kinds []string, now, until time.Time, limit int) (jobs []*Job, err error) {
	err = d.InTx(ctx, func(tx *db.Tx) error {
		var args db.Args
		text := "WITH due AS MATERIALIZED (SELECT id FROM job WHERE next_at < 9223372036854775807 AND next_at <= " + args.Add(db.Micros(now)) +
			" AND kind IN " + args.InText(kinds) + " ORDER BY next_at, id LIMIT " + args.Add(limit) + tx.SkipLocked() + ")" +
			" UPDATE job SET holder = " + args.Add(holder) + ", next_at = " + args.Add(db.Micros(until)) + ", attempt = attempt + 1" +
			" WHERE id IN (SELECT id FROM due) RETURNING id, kind, payload, attempt, max_attempts, every"
		rows, err := tx.Query(ctx, text, args.Values()...)
		jobs, err = db.Collect(rows, err, scanJob)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claiming jobs: %w", err)
	}
	slices.SortFunc(jobs, func(a, b *Job) int { return int(a.ID - b.ID) })
	return jobs, nil
}

func scanJob(r *sql.Rows) (*Job, error) {
	var j Job
	var every int64
	err := r.Scan(&j.ID, &j.Kind, &j.Payload, &j.Attempt, &j.MaxAttempts, &every)
	j.every = time.Duration(every) * time.Microsecond
	return &j, err
}

// nextDue returns the earliest instant at which a job of the kinds is due, or
// the zero time when none is known.
func nextDue(ctx context.Context, q db.Queryer, kinds []string) (time.Time, error) {
	var args db.Args
	text := "SELECT COALESCE(MIN(next_at), 0) FROM job WHERE next_at < 9223372036854775807 AND kind IN " + args.InText(kinds)
	var at int64
	if err := db.Fault(q.QueryRow(ctx, text, args.Values()...).Scan(&at)); err != nil {
		return time.Time{}, fmt.Errorf("looking for jobs: %w", err)
	}
	return db.Time(at), nil
}

// renew extends the leases and returns the jobs that are still the holder's.
func renew(ctx context.Context, d *db.DB, holder string, until time.Time, ids []id.ID) (kept []id.ID, err error) {
	err = d.InTx(ctx, func(tx *db.Tx) error {
		var args db.Args
		text := "UPDATE job SET next_at = " + args.Add(db.Micros(until)) + " WHERE holder = " + args.Add(holder) +
			" AND id IN " + args.In(ids) + " RETURNING id"
		rows, err := tx.Query(ctx, text, args.Values()...)
		kept, err = db.Collect(rows, err, func(r *sql.Rows) (i id.ID, err error) { return i, r.Scan(&i) })
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("renewing the leases of jobs: %w", err)
	}
	return kept, nil
}

// finish removes the jobs that are done. One that was added again while it ran
// waits to run once more.
func finish(ctx context.Context, tx *db.Tx, holder string, now time.Time, ids []id.ID) error {
	if len(ids) == 0 {
		return nil
	}
	var gone, stay db.Args
	_, err := tx.Exec(ctx, "DELETE FROM job WHERE NOT again AND holder = "+gone.Add(holder)+" AND id IN "+gone.In(ids), gone.Values()...)
	if err != nil {
		return fmt.Errorf("finishing jobs: %w", err)
	}
	text := "UPDATE job SET again = FALSE, holder = '', attempt = 0, error = '', next_at = " + stay.Add(db.Micros(now)) +
		" WHERE holder = " + stay.Add(holder) + " AND id IN " + stay.In(ids)
	if _, err := tx.Exec(ctx, text, stay.Values()...); err != nil {
		return fmt.Errorf("finishing jobs: %w", err)
	}
	return nil
}

// giveBack puts jobs back that were not begun, or that were cut short: the
// attempt does not count.
func giveBack(ctx context.Context, tx *db.Tx, holder string, now time.Time, ids []id.ID) error {
	if len(ids) == 0 {
		return nil
	}
	var args db.Args
	text := "UPDATE job SET again = FALSE, holder = '', attempt = attempt - 1, next_at = " + args.Add(db.Micros(now)) +
		" WHERE holder = " + args.Add(holder) + " AND id IN " + args.In(ids)
	if _, err := tx.Exec(ctx, text, args.Values()...); err != nil {
		return fmt.Errorf("giving jobs back: %w", err)
	}
	return nil
}

// again is when and how a job that is not finished goes on.
type again struct {
	id      id.ID
	next    int64 // microseconds; db.Never for dead
	attempt int
	failed  int64 // microseconds; 0 if it did not fail
	error   string
}

// putBack writes how a job goes on. One that was added again while it ran
// begins anew at once.
func putBack(ctx context.Context, tx *db.Tx, holder string, now time.Time, a again) error {
	_, err := tx.Exec(ctx, `UPDATE job SET holder = '', again = FALSE, failed_at = $1, error = $2,
		next_at = CASE WHEN again THEN CAST($3 AS BIGINT) ELSE CAST($4 AS BIGINT) END,
		attempt = CASE WHEN again THEN 0 ELSE CAST($5 AS BIGINT) END
		WHERE id = $6 AND holder = $7`, a.failed, a.error, db.Micros(now), a.next, a.attempt, a.id, holder)
	if err != nil {
		return fmt.Errorf("putting a job back: %w", err)
	}
	return nil
}

// plan writes a scheduled job: due at once if it is new, no later than its next
// time if it is known.
func plan(ctx context.Context, tx *db.Tx, name string, now time.Time, every time.Duration) error {
	_, err := tx.Exec(ctx, `INSERT INTO job (id, kind, unique_key, payload, added_at, next_at, max_attempts, every)
		VALUES ($1, $2, $2, 'null', $3, $3, 1, $4)
		ON CONFLICT (kind, unique_key) DO UPDATE SET every = EXCLUDED.every,
			next_at = CASE WHEN job.holder = '' AND job.next_at > $5 THEN $5 ELSE job.next_at END`,
		tx.IDs().New(), name, db.Micros(now), every.Microseconds(), db.Micros(nextTime(now, every)))
	if err != nil {
		return fmt.Errorf("scheduling %s: %w", name, err)
	}
	return nil
}

// progress stores how far a job is, and tells whether it is still the holder's.
func progress(ctx context.Context, d *db.DB, holder string, job id.ID, done, total int64, note string) (held bool, err error) {
	err = d.InTx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, "UPDATE job SET done = $1, total = $2, note = $3 WHERE id = $4 AND holder = $5", done, total, note, job, holder)
		held = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("storing the progress of a job: %w", err)
	}
	return held, nil
}

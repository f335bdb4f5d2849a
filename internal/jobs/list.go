package jobs

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

// State is what is the matter with a job.
type State string

// The states of a job. One that is done is no longer there.
const (
	Waiting State = "waiting"
	Running State = "running"
	Dead    State = "dead" // it failed for good and waits for somebody to retry or discard it
)

// where holds the condition of each state; the empty state is any.
var where = map[State]string{
	"":      "",
	Waiting: " AND holder = '' AND next_at < 9223372036854775807",
	Running: " AND holder <> ''",
	Dead:    " AND next_at = 9223372036854775807",
}

// Info is a job as it is shown.
type Info struct {
	ID          id.ID
	Kind        string
	Unique      string // empty if it has none
	Payload     []byte // JSON
	State       State
	Added       time.Time
	Next        time.Time // when it may run, or until when its process has it; zero if dead
	Attempt     int
	MaxAttempts int
	Every       time.Duration // of a scheduled job, else 0
	Failed      time.Time     // when it failed last; zero if it did not
	Error       string        // of the last failure
	Done, Total int64         // progress
	Note        string
}

// List returns jobs of a state, the newest first, at most limit, those before
// an id if it is not zero.
func List(ctx context.Context, q db.Queryer, state State, before id.ID, limit int) ([]Info, error) {
	if before == 0 {
		before = db.Never
	}
	rows, err := q.Query(ctx, `SELECT id, kind, unique_key, payload, added_at, next_at, holder, attempt, max_attempts, every,
		failed_at, error, done, total, note FROM job WHERE id < $1`+where[state]+` ORDER BY id DESC LIMIT $2`, before, limit)
	list, err := db.Collect(rows, err, scanInfo)
	if err != nil {
		return nil, fmt.Errorf("listing jobs: %w", err)
	}
	return list, nil
}

func scanInfo(r *sql.Rows) (i Info, err error) {
	var added, next, every, failed int64
	var holder string
	err = r.Scan(&i.ID, &i.Kind, &i.Unique, &i.Payload, &added, &next, &holder, &i.Attempt, &i.MaxAttempts, &every,
		&failed, &i.Error, &i.Done, &i.Total, &i.Note)
	i.Added, i.Next, i.Failed = db.Time(added), db.Time(next), db.Time(failed)
	i.Every = time.Duration(every) * time.Microsecond
	if i.Unique[0] == '#' {
		i.Unique = ""
	}
	switch {
	case next == db.Never:
		i.State = Dead
	case holder != "":
		i.State = Running
	default:
		i.State = Waiting
	}
	return i, err
}

// Count returns the number of jobs of each state.
func Count(ctx context.Context, q db.Queryer) (map[State]int64, error) {
	counts := map[State]int64{}
	for _, s := range []State{Waiting, Running, Dead} {
		var n int64
		if err := db.Fault(q.QueryRow(ctx, "SELECT COUNT(*) FROM job WHERE TRUE"+where[s]).Scan(&n)); err != nil {
			return nil, fmt.Errorf("counting jobs: %w", err)
		}
		counts[s] = n
	}
	return counts, nil
}

// Lost is how many jobs failed for good, and when the last of them did so, zero
// when there are none.
type Lost struct {
	Jobs int64
	Last time.Time
}

func (l *Lost) add(failed time.Time) {
	l.Jobs++
	if failed.After(l.Last) {
		l.Last = failed
	}
}

// LostOf returns what failed for good of a programme's jobs, which name it in
// what they say, and of those that name none.
func LostOf(ctx context.Context, q db.Queryer, programme id.ID) (own, common Lost, err error) {
	rows, err := q.Query(ctx, "SELECT payload, failed_at FROM job WHERE TRUE"+where[Dead])
	type dead struct {
		payload []byte
		failed  int64
	}
	err = db.Each(rows, err, func(r *sql.Rows) (d dead, err error) { return d, r.Scan(&d.payload, &d.failed) }, func(d dead) error {
		switch (&Info{Payload: d.payload}).Programme() {
		case programme:
			own.add(db.Time(d.failed))
		case 0:
			common.add(db.Time(d.failed))
		}
		return nil
	})
	if err != nil {
		return own, common, fmt.Errorf("looking for jobs that failed: %w", err)
	}
	return own, common, nil
}

// Programme is the one that the job names in what it says, 0 where it names none.
func (i *Info) Programme() id.ID {
	var of struct {
		ProgrammeID id.ID `json:"programme"`
	}
	_ = json.Unmarshal(i.Payload, &of) // another form names none
	return of.ProgrammeID
}

// Oldest returns when the oldest of the jobs of the kinds that are still to be
// done was added; there is none when waits is false. Dead jobs are not to be
// done.
func Oldest(ctx context.Context, q db.Queryer, kinds ...string) (added time.Time, waits bool, err error) {
	var args db.Args
	var n int64
	text := "SELECT COALESCE(MIN(added_at), 0) FROM job WHERE next_at < 9223372036854775807 AND kind IN " + args.InText(kinds)
	if err := q.QueryRow(ctx, text, args.Values()...).Scan(&n); err != nil {
		return time.Time{}, false, fmt.Errorf("looking for jobs that wait: %w", db.Fault(err))
	}
	return db.Time(n), n != 0, nil
}

// Payloads returns what the jobs of the kinds say that are not done, dead ones
// too, in no order.
func Payloads(ctx context.Context, q db.Queryer, kinds ...string) ([][]byte, error) {
	var args db.Args
	rows, err := q.Query(ctx, "SELECT payload FROM job WHERE kind IN "+args.InText(kinds), args.Values()...)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (payload []byte, err error) {
		err = r.Scan(&payload)
		return payload, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what jobs say: %w", err)
	}
	return list, nil
}

// Retry lets a dead job begin anew at once. Who may do so and the audit are the
// caller's.
func Retry(ctx context.Context, tx *db.Tx, now time.Time, job id.ID) error {
	n, err := tx.Exec(ctx, "UPDATE job SET attempt = 0, next_at = $1 WHERE id = $2 AND next_at = 9223372036854775807", db.Micros(now), job)
	if err != nil {
		return fmt.Errorf("retrying a job: %w", err)
	}
	tx.Signal(signal)
	return ifDead(n, job)
}

// RetryOf lets the dead jobs of a kind that name a programme begin anew at once,
// for what they failed by is mended. Who may do so and the audit are the
// caller's.
func RetryOf(ctx context.Context, tx *db.Tx, now time.Time, kind string, programme id.ID) error {
	rows, err := tx.Query(ctx, "SELECT id, payload FROM job WHERE kind = $1"+where[Dead], kind)
	list, err := db.Collect(rows, err, func(r *sql.Rows) (i Info, err error) { return i, r.Scan(&i.ID, &i.Payload) })
	if err != nil {
		return fmt.Errorf("looking for jobs to retry: %w", err)
	}
	for _, i := range list {
		if i.Programme() != programme {
			continue
		}
		if err := Retry(ctx, tx, now, i.ID); err != nil && fault.KindOf(err) != fault.KindMissing { // another did so meanwhile
			return err
		}
	}
	return nil
}

// Discard removes a dead job for good. Who may do so and the audit are the
// caller's.
func Discard(ctx context.Context, tx *db.Tx, job id.ID) error {
	n, err := tx.Exec(ctx, "DELETE FROM job WHERE id = $1 AND next_at = 9223372036854775807", job)
	if err != nil {
		return fmt.Errorf("discarding a job: %w", err)
	}
	return ifDead(n, job)
}

func ifDead(n int64, job id.ID) error {
	if n > 0 {
		return nil
	}
	shown := job.In(id.Job)
	return fault.Missing("job_not_dead", "there is no job %s that failed for good: it was retried or discarded already", shown).With("job", shown)
}

// Find returns the job of a kind and unique name that is not done yet; found is
// false when there is none.
func Find(ctx context.Context, q db.Queryer, kind, unique string) (job Info, found bool, err error) {
	rows, err := q.Query(ctx, `SELECT id, kind, unique_key, payload, added_at, next_at, holder, attempt, max_attempts, every,
		failed_at, error, done, total, note FROM job WHERE kind = $1 AND unique_key = $2`, kind, unique)
	list, err := db.Collect(rows, err, scanInfo)
	if err != nil {
		return Info{}, false, fmt.Errorf("looking for a job: %w", err)
	}
	if len(list) == 0 {
		return Info{}, false, nil
	}
	return list[0], true, nil
}

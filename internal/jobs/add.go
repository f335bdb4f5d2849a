package jobs

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"regulars/internal/db"
)

//go:embed schema/*.sql
var files embed.FS

// Schema is what the room keeps in the database.
var Schema = db.Schema{Room: "jobs", Files: files}

// signal wakes the runners of this process.
const signal = "jobs"

var addKinds = []db.Kind{db.Int, db.Text, db.Text, db.Text, db.Int, db.Int, db.Int, db.Int}

const addText = ` INSERT INTO job (id, kind, unique_key, payload, added_at, next_at, max_attempts, every)
	SELECT id, kind, unique_key, payload, added_at, next_at, max_attempts, every FROM n WHERE id IS NOT NULL
	ON CONFLICT (kind, unique_key) DO UPDATE SET
		payload = EXCLUDED.payload,
		again = job.holder <> '',
		attempt = CASE WHEN job.next_at = 9223372036854775807 THEN 0 ELSE job.attempt END,
		next_at = CASE WHEN job.holder = '' AND job.next_at > EXCLUDED.next_at THEN EXCLUDED.next_at ELSE job.next_at END`

// Add adds the jobs within the transaction, by one statement; they run once it
// is committed. The runners of this process are woken at once, those of others
// find them within their polling time.
func Add(ctx context.Context, tx *db.Tx, now time.Time, jobs ...New) error {
	rows := make([][]any, 0, len(jobs))
	places := map[[2]string]int{}
	for _, j := range jobs {
		row, err := j.row(tx, now)
		if err != nil {
			return err
		}
		key := [2]string{j.Kind, row[2].(string)}
		if i, ok := places[key]; ok { // the newest payload counts
			rows[i] = row
			continue
		}
		places[key] = len(rows)
		rows = append(rows, row)
	}
	return add(ctx, tx, rows)
}

func add(ctx context.Context, tx *db.Tx, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	var args db.Args
	text := "WITH n (id, kind, unique_key, payload, added_at, next_at, max_attempts, every) AS " + args.Tuples(addKinds, rows) + addText
	if _, err := tx.Exec(ctx, text, args.Values()...); err != nil {
		return fmt.Errorf("adding jobs: %w", err)
	}
	tx.Signal(signal)
	return nil
}

func (n New) row(tx *db.Tx, now time.Time) ([]any, error) {
	payload, err := json.Marshal(n.Payload)
	if err != nil {
		return nil, fmt.Errorf("adding job %s: %w", n.Kind, err)
	}
	number := int64(tx.IDs().New())
	unique := n.Unique
	if unique == "" {
		unique = "#" + strconv.FormatInt(number, 10)
	}
	at, attempts := db.Micros(now), n.MaxAttempts
	if attempts <= 0 {
		attempts = DefaultAttempts
	}
	return []any{number, n.Kind, unique, string(payload), at, max(at, db.Micros(n.RunAt)), int64(attempts), int64(0)}, nil
}

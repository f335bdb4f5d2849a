// Package jobstest does in tests what waits to be done, without a runner.
package jobstest

import (
	"testing"

	"regulars/internal/db"
	"regulars/internal/jobs"
)

// most is how many jobs are looked through at once.
const most = 10_000

// Do does every waiting job of the kinds, the oldest first, and takes those away
// that succeed; a failure fails the test. It returns how many it did.
func Do(t testing.TB, d *db.DB, work map[string]jobs.Handler) (done int) {
	t.Helper()
	list, err := jobs.List(t.Context(), d.Reader(), jobs.Waiting, 0, most)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(list) - 1; i >= 0; i-- {
		j := list[i]
		do := work[j.Kind]
		if do == nil {
			continue
		}
		if err := do(t.Context(), &jobs.Job{ID: j.ID, Kind: j.Kind, Payload: j.Payload, Attempt: 1, MaxAttempts: jobs.DefaultAttempts}); err != nil {
			t.Fatalf("doing %s: %v", j.Kind, err)
		}
		if err := d.InTx(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `DELETE FROM job WHERE id = $1`, j.ID)
			return err
		}); err != nil {
			t.Fatalf("taking %s away: %v", j.Kind, err)
		}
		done++
	}
	return done
}

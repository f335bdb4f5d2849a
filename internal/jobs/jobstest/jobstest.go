// Package jobstest does in tests what waits to be done, without a runner.
package jobstest

import (
	"maps"
	"slices"
	"testing"

	"regulars/internal/db"
	"regulars/internal/jobs"
)

// most is how many jobs are looked through at once.
const most = 10_000

// Waiting returns the jobs of the kinds that wait, the oldest first.
func Waiting(t testing.TB, d *db.DB, kinds ...string) (found []jobs.Info) {
	t.Helper()
	list, err := jobs.List(t.Context(), d.Reader(), jobs.Waiting, 0, most)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(list)
	return slices.DeleteFunc(list, func(j jobs.Info) bool { return !slices.Contains(kinds, j.Kind) })
}

// Do does every waiting job of the kinds, the oldest first, and takes those away
// that succeed; a failure ends the test. It returns how many it did.
func Do(t testing.TB, d *db.DB, work map[string]jobs.Handler) int {
	t.Helper()
	list := Waiting(t, d, slices.Collect(maps.Keys(work))...)
	for _, j := range list {
		if err := work[j.Kind](t.Context(), &jobs.Job{ID: j.ID, Kind: j.Kind, Payload: j.Payload, Attempt: 1, MaxAttempts: jobs.DefaultAttempts}); err != nil {
			t.Fatalf("doing %s: %v", j.Kind, err)
		}
		if err := d.InTx(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `DELETE FROM job WHERE id = $1`, j.ID)
			return err
		}); err != nil {
			t.Fatalf("taking %s away: %v", j.Kind, err)
		}
	}
	return len(list)
}

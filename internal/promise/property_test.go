package promise

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
)

func sqlite(t *testing.T) *db.DB {
	t.Helper()
	return dbtest.SQLite(t, schemas...)
}

var scans = rapid.Custom(func(t *rapid.T) Scan {
	return Scan{
		ExternalID: rapid.StringMatching(`[a-z]{6}`).Draw(t, "id"),
		Status:     rapid.SampledFrom(Statuses()).Draw(t, "status"),
		Occurred:   dbtest.Start.Add(time.Duration(rapid.IntRange(0, 6).Draw(t, "hour")) * time.Hour),
	}
})

func TestWhereAParcelIsDoesNotDependOnTheOrderOfArrival(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfNDistinct(scans, 0, 8, func(s Scan) string { return s.ExternalID }).Draw(t, "scans")
		status, happened, delivered := fold(list)
		other := rapid.Permutation(list).Draw(t, "other order")
		if s, h, d := fold(other); s != status || !h.Equal(happened) || !d.Equal(delivered) {
			t.Fatalf("%v gives %s, %v gives %s", list, status, other, s)
		}
		has := func(s Status) bool { return slices.ContainsFunc(list, func(c Scan) bool { return c.Status == s }) }
		if has(Returned) != (status == Returned) || has(Delivered) == delivered.IsZero() {
			t.Fatalf("%v is %s, delivered %s", list, status, delivered)
		}
	})
}

// TestHistoriesOfAPromise lets anything happen to promises and holds them
// against a plain model: a promise was broken if and only if its first time is
// over and nothing happened before it.
func TestHistoriesOfAPromise(t *testing.T) {
	w := newTown(t, sqlite(t))
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		word := w.word(string(rune('0'+n%10)) + time.Duration(n).String())
		p, err := w.Make(w.Context(), boss, word)
		if err != nil {
			t.Fatal(err)
		}
		var actual time.Time
		withdrawn := false
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			w.Set(w.Now().Add(time.Duration(rapid.IntRange(1, 20).Draw(t, "hours")) * time.Hour))
			over := w.Now().After(p.Due)
			switch rapid.SampledFrom([]string{"wait", "done", "late report", "replace", "withdraw", "mend"}).Draw(t, "step") {
			case "done":
				if _, err := w.Done(w.Context(), boss, w.Programme.ID, p.ID, w.Now()); err == nil && (actual.IsZero() || w.Now().Before(actual)) {
					actual = w.Now()
				}
			case "late report":
				at := p.Made.Add(time.Duration(rapid.Int64Range(0, int64(w.Now().Sub(p.Made))).Draw(t, "at"))).Truncate(time.Microsecond)
				if _, err := w.Done(w.Context(), boss, w.Programme.ID, p.ID, at); err == nil && (actual.IsZero() || at.Before(actual)) {
					actual = at
				}
			case "replace":
				_, _ = w.Replace(w.Context(), boss, w.Programme.ID, p.ID, w.Now().Add(100*time.Hour), "later")
			case "withdraw":
				_, err := w.Withdraw(w.Context(), boss, w.Programme.ID, p.ID, "no more")
				if (err == nil) != (!over && actual.IsZero() && !withdrawn) {
					t.Fatalf("withdrawing gave %v", err)
				}
				withdrawn = withdrawn || err == nil
			case "mend":
				_, _ = w.Mend(w.Context(), boss, w.Programme.ID, p.ID, "put right")
			}
			if _, err := w.Sweep(w.Context()); err != nil {
				t.Fatal(err)
			}
			want := Open
			switch {
			case withdrawn:
				want = Withdrawn
			case !actual.IsZero() && !actual.After(p.Due):
				want = Kept
			case !actual.IsZero() || w.Now().After(p.Due):
				want = Broken
			}
			got, _, err := w.Get(w.Context(), boss, w.Programme.ID, p.ID)
			if err != nil || got.State != want || !got.Due.Equal(p.Due) {
				t.Fatalf("it is %+v, %v; want %s", got, err, want)
			}
			if odd := got.odd(); odd != "" {
				t.Fatalf("it %s: %+v", odd, got)
			}
		}
	})
	w.Clean(Room())
}

package fraud

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"regulars/internal/auth"
	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/flow"
)

// TestTheOrderOfReadingDoesNotMatter lets things happen, and lets the events be
// read in two orders, with repetitions and in batches: the flags are the same,
// but for those that had been raised and were withdrawn.
func TestTheOrderOfReadingDoesNotMatter(t *testing.T) {
	d := dbtest.SQLite(t, rooms...)
	w := newTown(t, d)
	w.silent = true
	w.watch(Rule{Kind: PointsHour, Action: Flag, More: 20}, Rule{Kind: PointsDay, Action: Hold, More: 30}, Rule{Kind: SharedDevice, Action: Flag, More: 1},
		Rule{Kind: StaffGrants, Action: Flag, More: 20, Times: 2}, Rule{Kind: OwnAccount, Action: Off})
	staff := []auth.Actor{w.staff("eve@example.com"), w.staff("bob@example.com"), w.staff("kim@example.com")}
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		w.told = nil
		name := func() string { return fmt.Sprintf("r%d.%d", round, rapid.IntRange(0, 2).Draw(rt, "who")) }
		for i := range 3 {
			w.joins(fmt.Sprintf("r%d.%d", round, i))
		}
		for range rapid.IntRange(1, 10).Draw(rt, "steps") {
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0, 1:
				w.awarded(name(), rapid.Int64Range(1, 25).Draw(rt, "points"))
			case 2:
				w.buys(name(), 3, "device", fmt.Sprintf("d%d.%d", round, rapid.IntRange(0, 1).Draw(rt, "device")))
			case 3:
				w.grants(staff[rapid.IntRange(0, 2).Draw(rt, "staff")], name(), rapid.Int64Range(1, 40).Draw(rt, "points"))
			case 4:
				w.Pass(time.Duration(rapid.IntRange(1, 90).Draw(rt, "minutes")) * time.Minute)
			}
		}
		one := w.read(w.told)
		two := w.read(append(rapid.Permutation(w.told).Draw(rt, "order"), rapid.SliceOf(rapid.SampledFrom(w.told)).Draw(rt, "again")...))
		if diff := cmp.Diff(one, two, cmp.AllowUnexported(Part{})); diff != "" {
			rt.Fatalf("the order made a difference: %s", diff)
		}
		w.wipe()
	})
}

// read has no marks and flags but those of the events, and returns the flags by
// what they are about.
func (w *town) read(events []flow.CommittedEvent) map[string]Flagged {
	w.Helper()
	w.wipe()
	for i := 0; i < len(events); i += 3 {
		w.tell(events[i:min(i+3, len(events))]...)
	}
	found := map[string]Flagged{}
	for _, f := range w.flags() {
		if f.State == Withdrawn {
			continue
		}
		key := fmt.Sprint(f.Kind, f.Subject, f.Begins)
		f.ID, f.Raised = 0, f.At
		for i := range f.Parts {
			f.Parts[i] = Part{MemberID: f.Parts[i].MemberID, Points: f.Parts[i].Points}
		}
		found[key] = *f
	}
	return found
}

func (w *town) wipe() {
	w.Helper()
	for _, table := range []string{"fraud_mark", "fraud_part", "fraud_flag"} {
		w.OK(w.DB.InTx(w.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(w.Context(), `DELETE FROM `+table)
			return err
		}))
	}
}

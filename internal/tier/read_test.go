package tier

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/id"
)

// three makes three members: one silver until 1 December 2011, one regular, one
// gold by hand.
func three(t *testing.T, d *db.DB) (programme id.ID, l *Ladder) {
	programme = found(t, d)
	l = build(t, d, programme, demo())
	at := local("2010-12-01 10:00")
	asks := []Ask{{MemberID: 7, Ladder: l}, {MemberID: 8, Ladder: l}, {MemberID: 9, Ladder: l}}
	told(t, in(d, asks, func(as []*Account) error {
		told(t, as[0].Credit(at, at, 1, 100_000), as[1].Post(at), as[2].SetByHand(at, "gold", local("2012-01-01 00:00"), "staff:stf_1", "MARKER"))
		return nil
	}))
	return programme, l
}

func TestDueMembers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		programme, l := three(t, d)
		due := func(until time.Time) []Due {
			list, err := DueMembers(ctx, d.Reader(), until, 10)
			told(t, err)
			return list
		}
		if list := due(local("2011-12-01 09:59")); len(list) != 0 {
			t.Errorf("due too early: %v", list)
		}
		want := []Due{{programme, 7, l.ID, local("2011-12-01 10:00")}, {programme, 9, l.ID, local("2012-01-01 00:00")}}
		now := local("2012-02-01 00:00")
		if diff := cmp.Diff(want, due(now)); diff != "" {
			t.Errorf("due (-want +got):\n%s", diff)
		}
		told(t, in(d, []Ask{{MemberID: 7, Ladder: l, Until: now}, {MemberID: 9, Ladder: l, Until: now}}, func(as []*Account) error {
			told(t, as[0].Post(now), as[1].Post(now))
			return nil
		}))
		if list := due(now.AddDate(9, 0, 0)); len(list) != 0 {
			t.Errorf("still due: %v", list)
		}
		counts, err := Counts(ctx, d.Reader(), programme)
		told(t, err)
		if diff := cmp.Diff([]Count{{l.ID, "regular", 3}}, counts); diff != "" {
			t.Errorf("counts (-want +got):\n%s", diff)
		}
		clean(t, d, programme)
	}, schemas...)
}

// TestNothingIsFoundDueForEver takes an account off the list that is on it by
// mistake.
func TestNothingIsFoundDueForEver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		_, l := three(t, d)
		run(t, d, `UPDATE standing SET next_due = 5 WHERE member_id = 8`)
		now := local("2010-12-02 10:00")
		told(t, in(d, []Ask{{MemberID: 8, Ladder: l, Until: now}}, func(as []*Account) error { return as[0].Post(now) }))
		if list, err := DueMembers(ctx, d.Reader(), now, 10); err != nil || len(list) != 0 {
			t.Errorf("still due: %v, %v", list, err)
		}
	}, schemas...)
}

func TestCountsHistoryAndErasure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		programme, l := three(t, d)
		counts, err := Counts(ctx, d.Reader(), programme)
		told(t, err)
		if diff := cmp.Diff([]Count{{l.ID, "gold", 1}, {l.ID, "regular", 1}, {l.ID, "silver", 1}}, counts); diff != "" {
			t.Errorf("counts (-want +got):\n%s", diff)
		}
		told(t, d.InTx(ctx, func(tx *db.Tx) error { return Erase(ctx, tx, 7, 9) }))
		history, err := History(ctx, d.Reader(), 7, 8, 9)
		told(t, err)
		if len(history) != 2 || history[0].MemberID != 7 || history[0].EventID != 1 || !history[0].Recorded.Equal(dbtest.Start) {
			t.Fatalf("history: %+v", history)
		}
		if c := history[1]; c.Actor != "staff:stf_1" || c.To != "gold" || c.Reason.Args["note"] != "" || c.Reason.Args["limited"] != "yes" {
			t.Errorf("after erasure: %+v", c)
		}
		var raw string
		told(t, d.Reader().QueryRow(ctx, `SELECT reason FROM rank_change WHERE member_id = 9`).Scan(&raw))
		if strings.Contains(raw, "MARKER") {
			t.Errorf("the note is still there: %s", raw)
		}
		clean(t, d, programme)
	}, schemas...)
}

func TestMergeStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		programme, l := three(t, d)
		for range 2 { // a merge, its undoing, and both once more
			now := local("2011-03-01 10:00")
			asks := []Ask{{MemberID: 8, Ladder: l, Until: now, All: true}, {MemberID: 7, Ladder: l, Until: now, All: true}}
			told(t, in(d, asks, func(as []*Account) error { return Merge(now, as[0], as[1]) }))
			clean(t, d, programme)
			counts, err := Counts(ctx, d.Reader(), programme)
			told(t, err)
			if diff := cmp.Diff([]Count{{l.ID, "gold", 1}, {l.ID, "silver", 1}}, counts); diff != "" {
				t.Errorf("merged (-want +got):\n%s", diff)
			}
			told(t, in(d, asks, func(as []*Account) error { return Unmerge(now, as[0], as[1], []id.ID{1}) }))
			clean(t, d, programme)
			as, err := Load(ctx, d.Reader(), asks)
			told(t, err)
			if s, r := as[1].Standing(), as[0].Standing(); s.Metric != 100_000 || s.Rank != "silver" || r.Metric != 0 || r.Rank != "regular" {
				t.Errorf("parted: %+v and %+v", s, r)
			}
		}
	}, schemas...)
}

func TestCheckFinds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		programme, l := three(t, d)
		clean(t, d, programme)
		for _, c := range []struct{ harm, mend string }{
			{`UPDATE tier_credit SET amount = amount + 1`, `UPDATE tier_credit SET amount = amount - 1`},
			{`UPDATE standing SET next_leave = next_leave + 1 WHERE member_id = 7`, `UPDATE standing SET next_leave = next_leave - 1 WHERE member_id = 7`},
			{`UPDATE standing SET next_due = 9223372036854775807 WHERE member_id = 7`, `UPDATE standing SET next_due = next_leave WHERE member_id = 7`},
			{`UPDATE standing SET rank_code = 'gold' WHERE member_id = 7`, `UPDATE standing SET rank_code = 'silver' WHERE member_id = 7`},
			{`UPDATE standing SET rank_code = 'gold' WHERE member_id = 8`, `UPDATE standing SET rank_code = 'regular' WHERE member_id = 8`},
			{`UPDATE standing SET rank_code = 'none' WHERE member_id = 8`, `UPDATE standing SET rank_code = 'regular' WHERE member_id = 8`},
			{`UPDATE standing SET since = since + 1 WHERE member_id = 7`, `UPDATE standing SET since = since - 1 WHERE member_id = 7`},
			{`UPDATE standing SET changes = 2 WHERE member_id = 7`, `UPDATE standing SET changes = 1 WHERE member_id = 7`},
			{`UPDATE standing SET falls_at = reckoned WHERE member_id = 7`, `UPDATE standing SET falls_at = 9223372036854775807 WHERE member_id = 7`},
			{`UPDATE rank_change SET no = 2 WHERE member_id = 7`, `UPDATE rank_change SET no = 1 WHERE member_id = 7`},
			{`UPDATE standing SET member_id = 70 WHERE member_id = 7`, `UPDATE standing SET member_id = 7 WHERE member_id = 70`},
		} {
			run(t, d, c.harm)
			if faults, err := Check(ctx, d.Reader(), programme); err != nil || len(faults) == 0 || faults[0].LadderID != l.ID {
				t.Errorf("after %s: %v, %v", c.harm, faults, err)
			}
			run(t, d, c.mend)
			clean(t, d, programme)
		}
	}, schemas...)
}

func run(t testing.TB, d *db.DB, statement string) {
	t.Helper()
	err := d.InTx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHolders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		_, l := three(t, d)
		for _, c := range []struct {
			rank   string
			before id.ID
			want   []id.ID
		}{{"silver", 0, []id.ID{7}}, {"gold", 0, []id.ID{9}}, {"gold", 9, nil}, {"regular", 0, []id.ID{8}}, {"none", 0, nil}} {
			got, err := Holders(ctx, d.Reader(), l.ID, c.rank, c.before, 10)
			told(t, err)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s below %d (-want +got):\n%s", c.rank, c.before, diff)
			}
		}
		run(t, d, `UPDATE standing SET rank_code = 'gold'`)
		if got, err := Holders(ctx, d.Reader(), l.ID, "gold", 0, 2); err != nil || !cmp.Equal(got, []id.ID{9, 8}) {
			t.Errorf("got %v, %v", got, err)
		}
	}, schemas...)
}

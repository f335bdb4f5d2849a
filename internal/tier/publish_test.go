package tier

import (
	"context"
	"sync"
	"testing"
	"time"

	"regulars/internal/db"
	"regulars/internal/db/dbtest"
	"regulars/internal/program"
)

// TestPublishingMeetsEvents publishes a ladder while somebody holds an account
// of it and then wants what the publication holds.
func TestPublishingMeetsEvents(t *testing.T) {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	d := dbtest.Postgres(t, schemas...)
	programme := found(t, d)
	l := build(t, d, programme, demo())
	told(t, in(d, []Ask{{MemberID: 7, Ladder: l}}, func(as []*Account) error { return as[0].Credit(dbtest.Start, dbtest.Start, 1, 100) }))
	s := New(d, func() time.Time { return dbtest.Start })
	_, err := s.SaveDraft(ctx, boss, programme, l.ID, demoDefinition())
	told(t, err)
	var published error
	var other sync.WaitGroup
	err = d.InTx(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE standing SET next_due = $2 WHERE member_id = $1`, 7, int64(db.Never)); err != nil {
			return err
		}
		other.Go(func() { _, published = s.Publish(ctx, boss, programme, l.ID, time.Time{}) })
		for waiting := 0; waiting == 0; {
			err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))`).Scan(&waiting)
			if err != nil {
				return err
			}
		}
		return program.Touch(ctx, tx, programme)
	})
	other.Wait()
	if err != nil && !db.Retryable(err) {
		t.Errorf("the other: %v", err)
	}
	if published != nil {
		t.Errorf("publishing: %v", published)
	}
	p, err := s.Get(ctx, boss, programme, l.ID)
	if err != nil || p.Draft != nil || len(p.Versions) != 2 {
		t.Errorf("published: %+v, %v", p, err)
	}
	clean(t, d, programme)
}
